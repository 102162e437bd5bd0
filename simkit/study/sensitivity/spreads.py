"""What is known of a parameter: a law between bounds, from which values are drawn."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist
from typing import Literal

import numpy as np

from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.study.sensitivity.designs import keyed
from simkit.study.sensitivity.factors import Factor, settled

Law = Literal["uniform", "triangular", "normal"]
REACH = 0.9995
"""A normal law is cut where it leaves the middle 99.9 %."""
NORMAL_95 = NormalDist().inv_cdf(0.95)
HALVINGS = 30


@dataclass(frozen=True)
class Spread:
    """How well one parameter is known."""

    name: str
    """Its path, as of `--set`."""
    low: float
    high: float
    """Bounds; for the normal law the ends of a 90 % interval."""
    law: Law = "normal"
    middle: float | None = None
    """The likeliest value of a triangular law; the middle of the bounds unless given."""
    least: float | None = None
    most: float | None = None
    """What a normal law can't leave: for example 0 for a rate."""
    title: Text | None = None
    integer: bool = False

    @cached_property
    def normal(self) -> NormalDist:
        """The normal law with this 90 % interval (that of 0 and 1 where there is none)."""
        if not self.low < self.high:
            return NormalDist()
        return NormalDist((self.low + self.high) / 2, (self.high - self.low) / 2 / NORMAL_95)

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest value that can be drawn."""
        if self.law != "normal" or not self.low < self.high:
            return self.low, self.high
        low, high = self.normal.inv_cdf(1 - REACH), self.normal.inv_cdf(REACH)
        return (
            max(low, -math.inf if self.least is None else self.least),
            min(high, math.inf if self.most is None else self.most),
        )

    @property
    def factor(self) -> Factor:
        """The factor that varies between the ends."""
        low, high = self.ends
        if self.integer:
            low, high = float(math.ceil(low)), float(math.floor(high))
        return Factor(self.name, low, high, self.title, self.integer)

    def at(self, share: float) -> float:
        """Return the value that is not exceeded with this chance."""
        low, high = self.ends
        if self.law == "normal":
            start, end = self.normal.cdf(low), self.normal.cdf(high)
            value = self.normal.inv_cdf(start + share * (end - start))
        elif self.law == "uniform":
            value = low + share * (high - low)
        else:
            value = self._triangular(share)
        if self.integer:
            bounds = self.factor
            value = float(min(max(round(value), bounds.low), bounds.high))
        return value

    def _triangular(self, share: float) -> float:
        low, high, width = self.low, self.high, self.high - self.low
        middle = (low + high) / 2 if self.middle is None else self.middle
        if share * width < middle - low:
            return low + math.sqrt(share * width * (middle - low))
        return high - math.sqrt((1 - share) * width * (high - middle))


Spreads = Sequence[Spread] | Mapping[str, tuple[float, float]]
"""Laws, or 90 % intervals by path (of a fit report, for example)."""


def spreads_of(scenario: Scenario, given: Spreads) -> tuple[Spread, ...]:
    """Return the spreads; the tails of a normal law end where the scenario allows no more.

    Raises ScenarioError that names the parameter.
    """
    listed = (
        [Spread(name, low, high) for name, (low, high) in given.items()]
        if isinstance(given, Mapping)
        else list(given)
    )
    for spread in listed:
        if spread.middle is not None and not spread.low <= spread.middle <= spread.high:
            said = f"its middle {spread.middle:g} must be from {spread.low:g} to {spread.high:g}"
            raise ScenarioError([Problem(f"spread {spread.name}", None, None, said)])
    return tuple(_allowed(scenario, spread) for spread in listed)


def _allowed(scenario: Scenario, spread: Spread) -> Spread:
    if spread.law != "normal" or spread.integer or not spread.low < spread.high:
        return spread
    low, high = spread.ends
    least = _last(scenario, spread, spread.low, low)
    most = _last(scenario, spread, spread.high, high)
    return replace(spread, least=least, most=most)


def _last(scenario: Scenario, spread: Spread, inside: float, outside: float) -> float:
    """The value nearest to `outside` that the scenario takes; `outside` where nothing is taken."""

    def fits(value: float) -> bool:
        try:
            settled(scenario, [spread.factor], [value])
        except ScenarioError:
            return False
        return True

    if fits(outside) or not fits(inside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if fits(middle) else (inside, middle)
    return inside


def draw(spreads: Sequence[Spread], number: int, seed: int = 1) -> np.ndarray:
    """Return independent draws of all parameters, draws by parameters; keyed by name and seed."""
    columns = [
        [spread.at(float(u)) for u in keyed("spread", spread.name, seed).random(number)]
        for spread in spreads
    ]
    return np.array(columns, dtype=float).T
