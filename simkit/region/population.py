"""Who is there: customers and reps drawn from the scenario, the same in every replication."""

from collections import defaultdict
from collections.abc import Iterator

from simkit.region.draws import (
    Draws,
    entity_number,
    exponential,
    gamma,
    lognormal,
    sigma_of,
    spread,
)
from simkit.region.state import CLASSES, Customer, Rep
from simkit.scenario.customers import KnownCustomer, NamedCustomer
from simkit.scenario.records import Scenario, Territory

Thresholds = dict[str, tuple[float, float]]
"""By territory: the weekly potential from which a customer is a key or a regular account."""


def draw_reps(scenario: Scenario) -> list[Rep]:
    """Return the reps of the scenario: those listed by name, then the drawn ones."""
    skill, shifts = scenario.skill, Draws(scenario.population_seed).table("reps")
    reps = []
    for rep in scenario.reps:
        drawn = lognormal(shifts.one(entity_number(rep.id)), skill.ability_sigma)
        reps.append(Rep(rep.id, rep.territory, rep.ability or drawn, rep.tenure_weeks))
    for territory in scenario.territories:
        shift = shifts.row(entity_number(territory.id), 0, 2).tolist()
        for i in range(territory.reps):
            ability = lognormal(spread(shift[0], i, 0), skill.ability_sigma)
            tenure = skill.mean_tenure_weeks * exponential(spread(shift[1], i, 1))
            reps.append(Rep(f"{territory.id}-r{i + 1}", territory.id, ability, tenure))
    return reps


def draw_customers(scenario: Scenario, reps: list[Rep]) -> tuple[list[Customer], Thresholds]:
    """Return the customers at the start, with class and rep, and the limits of the classes."""
    customers = [*_listed(scenario, reps), *_from_history(scenario, reps)]
    for territory in scenario.territories:
        team = [rep for rep in reps if rep.territory == territory.id]
        for i, customer in enumerate(_drawn(scenario, territory)):
            customer.rep = team[i % len(team)] if team else None
            customers.append(customer)
    thresholds = _thresholds(scenario, customers)
    for customer in customers:
        customer.klass = class_of(customer, thresholds)
    return customers, thresholds


def new_customer(scenario: Scenario, territory: str, name: str, u: list[float]) -> Customer:
    """Return a customer who arrives later, drawn at the uniforms `u` (rate, value)."""
    demand = scenario.demand
    place = next(t for t in scenario.territories if t.id == territory)
    rate = demand.orders_per_week * place.potential * _rate_factor(scenario, u[0])
    value = demand.order_value * lognormal(u[1], demand.value_sigma)
    return _customer(scenario, name, territory, rate, value)


def class_of(customer: Customer, thresholds: Thresholds) -> str:
    """Return "key", "regular" or "tail" by the yearly potential of a customer."""
    potential = customer.orders_per_week * customer.order_value
    key, regular = thresholds.get(customer.territory, (0.0, 0.0))
    return CLASSES[0 if potential >= key else 1 if potential >= regular else 2]


def _rate_factor(scenario: Scenario, u: float) -> float:
    shape = scenario.demand.rate_shape
    return 1.0 if shape is None else gamma(u, shape)


def _customer(scenario: Scenario, name: str, territory: str, rate: float, value: float) -> Customer:
    return Customer(
        id=name,
        territory=territory,
        number=entity_number(name),
        orders_per_week=rate,
        order_value=value,
        value_sigma=sigma_of(scenario.demand.value_cv),
        loss_per_week=scenario.loss.per_week,
    )


def _drawn(scenario: Scenario, territory: Territory) -> Iterator[Customer]:
    table = Draws(scenario.population_seed).table("customers")
    shift = table.row(entity_number(territory.id), 0, 2).tolist()
    for i in range(territory.customers):
        u = [spread(shift[0], i, 0), spread(shift[1], i, 1)]
        yield new_customer(scenario, territory.id, f"{territory.id}-{i + 1:04d}", u)


def _rep_of(named: NamedCustomer | KnownCustomer, reps: list[Rep]) -> Rep | None:
    """The rep named, or one of the territory by the customer's own number."""
    team = [rep for rep in reps if rep.territory == named.territory]
    chosen = [rep for rep in reps if rep.id == named.rep]
    if chosen or not team:
        return chosen[0] if chosen else None
    return team[entity_number(named.id) % len(team)]


def _listed(scenario: Scenario, reps: list[Rep]) -> Iterator[Customer]:
    for named in scenario.customers.named:
        customer = _customer(
            scenario, named.id, named.territory, named.orders_per_week, named.order_value
        )
        customer.rep = _rep_of(named, reps)
        yield customer


def _from_history(scenario: Scenario, reps: list[Rep]) -> Iterator[Customer]:
    """Customers of an order history: rate, loss and being active from their posterior."""
    table = Draws(scenario.population_seed).table("history")
    for known in scenario.customers.known:
        active, rate, loss = table.row(entity_number(known.id), 0, 3).tolist()
        if active >= known.active_chance:
            continue
        customer = _customer(
            scenario,
            known.id,
            known.territory,
            known.mean_rate * gamma(rate, known.rate_shape),
            known.order_value,
        )
        customer.value_sigma = sigma_of(known.order_value_cv)
        customer.loss_per_week = known.mean_loss * gamma(loss, known.loss_shape)
        customer.rep = _rep_of(known, reps)
        if known.joined_weeks_ago is not None:
            customer.arrives = -5.0 * known.joined_weeks_ago
        yield customer


def _thresholds(scenario: Scenario, customers: list[Customer]) -> Thresholds:
    potentials = defaultdict(list)
    for customer in customers:
        potentials[customer.territory].append(customer.orders_per_week * customer.order_value)
    selling = scenario.selling
    thresholds = {}
    for territory, values in potentials.items():
        values.sort(reverse=True)
        last = len(values) - 1
        key = values[min(last, max(0, round(selling.key_share * len(values)) - 1))]
        share = selling.key_share + selling.regular_share
        thresholds[territory] = (key, values[min(last, max(0, round(share * len(values)) - 1))])
    return thresholds
