"""What is varied: a parameter of the scenario or a lever between two bounds, checked beforehand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simkit.region.decision import Decision
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Arm, Player
from simkit.study.run import canonical
from simkit.study.settings import LEVER, apply_settings, value_of, with_levers

DUMMY_NAME = "dummy"
EDGE = 1e-9
"""So that a share of a third is not rounded into the bin below."""


@dataclass(frozen=True)
class Factor:
    """A setting that is varied from `low` to `high`; `name` is its path, as of `--set`."""

    name: str
    """ "market.price_elasticity" for a parameter, "decision.price" for a lever: set before the
    first week, and in force until the policy itself sets it."""
    low: float
    high: float
    title: Text | None = None
    integer: bool = False

    @property
    def words(self) -> Text:
        """What a person calls it: its title, that of the lever, or else its path."""
        lever = Decision.model_fields.get(self.name.removeprefix(LEVER))
        if self.title is not None:
            return self.title
        if self.name.startswith(LEVER) and lever is not None:
            extra: Any = lever.json_schema_extra
            return Text(en=lever.title or self.name, zh=extra["zh"])
        return Text(en=self.name, zh=self.name)

    def at(self, share: float) -> float:
        """Return the value at a share of the way, 0 to 1; whole numbers have equal shares."""
        if not self.integer:
            return self.low + share * (self.high - self.low)
        return min(self.high, self.low + math.floor(share * (self.high - self.low + 1) + EDGE))

    def setting(self, value: float) -> str:
        """Return the setting that gives the factor a value."""
        return f"{self.name}={round(value) if self.integer else repr(float(value))}"


DUMMY = Factor(DUMMY_NAME, 0.0, 1.0, Text(en="Dummy (does nothing)", zh="虚拟因素（不起任何作用）"))
"""Changes nothing: what an analysis finds in it is noise."""


def spread_out(factors: Sequence[Factor], shares: np.ndarray) -> np.ndarray:
    """Return the values of a design in shares of the way; points by factors, both."""
    columns = [[factor.at(u) for u in shares[:, k]] for k, factor in enumerate(factors)]
    return np.array(columns, dtype=float).T


def check_factors(scenario: Scenario, factors: Sequence[Factor], together: bool = True) -> None:
    """Raise ScenarioError with all that is wrong with the factors; nothing is played for that.

    `together`: all at their low ends, and all at their high ends, must fit together too.
    """
    wrong = [Problem("factors", None, None, "name one at least")] if not factors else []
    names = [factor.name for factor in factors]
    for place, factor in enumerate(factors):
        said = _wrong_with(scenario, factor)
        if not said and factor.name in names[:place]:
            said = "is there twice; a setting can have one value only"
        if said:
            wrong.append(_about(factor, said))
    if wrong:
        raise ScenarioError(wrong)
    for end in (0.0, 1.0) if together else ():
        settled(scenario, factors, [factor.at(end) for factor in factors])


def _wrong_with(scenario: Scenario, factor: Factor) -> str:
    bounds = (factor.low, factor.high)
    if factor.name == DUMMY_NAME:
        return "is the name of the factor that does nothing; it is added by itself"
    if not all(map(math.isfinite, bounds)):
        return "its bounds must be finite numbers"
    if factor.low >= factor.high:
        return f"low must be below high, is {factor.low:g} and high {factor.high:g}"
    if factor.integer and any(bound != round(bound) for bound in bounds):
        return f"is a whole number: so must its bounds be, not {factor.low:g} and {factor.high:g}"
    for bound in bounds:
        try:
            apply_settings(scenario, [factor.setting(bound)])
        except ScenarioError as error:
            said = error.problems[0].message
            return said + ("; say integer=True" if "whole number" in said else "")
    return ""


def _about(factor: Factor, message: str) -> Problem:
    return Problem(f"factor {factor.name}", None, None, message)


def settled(
    scenario: Scenario, factors: Sequence[Factor], point: Sequence[float]
) -> tuple[Scenario, dict[str, Any]]:
    """Return the scenario and the levers of one point; not a number leaves a factor as it is.

    Raises ScenarioError that names the factors whose values do not fit together.
    """
    given = [
        factor.setting(value)
        for factor, value in zip(factors, point, strict=True)
        if not math.isnan(value)
    ]
    try:
        changed, levers = apply_settings(scenario, given)
    except ScenarioError as error:
        said = f"do not fit together at {', '.join(given)}: {error.problems[0].message}"
        raise ScenarioError([Problem("factors", None, None, said)]) from None
    only_levers = all(text.startswith(LEVER) for text in given)
    return (scenario if only_levers else changed), levers


def arm_at(
    name: str, scenario: Scenario, player: Player, factors: Sequence[Factor], point: Sequence[float]
) -> Arm:
    """Return who plays what at one point of a design; see `settled`."""
    changed, levers = settled(scenario, factors, point)
    title = Text(en=name, zh=name)
    if not levers:
        return Arm(name, title, changed, player)
    key = f"{player.key}+{canonical(levers)}"
    who = replace(player, decide=with_levers(player.decide, levers), key=key)
    return Arm(name, title, changed, who)


def as_it_is(scenario: Scenario, factor: Factor) -> float | None:
    """Return the value a factor has in the scenario; None where it has none or is no number."""
    value = value_of(scenario, factor.name)
    return float(value) if isinstance(value, int | float) else None
