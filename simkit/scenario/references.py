"""Names in a region file that have to fit together: ids used twice, names of what is not there.

All functions read records or the plain data of a file, so that every mistake can be told at once.
"""

import re
from collections.abc import Sequence
from typing import Any

from simkit.scenario.block import ID_LENGTH
from simkit.scenario.record import Loc, did_you_mean


def mistaken_names(scenario: Any) -> list[tuple[Loc, str]]:
    """Return (loc, message) for every name in `scenario` that does not fit."""
    names = [*_doubles(scenario), *_unknown_places(scenario), *_unknown_reps(scenario)]
    names += [*_unknown_of_shocks(scenario), *_unknown_of_drill(scenario)]
    names += [*_unknown_of_targets(scenario), *_unknown_of_geography(scenario)]
    return names + _too_long(scenario) + _like_drawn(scenario)


def _value(item: Any, *names: str) -> Any:
    """What is under the names in a record or in plain data, or None."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return item


def _entries(item: Any, *names: str) -> list[Any]:
    found = _value(item, *names)
    return [*found] if isinstance(found, list | tuple) else []


def _ids(scenario: Any, *names: str) -> list[str]:
    return [str(_value(item, "id")) for item in _entries(scenario, *names)]


LISTS = (
    ("territories",),
    ("reps",),
    ("customers", "named"),
    ("shocks",),
    ("departments",),
    ("preparations",),
    ("drill", "risks"),
    ("regions",),
)


def _doubles(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that occur twice in a list."""
    mistakes: list[tuple[Loc, str]] = []
    for where in LISTS:
        seen: set[str] = set()
        for index, name in enumerate(_ids(scenario, *where)):
            if name in seen:
                mistakes.append(((*where, index, "id"), f"the id '{name}' is used twice"))
            seen.add(name)
    return mistakes


