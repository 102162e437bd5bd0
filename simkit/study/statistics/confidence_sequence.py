"""A live interval of a mean that may be looked at after every world, as often as one likes."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from simkit.study.statistics.means import defined, must_be_share
from simkit.study.statistics.sequential import running

RHO2 = 0.05
"""Where the sequence is tightest: about 175 worlds at 95 %; any value is valid."""
FIRST = 10
"""Worlds before the first interval: the standard deviation of fewer is too uncertain."""


class Look(NamedTuple):
    """What is known after n worlds; the ends are nan before the first interval."""

    n: int
    mean: float
    low: float
    high: float


def sequence(differences: Sequence[float], confidence: float = 0.95) -> list[Look]:
    """Return what is known after each world; all intervals hold at once with `confidence`.

    m +- s sqrt(2 (n r + 1) / (n^2 r) log(sqrt(n r + 1) / a)), r = `RHO2`, a = 1 - confidence, s the
    standard deviation so far. So one may stop when the interval leaves 0 out. The interval of
    Student's t would say so falsely in a third of all experiments looked at 96 times. It is
    asymptotic: for small n it leans on means being nearly normal. Values that are not numbers are
    left out. Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52,
    theorem 2.2 (normal mixture, Robbins 1970).
    """
    must_be_share(confidence)
    looks = []
    for n, mean, sd in running(defined(differences)):
        reach = boundary(n, confidence) * sd if n >= FIRST else math.nan
        looks.append(Look(n, mean, mean - reach, mean + reach))
    return looks


def boundary(n: int, confidence: float = 0.95) -> float:
    """Return the reach of the interval after `n` worlds, in standard deviations of a world."""
    grown = n * RHO2 + 1.0
    return math.sqrt(2.0 * grown / (n * n * RHO2) * math.log(math.sqrt(grown) / (1.0 - confidence)))
