"""The line that a deal goes along, from lead to delivery: who waits where, works, leaves or leaks.

A stay at a station is waiting first, then work, ours or the customer's. Waiting is in front of
reps, desks and headquarters; what a customer thinks over is the customer's own time.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from simkit.region.events import DAYS_PER_WEEK, Event, in_order
from simkit.study.stays import Queue

DESKS = ("quote", "legal", "delivery")
STATIONS = (
    "leads", "qualify", "quote", "consider", "negotiate", "approval", "legal", "sign", "delivery",
)  # fmt: skip
"""In the order in which a deal passes them."""
CUSTOMERS = ("qualify", "consider", "negotiate", "sign")
"""Stations where the customer thinks, and nobody waits for us."""
OPENS = {"qualify": "qualify", "quote": "consider", "negotiate": "negotiate", "contract": "sign"}
"""The station that begins with a stage of the funnel."""
CLOSED = ("lost", "no_decision")
KINDS = frozenset(
    [
        "lead",
        "lead_touched",
        "lead_expired",
        "opportunity",
        "stage",
        "lost",
        "no_decision",
        "won",
        "desk_in",
        "desk_start",
        "desk_out",
        "gave_up",
    ]
)
"""All events that say where a lead or a deal is."""


@dataclass(slots=True)
class Stay:
    """One deal at one station; None where it has not come to that."""

    who: str
    came: float
    begun: float | None = None
    """When waiting was over and work began."""
    left: float | None = None
    on: bool = False
    """Whether it went on to the next station."""
    told: float | None = None
    """Days waited as the engine tells it, where it does."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened at a station within a number of days; adds up over runs."""

    days: float = 0.0
    arrivals: int = 0
    weekly_squares: float = 0.0
    """Sum of the squares of the arrivals of each week."""
    waits: int = 0
    """Those whose waiting ended: work began, or they gave up."""
    waited: float = 0.0
    """Days, of all of them."""
    works: int = 0
    worked: float = 0.0
    worked_squared: float = 0.0
    on: int = 0
    out: int = 0
    """Those who went no further from here."""
    gave_up: int = 0
    """Those of them who left while they waited."""
    queue_area: float = 0.0
    """Integral of the number who wait, from instants alone; in days."""
    work_area: float = 0.0
    present: int = 0
    """Those who waited at some time within the days."""
    queue_stays: float = 0.0
    """Sum of the days that each of them waited within the days, as the engine tells it."""

    def __add__(self, other: "Tally") -> "Tally":
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Tally(*(one + two for one, two in pairs))

    @property
    def mean_wait(self) -> float:
        """Mean days of waiting, also of those who gave up; nan where nobody waited."""
        return _ratio(self.waited, self.waits)

    @property
    def mean_work(self) -> float:
        """Mean days of work, or of thinking."""
        return _ratio(self.worked, self.works)

    @property
    def work_cv2(self) -> float:
        """Squared coefficient of variation of the days of work."""
        mean = self.mean_work
        return _ratio(self.worked_squared, self.works) / mean**2 - 1.0 if mean else math.nan

    @property
    def rate(self) -> float:
        """Arrivals a day."""
        return _ratio(self.arrivals, self.days)

    @property
    def burstiness(self) -> float:
        """Variance of the arrivals of a week over their mean: 1 when they come at random."""
        mean, weeks = self.rate * DAYS_PER_WEEK, self.days / DAYS_PER_WEEK
        return _ratio(_ratio(self.weekly_squares, weeks) - mean**2, mean)

    @property
    def queue(self) -> float:
        """Mean number who wait: L of Little's law."""
        return _ratio(self.queue_area, self.days)

    @property
    def in_work(self) -> float:
        """Mean number in work; divided by the staff it is the utilisation."""
        return _ratio(self.work_area, self.days)

    @property
    def passed(self) -> float:
        """Share of those who left that went on."""
        return _ratio(self.on, self.on + self.out)

    @property
    def little(self) -> tuple[float, float]:
        """Arrivals a day (who was there at the start counts) and their mean wait within the days.

        Little 1961, Oper. Res. 9: their product is `queue`.
        """
        return _ratio(self.present, self.days), _ratio(self.queue_stays, self.present)


def _ratio(above: float, below: float) -> float:
    return above / below if below else math.nan


