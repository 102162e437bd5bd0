"""Scenarios of several independent regions: simulated one by one, looked at together."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from simkit.region.decision import Policy
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.overview import rep_names
from simkit.study.run import Progress, Run, joined_digest


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
    """What is left of the runs of one or more regions: one table, one digest, a manifest each."""

    events: pd.DataFrame
    digest: str
    manifests: list[dict[str, Any]]
    names: dict[str, Text]
    """Names of the reps of all regions; see `simkit.study.overview.rep_names`."""


def play_regions(
    regions: list[Scenario], policy: str | Policy, seed: int, progress: Progress
) -> Played:
    """Play the regions one after another; `progress` counts weeks over all of them."""
    total, before = sum(region.weeks for region in regions), 0
    tables, digests, manifests = [], [], []
    names: dict[str, Text] = {}
    for region in regions:  # only what is needed is kept: a country of simulations is too large
        run = Run.play(region, policy, seed, lambda week, _, b=before: progress(b + week, total))  # type: ignore[misc]
        before += region.weeks
        tables.append(run.events)
        digests.append(run.digest)
        manifests.append(run.manifest())
        names |= rep_names(region, run.events, seed)
    return Played(_joined_events(tables), joined_digest(digests), manifests, names)


def _joined_events(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the event tables of several regions as one, sorted by day."""
    if len(tables) == 1:
        return tables[0]
    joined = pd.concat(tables, ignore_index=True)
    for name in ("kind", "territory", "rep", "customer", "opportunity", "detail"):
        joined[name] = joined[name].astype("category")
    return joined.sort_values("day", kind="stable", ignore_index=True)
