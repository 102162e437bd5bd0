"""What a manager sees at the end of a week: never a true parameter, never the future."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from simkit.region.candidates import Candidate
from simkit.region.decision import Decision
from simkit.region.desks import Desk
from simkit.region.events import DAYS_PER_WEEK, Event, event_table
from simkit.region.news import Message, announcements, comings_and_goings, unpaid
from simkit.region.responses import Responses
from simkit.region.state import Opportunity
from simkit.region.stock import Warehouse
from simkit.region.talks import Claim
from simkit.region.turnover import Vacancy
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Measure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An open opportunity as the sales system shows it."""

    id: str
    territory: str
    rep: str
    value: float
    stage: str
    weeks_open: float


@dataclass(frozen=True, slots=True)
class DeskView:
    """A desk as it looks at the end of the week. `territory` is "" for a shared desk."""

    name: str
    territory: str
    staff: int | None
    busy: int
    waiting: int


@dataclass(frozen=True, slots=True)
class StockView:
    """The stock of a territory in list value."""

    territory: str
    on_hand: float
    on_order: float
    owed: float


@dataclass(frozen=True, slots=True)
class VacancyView:
    """A vacant post; `candidates` are those to choose from, empty while the search goes on."""

    id: str
    territory: str
    weeks_open: float
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that can be asked for: put `name` into the decision's `answers`.

    `state`: "open", "waiting" (asked for, does not act yet) or "acts". `ready_week`: the week from
    which it acts, None while that is not known.
    """

    name: str
    measure: Measure
    against: tuple[str, ...]
    """Ids of the shocks it acts on."""
    state: str
    ready_week: int | None


@dataclass(frozen=True)
class WeekReport:
    """What a manager sees when the weeks before `week` are over.

    `decision` is the one in force; `events` is the table of all that was reported up to now, from
    which every KPI can be computed (`simkit.kpi.kpi_table`).
    """

    week: int
    scenario: Scenario
    decision: Decision
    reps: dict[str, str]
    """The territory of each rep."""
    names: dict[str, Text]
    """Names of all reps who were hired on the way; the scenario has the others'."""
    vacancies: tuple[VacancyView, ...]
    pipeline: tuple[OpenDeal, ...]
    desks: tuple[DeskView, ...]
    stock: tuple[StockView, ...]
    budget_left: float
    reserve_left: float
    supplier_down: bool
    offers: tuple[Offer, ...]
    """Preparations, and the answers to the shocks that are known and go on."""
    claims: tuple[Claim, ...]
    """What each rep said it can sell in the quarter; none without talks in the scenario."""
    _log: Sequence[Event] = field(repr=False, default=())
    _length: int = field(repr=False, default=0)
    _weeks: Sequence[int] = field(repr=False, default=())

    @property
    def events(self) -> "pd.DataFrame":
        """The event table up to now; see `simkit.region.events.event_table`."""
        return event_table(self._log[: self._length])

    def reported(self) -> Sequence[Event]:
        """Return all events that were reported up to now, not sorted: late entries come last."""
        return self._log[: self._length]

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """What was announced so far, and what became known last week."""
        first = self._weeks[-1] if self._weeks else 0
        last = self._log[first : self._length]
        names = {rep.id: rep.name for rep in self.scenario.reps} | self.names
        news = comings_and_goings(last, self.week - 1, self.scenario, names)
        told = announcements(self.scenario, self.week)
        return (*told, *unpaid(last, self.week - 1), *news)

    def recent(self, weeks: int) -> Iterable[Event]:
        """Return the events of the last `weeks` weeks, not sorted; none for 0 weeks."""
        if weeks < 1:
            return ()
        first = self._weeks[max(0, len(self._weeks) - weeks)] if self._weeks else 0
        start = (self.week - weeks) * DAYS_PER_WEEK
        return (event for event in self._log[first : self._length] if event[0] >= start)

    def by_week(self) -> Iterator[tuple[int, Sequence[Event]]]:
        """Yield each week with what was reported in it; what was entered late is of earlier days.

        What there was at the very beginning comes with the first week.
        """
        starts = (0, *self._weeks[1:], self._length)
        first = self.week - len(starts) + 1
        for index in range(len(starts) - 1):
            yield first + index, self._log[starts[index] : starts[index + 1]]

    def total(self, kind: str, weeks: int = 4, territory: str | None = None) -> float:
        """Return the sum of the amounts of one kind of event in the last `weeks` weeks."""
        return sum(
            event[6]
            for event in self.recent(weeks)
            if event[1] == kind and territory in (None, event[2])
        )


def deal_views(open_deals: Iterable[Opportunity], now: float) -> Iterator[OpenDeal]:
    """Return what the sales system shows of the open opportunities."""
    for opp in open_deals:
        rep, weeks = opp.rep.id if opp.rep else "", (now - opp.born) / DAYS_PER_WEEK
        yield OpenDeal(opp.id, opp.territory, rep, opp.value, opp.stage, weeks)


def desk_views(desks: dict[str, dict[str, Desk]], shared: bool) -> Iterator[DeskView]:
    """Return a view of every desk, once when the territories share them."""
    for territory, of_territory in desks.items():
        for name, desk in of_territory.items():
            yield DeskView(name, "" if shared else territory, desk.staff, desk.busy, desk.waiting)
        if shared:
            return


def stock_views(warehouses: dict[str, Warehouse]) -> Iterator[StockView]:
    """Return a view of every territory's stock."""
    for name, warehouse in warehouses.items():
        owed = sum(waiting[2] for waiting in warehouse.owed)
        yield StockView(name, warehouse.on_hand, warehouse.on_order, owed)


def vacancy_views(vacancies: Iterable[Vacancy], now: float) -> Iterator[VacancyView]:
    """Return a view of every vacant post."""
    for vacancy in vacancies:
        weeks = (now - vacancy.since) / DAYS_PER_WEEK
        yield VacancyView(vacancy.id, vacancy.territory, weeks, vacancy.candidates)


def offer_views(responses: Responses, week: int) -> Iterator[Offer]:
    """Return a view of every measure the manager can ask for before `week`."""
    for name, measure, against in responses.offered(week):
        request = responses.requests.get(name)
        if request is None:
            yield Offer(name, measure, against, "open", None)
        else:
            state = "acts" if request.acts(week) else "waiting"
            yield Offer(name, measure, against, state, request.ready_week)
