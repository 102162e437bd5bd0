"""The band rule week by week: what past weeks let expect, when it fires, what chance alone does.

The band is `baseline x season x (1 -+ width factor x volatility coefficient)`; so many weeks in a
row under it fire the rule, and the target, with the band around it, is multiplied by the factor.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simkit.planning.targets import baseline, volatility
from simkit.scenario.targets import BandRule

YEAR = 52
PERIOD = 4
"""Weeks that share a season index: single weeks of a few years are mostly noise (assumption)."""


@dataclass(frozen=True, slots=True)
class Track:
    """What past weeks say before any rule is chosen.

    `years`: sales by year, oldest first; `season`: an index for each of 52 weeks, mean 1;
    `coefficient`: the volatility coefficient.
    """

    years: tuple[float, ...]
    season: tuple[float, ...]
    coefficient: float

    def expected(self, window: int) -> list[float]:
        """Return the sales expected in each week of next year, from `window` years of growth."""
        week = baseline(self.years, window).value / YEAR
        return [week * index for index in self.season]


@dataclass(frozen=True, slots=True)
class Alarm:
    """The rule fired at the end of `week` (0-based); `level` is target / first target from then."""

    week: int
    level: float


def season_index(weeks: Sequence[float], period: int = PERIOD) -> list[float]:
    """Return the season index of 52 weeks, mean 1, from whole past years, the oldest week first.

    Each week counts as a share of its own year, so that growth is not taken for season; the weeks
    of a period of `period` weeks share one index. Raises ValueError unless there are whole years
    with sales and the period divides the year.
    """
    if YEAR % period:
        raise ValueError(f"a period of {period} weeks does not divide a year of {YEAR}")
    shares = _shares(weeks)
    index: list[float] = []
    for first in range(0, YEAR, period):
        same = [s for i, s in enumerate(shares) if first <= i % YEAR < first + period]
        index += [math.fsum(same) / len(same)] * period
    return index


def track_of(weeks: Sequence[float], season: Sequence[float] | None = None) -> Track:
    """Return what whole past years of weekly sales, the oldest week first, say.

    `season`: that of the region, say, which is less noisy than a territory's own, the default.
    Raises ValueError unless there are two whole years or more, all with sales.
    """
    if len(weeks) < 2 * YEAR:
        raise ValueError(f"two years of weeks or more are needed, there are {len(weeks)} weeks")
    season = season_index(weeks) if season is None else season
    years = [math.fsum(weeks[first : first + YEAR]) for first in range(0, len(weeks), YEAR)]
    spread = volatility(_shares(weeks), season).value
    return Track(tuple(years), tuple(season), spread)


def _shares(weeks: Sequence[float]) -> list[float]:
    """Each week as a multiple of the mean week of its year."""
    if not weeks or len(weeks) % YEAR:
        raise ValueError(f"whole years of {YEAR} weeks are needed, there are {len(weeks)} weeks")
    shares: list[float] = []
    for first in range(0, len(weeks), YEAR):
        year = weeks[first : first + YEAR]
        mean = math.fsum(year) / YEAR
        if not mean > 0:
            raise ValueError(f"there are no sales in year {first // YEAR + 1}")
        shares += [week / mean for week in year]
    return shares


def lower_limits(expected: Sequence[float], coefficient: float, rule: BandRule) -> list[float]:
    """Return the lower limit of each week, never below 0."""
    share = max(0.0, 1.0 - rule.width_factor * coefficient)
    return [week * share for week in expected]


def alarms(sales: Sequence[float], lower: Sequence[float], rule: BandRule) -> list[Alarm]:
    """Return every time the rule fires; after each, target and band x factor, and counting anew.

    Raises ValueError when limits are not given for every week.
    """
    found: list[Alarm] = []
    run, level = 0, 1.0
    for week, (value, limit) in enumerate(zip(sales, lower, strict=True)):
        run = run + 1 if value < limit * level else 0
        if run >= rule.weeks_under:
            run, level = 0, level * rule.factor
            found.append(Alarm(week, level))
    return found


def expected_alarms(chance: float, weeks_under: int, weeks: int = YEAR) -> float:
    """Return the mean number of alarms in `weeks` independent weeks, counting anew after each.

    The chance u_n of an alarm in week n follows from
    u_n + u_(n-1) p + ... + u_(n-k+1) p^(k-1) = p^k for n >= k, 0 before (Feller 1968, vol. 1,
    XIII.7, success runs as recurrent events). In the long run it is 1 alarm in
    `simkit.planning.targets.weeks_to_false_alarm` weeks; a year is a little below that, because it
    begins with no week counted. Raises ValueError outside 0 to 1, and below one week.
    """
    if not 0 <= chance <= 1:
        raise ValueError(f"the chance must be from 0 to 1, is {chance}")
    if weeks_under < 1:
        raise ValueError(f"at least one week must be under its limit, not {weeks_under}")
    u: list[float] = []
    for week in range(1, weeks + 1):
        before = [u[-j] * chance**j for j in range(1, min(weeks_under, week))]
        u.append(chance**weeks_under - math.fsum(before) if week >= weeks_under else 0.0)
    return math.fsum(u)
