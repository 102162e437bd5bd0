"""Laws of M5 and M6: pay follows the plan, effort follows pay, posts and accounts are kept."""

from collections import Counter, defaultdict

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from regions import LAWS, PLANS, after, changed, games, lively, of, only, rep_names, without

from simkit.region.decision import check_decision, starting_decision
from simkit.region.incentive import Outlook, bonus_incentive, discount, effort, sales_incentive
from simkit.region.simulation import Simulation
from simkit.scenario.people_blocks import PayPlan

CENT = 0.005


def weeks_of(game):
    """Play a game and yield the simulation after every week."""
    sim = Simulation(game.scenario, game.seed)
    while not sim.done:
        sim.step(after(sim.decision, game.plan.get(sim.week, {})))
        yield sim


# Posts and accounts


@LAWS
@given(games())
def test_every_living_customer_is_on_one_list(game):
    for sim in weeks_of(game):
        lists = Counter(p for queue in sim.world.waiting.values() for p in queue)
        for rep in sim.world.reps.values():
            lists.update(p for queue in rep.accounts.values() for p in queue)
        for customer in sim.world.customers:
            owned = customer.alive and (customer.rep is not None or bool(customer.waits_in))
            assert lists[customer.place] == owned
            assert not (customer.alive and customer.rep) or customer.rep.employed
        waiting = {c.place for v in sim.turnover.vacancies.values() for c in v.accounts}
        assert {p for queue in sim.world.waiting.values() for p in queue} <= waiting


@LAWS
@given(games())
def test_a_post_is_held_or_vacant_or_was_given_up(game):
    for sim in weeks_of(game):
        for place, posts in sim.people.posts.items():
            vacant = sum(v.territory == place for v in sim.turnover.vacancies.values())
            held = len(sim.world.reps_in(place))
            assert held + vacant == posts or (held > posts and not vacant)


@LAWS
@given(games())
def test_reps_who_come_and_go_add_up(game):
    sim = game.play()
    events = of(sim.events(), "rep_hired", "rep_left")
    first = Simulation(game.scenario.but(warm_up_weeks=0), game.seed)
    came = set(events[events["kind"] == "rep_hired"]["rep"])
    left = set(events[events["kind"] == "rep_left"]["rep"])
    assert set(sim.world.reps) == (set(first.world.reps) | came) - left
    assert len(events) == len(came) + len(left)  # nobody comes or leaves twice


def test_a_newcomer_gets_the_accounts_of_the_post_and_knows_nobody():
    scenario = changed(only(lively(), "demand", "relationship"), weeks=40)
    sim = Simulation(scenario, 3)
    mine = {c.id for c in sim.world.customers if c.rep.id == "north-r1"}
    while "north-v1" not in set(of(sim.events(), "rep_hired")["detail"]):
        sim.step(sim.decision.but(dismissals=("north-r1",), hires=("north-v1b",)))
    newcomer = sim.world.reps["north-v1b"]
    assert {c.id for c in sim.world.customers if c.rep is newcomer} == mine
    known = [sim.accounts.relationship[c.place] for c in sim.world.customers if c.id in mine]
    others = [c.place for c in sim.world.customers if c.rep.id == "north-r2"]
    assert max(known) < min(sim.accounts.relationship[others])
    assert newcomer.tenure_weeks < 1


def test_the_manager_is_told_who_leaves_applies_and_begins():
    sim, told = Simulation(changed(only(lively(), "demand"), weeks=40), 3), []
    while not any("has started" in message.text.en for message in told):
        report = sim.step(sim.decision.but(dismissals=("north-r1",), hires=("north-v1b",)))
        told += report.messages
    name = report.names["north-v1b"]
    said = [(message.text.en, message.text.zh) for message in told]
    assert said == [
        ("north-r1 has left (north).", "north-r1离职（north）。"),
        ("There are candidates for the vacant post in north.", "north的空缺岗位有了候选人。"),
        (f"{name.en} has started in north.", f"{name.zh}已在north到岗。"),
    ]
    weeks = [message.week for message in told]
    assert weeks == sorted(weeks)
    assert weeks[0] == 0


def test_colleagues_call_on_the_accounts_of_a_vacant_post():
    scenario = changed(
        only(lively(), "demand"), weeks=10, turnover={"search_weeks": 100, "cover_share": 0.5}
    )
    sim = Simulation(scenario, 1)
    mine = {c.id for c in sim.world.customers if c.rep.id == "north-r1"}
    for _ in range(10):
        sim.step(sim.decision.but(dismissals=("north-r1",)))
    visits = of(sim.events(), "visit")
    visits = visits[(visits["rep"] == "north-r2") & (visits["week"] >= 0)]
    assert visits["customer"].isin(mine).mean() == pytest.approx(0.5, abs=0.02)


