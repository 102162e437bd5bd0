"""From a real order history to customers: how often each orders, for how much, and whether still.

`fit_customers(read_orders("orders.csv"))` is the whole way; `History.draw` then gives every
customer a rate and a hazard of leaving for one simulated future.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum, log
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simkit.scenario.fit_report import FitReport
from simkit.scenario.likelihood import Array
from simkit.scenario.order_file import Order, Orders, read_orders
from simkit.scenario.order_value import GammaGamma, fit_order_values
from simkit.scenario.pareto_nbd import ParetoNbd, active_chance, expected_orders, fit_pareto_nbd
from simkit.scenario.record import Problem, ScenarioError

__all__ = ["Draws", "FitReport", "History", "KnownCustomer", "fit_customers", "read_orders"]

MIN_CUSTOMERS = 10
MIN_REPEATS = 10
"""Below these a fit of four parameters would say more about chance than about customers."""


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What the history says about one customer at its last day; times in weeks."""

    id: str
    territory: str | None
    rep: str | None
    orders_seen: int
    """Days with an order, the first included; several orders on one day count once."""
    last_order_weeks: float
    """Weeks from the first to the last order."""
    age_weeks: float
    """Weeks from the first order to the end of the history."""
    active_chance: float
    """Chance in [0, 1] that the customer still orders at all."""
    rate_shape: float
    """Orders per week, if active, are Gamma(rate_shape, scale 1 / rate_scale_weeks)."""
    rate_scale_weeks: float
    dropout_shape: float
    """The weekly hazard of leaving, if active, is Gamma(dropout_shape, 1 / dropout_scale_weeks)."""
    dropout_scale_weeks: float
    order_value: float
    """Expected money per order day."""
    order_value_cv: float
    """Coefficient of variation of the order days of one customer."""

    @property
    def orders_per_week(self) -> float:
        """Mean orders per week if the customer is active."""
        return self.rate_shape / self.rate_scale_weeks

    @property
    def dropout_per_week(self) -> float:
        """Mean hazard of leaving per week if the customer is active."""
        return self.dropout_shape / self.dropout_scale_weeks


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """One possible truth, arrays with one entry per customer; rates are per week."""

    active: NDArray[np.bool_]
    orders_per_week: Array
    """While active; a customer who is not active never orders again."""
    dropout_per_week: Array


@dataclass(frozen=True, slots=True)
class History:
    """Customers in the order of their ids, the two fitted models, and a report on the fit."""

    customers: tuple[KnownCustomer, ...] = field(repr=False)
    rates: ParetoNbd
    values: GammaGamma
    report: FitReport = field(repr=False)

    def draw(self, uniforms: ArrayLike) -> Draws:
        """Return a draw of every customer from its exact posterior, given chance in [0, 1).

        `uniforms` has a row per customer and three columns: active or not, rate, hazard. Row i
        moves customer i only. Given (x, t_x, T) the joint posterior of rate and hazard mixes two
        cases. Active at T: the likelihood is rate^x e^(-rate T) e^(-hazard T), times the Gamma
        priors, hence independent Gamma(r + x, alpha + T) and Gamma(s, beta + T), exactly. Left
        between t_x and T: neither matters any more. The first case has probability
        `active_chance`. Source: Schmittlein, Morrison & Colombo 1987; Fader & Hardie 2005, note
        009, the two terms of equation 18. Values by inverse transform.

        Raises ValueError when `uniforms` has another shape or leaves [0, 1).
        """
        from scipy.special import gammaincinv

        u = np.asarray(uniforms, float)
        if u.shape != (len(self.customers), 3) or not ((u >= 0) & (u < 1)).all():
            raise ValueError(f"uniforms: want {len(self.customers)} rows of 3 numbers in [0, 1)")
        rate = gammaincinv(self._column("rate_shape"), u[:, 1]) / self._column("rate_scale_weeks")
        hazard = gammaincinv(self._column("dropout_shape"), u[:, 2])
        hazard /= self._column("dropout_scale_weeks")
        return Draws(u[:, 0] < self._column("active_chance"), rate, hazard)

    def expected_orders(self, weeks: float) -> Array:
        """Return the expected order days of each customer in the `weeks` after the history."""
        x = self._column("orders_seen") - 1
        return expected_orders(
            self.rates, weeks, x, self._column("last_order_weeks"), self._column("age_weeks")
        )

    def _column(self, name: str) -> Array:
        """Return one number of every customer."""
        return np.array([getattr(customer, name) for customer in self.customers], float)


