"""Waiting and working time by step and desk, how busy desks are, who gave up waiting."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from simkit.kpi.diagnosis.deals import STEPS, Way, ways_of
from simkit.kpi.diagnosis.facts import Facts, Span
from simkit.kpi.weekly import REGION
from simkit.region.events import DAYS_PER_WEEK

DESKS = ("quote", "legal", "delivery")


@dataclass(frozen=True, slots=True)
class StepTime:
    """Mean days of a step of those who left it in a period; None where nobody did."""

    step: str
    days: float | None
    count: int


@dataclass(frozen=True, slots=True)
class DeskTime:
    """A desk in a period: what came and was done, mean days of waiting and work, who gave up.

    `busy`: days of work over days of its present staff; None of a desk without limit. `waiting`:
    work that waits now.
    """

    desk: str
    came: int
    done: int
    gave_up: int
    wait_days: float | None
    work_days: float | None
    busy: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Times of the steps and of the desks in a period."""

    span: Span
    steps: tuple[StepTime, ...]
    desks: tuple[DeskTime, ...]

    @property
    def days(self) -> float:
        """The mean times of all steps together: how long a deal takes that goes all the way."""
        return sum(step.days or 0.0 for step in self.steps)


def waiting_of(
    facts: Facts, weeks: int, against: str = "before", place: str = REGION
) -> tuple[Waiting, Waiting]:
    """Return the times of the last `weeks` weeks, and of the weeks compared with.

    Steps are of the place; desks are those that serve it. Raises NoFigureError when the history is
    too short.
    """
    ways, spans = ways_of(facts), facts.spans(weeks, against)  # type: ignore[arg-type]
    now, before = (
        Waiting(span, step_times(ways, span, place), _desks(facts, span, place)) for span in spans
    )
    return now, before


def step_times(ways: Iterable[Way], span: Span, place: str = REGION) -> tuple[StepTime, ...]:
    """Return the mean length of each step, of the deals that left it in the period."""
    found: dict[str, list[float]] = defaultdict(list)
    for way in ways:
        if place in (REGION, way.territory, way.rep):
            for bar in way.bars:
                if bar.over and span.holds(bar.end):
                    found[bar.step].append(bar.days)
    return tuple(StepTime(step, _mean(found[step]), len(found[step])) for step in STEPS)


def _mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _desks(facts: Facts, span: Span, place: str) -> tuple[DeskTime, ...]:
    return tuple(_desk(facts, name, span, _served(facts, place)) for name in DESKS)


def _served(facts: Facts, place: str) -> str:
    """The territory whose desks are looked at; "" for those of all."""
    if place == REGION or facts.scenario.desks.shared:
        return ""
    return facts.reps.get(place, place)


def _desk(facts: Facts, name: str, span: Span, territory: str) -> DeskTime:
    def amounts(kind: str) -> list[float]:
        return [
            e[6]
            for e in facts.of(kind)
            if e[7] == name and span.holds(e[0]) and territory in ("", e[2])
        ]

    views = [d for d in facts.report.desks if d.name == name and territory in ("", d.territory)]
    staff = [view.staff for view in views]
    done, waits = amounts("desk_out"), amounts("desk_start")
    open_days = sum(s or 0 for s in staff) * DAYS_PER_WEEK * span.weeks
    busy = math.fsum(done) / open_days if open_days and None not in staff else None
    return DeskTime(
        name,
        len(amounts("desk_in")),
        len(done),
        len(amounts("gave_up")),
        _mean(waits),
        _mean(done),
        busy,
        sum(view.waiting for view in views),
    )
