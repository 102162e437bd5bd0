"""The numbers of the funnel with 90 % intervals: shares, times, values, rates, discounts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from simkit.scenario.fit.deals.incidence import Array, Days
from simkit.scenario.fit.found import CONFIDENCE

Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
NOTHING = np.zeros(1)
AND_WORK = 2
"""A time that is over, and work came after it."""
TAIL = (1.0 - CONFIDENCE) / 2


@dataclass(frozen=True, slots=True)
class Range:
    """A number with its 90 % interval."""

    value: float
    low: float
    high: float

    def through(self, change: Callable[[float], float]) -> "Range":
        """Return the range of a monotone function of the number."""
        ends = sorted((change(self.low), change(self.high)))
        return Range(change(self.value), ends[0], ends[1])

    def times(self, factor: float) -> "Range":
        """Return the range of the number times `factor` above 0."""
        return self.through(lambda x: x * factor)


def share(value: float, variance: float, rows: int) -> Range:
    """Return a share with Wilson's interval for as many rows as would give its variance.

    Wilson 1927, JASA 22; the effective number of rows after Kish 1965, Survey Sampling. Where all
    `rows` agree, the interval is the exact one.
    """
    if not 0.0 < value < 1.0:
        away = TAIL ** (1.0 / rows)
        return Range(value, away, 1.0) if value > 0.5 else Range(value, 0.0, 1.0 - away)
    n = value * (1.0 - value) / variance
    middle = (value + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z * math.sqrt(value * (1 - value) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Range(value, max(0.0, middle - reach), min(1.0, middle + reach))


def rate(count: int, exposure: float, spread: float = 1.0) -> Range:
    """Return a rate of happenings with the exact interval of a Poisson count (Garwood 1936).

    `spread`: variance over mean of the counts; above 1 the interval is wider by its root.
    """
    value = count / exposure
    low = _gamma(TAIL, count) / exposure if count else 0.0
    high = _gamma(1 - TAIL, count + 1) / exposure
    root = math.sqrt(spread)
    return Range(value, max(0.0, value - root * (value - low)), value + root * (high - value))


def _gamma(chance: float, shape: float) -> float:
    """Quantile of a gamma law; scipy.stats has it too, but takes seconds to import."""
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, chance))


def chi_squared(chance: float, freedom: int) -> float:
    """Return a quantile of the chi-squared law."""
    return 2.0 * _gamma(chance, freedom / 2.0)


def student(freedom: int) -> float:
    """Return how many standard errors of n values a 90 % interval reaches."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 1 - TAIL))


def lognormal_values(values: Array) -> tuple[Range, Range]:
    """Return mean and log standard deviation of lognormal values.

    Mean: Olsson 2005, J. Stat. Educ. 13(1), the modified Cox method; deviation: chi-squared.
    """
    logs, n = np.log(values), len(values)
    middle, variance = float(logs.mean()), float(logs.var(ddof=1))
    centre = middle + variance / 2
    reach = student(n - 1) * math.sqrt(variance / n + variance**2 / (2 * (n - 1)))
    sigma = math.sqrt(variance)
    ends = [sigma * math.sqrt((n - 1) / chi_squared(q, n - 1)) for q in (1 - TAIL, TAIL)]
    mean = Range(math.exp(centre), math.exp(centre - reach), math.exp(centre + reach))
    return mean, Range(sigma, *ends)


def discounts(given: Array, elasticity: float = 0.0) -> tuple[Range, Range]:
    """Return the limit of discounts and the share of it that is used on average.

    The engine's discount is limit x u^k with u uniform, mean limit / (1 + k): the largest one
    seen is near the limit, and minus the logarithms of the others over it are exponential with
    mean k, so that both intervals are exact (Johnson, Kotz and Balakrishnan 1995, ch. 20).
    `given` are those of won deals: a price lower by a discount d was (1 - d)^-elasticity times as
    likely to be won, for which each deal is weighted back.
    """
    top = float(given.max())
    others = np.sort(given)[:-1]
    weight = (1.0 - others) ** elasticity
    n = float(weight.sum() ** 2 / (weight**2).sum())
    k = float(-(weight @ np.log(others / top)) / weight.sum())
    ends = [k * n / _gamma(q, n) for q in (1 - TAIL, TAIL)]
    near = (1.0 - top) ** -elasticity * float(weight.mean())
    limit = [top * q ** (-k / (near * (len(given)))) for q in (1 - TAIL, TAIL)]
    used = Range(k, ends[0], ends[1]).through(lambda x: 1.0 / (1.0 + x))
    return Range(top * (1 + k / (near * len(given))), limit[0], limit[1]), used


