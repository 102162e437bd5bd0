"""A game: one append-only file that is a scenario, a seed and what a person decided and noted.

What is in the file and what is played are the same at every moment: a decision is on the disk
before its week is stepped, and a game is opened by playing its decisions again.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, Self, TypeVar

from simkit.region.decision import Decision, Policy
from simkit.region.policies import find_policy
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study import story
from simkit.study.chain import GameContinued, GameError, GameInUse, Line
from simkit.study.journal import Journal, is_game
from simkit.study.story import Entry, Footprint

__all__ = ["Entry", "Game", "GameContinued", "GameError", "GameInUse", "is_game", "replay_game"]
T = TypeVar("T")


class Game:
    """A game that is being played, or looked at; make one with `new`, `open` or `branch`.

    Raises GameError (a ValueError) whenever something cannot be done; the file and the game are
    then as before.
    """

    def __init__(self, journal: Journal, warm: Simulation | None = None) -> None:
        """Play what is in the file (`warm`: nothing is); `new`, `open` and `branch` do this."""
        self._journal, self._lock, self._header = journal, RLock(), journal.lines[0]
        self._simulation = warm
        if warm:
            self._footprint = Footprint(warm)
        self.scenario = self._fitting(lambda: story.scenario_of(self.path, self._header))
        self.seed: int = self._fitting(lambda: int(self._header["seed"]))
        self.about: dict[str, Any] = self._fitting(lambda: dict(self._header["about"]))
        self.warnings: list[str] = [*journal.warnings, *self._differences()[:1]]

    @classmethod
    def new(
        cls,
        path: str | Path,
        scenario: Scenario,
        seed: int = 1,
        about: dict[str, Any] | None = None,
    ) -> Self:
        """Begin a game in a new file; `about` is plain data that is kept with it."""
        file = Path(path)
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise GameError(file, f"a seed is a whole number from 0 on, not {seed!r}")
        try:
            warm = Simulation(scenario, seed)
        except ValueError as error:  # several regions
            raise GameError(file, str(error)) from error
        first = story.header(scenario, seed, about or {}, warm)
        return cls(Journal.create(file, [first]), warm)

    @classmethod
    def open(cls, path: str | Path, look_only: bool = False, take_over: bool = False) -> Self:
        """Go on with a game where its file ends, or with `look_only` only see it.

        Raises GameInUse when it is open in a window of another process that is alive, unless
        `take_over`: then that window can write no more.
        """
        journal = Journal.open(Path(path), look_only, take_over)
        try:
            return cls(journal)
        except BaseException:
            journal.close()
            raise

    # What is

    @property
    def path(self) -> Path:
        """The file."""
        return self._journal.path

    @property
    def look_only(self) -> bool:
        """Whether nothing can be written: opened so, closed, or continued in another window."""
        return bool(self._journal.refusal)

    @property
    def week(self) -> int:
        """The week that is played next, 0 at first."""
        return sum(line["kind"] == "play" for line in self._story())

    @property
    def done(self) -> bool:
        """Whether all weeks of the scenario are played."""
        return self.week >= self.scenario.weeks

    @property
    def undone(self) -> int:
        """How many weeks were taken back, all in all."""
        undos = (line for line in self._journal.lines if line["kind"] == "undo")
        return sum(line["week"] - line["to"] for line in undos)

    @property
    def simulation(self) -> Simulation:
        """The region after the weeks played; look at it, but step it with `play` only."""
        with self._lock:
            if self._simulation is None or self._simulation.week != self.week:
                self._simulation = self._fitting(self._replay)
            return self._simulation

    @property
    def report(self) -> WeekReport:
        """What the manager sees now."""
        return self.simulation.report()

    @property
    def decisions(self) -> list[Decision]:
        """The decisions of the weeks played."""
        return list(self.simulation.decisions)

    @property
    def agrees(self) -> bool:
        """Whether every week came out, event for event, as it was recorded when it was played."""
        return not self._differences()

    def notes(self, kind: str | None = None) -> list[Entry]:
        """Return what was noted, all or one kind; what an undo took back is not among it."""
        found = (line for line in self._story() if line["kind"] == "note")
        return [story.entry(line) for line in found if kind in (None, line["as"])]

    # What is done

    def play(self, decision: Decision, week: int | None = None) -> WeekReport:
        """Put a decision on the disk, then play its week; `week` says which one is meant.

        The decision is checked first; a week that is not the next one, or a name that does not
        exist in the region, is refused with nothing written.
        """
        with self._lock:
            self._must_be_next(week)
            region = self.simulation
            changes = self._checked(decision, region)
            self._journal.append({"kind": "play", "week": region.week, "levers": changes})
            self._simulation = None  # interrupted from here on, the file is played again
            report = region.step(story.decided(region.decision, changes))
            self._record(region)
            self._simulation = region
            return report

    def note(self, kind: str, data: dict[str, Any]) -> Entry:
        """Put a prediction, a plan, a mark, a memo or another note on the disk."""
        with self._lock:
            if not (isinstance(kind, str) and kind and isinstance(data, dict)):
                raise GameError(self.path, "a note has a kind and a group of plain data")
            line: Line = {"kind": "note", "week": self.week, "as": kind, "data": data}
            return story.entry(self._journal.append(line))

    def undo(self, weeks: int = 1) -> WeekReport:
        """Take back the last weeks and all that was noted since the first of them was played.

        What was noted before that decision stays; the file keeps everything.
        """
        with self._lock:
            now = self.week
            if isinstance(weeks, bool) or not isinstance(weeks, int) or weeks < 1:
                raise GameError(self.path, f"undo one week or more, not {weeks!r}")
            if weeks > now:
                raise GameError(self.path, f"{weeks} weeks cannot be undone: {now} were played")
            self._journal.append({"kind": "undo", "week": now, "to": now - weeks})
            self._simulation = None
            return self.report

    def branch(self, path: str | Path, week: int) -> "Game":
        """Return a new game in a new file with the same beginning up to `week`, then free."""
        with self._lock:
            if isinstance(week, bool) or not isinstance(week, int) or not 0 <= week <= self.week:
                message = f"branch at a week from 0 to {self.week}, not {week!r}"
                raise GameError(self.path, message)
            origin = {"file": self.path.name, "week": week}
            header = {**self._journal.lines[0], "branch_of": origin}
            return Game(Journal.create(Path(path), [header, *story.before(self._story(), week)]))

    def replayed(
        self, decisions: Sequence[Decision] | Policy | str | None = None, replication: int = 0
    ) -> Simulation:
        """Return the game played again: same customers, its own decisions or others."""
        chosen = self.decisions if decisions is None else decisions
        return replay_game(self.scenario, self.seed, chosen, replication)

    def close(self) -> None:
        """Let other windows go on with the game; this object can still be looked at."""
        self._journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Inside

    def _story(self) -> list[Line]:
        return story.holding(self.path, self._journal.lines)

    def _replay(self) -> Simulation:
        """Play the decisions of the file."""
        region = Simulation(self.scenario, self.seed)
        self._footprint = Footprint(region)
        for line in self._story():
            if line["kind"] == "play":
                region.step(story.decided(region.decision, line["levers"]))
                self._footprint.add(region)
        return region

    def _fitting(self, do: Callable[[], T]) -> T:
        return story.fitting(self.path, self._header, do)

    def _differences(self) -> list[str]:
        with self._lock:
            self.simulation  # noqa: B018 - has left its footprint then
            played = self._footprint.weeks
            return self._fitting(
                lambda: list(story.differences(self._header, self._story(), played))
            )

    def _must_be_next(self, week: int | None) -> None:
        now = self.week
        if isinstance(week, int) and week < now:
            message = f"week {week} was already played; the game is at week {now}: undo first"
        elif self.done:
            message = f"all {now} weeks are played; undo, or branch the game"
        elif week not in (None, now):
            message = f"week {week} cannot be played yet; the game is at week {now}"
        else:
            return
        raise GameError(self.path, message)

    def _checked(self, decision: Decision, region: Simulation) -> dict[str, Any]:
        """Return the changes that `decision` makes, as they will be read from the file."""
        if not isinstance(decision, Decision):
            raise GameError(self.path, f"a week is played under a Decision, not {decision!r:.60}")
        try:
            levers = story.changes_to(region.decision if region.decisions else None, decision)
            changes: dict[str, Any] = json.loads(json.dumps(levers))
            read = story.decided(region.decision, changes)
        except ValueError as error:
            raise GameError(self.path, f"week {region.week}: {story.said(error)}") from error
        if mistakes := region.mistakes(read):
            raise GameError(self.path, f"week {region.week}: {'; '.join(mistakes)}")
        return changes

    def _record(self, region: Simulation) -> None:
        """Keep what the week led to, for replays; that it was played is safe without."""
        line = {"kind": "week", "week": region.week - 1, "digest": self._footprint.add(region)}
        with suppress(GameError):
            self._journal.append(line, sync=False)


def replay_game(
    scenario: Scenario,
    seed: int,
    decisions: Sequence[Decision] | Policy | str,
    replication: int = 0,
) -> Simulation:
    """Return a region played under a list of decisions to its end, or a policy to the last week.

    `replication` other than 0 is another world: the same region with other luck. Raises ValueError
    for an unknown policy, or a decision that names what does not exist in that world.
    """
    region = Simulation(scenario, seed, replication)
    if isinstance(decisions, str):
        decisions = find_policy(decisions)
    if callable(decisions):
        return region.run(decisions)
    for decision in decisions:
        region.step(decision)
    return region
