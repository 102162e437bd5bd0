"""Customers against Ehrenberg's negative binomial, Pareto/NBD, shares of the best, and adstock."""

import math

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.customers import Customers, KnownCustomer
from simkit.scenario.pareto_nbd import ParetoNbd, expected_orders
from simkit.scenario.records import Scenario
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import bare, compare, replicated
from simkit.study.evidence.families import (
    Rows,
    Task,
    TooLong,
    between,
    cases,
    family,
    must,
    positive,
)
from simkit.study.evidence.row import Row, exact_row
from simkit.study.evidence.worlds import happened, shock

MOST_ORDERS = 600_000
SEEN = 400
"""A class of customers is compared when at least so many of them are to be expected."""


def orders_of(simulation: Simulation, first: int, last: int) -> np.ndarray:
    """Return the number of orders of every customer in the weeks `first` to `last`."""
    counts = np.zeros(len(simulation.world.customers))
    places = {name: customer.place for name, customer in simulation.world.by_id.items()}
    for event in happened(simulation, "order", first=first, last=last):
        counts[places[event[4]]] += 1
    return counts


def _crowd(customers: int, weeks: int, **demand: float | None) -> Scenario:
    """Customers who order by themselves and feel nothing."""
    return bare(
        "demand",
        territories=[{"id": "north", "customers": customers}],
        weeks=weeks,
        warm_up_weeks=0,
        demand=demand,
    )


@family
def nbd(mean: float = 1, shape: float = 0.5) -> Rows:
    """NBD of purchases in a period (10 weeks), and what it expects of the next one by purchases."""
    positive(mean=mean, shape=shape)
    between(0.05, 100, mean=mean, shape=shape)
    replications = 24
    customers = int(min(1000, MOST_ORDERS / (2 * mean * replications)))
    scenario = _crowd(customers, 20, rate_shape=shape, orders_per_week=mean / 10)
    law = formulas.negative_binomial(mean, shape)
    total = customers * replications
    after = {x: (shape + x) / (shape / mean + 1) for x in range(4)}
    repeated = [x for x in after if law(x) * total * min(1.0, after[x]) >= SEEN]

    def measure(simulation: Simulation) -> list[float]:
        now, later = orders_of(simulation, 0, 9), orders_of(simulation, 10, 19)
        by_count = [later[now == x].mean() if (now == x).any() else math.nan for x in repeated]
        square = ((now - mean) ** 2).mean()
        return [(now == 0).mean(), now[now > 0].mean(), now.mean(), square, *by_count]

    values = replicated(("nbd", mean, shape), scenario, measure, replications, other_people=True)
    nobody = law(0)
    quantities = [
        ("no purchase", "share without a purchase", nobody),
        ("mean of buyers", "mean purchases of those who bought", mean / (1 - nobody)),
        ("mean", "mean purchases", mean),
        ("variance", "variance of purchases", mean * (1 + mean / shape)),
    ]
    quantities += [
        (f"next period after {x}", f"purchases in the next period of those with {x}", after[x])
        for x in repeated
    ]
    kept = [i for i in range(len(quantities)) if i > 0 or nobody * total >= SEEN]
    return compare("Ehrenberg 1959, Appl. Stat. 8", values[:, kept], *(quantities[i] for i in kept))


