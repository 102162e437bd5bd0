"""Many independent tasks on several workers: results in order, whatever happens to a worker."""

import math
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple, TypeVar

from simkit.region.decision import Decision, Policy
from simkit.region.policies import find_policy
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.crews import TRIES, ClusterGone, Crew, Workers, crew_of
from simkit.study.parcel import Packer, opened

__all__ = [
    "TRIES",
    "ClusterGone",
    "Tell",
    "Workers",
    "World",
    "play_world",
    "play_worlds",
    "run_tasks",
]

T = TypeVar("T")
R = TypeVar("R")
Tell = Callable[[int, int], None]
"""Called with what is done and what there is in all, also while nothing new is done."""
PATIENCE = 0.2
"""Seconds without news after which progress is told all the same."""
PARCEL_SECONDS, PARCEL_TASKS = 0.25, 100
"""Tasks handed over at once: for about so long, and no more than so many."""


class World(NamedTuple):
    """A world to play: who plays is a policy, its name, or decisions, one a week."""

    scenario: Scenario
    seed: int
    player: str | Policy | Sequence[Decision] = "keep_course"


def play_worlds(
    tasks: Sequence[World],
    measure: Callable[[Simulation], R],
    workers: Workers = 2,
    tell: Tell = lambda done, total: None,
) -> list[R]:
    """Return what `measure` makes of each finished world, in the order of the tasks.

    `workers` as in `run_tasks`. A policy plays to the end of the scenario, decisions to the last
    of them. What `tell` raises, or somebody's Ctrl-C, ends the processes at once.
    Raises ValueError for a policy or a decision that does not exist, and as `run_tasks`.
    """
    found: dict[int, R] = {}
    tell(0, len(tasks))
    with closing(run_tasks(partial(play_world, measure=measure), tasks, workers)) as results:
        for done in results:
            if done is not None:
                found[done[0]] = done[1]()
            tell(len(found), len(tasks))
    return [found[place] for place in range(len(tasks))]


def play_world(world: World, measure: Callable[[Simulation], R]) -> R:
    """Return what `measure` makes of one finished world."""
    scenario, seed, player = World(*world)
    simulation = Simulation(scenario, seed)
    if isinstance(player, str) or callable(player):
        simulation.run(find_policy(player) if isinstance(player, str) else player)
    else:
        for decision in player:
            simulation.step(decision)
    return measure(simulation)


def run_tasks(
    work: Callable[[T], R],
    tasks: Sequence[T],
    workers: Workers,
    costs: Sequence[float] | None = None,
) -> Generator[tuple[int, Callable[[], R]] | None]:
    """Yield the place of each finished task with a function that returns, or raises, its result.

    Yields None where nothing is done yet: time to tell so. `workers` 1: in this process, in order;
    more: that many processes; the address of a Dask cluster; or an executor, which stays open.
    `costs`: the dearest tasks first and one by one, so that no long one is left alone at the end.
    A task whose worker dies is run again, three times at most; then its function raises
    BrokenExecutor. Closed early, it ends the processes too: nobody waits for unwanted tasks.
    Raises ValueError for what cannot be sent to workers, ClusterGone for a cluster that is not
    there or goes away.
    """
    if workers == 1 or not tasks:
        for place, task in enumerate(tasks):
            yield place, lambda task=task: work(task)  # type: ignore[misc]
        return
    order = sorted(range(len(tasks)), key=lambda place: -costs[place] if costs else place)
    yield from _Window(work, tasks, crew_of(workers), costs is not None).run(deque(order))


class _Window:
    """A few parcels of tasks on their way at a time, so that little is lost with a worker.

    After a worker died, what was on its way goes again, one task at a time: the others are
    innocent.
    """

    def __init__(
        self, work: Callable[[T], R], tasks: Sequence[T], crew: Crew, one_by_one: bool
    ) -> None:
        self.work, self.tasks, self.crew, self.one_by_one = work, tasks, crew, one_by_one
        self.tries = [0] * len(tasks)
        self.suspects: deque[int] = deque()
        self.running: dict[Future, list[int]] = {}
        self.seconds, self.done = 0.0, 0

    def run(self, order: deque[int]) -> Iterator[tuple[int, Callable[[], Any]] | None]:
        try:
            self.packer = Packer(self.work, self.crew.elsewhere)
            while order or self.suspects or self.running:
                self._hand_out(order)
                for future in wait(self.running, PATIENCE, FIRST_COMPLETED).done:
                    yield from self._come_home(self.running.pop(future), future)
                self.crew.look()
                yield None
        finally:
            self.crew.end(at_once=bool(self.running))

    def _hand_out(self, order: deque[int]) -> None:
        """Keep one parcel waiting for each worker; a suspect runs alone."""
        while order and not self.suspects and len(self.running) < 2 * self.crew.size:
            self._submit([order.popleft() for _ in range(self._size(len(order)))])
        if self.suspects and not self.running:
            self._submit([self.suspects.popleft()])

    def _size(self, left: int) -> int:
        """Return how many tasks make a parcel: small ones together, but a share for everybody."""
        if self.one_by_one or not self.done:
            return 1
        fitting = PARCEL_SECONDS / max(self.seconds / self.done, 1e-9)
        return max(1, int(min(fitting, PARCEL_TASKS, math.ceil(left / (4 * self.crew.size)))))

    def _submit(self, places: list[int]) -> None:
        for place in places:
            self.tries[place] += 1
        parcel = self.packer.parcel([self.tasks[place] for place in places])
        self.running[self.crew.submit(parcel)] = places

    def _come_home(
        self, places: list[int], future: Future
    ) -> Iterator[tuple[int, Callable[[], Any]]]:
        if self.crew.lost(future):
            for place in places:
                if self.tries[place] < self.crew.tries:
                    self.suspects.append(place)
                else:
                    yield place, partial(_give_up, future)
            return
        seconds, outcomes = future.result()
        self.seconds, self.done = self.seconds + seconds, self.done + len(places)
        for place, outcome in zip(places, outcomes, strict=True):
            yield place, partial(opened, outcome)


def _give_up(future: Future) -> Any:
    error = None if future.cancelled() else future.exception()
    raise BrokenExecutor(f"the worker died each time this was tried: {error}") from error
