"""Reps who leave, posts that are vacant and newcomers, where a manager would look for them."""

import re
from functools import partial

import pytest

from simkit.kpi.table import kpi_table
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.screens.first_result import result_html
from simkit.screens.people_words import comings_and_goings
from simkit.screens.region_view import region_view
from simkit.screens.run_report import KpiView
from simkit.study.counterfactual import Trial, play_twice
from simkit.study.overview import rep_names, rep_table

SCENARIO = load_scenario("workshop_region")
SEEDS = range(1, 41)


def past(seed):
    return Simulation(SCENARIO, seed).events()


def first_with(status):
    """Return the first seed in whose past there is somebody of that status, and the table."""
    for seed in SEEDS:
        table = rep_table(SCENARIO, past(seed))
        if (table["status"] == status).any():
            return seed, table
    raise AssertionError(status)


def text_of(shown):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<img[^>]*>", " ", shown)))


def shown_region(seed, lang):
    return text_of(region_view(SCENARIO, seed, lang).children[0].value)


def test_who_left_before_week_0_is_marked_and_no_longer_in_the_team():
    seed, table = first_with("left")
    rep = table.index[table["status"] == "left"][0]
    name = rep_names(SCENARIO, past(seed), seed)[rep]
    shown = shown_region(seed, "en")
    assert f"{name.en} (left)" in shown
    territories = shown.partition("Your reps")[0]
    assert name.en not in territories
    assert f"{name.zh}（已离职）" in shown_region(seed, "zh")


def test_a_vacant_post_is_shown_where_it_is():
    seed, table = first_with("vacant")
    assert table.loc[table["status"] == "vacant", ["years", "revenue"]].isna().all().all()
    territories = shown_region(seed, "en").partition("Your reps")[0]
    assert territories.count("vacant post") == (table["status"] == "vacant").sum()
    assert "空缺岗位" in shown_region(seed, "zh")


def test_a_newcomer_has_the_name_the_manager_read_on_the_resume():
    seed, table = first_with("new")
    simulation = Simulation(SCENARIO, seed)
    told = simulation.report().names
    rep = next(rep for rep in table.index[table["status"] == "new"] if rep in told)
    assert rep_names(SCENARIO, simulation.events(), seed)[rep] == told[rep]
    assert f"{told[rep].en} (new)" in shown_region(seed, "en")
    assert table.loc[rep, "years"] <= 13 / 52
    view = KpiView(
        partial(kpi_table, simulation.events()),
        SCENARIO,
        "zh",
        rep_names(SCENARIO, past(seed), seed),
    )
    assert view.named(rep) == told[rep].zh
    assert KpiView(partial(kpi_table, simulation.events()), SCENARIO, "zh").named(rep) == rep


@pytest.mark.parametrize("seed", [1, 3, 6])
def test_the_team_of_the_overview_is_that_of_the_report(seed):
    simulation = Simulation(SCENARIO, seed)
    report, table = simulation.report(), rep_table(SCENARIO, simulation.events())
    there = table[~table["status"].isin(["left", "vacant"])]
    assert dict(there["territory"]) == report.reps
    vacant = table[table["status"] == "vacant"]
    assert dict(vacant["territory"]) == {v.id: v.territory for v in report.vacancies}


def test_the_result_tells_who_left_and_who_began():
    changes = {"dismissals": ("chen_min",)}
    main = play_twice(SCENARIO, changes, weeks=13, seed=1)
    said = comings_and_goings(main.with_it, SCENARIO, 1, "en")
    assert said[0] == "Week 1: Chen Min was dismissed."
    assert any("began in Suzhou" in text for text in said)
    prediction = {"revenue": 0.0, "pays": False}
    for lang, words in (("en", "Everybody stayed."), ("zh", "没有人离职。")):
        result = result_html(Trial(main, ()), prediction, "x", ["price"], SCENARIO, lang)
        without = comings_and_goings(main.without, SCENARIO, 1, lang)
        shown = text_of(result)
        assert without or words in shown
        for text in comings_and_goings(main.with_it, SCENARIO, 1, lang):
            assert text in shown


def test_when_everybody_stays_nothing_is_said():
    scenario = SCENARIO.but(turnover=SCENARIO.turnover.but(on=False))
    main = play_twice(scenario, {"price": 0.97}, weeks=4)
    assert comings_and_goings(main.with_it, scenario, 1, "en") == []
    prediction = {"revenue": 0.0, "pays": False}
    result = result_html(Trial(main, ()), prediction, "x", ["price"], scenario, "en")
    assert "Your people" not in result
