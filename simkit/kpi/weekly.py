"""Weekly figures of the region, its territories and reps: what is watched for drift.

A figure is a sum, or one sum over another, of what the events of a week add to. Sums are kept, so
that a week can be added when it is reported, and weeks can be put together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.scenario.record import Text

REGION = "region"
"""Name of the whole region among the places."""
Better = Literal["higher", "lower", "in_band"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A weekly figure: `over` / `under`, sums that `_adds` knows; without `under` the sum itself.

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


FIGURES: dict[str, Figure] = {
    figure.id: figure
    for figure in (
        Figure("sales", Text(en="Sales", zh="销售额"), "money", "higher", "sales", of_reps=True),
        Figure("orders", Text(en="Routine orders", zh="日常订单数"), "orders", "higher", "orders",
               of_reps=True),
        Figure("order_size", Text(en="Order size", zh="平均订单额"), "money", "higher",
               "order_value", "orders", of_reps=True),
        Figure("key_orders", Text(en="Orders of key accounts", zh="重点客户订单数"), "orders",
               "higher", "key_orders"),
        Figure("tail_orders", Text(en="Orders of the long tail", zh="长尾客户订单数"), "orders",
               "higher", "tail_orders"),
        Figure("visits", Text(en="Visits", zh="拜访次数"), "visits", "higher", "visits",
               of_reps=True),
        Figure("leads", Text(en="New leads", zh="新增线索数"), "leads", "higher", "leads"),
        Figure("qualified_share", Text(en="Leads that qualify", zh="线索合格率"), "share", "higher",
               "qualified", "touched", of_reps=True),
        Figure("won", Text(en="Deals won", zh="赢单数"), "deals", "higher", "won"),
        Figure("legal_open", Text(en="Contracts in review", zh="评审中的合同数"), "contracts",
               "lower", "legal_in", level=True),
        Figure("quote_open", Text(en="Quotes in work", zh="报价中的商机数"), "quotes", "lower",
               "quote_in", level=True),
        Figure("in_stock_share", Text(en="Served from stock", zh="现货满足率"), "share", "higher",
               "in_stock", "wanted"),
        Figure("on_time_share", Text(en="Delivered on time", zh="准时交付率"), "share", "higher",
               "on_time", "delivered"),
        Figure("complaints", Text(en="Complaints per 100 orders", zh="每百单投诉数"),
               "per 100 orders", "lower", "complaints", "hundred_orders"),
        Figure("satisfaction", Text(en="Satisfaction", zh="客户满意度"), "share", "higher",
               "satisfaction", "places"),
        Figure("margin_share", Text(en="Price realised", zh="价格实现率"), "x list", "higher",
               "order_value", "list_value"),
        Figure("entered_share", Text(en="Orders entered per delivery", zh="录入订单数与发货数之比"),
               "x deliveries", "in_band", "orders", "delivered"),
    )
}  # fmt: skip


class WeeklyFigures:
    """Sums of the weeks `first` to `first + weeks - 1`, by place: region, territories, reps.

    `rows` are the places; fill it with `add`, read it with `series`.
    """

    def __init__(self, places: Sequence[str], first: int, weeks: int) -> None:
        self.first, self.weeks = first, weeks
        self.rows = {name: row for row, name in enumerate((REGION, *places))}
        self.sums: dict[str, np.ndarray] = {}
        self._before: dict[tuple[str, str], float] = {}
        """What ran up before the first week, by sum and place; of desks."""
        self._klass: dict[str, str] = {}

    def add(self, events: Iterable[Event]) -> "WeeklyFigures":
        """Count events; those of other weeks only tell which class a customer is of."""
        start, end = self.first * DAYS_PER_WEEK, (self.first + self.weeks) * DAYS_PER_WEEK
        klass, add = self._klass, self._add
        for event in events:
            kind = event[1]
            if kind == "account":
                klass[event[4]] = event[7]
            elif kind in RUN_UP and event[0] < start:
                for name, amount in COUNTED[kind](event, klass):
                    for place in (REGION, event[2]):
                        key = name, place
                        self._before[key] = self._before.get(key, 0.0) + amount
            elif kind in COUNTED and start <= event[0] < end:
                week = int(event[0] // DAYS_PER_WEEK) - self.first
                for name, amount in COUNTED[kind](event, klass):
                    add(name, event[2], event[3], week, amount)
        return self

    def _add(self, name: str, territory: str, rep: str, week: int, amount: float) -> None:
        if name not in self.sums:
            self.sums[name] = np.zeros((len(self.rows), self.weeks))
        sums = self.sums[name]
        sums[0, week] += amount
        for place in (territory, rep):
            if row := self.rows.get(place):
                sums[row, week] += amount

    def series(self, figure: str, place: str = REGION) -> np.ndarray:
        """Return a figure by week; NaN where nothing happened that it could be said of."""
        found = FIGURES[figure]
        over = self._sum(found.over, place)
        if found.level:
            return self._before.get((found.over, place), 0.0) + np.cumsum(over)
        if not found.under:
            return over
        under = self._sum(found.under, place)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(under > 0, over / under, np.nan)

    def _sum(self, name: str, place: str) -> np.ndarray:
        sums = self.sums.get(name)
        return np.zeros(self.weeks) if sums is None else sums[self.rows[place]].copy()


Adds = Iterable[tuple[str, float]]
Count = Callable[[Event, dict[str, str]], Adds]


def _order(event: Event, klass: dict[str, str]) -> Adds:
    value = event[6]
    yield from (("sales", value), ("orders", 1.0), ("order_value", value), ("wanted", 1.0))
    yield "hundred_orders", 0.01
    yield "list_value", value
    if event[7] == "in_stock":
        yield "in_stock", 1.0
    group = klass.get(event[4], "")
    if group in ("key", "tail"):
        yield f"{group}_orders", 1.0


def _touched(event: Event, _klass: dict[str, str]) -> Adds:
    yield "touched", 1.0
    if event[7] == "qualified":
        yield "qualified", 1.0


def _delivered(event: Event, _klass: dict[str, str]) -> Adds:
    yield "delivered", 1.0
    if event[7] == "on_time":
        yield "on_time", 1.0


def _won(event: Event, _klass: dict[str, str]) -> Adds:
    yield from (("sales", event[6]), ("won", 1.0))


def _one(name: str) -> Count:
    return lambda _event, _klass: ((name, 1.0),)


def _desk(sign: float) -> Count:
    return lambda event, _klass: ((f"{event[7]}_in", sign),)


COUNTED: dict[str, Count] = {
    "order": _order,
    "won": _won,
    "lost_sale": _one("wanted"),
    "discount": lambda event, _klass: (("list_value", event[6]),),
    "visit": _one("visits"),
    "lead": _one("leads"),
    "lead_touched": _touched,
    "delivered": _delivered,
    "complaint": _one("complaints"),
    "satisfaction": lambda event, _klass: (("satisfaction", event[6]), ("places", 1.0)),
    "desk_in": _desk(1.0),
    "desk_out": _desk(-1.0),
    "gave_up": _desk(-1.0),
}
"""What the events of each kind add to the sums of their week."""
RUN_UP = ("desk_in", "desk_out", "gave_up")
"""Kinds whose sums are running totals."""
