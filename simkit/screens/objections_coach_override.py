"""A coach's points in place of the scorer's, behaviour by behaviour and with a reason."""

import html
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.rubric import BEHAVIOURS, FULL, MOST
from simkit.screens.drill_words import paragraph
from simkit.screens.objections_coach_desk import Desk
from simkit.screens.objections_scorecard import points_text
from simkit.screens.parts import choice, heading, row, text_box
from simkit.training.coaching import CoachingRefused, override
from simkit.training.practice import Counted, PracticeError


class OverrideDesk:
    """The answers that a coach has scored, with the scorer's points beside the coach's."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.t, app = desk, desk.t, desk.app
        t = self.t
        self.told, self.shown, self.table = W.HTML(), W.HTML(), W.HTML()
        self.answer = choice(t("Answer to look at"), {"–": ""}).add_class("sk-scored-answer")
        names = {item.name.in_(desk.lang): item.id for item in desk.rubric.rubric}
        self.behaviour = choice(t("Behaviour"), names).add_class("sk-override-behaviour")
        label = t("Points that shall count")
        self.points = W.RadioButtons(options=[("0", 0)], value=None, description=label)
        self.points.add_class("sk-anchors").add_class("sk-override-points")
        self.reason = text_box(t("Reason (the trainee reads it)"), lines=2)
        self.reason.add_class("sk-override-reason").add_class("sk-own-concern")
        self.complaints = {name: W.HTML() for name in ("points", "reason", "answer")}
        self.button = app._button(t("Put my points in place"), self._override, "put-points")
        self.button.button_style = "primary"
        for box, called in ((self.answer, self._show_answer), (self.behaviour, self._show_anchors)):
            box.observe(app.safely(lambda _, called=called: called()), "value")
        said = self.complaints
        self.work = W.VBox(
            [
                self.shown, self.table, heading(t("Override")), row(self.behaviour), self.points,
                said["points"], row(self.reason), said["reason"], said["answer"], row(self.button),
            ]
        )  # fmt: skip
        self.view = W.VBox([self.told, row(self.answer), self.work])
        self._show_anchors()

    # --- what the page uses

    def show(self) -> None:
        """Offer the answers that this coach has scored blind, the newest scored first."""
        coach, before = self.desk.coach(), self.answer.value
        scores = reversed(self.desk.practice.scores)
        mine = [each.answer_id for each in scores if each.coach == coach]
        counted = self._counted()
        names = [name for name in mine if name in counted and counted[name].points is not None]
        self.answer.options = [(self._label(counted[name]), name) for name in names]
        self.answer.value = before if before in names else next(iter(names), None)
        self.told.value = self.desk.needs_coach() or self._told_html(bool(names))
        for part in (self.work, self.answer):
            part.layout.display = None if names else "none"
        self._show_answer()

    def _counted(self) -> dict[str, Counted]:
        return {each.attempt.id: each for each in self.desk.practice.counted()}

    def _label(self, counted: Counted) -> str:
        """Return a label that is not seen twice: the card, the first words, the answer's id."""
        attempt, card = counted.attempt, self.desk.card(counted.attempt)
        name = card.name.in_(self.desk.lang) if card else attempt.card
        return f"{name}: {' '.join(attempt.answer.split())[:40]}… [{attempt.id[-4:]}]"

    def _told_html(self, any_scored: bool) -> str:
        t = self.t
        told = t(
            "Here you see what the scorer gave, so only answers that you have scored blind are "
            "offered. What you put in place counts for the trainee; how far scorer and coaches "
            "agree is still judged by the points that each gave blind."
        )
        none = t("You have not scored an answer yet that the scorer gave points to.")
        return paragraph(told) + ("" if any_scored else paragraph(none))

    def _show_answer(self) -> None:
        if not (found := self._counted().get(self.answer.value or "")):
            self.shown.value = self.table.value = ""
            return
        self.shown.value = self.desk.shown(found.attempt)
        self.table.value = self._table_html(found)

    def _show_anchors(self) -> None:
        item = self.desk.rubric.item(self.behaviour.value)
        anchors = [(f"{n}: {item.anchors.of(n).in_(self.desk.lang)}", n) for n in range(MOST + 1)]
        self.points.options = anchors
        self.points.value = None

    def _table_html(self, found: Counted) -> str:
        t, coach = self.t, self.desk.coach()
        given = {
            each.answer_id: each.points for each in self.desk.practice.scores if each.coach == coach
        }
        mine = given.get(found.attempt.id, {})
        heads = [t("Behaviour"), t("Scorer"), t("You, blind"), t("Counts now"), t("Reason")]
        head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads[:-1])
        head += f'<th scope="col" class="sk-words">{html.escape(heads[-1])}</th>'
        rows = "".join(self._row_html(name, found, mine.get(name)) for name in BEHAVIOURS)
        said = t("Total: {scorer} of {full} by the scorer, {now} with what coaches put in place.")
        told = said.format(scorer=found.attempt.total, full=FULL, now=found.total)
        return (
            f'<div class="sk-table sk-behaviours" tabindex="0"><table><thead><tr>{head}</tr>'
            f"</thead><tbody>{rows}</tbody></table></div>{paragraph(told)}"
        )

    def _row_html(self, name: str, found: Counted, mine: int | None) -> str:
        t, lang = self.t, self.desk.lang
        scorer, now = (found.attempt.points or {}).get(name), (found.points or {}).get(name)
        cells = "".join(f"<td>{points_text(points, t)}</td>" for points in (scorer, mine, now))
        made = found.overrides.get(name)
        why = f"{made.reason} ({made.coach})" if made else ""
        differs = ' class="sk-differs"' if mine not in (None, scorer) else ""
        title = html.escape(self.desk.rubric.item(name).name.in_(lang))
        return (
            f'<tr{differs}><th scope="row">{title}</th>{cells}'
            f'<td class="sk-words">{html.escape(why)}</td></tr>'
        )

    # --- what the button does

    def _override(self) -> None:
        for box in self.complaints.values():
            box.value = ""
        points = -1 if self.points.value is None else self.points.value
        name, reason = str(self.answer.value), str(self.reason.value)
        desk, behaviour = self.desk, str(self.behaviour.value)
        try:
            override(desk.practice, name, behaviour, points, reason, desk.coach())
        except CoachingRefused as refused:
            for where, told in desk.refused(refused).items():
                self.complaints.get(where, self.complaints["answer"]).value = told
            return
        except PracticeError as error:
            desk.app.fail(Exception(error.in_(desk.lang)))
        else:
            desk.app.say(self.t("Your points count now; the reason stands beside them."))
        self.reason.value, self.points.value = "", None
        self._show_answer()
        self.behaviour.focus()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return which answer and behaviour are looked at, and the reason so far."""
        names = {"answer": self.answer.value, "behaviour": self.behaviour.value}
        return {**names, "reason": self.reason.value}

    def restore(self, kept: dict[str, Any]) -> None:
        """Look at the same again."""
        self.reason.value, self.behaviour.value = str(kept["reason"]), kept["behaviour"]
        self.answer.value = kept["answer"]
