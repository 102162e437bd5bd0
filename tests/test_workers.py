"""Worlds played on several processes: order, processes that die, Ctrl-C, progress."""

import os
import pickle
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from contextlib import closing

import pytest
from regions import lively

from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.record import Problem, ScenarioError
from simkit.study.parcel import Packer, do, fresh, opened
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
    with closing(run_tasks(dies_until(tmp_path, 1), range(12), 2)) as results:
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


class Counting(ThreadPoolExecutor):
    """Keeps the parcels handed over, and how many were waiting at most."""

    def __init__(self, size):
        super().__init__(size)
        self.parcels, self.most = [], 0

    def submit(self, function, given):
        future = super().submit(function, given)
        self.parcels.append(given)
        self.most = max(self.most, self._work_queue.qsize())
        return future


def test_any_executor_does_small_tasks_in_parcels_and_few_are_on_their_way():
    with Counting(2) as executor:
        found = {done[0]: done[1]() for done in run_tasks(abs, range(-500, 0), executor) if done}
        assert found == {n: 500 - n for n in range(500)}
        assert len(executor.parcels) < 100 and executor.most <= 2 * 2
        assert executor.submit(abs, -1).result() == 1  # it is left open


def test_tasks_with_costs_go_one_by_one_and_the_dearest_first():
    with Counting(1) as executor:
        list(run_tasks(abs, range(20), executor, [float(n) for n in range(20)]))
    handed = [[pickle.loads(task) for task in parcel.tasks] for parcel in executor.parcels]
    assert handed == [[n] for n in range(19, -1, -1)]


def test_an_executor_that_was_closed_is_told():
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(BrokenExecutor, match="the executor takes no more work"):
        list(run_tasks(abs, [1, 2], executor))


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    with pytest.raises(ValueError, match="workers: give 1 or more"):
        list(run_tasks(abs, [1], workers))


def test_what_cannot_be_sent_is_told_with_a_remedy():
    lock = threading.Lock()
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(ValueError, match="keep open files, locks"),
    ):
        list(run_tasks(lambda n: lock, [1], executor))


class Odd(Exception):  # noqa: N818
    """Cannot be made from its own text, as some errors of libraries cannot."""

    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def test_errors_come_home_whatever_they_are():
    def work(number):
        if number:
            raise Odd("one", "two")
        raise ScenarioError([Problem("region.yaml", 3, 4, "is wrong", "weeks: x")])

    with ThreadPoolExecutor(1) as executor:
        found = {done[0]: done[1] for done in run_tasks(work, [0, 1], executor) if done}
    first, second = found[0], found[1]  # finished together, they come in any order
    with pytest.raises(ScenarioError) as scenario_error:
        first()
    assert str(scenario_error.value).startswith("region.yaml:3:4: is wrong\n")
    assert scenario_error.value.problems[0].line == 3
    # Where Dask was at work, errors are packed so that even this one comes home as it was.
    with pytest.raises((RuntimeError, Odd), match="one and two"):
        second()


def test_a_scenario_is_packed_once_and_unpacked_once_in_each_process(small):
    packer = Packer(lambda task: (task[0].weeks, id(task[0])))
    parcel = packer.parcel([(small, seed) for seed in range(50)])
    assert len(parcel.scenarios) == 1 and max(map(len, parcel.tasks)) < 200
    assert packer.parcel([(small, 1)]).scenarios == parcel.scenarios
    answers = [opened(outcome) for _ in range(2) for outcome in do(parcel)[1]]
    assert len(set(answers)) == 1 and answers[0][0] == small.weeks


def test_a_fresh_function_remembers_nothing_of_the_other():
    seen = []

    def counting():
        seen.append(1)
        return len(seen)

    assert [fresh(counting)() for _ in range(3)] == [1, 1, 1] and not seen
    lock = threading.Lock()
    locked = lambda: lock  # noqa: E731
    assert fresh(locked) is locked
