"""Declare: whether something drifts, what it is, where, and how sure one is; or take it back."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.drift import NO_DRIFT
from simkit.screens.drift_words import (
    EVERYWHERE,
    cause_titles,
    table_of,
    watch_of,
    where_titles,
)
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.parts import action_button, choice, heading, row
from simkit.training.drift_notes import DECLARATION, statement

CONFIDENCES = (50, 60, 70, 80, 90, 100)
UNSURE = 70


class Declare:
    """The tab on which one says what one thinks is going on."""

    def __init__(self, room: Room, store: Callable[[dict[str, Any]], None]) -> None:
        self.room, self._store, t = room, store, room.t
        self.now, self.sign, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self.before = W.HTML()
        causes = {title: name for name, title in cause_titles(room).items() if name != NO_DRIFT}
        sure = {f"{percent} %": percent for percent in CONFIDENCES}
        self.cause = choice(t("What is it?"), {t("– please choose –"): "", **causes}, "")
        self.place = choice(t("Where?"), self._places(), EVERYWHERE)
        self.confidence = choice(t("How sure are you?"), sure, UNSURE)
        for name in ("cause", "place", "confidence"):
            widget = getattr(self, name).add_class(f"sk-declare-{name}")
            widget.observe(room.safely(lambda _: self._changed()), "value")
        self.button = action_button(t("Declare: it drifts"), room.safely(self._declare))
        self.button.add_class("sk-declare")
        self.back = action_button(t("Take it back: nothing drifts"), room.safely(self._take_back))
        self.back.add_class("sk-take-back")
        self.view = W.VBox(self._lay_out()).add_class("sk-declaring")

    def _lay_out(self) -> list[W.Widget]:
        t = self.room.t
        note = t(
            "Your first declaration is your alarm: the sooner after the beginning the better, and "
            "a false one counts against you. Naming the season is no alarm. As long as you say "
            "nothing, you say: nothing drifts. How sure: that this is the cause or, when you take "
            "it back, that nothing drifts; 70 % means that in seven such cases out of ten you "
            "would be right."
        )
        return [
            self.now,
            heading(t("I say that something drifts")),
            W.HTML(paragraph(note)),
            row(self.cause),
            self.sign,
            row(self.place),
            row(self.confidence),
            row(self.button, self.back),
            self.complaint,
            self.before,
        ]

    # --- what is to be seen

    def show(self) -> None:
        """Show what is said now, and what was said before."""
        places = self._places()
        if dict(self.place.options) != places:
            kept = self.place.value
            self.place.options = [*places.items()]
            self.place.value = kept if kept in places.values() else EVERYWHERE
        self.complaint.value = ""
        self.now.value = f"<p><strong>{html.escape(self._said())}</strong></p>"
        self.before.value = declarations_html(self.room)
        self.back.layout.display = None if self._drifts() else "none"
        self._show_sign()

    def entered(self) -> dict[str, Any]:
        """Return what is entered, to be kept until it is declared."""
        return {name: getattr(self, name).value for name in ("cause", "place", "confidence")}

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept."""
        for name in ("cause", "place", "confidence"):
            if kept.get(name) in dict(getattr(self, name).options).values():
                getattr(self, name).value = kept[name]

    def enable(self, enabled: bool) -> None:
        """Let a person declare, or only look."""
        for widget in (self.cause, self.place, self.confidence, self.button, self.back):
            widget.disabled = not enabled

    def _places(self) -> dict[str, str]:
        return {title: name for name, title in where_titles(self.room).items()}

    def _drifts(self) -> bool:
        said = statement(self.room.game)
        return bool(said and said.data["drift"])

    def _said(self) -> str:
        t, said = self.room.t, statement(self.room.game)
        if said is None:
            return t("You have declared nothing so far: as you say, nothing drifts.")
        text = t("Your word since week {week}: {what}")
        return text.format(week=said.week + 1, what=declared_text(said.data, self.room))

    def _changed(self) -> None:
        self._show_sign()
        self.room.changed()

    def _show_sign(self) -> None:
        signs = {cause.id: cause.sign.in_(self.room.lang) for cause in watch_of(self.room).causes}
        sign = signs.get(str(self.cause.value), "")
        text = self.room.t("What one would see then: {sign}").format(sign=sign)
        self.sign.value = paragraph(text) if sign else ""

    # --- what the buttons do

    def _declare(self) -> None:
        if not self.cause.value:
            text = html.escape(self.room.t("Please choose what it is first."))
            self.complaint.value = f'<div role="alert">{text}</div>'
            return
        self._store(self._note(True, self.cause.value, self.place.value))

    def _take_back(self) -> None:
        self._store(self._note(False, NO_DRIFT, EVERYWHERE))

    def _note(self, drift: bool, cause: str, place: str) -> dict[str, Any]:
        said = {"drift": drift, "cause": cause, "place": place}
        return {"week": self.room.report.week, **said, "confidence": self.confidence.value}


def declared_text(data: dict[str, Any], room: Room) -> str:
    """Return a declaration in words."""
    t, percent = room.t, f"{data['confidence']} %"
    if not data["drift"]:
        return t("nothing drifts; {percent} sure.").format(percent=percent)
    cause = cause_titles(room).get(data["cause"], data["cause"])
    place = where_titles(room).get(data["place"], data["place"])
    text = t("it drifts: {cause}; {place}; {percent} sure.")
    return text.format(cause=cause, place=place, percent=percent)


def declarations_html(room: Room) -> str:
    """Return all declarations as a table, the newest first, "" when there are none."""
    t = room.t
    notes = room.game.notes(DECLARATION)[::-1]
    rows = [(note.week + 1, declared_text(note.data, room)) for note in notes]
    return table_of([t("Week"), t("What you said")], rows, t("What you have declared"))
