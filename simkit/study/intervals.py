"""Differences with intervals, from worlds played under both of two policies."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import Literal

Verdict = Literal["more", "less", "no detectable difference", "too few worlds"]


EQUAL = 1e-9
"""Share of their size by which differences may differ and be equal all the same: rounding."""


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


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


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
    reach = student(confidence, n - 1) * error
    return Difference(mean, mean - reach, mean + reach, n)


def judged_difference(differences: Sequence[float], confidence: float = 0.95) -> Difference:
    """Return `paired_difference`, without an interval where all being equal may be luck.

    Counts and shares take few values: two worlds with a difference of 1 each have no spread, and
    Student's interval no width. Such a one is believed only from the number of worlds on in which
    fair coins would rarely all agree, 2^(1 - n) <= 1 - confidence (the sign test).
    """
    values = [value for value in differences if not math.isnan(value)]
    found = paired_difference(values, confidence)
    if len(values) < 2 or not any(values) or 2.0 ** (1 - len(values)) <= 1.0 - confidence:
        return found
    if max(values) - min(values) > EQUAL * max(map(abs, values)):
        return found
    return Difference(found.mean, math.nan, math.nan, found.pairs)


def share_of(groups: Sequence[Sequence[bool]]) -> Share:
    """Return the share of true values with Wilson's 95 % interval, groups being the units.

    Wilson (1927) with the number of values divided by the design effect of the groups (Kish 1965,
    Survey Sampling); where all values are equal, with the number of groups.
    """
    values = [value for group in groups for value in group]
    share, n = sum(values) / len(values), float(len(groups))
    means = [sum(group) / len(group) for group in groups]
    between = math.fsum((mean - share) ** 2 for mean in means) / max(1.0, n - 1.0) / n
    if 0.0 < share < 1.0:
        n = float(len(values))
        by_chance = share * (1.0 - share) / (n - 1.0)
        n /= max(1.0, between / by_chance)
    z = NormalDist().inv_cdf(0.975)
    middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    root = math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n))
    reach = z * root / (1.0 + z * z / n)
    return Share(share, max(0.0, middle - reach), min(1.0, middle + reach))


def ratio_of(numerators: Sequence[float], denominators: Sequence[float]) -> Difference:
    """Return the ratio of two sums over independent worlds; see `jackknife`."""

    def ratio(kept: Sequence[int]) -> float:
        below = math.fsum(denominators[i] for i in kept)
        return math.fsum(numerators[i] for i in kept) / below if below else math.nan

    return jackknife(ratio, len(numerators))


def jackknife(estimate: Callable[[Sequence[int]], float], worlds: int) -> Difference:
    """Return what is estimated from independent worlds, given by their numbers, with an interval.

    The mean of Tukey's pseudo-values, which takes out most of a bias, with the interval of
    Student's t (Efron and Tibshirani 1993, An Introduction to the Bootstrap, ch. 11). nan, too few
    worlds, where some worlds without one of them say nothing.
    """
    everything = [*range(worlds)]
    whole = estimate(everything)
    parts = [estimate(everything[:i] + everything[i + 1 :]) for i in everything]
    if any(map(math.isnan, (whole, *parts))):
        return Difference(whole, math.nan, math.nan, worlds)
    return paired_difference([worlds * whole - (worlds - 1) * part for part in parts])


@cache
def student(confidence: float, freedom: int) -> float:
    """The two-sided quantile of Student's t; looking it up costs more than all the rest."""
    from scipy.stats import t as student

    return float(student.ppf(0.5 + confidence / 2, freedom))
