"""Control charts on the engine's weekly orders against their exact run lengths."""

import math

import numpy as np

from simkit.kpi.charts import (
    Chart,
    Cusum,
    Ewma,
    Shewhart,
    TwoInARow,
    count_residuals,
    normal_law,
    shifted_count_law,
)
from simkit.region.draws import Draws, entity_number
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.bare import bare, seeds
from simkit.study.evidence.families import Rows, Task, TooLong, between, cases, family
from simkit.study.evidence.row import exact_row
from simkit.study.evidence.worlds import happened, play, shock

SOURCE = "Brook and Evans 1972, Biometrika 59 (Markov chain)"
RUNS = 220
WEEKS = 400
MOST_WEEKS = 300_000
SPARE = 1.3
"""Weeks simulated over weeks that the runs take on average."""


@family
def control_charts(
    rate: float = 1,
    factor: float = 1,
    shewhart: float = 3,
    cusum_k: float = 0.5,
    cusum_h: float = 4,
    ewma_weight: float = 0.1,
    ewma_limit: float = 2.814,
    low: float = 1,
) -> Rows:
    """Mean run lengths of charts on weekly orders of single customers with a known rate.

    A randomised probability transform makes the Poisson counts exactly normal; `factor` multiplies
    the true rate by a shock, and the exact run length is then that of the changed law.
    """
    between(0.05, 20, rate=rate)
    between(0.1, 5, factor=factor)
    between(0.5, 4, shewhart=shewhart, low=low, ewma_limit=ewma_limit)
    between(0, 3, cusum_k=cusum_k)
    between(0.5, 15, cusum_h=cusum_h)
    between(0.01, 1, ewma_weight=ewma_weight)
    charts: list[Chart] = [
        Shewhart(shewhart),
        Cusum(cusum_k, cusum_h),
        Ewma(ewma_weight, ewma_limit),
        TwoInARow(low),
    ]
    law = normal_law(0.0) if factor == 1 else shifted_count_law(rate, rate * factor)
    lengths = [chart.arl(law=law) for chart in charts]
    needed = SPARE * RUNS * max(lengths)
    if needed > MOST_WEEKS:
        raise TooLong(
            f"a mean run length of {max(lengths):.3g} weeks is too long; lower the limits"
        )
    z = _residuals(rate, factor, math.ceil(needed / WEEKS))
    rows = []
    for chart, length in zip(charts, lengths, strict=True):
        runs = _runs(chart, z[: math.ceil(SPARE * RUNS * length)])
        what = f"mean weeks to an alarm, {RUNS} runs, new start after each"
        rows.append(exact_row(str(chart), what, SOURCE, length, runs))
    return rows


def _runs(chart: Chart, z: np.ndarray) -> list[float]:
    """Return the first run lengths along one long series; their number is fixed beforehand."""
    ends = np.flatnonzero(chart.alarms(z, restart=True)) + 1
    return np.diff(ends, prepend=0)[:RUNS].astype(float).tolist()


def _residuals(rate: float, factor: float, customers: int) -> np.ndarray:
    """Return the residuals of all customers' weekly orders, one customer after the other."""
    scenario = _orders(rate, factor, customers)
    seed = seeds(("control_charts", rate, factor), 1)[0]
    simulation = play(scenario, seed)
    counts = weekly_orders(simulation)
    table = Draws(seed).table("randomised residuals")
    names = [customer.id for customer in simulation.world.customers]
    u = np.array([table.row(entity_number(name), 0, WEEKS) for name in names])
    return count_residuals(counts, rate, u).ravel()


def _orders(rate: float, factor: float, customers: int) -> Scenario:
    scenario = bare(
        "demand",
        territories=[{"id": "north", "customers": customers}],
        weeks=WEEKS,
        warm_up_weeks=0,
        demand={"rate_shape": None, "orders_per_week": rate},
    )
    change = shock("change", ("demand", "north", factor), start=0, weeks=WEEKS)
    return scenario if factor == 1 else scenario.but(shocks=[change])


def weekly_orders(simulation: Simulation) -> np.ndarray:
    """Return the number of orders by customer and week."""
    counts = np.zeros((len(simulation.world.customers), simulation.scenario.weeks))
    places = {name: customer.place for name, customer in simulation.world.by_id.items()}
    for event in happened(simulation, "order"):
        counts[places[event[4]], int(event[0] // 5)] += 1
    return counts


TASKS: list[Task] = [
    *cases(control_charts, 2, {}),
    *cases(control_charts, 0.5, {"rate": 4, "factor": 0.5}),
]
