"""Worlds played on several processes: order, processes that die, Ctrl-C, progress."""

import os
import signal
import time
from concurrent.futures import BrokenExecutor
from contextlib import closing

import pytest
from regions import lively

from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.study.workers import TRIES, World, play_worlds, run_tasks


@pytest.fixture(scope="module")
def small():
    return lively().but(weeks=2, warm_up_weeks=1)


def digest_and_process(simulation):
    return simulation.digest(), os.getpid()


def test_worlds_come_in_order_and_are_those_of_one_process(small):
    told = []
    tasks = [World(small, seed, "keep_course") for seed in range(1, 21)]
    found = play_worlds(tasks, digest_and_process, 2, lambda *n: told.append(n))
    alone = play_worlds(tasks, digest_and_process, 1)
    assert [digest for digest, _ in found] == [digest for digest, _ in alone]
    assert len({digest for digest, _ in found}) == 20
    assert os.getpid() not in {process for _, process in found}
    assert {process for _, process in alone} == {os.getpid()}
    assert told[0] == (0, 20) and told[-1] == (20, 20) and told == sorted(told)


def test_a_function_of_a_notebook_and_decisions_play_too(small):
    simulation = Simulation(small, 3).run(lambda report: report.decision.but(price=0.9))
    by_function = World(small, 3, lambda report: report.decision.but(price=0.9))
    by_decisions = World(small, 3, simulation.decisions)
    other = World(small, 3, keep_course)
    found = play_worlds([by_function, by_decisions, other], lambda s: s.digest(), 2)
    assert found[0] == found[1] == simulation.digest() != found[2]


def test_decisions_are_played_to_the_last_of_them(small):
    decisions = Simulation(small, 3).run(keep_course).decisions[:1]
    assert play_worlds([World(small, 4, decisions)], lambda s: s.week, 1) == [1]


def test_nothing_to_play_is_no_problem():
    assert play_worlds([], lambda simulation: 1) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_world_raises_is_raised_here(small, workers):
    with pytest.raises(ValueError, match="no policy 'keep_curse', did you mean 'keep_course'"):
        play_worlds([World(small, 1, "keep_curse")], lambda s: 1, workers)


def dies_until(folder, times):
    """A piece of work whose process is killed until it has been tried `times` times."""

    def work(task):
        tried = folder / f"{task}-{os.getpid()}"
        tried.touch()
        if task == 3 and len(list(folder.glob("3-*"))) <= times:
            os.kill(os.getpid(), signal.SIGKILL)
        return task * task

    return work


def test_a_killed_process_loses_nothing(tmp_path):
    with closing(run_tasks(dies_until(tmp_path, TRIES - 1), range(12), 2)) as results:
        found = {done[0]: done[1]() for done in results if done}
    assert found == {n: n * n for n in range(12)}


def test_a_task_that_always_kills_its_process_ends_and_harms_no_other(tmp_path):
    with closing(run_tasks(dies_until(tmp_path, 99), range(12), 2)) as results:
        found = {done[0]: done[1] for done in results if done}
    with pytest.raises(BrokenExecutor):
        found.pop(3)()
    assert {place: result() for place, result in found.items()} == {
        n: n * n for n in range(12) if n != 3
    }
    assert len(list(tmp_path.glob("3-*"))) == TRIES


def test_ctrl_c_waits_for_nobody(small):
    def stop(done, total):
        if done:
            raise KeyboardInterrupt

    def slow(simulation):
        time.sleep(0.0 if simulation.seed == 1 else 300.0)

    begun = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        play_worlds([World(small, seed) for seed in (1, 2, 3)], slow, 2, stop)
    assert time.perf_counter() - begun < 60
    assert play_worlds([World(small, 1)] * 3, lambda s: s.seed, 2) == [1, 1, 1]


def test_processes_are_kept_for_the_next_call(small):
    tasks = [World(small, seed) for seed in range(1, 7)]
    first, second = (
        {process for _, process in play_worlds(tasks, digest_and_process, 2)} for _ in range(2)
    )
    assert first & second