def stays(days: Days, over: Days, law: str, work: Array = NOTHING) -> tuple[Range, Range]:
    """Return the mean and the coefficient of variation of times known to a day, some cut off.

    `over`: 0 the time was only watched so long, 1 it was over, 2 it was over and one of the times
    in `work`, all as likely, followed. Maximum likelihood of a lognormal or exponential time that
    lies within half a day of what is known; intervals from the curvature in logarithms.
    """
    cells, counts = np.unique(np.column_stack([days, over]), axis=0, return_counts=True)

    def loss(x: Array) -> float:
        return -_likelihood(x, cells[:, 0].astype(float), cells[:, 1], counts, law, work)

    start = np.array([math.log(max(0.5, float(days.mean()))), math.log(0.7)])
    best = _minimum(loss, start[: 1 if law == "exponential" else 2])
    errors = np.sqrt(np.diag(np.linalg.inv(_curvature(loss, best))))
    found = [
        Range(float(b), float(b - Z * e), float(b + Z * e))
        for b, e in zip(best, errors, strict=True)
    ]
    mean = found[0].through(math.exp)
    if law == "exponential":
        return mean, Range(1.0, 1.0, 1.0)
    return mean, found[1].through(lambda x: math.sqrt(math.expm1(math.exp(2 * x))))


def _likelihood(x: Array, days: Array, over: Days, counts: Days, law: str, work: Array) -> float:
    """Log-likelihood at x = (log mean, log of the log standard deviation)."""
    longer = _longer_exponential if law == "exponential" else _longer_lognormal
    chance = np.where(over == 0, longer(x, days), longer(x, days - 0.5) - longer(x, days + 0.5))
    last = days[over == AND_WORK, None] - work
    chance[over == AND_WORK] = (longer(x, last - 0.5) - longer(x, last + 0.5)).mean(axis=1)
    return float(counts @ np.log(np.maximum(chance, 1e-300)))


def _longer_exponential(x: Array, days: Array) -> Array:
    return np.exp(-np.maximum(days, 0.0) * math.exp(-x[0]))


def _longer_lognormal(x: Array, days: Array) -> Array:
    from scipy.special import ndtr

    sigma = math.exp(x[1])
    logs = np.log(np.maximum(days, 1e-12))
    return np.where(days > 0, ndtr(-(logs - x[0] + sigma * sigma / 2) / sigma), 1.0)


def _minimum(loss: Callable[[Array], float], start: Array) -> Array:
    from scipy.optimize import minimize

    bounds = [(-5.0, 12.0), (-4.0, 1.0)][: len(start)]
    return np.asarray(minimize(loss, start, method="L-BFGS-B", bounds=bounds).x)


def _curvature(loss: Callable[[Array], float], x: Array, step: float = 1e-3) -> Array:
    """Second derivatives of `loss` at `x` by central differences."""
    size = len(x)
    steps = np.eye(size) * step
    found = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            a, b = steps[i], steps[j]
            around = loss(x + a + b) - loss(x + a - b) - loss(x - a + b) + loss(x - a - b)
            found[i, j] = around / (4 * step * step)
    return found


def solve(
    model: Callable[[Array], Array], observed: Array, covariance: Array, start: Array
) -> list[Range] | None:
    """Return parameters x with model(x) = observed, and intervals by the delta method.

    None where there is no such x.
    """
    from scipy.optimize import root

    answer = root(lambda x: model(x) - observed, start)
    if not answer.success or not np.isfinite(answer.x).all():
        return None
    x, step = answer.x, 1e-5
    slopes = np.array([(model(x + d) - model(x - d)) / (2 * step) for d in np.eye(len(x)) * step])
    turned = np.linalg.inv(slopes.T)
    errors = np.sqrt(np.diag(turned @ covariance @ turned.T))
    return [
        Range(float(v), float(v - Z * e), float(v + Z * e)) for v, e in zip(x, errors, strict=True)
    ]
