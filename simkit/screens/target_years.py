"""Sales of past years as the manager knows them: typed, or read from an order file."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.record import ScenarioError
from simkit.screens.parts import action_button, free_box, row, text_box, tick
from simkit.screens.target_page import Page, fields

FEWEST = 2
"""Growth takes two years."""
Launch = Callable[[Callable[[Any], Any], Callable[[Any], None]], None]
"""Runs work in a thread, then hands its result on."""


class OwnYears:
    """The boxes of the years on a page, one each for `years` years, and what is wrong with them."""

    def __init__(self, page: Page, years: int, money: str, launch: Launch) -> None:
        self.page, self.t, self._launch = page, page.t, launch
        t = self.t
        own = tick(t("The years were different: let me enter my own figures"))
        self.names = [f"year_{n}" for n in range(years, 0, -1)]
        boxes = {name: free_box("", 0.0, unit=money) for name in self.names}
        for n, name in zip(range(years, 0, -1), self.names, strict=True):
            text = t("{n} years ago") if n > 1 else t("Last year")
            boxes[name].description = text.format(n=n)
        file = text_box(
            t("Or read them from an order file (CSV: customer, date, amount)"), hint="orders.csv"
        )
        button = action_button(t("Read the years from the file"), page.room.safely(self._read))
        self.read = page.button(button, "read-orders")
        rows = [fields(page, boxes), page.field("orders", file), row(self.read)]
        self.inside = W.VBox(rows)
        self.view = W.VBox([page.field("own", own), self.inside])

    def known(self, years: list[float]) -> list[float] | None:
        """Return the manager's own years, the oldest first, or those of the past; None: wrong.

        Years before the first one that is known are left at 0.
        """
        page, own = self.page, self.page.boxes["own"].value
        self.inside.layout.display = None if own else "none"
        if not own:
            for name in self.names:
                page.complain(name, "")
            return years
        values = [float(page.boxes[name].value) for name in self.names]
        first = next((i for i, value in enumerate(values) if value), 0)
        first = min(first, len(values) - FEWEST)
        said = self.t("Sales of a year cannot be negative, and not 0 where growth is to be known.")
        wrong = [i >= first and not (math.isfinite(v) and v > 0) for i, v in enumerate(values)]
        for name, bad in zip(self.names, wrong, strict=True):
            page.complain(name, said if bad else "")
        return None if any(wrong) else values[first:]

    def prefill(self, years: list[float]) -> None:
        """Enter the years of the past where nobody entered others."""
        boxes = [self.page.boxes[name] for name in self.names]
        if not any(box.value for box in boxes):
            self._enter(years)

    def _enter(self, years: list[float]) -> None:
        shown = [0.0] * len(self.names) + [float(round(sales)) for sales in years]
        for name, sales in zip(self.names, shown[-len(self.names) :], strict=True):
            self.page.boxes[name].value = sales

    def _read(self) -> None:
        path = self.page.boxes["orders"].value.strip()
        if not path:
            self.page.complain("orders", self.t("Write the name of the file first."))
            return
        self._launch(lambda _: _years_in(path), self._take)

    def _take(self, found: tuple[list[float], str]) -> None:
        """Enter what was read, or say at the field why nothing could be."""
        years, problem = found
        self.page.complain("orders", problem)
        if years:
            self._enter(years)


def _years_in(path: str) -> tuple[list[float], str]:
    """Return the sales by year of an order file, or what is wrong with it."""
    from simkit.study.past import past_of_orders

    try:
        return past_of_orders(path).sales_by_year(), ""
    except ScenarioError as error:
        return [], str(error)
