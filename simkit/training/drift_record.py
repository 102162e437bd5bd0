"""Several drift drills of one person: how often a drift was found, how often wolf was cried."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study import story
from simkit.study.intervals import Difference, Share, paired_difference, share_of
from simkit.study.journal import Journal, is_game
from simkit.study.watching import Play, References, is_found, play_references
from simkit.training.debrief.conduct import Note
from simkit.training.drift_debrief.alarms import judge, truth_of
from simkit.training.drift_debrief.notes import Written, written_in

MOST_FILES = 200
FEW = 10
"""With fewer drills nothing is said about somebody's skill (assumption)."""
REFERENCE_WORLDS = 200


@dataclass(frozen=True)
class DrillResult:
    """One finished drill. `drift`: whether something was to be found; `found`: in time.

    `confidence` and `right`: of the last declaration, as a share, and whether its cause was the
    true one; None where nothing was declared. `taken_back`: weeks that were undone and played
    again, with what was known of them by then.
    """

    file: str
    level: str
    number: int | None
    drift: bool
    found: bool
    false_alarms: int
    delay: int | None
    cause_right: bool | None
    confidence: float | None
    right: bool | None
    cause: Text
    said: str | None
    taken_back: int
    scenario: Scenario = field(repr=False, compare=False)


@dataclass(frozen=True)
class Drills:
    """The drills of a folder; `open`: not finished, or without conclusion: nothing is told of them.

    `unreadable`: files that are no games any more.
    """

    results: tuple[DrillResult, ...]
    open: int = 0
    unreadable: int = 0


def drills_of(folder: str | Path) -> Drills:
    """Return the finished drift drills of a folder, in the order of their names.

    Nothing is played again: what counts is in the notes.
    """
    found: list[DrillResult] = []
    still_open = unreadable = 0
    for path in sorted(Path(folder).glob("*.jsonl"), key=_natural)[:MOST_FILES]:
        try:
            result = _result(path) if is_game(path) else None
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            unreadable += 1
            continue
        if isinstance(result, DrillResult):
            found.append(result)
        still_open += result == OPEN
    return Drills(tuple(found), still_open, unreadable)


OPEN = "open"


def _natural(path: Path) -> list[object]:
    """Numbers in names in the order of numbers; a name without one, the drill at hand, last."""
    parts = re.split(r"(\d+)$", path.stem)
    return [parts[0].rstrip("-"), int(parts[1]) if len(parts) > 1 else math.inf]


def _result(path: Path) -> DrillResult | str | None:
    """The result of a game file; None: no drift drill; "open": not to be told yet."""
    journal = Journal.open(path, look_only=True)
    first = journal.lines[0]
    scenario = story.scenario_of(path, first)
    if scenario.watch is None:
        return None
    lines = story.holding(path, journal.lines)
    weeks = sum(line["kind"] == "play" for line in lines)
    entries = [story.entry(line) for line in lines if line["kind"] == "note"]
    written = written_in([Note(e.kind, e.week, e.data) for e in entries], scenario.watch)
    if weeks < scenario.weeks or written.cause is None:
        return OPEN
    undone = sum(line["kind"] == "play" for line in journal.lines) - weeks
    return _judged(path, scenario, written, dict(first.get("about") or {}), undone)


def _judged(
    path: Path, scenario: Scenario, written: Written, about: dict, undone: int
) -> DrillResult:
    assert scenario.watch
    truth = truth_of(scenario)
    homes = {rep.id: rep.territory for rep in scenario.reps}
    judged = judge(written, truth, True, homes)
    within, number = scenario.watch.watching.within_weeks, about.get("number")
    last = next((d for d in reversed(written.declarations) if d.sure is not None), None)
    names = {cause.id: cause.name.en for cause in scenario.watch.causes}
    return DrillResult(
        path.name,
        str(about.get("level", "")),
        number if isinstance(number, int) else None,
        not truth.calm,
        judged.delay is not None and judged.delay <= within,
        judged.false_alarms,
        judged.delay,
        judged.cause_right,
        None if last is None or last.sure is None else last.sure / 100.0,
        None if last is None else last.cause == truth.cause,
        truth.name,
        judged.cause if judged.cause in names else None,
        undone,
        scenario,
    )


# --- the curve


