"""What more money buys: which policies are beaten by one that costs less and brings more.

A policy is dominated where another one is no dearer, brings no less, and is better in one of the
two. Means alone cannot tell: with many policies some pair always looks like that by luck. So every
pair is compared by its paired differences in both figures, and all these intervals hold at once
(Bonferroni, which common worlds do not hurt; Nelson and Matejcik 1995, Management Science 41).
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any, Literal

from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.worlds import Results
from simkit.study.intervals import Difference, judged_difference, paired_difference

Standing = Literal["dominated", "not dominated", "cannot tell"]
BONFERRONI_FIGURES = 2


@dataclass(frozen=True, slots=True)
class Point:
    """One policy: what it costs, what it brings, and whether another one beats it."""

    arm: str
    cost: Difference
    benefit: Difference
    """Means with the interval of each policy alone."""
    standing: Standing
    dominated_by: tuple[str, ...]
    on_line: bool
    """No mean is both cheaper and better, and no policy is known to dominate it."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """All policies; those on the line are the choices that more money opens."""

    cost: str
    benefit: str
    points: tuple[Point, ...]
    confidence: float

    @property
    def line(self) -> tuple[Point, ...]:
        """The points on the line, the cheapest first."""
        chosen = (point for point in self.points if point.on_line)
        return tuple(sorted(chosen, key=lambda point: (point.cost.mean, point.benefit.mean)))

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return asdict(self)


def frontier(
    results: Results, benefit: str, cost: str = "spending", confidence: float = 0.95
) -> Frontier:
    """Return where every policy stands between cost and benefit.

    Raises ValueError where one of the two is not among the figures compared, or has a band rather
    than a better direction.
    """
    signs = {name: _sign(results, name) for name in (cost, benefit)}
    values = {
        arm.name: tuple(
            [sign * value for value in results.values(arm.name, name)]
            for name, sign in signs.items()
        )
        for arm in results.arms
    }
    means = {
        arm.name: tuple(paired_difference(results.values(arm.name, name), confidence)
                        for name in (cost, benefit))
        for arm in results.arms
    }  # fmt: skip
    apart = _pairs(values, confidence)
    best = _undominated({name: tuple(map(_mean, both)) for name, both in values.items()})
    points = []
    for name, (price, gain) in means.items():
        beaten_by = tuple(o for o in values if o != name and _dominates(apart[o, name]))
        standing: Standing = "dominated" if beaten_by else "cannot tell"
        if not beaten_by and all(_holds(apart[name, o]) for o in values if o != name):
            standing = "not dominated"
        on_line = name in best and not beaten_by
        points.append(Point(name, price, gain, standing, beaten_by, on_line))
    return Frontier(cost, benefit, tuple(points), confidence)


def _sign(results: Results, name: str) -> float:
    known = {kpi.name: kpi for kpi in results.kpis}
    kpi = known.get(name)
    if kpi is None:
        title = find_figures([name])[0].name
        raise ValueError(f"'{title}' was not measured: add it to the KPIs of the comparison")
    if kpi.better == "in_band":
        raise ValueError(f"'{name}' has a band, no better direction: choose another KPI")
    return 1.0 if kpi.better == "higher" else -1.0


Pair = tuple[Difference, Difference]
"""One policy less another in cost and in benefit, both turned so that more is better."""


def _pairs(
    values: dict[str, tuple[list[float], ...]], confidence: float
) -> dict[tuple[str, str], Pair]:
    pairs = [*combinations(values, 2)]
    each = 1.0 - (1.0 - confidence) / max(1, BONFERRONI_FIGURES * len(pairs))
    found: dict[tuple[str, str], Pair] = {}
    for a, b in pairs:
        cost, benefit = (
            judged_difference([x - y for x, y in zip(mine, theirs, strict=True)], each)
            for mine, theirs in zip(values[a], values[b], strict=True)
        )
        found[a, b] = (cost, benefit)
        found[b, a] = (_turned(cost), _turned(benefit))
    return found


def _turned(d: Difference) -> Difference:
    return Difference(-d.mean, -d.high, -d.low, d.pairs)


def _equal(d: Difference) -> bool:
    """Whether the two were the same in every world."""
    return d.low == d.high == 0.0


def _dominates(pair: Pair) -> bool:
    better = [d.low > 0.0 for d in pair]
    return any(better) and all(b or _equal(d) for b, d in zip(better, pair, strict=True))


def _holds(pair: Pair) -> bool:
    """Whether the first is known not to be dominated by the second."""
    return any(d.low > 0.0 for d in pair) or all(map(_equal, pair))


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else math.nan


def _undominated(means: dict[str, tuple[float, ...]]) -> set[str]:
    """The policies whose means no other ones' means beat."""
    known = {name: both for name, both in means.items() if not any(map(math.isnan, both))}

    def beaten(name: str) -> bool:
        mine = known[name]
        return any(
            other != mine and all(o >= m for o, m in zip(other, mine, strict=True))
            for other in known.values()
        )

    return {name for name in known if not beaten(name)}
