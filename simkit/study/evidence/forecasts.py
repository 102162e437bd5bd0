"""Forecasts of weekly sales, from what a manager might do by hand to exponential smoothing."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simkit.region.draws import Draws, entity_number, normal
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.simulation import Simulation
from simkit.study.evidence.worlds import YEAR, Array, happened
from simkit.study.outcome import SALES

ALPHAS = np.linspace(0.02, 0.98, 25)
BETAS = (0.02, 0.05, 0.1, 0.2)
DAMPING = 0.9
NOISE = 0.10
"""Log standard deviation of a manager's gut feeling about next quarter (assumption)."""
HORIZON = 13
ORIGINS = (52, 65, 78, 91)
"""Weeks from which a quarter is forecast."""
ENDS = ("won", "lost", "no_decision")


@dataclass(frozen=True)
class Known:
    """What is known of a territory when the forecast is made; money a week."""

    name: str
    sales: Array
    """Routine orders and deals, week by week."""
    orders: Array
    """Routine orders alone."""
    pipeline: float
    """Open deals at list value, each times the share won so far from its stage."""
    seed: int


Method = Callable[[Known, int], Array]
"""A forecast of so many weeks ahead."""


def smoothing(known: Known, weeks: int) -> Array:
    """Return exponential smoothing, without or with a damped trend, whichever has the lower AIC.

    Source: Gardner 2006, International Journal of Forecasting 22(4); parameters by least squares.
    """
    y, n = known.sales, len(known.sales)
    grid = np.array([(a, b) for a in ALPHAS for b in BETAS])
    simple = _smooth(y, ALPHAS, np.zeros_like(ALPHAS))
    damped = _smooth(y, grid[:, 0], grid[:, 1])
    level, trend, _ = (part[simple[2].argmin()] for part in simple)
    errors = [simple[2].min(), damped[2].min()]
    criteria = [n * math.log(e / n) + 2 * k for e, k in zip(errors, (2, 4), strict=True)]
    if criteria[1] < criteria[0]:
        level, trend, _ = (part[damped[2].argmin()] for part in damped)
    return np.asarray(level + trend * np.cumsum(DAMPING ** np.arange(1, weeks + 1)))


def _smooth(y: Array, alpha: Array, beta: Array) -> tuple[Array, Array, Array]:
    """Return last level, last trend and sum of squared errors for each pair of parameters."""
    level, trend = np.full_like(alpha, y[:8].mean()), np.zeros_like(alpha)
    squares = np.zeros_like(alpha)
    for value in y:
        before = level + DAMPING * trend
        error = value - before
        squares += error * error
        level = before + alpha * error
        trend = DAMPING * trend + alpha * beta * error
    return level, trend, squares


def naive(known: Known, weeks: int) -> Array:
    """Return last week again and again."""
    return np.full(weeks, known.sales[-1])


def seasonal_naive(known: Known, weeks: int) -> Array:
    """Return the same weeks of last year."""
    return known.sales[-YEAR:][:weeks]


def recent_mean(known: Known, weeks: int) -> Array:
    """Return the mean of the last eight weeks."""
    return np.full(weeks, known.sales[-8:].mean())


def quarter_mean(known: Known, weeks: int) -> Array:
    """Return the mean of the last quarter."""
    return np.full(weeks, known.sales[-13:].mean())


def drift(known: Known, weeks: int) -> Array:
    """Return last week, going on as from the first week to the last."""
    step = (known.sales[-1] - known.sales[0]) / (len(known.sales) - 1)
    return known.sales[-1] + step * np.arange(1, weeks + 1)


def trend_line(known: Known, weeks: int) -> Array:
    """Return the straight line through the last year."""
    y = known.sales[-YEAR:]
    slope, start = np.polyfit(np.arange(len(y)), y, 1)
    return np.asarray(start + slope * np.arange(len(y), len(y) + weeks))


def growth_on_last_year(known: Known, weeks: int) -> Array:
    """Return last year's weeks, times how the last quarter compares with the one a year before."""
    y = known.sales
    growth = y[-13:].mean() / y[-YEAR - 13 : -YEAR].mean()
    return growth * seasonal_naive(known, weeks)


