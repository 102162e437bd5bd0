"""Selection finds the best as often as it promises, in few worlds."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import Row
from simkit.study.evidence.statistics_rows import (
    FEWEST_RUNS,
    LIMIT,
    MOST_RUNS,
    chance,
    error_of,
    named,
    promised,
)
from simkit.study.statistics.selection import KimNelson, ocba

KIM_NELSON = "Kim and Nelson 2001, ACM TOMACS 11"
CHUNK = 50
DESIGNS, SD = 10, 6.0
BUDGETS = (200, 400, 800)
FIRST, STEP = 10, 20
"""Worlds of each design before the first allocation, and worlds allocated at a time."""


def worlds_of(draw: Callable[[int], np.ndarray]) -> Iterator[dict[str, float]]:
    """Yield results by name, world after world; `draw(n)` gives n worlds x arms at a time."""
    while True:
        table = draw(CHUNK)
        names = [f"p{i}" for i in range(table.shape[1])]
        yield from (dict(zip(names, row, strict=True)) for row in table.tolist())


def select(selection: KimNelson, worlds: Iterator[dict[str, float]]) -> KimNelson:
    """Play a selection to its end."""
    while selection.wants():
        selection.take(next(worlds))
    return selection


def _slippage(
    sds: Sequence[float], rho: float, ahead: float, random: np.random.Generator
) -> Callable[[int], np.ndarray]:
    """The first is ahead, the others equal; `rho` is the correlation of all by common luck."""

    def draw(worlds: int) -> np.ndarray:
        common = math.sqrt(rho) * random.normal(size=(worlds, 1))
        table = (common + math.sqrt(1.0 - rho) * random.normal(size=(worlds, len(sds)))) * sds
        table[:, 0] += ahead
        return table

    return draw


@family
def kim_nelson(runs: int = 1000) -> Rows:
    """The best is selected when it is just ahead by what matters, and all others are equal."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    rows = [
        _selected(f"{arms} arms, correlation {rho:g}", [1.0] * arms, rho, 0.5, 10, runs)
        for arms in (2, 5, 10, 20)
        for rho in (0.0, 0.5, 0.8)
    ]
    unlike = [0.5, 8.0, 0.5, 8.0, 0.5]
    rows.append(_selected("5 arms, deviations .5 8 .5 8 .5", unlike, 0.0, 1.0, 10, runs))
    return [*rows, _selected("3 arms, first stage of 3", [1.0] * 3, 0.0, 1.0, 3, runs)]


def _selected(
    name: str, sds: Sequence[float], rho: float, delta: float, first: int, runs: int
) -> Row:
    names = [f"p{i}" for i in range(len(sds))]
    found = []
    for run in range(runs):
        draw = _slippage(sds, rho, delta, chance("kim_nelson", name, run))
        found.append(select(KimNelson(names, delta, 0.05, first), worlds_of(draw)))
    each = math.fsum(selection.played for selection in found) / runs / len(sds)
    what = f"share selected right; {each:.1f} worlds an arm on average"
    return promised(name, what, KIM_NELSON, 0.95, [s.best == "p0" for s in found])


@family
def budget_allocation(runs: int = 1000) -> Rows:
    """Worlds given where they help (OCBA) find the best more often than equally many for each."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    return [_allocated(total, runs) for total in BUDGETS]


def _allocated(total: int, runs: int) -> Row:
    equal = equal_chance(total // DESIGNS)
    right = [_best_by_ocba(total, chance("budget_allocation", total, run)) for run in range(runs)]
    share = sum(right) / runs
    error = error_of(share, runs)
    return Row(
        f"{total} worlds",
        "exact",
        f"share right of {DESIGNS} designs 1 apart, deviation {SD:g}; equal worlds give the "
        "expected, exactly, and must be beaten by 3 standard errors",
        "Chen, Lin, Yucesan and Chick 2000, Discrete Event Dyn. Syst. 10",
        equal,
        equal + LIMIT * error,
        1.0,
        share,
        error,
        share >= equal + LIMIT * error,
    )


def equal_chance(worlds: int) -> float:
    """Return the chance that the best of the designs has the best mean of so many worlds each."""
    from scipy.special import ndtr

    scale = SD / math.sqrt(worlds)
    z = np.linspace(-9.0, 9.0, 721)
    density = np.exp(-z * z / 2.0) * (z[1] - z[0]) / math.sqrt(2.0 * math.pi)
    behind = np.arange(1, DESIGNS)[:, None] / scale
    return float(np.prod(ndtr(z + behind), axis=0) @ density)


def _best_by_ocba(total: int, random: np.random.Generator) -> bool:
    """Whether the design with the highest number, which is the best, is chosen."""
    table = named(random.normal(np.arange(DESIGNS), SD, (total, DESIGNS)))
    used = dict.fromkeys(table, FIRST)
    while (so_far := sum(used.values())) < total:
        means = {name: float(np.mean(table[name][:n])) for name, n in used.items()}
        sds = {name: float(np.std(table[name][:n], ddof=1)) for name, n in used.items()}
        _give(used, ocba(means, sds, min(total, so_far + STEP)), min(STEP, total - so_far))
    means = {name: float(np.mean(table[name][:n])) for name, n in used.items()}
    return max(means, key=lambda name: means[name]) == f"p{DESIGNS - 1}"


def _give(used: dict[str, int], wanted: dict[str, int], worlds: int) -> None:
    """Give the next worlds to those that are farthest below what they should have."""
    for _ in range(worlds):
        name = max(used, key=lambda name: wanted[name] - used[name])
        used[name] += 1


TASKS: list[Task] = [
    *cases(kim_nelson, 13.0, slow=True),
    *cases(budget_allocation, 12.0, slow=True),
]
