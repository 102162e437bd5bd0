"""What a band rule does: false alarms in worlds where nothing happens, delay after a real drop.

Worlds are the independent units of every interval: territories of one world share its market.
Alarms are counted over whole years, counting anew after each, so that nothing is cut off. That is a
rate; 1 / rate is the mean number of weeks between alarms in the long run (renewal theorem,
Feller 1968, vol. 1, XIII.3) only where weeks are independent, which these are not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from statistics import NormalDist

from simkit.planning.band_rule import (
    YEAR,
    alarms,
    expected_alarms,
    lower_limits,
)
from simkit.region.draws import Draws, entity_number, normal
from simkit.scenario.records import Scenario
from simkit.scenario.targets import BandRule
from simkit.study import band_counts as count
from simkit.study.band_results import LONGEST, WITHIN, AlarmCost, Found, Outside, Quiet
from simkit.study.band_world import BandWorld
from simkit.study.band_worlds import (
    FIRST_SEED,
    SIZES,
    play_band_worlds,
    play_recalibrated,
)
from simkit.study.intervals import (
    Difference,
    paired_difference,
    share_of,
)
from simkit.study.workers import Tell

WIDTHS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
"""Width factors of the trade-off."""
REVIEW_HOURS = 4.0
"""Hours of the manager that a review meeting takes, preparation included (assumption)."""
DRAWN_YEARS = 2000


@dataclass(frozen=True)
class BandStudy:
    """Worlds to judge rules by, and the scenario they are of."""

    scenario: Scenario
    worlds: tuple[BandWorld, ...]

    @cached_property
    def sizes(self) -> tuple[float, ...]:
        """The sizes of the drop that were played."""
        return tuple(self.worlds[0].changed)

    @cached_property
    def territories(self) -> tuple[str, ...]:
        """The ids of the territories."""
        return tuple(self.worlds[0].quiet)

    def quiet(self, rule: BandRule, region: bool = False) -> Quiet:
        """Return what the rule does where nothing happens, in territories or for the region."""
        alone = rule.model_copy(update={"factor": 1.0})
        years = self._years(rule, region)
        under = [[[sold < low for sold, low in year] for year in world] for world in years]
        return Quiet(
            count.rate_of(years, lambda year: len(count.fired(year, rule))),
            count.rate_of(years, lambda year: len(count.fired(year, alone))),
            count.excess(years, under, alone),
            share_of([[bool(count.fired(year, rule)) for year in world] for world in years]),
            count.mean_of(under, lambda year: sum(year) / YEAR),
            count.after(under),
            count.autocorrelation(self._ratios(rule, region)),
            rule.width_factor * self._coefficient(region),
        )

    def found(self, rule: BandRule, size: float, region: bool = False) -> Found:
        """Return what the rule does after a drop of a played size.

        Raises KeyError for a size that was not played.
        """
        found, anyway = (
            [[count.delay(year, rule) for year in world] for world in self._years(rule, region, s)]
            for s in (size, None)
        )
        within, calm = ({k: count.until(delays, k) for k in WITHIN} for delays in (found, anyway))
        weeks = count.mean_of(found, lambda weeks: min(weeks, LONGEST))
        return Found(
            replace(weeks, low=max(1.0, weeks.low), high=min(LONGEST, weeks.high)),
            {k: share_of(within[k]) for k in WITHIN},
            {k: share_of(calm[k]) for k in WITHIN},
            {k: count.more(within[k], calm[k]) for k in WITHIN},
        )

    def trade_off(
        self, rule: BandRule, size: float, widths: Sequence[float] = WIDTHS
    ) -> list[tuple[float, Quiet, Found]]:
        """Return false alarms and delay for each width factor, all else as in the rule."""
        rules = [rule.model_copy(update={"width_factor": width}) for width in widths]
        return [(r.width_factor, self.quiet(r), self.found(r, size)) for r in rules]

    def drawn(self, rule: BandRule) -> tuple[float, Difference]:
        """Return alarms a year of drawn independent weeks: by the closed form, and as counted.

        Normal weeks with the mean and spread of the territories' weeks: a check that rule and
        formula mean the same. The luck is keyed, so that it is the same for every rule.
        """
        ratios = [value for world in self._ratios(rule) for year in world for value in year]
        mean = math.fsum(ratios) / len(ratios)
        spread = math.sqrt(math.fsum((v - mean) ** 2 for v in ratios) / len(ratios))
        limit = (max(0.0, 1.0 - rule.width_factor * self._coefficient(False)) - mean) / spread
        alone, limits = rule.model_copy(update={"factor": 1.0}), [limit] * YEAR
        counts = [float(len(alarms(year, limits, alone))) for year in _luck()]
        chance = NormalDist().cdf(limit)
        return expected_alarms(chance, rule.weeks_under), paired_difference(counts)

    def first_alarms(self, rule: BandRule) -> list[dict[str, int]]:
        """Return the week of the first false alarm of each territory, by world."""
        found = []
        for world in self._years(rule):
            fired = zip(self.territories, (count.fired(year, rule) for year in world), strict=True)
            found.append({place: hits[0].week for place, hits in fired if hits})
        return found

    def cost(
        self, rule: BandRule, workers: int = 2, tell: Tell = lambda done, total: None
    ) -> AlarmCost:
        """Play what false alarms under the rule cost: the same years with lower quotas after them.

        In contribution of the territory from the alarm to the end of its quarter; what trust and
        effort do later is not counted.
        """
        first = self.first_alarms(rule)
        played = play_recalibrated(
            self.scenario, self.worlds, first, rule.factor, workers=workers, tell=tell
        )
        triples = zip(self.worlds, first, played, strict=True)
        groups = [
            [
                count.rest(after[place], week) - count.rest(world.contribution[place], week)
                for place, week in f
            ]
            for world, fired, after in triples
            for f in (fired.items(),)
        ]
        talks, hour = self.scenario.talks, self.scenario.costs.coaching_hour
        reps = len(self.worlds[0].quotas) / len(self.territories)
        return AlarmCost(
            rule,
            paired_difference([math.fsum(g) / len(g) for g in groups if g]),
            sum(map(len, groups)),
            reps * talks.explain_hours * hour if talks else 0.0,
            REVIEW_HOURS * hour,
        )

    def outside(self, threshold: float) -> Outside:
        """Return how often the competitor's price passes a threshold, and what its cuts do."""
        rivals = [list(world.rival.values()) for world in self.worlds]
        return Outside(
            count.rate_of(rivals, lambda prices: count.begins(prices, threshold)),
            count.rate_of(rivals, lambda prices: count.begins(prices, 0.0)),
            paired_difference([world.in_cuts() for world in self.worlds]),
        )

    # What the above has in common

    def _years(
        self, rule: BandRule, region: bool = False, size: float | None = None
    ) -> list[list[list[tuple[float, float]]]]:
        """Sales and lower limit of each week, for each band of each world."""
        return [
            [
                list(zip(sales, lower_limits(expected, spread, rule), strict=True))
                for sales, expected, spread in world.bands(rule.growth_years, region, size)
            ]
            for world in self.worlds
        ]

    def _ratios(self, rule: BandRule, region: bool = False) -> list[list[list[float]]]:
        """Sales / expected sales of each quiet week, for each band of each world."""
        return [
            [
                [sold / week for sold, week in zip(sales, expected, strict=True)]
                for sales, expected, _ in world.bands(rule.growth_years, region)
            ]
            for world in self.worlds
        ]

    def _coefficient(self, region: bool) -> float:
        found = [spread for world in self.worlds for *_, spread in world.bands(1, region)]
        return math.fsum(found) / len(found)


def band_study(
    scenario: Scenario,
    worlds: int = 24,
    *,
    sizes: Sequence[float] = SIZES,
    first_seed: int = FIRST_SEED,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
) -> BandStudy:
    """Play worlds of a scenario and return what rules are judged by; see `play_band_worlds`."""
    played = play_band_worlds(
        scenario, worlds, sizes=sizes, first_seed=first_seed, workers=workers, tell=tell
    )
    return BandStudy(scenario, played)


def textbook(rule: BandRule) -> float:
    """Return the alarms a year of independent normal weeks around the right baseline."""
    return expected_alarms(NormalDist().cdf(-rule.width_factor), rule.weeks_under)


@cache
def _luck() -> list[list[float]]:
    """Years of independent standard normal weeks, the same ones always."""
    table = Draws(FIRST_SEED).table("band check")
    rows = [table.row(entity_number(f"year {year}"), 0, YEAR) for year in range(DRAWN_YEARS)]
    return [[normal(float(u)) for u in row] for row in rows]
