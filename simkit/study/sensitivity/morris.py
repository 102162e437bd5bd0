"""Screening of many factors with few points: elementary effects along random ways (Morris 1991).

`mu_star` is the mean size of the effect of a factor, over its whole range; `sigma` says how much
the effect depends on where the others stand (curvature and interaction). Morris (1991),
Technometrics 33(2); mu_star: Campolongo, Cariboni and Saltelli (2007), Environ. Modell. Softw. 22.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.intervals import paired_difference
from simkit.study.sensitivity.designs import (
    NOTHING_VARIES,
    at_least,
    idle,
    keyed,
    no_global_chance,
    salib,
    unit_problem,
    with_dummy,
)
from simkit.study.sensitivity.evaluate import Worlds, evaluate, left_out, playing
from simkit.study.sensitivity.factors import Factor, spread_out
from simkit.study.workers import Tell

LEVELS = 4
"""Values of each factor; Morris's usual choice, a step is two thirds of the range."""


@dataclass(frozen=True)
class Effect:
    """What one factor does on its way from low to high, in the unit of the figure."""

    factor: Factor
    mu: float
    """Mean effect, with its sign."""
    mu_star: float
    """Mean size of the effect."""
    low: float
    high: float
    """The interval of `mu_star`: Student's t over the ways; never below 0."""
    sigma: float
    """Standard deviation of the effect between the ways."""
    luck: float
    """The part of `sigma` that luck alone would make: standard error of one effect."""
    ways: int

    @property
    def bends(self) -> bool:
        """Whether the effect depends on the others, or is curved, beyond what luck makes."""
        return self.sigma > 2 * self.luck and self.sigma > 1e-9 * self.mu_star


@dataclass(frozen=True)
class Morris:
    """The factors, the one with the largest effect first; the dummy is always among them."""

    kpi: Kpi
    effects: tuple[Effect, ...]
    points: int
    worlds: int
    notes: tuple[Text, ...] = ()


def morris(
    scenario: Scenario,
    player: Player,
    factors: Sequence[Factor],
    kpi: str | Kpi,
    worlds: Worlds = 5,
    *,
    ways: int = 10,
    design_seed: int = 1,
    seed: int = 1,
    tell: Tell = lambda done, total: None,
    **options: Any,
) -> Morris:
    """Play `ways` x (number of factors + 1) points, all in the same worlds; see `Effect`.

    Raises ScenarioError that names the factor, before anything is played; ValueError without SALib.
    """
    plan = playing(scenario, player, factors, kpi, worlds, seed=seed, **options)
    design = morris_design(factors, ways, design_seed)
    return morris_of(plan.kpi, factors, design, evaluate(plan, design, tell))


def morris_design(factors: Sequence[Factor], ways: int, design_seed: int = 1) -> np.ndarray:
    """Return the points of all ways one after another, by factors and, last, the dummy."""
    at_least(ways, 2, "ways")
    every = with_dummy(factors)
    with no_global_chance():
        chance = keyed("morris", design_seed)
        sample = salib("sample.morris").sample
        shares = sample(unit_problem(every), ways, num_levels=LEVELS, seed=chance)
    return spread_out(every, shares)


def morris_of(
    kpi: Kpi, factors: Sequence[Factor], design: np.ndarray, values: np.ndarray
) -> Morris:
    """Return the effects from a design of `morris_design` and its values, points by worlds.

    The steps are taken from the design itself, so that whole numbers count as they were played,
    and an effect with an undefined end is left out alone; SALib's own analysis can do neither.
    """
    every, worlds = with_dummy(factors), values.shape[1]
    steps = _steps(every, design, values)
    undefined = int(np.isnan(values).any(axis=1).sum())
    effects = sorted(
        (_effect(factor, steps[k]) for k, factor in enumerate(every)),
        key=lambda effect: (math.isnan(effect.mu_star), -effect.mu_star),
    )
    still = [factor for k, factor in enumerate(factors) if _moves_nothing(steps[k])]
    notes = left_out(undefined, len(values)) + idle(still)
    if not undefined and float(np.ptp(values.mean(axis=1))) == 0.0:
        notes = (NOTHING_VARIES,)
    return Morris(kpi, tuple(effects), len(design), worlds, notes)


def _steps(
    every: Sequence[Factor], design: np.ndarray, values: np.ndarray
) -> list[list[np.ndarray]]:
    """For each factor its elementary effects, each an array over the worlds."""
    found: list[list[np.ndarray]] = [[] for _ in every]
    ranges = np.array([factor.high - factor.low for factor in every])
    length = len(every) + 1
    for first in range(0, len(design), length):
        moves = np.diff(design[first : first + length], axis=0) / ranges
        rises = np.diff(values[first : first + length], axis=0)
        for move, rise in zip(moves, rises, strict=True):
            k = int(np.argmax(np.abs(move)))
            found[k].append(rise / move[k])
    return found


def _moves_nothing(steps: Sequence[np.ndarray]) -> bool:
    known = [step for step in steps if not np.isnan(step).any()]
    return bool(known) and not any(step.any() for step in known)


def _effect(factor: Factor, steps: Sequence[np.ndarray]) -> Effect:
    known = [step for step in steps if not np.isnan(step).any()]
    if not known:
        nan = math.nan
        return Effect(factor, nan, nan, nan, nan, nan, nan, 0)
    means = [float(step.mean()) for step in known]
    size = paired_difference([abs(mean) for mean in means])
    spread = float(np.std(means, ddof=1)) if len(means) > 1 else math.nan
    errors = [float(step.var(ddof=1)) / len(step) if len(step) > 1 else 0.0 for step in known]
    luck = math.sqrt(math.fsum(errors) / len(errors))
    mu = math.fsum(means) / len(means)
    return Effect(factor, mu, size.mean, max(0.0, size.low), size.high, spread, luck, len(known))