@dataclass(frozen=True)
class PlayerPoint:
    """A reference player over the same drills."""

    player: str
    sensitivity: Share | None
    false_alarms: Share


@dataclass(frozen=True)
class Curve:
    """Sensitivity against false alarms; None where there was nothing to count.

    `false_alarms`: share of all drills with at least one. `brier`: mean squared distance of the
    stated confidence from what was right (0 best; 0.25: saying "50 %" each time). `roc`: limit of
    the CUSUMs, sensitivity, share of false alarms. `few`: too few drills to say anything of skill.
    """

    drills: int
    with_drift: int
    sensitivity: Share | None
    false_alarms: Share | None
    delay: Difference | None
    cause_right: Share | None
    declared: int
    confidence: float | None
    right: Share | None
    brier: Difference | None
    players: tuple[PlayerPoint, ...] = ()
    roc: tuple[tuple[float, float, float], ...] = ()

    @property
    def few(self) -> bool:
        """Whether there are too few drills to say anything of skill."""
        return self.drills < FEW


def curve(results: Sequence[DrillResult], references: Iterable[References] = ()) -> Curve:
    """Return one person's point, and those of the reference players, over several drills."""
    drift = [each for each in results if each.drift]
    said = [e for e in results if e.confidence is not None and e.right is not None]
    sure = [float(e.confidence or 0.0) for e in said]
    brier = [(p - float(bool(e.right))) ** 2 for p, e in zip(sure, said, strict=True)]
    found = list(references)
    return Curve(
        len(results),
        len(drift),
        _share([each.found for each in drift]),
        _share([each.false_alarms > 0 for each in results]),
        _mean([float(e.delay) for e in drift if e.delay is not None]),
        _share([bool(e.cause_right) for e in results if e.cause_right is not None]),
        len(said),
        math.fsum(sure) / len(sure) if sure else None,
        _share([bool(e.right) for e in said]),
        _mean(brier),
        tuple(_points(found)),
        _roc([each.roc for each in found if each.roc]),
    )


def _share(values: Sequence[bool]) -> Share | None:
    return share_of([[value] for value in values]) if values else None


def _mean(values: Sequence[float]) -> Difference | None:
    return paired_difference(values) if values else None


def _points(references: Sequence[References]) -> Iterable[PlayerPoint]:
    """Worlds are the units: the same customers come in every drill."""
    players = dict.fromkeys(row.player for each in references for row in each.rows)
    for player in players:
        plays = [(r, p) for r in references for p in r.plays if p.player == player]
        drift = [(r, p) for r, p in plays if r.kind == "drift"]
        found = [(p, is_found(p.alarm, r.start_week, r.within_weeks)) for r, p in drift]
        false = [
            (p, (p.calm_alarm if r.kind == "drift" else p.alarm) is not None) for r, p in plays
        ]
        yield PlayerPoint(player, _by_world(found), _by_world(false) or Share(0.0, 0.0, 1.0))


def _by_world(values: Sequence[tuple[Play, bool]]) -> Share | None:
    groups: dict[int, list[bool]] = {}
    for play, value in values:
        groups.setdefault(play.seed, []).append(value)
    return share_of(list(groups.values())) if groups else None


def _roc(
    curves: Sequence[Sequence[tuple[float, float, float]]],
) -> tuple[tuple[float, float, float], ...]:
    """The mean of the curves of several drills, limit by limit."""
    n = len(curves)
    return tuple(
        (points[0][0], sum(p[1] for p in points) / n, sum(p[2] for p in points) / n)
        for points in zip(*curves, strict=True)
    )


# --- reference players of drills that were looked back upon


def kept_references(
    results: Sequence[DrillResult], worlds: int = REFERENCE_WORLDS
) -> list[References]:
    """Return the reference players of those drills for which they are on the disk already."""
    found = [_kept(each.scenario, worlds) for each in results]
    return [each for each in found if each is not None]


class _NotKeptError(Exception):
    """It would have to be played."""


def _kept(scenario: Scenario, worlds: int) -> References | None:
    def only_if_kept(done: int, total: int) -> None:
        if done < total:
            raise _NotKeptError

    try:
        return play_references(scenario, worlds, tell=only_if_kept)
    except _NotKeptError:
        return None
