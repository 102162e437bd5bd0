"""Many arms at once: settings of the scenario and values of levers, on a grid or spread evenly."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.policies import Spec, arms_of, find_player, lever_words, with_set
from simkit.study.settings import LEVER, apply_settings

MOST_ARMS = 10_000
DIGITS = 6
"""Significant digits of values that were drawn: enough, and readable."""


def grid(
    scenario: Scenario, factors: Mapping[str, Sequence[Any]], player: Spec = "keep_course"
) -> list[Arm]:
    """Return one arm for each combination of values.

    `factors`: values by name, "decision.price" for a lever (kept at the value from the first week
    on), "market.growth" for a setting of the scenario (see `simkit.study.settings`). The first
    factor changes slowest. Raises ScenarioError for a name or a value that does not fit, ValueError
    for no value, one that stands twice, or more than 10,000 combinations.
    """
    for name, values in factors.items():
        _must_be_values(name, values)
    number = math.prod(map(len, factors.values()))
    if not factors or number > MOST_ARMS:
        said = f"{number:,} combinations are too many" if factors else "there is nothing to vary"
        raise ValueError(f"{said}: give 1 to {MOST_ARMS:,}, or draw some of them with latin()")
    return _arms(scenario, factors, product(*factors.values()), player)


def latin(
    scenario: Scenario,
    factors: Mapping[str, tuple[float, float]],
    player: Spec = "keep_course",
    n: int = 20,
    key: int = 1,
) -> list[Arm]:
    """Return `n` arms spread evenly over the ranges of many factors: a Latin hypercube.

    `factors`: the least and the largest value by name, as for `grid`; whole numbers stay whole
    where both ends are. The same `key` gives the same arms. Source: McKay, Beckman and Conover
    1979, Technometrics 21. Raises ScenarioError or ValueError as `grid`.
    """
    from numpy.random import Generator, Philox

    for name, ends in factors.items():
        _must_be_range(name, ends)
    if not (factors and 1 <= n <= MOST_ARMS):
        raise ValueError(f"give factors and a number of arms from 1 to {MOST_ARMS:,}, not {n}")
    chance = Generator(Philox(key=key))
    columns = [
        [_value(float(u), *ends) for u in (chance.permutation(n) + chance.random(n)) / n]
        for ends in factors.values()
    ]
    rows = zip(*columns, strict=True)
    return _arms(scenario, factors, rows, player)


def _arms(
    scenario: Scenario, names: Iterable[str], rows: Iterable[Sequence[Any]], player: Spec
) -> list[Arm]:
    base = find_player(player, scenario)
    return [_arm(scenario, dict(zip(names, row, strict=True)), base) for row in rows]


def _arm(scenario: Scenario, values: Mapping[str, Any], player: Any) -> Arm:
    said = {name: f"{name}={_text(value)}" for name, value in values.items()}
    of_levers = [s.removeprefix(LEVER) for name, s in said.items() if name.startswith(LEVER)]
    of_scenario = [s for name, s in said.items() if not name.startswith(LEVER)]
    chosen, _ = apply_settings(scenario, of_scenario)
    name = ", ".join(s.removeprefix(LEVER) for s in said.values())
    if of_levers:
        player = with_set(player, of_levers, chosen, name)
    (arm,) = arms_of(chosen, [player])
    words = [lever_words(s) for s in of_levers] + [Text(en=s, zh=s) for s in of_scenario]
    title = Text(en=", ".join(w.en for w in words), zh="，".join(w.zh for w in words))
    return Arm(name, title, arm.scenario, player)


def _text(value: Any) -> str:
    """Return a value as it is written after `key=`."""
    return value if isinstance(value, str) else json.dumps(_plain(value))


def _plain(value: Any) -> Any:
    """NumPy's numbers and truths as Python's."""
    return value.item() if hasattr(value, "item") else value


def _must_be_values(name: str, values: Sequence[Any]) -> None:
    if isinstance(values, str) or not values:
        raise ValueError(f"{name}: give a list of one value or more")
    said = [_text(value) for value in values]
    for text in said:
        if said.count(text) > 1:
            raise ValueError(f"{name}: the value {text} stands twice")


def _must_be_range(name: str, ends: Sequence[float]) -> None:
    numbers = [end for end in ends if isinstance(end, int | float) and math.isfinite(end)]
    if len(numbers) != 2 or len(ends) != 2 or not numbers[0] < numbers[1]:
        raise ValueError(f"{name}: give the least and the largest value, such as (0.9, 1.1)")


def _value(u: float, low: float, high: float) -> float | int:
    if isinstance(low, int) and isinstance(high, int):
        return low + math.floor(u * (high - low + 1))
    return float(f"{low + u * (high - low):.{DIGITS}g}")
