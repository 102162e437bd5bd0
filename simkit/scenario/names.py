"""Names in a scenario, or in the plain data of a file: reading them, finding unknown ones."""

from collections.abc import Sequence
from typing import Any

from simkit.scenario.record import Loc, did_you_mean

OF_REPS = ("effort", "skill")
"""What an effect may multiply for one rep alone."""


def value_of(item: Any, *names: str) -> Any:
    """Return what is under the names in a record or in plain data, or None."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return item


def entries_of(item: Any, *names: str) -> list[Any]:
    """Return the list under the names; empty when there is none."""
    found = value_of(item, *names)
    return [*found] if isinstance(found, list | tuple) else []


def ids_of(scenario: Any, *names: str) -> list[str]:
    """Return the ids in the list under the names."""
    return [str(value_of(item, "id")) for item in entries_of(scenario, *names)]


def rep_ids(scenario: Any) -> list[str]:
    """Return the ids of all reps at the start: those listed, then those drawn for a territory."""
    counts = [
        (value_of(place, "id"), value_of(place, "reps"))
        for place in entries_of(scenario, "territories")
    ]
    drawn = [(name, n) for name, n in counts if isinstance(n, int) and 0 < n <= 10_000]
    numbered = [f"{name}-r{i + 1}" for name, n in drawn for i in range(n)]
    return [*ids_of(scenario, "reps"), *numbered]


def unknown_names(
    kind: str, named: Sequence[tuple[Loc, Any]], known: list[str]
) -> list[tuple[Loc, str]]:
    """Return (loc, message) of every value of `named` that is text and not `known`."""
    return [
        (place, f"unknown {kind} '{name}'{did_you_mean(name, known)}")
        for place, name in named
        if isinstance(name, str) and name not in known
    ]


def unknown_effects(
    effects: list[tuple[Loc, Any]], places: list[str], reps: list[str]
) -> list[tuple[Loc, str]]:
    """Return (loc, message) of the effects on what does not exist; of reps only for some."""
    of_reps = [(loc, e) for loc, e in effects if value_of(e, "what") in OF_REPS]
    others = [(loc, e) for loc, e in effects if value_of(e, "what") not in OF_REPS]
    return [
        *unknown_names("territory", _where(others), places),
        *unknown_names("territory or rep", _where(of_reps), [*places, *reps]),
    ]


def _where(effects: list[tuple[Loc, Any]]) -> list[tuple[Loc, Any]]:
    return [((*loc, "where"), value_of(effect, "where")) for loc, effect in effects]
