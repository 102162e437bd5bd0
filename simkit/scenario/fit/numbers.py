"""Numbers with a 90 % interval, and the variance of what depends on them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simkit.scenario.likelihood import Array

Z90 = 1.6448536269514722
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its 90 % interval; `known` is False where the data do not determine it."""

    value: float
    low: float
    high: float
    known: bool = True


def covariance_of(of: Callable[[Array], Array], p: Array, covariance: Array) -> Array:
    """Return the covariance of functions of the parameters by the delta method."""
    slopes = np.zeros((len(of(p)), len(p)))
    for i in np.flatnonzero(np.diag(covariance)):
        step = np.zeros(len(p))
        step[i] = STEP
        slopes[:, i] = (of(p + step) - of(p - step)) / (2 * STEP)
    return np.asarray(slopes @ covariance @ slopes.T)


def positive(log: float, variance: float, known: bool) -> Number:
    """Return a number by its log and the variance of that."""
    reach = Z90 * float(np.sqrt(variance))
    low, high = (float(np.exp(min(log + sign * reach, 50.0))) for sign in (-1, 1))
    return Number(float(np.exp(log)), low, high, bool(known))


def rare(log: float, variance: float, above: float | None) -> Number:
    """Return a rate; one of which nothing is seen is 0, up to `above` times its own bound."""
    if above is None:
        return positive(log, variance, True)
    return Number(0.0, 0.0, float(np.exp(log)) * above)


def plain(value: float, variance: float) -> Number:
    """Return a number by itself and its variance."""
    reach = Z90 * float(np.sqrt(variance))
    return Number(value, value - reach, value + reach, variance > 0)


def count(value: float, variance: float) -> Number:
    """Return a number that cannot be below 0."""
    reach = Z90 * float(np.sqrt(variance))
    return Number(float(value), max(0.0, float(value) - reach), float(value) + reach)
