"""Constants of simultaneous comparisons and of selection, by quadrature.

The trapezoid rule on smooth integrands that vanish at both ends converges faster than any power of
the step (Trefethen and Weideman 2014, SIAM Review 56); these grids give seven digits or more.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from simkit.study.statistics.means import must_be_share

HALF = math.sqrt(0.5)
"""Square root of the correlation of two differences from the same control, all equally variable."""


@cache
def dunnett_constant(
    others: int, freedom: float = math.inf, confidence: float = 0.95, sides: int = 1
) -> float:
    """Return the quantile of the largest of `others` t variables with correlations 1/2.

    `sides` 2: of the largest absolute value. Source: Dunnett 1955, J. Amer. Stat. Assoc. 50, and
    1964, Biometrics 20, whose tables it gives to print precision.
    """
    return largest_t((HALF,) * others, freedom, confidence, sides)


def largest_t(
    loadings: Sequence[float], freedom: float, confidence: float = 0.95, sides: int = 1
) -> float:
    """Return the quantile of the largest of several t variables with a common denominator.

    Their correlations are products of `loadings`, as for differences from one control, whose
    loadings are sqrt(n_i / (n_0 + n_i)).
    """
    must_be_share(confidence)
    own = math.sqrt(1.0 - max(loadings) ** 2)
    z = np.linspace(-9.0, 9.0, 2 * math.ceil(90.0 / min(1.0, 4.0 * own)) + 1)
    normal = np.exp(-z * z / 2.0) * (z[1] - z[0]) / math.sqrt(2.0 * math.pi)
    scale, weights = _chi_square(freedom)

    def below(constant: float) -> float:
        chance = _all_below(constant * np.sqrt(scale)[:, None], z, loadings, sides)
        return float(weights @ (chance @ normal))

    return _where(below, confidence)


def _all_below(
    limit: np.ndarray, z: np.ndarray, loadings: Sequence[float], sides: int
) -> np.ndarray:
    """Chance that all are below the limit, given the common part `z`."""
    from scipy.special import ndtr

    chance = np.ones((len(limit), len(z)))
    for loading in loadings:
        own = math.sqrt(1.0 - loading * loading)
        inside = ndtr((limit - loading * z) / own)
        chance *= inside - ndtr((-limit - loading * z) / own) if sides == 2 else inside
    return chance


@cache
def h1(confidence: float, first: int, arms: int) -> float:
    """Return the constant of the two-stage selection of Dudewicz and Dalal.

    P(T_i - T_best < h for all others) = `confidence`, T independent Student with `first` - 1
    degrees of freedom. Source: Dudewicz and Dalal 1975, Sankhya B 37; Law 2015, table 10.11.
    """
    from scipy.special import stdtr

    must_be_share(confidence)
    freedom = first - 1
    x = np.linspace(-14.0, 14.0, 1401)
    t = np.sinh(x)
    constant = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)
    constant -= math.log(freedom * math.pi) / 2
    density = np.exp(constant - (freedom + 1) / 2 * np.log1p(t * t / freedom)) * np.cosh(x)
    weights = density * (x[1] - x[0])
    return _where(lambda h: float(weights @ stdtr(freedom, t + h) ** (arms - 1)), confidence)


@cache
def rinott(confidence: float, first: int, arms: int) -> float:
    """Return the constant of the two-stage selection of Rinott.

    E[(E[Phi(h / sqrt(v (1/X + 1/Y))) | Y])^(arms - 1)] = `confidence`, X and Y chi-square with
    v = `first` - 1. Source: Rinott 1978, Communications in Statistics A7. For two arms it is `h1`.
    """
    from scipy.special import ndtr

    must_be_share(confidence)
    scale, weights = _chi_square(first - 1)
    spread = np.sqrt(1.0 / scale[:, None] + 1.0 / scale)
    return _where(lambda h: float(weights @ (ndtr(h / spread) @ weights) ** (arms - 1)), confidence)


def _chi_square(freedom: float) -> tuple[np.ndarray, np.ndarray]:
    """Return places and weights of chi-square / freedom, on an even grid of its logarithm."""
    if math.isinf(freedom):
        return np.ones(1), np.ones(1)
    if freedom < 1:
        raise ValueError("too few worlds: the variance takes at least 2")
    spread = 12.0 * math.sqrt(2.0 / freedom)
    z = np.linspace(-spread - 80.0 / freedom, math.log1p(spread + 80.0 / freedom), 301)
    log_density = freedom / 2.0 * (math.log(freedom / 2.0) + z - np.exp(z))
    density = np.exp(log_density - math.lgamma(freedom / 2.0))
    return np.exp(z), density * (z[1] - z[0])


def _where(chance: Callable[[float], float], wanted: float) -> float:
    """Return where an increasing chance reaches what is wanted."""
    from scipy.optimize import brentq

    most = 1.0
    while chance(most) < wanted:
        most *= 2.0
        if most > 1e6:
            raise ValueError(f"no constant gives a confidence of {wanted:g}: take more worlds")
    least = 0.0
    while chance(least) > wanted:
        least = 2.0 * least - 1.0
    return float(brentq(lambda c: chance(c) - wanted, least, most, xtol=1e-10))
