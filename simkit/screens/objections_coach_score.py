"""A coach scores answers blind, one at a time: the card, the answer, and the eight anchors."""

import html
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import paragraph
from simkit.screens.objections_coach_desk import OWN_WORDS, Desk, alert_html, sentence
from simkit.screens.objections_judge import Judge
from simkit.screens.parts import choice, heading, row
from simkit.training.coaching import CoachingRefused, score, to_score
from simkit.training.practice import Attempt, PracticeError


class ScoreDesk:
    """The answers that a coach has not seen scores of, in the coach's own order."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.t, app = desk, desk.t, desk.app
        t = self.t
        self.answer: Attempt | None = None
        self.later: list[str] = []
        self._of = ""
        languages = {t("both languages"): "", t("English"): "en", t("Chinese"): "zh"}
        self.lang = choice(t("Answers in"), languages, "").add_class("sk-answers-in")
        self.lang.observe(app.safely(lambda _: self.show()), "value")
        self.left, self.shown, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self.title = heading(t("What is to be seen in the words?"))
        self.judge = Judge(desk.rubric, desk.lang, app.safely, app.keep)
        self.store = app._button(t("Store and show the next one"), self._store, "store-score")
        self.store.button_style = "primary"
        self.skip = app._button(t("Leave this one for later"), self._skip, "score-later")
        buttons = row(self.store, self.skip)
        self.work = W.VBox([self.shown, self.title, self.judge.view, self.complaint, buttons])
        self.view = W.VBox([row(self.lang), self.left, self.work])

    # --- what the page uses

    def show(self) -> None:
        """Show the answer that is next for this coach."""
        if self._of != (of := f"{self.desk.practice.path}\0{self.desk.coach()}"):
            self._of, self.later = of, []
        left = self._queue() if self.desk.coach() else []
        before = self.answer
        known = before is not None and before.id in {each.id for each in left}
        self._take(before if known else next(iter(left), None))
        self.left.value = self.desk.needs_coach() or self._left_html(len(left))

    def _queue(self) -> list[Attempt]:
        """Return the answers left, those put off at the end."""
        chosen = str(self.lang.value) or None
        found = to_score(self.desk.practice, self.desk.coach(), chosen)
        left = [each for each in found if each.mode in OWN_WORDS]
        put_off = {name: place for place, name in enumerate(self.later, 1)}
        return sorted(left, key=lambda each: put_off.get(each.id, 0))

    def _take(self, answer: Attempt | None) -> None:
        if answer is None or self.answer is None or answer.id != self.answer.id:
            self.answer = answer
            self.judge.fill({})
            self.judge.complaint.value = self.complaint.value = ""
            self.shown.value = self.desk.shown(answer) if answer else ""
        self.work.layout.display = None if answer else "none"

    def _left_html(self, left: int) -> str:
        t = self.t
        told = t(
            "You see the card and the answer, not who wrote it, when, or what anybody scored. Do "
            "not speak about the answers before all coaches are done."
        )
        if not self.desk.answers():
            said = t("There is nothing to score yet: nobody has answered in their own words.")
        elif left:
            said = t("Left for you: {count}.").format(count=left)
        else:
            said = t("You have scored all of them. Now look at the agreement.")
        return f"{paragraph(told)}<p><b>{html.escape(said)}</b></p>"

    # --- what the buttons do

    def _store(self) -> None:
        points = self.judge.points()
        if points is None or self.answer is None:
            return
        try:
            score(self.desk.practice, self.answer.id, self.desk.coach(), points)
        except CoachingRefused as refused:
            self.complaint.value = alert_html(sentence("; ".join(refused.in_(self.desk.lang))))
            return
        except PracticeError as error:
            self.desk.app.fail(Exception(error.in_(self.desk.lang)))
        else:
            self.desk.app.say(self.t("Your points are stored."))
        self._next()

    def _skip(self) -> None:
        if self.answer:
            self.later = [*(each for each in self.later if each != self.answer.id), self.answer.id]
            self._next()

    def _next(self) -> None:
        self.answer = None
        self.show()
        self.desk.app.keep()
        self.lang.focus()  # the next answer stands below it

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the answer that is being judged, and how far."""
        name = self.answer.id if self.answer else ""
        return {"lang": self.lang.value, "answer": name, "points": self.judge.entered()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Go on with the answer that was being judged."""
        self.lang.value = kept["lang"]
        left = self._queue() if self.desk.coach() else []
        if found := next((each for each in left if each.id == kept["answer"]), None):
            self._take(found)
            self.judge.fill(kept["points"])
