"""One step of the target workshop: boxes with a place for complaints, and what is shown beside."""

import html
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.screens.parts import heading, row
from simkit.screens.target_bench import Bench
from simkit.screens.target_words import alert


class Page:
    """The boxes of a step by name, each with its complaint under it; subclasses fill `view`."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench, self.room, self.t = bench, bench.room, bench.room.t
        self.boxes: dict[str, W.ValueWidget] = {}
        self.complaints: dict[str, W.HTML] = {}
        self.buttons: list[W.Button] = []
        self.enabled = True
        self.view = W.VBox().add_class("sk-page").add_class(f"sk-page-{name}")

    # --- what the workshop uses

    def entered(self) -> dict[str, Any]:
        """Return what is entered, as plain data."""
        return {name: box.value for name, box in self.boxes.items()}

    def fill(self, kept: Mapping[str, Any]) -> None:
        """Enter what an earlier session left; what does not fit any more is left out."""
        for name, value in kept.items():
            if name in self.boxes:
                with suppress(TraitError):
                    self.boxes[name].value = value

    def work(self) -> None:
        """Work out what follows from the boxes, and leave it on the bench."""

    def show(self) -> None:
        """Show it; only called while the step is on the screen."""

    def draw(self) -> None:
        """Show what takes longer; called in a thread after `show`."""

    def enable(self, enabled: bool) -> None:
        """Let a person enter, or only look."""
        self.enabled = enabled
        for widget in [*self.boxes.values(), *self.buttons]:
            widget.disabled = not enabled
        self.lock()

    def lock(self) -> None:
        """Let nobody change what is stored."""

    def focus(self) -> None:
        """Bring the top of the step into view: the page before may have been longer."""
        next(iter([*self.boxes.values(), *self.buttons])).focus()

    def mistakes(self) -> list[str]:
        """Return the complaints of this step as they are shown now."""
        return [box.value for box in self.complaints.values() if box.value]

    # --- what the steps use

    def field(self, name: str, box: W.ValueWidget) -> W.VBox:
        """Keep a box, with a place under it for what is wrong with its value."""
        self.boxes[name], self.complaints[name] = box.add_class(f"sk-{name}"), W.HTML()
        box.observe(self.room.safely(lambda _: self.room.changed()), "value")
        return W.VBox([box, self.complaints[name]]).add_class("sk-entry")

    def button(self, button: W.Button, name: str) -> W.Button:
        """Keep a button."""
        self.buttons.append(button.add_class(f"sk-{name}"))
        return button

    def complain(self, name: str, text: str) -> None:
        """Say what is wrong at a field, or with "" that nothing is."""
        value = alert(text)
        if self.complaints[name].value != value:
            self.complaints[name].value = value

    def must_be(self, name: str, low: float, high: float) -> float | None:
        """Return the number of a box, or complain that it is not from `low` to `high`."""
        value = self.boxes[name].value
        fits = isinstance(value, (int, float)) and low <= value <= high
        text = self.t("Enter a number from {low} to {high}.")
        self.complain(name, "" if fits else text.format(low=f"{low:,g}", high=f"{high:,g}"))
        return float(value) if fits else None


def section(title: str, text: str, *widgets: W.Widget) -> list[W.Widget]:
    """Return a heading, a sentence, and widgets."""
    said = [W.HTML(f"<p>{html.escape(text)}</p>")] if text else []
    return [heading(title), *said, *widgets]


def fields(page: Page, boxes: Mapping[str, W.ValueWidget]) -> W.Box:
    """Return a row of boxes, each with its complaint."""
    return row(*(page.field(name, box) for name, box in boxes.items()))
