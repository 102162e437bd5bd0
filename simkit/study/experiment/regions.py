"""A country in an experiment: each region is a task of its own, and their sums make its figures."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from simkit.kpi.catalogue import Kpi
from simkit.kpi.pooled import Part, pooled
from simkit.study.experiment.arms import Arm
from simkit.study.national import regions_of

Plain = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """What one region of several sends home, besides its own figures, for those of all."""

    part: Part

    def plain(self) -> Plain:
        """Return it as JSON data; `of` is the reverse."""
        part = self.part
        return {
            "begin": part.begin,
            "last": part.last,
            "values": {name: _plain(v) for name, v in part.values.iloc[0].items()},
            "tapes": {kpi: [_series(sums) for sums in tape] for kpi, tape in part.tapes.items()},
        }

    @classmethod
    def of(cls, data: Plain) -> "Share":
        """Return what `plain` made plain; raises KeyError, TypeError or ValueError."""
        index = pd.Index(["region"], name="region")
        values = pd.DataFrame({k: [_number(v)] for k, v in data["values"].items()}, index=index)
        tapes = {kpi: [_back(sums) for sums in tape] for kpi, tape in data["tapes"].items()}
        return cls(Part((), index, data["begin"], 0, data["last"], values, tapes))


def arms_by_region(arm: Arm) -> list[Arm]:
    """Return the arm in each region of its scenario; the arm itself where there is one only."""
    if not arm.scenario.regions:
        return [arm]
    return [replace(arm, scenario=region) for region in regions_of(arm.scenario)]


def values_of_all(shares: Sequence[Share], kpis: Sequence[Kpi]) -> dict[str, float]:
    """Return the figures of all regions; not a number where sums of regions do not give one."""
    row = pooled([share.part for share in shares], kpis).iloc[0]
    return {str(name): float(value) for name, value in row.items()}


def weekly_of_all(weekly: Sequence[dict[str, list[float]]]) -> dict[str, list[float]]:
    """Return the money of each week, summed over the regions."""
    names = weekly[0]
    return {
        n: [math.fsum(w) for w in zip(*(each[n] for each in weekly), strict=True)] for n in names
    }


def decisions_of_all(arms: Sequence[Arm], decisions: Sequence[list[Plain]]) -> list[Plain]:
    """Return what was changed, by week; levers are told by region where the regions differ."""
    by_week: list[dict[int, Plain]] = [{c["week"]: c["levers"] for c in each} for each in decisions]
    found = []
    for week in sorted({week for each in by_week for week in each}):
        changed = [each.get(week, {}) for each in by_week]
        same = {k: v for k, v in changed[0].items() if all(c.get(k, c) == v for c in changed)}
        levers = dict(same)
        for arm, each in zip(arms, changed, strict=True):
            own = {k: v for k, v in each.items() if k not in same}
            levers |= {f"{arm.scenario.key}.{k}": v for k, v in own.items()}
        found.append({"week": week, "levers": levers})
    return found


def _series(sums: pd.Series) -> Plain:
    labels = [list(label) if isinstance(label, tuple) else label for label in sums.index]
    return {"names": list(sums.index.names), "labels": labels, "values": [*map(_plain, sums)]}


def _back(data: Plain) -> pd.Series:
    labels, names = data["labels"], data["names"]
    if len(names) > 1:
        index: pd.Index = pd.MultiIndex.from_tuples([tuple(one) for one in labels], names=names)
    else:
        index = pd.Index(labels, name=names[0])
    return pd.Series([*map(_number, data["values"])], index=index, dtype=float)


def _plain(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def runs(sizes: Sequence[int]) -> Iterator[range]:
    """Yield the places of the members of groups of these sizes that lie one after another."""
    start = 0
    for size in sizes:
        yield range(start, start + size)
        start += size
