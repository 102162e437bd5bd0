"""Predict: between which figures the sales of the next four weeks will lie if nothing happens."""

import html
import math
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi.forecast import YEAR_WEEKS
from simkit.screens.drift_figures import Gauge
from simkit.screens.drift_words import table_of
from simkit.screens.drill_predict import THOUSAND
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import unit_text
from simkit.screens.parts import action_button, free_box, heading, row
from simkit.training.drift_notes import FORECAST_WEEKS, PREDICTION, prediction_due

CONFIDENCE = 0.8
MOST = 1e9
"""Thousands; nobody sells more in four weeks."""


class Predict:
    """Asks for a range of sales before some weeks are played."""

    def __init__(self, room: Room, gauge: Gauge, store: Callable[[], None]) -> None:
        self.room, self.gauge, t = room, gauge, room.t
        money = unit_text("money", room.lang, room.scenario.currency)
        unit = t("thousand {money}").format(money=money)
        self.low = free_box(t("Sales at least"), 0.0, unit=unit, step=50.0).add_class("sk-low")
        self.high = free_box(t("Sales at most"), 0.0, unit=unit, step=50.0).add_class("sk-high")
        self.ask, self.before, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self.button = action_button(t("Store my prediction"), room.safely(store), style="primary")
        self.button.add_class("sk-store-prediction")
        parts = [heading(t("Predict first")), self.ask, self.before, row(self.low, self.high)]
        self.view = W.VBox([*parts, row(self.button), self.complaint])
        self.view.add_class("sk-predicting")

    def show(self) -> None:
        """Ask, if a prediction is due."""
        due = prediction_due(self.room.game)
        self.view.layout.display = None if due else "none"
        if due:
            first, last = self._weeks()
            text = self.room.t(
                "Sales of weeks {first} to {last} in all, if nothing out of the ordinary happens: "
                "between which figures will they lie? Make the range so wide that you are right "
                "four times out of five."
            )
            self.ask.value = paragraph(text.format(first=first + 1, last=last + 1))
            self.before.value = self.complaint.value = ""

    def draw(self) -> None:
        """Say what the weeks before brought, which takes a moment: for a thread."""
        first, last = self._weeks()
        count = last - first + 1
        text = self.room.t("The {weeks} weeks before: {now}. The same weeks a year ago: {then}.")
        now = sold(self.gauge, first - count, first - 1)
        then = sold(self.gauge, first - YEAR_WEEKS, last - YEAR_WEEKS)
        said = text.format(weeks=count, now=self.room.money(now), then=self.room.money(then))
        self.before.value = f"<p><strong>{html.escape(said)}</strong></p>"

    def _weeks(self) -> tuple[int, int]:
        first = self.room.report.week
        return first, min(first + FORECAST_WEEKS, self.room.scenario.weeks) - 1

    def missing(self) -> str:
        """Return what is wrong with what is entered, "" when it can be stored."""
        t, low, high = self.room.t, self.low.value, self.high.value
        if not all(math.isfinite(value) for value in (low, high)):
            return t("Please enter two numbers.")
        if high > MOST:
            return t("These amounts are too large; mind the unit they are in.")
        if low < 0 or high <= 0:
            return t("Please enter the range first: two amounts above zero.")
        return t("The lowest sales are above the highest.") if low > high else ""

    def note(self) -> dict[str, Any]:
        """Return the prediction as it is stored."""
        unit = THOUSAND[self.room.lang]
        revenue = [self.low.value * unit, self.high.value * unit]
        return {"weeks": list(self._weeks()), "revenue": revenue, "confidence": CONFIDENCE}

    def clear(self) -> None:
        """Forget what was entered, once it is stored."""
        self.low.value = self.high.value = 0.0

    def enable(self, enabled: bool) -> None:
        """Let a person predict, or only look."""
        for widget in (self.low, self.high, self.button):
            widget.disabled = not enabled


def sold(gauge: Gauge, first: int, last: int) -> float:
    """Return what is reported to have been sold in some weeks, in money; NaN before the history."""
    start = gauge.history + first
    series = gauge.figures().series("sales")
    return float(series[start : gauge.history + last + 1].sum()) if start >= 0 else math.nan


def outcomes_html(room: Room, gauge: Gauge) -> str:
    """Return what came of the predictions whose weeks are over, "" for none."""
    t, rows = room.t, list[Sequence[str]]()
    for note in room.game.notes(PREDICTION):
        first, last = note.data["weeks"]
        if last < room.report.week:
            came, (low, high) = sold(gauge, first, last), note.data["revenue"]
            span = t("{low} to {high}").format(low=room.money(low), high=room.money(high))
            weeks = t("Weeks {first} to {last}").format(first=first + 1, last=last + 1)
            hit = t("inside") if low <= came <= high else t("outside")
            rows.append([weeks, span, room.money(came), hit])
    heads = [t("Weeks"), t("You expected"), t("It was"), t("Hit")]
    return table_of(heads, rows, t("Your predictions, and what came"))
