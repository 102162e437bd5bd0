"""The evidence table: cases as text, the runner on processes, the command."""

import json
import os
import time

import pytest
from commands import simkit

from simkit.scenario.record import ScenarioError
from simkit.study.evidence.case_text import parse_case
from simkit.study.evidence.exact import FAMILIES
from simkit.study.evidence.row import Row, exact_row
from simkit.study.evidence.validate import (
    MODULES,
    counts,
    tasks_of,
    tasks_of_cases,
    validate,
)

QUICK = "mmc(arrival=1, service=2, servers=1)"


# Cases as text


@pytest.mark.parametrize(
    ("text", "name", "given"),
    [
        ("mmc(arrival=11, service=1.5, servers=10)", "mmc", [11, 1.5, 10]),
        (" mmc(4, 1, servers=5) ", "mmc", [4, 1, 5]),
        ("mmc()", "mmc", []),
        ("mmc", "mmc", []),
        ("mg1(cv2=-1)", "mg1", [-1]),
        ("priority(arrivals=[.2, .3])", "priority", [[0.2, 0.3]]),
        ("erlang_b(law='lognormal')", "erlang_b", ["lognormal"]),
    ],
)
def test_a_case_is_read(text, name, given):
    family, values = parse_case(text)
    assert family is FAMILIES[name]
    assert list(values.values()) == given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("erlangc(load=1)", "no family 'erlangc', did you mean 'erlang_"),
        ("zzz()", "no family 'zzz'; there is "),
        ("mmc(arival=4)", "no parameter 'arival', did you mean 'arrival'?"),
        ("mmc(arrival='a')", "arrival must be a number, is 'a'"),
        ("mmc(arrival=True)", "arrival must be a number, is True"),
        ("mmc(arrival=None)", "arrival must be a number, is None"),
        ("mmc(arrival=1e400)", "arrival is too large"),
        ("mmc(arrival=2*3)", "arrival must be a number, a text in quotes or a list"),
        ("mmc(arrival=__import__('os'))", "arrival must be a number, a text in quotes or a list"),
        ("mmc(servers=2.5)", "servers must be a whole number, is 2.5"),
        ("mmc(1, arrival=1)", "arrival is given twice"),
        ("mmc(1, 2, 3, 4)", "has 4 parameters, there is arrival, service, servers"),
        ("mmc(*[1, 2])", "arrival must be a number"),
        ("mmc(**{})", "'**' cannot be read"),
        ("mmc(arrival=4", "cannot be read"),
        ("", "cannot be read"),
        ("mmc(1); mmc(2)", "cannot be read"),
        ("1 + 1", "must be one family with its parameters"),
        ("os.system('x')", "no family"),
        ("priority(arrivals=0.3)", "arrivals must be a list of numbers"),
        ("priority(arrivals=[0.3, 'b'])", "arrivals[1] must be a number"),
        ("erlang_b(law='normal')", 'law must be text like "exponential", did you mean'),
    ],
)
def test_a_case_that_makes_no_sense_is_refused_with_the_reason(text, message):
    with pytest.raises(ScenarioError) as refused:
        parse_case(text)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert problem.path.startswith("--case")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mmc(arrival=6)", "load 1.2 is not below 1, so there is no steady state; raise servers"),
        ("mmc(arrival=-1)", "arrival must be above 0, is -1"),
        ("mmc(servers=0)", "servers must be from 1 to 500, is 0"),
        ("mmc(arrival=1, servers=501)", "servers must be from 1 to 500, is 501"),
        ("mg1(cv2=-1)", "cv2 must be from 0 to 25, is -1"),
        ("mmck(room=2)", "room must be from 3 to 1000, is 2"),
        ("erlang_a(patience=0)", "patience must be above 0, is 0"),
        ("tandem(services=[1, 2])", "number of services must be from 3 to 3, is 2"),
    ],
)
def test_parameters_out_of_range_end_with_a_remedy_before_anything_runs(text, message):
    with pytest.raises(ScenarioError, match="--case") as refused:
        validate(tasks_of_cases([text]), workers=1)
    assert message in str(refused.value)


