"""Laws of every run: one clock, nothing lost and nothing made, no look into the future."""

from collections import defaultdict

import pytest
from hypothesis import given
from regions import LAWS, Game, after, games, lively, of, plays, rep_names, rows

from simkit.region.policies import POLICIES
from simkit.region.simulation import Simulation

CENT = 0.01  # what is allowed for rounding in sums of money

# One clock


@LAWS
@given(games())
def test_stepping_equals_running(game):
    stepped = Simulation(game.scenario, game.seed)
    decision = stepped.decision
    while not stepped.done:
        decision = after(decision, game.plan.get(stepped.week, {}))
        stepped.step(decision)
    assert rows(stepped) == rows(game.play())


@LAWS
@given(games())
def test_asking_changes_nothing(game):
    asked, policy = Simulation(game.scenario, game.seed), plays(game.plan)
    while not asked.done:
        for report in (asked.report(), asked.step(policy(asked.report()))):
            assert len(report.events) == len(report.events)
            report.total("order", 2, "north"), list(report.recent(3)), report.messages
        asked.events(), asked.digest()
    assert rows(asked) == rows(game.play())


@LAWS
@given(games())
def test_the_decisions_taken_replay_the_run(game):
    first = game.play()
    again = Simulation(game.scenario, game.seed)
    for decision in first.decisions:
        again.step(decision)
    assert again.digest() == first.digest()


@pytest.mark.parametrize("name", POLICIES)
def test_a_reference_policy_steps_as_it_runs(name):
    ran, stepped = Simulation(lively(), 5).run(POLICIES[name]), Simulation(lively(), 5)
    report = stepped.report()
    while not stepped.done:
        report = stepped.step(POLICIES[name](report))
    assert stepped.digest() == ran.digest()


# Past and future


@LAWS
@given(games())
def test_a_report_shows_all_of_the_past_and_nothing_of_the_future(game):
    sim, policy = Simulation(game.scenario, game.seed), plays(game.plan)
    reports = []
    while not sim.done:
        reports.append(sim.step(policy(sim.report())))
    final = rows(sim)
    for report in reports:
        assert (report.events["day"] < 5 * report.week).all()
        assert rows(report.events) == [event for event in final if event.day < 5 * report.week]


@LAWS
@given(games())
def test_a_decision_leaves_the_weeks_before_it_as_they_were(game):
    week = max(game.plan, default=0)
    earlier = {w: changes for w, changes in game.plan.items() if w < week}
    other = Game(game.scenario, game.seed, earlier).play()
    past = [event for event in rows(game.play()) if event.week < week]
    assert past == [event for event in rows(other) if event.week < week]


def test_what_a_report_hands_out_is_not_the_region_itself():
    game = Game(lively(), 3, {2: {"training_days": {"north-r1": 1}}})
    sim, policy = Simulation(game.scenario, game.seed), plays(game.plan)
    while not sim.done:
        report = sim.report()
        decision = policy(report)
        _spoil(report)
        sim.step(decision)
    assert sim.digest() == game.play().digest()


def _spoil(report):
    """Overwrite whatever a report lets one overwrite."""
    spoilt = {"local": {"north": {"price": 0.7}}, "training_days": {"north-r1": 5.0}}
    for name, value in spoilt.items():
        try:
            getattr(report.decision, name).update(value)
        except (TypeError, AttributeError):
            continue
    report.reps.clear()
    events = report.events
    events["amount"] = 0.0


# Nothing lost, nothing made


@LAWS
@given(games())
def test_every_lead_is_answered_or_expires_or_is_still_fresh(game):
    sim = game.play()
    events = sim.events()
    leads, ends = of(events, "lead"), of(events, "lead_touched", "lead_expired")
    assert leads["opportunity"].is_unique
    assert ends["opportunity"].is_unique
    left = leads[~leads["opportunity"].isin(ends["opportunity"])]
    assert len(left) == len(leads) - len(ends)
    stale = left["day"] < 5 * sim.week - game.scenario.funnel.lead_life_days - 1
    assert stale.sum() <= len(sim.world.reps)  # being answered


def large_deals(sim):
    """The deals that shocks brought in the weeks played."""
    return [
        f"{shock.id}-deal{number}"
        for shock in sim.scenario.shocks
        for number, each in enumerate(shock.happenings, 1)
        if each.what == "large_deal" and shock.start_week + each.after_weeks < sim.week
    ]


@LAWS
@given(games())
def test_every_opportunity_is_won_lost_given_up_or_open(game):
    sim = game.play()
    events = sim.events()
    begun, ends = of(events, "opportunity"), of(events, "won", "lost", "no_decision")
    assert begun["opportunity"].is_unique
    assert ends["opportunity"].is_unique
    open_now = [deal.id for deal in sim.report().pipeline]
    assert sorted([*ends["opportunity"], *open_now]) == sorted(begun["opportunity"])
    touched = of(events, "lead_touched")
    qualified = touched[touched["detail"] == "qualified"]["opportunity"]
    assert sorted([*qualified, *large_deals(sim)]) == sorted(begun["opportunity"])


@LAWS
@given(games())
def test_what_enters_a_desk_leaves_it_or_is_there(game):
    sim = game.play()
    events, shared = sim.events(), game.scenario.desks.shared
    for view in sim.report().desks:
        count = {}
        for kind in ("desk_in", "desk_start", "desk_out", "gave_up"):
            found = of(events, kind)
            here = shared | (found["territory"] == view.territory)
            count[kind] = (here & (found["detail"] == view.name)).sum()
        assert count["desk_in"] == count["desk_start"] + count["gave_up"] + view.waiting
        assert count["desk_start"] == count["desk_out"] + view.busy
        assert view.waiting == 0 or view.busy >= view.staff


