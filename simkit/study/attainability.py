"""How likely a plan of quotas is reached, before anybody commits to it.

Worlds (seeds that no game has) are played at a few quota levels under common random numbers, with
the talks switched off, so that only the pay plan acts on effort. Between levels the chance of each
rep is interpolated, and so are the sales in every world, which make the sums of territories and
region. A plan is then judged in milliseconds, again and again.
"""

import math
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from simkit.region.decision import Decision, starting_decision
from simkit.scenario.record import did_you_mean
from simkit.scenario.records import Scenario
from simkit.study.attainment_curve import Curve, curve, interval, met
from simkit.study.cache import cached
from simkit.study.quarter_worlds import QUARTER, Team, checked, quarter_of, team_of
from simkit.study.workers import World, play_world, play_worlds, run_tasks

LEVELS = (0.7, 0.85, 1.0, 1.15, 1.3, 1.5)
"""Quotas played, as multiples of the neutral ones.

Effort answers a quota in a hump: a bonus far out of reach or safely in hand moves nobody. Under
the usual plan mean sales rise until about 0.9 of a neutral quota, fall until 1.5, and hardly move
outside; chances fall from near 1 to near 0 between these six, and nearly straight between each two.
"""
PILOT_WORLDS = 24
FIRST_SEED = 10_001
"""Games have seeds below: whoever judges a plan has not seen the future of the game."""
Tell = Callable[[int, int], None]
Show = Callable[["Outlook"], None]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance that a target is reached, with its exact 95 % interval; money a quarter.

    `expected`: mean sales. `pay`: mean pay of the quarter, salary included. `effort`: visits as a
    multiple of those under neutral quotas: what the quota does through the pay plan.
    """

    value: float
    low: float
    high: float
    worlds: int
    expected: float
    pay: float | None = None
    effort: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely the parts of a plan are reached."""

    reps: dict[str, Chance]
    territories: dict[str, Chance]
    region: Chance
    worlds: int


