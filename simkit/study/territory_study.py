"""What another map, another split of calls or another budget brings: played, not just drawn."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.planning.territories import HORIZON
from simkit.region.decision import starting_decision
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.intervals import Difference, paired_difference
from simkit.study.outcome import SALES, outcome
from simkit.study.workers import Tell, World, play_worlds

QUARTER = 13
DEFAULT = "default"
"""Name of the map in force among those that are played."""
PUBLISHED = (0.02, 0.07)
"""Revenue gained by realignment in practice: Zoltners and Sinha, 1,500 projects; consulting cases,
so rather too high than too low."""


@dataclass(frozen=True)
class TerritoryRun:
    """What came of one plan in one world; money in the scenario's currency."""

    quarters: tuple[float, ...]
    """Revenue by quarter."""
    contribution: float
    visits: int

    @property
    def revenue(self) -> float:
        """Revenue of all weeks."""
        return math.fsum(self.quarters)


@dataclass(frozen=True)
class TerritoryStudy:
    """Several plans, each played in the same worlds; `runs` lists them in order of worlds."""

    weeks: int
    runs: dict[str, list[TerritoryRun]]

    def gain(
        self, plan: str, of: Callable[[TerritoryRun], float], against: str = DEFAULT
    ) -> Difference:
        """Return how much more of a figure a plan brings, as a share of the other's; paired."""
        pairs = zip(self.runs[plan], self.runs[against], strict=True)
        return paired_difference([of(new) / of(old) - 1.0 for new, old in pairs])

    def revenue(self, plan: str, first: int = 0, last: int | None = None) -> Difference:
        """Return the gain in revenue of the quarters from `first` up to before `last`."""
        return self.gain(plan, lambda run: math.fsum(run.quarters[first:last]))

    def contribution(self, plan: str) -> Difference:
        """Return the gain in contribution."""
        return self.gain(plan, lambda run: run.contribution)

    def visits(self, plan: str) -> Difference:
        """Return the gain in visits to customers and leads."""
        return self.gain(plan, lambda run: run.visits)

    def mean(self, plan: str) -> float:
        """Return the mean revenue of a plan, in money."""
        return math.fsum(run.revenue for run in self.runs[plan]) / len(self.runs[plan])


def territory_study(
    scenario: Scenario,
    plans: Mapping[str, Mapping[str, Any]],
    worlds: int = 16,
    weeks: int = HORIZON,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    first_seed: int = 1,
) -> TerritoryStudy:
    """Play every plan and the map in force in the same worlds (seeds from `first_seed` on).

    `plans`: name to the levers that differ from the scenario's, from the first week on.
    `tell(done, total)` hears of every world played; what it raises ends the study.
    Raises ValueError for a plan called "default", or levers that do not exist.
    """
    if DEFAULT in plans:
        raise ValueError(f"the name {DEFAULT!r} is that of the map in force")
    long, start = scenario.but(weeks=weeks), starting_decision(scenario)
    decisions = {name: start.but(**changes) for name, changes in {DEFAULT: {}, **plans}.items()}
    names = [*decisions]
    seeds = range(first_seed, first_seed + worlds)
    tasks = [World(long, seed, [decisions[name]] * weeks) for seed in seeds for name in names]
    found = play_worlds(tasks, summary, workers, tell)
    return TerritoryStudy(weeks, {name: found[i :: len(names)] for i, name in enumerate(names)})


def summary(simulation: Simulation) -> TerritoryRun:
    """Return revenue by quarter, contribution and visits of the weeks played."""
    log = [event for event in simulation.world.log if event[0] >= 0]
    sums: list[list[float]] = [[] for _ in range(math.ceil(simulation.week / QUARTER))]
    visits = 0
    for event in log:
        if event[1] in SALES:
            sums[min(len(sums) - 1, int(event[0] / DAYS_PER_WEEK) // QUARTER)].append(event[6])
        visits += event[1] == "visit"
    quarters: Sequence[float] = [math.fsum(part) for part in sums]
    return TerritoryRun(tuple(quarters), outcome(simulation).contribution, visits)
