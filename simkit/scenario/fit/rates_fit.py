"""Fitting how often customers order and how long they stay, with intervals."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simkit.scenario.fit.order_table import Histories, Ints
from simkit.scenario.fit.population import (
    Population,
    Seen,
    active_chances,
    at_start,
    log_likelihoods,
    unseen_active,
)
from simkit.scenario.fit.season import (
    FLAT,
    MIN_WEEKS,
    YEAR,
    Season,
    fit_season,
    level_and_growth_noise,
)
from simkit.scenario.likelihood import Array, climb
from simkit.scenario.market_blocks import Market

MOST = 20_000
"""Customers in the likelihood; of more, every so-and-so-manieth is taken."""
COARSE = 1000
"""Customers that look for a good start."""
ROUNDS = 3
"""Times that rates of territories and the rest are fitted in turn."""
FEW = 5
"""A territory with fewer customers has the rate of all."""
Z90 = 1.6448536269514722
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Number:
    """A value with its 90 % interval; `known` is False where the data do not determine it."""

    value: float
    low: float
    high: float
    known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What the orders say about customers; `potential` and `active` have one entry per territory.

    A territory is a number of the table; with customers that name none, -1 comes last.
    """

    shape: Number
    rate: Number
    """Orders a week of a customer, level at the end of the period, mean over territories."""
    hazard: Number
    arrivals: Number
    """New customers a year as a share of those active at the end."""
    new_per_week: Number
    growth: Number | None
    season: Season | None
    active: tuple[Number, ...]
    all_active: Number
    potential: tuple[Number | None, ...]
    used: int
    """Customers in the likelihood."""


def fit_rates(histories: Histories, market: Market, places: Ints) -> Rates:
    """Fit a population to the histories; `places` is the territory of each customer, 0, 1, ..."""
    return _Fit(histories, market, places).result()


