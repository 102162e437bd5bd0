"""`simkit compare`: what it prints, keeps and refuses."""

import json
from unittest.mock import patch

import pytest
from commands import SMALL, simkit

from simkit.study.experiment import worlds

COUNTRY = """\
extends: small
regions:
  - {id: one, name: {en: One, zh: 甲}, territories: [north]}
  - {id: two, name: {en: Two, zh: 乙}, territories: [south]}
"""
TWO = ("--policy", "keep_course", "--policy", "keep_course+price=0.8", "--workers", 1)
KEYS = {"kpi", "a", "b", "difference", "low", "high", "verdict", "mean_a", "mean_b", "n"}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("region") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def answer(*words):
    said = simkit("compare", *words, "--json")
    assert (said.code, said.err) == (0, "")
    assert "NaN" not in said.out and "Infinity" not in said.out
    return json.loads(said.out)


def test_json_has_the_promised_keys_and_the_answer(small):
    found = answer(small, *TWO, "--reps", 6, "--kpi", "revenue", "--kpi", "discount_share")
    assert found["policies"] == ["keep_course", "keep_course+price=0.8"]
    assert found["replications"] == 6
    assert all(row.keys() >= KEYS for row in found["results"])
    assert [row["kpi"] for row in found["results"]] == ["revenue", "discount_share"]
    assert all(note["en"] and note["zh"] for note in found["notes"])


def test_the_terminal_shows_a_table_and_says_it_in_words(small):
    said = simkit("compare", small, *TWO, "--reps", 4, "--lang", "zh")
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


def test_a_figure_that_is_never_defined_is_null(small):
    found = answer(small, *TWO, "--reps", 2, "--weeks", 1, "--kpi", "cycle_weeks")
    (row,) = found["results"]
    assert (row["verdict"], row["mean_a"], row["undefined"]) == ("undefined", None, 2)


def test_it_stops_when_precise_or_says_that_it_cannot_be(small):
    found = answer(small, *TWO, "--precision", "90%", "--most", 20)
    assert found["stopped"]["reason"] == "precise"
    found = answer(small, *TWO, "--precision", "0.001%", "--most", 20)
    assert found["stopped"]["reason"] == "out of reach"
    assert found["replications"] == 10


def test_the_best_is_selected(small):
    found = answer(small, *TWO, "--select", "--delta", 1e6, "--most", 40)
    assert found["selection"]["best"] in found["policies"]
    assert set(found["selection"]["worlds"]) == set(found["policies"])


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
    said = (
        simkit("compare", small, *words, "--reps", 2)
        if "--reps" not in words and not {"--precision", "--select"} & set(words)
        else simkit("compare", small, *words)
    )
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_of_a_country_one_region_is_compared(small):
    country = small.with_name("country.yaml")
    country.write_text(COUNTRY, encoding="utf-8")
    said = simkit("compare", country, *TWO, "--reps", 2)
    assert (said.code, "2 independent regions: name one of them" in said.err) == (2, True)
    assert answer(country, *TWO, "--reps", 2, "--region", "two")["replications"] == 2


def test_results_are_kept_and_never_played_again(small, tmp_path):
    first = simkit("compare", small, *TWO, "--reps", 2, "--out", tmp_path / "out")
    assert first.code == 0
    assert (tmp_path / "out" / "report.html").is_file()
    with patch.object(worlds, "summarise", side_effect=AssertionError("played again")):
        found = simkit("compare", small, *TWO, "--reps", 2, "--out", tmp_path / "out", "--json")
    assert json.loads(found.out)["replications"] == 2
    other = simkit("compare", "legal_bottleneck", *TWO, "--reps", 2, "--out", tmp_path / "out")
    assert other.code == 2
    assert "holds results of something else: scenario Small, here Legal bottleneck" in other.err


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(small, tmp_path):
    play, played = worlds.summarise, []

    def interrupted(task):
        if len(played) == 3:
            raise KeyboardInterrupt
        played.append(task)
        return play(task)

    command = ("compare", small, *TWO, "--reps", 3, "--out", tmp_path / "out")
    with patch.object(worlds, "summarise", interrupted):
        said = simkit(*command)
    assert said.code == 130
    assert "the same command goes on" in said.err
    assert not (tmp_path / "out" / "report.html").exists()
    again = []
    with patch.object(worlds, "summarise", lambda task: again.append(task) or play(task)):
        assert simkit(*command, "--json").code == 0
    assert len(again) == 3
