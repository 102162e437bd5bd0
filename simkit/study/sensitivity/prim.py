"""Scenario discovery: the box of conditions under which something happens (PRIM).

Friedman and Fisher (1999), Statistics and Computing 9(2): peel a small share of the points off one
side of the box again and again, always that which leaves the densest box. Bryant and Lempert
(2010), Technol. Forecast. Soc. Change 77(1): coverage, density and a quasi p-value of each limit.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simkit.scenario.record import Text
from simkit.study.sensitivity.evaluate import left_out

PEEL_SHARE = 0.05
FEWEST_SHARE = 0.03
"""Share of all points below which no box is peeled."""
FEWEST_POINTS = 20


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor."""

    low: float | None
    high: float | None
    """None: not restricted on this side."""
    p_value: float
    """Chance that a box without this limit would show as many cases by luck (quasi p-value)."""


@dataclass(frozen=True)
class Step:
    """A box on the way of peeling: which is best depends on what density is worth."""

    density: float
    """Share of the points in the box that are cases."""
    coverage: float
    """Share of the cases that are in the box."""
    points: int


@dataclass(frozen=True)
class Box:
    """The box in which density and coverage are both high: largest harmonic mean of the two."""

    limits: dict[str, Limit]
    """By factor; those not restricted are not there."""
    density: float
    coverage: float
    cases: int
    points: int
    """Cases and points among all that were played and defined."""
    steps: tuple[Step, ...]
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True)
class _Peeled:
    inside: np.ndarray
    bounds: dict[int, list[float | None]]


def prim(
    names: Sequence[str],
    design: np.ndarray,
    response: Sequence[float],
    threshold: float,
    *,
    above: bool = False,
    peel: float = PEEL_SHARE,
) -> Box:
    """Return where the response is below `threshold` (or above it); design: points by factors.

    Points at which the response is not a number are left out. Raises ValueError for too few
    points, or when all or none of them are cases.
    """
    found = np.asarray(response, dtype=float)
    known = ~np.isnan(found)
    points, undefined = design[known], int((~known).sum())
    cases = found[known] > threshold if above else found[known] < threshold
    _check(cases, undefined, threshold, above)
    boxes = list(_peeling(points, cases, peel))
    steps = [_step(box.inside, cases) for box in boxes]
    best = max(range(len(boxes)), key=lambda i: _balance(steps[i]))
    limits = {
        names[k]: Limit(low, high, _p_value(points, cases, boxes[best].bounds, k))
        for k, (low, high) in boxes[best].bounds.items()
    }
    return Box(
        limits,
        steps[best].density,
        steps[best].coverage,
        int(cases.sum()),
        len(cases),
        tuple(steps),
        (*left_out(undefined, len(found)), *_unsure(limits)),
    )


def _check(cases: np.ndarray, undefined: int, threshold: float, above: bool) -> None:
    if len(cases) < FEWEST_POINTS:
        left = f" ({undefined} are undefined)" if undefined else ""
        raise ValueError(f"too few points for a box: {len(cases)}{left}; play {FEWEST_POINTS}")
    where = f"{'above' if above else 'below'} {threshold:g}"
    if cases.all() or not cases.any():
        which = "every point" if cases.all() else "no point"
        raise ValueError(f"{which} is {where}: there is nothing to tell apart; move the threshold")


def _peeling(points: np.ndarray, cases: np.ndarray, peel: float) -> Iterator[_Peeled]:
    """The boxes from everything down to the smallest allowed, each within the one before."""
    box = _Peeled(np.ones(len(points), dtype=bool), {})
    fewest = max(FEWEST_POINTS / 4, FEWEST_SHARE * len(points))
    while True:
        yield box
        peeled = [
            candidate
            for k in range(points.shape[1])
            for candidate in _sides(points, box, k, peel)
            if candidate.inside.sum() >= fewest
        ]
        if not peeled or cases[box.inside].all():
            return
        box = max(peeled, key=lambda each: (cases[each.inside].mean(), each.inside.sum()))


def _sides(points: np.ndarray, box: _Peeled, k: int, peel: float) -> Iterator[_Peeled]:
    """The box without the lowest points of a factor, without its highest; ties go together."""
    column, inside = points[:, k], points[box.inside, k]
    low, high = box.bounds.get(k, [None, None])
    upper = inside[inside > max(np.quantile(inside, peel), inside.min())]
    lower = inside[inside < min(np.quantile(inside, 1 - peel), inside.max())]
    if len(upper):
        limit = float(upper.min())
        yield _Peeled(box.inside & (column >= limit), {**box.bounds, k: [limit, high]})
    if len(lower):
        limit = float(lower.max())
        yield _Peeled(box.inside & (column <= limit), {**box.bounds, k: [low, limit]})


def _step(inside: np.ndarray, cases: np.ndarray) -> Step:
    hits, size = int((inside & cases).sum()), int(inside.sum())
    return Step(hits / size, hits / int(cases.sum()), size)


def _balance(step: Step) -> float:
    both = step.density + step.coverage
    return 2 * step.density * step.coverage / both if both else 0.0


def _p_value(
    points: np.ndarray, cases: np.ndarray, bounds: Mapping[int, Sequence[float | None]], k: int
) -> float:
    """The chance of so many cases in the box if it were as dense as without the limit of `k`."""
    from scipy.stats import binom

    without = _inside(points, {j: limit for j, limit in bounds.items() if j != k})
    inside = _inside(points, bounds)
    hits, share = int((inside & cases).sum()), float(cases[without].mean())
    return float(binom.sf(hits - 1, int(inside.sum()), share))


def _inside(points: np.ndarray, bounds: Mapping[int, Sequence[float | None]]) -> np.ndarray:
    inside = np.ones(len(points), dtype=bool)
    for k, (low, high) in bounds.items():
        inside &= points[:, k] >= (-math.inf if low is None else low)
        inside &= points[:, k] <= (math.inf if high is None else high)
    return inside


def _unsure(limits: Mapping[str, Limit]) -> list[Text]:
    names = [name for name, limit in limits.items() if limit.p_value > 0.05]
    if not names:
        return []
    listed: Any = ", ".join(names)
    en = f"These limits may be luck (quasi p-value above 0.05): {listed}."
    return [Text(en=en, zh=f"以下界限可能只是偶然（准 p 值大于 0.05）：{listed}。")]