@dataclass(frozen=True)
class Outlook:
    """The first quarter of many worlds at several quota levels.

    `played`: array of worlds x levels x columns of `team` x (sales, visits, pay). Also usable
    while it grows: fewer worlds only make wider intervals.
    """

    team: Team
    neutral: dict[str, float]
    """By rep: a neutral quota, mean sales of the quarter when nobody sets quotas; 1 or more."""
    played: Floats

    @property
    def worlds(self) -> int:
        """How many worlds there are."""
        return len(self.played)

    def judge(
        self,
        quotas: Mapping[str, float],
        region_target: float | None = None,
        territory_targets: Mapping[str, float] | None = None,
    ) -> Judgement:
        """Return how likely quotas, and targets of territories and region, are reached.

        `quotas`: one for each rep, money a quarter. Targets not given are the sum of the quotas
        below them. Territories count their reps and what others sell there. Below the lowest and
        above the highest level sales are those at that level. Intervals tell the chance of the
        worlds, not the small error of interpolation.
        Raises ValueError that names the quota or target: missing, negative, not a number.
        """
        asked = checked("quota", quotas, self.team.reps, all_of_them=True)
        targets = self.team.sums(asked)
        targets |= checked("target", territory_targets or {}, targets)
        whole = math.fsum(asked.values()) if region_target is None else region_target
        checked("target", {"region": whole}, ["region"])
        at = self._at(asked)
        for i, rep in enumerate(self.team.reps):
            at[:, i, 0] = met(at[:, i, 0], asked[rep], self.curves[rep].count(asked[rep]))
        return _judgement(self.team, at, asked, targets, whole, self._usual)

    def quota_for(self, rep: str, chance: float) -> float:
        """Return the quota that the rep reaches with this chance, money a quarter.

        Effort's answer to the quota is in it: the chance was played at several quotas.
        Raises ValueError for an unknown rep, or a chance outside 0 to 1.
        """
        if rep not in self.curves:
            raise ValueError(f"no rep '{rep}'{did_you_mean(rep, self.team.reps)}")
        if not 0 < chance < 1:
            raise ValueError(f"chance: give a share between 0 and 1, not {chance}")
        return self.curves[rep].quota(chance)

    @cached_property
    def curves(self) -> dict[str, Curve]:
        """The chance of each rep by quota."""
        return {
            rep: curve(self._levels(rep), self.played[:, :, i, 0])
            for i, rep in enumerate(self.team.reps)
        }

    def _levels(self, rep: str) -> list[float]:
        return [level * self.neutral[rep] for level in LEVELS]

    @cached_property
    def _usual(self) -> Floats:
        return self._at(self.neutral)

    def _at(self, quotas: Mapping[str, float]) -> Floats:
        """Return what is sold, visited and paid at these quotas: worlds x columns x 3."""
        steps = np.arange(len(LEVELS), dtype=float)
        own = {rep: float(np.interp(quotas[rep], self._levels(rep), steps)) for rep in quotas}
        place = np.array(self.team.by_column(own, float(LEVELS.index(1.0))))
        below = np.minimum(place.astype(int), len(LEVELS) - 2)
        share, columns = (place - below)[None, :, None], np.arange(len(place))
        low, high = self.played[:, below, columns], self.played[:, below + 1, columns]
        # Exactly what was played where a quota is one of the levels.
        return np.where(share == 1, high, low + share * (high - low))

    def pack(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {"team": self.team.pack(), "neutral": self.neutral, "played": self.played.tolist()}

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> Self:
        """Return what `pack` packed; raises ValueError, TypeError or KeyError for other data."""
        team, played = Team.unpack(data["team"]), np.array(data["played"], dtype=float)
        if played.shape[1:] != (len(LEVELS), team.width, 3):
            raise ValueError("not an outlook of this team")
        return cls(team, dict(data["neutral"]), played)


def outlook(
    scenario: Scenario,
    worlds: int = 200,
    workers: int = 2,
    first_seed: int = FIRST_SEED,
    tell: Tell = lambda done, total: None,
    show: Show = lambda grown: None,
) -> Outlook:
    """Return the outlook on the first quarter of a scenario, from the disk where known.

    `tell` hears of the worlds done; `show` gets the outlook of the worlds done so far, which can
    judge plans already; both are called in this thread, and what they raise ends the work.
    Raises ValueError for less than one world, or several independent regions.
    """
    if worlds < 1:
        raise ValueError(f"worlds: give 1 or more, not {worlds}")
    inputs = {
        "scenario": scenario.model_dump(mode="json"),
        "seeds": [first_seed, worlds],
        "levels": LEVELS,
    }

    def make() -> Outlook:
        seeds = range(first_seed, first_seed + worlds)
        with closing(_growing(scenario, seeds, workers, tell)) as all_of_them:
            for found in all_of_them:
                show(found)
        return found

    interval(0, 1)  # loads what judging takes, so that the first answer is as fast as the next
    whole = cached("outlook", inputs, make, Outlook.pack, Outlook.unpack)
    tell(worlds, worlds)
    show(whole)
    return whole


def _growing(scenario: Scenario, seeds: range, workers: int, tell: Tell) -> Generator[Outlook]:
    """Yield outlooks of more and more worlds, all levels of a world at once."""
    calm = scenario.but(talks=None, weeks=QUARTER)
    team, start = team_of(calm), starting_decision(calm)
    measure = quarter_of(team)
    tell(0, len(seeds))
    pilot = [World(calm, seed, [start] * QUARTER) for seed in seeds[:PILOT_WORLDS]]
    before = play_worlds(pilot, measure, workers, lambda done, total: tell(0, len(seeds)))
    means = np.mean([sold for sold, _ in before], axis=0)[:, 0]
    neutral = {rep: max(1.0, float(mean)) for rep, mean in zip(team.reps, means, strict=False)}
    plans = [
        [start.but(quota={rep: level * neutral[rep] for rep in team.reps})] * QUARTER
        for level in LEVELS
    ]

    def play(seed: int) -> Floats:
        return np.array([play_world(World(calm, seed, plan), measure)[0] for plan in plans])

    done: dict[int, Floats] = {}
    with closing(run_tasks(play, seeds, workers)) as results:
        for result in results:
            if result is not None:
                done[result[0]] = result[1]()
                yield Outlook(team, neutral, np.array([done[place] for place in sorted(done)]))
            tell(len(done), len(seeds))


def play_plan(
    scenario: Scenario,
    decision: Decision,
    worlds: int = 40,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    first_seed: int = FIRST_SEED,
) -> Judgement:
    """Return how often this very plan, its talks included, is reached in the first quarter.

    Exact where `Outlook.judge` interpolates: quota and talks of `decision` are played in the worlds
    `first_seed` and on. A rep without a quota in it has the engine's own. Targets are the sums.
    Raises ValueError as `Simulation.step`, and for less than one world.
    """
    if worlds < 1:
        raise ValueError(f"worlds: give 1 or more, not {worlds}")
    quarter = scenario.but(weeks=QUARTER)
    team = team_of(quarter)
    tasks = [World(quarter, first_seed + i, [decision] * QUARTER) for i in range(worlds)]
    found = play_worlds(tasks, quarter_of(team), workers, tell)
    played = np.array([numbers for numbers, _ in found], dtype=float)
    quotas = np.array([quotas for _, quotas in found], dtype=float).reshape(worlds, -1)
    for i, rep in enumerate(team.reps):
        if rep in decision.quota:
            quotas[:, i] = decision.quota[rep]
    given = {rep: quotas[:, i] for i, rep in enumerate(team.reps)}
    targets = {place: quotas[:, own[:-1]].sum(axis=1) for place, own in team.parts.items()}
    return _judgement(team, played, given, targets, quotas.sum(axis=1), None)


def _judgement(
    team: Team,
    at: Floats,
    quotas: Mapping[str, Any],
    targets: Mapping[str, Any],
    whole: Any,
    usual: Floats | None,
) -> Judgement:
    """Return the chances of a plan; `at`, `usual`: worlds x columns x (sales, visits, pay).

    A target is a number, or one for each world.
    """

    def chance(columns: list[int], target: Any) -> Chance:
        sums = at[:, columns].sum(axis=1)
        times = int((sums[:, 0] >= target).sum())
        sold, visits, pay = sums.mean(axis=0).tolist()
        before = None if usual is None else float(usual[:, columns, 1].sum(axis=1).mean())
        effort = visits / before if before else None
        return Chance(times / len(at), *interval(times, len(at)), len(at), sold, pay, effort)

    return Judgement(
        reps={rep: chance([i], quotas[rep]) for i, rep in enumerate(team.reps)},
        territories={place: chance(own, targets[place]) for place, own in team.parts.items()},
        region=chance(list(range(team.width)), whole),
        worlds=len(at),
    )
