"""Who orders from a firm in a period: customers there at its start and new ones, who may leave.

While active, a customer orders at a Poisson rate, Gamma(shape, mean) over customers, and leaves for
good at a constant hazard. The period begins with an unknown number of active customers, and new
ones arrive evenly. Seen is who ordered at least once in it, and of those the number of orders, the
first and the last: whoever ordered late may be new or rare, whoever stopped may have left or be
slow, and the likelihood weighs all of it. Times are in weeks from the start of the period.

A customer with n orders, the first at t1 and the last at tn, has over the period T, up to factors
that no parameter moves, with G(w) = (1 + w / a)^-(shape + n) e^(-h w), a = shape / mean:

    there at the start:  G(T) + h * integral of G over (tn, T)
    new:                 integral of G over (T - t1, T) + h * double integral of G(y - x) over
                         x in (0, t1), y in (tn, T)

The second integral is one over w = y - x with a weight of straight pieces that break at tn and at
T - t1, so that Gauss-Legendre in the log of w, piece by piece, needs no cases. Given the number
seen, the likelihood is that of each customer over the chance of being seen at all. Rates are those
of Schmittlein, Morrison & Colombo 1987, Management Science 33(1) 1-24, with the same hazard for
everybody, as scenarios have it; that customers were there before the period is added.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simkit.scenario.likelihood import Array

NODES = 12
"""Nodes for each of the three pieces of a customer's integral."""
NODES_UNSEEN = 40
CHUNK = 2048
"""Customers integrated at a time: their nodes then stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Population:
    """Parameters: `shape` (a number), `rate` (orders a week), `hazard` and `arrivals` (a week).

    `arrivals` are new customers a week for each one there at the start of the period.
    """

    shape: float
    rate: float
    hazard: float
    arrivals: float


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Customers with an order: how many orders, weeks of the first and the last; factors on rates.

    `weeks` is the length of the period; `factor` multiplies the mean rate of each customer.
    """

    count: Array
    first: Array
    last: Array
    factor: Array
    weeks: float

    def part(self, kept: NDArray[Any]) -> "Seen":
        """Return only the customers at the places `kept`."""
        names = ("count", "first", "last", "factor")
        return replace(self, **{name: getattr(self, name)[kept] for name in names})


def log_likelihoods(model: Population, seen: Seen) -> Array:
    """Return the log-likelihood of each customer, given that it is seen."""
    factors, group = np.unique(seen.factor, return_inverse=True)
    unseen = np.array([_seen_chance(model, q, seen.weeks) for q in factors])
    return np.asarray(_weights(model, seen)[0] - np.log(unseen)[group])


def active_chances(model: Population, seen: Seen) -> Array:
    """Return the chance of each customer to be active at the end of the period."""
    return _weights(model, seen)[1]


def _weights(model: Population, seen: Seen) -> tuple[Array, Array]:
    """Return the log density of each customer's orders, and its share of being active still."""
    parts = [
        _weights_of(model, seen.part(np.arange(i, min(i + CHUNK, len(seen.count)))))
        for i in range(0, len(seen.count), CHUNK)
    ]
    logs, active = zip(*parts, strict=True)
    return np.concatenate(logs), np.concatenate(active)


def _weights_of(model: Population, seen: Seen) -> tuple[Array, Array]:
    from scipy.special import gammaln

    n, t1, tn, end = seen.count, seen.first, seen.last, seen.weeks
    a, power, hazard = model.shape / (model.rate * seen.factor), model.shape + n, model.hazard
    begin = tn - t1

    def logs(w: Array, a: Array, power: Array, begin: Array) -> Array:
        return -hazard * (w - begin) - power * np.log1p((w - begin) / (a + begin))

    low = np.stack([begin, np.minimum(tn, end - t1), np.maximum(tn, end - t1)], 1)
    high = np.stack([low[:, 1], low[:, 2], np.full_like(t1, end)], 1)
    decay = 1 / (power[:, None] / (a[:, None] + low) + hazard)
    top = np.log1p((high - low) / decay)[:, :, None]
    nodes, weights = _nodes(NODES)
    v = top * (nodes + 1) / 2
    w = low[:, :, None] + decay[:, :, None] * np.expm1(v)
    wide = (slice(None), None, None)
    inner = np.exp(v + logs(w, a[wide], power[wide], begin[wide])) * weights
    inner *= top * decay[:, :, None] / 2
    short = np.minimum(t1, end - tn)[wide]
    trapezoid = np.minimum(np.minimum(w - begin[wide], end - w), short)
    pieces = inner.sum(2)
    late_start, late_end = low >= (end - t1)[:, None] - 1e-9, low >= tn[:, None] - 1e-9
    still = np.exp(logs(np.full_like(t1, end), a, power, begin))
    still += model.arrivals * (pieces * late_start).sum(1)
    left = (pieces * late_end).sum(1) + model.arrivals * (inner * trapezoid).sum((1, 2))
    total = still + hazard * left
    outer = gammaln(power) - gammaln(model.shape) - n * np.log(a)
    outer += -hazard * begin - power * np.log1p(begin / a)
    return outer + np.log(total), still / total


def _seen_chance(model: Population, factor: float, weeks: float) -> float:
    """Return the customers seen for each one there at the start of the period."""
    silent, new_silent, _, _ = _silent(model, factor, weeks)
    return 1 - silent + model.arrivals * (weeks - new_silent)


def _silent(model: Population, factor: float, weeks: float) -> tuple[float, float, float, float]:
    """Return who never orders, for each customer at the start and for each arrival a week.

    Four numbers: there at the start, new, and of each those who are active at the end all the same.
    """
    a = model.shape / (model.rate * factor)
    nodes, weights = _nodes(NODES_UNSEEN)
    decay = 1 / (model.shape / a + model.hazard)
    top = np.log1p(weeks / decay)
    v = top * (nodes + 1) / 2
    w = decay * np.expm1(v)
    g = np.exp(-model.hazard * w - model.shape * np.log1p(w / a))
    inner = g * np.exp(v) * weights * top * decay / 2
    end = float(np.exp(-model.hazard * weeks - model.shape * np.log1p(weeks / a)))
    whole = float(inner.sum())
    left = model.hazard * float((inner * (weeks - w)).sum())
    return end + model.hazard * whole, whole + left, end, whole


def at_start(model: Population, seen: Seen) -> float:
    """Return how many customers were there at the start, from those seen."""
    factors, counts = np.unique(seen.factor, return_counts=True)
    pairs = zip(factors, counts, strict=True)
    return float(sum(n / _seen_chance(model, q, seen.weeks) for q, n in pairs))


def unseen_active(model: Population, seen: Seen) -> float:
    """Return the expected number of active customers who did not order in the period."""
    factors, counts = np.unique(seen.factor, return_counts=True)
    total = 0.0
    for q, n in zip(factors, counts, strict=True):
        _, _, start, new = _silent(model, q, seen.weeks)
        total += n / _seen_chance(model, q, seen.weeks) * (start + model.arrivals * new)
    return float(total)


def late_first_orders(model: Population, seen: Seen) -> float:
    """Return the first orders expected after the last one seen, of customers there at the start."""
    last, total = float(seen.first.max()), 0.0
    factors, counts = np.unique(seen.factor, return_counts=True)
    for q, n in zip(factors, counts, strict=True):
        late = _silent(model, q, last)[0] - _silent(model, q, seen.weeks)[0]
        total += n / _seen_chance(model, q, seen.weeks) * late
    return float(total)


@cache
def _nodes(number: int) -> tuple[Array, Array]:
    return np.polynomial.legendre.leggauss(number)
