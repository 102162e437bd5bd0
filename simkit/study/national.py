"""Scenarios of several independent regions: simulated one by one, looked at together.

Workers send home what a region adds to the KPIs of all, never its events: a country's are many
millions. Whoever asks for the files gets each region's events as one compressed table.
"""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import KPIS, Kpi
from simkit.kpi.measures import Group
from simkit.kpi.pooled import Part, part_of, pooled
from simkit.kpi.table import kpi_table
from simkit.region.decision import Policy
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.output import write_table
from simkit.study.overview import rep_names
from simkit.study.run import Progress, Run, joined_digest
from simkit.study.workers import Workers, run_tasks

if TYPE_CHECKING:
    import pandas as pd

By = tuple[Group, ...]
ALL_GROUPS: tuple[By, ...] = ((), ("week",), ("territory",), ("rep",))


def regions_of(scenario: Scenario, only: str | None = None) -> list[Scenario]:
    """Return the regions of a scenario, each a scenario of its own; `only` names one of them.

    A scenario without regions is its own single region.
    """
    if not scenario.regions:
        return [scenario]
    names = [only] if only else [region.id for region in scenario.regions]
    return [scenario.region(name) for name in names]


@dataclass(frozen=True)
class Played:
    """What is left of the runs of one or more regions."""

    events: "pd.DataFrame | None"
    """The event table of a single region."""
    parts: dict[By, list[Part]]
    """What each of several regions adds to the KPIs of all, by the groups asked for."""
    digests: list[str]
    manifests: list[dict[str, Any]]
    names: dict[str, Text]
    """Names of the reps of all regions; see `simkit.study.overview.rep_names`."""
    visits: int
    packed: dict[str, bytes] = field(repr=False)
    """The event table of each of several regions as the bytes of a Parquet file, if asked for."""

    @property
    def digest(self) -> str:
        """One digest for all regions."""
        return joined_digest(self.digests)

    def table(self, by: Sequence[Group] = (), kpis: Iterable[str] | None = None) -> "pd.DataFrame":
        """Return the KPIs of all regions, as `simkit.kpi.table.kpi_table`.

        Groups of several regions must have been asked for. By rep, the distance from the mean
        attainment is that from the rep's own region's.
        """
        if self.events is not None:
            return kpi_table(self.events, by, kpis)
        chosen = [KPIS[name] for name in (KPIS if kpis is None else kpis)]
        return pooled(self.parts[tuple(by)], chosen)[[kpi.name for kpi in chosen]]


@dataclass(frozen=True)
class _RegionPlayed:
    """What a worker sends home."""

    parts: dict[By, Part]
    digest: str
    manifest: dict[str, Any]
    names: dict[str, Text]
    visits: int
    packed: bytes | None


def play_regions(
    regions: list[Scenario],
    policy: str | Policy,
    seed: int,
    progress: Progress,
    workers: Workers = 1,
    groups: Sequence[By] = ((),),
    keep_events: bool = False,
) -> Played:
    """Play the regions, several on as many `workers` (see `simkit.study.workers`).

    `progress` counts the weeks of a single region, else regions. `groups`: those that will be asked
    of several regions. `keep_events`: of several regions too, compressed.
    """
    if len(regions) == 1:
        return _single(regions[0], policy, seed, progress)
    found: dict[int, _RegionPlayed] = {}
    progress(0, len(regions))
    work = partial(_play_region, policy=policy, seed=seed, groups=tuple(groups), keep=keep_events)
    with closing(run_tasks(work, regions, workers)) as results:
        for done in results:
            if done is not None:
                found[done[0]] = done[1]()
            progress(len(found), len(regions))
    return _together(regions, [found[place] for place in range(len(regions))])


def _single(region: Scenario, policy: str | Policy, seed: int, progress: Progress) -> Played:
    run = Run.play(region, policy, seed, progress)
    names = rep_names(region, run.events, seed)
    visits = _visits(run)
    return Played(run.events, {}, [run.digest], [run.manifest()], names, visits, {})


def _play_region(
    region: Scenario, policy: str | Policy, seed: int, groups: tuple[By, ...], keep: bool
) -> _RegionPlayed:
    run = Run.play(region, policy, seed)
    kpis, last = tuple[Kpi, ...](KPIS.values()), region.weeks - 1
    parts = {by: part_of(run.events, kpis, by, last) for by in groups}
    names = rep_names(region, run.events, seed)
    packed = _packed(run) if keep else None
    return _RegionPlayed(parts, run.digest, run.manifest(), names, _visits(run), packed)


def _visits(run: Run) -> int:
    return sum(event[1] == "visit" for event in run.simulation.world.log)


def _packed(run: Run) -> bytes:
    with tempfile.TemporaryDirectory(prefix="simkit-") as folder:
        file = Path(folder) / "events.parquet"
        write_table(run.events, file, {"digest": run.digest}, csv=False)
        return file.read_bytes()


def _together(regions: list[Scenario], played: list[_RegionPlayed]) -> Played:
    names: dict[str, Text] = {}
    for each in played:
        names |= each.names
    return Played(
        None,
        {by: [each.parts[by] for each in played] for by in played[0].parts},
        [each.digest for each in played],
        [each.manifest for each in played],
        names,
        sum(each.visits for each in played),
        {r.key: e.packed for r, e in zip(regions, played, strict=True) if e.packed is not None},
    )
