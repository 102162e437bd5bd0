"""Worlds that are watched week by week: what each way of watching sees of what is reported."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self, TypeVar

import numpy as np

from simkit.kpi.lights import two_weeks
from simkit.kpi.panel import Panel, nearest_cause
from simkit.kpi.weekly import WeeklyFigures, figures_of
from simkit.region.decision import Decision
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.drift import Watch
from simkit.scenario.records import Scenario
from simkit.study.cache import cached
from simkit.study.outcome import outcome
from simkit.study.workers import Tell, run_tasks

R = TypeVar("R")
TWO_WEEKS, CUSUM, EVERYTHING, NEVER = "two_weeks", "cusum", "everything", "never"
REACTION = "emergency_incentive"
"""What somebody asks for who reacts to every red light."""


@dataclass(frozen=True)
class Alarm:
    """The first alarm of a way of watching: after how many weeks, and the cause that it names."""

    week: int
    cause: str | None


@dataclass(frozen=True)
class Watched:
    """A world in which nobody does anything, watched to its end."""

    seed: int
    contribution: float
    """Of the weeks of the game."""
    peaks: tuple[float, ...]
    """By week: how high any CUSUM of the panel has been so far."""
    alarms: Mapping[str, Alarm]
    """By way of watching; those that never alarmed are not there."""

    def pack(self) -> dict[str, Any]:
        """Return the world as plain data."""
        return asdict(self)

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> Self:
        """Return what `pack` packed; raises TypeError or ValueError for other data."""
        alarms = {name: Alarm(**alarm) for name, alarm in data["alarms"].items()}
        return cls(**{**data, "peaks": tuple(map(float, data["peaks"])), "alarms": alarms})


class Watcher:
    """Watches a region through its weekly reports; `look` once before the game and every week.

    After an alarm it goes on; `alarms` are the first ones.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch, self.watching = watch, watch.watching
        self.alarms: dict[str, Alarm] = {}
        self._figures: WeeklyFigures | None = None
        self._sales: list[float] = []

    def look(self, report: WeekReport) -> None:
        """Take in a report: all of it the first time, then what was reported in the last week."""
        if self._figures is None:
            self._figures = figures_of(report)
            self.panel = Panel.of(self._figures, self.watching)
            self._past = self._figures.series("sales")[: -self._figures.first]
            return
        figures = self._figures.add(report.recent(1))
        self._sales.append(float(figures.series("sales")[report.week - 1 - figures.first]))
        if self.panel.step(figures):
            self._alarm(CUSUM, report.week, self.panel.evidence())
        if two_weeks(self._past, np.array(self._sales), self.watching)[-1]:
            self._alarm(TWO_WEEKS, report.week, self.panel.lately(2))
        if self.panel.red():
            self._alarm(EVERYTHING, report.week, self.panel.lately(1))

    def _alarm(self, way: str, week: int, moves: Mapping[str, float]) -> None:
        if way not in self.alarms:
            self.alarms[way] = Alarm(week, nearest_cause(moves, self.watch.causes))


def watch_of(scenario: Scenario) -> Watch:
    """Return how a region is watched; raises ValueError when the scenario does not say."""
    if scenario.watch is None:
        raise ValueError("this scenario has no group 'watch'")
    return scenario.watch


def watch_world(scenario: Scenario, seed: int) -> Watched:
    """Return a world in which nobody does anything, watched to its end."""
    simulation, watcher = Simulation(scenario, seed), Watcher(watch_of(scenario))
    watcher.look(simulation.report())
    while not simulation.done:
        watcher.look(simulation.step(simulation.decision))
    peaks = tuple(round(float(peak), 4) for peak in watcher.panel.peaks())
    return Watched(seed, outcome(simulation).contribution, peaks, watcher.alarms)


def act(scenario: Scenario, seed: int, week: int, action: str | None) -> float:
    """Return the contribution of a world in which an action is asked for from `week` on."""
    simulation = Simulation(scenario, seed)
    usual = simulation.decision
    then = usual.but(answers=(f"action:{action}",)) if action else usual
    while not simulation.done:
        simulation.step(usual if simulation.week < week else then)
    return outcome(simulation).contribution


def react(scenario: Scenario, seed: int) -> tuple[float, int]:
    """Return the contribution of who reacts to every red light, and in how many weeks they did."""
    simulation, watch = Simulation(scenario, seed), watch_of(scenario)
    watcher, reactions = Watcher(watch), 0
    usual = simulation.decision
    excited = usual.but(answers=(f"action:{reaction_of(watch)}",))
    watcher.look(simulation.report())
    decision: Decision = usual
    while not simulation.done:
        watcher.look(simulation.step(decision))
        red = watcher.panel.red()
        decision, reactions = (excited if red else usual), reactions + red
    return outcome(simulation).contribution, reactions


def reaction_of(watch: Watch) -> str:
    """Return what is asked for at a red light: the emergency incentive, or the first action."""
    names = [action.id for action in watch.actions]
    return REACTION if REACTION in names else names[0]


def watched_worlds(
    scenario: Scenario,
    seeds: range,
    workers: int = 1,
    tell: Tell = lambda done, total: None,
) -> tuple[Watched, ...]:
    """Return the worlds of `seeds`, watched to their end; kept on disk by content."""
    described = {"name", "brief", "source"}
    inputs = {
        "scenario": scenario.model_dump(mode="json", exclude=described),
        "seeds": [seeds.start, seeds.stop],
    }

    def make() -> tuple[Watched, ...]:
        return tuple(in_order(lambda seed: watch_world(scenario, seed), seeds, workers, tell))

    def unpack(data: Any) -> tuple[Watched, ...]:
        return tuple(Watched.unpack(each) for each in data)

    return cached("watched", inputs, make, lambda found: [w.pack() for w in found], unpack)


def in_order(
    work: Callable[[int], R], seeds: range, workers: int, tell: Tell = lambda done, total: None
) -> list[R]:
    """Return what `work` makes of each seed, in order; what `tell` raises ends it."""
    found: dict[int, R] = {}
    tell(0, len(seeds))
    for done in run_tasks(work, seeds, workers):
        if done is not None:
            found[done[0]] = done[1]()
        tell(len(found), len(seeds))
    return [found[place] for place in range(len(seeds))]
