"""What a decision changes, entry by entry, and a list of decisions with one of them changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.region.decision import Decision, starting_decision
from simkit.scenario.records import Scenario

Path = tuple[str, ...]
"""A lever, and the entry of it where it has several: ("answers", "strike:trucks")."""
Entries = dict[Path, Any]
LISTED = ("answers", "dismissals")
"""Levers that are lists of names, each of which is there or not."""


@dataclass(frozen=True)
class Change:
    """One entry of one lever set to another value; None: the entry is not there."""

    path: Path
    before: Any
    after: Any

    @property
    def lever(self) -> str:
        """The lever that the entry belongs to."""
        return self.path[2] if self.path[0] == "local" else self.path[0]


def changes_between(before: Decision, after: Decision) -> tuple[Change, ...]:
    """Return what `after` changes, entry by entry."""
    if before == after:
        return ()
    old, new = entries_of(before), entries_of(after)
    paths = [*new, *(path for path in old if path not in new)]
    return tuple(
        Change(path, old.get(path), new.get(path))
        for path in paths
        if old.get(path) != new.get(path)
    )


def with_changes(decision: Decision, changes: Iterable[Change]) -> Decision:
    """Return a decision after changes of single entries."""
    entries = entries_of(decision)
    for change in changes:
        if change.after is None and len(change.path) > 1:
            entries.pop(change.path, None)
        else:
            entries[change.path] = change.after
    return decision_of(entries, decision)


def entries_of(decision: Decision) -> Entries:
    """Return the levers of a decision entry by entry."""
    entries: Entries = {}
    for name, value in decision:
        if name == "local":
            for place, levers in value.items():
                entries |= {(name, place, lever): v for lever, v in levers.items()}
        elif isinstance(value, dict):
            entries |= {(name, key): v for key, v in value.items()}
        elif name in LISTED:
            entries |= {(name, key): True for key in value}
        else:
            entries[name,] = value
    return entries


def decision_of(entries: Entries, like: Decision) -> Decision:
    """Return the decision that consists of these entries; `like` says which levers are lists."""
    levers: dict[str, Any] = {n: {} for n, v in like if isinstance(v, dict) or n in LISTED}
    for path, value in entries.items():
        if len(path) == 1:
            levers[path[0]] = value
        elif len(path) == 2:
            levers[path[0]][path[1]] = value
        else:
            levers[path[0]].setdefault(path[1], {})[path[2]] = value
    return Decision(**{n: tuple(v) if n in LISTED else v for n, v in levers.items()})


def decisions_but(
    scenario: Scenario, decisions: Sequence[Decision], week: int, **levers: Any
) -> list[Decision]:
    """Return `decisions` as if in `week` only `levers` had been changed; without any: nothing.

    What was changed in a later week is changed there all the same, entry by entry: an answer that
    is added to others later does not bring back those that were left out. Raises ValueError for a
    week that is not among them, or a lever that does not exist.
    """
    if not 0 <= week < len(decisions):
        raise ValueError(f"week {week} is not among the {len(decisions)} that were played")
    now = decisions[week - 1] if week else starting_decision(scenario)
    now = now.but(**levers) if levers else now
    found = [*decisions[:week], now]
    for before, after in zip(decisions[week:], decisions[week + 1 :], strict=False):
        made = changes_between(before, after)
        now = with_changes(now, made) if made else now
        found.append(now)
    return found
