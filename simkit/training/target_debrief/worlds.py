"""The quarter played again: under other targets on the same customers, and in other worlds."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from simkit.region.decision import Decision
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.study.intervals import Difference, paired_difference
from simkit.study.outcome import SALES, outcome
from simkit.study.workers import Tell, World, play_worlds
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.explained import GAME, Explained, difference
from simkit.training.debrief.replays import Differing, Replay, differing, replays
from simkit.training.target_plan import Plan, decision_of

PLAYED = GAME
REFERENCE, UNCHANGED, ANNOUNCED = "reference", "unchanged", "announced"
T = TypeVar("T")
Plays = dict[str, tuple[Decision, ...]]
EXACT = Text(
    en=(
        "Contribution of the quarter as played less contribution of the same quarter under the "
        "other targets: same customers, same luck, all other decisions the same."
    ),
    zh="实际贡献利润 − 换用另一套指标重演同一季度的贡献利润：客户相同，运气相同，其他决策相同。",
)


@dataclass(frozen=True)
class Sold:
    """What one world brought: sales by rep and territory, and the contribution; money."""

    reps: dict[str, float]
    territories: dict[str, float]
    region: float
    contribution: float


@dataclass(frozen=True)
class Comparison:
    """The quarter as played against another set of targets.

    `same`: both played alike. `revenue`, `contribution`: exact differences on the same customers;
    `elsewhere`: the mean paired difference of the contribution in other worlds, with interval, and
    `elsewhere_revenue` that of the revenue; `usual`: the mean contribution of the other one there.
    """

    id: str
    same: bool
    revenue: float
    contribution: Explained
    differing: tuple[Differing, ...]
    elsewhere: Difference
    elsewhere_revenue: Difference
    usual: float


def plays_of(conduct: Conduct, plan: Plan, reference: Plan) -> Plays:
    """Return the decisions as played, and with other targets, or told otherwise."""
    everybody = dict.fromkeys(plan.reps, "announced")
    played = conduct.decisions
    return {
        PLAYED: played,
        REFERENCE: tuple(decision_of(reference, each) for each in played),
        UNCHANGED: tuple(decision_of(plan, each) for each in played),
        ANNOUNCED: tuple(each.but(target_talks=everybody) for each in played),
    }


def on_the_same_customers(
    conduct: Conduct, plays: Plays, workers: int, tell: Tell
) -> dict[str, Replay]:
    """Return what is kept of each play in the game's own world."""

    def play(once: list[tuple[Decision, ...]]) -> list[Replay]:
        return replays(conduct.scenario, conduct.seed, once, workers, tell)

    return {name: replay.named(name) for name, replay in _each_once(plays, play).items()}


def in_other_worlds(
    conduct: Conduct, plays: Plays, seeds: Sequence[int], workers: int, tell: Tell
) -> dict[str, list[Sold]]:
    """Return what each play brings in other worlds."""

    def play(once: list[tuple[Decision, ...]]) -> list[list[Sold]]:
        tasks = [World(conduct.scenario, seed, each) for each in once for seed in seeds]
        found, n = play_worlds(tasks, sold_of, workers, tell), len(seeds)
        return [found[i : i + n] for i in range(0, len(found), n)]

    return _each_once(plays, play)


def _each_once(plays: Plays, play: Callable[[list[tuple[Decision, ...]]], list[T]]) -> dict[str, T]:
    """Return what comes of each play; those that are alike are played once."""
    different = {_key(each): each for each in plays.values()}
    found = dict(zip(different, play(list(different.values())), strict=True))
    return {name: found[_key(each)] for name, each in plays.items()}


def _key(play: Sequence[Decision]) -> tuple[str, ...]:
    return tuple(decision.model_dump_json() for decision in play)


def sold_of(simulation: Simulation) -> Sold:
    """Return what the weeks played brought."""
    reps: dict[str, float] = dict.fromkeys(simulation.world.reps, 0.0)
    places: dict[str, float] = dict.fromkeys(simulation.world.territories, 0.0)
    for day, kind, place, rep, _, _, amount, _ in simulation.world.log:
        if day >= 0 and kind in SALES:
            places[place] += amount
            reps[rep] = reps.get(rep, 0.0) + amount
    whole = math.fsum(places.values())
    return Sold(reps, places, whole, outcome(simulation).contribution)


def comparisons(
    plays: Plays, here: Mapping[str, Replay], elsewhere: Mapping[str, Sequence[Sold]]
) -> tuple[Comparison, ...]:
    """Return the quarter as played against each other play."""
    return tuple(
        _comparison(name, plays[name] == plays[PLAYED], here, elsewhere)
        for name in plays
        if name != PLAYED
    )


def _comparison(
    name: str, same: bool, here: Mapping[str, Replay], elsewhere: Mapping[str, Sequence[Sold]]
) -> Comparison:
    mine, other = here[PLAYED], here[name]
    pairs = list(zip(elsewhere[PLAYED], elsewhere[name], strict=True))
    return Comparison(
        name,
        same,
        mine.terms[0].total - other.terms[0].total,
        difference(mine.terms, other.terms, EXACT),
        differing(mine, other),
        paired_difference([a.contribution - b.contribution for a, b in pairs]),
        paired_difference([a.region - b.region for a, b in pairs]),
        math.fsum(b.contribution for _, b in pairs) / len(pairs),
    )
