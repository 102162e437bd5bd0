"""Selection end to end: the five inventory policies of Koenig and Law, with published mean costs.

A small model of its own, not the region's stock: 30 periods, starting with S pieces. A period
begins with an order up to S when fewer than s are there, which costs 32 and 3 for each piece and
comes at once; then Poisson(25) pieces are wanted; what is left costs 1 each, what is owed 5.
"""

import math
from collections.abc import Callable, Iterator

import numpy as np

from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import Row, exact_row
from simkit.study.evidence.statistics_rows import (
    FEWEST_RUNS,
    MOST_RUNS,
    chance,
    printed,
    promised,
)
from simkit.study.evidence.statistics_selection import select, worlds_of
from simkit.study.statistics.selection import KimNelson

SOURCE = "Koenig and Law 1985, Commun. Stat. Simul. 14; Kim and Nelson 2001"
POLICIES = {
    (20, 40): 114.176,
    (20, 80): 112.742,
    (40, 60): 130.550,
    (40, 100): 130.699,
    (60, 100): 147.382,
}
"""Published mean costs a period, by (s, S)."""
PERIODS, DEMAND, MOST_DEMAND = 30, 25.0, 90
SETUP, PRICE, HOLDING, OWING = 32.0, 3.0, 1.0, 5.0
DELTA = 1.0
MOST_SAVED = 100.0
"""Our band: beyond it the model would be broken."""
BEST = "p1"
DRAWN = 500
"""Worlds drawn at a time."""


def costs(policy: tuple[int, int], worlds: int, random: np.random.Generator) -> np.ndarray:
    """Return the mean cost a period in each world; the same generator gives all the same luck."""
    low, high = policy
    level, total = np.full(worlds, float(high)), np.zeros(worlds)
    for _ in range(PERIODS):
        ordered = np.where(level < low, high - level, 0.0)
        level = level + ordered - random.poisson(DEMAND, worlds)
        total += _cost(ordered, level)
    return total / PERIODS


def _cost(ordered: np.ndarray, left: np.ndarray) -> np.ndarray:
    """Return the cost of a period by pieces ordered and left (owed where negative)."""
    order = np.where(ordered > 0.0, SETUP + PRICE * ordered, 0.0)
    return order + np.where(left > 0.0, HOLDING * left, -OWING * left)


def exact_cost(policy: tuple[int, int]) -> float:
    """Return the expected mean cost a period, from the law of the level in each period."""
    low, high = policy
    levels = np.arange(high, low - MOST_DEMAND, -1)
    wanted = np.array(
        [math.exp(d * math.log(DEMAND) - DEMAND - math.lgamma(d + 1)) for d in range(MOST_DEMAND)]
    )
    law, total = (levels == high).astype(float), 0.0
    for _ in range(PERIODS):
        few = levels < low
        total += float(law[few] @ (SETUP + PRICE * (high - levels[few])))
        law[0] += law[few].sum()
        law[few] = 0.0
        law = np.convolve(law, wanted)[: len(levels)]
        total += float(law @ _cost(np.zeros(len(levels)), levels.astype(float)))
    return total / PERIODS


@family
def inventory_exact() -> Rows:
    """Expected costs a period of five inventory policies, by the law of the stock, as published."""
    what = "expected cost a period, 30 periods"
    return [
        printed(f"policy {low}, {high}", what, SOURCE, published, exact_cost((low, high)))
        for (low, high), published in POLICIES.items()
    ]


@family
def inventory_costs(worlds: int = 20_000) -> Rows:
    """Simulated costs a period of five inventory policies against the published ones."""
    between(FEWEST_RUNS, MOST_RUNS, worlds=worlds)
    return [
        exact_row(
            f"policy {low}, {high}",
            "mean cost a period, 30 periods",
            SOURCE,
            published,
            costs((low, high), worlds, chance("inventory_costs", low, high)).tolist(),
        )
        for (low, high), published in POLICIES.items()
    ]


@family
def inventory_selection(runs: int = 1000) -> Rows:
    """The cheapest of five inventory policies is selected, in common and in independent worlds."""
    between(FEWEST_RUNS, MOST_RUNS, runs=runs)
    common, used_common = _selections(runs, _common())
    apart, used_apart = _selections(runs, _independent())
    saving = Row(
        "worlds saved",
        "exact",
        f"worlds played for a selection, all policies together: {used_apart:.0f} independent, "
        f"{used_common:.0f} common; their ratio must be above 1",
        SOURCE,
        None,
        1.0,
        MOST_SAVED,
        used_apart / used_common,
        None,
        used_apart > used_common,
    )
    return [_row("common worlds", common), _row("independent worlds", apart), saving]


def _row(name: str, right: list[bool]) -> Row:
    return promised(name, f"share selected right, delta {DELTA:g}", SOURCE, 0.95, right)


def _selections(runs: int, worlds: Iterator[dict[str, float]]) -> tuple[list[bool], float]:
    """Each selection goes on where the one before it ended; none meets another's worlds."""
    names = [f"p{i}" for i in range(len(POLICIES))]
    found = [select(KimNelson(names, DELTA, better="lower"), worlds) for _ in range(runs)]
    return [s.best == BEST for s in found], math.fsum(s.played for s in found) / runs


def _common() -> Iterator[dict[str, float]]:
    return worlds_of(_drawer(lambda policy: ()))


def _independent() -> Iterator[dict[str, float]]:
    return worlds_of(_drawer(lambda policy: policy))


def _drawer(own: Callable[[tuple[int, int]], tuple[int, ...]]) -> Callable[[int], np.ndarray]:
    """Draw worlds of all policies; what `own` gives keys a policy's luck."""
    number = iter(range(MOST_RUNS))

    def draw(_: int) -> np.ndarray:
        part = next(number)
        lucks = {policy: chance("inventory", part, *own(policy)) for policy in POLICIES}
        return np.stack([costs(policy, DRAWN, luck) for policy, luck in lucks.items()], axis=1)

    return draw


TASKS: list[Task] = [
    *cases(inventory_exact, 0.1),
    *cases(inventory_costs, 0.5, slow=True),
    *cases(inventory_selection, 3.0, slow=True),
]
