"""What was written down in a drift drill, read from a file that anybody may have changed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, TypeVar

from simkit.scenario.drift import NO_DRIFT, Watch
from simkit.training.debrief.conduct import Note

T = TypeVar("T")
EVERYWHERE = "all"
LEAST_SURE, SUREST = 50.0, 100.0
CALM_GROUPS = ("none", "calendar")
"""Who names one of these says that nothing is to be repaired: that is no alarm."""
VERDICTS = ("keep", "stop", "change")


@dataclass(frozen=True)
class Asked:
    """Something looked into before `week` was played: a tool, or "voice:" and an id."""

    week: int
    what: str
    hours: float


@dataclass(frozen=True)
class Declaration:
    """What was declared before `week` was played; `alarm`: that something is to be repaired.

    `drift`: as it was said. `sure`: that this is so, in per cent, 50 to 100.
    """

    week: int
    drift: bool
    alarm: bool
    cause: str
    place: str
    sure: float | None


@dataclass(frozen=True)
class ActionPlan:
    """The small plan of an action; `checked`: the week of its check, `verdict`: what came of it."""

    week: int
    action: str
    owner: str
    measure: str
    expect: str
    due: int
    checked: int | None = None
    verdict: str = ""


@dataclass(frozen=True)
class Written:
    """All notes of a drift drill; `unreadable`: how many have another form than the app writes."""

    asked: tuple[Asked, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    plans: tuple[ActionPlan, ...] = ()
    cause: str | None = None
    """Of the conclusion."""
    memo: str = ""
    unreadable: int = 0


def written_in(notes: Iterable[Note], watch: Watch) -> Written:
    """Return what was written; what cannot be read is counted and left out."""
    kept = sorted(notes, key=lambda note: note.week)
    asked, bad_asked = _read(kept, "investigation", lambda note: _asked(note, watch))
    said, bad_said = _read(kept, "declaration", lambda note: _declaration(note, watch))
    plans, bad_plans = _read(kept, "plan", _plan)
    checks, bad_checks = _read(kept, "check", _check)
    ends, bad_ends = _read(kept, "conclusion", _conclusion)
    cause, memo = ends[-1] if ends else (None, "")
    bad = bad_asked + bad_said + bad_plans + bad_checks + bad_ends
    return Written(tuple(asked), tuple(said), _checked(plans, checks), cause, memo, bad)


def _read(notes: list[Note], kind: str, read: Callable[[Note], T]) -> tuple[list[T], int]:
    found, unreadable = list[T](), 0
    for note in notes:
        if note.kind == kind:
            try:
                found.append(read(note))
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
                unreadable += 1
    return found, unreadable


def _asked(note: Note, watch: Watch) -> Asked:
    what = _text(note.data, "what")
    return Asked(note.week, what, _price(what, watch, note.data.get("hours")))


def _price(what: str, watch: Watch, noted: object) -> float:
    """The hours of the scenario; what it does not know takes what the note says."""
    known: dict[str, float] = {str(name): hours for name, hours in watch.tools.items()}
    known |= {f"voice:{voice.id}": voice.hours for voice in watch.voices}
    if what in known:
        return known[what]
    return min(_number(noted), 7 * 24.0)


def _declaration(note: Note, watch: Watch) -> Declaration:
    data = note.data
    drift = data["drift"]
    if not isinstance(drift, bool):
        raise TypeError("yes or no")
    cause = _text(data, "cause", NO_DRIFT if not drift else None)
    groups = {each.id: each.group for each in watch.causes}
    if not drift and cause not in groups:
        cause = NO_DRIFT
    alarm = drift and groups.get(cause) not in CALM_GROUPS
    return Declaration(
        note.week, drift, alarm, cause, _text(data, "place", EVERYWHERE), _sure(data)
    )


def _sure(data: Mapping[str, Any]) -> float | None:
    try:
        value = _number(data.get("confidence"))
    except (TypeError, ValueError):
        return None
    return value if LEAST_SURE <= value <= SUREST else None


def _plan(note: Note) -> ActionPlan:
    data = note.data
    due = int(_number(data.get("check_week", note.week + 2)))
    owner, measure, expect = (_text(data, name, "") for name in ("owner", "measure", "expect"))
    return ActionPlan(note.week, _action(data), owner, measure, expect, due)


def _check(note: Note) -> tuple[int, str, str]:
    verdict = _text(note.data, "verdict")
    if verdict not in VERDICTS:
        raise ValueError(verdict)
    return note.week, _action(note.data), verdict


def _action(data: Mapping[str, Any]) -> str:
    return _text(data, "action").removeprefix("action:")


def _conclusion(note: Note) -> tuple[str, str]:
    return _text(note.data, "cause"), _text(note.data, "memo", "")


def _checked(plans: list[ActionPlan], checks: list[tuple[int, str, str]]) -> tuple[ActionPlan, ...]:
    """Give each check to the last plan for its action that is still open."""
    found = list(plans)
    for week, action, verdict in checks:
        places = [
            i
            for i, plan in enumerate(found)
            if plan.action == action and plan.week <= week and plan.checked is None
        ]
        if places:
            found[places[-1]] = replace(found[places[-1]], checked=week, verdict=verdict)
    return tuple(found)


def _text(data: Mapping[str, Any], name: str, usual: str | None = None) -> str:
    value = data.get(name)
    value = usual if value is None else value
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a number")
    if not isfinite(value) or value < 0:
        raise ValueError("a number from 0 on")
    return float(value)
