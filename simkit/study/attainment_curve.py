"""The chance that a rep reaches a quota, as a curve over quotas that never rises."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Curve:
    """In how many of the worlds a quota is reached.

    `levels`: quotas that were played, `at_levels`: how often each was reached. `breaks`: quotas,
    rising, above which the number falls to that in `after`.
    """

    levels: Floats
    at_levels: NDArray[np.int64]
    breaks: Floats
    after: NDArray[np.int64]
    worlds: int

    def count(self, quota: float) -> int:
        """Return in how many worlds a quota is reached; exact at the levels that were played."""
        played = np.flatnonzero(self.levels == quota)
        if played.size:
            return int(self.at_levels[played[0]])
        passed = int(np.searchsorted(self.breaks, quota, side="left"))
        return int(self.after[passed - 1]) if passed else self.worlds

    def quota(self, chance: float) -> float:
        """Return the highest quota reached in that share of the worlds; `chance` in (0, 1)."""
        needed = max(1, math.ceil(chance * self.worlds - 1e-9))
        return float(self.breaks[int(np.argmax(self.after < needed))])


def curve(levels: Floats, sales: Floats) -> Curve:
    """Return the curve of a rep from `sales` (worlds x levels) at rising quota `levels`.

    A world's sales lie on straight lines between the levels, and stay as they are outside. A
    quota is reached up to where such a line crosses it. Luck differs a little between levels, so
    that a world now and then reaches a higher quota and not a lower one; where that would let the
    number of worlds rise with the quota, the number stays as it is.
    """
    reached = sales >= levels
    at_levels = np.minimum.accumulate(reached.sum(axis=0))
    parts = [_falls(sales[:, 0][~reached[:, 0]], len(sales), int(at_levels[0]))]
    for k in range(len(levels) - 1):
        here, next_ = sales[:, k] - levels[k], sales[:, k + 1] - levels[k + 1]
        step, ends = levels[k + 1] - levels[k], (int(at_levels[k]), int(at_levels[k + 1]))
        lost, won = reached[:, k] & ~reached[:, k + 1], ~reached[:, k] & reached[:, k + 1]
        share = here / np.where(lost | won, here - next_, 1.0)
        parts.append(_between(levels[k] + step * share, lost, won, ends))
    parts.append(_falls(sales[:, -1][reached[:, -1]], int(at_levels[-1]), 0))
    breaks, after = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Curve(levels, at_levels, breaks, after, len(sales))


def _falls(crossings: Floats, first: int, last: int) -> tuple[Floats, NDArray[np.int64]]:
    """The number of worlds that are left after each crossing."""
    after = first - 1 - np.arange(len(crossings))
    return np.sort(crossings), np.maximum(after, last)


def _between(
    crossings: Floats, lost: NDArray[np.bool_], won: NDArray[np.bool_], ends: tuple[int, int]
) -> tuple[Floats, NDArray[np.int64]]:
    """The same between two levels, where some worlds may also be won; never under the end."""
    change = np.concatenate([np.full(lost.sum(), -1), np.full(won.sum(), 1)])
    where = np.concatenate([crossings[lost], crossings[won]])
    order = np.argsort(where, kind="stable")
    left = np.minimum.accumulate(np.minimum(ends[0], ends[0] + np.cumsum(change[order])))
    return where[order], np.maximum(left, ends[1])


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
