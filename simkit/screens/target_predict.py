"""Predict twice in a quarter what the region will have sold at its end."""

import html
import math
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_predict import CONFIDENCE, THOUSAND
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import unit_text
from simkit.screens.parts import action_button, free_box, heading, row
from simkit.training.recalibration import so_far
from simkit.training.tracking import ASKED_BEFORE


class PredictQuarter:
    """Asks for a range of the quarter's sales of the region."""

    def __init__(self, room: Room, store: Callable[[], None]) -> None:
        self.room, t = room, room.t
        money = unit_text("money", room.lang, room.scenario.currency)
        unit = t("thousand {money}").format(money=money)
        self.boxes = {
            "low": free_box(t("The region's quarter: at least"), 0.0, unit=unit, step=50.0),
            "high": free_box(t("The region's quarter: at most"), 0.0, unit=unit, step=50.0),
        }
        for name, box in self.boxes.items():
            box.add_class(f"sk-quarter-{name}")
        self.ask, self.complaint = W.HTML(), W.HTML()
        self.button = action_button(t("Store my prediction"), room.safely(store), style="primary")
        self.button.add_class("sk-store-prediction")
        parts = [heading(t("Predict first")), self.ask, row(*self.boxes.values())]
        parts += [row(self.button), self.complaint]
        self.view = W.VBox(parts).add_class("sk-predicting")

    def show(self) -> None:
        """Ask, where a prediction is due, and hide otherwise."""
        due = is_due(self.room)
        self.view.layout.display = None if due else "none"
        if not due:
            return
        text = self.room.t(
            "{weeks} weeks are played, and {sold} is sold. Between which figures will the region's "
            "sales of the whole quarter lie? Make the range so wide that you are right four times "
            "out of five."
        )
        sold = self.room.money(_sold(self.room))
        self.ask.value = paragraph(text.format(weeks=self.room.report.week, sold=sold))

    def missing(self) -> str:
        """Return what is wrong with what is entered, "" when it can be stored."""
        t, (low, high) = self.room.t, (box.value for box in self.boxes.values())
        if not (math.isfinite(low) and math.isfinite(high)) or high <= 0 or low < 0:
            return t("Please enter both ends of the range first.")
        if low > high:
            return t("The lower end is above the upper one.")
        if high * THOUSAND[self.room.lang] < _sold(self.room):
            return t("More than that is sold already.")
        return ""

    def lacks(self) -> bool:
        """Tell what is still to be entered, beside the button."""
        missing = self.missing()
        said = f'<div role="alert">{html.escape(missing)}</div>' if missing else ""
        self.complaint.value = said
        return bool(missing)

    def note(self) -> dict[str, Any]:
        """Return the prediction as it is stored: of the quarter, and of the weeks still to come."""
        room, unit = self.room, THOUSAND[self.room.lang]
        quarter = [box.value * unit for box in self.boxes.values()]
        last = room.scenario.weeks - 1
        rest = [end - _sold(room) for end in quarter]
        found = {"weeks": [room.report.week, last], "revenue": rest, "quarter": quarter}
        return {**found, "confidence": CONFIDENCE}

    def enable(self, enabled: bool) -> None:
        """Let a person predict, or not."""
        for widget in (*self.boxes.values(), self.button):
            widget.disabled = not enabled


def is_due(room: Room) -> bool:
    """Whether a prediction is to be made before the next week is played."""
    week = room.report.week
    if room.game.done or week not in ASKED_BEFORE:
        return False
    return all(note.data.get("weeks", [None])[0] != week for note in room.game.notes("prediction"))


def _sold(room: Room) -> float:
    return math.fsum(found.sold for found in so_far(room.report).values())
