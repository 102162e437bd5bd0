"""What the weeks of a run brought and cost, straight from its events."""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation

SALES = ("order", "won")
"""Kinds of events that are revenue."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of some weeks; money in the scenario's currency."""

    revenue: float
    """Routine orders and won deals, at the price paid."""
    goods: float
    """What the goods sold cost."""
    pay: float
    extras: float
    """All other costs: levers, answers, stock, travel."""
    customers_lost: int
    reps_lost: int
    not_done: int
    """How often a lever or an answer found no money."""

    @property
    def other_costs(self) -> float:
        """All costs but the goods."""
        return self.pay + self.extras

    @property
    def contribution(self) -> float:
        """What is left of the revenue after all costs."""
        return self.revenue - self.goods - self.other_costs

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        sums = {"other_costs": self.other_costs, "contribution": self.contribution}
        return {**asdict(self), **sums}


def outcome(simulation: Simulation, first: int = 0, last: int | None = None) -> Outcome:
    """Return what the weeks `first` to `last`, both included, of a run brought and cost."""
    start = DAYS_PER_WEEK * first
    end = math.inf if last is None else DAYS_PER_WEEK * (last + 1)
    log = simulation.world.log
    return outcome_of((e[1], e[6], e[7]) for e in log if start <= e[0] < end)


def outcome_of(events: Iterable[tuple[str, float, str]]) -> Outcome:
    """Return what events, given as kind, amount and detail, brought and cost."""
    money: dict[str, list[float]] = {"sales": [], "goods": [], "pay": [], "cost": []}
    times = dict.fromkeys(("account_lost", "rep_left", "not_done"), 0)
    for kind, amount, detail in events:
        if kind in SALES:
            money["sales"].append(amount)
        elif kind == "pay" or kind == "cost":
            money["goods" if kind == "cost" and detail == "goods" else kind].append(amount)
        elif kind in times:
            times[kind] += 1
    revenue, goods, pay, extras = map(math.fsum, money.values())
    return Outcome(revenue, goods, pay, extras, *times.values())
