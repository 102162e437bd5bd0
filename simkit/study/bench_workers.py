"""How much faster two processes are than one, for tasks of half a second; and what could be."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from statistics import median
from typing import Any

from simkit.region.bare_loop import bare_timeout_seconds
from simkit.scenario.library import load_scenario
from simkit.study.workers import World, play_world, run_tasks

AT_LEAST = {"workers_speedup": 1.7}
"""What the figures must reach, with two free cores; `bare_speedup` says whether they were free."""
WEEKS = 39
"""Three quarters of region_40 take about half a second."""
BARE_LOOPS = 12
TASKS = 4
Work = Callable[[Any], Any]


def measure_speedup(
    rounds: int, tasks: int = TASKS, weeks: int = WEEKS, tell: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Return how many times faster two warm processes are than this one alone.

    `workers_speedup`: for worlds played. `bare_speedup`: for as long a loop that shares nothing,
    which is what the machine itself can give just then. Each is the median of `rounds` rounds; in a
    round half of the tasks are done here before, half after, all of them by two processes.
    `task_s`: seconds of one world.
    """
    scenario = load_scenario("region_40").but(weeks=weeks, warm_up_weeks=2)
    worlds = [World(scenario, seed) for seed in range(1, tasks + 1)]
    kinds: dict[str, tuple[Work, Sequence[Any]]] = {
        "workers_speedup": (_play, worlds),
        "bare_speedup": (_loop, [BARE_LOOPS * weeks / WEEKS] * tasks),
    }
    for work, given in kinds.values():
        _seconds(work, given, 2)  # the processes start and load what they need
    found: dict[str, list[float]] = {name: [] for name in kinds}
    alone = []
    for _ in range(rounds):
        for name, (work, given) in kinds.items():
            one, two = _round(work, given)
            found[name].append(one / two)
            alone += [one / tasks] if name == "workers_speedup" else []
        tell()
    return {name: median(ratios) for name, ratios in found.items()} | {"task_s": median(alone)}


def _round(work: Work, tasks: Sequence[Any]) -> tuple[float, float]:
    """Return the seconds of all tasks in this process, and on two."""
    half = len(tasks) // 2
    before = _seconds(work, tasks[:half], 1)
    two = _seconds(work, tasks, 2)
    return before + _seconds(work, tasks[half:], 1), two


def _seconds(work: Work, tasks: Sequence[Any], workers: int) -> float:
    begun = time.perf_counter()
    with closing(run_tasks(work, tasks, workers)) as results:
        for done in results:
            if done is not None:
                done[1]()
    return time.perf_counter() - begun


def _play(world: World) -> int:
    return play_world(world, lambda simulation: len(simulation.world.log))


def _loop(times: float) -> None:
    for _ in range(max(1, round(times))):
        bare_timeout_seconds()
