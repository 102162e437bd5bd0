"""What the runs of a region say about the weeks before week 0, as columns of plain data."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.population import draw_reps
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.scenario.records import Rep, Scenario
from simkit.study.outcome import SALES

QUARTER, YEAR = 13, 52
BURN_IN_WEEKS = 26
"""Played before the history begins, so that it begins in the middle of business as usual."""
LONGEST_WARM_UP = 260
PREDECESSOR = ""
QUARTER_COLUMNS = ("rep", "week", "sales", "quota", "claim")
Columns = dict[str, list[Any]]
Tell = Callable[[int, int], None]
Key = tuple[str, str, int]
"""Territory, rep, week."""


def most_years(years: int) -> int:
    """Return how many of these years a run can have behind it."""
    return min(years, (LONGEST_WARM_UP - BURN_IN_WEEKS) // YEAR)


def played(scenario: Scenario, seed: int, years: int, tell: Tell) -> tuple[Columns, Columns]:
    """Return weeks and quarters, as columns of `Past.weeks` and `Past.quarters`."""
    seam = -min(scenario.warm_up_weeks, years * YEAR)
    books = Books({rep.id: _began(scenario, rep.tenure_weeks) for rep in draw_reps(scenario)})
    if seam > -years * YEAR:
        longer = BURN_IN_WEEKS + years * YEAR
        earlier = Simulation(as_it_was(scenario, longer), seed, replication=1)
        books.copy(earlier, -years * YEAR, seam)
    tell(1, 2)
    books.copy(Simulation(scenario, seed), seam, 0)
    books.fill([territory.id for territory in scenario.territories], range(-years * YEAR, 0))
    return books.weeks(), books.quarters()


def _began(scenario: Scenario, tenure_weeks: float) -> int:
    """The first week in which a rep of the start was there."""
    return math.ceil(-scenario.warm_up_weeks - tenure_weeks)


def as_it_was(scenario: Scenario, warm_up_weeks: int) -> Scenario:
    """Return the region before the game's warm-up: everybody younger, and nobody leaves."""
    earlier = warm_up_weeks - scenario.warm_up_weeks
    names = {rep.id: rep.name for rep in scenario.reps}
    reps = [
        Rep(
            id=rep.id,
            name=names.get(rep.id, Text(en=rep.id, zh=rep.id)),
            territory=rep.territory,
            tenure_weeks=max(0.0, rep.tenure_weeks - earlier),
            ability=rep.ability,
        )
        for rep in draw_reps(scenario)
    ]
    # Not checked again: drawn reps keep ids that a file may not give to listed ones.
    return scenario.but(
        warm_up_weeks=warm_up_weeks, turnover=scenario.turnover.but(on=False)
    ).model_copy(
        update={
            "reps": tuple(reps),
            "territories": tuple(place.but(reps=0) for place in scenario.territories),
        }
    )


class Books:
    """Gathers what is known about past weeks; a quota, even nan, says that a rep was there."""

    def __init__(self, began: Mapping[str, int]) -> None:
        """Begin; `began`: the first week of reps who had a predecessor."""
        self.began = began
        self.sales: dict[Key, float] = defaultdict(float)
        self.visits: dict[Key, int] = defaultdict(int)
        self.quota: dict[tuple[str, int], float] = {}
        self.claims: dict[tuple[str, int], float] = {}

    def copy(self, simulation: Simulation, first: int, end: int) -> None:
        """Take over the weeks from `first` to before `end`."""
        begun = -DAYS_PER_WEEK * simulation.scenario.warm_up_weeks
        for day, kind, territory, rep, _, _, amount, _ in simulation.world.log:
            week = int(day // DAYS_PER_WEEK)
            if kind == "claim" and day > begun:  # the very first one is made without experience
                quarter = QUARTER * math.ceil(day / (QUARTER * DAYS_PER_WEEK))
                if first <= quarter <= end - QUARTER:  # about sales of the same run
                    self.claims[rep, quarter] = amount
            elif first <= week < end:
                who = rep if week >= self.began.get(rep, week) else PREDECESSOR
                self._note(kind, (territory, who, week), amount)

    def _note(self, kind: str, key: Key, amount: float) -> None:
        if kind in SALES:
            self.sales[key] += amount
        elif kind == "visit":
            self.visits[key] += 1
        elif kind == "quota":
            self.sales[key] += 0.0
            self.quota[key[1:]] = amount

    def fill(self, territories: Iterable[str], weeks: range) -> None:
        """Give every territory a row for every week."""
        there = {(territory, week) for territory, _, week in self.sales}
        for territory in territories:
            for week in weeks:
                if (territory, week) not in there:
                    self.sales[territory, PREDECESSOR, week] += 0.0

    def weeks(self) -> Columns:
        """Return the columns of `Past.weeks`."""
        keys = sorted({*self.sales, *self.visits}, key=lambda key: (key[2], key[0], key[1]))
        return {
            "territory": [key[0] for key in keys],
            "rep": [key[1] for key in keys],
            "week": [key[2] for key in keys],
            "sales": [self.sales.get(key, 0.0) for key in keys],
            "visits": [float(self.visits.get(key, 0)) for key in keys],
        }

    def quarters(self) -> Columns:
        """Return the columns of `Past.quarters`."""
        sold: dict[tuple[str, int], float] = defaultdict(float)
        for (_, rep, week), sales in self.sales.items():
            sold[rep, week] += sales
        rows = []
        for rep, first in sorted(self.quota):
            weeks = [(rep, week) for week in range(first, first + QUARTER)]
            if first % QUARTER or not rep or not all(week in self.quota for week in weeks):
                continue
            claim = self.claims.get((rep, first), math.nan)
            sums = [math.fsum(book[week] for week in weeks) for book in (sold, self.quota)]
            rows.append((rep, first, *sums, claim))
        return {name: [row[at] for row in rows] for at, name in enumerate(QUARTER_COLUMNS)}
