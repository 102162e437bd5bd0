"""What comes out of judging a band rule: plain figures with their intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

from simkit.planning.band_rule import expected_alarms
from simkit.scenario.targets import BandRule
from simkit.study.intervals import Difference, Share

WITHIN = (4, 8, 13)
"""Weeks within which a drop should be found."""
LONGEST = 26
"""A delay that is longer, or an alarm that never comes, counts as so many weeks."""


@dataclass(frozen=True)
class Quiet:
    """What the rule does in years in which nothing happens.

    `a_year`: alarms of one band and year, the target recalibrated after each; `unchanged`: the same
    with the target left as it is, which is what closed forms are about; `excess`: how far that is
    above the closed form for independent weeks that are as often under the limit. `some`: share of
    years with an alarm. `under`: share of weeks under the limit, `after`: the same for weeks that
    follow one under the limit (equal for independent weeks). `autocorrelation`: of sales / expected
    sales with the week before. `width`: half the band over its middle.
    """

    a_year: Difference
    unchanged: Difference
    excess: Difference
    some: Share
    under: Difference
    after: Difference
    autocorrelation: Difference
    width: float

    def independent(self, weeks_under: int) -> float:
        """Return the alarms a year of independent weeks that are as often under the limit."""
        return expected_alarms(self.under.mean, weeks_under)


@dataclass(frozen=True)
class Found:
    """What the rule does after a drop; `weeks` to the alarm, `LONGEST` at most.

    `within`: by weeks, the share of bands that speak within them; `anyway`: the share that would
    have spoken without a drop, in the same worlds and weeks; `gain`: the difference, paired.
    """

    weeks: Difference
    within: Mapping[int, Share]
    anyway: Mapping[int, Share]
    gain: Mapping[int, Difference]


@dataclass(frozen=True)
class AlarmCost:
    """What false alarms cost that fire under `rule`, money an alarm.

    `quarter`: how much contribution the territory has more or less to the end of the quarter
    because its quotas are lowered, mean over worlds of their alarms, the first of each territory.
    `number`: how many alarms were played. `talks`, `review`: the hours they take.
    """

    rule: BandRule
    quarter: Difference
    number: int
    talks: float
    review: float


@dataclass(frozen=True)
class Outside:
    """The rule about outside changes: the competitor's price, by territory and year.

    `fires`: how often it moves further than the threshold from what is usual; `cuts`: how often it
    is cut at all; `sales`: sales in weeks of a cut over those in other weeks, less 1.
    """

    fires: Difference
    cuts: Difference
    sales: Difference
