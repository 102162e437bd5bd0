"""Talks about targets: what reps say, what a talk leaves behind, and who holds back."""

import math
from functools import cache
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.negotiation import PastQuarter, challenge
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.sandbagging import sandbagging

MONEY = st.floats(0, 5_000_000)
WAYS = ("agreed", "explained", "announced")


@cache
def workshop():
    return load_scenario("target_workshop")


def begun(**talks):
    """Return the workshop's region before week 0, with other talks."""
    scenario = workshop()
    return Simulation(scenario.but(talks=scenario.talks.but(**talks)))


def claims_of(simulation):
    return {claim.rep: claim.amount for claim in simulation.report().claims}


def trust_after(factor, way):
    """Return each rep's trust after a target of `factor` times its claim, told in one way."""
    simulation = begun()
    quota = {rep: factor * amount for rep, amount in claims_of(simulation).items()}
    ways = dict.fromkeys(quota, way)
    simulation.step(simulation.decision.but(quota=quota, target_talks=ways))
    return {rep.id: rep.trust for rep in simulation.world.reps.values()}


# What reps say


def test_every_rep_says_what_it_can_sell_and_asking_again_changes_nothing():
    simulation = begun()
    said = claims_of(simulation)
    assert set(said) == {rep.id for rep in workshop().reps}
    assert all(amount > 0 for amount in said.values())
    assert claims_of(simulation) == said


def test_without_talks_nobody_says_anything_and_nothing_else_changes():
    scenario = workshop()
    silent = Simulation(scenario.but(talks=None))
    assert silent.report().claims == ()
    talking = Simulation(scenario)
    for simulation in (silent, talking):
        simulation.step(simulation.decision)
    mine = [event for event in talking.world.log if event[1] != "claim"]
    assert mine == silent.world.log


def test_who_holds_back_by_habit_says_that_much_less_and_others_say_the_same():
    before = claims_of(begun(shading={}))
    after = claims_of(begun(shading={"sun_haitao": 0.2}))
    others = set(before) - {"sun_haitao"}
    assert {rep: after[rep] for rep in others} == {rep: before[rep] for rep in others}
    # What is held back for other reasons (ratchet, caution) adds to it: less than 20 % of the rest.
    assert 0.75 < after["sun_haitao"] / before["sun_haitao"] < 0.85


def test_fear_of_the_ratchet_makes_everybody_say_less_and_no_ratchet_makes_it_go_away():
    calm, afraid = claims_of(begun(ratchet_fear=0)), claims_of(begun(ratchet_fear=1))
    assert all(afraid[rep] < calm[rep] for rep in calm)
    scenario = workshop()
    flat = scenario.pay.but(plan=scenario.pay.plan.but(ratchet_share=0))
    without = [
        claims_of(Simulation(scenario.but(pay=flat, talks=scenario.talks.but(ratchet_fear=fear))))
        for fear in (0, 1)
    ]
    assert without[0] == without[1]


# What a talk leaves behind


def test_a_target_as_asked_for_wins_trust_and_one_far_above_costs_it():
    start = workshop().talks.trust
    assert all(trust > start for trust in trust_after(1.0, "agreed").values())
    assert all(trust == start for trust in trust_after(1.0, "announced").values())
    assert all(trust < start for trust in trust_after(1.3, "announced").values())


def test_reasons_cost_less_trust_than_an_announcement_and_least_with_who_held_back():
    told, explained = trust_after(1.2, "announced"), trust_after(1.2, "explained")
    assert all(explained[rep] > told[rep] for rep in told)
    lost = {rep: workshop().talks.trust - trust for rep, trust in explained.items()}
    assert lost["sun_haitao"] == min(lost.values())


def test_a_higher_target_never_leaves_more_trust():
    steps = [trust_after(factor, "announced") for factor in (0.8, 1.1, 1.3, 1.6, 3.0)]
    for lower, higher in pairwise(steps):
        assert all(higher[rep] <= lower[rep] for rep in lower)
    assert all(0 <= trust <= 1 for step in steps for trust in step.values())


def test_lost_trust_is_lost_effort_and_a_talk_is_taken_in_once():
    simulation = begun()
    quota = {rep: 1.3 * amount for rep, amount in claims_of(simulation).items()}
    decision = simulation.decision.but(quota=quota, target_talks=dict.fromkeys(quota, "announced"))
    simulation.step(decision)
    first = {rep.id: (rep.trust, rep.commitment) for rep in simulation.world.reps.values()}
    assert all(commitment < 1 for _, commitment in first.values())
    simulation.step(decision)
    second = {rep.id: (rep.trust, rep.commitment) for rep in simulation.world.reps.values()}
    assert second == first
    assert sum(event[1] == "talk" for event in simulation.world.log) == len(quota)


def test_a_target_that_is_lowered_or_told_again_costs_no_more_trust():
    simulation = begun()
    claims, seen = claims_of(simulation), []
    for factor, way in (
        (1.3, "announced"),
        (1.3, "explained"),
        (1.2, "announced"),
        (1.6, "announced"),
    ):
        quota = {rep: factor * amount for rep, amount in claims.items()}
        ways = dict.fromkeys(quota, way)
        simulation.step(simulation.decision.but(quota=quota, target_talks=ways))
        seen.append({rep.id: rep.trust for rep in simulation.world.reps.values()})
    assert seen[0] == seen[1] == seen[2]
    assert all(seen[3][rep] < trust or trust == 0 for rep, trust in seen[2].items())


