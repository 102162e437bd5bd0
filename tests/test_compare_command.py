"""`simkit compare`: what it prints, keeps and refuses."""

import json
import sys
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from commands import SMALL, simkit

from simkit.study.experiment import worlds
from simkit.study.experiment.worlds import Summary

COUNTRY = """\
extends: small
regions:
  - {id: one, name: {en: One, zh: 甲}}
  - {id: two, name: {en: Two, zh: 乙}}
"""
TWO = ("--policy", "keep_course", "--policy", "keep_course+price=0.8", "--workers", 1)
KEYS = {"kpi", "a", "b", "difference", "low", "high", "verdict", "mean_a", "mean_b", "n"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("region") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def reports(monkeypatch):
    """Leave the report out, which takes seconds and has tests of its own; return its calls."""
    calls = []
    module = SimpleNamespace(write_comparison=lambda *given: calls.append(given))
    monkeypatch.setitem(sys.modules, "simkit.screens.lab_report", module)
    return calls


def made_up(task):
    """What a world could come to: luck of its own, 10 % more under a lower price."""
    luck = np.random.Generator(np.random.Philox(key=task.replication)).normal(100.0, 20.0)
    value = luck * (1.1 if "price" in task.arm.name else 1.0)
    values = {kpi.name: np.nan if kpi.name == "cycle_weeks" else value for kpi in task.kpis}
    weekly = {"revenue": [value], "contribution": [value]}
    return Summary(values, weekly, [{"week": 0, "levers": {"price": task.arm.name}}])


@pytest.fixture
def quick():
    """Made-up worlds."""
    with patch.object(worlds, "summarise", made_up):
        yield


def answer(*words):
    said = simkit("compare", *words, "--json")
    assert (said.code, said.err) == (0, "")
    assert "NaN" not in said.out and "Infinity" not in said.out
    return json.loads(said.out)


def test_json_has_the_promised_keys_and_the_answer(small, quick):
    found = answer(small, *TWO, "--reps", 6, "--kpi", "revenue", "--kpi", "discount_share")
    assert found["policies"] == ["keep_course", "keep_course+price=0.8"]
    assert found["replications"] == 6
    assert all(row.keys() >= KEYS for row in found["results"])
    assert [row["kpi"] for row in found["results"]] == ["revenue", "discount_share"]
    assert all(note["en"] and note["zh"] for note in found["notes"])


def test_the_terminal_shows_a_table_and_says_it_in_words(small):
    said = simkit("compare", small, *TWO, "--reps", 2, "--lang", "zh")
    assert said.code == 0
    assert "销售额" in said.out and "贡献利润" in said.out
    assert "（t 分布）" in said.out
    assert "nan" not in said.out


def test_the_same_policy_twice_and_one_replication_have_an_answer(small):
    twice = ("--policy", "keep_course", "--policy", "keep_course", "--workers", 1)
    found = answer(small, *twice, "--reps", 1)
    assert {row["verdict"] for row in found["results"]} == {"no difference at all"}
    assert found["policies"] == ["keep_course", "keep_course (2)"]
    found = answer(small, *TWO, "--reps", 1)
    assert {row["verdict"] for row in found["results"]} == {"too few worlds"}
    assert all(row["low"] is None for row in found["results"])


def test_a_figure_that_is_never_defined_is_null(small, quick):
    found = answer(small, *TWO, "--reps", 2, "--weeks", 1, "--kpi", "cycle_weeks")
    (row,) = found["results"]
    assert (row["verdict"], row["mean_a"], row["undefined"]) == ("undefined", None, 2)


def test_it_stops_when_precise_or_says_that_it_cannot_be(small, quick):
    found = answer(small, *TWO, "--precision", "5%", "--most", 60)
    assert found["stopped"]["reason"] == "precise"
    assert found["notes"][0] == found["stopped"]["says"]  # the report has the notes too
    found = answer(small, *TWO, "--precision", "0.001%", "--most", 20)
    assert found["stopped"]["reason"] == "out of reach"
    assert found["replications"] == 10


def test_the_best_is_selected(small, quick):
    found = answer(small, *TWO, "--select", "--delta", 2, "--most", 60)
    assert found["selection"]["best"] == "keep_course+price=0.8"
    assert set(found["selection"]["worlds"]) == set(found["policies"])
    assert found["replications"] == 10
    assert found["notes"][0] == found["selection"]["says"]
    assert "number fixed beforehand" in found["notes"][1]["en"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--policy", "keep_course"), "--policy: name at least two"),
        ((*TWO, "--policy", "panicy"), "did you mean 'panicky'?"),
        ((*TWO, "--kpi", "revenu"), "--kpi: no KPI 'revenu', did you mean 'revenue'?"),
        ((*TWO, "--set", "decision.pric=1"), "unknown name 'pric', did you mean 'price'?"),
        ((*TWO, "--reps", 0), "--reps"),
        ((*TWO, "--precision", "0"), "--precision: a precision is above 0, it is 0"),
        ((*TWO, "--precision", "-3%"), "a precision is above 0, it is -0.03"),
        ((*TWO, "--precision", "some"), "'some' is no precision: write 2% or an amount"),
        ((*TWO, "--confidence", 95), "--confidence: is above 0 and below 1, like 0.95, not 95"),
        ((*TWO, "--reps", 5, "--select"), "--reps and --select: do not go together"),
        ((*TWO, "--delta", 5), "--delta: goes with --select"),
        ((*TWO, "--select", "--delta", -1), "must be an amount above 0"),
        ((*TWO, "--select", "--kpi", "pipeline_coverage"), "good neither high nor low"),
        ((*TWO, "--region", "one"), "it has no regions, leave --region out"),
    ],
)
def test_bad_input_ends_with_a_message_and_exit_code_2(small, words, message):
    said = simkit("compare", small, *words)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_of_a_country_one_region_can_be_compared(small):
    country = small.with_name("country.yaml")
    country.write_text(COUNTRY, encoding="utf-8")
    said = simkit("compare", country, *TWO, "--reps", 2, "--region", "too")
    assert (said.code, "no region 'too' in this scenario, did you mean 'two'?" in said.err) == (
        2,
        True,
    )
    part = answer(country, *TWO, "--reps", 1, "--region", "two")
    whole = answer(country, *TWO, "--reps", 1)
    assert whole["results"][0]["mean_a"] > 1.5 * part["results"][0]["mean_a"]


