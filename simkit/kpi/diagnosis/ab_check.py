"""Did an adjustment change anything? One group against another, before and after."""

import math
from dataclasses import dataclass

import numpy as np

from simkit.kpi.diagnosis.facts import NoFigureError
from simkit.kpi.forecast import MOST_PERSISTENCE

LEAST_BEFORE, LEAST_AFTER = 12, 2
"""Weeks with a figure that are needed (assumption: a quarter to know what is usual)."""


@dataclass(frozen=True, slots=True)
class Check:
    """The difference in differences of two groups, per week, with its interval.

    `with_`, `without`: means of the groups before and after. `persistence`: how much of a week's
    difference between the groups carries over to the next; `freedom`: degrees of freedom.
    """

    with_: tuple[float, float]
    without: tuple[float, float]
    effect: float
    low: float
    high: float
    weeks_before: int
    weeks_after: int
    persistence: float
    freedom: float

    @property
    def verdict(self) -> str:
        """What the interval allows to say: more, less, or none (it holds 0)."""
        return "more" if self.low > 0 else "less" if self.high < 0 else "none"


def check_of(
    with_: np.ndarray, without: np.ndarray, changed: int, confidence: float = 0.95
) -> Check:
    """Return by how much the group `with_` moved away from the group `without` it.

    Both are weekly series of the same weeks; the adjustment begins at place `changed`. Weeks in
    which one of them has no figure are left out.

    The effect is the mean difference between the groups after less that before (Card and Krueger
    1994, Am. Econ. Rev. 84). What both share - season, market - falls out. Weekly differences
    depend on each other, which makes naive intervals too short (Bertrand, Duflo and Mullainathan
    2004, Q. J. Econ. 119): their deviations are taken as a first-order autoregression with the
    persistence of the weeks before, corrected for its bias in short series (Marriott and Pope
    1954, Biometrika 41); from it the standard error of the two means, and Student's t with as many
    degrees of freedom as there are independent weeks in them. Something else that happened in one
    group only is in the effect as well, and no interval shows that.

    Raises NoFigureError with too few weeks ("short"), or where nothing ever changes ("constant").
    """
    both = np.asarray(with_, dtype=float) - np.asarray(without, dtype=float)
    before, after = both[:changed], both[changed:]
    known = [np.isfinite(part) for part in (before, after)]
    n, m = int(known[0].sum()), int(known[1].sum())
    if n < LEAST_BEFORE or m < LEAST_AFTER:
        raise NoFigureError("short", f"{n} weeks before and {m} after have a figure")
    level = float(before[known[0]].mean())
    rest = before - level
    spread = float(np.sqrt((rest[known[0]] ** 2).sum() / (n - 1)))
    if spread <= 1e-12 * max(1.0, abs(level)):
        raise NoFigureError("constant", "the groups never differed by anything else")
    rho = persistence_of(rest)
    effect = float(after[known[1]].mean()) - level
    # A series that carries over seems to vary less than it does around a mean of its own.
    variance = spread**2 / max(0.1, 1.0 - _inflation(rho, n) / n)
    error = math.sqrt(variance * (_inflation(rho, n) / n + _inflation(rho, m) / m))
    freedom = max(2.0, n * (1.0 - rho) / (1.0 + rho) - 1.0)
    reach = _student(confidence, freedom) * error
    groups = [_means(np.asarray(x, dtype=float), both, changed) for x in (with_, without)]
    return Check(groups[0], groups[1], effect, effect - reach, effect + reach, n, m, rho, freedom)


def persistence_of(rest: np.ndarray) -> float:
    """Return the share of a deviation that carries over to the next week, from 0 to .95."""
    known = np.isfinite(rest)
    both = known[1:] & known[:-1]
    square = float((rest[known] ** 2).mean())
    if not both.any() or square <= 0:
        return 0.0
    raw = float((rest[1:][both] * rest[:-1][both]).mean()) / square
    n = int(known.sum())
    return min(MOST_PERSISTENCE, max(0.0, (n * raw + 1.0) / max(1.0, n - 3.0)))


def _inflation(rho: float, n: int) -> float:
    """How many times as large the variance of a mean of n weeks is as if they were independent."""
    return 1.0 + 2.0 * sum((1.0 - k / n) * rho**k for k in range(1, n))


def _means(values: np.ndarray, both: np.ndarray, changed: int) -> tuple[float, float]:
    known = np.isfinite(both)
    early, late = values[:changed][known[:changed]], values[changed:][known[changed:]]
    return float(early.mean()), float(late.mean())


def _student(confidence: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + confidence / 2))


def relative(values: np.ndarray, changed: int) -> np.ndarray:
    """Return a series in per cent of its mean before place `changed`.

    Groups of different size are compared so: what a season does to both is the same share of each.
    Raises NoFigureError where that mean is not above 0.
    """
    values = np.asarray(values, dtype=float)
    early = values[:changed]
    early = early[np.isfinite(early)]
    level = float(early.mean()) if len(early) else 0.0
    if level <= 0:
        raise NoFigureError("empty", "the mean before must be above 0")
    return 100.0 * values / level
