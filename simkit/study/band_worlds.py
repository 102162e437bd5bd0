"""Worlds for judging a band rule: past years, a year in which nothing happens, years with a drop.

Every world is played in full length, past years and all, so that past and year are one history.
The same seeds are played whatever the rule: a rule is a function of the weekly sales kept here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from simkit.planning.band_rule import YEAR, Track, season_index, track_of
from simkit.region.decision import Decision, Policy
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Effect, Shock
from simkit.study.outcome import SALES, outcome_of
from simkit.study.workers import Tell, World, play_worlds

PAST_YEARS = 4
"""Three growth rates, as the method asks for."""
SETTLING = 26
"""Weeks before the first past year, which fill the pipeline."""
SIZES = (0.15, 0.30, 0.50)
"""Shares by which demand falls in the worlds with a drop."""
DROP_WEEK = 13
"""The first week of the drop: a quarter has gone by, 39 weeks are left."""
FIRST_SEED = 20_001
QUARTER = 13
REGION = ""
"""Key of the region's own band; territories have their ids."""

Weeks = tuple[float, ...]


@dataclass(frozen=True)
class BandWorld:
    """One world: sales by territory and week, the oldest first.

    `past`: the past years; `quiet`: the year after them in which nothing happens; `changed`: the
    same year when demand falls, by size of the fall. `quotas`: weekly quotas of the quiet year by
    rep; `teams`: the reps of each territory. `contribution`: of the quiet year, by territory and
    week. `rival`: the competitor's price in the quiet year, 1 is usual.
    """

    seed: int
    past: Mapping[str, Weeks]
    quiet: Mapping[str, Weeks]
    changed: Mapping[float, Mapping[str, Weeks]]
    quotas: Mapping[str, Weeks]
    teams: Mapping[str, tuple[str, ...]]
    contribution: Mapping[str, Weeks]
    rival: Mapping[str, Weeks]

    @cached_property
    def tracks(self) -> dict[str, Track]:
        """What the past says, by territory and for the region; they share the region's season."""
        region = total(self.past)
        season = season_index(region)
        tracks = {place: track_of(weeks, season) for place, weeks in self.past.items()}
        return {REGION: track_of(region), **tracks}

    def bands(
        self, window: int, region: bool = False, size: float | None = None
    ) -> list[tuple[Sequence[float], list[float], float]]:
        """Return sales and expected sales of the year by week, and the volatility coefficient.

        For each territory, or for the region; `size` of the drop, None where nothing happens.
        """
        sales = self.quiet if size is None else self.changed[size]
        shown = {REGION: total(sales)} if region else sales
        tracks = {place: self.tracks[place] for place in shown}
        return [
            (shown[place], track.expected(window), track.coefficient)
            for place, track in tracks.items()
        ]

    def in_cuts(self) -> float:
        """Return sales / expected in weeks of a competitor's cut over those of other weeks, less 1.

        nan in a world without such weeks, or with nothing else.
        """
        cut: list[float] = []
        calm: list[float] = []
        for (sales, expected, _), prices in zip(self.bands(1), self.rival.values(), strict=True):
            for sold, week, price in zip(sales, expected, prices, strict=True):
                (cut if price < 1.0 else calm).append(sold / week)
        if not cut or not calm:
            return math.nan
        return (math.fsum(cut) / len(cut)) / (math.fsum(calm) / len(calm)) - 1.0


def total(sales: Mapping[str, Weeks]) -> list[float]:
    """Return the weekly sales of all territories together."""
    return [math.fsum(weeks) for weeks in zip(*sales.values(), strict=True)]


def drop(share: float, where: str = "all", week: int = DROP_WEEK) -> Shock:
    """Return the shock that takes away a share of demand from a week to the end of the year."""
    return Shock(
        id="drop",
        name=Text(en="Demand falls", zh="需求下滑"),
        brief=Text(en="Demand has fallen.", zh="需求下滑了。"),
        start_week=week,
        weeks=YEAR - week,
        effects=(Effect(what="demand", where=where, multiply=1.0 - share),),
        source="A drop to look for (assumption).",
    )


def long_scenario(scenario: Scenario) -> Scenario:
    """Return the scenario with its past years as warm-up, a year to play and no shocks."""
    return scenario.but(warm_up_weeks=SETTLING + PAST_YEARS * YEAR, weeks=YEAR, shocks=())


def play_band_worlds(
    scenario: Scenario,
    worlds: int,
    *,
    sizes: Sequence[float] = SIZES,
    first_seed: int = FIRST_SEED,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
) -> tuple[BandWorld, ...]:
    """Play the worlds, each quiet and with a drop of each size everywhere, and keep their sales.

    Territories have their own customers, reps and luck, so that a drop in one looks there as one
    in all of them does: a world answers for all territories at once.
    Raises ValueError for less than two worlds: one has no interval.
    """
    if worlds < 2:
        raise ValueError(f"two worlds or more are needed for an interval, not {worlds}")
    quiet = long_scenario(scenario)
    variants = [quiet, *(quiet.but(shocks=(drop(size),)) for size in sizes)]
    tasks = [World(v, first_seed + w) for w in range(worlds) for v in variants]
    played = play_worlds(tasks, _kept, workers, tell)
    count = len(variants)
    groups = [played[first : first + count] for first in range(0, len(played), count)]
    return tuple(
        _world(first_seed + place, group, sizes, quiet) for place, group in enumerate(groups)
    )