def fit_customers(orders: Orders, start: date | None = None, end: date | None = None) -> History:
    """Fit rates, chances of being active and order values to the orders from `start` to `end`.

    Both days are included and default to the first and last day of the history; `end` is where
    the simulation takes over. Orders of one customer on one day are one order day with their sum.
    The first order within the period starts a customer. Territory and rep are those of the
    customer's latest order that names one. The order of the rows does not matter.

    Raises
    ------
    ScenarioError
        When the period has no orders, fewer than 10 customers or 10 repeat orders, or no amount
        above 0.
    """
    rows = [o for o in orders.rows if (not start or o.date >= start) and (not end or o.date <= end)]
    if not rows:
        _refuse(orders, f"no order lies between {start or 'the start'} and {end or 'the end'}")
    last = end or max(order.date for order in rows)
    people = _by_customer(rows)
    _refuse_too_few(orders, people)
    x, t_x, age = np.array([person.history(last) for person in people]).T
    rates = fit_pareto_nbd(x, t_x, age)
    values, expected = _order_values(people)
    chances = active_chance(rates, x, t_x, age)
    customers = tuple(
        person.known(last, rates, float(chance), float(value), values.cv)
        for person, chance, value in zip(people, chances, expected, strict=True)
    )
    ahead = float(expected_orders(rates, 13, x, t_x, age).sum())
    report = _report(rows, people, last, rates, values, float(chances.mean()), ahead)
    return History(customers, rates, values, report)


@dataclass(frozen=True, slots=True)
class _Person:
    """One customer's order days."""

    id: str
    days: dict[date, float]
    territory: str | None
    rep: str | None

    @property
    def paid(self) -> list[float]:
        """Money of the order days that were not free of charge."""
        return [money for _, money in sorted(self.days.items()) if money > 0]

    def history(self, end: date) -> tuple[float, float, float]:
        """Return x, t_x and T of the Pareto/NBD model, in weeks."""
        first = min(self.days)
        return len(self.days) - 1, (max(self.days) - first).days / 7, (end - first).days / 7

    def known(
        self, end: date, rates: ParetoNbd, chance: float, value: float, cv: float
    ) -> KnownCustomer:
        """Return the customer with the posterior of its rate and hazard."""
        x, t_x, age = self.history(end)
        return KnownCustomer(
            id=self.id,
            territory=self.territory,
            rep=self.rep,
            orders_seen=len(self.days),
            last_order_weeks=t_x,
            age_weeks=age,
            active_chance=chance,
            rate_shape=rates.r + x,
            rate_scale_weeks=rates.alpha + age,
            dropout_shape=rates.s,
            dropout_scale_weeks=rates.beta + age,
            order_value=value,
            order_value_cv=cv,
        )


def _by_customer(rows: Sequence[Order]) -> list[_Person]:
    """Return the customers in the order of their ids."""
    grouped: dict[str, list[Order]] = {}
    for order in rows:
        grouped.setdefault(order.customer, []).append(order)
    return [_person(name, grouped[name]) for name in sorted(grouped)]


def _person(name: str, orders: Sequence[Order]) -> _Person:
    """Return the order days of one customer; fsum makes the order of the rows irrelevant."""
    amounts: dict[date, list[float]] = {}
    for order in orders:
        amounts.setdefault(order.date, []).append(order.amount)
    days = {day: fsum(money) for day, money in amounts.items()}
    # On the same last day the last name of the alphabet wins, so that rows may be shuffled.
    territory = max(((o.date, o.territory) for o in orders if o.territory), default=(None, None))
    rep = max(((o.date, o.rep) for o in orders if o.rep), default=(None, None))
    return _Person(name, days, territory[1], rep[1])


def _order_values(people: Sequence[_Person]) -> tuple[GammaGamma, Array]:
    """Return the fitted order values and the expected money per order day of each customer."""
    paid = [person.paid for person in people]
    count = np.array([len(money) for money in paid], float)
    total = np.array([fsum(money) for money in paid])
    logs = np.array([fsum(map(log, money)) for money in paid])
    seen = count > 0
    model = fit_order_values(count[seen], total[seen], logs[seen])
    return model, model.order_value(count, total)


def _refuse_too_few(orders: Orders, people: Sequence[_Person]) -> None:
    """Refuse a history that is too short to say anything."""
    if len(people) < MIN_CUSTOMERS:
        _refuse(orders, f"only {len(people)} customers; a fit needs at least {MIN_CUSTOMERS}")
    repeats = sum(len(person.days) - 1 for person in people)
    if repeats < MIN_REPEATS:
        message = f"only {repeats} orders by customers who had ordered on an earlier day"
        _refuse(orders, f"{message}; a fit needs at least {MIN_REPEATS}, so take a longer period")
    if not any(person.paid for person in people):
        _refuse(orders, "every amount is 0, so there are no order values; fill in the amounts")


def _refuse(orders: Orders, message: str) -> NoReturn:
    """Raise ScenarioError about the history as a whole."""
    raise ScenarioError([Problem(orders.path, None, None, message)])


def _report(
    rows: Sequence[Order],
    people: Sequence[_Person],
    end: date,
    rates: ParetoNbd,
    values: GammaGamma,
    active_share: float,
    orders_ahead: float,
) -> FitReport:
    """Return the report on a fit."""
    order_days = sum(len(person.days) for person in people)
    return FitReport(
        rows=len(rows),
        customers=len(people),
        first_day=min(order.date for order in rows),
        last_day=end,
        order_days=order_days,
        repeat_days=order_days - len(people),
        paid_days=sum(len(person.paid) for person in people),
        rates=rates,
        values=values,
        active_share=active_share,
        orders_next_13_weeks=orders_ahead,
    )
