"""Designs of points and their chance: keyed, and never the global state of random numbers."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from types import ModuleType
from typing import Any

import numpy as np

from simkit.scenario.record import Text
from simkit.study.sensitivity.factors import DUMMY, Factor


def keyed(*names: object) -> np.random.Generator:
    """Return a generator of its own for a purpose and a seed; the same in every process."""
    text = "/".join(map(str, names))
    number = int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")
    # Not as the key itself: such a generator cannot have children, which libraries ask for.
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(number)))


def with_dummy(factors: Sequence[Factor]) -> tuple[Factor, ...]:
    """Return the factors and the one that does nothing."""
    return (*factors, DUMMY)


def salib(module: str) -> ModuleType:
    """Return a module of SALib; raises ValueError that says how to get it."""
    from importlib import import_module

    try:
        return import_module(f"SALib.{module}")
    except ImportError:
        raise ValueError(
            "this analysis needs SALib: .venv/bin/python -m pip install salib"
        ) from None


@contextmanager
def no_global_chance() -> Iterator[None]:
    """Leave the global states of random numbers as they were, and use none of them inside.

    Raises RuntimeError where something inside drew from them: its result could not be repeated.
    """
    before, plain = np.random.get_state(legacy=False), random.getstate()
    try:
        yield
        if _differ(before, np.random.get_state(legacy=False)) or random.getstate() != plain:
            raise RuntimeError("a library drew from the global random numbers; not repeatable")
    finally:
        np.random.set_state(before)
        random.setstate(plain)


def _differ(one: Any, other: Any) -> bool:
    first, second = one["state"], other["state"]
    return first["pos"] != second["pos"] or not np.array_equal(first["key"], second["key"])


def unit_problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return the factors as SALib wants them, as shares of the way from low to high."""
    names = [factor.name for factor in factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def at_least(number: int, least: int, what: str) -> None:
    """Raise ValueError unless there are enough of something."""
    if number < least:
        raise ValueError(f"{what}: give {least} or more, not {number}")


def idle(factors: Sequence[Factor]) -> tuple[Text, ...]:
    """Return what to say of factors that moved nothing in any world; nothing of none.

    A policy that sets a lever anew every week, or a mechanism that is switched off, makes a factor
    idle: then the answer is not that the lever matters little, but that it was never tried.
    """
    if not factors:
        return ()
    en = f"{', '.join(factor.words.en for factor in factors)}: changes nothing under this policy; "
    en += "the figure is the same in every world. The policy may set that lever itself every week, "
    en += "what it acts on may be switched off or absent, or it shows only after more weeks."
    zh = f"{'、'.join(factor.words.zh for factor in factors)}：在这一策略下不起任何作用，每个世界的"
    zh += "指标都一样。可能是该策略每周自行设定这个决策项，也可能是相关机制在此未启用或不存在，"
    zh += "或者要更多周之后才见效。"
    return (Text(en=en, zh=zh),)


NOTHING_VARIES = Text(
    en="The figure is the same at every point: none of these factors moves it.",
    zh="各试验点的指标完全相同：这些因素都不影响它。",
)
