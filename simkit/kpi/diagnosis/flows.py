"""What sales are made of, by week: customers, orders, values; leads, stages, deals."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simkit.kpi.weekly import REGION
from simkit.region.events import DAYS_PER_WEEK, Event

ROUTINE = ("customers", "orders", "listed", "paid")
"""Links of routine sales: customers there, their orders, value at list price, price paid."""
DEALS = (
    "leads", "answered", "qualified", "quoted", "negotiated", "contracted", "won", "won_listed",
    "won_paid",
)  # fmt: skip
"""Links of sales by deals, from leads to the price paid."""
CLASSES = ("key", "regular", "tail")
STAGES = {"quote": "quoted", "negotiate": "negotiated", "contract": "contracted"}
Kinds = Mapping[str, Sequence[Event]]
Cell = tuple[str, str, str]
"""Territory, rep, class of account ("" of deals)."""


class Flows:
    """Weekly sums from week `first` on by territory, rep and class of account.

    `kinds`: reported events by kind. `customers` is how many there are at the end of a week.
    """

    def __init__(self, kinds: Kinds, first: int, weeks: int) -> None:
        self.first, self.weeks = first, weeks
        self._sums: dict[str, dict[Cell, np.ndarray]] = defaultdict(dict)
        self._class = {e[4]: e[7] for e in kinds.get("account", ())}
        self._listed = {e[5]: e[6] for e in kinds.get("opportunity", ())}
        self._count_customers(kinds)
        self._count_orders(kinds)
        self._count_deliveries(kinds)
        self._count_deals(kinds)

    def klass(self, customer: str) -> str:
        """Return the class of a customer; of one that nobody entered: regular."""
        return self._class.get(customer, "regular")

    def weekly(self, name: str, place: str = REGION, klass: str | None = None) -> np.ndarray:
        """Return a sum by week of a place, of all classes or one."""
        total = np.zeros(self.weeks)
        for (territory, rep, of), values in self._sums[name].items():
            if place in (REGION, territory, rep) and klass in (None, of):
                total += values
        return total

    def total(
        self, name: str, first: int, weeks: int, place: str = REGION, klass: str | None = None
    ) -> float:
        """Return the sum of the weeks from `first` on; of customers the mean."""
        start = first - self.first
        found = self.weekly(name, place, klass)[start : start + weeks]
        # What comes and goes leaves no dust, and nobody is there less than not at all.
        return max(0.0, float(found.mean() if name == "customers" else found.sum()))

    def _add(self, name: str, cell: Cell, day: float, amount: float) -> None:
        week = int(day // DAYS_PER_WEEK) - self.first
        if 0 <= week < self.weeks:
            rows = self._sums[name]
            if cell not in rows:
                rows[cell] = np.zeros(self.weeks)
            rows[cell][week] += amount

    def _count_customers(self, kinds: Kinds) -> None:
        start = self.first * DAYS_PER_WEEK
        for day, cell, change in self._moves(kinds):
            self._add("customers", cell, max(day, start), change)
        for values in self._sums["customers"].values():
            np.cumsum(values, out=values)

    def _moves(self, kinds: Kinds) -> Iterator[tuple[float, Cell, float]]:
        """Who came to a rep, and who went."""
        for event in kinds.get("account", ()):
            yield event[0], (event[2], event[3], event[7]), 1.0
        for event in kinds.get("account_lost", ()):
            yield event[0], (event[2], event[3], self.klass(event[4])), -1.0
        for event in kinds.get("account_moved", ()):
            klass = self.klass(event[4])
            yield event[0], (event[2], event[3], klass), 1.0
            yield event[0], (event[2], event[7], klass), -1.0

    def _count_orders(self, kinds: Kinds) -> None:
        listed = self._list_factors(kinds)
        for day, _, territory, rep, customer, _, paid, _ in kinds.get("order", ()):
            cell = territory, rep, self.klass(customer)
            self._add("orders", cell, day, 1.0)
            self._add("paid", cell, day, paid)
            factor = listed.get((int(day // DAYS_PER_WEEK), territory, rep), 1.0)
            self._add("listed", cell, day, paid * factor)
        for day, _, territory, rep, customer, _, value, _ in kinds.get("lost_sale", ()):
            self._add("missed", (territory, rep, self.klass(customer)), day, value)

    def _count_deliveries(self, kinds: Kinds) -> None:
        start = self.first * DAYS_PER_WEEK
        entered = {(e[4], round(e[0], 6)) for e in kinds.get("order", ()) if e[0] >= start}
        for day, _, territory, rep, customer, _, waited, _ in kinds.get("delivered", ()):
            ordered = day - waited
            cell = territory, rep, self.klass(customer)
            self._add("delivered", cell, ordered, 1.0)
            if ordered >= start and (customer, round(ordered, 6)) not in entered:
                self._add("unentered", cell, ordered, 1.0)

    def _list_factors(self, kinds: Kinds) -> dict[tuple[int, str, str], float]:
        """List value over price paid by week, territory and rep, where something was taken off."""
        off = {
            (int(e[0] // DAYS_PER_WEEK), e[2], e[3]): e[6]
            for e in kinds.get("discount", ())
            if not e[5]
        }
        paid: dict[tuple[int, str, str], float] = defaultdict(float)
        for event in kinds.get("order", ()) if off else ():
            paid[int(event[0] // DAYS_PER_WEEK), event[2], event[3]] += event[6]
        return {key: 1.0 + off[key] / paid[key] for key in off if paid[key] > 0}

    def _count_deals(self, kinds: Kinds) -> None:
        def add(name: str, event: Event, amount: float = 1.0) -> None:
            self._add(name, (event[2], event[3], ""), event[0], amount)

        for name, kind in (("leads", "lead"), ("answered", "lead_touched")):
            for event in kinds.get(kind, ()):
                add(name, event)
        for event in kinds.get("opportunity", ()):
            add("qualified", event)
        for event in kinds.get("stage", ()):
            if name := STAGES.get(event[7], ""):
                add(name, event)
        for event in kinds.get("won", ()):
            add("won", event)
            add("won_listed", event, self._listed.get(event[5], event[6]))
            add("won_paid", event, event[6])
        for event in kinds.get("gave_up", ()):
            add("gave_up", event, self._listed.get(event[5], 0.0))
