"""A plan is checked, played as it says, and recalibrated so that the whole quarter adds up."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from targets import PLACES, a_plan, small_game, workshop

from simkit.commands.check import check_files
from simkit.region.decision import starting_decision
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.game import Game
from simkit.training.recalibration import left_to_recalibrate, recalibrate, recalibrations, so_far
from simkit.training.target_plan import (
    Plan,
    PlanRefused,
    check_plan,
    commit,
    decision_of,
    plan_of,
    recalibrated,
    season_shares,
    settings_of,
)

REPS = [rep.id for rep in workshop().reps]


def carried_by(simulation):
    return {rep: math.fsum(e[6] for e in simulation.world.log if _quota_of(e, rep)) for rep in REPS}


def _quota_of(event, rep):
    return event[1] == "quota" and event[3] == rep and event[0] >= 0


def where(mistakes):
    return [field for field, _ in mistakes]


def test_a_plan_that_adds_up_is_committed_and_read_again(tmp_path):
    with Game.new(tmp_path / "game.jsonl", workshop()) as game:
        assert plan_of(game) is None
        commit(game, a_plan())
    with Game.open(tmp_path / "game.jsonl") as game:
        assert plan_of(game) == a_plan()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"region": 1}, "region"),
        ({"region": 10**12}, "region"),
        ({"reserve": -1}, "reserve"),
        ({"reps": {**a_plan().reps, REPS[0]: 0}}, f"reps.{REPS[0]}"),
        ({"reps": {**a_plan().reps, REPS[0]: 10**12}}, f"reps.{REPS[0]}"),
        ({"reps": {**a_plan().reps, REPS[0]: a_plan().reps[REPS[0]] + 1}}, "region"),
        ({"reps": {**a_plan().reps, "nobody": 5}}, "reps.nobody"),
        ({"territories": {}}, f"territories.{PLACES[0]}"),
        ({"talks": {REPS[0]: {"way": "shouted"}}}, f"talks.{REPS[0]}"),
        ({"goal": "  "}, "goal"),
        ({"goal": "x" * 10_000}, "goal"),
        ({"band": {}}, "band"),
        ({"band": {**a_plan().band, "weeks_under": 0}}, "band"),
        ({"stages": {PLACES[0]: "golden"}}, f"stages.{PLACES[0]}"),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_its_field(changes, field):
    assert check_plan(a_plan(), workshop()) == []
    found = check_plan(replace(a_plan(), **changes), workshop())
    assert field in where(found)
    assert all(text.en and text.zh for _, text in found)


def test_a_wrong_plan_is_not_put_on_the_disk(tmp_path):
    with Game.new(tmp_path / "game.jsonl", workshop()) as game:
        with pytest.raises(PlanRefused, match="goal"):
            commit(game, replace(a_plan(), goal=""))
        assert game.notes() == []


@pytest.mark.parametrize("data", [{}, {"region": 1}, {**a_plan().as_dict(), "reps": [1, 2]}])
def test_other_data_is_no_plan(data):
    with pytest.raises(ValueError, match="plan"):
        Plan.from_dict(data)


def test_another_scenario_is_no_workshop():
    with pytest.raises(ScenarioError, match="no target workshop"):
        settings_of(load_scenario("drill_region"))
    with pytest.raises(ScenarioError, match="one quarter"):
        settings_of(workshop().but(weeks=14))


def test_the_quotas_of_the_quarter_are_those_of_the_plan():
    simulation, decision = Simulation(workshop()), decision_of(a_plan(), a_start())
    simulation.run(lambda report: decision)
    for rep, quota in carried_by(simulation).items():
        assert quota == pytest.approx(a_plan().reps[rep], rel=1e-12)


def a_start():
    return starting_decision(workshop())


def test_shares_of_the_season_add_up_to_one():
    assert math.fsum(season_shares(workshop())) == pytest.approx(1.0, abs=1e-12)
    assert len(season_shares(workshop())) == 13


totals = some.dictionaries(some.sampled_from(REPS), some.integers(900_000, 9_000_000), min_size=1)


@settings(max_examples=8, deadline=None)
@given(first=some.integers(1, 12), later=some.integers(0, 11), one=totals, two=totals)
def test_recalibrated_quotas_add_up_over_the_whole_quarter(first, later, one, two):
    # Every generated total is above what the plan's weeks and the first change can carry.
    scenario, simulation = workshop(), Simulation(workshop())
    second = min(12, first + later)
    decision, wanted = decision_of(a_plan(), a_start()), dict(a_plan().reps)
    for week in range(13):
        for when, new in ((first, one), (second, two)):
            if week == when:
                carried = carried_by(simulation)
                new = {rep: max(total, math.ceil(carried[rep])) for rep, total in new.items()}
                shares = season_shares(scenario)
                decision = recalibrated(decision, carried, week, new, shares)
                wanted |= new
        simulation.step(decision)
    for rep, quota in carried_by(simulation).items():
        assert quota == pytest.approx(wanted[rep], rel=1e-9)


def test_what_the_weeks_played_have_carried_cannot_be_taken_back():
    decision, shares = decision_of(a_plan(), a_start()), season_shares(workshop())
    carried = {rep: total / 2 for rep, total in a_plan().reps.items()}
    with pytest.raises(PlanRefused, match="already carried") as refused:
        recalibrated(decision, carried, 6, {REPS[0]: 10}, shares)
    assert where(refused.value.mistakes) == [f"reps.{REPS[0]}"]


def test_what_a_rep_is_told_in_mid_quarter_is_the_target_of_the_whole_quarter():
    simulation, decision = Simulation(workshop()), decision_of(a_plan(), a_start())
    for _ in range(10):
        simulation.step(decision)
    new = {REPS[0]: a_plan().reps[REPS[0]] + 1000}
    shares = season_shares(workshop())
    decision = recalibrated(decision, carried_by(simulation), 10, new, shares, {})
    simulation.step(decision)
    told = [e for e in simulation.world.log if e[1] == "talk" and e[0] >= 10 * DAYS_PER_WEEK]
    assert [e[3] for e in told] == [REPS[0]]
    assert told[0][6] == pytest.approx(new[REPS[0]], rel=1e-9)


def test_several_reps_in_one_week_are_one_recalibration_and_a_third_is_refused(tmp_path):
    with small_game(tmp_path) as game:
        for week, reps in ((1, REPS[:3]), (2, REPS[:1])):
            new = {rep: a_plan().reps[rep] + 10_000 * week for rep in reps}
            decision = recalibrate(game, game.report.decision, new, "the market has changed")
            game.play(decision)
        assert [(r.week, list(r.reps)) for r in recalibrations(game)] == [
            (1, REPS[:3]),
            (2, REPS[:1]),
        ]
        assert left_to_recalibrate(game) == 0
        before = game.path.read_text()
        with pytest.raises(PlanRefused, match="recalibrated 2 times"):
            recalibrate(game, game.report.decision, {REPS[0]: 10**6}, "again")
        assert game.path.read_text() == before


def test_a_recalibration_that_was_taken_back_does_not_count(tmp_path):
    with small_game(tmp_path) as game:
        plain = game.report.decision
        new = {REPS[0]: a_plan().reps[REPS[0]] + 50_000}
        game.play(recalibrate(game, plain, new, "the market has changed"))
        assert left_to_recalibrate(game) == 1
        game.undo()
        assert left_to_recalibrate(game) == 2
        game.play(plain)
        assert recalibrations(game) == []


@pytest.mark.parametrize(
    ("new", "reason", "field"),
    [
        ({REPS[0]: 10**6}, " ", "reason"),
        ({}, "because", "reps"),
        ({"nobody": 10**6}, "because", "reps.nobody"),
        ({REPS[0]: 10**12}, "because", f"reps.{REPS[0]}"),
        ({REPS[0]: 1}, "because", f"reps.{REPS[0]}"),
    ],
)
def test_a_recalibration_with_a_mistake_is_refused_and_not_noted(tmp_path, new, reason, field):
    with small_game(tmp_path) as game:
        with pytest.raises(PlanRefused) as refused:
            recalibrate(game, game.report.decision, new, reason)
        assert field in where(refused.value.mistakes)
        assert game.notes("recalibration") == []


def test_sold_and_quota_so_far_are_those_of_the_log(tmp_path):
    with small_game(tmp_path) as game:
        game.play(game.report.decision)
        found, quotas = so_far(game.report), carried_by(game.simulation)
        events = game.report.events
        sales = events[(events["week"] >= 0) & events["kind"].isin(["order", "won"])]
        sold = sales.groupby("rep")["amount"].sum()
        for rep in REPS:
            assert found[rep].quota == pytest.approx(quotas[rep])
            assert found[rep].sold == pytest.approx(sold[rep])


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ("weeks: 26", "weeks", "13 weeks at most"),
        ("turnover: {on: true}", "turnover.on", "somebody's to the end"),
        (
            "targets: {stages: [{id: mature, name: {en: a, zh: b}, weights: {revenu: 1}},"
            " {id: new, name: {en: a, zh: b}, weights: {revenue: 1}}]}",
            "targets.stages.0.weights.revenu",
            "did you mean 'revenue'",
        ),
    ],
)
def test_what_keeps_a_region_from_being_a_workshop_is_told_with_its_place(
    tmp_path, changes, place, said
):
    file = tmp_path / "mine.yaml"
    file.write_text(f"extends: target_workshop.yaml\n{changes}\n", encoding="utf-8")
    _, problems, _ = check_files([file])
    assert any(said in problem.message and problem.line for problem in problems)
    with pytest.raises(ScenarioError) as refused:
        settings_of(load_scenario(file))
    assert place in [problem.path for problem in refused.value.problems]


def test_targets_need_people_with_names_in_every_territory():
    places = workshop().territories
    drawn = [place.but(reps=1) for place in places]
    alone = [rep.but(territory="suzhou") for rep in workshop().reps]
    for changes, said in (
        ({"territories": drawn}, "by name"),
        ({"reps": alone}, "works in 'wuxi'"),
    ):
        with pytest.raises(ScenarioError, match=said):
            settings_of(workshop().but(**changes))
