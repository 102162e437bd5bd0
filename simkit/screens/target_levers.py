"""What a manager can do in a week to help the reps to their targets, and what it costs."""

from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.drill_levers import LeverBoxes
from simkit.screens.drill_words import Room
from simkit.screens.levers import lever_box
from simkit.screens.parts import number_box, row

HELP = ("coaching_hours", "recognition_hours", "release_reserve")
MOST_DAYS = 5.0


class Actions:
    """Coaching, recognition, training, promotion by territory, and the reserve of money."""

    def __init__(self, room: Room) -> None:
        self.room, t = room, room.t
        self.levers = LeverBoxes(HELP, room)
        label = t("Training of every rep, this week only")
        self.training = number_box(label, 0.0, 0.0, MOST_DAYS, unit=t("days"), step=0.5)
        self.training.add_class("sk-training")
        self.promotion = {place.id: self._promotion(place) for place in room.scenario.territories}
        for box in (self.training, *self.promotion.values()):
            box.observe(room.safely(lambda _: room.changed()), "value")
        boxes = row(self.training), row(*self.promotion.values())
        self.view = W.VBox([self.levers.view, *boxes]).add_class("sk-actions")

    def _promotion(self, place: Any) -> W.ValueWidget:
        room = self.room
        box = lever_box("promotion", 0.0, room.lang, room.scenario.currency)
        box.description = f"{place.name.in_(room.lang)}: {box.description}"
        return box.add_class(f"sk-promotion-{place.id}")

    def show(self, decision: Decision) -> None:
        """Show the levers of a decision; training is asked for anew every week."""
        self.levers.fill(decision)
        self.training.value = 0.0
        for place, box in self.promotion.items():
            box.value = decision.at(place).promotion

    def entered(self) -> dict[str, Any]:
        """Return what is entered, as plain data."""
        return {
            "levers": self.levers.changes(),
            "training": self.training.value,
            "promotion": {place: box.value for place, box in self.promotion.items()},
        }

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept; raises KeyError or TraitError where it does not fit."""
        self.levers.fill(self.room.report.decision.but(**kept["levers"]))
        self.training.value = kept["training"]
        for place, amount in kept["promotion"].items():
            self.promotion[place].value = amount

    def on(self, decision: Decision) -> Decision:
        """Return a decision with the levers as they are entered."""
        days = self.training.value
        training = dict.fromkeys(self.room.report.reps, days) if days else {}
        decision = decision.but(**self.levers.changes(), training_days=training)
        for place, box in self.promotion.items():
            if box.value != decision.at(place).promotion:
                decision = decision.but_at(place, promotion=box.value)
        return decision

    def enable(self, enabled: bool) -> None:
        """Let a person change them, or not."""
        self.levers.enable(enabled)
        for box in (self.training, *self.promotion.values()):
            box.disabled = not enabled
