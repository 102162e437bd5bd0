"""From an order history to the numbers of a region: what is estimated, derived and kept."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from simkit.scenario.fit.found import Derived, Estimated, Finding, Kept
from simkit.scenario.fit.numbers import Z90, Number
from simkit.scenario.fit.orders import explained as words
from simkit.scenario.fit.orders.order_table import (
    Histories,
    Orders,
    OrderTable,
    histories_of,
    orders_in,
)
from simkit.scenario.fit.orders.rates_fit import Rates, fit_rates
from simkit.scenario.fit.orders.season import YEAR
from simkit.scenario.fit.orders.territories import (
    Places,
    customers_of,
    find_places,
    reps_of,
    staffed,
)
from simkit.scenario.fit.orders.value_fit import Values, fit_values
from simkit.scenario.history import MIN_CUSTOMERS, MIN_REPEATS
from simkit.scenario.record import Problem, ScenarioError
from simkit.scenario.records import Scenario

SHOWN = 3
"""Customers that a message on too few of them lists."""
LIMITS = {
    "demand.orders_per_week": (0.0, 100.0),
    "demand.walk_ins_per_year": (0.0, 20.0),
    "demand.value_sigma": (0.0, 3.0),
    "market.drift_per_year": (-2.0, 2.0),
    "market.season_share": (0.0, 1.0),
    "potential": (0.01, 100.0),
}
"""What a scenario may say, where the data could ask for more."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionFit:
    """Everything that an order history says about a region."""

    table: OrderTable
    orders: Orders
    histories: Histories
    places: Places
    rates: Rates
    findings: tuple[Finding, ...]

    @property
    def first_day(self) -> date:
        """First day of the history."""
        return date.fromordinal(int(self.table.day.min()))

    @property
    def last_day(self) -> date:
        """Last day of the history: the simulated weeks follow it."""
        return date.fromordinal(int(self.table.day.min()) + len(self.histories.daily) - 1)


def fit_region(
    table: OrderTable, base: Scenario, since: date | None = None, until: date | None = None
) -> RegionFit:
    """Fit the rows from `since` to `until` (all by default); what they do not tell is the base's.

    Raises
    ------
    ScenarioError
        When there are fewer than 10 customers, 10 repeat orders, or no amount above 0.
    """
    table = table.between(since, until)
    orders = orders_in(table)
    if not len(orders.day):
        raise _refused(table, "all orders were returned, so that none is left to fit")
    histories = histories_of(table, orders, until)
    _refuse_too_few(table, histories)
    places = find_places(table, histories)
    rates = fit_rates(histories, base.market, places.of_customer)
    places = staffed(places, [number.value for number in rates.active], base)
    values = fit_values(histories)
    findings = (
        *_of_rates(rates, base, len(table)),
        *_of_values(values, base),
        *_of_market(rates, base, len(table), histories.weeks),
        *_of_places(places, rates),
        *_derived(places, rates, base, table.currency),
        *_left_alone(base),
    )
    return RegionFit(table, orders, histories, places, rates, findings)


def _told(path: str, number: Number, rows: int, name: str = "") -> Estimated:
    """Return a number as a scenario may say it."""
    low, high = LIMITS.get(name or path, (-math.inf, math.inf))
    form = ".0f" if name == "customers" else ".4g"
    value, least, most = (
        float(format(min(max(v, low), high), form)) for v in (number.value, number.low, number.high)
    )
    return Estimated(path, value, least, most, rows, words.HOW[name or path])


def _of_rates(rates: Rates, base: Scenario, rows: int) -> Iterator[Finding]:
    yield _told("demand.orders_per_week", rates.rate, rows)
    if rates.shape.known:
        yield _told("demand.rate_shape", rates.shape, rows)
    else:
        yield Kept("demand.rate_shape", base.demand.rate_shape, words.FLAT_RATES)
    yield _told("loss.per_week", rates.hazard, rows)
    if rates.cohort:
        yield Kept("demand.walk_ins_per_year", base.demand.walk_ins_per_year, words.COHORT)
    else:
        yield _told("demand.walk_ins_per_year", rates.arrivals, rows)


def _of_values(values: Values, base: Scenario) -> Iterator[Finding]:
    yield _told("demand.order_value", values.mean, values.orders)
    for name, number in (("value_sigma", values.sigma), ("value_cv", values.cv)):
        if number.known:
            yield _told(f"demand.{name}", number, values.orders)
        else:
            why = words.NO_REPEATS if name == "value_cv" else words.UNTOLD
            yield Kept(f"demand.{name}", getattr(base.demand, name), why)


