"""Finished worlds on disk: exact, found by all they depend on, safe from damage and other hands."""

import math
from concurrent.futures import ThreadPoolExecutor
from errno import ENOSPC
from pathlib import Path

import duckdb
import notebook_cell
import pytest

from simkit.scenario.record import ScenarioError
from simkit.study.experiment import keys as keys_module
from simkit.study.experiment import store as store_module
from simkit.study.experiment import worlds as worlds_module
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.keys import function_key, task_key
from simkit.study.experiment.store import ROWS, Store, packed, unpacked
from simkit.study.experiment.worlds import Summary, Task, replicate, summarise

ABOUT = {"scenario": "lively", "sha256": "abc"}
KPIS = find_figures(["revenue", "win_rate"])


def arm(name="one", decide=lambda report: report.decision, key=None):
    scenario = notebook_cell.arms()[0].scenario
    words = notebook_cell.WORDS
    return Arm(name, words, scenario, Player(name, words, decide, key or function_key(decide)))


ARM = arm()


@pytest.fixture
def played(monkeypatch):
    """Lists the tasks that are played, in this process."""
    tasks = []

    def play(task):
        tasks.append(task)
        return summarise(task)

    monkeypatch.setattr(worlds_module, "summarise", play)
    return tasks


@pytest.fixture
def each_a_part(monkeypatch):
    monkeypatch.setattr(store_module, "SECONDS", -1.0)


def go(worlds, folder=None, arms=(ARM,), **options):
    store = None if folder is None else Store(folder, ABOUT)
    return replicate(arms, worlds, KPIS, workers=1, store=store, **options)


def fake(number):
    """A finished world that was never played."""
    task = Task(ARM, 1, number, KPIS)
    return (f"key{number}", task, Summary({"revenue": number / 3}, {"revenue": [0.1]}, []))


def test_a_summary_comes_back_exactly():
    levers = {"price": 0.1 + 0.2, "quota": {"北 'a'": 1e300}, "on": True, "none": None}
    summary = Summary(
        {"a": math.nan, "b": -math.inf, "c": 5e-324, "d": 0.1 + 0.2, "e": -0.0},
        {"revenue": [1 / 3, math.nan]},
        [{"week": 0, "levers": levers}],
    )
    assert repr(unpacked(packed(summary))) == repr(summary)
    assert "NaN" not in packed(summary)


def test_only_what_is_not_there_is_played_and_the_result_is_the_same(tmp_path, played):
    whole = go(range(5))
    go(range(3), tmp_path)
    played.clear()
    again = go(range(5), tmp_path)
    assert [task.replication for task in played] == [3, 4]
    assert repr(again.summaries) == repr(whole.summaries) and again.digest == whole.digest
    played.clear()
    assert go(range(5), tmp_path).digest == whole.digest and not played


