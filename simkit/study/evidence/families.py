"""Families of exact cases: textbook models, open to other parameters, that the engine must obey.

A family is a function with keyword parameters that runs the engine and returns rows; `@family`
checks the kinds of the parameters, puts the case in front of the rows' ids, and lists the family
by name. `SHIPPED` lists the cases of the evidence table.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError

from simkit.scenario.record import did_you_mean
from simkit.scenario.wording import complaints
from simkit.study.evidence.row import Row, missing_row

Rows = list[Row]
Numbers = Sequence[float]
Family = Callable[..., Rows]
Task = tuple[str, Callable[..., Rows], dict[str, Any], bool, float]
"""Id, function, its arguments, whether it is slow, roughly its seconds."""
FAMILIES: dict[str, Family] = {}
"""All families by name."""
LARGEST = 1e9
"""Beyond this, or below its inverse, a number is taken for a slip."""


class CaseError(ValueError):
    """Parameters for which a case makes no sense; the message says what to change."""


class TooLong(Exception):  # noqa: N818 - no mistake, but too much to ask
    """A case that the budget of simulated time cannot measure precisely enough."""


def family(function: Family) -> Family:
    """List `function` as a family; its rows get the case in front of their ids."""
    name = function.__name__

    @wraps(function)
    def case(**given: Any) -> Rows:
        try:
            values = checked(function, given)
            rows = _rows(function, values)
        except CaseError as error:
            raise CaseError(f"{name}: {error}") from None
        except ValidationError as error:
            raise CaseError(f"{name}: a region cannot be made like this: {_words(error)}") from None
        return [replace(row, id=f"{case_name(name, values)}: {row.id}") for row in rows]

    FAMILIES[name] = case
    return case


def _rows(function: Family, values: dict[str, Any]) -> Rows:
    try:
        return function(**values)
    except TooLong as reason:
        what = (function.__doc__ or "").partition("\n")[0]
        return [missing_row("not run", "exact", what, "textbook", f"not measured: {reason}")]


def _words(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, loc))} {message}" for loc, message in complaints(error))


def case_name(name: str, values: dict[str, Any]) -> str:
    """Return a case as one would type it: mmc(arrival=4,service=1,servers=5)."""
    return f"{name}({','.join(f'{key}={_shown(value)}' for key, value in values.items())})"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Sequence):
        return f"[{','.join(map(_shown, value))}]"
    return f"{value:.10g}"


def checked(function: Family, given: dict[str, Any]) -> dict[str, Any]:
    """Return all parameters of a family, those `given` and the others' defaults, in order.

    Raises CaseError for an unknown name or a value of another kind.
    """
    known = signature(function).parameters
    for name in given:
        if name not in known:
            raise CaseError(f"no parameter '{name}'{did_you_mean(name, known)}")
    return {
        name: _of_kind(name, known[name].annotation, given.get(name, known[name].default))
        for name in known
    }


def _of_kind(name: str, kind: Any, value: Any) -> Any:
    if kind is float:
        return _number(name, value)
    if kind is int:
        number = _number(name, value)
        must(number == int(number), f"{name} must be a whole number, is {_shown(number)}")
        return int(number)
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        must(value in choices, f'{name} must be text like "{choices[0]}"{_hint(value, choices)}')
        return value
    must(isinstance(value, list | tuple), f"{name} must be a list of numbers, like [0.6, 0.5]")
    return [_number(f"{name}[{i}]", item) for i, item in enumerate(value)]


def _hint(value: Any, choices: Sequence[str]) -> str:
    return did_you_mean(value, choices)


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CaseError(f"{name} must be a number, is {value!r}")
    must(math.isfinite(value) and abs(value) <= LARGEST, f"{name} is too large: {value:.4g}")
    return float(value)


def must(holds: bool, message: str) -> None:
    """Raise CaseError with `message` unless something `holds`."""
    if not holds:
        raise CaseError(message)


def positive(**values: float) -> None:
    """Raise CaseError unless all `values` are above 0."""
    for name, value in values.items():
        must(value > 0, f"{name} must be above 0, is {value:.4g}")
        must(value >= 1 / LARGEST, f"{name} is too small: {value:.4g}")


def not_negative(**values: float) -> None:
    """Raise CaseError unless all `values` are 0 or more."""
    for name, value in values.items():
        must(value >= 0, f"{name} must be 0 or more, is {value:.4g}")


def between(low: float, high: float, /, **values: float) -> None:
    """Raise CaseError unless all `values` are in [low, high]."""
    for name, value in values.items():
        must(low <= value <= high, f"{name} must be from {low:g} to {high:g}, is {value:.6g}")


def cases(of: Family, cost: float, *shipped: dict[str, Any], slow: bool = False) -> list[Task]:
    """Return tasks for cases of a family that the evidence table ships with."""
    name = of.__name__
    return [
        (case_name(name, checked(of, given)), of, given, slow, cost) for given in shipped or ({},)
    ]
