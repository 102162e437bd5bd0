"""Names in a drift drill that have to fit together."""

from typing import Any

from simkit.scenario.names import (
    entries_of,
    ids_of,
    rep_ids,
    unknown_effects,
    unknown_names,
    value_of,
)
from simkit.scenario.record import Loc


def unknown_of_drift(scenario: Any) -> list[tuple[Loc, str]]:
    """Return (loc, message) for what a drift names and the region does not have."""
    if value_of(scenario, "watch") is None:
        alone = value_of(scenario, "drift") is not None
        return [(("drift",), "a drift needs the group 'watch': causes, tools, actions")] * alone
    return [*_of_the_watch(scenario), *_places_and_people(scenario)]


def _of_the_watch(scenario: Any) -> list[tuple[Loc, str]]:
    """Causes, actions and voices."""
    causes, actions, voices = (
        ids_of(scenario, "watch", name) for name in ("causes", "actions", "voices")
    )
    listed = enumerate(entries_of(scenario, "watch", "causes"))
    remedies = [(("watch", "causes", i, "remedy"), value_of(c, "remedy")) for i, c in listed]
    cause = [(("drift", "cause"), value_of(scenario, "drift", "cause"))]
    return [
        *unknown_names("action", [*remedies, *_keys(scenario, "cures")], actions),
        *unknown_names("cause", cause, causes),
        *unknown_names("voice", _keys(scenario, "voices"), voices),
    ]


def _keys(scenario: Any, name: str) -> list[tuple[Loc, Any]]:
    """The keys of a group of the drift, each with its place."""
    found = value_of(scenario, "drift", name)
    return [(("drift", name, key), key) for key in (found if isinstance(found, dict) else ())]


def _cures(scenario: Any) -> list[tuple[Loc, Any]]:
    cures = value_of(scenario, "drift", "cures")
    return [
        (("drift", "cures", name, i), effect)
        for name in (cures if isinstance(cures, dict) else ())
        for i, effect in enumerate(entries_of(cures, name))
    ]


def _places_and_people(scenario: Any) -> list[tuple[Loc, str]]:
    """Where it strikes, and whom; what a family may strike."""
    drift, places, reps = (
        value_of(scenario, "drift"),
        ids_of(scenario, "territories"),
        rep_ids(scenario),
    )
    effects: list[tuple[Loc, Any]]
    effects = [(("drift", "effects", i), e) for i, e in enumerate(entries_of(drift, "effects"))]
    happenings = enumerate(entries_of(drift, "happenings"))
    struck = [(("drift", "happenings", i, "who"), value_of(each, "who")) for i, each in happenings]
    late = [(("drift", "late_entry", "where"), value_of(drift, "late_entry", "where"))]
    where, who = (
        [(("drift", "family", name, i), n) for i, n in enumerate(entries_of(drift, "family", name))]
        for name in ("where", "who")
    )
    return [
        *unknown_effects([*effects, *_cures(scenario)], ["all", *places], reps),
        *unknown_names("rep", [*struck, *who], reps),
        *unknown_names("territory", [*late, *where], places),
    ]
