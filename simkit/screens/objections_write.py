"""Write an answer: predict, answer in time, see what is to be seen in the words."""

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.rubric import FULL
from simkit.screens.objections_answering import Answer, Answering
from simkit.screens.objections_brief import brief_html, concern_html
from simkit.screens.objections_models import models_html
from simkit.screens.objections_page import CardPage
from simkit.screens.objections_scorecard import beside_html, scorecard_html, total_html
from simkit.screens.parts import choice, heading, landing, row, tick
from simkit.training.objections import Scored, score
from simkit.training.practice import Attempt, Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

PREDICT, WRITE, SCORED = "predict", "write", "scored"


class WritePage(CardPage):
    """A card, a prediction, an answer in one's own words, and its scorecard."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        self.stage, self.paused = PREDICT, 0.0
        self.brief, self.complaint = W.HTML(), W.HTML()
        self.answering = Answering(
            self.t, app.safely, app.clock, self._finish, self._give_up, app.keep
        )
        self.predict_box = W.VBox(self._predict_parts()).add_class("sk-predicting")
        self.write_box = self.answering.view
        self.result_box = W.VBox(self._result_parts()).add_class("sk-scorecard")
        self.view.children = [self.brief, self.predict_box, self.write_box, self.result_box]
        self._display()

    def _predict_parts(self) -> list[W.Widget]:
        t = self.t
        totals: dict[str, object] = {"–": ""} | {str(n): n for n in range(FULL + 1)}
        names = {item.name.in_(self.lang): item.id for item in self.app.rubric.rubric}
        label = t("My total will be (0 … {full})").format(full=FULL)
        self.total = choice(label, totals).add_class("sk-guess-total")
        self.weakest = choice(t("My weakest behaviour will be"), {"–": ""} | names)
        self.weakest.add_class("sk-guess-weakest")
        self.no_clock = tick(t("Without a clock")).add_class("sk-no-clock")
        self.begin_button = self.button(t("Begin"), self._begin, "begin-answer")
        self.begin_button.button_style = "primary"
        self.limit = W.HTML()
        told = t("Eight behaviours count, 0 to 2 points each. How will your answer do?")
        return [
            heading(t("Predict")),
            W.HTML(f"<p>{html.escape(told)}</p>{self._behaviours_html()}"),
            row(self.total, self.weakest),
            self.limit,
            row(self.no_clock),
            self.complaint,
            row(self.begin_button),
        ]

    def _behaviours_html(self) -> str:
        """Return what the eight behaviours are, to be unfolded."""
        lines = "".join(
            f"<li><b>{html.escape(item.name.in_(self.lang))}</b> "
            f"{html.escape(item.asks.in_(self.lang))}</li>"
            for item in self.app.rubric.rubric
        )
        title = html.escape(self.t("The eight behaviours"))
        return f"<details><summary>{title}</summary><ol>{lines}</ol></details>"

    def _result_parts(self) -> list[W.Widget]:
        t = self.t
        self.title, self.shown = landing(t("Scorecard")), W.HTML()
        self.again = self.button(t("Answer once more"), self._again, "again")
        self.onward = self.button(t("Next card"), self._next, "next-card")
        self.onward.button_style = "primary"
        return [self.title, self.shown, row(self.again, self.onward)]

    # --- what the practice uses

    @property
    def busy(self) -> bool:
        """Whether somebody is writing."""
        return self.stage == WRITE

    def take(self, card_id: str) -> None:
        """Begin with a card: first the prediction."""
        super().take(card_id)
        self.stage, self.paused, self.shown.value = PREDICT, 0.0, ""
        self.answering.text.value, self.complaint.value = "", ""
        self.total.value = self.weakest.value = ""
        self._display()

    def _display(self) -> None:
        if self.card_id:
            self.brief.value = brief_html(self.objection, self.lang)
            limit = self.t("Time to answer: {seconds} seconds from the moment you begin.")
            told = limit.format(seconds=self.objection.seconds)
            self.limit.value = f"<p>{html.escape(told)}</p>"
        boxes = {PREDICT: self.predict_box, WRITE: self.write_box, SCORED: self.result_box}
        for stage, box in boxes.items():
            box.layout.display = None if stage == self.stage else "none"
        go_on = self.t("Go on with my answer")
        self.begin_button.description = go_on if self.paused else self.t("Begin")

    def predicted(self) -> dict[str, Any]:
        """Return what is predicted."""
        return {"total": self.total.value, "weakest": self.weakest.value}

    # --- what the buttons do

    def _begin(self) -> None:
        missing = "" in self.predicted().values() or not self.card_id
        said = self.t("Predict both first.")
        self.complaint.value = f'<div role="alert">{html.escape(said)}</div>' * missing
        if missing and self.stage == PREDICT:
            (self.weakest if self.total.value else self.total).focus()
        if missing or self.stage != PREDICT:
            return
        self.stage = WRITE
        seconds = 0 if self.no_clock.value else self.objection.seconds
        self.answering.begin(seconds, str(self.answering.text.value), self.paused)
        self.app.keep()
        self._display()
        self.app.settle()
        self.answering.text.focus()

    def _finish(self, answer: Answer) -> str:
        scored = score(answer.text, self.card, self.lang, rubric=self.app.rubric)
        if scored.abstained:
            return scored.abstained.in_(self.lang)
        self.answering.end()
        self.stage, self.paused = SCORED, 0.0
        self.app.store(self._attempt(answer, scored), self._stored(answer))
        self._show_scored(answer.text, scored)
        self.title.focus()
        return ""

    def _attempt(self, answer: Answer, scored: Scored) -> Attempt:
        return self.app.attempt(
            "write",
            self.card_id,
            **answer.as_scored(scored),
        )

    def _stored(self, answer: Answer) -> str:
        late = self.t("Your answer is stored, marked as late ({seconds} s). The scorecard follows.")
        said = self.t("Your answer is stored ({seconds} s). The scorecard follows.")
        return (late if answer.late else said).format(seconds=round(answer.seconds))

    def _give_up(self) -> None:
        self.answering.end()
        self.stage, self.paused = PREDICT, 0.0
        self.answering.text.value = ""
        self.app.keep()
        self._display()
        self.app.settle()
        self.begin_button.focus()

    def _again(self) -> None:
        self.take(self.card_id)
        self.app.keep()
        self.total.focus()

    def _next(self) -> None:
        self.stage = PREDICT
        self.app.next_card()

    # --- the scorecard

    def _show_scored(self, text: str, scored: Scored) -> None:
        rubric, lang, guess = self.app.rubric, self.lang, self.predicted()
        before, latest = self._best_before()
        self.shown.value = "".join(
            [
                scorecard_html(text, scored, rubric, lang, guess),
                concern_html(self.objection, lang),
                models_html(self.objection, lang),
                beside_html(before, latest, rubric, lang),
                total_html(scored, lang, guess),
            ]
        )
        self._display()
        self.app.settle()

    def _best_before(self) -> tuple[Attempt | None, Attempt | None]:
        """Return the best scored answer before the latest one, and the latest one."""
        tried = self.practice.history(self.app.who).attempts
        mine = [a for a in tried if a.card == self.card_id and a.points is not None]
        before = max(mine[:-1], key=lambda a: a.share or 0.0, default=None)
        return before, mine[-1] if mine else None

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the stage, what is predicted and written, and the seconds that it took."""
        spent = self.answering.spent if self.stage == WRITE else self.paused
        text, off = str(self.answering.text.value), self.no_clock.value
        stage = WRITE if self.paused else self.stage
        mine = {"card": self.card_id, "stage": stage, "text": text, "spent": round(spent, 1)}
        return {**mine, "no_clock": off, "predicted": self.predicted()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back an answer that was begun, with its clock stopped until one goes on."""
        self.no_clock.value = bool(kept["no_clock"])
        if kept["card"] not in self.app.cards or kept["stage"] not in (PREDICT, WRITE, SCORED):
            return
        self.card_id = kept["card"]
        if kept["stage"] != WRITE and self.card_id != self.app.card_id:
            return
        self.total.value, self.weakest.value = (kept["predicted"][n] for n in ("total", "weakest"))
        self.answering.text.value = str(kept["text"])
        if kept["stage"] == SCORED:
            self.stage = SCORED
            text = str(kept["text"])
            self._show_scored(text, score(text, self.card, self.lang, rubric=self.app.rubric))
        elif kept["stage"] == WRITE:
            self.paused = max(0.1, float(kept["spent"]))
            self.app.take(self.card_id)
        self._display()
