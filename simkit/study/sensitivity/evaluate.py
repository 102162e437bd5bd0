"""A design played: every point in the same worlds, and nothing played twice."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.worlds import replicate
from simkit.study.sensitivity.factors import Factor, arm_at, check_factors
from simkit.study.workers import Tell

BATCH_POINTS = 200
"""Points handed over at once: each carries a scenario, so thousands of them would fill memory."""
Worlds = int | Sequence[int]
"""How many worlds, or the numbers of the replications."""


@dataclass(frozen=True)
class Playing:
    """How a design is played; the same for every point of it."""

    scenario: Scenario
    player: Player
    factors: tuple[Factor, ...]
    kpi: Kpi
    worlds: tuple[int, ...]
    seed: int = 1
    options: tuple[tuple[str, Any], ...] = ()
    """What else `replicate` takes: workers, store."""


def playing(
    scenario: Scenario,
    player: Player,
    factors: Sequence[Factor],
    kpi: str | Kpi,
    worlds: Worlds,
    *,
    seed: int = 1,
    together: bool = True,
    **options: Any,
) -> Playing:
    """Check what is to be played, without playing it.

    Raises ScenarioError for factors, ValueError for an unknown KPI or for no worlds.
    """
    check_factors(scenario, factors, together)
    numbers = tuple(range(worlds)) if isinstance(worlds, int) else tuple(worlds)
    if not numbers:
        raise ValueError("no worlds to play in; give at least one, better ten or more")
    if len(set(numbers)) < len(numbers):
        raise ValueError("a world is there twice; give the number of each replication once")
    found = find_figures([kpi])[0]
    return Playing(scenario, player, tuple(factors), found, numbers, seed, tuple(options.items()))


def evaluate(
    plan: Playing, design: np.ndarray, tell: Tell = lambda done, total: None
) -> np.ndarray:
    """Return the KPI at every point of a design in every world; points by worlds.

    `design`: points by factors; where it is not a number the scenario stays as it is. Further
    columns (the dummy) change nothing. Every point meets the same worlds, equal points are played
    once. A value is not a number where the KPI is undefined.
    """
    points = [tuple(float(v) for v in row[: len(plan.factors)]) for row in design]
    names = {_key(point): f"point {place}" for place, point in reversed([*enumerate(points)])}
    todo = [point for place, point in enumerate(points) if names[_key(point)] == f"point {place}"]
    total, found = len(todo) * len(plan.worlds), dict[str, list[float]]()
    for batch in _batches(todo):
        before = len(found) * len(plan.worlds)
        arms = [
            arm_at(names[_key(point)], plan.scenario, plan.player, plan.factors, point)
            for point in batch
        ]
        results = replicate(
            arms,
            plan.worlds,
            (plan.kpi,),
            seed=plan.seed,
            tell=lambda done, _, before=before: tell(before + done, total),  # type: ignore[misc]
            **dict(plan.options),
        )
        found |= {arm.name: results.values(arm.name, plan.kpi.name) for arm in arms}
    return np.array([found[names[_key(point)]] for point in points], dtype=float)


def _key(point: tuple[float, ...]) -> tuple[float | None, ...]:
    """The point as a key: a value that is not a number equals no other."""
    return tuple(None if math.isnan(value) else value for value in point)


def _batches(points: list[tuple[float, ...]]) -> Iterator[list[tuple[float, ...]]]:
    for first in range(0, len(points), BATCH_POINTS):
        yield points[first : first + BATCH_POINTS]


def left_out(undefined: int, points: int) -> tuple[Text, ...]:
    """Return what to say where the figure is undefined at some points; nothing where at none."""
    if not undefined:
        return ()
    return (
        Text(
            en=f"The figure is undefined at {undefined} of {points} points; they were left out.",
            zh=f"{points} 个试验点中有 {undefined} 个算不出该指标，已予剔除。",
        ),
    )
