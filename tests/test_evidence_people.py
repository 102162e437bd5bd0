"""Facts about pay and people, and which mechanism which fact needs."""

import json
import math

import numpy as np
import pytest
from commands import simkit
from regions import lively, territory

from simkit.region.incentive import Outlook, bonus_incentive, discount, sales_incentive
from simkit.screens.evidence_table import show_knock_out
from simkit.study.evidence import facts_pay, facts_people, facts_quota, facts_years, knock_out
from simkit.study.evidence.knock_out import MECHANISMS, Found, KnockOut, breaks
from simkit.study.evidence.pay_plans import (
    NOTHING,
    attainments,
    gain,
    mean_pay,
    outcome,
    outcomes,
    share_for_pay,
    thirds_of_accounts,
    with_plan,
)
from simkit.study.evidence.row import band_row, mean_and_error
from simkit.study.evidence.validate import tasks_of
from simkit.study.evidence.worlds import (
    YEAR,
    changed,
    happened,
    measuring,
    play,
    region,
    revenue,
    seeds,
)

FEW = seeds(3)


@pytest.fixture(scope="module")
def few():
    """A region with two of the ten territories and a back office to match."""
    two = [territory(name, customers=200, reps=4, leads_per_week=20) for name in ("north", "south")]
    desks = {"quote": {"staff": 1}, "legal": {"staff": 1}, "delivery": {"staff": 1}}
    return changed(region(YEAR), territories=two, desks={**desks, "dispatch": {"crews": 1}})


# Laws of the incentives


@pytest.mark.parametrize("weeks", [1, 2, 13, 52])
def test_present_bias_never_makes_later_pay_count_more(weeks):
    biases = [0.0, 0.1, 0.2, 1.0]
    factors = [discount(weeks, bias) for bias in biases]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == 1.0
    plan = region(1).pay.plan
    ahead = Outlook(sold=900.0, quota=1000.0, expected=90.0, spread=50.0, weeks_left=weeks)
    for wanted in (
        [bonus_incentive(7500, ahead, bias) for bias in biases],
        [sales_incentive(plan, ahead, bias) for bias in biases],
    ):
        assert wanted == sorted(wanted, reverse=True)


def test_salary_changes_nothing_that_reps_do(few):
    rich, poor = (
        play(with_plan(few.but(weeks=8), salary_per_year=money), 1) for money in (200_000, 0)
    )
    assert revenue(rich) == revenue(poor) > 0


# Pay plans side by side


def test_two_plans_can_be_made_to_pay_alike(few):
    def linear(share):
        return with_plan(few, **{**NOTHING, "commission_share": share})

    wanted, numbers = mean_pay(outcomes(few, FEW[:2])), FEW[:2]
    known = (0.0073, mean_pay(outcomes(linear(0.0073), numbers)))
    share = share_for_pay(linear, wanted, known, numbers)
    assert mean_pay(outcomes(linear(share), numbers)) == pytest.approx(wanted, rel=0.01)


def test_the_thirds_of_the_accounts_are_those_of_their_reps_ability(few):
    thirds = thirds_of_accounts(few)
    assert len(thirds) == 400
    found = outcome(play(few.but(weeks=4, turnover={"on": False, "source": "test"}), 1))
    assert found.orders == pytest.approx(sum(found.thirds))
    assert min(found.thirds) > 0


def test_attainments_are_sales_over_quotas(few):
    simulation = play(few.but(weeks=13), 1)
    sold = dict.fromkeys({e[3] for e in happened(simulation, "quota")}, 0.0)
    for event in happened(simulation, "order", "won"):
        if event[3] in sold:
            sold[event[3]] += event[6]
    quotas = dict.fromkeys(sold, 0.0)
    for event in happened(simulation, "quota"):
        quotas[event[3]] += event[6]
    assert sorted(attainments(simulation, 13, 1)) == pytest.approx(
        sorted(sold[r] / quotas[r] for r in sold)
    )
    assert len(attainments(simulation, 13, 13)) <= len(sold)


# Facts


