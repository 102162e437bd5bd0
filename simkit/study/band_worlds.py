"""Worlds for judging a band rule: past years, a year in which nothing happens, years with a drop.

Every world is played in full length, past years and all, so that past and year are one history of
the same customers.
The same seeds are played whatever the rule: a rule is a function of the weekly sales kept here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simkit.planning.band_rule import YEAR
from simkit.region.decision import Decision, Policy
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Effect, Shock
from simkit.study.band_world import BandWorld, Weeks, tuples_of
from simkit.study.cache import cached
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
    """Play the worlds, each quiet and with a drop of each size everywhere, as sales by week.

    The drop is in all territories, and each is judged by its own band: they have their own
    customers, reps and luck, and touch each other only at shared desks, so that a world answers
    for all of them at once. Kept on disk by content.
    Raises ValueError for less than two worlds: one has no interval.
    """
    if worlds < 2:
        raise ValueError(f"two worlds or more are needed for an interval, not {worlds}")
    inputs = {
        "scenario": scenario.model_dump(mode="json"),
        "worlds": worlds,
        "sizes": [*sizes],
        "first_seed": first_seed,
    }
    return cached(
        "band",
        inputs,
        lambda: _played(scenario, worlds, sizes, first_seed, workers, tell),
        lambda played: [world.pack() for world in played],
        lambda data: tuple(map(BandWorld.unpack, data)),
    )


def _played(
    scenario: Scenario,
    worlds: int,
    sizes: Sequence[float],
    first_seed: int,
    workers: int,
    tell: Tell,
) -> tuple[BandWorld, ...]:
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
    of its quarter; each rep is told with reasons. Returns the contribution by territory and week,
    kept on disk by content.
    """
    quiet, places = long_scenario(scenario), [t.id for t in scenario.territories]
    pairs = [(world, weeks) for world, weeks in zip(worlds, alarms, strict=True) if weeks]
    inputs = {
        "scenario": scenario.model_dump(mode="json"),
        "alarms": [[world.seed, {**weeks}] for world, weeks in pairs],
        "factor": factor,
    }
    tasks = [World(quiet, w.seed, recalibrating(w, weeks, factor)) for w, weeks in pairs]
    played = cached(
        "band-alarms",
        inputs,
        lambda: play_worlds(tasks, _contribution_of(places), workers, tell),
        lambda played: [{**world} for world in played],
        lambda data: [tuples_of(world) for world in data],
    )
    again = {w.seed: found for (w, _), found in zip(pairs, played, strict=True)}
    return [again.get(world.seed, {**world.contribution}) for world in worlds]


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