class _Fit:
    """One fit: the customers in it, the clock of their market, and what was found so far."""

    def __init__(self, histories: Histories, market: Market, places: Ints) -> None:
        self.market, self.daily = market, histories.daily
        kept = np.arange(0, len(histories), -(-len(histories) // MOST))
        self.scale = len(histories) / len(kept)
        self.places = places[kept]
        self.number = int(places.max()) + 1
        ones = np.ones(len(kept))
        weeks = histories.weeks
        first, last = histories.first[kept], histories.last[kept]
        self.seen = Seen(histories.count[kept], first, last, ones, weeks)
        self.long = weeks >= MIN_WEEKS
        self.season = fit_season(self.daily, market) if self.long else FLAT
        self.orders = self.daily * (histories.count[kept].sum() / histories.count.sum())
        self.logs = np.zeros(self.number)
        self.infos = np.full(self.number, np.inf)

    def factors(self, growth: float) -> Array:
        """Return the factor on demand of each day; 1 at the end but for the season."""
        week = (np.arange(len(self.daily)) + 0.5) / 7
        wave = 1 + self.season.share * np.cos(2 * np.pi * (week - self.season.peak) / YEAR)
        return np.asarray(np.exp(growth * (week - self.seen.weeks) / YEAR) * np.maximum(wave, 0.05))

    def clocked(self, growth: float) -> tuple[Seen, Array]:
        """Return the customers with times in a clock that runs as fast as the market, and it."""
        seen = replace(self.seen, factor=np.exp(self.logs)[self.places])
        if not self.long:
            return seen, np.ones_like(self.daily)
        factors = self.factors(growth)
        speed = factors / factors.mean()
        passed = (np.cumsum(speed) - speed / 2) / 7
        first, last = (
            passed[np.minimum(t * 7, len(speed) - 1).astype(int)] for t in (seen.first, seen.last)
        )
        return replace(seen, first=first, last=last), speed

    def heights(self, p: Array, every: int = 1) -> float:
        """Return the log-likelihood at the logs of the parameters and the growth."""
        seen, speed = self.clocked(float(p[4]) if self.long else 0.0)
        part = seen.part(np.arange(0, len(seen.count), every)) if every > 1 else seen
        total = float(log_likelihoods(_model(p), part).sum())
        total += float((self.orders * np.log(speed)).sum()) / every
        return total if np.isfinite(total) else -1e12

    def climb(self) -> None:
        """Fit all territories together, and what tells them apart, in turn."""
        weeks = self.seen.weeks
        rate = np.log(max(self.seen.count.mean() / weeks, 1e-6))
        start = np.array([0.0, rate, -np.log(2 * weeks), -np.log(2 * weeks), 0.0])
        bounds = [(-4.0, 5.0), (rate - 5, rate + 5), (-16.0, 0.5), (-16.0, 2.0), (-1.5, 1.5)]
        used = 5 if self.long else 4
        start, bounds = start[:used], bounds[:used]
        every = -(-len(self.seen.count) // COARSE)
        if every > 1:
            start = climb(partial(self.heights, every=every), [start.tolist()], bounds).point
        for turn in range(ROUNDS if self.number > 1 else 1):
            self.peak = climb(self.heights, [start.tolist()], bounds)
            start = self.peak.point
            if self.number > 1 and turn < ROUNDS - 1:
                self.tell_apart(_model(start), float(start[4]) if self.long else 0.0)

    def tell_apart(self, model: Population, growth: float) -> None:
        """Fit the rate of each territory, given all else; Newton's steps, all at once."""
        counts = np.bincount(self.places, minlength=self.number)
        enough = counts >= FEW

        def heights(shift: float) -> Array:
            seen, _ = self.clocked(growth)
            seen = replace(seen, factor=seen.factor * np.exp(shift))
            return np.asarray(
                np.bincount(self.places, log_likelihoods(model, seen), self.number), float
            )

        for _ in range(4):
            low, middle, high = (heights(shift) for shift in (-0.01, 0.0, 0.01))
            bend = np.minimum((high - 2 * middle + low) / 0.01**2, -0.1 * counts.clip(1))
            self.logs += np.clip(-(high - low) / 0.02 / bend, -0.5, 0.5) * enough
            self.infos = np.where(enough, -bend, np.inf)
        self.logs -= float((self.logs * counts).sum() / counts.sum())

    def result(self) -> Rates:
        """Return everything with its interval."""
        self.climb()
        p, covariance = self.peak.point, self.peak.covariance
        known = np.isfinite(np.diag(covariance))
        covariance = np.where(np.isfinite(covariance), covariance, 0.0)
        weeks = int(self.seen.weeks)
        noise = level_and_growth_noise(weeks, self.market, self.long)
        growth = float(p[4]) if self.long else 0.0
        active, errors, chance = self.active(p, covariance)
        shares = active / active.sum()
        mean = float(np.log((shares * np.exp(self.logs)).sum()))
        level = _delta(partial(self.level, shares), p, covariance)
        new = _delta(self.arriving, p, covariance)
        per_head = _delta(
            lambda v: self.arriving(v) - np.log(self.active_at(v).sum()), p, covariance
        )
        total = _delta(lambda v: np.log(self.active_at(v).sum()), p, covariance)
        return Rates(
            shape=_positive(p[0], covariance[0, 0], known[0]),
            rate=_positive(self.level(shares, p), level + noise[0, 0], known[1]),
            hazard=_positive(p[2], covariance[2, 2], known[2]),
            arrivals=_positive(
                self.arriving(p) - np.log(active.sum()) + np.log(YEAR), per_head, known[3]
            ),
            new_per_week=_positive(self.arriving(p), new, known[3]),
            growth=_plain(growth, covariance[4, 4] + noise[1, 1]) if self.long else None,
            season=self.season if self.long else None,
            active=tuple(_count(a, e) for a, e in zip(active, errors, strict=True)),
            all_active=_count(active.sum(), total * active.sum() ** 2 + chance),
            potential=self.potentials(mean, shares),
            used=len(self.seen.count),
        )

    def level(self, shares: Array, p: Array) -> float:
        """Return the log of the mean rate at the end of the period, season left out."""
        mean = (shares * np.exp(self.logs)).sum()
        slow = self.factors(float(p[4])).mean() if self.long else 1.0
        return float(p[1] + np.log(mean) - np.log(slow))

    def arriving(self, p: Array) -> float:
        """Return the log of the new customers a week."""
        model = _model(p)
        seen, _ = self.clocked(float(p[4]) if self.long else 0.0)
        return float(np.log(model.arrivals * at_start(model, seen) * self.scale))

    def active_at(self, p: Array) -> Array:
        """Return the expected number of active customers of each territory at the end."""
        return self._active(p)[0]

    def _active_in(self, place: int, p: Array) -> float:
        return float(self.active_at(p)[place])

    def _active(self, p: Array) -> tuple[Array, Array]:
        model = _model(p)
        seen, _ = self.clocked(float(p[4]) if self.long else 0.0)
        chances = active_chances(model, seen)
        expected = np.bincount(self.places, chances, self.number)
        chance = np.bincount(self.places, chances * (1 - chances), self.number)
        for place in range(self.number):
            here = seen.part(np.flatnonzero(self.places == place))
            hidden = unseen_active(model, here) if len(here.count) else 0.0
            expected[place] += hidden
            chance[place] += hidden
        return np.asarray(expected * self.scale), np.asarray(chance * self.scale)

    def active(self, p: Array, covariance: Array) -> tuple[Array, Array, float]:
        """Return the active customers by territory, the variances, and that of chance in all."""
        expected, chance = self._active(p)
        variances = [
            _delta(partial(self._active_in, i), p, covariance) + chance[i]
            for i in range(self.number)
        ]
        return expected, np.array(variances), float(chance.sum())

    def potentials(self, mean: float, shares: Array) -> tuple[Number | None, ...]:
        """Return each territory's rate over the mean, None where there are too few customers."""
        if self.number == 1:
            return (None,)
        own = 1 / self.infos
        found: list[Number | None] = []
        for place in range(self.number):
            if not np.isfinite(self.infos[place]):
                found.append(None)
                continue
            weights = -shares.copy()
            weights[place] += 1
            found.append(_positive(self.logs[place] - mean, float((weights**2 * own).sum()), True))
        return tuple(found)


def _model(p: Array) -> Population:
    return Population(*(float(v) for v in np.exp(p[:4])))


def _delta(of: Callable[[Array], float], p: Array, covariance: Array) -> float:
    """Return the variance of a function of the parameters by the delta method."""
    slope = np.zeros(len(p))
    for i in np.flatnonzero(np.diag(covariance)):
        step = np.zeros(len(p))
        step[i] = STEP
        slope[i] = (of(p + step) - of(p - step)) / (2 * STEP)
    return float(slope @ covariance @ slope)


def _positive(log: float, variance: float, known: bool) -> Number:
    reach = Z90 * float(np.sqrt(variance))
    low, high = (float(np.exp(min(log + sign * reach, 50.0))) for sign in (-1, 1))
    return Number(float(np.exp(log)), low, high, bool(known))


def _plain(value: float, variance: float) -> Number:
    reach = Z90 * float(np.sqrt(variance))
    return Number(value, value - reach, value + reach, variance > 0)


def _count(value: float, variance: float) -> Number:
    reach = Z90 * float(np.sqrt(variance))
    return Number(float(value), max(0.0, float(value) - reach), float(value) + reach)
