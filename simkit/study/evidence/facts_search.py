"""Common random numbers make a search find more: the same trials, with and without them."""

from importlib.util import find_spec

import numpy as np

from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import band_row, missing_row
from simkit.study.intervals import ratio_of
from simkit.study.search.explore import Point, explore
from simkit.study.sensitivity.designs import keyed
from simkit.study.sensitivity.factors import Factor

TRIALS, WORLDS, SEARCHES = 80, 20, 24
TOP = (0.6, 0.3, 0.7)
HEIGHT, SHARED_SD, OWN_SD = 300.0, 150.0, 5.0
"""Of the quadratic, in the unit of the luck: shared by all points of a world, and of one point."""
BAND = (0.0, 0.5)
"""Our band: half the gap or less."""
REMEDY = "not installed: pip install 'regional-simkit[optimise]'"
SOURCE = "Law 2015, section 11.2 (direction); our band"


def search_gap() -> Rows:
    """How far the best point found is below the top, with common over with independent worlds."""
    what = f"gap to the top after {TRIALS} trials of {WORLDS} worlds, common over independent"
    if find_spec("optuna") is None:
        return [missing_row("search: common worlds", "fact", what, SOURCE, REMEDY)]
    common = [gap(seed, common=True) for seed in range(1, SEARCHES + 1)]
    independent = [gap(seed, common=False) for seed in range(1, SEARCHES + 1)]
    found = ratio_of(common, independent)
    error = (found.high - found.low) / 2 / 2.069  # Student's t of 23 degrees of freedom at 95 %
    return [band_row("search: common worlds", what, SOURCE, BAND, found.mean, error)]


def gap(seed: int, common: bool) -> float:
    """Return how far below the top of a noisy quadratic the point is that a search likes best."""
    factors = [Factor(f"x{k}", 0.0, 1.0) for k in range(len(TOP))]

    def score(point: Point) -> list[float]:
        whose = () if common else point
        shared = keyed("search: worlds", seed, *whose).normal(0, SHARED_SD, WORLDS)
        own = keyed("search: point", seed, *point).normal(0, OWN_SD, WORLDS)
        return (_height(point) + shared + own).tolist()

    tried = explore(factors, score, TRIALS, "higher", seed)
    best = max(tried, key=lambda point: float(np.mean(tried[point])))
    return -_height(best)


def _height(point: Point) -> float:
    return -HEIGHT * sum((x - top) ** 2 for x, top in zip(point, TOP, strict=True))


TASKS: list[Task] = [("search", search_gap, {}, True, 30.0)]
