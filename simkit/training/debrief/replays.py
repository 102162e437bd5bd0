"""What is kept of a game that is played again: its money, its KPIs, the events that are money."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from simkit.kpi.table import kpi_table
from simkit.region.decision import Decision
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.outcome import outcome, outcome_of
from simkit.study.workers import Tell, World, play_worlds
from simkit.training.debrief.explained import MONEY_KINDS, Term, contribution_terms

LARGEST = 8
"""Events that are listed of those that two runs do not share."""


@dataclass(frozen=True)
class Replay:
    """One finished run: its contribution in three terms, its KPIs, the events that are money."""

    terms: tuple[Term, ...]
    kpis: dict[str, float]
    events: tuple[Event, ...]

    @property
    def contribution(self) -> float:
        """Revenue less all costs, added up as in every other run."""
        return outcome_of((event[1], event[6], event[7]) for event in self.events).contribution

    def named(self, run: str) -> "Replay":
        """Return the replay with another name of the run in its terms."""
        return replace(self, terms=tuple(replace(term, run=run) for term in self.terms))


@dataclass(frozen=True)
class Differing:
    """An event that is money and happened in one of two runs only, or with another amount."""

    week: int
    kind: str
    territory: str
    rep: str
    customer: str
    detail: str
    amount: float
    amount_without: float


def replay_of(simulation: Simulation) -> Replay:
    """Return what is kept of a run as far as it was played."""
    last, log = simulation.week - 1, simulation.world.log
    found = kpi_table(simulation.events(), last=last).iloc[0]
    kpis = {str(name): float(value) for name, value in found.items()}
    money = tuple(event for event in log if event[1] in MONEY_KINDS and event[0] >= 0)
    return Replay(contribution_terms(log, "", 0, last), kpis, money)


def contribution_of(simulation: Simulation) -> float:
    """Return revenue less all costs and pay of the weeks played."""
    return outcome(simulation).contribution


def replays(
    scenario: Scenario, seed: int, plays: Sequence[Sequence[Decision]], workers: int, tell: Tell
) -> list[Replay]:
    """Return what is kept of each list of decisions, played in one world."""
    tasks = [World(scenario, seed, tuple(decisions)) for decisions in plays]
    return play_worlds(tasks, replay_of, workers, tell)


def contributions(
    scenario: Scenario,
    seeds: Iterable[int],
    plays: Sequence[Sequence[Decision]],
    workers: int,
    tell: Tell,
) -> list[list[float]]:
    """Return the contribution of each list of decisions in each world: one list for each play."""
    worlds = list(seeds)
    tasks = [World(scenario, seed, tuple(play)) for play in plays for seed in worlds]
    found = play_worlds(tasks, contribution_of, workers, tell)
    return [found[i : i + len(worlds)] for i in range(0, len(found), len(worlds))]


def differing(game: Replay, other: Replay, most: int = LARGEST) -> tuple[Differing, ...]:
    """Return the events of money that the two runs do not share, the largest differences first.

    Events are the same when kind, week, place, people and detail are; several such are summed.
    """
    sums = [Counter[tuple](), Counter[tuple]()]
    for total, run in zip(sums, (game, other), strict=True):
        for event in run.events:
            total[_key(event)] += event[6]  # type: ignore[assignment]
    keys = dict.fromkeys([*sums[0], *sums[1]])
    apart = {key: sums[0][key] - sums[1][key] for key in keys}
    chosen = sorted((k for k in keys if apart[k]), key=lambda k: (-abs(apart[k]), k))[:most]
    return tuple(_differing(key, float(sums[0][key]), float(sums[1][key])) for key in chosen)


def _differing(key: tuple, amount: float, amount_without: float) -> Differing:
    week, kind, territory, rep, customer, detail = key
    return Differing(week, kind, territory, rep, customer, detail, amount, amount_without)


def _key(event: Event) -> tuple:
    day, kind, territory, rep, customer, _, _, detail = event
    # What a deal was discounted says nothing here, and would make every deal another one.
    shown = "" if kind == "won" else detail
    return int(day // DAYS_PER_WEEK), kind, territory, rep, customer, shown
