"""The fishbone with measured bones: what each group of causes can account for, in money.

The bones show where a gap appears, which is not what caused it. They add up to the gap with what
is left over. Each amount is read from the figures:

- calendar: the usual season between the two periods (0 for the same weeks of two years);
- data: orders delivered that nobody entered yet, at the mean order of their class;
- product: customers who came and went, orders lost for lack of goods;
- process: the steps that run through our desks - quoted, negotiated, contracted;
- people: leads answered, and orders per customer of single reps beyond what their colleagues of
  the territory have in common;
- market: leads and how many qualify, deals won of contracts, order and deal sizes, prices realised;
- rest: orders per customer that nothing of this accounts for, common to all reps of a territory.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simkit.kpi.diagnosis.facts import Facts, Span
from simkit.kpi.diagnosis.flows import CLASSES
from simkit.kpi.diagnosis.gap import DEAL, Gap, gap_between
from simkit.kpi.diagnosis.periods import forecast_or_none
from simkit.kpi.weekly import REGION

Bone = Literal["people", "market", "product", "process", "data", "calendar"]
BONES: tuple[Bone, ...] = ("people", "market", "product", "process", "data", "calendar")
BONE_OF: dict[tuple[str, str], Bone] = {
    **{(way, "customers"): "product" for way in CLASSES},
    **{(way, link): "market" for way in CLASSES for link in ("listed", "paid")},
    (DEAL, "leads"): "market",
    (DEAL, "answered"): "people",
    (DEAL, "qualified"): "market",
    (DEAL, "quoted"): "process",
    (DEAL, "negotiated"): "process",
    (DEAL, "contracted"): "process",
    (DEAL, "won"): "market",
    (DEAL, "won_listed"): "market",
    (DEAL, "won_paid"): "market",
}
"""Where each step of the gap belongs; orders per customer are looked into further."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one figure contributes to the gap in money; bone "" is not explained."""

    bone: str
    name: str
    amount: float


@dataclass(frozen=True, slots=True)
class Fishbone:
    """A gap, and contributions that add up to it."""

    gap: Gap
    contributions: tuple[Contribution, ...]

    def amount(self, bone: str) -> float:
        """Return what a bone contributes; "" is what is not explained."""
        return sum(c.amount for c in self.contributions if c.bone == bone)


def fishbone_of(facts: Facts, weeks: int, against: str = "year", place: str = REGION) -> Fishbone:
    """Return the fishbone of the last `weeks` weeks; see the top of this file.

    Raises NoFigureError when the history is too short.
    """
    now, before = facts.spans(weeks, against)  # type: ignore[arg-type]
    return fishbone_between(facts, now, before, place)


def fishbone_between(facts: Facts, now: Span, before: Span, place: str = REGION) -> Fishbone:
    """Return the fishbone of the gap between two periods."""
    gap = gap_between(facts.flows, now, before, place)
    found = [
        Contribution(BONE_OF[step.way, step.link], _name(step.way, step.link), step.part.amount)
        for step in gap.steps
        if (step.way, step.link) in BONE_OF
    ]
    orders = gap.amount(link="orders")
    special = [
        Contribution("calendar", "season", _season(facts, now, before, place)),
        Contribution("data", "not_entered", _not_entered(facts, now, before, place)),
        Contribution("product", "missed", _missed(facts, now, before, place)),
        Contribution("people", "own_orders", _own_orders(facts, now, before, place)),
    ]
    rest = orders - sum(c.amount for c in special)
    return Fishbone(gap, (*found, *special, Contribution("", "rest", rest)))


def _name(way: str, link: str) -> str:
    return f"deals_{link}" if way == DEAL else link


def _season(facts: Facts, now: Span, before: Span, place: str) -> float:
    """Sales that the season usually brings more in the one period than in the other."""
    if (now.first - before.first) % 52 == 0:
        return 0.0
    sales = facts.figures.series("sales", place)
    forecast = forecast_or_none(sales[: now.first - facts.first], now.first)
    if forecast is None:
        return 0.0
    usual = [forecast.usual(np.arange(s.first, s.end)).sum() for s in (now, before)]
    return float(usual[0] - usual[1])


def _not_entered(facts: Facts, now: Span, before: Span, place: str) -> float:
    """Orders delivered that nobody entered, at the mean order of their class in the period."""
    total = 0.0
    for klass in CLASSES:
        missing = [
            facts.flows.total("unentered", s.first, s.weeks, place, klass) for s in (before, now)
        ]
        orders, paid = (
            facts.flows.total(link, now.first, now.weeks, place, klass)
            for link in ("orders", "paid")
        )
        total += (missing[0] - missing[1]) * paid / orders if orders else 0.0
    return total


def _missed(facts: Facts, now: Span, before: Span, place: str) -> float:
    """Orders that could not be served, more or fewer than before."""
    total = [facts.flows.total("missed", s.first, s.weeks, place) for s in (now, before)]
    return total[1] - total[0]


def _own_orders(facts: Facts, now: Span, before: Span, place: str) -> float:
    """What single reps' orders per customer changed beyond what their territory has in common.

    Common to a territory is the change of that rep whose orders changed least, if all changed the
    same way; else nothing is common.
    """
    reps = {rep: where for rep, where in facts.reps.items() if place in (REGION, where, rep)}
    total = 0.0
    for territory in dict.fromkeys(reps.values()):
        team = [rep for rep, where in facts.reps.items() if where == territory]
        changes = {rep: _rate_change(facts, now, before, rep) for rep in team}
        known = {rep: c for rep, c in changes.items() if c is not None}
        common = _common([change for change, _ in known.values()])
        total += sum((c - common) * paid for rep, (c, paid) in known.items() if rep in reps)
    return total


def _rate_change(facts: Facts, now: Span, before: Span, rep: str) -> tuple[float, float] | None:
    """Relative change of a rep's orders per customer, and the sales before; None if not known."""
    rates = [
        facts.flows.total("orders", s.first, s.weeks, rep) / max(customers, 1e-9)
        for s in (now, before)
        if (customers := facts.flows.total("customers", s.first, s.weeks, rep)) > 0.5
    ]
    if len(rates) < 2 or not rates[1]:
        return None
    return rates[0] / rates[1] - 1.0, facts.flows.total("paid", before.first, before.weeks, rep)


def _common(changes: list[float]) -> float:
    if len(changes) < 2 or min(changes) < 0 < max(changes):
        return 0.0
    return min(changes, key=abs)


def usual_sizes(
    facts: Facts, weeks: int, against: str = "year", place: str = REGION
) -> dict[str, float]:
    """Return how large each bone was in earlier periods of the same length (root mean square).

    Those of the periods that end before the one asked for and that the history can compare.
    """
    now, before = facts.spans(weeks, against)  # type: ignore[arg-type]
    apart, found = now.first - before.first, []
    first = now.first - weeks
    while first - apart >= facts.first:
        earlier, then = Span(first, weeks), Span(first - apart, weeks)
        found.append(fishbone_between(facts, earlier, then, place))
        first -= weeks
    return {
        bone: float(np.sqrt(np.mean([each.amount(bone) ** 2 for each in found])))
        for bone in (*BONES, "")
        if found
    }