def test_present_bias_is_what_makes_the_year_end_in_a_rush():
    """Off, the last quarter is below the middle of the year; on, it is 4 errors higher."""
    base, numbers = facts_quota.annual_plan(region(2 * YEAR)), seeds(4)
    usual = [facts_quota.quarters(changed(base, effort={"on": False}), seed) for seed in numbers]
    _, rush = facts_quota.around_mid_year(base, usual, numbers)
    patient = changed(base, effort={"present_bias": 0})
    _, calm = facts_quota.around_mid_year(patient, usual, numbers)
    mean, error = mean_and_error(calm)
    assert mean < -4 * error < 0, "without present bias the year ends with less than usual"
    mean, error = mean_and_error([a - b for a, b in zip(rush, calm, strict=True)])
    assert mean > 4 * error > 0, "present bias makes the year end with more"


def test_everybody_at_usual_effort_has_no_quarter_of_his_own():
    base = facts_quota.annual_plan(region(YEAR))
    always = changed(base, effort={"on": False})
    usual = [facts_quota.quarters(always, seed) for seed in FEW]
    first, last = facts_quota.around_mid_year(always, usual, FEW)
    assert first == last == [0.0] * len(FEW)


def test_a_quota_out_of_reach_and_no_quota_to_speak_of_bring_less(few):
    """Fact 15 in short: sales at the expected quota, half of it and twice it."""
    worlds = [changed(few, quotas={"factor": factor}) for factor in (0.4, 1.0, 2.0)]
    low, right, high = ([run.orders for run in outcomes(world, FEW)] for world in worlds)
    for less in (gain(low, right), gain(high, right)):
        mean, error = mean_and_error(less)
        assert mean < -2 * error


@pytest.mark.parametrize(
    ("curve", "top"),
    [
        ([1, 2, 3, 2, 1, 0], 0.9),
        ([3, 2, 1, 0, 0, 0], 0.4),
        ([0, 0, 0, 1, 2, 3], 2.0),
        ([1 - (f - 1.0) ** 2 for f in facts_quota.FACTORS], 1.0),
    ],
)
def test_the_best_quota_is_the_top_of_the_curve(curve, top):
    assert facts_quota._top(curve) == pytest.approx(top)


def test_months_to_full_output_are_read_off_the_learning_curve():
    weeks = 4 * np.arange(60) + 2.0
    curve = 0.9 * (1 - 0.38 * np.exp(-weeks / 17))
    exact = 17 * math.log(0.38 / 0.1) * 12 / 52
    assert facts_people._months_to_full(curve) == pytest.approx(exact, abs=0.1)


def test_beginners_gain_what_the_learning_curve_says():
    (row, _) = facts_people.facts_17_and_18(replications=2)
    skill = 1 - 0.38 * np.exp(-np.arange(1, 37) / 17)
    expected = skill[32:36].mean() / skill[:4].mean()
    assert row.measured == pytest.approx(expected, abs=max(4 * row.standard_error, 0.05))
    with measuring(changed(region(1), skill={"on": False})):
        (flat, _) = facts_people.facts_17_and_18(replications=1)
    assert flat.measured == 1.0


def test_training_helps_and_fades():
    running, later, fading = facts_people.fact_19(replications=1)
    assert running.measured > later.measured > 0
    assert fading.measured == pytest.approx(running.measured - later.measured)


def test_a_newcomer_costs_accounts_more_than_a_colleague_does():
    loss, apart = facts_people.fact_20(replications=2)
    assert 0 < loss.measured < 0.4
    assert apart.measured > 0
    with measuring(changed(region(1), relationship={"on": False})):
        _, easy = facts_people.fact_20(replications=1)
    assert abs(easy.measured) < 1


def test_marks_go_with_ability_as_published():
    assert all(row.passed for row in facts_people.fact_22())


def test_no_discount_is_pulled_where_nothing_pulls(monkeypatch):
    monkeypatch.setattr(facts_quota, "PULL", 0)
    (row,) = facts_quota.fact_13(replications=1)
    assert row.measured == 0.0
    assert row.passed is False


