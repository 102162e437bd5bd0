"""Scenarios of several independent regions: simulated one by one, looked at together."""

from collections.abc import Callable, Iterator

import pandas as pd

from simkit.region.decision import Policy
from simkit.scenario.records import Scenario
from simkit.study.run import Run


def regions_of(scenario: Scenario, only: str | None = None) -> list[Scenario]:
    """Return the regions of a scenario, each a scenario of its own; `only` names one of them.

    A scenario without regions is its own single region.
    """
    if not scenario.regions:
        return [scenario]
    names = [only] if only else [region.id for region in scenario.regions]
    return [scenario.region(name) for name in names]


def play_regions(
    regions: list[Scenario], policy: str | Policy, seed: int, progress: Callable[[int, int], None]
) -> Iterator[Run]:
    """Play the regions one after another; `progress` counts weeks over all of them."""
    total = sum(region.weeks for region in regions)
    before = 0
    for region in regions:
        played = before
        yield Run.play(region, policy, seed, lambda week, _, b=played: progress(b + week, total))  # type: ignore[misc]
        before += region.weeks


def joined_events(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the event tables of several regions as one, sorted by day."""
    if len(tables) == 1:
        return tables[0]
    joined = pd.concat(tables, ignore_index=True)
    for name in ("kind", "territory", "rep", "customer", "opportunity", "detail"):
        joined[name] = joined[name].astype("category")
    return joined.sort_values("day", kind="stable", ignore_index=True)
