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
    drift = value_of(scenario, "drift")
    if drift is None:
        return []
    if value_of(scenario, "watch") is None:
        return [(("drift",), "a drift needs the group 'watch': causes, tools and actions")]
    return [*_of_the_watch(scenario), *_places_and_people(scenario)]


def _of_the_watch(scenario: Any) -> list[tuple[Loc, str]]:
    """Causes, actions and voices."""
    drift = value_of(scenario, "drift")
    remedies = enumerate(entries_of(drift, "remedies"))
    said = value_of(drift, "voices")
    voices = [
        (("drift", "voices", name), name) for name in (said if isinstance(said, dict) else ())
    ]
    return [
        *unknown_names(
            "cause",
            [(("drift", "cause"), value_of(drift, "cause"))],
            ids_of(scenario, "watch", "causes"),
        ),
        *unknown_names(
            "action",
            [(("drift", "remedies", i), name) for i, name in remedies],
            ids_of(scenario, "watch", "actions"),
        ),
        *unknown_names("voice", voices, ids_of(scenario, "watch", "voices")),
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
        *unknown_effects(effects, ["all", *places], reps),
        *unknown_names("rep", [*struck, *who], reps),
        *unknown_names("territory", [*late, *where], places),
    ]
