"""Where a gap in sales shows: customers, orders, size and price; leads, stages and deals."""

from collections.abc import Iterator
from dataclasses import dataclass

from simkit.kpi.diagnosis.facts import Facts, Span
from simkit.kpi.diagnosis.flows import CLASSES, DEALS, ROUTINE, Flows
from simkit.kpi.diagnosis.split import Part, split_chain
from simkit.kpi.weekly import REGION

DEAL = "deals"
"""The way to sales that leads through leads and deals."""
WAYS = (*CLASSES, DEAL)
"""Routine sales to each class of account, and deals."""


@dataclass(frozen=True, slots=True)
class Step:
    """One factor of the sales of one way, and what it contributes to the gap, in money."""

    way: str
    link: str
    part: Part


@dataclass(frozen=True, slots=True)
class Gap:
    """The sales of two periods of the same length, and the steps from one to the other.

    The steps' amounts add up to the gap.
    """

    place: str
    span: Span
    compared: Span
    before: float
    now: float
    steps: tuple[Step, ...]

    @property
    def gap(self) -> float:
        """Sales now less sales before."""
        return self.now - self.before

    def amount(self, way: str | None = None, link: str | None = None) -> float:
        """Return what the steps of a way, or of a link, contribute."""
        chosen = (s for s in self.steps if way in (None, s.way) and link in (None, s.link))
        return sum(step.part.amount for step in chosen)


def gap_between(flows: Flows, now: Span, before: Span, place: str = REGION) -> Gap:
    """Return the gap in a place's sales between two periods, split into steps that add up to it.

    Routine sales of each class of account = customers there x orders per customer x list value per
    order x price realised; deals = leads x answered x qualified x ... x won x list value x price
    realised, everything as counted in the period (not the fate of the same leads). See
    `simkit.kpi.diagnosis.split.split_chain` for the method.
    """
    steps = tuple(
        Step(way, link, part)
        for way, (links, old, new) in _chains(flows, now, before, place)
        for link, part in zip(links, split_chain(old, new), strict=True)
    )
    sales = [
        flows.total("paid", s.first, s.weeks, place)
        + flows.total("won_paid", s.first, s.weeks, place)
        for s in (before, now)
    ]
    return Gap(place, now, before, sales[0], sales[1], steps)


Chains = tuple[tuple[str, ...], list[float], list[float]]


def _chains(flows: Flows, now: Span, before: Span, place: str) -> Iterator[tuple[str, Chains]]:
    for way in WAYS:
        links, klass = (DEALS, None) if way == DEAL else (ROUTINE, way)
        old, new = (
            [flows.total(link, span.first, span.weeks, place, klass) for link in links]
            for span in (before, now)
        )
        yield way, (links, old, new)


def gap_of(facts: Facts, weeks: int, against: str = "year", place: str = REGION) -> Gap:
    """Return the gap of the last `weeks` weeks; see `gap_between`.

    Raises NoFigureError when the history is too short.
    """
    now, before = facts.spans(weeks, against)  # type: ignore[arg-type]
    return gap_between(facts.flows, now, before, place)
