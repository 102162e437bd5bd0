"""Fitting how often customers order and how long they stay, with intervals."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from simkit.scenario.fit.numbers import Z90, Number, count, covariance_of, plain, positive, rare
from simkit.scenario.fit.orders.order_table import Histories, Ints
from simkit.scenario.fit.orders.population import (
    Population,
    Seen,
    active_chances,
    at_start,
    late_first_orders,
    log_likelihoods,
    unseen_active,
)
from simkit.scenario.fit.orders.season import (
    FLAT,
    MIN_WEEKS,
    YEAR,
    Season,
    fit_season,
    level_and_growth_noise,
)
from simkit.scenario.likelihood import Array, climb
from simkit.scenario.market_blocks import Market

MOST = 10_000
"""Customers in the likelihood; of more, every so-and-so-manieth is taken."""
COARSE = 1000
"""Customers that look for a good start."""
ROUNDS = 3
"""Times that rates of territories and the rest are fitted in turn."""
LIKELY_SOME = 14.0
"""First orders expected after the last one seen that chance hides once in a million files."""
FEW = 5
"""A territory with fewer customers has the rate of all."""
BISECTIONS = 7


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
    cohort: bool
    """Whether only customers who began early seem to be in the file."""


def fit_rates(histories: Histories, market: Market, places: Ints) -> Rates:
    """Fit a population to the histories; `places` is the territory of each customer, 0, 1, ..."""
    return _Fit(histories, market, places).result()


class _Fit:
    """One fit: the customers in it, the clock of their market, and what was found so far."""

    def __init__(self, histories: Histories, market: Market, places: Ints) -> None:
        self.market, self.daily = market, histories.daily
        kept = np.arange(0, len(histories), -(-len(histories) // MOST))
        self.scale = len(histories) / len(kept)
        self.whole = np.bincount(places, minlength=int(places.max()) + 1)
        self.customers = len(histories)
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
        self.every = -(-len(self.seen.count) // COARSE)
        coarse = partial(self.heights, every=self.every)
        for _ in range(ROUNDS - 1 if self.number > 1 else self.every > 1):
            start = climb(coarse, [start.tolist()], bounds).point
            if self.number > 1:
                self.tell_apart(_model(start), float(start[4]) if self.long else 0.0)
        self.peak = climb(self.heights, [start.tolist()], bounds)

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
        above = {i: self.upper(i) for i in (2, 3) if not known[i]}
        covariance = np.where(np.isfinite(covariance), covariance, 0.0)
        weeks = int(self.seen.weeks)
        noise = level_and_growth_noise(weeks, self.market, self.long)
        active, chance = self._active(p)
        shares = active / active.sum()
        spread = covariance_of(partial(self.derived, shares), p, covariance)
        total, (level, new) = float(active.sum()), self.derived(shares, p)[:2]
        per_head = np.array([0.0, 1.0, *np.full(len(active), -1 / active.sum())])
        errors = np.diag(spread)[2:] + chance
        # That so many customers are seen at all is chance too, and who is active is predicted.
        seen = 1 / self.customers
        ahead = per_head @ spread @ per_head + seen + chance.sum() / total**2
        return Rates(
            shape=positive(p[0], covariance[0, 0], known[0]),
            rate=positive(level, spread[0, 0] + noise[0, 0], known[1]),
            hazard=rare(p[2], covariance[2, 2], above.get(2)),
            arrivals=rare(new - np.log(total / YEAR), float(ahead), above.get(3)),
            new_per_week=rare(new, spread[1, 1] + seen, above.get(3)),
            growth=plain(p[4], covariance[4, 4] + noise[1, 1]) if self.long else None,
            season=self.season if self.long else None,
            active=tuple(count(a, e) for a, e in zip(active, errors, strict=True)),
            all_active=count(total, float(spread[2:, 2:].sum() + chance.sum())),
            potential=self.potentials(float(np.log((shares * np.exp(self.logs)).sum())), shares),
            used=len(self.seen.count),
            cohort=self.is_cohort(p),
        )

    def derived(self, shares: Array, p: Array) -> Array:
        """Return log level, log of new customers a week, active customers of each territory."""
        return np.array([self.level(shares, p), self.arriving(p), *self._active(p)[0]])

    def is_cohort(self, p: Array) -> bool:
        """Whether first orders end so early that chance will not explain it."""
        seen, _ = self.clocked(float(p[4]) if self.long else 0.0)
        return late_first_orders(_model(p), seen) > LIKELY_SOME

    def upper(self, i: int) -> float:
        """Return by how much parameter `i`, which the data push to 0, may be larger at most.

        The end of the one-sided profile interval: all else fitted again, the log-likelihood falls
        by half the 90 % quantile of chi2 with one degree of freedom.
        """
        point, bends = self.peak.point, partial(self.heights, every=self.every)
        top = bends(point) * self.every
        others = np.delete(np.arange(len(point)), i)
        low, high = 0.0, 16.0
        for _ in range(BISECTIONS):
            middle = (low + high) / 2

            def height(v: Array, shift: float = middle) -> float:
                p = point.copy()
                p[others], p[i] = v, point[i] + shift
                return bends(p) * self.every

            bounds = [(v - 4, v + 4) for v in point[others]]
            fell = top - climb(height, [point[others].tolist()], bounds).height > Z90**2 / 2
            low, high = (low, middle) if fell else (middle, high)
        return float(np.exp(high))

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

    def _active(self, p: Array) -> tuple[Array, Array]:
        """Return the active customers of each territory at the end, and the variance of chance."""
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
        counts = np.bincount(self.places, minlength=self.number).clip(1)
        scale = np.maximum(self.whole / counts, 1.0)
        means = np.bincount(self.places, chances, self.number) / counts
        apart = np.bincount(self.places, (chances - means[self.places]) ** 2, self.number)
        # Where a part of the customers stands for all, which part it is adds to the variance.
        return np.asarray(expected * scale), np.asarray(scale * (chance + (scale - 1) * apart))

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
            found.append(positive(self.logs[place] - mean, float((weights**2 * own).sum()), True))
        return tuple(found)


def _model(p: Array) -> Population:
    return Population(*(float(v) for v in np.exp(p[:4])))
