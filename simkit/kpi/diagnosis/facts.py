"""What a diagnosis looks at: all that was reported, sorted by kind and summed by week."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from simkit.kpi.diagnosis.flows import Flows
from simkit.kpi.weekly import HISTORY_WEEKS, REGION, WeeklyFigures
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.report import WeekReport
from simkit.scenario.drift import Watching
from simkit.scenario.records import Scenario

YEAR = 52
Against = Literal["year", "before"]
"""The same weeks a year ago, or the weeks just before."""


class NoFigureError(ValueError):
    """What was asked for cannot be said; `reason` says why: "short", "empty" or "constant"."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Span:
    """The weeks `first` to `first + weeks - 1`."""

    first: int
    weeks: int

    @property
    def last(self) -> int:
        """The last week."""
        return self.first + self.weeks - 1

    @property
    def end(self) -> int:
        """The week after the last one."""
        return self.first + self.weeks

    def holds(self, day: float) -> bool:
        """Return whether a day is in it."""
        return self.first <= day // DAYS_PER_WEEK < self.end


class Facts:
    """All that a report tells, made ready once: events by kind, weekly figures, weekly flows."""

    def __init__(self, report: WeekReport) -> None:
        self.report, self.week = report, report.week
        self.scenario: Scenario = report.scenario
        self.first = -min(HISTORY_WEEKS, self.scenario.warm_up_weeks)
        self.territories = [each.id for each in self.scenario.territories]

    @cached_property
    def events(self) -> list[Event]:
        """All events that were reported."""
        return [event for _, events in self.report.by_week() for event in events]

    @cached_property
    def kinds(self) -> dict[str, list[Event]]:
        """The events by kind."""
        found: dict[str, list[Event]] = {}
        for event in self.events:
            found.setdefault(event[1], []).append(event)
        return found

    @property
    def limit(self) -> float:
        """Standard deviations from which something is called unusual: those of a red light."""
        watch = self.scenario.watch
        return (watch.watching if watch else Watching()).red

    def of(self, kind: str) -> list[Event]:
        """Return the events of a kind."""
        return self.kinds.get(kind, [])

    @cached_property
    def reps(self) -> dict[str, str]:
        """The territories of all who work or worked here in the weeks looked at."""
        start = self.first * DAYS_PER_WEEK
        seen = {e[3]: e[2] for e in self.of("quota") if e[0] >= start and e[3]}
        return seen | self.report.reps

    @cached_property
    def places(self) -> list[str]:
        """The region, its territories and reps."""
        return [REGION, *self.territories, *self.reps]

    @cached_property
    def figures(self) -> WeeklyFigures:
        """The weekly figures of all places."""
        weeks, reps = self.week - self.first, list(self.reps)
        return WeeklyFigures(self.territories, self.first, weeks, reps).add(self.events)

    @cached_property
    def flows(self) -> Flows:
        """What sales are made of, by week, territory, rep and class of account."""
        return Flows(self.kinds, self.first, self.week - self.first)

    def last(self, weeks: int, back: int = 0) -> Span:
        """Return `weeks` weeks that end `back` weeks ago.

        Raises NoFigureError when the history does not reach back that far.
        """
        span = Span(self.week - weeks - back, weeks)
        if weeks < 1 or span.first < self.first:
            raise NoFigureError("short", f"the figures begin in week {self.first}")
        return span

    def spans(self, weeks: int, against: Against = "year") -> tuple[Span, Span]:
        """Return the last `weeks` weeks, and what they are compared with; see `last`."""
        return self.last(weeks), self.last(weeks, YEAR if against == "year" else weeks)