def _of_market(rates: Rates, base: Scenario, rows: int, weeks: float) -> Iterator[Finding]:
    if rates.growth is None or rates.season is None:
        for name in ("drift_per_year", "season_share", "season_peak_week"):
            yield Kept(f"market.{name}", getattr(base.market, name), words.SHORT)
        return
    yield _told("market.drift_per_year", rates.growth, rows)
    season = rates.season
    reach = Z90 * season.share_error
    share = Number(season.share, season.share - reach, season.share + reach)
    yield _told("market.season_share", share, rows)
    if season.share <= reach:
        yield Kept("market.season_peak_week", base.market.season_peak_week, words.NO_WAVE)
        return
    # Week 0 of the region follows the last day of the file.
    peak, reach = (season.peak - weeks) % YEAR, Z90 * season.peak_error
    yield _told("market.season_peak_week", Number(peak, peak - reach, peak + reach), rows)


def _of_places(places: Places, rates: Rates) -> Iterator[Finding]:
    for place, active, potential in zip(places.places, rates.active, rates.potential, strict=True):
        path, rows = f"territories.{place.id}", place.rows
        whole = Number(round(active.value), active.low, active.high)
        yield _told(f"{path}.customers", whole, rows, "customers")
        if potential:
            yield _told(f"{path}.potential", potential, rows, "potential")
        elif len(places.places) > 1:
            yield Kept(f"{path}.potential", 1.0, words.FEW_HERE)
    if not places.known:
        yield Kept("territories", 1, words.NO_TERRITORY)
    if not places.known_reps:
        yield Kept("reps", sum(place.reps for place in places.places), words.NO_REP)


def _derived(places: Places, rates: Rates, base: Scenario, currency: str) -> Iterator[Finding]:
    """Yield what must fit the size of the region, or demand would not be what was observed."""
    reps = max(1, sum(place.reps for place in places.places))
    customers = max(rates.all_active.value, 1.0)
    selling, desks = base.selling, base.desks
    calls = reps * selling.calls_per_week * (1 - selling.prospecting_share) / customers
    yield Derived("response.reference_calls_per_week", _short(calls), words.CALLS)
    usual = max(customers_of(base), 1) * base.demand.orders_per_week
    orders = customers * rates.rate.value / max(usual, 1e-9)
    team = reps / max(reps_of(base), 1)
    crews = max(1, min(1000, math.ceil(desks.dispatch.crews * orders)))
    yield Derived("desks.dispatch.crews", crews, words.ORDERS)
    hours = min(2000.0, base.satisfaction.complaint_hours_per_week * orders)
    yield Derived("satisfaction.complaint_hours_per_week", _short(hours), words.ORDERS)
    for name in ("quote", "legal", "delivery"):
        if staff := getattr(desks, name).staff:
            size = max(1, min(500, math.ceil(staff * team)))
            yield Derived(f"desks.{name}.staff", size, words.TEAM)
    for name in ("budget_per_quarter", "reserve"):
        yield Derived(f"costs.{name}", _short(getattr(base.costs, name) * team), words.TEAM)
    leads = sum(t.leads_per_week for t in base.territories) / max(reps_of(base), 1)
    for place in places.places:
        path = f"territories.{place.id}.leads_per_week"
        yield Derived(path, _short(min(leads * place.reps, 10_000.0)), words.TEAM)
    yield Derived("funnel.new_customer_share", 0.0, words.ONCE)
    if currency:
        yield Derived("currency", currency, words.SIGN)


def _left_alone(base: Scenario) -> Iterator[Finding]:
    for path, what in words.NOT_IN_ORDERS.items():
        yield Kept(path, _under(base, path), words.silent(what))
    yield Kept("selling.key_share", base.selling.key_share, words.ACCOUNTS)


def _under(base: Scenario, path: str) -> Any:
    """Return the value at a path; of a whole block, the name of the region it comes from."""
    found: Any = base
    for step in path.split("."):
        found = getattr(found, step)
    return found if isinstance(found, int | float) else base.name


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _refuse_too_few(table: OrderTable, histories: Histories) -> None:
    """Refuse a history that is too short to say anything, and say what can still be done."""
    customers, repeats = len(histories), int((histories.count - 1).sum())
    if not histories.paid.any():
        raise _refused(table, "every amount is 0, so there are no order values")
    if customers >= MIN_CUSTOMERS and repeats >= MIN_REPEATS:
        return
    parts = []
    for i in range(min(SHOWN, customers)):
        paid = max(float(histories.paid[i]), 1.0)
        rate = histories.count[i] / max(histories.weeks, 1.0)
        name = table.customers[int(histories.number[i])]
        parts.append(
            f"{name}: orders_per_week {rate:.2g}, order_value {histories.money[i] / paid:.4g}"
        )
    raise _refused(
        table,
        f"{customers} customers with {repeats} repeat orders are too few: a fit needs at least "
        f"{MIN_CUSTOMERS} customers and {MIN_REPEATS} repeat orders. Take a longer period, or "
        f"write these customers under customers.named of a region ({'; '.join(parts)})",
    )


def _refused(table: OrderTable, message: str) -> ScenarioError:
    return ScenarioError([Problem(table.path, None, None, message)])
