"""The years before week 0, as a manager finds them in the books: of a scenario, or of real orders.

Time before week 0 is negative, so that season and growth are in phase with the game.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from simkit.region.population import draw_customers, draw_reps
from simkit.scenario.order_file import Orders, read_orders
from simkit.scenario.record import Text, did_you_mean
from simkit.scenario.records import Scenario
from simkit.study.cache import cached
from simkit.study.past_books import (
    QUARTER,
    YEAR,
    Books,
    Tell,
    most_years,
    played,
)
from simkit.study.past_orders import gathered

if TYPE_CHECKING:
    import pandas as pd


WEEKS = {"territory": object, "rep": object, "week": int, "sales": float, "visits": float}
QUARTERS = {"rep": object, "week": int, "sales": float, "quota": float, "claim": float}
"""Columns and kinds of the tables."""


@dataclass(frozen=True)
class Past:
    """Sales of past weeks and quarters; money, the oldest first.

    `weeks`: columns territory, rep ("": a predecessor, or nobody known), week (int, below 0; -1
    is the last), sales, visits (nan where nobody counted). Every territory has every week.
    `quarters`: only quarters that a rep worked from end to end; columns rep, week (the first of
    the quarter, below 0), sales, quota, claim (what the rep said before it); nan where unknown.
    """

    weeks: "pd.DataFrame"
    quarters: "pd.DataFrame"
    source: Text

    def sales_by_week(self, territory: str | None = None, rep: str | None = None) -> list[float]:
        """Return the sales of each week of the region, a territory or a rep, the oldest first.

        Of a rep: from the first week in which it was there. Raises ValueError for unknown names.
        """
        rows = self._of("rep", rep, self._of("territory", territory, self.weeks))
        if rows.empty:
            return []
        sums = rows.groupby("week")["sales"].sum()
        return sums.reindex(range(int(sums.index.min()), 0), fill_value=0.0).tolist()

    def sales_by_year(self, territory: str | None = None, rep: str | None = None) -> list[float]:
        """Return the sales of whole years of 52 weeks, counted back from the end, oldest first."""
        weeks = self.sales_by_week(territory, rep)
        first = len(weeks) % YEAR
        return [math.fsum(weeks[at : at + YEAR]) for at in range(first, len(weeks), YEAR)]

    def _of(self, column: str, name: str | None, rows: "pd.DataFrame") -> "pd.DataFrame":
        if name is None:
            return rows
        known = self.weeks[column].unique().tolist()
        if name not in known:
            raise ValueError(f"no {column} '{name}' in the history{did_you_mean(name, known)}")
        return rows[rows[column] == name]

    def pack(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        tables = {"weeks": _plain(self.weeks), "quarters": _plain(self.quarters)}
        return {**tables, "source": self.source.model_dump()}

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> Self:
        """Return what `pack` packed; raises ValueError, TypeError or KeyError for other data."""
        weeks, quarters = _table(data["weeks"], WEEKS), _table(data["quarters"], QUARTERS)
        return cls(weeks, quarters, Text(**data["source"]))


def past_of(
    scenario: Scenario, seed: int = 1, years: int = 4, tell: Tell = lambda done, total: None
) -> Past:
    """Return the years before week 0 of the world that `seed` plays, from the disk where known.

    The last `warm_up_weeks` are the very ones that the game's world has behind it. The weeks
    before come from a run of the same region with other luck under the scenario's own levers, with
    reps younger by as much, and nobody leaving: a simplification, as is that a rep's predecessor
    (rep "") sold with the rep's own ability. Fewer years where a warm-up cannot be that long.
    Raises ValueError for less than a year, or several independent regions.
    """
    if years < 1:
        raise ValueError(f"years: give 1 or more, not {years}")
    years = most_years(years)
    inputs = {"scenario": scenario.model_dump(mode="json"), "seed": seed, "years": years}
    tell(0, 2)
    found = cached(
        "past", inputs, lambda: _made(scenario, seed, years, tell), Past.pack, Past.unpack
    )
    tell(2, 2)
    return found


def past_of_orders(path: str | Path, tell: Tell = lambda done, total: None) -> Past:
    """Return the past weeks in a file of real orders, with territory and rep where it says so.

    A week is seven days counted back from the last order; the first days that make no whole week
    are left out. A rep was there from the first order to the last, or to the end where the last is
    less than a quarter old. Nobody knows visits, quotas and claims: nan.
    Raises ScenarioError for a file that `read_orders` refuses (negative amounts, say), and for one
    that is too short, has a gap, or is the same in every week: it says where, and what to do.
    """
    tell(0, 1)
    orders = read_orders(path)
    books = Books({})
    gathered(orders, books)
    weeks = _table(books.weeks(), WEEKS).assign(visits=math.nan)
    tell(1, 1)
    return Past(weeks, _table(books.quarters(), QUARTERS), _source_of(orders))


def potentials(scenario: Scenario) -> tuple[dict[str, float], dict[str, float]]:
    """Return the potential of each rep and of each territory, in money a quarter.

    The expected routine sales of the customers at the start, at usual service and in a mean
    season: the manager's map, as a market study of the drawn population would give it. It knows
    nothing of luck, nor of deals. 0 for a territory without customers.
    """
    reps = draw_reps(scenario)
    by_rep = dict.fromkeys((rep.id for rep in reps), 0.0)
    by_territory = dict.fromkeys((territory.id for territory in scenario.territories), 0.0)
    for customer in draw_customers(scenario, reps)[0]:
        worth = QUARTER * customer.orders_per_week * customer.order_value
        by_territory[customer.territory] += worth
        if customer.rep:
            by_rep[customer.rep.id] += worth
    return by_rep, by_territory


def _made(scenario: Scenario, seed: int, years: int, tell: Tell) -> Past:
    weeks, quarters = played(scenario, seed, years, tell)
    return Past(_table(weeks, WEEKS), _table(quarters, QUARTERS), _source(years))


def _table(columns: Mapping[str, list[Any]], types: Mapping[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({name: columns[name] for name in types}).astype(dict(types))


def _plain(table: "pd.DataFrame") -> dict[str, list[Any]]:
    """Return the columns with None instead of nan, which JSON does not know."""
    return {
        str(name): [None if value != value else value for value in column.tolist()]
        for name, column in table.items()
    }


def _source(years: int) -> Text:
    return Text(
        en=f"The books of the last {years} years: weekly sales of the simulated region under the "
        "levers in force before you came.",
        zh=f"近 {years} 年的账面记录：您上任之前，模拟大区按原有做法运行的每周业绩。",
    )


def _source_of(orders: Orders) -> Text:
    name, number = Path(orders.path).name, len(orders)
    return Text(
        en=f"Weekly sales from the {number:,} orders in {name}.",
        zh=f"由订单文件 {name} 中的 {number:,} 笔订单汇总的每周业绩。",
    )
