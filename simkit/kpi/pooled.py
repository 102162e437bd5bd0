"""KPIs of several regions together, from what each region adds to them.

All sums behind a KPI go through `Measures.total`. A tape holds these sums in the order in which the
formula asked for them. Sums of regions add up, label by label, and the same formula run over the
added tapes gives the KPI of all regions without anybody having all their events at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from simkit.kpi.catalogue import Kpi
from simkit.kpi.measures import Group, Measures
from simkit.kpi.table import kpi_table

Tape = list[pd.Series]


@dataclass(frozen=True)
class Part:
    """What one region adds to the KPIs of all."""

    by: tuple[Group, ...]
    index: pd.Index
    begin: int
    first: int
    last: int
    values: pd.DataFrame
    """The region's own KPIs, as `kpi_table`."""
    tapes: dict[str, Tape]
    """By KPI; one that cannot be had from sums has none."""


class _Recording(Measures):
    """Measures that write down each sum they give."""

    tape: Tape

    def total(self, values: pd.Series, rows: pd.DataFrame) -> pd.Series:
        found = super().total(values, rows)
        self.tape.append(found)
        return found

    def over(self, by: Sequence[Group], first: int | None = None) -> Measures:
        other = _Recording(self.history, by, self.first if first is None else first, self.last)
        other.tape = self.tape
        return other


class _Replaying(Measures):
    """Measures that take each sum from a tape; there are no events."""

    def __init__(self, whole: Part, sums: Iterator[pd.Series], by: Sequence[Group], first: int):
        super().__init__(_NOTHING, by, first, whole.last)
        self.whole, self.sums = whole, sums

    def total(self, values: pd.Series, rows: pd.DataFrame) -> pd.Series:
        return next(self.sums)

    @property
    def begin(self) -> int:
        return self.whole.begin

    def over(self, by: Sequence[Group], first: int | None = None) -> Measures:
        return _Replaying(self.whole, self.sums, by, self.first if first is None else first)


_NOTHING = pd.DataFrame(
    {
        "day": pd.Series(dtype=float),
        "week": pd.Series(dtype=int),
        **{
            name: pd.Series(dtype="category")
            for name in ("kind", "territory", "rep", "customer", "opportunity", "detail")
        },
        "amount": pd.Series(dtype=float),
    }
)


def part_of(
    events: pd.DataFrame, kpis: Sequence[Kpi], by: Sequence[Group] = (), last: int | None = None
) -> Part:
    """Return what a region with these events adds to KPIs of the weeks 0 to `last`.

    A KPI whose formula does not give the region's own value from its own sums has no tape.
    """
    plain, values = Measures(events, by, 0, last), kpi_table(events, by, kpis, 0, last)
    part = Part((*plain.by,), plain.index, plain.begin, 0, plain.last, values, {})
    for kpi in kpis if _summed(part) else ():
        recording = _Recording(events, by, 0, last)
        recording.tape = []
        with np.errstate(divide="ignore", invalid="ignore"):
            kpi(recording)
        if _replayed(kpi, part, recording.tape).equals(values[kpi.name].astype(float)):
            part.tapes[kpi.name] = recording.tape
    return part


def pooled(parts: Sequence[Part], kpis: Sequence[Kpi]) -> pd.DataFrame:
    """Return the KPIs of all regions: one row per group, one column per KPI, as `kpi_table`.

    Not a number throughout where a KPI cannot be had from sums of regions.
    """
    if not _summed(parts[0]):  # no two regions share a territory or a rep
        return pd.concat([part.values for part in parts]).sort_index()
    if len(parts) == 1:
        return parts[0].values
    columns = [_replayed(kpi, _whole(parts), _added(kpi, parts)) for kpi in kpis]
    return pd.concat(columns, axis=1)


def _summed(part: Part) -> bool:
    return part.by in ((), ("week",))


def _whole(parts: Sequence[Part]) -> Part:
    """Return the regions as one; what each adds is still to be added."""
    index = reduce(lambda a, b: a.union(b), (part.index for part in parts))
    first, last = parts[0].first, max(part.last for part in parts)
    begin = min(part.begin for part in parts)
    return Part(parts[0].by, index, begin, first, last, _NOTHING, {})


def _added(kpi: Kpi, parts: Sequence[Part]) -> Tape | None:
    tapes = [part.tapes[kpi.name] for part in parts if kpi.name in part.tapes]
    if len(tapes) < len(parts) or len({len(tape) for tape in tapes}) > 1:
        return None
    return [reduce(_plus, sums) for sums in zip(*tapes, strict=True)]


def _plus(a: pd.Series, b: pd.Series) -> pd.Series:
    """Add label by label; what only one region has stays as it is."""
    return a.add(b, fill_value=0.0)


def _replayed(kpi: Kpi, whole: Part, tape: Tape | None) -> pd.Series:
    """Return a KPI from sums; not a number where it cannot be had from them."""
    found = pd.Series(np.nan, index=whole.index, name=kpi.name)
    if tape is None:
        return found
    measures = _Replaying(whole, iter(tape), whole.by, whole.first)
    measures.index = whole.index
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = kpi(measures).reindex(whole.index).set_axis(whole.index).astype(float)
    except (StopIteration, ValueError, KeyError, TypeError, IndexError):
        return found  # the formula looks at events themselves
    return values.replace([np.inf, -np.inf], np.nan)
