"""Fitting what customers spend per order: lognormal between customers and within them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simkit.scenario.fit.numbers import Z90, Number
from simkit.scenario.fit.orders.order_table import Histories
from simkit.scenario.likelihood import Array, climb

STEP = 1e-4
ENOUGH = 10
"""Customers with two paid orders that are needed to see the variation within customers."""


@dataclass(frozen=True, slots=True)
class Values:
    """Mean order value, its log spread between customers, and the variation of one customer's."""

    mean: Number
    sigma: Number
    cv: Number
    orders: int


def fit_values(histories: Histories) -> Values:
    """Fit order values by maximum likelihood: log value = mean + customer + order, both normal.

    The covariance is the sandwich over customers (White 1982, Econometrica 50(1)), so that values
    that are not quite lognormal do not make the intervals too narrow.
    """
    paid = histories.paid > 0
    n = histories.paid[paid]
    mean = histories.logs[paid] / n
    within = np.maximum(histories.squares[paid] - n * mean**2, 0.0)

    def each(p: Array) -> Array:
        return _log_likelihoods(p, n, mean, within)

    inside = max(float(within.sum() / max((n - 1).sum(), 1)), 1e-4)
    between = max(float(mean.var()), 1e-3)
    start = [
        0.5 * np.log(inside),
        0.5 * np.log(between),
        float(mean.mean()) + (inside + between) / 2,
    ]
    bounds = [(-5.0, 1.6), (-5.0, 1.6), (start[2] - 8, start[2] + 8)]
    peak = climb(lambda p: float(each(p).sum()), [start], bounds)
    known = np.isfinite(np.diag(peak.covariance))
    bread = np.where(np.isfinite(peak.covariance), peak.covariance, 0.0)
    errors = np.sqrt(np.diag(_sandwich(each, peak.point, bread)))
    low, value, high = (np.exp(peak.point + k * Z90 * errors) for k in (-1, 0, 1))
    known[0] &= int((n >= 2).sum()) >= ENOUGH
    cv, cv_low, cv_high = (float(np.sqrt(np.expm1(v[0] ** 2))) for v in (value, low, high))
    return Values(
        Number(float(value[2]), float(low[2]), float(high[2]), bool(known[2])),
        Number(float(value[1]), float(low[1]), float(high[1]), bool(known[1])),
        Number(cv, cv_low, cv_high, bool(known[0])),
        int(n.sum()),
    )


def _log_likelihoods(p: Array, n: Array, mean: Array, within: Array) -> Array:
    """Return the log-likelihood of each customer at logs of the two sigmas and of the mean.

    The exact one of a normal with one random effect; the mean of the values is
    exp(center + (inside + between) / 2).
    """
    inside, between = np.exp(2 * p[0]), np.exp(2 * p[1])
    center = p[2] - (inside + between) / 2
    total = inside + n * between
    found: Array = -0.5 * (
        (n - 1) * np.log(inside)
        + np.log(total)
        + within / inside
        + n * (mean - center) ** 2 / total
    )
    return found


def _sandwich(each: Callable[[Array], Array], point: Array, bread: Array) -> Array:
    steps = np.eye(len(point)) * STEP
    scores = np.stack([(each(point + s) - each(point - s)) / (2 * STEP) for s in steps], 1)
    found: Array = bread @ (scores.T @ scores) @ bread
    return found