@dataclass
class _Line:
    """Follows all deals along the line."""

    approval_days: float
    limits: tuple[float, float]
    """The approval limit before day 0 and after."""
    found: dict[str, list[Stay]] = field(default_factory=lambda: {name: [] for name in STATIONS})
    here: dict[str, Stay] = field(default_factory=dict)
    """The stay of each deal that is not over."""
    leads: dict[str, Stay] = field(default_factory=dict)
    """Those that nobody has answered yet."""
    values: dict[str, float] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        day, kind, _, _, _, who, amount, detail = event
        if kind == "lead":
            self.leads[who] = Stay(who, day)
            self.found["leads"].append(self.leads[who])
        elif kind == "lead_touched":
            lead = self.leads.pop(who)
            lead.told, lead.left, lead.on = amount / 8.0, day, detail == "qualified"
            lead.begun = lead.came + lead.told
        elif kind == "lead_expired":
            self.leads.pop(who).left = day
        elif kind == "opportunity":
            self.values[who] = amount
        elif kind == "stage":
            self._close(who, day, True)
            self._open(OPENS[detail], who, day)
        elif kind in CLOSED:
            self._close(who, day, False)
        elif kind == "won":
            self._close(who, day, True)
        elif detail in DESKS:
            self._desk(kind, detail, who, day, amount)

    def _open(self, station: str, who: str, day: float) -> None:
        stay = Stay(who, day, day if station in CUSTOMERS else None)
        self.found[station].append(stay)
        self.here[who] = stay

    def _close(self, who: str, day: float, on: bool) -> None:
        if who in self.here:
            stay = self.here.pop(who)
            stay.left, stay.on = day, on

    def _desk(self, kind: str, desk: str, who: str, day: float, amount: float) -> None:
        if kind == "desk_in":
            if desk == "legal":
                self._approved(who, day)
            self._close(who, day, True)
            self._open(desk, who, day)
        elif who in self.here:
            if kind != "desk_out":
                self.here[who].told = amount
            if kind == "desk_start":
                self.here[who].begun = day
            else:
                self._close(who, day, kind == "desk_out")

    def _approved(self, who: str, day: float) -> None:
        """A large deal was at headquarters for the days before it came to the legal desk."""
        agreed = day - self.approval_days
        if self.approval_days and self.values.get(who, 0.0) > self.limits[agreed >= 0]:
            self._close(who, agreed, True)
            self._open("approval", who, agreed)
            self.here[who].begun = day


def stays_of(
    log: Iterable[Event], approval_days: float, limits: tuple[float, float]
) -> dict[str, list[Stay]]:
    """Return all stays at every station of `STATIONS`, in the order of coming.

    `limits`: above which value deals went to headquarters, agreed before day 0 and since.
    """
    line = _Line(approval_days, limits)
    for event in in_order([event for event in log if event[1] in KINDS]):
        line.take(event)
    return line.found


def tallies(stays: Mapping[str, list[Stay]], start: float, end: float) -> dict[str, Tally]:
    """Return what happened at each station from day `start` to before day `end`."""
    return {name: _tally(found, start, end) for name, found in stays.items()}


def _tally(stays: list[Stay], start: float, end: float) -> Tally:
    def within(day: float | None) -> bool:
        return day is not None and start <= day < end

    came = [(s.came - start) // DAYS_PER_WEEK for s in stays if within(s.came)]
    over = [s for s in stays if within(s.begun if s.begun is not None else s.left)]
    gone = [s for s in stays if within(s.left)]
    work = [s.left - s.begun for s in gone if s.begun is not None and s.left is not None]
    waiting, working = _queues(stays)
    there = [s for s in stays if s.came < end and _or(_waited_until(s), end) >= start]
    return Tally(
        days=end - start,
        arrivals=len(came),
        weekly_squares=float(sum(count**2 for count in Counter(came).values())),
        waits=len(over),
        waited=math.fsum(_or(_waited_until(s), s.came) - s.came for s in over),
        works=len(work),
        worked=math.fsum(work),
        worked_squared=math.fsum(days * days for days in work),
        on=sum(s.on for s in gone),
        out=sum(not s.on for s in gone),
        gave_up=sum(not s.on and s.begun is None for s in gone),
        queue_area=waiting.area(end, start),
        work_area=working.area(end, start),
        present=len(there),
        queue_stays=waiting.stays(end, start),
    )


def _waited_until(stay: Stay) -> float | None:
    return stay.begun if stay.begun is not None else stay.left


def _or(day: float | None, other: float) -> float:
    return other if day is None else day


def _queues(stays: list[Stay]) -> tuple[Queue, Queue]:
    """The queue and the work of a station."""
    waiting, working = Queue(), Queue()
    for stay in stays:
        waiting.came.append((stay.came, stay.who, 1.0))
        if (until := _waited_until(stay)) is not None:
            waiting.left.append((until, stay.who, 1.0, stay.told))
        if stay.begun is not None:
            working.came.append((stay.begun, stay.who, 1.0))
            if stay.left is not None:
                working.left.append((stay.left, stay.who, 1.0, None))
    return waiting, working


def cycle_days(log: Iterable[Event], start: float, end: float) -> Iterator[float]:
    """Yield, for each deal won from day `start` on, the days since it became an opportunity."""
    born: dict[str, float] = {}
    for event in log:
        if event[1] == "opportunity":
            born[event[5]] = event[0]
        elif event[1] == "won" and start <= event[0] < end:
            yield event[0] - born[event[5]]
