"""Names in a region file that have to fit together: ids used twice, names of what is not there.

All functions read records or the plain data of a file, so that every mistake can be told at once.
"""

import re
from typing import Any

from simkit.scenario.block import ID_LENGTH
from simkit.scenario.drift_references import unknown_of_drift
from simkit.scenario.names import (
    entries_of,
    ids_of,
    rep_ids,
    unknown_effects,
    unknown_names,
    value_of,
)
from simkit.scenario.record import Loc


def mistaken_names(scenario: Any) -> list[tuple[Loc, str]]:
    """Return (loc, message) for every name in `scenario` that does not fit."""
    names = [*_doubles(scenario), *_unknown_places(scenario), *_unknown_reps(scenario)]
    names += [*_unknown_of_shocks(scenario), *_unknown_of_drill(scenario)]
    names += [*_unknown_of_targets(scenario), *_unknown_of_geography(scenario)]
    names += unknown_of_drift(scenario)
    return names + _too_long(scenario) + _like_drawn(scenario)


LISTS = (
    ("territories",),
    ("reps",),
    ("customers", "named"),
    ("shocks",),
    ("departments",),
    ("preparations",),
    ("actions",),
    ("drill", "risks"),
    ("regions",),
)


def _doubles(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that occur twice in a list."""
    mistakes: list[tuple[Loc, str]] = []
    for where in LISTS:
        seen: set[str] = set()
        for index, name in enumerate(ids_of(scenario, *where)):
            if name in seen:
                mistakes.append(((*where, index, "id"), f"the id '{name}' is used twice"))
            seen.add(name)
    watched = ids_of(scenario, "watch", "actions")
    for index, name in enumerate(ids_of(scenario, "actions")):
        if name in watched:
            mistakes.append((("actions", index, "id"), f"the id '{name}' is used in 'watch' too"))
    return mistakes


def _too_long(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids of regions that leave no room for the id of a territory, rep or customer behind them."""
    lists = (("territories",), ("reps",), ("customers", "named"))
    longest = max((len(name) for where in lists for name in ids_of(scenario, *where)), default=0)
    return [
        (("regions", i, "id"), f"'{name}' is too long: with a territory's id it passes {ID_LENGTH}")
        for i, name in enumerate(ids_of(scenario, "regions"))
        if len(name) + 1 + longest > ID_LENGTH
    ]


def _like_drawn(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that customers or reps drawn for a territory have or may get: they would share luck."""
    places = "|".join(re.escape(name) for name in ids_of(scenario, "territories"))
    return [
        ((*where, index, "id"), f"'{name}' is kept for those that are drawn; choose another id")
        for where in (("reps",), ("customers", "named"))
        for index, name in enumerate(ids_of(scenario, *where))
        if places and re.fullmatch(rf"({places})-(\d{{4,}}|new\d+|r\d+)", name)
    ]


def _unknown_places(scenario: Any) -> list[tuple[Loc, str]]:
    """Territories that are named and do not exist."""
    known = ids_of(scenario, "territories")
    named = _named(scenario, ("reps",), "territory") + _named(
        scenario, ("customers", "named"), "territory"
    )
    return unknown_names("territory", named, known) + unknown_effects(
        _effects(scenario), ["all", *known], rep_ids(scenario)
    )


def _unknown_reps(scenario: Any) -> list[tuple[Loc, str]]:
    """Named customers whose rep does not exist."""
    named = _named(scenario, ("customers", "named"), "rep")
    return unknown_names("rep", named, rep_ids(scenario))


def _named(scenario: Any, where: tuple[str, ...], key: str) -> list[tuple[Loc, Any]]:
    """The values of `key` in the entries of a list, each with its place."""
    items = enumerate(entries_of(scenario, *where))
    return [((*where, i, key), value_of(item, key)) for i, item in items]


def _measures(scenario: Any) -> list[tuple[Loc, Any]]:
    """All answers and preparations, each with its place."""
    found: list[tuple[Loc, Any]] = []
    for i, shock in enumerate(entries_of(scenario, "shocks")):
        answers = enumerate(entries_of(shock, "answers"))
        found += [(("shocks", i, "answers", k), answer) for k, answer in answers]
    prepared = enumerate(entries_of(scenario, "preparations"))
    found += [(("preparations", i), each) for i, each in prepared]
    for where in (("actions",), ("watch", "actions")):
        actions = enumerate(entries_of(scenario, *where))
        found += [((*where, i), each) for i, each in actions]
    return found


def _effects(scenario: Any) -> list[tuple[Loc, Any]]:
    """The effects of shocks and of what is done about them, each with its place."""
    shocks = enumerate(entries_of(scenario, "shocks"))
    found: list[tuple[Loc, Any]] = []
    for place, item in [*((("shocks", i), shock) for i, shock in shocks), *_measures(scenario)]:
        effects = enumerate(entries_of(item, "effects"))
        found += [((*place, "effects", j), effect) for j, effect in effects]
    return found


def _customers(scenario: Any) -> list[str]:
    return ids_of(scenario, "customers", "named") + ids_of(scenario, "customers", "known")


def _unknown_of_shocks(scenario: Any) -> list[tuple[Loc, str]]:
    """Departments, and those to whom something happens, who do not exist."""
    departments = [
        ((*loc, "department"), value_of(m, "department")) for loc, m in _measures(scenario)
    ]
    mistakes = unknown_names("department", departments, ids_of(scenario, "departments"))
    places, reps = ids_of(scenario, "territories"), rep_ids(scenario)
    customers = _customers(scenario)
    known = {"rep_leaves": ("rep", reps), "rep_replaced": ("rep", reps)}
    known |= {"account_defaults": ("customer", customers)}
    for i, shock in enumerate(entries_of(scenario, "shocks")):
        for j, each in enumerate(entries_of(shock, "happenings")):
            here = ("shocks", i, "happenings", j)
            if (what := str(value_of(each, "what"))) in known:
                mistakes += unknown_names(
                    known[what][0], [((*here, "who"), value_of(each, "who"))], known[what][1]
                )
            mistakes += unknown_names(
                "territory", [((*here, "where"), value_of(each, "where"))], places
            )
    return mistakes


def _unknown_of_drill(scenario: Any) -> list[tuple[Loc, str]]:
    """Shocks that a preparation is against, and whom a family may strike, that do not exist."""
    shocks = ids_of(scenario, "shocks") + ids_of(scenario, "drill", "risks")
    against = [
        (("preparations", i, "against", k), name)
        for i, each in enumerate(entries_of(scenario, "preparations"))
        for k, name in enumerate(entries_of(each, "against"))
    ]
    family = ("drill", "family")
    where = [
        ((*family, "where", i), n) for i, n in enumerate(entries_of(scenario, *family, "where"))
    ]
    who = [((*family, "who", i), n) for i, n in enumerate(entries_of(scenario, *family, "who"))]
    struck = entries_of(next(iter(entries_of(scenario, "shocks")), None), "happenings")
    kinds = {value_of(each, "what") for each in struck}
    people = rep_ids(scenario) if kinds != {"account_defaults"} else []
    people += _customers(scenario) if "rep_leaves" not in kinds else []
    return [
        *unknown_names("shock", against, shocks),
        *unknown_names("territory", where, ids_of(scenario, "territories")),
        *unknown_names("rep or customer", who, people),
    ]


def _unknown_of_targets(scenario: Any) -> list[tuple[Loc, str]]:
    """Territories and reps of a target workshop, and reps who practised, that do not exist."""
    found = []
    for kind, where, known in (
        ("territory", ("targets", "stage_of"), ids_of(scenario, "territories")),
        ("rep", ("talks", "shading"), rep_ids(scenario)),
        ("rep", ("practice", "reps"), rep_ids(scenario)),
    ):
        named = value_of(scenario, *where)
        names = [*named] if isinstance(named, dict) else []
        found += unknown_names(kind, [((*where, name), name) for name in names], known)
    return found


def _unknown_of_geography(scenario: Any) -> list[tuple[Loc, str]]:
    """Places of territories and reps that do not exist, and territories without a place."""
    areas, homes = (value_of(scenario, "geography", name) for name in ("areas", "homes"))
    places = ids_of(scenario, "territories")
    if not isinstance(areas, dict):
        return []
    where = ("geography", "areas")
    found = unknown_names("territory", [((*where, name), name) for name in areas], places)
    lived = [(("geography", "homes", name), name) for name in homes or {}]
    found += unknown_names("rep", lived, rep_ids(scenario))
    return found + [(where, f"'{name}' has no place") for name in places if name not in areas]
