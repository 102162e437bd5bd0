"""The season of a year, read from past weeks."""

import math
from collections.abc import Sequence

YEAR = 52
SMOOTH = 13
"""Weeks over which the index is smoothed, the week itself in the middle."""


def season_index(weeks: Sequence[float], smooth: int = SMOOTH) -> list[float]:
    """Return the season index of each of the 52 weeks of a year, mean 1.

    Ratio to the mean of its own year, averaged over the years and smoothed around the year, so that
    neither growth nor a single good week passes for a season. `weeks`: sales by week, the oldest
    first; only whole years at the end count. With less than a year, or a year without sales, all
    weeks are alike. `smooth` is an odd number of weeks.
    Raises ValueError for a negative or infinite week.
    """
    if any(not math.isfinite(week) or week < 0 for week in weeks):
        raise ValueError("sales of a week must be 0 or more")
    whole = len(weeks) // YEAR
    years = [weeks[len(weeks) - YEAR * n :][:YEAR] for n in range(1, whole + 1)]
    means = [math.fsum(year) / YEAR for year in years]
    if not years or not all(means):
        return [1.0] * YEAR
    ratios = [
        math.fsum(year[w] / mean for year, mean in zip(years, means, strict=True)) / whole
        for w in range(YEAR)
    ]
    reach = range(-(smooth // 2), smooth // 2 + 1)
    smoothed = [math.fsum(ratios[(w + i) % YEAR] for i in reach) / smooth for w in range(YEAR)]
    # A season of zero would leave a week, and its target, without any weight.
    floored = [max(0.05, value) for value in smoothed]
    mean = math.fsum(floored) / YEAR
    return [value / mean for value in floored]
