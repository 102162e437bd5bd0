"""A Dask cluster: the numbers of one process, whatever dies; what is said when it is not there."""

import gc
import json
import logging
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor

import notebook_cell
import pytest

from simkit.study import crews, parcel
from simkit.study.experiment import worlds as worlds_module
from simkit.study.experiment.keys import task_key
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import Task, replicate, summarise
from simkit.study.workers import ClusterGone, run_tasks

distributed = pytest.importorskip("distributed")
NOBODY = "tcp://127.0.0.1:9"


def start(**options):
    """Start a cluster; within this process unless `options` say otherwise."""
    usual = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "protocol": "tcp"}
    quiet = {"dashboard_address": ":0", "silence_logs": logging.CRITICAL}
    return distributed.LocalCluster(**usual | quiet | options)


@pytest.fixture(scope="module")
def cluster():
    with start() as running:
        yield running


@pytest.fixture(scope="module")
def alone():
    return notebook_cell.play(1)


@pytest.fixture(scope="module")
def killed(cluster, tmp_path_factory):
    """What a notebook printed on three kinds of workers, and the results of its killed kernel."""
    folder = tmp_path_factory.mktemp("killed") / "results"
    program = [sys.executable, notebook_cell.__file__, str(folder), "1", "2"]
    notebook = subprocess.Popen(
        [*program, cluster.scheduler_address],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    try:
        printed = json.loads(notebook.stdout.readline())
        while notebook.poll() is None and len(list(folder.glob("part-*"))) < 3:
            time.sleep(0.02)
        notebook.kill()
    finally:
        notebook.wait()
        os.killpg(notebook.pid, signal.SIGKILL)  # its processes, which would end when idle
    return printed, folder


def test_a_notebook_cell_gives_one_digest_here_on_processes_and_on_a_cluster(killed, alone):
    assert killed[0]["digests"] == [alone.digest] * 3


def test_the_keys_of_a_notebook_cell_are_the_same_in_every_process(killed):
    """Here other sets of names have another order: the hash seeds differ."""
    assert killed[0]["keys"] == notebook_cell.keys()
    assert len(set(killed[0]["keys"])) == 4 and "only" not in "".join(killed[0]["keys"])


def test_a_killed_kernel_costs_only_what_was_unfinished(killed, monkeypatch):
    folder = killed[1]
    store = Store(folder, notebook_cell.ABOUT)
    assert 3 <= len(store) < 60 and not store.notes
    arms, kpis, worlds = [notebook_cell.slow_arm()], notebook_cell.figures(), range(8)
    kept = sum(store.get(task_key(Task(*arms, 1, world, kpis))) is not None for world in worlds)
    played = []
    monkeypatch.setattr(worlds_module, "summarise", lambda t: played.append(t) or summarise(t))
    again = replicate(arms, worlds, kpis, workers=1, store=store)
    assert len(played) == 8 - kept < 6
    assert repr(again.summaries) == repr(replicate(arms, worlds, kpis, workers=1).summaries)


def test_all_that_is_known_of_a_world_is_the_same_on_a_cluster(cluster, alone):
    there = notebook_cell.play(cluster.scheduler_address)
    assert repr(there.summaries) == repr(alone.summaries)


def dies_once(folder):
    def work(task):
        if task == 3 and not (folder / "died").exists():
            (folder / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task * task

    return work


def test_a_killed_worker_of_a_cluster_changes_nothing(tmp_path):
    with start(processes=True) as real:
        results = run_tasks(dies_once(tmp_path), range(8), real.scheduler_address)
        found = {done[0]: done[1]() for done in results if done}
    assert (tmp_path / "died").exists()
    assert found == {n: n * n for n in range(8)}


def test_a_worker_with_another_simkit_is_refused(cluster, monkeypatch):
    here = iter(["Python 3.99, simkit code abc"])
    monkeypatch.setattr(parcel, "made_with", lambda: next(here, "Python 3.11, simkit code def"))
    told = r"has Python 3\.11, simkit code def, here is Python 3\.99.*install the same simkit"
    with pytest.raises(parcel.Unfit, match=told):
        list(run_tasks(abs, [1, 2], cluster.scheduler_address))


def test_an_executor_of_ones_own_stays_open(cluster):
    with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
        executor = client.get_executor(pure=False)
        for _ in range(2):
            assert [done[1]() for done in run_tasks(abs, [-1], executor) if done] == [1]
        executor.shutdown()
        with pytest.raises(BrokenExecutor, match="takes no more work"):
            list(run_tasks(abs, [1, 2], executor))


def test_a_cluster_that_goes_away_in_the_middle_loses_nothing_finished(cluster, alone, tmp_path):
    def stop(done, total):
        if done >= 4:
            cluster.close()

    with pytest.raises(ClusterGone, match=r"went away; start it: 'dask scheduler' on one .*kept"):
        notebook_cell.play(
            cluster.scheduler_address, tell=stop, store=Store(tmp_path / "r", notebook_cell.ABOUT)
        )
    store = Store(tmp_path / "r", notebook_cell.ABOUT)
    told = []
    again = notebook_cell.play(1, tell=lambda *n: told.append(n), store=store)
    assert 4 <= told[0][0] < 9 and told[-1] == (9, 9)
    assert again.digest == alone.digest


def test_a_cluster_that_is_not_there_is_told_within_seconds(monkeypatch):
    monkeypatch.setattr(crews, "CONNECT_SECONDS", 0.3)
    begun = time.perf_counter()
    with pytest.raises(ClusterGone, match=f"cluster at {NOBODY} does not answer; start it: 'dask"):
        list(run_tasks(abs, [1, 2], NOBODY))
    assert time.perf_counter() - begun < 30
    with pytest.raises(ClusterGone, match="cluster at nonsense does not answer") as told:
        list(run_tasks(abs, [1, 2], "nonsense"))
    assert told.value.__cause__  # holds the client that failed, until some later time
    left = [each for each in gc.get_objects() if isinstance(each, distributed.Client)]
    assert left and {client.status for client in left} == {"closed"}


def test_a_cluster_without_workers_is_told(monkeypatch):
    monkeypatch.setattr(crews, "ALONE_SECONDS", 0.0)
    monkeypatch.setattr(crews, "LOOK_SECONDS", 0.0)
    with start(n_workers=0) as empty, pytest.raises(ClusterGone, match="has no workers"):
        list(run_tasks(abs, [1, 2], empty.scheduler_address))


def test_without_dask_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"needs Dask: .venv/bin/python -m pip install 'dask"):
        list(run_tasks(abs, [1, 2], NOBODY))
