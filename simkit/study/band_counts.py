"""Counting what a rule does in the years of several worlds; worlds are the independent units."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from simkit.planning.band_rule import YEAR, Alarm, alarms, expected_alarms
from simkit.scenario.targets import BandRule
from simkit.study.band_world import Weeks
from simkit.study.band_worlds import DROP_WEEK, quarter_end
from simkit.study.intervals import Difference, jackknife, paired_difference, ratio_of

Year = Sequence[tuple[float, float]]
"""Sales and lower limit of each week."""


def fired(year: Year, rule: BandRule) -> list[Alarm]:
    """Return the alarms of a year."""
    return alarms([sold for sold, _ in year], [limit for _, limit in year], rule)


def delay(year: Year, rule: BandRule) -> float:
    """Return the weeks from the drop to the first alarm, its own week being the first, or inf."""
    weeks = [alarm.week - DROP_WEEK + 1 for alarm in fired(year, rule)]
    return min((float(week) for week in weeks if week >= 1), default=math.inf)


def mean_of(groups: Sequence[Sequence], measure: Callable) -> Difference:
    """Return the mean over worlds of what is measured of each band."""
    return paired_difference(
        [math.fsum(float(measure(one)) for one in group) / len(group) for group in groups]
    )


def rate_of(groups: Sequence[Sequence], measure: Callable) -> Difference:
    """Return the same as `mean_of` for what is counted: not below 0.

    Where nothing was counted, up to the exact Poisson limit for as many years as there are worlds
    (Garwood 1936, Biometrika 28).
    """
    found = mean_of(groups, measure)
    high = found.high if found.mean else -math.log(0.025) / len(groups)
    return Difference(found.mean, max(0.0, found.low), high, found.pairs)


def rest(weeks: Weeks, alarm: int) -> float:
    """Return what the weeks after an alarm bring to the end of its quarter."""
    return math.fsum(weeks[alarm + 1 : quarter_end(alarm)])


def until(delays: Sequence[Sequence[float]], weeks: int) -> list[list[bool]]:
    """Return whether each delay is at most so many weeks."""
    return [[delay <= weeks for delay in world] for world in delays]


def more(groups: Sequence[Sequence[bool]], others: Sequence[Sequence[bool]]) -> Difference:
    """Return by how much the share is higher in the groups than in the others, paired by world."""
    pairs = zip(groups, others, strict=True)
    return paired_difference([(sum(a) - sum(b)) / len(a) for a, b in pairs])


def excess(years: Sequence[Sequence], under: Sequence[Sequence], rule: BandRule) -> Difference:
    """Return alarms a year above those of independent weeks that are as often under the limit."""
    counts = [sum(len(fired(year, rule)) for year in world) / len(world) for world in years]
    low = [sum(map(sum, world)) / len(world) / YEAR for world in under]

    def above(kept: Sequence[int]) -> float:
        count, chance = (math.fsum(v[i] for i in kept) / len(kept) for v in (counts, low))
        return count - expected_alarms(min(1.0, chance), rule.weeks_under)

    return jackknife(above, len(years))


def after(under: Sequence[Sequence[Sequence[bool]]]) -> Difference:
    """Return the share of weeks under the limit among those that follow one under the limit."""
    pairs = [[pair for year in world for pair in pairwise(year)] for world in under]
    both = [sum(now and before for before, now in world) for world in pairs]
    return ratio_of(both, [sum(before for before, _ in world) for world in pairs])


def autocorrelation(ratios: Sequence[Sequence[Sequence[float]]]) -> Difference:
    """Return the correlation of a week with the week before, around the mean over all worlds.

    So a level that was foretold wrongly for a whole year counts: it makes weeks alike.
    """
    weeks = [value for world in ratios for year in world for value in year]
    mean = math.fsum(weeks) / len(weeks)
    away = [[[value - mean for value in year] for year in world] for world in ratios]
    products = [math.fsum(a * b for y in world for a, b in pairwise(y)) for world in away]
    squares = [math.fsum(a * a for y in world for a in y) for world in away]
    return ratio_of([p / (YEAR - 1) for p in products], [q / YEAR for q in squares])


def begins(prices: Sequence[float], threshold: float) -> int:
    """Return how often the price moves beyond a threshold from 1."""
    beyond = [abs(round(price - 1.0, 9)) > threshold for price in prices]
    return sum(now and not before for before, now in pairwise([False, *beyond]))
