"""Is a scenario good practice? All computer players in many worlds: spread, skill, levers, luck.

Which player is good and which is weak is measured in the first half of the worlds, how often the
good one wins in the second half: the best of several in the same worlds would look too good.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, quantiles, stdev, variance
from typing import Any

from simkit.region.decision import Decision
from simkit.region.policies import find_policy
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.intervals import paired_difference
from simkit.study.levers_alone import LeverAlone, levers_alone
from simkit.study.outcome import Outcome, outcome
from simkit.study.playing_time import PlayingTime, playing_time
from simkit.study.ranking import FEWEST_WORLDS, Ranking, Share, rank, share
from simkit.study.workers import Tell, World, play_worlds

PLAYERS = ("seasoned", "hesitant", "panicky", "keep_course")
NOTHING_DONE = "keep_course"
FEWEST = 2 * FEWEST_WORLDS
SKILL_SHARE = 0.8
"""The good player beats the weak one in at least so many worlds."""


@dataclass(frozen=True, slots=True)
class PlayerResult:
    """The contribution of one player over all worlds, in the scenario's currency."""

    name: str
    mean: float
    low: float
    high: float
    """Ends of the 95 % interval of the mean, for this player alone."""
    sd: float
    p10: float
    p50: float
    p90: float
    customers_lost: float
    not_done: float
    """Means over the worlds, as the next of kin in `Outcome`."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Whether the good player beats the weak one, and doing nothing."""

    good: str
    weak: str
    """Best and worst mean in the first half of the worlds."""
    wins: Share
    """Worlds of the second half in which the good one has more than the weak one."""
    gain: float
    gain_low: float
    gain_high: float
    """What the good player has more than who does nothing, in the second half of the worlds."""

    @property
    def rewarded(self) -> bool:
        """Whether the good one wins as often as it should, as measured."""
        return self.wins.value >= SKILL_SHARE

    @property
    def acting_pays(self) -> bool:
        """Whether the good player is known to do better than who does nothing."""
        return self.gain_low > 0

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        verdicts = {"rewarded": self.rewarded, "acting_pays": self.acting_pays}
        wins = self.wins
        certain = wins.low >= SKILL_SHARE or wins.high < SKILL_SHARE
        return {**asdict(self), "wins": wins.as_dict(), **verdicts, "certain": certain}


@dataclass(frozen=True, slots=True)
class Luck:
    """How much of the differences between results is luck, as shares of their variance."""

    share: float
    """When everybody plays in a world of their own."""
    share_same_world: float
    """When all play in the same world: its ups and downs are then nobody's luck."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the computer players show about a scenario."""

    players: tuple[PlayerResult, ...]
    """The highest mean first."""
    ranking: Ranking
    skill: Skill
    levers: tuple[LeverAlone, ...] | None
    """None where the good player gains nothing to share out."""
    luck: Luck
    time: PlayingTime

    @property
    def criteria(self) -> dict[str, bool | None]:
        """What a good drill keeps; None where it could not be measured."""
        dominated = None if self.levers is None else any(e.dominates for e in self.levers)
        return {
            "skill_is_rewarded": self.skill.rewarded,
            "acting_pays": self.skill.acting_pays,
            "no_lever_dominates": None if dominated is None else not dominated,
        }

    @property
    def passed(self) -> bool:
        """Whether all criteria are met."""
        return all(self.criteria.values())

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        levers = self.levers
        return {
            "players": [asdict(player) for player in self.players],
            "ranking": self.ranking.as_dict(),
            "skill": self.skill.as_dict(),
            "levers": None if levers is None else [each.as_dict() for each in levers],
            "luck": asdict(self.luck),
            "time": self.time.as_dict(),
            "criteria": self.criteria,
            "passed": self.passed,
        }


Plays = Mapping[str, Sequence[tuple[Outcome, list[Decision]]]]
"""Result and decisions of each player in each world."""


