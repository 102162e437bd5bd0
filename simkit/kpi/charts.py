"""Control charts of standardised residuals: when they alarm, and how long that takes on average.

A residual is what was seen less what was expected, in standard deviations: independent and standard
normal while nothing has changed. Charts on raw sales alarm more often than the run lengths here
say, because raw sales depend on each other; chart residuals.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Cdf = Callable[[np.ndarray], np.ndarray]
"""Distribution function of a residual."""
STATES = 401
"""Cells of the Markov chains; the run lengths change by less than .1 % with twice as many."""


class Chart(Protocol):
    """What all charts can do."""

    def alarms(self, z: np.ndarray, restart: bool = False) -> np.ndarray:
        """Return where the chart alarms, a truth value for every residual.

        `z`: residuals, time along the last axis, any number of series before it. `restart`: the
        chart begins anew after an alarm; otherwise it goes on from where it is.
        """

    def arl(self, shift: float = 0.0, law: Cdf | None = None) -> float:
        """Return the mean number of residuals up to and with the first alarm (zero state).

        `shift`: mean of the residuals, in standard deviations. `law`: their distribution function
        where it is not normal; `shift` is then not used.
        """


def residuals(z: np.ndarray) -> np.ndarray:
    """Return residuals as charts take them: one that is not there (NaN) tells nothing, 0."""
    z = np.asarray(z, dtype=float)
    return np.where(np.isnan(z), 0.0, z)


def first_alarms(flags: np.ndarray) -> np.ndarray:
    """Return when each series alarms first, counted from 1; 0: never. Time is the last axis."""
    if not flags.shape[-1]:
        return np.zeros(flags.shape[:-1], dtype=int)
    return np.where(flags.any(axis=-1), flags.argmax(axis=-1) + 1, 0)


def normal_law(shift: float) -> Cdf:
    """Return the distribution function of a normal residual with standard deviation 1."""
    from scipy.special import ndtr

    return lambda z: ndtr(np.asarray(z) - shift)


@dataclass(frozen=True)
class Shewhart:
    """Alarms when a residual is more than `limit` standard deviations off (Shewhart 1931)."""

    limit: float = 3.0

    def alarms(self, z: np.ndarray, restart: bool = False) -> np.ndarray:
        """Return where the chart alarms; see `Chart`."""
        return np.abs(residuals(z)) > self.limit

    def arl(self, shift: float = 0.0, law: Cdf | None = None) -> float:
        """Return the mean run length: 1 over the chance of a residual outside the limits."""
        low, high = (law or normal_law(shift))(np.array([-self.limit, self.limit]))
        return _over(1 - float(high - low))


@dataclass(frozen=True)
class Cusum:
    """Two-sided tabular CUSUM with allowance `k` and limit `h` (Page 1954, Biometrika 41)."""

    k: float = 0.5
    h: float = 4.0

    def alarms(self, z: np.ndarray, restart: bool = False) -> np.ndarray:
        """Return where the chart alarms; see `Chart`."""
        up, down = self.sums(z, restart)
        return (up > self.h) | (down > self.h)

    def sums(self, z: np.ndarray, restart: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """Return the two sums after each residual, of what goes up and of what goes down."""
        z = residuals(z)
        sums = np.zeros((2, *z.shape))
        before = np.zeros((2, *z.shape[:-1]))
        for week in range(z.shape[-1]):
            moves = np.stack([z[..., week], -z[..., week]])
            now = sums[..., week] = np.maximum(0.0, before + moves - self.k)
            hit = (now > self.h).any(axis=0) & restart
            before = np.where(hit, 0.0, now)
        return sums[0], sums[1]

    def arl(self, shift: float = 0.0, law: Cdf | None = None) -> float:
        """Return the mean run length, from those of the two sides.

        1/ARL = 1/ARL+ + 1/ARL- (Kemp 1961, J. R. Stat. Soc. B 23), each by a Markov chain (Brook
        and Evans 1972, Biometrika 59).
        """
        cdf = law or normal_law(shift)

        def mirrored(z: np.ndarray) -> np.ndarray:
            return 1 - cdf(-np.asarray(z))

        return _over(_over(self._one_sided(cdf)) + _over(self._one_sided(mirrored)))

    def _one_sided(self, cdf: Cdf) -> float:
        """Mean run length of one side; cell 0 is zero with half a cell, the others are whole."""
        width = 2 * self.h / (2 * STATES - 1)
        cells = np.arange(STATES)
        upper = (cells + 0.5) * width
        below = cdf(upper[None, :] - cells[:, None] * width + self.k)
        moves = np.diff(below, axis=1, prepend=0.0)
        return float(np.linalg.solve(np.eye(STATES) - moves, np.ones(STATES))[0])


@dataclass(frozen=True)
class Ewma:
    """Exponentially weighted mean with `weight`, limit in standard deviations of its steady law.

    Source: Roberts 1959, Technometrics 1; Lucas and Saccucci 1990, Technometrics 32.
    """

    weight: float = 0.1
    limit: float = 2.814

    @property
    def reach(self) -> float:
        """The largest mean that raises no alarm."""
        return self.limit * math.sqrt(self.weight / (2 - self.weight))

    def alarms(self, z: np.ndarray, restart: bool = False) -> np.ndarray:
        """Return where the chart alarms; see `Chart`."""
        z = residuals(z)
        mean = np.zeros(z.shape[:-1])
        flags = np.zeros(z.shape, dtype=bool)
        for week in range(z.shape[-1]):
            mean = (1 - self.weight) * mean + self.weight * z[..., week]
            hit = flags[..., week] = np.abs(mean) > self.reach
            if restart:
                mean = np.where(hit, 0.0, mean)
        return flags

    def arl(self, shift: float = 0.0, law: Cdf | None = None) -> float:
        """Return the mean run length by a Markov chain (Lucas and Saccucci 1990)."""
        cdf = law or normal_law(shift)
        edges = np.linspace(-self.reach, self.reach, STATES + 1)
        middles = (edges[:-1] + edges[1:]) / 2
        wanted = (edges[None, :] - (1 - self.weight) * middles[:, None]) / self.weight
        moves = np.diff(cdf(wanted), axis=1)
        lengths = np.linalg.solve(np.eye(STATES) - moves, np.ones(STATES))
        return float(lengths[STATES // 2])


@dataclass(frozen=True)
class TwoInARow:
    """Alarms when two residuals in a row are below -`limit`: the rule of the managers' manuals."""

    limit: float = 1.0

    def alarms(self, z: np.ndarray, restart: bool = False) -> np.ndarray:
        """Return where the chart alarms; see `Chart`."""
        low = residuals(z) < -self.limit
        flags = np.zeros(low.shape, dtype=bool)
        before = np.zeros(low.shape[:-1], dtype=bool)
        for week in range(low.shape[-1]):
            hit = flags[..., week] = low[..., week] & before
            before = low[..., week] & ~hit if restart else low[..., week]
        return flags

    def arl(self, shift: float = 0.0, law: Cdf | None = None) -> float:
        """Return the mean run length (1 + p) / p^2, p the chance of one low residual."""
        p = float((law or normal_law(shift))(np.array(-self.limit)))
        return (1 + p) * _over(p) ** 2


