"""What the lines of a game file mean: the decisions and notes that hold, the weeks they led to."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from simkit.region.decision import Decision
from simkit.region.events import digest
from simkit.region.simulation import Simulation
from simkit.scenario.record import dotted
from simkit.scenario.records import Scenario
from simkit.scenario.wording import complaints
from simkit.study.chain import FORMAT, GameError, Line
from simkit.study.run import canonical, versions

T = TypeVar("T")
KINDS = {"play", "week", "note", "undo", "window"}


@dataclass(frozen=True)
class Entry:
    """Something noted in the `week` that was then to be played; `data` is plain data."""

    kind: str
    week: int
    data: dict[str, Any]


class Footprint:
    """One digest for each week, of its events and of all before; the first is of the warm-up."""

    def __init__(self, region: Simulation) -> None:
        """Begin with what has happened in `region` so far."""
        self.weeks: list[str] = []
        self._seen = 0
        self.add(region)

    def add(self, region: Simulation) -> str:
        """Return the digest after the week that `region` has just played."""
        log = region.world.log
        before = self.weeks[-1] if self.weeks else ""
        found = sha256(f"{before}{digest(log[self._seen :])}".encode()).hexdigest()
        self._seen = len(log)
        self.weeks.append(found)
        return found


def header(scenario: Scenario, seed: int, about: dict[str, Any], warm: Simulation) -> Line:
    """Return the first line of a game; `warm` is the region before its first week."""
    data = scenario.model_dump(mode="json")
    return {
        "kind": "game",
        "format": FORMAT,
        "seed": seed,
        "about": about,
        "versions": versions(),
        "digest": Footprint(warm).weeks[0],
        "scenario_sha256": sha256(canonical(data).encode()).hexdigest(),
        "scenario": data,
    }


def scenario_of(path: Path, first: Line) -> Scenario:
    """Return the scenario of a first line.

    Raises GameError when it was changed, ValueError or KeyError when it does not fit.
    """
    data = first["scenario"]
    if sha256(canonical(data).encode()).hexdigest() != first["scenario_sha256"]:
        message = "its scenario was changed after the game was begun; use an unchanged copy"
        raise GameError(path, message)
    return Scenario.model_validate(data)


def holding(path: Path, lines: list[Line]) -> list[Line]:
    """Return the lines that hold, in order: without the first, and without what was undone.

    Raises GameError when the lines do not follow from each other.
    """
    story: list[Line] = []
    for number, line in enumerate(lines[1:], 2):
        if line["kind"] not in KINDS:
            message = f"line {number} was made with a newer simkit: update simkit to open it"
            raise GameError(path, message)
        if line["kind"] == "undo":
            story = before(story, line["to"])
        elif line["kind"] != "window":
            story.append(line)
    plays = [line["week"] for line in story if line["kind"] == "play"]
    if plays != list(range(len(plays))):
        raise GameError(path, "its weeks do not follow each other; use a copy that simkit wrote")
    return story


def before(story: list[Line], week: int) -> list[Line]:
    """Return what stood in `story` when the decision of `week` was about to be taken."""
    plays = [i for i, line in enumerate(story) if line["kind"] == "play"]
    return story[: plays[week]] if week < len(plays) else story


def entry(line: Line) -> Entry:
    """Return the note in a line, as data of its own."""
    return Entry(line["as"], line["week"], json.loads(json.dumps(line["data"])))


def changes_to(now: Decision | None, decision: Decision) -> dict[str, Any]:
    """Return the levers in which `decision` differs from `now` as plain data; all without one."""
    old = now.model_dump(mode="json") if now else {}
    new = decision.model_dump(mode="json", warnings=False)
    return {name: v for name, v in new.items() if name not in old or old[name] != v}


def decided(now: Decision, changes: dict[str, Any]) -> Decision:
    """Return the decision that differs from `now` in `changes`, as they come from a file."""
    if not changes:
        return now
    return Decision.model_validate({**now.model_dump(mode="json"), **changes})


def differences(first: Line, story: list[Line], played: list[str]) -> Iterator[str]:
    """Yield one sentence for every week that came out unlike it was recorded."""
    made = first["versions"].get("regional-simkit", "?")
    told = f"than when it was played with simkit {made}; what follows may differ from what was seen"
    if first["digest"] != played[0]:
        yield f"the weeks before the first one come out otherwise {told}"
    for line in story:
        if line["kind"] == "week" and line["digest"] != played[line["week"] + 1]:
            yield f"week {line['week']} comes out otherwise {told}"


def fitting(path: Path, first: Line, do: Callable[[], T]) -> T:
    """Return what `do` returns; raises GameError when the game does not fit this version."""
    try:
        return do()
    except GameError:
        raise
    except (ValueError, KeyError, TypeError, IndexError) as error:
        made = first.get("versions") or {}
        with_ = made.get("regional-simkit", "?") if isinstance(made, dict) else "?"
        message = (
            f"the game was made with simkit {with_} and does not fit this version: {said(error)}"
        )
        raise GameError(path, f"{message}; open it with the version that made it") from error


def said(error: Exception) -> str:
    """Return what was wrong, in one line."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{dotted(loc)}{message}" for loc, message in complaints(error))
    return f"no {error}" if isinstance(error, KeyError) else str(error)
