"""Single deals on their way from step to step: waiting, being worked on, with customers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from simkit.kpi.diagnosis.facts import Facts
from simkit.kpi.weekly import REGION
from simkit.region.events import DAYS_PER_WEEK, Event

STEPS = (
    "lead", "qualify", "quote_wait", "quote_work", "quote", "negotiate", "legal_wait",
    "legal_work", "contract",
)  # fmt: skip
"""The steps of a deal up to its end, in order: a lead waits for an answer; the customer decides on
the qualified lead, the quote, the terms, the contract; desks quote and review the contract."""
NATURE = {
    "lead": "rep", "qualify": "customer", "quote": "customer", "negotiate": "customer",
    "contract": "customer", "quote_wait": "wait", "legal_wait": "wait", "quote_work": "work",
    "legal_work": "work",
}  # fmt: skip
"""Whose time a step is: the rep's, the customer's, waiting at a desk, a desk's work."""
ENDS = ("won", "lost", "no_decision")
KINDS = ("lead", "opportunity", "stage", "desk_in", "desk_start", "gave_up", *ENDS)


@dataclass(frozen=True, slots=True)
class Bar:
    """A step of a deal, in days from the first day of week 0; `over` unless it still goes on."""

    step: str
    start: float
    end: float
    over: bool = True

    @property
    def days(self) -> float:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Way:
    """One opportunity from its lead on; `how` it ended, "" while it is open."""

    id: str
    territory: str
    rep: str
    value: float
    bars: tuple[Bar, ...]
    how: str

    @property
    def days(self) -> float:
        """From the lead to the end, or to now."""
        return self.bars[-1].end - self.bars[0].start if self.bars else 0.0

    def days_of(self, nature: str) -> float:
        """Return how long it was at one kind of step; see `NATURE`."""
        return sum(bar.days for bar in self.bars if NATURE[bar.step] == nature)


def ways_of(facts: Facts) -> list[Way]:
    """Return all opportunities that were reported, in order of their names."""
    of: dict[str, list[Event]] = defaultdict(list)
    for kind in KINDS:
        for event in facts.of(kind):
            of[event[5]].append(event)
    now = float(facts.week * DAYS_PER_WEEK)
    known = ((name, _known(of[name])) for name in sorted({e[5] for e in facts.of("opportunity")}))
    return [_way(name, events, now) for name, events in known]


def _known(events: list[Event]) -> list[Event]:
    """The events of a deal up to its end, in order; those of one instant as they were told."""
    events.sort(key=lambda event: event[0])
    end = next((i for i, e in enumerate(events) if e[1] in ENDS), len(events))
    return [e for e in events[: end + 1] if not (e[1] == "desk_in" and e[7] == "delivery")]


def _way(name: str, events: list[Event], now: float) -> Way:
    last, how = events[-1], events[-1][1] if events[-1][1] in ENDS else ""
    value = next(e[6] for e in events if e[1] == "opportunity")
    starts = [(e[0], step) for e in events if (step := _step(e))]
    end = last[0] if how else now
    ends = [*(start for start, _ in starts[1:]), end]
    bars = tuple(
        Bar(step, start, max(start, stop), bool(how) or i < len(starts) - 1)
        for i, ((start, step), stop) in enumerate(zip(starts, ends, strict=True))
    )
    return Way(name, last[2], last[3], value, bars, how)


@cache
def _steps() -> dict[tuple[str, str], str]:
    stages = ("qualify", "quote", "negotiate", "contract")
    desks = ("quote", "legal")
    return (
        {("lead", ""): "lead"}
        | {("stage", stage): stage for stage in stages}
        | {("desk_in", desk): f"{desk}_wait" for desk in desks}
        | {("desk_start", desk): f"{desk}_work" for desk in desks}
    )


def _step(event: Event) -> str:
    return _steps().get((event[1], event[7]), "")


def longest_open(ways: Sequence[Way], place: str = REGION, most: int = 12) -> list[Way]:
    """Return the open deals of a place that have been under way longest."""
    chosen = [way for way in _at(ways, place) if not way.how]
    return sorted(chosen, key=lambda way: (-way.days, way.id))[:most]


def last_ended(
    ways: Sequence[Way],
    place: str = REGION,
    most: int = 12,
    how: Literal["lost", "won"] = "lost",
) -> list[Way]:
    """Return the deals of a place that were lost (or never decided), or won, last."""
    wanted = ("won",) if how == "won" else ("lost", "no_decision")
    chosen = [way for way in _at(ways, place) if way.how in wanted]
    return sorted(chosen, key=lambda way: (-way.bars[-1].end, way.id))[:most]


def _at(ways: Sequence[Way], place: str) -> Iterator[Way]:
    return (way for way in ways if way.bars and place in (REGION, way.territory, way.rep))