def certify(
    scenario: Scenario,
    players: Sequence[str] = PLAYERS,
    worlds: int = 40,
    workers: int = 2,
    first_seed: int = 1,
    round_seconds: float = 0,
    tell: Tell = lambda done, total: None,
) -> Certificate:
    """Return what the computer players make of a scenario in `worlds` worlds.

    The worlds are the seeds from `first_seed` on. `round_seconds` limits a week's time, 0 does not.
    Raises ValueError for unknown or doubled players, fewer than two, or too few worlds.
    """
    _check(players, worlds)
    names = dict.fromkeys([*players, NOTHING_DONE])
    seeds = range(first_seed, first_seed + worlds)
    tasks = [World(scenario, seed, name) for name in names for seed in seeds]
    # Nobody knows yet how many levers the good player will turn out to have pulled.
    found = play_worlds(tasks, _result, workers, lambda done, total: tell(done, 2 * total))
    plays = {name: found[i * worlds : (i + 1) * worlds] for i, name in enumerate(names)}
    money = {name: [o.contribution for o, _ in played] for name, played in plays.items()}
    shown = {name: money[name] for name in players}
    skill = _skill(shown, money[NOTHING_DONE])
    levers = None
    if skill.acting_pays:
        half = slice(worlds // 2, None)
        decided = [decisions for _, decisions in plays[skill.good][half]]
        levers = levers_alone(
            scenario,
            dict(zip(seeds[half], decided, strict=True)),
            money[skill.good][half],
            money[NOTHING_DONE][half],
            workers,
            lambda done, total: tell(len(tasks) * (total + done) // total, 2 * len(tasks)),
        )
    tell(2 * len(tasks), 2 * len(tasks))
    results = sorted((_player(name, plays[name]) for name in players), key=lambda p: -p.mean)
    time = playing_time(scenario, first_seed, round_seconds)
    return Certificate(tuple(results), rank(shown), skill, levers, _luck(shown), time)


def _check(players: Sequence[str], worlds: int) -> None:
    for name in players:
        find_policy(name)
    if len(set(players)) != len(players) or len(players) < 2:
        raise ValueError("name at least two players, each once")
    if worlds < FEWEST:
        raise ValueError(f"{worlds} worlds are too few: take at least {FEWEST}")


def _result(simulation: Simulation) -> tuple[Outcome, list[Decision]]:
    return outcome(simulation), simulation.decisions


def _player(name: str, played: Sequence[tuple[Outcome, Any]]) -> PlayerResult:
    results = [o.contribution for o, _ in played]
    mean = paired_difference(results)
    tenths = quantiles(results, n=10, method="inclusive")
    return PlayerResult(
        name,
        mean.mean,
        mean.low,
        mean.high,
        stdev(results),
        tenths[0],
        tenths[4],
        tenths[8],
        customers_lost=fmean(o.customers_lost for o, _ in played),
        not_done=fmean(o.not_done for o, _ in played),
    )


def _skill(money: Mapping[str, Sequence[float]], nothing_done: Sequence[float]) -> Skill:
    half = len(nothing_done) // 2
    order = sorted(money, key=lambda name: -math.fsum(money[name][:half]))
    good, weak = order[0], order[-1]
    pairs = list(zip(money[good][half:], money[weak][half:], strict=True))
    good_results = money[good][half:]
    gain = paired_difference(
        [a - b for a, b in zip(good_results, nothing_done[half:], strict=True)]
    )
    wins = share(sum(a > b for a, b in pairs), len(pairs))
    return Skill(good, weak, wins, gain.mean, gain.low, gain.high)


def _luck(money: Mapping[str, Sequence[float]]) -> Luck:
    """Split the variance of the results into players, worlds, and the rest.

    Source: the two-way layout without repetition (Scheffe 1959, "The Analysis of Variance").
    """
    rows = list(money.values())
    worlds = list(zip(*rows, strict=True))
    means = [fmean(row) for row in rows]
    mean, by_world = fmean(means), [fmean(world) for world in worlds]
    rest = [
        value - means[i] - by_world[j] + mean
        for i, row in enumerate(rows)
        for j, value in enumerate(row)
    ]
    own = math.fsum(r * r for r in rest) / ((len(rows) - 1) * (len(worlds) - 1))
    within = fmean(variance(row) for row in rows)
    between = max(0.0, variance(means) - own / len(worlds))
    return Luck(_of(within, between), _of(own, between))


def _of(luck: float, skill: float) -> float:
    return luck / (luck + skill) if luck + skill > 0 else math.nan
