"""Facts 5 and 6: who looks after whom, and what an even share of the accounts is worth."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable

from simkit.planning.territories import dealt_out, share_outside
from simkit.region.population import draw_customers, draw_reps
from simkit.region.state import Customer
from simkit.scenario.records import Scenario
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    YEAR,
    changed,
    contribution,
    if_outside,
    play,
    region,
    seeds,
)

SKIERA = "Skiera and Albers 1998, Marketing Science 17(3)"
SINHA = "Sinha and Zoltners 2001, Interfaces 31(3)"


# Fact 5


def fact_05(replications: int = 5) -> list[Row]:
    """Return what balanced accounts bring: the same customers and reps, before and after.

    Before: the shipped map, accounts dealt out in turn. After: the largest account goes to the rep
    of its territory with the least potential so far. Both maps hold from before the warm-up, so
    there is no cost of change in the figure. Measured: contribution of a year, after the reps.
    """
    reps = draw_reps(region(YEAR))
    customers, _ = draw_customers(region(YEAR), reps)
    now = listed({customer.id: customer.rep.id for customer in customers if customer.rep})
    then = listed(balanced(customers))
    values = []
    for seed in seeds(replications):
        before, after = (contribution(play(world, seed)) for world in (now, then))
        values.append(after / before - 1.0)
    what = "contribution gained by balancing accounts between reps, without the cost of change"
    row = band_row("fact 5", what, SKIERA, (0.01, 0.08), *mean_and_error(values), expected=0.058)
    return [if_outside(row, below=_WHY_MAP)]


_WHY_MAP = (
    "with a concave response the unequal loads of fact 6 alone cost under 1 % (evidence 1f); "
    "travel, which realignment also saves, does not depend on the map here"
)


def balanced(customers: Iterable[Customer]) -> dict[str, str]:
    """Return a rep of its territory for each customer, dealt out by potential."""
    customers = [customer for customer in customers if customer.rep]
    teams: dict[Hashable, dict[str, float]] = defaultdict(dict)
    for customer in customers:
        if customer.rep:
            teams[customer.territory][customer.rep.id] = 0.0
    return dealt_out({c.id: (_potential(c), c.territory) for c in customers}, teams)


def _potential(customer: Customer) -> float:
    return customer.orders_per_week * customer.order_value


def listed(whose: dict[str, str]) -> Scenario:
    """Return the region of a year with its customers listed, each with the rep `whose` says."""
    scenario = region(YEAR)
    customers, _ = draw_customers(scenario, draw_reps(scenario))
    named = [
        {
            "id": f"of-{customer.id}",
            "name": {"en": customer.id, "zh": customer.id},
            "territory": customer.territory,
            "rep": whose[customer.id],
            "orders_per_week": customer.orders_per_week,
            "order_value": customer.order_value,
        }
        for customer in customers
    ]
    places = [territory.but(customers=0) for territory in scenario.territories]
    return changed(
        scenario, territories=places, customers={"named": named, "source": "the drawn customers"}
    )


# Fact 6


def fact_06(replications: int = 20) -> list[Row]:
    """Return the share of reps whose accounts hold much more or less than the mean potential.

    Potential: expected routine sales; much: outside 0.85 to 1.15 of the mean of all reps. One value
    for each population (the shipped region is population 1), since chance of a run plays no part.
    """
    values = [_unequal(region(YEAR, population_seed=seed)) for seed in seeds(replications)]
    what = f"share of reps with 15 % more or less potential than the mean; shipped: {values[0]:.2f}"
    row = band_row(
        "fact 6", what, SINHA, (0.45, 0.65), *mean_and_error(values), role="I", expected=0.55
    )
    return [if_outside(row, below=_WHY_EVEN)]


_WHY_EVEN = (
    "the population is drawn evenly spread and accounts are dealt out in turn, so that reps differ "
    "less in potential than by chance alone, and all territories have as many reps and customers"
)


def _unequal(scenario: Scenario) -> float:
    loads: dict[str, float] = defaultdict(float)
    for customer in draw_customers(scenario, draw_reps(scenario))[0]:
        if customer.rep:
            loads[customer.rep.id] += _potential(customer)
    mean = math.fsum(loads.values()) / len(loads)
    return share_outside(load / mean for load in loads.values())


TASKS = [
    ("fact 6", fact_06, {"replications": 20}, False, 1),
    ("fact 5", fact_05, {"replications": 32}, True, 64),
]
