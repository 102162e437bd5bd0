"""Every arm in the same worlds: what workers send home, and how it is kept together."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from simkit.kpi.catalogue import Kpi
from simkit.kpi.table import kpi_table
from simkit.region.simulation import Simulation
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.figures import CONTRIBUTION
from simkit.study.run import canonical, changes_by_week
from simkit.study.workers import Tell, run_tasks

if TYPE_CHECKING:
    import pandas as pd

WEEKLY = ("revenue", "contribution")


class Task(NamedTuple):
    """One world to play under one arm: all that its result depends on."""

    arm: Arm
    seed: int
    replication: int
    kpis: tuple[Kpi, ...]


@dataclass(frozen=True)
class Summary:
    """What a worker sends home of one world; it judges nothing."""

    values: dict[str, float]
    """Each KPI of the whole period; not a number where it cannot be said."""
    weekly: dict[str, list[float]]
    """`WEEKLY`, by week."""
    decisions: list[dict[str, Any]]
    """What was changed, by week; as in the manifest of a run."""


@dataclass(frozen=True)
class Results:
    """The summaries of all arms in the same worlds."""

    arms: tuple[Arm, ...]
    kpis: tuple[Kpi, ...]
    seed: int
    worlds: tuple[int, ...]
    """Numbers of the replications, in order."""
    summaries: dict[tuple[str, int], Summary]
    """By name of the arm and number of the replication."""

    def values(self, arm: str, kpi: str) -> list[float]:
        """Return one figure in all worlds, in their order; not a number where undefined."""
        return [self.summaries[arm, world].values[kpi] for world in self.worlds]

    def table(self) -> "pd.DataFrame":
        """Return one row for each arm and world; columns: arm, replication, then the KPIs."""
        import pandas as pd

        rows = [
            {"arm": arm.name, "replication": world, **self.summaries[arm.name, world].values}
            for arm in self.arms
            for world in self.worlds
        ]
        return pd.DataFrame(rows)

    @property
    def digest(self) -> str:
        """A digest of all values at ten significant digits."""
        rows = [
            [arm, world, *(f"{k}={v:.10g}" for k, v in sorted(summary.values.items()))]
            for (arm, world), summary in sorted(self.summaries.items())
        ]
        return sha256(canonical(rows).encode()).hexdigest()


def replicate(
    arms: Sequence[Arm],
    worlds: Sequence[int],
    kpis: Sequence[Kpi],
    *,
    seed: int = 1,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
) -> Results:
    """Play every arm in every world (numbers of replications) and return what came of it."""
    tasks = [Task(arm, seed, world, tuple(kpis)) for world in worlds for arm in arms]
    found: dict[tuple[str, int], Summary] = {}
    tell(0, len(tasks))
    with closing(run_tasks(summarise, tasks, workers)) as results:
        for done in results:
            if done is not None:
                task = tasks[done[0]]
                found[task.arm.name, task.replication] = done[1]()
            tell(len(found), len(tasks))
    return Results(tuple(arms), tuple(kpis), seed, tuple(worlds), found)


def summarise(task: Task) -> Summary:
    """Play one world to its end and return its summary."""
    simulation = Simulation(task.arm.scenario, task.seed, task.replication)
    simulation.run(task.arm.player.decide)
    events, last = simulation.events(), task.arm.scenario.weeks - 1
    values = kpi_table(events, kpis=task.kpis, last=last).iloc[0]
    weekly = kpi_table(events, by=["week"], kpis=["revenue", CONTRIBUTION], last=last)
    return Summary(
        {str(name): float(value) for name, value in values.items()},
        {name: [float(v) for v in weekly[name]] for name in WEEKLY},
        list(changes_by_week(simulation.decisions)),
    )