@LAWS
@given(games())
def test_stock_is_what_came_in_minus_what_was_taken(game):
    sim = game.play()
    events = sim.events()
    wanted = of(events, "order").assign(list_value=lambda t: t["amount"] / _prices(game, t))
    for stock in sim.report().stock:
        there = events[events["territory"] == stock.territory]
        levels = of(there, "stock_level")["amount"]
        ordered, received = (
            of(there, kind)["amount"].sum() for kind in ("stock_ordered", "stock_received")
        )
        orders = wanted[wanted["territory"] == stock.territory]
        taken = orders[orders["detail"] != "substitute"]["list_value"].sum() - stock.owed
        assert stock.on_order == pytest.approx(ordered - received, abs=CENT)
        assert levels.iloc[0] + received - taken == pytest.approx(stock.on_hand, abs=CENT)
        assert (levels >= 0).all()


def _prices(game, orders):
    """The price level that held for each order."""
    region, prices = Simulation(game.scenario, game.seed), {}
    for week in range(game.scenario.weeks):
        region.step(after(region.decision, game.plan.get(week, {})))
        for place in game.scenario.territories:
            prices[week, place.id] = region.world.price_in(place.id)
    keys = zip(orders["week"], orders["territory"], strict=True)
    return [prices.get(key, 1.0) for key in keys]


@LAWS
@given(games())
def test_the_list_value_of_routine_orders_is_price_paid_plus_discount(game):
    events = game.play().events()
    routine = events[events["opportunity"] == ""]
    sums = defaultdict(lambda: [0.0, 0.0])
    for event in rows(of(routine, "order", "discount")):
        sums[event.territory, event.rep, event.week][0] += event.amount
    for event in rows(of(routine, "cost")):
        if event.detail == "goods":
            goods = event.amount / (1 - game.scenario.demand.margin_share)
            sums[event.territory, event.rep, event.week][1] += goods
    for paid_and_discount, list_value in sums.values():
        assert paid_and_discount == pytest.approx(list_value, abs=CENT)


@LAWS
@given(games())
def test_the_list_value_of_a_deal_is_price_paid_plus_discount(game):
    events = game.play().events()
    deals = events[events["opportunity"] != ""]
    value = of(deals, "opportunity").set_index("opportunity")["amount"]
    paid = of(deals, "won", "discount").groupby("opportunity")["amount"].sum()
    assert paid.to_dict() == pytest.approx(value[paid.index].to_dict())
    costs = of(deals, "cost")
    goods = costs[costs["detail"] == "goods"].set_index("opportunity")["amount"]
    share = 1 - game.scenario.demand.margin_share
    assert goods.to_dict() == pytest.approx((share * value[paid.index]).to_dict())


@LAWS
@given(games())
def test_money_granted_is_spent_or_left(game):
    sim, policy, granted, released = Simulation(game.scenario, game.seed), plays(game.plan), 0, 0
    while not sim.done:
        granted += game.scenario.costs.budget_per_quarter if sim.week % 13 == 0 else 0
        decision = policy(sim.report())
        released = max(released, min(decision.release_reserve, game.scenario.costs.reserve))
        report = sim.step(decision)
        costs = of(report.events, "cost")
        spent = costs[(costs["territory"] == "") & (costs["opportunity"] == "")]["amount"].sum()
        assert granted + released == pytest.approx(spent + report.budget_left, abs=CENT)
        assert report.reserve_left == pytest.approx(game.scenario.costs.reserve - released)
        assert report.budget_left >= 0


@LAWS
@given(games())
def test_the_hours_of_a_rep_follow_each_other_without_a_gap(game):
    sim = game.play()
    work = of(sim.events(), "visit", "training", "idle")
    start = -5.0 * game.scenario.warm_up_weeks
    table = sim.events()
    hired = of(table, "rep_hired").set_index("rep")["day"]
    left = of(table, "rep_left").set_index("rep")["day"]
    for rep in {*rep_names(game.scenario), *hired.index}:
        own = work[work["rep"] == rep]
        begins = own["day"] - own["amount"]
        ends = [hired.get(rep, start), *own["day"]]
        assert list(begins) == pytest.approx(ends[:-1], abs=1e-9)
        assert ends[-1] <= 5.0 * sim.week
        if rep in left.index and len(own):  # what had begun is finished, nothing else begins
            assert begins.iloc[-1] <= left[rep]


@LAWS
@given(games())
def test_customers_come_once_leave_once_and_do_nothing_before_or_after(game):
    sim = game.play()
    events = sim.events()
    came = of(events, "account").set_index("customer")["day"]
    left = of(events, "account_lost").set_index("customer")["day"]
    assert came.index.is_unique
    assert left.index.is_unique
    alive = sum(customer.alive for customer in sim.world.customers)
    assert len(came) == len(left) + alive
    acts = of(events, "order", "lost_sale", "visit")
    acts = acts[acts["customer"] != ""]
    begun = acts["day"] - acts["amount"].where(acts["kind"] == "visit", 0.0)
    assert (begun >= acts["customer"].map(came) - 1e-9).all()
    assert (begun <= acts["customer"].map(left).fillna(float("inf"))).all()


@LAWS
@given(games())
def test_an_order_is_delivered_once_and_after_it_was_placed(game):
    events = game.play().events()
    orders, delivered = of(events, "order"), of(events, "delivered")
    placed = defaultdict(list)
    for order in rows(orders):
        placed[order.customer].append(order.day)
    for delivery in rows(delivered):
        match = [day for day in placed[delivery.customer] if abs(_placed(delivery) - day) < 1e-6]
        assert match, delivery
        placed[delivery.customer].remove(match[0])
        assert delivery.amount >= game.scenario.desks.dispatch.days_per_order - 1e-9


def _placed(delivery):
    return delivery.day - delivery.amount
