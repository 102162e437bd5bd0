"""Who makes up a volume or a gap: customers, reps, classes of account, kinds of work."""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from simkit.kpi.diagnosis.facts import Facts, Span
from simkit.kpi.weekly import REGION

What = Literal["customers", "reps", "classes", "work", "desks"]


@dataclass(frozen=True, slots=True)
class Pareto:
    """Amounts from the largest to the smallest, now and before, and their sum.

    `first_fifth`: share of the volume now that the largest fifth of all makes up; None of nothing.
    """

    what: str
    span: Span
    compared: Span
    names: tuple[str, ...]
    now: tuple[float, ...]
    before: tuple[float, ...]
    first_fifth: float | None

    def gaps(self) -> list[tuple[str, float]]:
        """Return names and changes, the greatest loss first."""
        rows = zip(self.names, self.now, self.before, strict=True)
        return sorted(((name, n - b) for name, n, b in rows), key=lambda row: row[1])


def pareto_of(
    facts: Facts, what: What, weeks: int, against: str = "year", place: str = REGION
) -> Pareto:
    """Return who makes up sales (customers, reps, classes) or days of work (of reps, of desks).

    Customers are named by id; deals are the rep's, and belong to no customer or class. Raises
    NoFigureError when the history is too short.
    """
    now, before = facts.spans(weeks, against)  # type: ignore[arg-type]
    sums = [_sums(facts, what, span, place) for span in (now, before)]
    names = sorted({*sums[0], *sums[1]}, key=lambda name: (-sums[0][name], name))
    amounts = tuple(sums[0][name] for name in names)
    share = first_fifth(amounts)
    return Pareto(what, now, before, tuple(names), amounts, tuple(sums[1][n] for n in names), share)


def first_fifth(amounts: tuple[float, ...]) -> float | None:
    """Return the share of the largest fifth, rounded up to whole ones; None where all is 0."""
    total = math.fsum(amounts)
    if total <= 0:
        return None
    largest = sorted(amounts, reverse=True)[: math.ceil(len(amounts) / 5)]
    return min(1.0, math.fsum(largest) / total)


def _sums(facts: Facts, what: What, span: Span, place: str) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for name, amount in _rows(facts, what, span, place):
        found[name] += amount
    return found


KINDS = {
    "customers": ("order",),
    "reps": ("order", "won"),
    "classes": ("order",),
    "work": ("visit", "training", "idle"),
    "desks": ("desk_out",),
}


def _rows(facts: Facts, what: What, span: Span, place: str) -> Iterator[tuple[str, float]]:
    for kind in KINDS[what]:
        for day, _, territory, rep, customer, _, amount, detail in facts.of(kind):
            if not span.holds(day) or place not in (REGION, territory, rep):
                continue
            if what == "work":
                yield (f"visit_{detail}" if kind == "visit" else kind), amount
            else:
                yield _name(facts, what, rep, customer, detail), amount


def _name(facts: Facts, what: What, rep: str, customer: str, detail: str) -> str:
    if what == "classes":
        return facts.flows.klass(customer)
    return {"customers": customer, "reps": rep}.get(what, detail)
