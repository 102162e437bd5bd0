"""Every arm in the same worlds: what workers send home, and how it is kept together."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from simkit.kpi.catalogue import Kpi
from simkit.kpi.pooled import part_of
from simkit.kpi.table import kpi_table
from simkit.region.simulation import Simulation
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.figures import CONTRIBUTION
from simkit.study.experiment.keys import task_key
from simkit.study.experiment.regions import (
    Share,
    arms_by_region,
    decisions_of_all,
    runs,
    values_of_all,
    weekly_of_all,
)
from simkit.study.parcel import fresh
from simkit.study.run import canonical, changes_by_week
from simkit.study.workers import Tell, Workers, run_tasks

if TYPE_CHECKING:
    import pandas as pd

    from simkit.study.experiment.store import Store

WEEKLY = ("revenue", "contribution")


class Task(NamedTuple):
    """One world to play under one arm: all that its result depends on."""

    arm: Arm
    seed: int
    replication: int
    kpis: tuple[Kpi, ...]
    shared: bool = False
    """Whether it is one region of several, whose figures are wanted together."""


@dataclass(frozen=True)
class Summary:
    """What a worker sends home of one world; it judges nothing."""

    values: dict[str, float]
    """Each KPI of the whole period; not a number where it cannot be said."""
    weekly: dict[str, list[float]]
    """`WEEKLY`, by week."""
    decisions: list[dict[str, Any]]
    """What was changed, by week; as in the manifest of a run."""
    share: Share | None = None
    """What one region of several adds to the figures of all."""


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
    workers: Workers = 2,
    tell: Tell = lambda done, total: None,
    store: "Store | None" = None,
) -> Results:
    """Play every arm in every world (numbers of replications) and return what came of it.

    The regions of a country are tasks of their own, and what comes of them is put together here.
    With a `store`, only worlds that are not in it are played, and each is kept there as it is
    finished, also when this ends early. Raises ValueError for names of arms, or worlds, that are
    not told apart, and what `run_tasks`, a policy or the store raise.
    """
    _must_differ("arm", [arm.name for arm in arms])
    _must_differ("world", worlds)
    wholes = [(arm, world) for world in worlds for arm in arms]
    summaries = play_each(wholes, kpis, seed=seed, workers=workers, tell=tell, store=store)
    return Results(tuple(arms), tuple(kpis), seed, tuple(worlds), summaries)


def play_each(
    wholes: Sequence[tuple[Arm, int]],
    kpis: Sequence[Kpi],
    *,
    seed: int = 1,
    workers: Workers = 2,
    tell: Tell = lambda done, total: None,
    store: "Store | None" = None,
) -> dict[tuple[str, int], Summary]:
    """Play single worlds, each given as arm and number; see `replicate`.

    Arms of one name may differ, such as those that repeat what was decided in one world.
    """
    figures = tuple(kpis)
    regions = {id(arm): arms_by_region(arm) for arm, _ in wholes}
    tasks = [
        Task(part, seed, world, figures, part is not arm)
        for arm, world in wholes
        for part in regions[id(arm)]
    ]
    found = _play(tasks, workers, tell, store)
    places = runs([len(regions[id(arm)]) for arm, _ in wholes])
    return {
        (arm.name, world): _together(regions[id(arm)], [found[p] for p in group], figures)
        for (arm, world), group in zip(wholes, places, strict=True)
    }


def _together(arms: Sequence[Arm], parts: Sequence[Summary], kpis: Sequence[Kpi]) -> Summary:
    """Return the summaries of one world's regions as one."""
    shares = [part.share for part in parts if part.share is not None]
    if not shares:
        return parts[0]
    return Summary(
        values_of_all(shares, kpis),
        weekly_of_all([part.weekly for part in parts]),
        decisions_of_all(arms, [part.decisions for part in parts]),
    )


def _must_differ(what: str, given: Sequence[object]) -> None:
    for one in given:
        if given.count(one) > 1:
            raise ValueError(f"{what} '{one}' is given twice; give each another name or number")


def _play(
    tasks: list[Task], workers: Workers, tell: Tell, store: "Store | None"
) -> dict[int, Summary]:
    """Return the summaries of all tasks by place, those of the store unplayed."""
    keys = [task_key(task) for task in tasks] if store is not None else []
    known = {place: store.get(key) for place, key in enumerate(keys)} if store is not None else {}
    found = {place: summary for place, summary in known.items() if summary is not None}
    left = [place for place in range(len(tasks)) if place not in found]
    tell(len(found), len(tasks))
    try:
        with closing(run_tasks(summarise, [tasks[place] for place in left], workers)) as results:
            for done in results:
                if done is not None:
                    place = left[done[0]]
                    found[place] = done[1]()
                    if store is not None:
                        store.add([(keys[place], tasks[place], found[place])])
                tell(len(found), len(tasks))
    finally:
        if store is not None:
            store.flush()
    return found


def summarise(task: Task) -> Summary:
    """Play one world to its end and return its summary.

    The policy is a fresh copy: what it remembers of other worlds would depend on their order.
    """
    simulation = Simulation(task.arm.scenario, task.seed, task.replication)
    simulation.run(fresh(task.arm.player.decide))
    events, last = simulation.events(), task.arm.scenario.weeks - 1
    values = kpi_table(events, kpis=task.kpis, last=last).iloc[0]
    weekly = kpi_table(events, by=["week"], kpis=["revenue", CONTRIBUTION], last=last)
    return Summary(
        {str(name): float(value) for name, value in values.items()},
        {name: [float(v) for v in weekly[name]] for name in WEEKLY},
        list(changes_by_week(simulation.decisions)),
        Share(part_of(events, task.kpis, (), last)) if task.shared else None,
    )
