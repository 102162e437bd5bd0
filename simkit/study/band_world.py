"""One world for judging a band rule: its past, and the year after it, calm or with a drop."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Self

from simkit.planning.band_rule import Track, season_index, track_of

REGION = ""
"""Key of the region's own band; territories have their ids."""

Weeks = tuple[float, ...]


@dataclass(frozen=True)
class BandWorld:
    """One world: sales by territory and week, the oldest first.

    `past`: the past years; `quiet`: the year after them in which nothing happens; `changed`: the
    same year when demand falls, by size of the fall. `quotas`: weekly quotas of the quiet year by
    rep; `teams`: the reps of each territory. `contribution`: of the quiet year, by territory and
    week. `rival`: the competitor's price in the quiet year, 1 is usual.
    """

    seed: int
    past: Mapping[str, Weeks]
    quiet: Mapping[str, Weeks]
    changed: Mapping[float, Mapping[str, Weeks]]
    quotas: Mapping[str, Weeks]
    teams: Mapping[str, tuple[str, ...]]
    contribution: Mapping[str, Weeks]
    rival: Mapping[str, Weeks]

    def pack(self) -> dict[str, Any]:
        """Return the world as plain data; `unpack` does the reverse."""
        return {
            **asdict(self),
            "changed": [[size, {**sales}] for size, sales in self.changed.items()],
        }

    @classmethod
    def unpack(cls, data: dict[str, Any]) -> Self:
        """Return a world from what `pack` made; raises TypeError or ValueError for other data."""
        whole = {**data, "changed": {size: tuples_of(sales) for size, sales in data["changed"]}}
        names = ("past", "quiet", "quotas", "teams", "contribution", "rival")
        return cls(**whole | {name: tuples_of(data[name]) for name in names})

    @cached_property
    def tracks(self) -> dict[str, Track]:
        """What the past says, by territory and for the region; they share the region's season."""
        region = total(self.past)
        season = season_index(region)
        tracks = {place: track_of(weeks, season) for place, weeks in self.past.items()}
        return {REGION: track_of(region), **tracks}

    def bands(
        self, window: int, region: bool = False, size: float | None = None
    ) -> list[tuple[Sequence[float], list[float], float]]:
        """Return sales and expected sales of the year by week, and the volatility coefficient.

        For each territory, or for the region; `size` of the drop, None where nothing happens.
        """
        sales = self.quiet if size is None else self.changed[size]
        shown = {REGION: total(sales)} if region else sales
        tracks = {place: self.tracks[place] for place in shown}
        return [
            (shown[place], track.expected(window), track.coefficient)
            for place, track in tracks.items()
        ]

    def in_cuts(self) -> float:
        """Return sales / expected in weeks of a competitor's cut over those of other weeks, less 1.

        nan in a world without such weeks, or with nothing else.
        """
        cut: list[float] = []
        calm: list[float] = []
        for place, (sales, expected, _) in zip(self.quiet, self.bands(1), strict=True):
            for sold, week, price in zip(sales, expected, self.rival[place], strict=True):
                (cut if price < 1.0 else calm).append(sold / week)
        if not cut or not calm:
            return math.nan
        return (math.fsum(cut) / len(cut)) / (math.fsum(calm) / len(calm)) - 1.0


def tuples_of(lists: Mapping[str, Sequence]) -> dict[str, tuple]:
    """Return lists by name, as they come from a file, as tuples."""
    return {name: tuple(values) for name, values in lists.items()}


def total(sales: Mapping[str, Weeks]) -> list[float]:
    """Return the weekly sales of all territories together."""
    return [math.fsum(weeks) for weeks in zip(*sales.values(), strict=True)]
