"""Weekly figures of the region, its territories and reps: what is watched for drift.

A figure is a sum, or one sum over another, of what the events of a week add to. Sums are kept, so
that a week can be added when it is reported, and weeks can be put together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.scenario.record import Text, did_you_mean

if TYPE_CHECKING:
    from simkit.region.report import WeekReport

REGION: Literal["region"] = "region"
"""Name of the whole region among the places."""
Better = Literal["higher", "lower", "in_band"]
Kind = Literal["region", "territory", "rep"]
HISTORY_WEEKS = 104
"""Weeks before the game that figures are forecast from: two years."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A weekly figure: `over` / `under`, names in `SUMS`; without `under` the sum itself.

    `level`: a running total, such as work that lies at a desk, rather than what a week brought.
    """

    id: str
    title: Text
    unit: str
    better: Better
    over: str
    under: str = ""
    level: bool = False
    of_reps: bool = False
    """Whether it can be said of a single rep."""
    wanders: bool = False
    """Whether its level moves as customers come and go, or is fixed but for the season."""


FIGURES: dict[str, Figure] = {
    figure.id: figure
    for figure in (
        Figure("sales", Text(en="Sales", zh="销售额"), "money", "higher", "sales",
               of_reps=True, wanders=True),
        Figure("orders", Text(en="Routine orders", zh="日常订单数"), "orders", "higher", "orders",
               of_reps=True, wanders=True),
        Figure("order_size", Text(en="Order size", zh="平均订单额"), "money", "higher",
               "order_value", "orders", of_reps=True, wanders=True),
        Figure("key_orders", Text(en="Orders of key accounts", zh="重点客户订单数"), "orders",
               "higher", "key_orders", wanders=True),
        Figure("tail_orders", Text(en="Orders of the long tail", zh="长尾客户订单数"), "orders",
               "higher", "tail_orders", wanders=True),
        Figure("visits", Text(en="Visits", zh="拜访次数"), "visits", "higher", "visits",
               of_reps=True),
        Figure("leads", Text(en="New leads", zh="新增线索数"), "leads", "higher", "leads"),
        Figure("qualified_share", Text(en="Leads that qualify", zh="线索合格率"), "share", "higher",
               "qualified", "touched", of_reps=True),
        Figure("won", Text(en="Deals won", zh="赢单数"), "deals", "higher", "won"),
        Figure("legal_open", Text(en="Contracts in review", zh="评审中的合同数"), "contracts",
               "lower", "legal", level=True),
        Figure("quote_open", Text(en="Quotes in work", zh="报价中的商机数"), "quotes", "lower",
               "quote", level=True),
        Figure("in_stock_share", Text(en="Served from stock", zh="现货满足率"), "share", "higher",
               "in_stock", "wanted"),
        Figure("on_time_share", Text(en="Delivered on time", zh="准时交付率"), "share", "higher",
               "on_time", "delivered"),
        Figure("complaints", Text(en="Complaints per 100 orders", zh="每百单投诉数"),
               "per 100 orders", "lower", "complaints", "hundred_orders"),
        Figure("satisfaction", Text(en="Satisfaction", zh="客户满意度"), "share", "higher",
               "satisfaction", "places", wanders=True),
        Figure("margin_share", Text(en="Price realised", zh="价格实现率"), "x list", "higher",
               "sales", "list_value"),
        Figure("entered_share", Text(en="Orders entered per delivery", zh="录入订单数与发货数之比"),
               "x deliveries", "in_band", "orders", "delivered"),
    )
}  # fmt: skip


COUNTED_SUMS = (
    "sales", "orders", "order_value", "in_stock", "key_orders", "tail_orders", "lost", "discount",
    "won", "visits", "leads", "touched", "qualified", "delivered", "on_time", "complaints",
    "satisfaction", "places", "legal", "quote",
)  # fmt: skip
"""What is counted of a week, in the order of the columns."""
SUMS: dict[str, dict[str, float]] = {
    **{name: {name: 1.0} for name in COUNTED_SUMS},
    "wanted": {"orders": 1.0, "lost": 1.0},
    "hundred_orders": {"orders": 0.01},
    "list_value": {"sales": 1.0, "discount": 1.0},
}
"""What figures are made of: so many times what is counted."""
_COLUMN = {name: column for column, name in enumerate(COUNTED_SUMS)}


class WeeklyFigures:
    """Sums of the weeks `first` to `first + weeks - 1`, by place: the region, territories, reps.

    `places`: the territories. Fill it with `add`, read it with `series`.
    """

    def __init__(
        self, places: Sequence[str], first: int, weeks: int, reps: Sequence[str] = ()
    ) -> None:
        self.first, self.weeks, self.reps = first, weeks, tuple(reps)
        self.rows = {name: row for row, name in enumerate((REGION, *places, *reps))}
        self._cells: dict[tuple[str, str, int], list[float]] = {}
        """What was counted, by territory, rep and week; week -1 is all that was before."""
        self._klass: dict[str, str] = {}
        self._left: dict[str, tuple[float, str]] = {}
        """Who left each territory last, and when."""
        self._heirs: dict[str, str] = {}
        """Whose post a newcomer took over on the same day."""
        self._table: np.ndarray | None = None

    def add(self, events: Iterable[Event]) -> "WeeklyFigures":
        """Count events; those of other weeks only tell which class a customer is of.

        What a newcomer does who takes over a post on the same day counts for who held it before;
        asked for by the newcomer's name, the figures of the post come as well.
        """
        cells, klass, first, weeks = self._cells, self._klass, self.first, self.weeks
        for event in events:
            count = COUNTED.get(event[1])
            if count is None:
                self._note(event)
                continue
            week = int(event[0] // DAYS_PER_WEEK) - first
            if week >= weeks or (week < 0 and event[1] not in RUN_UP):
                continue
            key = event[2], event[3], max(-1, week)
            cell = cells.get(key)
            if cell is None:
                cell = cells[key] = [0.0] * len(COUNTED_SUMS)
            count(cell, event, klass)
        self._table = None
        return self

    def _note(self, event: Event) -> None:
        day, kind, territory, rep = event[:4]
        if kind == "account":
            self._klass[event[4]] = event[7]
        elif kind == "rep_left":
            self._left[territory] = day, rep
        elif kind == "rep_hired" and self._left.get(territory, (None, ""))[0] == day:
            before = self._left[territory][1]
            self._heirs[rep] = self._heirs.get(before, before)

    def kind_of(self, place: str) -> Kind:
        """Return what kind of place a place is; raises ValueError when it is none of these."""
        self._known(place)
        return REGION if place == REGION else "rep" if place in self.reps else "territory"

    def _known(self, place: str) -> None:
        if place not in self.rows:
            raise ValueError(f"no place '{place}'{did_you_mean(place, self.rows)}")

    def of_kind(self, kind: Kind) -> list[str]:
        """Return the places of a kind."""
        return [place for place in self.rows if self.kind_of(place) == kind]

    def series(self, figure: str, place: str = REGION) -> np.ndarray:
        """Return a figure by week; NaN where nothing happened that it could be said of.

        Raises ValueError for a place that is none of these.
        """
        self._known(place)
        found = FIGURES[figure]
        over = self._sum(found.over, place)
        if found.level:
            return np.cumsum(over)[1:]
        if not found.under:
            return over[1:]
        under = self._sum(found.under, place)[1:]
        return np.divide(over[1:], under, out=np.full(self.weeks, np.nan), where=under > 0)

    def _sum(self, name: str, place: str) -> np.ndarray:
        """A sum by week; before the first week stands all that was before."""
        if self._table is None:
            self._table = self._summed()
        mine = self._table[self._row(place)]
        return sum(times * mine[:, _COLUMN[part]] for part, times in SUMS[name].items())

    def _row(self, name: str) -> int:
        """The row of a place; a newcomer stands in that of whose post it is. 0: none of them."""
        post = self._heirs.get(name, name)
        return self.rows.get(post) or self.rows.get(name, 0)

    def _summed(self) -> np.ndarray:
        """All cells by place, week and column."""
        table = np.zeros((len(self.rows), self.weeks + 1, len(COUNTED_SUMS)))
        if not self._cells:
            return table
        amounts = np.array([*self._cells.values()])
        weeks = np.array([week + 1 for _, _, week in self._cells])
        np.add.at(table[0], weeks, amounts)
        for names in zip(*((territory, rep) for territory, rep, _ in self._cells), strict=True):
            rows = np.array([self._row(name) for name in names])
            known = rows > 0
            np.add.at(table, (rows[known], weeks[known]), amounts[known])
        return table


Count = Callable[[list[float], Event, dict[str, str]], None]
"""Adds an event to the sums of its territory, rep and week; the third: classes of customers."""


def _order(cell: list[float], event: Event, klass: dict[str, str]) -> None:
    cell[_SALES] += event[6]
    cell[_ORDERS] += 1.0
    cell[_ORDER_VALUE] += event[6]
    if event[7] == "in_stock":
        cell[_IN_STOCK] += 1.0
    group = klass.get(event[4])
    if group == "key":
        cell[_KEY] += 1.0
    elif group == "tail":
        cell[_TAIL] += 1.0


def _won(cell: list[float], event: Event, _klass: dict[str, str]) -> None:
    cell[_SALES] += event[6]
    cell[_COLUMN["won"]] += 1.0


def _one(name: str, detail: str = "", also: str = "") -> Count:
    """One more, and one more of another sum where the event has a certain detail."""
    column, other = _COLUMN[name], _COLUMN.get(also, 0)

    def count(cell: list[float], event: Event, _klass: dict[str, str]) -> None:
        cell[column] += 1.0
        if detail and event[7] == detail:
            cell[other] += 1.0

    return count


def _amount(name: str, times: str = "") -> Count:
    column, other = _COLUMN[name], _COLUMN.get(times)

    def count(cell: list[float], event: Event, _klass: dict[str, str]) -> None:
        cell[column] += event[6]
        if other is not None:
            cell[other] += 1.0

    return count


def _desk(sign: float) -> Count:
    def count(cell: list[float], event: Event, _klass: dict[str, str]) -> None:
        if event[7] in ("legal", "quote"):
            cell[_COLUMN[event[7]]] += sign

    return count


_SALES, _ORDERS, _ORDER_VALUE, _IN_STOCK, _KEY, _TAIL = range(6)
COUNTED: dict[str, Count] = {
    "order": _order,
    "won": _won,
    "lost_sale": _one("lost"),
    "discount": _amount("discount"),
    "visit": _one("visits"),
    "lead": _one("leads"),
    "lead_touched": _one("touched", "qualified", "qualified"),
    "delivered": _one("delivered", "on_time", "on_time"),
    "complaint": _one("complaints"),
    "satisfaction": _amount("satisfaction", "places"),
    "desk_in": _desk(1.0),
    "desk_out": _desk(-1.0),
    "gave_up": _desk(-1.0),
}
"""How the events of each kind are counted."""
RUN_UP = ("desk_in", "desk_out", "gave_up")
"""Kinds whose sums are running totals."""


def figures_of(report: "WeekReport") -> WeeklyFigures:
    """Return all that is reported now: two years of history and every week of the game.

    Places: the territories, and the reps of the scenario. Late entries stand in their own week.
    """
    scenario = report.scenario
    places, reps = [t.id for t in scenario.territories], [rep.id for rep in scenario.reps]
    first = -min(HISTORY_WEEKS, scenario.warm_up_weeks)
    figures = WeeklyFigures(places, first, scenario.weeks - first, reps)
    return figures.add(report.reported())
