"""Differences with intervals, from worlds played under both of two policies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

Verdict = Literal["more", "less", "no detectable difference", "too few worlds"]


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of paired differences and its interval; nan where there are too few."""

    mean: float
    low: float
    high: float
    pairs: int

    @property
    def verdict(self) -> Verdict:
        """What the interval allows to say; one that holds 0 shows no difference."""
        if math.isnan(self.low):
            return "too few worlds"
        if self.low > 0:
            return "more"
        return "less" if self.high < 0 else "no detectable difference"


def paired_difference(differences: Sequence[float], confidence: float = 0.95) -> Difference:
    """Return the mean of independent paired differences with the interval of Student's t.

    Values that are not a number (nothing to compare in that world) are left out.
    """
    values = [value for value in differences if not math.isnan(value)]
    n = len(values)
    if n < 2:
        mean = values[0] if values else math.nan
        return Difference(mean, math.nan, math.nan, n)
    mean = math.fsum(values) / n
    error = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)
    reach = _student(confidence, n - 1) * error
    return Difference(mean, mean - reach, mean + reach, n)


@cache
def _student(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t; looking it up costs more than all the rest."""
    from scipy.stats import t as student

    return float(student.ppf(0.5 + confidence / 2, freedom))
