"""Quantiles and risks: what a bad quarter looks like, and how likely the target is missed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from simkit.scenario.record import Text
from simkit.study.ranking import Share, share
from simkit.study.statistics.means import Estimate, defined, estimate, must_be_share

LOW, HIGH = 0.1, 0.9
"""The percentiles that stand for a bad and a good quarter."""


class Quantile(NamedTuple):
    """A quantile and its interval; an end is nan where there are too few values for it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Smore:
    """The spread of one figure over worlds: mean and percentiles, each with its own interval."""

    mean: Estimate
    median: Quantile
    low_percentile: Quantile
    high_percentile: Quantile
    least: float
    most: float


def quantile_interval(values: Sequence[float], p: float, confidence: float = 0.95) -> Quantile:
    """Return the quantile `p` and an interval between two values, exact for any continuous law.

    The l-th and the u-th smallest of n, l the largest with P(B < l) <= a / 2 and u the smallest
    with P(B >= u) <= a / 2, B binomial(n, p), a = 1 - confidence (Conover 1999, Practical
    Nonparametric Statistics, 3.2). The quantile itself is interpolated as by NumPy and spreadsheets
    (Hyndman and Fan 1996, type 7), and never outside its interval. An end that n values cannot give
    is nan; `missing_end` says why.
    """
    must_be_share(p, "the place of a quantile")
    ordered = sorted(defined(values))
    low, high = order_numbers(len(ordered), p, confidence)
    least, most = (ordered[i - 1] if i else math.nan for i in (low, high))
    value = _interpolated(ordered, p)
    value = least if value < least else most if value > most else value
    return Quantile(value, least, most)


def _interpolated(ordered: Sequence[float], p: float) -> float:
    if not ordered:
        return math.nan
    place = (len(ordered) - 1) * p
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


@cache
def order_numbers(n: int, p: float, confidence: float = 0.95) -> tuple[int, int]:
    """Return which smallest values, counted from 1, are the ends of the interval; 0 where none.

    Found from both tails alike, so that the interval of the mirrored values is the mirror image.
    """
    must_be_share(confidence)
    tail = (1.0 - confidence) / 2.0
    low, from_top = _allowed(n, p, tail), _allowed(n, 1.0 - p, tail)
    return low, n + 1 - from_top if from_top else 0


def _allowed(n: int, p: float, tail: float) -> int:
    """The largest l with P(B < l) <= tail, B binomial(n, p)."""
    from scipy.stats import binom

    guess = int(binom.ppf(tail, n, p)) if n else 0
    return guess + 1 if n and binom.cdf(guess, n, p) <= tail else guess


def fewest_values(p: float, confidence: float = 0.95) -> int:
    """Return how many values give the interval of the quantile `p` both ends."""
    must_be_share(p, "the place of a quantile")
    must_be_share(confidence)
    tail = math.log((1.0 - confidence) / 2.0)
    n = max(1, math.floor(tail / math.log(max(p, 1.0 - p))))
    while not all(order_numbers(n, p, confidence)):
        n += 1
    return n


def missing_end(n: int, p: float, confidence: float = 0.95) -> Text | None:
    """Return why the interval of a quantile has an open end with `n` values, or None."""
    if all(order_numbers(n, p, confidence)):
        return None
    wanted = fewest_values(p, confidence)
    return Text(
        en=f"{n} worlds are too few for both ends of the {confidence:.0%} interval of the "
        f"{100 * p:g} % point: it takes {wanted}",
        zh=f"{n} 次模拟不足以给出 {100 * p:g}% 分位数的 {confidence:.0%} 置信区间的两端，"
        f"至少需要 {wanted} 次",
    )


def risk(
    values: Sequence[float], target: float, below: bool = True, confidence: float = 0.95
) -> Share:
    """Return the share of worlds that miss a target, with the exact interval of a share.

    Missed is less than `target`, or more where not `below`; just reached is reached. Values that
    are not numbers are left out. Raises ValueError where none is left.
    """
    must_be_share(confidence)
    known = defined(values)
    if not known:
        raise ValueError("the figure is undefined in every world: no risk can be said")
    missed = sum(v < target if below else v > target for v in known)
    return share(missed, len(known), confidence)


def smore(values: Sequence[float], confidence: float = 0.95) -> Smore:
    """Return mean, median, 10 % and 90 % point with intervals, and the extremes.

    Each interval holds with `confidence` by itself, not all of them at once. Named after the plot
    of Simio (measure of risk and error; Nelson 2008, The MORE plot, Winter Simulation Conference).
    """
    known = defined(values)
    middle, low, high = (quantile_interval(known, p, confidence) for p in (0.5, LOW, HIGH))
    ends = (min(known), max(known)) if known else (math.nan, math.nan)
    return Smore(estimate(values, confidence), middle, low, high, *ends)
