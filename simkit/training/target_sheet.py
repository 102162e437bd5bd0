"""What a plan is made from before it is committed: the facts, the baseline, the proposals."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from simkit.planning.cascade import Part, Team, calendar, over_people, over_time, reconciled, split
from simkit.planning.targets import Band, Step, adjusted, baseline, floating_band, volatility
from simkit.region.response import season
from simkit.scenario.records import Scenario
from simkit.study.past import Past, potentials

YEAR, QUARTER = 52, 13
RECENT = 26
"""Weeks that count as a rep's history: in these everybody of the workshop was there."""
CRITERIA = ("potential", "history", "ability")
Holidays = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Facts:
    """What is known before a plan: the past, the reps and what they say they can sell."""

    scenario: Scenario
    past: Past
    claims: Mapping[str, float]
    """By rep: money a quarter."""

    @cached_property
    def reps(self) -> dict[str, str]:
        """The territory of each rep."""
        return {rep.id: rep.territory for rep in self.scenario.reps}

    @cached_property
    def years(self) -> list[float]:
        """The region's sales by year, the oldest first."""
        return list(self.past.sales_by_year())

    @cached_property
    def season(self) -> list[float]:
        """Index of each week of the year, mean 1: that of the market, known from all regions.

        The few years of one region are too noisy to read it from them.
        """
        market = self.scenario.market
        share = market.season_share if market.on else 0.0
        return [season(float(week), share, market.season_peak_week) for week in range(YEAR)]

    @cached_property
    def volatility(self) -> Step:
        """How far the weeks of the last year stray from their season."""
        return volatility(self.past.sales_by_week()[-YEAR:], self.season)

    def recent(self, rep: str | None = None, column: str = "sales") -> float:
        """Return the sum of a column over the last half-year, of one rep or of all."""
        rows = self.past.weeks[self.past.weeks["week"] >= -RECENT]
        rows = rows if rep is None else rows[rows["rep"] == rep]
        return float(rows[column].sum())

    @cached_property
    def criteria(self) -> dict[str, dict[str, float]]:
        """By rep: potential, history and ability.

        Potential is what the customers of a rep usually order (money a quarter); history what was
        sold in the last half-year; ability the sales of a visit in that time.
        """
        return {rep: self._criteria_of(rep, self.potential[0].get(rep, 0.0)) for rep in self.reps}

    @cached_property
    def potential(self) -> tuple[dict[str, float], dict[str, float]]:
        """The potential of each rep and of each territory, money a quarter."""
        return potentials(self.scenario)

    def _criteria_of(self, rep: str, potential: float) -> dict[str, float]:
        sold, visits = self.recent(rep), self.recent(rep, "visits")
        ability = sold / visits if visits > 0 else 0.0  # nan where nobody counted
        return dict(zip(CRITERIA, (potential, sold, ability), strict=True))

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The criteria by territory and rep, for the cascade."""
        return {
            territory.id: _team(
                {rep: c for rep, c in self.criteria.items() if self.reps[rep] == territory.id}
            )
            for territory in self.scenario.territories
        }

    @property
    def empty(self) -> list[str]:
        """The territories without any customer."""
        return [place for place, worth in self.potential[1].items() if not worth]


def _team(reps: Mapping[str, Mapping[str, float]]) -> Team:
    totals = {name: math.fsum(row[name] for row in reps.values()) for name in CRITERIA}
    return Team(totals, reps)


@dataclass(frozen=True)
class Rule:
    """How the manager gets from the past to a proposal; shares, not per cent."""

    growth_years: int
    width_factor: float
    outside_change: float
    outside_threshold: float
    factor: float


@dataclass(frozen=True)
class Foundation:
    """From the past to a proposal, step by step; money a year, the band money a quarter."""

    baseline: Step
    volatility: Step
    adjusted: Step
    band: Band


def foundation(
    facts: Facts, years: Sequence[float], rule: Rule, holidays: Holidays = frozenset()
) -> Foundation:
    """Return baseline, volatility, adjustment and band; raises ValueError as they do."""
    base = baseline(years, rule.growth_years)
    proposal = adjusted(base.value, rule.outside_change, rule.outside_threshold, rule.factor)
    share = quarter_share(facts.season, holidays)
    band = floating_band(proposal.value * share, facts.volatility.value, rule.width_factor)
    return Foundation(base, facts.volatility, proposal, band)


def quarter_share(season: Sequence[float], holidays: Holidays = frozenset()) -> float:
    """Return the share of the first quarter in a year, by season and working days."""
    days = calendar(YEAR, season, holidays)
    first = math.fsum(day.weight for day in days if day.quarter == 1)
    return first / math.fsum(day.weight for day in days)


def year_plan(
    year: int, season: Sequence[float], quarter: int | None = None, holidays: Holidays = frozenset()
) -> Part:
    """Break a year down to quarters, months, weeks and days; parts add up exactly.

    `quarter`: the first quarter where the manager wants it otherwise than season and working days
    have it; the other three share what is left of the year. Raises ValueError when that is less
    than nothing.
    """
    days = calendar(YEAR, season, holidays)
    if quarter is None:
        return over_time(year, days)
    if quarter > year:
        raise ValueError("the quarter is more than the year")
    first = over_time(quarter, [day for day in days if day.quarter == 1])
    others = over_time(year - quarter, [day for day in days if day.quarter > 1])
    return Part("year", year, first.weight + others.weight, (*first.parts, *others.parts))


@dataclass(frozen=True)
class Proposal:
    """What the criteria make of a region's target; `top_down` before listening to the reps."""

    reserve: int
    top_down: dict[str, int]
    reps: dict[str, int]


def proposal(
    facts: Facts,
    target: int,
    weights: Mapping[str, float],
    reserve_share: float,
    listen_share: float,
) -> Proposal:
    """Break a region's target down to the reps; raises ValueError as `over_people`."""
    part = over_people(target, facts.teams, weights, reserve_share)
    amounts = {rep.name: rep.amount for place in part.parts for rep in place.parts}
    top_down = {rep: amounts[rep] for rep in facts.reps}
    reserve = next((p.amount for p in part.parts if p.name == "reserve"), 0)
    claims = {rep: facts.claims.get(rep, float(top_down[rep])) for rep in top_down}
    return Proposal(reserve, top_down, reconciled(top_down, claims, listen_share))


def spread_rest(
    total: int, quotas: Mapping[str, int], fixed: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Return quotas that add up to `total`: those `fixed` stay, the others share the rest.

    In proportion to what they have. Where all are fixed, or the fixed ones alone are too much,
    everybody's quota is scaled. Raises ValueError for a negative total.
    """
    free = [rep for rep in quotas if rep not in fixed]
    rest = total - sum(quotas[rep] for rep in quotas if rep in fixed)
    if not free or rest < 0:
        free, rest = list(quotas), total
    weights = [float(quotas[rep]) for rep in free]
    parts = split(rest, weights if any(weights) else [1.0] * len(free))
    return {**quotas, **dict(zip(free, parts, strict=True))}