def test_fewer_posts_share_the_accounts_out():
    scenario = changed(only(lively(), "demand"), weeks=3)
    sim = Simulation(scenario, 1)
    sim.step(sim.decision.but(dismissals=("north-r1",), headcount={"north": 1}))
    assert not sim.turnover.vacancies
    assert {c.rep.id for c in sim.world.customers if c.territory == "north"} == {"north-r2"}


def test_one_more_post_takes_a_fair_share():
    scenario = changed(only(lively(customers=60), "demand"), weeks=40)
    sim = Simulation(scenario, 1)
    while len(sim.world.reps_in("north")) < 3:
        sim.step(sim.decision.but(headcount={"north": 3}))
    counts = Counter(c.rep.id for c in sim.world.customers if c.territory == "north")
    assert counts["north-v1a"] + counts["north-v1b"] + counts["north-v1c"] == pytest.approx(
        20, abs=4 * (60 * 2 / 9) ** 0.5
    )


# Pay


def payments(events):
    """What each rep was paid in each week, by what for."""
    found = defaultdict(float)
    for event in of(events, "pay").itertuples(index=False):
        found[event.rep, event.week, event.detail] += event.amount
    return found


@LAWS
@given(games(), st.sampled_from(PLANS))
def test_reps_are_paid_what_the_plan_says(game, plan):
    """Recomputed from orders, deals and quotas of the event table, for reps of a whole quarter."""
    rules = PayPlan.model_validate(plan)
    nobody_goes = [shock.but(happenings=()) for shock in game.scenario.shocks if shock.effects]
    scenario = changed(game.scenario, shocks=nobody_goes, weeks=13, warm_up_weeks=0)
    scenario = changed(scenario, pay={"plan": rules})
    sim = Simulation(without(scenario, "turnover"), game.seed)
    sim.run(lambda report: report.decision)
    events = sim.events()
    paid = payments(events)
    sold = of(events, "order", "won").groupby("rep")["amount"].sum()
    quotas = of(events, "quota").groupby("rep")["amount"].sum()
    for rep, quota in quotas.items():
        parts = rules.quarter_parts(sold.get(rep, 0.0), quota)
        for name, amount in parts.items():
            assert paid[rep, 12, name] == pytest.approx(amount, abs=CENT)
        assert paid[rep, 12, "salary"] == pytest.approx(rules.salary_per_year / 52)
    prizes = [amount for (_, _, name), amount in paid.items() if name == "contest"]
    assert sum(prizes) == pytest.approx(rules.contest_prize)


def test_a_year_at_quota_pays_the_annual_bonus_once():
    plan = PayPlan(salary_per_year=0, commission_share=0, annual_bonus=1000.0)
    scenario = changed(only(lively(), "demand"), weeks=104, warm_up_weeks=0, pay={"plan": plan})
    sim = Simulation(scenario, 2).run(lambda report: report.decision)
    events = sim.events()
    paid = of(events, "pay")
    won = set(zip(paid["rep"], paid["week"], strict=True))
    assert set(paid["amount"]) == {1000.0}
    for year in (0, 1):
        mine = events[events["week"].between(52 * year, 52 * year + 51)]
        sold = of(mine, "order").groupby("rep")["amount"].sum()
        quota = of(mine, "quota").groupby("rep")["amount"].sum()
        made = {(rep, 52 * year + 51) for rep in quota.index if sold.get(rep, 0) >= quota[rep]}
        assert made == {(rep, week) for rep, week in won if week == 52 * year + 51}
    assert won


def test_the_ratchet_raises_the_quota_of_those_who_beat_it():
    plan = PayPlan(salary_per_year=0, commission_share=0.01, ratchet_share=0.5)
    scenario = changed(only(lively(), "demand"), weeks=26, warm_up_weeks=0, pay={"plan": plan})
    events = Simulation(scenario, 2).run(lambda report: report.decision).events()
    quota = of(events, "quota").set_index(["rep", "week"])["amount"]
    sold = of(events[events["week"] < 13], "order").groupby("rep")["amount"].sum()
    for rep in {rep for rep, _ in quota.index}:
        before = quota[rep][:13].sum()
        expected = 1 + 0.5 * (sold.get(rep, 0.0) / before - 1)
        # Customers neither come nor go here, so nothing but the ratchet moves the quota.
        assert quota[rep][13] / quota[rep][0] == pytest.approx(max(0.5, expected), rel=1e-9)


