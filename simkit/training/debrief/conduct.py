"""A played game as plain data: what was changed in each week, and the game without a change."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any

from simkit.region.decision import Decision, starting_decision
from simkit.scenario.records import Scenario
from simkit.study.changes import (
    Change,
    Path,
    changes_between,
    decision_of,
    entries_of,
    with_changes,
)


@dataclass(frozen=True)
class Note:
    """Something written down during the game: a prediction, a plan, a mark, a memo."""

    kind: str
    week: int
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Conduct:
    """What a person did: a scenario, a seed, a decision for every week played, and notes."""

    scenario: Scenario
    seed: int
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    @property
    def weeks(self) -> int:
        """Weeks played."""
        return len(self.decisions)

    @cached_property
    def start(self) -> Decision:
        """The decision in force before anybody decided anything."""
        return starting_decision(self.scenario)

    @cached_property
    def changes(self) -> tuple[tuple[Change, ...], ...]:
        """What was changed in each week."""
        before = (self.start, *self.decisions[:-1])
        return tuple(map(changes_between, before, self.decisions))

    @property
    def no_action(self) -> tuple[Decision, ...]:
        """The decisions of somebody who leaves every lever as it is."""
        return (self.start,) * self.weeks

    def noted(self, kind: str) -> list[Note]:
        """Return the notes of one kind that can be read, in the order of writing."""
        return [note for note in self.notes if note.kind == kind and _can_be_read(note)]

    def without_weeks(self, left_out: Collection[int]) -> tuple[Decision, ...]:
        """Return the decisions without what was changed in some weeks.

        What was changed in the other weeks is changed all the same: not the whole decisions of
        those weeks are repeated, which would bring back what was left out.
        """
        decisions, current = list[Decision](), self.start
        changed = False
        for week, made in enumerate(self.changes):
            if week in left_out and made:
                changed = True
            else:
                current = with_changes(current, made) if changed else self.decisions[week]
            decisions.append(current)
        return tuple(decisions)

    def without(self, belongs: Callable[[Path], bool]) -> tuple[Decision, ...]:
        """Return the decisions with every entry that `belongs` left as it was at the start."""
        usual = {path: value for path, value in entries_of(self.start).items() if belongs(path)}

        def left(decision: Decision) -> Decision:
            entries = entries_of(decision)
            kept = {path: v for path, v in entries.items() if not belongs(path)} | usual
            return decision if kept == entries else decision_of(kept, decision)

        return tuple(map(left, self.decisions))


def _can_be_read(note: Note) -> bool:
    """Tell whether a plan or prediction has its form: a game keeps any plain data as a note."""
    form = {"plan": _is_plan, "prediction": _is_prediction}.get(note.kind)
    try:
        return form is None or form(note.data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False


def _is_plan(data: Mapping[str, Any]) -> bool:
    risks, lists = data.get("risks") or {}, [data.get("preparations"), data.get("plan")]
    graded = all(len([int(grade) for grade in grades]) == 2 for grades in risks.values())
    preparations, lines = (each or () for each in lists)
    return (
        graded
        and isinstance(preparations, list | tuple)
        and all(isinstance(name, str) for name in preparations)
        and isinstance(lines, list | tuple)
        and all(isinstance(line, Mapping) and _is_line(line) for line in lines)
    )


def _is_line(line: Mapping[str, Any]) -> bool:
    return isinstance(line.get("actions") or (), str | list | tuple)


def _is_prediction(data: Mapping[str, Any]) -> bool:
    first, last = (int(week) for week in data["weeks"])
    intervals = [data[name] for name in ("revenue", "value") if data.get(name)]
    bounds = [float(bound) for interval in intervals for bound in interval]
    return (
        0 <= first <= last
        and all(len(interval) == 2 for interval in intervals)
        and all(map(isfinite, bounds))
        and isinstance(data.get("kpi", ""), str)
        and 0.0 <= float(data.get("confidence", 0.0)) <= 1.0
    )


def conduct_of(game: Any) -> Conduct:
    """Return a game (`simkit.study.game.Game`) as plain data."""
    notes = tuple(Note(note.kind, note.week, note.data) for note in game.notes())
    decisions = tuple(game.decisions)
    return Conduct(game.scenario, game.seed, decisions, notes, dict(game.about or {}))


def named_answers(decisions: Sequence[Decision]) -> list[str]:
    """Return the answers and preparations that were asked for at any time, in that order."""
    return list(dict.fromkeys(name for decision in decisions for name in decision.answers))