def test_every_fact_about_people_is_in_the_table():
    names = {task[0] for task in tasks_of(("fact",), slow=True)}
    for module in (facts_pay, facts_people, facts_quota):
        assert {task[0] for task in module.TASKS} <= names


# Knocked out


def test_without_present_bias_the_fact_that_needs_it_breaks(monkeypatch):
    short = ("fact 12", facts_quota.fact_12, {"replications": 2}, False, 10)
    monkeypatch.setattr(facts_quota, "TASKS", [short])
    found = knock_out.knock_out(["present bias"], ["fact 12"], workers=2)
    (bias,) = found.mechanisms
    assert "fact 12: Q4" in bias.broken
    assert "fact 12: no bias" not in bias.broken
    assert bias.needed


def test_facts_without_a_quick_measurement_are_knocked_out_too():
    names = [task[0] for task in knock_out._tasks()]
    assert len(names) == len(set(names))
    assert {task[0] for task in facts_pay.TASKS} < set(names)


def test_a_fact_that_cannot_be_measured_without_a_mechanism_needs_it():
    found = knock_out.knock_out(["leads and deals"], ["facts 17 and 18"], workers=1)
    assert found.mechanisms[0].broken == ("fact 17", "fact 18")


def test_what_cannot_be_measured_takes_no_other_fact_with_it():
    world = changed(region(1), **MECHANISMS["leads and deals"])
    with measuring(world):
        rows = {row.id: row.measured for row in facts_years.facts_of_ordinary_years(1)}
    assert math.isnan(rows["fact 23"])
    assert math.isnan(rows["fact 25: lead to opportunity"])
    assert math.isfinite(rows["fact 29"])
    assert math.isfinite(rows["fact 21"])


def test_an_unknown_mechanism_is_refused():
    with pytest.raises(ValueError, match="no mechanism 'seasons', did you mean 'season'"):
        knock_out.knock_out(["seasons"])


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_mechanism_can_be_switched_off(name):
    changes = MECHANISMS[name]
    off = changed(region(1), **changes)
    assert off != region(1)
    assert revenue(play(changed(lively(), **changes), 1)) > 0


def fact(measured, error=0.01):
    """Return a row with the band .1 to .2."""
    return band_row("f", "what", "source", (0.1, 0.2), measured, error)


@pytest.mark.parametrize(
    ("full", "without", "broken"),
    [
        (fact(0.15), fact(0.30), True),
        (fact(0.15), fact(0.16), False),
        (fact(0.19), fact(0.21), False),
        (fact(0.30), fact(0.50), False),
        (fact(0.15), None, True),
        (fact(0.15), fact(math.nan), True),
        (fact(0.15, 0.1), fact(0.21), False),
    ],
    ids=["leaves", "stays", "within noise", "never held", "gone", "not a number", "noisy"],
)
def test_what_counts_as_broken(full, without, broken):
    assert breaks(full, without, 1.0) is broken


def test_the_table_of_knock_outs_is_shown_and_told(monkeypatch, capsys):
    found = Found((KnockOut("season", ("fact 1",)), KnockOut("slumps", ())), ("fact 2",))
    show_knock_out(found, 3.0)
    shown = capsys.readouterr().out
    assert "fact 1" in shown
    assert "decoration" in shown
    assert "Not held by the full model: fact 2." in shown
    monkeypatch.setattr(knock_out, "knock_out", lambda **_: found)
    said = simkit("validate", "--knock-out", "--json")
    told = json.loads(said.out)
    assert said.code == 0
    assert [row["mechanism"] for row in told["mechanisms"]] == ["season", "slumps"]
    assert [row["needed"] for row in told["mechanisms"]] == [True, False]
    assert told["mechanisms"][0]["broken"] == ["fact 1"]
    assert told["never_held"] == ["fact 2"]


def test_knocking_out_takes_all_facts():
    said = simkit("validate", "--knock-out", "--part", "fact")
    assert said.code == 2
    assert "--knock-out" in said.err