def test_results_are_kept_and_never_played_again(small, tmp_path, quick, reports):
    command = ("compare", small, *TWO, "--reps", 2, "--out", tmp_path / "out")
    assert simkit(*command).code == 0
    ((folder, results, comparison, lang),) = reports
    assert (folder, comparison.worlds, lang) == (tmp_path / "out", 2, "en")
    with patch.object(worlds, "summarise", side_effect=AssertionError("played again")):
        found = simkit(*command, "--json")
    assert json.loads(found.out)["digest"] == results.digest
    other = simkit("compare", "legal_bottleneck", *command[2:])
    assert other.code == 2
    assert "holds results of something else: scenario Small, here Legal bottleneck" in other.err


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(small, tmp_path, reports):
    played = []

    def interrupted(task):
        if len(played) == 3:
            raise KeyboardInterrupt
        played.append(task)
        return made_up(task)

    command = ("compare", small, *TWO, "--reps", 3, "--out", tmp_path / "out")
    with patch.object(worlds, "summarise", interrupted):
        said = simkit(*command)
    assert (said.code, reports) == (130, [])
    assert f"in {tmp_path / 'out' / 'results'}; the same command goes on" in said.err
    again = []
    with patch.object(worlds, "summarise", lambda task: again.append(task) or made_up(task)):
        assert simkit(*command, "--json").code == 0
    assert len(again) == 3