def test_what_is_finished_is_kept_when_a_run_is_cancelled(tmp_path, played):
    def stop(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(range(5), tmp_path, tell=stop)
    played.clear()
    told = []
    go(range(5), tmp_path, tell=lambda *n: told.append(n))
    assert told[0] == (2, 5) and len(played) == 3


def test_a_policy_with_a_memory_gives_the_same_in_any_order(tmp_path):
    arms = [arm("rule", notebook_cell.Rule(0.02)), arm("other", notebook_cell.DECIDE["cheaper"])]
    forward = go(range(3), arms=arms)
    backward = go([2, 1, 0], arms=arms[::-1])
    assert forward.digest == backward.digest
    assert not arms[0].player.decide.seen
    assert list(forward.summaries) == [(a.name, w) for w in range(3) for a in arms]
    assert go([1], arms=arms).values("rule", "revenue") == forward.values("rule", "revenue")[1:2]


@pytest.mark.parametrize(("arms", "worlds"), [([ARM, ARM], [1]), ([ARM], [1, 2, 1])])
def test_what_cannot_be_told_apart_is_refused(arms, worlds):
    with pytest.raises(ValueError, match=r"(arm 'one'|world '1') is given twice"):
        go(worlds, arms=arms)


def test_a_key_changes_with_all_that_a_result_depends_on_and_nothing_else(monkeypatch):
    task = Task(ARM, 1, 2, KPIS)
    other = Arm("x", ARM.title, ARM.scenario.but(weeks=3), ARM.player)
    cheap = arm(decide=lambda report: report.decision.but(price=0.9))
    different = [
        task._replace(seed=2),
        task._replace(replication=1),
        task._replace(kpis=KPIS[:1]),
        task._replace(arm=other),
        task._replace(arm=cheap),
    ]
    found = {task_key(each) for each in [task, *different]}
    assert len(found) == 6
    renamed = Arm("other", ARM.title, ARM.scenario.but(), ARM.player)
    assert task_key(Task(renamed, 1, 2, KPIS[::-1])) == task_key(task)
    monkeypatch.setattr(keys_module, "code_digest", lambda: "another simkit")
    assert task_key(task) not in found


def rule(step):
    return lambda report: report.decision.but(price=step)


def test_the_key_of_a_function_is_its_behaviour():
    assert function_key(rule(0.9)) == function_key(rule(0.9)) != function_key(rule(0.8))
    assert function_key(rule(1)) != function_key(rule(1.0))  # they may act differently
    assert function_key(lambda x=1: x) != function_key(lambda x=2: x)
    one, two = notebook_cell.Rule(0.1), notebook_cell.Rule(0.1)
    assert function_key(one) == function_key(two)
    two.seen.append(1)
    assert function_key(one) != function_key(two)


def test_the_key_of_a_function_follows_what_it_calls(monkeypatch):
    before = function_key(notebook_cell.cheaper)
    monkeypatch.setattr(notebook_cell, "KPI", None)  # not used by it
    assert function_key(notebook_cell.cheaper) == before
    monkeypatch.setattr(notebook_cell, "DOWN", 0.8)
    assert function_key(notebook_cell.cheaper) != before


def test_what_lives_only_in_this_session_is_never_found_again(tmp_path):
    with (tmp_path / "open").open("w") as file:
        one, two = (function_key(lambda report: file.name) for _ in range(2))
    assert one != two and one.startswith("only here")


def test_results_of_another_experiment_are_refused(tmp_path):
    go(range(1), tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(ScenarioError) as refused:
        Store.open(tmp_path, {**ABOUT, "scenario": "calm"})
    assert str(refused.value) == (
        f"{tmp_path}: holds results of something else: scenario lively, here calm; "
        "choose another folder, or delete this one"
    )
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_two_who_begin_at_once_with_different_experiments_are_told_apart(tmp_path):
    first, second = Store(tmp_path / "r", ABOUT), Store(tmp_path / "r", {"scenario": "calm"})
    for store in (first, second):
        store.add([fake(1)])
    first.flush()
    with pytest.raises(ScenarioError, match="scenario lively, here calm"):
        second.flush()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "other", "about": {}}', "\xff"])
def test_a_folder_whose_description_is_damaged_is_refused(tmp_path, text):
    (tmp_path / "experiment.json").write_text(text, encoding="latin-1")
    with pytest.raises(ScenarioError, match="cannot be read as the description of results; choose"):
        Store(tmp_path, ABOUT)


DAMAGE = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "not Parquet": lambda data: b"hello " * 100,
    "end lost": lambda data: data[:-1],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_part_is_told_and_played_again(tmp_path, played, each_a_part, damage):
    whole = go(range(3), tmp_path)
    part = sorted(tmp_path.glob("part-*"))[1]
    part.write_bytes(DAMAGE[damage](part.read_bytes()))
    store = Store(tmp_path, ABOUT)
    assert len(store) == 2 and [part.name in note.en for note in store.notes] == [True]
    played.clear()
    again = replicate([ARM], range(3), KPIS, workers=1, store=store)
    assert [task.replication for task in played] == [1] and again.digest == whole.digest
    assert not Store(tmp_path, ABOUT).notes  # told once


def test_a_changed_number_is_noticed_and_the_rows_beside_it_are_saved(tmp_path):
    store = Store(tmp_path, ABOUT)
    store.add(fake(n) for n in range(3))
    store.flush()
    (part,) = tmp_path.glob("part-*")
    with duckdb.connect() as connection:
        rows = f"SELECT * REPLACE (replace(summary, '0.333', '0.334') AS summary) FROM '{part}'"
        connection.execute(f"COPY ({rows}) TO '{part}' (FORMAT parquet)")
    read = Store(tmp_path, ABOUT)
    assert len(read) == 2 and read.get("key1") is None and len(read.notes) == 1
    read.flush()
    assert len(Store(tmp_path, ABOUT)) == 2


def test_many_may_write_into_one_folder(tmp_path):
    def write(first):
        store = Store(tmp_path / "r", ABOUT)
        for number in range(first, first + 3):
            store.add([fake(number)])
            store.flush()

    with ThreadPoolExecutor(3) as writers:
        list(writers.map(write, (0, 3, 6)))
    store = Store(tmp_path / "r", ABOUT)
    assert len(store) == 9 and store.get("key7") == fake(7)[2]
    assert not list(tmp_path.glob("r/.*"))


def test_rows_are_written_by_number_and_by_time(tmp_path, monkeypatch):
    store = Store(tmp_path, ABOUT)
    store.add(fake(n) for n in range(ROWS - 1))
    assert not list(tmp_path.glob("part-*"))
    store.add([fake(ROWS)])
    assert len(list(tmp_path.glob("part-*"))) == 1
    now = 1000.0
    monkeypatch.setattr(store_module.time, "monotonic", lambda: now)
    store.add([fake(1)])
    now += 4.0
    store.flush_when_due()
    assert len(list(tmp_path.glob("part-*"))) == 1
    now += 2.0
    store.flush_when_due()
    assert len(list(tmp_path.glob("part-*"))) == 2


def test_a_place_that_cannot_be_written_is_told_before_anything_is_played(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ScenarioError, match="there is a file where the folder should be"):
        Store(tmp_path / "file", ABOUT)
    assert not Store(tmp_path / "new" / "deep", ABOUT) and not (tmp_path / "new").exists()


def test_a_full_disk_is_told_and_what_was_kept_stays(tmp_path, played, monkeypatch):
    go(range(2), tmp_path)
    before = {file.name for file in tmp_path.iterdir()}

    def full(self, target):
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(ScenarioError) as refused:
        patch.setattr(Path, "replace", full)
        go(range(4), tmp_path)
    assert "the disk is full; free some space" in str(refused.value)
    assert str(refused.value).endswith("the same command goes on from there")
    assert {file.name for file in tmp_path.iterdir()} == before
    played.clear()
    go(range(4), tmp_path)
    assert len(played) == 2
