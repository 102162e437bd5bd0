"""The chance that a rep reaches a quota, as a curve over quotas that never rises.

Reps near their quota put in what is missing, so that results pile up just above it (Misra and Nair
2011, QME 9; Larkin 2014, J. Labor Econ. 32(2)). Sales played at one quota therefore say too little
about the chance at another: the chances themselves are interpolated, not the sales.
"""

from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Curve:
    """In how many of the worlds a quota is reached.

    `levels`: quotas that were played, rising; `counts`: how often each was reached. `lowest`,
    `highest`: sales of the worlds at the first and the last level, rising; beyond these two
    levels sales are taken to stay as they are.
    """

    levels: list[float]
    counts: list[int]
    lowest: Floats
    highest: Floats

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return len(self.lowest)

    def count(self, quota: float) -> int:
        """Return in how many worlds a quota is reached; exact at the levels that were played.

        Between them the normal quantile of the chance is a straight line.
        """
        if quota < self.levels[0]:
            return self.worlds - int(np.searchsorted(self.lowest, quota))
        if quota > self.levels[-1]:
            return min(self.counts[-1], self.worlds - int(np.searchsorted(self.highest, quota)))
        k = int(np.searchsorted(self.levels, quota))
        if self.levels[k] == quota:
            return self.counts[k]
        share = (quota - self.levels[k - 1]) / (self.levels[k] - self.levels[k - 1])
        z = (1.0 - share) * self._quantile(k - 1) + share * self._quantile(k)
        times = round(self.worlds * NORMAL.cdf(z))
        return min(self.counts[k - 1], max(self.counts[k], times))

    def quota(self, chance: float) -> float:
        """Return the highest quota with that chance, in (0, 1), of being reached."""
        needed = chance * self.worlds
        if needed > self.counts[0]:
            return _reached_by(self.lowest, needed)
        if needed <= self.counts[-1]:
            return max(self.levels[-1], _reached_by(self.highest, needed))
        k = max(i for i, times in enumerate(self.counts) if times >= needed)
        here, next_ = self._quantile(k), self._quantile(k + 1)
        share = (here - NORMAL.inv_cdf(chance)) / (here - next_)
        return self.levels[k] + min(1.0, max(0.0, share)) * (self.levels[k + 1] - self.levels[k])

    def _quantile(self, k: int) -> float:
        """The normal quantile of the chance at a level; always and never are finite ones."""
        chance = self.counts[k] / self.worlds
        least = 0.25 / self.worlds
        return NORMAL.inv_cdf(min(1.0 - least, max(least, chance)))


def _reached_by(sales: Floats, needed: float) -> float:
    """The highest quota that as many of the worlds reach."""
    return float(sales[len(sales) - int(np.ceil(needed - 1e-9))])


def curve(levels: list[float], sales: Floats) -> Curve:
    """Return the curve of a rep from `sales` (worlds x levels) at rising quota `levels`.

    Where luck lets more worlds reach a level than the one below, both have the lower number.
    """
    counts = np.minimum.accumulate((sales >= np.array(levels)).sum(axis=0))
    return Curve(levels, counts.tolist(), np.sort(sales[:, 0]), np.sort(sales[:, -1]))


def met(sales: Floats, quota: float, times: int) -> Floats:
    """Return the sales of the worlds so that `times` of them reach a quota.

    Those nearest to it are moved to it: who is a little short catches up.
    """
    order = np.argsort(-sales, kind="stable")
    over, under = order[:times], order[times:]
    found = sales.copy()
    found[over] = np.maximum(sales[over], quota)
    found[under] = np.minimum(sales[under], np.nextafter(quota, -np.inf))
    return found


@cache
def _intervals(worlds: int) -> tuple[list[float], list[float]]:
    from scipy.special import betaincinv

    times = np.arange(worlds + 1)
    tail = (1.0 - CONFIDENCE) / 2.0
    low = np.zeros(worlds + 1)
    low[1:] = betaincinv(times[1:], worlds - times[1:] + 1, tail)
    high = np.ones(worlds + 1)
    high[:-1] = betaincinv(times[:-1] + 1, worlds - times[:-1], 1.0 - tail)
    return low.tolist(), high.tolist()


def interval(times: int, worlds: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share; all of a number of worlds at once, for speed.

    Source: Clopper and Pearson 1934, Biometrika 26, as `simkit.study.ranking.share`.
    """
    low, high = _intervals(worlds)
    return low[times], high[times]
