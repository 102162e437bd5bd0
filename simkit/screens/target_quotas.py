"""The quota of each rep: one box each, the same in every step that shows it."""

import math
import threading
from collections.abc import Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import Room
from simkit.screens.levers import unit_text
from simkit.screens.parts import free_box
from simkit.screens.target_words import alert, rep_titles
from simkit.training.target_plan import LARGEST


class Quotas:
    """Boxes for the quotas, each with a place for what is wrong with it.

    A box follows the proposal until somebody changes it by hand.
    """

    def __init__(self, room: Room) -> None:
        self.room = room
        unit = unit_text("money", room.lang, room.scenario.currency)
        self.boxes: dict[str, W.ValueWidget] = {}
        self.complaints: dict[str, W.HTML] = {}
        self.hand: set[str] = set()
        """The reps whose quota was changed by hand."""
        self.held: set[str] = set()
        """Those who got a part of the rest: they follow the proposal no more."""
        self._setting = 0
        """The thread that enters quotas itself just now: what others enter is a person's."""
        for rep, title in rep_titles(room).items():
            box = free_box(title, 0.0, unit=unit, step=10_000.0)
            box.add_class("sk-quota").add_class(f"sk-quota-{rep}")
            box.observe(room.safely(lambda _, rep=rep: self._changed(rep)), "value")
            self.boxes[rep], self.complaints[rep] = box, W.HTML()

    def entry(self, rep: str, beside: W.HTML) -> W.VBox:
        """Return the box of a rep with its complaint and something beside; again in each step."""
        return W.VBox([self.boxes[rep], self.complaints[rep], beside]).add_class("sk-entry")

    def amounts(self) -> dict[str, int] | None:
        """Return the quotas, None while one of them is wrong."""
        return None if self.wrong() else self.readable()

    def wrong(self) -> set[str]:
        """Return the reps whose quota is none as it stands."""
        return {rep for rep, box in self.boxes.items() if self._wrong(box.value)}

    def readable(self) -> dict[str, int]:
        """Return the quotas, 0 for those that are wrong."""
        wrong = self.wrong()
        return {rep: 0 if rep in wrong else round(box.value) for rep, box in self.boxes.items()}

    def follow(self, proposal: Mapping[str, int]) -> None:
        """Enter the proposal where nothing was changed by hand."""
        for rep, amount in proposal.items():
            if rep not in self.hand | self.held:
                self.set(rep, amount, by_hand=False)

    def hold(self, amounts: Mapping[str, int]) -> None:
        """Enter what came of spreading the rest."""
        for rep, amount in amounts.items():
            self.set(rep, amount, by_hand=False)
        self.held |= set(amounts)

    def forget(self) -> None:
        """Let all follow the proposal again."""
        self.hand.clear()
        self.held.clear()

    def set(self, rep: str, amount: int, by_hand: bool = True) -> None:
        """Enter a quota."""
        self._setting = threading.get_ident()
        try:
            self.boxes[rep].value = float(amount)
        finally:
            self._setting = 0
        if by_hand:
            self.hand.add(rep)

    def check(self) -> None:
        """Say at each box what is wrong with it."""
        for rep, box in self.boxes.items():
            value = alert(self._wrong(box.value))
            if self.complaints[rep].value != value:
                self.complaints[rep].value = value

    def entered(self) -> dict[str, Any]:
        """Return what was changed by hand or spread; the rest follows from the proposal."""
        kept = {"hand": self.hand, "held": self.held}
        return {how: {rep: self.boxes[rep].value for rep in sorted(kept[how])} for how in kept}

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Enter what an earlier session left."""
        for how, reps in (("held", self.held), ("hand", self.hand)):
            for rep, value in kept.get(how, {}).items():
                if rep in self.boxes and isinstance(value, (int, float)) and math.isfinite(value):
                    self.set(rep, value, by_hand=False)  # type: ignore[arg-type]
                    reps.add(rep)

    def enable(self, enabled: bool) -> None:
        """Let a person enter, or only look."""
        for box in self.boxes.values():
            box.disabled = not enabled

    def _changed(self, rep: str) -> None:
        if self._setting != threading.get_ident():
            self.hand.add(rep)
            self.room.changed()

    def _wrong(self, value: float) -> str:
        t = self.room.t
        if not math.isfinite(value) or value != round(value):
            return t("A quota is a whole amount.")
        if value < 1:
            return t("A quota of 0 or less is no target: enter more, or spread the rest.")
        if value > LARGEST:
            text = t("That is more than anybody can sell: {most} at most.")
            return text.format(most=f"{LARGEST:,}")
        return ""
