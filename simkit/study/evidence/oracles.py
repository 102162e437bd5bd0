"""Independent programs on the same cases: Ciw simulates a queue, stockpyl computes a stock.

Both belong to the optional extra `validation`; without them the rows say so.
"""

import math
from importlib.util import find_spec

from simkit.region.simulation import Simulation
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import REPLICATIONS, replicated, seeds
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.inventory import reorder_shop
from simkit.study.evidence.queues import MOST_STAFF, mmc_plan, one_desk, waits
from simkit.study.evidence.row import LIMIT, Row, exact_row, mean_and_error, missing_row
from simkit.study.evidence.worlds import happened

REMEDY = "not installed: pip install 'regional-simkit[validation]'"


def ciw_queue(arrival: float = 4, service: float = 1, servers: int = 5) -> Rows:
    """M/M/c: mean wait in the engine against Ciw (Palmer et al. 2019, J. Simul. 13)."""
    id, what = f"ciw(arrival={arrival:g},service={service:g},servers={servers})", "mean wait"
    source = "Ciw, an independent simulation: Palmer et al. 2019, J. Simul. 13"
    if find_spec("ciw") is None:
        return [missing_row(id, "exact", what, source, REMEDY)]
    plan = mmc_plan(arrival, service, min(servers, MOST_STAFF))
    luck = ("ciw", arrival, service, servers)
    ours = replicated(
        luck, one_desk(plan, service, servers), lambda sim: [waits(sim, plan.scale).mean()]
    )
    warm_up, length = 5 * plan.warm_up / plan.scale, 5 * plan.weeks / plan.scale
    theirs = [
        _ciw_wait(arrival, service, servers, warm_up, length, seed)
        for seed in seeds(luck, REPLICATIONS)
    ]
    return [_same(id, what, source, theirs, ours[:, 0].tolist())]


def _ciw_wait(
    arrival: float, service: float, servers: int, warm_up: float, length: float, seed: int
) -> float:
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=arrival)],
        service_distributions=[ciw.dists.Exponential(rate=service)],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(warm_up + length)
    found = [r.waiting_time for r in simulation.get_all_records() if r.arrival_date >= warm_up]
    return float(sum(found) / len(found))


def _same(id: str, what: str, source: str, theirs: list[float], ours: list[float]) -> Row:
    """Compare two independent samples: within 4 standard errors of their difference."""
    expected, their_error = mean_and_error(theirs)
    measured, our_error = mean_and_error(ours)
    error = math.hypot(their_error, our_error)
    low, high = expected - LIMIT * error, expected + LIMIT * error
    fits = low <= measured <= high and error < 0.1 * expected
    return Row(id, "exact", what, source, expected, low, high, measured, error, fits)


def stockpyl_stock(demand: float = 4, lead: float = 5, point: int = 24, quantity: int = 30) -> Rows:
    """(s, Q): mean stock on hand in the engine against stockpyl's exact cost of holding it.

    With a price of 1 for a piece on hand and next to nothing for everything else the cost is the
    mean stock (Snyder and Shen, Fundamentals of Supply Chain Theory, 2nd ed., eq. 5.48).
    """
    id = f"stockpyl(demand={demand:g},lead={lead:g},point={point},quantity={quantity})"
    what, source = "mean stock on hand at the start of a week", "stockpyl: Snyder 2023"
    if find_spec("stockpyl") is None:
        return [missing_row(id, "exact", what, source, REMEDY)]
    from stockpyl.rq import r_q_cost_poisson

    nothing = 1e-12
    expected = r_q_cost_poisson(point, quantity, 1, nothing, nothing, demand, lead)
    short = formulas.reorder_point_short(point, quantity, demand * lead)
    scenario = reorder_shop(demand * lead, point, quantity, short)

    def measure(simulation: Simulation) -> list[float]:
        levels = [event[6] for event in happened(simulation, "stock_level")]
        return [math.fsum(levels) / len(levels)]

    values = replicated(("stockpyl", demand, lead, point, quantity), scenario, measure)
    return [exact_row(id, what, source, expected, values[:, 0].tolist())]


TASKS: list[Task] = [
    ("ciw", ciw_queue, {}, True, 15.0),
    ("stockpyl", stockpyl_stock, {}, True, 8.0),
]
