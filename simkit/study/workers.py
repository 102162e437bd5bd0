"""Many independent tasks on several processes: results in order, whatever happens to a process."""

import math
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from contextlib import closing
from typing import Any, NamedTuple, TypeVar

from simkit.region.decision import Decision, Policy
from simkit.region.policies import find_policy
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario

T = TypeVar("T")
R = TypeVar("R")
Tell = Callable[[int, int], None]
"""Called with what is done and what there is in all, also while nothing new is done."""
PATIENCE = 0.2
"""Seconds without news after which progress is told all the same."""
TRIES = 4
"""A task whose process dies is run again three times."""
IDLE_SECONDS = 60
"""How long processes without work are kept for the next call."""
BATCH = 8
"""Most worlds handed to a process at once."""


class World(NamedTuple):
    """A world to play: who plays is a policy, its name, or decisions, one a week."""

    scenario: Scenario
    seed: int
    player: str | Policy | Sequence[Decision] = "keep_course"


def play_worlds(
    tasks: Sequence[World],
    measure: Callable[[Simulation], R],
    workers: int = 2,
    tell: Tell = lambda done, total: None,
) -> list[R]:
    """Return what `measure` makes of each finished world, in the order of the tasks.

    `workers` 1: in this process. A policy plays to the end of the scenario, decisions to the last
    of them. A world whose process dies is played again, three times at most; then BrokenExecutor.
    What `tell` raises, or somebody's Ctrl-C, ends the processes at once.
    Raises ValueError for a policy or a decision that does not exist.
    """
    size = 1 if workers == 1 else max(1, min(BATCH, math.ceil(len(tasks) / (8 * workers))))
    batches = [list(tasks[first : first + size]) for first in range(0, len(tasks), size)]
    found: dict[int, list[R]] = {}
    tell(0, len(tasks))

    def play(batch: list[World]) -> list[R]:
        return [play_world(world, measure) for world in batch]

    with closing(run_tasks(play, batches, workers)) as results:
        for done in results:
            if done is not None:
                found[done[0]] = done[1]()
            tell(sum(map(len, found.values())), len(tasks))
    return [result for place in range(len(batches)) for result in found[place]]


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
    work: Callable[[T], R], tasks: Sequence[T], workers: int, costs: Sequence[float] | None = None
) -> Generator[tuple[int, Callable[[], R]] | None]:
    """Yield the place of each finished task with a function that returns, or raises, its result.

    Yields None where nothing is done yet: time to tell so. `workers` 1: in this process, in order.
    `costs`: the dearest tasks first, so that no long one is left alone at the end. Closed early,
    it ends the processes too: nobody waits for unwanted tasks.
    """
    if workers == 1 or not tasks:
        for place, task in enumerate(tasks):
            yield place, lambda task=task: work(task)  # type: ignore[misc]
        return
    order = sorted(range(len(tasks)), key=lambda place: -costs[place] if costs else place)
    # A worker that keeps much memory after large tasks is replaced, which is all right.
    warnings.filterwarnings("ignore", "A worker was restarted", UserWarning)
    yield from _Pool(work, tasks, workers).run(order)


class _Pool:
    """Tasks on processes. After a process died, its tasks run one by one: the others are innocent.

    loky fails everything that was handed over when one process dies, so no more is handed over
    than is being worked on.
    """

    def __init__(self, work: Callable[[T], R], tasks: Sequence[T], workers: int) -> None:
        self.work, self.tasks, self.workers = work, tasks, workers
        self.tries = [0] * len(tasks)
        self.suspects: list[int] = []
        self.running: dict[Future, int] = {}

    def run(self, order: list[int]) -> Iterator[tuple[int, Callable[[], Any]] | None]:
        try:
            while order or self.suspects or self.running:
                self._hand_out(order)
                for future in wait(self.running, PATIENCE, FIRST_COMPLETED).done:
                    place = self.running.pop(future)
                    if self._again(place, future):
                        self.suspects.append(place)
                    else:
                        yield place, future.result
                yield None
        except BaseException:
            self._executor().shutdown(wait=True, kill_workers=True)
            raise

    def _hand_out(self, order: list[int]) -> None:
        """Keep one task waiting for each process; a suspect runs alone."""
        while order and not self.suspects and len(self.running) < 2 * self.workers:
            self._submit(order.pop(0))
        if self.suspects and not self.running:
            self._submit(self.suspects.pop(0))

    def _submit(self, place: int) -> None:
        self.tries[place] += 1
        try:
            future = self._executor().submit(self.work, self.tasks[place])
        except BrokenExecutor:  # an idle process was killed just now; the next ones are new
            future = self._executor().submit(self.work, self.tasks[place])
        self.running[future] = place

    def _executor(self) -> Any:
        """Return the processes of the last call where they are still there and well."""
        from loky import get_reusable_executor

        return get_reusable_executor(max_workers=self.workers, timeout=IDLE_SECONDS)

    def _again(self, place: int, future: Future) -> bool:
        from loky.process_executor import ShutdownExecutorError

        broken = isinstance(future.exception(), BrokenExecutor | ShutdownExecutorError)
        return broken and self.tries[place] < TRIES
