"""The exact weeks in which two policies decide differently, and when that is felt in revenue."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from simkit.scenario.record import did_you_mean
from simkit.study.experiment.worlds import Results, Summary

Path = tuple[str, ...]
GROUPS = ("local", "quota", "headcount", "assignment", "account_moves", "call_split_of")
"""Levers whose entries by name are told one by one."""


@dataclass(frozen=True, slots=True)
class WeekApart:
    """A week in which the levers in force differ in some world."""

    week: int
    """From 0."""
    worlds: int
    """Worlds in which they differ."""
    levers: tuple[str, ...]
    """Those that differ, "price" or "local.north.price", those in most worlds first."""


@dataclass(frozen=True, slots=True)
class WeeksApart:
    """Where two policies part."""

    a: str
    b: str
    worlds: int
    weeks: tuple[WeekApart, ...]
    """Only weeks in which something differs; none where they never decided differently."""
    revenue_from: int | None
    """The first week (from 0) in which the revenue of any world differs; None: it never does."""
    revenue_worlds: int
    """Worlds in which the revenue of some week differs."""

    @property
    def first(self) -> int | None:
        """The first week (from 0) in which they decide differently; None where they never do."""
        return self.weeks[0].week if self.weeks else None

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name; weeks from 0."""
        return {**asdict(self), "first": self.first}


def weeks_apart(results: Results, a: str, b: str) -> WeeksApart:
    """Return in which weeks the levers of two arms differ, in how many worlds, and which.

    A week counts from the lever that is in force, not from when it was changed. Plays nothing.
    Raises ValueError for an unknown arm.
    """
    known = [arm.name for arm in results.arms]
    for name in (a, b):
        if name not in known:
            raise ValueError(f"no policy '{name}' in these results{did_you_mean(name, known)}")
    pairs = [(results.summaries[a, w], results.summaries[b, w]) for w in results.worlds]
    worlds: Counter[int] = Counter()
    levers: dict[int, Counter[str]] = {}
    for pair in pairs:
        for week, names in _differing(*pair):
            worlds[week] += 1
            levers.setdefault(week, Counter()).update(names)
    weeks = tuple(WeekApart(week, worlds[week], _often(levers[week])) for week in sorted(worlds))
    felt = [first for pair in pairs if (first := _first_felt(*pair)) is not None]
    return WeeksApart(a, b, len(pairs), weeks, min(felt, default=None), len(felt))


def in_force(summary: Summary) -> Iterator[dict[Path, Any]]:
    """Yield the levers that hold in each week, entry by entry where they are groups by name."""
    changes = {change["week"]: change["levers"] for change in summary.decisions}
    now: dict[str, Any] = {}
    for week in range(len(summary.weekly["revenue"])):
        now = {**now, **changes.get(week, {})}
        yield dict(_entries(now))


def _entries(levers: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for name, value in levers.items():
        if name not in GROUPS:
            yield (name,), value
            continue
        for key, entry in value.items():
            if name != "local":
                yield (name, key), entry
                continue
            for lever, own in entry.items():
                yield (name, key, lever), own


def _differing(one: Summary, other: Summary) -> Iterator[tuple[int, list[str]]]:
    for week, (first, second) in enumerate(zip(in_force(one), in_force(other), strict=False)):
        paths = [p for p in {**first, **second} if first.get(p) != second.get(p)]
        if paths:
            yield week, [".".join(path) for path in paths]


def _often(levers: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(levers, key=lambda name: (-levers[name], name)))


def _first_felt(one: Summary, other: Summary) -> int | None:
    weeks: Sequence[tuple[float, float]] = [
        *zip(one.weekly["revenue"], other.weekly["revenue"], strict=False)
    ]
    return next((week for week, (x, y) in enumerate(weeks) if x != y), None)