# The runner


def sleeps(seconds, name):
    time.sleep(seconds)
    return [exact_row(name, f"{os.getpid()}", "made up", 1.0, [1.0])]


def breaks():
    raise RuntimeError("broken on purpose")


def dies():
    os._exit(1)


def task(name, function=sleeps, seconds=0.0, **given):
    arguments = {"seconds": seconds, "name": name} if function is sleeps else given
    return (name, function, arguments, False, seconds)


def test_rows_come_in_the_order_of_the_tasks_from_several_processes():
    told = []
    tasks = [task("a", seconds=0.4), task("b"), task("c", breaks), task("d")]
    rows = validate(tasks, workers=2, progress=lambda done, total: told.append((done, total)))
    assert [row.id for row in rows] == ["a", "b", "c", "d"]
    assert [row.passed for row in rows] == [True, True, False, True]
    assert "RuntimeError: broken on purpose" in rows[2].note
    assert list(dict.fromkeys(told)) == [(n, 4) for n in range(5)]
    assert told == sorted(told)
    assert str(os.getpid()) not in {row.what for row in rows}


def test_a_process_that_dies_does_not_lose_the_table():
    rows = validate([task("a", dies), task("b", dies)], workers=2)
    assert [(row.id, row.passed) for row in rows] == [("a", False), ("b", False)]


def test_ctrl_c_waits_for_nobody():
    def stop(done, total):
        if done == 1:
            raise KeyboardInterrupt

    begun = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        validate([task("a"), task("b", seconds=300.0)], workers=2, progress=stop)
    assert time.perf_counter() - begun < 60


def test_one_worker_gives_the_same_rows_as_two():
    tasks = tasks_of_cases([QUICK, "mg1(cv2=0)"])
    assert validate(tasks, workers=1) == validate(tasks, workers=2)


def test_the_table_names_every_case_once_and_has_enough_of_them():
    tasks = tasks_of(["exact"], slow=True)
    names = [name for name, *_ in tasks]
    assert len(set(names)) == len(names)
    assert len([t for t in tasks if not t[3]]) >= 12
    assert sum(cost for *_, slow, cost in tasks if not slow) < 110
    assert set(MODULES) == {"exact", "fact", "data"}


# The command


def test_validate_prints_json():
    said = simkit("validate", "--case", QUICK, "--json")
    found = json.loads(said.out)
    assert said.code == 0
    assert (found["passed"], found["failed"], found["not_measured"]) == (3, 0, 0)
    assert {"id", "part", "expected", "low", "high", "measured", "standard_error", "pass"} <= set(
        found["rows"][0]
    )
    assert found["rows"][0]["id"] == "mmc(arrival=1,service=2,servers=1): chance of waiting"
    assert found["seconds"] > 0


def test_validate_prints_a_table():
    said = simkit("validate", "--case", QUICK)
    assert said.code == 0
    assert "chance of waiting" in said.out
    assert "3 rows: 3 passed, 0 failed, 0 not measured" in said.out


def test_failures_are_shown_and_end_with_exit_code_1(monkeypatch):
    failed = Row("fact 1", "fact", "x", "[source]", 1, 0, 2, 3, 0.1, False, "[note]")
    monkeypatch.setattr("simkit.study.evidence.validate.validate", lambda *_: [failed])
    said = simkit("validate", "--part", "fact")
    assert said.code == 1
    assert "FAIL" in said.out and "[source]; [note]" in said.out
    assert counts([failed]) == {"passed": 0, "failed": 1, "not_measured": 0}


@pytest.mark.parametrize("words", [("--case", "mmc("), ("--case", "mmc(arrival=99)")])
def test_bad_cases_end_with_exit_code_2_and_nothing_on_standard_output(words):
    said = simkit("validate", *words, "--json")
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith("--case mmc(")


@pytest.mark.parametrize("words", [("--part", "none"), ("--workers", "-1"), ("--cases", "x")])
def test_bad_options_end_with_exit_code_2(words):
    assert simkit("validate", *words).code == 2
