"""M11: market, season, slumps, the competitor, and what our price and promotion do to demand."""

import math
from dataclasses import dataclass

from simkit.region.draws import Clock, Stream, entity_number, normal
from simkit.region.response import (
    competitor_response,
    price_response,
    promotion_response,
    season,
)
from simkit.region.state import World

NOTICED_CUT = 0.97
"""A price below this share of last week's is a cut that the competitor notices (assumption)."""


@dataclass(slots=True)
class Rival:
    """The competitor in one territory: until when it sells at which relative price."""

    cuts: Clock
    moods: Stream
    price: float = 1.0
    until: float = -math.inf
    reacts_at: float = math.inf
    our_price: float = 1.0


class Market:
    """Renews the factor on demand of every territory at the start of a week."""

    def __init__(self, world: World) -> None:
        self.world, self.settings = world, world.scenario.market
        draws, key = world.draws, world.scenario.key
        self._noise, self._state = Stream(draws.table("market"), key), 0.0
        self._slumps = Clock(Stream(draws.table("slumps"), key))
        self._depths = draws.table("slump depths")
        self._past: list[tuple[float, float]] = []
        """Slumps so far: week of the beginning, depth."""
        cuts, moods = draws.table("competitor"), draws.table("competitor reacts")
        self._rivals = {
            name: Rival(Clock(Stream(cuts, name)), Stream(moods, name))
            for name in world.territories
        }

    def week(self) -> None:
        """Set the market factor of each territory for the week that begins."""
        world = self.world
        common = self._common() if self.settings.on else 1.0
        for name in world.territories:
            demand = common * world.conditions.of("demand", name)
            if self.settings.on:
                demand *= self._promotion(name)
            world.interest[name] = demand
            # Price acts on deals when they are negotiated, so it does not act on leads as well.
            world.market[name] = demand * (self._price(name) if self.settings.on else 1.0)

    def _common(self) -> float:
        """Growth, fluctuation, season and slumps: the same for all territories."""
        settings, week = self.settings, float(self.world.week)
        self._state *= settings.persistence
        self._state += settings.noise_sd * normal(self._noise.next())
        growth = math.exp(settings.drift_per_year * week / 52.0 + self._state)
        return (
            growth
            * self._slump(week)
            * season(week, settings.season_share, settings.season_peak_week)
        )

    def _slump(self, week: float) -> float:
        crises = self.settings.crises
        if not crises.on:
            return 1.0
        for share in self._slumps.run(crises.per_year / 52.0):
            u = self._depths.one(entity_number(self.world.scenario.key), len(self._past))
            self._past.append((week + share, _depth(u, crises.depth_share)))
        factor = 1.0
        for begun, depth in self._past:
            if begun <= week:
                factor *= 1.0 - depth * math.exp(-(week - begun) / crises.recovery_weeks)
        return factor

    def _promotion(self, name: str) -> float:
        settings = self.settings
        return promotion_response(
            self.world.levers[name].promotion,
            settings.reference_promotion,
            settings.advertising_elasticity,
        )

    def _price(self, name: str) -> float:
        """What our price and the competitor's do to demand in one territory."""
        settings, price = self.settings, self.world.price_in(name)
        rival = self._rivals[name]
        if settings.competitor.on:
            self._compete(name, rival, price)
        theirs = rival.price * self.world.conditions.of("competitor_price", name)
        ours = price_response(price, settings.price_elasticity)
        return ours * competitor_response(theirs, settings.competitor.cross_elasticity)

    def _compete(self, name: str, rival: Rival, our_price: float) -> None:
        """Let the competitor cut its price by itself or because we did, and end its cuts."""
        settings, week = self.settings.competitor, float(self.world.week)
        if our_price < NOTICED_CUT * rival.our_price:
            mood, delay = rival.moods.next(), rival.moods.next()
            if mood < settings.reaction_chance:
                rival.reacts_at = week + 2.0 + 4.0 * delay  # 2 to 6 weeks, see evidence M11
        rival.our_price = our_price
        begins = bool(rival.cuts.run(settings.cuts_per_year / 52.0))
        if rival.reacts_at <= week:
            begins, rival.reacts_at = True, math.inf
        if begins:
            rival.until = week + settings.cut_weeks
        price = 1.0 - settings.cut_share if week < rival.until else 1.0
        if price != rival.price:
            rival.price = price
            self.world.say("competitor", name, amount=price)


def _depth(u: float, mean: float) -> float:
    """Depth of a slump: beta distributed with the given mean and a spread fixed by a + b = 8."""
    from scipy.special import betaincinv  # slow to import, needed about once in three years

    return float(betaincinv(8.0 * mean, 8.0 * (1.0 - mean), u))