def _over(x: float) -> float:
    """1 / x; what never happens takes for ever."""
    return 1 / x if x > 0 else math.inf


def count_residuals(counts: np.ndarray, mean: float, u: np.ndarray) -> np.ndarray:
    """Return standard normal residuals of Poisson `counts` with a known `mean`.

    `u`: independent uniforms in (0, 1), as many; they fill the gaps between whole numbers, so that
    the residuals are exactly normal (randomised quantile residuals, Dunn and Smyth 1996).
    """
    from scipy.special import ndtri, pdtr

    below = np.where(counts > 0, pdtr(np.maximum(counts - 1, 0), mean), 0.0)
    return ndtri(below + u * (pdtr(counts, mean) - below))


def shifted_count_law(mean: float, shifted: float) -> Cdf:
    """Return the distribution function of `count_residuals` when the true mean is `shifted`.

    Between two counts the uniform part stays uniform, so the law is linear in the normal scale's
    probabilities.
    """
    from scipy.special import ndtr, pdtr

    top = math.ceil(max(mean, shifted) + 40 * math.sqrt(max(mean, shifted)) + 40)
    counts = np.arange(top)
    usual = np.concatenate([[0.0], pdtr(counts, mean)])
    now = np.concatenate([[0.0], pdtr(counts, shifted)])
    return lambda z: np.interp(ndtr(z), usual, now)