def _too_long(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids of regions that leave no room for the id of a territory, rep or customer behind them."""
    lists = (("territories",), ("reps",), ("customers", "named"))
    longest = max((len(name) for where in lists for name in _ids(scenario, *where)), default=0)
    return [
        (("regions", i, "id"), f"'{name}' is too long: with a territory's id it passes {ID_LENGTH}")
        for i, name in enumerate(_ids(scenario, "regions"))
        if len(name) + 1 + longest > ID_LENGTH
    ]


def _like_drawn(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that customers or reps drawn for a territory have or may get: they would share luck."""
    places = "|".join(re.escape(name) for name in _ids(scenario, "territories"))
    return [
        ((*where, index, "id"), f"'{name}' is kept for those that are drawn; choose another id")
        for where in (("reps",), ("customers", "named"))
        for index, name in enumerate(_ids(scenario, *where))
        if places and re.fullmatch(rf"({places})-(\d{{4,}}|new\d+|r\d+)", name)
    ]


def _unknown_places(scenario: Any) -> list[tuple[Loc, str]]:
    """Territories that are named and do not exist."""
    known = _ids(scenario, "territories")
    named = _named(scenario, ("reps",), "territory") + _named(
        scenario, ("customers", "named"), "territory"
    )
    mistakes = _unknown("territory", named, known)
    return mistakes + _unknown("territory", _effects(scenario), ["all", *known])


def rep_ids(scenario: Any) -> list[str]:
    """Return the ids of all reps at the start: those listed, then those drawn for a territory."""
    counts = [
        (_value(place, "id"), _value(place, "reps")) for place in _entries(scenario, "territories")
    ]
    drawn = [(name, n) for name, n in counts if isinstance(n, int) and 0 < n <= 10_000]
    numbered = [f"{name}-r{i + 1}" for name, n in drawn for i in range(n)]
    return [*_ids(scenario, "reps"), *numbered]


def _unknown_reps(scenario: Any) -> list[tuple[Loc, str]]:
    """Named customers whose rep does not exist."""
    named = _named(scenario, ("customers", "named"), "rep")
    return _unknown("rep", named, rep_ids(scenario))


def _named(scenario: Any, where: tuple[str, ...], key: str) -> list[tuple[Loc, Any]]:
    """The values of `key` in the entries of a list, each with its place."""
    items = enumerate(_entries(scenario, *where))
    return [((*where, i, key), _value(item, key)) for i, item in items]


def _measures(scenario: Any) -> list[tuple[Loc, Any]]:
    """All answers and preparations, each with its place."""
    found: list[tuple[Loc, Any]] = []
    for i, shock in enumerate(_entries(scenario, "shocks")):
        answers = enumerate(_entries(shock, "answers"))
        found += [(("shocks", i, "answers", k), answer) for k, answer in answers]
    prepared = enumerate(_entries(scenario, "preparations"))
    return found + [(("preparations", i), each) for i, each in prepared]


def _effects(scenario: Any) -> list[tuple[Loc, Any]]:
    """Where the effects of shocks and of what is done about them are felt."""
    shocks = enumerate(_entries(scenario, "shocks"))
    found: list[tuple[Loc, Any]] = []
    for place, item in [*((("shocks", i), shock) for i, shock in shocks), *_measures(scenario)]:
        effects = enumerate(_entries(item, "effects"))
        found += [((*place, "effects", j, "where"), _value(e, "where")) for j, e in effects]
    return found


def _customers(scenario: Any) -> list[str]:
    return _ids(scenario, "customers", "named") + _ids(scenario, "customers", "known")


def _unknown_of_shocks(scenario: Any) -> list[tuple[Loc, str]]:
    """Departments, and those to whom something happens, who do not exist."""
    departments = [
        ((*loc, "department"), _value(m, "department")) for loc, m in _measures(scenario)
    ]
    mistakes = _unknown("department", departments, _ids(scenario, "departments"))
    places, reps = _ids(scenario, "territories"), rep_ids(scenario)
    customers = _customers(scenario)
    known = {"rep_leaves": ("rep", reps), "account_defaults": ("customer", customers)}
    for i, shock in enumerate(_entries(scenario, "shocks")):
        for j, each in enumerate(_entries(shock, "happenings")):
            here = ("shocks", i, "happenings", j)
            if (what := str(_value(each, "what"))) in known:
                mistakes += _unknown(
                    known[what][0], [((*here, "who"), _value(each, "who"))], known[what][1]
                )
            mistakes += _unknown("territory", [((*here, "where"), _value(each, "where"))], places)
    return mistakes


def _unknown_of_drill(scenario: Any) -> list[tuple[Loc, str]]:
    """Shocks that a preparation is against, and whom a family may strike, that do not exist."""
    shocks = _ids(scenario, "shocks") + _ids(scenario, "drill", "risks")
    against = [
        (("preparations", i, "against", k), name)
        for i, each in enumerate(_entries(scenario, "preparations"))
        for k, name in enumerate(_entries(each, "against"))
    ]
    family = ("drill", "family")
    where = [((*family, "where", i), n) for i, n in enumerate(_entries(scenario, *family, "where"))]
    who = [((*family, "who", i), n) for i, n in enumerate(_entries(scenario, *family, "who"))]
    struck = _entries(next(iter(_entries(scenario, "shocks")), None), "happenings")
    kinds = {_value(each, "what") for each in struck}
    people = rep_ids(scenario) if kinds != {"account_defaults"} else []
    people += _customers(scenario) if "rep_leaves" not in kinds else []
    return [
        *_unknown("shock", against, shocks),
        *_unknown("territory", where, _ids(scenario, "territories")),
        *_unknown("rep or customer", who, people),
    ]


def _unknown_of_targets(scenario: Any) -> list[tuple[Loc, str]]:
    """Territories and reps of a target workshop that do not exist."""
    found = []
    for kind, where, known in (
        ("territory", ("targets", "stage_of"), _ids(scenario, "territories")),
        ("rep", ("talks", "shading"), rep_ids(scenario)),
    ):
        named = _value(scenario, *where)
        names = [*named] if isinstance(named, dict) else []
        found += _unknown(kind, [((*where, name), name) for name in names], known)
    return found


def _unknown_of_geography(scenario: Any) -> list[tuple[Loc, str]]:
    """Places of territories and reps that do not exist, and territories without a place."""
    areas, homes = (_value(scenario, "geography", name) for name in ("areas", "homes"))
    places = _ids(scenario, "territories")
    if not isinstance(areas, dict):
        return []
    where = ("geography", "areas")
    found = _unknown("territory", [((*where, name), name) for name in areas], places)
    lived = [(("geography", "homes", name), name) for name in homes or {}]
    found += _unknown("rep", lived, rep_ids(scenario))
    return found + [(where, f"'{name}' has no place") for name in places if name not in areas]


def _unknown(
    kind: str, named: Sequence[tuple[Loc, Any]], known: list[str]
) -> list[tuple[Loc, str]]:
    return [
        (place, f"unknown {kind} '{name}'{did_you_mean(name, known)}")
        for place, name in named
        if isinstance(name, str) and name not in known
    ]
