"""Results of several ways to run a region, brought into one form."""

import math
from collections.abc import Mapping, Sequence
from typing import Literal

Better = Literal["higher", "lower"]
Results = Mapping[str, Sequence[float]]
"""By name: the results of one figure, one a world."""


def sign(better: Better) -> float:
    """Return 1 where more is better and -1 where less is; raises ValueError for anything else."""
    if better not in ("higher", "lower"):
        raise ValueError(f"better is 'higher' or 'lower', not '{better}': no best can be named")
    return 1.0 if better == "higher" else -1.0


def same_worlds(results: Results, fewest: int = 1) -> int:
    """Return the number of worlds; raises ValueError unless all have it and there are enough."""
    sizes = {len(values) for values in results.values()}
    if len(results) < fewest or not sizes:
        raise ValueError(f"comparing takes {fewest} or more, there is {len(results)}")
    if len(sizes) > 1:
        raise ValueError("all that are compared must have been played in the same worlds")
    return sizes.pop()


def complete(results: Results) -> dict[str, list[float]]:
    """Return the results of those worlds in which the figure is defined for all."""
    same_worlds(results)
    worlds = [w for w in zip(*results.values(), strict=True) if all(map(math.isfinite, w))]
    return {name: [float(world[i]) for world in worlds] for i, name in enumerate(results)}


def differences(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """Return a less b, world by world, where both are defined."""
    both = zip(a, b, strict=True)
    return [x - y for x, y in both if math.isfinite(x) and math.isfinite(y)]


def mean(values: Sequence[float]) -> float:
    """Return the mean of one value or more."""
    return math.fsum(values) / len(values)
