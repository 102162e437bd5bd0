"""When to stop: worlds are played until the mean is known as precisely as was asked for."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simkit.study.intervals import student
from simkit.study.statistics.means import defined, must_be_share

LONG = 100
"""Worlds beyond which the look-ahead grows with their number."""


@dataclass(frozen=True, slots=True)
class Enough:
    """A stopping rule for the mean of one figure.

    `value`: the half width that is wanted; where `relative`, as a share of the true mean's size.
    Relative: half width / |mean| <= value / (1 + value), which keeps the error against the *true*
    mean below `value` (Law 2015, section 9.4.1). A mean near 0 never gets there: take the absolute
    one for profits and differences. `first`: worlds before the first look; 10 or more, for the
    variance of three is luck (Law). `look_ahead`: worlds that the precision must last for,
    `look_ahead` n / 100 beyond 100 of them (Hoad, Robinson and Davies 2010, J. Oper. Res. Soc. 61).
    """

    value: float
    relative: bool = False
    confidence: float = 0.95
    first: int = 10
    look_ahead: int = 5

    def __post_init__(self) -> None:
        """Raise ValueError for a rule that can't be meant."""
        must_be_share(self.confidence)
        if not (math.isfinite(self.value) and self.value > 0.0):
            raise ValueError(f"a precision is above 0, it is {self.value:g}")
        if self.relative and self.value >= 1.0:
            raise ValueError(f"a relative precision is below 1, like 0.02; it is {self.value:g}")
        if self.first < 2 or self.look_ahead < 0:
            raise ValueError("the first look takes 2 worlds or more, the look-ahead 0 or more")

    def enough(self, values: Sequence[float]) -> bool:
        """Return whether the mean of all `values` so far is precise enough, and has stayed so.

        Values in the order of their worlds; those that are not numbers are left out.
        """
        since = n = 0
        for n, mean, sd in running(defined(values)):
            precise = n >= self.first and self.precise(n, mean, sd)
            since = (since or n) if precise else 0
        return bool(since) and n - since >= self.ahead(since)

    def precise(self, n: int, mean: float, sd: float) -> bool:
        """Return whether the interval of `n` worlds is narrow enough, at this moment."""
        if n < 2:
            return False
        return student(self.confidence, n - 1) * sd / math.sqrt(n) <= self.wanted(mean)

    def wanted(self, mean: float) -> float:
        """Return the half width to be reached where the mean is `mean`."""
        return self.value / (1.0 + self.value) * abs(mean) if self.relative else self.value

    def ahead(self, n: int) -> int:
        """Return for how many more worlds the precision of `n` must last."""
        return self.look_ahead if n <= LONG else math.floor(self.look_ahead * n / LONG)


def running(values: Sequence[float]) -> Iterator[tuple[int, float, float]]:
    """Yield number, mean and standard deviation (0 for one) after each value.

    Source: Welford 1962, Technometrics 4; it doesn't lose digits where the mean is large.
    """
    mean = squares = 0.0
    for n, value in enumerate(values, 1):
        step = value - mean
        mean += step / n
        squares += step * (value - mean)
        yield n, mean, math.sqrt(max(0.0, squares) / (n - 1)) if n > 1 else 0.0