def gut_feeling(known: Known, weeks: int) -> Array:
    """Return last month, moved by a manager's hunch."""
    hunch = Draws(known.seed).table("gut feeling").one(entity_number(known.name), len(known.sales))
    return np.full(weeks, known.sales[-4:].mean() * math.exp(NOISE * normal(hunch)))


def weighted_pipeline(known: Known, weeks: int) -> Array:
    """Return the recent mean of routine orders, and the weighted open deals spread evenly."""
    return np.full(weeks, known.orders[-8:].mean() + known.pipeline / weeks)


CONTESTANTS: tuple[Method, ...] = (
    naive,
    seasonal_naive,
    recent_mean,
    quarter_mean,
    drift,
    trend_line,
    growth_on_last_year,
    gut_feeling,
    weighted_pipeline,
)


def scaled_error(actual: Array, forecast: Array, past: Array) -> float:
    """Return the root mean squared error over that of naive steps in the past.

    Source: RMSSE, Makridakis et al. 2022, International Journal of Forecasting 38(4).
    """
    steps = np.diff(past)
    return float(np.sqrt(np.mean((actual - forecast) ** 2) / np.mean(steps**2)))


# The contest (fact 40)


def beating_smoothing(simulation: Simulation) -> float:
    """Return the share of contestants who forecast quarters better than exponential smoothing.

    Weekly sales of each territory, a quarter ahead from four weeks; a contestant's score is the
    mean scaled error over all of them.
    """
    tasks = list(_tasks(simulation))
    benchmark = _score(smoothing, tasks)
    return sum(_score(method, tasks) < benchmark for method in CONTESTANTS) / len(CONTESTANTS)


def _score(method: Method, tasks: Sequence[tuple[Known, Array]]) -> float:
    errors = [scaled_error(later, method(known, HORIZON), known.sales) for known, later in tasks]
    return math.fsum(errors) / len(errors)


def _tasks(simulation: Simulation) -> list[tuple[Known, Array]]:
    """What is known of each territory in each week of forecast, and what came then."""
    warm_up = simulation.scenario.warm_up_weeks
    sales, orders = (_weekly(simulation, kinds) for kinds in (SALES, ("order",)))
    tasks = []
    for origin in ORIGINS:
        pipeline, now = _pipeline(simulation, origin), origin + warm_up
        for name, row in sales.items():
            past = orders[name][:now]
            known = Known(name, row[:now], past, pipeline.get(name, 0.0), simulation.seed)
            tasks.append((known, row[now : now + HORIZON]))
    return tasks


def _weekly(simulation: Simulation, kinds: Sequence[str]) -> dict[str, Array]:
    """Sales by territory, from the first week of the warm-up."""
    first = simulation.scenario.warm_up_weeks
    rows = {
        t.id: np.zeros(simulation.scenario.weeks + first) for t in simulation.scenario.territories
    }
    for event in happened(simulation, *kinds, first=-first):
        rows[event[2]][int(event[0] // DAYS_PER_WEEK) + first] += event[6]
    return rows


def _pipeline(simulation: Simulation, week: int) -> dict[str, float]:
    """Open deals of each territory before `week`, each times the share won from its stage."""
    past = happened(simulation, "stage", *ENDS, first=-YEAR, last=week - 1)
    stages: dict[str, list[Event]] = defaultdict(list)
    ends: dict[str, str] = {}
    for event in past:
        if event[1] == "stage":
            stages[event[5]].append(event)
        else:
            ends[event[5]] = event[1]
    reached, won = Counter[str](), Counter[str]()
    for deal, how in ends.items():
        seen = [event[7] for event in stages[deal]]
        reached.update(seen)
        won.update(seen if how == "won" else ())
    pipeline: dict[str, float] = defaultdict(float)
    for deal, events in stages.items():
        if deal not in ends:
            last = max(events)
            pipeline[last[2]] += last[6] * won[last[7]] / max(1, reached[last[7]])
    return pipeline
