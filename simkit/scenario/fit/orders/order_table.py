"""An order export as columns, and what each customer did: orders, returns set off, money."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.scenario.fit.dates import Form
from simkit.scenario.likelihood import Array
from simkit.scenario.record import Problem, ScenarioError

Ints = NDArray[Any]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class OrderTable:
    """The rows of an order export as columns; names are kept once and meant by their numbers."""

    path: str
    customer: Ints
    day: Ints
    """Days since 0001-01-01, as date.toordinal counts."""
    amount: NDArray[np.float64]
    territory: Ints
    """Number of the territory, -1 where the row does not say."""
    rep: Ints
    order: Ints | None
    """A number for each order number, or None without such a column."""
    customers: tuple[str, ...] = field(repr=False)
    territories: tuple[str, ...]
    reps: tuple[str, ...]
    columns: dict[str, str]
    """What was read as what: field to header."""
    date_forms: dict[str, int]
    """How many rows wrote the date how."""
    date_form: Form | None
    decimal: str
    currency: str

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.customer)

    def customers_in_several(self) -> int:
        """Return how many customers have rows in more than one territory."""
        named = self.territory >= 0
        pairs = np.unique(np.stack([self.customer[named], self.territory[named]]), axis=1)
        return int((np.unique(pairs[0], return_counts=True)[1] > 1).sum())

    def between(self, since: date | None, until: date | None) -> "OrderTable":
        """Return the rows from `since` to `until`, both included.

        Raises ScenarioError when there is none.
        """
        if since is None and until is None:
            return self
        low, high = (since or date.min).toordinal(), (until or date.max).toordinal()
        kept = np.flatnonzero((self.day >= low) & (self.day <= high))
        if not len(kept):
            message = f"no order lies between {since or 'the start'} and {until or 'the end'}"
            raise ScenarioError([Problem(self.path, None, None, message)])
        names = ("customer", "day", "amount", "territory", "rep", "order")
        columns = {name: getattr(self, name) for name in names}
        parts: Any = {k: None if v is None else v[kept] for k, v in columns.items()}
        return replace(self, **parts)


@dataclass(frozen=True, slots=True, eq=False)
class Orders:
    """Orders by customer and day, one entry each; what a customer returned is set off."""

    customer: Ints
    day: Ints
    money: Array
    returns: int
    """Returns that were set off against earlier orders."""
    left_out: int
    """Returns without an earlier order in the file."""


def orders_in(table: OrderTable) -> Orders:
    """Return the orders of a table, sorted by customer and day.

    Rows of a customer with the same order number are one order, on its first day; without a column
    of order numbers those of one day are. What then is below 0 is a return: it is set off against
    the customer's latest earlier order, and further back as long as something is left; an order
    that was wholly returned is none.
    """
    number = table.day if table.order is None else np.where(table.order, table.order, -table.day)
    by = np.lexsort((table.day, number, table.customer))
    customer, number, day = table.customer[by], number[by], table.day[by]
    new = np.ones(len(by), bool)
    new[1:] = (customer[1:] != customer[:-1]) | (number[1:] != number[:-1])
    first = np.flatnonzero(new)
    money = np.add.reduceat(table.amount[by], first)
    least = np.minimum.reduceat(table.amount[by], first)
    customer, day = customer[first], day[first]
    money = np.where(np.abs(money) < 1e-9 * np.abs(least), 0.0, money)
    by = np.lexsort((day, customer))
    returned = (least < 0) & (money <= 0)
    return _set_off(customer[by], day[by], money[by], returned[by])


def _set_off(customer: Ints, day: Ints, money: Array, returned: Flags) -> Orders:
    keep, left_out, total = ~returned, 0, 0
    for i in np.flatnonzero(returned & (money < 0)).tolist():
        rest, j, total = -float(money[i]), i - 1, total + 1
        while rest > 0 and j >= 0 and customer[j] == customer[i]:
            if keep[j] and money[j] > 0:
                taken = min(rest, float(money[j]))
                money[j], rest = money[j] - taken, rest - taken
                keep[j] = money[j] > 1e-9 * taken
            j -= 1
        left_out += rest > 0
    return Orders(customer[keep], day[keep], money[keep], total - left_out, left_out)


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """What each customer with an order did in the period; arrays with one entry per customer."""

    number: Ints
    """Number of the customer in the table."""
    count: Array
    """Orders."""
    first: Array
    """Weeks from the start of the period to the first order, and to the last one."""
    last: Array
    paid: Array
    """Orders with an amount above 0; the sums of their money, its log and the log's square."""
    money: Array
    logs: Array
    squares: Array
    days: Array
    """Days with an order; weeks from the first to the last of them."""
    span: Array
    age: Array
    """Weeks from the first day with an order to the end of the period."""
    territory: Ints
    """Number of the territory of the latest row that names one, -1: none."""
    rep: Ints
    weeks: float
    """Length of the period."""
    daily: Array
    """Orders of each day of the period."""
    rep_last: Ints
    """Day of the latest order of each rep, and the number of its territory."""
    rep_territory: Ints

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.number)


def histories_of(table: OrderTable, orders: Orders, until: date | None = None) -> Histories:
    """Return the histories of the customers; `until` ends the period, else the last row does."""
    start = int(table.day.min())
    end = until.toordinal() if until else int(table.day.max())
    new = np.ones(len(orders.customer), bool)
    new[1:] = orders.customer[1:] != orders.customer[:-1]
    at = np.flatnonzero(new)
    fresh_day = new.copy()
    fresh_day[1:] |= orders.day[1:] != orders.day[:-1]
    last = np.append(at[1:], len(new)) - 1
    paid = orders.money > 0
    logs = np.log(np.where(paid, orders.money, 1.0))
    numbers = orders.customer[at]
    territory = _latest(table.customer, table.territory, table.day, len(table.customers))
    rep = _latest(table.customer, table.rep, table.day, len(table.customers))

    def weeks(day: Ints) -> Array:
        return np.asarray((day - start + 0.5) / 7)

    return Histories(
        number=numbers,
        count=np.diff(np.append(at, len(new))).astype(float),
        first=weeks(orders.day[at]),
        last=weeks(orders.day[last]),
        paid=np.add.reduceat(paid.astype(float), at),
        money=np.add.reduceat(orders.money, at),
        logs=np.add.reduceat(logs, at),
        squares=np.add.reduceat(logs**2, at),
        days=np.add.reduceat(fresh_day.astype(float), at),
        span=(orders.day[last] - orders.day[at]) / 7,
        age=(end - orders.day[at]) / 7,
        territory=territory[numbers],
        rep=rep[numbers],
        weeks=(end - start + 1) / 7,
        daily=np.bincount(orders.day - start, minlength=end - start + 1).astype(float),
        rep_last=_last_days(table),
        rep_territory=_latest(table.rep, table.territory, table.day, len(table.reps)),
    )


def _latest(who: Ints, what: Ints, day: Ints, size: int) -> Ints:
    """Return for each `who` the `what` of the latest row that names one; the larger on one day."""
    named = np.flatnonzero((what >= 0) & (who >= 0))
    by = named[np.lexsort((what[named], day[named]))]
    found = np.full(size, -1)
    found[who[by]] = what[by]
    return found


def _last_days(table: OrderTable) -> Ints:
    found = np.zeros(len(table.reps), int)
    named = table.rep >= 0
    np.maximum.at(found, table.rep[named], table.day[named])
    return found
