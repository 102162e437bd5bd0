"""Reference players of drift drills: the same drill, watched and played by simple rules.

What counts as found, and as a false alarm, stands in `simkit.study.watch_rows`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from simkit.scenario.drift import NO_DRIFT
from simkit.scenario.records import Scenario
from simkit.study.cache import cached
from simkit.study.watch_players import DETECTORS, Player
from simkit.study.watch_rows import (
    Play,
    Reference,
    References,
    is_found,
    kind_of,
    roc_of,
    row_of,
    start_of,
)
from simkit.study.watch_worlds import (
    CUSUM,
    EVERYTHING,
    NEVER,
    TWO_WEEKS,
    Watched,
    act,
    in_order,
    react,
    watch_of,
    watch_world,
    watched_worlds,
)
from simkit.study.workers import Tell

__all__ = [
    "DETECTORS",
    "Play",
    "Player",
    "Reference",
    "References",
    "calibrate",
    "is_found",
    "kind_of",
    "play_references",
    "start_of",
]
WORLDS = 200
GAIN_WORLDS = 60
"""In how many of the worlds the players also act: that takes longest, and a mean needs fewer."""
FIRST_SEED = 20_001
CALIBRATION_SEED = 30_001
CALIBRATION_WORLDS = 200
"""How many worlds the limit of the shipped region was set on."""


def play_references(
    scenario: Scenario,
    worlds: int = WORLDS,
    workers: int = 1,
    first_seed: int = FIRST_SEED,
    tell: Tell = lambda done, total: None,
) -> References:
    """Return how the reference players play a drill, in worlds that nobody else plays.

    Each world is watched without drift and as drill; in the first 60 the players also act, on the
    same customers. Kept on disk by content. What `tell` raises ends it. Raises ValueError for less
    than two worlds, or a scenario without `watch`.
    """
    if worlds < 2:
        raise ValueError(f"two worlds or more are needed for an interval, not {worlds}")
    seeds, acting = (
        range(first_seed, first_seed + worlds),
        range(first_seed, first_seed + GAIN_WORLDS),
    )
    watch_of(scenario)
    whole = worlds * (1 + DRILL_COST)
    calm = watched_worlds(
        scenario.but(drift=None), seeds, workers, lambda done, _: tell(done, whole)
    )
    inputs = {"scenario": scenario.model_dump(mode="json"), "seeds": [seeds.start, seeds.stop]}

    def told(done: int, _total: int) -> None:
        tell(worlds + DRILL_COST * done, whole)

    def make() -> list[_Played]:
        return in_order(lambda seed: _played(scenario, seed, seed in acting), seeds, workers, told)

    played = cached(
        "watching", inputs, make, lambda all_: [asdict(p) for p in all_], _Played.unpack_all
    )
    tell(whole, whole)
    return _references(scenario, played, calm)


DRILL_COST = 3
"""How many times as long as a world that is only watched a world takes that all play."""


@dataclass(frozen=True)
class _Played:
    """One world of a drill: watched, and what each player's doing brought, and took in weeks.

    Both only where the players act too.
    """

    watched: Watched
    contribution: Mapping[str, float]
    busy_weeks: Mapping[str, int]

    @classmethod
    def unpack_all(cls, data: Sequence[Mapping[str, Any]]) -> list[Self]:
        return [cls(**{**each, "watched": Watched.unpack(each["watched"])}) for each in data]


def _played(scenario: Scenario, seed: int, act_too: bool) -> _Played:
    watched, watch = watch_world(scenario, seed), watch_of(scenario)
    if not act_too:
        return _Played(watched, {}, {})
    remedies = {cause.id: cause.remedy for cause in watch.causes}
    brought, busy = {NEVER: watched.contribution}, {NEVER: 0}
    for name in (TWO_WEEKS, CUSUM):
        alarm = watched.alarms.get(name)
        remedy = remedies.get(alarm.cause or "") if alarm else None
        busy[name] = int(alarm is not None)
        brought[name] = watched.contribution
        if alarm and remedy:
            brought[name] = act(scenario, seed, alarm.week, remedy)
    brought[EVERYTHING], busy[EVERYTHING] = react(scenario, seed)
    return _Played(watched, brought, busy)


def _references(
    scenario: Scenario, played: Sequence[_Played], calm: Sequence[Watched]
) -> References:
    watch, kind = watch_of(scenario), kind_of(scenario.drift)
    start, within = start_of(scenario), watch.watching.within_weeks
    plays = tuple(
        _play(player.id, each, quiet, watch.hours_per_week)
        for player in DETECTORS
        for each, quiet in zip(played, calm, strict=True)
    )
    right = scenario.drift.cause if scenario.drift else NO_DRIFT
    rows = [
        row_of([p for p in plays if p.player == player.id], kind, start, within, right)
        for player in DETECTORS
    ]
    roc = roc_of([p.watched.peaks for p in played], [c.peaks for c in calm], start, within)
    shown = tuple(roc) if kind == "drift" else ()
    return References(kind, start, within, len(calm), tuple(rows), plays, shown)


def _play(player: str, played: _Played, calm: Watched, hours: float) -> Play:
    alarm, quiet = played.watched.alarms.get(player), calm.alarms.get(player)
    acted = player in played.contribution
    return Play(
        player,
        calm.seed,
        alarm.week if alarm else None,
        quiet.week if quiet else None,
        alarm.cause if alarm else None,
        hours * played.busy_weeks[player] if acted else 0.0,
        played.contribution[player] - played.watched.contribution if acted else None,
    )


def calibrate(
    scenario: Scenario,
    worlds: int = CALIBRATION_WORLDS,
    first_seed: int = CALIBRATION_SEED,
    workers: int = 1,
    tell: Tell = lambda done, total: None,
) -> float:
    """Return the CUSUM limit at which as many drills without drift alarm as designed.

    The quantile of how high the panel's CUSUMs go in fresh worlds without drift, for
    `watching.cusum_h` of the region's file. Kept on disk by content.
    """
    quiet = scenario.but(drift=None)
    found = watched_worlds(quiet, range(first_seed, first_seed + worlds), workers, tell)
    highest = sorted(world.peaks[-1] for world in found)
    share = watch_of(scenario).watching.false_alarm_share
    return round(highest[worlds - 1 - math.floor(share * worlds + 1e-9)], 2)
