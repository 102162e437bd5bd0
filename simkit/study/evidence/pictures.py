"""Theory or published figures as curves, and what the engine gives beside them, ready to draw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simkit.kpi.charts import Chart, Cusum, Ewma, Shewhart, TwoInARow
from simkit.region.population import draw_reps
from simkit.region.response import skill
from simkit.region.simulation import Simulation
from simkit.study.evidence.bare import bare, replicated
from simkit.study.evidence.data_panel import estimates, physicians
from simkit.study.evidence.facts_calls import fact_02
from simkit.study.evidence.facts_charts import PUBLISHED
from simkit.study.evidence.formulas import erlang_c, negative_binomial, queue_law, waiting
from simkit.study.evidence.row import mean_and_error
from simkit.study.evidence.sources import NotInstalledError
from simkit.study.evidence.validate import Progress, tasks_of_cases, validate
from simkit.study.evidence.worlds import happened, region

if TYPE_CHECKING:
    import pandas as pd

SERVERS = 5
PATIENCE = 0.5
"""Rate at which a waiting customer gives up, per mean time of work."""
LOADS = {"erlang_c": (0.5, 0.65, 0.8), "erlang_a": (0.6, 0.9, 1.2)}
QUARTER = 13
MOST_ORDERS = 12
TWO_YEARS = 104
CHARTS: dict[str, Chart] = {
    "shewhart": Shewhart(3.0),
    "cusum": Cusum(0.5, 4.0),
    "ewma": Ewma(0.1, 2.814),
    "two": TwoInARow(1.0),
}
PUBLISHED_CALLS = {"pooled": 0.293, "same month": 0.052, "five months": 0.154}
"""Manchanda, Rossi and Chintagunta 2004, JMR 41(4) (data); recomputed from bayesm."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Curves and points of one picture.

    `curves`: columns series, x, y. `points`: columns series, x, y, error (a standard error); their
    series are called after kind and subject: "engine", "engine cusum", "table cusum".
    """

    curves: "pd.DataFrame"
    points: "pd.DataFrame"


def _table(rows: Sequence[tuple[Any, ...]], *columns: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))


def _picture(curves: Sequence[tuple], points: Sequence[tuple]) -> Picture:
    return Picture(_table(curves, "series", "x", "y"), _table(points, "series", "x", "y", "error"))


def waits(tell: Progress) -> Picture:
    """Return mean waits at a desk of five over its load, in mean times of work.

    Series erlang_c: everybody waits; erlang_a: those who wait give up at rate `PATIENCE`.
    """
    curves = [("erlang_c", x, _wait(x, 0.0)) for x in np.linspace(0.2, 0.85, 40)]
    curves += [("erlang_a", x, _wait(x, PATIENCE)) for x in np.linspace(0.2, 1.25, 60)]
    texts = {
        "erlang_c": "mmc(arrival={}, service=1, servers={})",
        "erlang_a": "erlang_a(arrival={}, service=1, servers={}, patience=0.5)",
    }
    asked = [(name, load) for name, loads in LOADS.items() for load in loads]
    cases = [texts[name].format(round(load * SERVERS, 6), SERVERS) for name, load in asked]
    rows = [r for r in validate(tasks_of_cases(cases), 0, tell) if r.id.endswith(": mean wait")]
    points = [
        (f"engine {name}", load, row.measured, row.standard_error)
        for (name, load), row in zip(asked, rows, strict=True)
    ]
    return _picture(curves, points)


def _wait(load: float, patience: float) -> float:
    """Return the mean wait of all jobs; work takes 1 on average."""
    arrival = load * SERVERS
    if not patience:
        return erlang_c(SERVERS, arrival) / (SERVERS - arrival)
    return waiting(queue_law(arrival, 1.0, SERVERS, patience), SERVERS) / arrival


def buyers(tell: Progress) -> Picture:
    """Return shares of customers by their number of orders in a quarter: NBD and the engine."""
    runs, customers = 6, 1000
    demand = region(QUARTER).demand
    shape = demand.rate_shape or 1e6
    chance = negative_binomial(demand.orders_per_week * QUARTER, shape)
    places = [{"id": "shop", "customers": customers}]
    scenario = bare("demand", territories=places, weeks=QUARTER, warm_up_weeks=0)

    def shares(run: Simulation) -> list[float]:
        tell(1, 2)
        found: dict[str, int] = {}
        for event in happened(run, "order"):
            found[event[4]] = found.get(event[4], 0) + 1
        counts = np.bincount(list(found.values()), minlength=MOST_ORDERS + 1).astype(float)
        counts[0] = customers - len(found)
        return (counts[: MOST_ORDERS + 1] / customers).tolist()

    values = replicated(("picture", "buyers"), scenario, shares, runs, other_people=True)
    tell(2, 2)
    return _picture(
        [("nbd", x, chance(x)) for x in range(MOST_ORDERS + 1)],
        [("engine", x, *mean_and_error(column.tolist())) for x, column in enumerate(values.T)],
    )


def ramp(tell: Progress) -> Picture:
    """Return the skill of newcomers by months with the firm, against their own plateau.

    Curve: somebody who brings no experience. Points: those hired in two years of the shipped
    region, who bring some.
    """
    settings = region(TWO_YEARS).skill
    weeks = np.linspace(0, 52, 53)
    law = [skill(1.0, float(w), settings.start_share, settings.ramp_weeks) for w in weeks]
    found: dict[int, list[float]] = {}
    scenario = region(TWO_YEARS)
    first = {rep.id for rep in draw_reps(scenario)}
    simulation = Simulation(scenario, 1)
    while not simulation.done:
        simulation.step(simulation.decision)
        for rep in simulation.world.reps.values():
            if rep.id not in first and rep.employed and rep.tenure_weeks < 52:
                month = int(rep.tenure_weeks * 12 / 52)
                found.setdefault(month, []).append(rep.skill / rep.ability)
        tell(simulation.week, TWO_YEARS)
    points = [("engine", month + 0.5, *_spread(found[month])) for month in sorted(found)]
    return _picture([("law", w * 12 / 52, y) for w, y in zip(weeks, law, strict=True)], points)


def _spread(values: Sequence[float]) -> tuple[float, float]:
    """Return mean and standard error; a person is seen about four times in a month."""
    mean, error = mean_and_error(values)
    return mean, 2.0 * error


def calls(tell: Progress) -> Picture:
    """Return what one per cent more calls seems to bring, seen in three ways, data and engine.

    x 0: between accounts; 1: within an account, same month; 2: within, five months.
    """
    names = list(PUBLISHED_CALLS)
    try:
        found = list(estimates(*physicians()).values())
        real = [("data", x, fit.elasticity, fit.standard_error) for x, fit in enumerate(found)]
    except NotInstalledError:
        real = [("data", x, PUBLISHED_CALLS[name], 0.0) for x, name in enumerate(names)]
    rows = validate([("fact 2", fact_02, {}, False, 9.0)], 0, tell)[: len(names)]
    engine = [("engine", x, row.measured, row.standard_error) for x, row in enumerate(rows)]
    return _picture([], [*engine, *real])


def alarms(tell: Progress) -> Picture:
    """Return mean weeks to an alarm over how far the mean has dropped, in standard deviations.

    Curves: exact; table: published at the same limits; engine: weekly orders without any change.
    """
    drops = np.linspace(0.0, 3.0, 13)
    curves = [(name, x, chart.arl(-x)) for name, chart in CHARTS.items() for x in drops]
    names = {str(chart): name for name, chart in CHARTS.items()}
    published = [
        (f"table {names[str(chart)]}", shift, length, 0.0)
        for chart, shift, length in PUBLISHED
        if str(chart) in names
    ]
    rows = validate(tasks_of_cases(["control_charts()"]), 0, tell)
    found = {row.id.rpartition(": ")[2]: row for row in rows}
    engine = [
        (f"engine {name}", 0.0, found[text].measured, found[text].standard_error)
        for text, name in names.items()
    ]
    return _picture(curves, [*engine, *published])


PICTURES: dict[str, Callable[[Progress], Picture]] = {
    "waits": waits,
    "buyers": buyers,
    "ramp": ramp,
    "calls": calls,
    "alarms": alarms,
}
"""The pictures by name."""