def play_recalibrated(
    scenario: Scenario,
    worlds: Sequence[BandWorld],
    alarms: Sequence[Mapping[str, int]],
    factor: float,
    *,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
) -> list[dict[str, Weeks]]:
    """Play the quiet years again, the quotas of a territory x `factor` after its alarm.

    `alarms`: for each world the week of the alarm by territory. From the week after it to the end
    of its quarter; each rep is told with reasons. Returns the contribution by territory and week.
    """
    quiet, places = long_scenario(scenario), [t.id for t in scenario.territories]
    tasks = [
        World(quiet, world.seed, recalibrating(world, weeks, factor))
        for world, weeks in zip(worlds, alarms, strict=True)
    ]
    return play_worlds(tasks, _contribution_of(places), workers, tell)


def recalibrating(world: BandWorld, alarms: Mapping[str, int], factor: float) -> Policy:
    """Return the manager who lowers the quotas of a territory for the quarter after its alarm."""

    def decide(report: WeekReport) -> Decision:
        week, quota = report.week, {}
        for territory, fired in alarms.items():
            if fired < week < quarter_end(fired):
                for rep in world.teams[territory]:
                    quota[rep] = factor * _quarter_quota(world.quotas[rep], fired)
        told = dict.fromkeys(quota, "explained")
        return report.decision.but(quota=quota, target_talks=told)

    return decide


def quarter_end(week: int) -> int:
    """Return the first week after the quarter of `week`."""
    return week - week % QUARTER + QUARTER


def _quarter_quota(weeks: Weeks, week: int) -> float:
    end = quarter_end(week)
    return math.fsum(weeks[end - QUARTER : end])


# What is kept of a world


@dataclass(frozen=True)
class _Kept:
    sales: dict[str, Weeks]
    quotas: dict[str, Weeks]
    teams: dict[str, tuple[str, ...]]
    contribution: dict[str, Weeks]
    rival: dict[str, Weeks]


def _kept(simulation: Simulation) -> _Kept:
    log, places = simulation.world.log, simulation.world.territories
    sales = {place: [0.0] * (PAST_YEARS * YEAR + YEAR) for place in places}
    quotas: dict[str, list[float]] = {}
    teams: dict[str, tuple[str, ...]] = dict.fromkeys(places, ())
    for day, kind, place, rep, _, _, amount, _ in log:
        week = min(YEAR - 1, int(day // DAYS_PER_WEEK))
        if kind in SALES and week >= -PAST_YEARS * YEAR:
            sales[place][week + PAST_YEARS * YEAR] += amount
        elif kind == "quota" and week >= 0:
            quotas.setdefault(rep, [0.0] * YEAR)[week] = amount
            teams[place] += () if rep in teams[place] else (rep,)
    return _Kept(
        {place: tuple(weeks) for place, weeks in sales.items()},
        {rep: tuple(weeks) for rep, weeks in quotas.items()},
        teams,
        _contribution_of(places)(simulation),
        {place: tuple(_prices(simulation, place)) for place in places},
    )


def _contribution_of(places: Sequence[str]) -> Callable[[Simulation], dict[str, Weeks]]:
    """Return the function that takes the contribution of each territory and week from a run."""

    def measure(simulation: Simulation) -> dict[str, Weeks]:
        events: dict[str, list[list]] = {p: [[] for _ in range(YEAR)] for p in places}
        for event in simulation.world.log:
            if event[0] >= 0 and event[2] in events:
                week = min(YEAR - 1, int(event[0] // DAYS_PER_WEEK))  # at closing time, say
                events[event[2]][week].append((event[1], event[6], event[7]))
        return {
            place: tuple(outcome_of(week).contribution for week in weeks)
            for place, weeks in events.items()
        }

    return measure


def _prices(simulation: Simulation, place: str) -> list[float]:
    """The competitor's price in each week of the year."""
    price, weeks = 1.0, [1.0] * YEAR
    for day, kind, where, _, _, _, amount, _ in simulation.world.log:
        if kind == "competitor" and where == place:
            price, first = amount, max(0, int(day // DAYS_PER_WEEK))
            weeks[first:] = [price] * (YEAR - first)
    return weeks


def _world(
    seed: int, group: Sequence[_Kept], sizes: Sequence[float], scenario: Scenario
) -> BandWorld:
    quiet, *changed = group
    split = PAST_YEARS * YEAR
    return BandWorld(
        seed,
        {place: weeks[:split] for place, weeks in quiet.sales.items()},
        {place: weeks[split:] for place, weeks in quiet.sales.items()},
        {
            size: {place: weeks[split:] for place, weeks in kept.sales.items()}
            for size, kept in zip(sizes, changed, strict=True)
        },
        quiet.quotas,
        quiet.teams,
        quiet.contribution,
        quiet.rival,
    )