@family
def best_fifth(shape: float = 1, sigma: float = 0.85) -> Rows:
    """Share of potential with the best fifth: gamma rates (0: all equal), lognormal values."""
    between(0, 50, shape=shape)
    between(0, 2, sigma=sigma)
    positive(**{"shape or sigma": shape + sigma})
    scenario = _crowd(4000, 1, rate_shape=shape or None, value_sigma=sigma, order_value=1)

    def measure(simulation: Simulation) -> list[float]:
        worth = np.sort([c.orders_per_week * c.order_value for c in simulation.world.customers])
        return [worth[-len(worth) // 5 :].sum() / worth.sum()]

    luck = ("best_fifth", shape, sigma)
    values = replicated(luck, scenario, measure, 12, other_people=True)
    expected = formulas.best_share(shape, sigma)
    what = "share of potential with the best 20 % of customers"
    return compare("gamma and lognormal order statistics", values, ("share", what, expected))


@family
def pareto_nbd(
    r: float = 0.553,
    alpha: float = 10.578,
    s: float = 0.606,
    beta: float = 11.669,
    weeks: float = 52,
) -> Rows:
    """Pareto/NBD: orders of a new customer up to a time, and the chance to be a customer still.

    The defaults are the published parameters of the CDNOW customers; the customers are those of an
    order history, with gamma rates of ordering and of leaving.
    """
    positive(r=r, alpha=alpha, s=s, beta=beta, weeks=weeks)
    between(0.05, 50, r=r, s=s)
    model = ParetoNbd(r, alpha, s, beta)
    orders = float(expected_orders(model, weeks, 0, 0, 0))
    alive = (beta / (beta + weeks)) ** s
    replications = 8
    customers = int(min(2500, MOST_ORDERS / replications / max(orders, 0.1)))
    if customers < 100:
        raise TooLong(f"{orders:.3g} orders of each customer are too many; lower r or weeks")
    if customers * replications * min(orders, alive, 1 - alive) < SEEN:
        raise TooLong("hardly anybody orders, stays or leaves in this time; change weeks")
    scenario = _cohort(model, weeks, customers)

    def measure(simulation: Simulation) -> list[float]:
        count = len(happened(simulation, "order"))
        still = sum(customer.alive for customer in simulation.world.customers)
        return [count / customers, still / customers]

    luck = ("pareto_nbd", r, alpha, s, beta, weeks)
    values = replicated(luck, scenario, measure, replications, other_people=True)
    return compare(
        "Schmittlein, Morrison and Colombo 1987, Mgmt Sci. 33; parameters: Fader et al. 2005",
        values,
        ("orders", f"mean orders in {weeks:g} weeks", orders),
        ("alive", f"share who are customers after {weeks:g} weeks", alive),
    )


def _cohort(model: ParetoNbd, weeks: float, customers: int) -> Scenario:
    """Customers of a history who all begin now; the time is stretched to whole weeks."""
    length = min(104, math.ceil(weeks))
    scale = weeks / length
    everyone = {
        "territory": "north",
        "active_chance": 1.0,
        "mean_rate": scale * model.r / model.alpha,
        "rate_shape": model.r,
        "mean_loss": scale * model.s / model.beta,
        "loss_shape": model.s,
        "order_value": 100,
        "order_value_cv": 0.5,
    }
    known = [KnownCustomer(id=f"c{i}", **everyone) for i in range(customers)]
    return bare(
        "demand",
        "loss",
        territories=[{"id": "north"}],
        customers=Customers(known=tuple(known), source="the published law of the customers"),
        weeks=length,
        warm_up_weeks=0,
    )


@family
def adstock(carry_over: float = 0.95, weeks: int = 52) -> Rows:
    """Goodwill of calls: its half-life, the long-run multiplier of a call, orders without calls."""
    between(0.05, 0.99, carry_over=carry_over)
    between(4, 520, weeks=weeks)
    must(carry_over**weeks > 1e-200, "nothing is left after so many weeks; lower weeks")
    response = {"carry_over": carry_over, "floor": 0.4, "ceiling": 1.641, "half": 1.069}
    return [
        *_forgotten(response, carry_over, weeks),
        _multiplier(response, carry_over, weeks),
    ]


def _forgotten(response: dict[str, float], carry_over: float, weeks: int) -> Rows:
    """Nobody calls: goodwill fades from 1, and orders with it."""
    scenario = bare(
        "demand",
        "response",
        territories=[{"id": "north", "customers": 100}],
        weeks=weeks,
        warm_up_weeks=0,
        demand={"rate_shape": None, "orders_per_week": 1.0},
        response=response,
    )

    def measure(simulation: Simulation) -> list[float]:
        orders = len(happened(simulation, "order")) / 100
        left = float(simulation.accounts.goodwill.mean())
        return [orders, weeks * math.log(0.5) / math.log(left)]

    values = replicated(("adstock", carry_over, weeks), scenario, measure)
    shape = (response["floor"], response["ceiling"], response["half"])
    orders = math.fsum(formulas.adbudg(carry_over ** (w + 1), *shape) for w in range(weeks))
    return compare(
        "geometric adstock (Broadbent 1979); response: Little 1970",
        values,
        ("orders without calls", "orders of a customer (one a week before) in all weeks", orders),
        ("half-life", "weeks in which goodwill halves", math.log(0.5) / math.log(carry_over)),
    )


def _multiplier(response: dict[str, float], carry_over: float, weeks: int) -> Row:
    """What twice the calls in week 0, by a shock that halves the visits, are worth afterwards.

    Visits last a quarter of a day, which binary numbers hold exactly: no call slips into another
    week. Goodwill adds up over the customers, so who gets the extra calls does not matter.
    """
    scenario = bare(
        "response",
        territories=[{"id": "north", "customers": 30, "reps": 1}],
        weeks=weeks + 1,
        warm_up_weeks=4,
        response={**response, "reference_calls_per_week": 1},
        selling={"calls_per_week": 20, "visit_cv": 0},
    )
    busy = scenario.but(shocks=[shock("busy", ("visit_time", "north", 0.5), start=0, weeks=1)])
    extra = _goodwill(busy) - _goodwill(scenario)
    multiplier = float(extra[1:].sum() / extra[1])
    exact = (1 - carry_over**weeks) / (1 - carry_over)
    what = f"effect of extra calls over {weeks} weeks, in effects of the first week"
    source = "geometric adstock: (1 - c^n) / (1 - c), in the long run 1 / (1 - c)"
    return exact_row("multiplier", what, source, exact, [multiplier])


def _goodwill(scenario: Scenario) -> np.ndarray:
    """Return the goodwill of all customers together in every week."""
    simulation = Simulation(scenario)
    totals = []
    while not simulation.done:
        simulation.step(simulation.decision)
        totals.append(float(simulation.accounts.goodwill.sum()))
    return np.array(totals)


TASKS: list[Task] = [
    *cases(nbd, 2, {}, {"mean": 5, "shape": 1}),
    *cases(best_fifth, 2, {}, {"shape": 0.5, "sigma": 0}, {"shape": 0, "sigma": 1.3}),
    *cases(pareto_nbd, 3, {}),
    *cases(adstock, 1, {}),
]