def test_reasons_cost_the_manager_hours_and_without_money_they_are_an_announcement():
    scenario = workshop()
    poor = scenario.but(costs=scenario.costs.but(budget_per_quarter=100, reserve=0))
    for region, paid in ((scenario, True), (poor, False)):
        simulation = Simulation(region)
        quota = {"he_jing": 1.2 * claims_of(simulation)["he_jing"]}
        decision = simulation.decision.but(quota=quota, target_talks={"he_jing": "explained"})
        simulation.step(decision)
        told = [event[7] for event in simulation.world.log if event[1] == "talk"]
        spent = [e[6] for e in simulation.world.log if e[1] == "cost" and e[7] == "target_talks"]
        cost = scenario.talks.explain_hours * scenario.costs.coaching_hour
        assert (told, spent) == ((["explained"], [cost]) if paid else (["announced"], []))


def test_a_talk_with_nobody_and_a_habit_of_nobody_are_refused_with_the_place():
    simulation = begun()
    with pytest.raises(ValueError, match="unknown rep 'he_jin', did you mean 'he_jing'"):
        simulation.step(simulation.decision.but(target_talks={"he_jin": "agreed"}))
    with pytest.raises((ValueError, ScenarioError), match="sun_haitaoo"):
        begun(shading={"sun_haitaoo": 0.1})


# What a rep answers


@LAWS
@given(MONEY, MONEY, st.lists(st.tuples(MONEY, MONEY), max_size=6))
def test_a_rep_agrees_up_to_its_claim_and_otherwise_says_why(quota, claim, past):
    found = challenge("somebody", quota, claim, [PastQuarter(*each) for each in past])
    assert found.reasons
    assert (found.strength == "agrees") == (quota <= 1.005 * claim)
    assert found.asks == (quota if found.strength == "agrees" else claim)


def test_the_reasons_quote_the_rep_s_own_figures():
    past = [PastQuarter(900_000, 1_000_000)] * 3 + [PastQuarter(1_100_000, 1_000_000)]
    found = challenge("somebody", 1_200_000, 950_000, past, 100_000, 400_000, 0.2)
    said = " ".join(reason.en for reason in found.reasons)
    assert found.strength == "objects"
    for figure in ("950,000", "1,100,000", "3 of my last 4", "400,000", "next one is higher"):
        assert figure in said


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_no_answer_to_what_is_no_quota(wrong):
    with pytest.raises(ValueError, match="quota of somebody"):
        challenge("somebody", wrong, 1.0)


# Who holds back


def quarters_of(simulation):
    """Return sales and claims of each rep and quarter of a run."""
    rows = []
    for day, kind, _, rep, *_, amount, _ in simulation.world.log:
        quarter = math.floor(day / 65)
        if kind in ("order", "won"):
            rows.append((rep, quarter * 13, amount, 0.0))
        elif kind == "claim":
            rows.append((rep, (quarter + 1) * 13, 0.0, amount))
    table = pd.DataFrame(rows, columns=["rep", "week", "sales", "claim"])
    sums = table.groupby(["rep", "week"], as_index=False).sum()
    return sums[sums["week"] < 0]


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_who_holds_back_is_found_and_who_speaks_openly_is_not_accused(seed):
    scenario = workshop()
    talks = scenario.talks.but(shading={"sun_haitao": 0.2}, ratchet_fear=0)
    long = scenario.but(warm_up_weeks=234, talks=talks)
    found = sandbagging(quarters_of(Simulation(long, seed)))
    assert found["sun_haitao"].low > 0.05
    assert found["sun_haitao"].verdict.en == "says less than it sells"
    open_ones = [found[rep] for rep in ("chen_min", "he_jing", "xu_tingting")]
    assert all(one.low < 0.05 for one in open_ones)


@LAWS
@given(st.floats(0.3, 1.5), st.lists(st.floats(1e3, 1e6), min_size=8, max_size=16))
def test_a_constant_share_of_constant_sales_is_found_exactly(share, noise):
    sales = noise[0]
    rows = [("a", 13 * i, sales, share * sales) for i in range(len(noise))]
    table = pd.DataFrame(rows, columns=["rep", "week", "sales", "claim"])
    found = sandbagging(table)["a"]
    assert found.claims == len(noise) - 4 or found.share is None
    if found.share is not None:
        assert found.share == pytest.approx(1 - share)
        assert found.against_results == pytest.approx(1 - share)


def test_too_few_quarters_missing_claims_and_zero_sales_give_no_verdict_and_no_nan():
    rows = [("a", 0, 0.0, math.nan), ("a", 13, 5.0, 0.0), ("b", 0, 0.0, 1.0), ("", 0, 1.0, 1.0)]
    table = pd.DataFrame(rows, columns=["rep", "week", "sales", "claim"])
    found = sandbagging(table)
    assert set(found) == {"a", "b"}
    assert all(one.share is None and one.low is None for one in found.values())
    assert found["a"].verdict.en == "too few quarters to say"
