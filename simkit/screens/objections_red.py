"""Red team: one picks what is hard, the other answers, both judge before the rules have a say."""

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import Text
from simkit.screens.drill_words import paragraph
from simkit.screens.objections_answering import Answer, Answering
from simkit.screens.objections_brief import brief_html, concern_html
from simkit.screens.objections_challenge import HURRY, Challenge, pressures_html
from simkit.screens.objections_judge import Judge, compared_html, judged_total_html
from simkit.screens.objections_models import models_html
from simkit.screens.objections_page import CardPage
from simkit.screens.objections_scorecard import (
    harms_html,
    marked_html,
    total_html,
    typed_html,
)
from simkit.screens.parts import heading, landing, row
from simkit.training.objections import Scored, score
from simkit.training.practice import CoachScore, Practice, PracticeError, now

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

PICK, READY, ANSWER, BACK, JUDGE, COMPARE = "pick", "ready", "answer", "back", "judge", "compare"
STAGES = (PICK, READY, ANSWER, BACK, JUDGE, COMPARE)


class RedTeamPage(CardPage):
    """Two people at one keyboard; covers between them keep what the other must not see yet."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        self.stage, self.spent, self.answer_id = PICK, 0.0, ""
        self.challenge = Challenge(self.t, app.safely, app.keep)
        self.answering = Answering(
            self.t, app.safely, app.clock, self._finish, self._give_up, app.keep
        )
        self.judge = Judge(app.rubric, lang, app.safely, app.keep)
        self.boxes = {
            PICK: self._pick_box(),
            READY: self._ready_box(),
            ANSWER: self._answer_box(),
            BACK: self._back_box(),
            JUDGE: self._judge_box(),
            COMPARE: self._compare_box(),
        }
        self.view.children = list(self.boxes.values())
        self._display()

    # --- parts

    def _pick_box(self) -> W.VBox:
        t = self.t
        told = t("Pick what is hard for the other. Only you see what is behind the objection.")
        self.secret = W.HTML()
        self.hand_over = self.button(t("Hand over the keyboard"), self._to_ready, "hand-over")
        self.hand_over.button_style = "primary"
        parts = [W.HTML(paragraph(told)), self.secret, self.challenge.view, row(self.hand_over)]
        return W.VBox(parts)

    def _ready_box(self) -> W.VBox:
        t = self.t
        self.cover = W.HTML()
        self.ready = self.button(t("I am ready: show the objection"), self._to_answer, "ready")
        self.ready.button_style = "primary"
        self.undo = self.button(t("Back to the choice"), self._to_pick, "back-to-pick")
        return W.VBox([self.cover, row(self.ready, self.undo)]).add_class("sk-cover")

    def _answer_box(self) -> W.VBox:
        self.brief = W.HTML()
        return W.VBox([self.brief, self.answering.view])

    def _back_box(self) -> W.VBox:
        t = self.t
        told = t("The answer is stored. Give the keyboard back to the one who picked.")
        self.to_judge = self.button(t("I picked: let me judge"), self._to_judge, "to-judge")
        self.to_judge.button_style = "primary"
        return W.VBox([W.HTML(paragraph(told)), row(self.to_judge)]).add_class("sk-cover")

    def _judge_box(self) -> W.VBox:
        t = self.t
        self.typed = W.HTML()
        self.compare = self.button(t("Compare with the rules"), self._to_compare, "compare")
        self.compare.button_style = "primary"
        told = t("Judge what is to be seen in the words, behaviour by behaviour.")
        parts = [self.brief, self.typed, heading(t("Your judgement")), W.HTML(paragraph(told))]
        return W.VBox([*parts, self.judge.view, row(self.compare)])

    def _compare_box(self) -> W.VBox:
        t = self.t
        self.title = landing(t("Two judgements of one answer"))
        self.shown = W.HTML()
        self.again = self.button(t("Another round"), self._again, "again")
        return W.VBox([self.title, self.shown, row(self.again)])

    # --- what the practice uses

    @property
    def busy(self) -> bool:
        """Whether a round is under way."""
        return self.stage != PICK

    @property
    def posed(self) -> ObjectionCard:
        """The card with the objection that is really posed."""
        says = str(self.challenge.says.value).strip()
        if not says:
            return self.card
        own = self.objection.model_copy(update={"says": Text(en=says, zh=says)})
        return self.card.model_copy(update={"objection": own})

    def take(self, card_id: str) -> None:
        """Show the picker a card with all that is hidden."""
        super().take(card_id)
        self._display()

    def _display(self) -> None:
        for stage, box in self.boxes.items():
            box.layout.display = None if stage == self.stage else "none"
        if not self.card_id:
            return
        self.secret.value = brief_html(self.objection, self.lang)
        self.secret.value += concern_html(self.objection, self.lang)
        self.cover.value = self._cover_html()
        posed = self.posed.objection
        self.brief.value = brief_html(posed, self.lang, posed.says.in_(self.lang))
        self.brief.value += pressures_html(self.challenge.chosen(), self.t)
        self.typed.value = typed_html(str(self.answering.text.value), self.lang)

    def _cover_html(self) -> str:
        name = str(self.challenge.answerer.value).strip()
        turn, seconds = self.t("{name}, it is your turn.").format(name=name), self._seconds()
        told = self.t("You will have {seconds} seconds; they begin with the button.")
        told = told if seconds else self.t("Take your time; there is no clock.")
        lines = ([turn] if name else []) + [told.format(seconds=seconds)]
        return "".join(f"<p>{html.escape(line)}</p>" for line in lines)

    def _seconds(self) -> int:
        if self.challenge.no_clock.value:
            return 0
        seconds = self.objection.seconds
        return seconds // 2 if HURRY in self.challenge.chosen() else seconds

    def _go(self, stage: str, focus: W.Widget) -> None:
        self.stage = stage
        self.app.keep()
        self._display()
        self.app.settle()
        self.app.say("")
        focus.focus()

    # --- what the buttons do

    def _to_pick(self) -> None:
        self.spent = 0.0
        self._go(PICK, self.hand_over)

    def _to_ready(self) -> None:
        if self.card_id and not self.challenge.complain():
            self._go(READY, self.ready)

    def _to_answer(self) -> None:
        if self.stage != READY:
            return
        text = str(self.answering.text.value) if self.spent else ""
        self.answering.begin(self._seconds(), text, self.spent)
        self._go(ANSWER, self.answering.text)

    def _finish(self, answer: Answer) -> str:
        scored = self._scored(answer.text)
        if scored.abstained:
            return scored.abstained.in_(self.lang)
        self.answering.end()
        says = str(self.challenge.says.value).strip()
        tried = self.app.attempt(
            "red_team",
            self.card_id,
            who=str(self.challenge.answerer.value).strip(),
            **answer.as_scored(scored),
            moves=(*([f"says: {says}"] if says else []), *self.challenge.chosen()),
        )
        self.answer_id, self.spent = tried.id, 0.0
        self.judge.fill({})
        self.stage = BACK
        self.app.store(tried, self.t("The answer is stored."))
        self._display()
        self.to_judge.focus()
        return ""

    def _scored(self, text: str) -> Scored:
        return score(text, self.posed, self.lang, rubric=self.app.rubric)

    def _give_up(self) -> None:
        self.answering.end()
        self.spent, self.answering.text.value = 0.0, ""
        self._go(PICK, self.hand_over)

    def _to_judge(self) -> None:
        self._go(JUDGE, self.judge.choices["acknowledge"])

    def _to_compare(self) -> None:
        points = self.judge.points()
        if points is None and self.stage == JUDGE:
            self.judge.open_choice().focus()
        if points is None or self.stage != JUDGE:
            return
        # The name says that this was a fellow trainee, for whoever reads how far coaches agree.
        picker = "".join(c for c in self.challenge.picker.value.strip()[:40] if c.isprintable())
        name = self.t("{name} (red team)").format(name=picker).strip()
        judged = CoachScore(self.answer_id, name, points, now(), peer=True)
        try:
            self.practice.add(judged)
        except PracticeError as error:
            self.app.fail(Exception(error.in_(self.lang)))
        self._show_compared(points)
        self._go(COMPARE, self.title)

    def _show_compared(self, points: dict[str, int]) -> None:
        text, lang, rubric = str(self.answering.text.value), self.lang, self.app.rubric
        scored = self._scored(text)
        self.shown.value = "".join(
            [
                marked_html(text, scored, lang),
                compared_html(points, scored, rubric, lang),
                harms_html(text, scored, rubric, lang),
                concern_html(self.objection, lang, str(self.challenge.concern.value).strip()),
                models_html(self.objection, lang),
                judged_total_html(points, lang),
                total_html(scored, lang),
            ]
        )

    def _again(self) -> None:
        self.answering.text.value, self.challenge.says.value = "", ""
        self.challenge.concern.value = ""
        self._go(PICK, self.hand_over)
        self.show()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the stage, what was set, written and judged."""
        spent = self.answering.spent if self.stage == ANSWER else self.spent
        mine = {"card": self.card_id, "stage": self.stage, "spent": round(spent, 1)}
        mine |= {"challenge": self.challenge.entered(), "text": self.answering.text.value}
        return mine | {"judged": self.judge.entered(), "answer_id": self.answer_id}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back a round; one that was being answered waits behind its cover."""
        if kept["card"] not in self.app.cards or kept["stage"] not in STAGES:
            return
        self.challenge.fill(kept["challenge"])
        self.card_id, self.answer_id = kept["card"], str(kept["answer_id"])
        self.answering.text.value = str(kept["text"])
        self.judge.fill(kept["judged"])
        self.spent = float(kept["spent"])
        self.stage = READY if kept["stage"] == ANSWER else kept["stage"]
        if self.stage == COMPARE and (points := self.judge.points()):
            self._show_compared(points)
        self._display()
