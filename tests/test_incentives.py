"""Pay plans at the desk: laws of pay and effort, equal pay, agreement with the engine, files."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simkit.commands.check import check_files
from simkit.planning.incentives import (
    PACES,
    TypicalRep,
    effort_over_quarter,
    effort_table,
    expected_pay,
    payout_curve,
    plan_of,
    weak_spots,
)
from simkit.region.incentive import normal_density
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.pay_plans import find_pay_plans, load_pay_plans
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.record import ScenarioError

SCENARIO = load_scenario("workshop_region")
FILE = load_pay_plans()
REP = TypicalRep(quota=900_000, expected=860_000, spread=200_000, week_spread=35_000, team=8)
PLANS = {plan.id: plan_of(plan, 130_000, REP) for plan in FILE.pay_plans}
reps = st.builds(
    TypicalRep,
    quota=st.floats(5e5, 2e6),
    expected=st.floats(5e5, 2e6),
    spread=st.floats(1e5, 3e5),
    week_spread=st.floats(5e3, 1e5),
    team=st.integers(1, 60),
)


@st.composite
def plans(draw):
    share, cap = st.floats(0, 0.2), st.none() | st.floats(1.0, 2.0)
    commission = draw(share)
    return PayPlan(
        salary_per_year=draw(st.floats(0, 3e5)),
        commission_share=commission,
        commission_from=draw(st.sampled_from([0.0, 0.5, 1.0])),
        over_share=draw(share),
        quarter_bonus=draw(st.floats(0, 3e4)),
        annual_bonus=draw(st.floats(0, 3e4)),
        cap=draw(cap),
        ratchet_share=draw(st.floats(0, 1)),
    )


# --- pay


@settings(deadline=None)
@given(plans(), st.floats(1e4, 1e7))
def test_selling_more_never_pays_less(plan, quota):
    pay = payout_curve(plan, quota)["pay"]
    assert (pay.diff().dropna() >= -1e-6 * quota).all()
    assert pay.iloc[0] == pytest.approx(plan.salary_per_year / 4)


def test_a_plan_that_pays_less_for_more_is_refused():
    with pytest.raises(ValidationError, match="less for selling more"):
        PayPlan(salary_per_year=1, commission_share=0.01, over_share=-0.02)


@settings(deadline=None, max_examples=25)
@given(plans(), reps)
def test_expected_pay_is_the_integral_over_normal_sales(plan, rep):
    """The closed forms against a sum over a fine grid of sales."""
    z = np.linspace(-8, 8, 4001)
    weight = np.array([normal_density(x) for x in z]) * (z[1] - z[0])
    parts = [plan.quarter_parts(s, rep.quota) for s in rep.expected + z * rep.spread]
    found = expected_pay(plan, rep)
    for name, amount in (("commission", plan.commission_share), ("over_achievement", 1.0)):
        grid = 4 * sum(w * p[name] for w, p in zip(weight, parts, strict=True))
        if name == "commission" and plan.commission_from == 0:
            # Normal sales can be below nothing, where no commission is taken back.
            below = rep.spread * normal_density(rep.expected / rep.spread)
            assert found[name] <= grid + 1e-6 * rep.quota
            assert grid - found[name] <= 4 * amount * below + 1e-6 * rep.quota
        else:
            assert found[name] == pytest.approx(grid, abs=4e-4 * rep.quota)


def test_a_year_is_reached_more_surely_than_a_quarter_by_who_expects_more_than_the_quota():
    plan = PayPlan(salary_per_year=0, commission_share=0, quarter_bonus=1000, annual_bonus=4000)
    able = TypicalRep(900_000, 1_000_000, 200_000, 35_000, 8)
    pay = expected_pay(plan, able)
    assert pay["annual_bonus"] > pay["quarter_bonus"] > 2000
    weak = TypicalRep(900_000, 800_000, 200_000, 35_000, 8)
    pay = expected_pay(plan, weak)
    assert pay["annual_bonus"] < pay["quarter_bonus"] < 2000


def test_a_contest_costs_one_prize_a_quarter():
    plan = PayPlan(salary_per_year=0, commission_share=0, contest_prize=8000)
    assert REP.team * expected_pay(plan, REP)["contest"] == pytest.approx(4 * 8000)


@settings(deadline=None)
@given(reps, st.floats(5e4, 2e5))
def test_all_reference_plans_expect_the_same_pay_at_quota(rep, pay):
    for reference in FILE.pay_plans:
        plan = plan_of(reference, pay, rep)
        parts = expected_pay(plan, rep.on_quota())
        assert sum(parts.values()) == pytest.approx(pay, rel=0.01, abs=20 + 2e-5 * rep.quota)


def test_the_mix_of_a_reference_plan_is_the_mix_of_its_expected_pay():
    reference = next(plan for plan in FILE.pay_plans if plan.id == "quota_bonus")
    parts = expected_pay(PLANS["quota_bonus"], REP.on_quota())
    for name, share in reference.mix:
        assert parts[name] == pytest.approx(share * 130_000, abs=100)


def test_a_smaller_quota_for_new_reps_pays_more():
    plan = PLANS["quota_bonus"]
    eased = plan.but(quota_share=0.7)
    assert sum(expected_pay(eased, REP).values()) > sum(expected_pay(plan, REP).values())


# --- effort


@pytest.mark.parametrize("pace", PACES.values())
def test_effort_is_the_base_without_incentives(pace):
    efforts = effort_over_quarter(PLANS["salary_only"], REP, SCENARIO.effort, pace)
    assert efforts == [SCENARIO.effort.base] * 13


@pytest.mark.parametrize("pace", PACES.values())
def test_a_linear_commission_works_alike_in_every_week(pace):
    efforts = effort_over_quarter(PLANS["linear"], REP, SCENARIO.effort, pace)
    assert max(efforts) == pytest.approx(min(efforts)) and min(efforts) > SCENARIO.effort.base


def test_present_bias_moves_effort_to_the_end_of_the_quarter():
    def lateness(bias):
        settings = SCENARIO.effort.but(present_bias=bias, most=10)
        efforts = effort_over_quarter(PLANS["quota_bonus"], REP.on_quota(), settings, 1.0)
        return sum(efforts[-4:]) / sum(efforts)

    shares = [lateness(bias) for bias in (0.0, 0.1, 0.2, 0.5)]
    assert shares == sorted(shares) and shares[-1] > shares[0] + 0.01


def test_who_is_far_behind_gives_up_and_who_is_far_ahead_coasts():
    table = effort_table(PLANS["quota_bonus"], REP, SCENARIO.effort)
    last = table.iloc[-1]
    assert last["behind"] < last["on"]
    bonus_only = PayPlan(salary_per_year=80_000, commission_share=0, quarter_bonus=10_000)
    last = effort_table(bonus_only, REP, SCENARIO.effort).iloc[-1]
    assert last["behind"] == pytest.approx(SCENARIO.effort.base, abs=0.01)
    assert last["ahead"] == pytest.approx(SCENARIO.effort.base, abs=0.01)


def test_recognition_adds_the_same_every_week():
    plain = effort_table(PLANS["linear"], REP, SCENARIO.effort)
    praised = effort_table(PLANS["linear"], REP, SCENARIO.effort, 0.5)
    more = SCENARIO.effort.recognition_gain / 2
    assert np.allclose(praised - plain, more)


def test_without_effort_in_the_region_nothing_moves_it():
    off = SCENARIO.effort.but(on=False)
    assert (effort_table(PLANS["quota_bonus"], REP, off) == 1.0).all().all()
    assert not any(s.kind == "give_up" for s in weak_spots(PLANS["linear"], REP, off, 0))


def test_the_desk_expects_the_effort_that_the_engine_plays():
    """The first week of a year, in a region without season or market."""
    scenario = SCENARIO.but(warm_up_weeks=0, market=SCENARIO.market.but(on=False))
    simulation = Simulation(scenario)
    known = {
        name: (book.base, book.mean, math.sqrt(book.variance))
        for name, book in simulation.payroll.books.items()
    }
    simulation.step(simulation.decision)
    for name, (base, mean, week_spread) in known.items():
        quota = 13 * base * scenario.quotas.factor
        rep = TypicalRep(quota, 13 * mean, week_spread, week_spread, 8)
        wanted = effort_over_quarter(scenario.pay.plan, rep, scenario.effort, 1.0, quarter=1)
        assert simulation.world.reps[name].effort == pytest.approx(wanted[0])


# --- weak spots


def kinds(plan):
    return [spot.kind for spot in weak_spots(plan, REP, SCENARIO.effort, floor=65_000)]


def test_weak_spots_are_found():
    assert kinds(PLANS["salary_only"]) == ["no_incentive"]
    assert kinds(PLANS["linear"]) == []
    assert {"cliff", "give_up"} <= set(kinds(PLANS["quota_bonus"]))
    assert {"give_up", "ratchet"} <= set(kinds(PLANS["over_quota"]))
    assert "low_pay" in kinds(PLANS["over_quota"].but(salary_per_year=60_000))
    assert "low_pay" not in kinds(PLANS["over_quota"])


# --- the file

GOOD = find_pay_plans().read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mix: {salary: 1.0}", "mix: {salary: 0.9}", "must add up to 1"),
        ("cap: 1.33", "cap: 1", "give a cap above 1"),
        ("cap: 1.33", "cap: 0.8", "under the quota"),
        ("id: linear", "id: salary_only", "used twice"),
        ("compared: false", "compared: true", "1 to 3 plans must be compared, here 4 are"),
        ("floor_share: 0.5", "floor_share: 2", "must be at most 1"),
        ("floor_share: 0.5", "flor_share: 0.5", "did you mean 'floor_share'"),
        ("zh: 纯底薪", "zn: 纯底薪", "unknown key 'zn'"),
    ],
)
def test_mistakes_of_a_file_of_pay_plans_are_told_with_their_place(tmp_path, old, new, message):
    assert old in GOOD
    path = tmp_path / "plans.yaml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ScenarioError, match=message) as caught:
        load_pay_plans(path)
    assert all(problem.line for problem in caught.value.problems)
    files, problems, _ = check_files([path])
    assert files == [path] and [str(p) for p in problems] == [str(p) for p in caught.value.problems]


def test_check_covers_the_pay_plans_that_ship_and_those_of_a_folder(tmp_path):
    files, problems, _ = check_files([])
    assert find_pay_plans() in files and problems == []
    (tmp_path / "pay_plans").mkdir()
    (tmp_path / "pay_plans" / "mine.yaml").write_text(GOOD, encoding="utf-8")
    files, problems, _ = check_files([tmp_path])
    assert [file.name for file in files] == ["mine.yaml"] and problems == []


def test_a_persons_own_copy_comes_first(tmp_path, monkeypatch):
    own = tmp_path / "pay_plans" / "reference_plans.yaml"
    own.parent.mkdir()
    own.write_text(GOOD.replace("en: Salary only", "en: Just a salary"), encoding="utf-8")
    monkeypatch.setenv("SIMKIT_SCENARIOS", str(tmp_path))
    assert load_pay_plans().pay_plans[0].name.en == "Just a salary"
