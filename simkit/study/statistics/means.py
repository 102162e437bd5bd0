"""Means with intervals, and how many worlds an interval of a wanted width takes."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from simkit.study.intervals import paired_difference, student


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of one figure over worlds and its interval; nan where there are too few."""

    n: int
    """Worlds in which the figure is defined."""
    mean: float
    sd: float
    low: float
    high: float
    undefined: int
    """Worlds left out because the figure could not be said there."""

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2.0

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return asdict(self)


def defined(values: Iterable[float]) -> list[float]:
    """Return the values that are numbers; nan and infinities say nothing about a mean."""
    return [float(value) for value in values if math.isfinite(value)]


def estimate(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return the mean with the interval of Student's t, m +- t(n - 1) s / sqrt(n).

    Values that are not numbers are left out and counted. Fewer than two leave the interval nan.
    Source: Law 2015, Simulation Modeling and Analysis, section 9.4. For few and very skewed values
    it holds the mean less often than it says (his table 4.1).
    """
    must_be_share(confidence)
    known = defined(values)
    found, n = paired_difference(known, confidence), len(known)
    sd = math.nan if n < 2 else deviation(known)
    return Estimate(n, found.mean, sd, found.low, found.high, len(values) - n)


def deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of two values or more, with n - 1 below."""
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


def worlds_needed(differences: Sequence[float], half_width: float, confidence: float = 0.95) -> int:
    """Return the worlds after which the interval reaches no farther than `half_width` each way.

    The least n >= 2 with t(n - 1) s / sqrt(n) <= half_width, s as in the worlds played so far
    (Law 2015, equation 9.1, where n also starts at those). A difference of just `half_width` is
    then found in about half of all experiments; for nine in ten give 0.6 of it. Raises ValueError
    for a width not above 0 or fewer than two differences that are numbers.
    """
    must_be_share(confidence)
    known = defined(differences)
    if not (math.isfinite(half_width) and half_width > 0.0):
        raise ValueError(f"the half width must be above 0, it is {half_width:g}")
    if len(known) < 2:
        raise ValueError(f"{len(known)} worlds say nothing about luck: play at least 2")
    ratio = deviation(known) / half_width
    low = max(2, math.floor((NormalDist().inv_cdf(0.5 + confidence / 2.0) * ratio) ** 2))
    high = low
    while not _reached(high, ratio, confidence):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _reached(middle, ratio, confidence) else (middle + 1, high)
    return high


def _reached(n: int, ratio: float, confidence: float) -> bool:
    return student(confidence, n - 1) * ratio <= math.sqrt(n)


def must_be_share(value: float, what: str = "a confidence") -> None:
    """Raise ValueError unless `value` is between 0 and 1; `what` says what it is."""
    if not 0.0 < value < 1.0:
        raise ValueError(f"{what} is above 0 and below 1, it is {value:g}")