# Effort

PLAN = st.builds(
    dict,
    salary_per_year=st.just(50_000.0),
    commission_share=st.floats(0, 0.05),
    commission_from=st.sampled_from([0.0, 0.5, 1.0]),
    over_share=st.floats(0, 0.05),
    quarter_bonus=st.floats(0, 20_000),
    cap=st.sampled_from([None, 1.0, 1.5]),
    ratchet_share=st.floats(0, 1),
).map(PayPlan.model_validate)
OUTLOOKS = st.builds(
    Outlook,
    sold=st.floats(0, 2e6),
    quota=st.floats(1e5, 2e6),
    expected=st.floats(0, 1e6),
    spread=st.floats(1e3, 3e5),
    weeks_left=st.integers(1, 13),
)


@LAWS
@given(PLAN, OUTLOOKS, st.floats(0, 1))
def test_an_incentive_is_never_negative_and_less_the_more_present_bias(plan, outlook, bias):
    patient = sales_incentive(plan, outlook, 0) + bonus_incentive(plan.quarter_bonus, outlook, 0)
    hasty = sales_incentive(plan, outlook, bias)
    hasty += bonus_incentive(plan.quarter_bonus, outlook, bias)
    assert 0 <= hasty <= patient + 1e-12


@LAWS
@given(PLAN, OUTLOOKS)
def test_an_incentive_is_the_slope_of_the_expected_pay(plan, outlook):
    """Without ratchet and bias: expected quarter pay, integrated over the normal outlook."""
    import numpy as np
    from scipy import stats

    plan = plan.but(ratchet_share=0.0)
    # With the bonus in hand there is none to win; sales below zero are no sales.
    assume(outlook.sold < outlook.quota)
    assume(outlook.sold + outlook.expected > 6 * outlook.spread)
    z = np.linspace(-6, 6, 24001)
    weight = stats.norm.pdf(z) * (z[1] - z[0])

    def expected(more):
        final = outlook.sold + outlook.expected + more + outlook.spread * z
        pay = [plan.quarter_pay(sales, outlook.quota) for sales in final]
        return float(weight @ pay)

    step = outlook.spread / 20
    slope = (expected(step) - expected(-step)) / (2 * step)
    incentive = sales_incentive(plan, outlook, 0) + bonus_incentive(plan.quarter_bonus, outlook, 0)
    assert incentive == pytest.approx(slope, rel=0.02, abs=0.002 * (0.01 + slope))


def test_who_has_the_bonus_or_cannot_reach_it_has_no_bonus_to_work_for():
    reached = Outlook(1000.0, 1000.0, 100.0, 50.0, 2)
    hopeless = Outlook(0.0, 1000.0, 100.0, 50.0, 2)
    near = Outlook(900.0, 1000.0, 100.0, 50.0, 2)
    assert bonus_incentive(500.0, reached, 0.2) == 0
    assert bonus_incentive(500.0, hopeless, 0.2) < 1e-9 < bonus_incentive(500.0, near, 0.2)


def test_pay_far_away_counts_less():
    assert discount(1, 0.2) == 1
    assert discount(13, 0.2) == pytest.approx(1 / 3.4)
    assert discount(13, 0.0) == 1


def test_effort_keeps_within_its_limits():
    settings = lively().effort
    assert effort(settings, 0.0) == settings.base
    assert effort(settings, 100.0) == settings.most
    assert effort(settings.but(base=0.5), 0.0, -1.0) == settings.least


def test_salary_alone_buys_basic_effort():
    plan = PayPlan.model_validate(PLANS[0])
    scenario = changed(without(lively(), "turnover"), pay={"plan": plan}, weeks=20)
    sim = Simulation(scenario, 1)
    while not sim.done:
        sim.step(sim.decision)
        assert {rep.effort for rep in sim.world.reps.values()} == {scenario.effort.base}


def test_a_customer_who_arrives_in_one_world_only_need_not_be_known_in_another():
    """A recorded decision must be playable under another seed, where it then does nothing."""
    scenario = lively()
    start = starting_decision(scenario)
    reps = rep_names(scenario)
    newcomer = start.but(account_moves={"north-new7": reps[0]})
    assert check_decision(newcomer, scenario, reps, []) == []
    for name in ("north-0999", "nowhere-new1", "north-newx"):
        moved = start.but(account_moves={name: reps[0]})
        assert "unknown customer" in " ".join(check_decision(moved, scenario, reps, []))
