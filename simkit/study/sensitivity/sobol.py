"""Shares of variance: how much of what varies is due to which factor, alone and with the others.

S1 is the share of a factor alone, ST its share with all interactions. Saltelli et al. (2010),
Comput. Phys. Commun. 181(2), through SALib. The points meet the same worlds, so luck that is the
same at every point cancels; what remains of it makes all ST too large, which is measured and told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.sensitivity.designs import (
    NOTHING_VARIES,
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

RESAMPLES = 200
NOISE_SHARE = 0.05
"""Share of the variance between points, due to luck, from which on a warning is given."""


@dataclass(frozen=True)
class Index:
    """A share of variance with its 95 % interval (bootstrap over the base points)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Shares:
    """One factor: its share alone and its share with all interactions."""

    factor: Factor
    first: Index
    total: Index


@dataclass(frozen=True)
class Sobol:
    """The factors, the one with the largest total share first; the dummy is always among them."""

    kpi: Kpi
    shares: tuple[Shares, ...]
    pairs: dict[tuple[str, str], Index]
    """Shares of the interactions of two factors, by their names; empty unless asked for."""
    noise: float
    """Share of the variance between points that is luck; nan with a single world."""
    points: int
    worlds: int
    notes: tuple[Text, ...] = ()


def sobol(
    scenario: Scenario,
    player: Player,
    factors: Sequence[Factor],
    kpi: str | Kpi,
    worlds: Worlds = 5,
    *,
    base_points: int = 64,
    second: bool = False,
    design_seed: int = 1,
    seed: int = 1,
    tell: Tell = lambda done, total: None,
    **options: Any,
) -> Sobol:
    """Play `base_points` x (number of factors + 2) points, twice that for `second`.

    Raises ScenarioError that names the factor, before anything is played; ValueError without SALib
    or unless `base_points` is a power of two.
    """
    plan = playing(scenario, player, factors, kpi, worlds, seed=seed, **options)
    design = sobol_design(factors, base_points, second, design_seed)
    values = evaluate(plan, design, tell)
    return sobol_of(plan.kpi, factors, values, second, design_seed)


def sobol_design(
    factors: Sequence[Factor], base_points: int, second: bool = False, design_seed: int = 1
) -> np.ndarray:
    """Return the points, by factors and, last, the dummy; `base_points` is a power of two."""
    if base_points < 8 or base_points & (base_points - 1):
        raise ValueError(
            f"base_points must be a power of two from 8 on (64, 128, ...), not {base_points}"
        )
    every = with_dummy(factors)
    with no_global_chance():
        sample, chance = salib("sample.sobol").sample, keyed("sobol", design_seed)
        shares = sample(unit_problem(every), base_points, calc_second_order=second, seed=chance)
    return spread_out(every, shares)


def sobol_of(
    kpi: Kpi,
    factors: Sequence[Factor],
    values: np.ndarray,
    second: bool = False,
    design_seed: int = 1,
) -> Sobol:
    """Return the shares from the values at the points of `sobol_design`, points by worlds.

    A base point any of whose points is undefined is left out with all of them.
    Raises ValueError when fewer than 8 base points are left.
    """
    every = with_dummy(factors)
    size = (2 if second else 1) * len(every) + 2
    blocks = values.reshape(-1, size, values.shape[1])
    whole = ~np.isnan(blocks).any(axis=(1, 2))
    undefined = int(np.isnan(values).any(axis=1).sum())
    if whole.sum() < 8:
        raise ValueError(
            f"the figure is undefined at {undefined} of {len(values)} points; too few are left. "
            "Choose another figure, more weeks or narrower bounds"
        )
    kept = blocks[whole].reshape(-1, values.shape[1])
    means = kept.mean(axis=1)
    noise, notes = noise_share(blocks[whole][:, 0, :]), left_out(undefined, len(values))
    if float(np.ptp(means)) <= 1e-12 * max(1.0, float(np.abs(means).max())):
        zero = Index(0.0, 0.0, 0.0)
        rows = tuple(Shares(factor, zero, zero) for factor in every)
        return Sobol(kpi, rows, {}, 0.0, len(values), values.shape[1], (*notes, NOTHING_VARIES))
    found = _analysed(every, means, second, design_seed)
    rows = tuple(
        Shares(factor, _index(found, "S1", k), _index(found, "ST", k))
        for k, factor in enumerate(every)
    )
    notes += _warnings(rows[-1].total, noise, values.shape[1])
    notes += idle([f for k, f in enumerate(factors) if _moves_nothing(blocks[whole], k)])
    rows = tuple(sorted(rows, key=lambda row: -row.total.value))
    pairs = _pairs(every, found) if second else {}
    return Sobol(kpi, rows, pairs, noise, len(values), values.shape[1], notes)


def _moves_nothing(blocks: np.ndarray, k: int) -> bool:
    """Whether each base point is, in every world, what it is with factor `k` of the other one."""
    return bool((blocks[:, 0] == blocks[:, 1 + k]).all())


def _analysed(every: Sequence[Factor], means: np.ndarray, second: bool, seed: int) -> Any:
    """SALib's analysis; a seed of 0 would make it draw from the global numbers, a generator not."""
    with no_global_chance():
        return salib("analyze.sobol").analyze(
            unit_problem(every),
            means,
            calc_second_order=second,
            num_resamples=RESAMPLES,
            seed=keyed("sobol bootstrap", seed),
        )


def _index(found: Any, name: str, *place: int) -> Index:
    value, reach = float(found[name][place]), float(found[f"{name}_conf"][place])
    return Index(value, value - reach, value + reach)


def _pairs(every: Sequence[Factor], found: Any) -> dict[tuple[str, str], Index]:
    return {
        (one.name, other.name): _index(found, "S2", j, k)
        for j, one in enumerate(every[:-1])
        for k, other in enumerate(every[:-1])
        if j < k
    }


def noise_share(values: np.ndarray) -> float:
    """Return the share of luck in the variance between points; values: points by worlds.

    Luck that is common to all points of a world moves them together and does not count: it is the
    mean square of the interaction of points and worlds, over that between points. nan with one
    world.
    """
    points, worlds = values.shape
    if worlds < 2 or points < 2:
        return float("nan")
    apart = values.mean(axis=1) - values.mean()
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    between = worlds * float(apart @ apart) / (points - 1)
    within = float((rest**2).sum()) / ((points - 1) * (worlds - 1))
    return min(1.0, within / between) if between > 0 else 0.0


def _warnings(dummy: Index, noise: float, worlds: int) -> tuple[Text, ...]:
    found = []
    if worlds < 2:
        en = "One world only: how much of this is its luck cannot be said; play five or more."
        found.append(Text(en=en, zh="只运行了一次，无法判断其中有多少是运气；建议至少运行五次。"))
    if noise > NOISE_SHARE:
        en = f"Luck makes {noise:.0%} of the variance between points and raises every total share;"
        zh = f"试验点之间的方差有 {noise:.0%} 来自随机波动，各因素的总效应都被高估；"
        found.append(Text(en=f"{en} play more worlds.", zh=f"{zh}请增加重复次数。"))
    if dummy.low > 0:
        en = f"The dummy has a share of {dummy.value:.0%}: shares up to that size may be noise."
        zh = f"虚拟因素也占到 {dummy.value:.0%}：不超过这一数值的效应可能只是噪声。"
        found.append(Text(en=en, zh=zh))
    return tuple(found)
