"""The risk register: likelihood and impact of each risk, and the grid they make."""

import html
from collections.abc import Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import Room
from simkit.screens.parts import choice, row
from simkit.screens.texts import Translate

GRADES = (1, 2, 3, 4, 5)
HIGH, MIDDLE = 15, 8
"""From these products on a risk stands in the red and in the amber part of the grid."""


class Register:
    """A likelihood and an impact from 1 to 5 for every candidate risk."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.names = risk_names(room)
        self.boxes = {name: self._grades(title) for name, title in self.names.items()}
        self.grid = W.HTML()
        rows = [self._row(number, name) for number, name in enumerate(self.names, 1)]
        self.view = row(W.VBox(rows).add_class("sk-risks"), self.grid).add_class("sk-register")
        self.show()

    def grades(self) -> dict[str, list[int]]:
        """Return [likelihood, impact] of every risk for which both are given."""
        found = {name: [box.value for box in boxes] for name, boxes in self.boxes.items()}
        return {name: pair for name, pair in found.items() if all(pair)}

    def fill(self, grades: Mapping[str, Any]) -> None:
        """Enter grades by risk."""
        for name, pair in grades.items():
            for box, grade in zip(self.boxes.get(name, ()), pair, strict=False):
                box.value = grade if grade in GRADES else 0

    def entered(self) -> dict[str, list[int]]:
        """Return what is entered, 0 where nothing is."""
        return {name: [box.value for box in boxes] for name, boxes in self.boxes.items()}

    def enable(self, enabled: bool) -> None:
        """Let a person grade, or not."""
        for boxes in self.boxes.values():
            for box in boxes:
                box.disabled = not enabled

    def show(self) -> None:
        """Draw the grid."""
        self.grid.value = grid_html(self.grades(), self.names, self.room.t)

    def _grades(self, title: str) -> tuple[W.ValueWidget, W.ValueWidget]:
        t = self.room.t
        options = {"–": 0} | {str(grade): grade for grade in GRADES}
        boxes = []
        for label in (t("Likelihood"), t("Impact")):
            box = choice(label, options, 0)
            box.tooltip = title
            box.observe(self.room.safely(lambda _: self._changed()), "value")
            boxes.append(box.add_class("sk-grade"))
        return boxes[0], boxes[1]

    def _changed(self) -> None:
        self.show()
        self.room.changed()

    def _row(self, number: int, name: str) -> W.Box:
        title = html.escape(f"{number}. {self.names[name]}")
        return row(W.HTML(f"<strong>{title}</strong>").add_class("sk-risk"), *self.boxes[name])


def risk_names(room: Room) -> dict[str, str]:
    """Return what the candidate risks are called, by id."""
    drill = room.scenario.drill
    return {risk.id: risk.name.in_(room.lang) for risk in drill.risks} if drill else {}


def grid_html(grades: Mapping[str, Any], names: Mapping[str, str], t: Translate) -> str:
    """Return the grid of likelihood x impact with the numbers of the risks in it."""
    numbers = {name: number for number, name in enumerate(names, 1)}
    cells: dict[tuple[int, int], list[str]] = {}
    for name, (likelihood, impact) in grades.items():
        if name in numbers:
            cells.setdefault((likelihood, impact), []).append(str(numbers[name]))
    caption = html.escape(t("Your risks by number"))
    corner = html.escape(t("Likelihood ↓ Impact →"))
    heads = "".join(f'<th scope="col">{grade}</th>' for grade in GRADES)
    rows = "".join(_grid_row(likelihood, cells) for likelihood in reversed(GRADES))
    return (
        f'<table class="sk-grid"><caption>{caption}</caption>'
        f"<thead><tr><td>{corner}</td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _grid_row(likelihood: int, cells: Mapping[tuple[int, int], list[str]]) -> str:
    found = []
    for impact in GRADES:
        product = likelihood * impact
        colour = "high" if product >= HIGH else "middle" if product >= MIDDLE else "low"
        numbers = ", ".join(cells.get((likelihood, impact), []))
        found.append(f'<td class="sk-{colour}">{numbers}</td>')
    return f'<tr><th scope="row">{likelihood}</th>{"".join(found)}</tr>'
