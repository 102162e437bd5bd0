"""Territories: indices, moves, the best map, resources, and what they bring when played."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.planning.realign import Limits, Weights, costs, optimise
from simkit.planning.resources import (
    REGION,
    cells_of,
    head_share,
    levers_of_matrix,
    mistakes_in_matrix,
    suggested_matrix,
    suggested_split,
)
from simkit.planning.territories import (
    Account,
    NotPossible,
    SalesMap,
    Seller,
    Worth,
    dealt_out,
    sales_map,
    share_outside,
)
from simkit.planning.territory_moves import decision_of, move_account, move_rep, split_of
from simkit.region.decision import starting_decision
from simkit.region.response import call_response, steepness_of
from simkit.region.roads import Roads
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Mistakes
from simkit.screens.territories import Territories
from simkit.study.territory_study import DEFAULT, territory_study

REGION_FILE = load_scenario("territory_region")
TODAY = sales_map(REGION_FILE)
BEST = optimise(TODAY)


def small_map(loads):
    """Return a map of reps at 0, 40, 80 km ... with accounts around them, calls as given."""
    roads = Roads(REGION_FILE)
    sellers = {f"r{i}": Seller(f"r{i}", f"t{i}", 10.0, (40.0 * i, 0.0)) for i in range(len(loads))}
    accounts, whose = {}, {}
    for i, calls in enumerate(loads):
        for k, each in enumerate(calls):
            name, spot = f"a{i}-{k}", (40.0 * i + 7 * (k % 3), 5.0 * (k % 4))
            klass = ("key", "regular", "tail")[k % 3]
            accounts[name] = Account(name, f"t{i}", klass, 100.0 * each, each, spot)
            whose[name] = f"r{i}"
    return SalesMap(accounts, sellers, whose, roads, Worth(0.26, 0.25, 0.05))


# --- the map


def test_the_needs_of_the_region_add_up_to_its_calls():
    needed = sum(account.calls for account in TODAY.accounts.values())
    assert needed == pytest.approx(sum(seller.calls for seller in TODAY.sellers.values()))
    potential = [index.potential for index in TODAY.of_reps().values()]
    assert sum(potential) == pytest.approx(len(potential))


def test_half_of_the_reps_have_too_much_or_too_little_to_do_as_the_file_says():
    assert share_outside(index.workload for index in TODAY.of_reps().values()) == 0.5


def test_slope_and_curvature_are_those_of_the_response():
    form, step = (0.5, 1.5345, 1.069), 1e-4
    low, level, high = (call_response(1 + d, *form) for d in (-step, 0.0, step))
    slope, curvature = steepness_of(*form)
    assert slope == pytest.approx((high - low) / (2 * step) / level, rel=1e-6)
    assert curvature == pytest.approx(-(high - 2 * level + low) / step**2 / level, rel=1e-4)


def test_a_territory_without_customers_has_a_workload_of_zero():
    places = [p.but(customers=0) if p.id == "wuxi" else p for p in REGION_FILE.territories]
    named = [c for c in REGION_FILE.customers.named if c.territory != "wuxi"]
    scenario = REGION_FILE.but(territories=places, customers=REGION_FILE.customers.but(named=named))
    empty = sales_map(scenario)
    assert empty.of_territories()["wuxi"].workload == 0.0
    assert empty.of_territories()["wuxi"].accounts == 0
    found = optimise(empty).map
    assert sorted(found.whose) == sorted(empty.accounts)


def test_the_territories_have_what_their_reps_have():
    for of in (TODAY, BEST.map, move_rep(TODAY, "he_jing", "suzhou")):
        reps, places = of.of_reps(), of.of_territories()
        assert sum(index.accounts for index in places.values()) == len(of.accounts)
        for place, index in places.items():
            team = [n for n, seller in of.sellers.items() if seller.territory == place]
            mean = sum(reps[name].workload for name in team) / len(team)
            assert index.workload == pytest.approx(mean)


def test_a_region_without_customers_is_refused():
    places = [place.but(customers=0) for place in REGION_FILE.territories]
    bare = REGION_FILE.but(territories=places, customers={})
    with pytest.raises(NotPossible) as refused:
        sales_map(bare)
    assert refused.value.text.zh


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0, 1e6), max_size=30),
    st.integers(1, 5),
)
def test_dealing_out_leaves_no_rep_above_the_others_by_more_than_the_last_account(loads, reps):
    team = {f"r{i}": 0.0 for i in range(reps)}
    whose = dealt_out({name: (load, "t") for name, load in loads.items()}, {"t": team})
    assert set(whose) == set(loads)
    sums = dict(team)
    for name, rep in whose.items():
        sums[rep] += loads[name]
    for rep in team:
        smallest = min((loads[n] for n, r in whose.items() if r == rep), default=0.0)
        assert sums[rep] - smallest <= min(sums.values()) + 1e-6


# --- moves


def test_a_move_to_nowhere_is_refused_at_its_field():
    for field, move in {
        "account": lambda: move_account(TODAY, "", "chen_min"),
        "account_to": lambda: move_account(TODAY, "suzhou_jinghu_hospital", ""),
        "rep": lambda: move_rep(TODAY, "", "wuxi"),
        "rep_to": lambda: move_rep(TODAY, "chen_min", "nowhere"),
    }.items():
        with pytest.raises(NotPossible) as refused:
            move()
        assert refused.value.field == field
    for again in (
        lambda: move_account(TODAY, "suzhou_jinghu_hospital", "chen_min"),
        lambda: move_rep(TODAY, "chen_min", "suzhou"),
        lambda: move_rep(move_rep(TODAY, "he_jing", "suzhou"), "sun_haitao", "suzhou"),
    ):
        with pytest.raises(NotPossible):
            again()


def test_a_rep_who_moves_leaves_the_old_accounts_to_colleagues_and_takes_near_ones_over():
    after = move_rep(TODAY, "he_jing", "suzhou")
    assert sorted(after.whose) == sorted(TODAY.whose)
    assert {a.territory for a in after.lists["he_jing"]} == {"suzhou"}
    left = [a.id for a in TODAY.lists["he_jing"]]
    assert {after.whose[name] for name in left} == {"sun_haitao"}
    team = ("chen_min", "zhou_jianping", "he_jing")
    loads = [after.of_reps()[name].workload for name in team]
    assert max(loads) - min(loads) < 0.05 * max(loads)


def test_only_the_accounts_of_a_plan_change_hands_also_when_a_rep_moves():
    after = move_rep(TODAY, "he_jing", "suzhou")
    changes = decision_of(after, TODAY)
    simulation = Simulation(REGION_FILE.but(weeks=1, warm_up_weeks=1), 1)
    simulation.step(starting_decision(REGION_FILE).but(**changes))
    events = simulation.events()
    handed = events[events["kind"] == "account_moved"]["customer"].astype(str)
    alive = {customer.id for customer in simulation.world.customers if customer.alive}
    wanted = {account.id for account in after.moved_since(TODAY)}
    assert {*handed} & alive == wanted & alive
    assert len(handed) == len({*handed})
    world = simulation.world
    assert all(world.by_id[n].rep.id == rep for n, rep in after.whose.items() if n in alive)


def test_the_split_of_a_rep_follows_the_accounts():
    for rep in TODAY.sellers:
        assert sum(split_of(BEST.map, rep).values()) == pytest.approx(1.0)
    tail = {a.id: "lu_yifan" for a in TODAY.lists["chen_min"] if a.klass == "tail"}
    relieved = replace(TODAY, whose={**TODAY.whose, **tail})
    assert split_of(relieved, "chen_min")["tail"] == 0.0
    assert split_of(relieved, "lu_yifan")["tail"] > split_of(TODAY, "lu_yifan")["tail"]
    assert split_of(replace(TODAY, whose={}), "chen_min")["tail"] == 1.0
    assert decision_of(TODAY, TODAY) == {
        "account_moves": {},
        "assignment": {},
        "call_split_of": {},
    }


# --- the best map


def test_every_account_has_exactly_one_rep_and_the_same_input_gives_the_same_map():
    assert sorted(BEST.map.whose) == sorted(TODAY.accounts)
    assert set(BEST.map.whose.values()) <= set(TODAY.sellers)
    assert sum(map(len, BEST.map.lists.values())) == len(TODAY.accounts)
    assert optimise(TODAY).map.whose == BEST.map.whose


def test_the_best_map_costs_less_than_todays():
    before, after = costs(TODAY, TODAY), BEST.costs
    weighed = ("balance", "travel", "continuity")
    assert sum(after[n] for n in weighed) < sum(before[n] for n in weighed)
    assert after["balance"] < before["balance"]
    assert after["travel"] < before["travel"]
    assert before["continuity"] == 0.0


def test_a_balanced_map_stays_as_it_is_when_continuity_weighs():
    even = small_map([[1.0] * 9] * 3)
    assert optimise(even, Weights(balance=5)).map.whose == even.whose
    uneven = small_map([[1.0] * 12, [1.0] * 9, [1.0] * 6])
    assert optimise(uneven, Weights(balance=5)).map.whose != uneven.whose


def test_more_weight_on_balance_never_makes_it_worse():
    uneven = small_map([[1.0, 0.6, 0.4] * 5, [0.8, 0.5] * 4, [0.5, 0.3] * 3])
    found = [
        optimise(uneven, Weights(balance=weight), gap=0.0).costs["balance"]
        for weight in (0.0, 0.5, 1.0, 2.0, 5.0, 20.0)
    ]
    # The programme sees the squares through tangents 0.1 apart: at most a quarter of 0.1^2 below.
    blur = 0.5 * uneven.worth.curvature * 0.05**2
    assert all(later <= earlier + blur for earlier, later in pairwise(found))
    assert found[-1] < found[0]


def test_limits_are_kept_or_refused():
    few = optimise(TODAY, limits=Limits(most_moves=10)).map
    assert 0 < len(few.moved_since(TODAY)) <= 10
    fair = optimise(TODAY, limits=Limits(fair=True)).map
    loads = [index.workload for index in fair.of_reps().values()]
    level = sum(index.workload for index in TODAY.of_reps().values()) / len(loads)
    assert share_outside(load / level for load in loads) == 0.0
    with pytest.raises(NotPossible) as refused:
        optimise(TODAY, limits=Limits(most_moves=2, fair=True))
    assert refused.value.field == "most_moves"


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_weights_that_are_none_are_refused_at_their_field(wrong):
    with pytest.raises(NotPossible) as refused:
        optimise(TODAY, Weights(travel=wrong))
    assert refused.value.field == "travel"
    with pytest.raises(NotPossible) as refused:
        optimise(TODAY, Weights(0.0, 0.0, 0.0, 0.0))
    assert refused.value.field == "balance"


# --- the map in the simulation


def test_a_map_whose_ways_cost_nothing_changes_nothing():
    short = REGION_FILE.but(weeks=3, warm_up_weeks=3)
    flat = short.but(geography=short.geography.but(travel_share=0.0))
    plain, roads = (
        Simulation(s, 1).run(lambda report: report.decision).digest()
        for s in (short.but(geography=None), flat)
    )
    assert plain == roads
    assert Simulation(short, 1).run(lambda report: report.decision).digest() != plain


def test_a_rep_far_from_the_accounts_makes_fewer_visits():
    short = REGION_FILE.but(weeks=8, warm_up_weeks=1)
    far = short.geography.but(homes={**short.geography.homes, "lu_yifan": {"x": 0, "y": -261}})

    def visits(scenario):
        log = Simulation(scenario, 1).run(lambda report: report.decision).world.log
        return sum(event[1] == "visit" and event[3] == "lu_yifan" for event in log)

    near_factor, far_factor = visits(short), visits(short.but(geography=far))
    assert far_factor < 0.6 * near_factor  # about 200 km instead of 28: 2.75 times as long


def test_places_are_those_of_the_customer_whoever_else_there_is():
    roads, other = Roads(REGION_FILE), Roads(REGION_FILE.but(population_seed=7))
    assert roads.spot("suzhou-0007", "suzhou") == Roads(REGION_FILE).spot("suzhou-0007", "suzhou")
    assert roads.spot("suzhou-0007", "suzhou") != other.spot("suzhou-0007", "suzhou")
    assert roads.home("chen_min", "suzhou") == (8, 6)
    assert roads.home("chen_min", "wuxi") == (-29, 30)


def test_one_of_several_regions_keeps_its_places():
    several = REGION_FILE.but(regions=[{"id": "n", "name": {"en": "North", "zh": "北"}}])
    geography = several.region("n").geography
    assert geography.areas["n-wuxi"] == REGION_FILE.geography.areas["wuxi"]
    assert geography.homes["n-chen_min"] == REGION_FILE.geography.homes["chen_min"]


def test_a_map_names_every_territory_and_nobody_else():
    areas = dict(REGION_FILE.geography.areas)
    lost = areas.pop("wuxi")
    for wrong in ({"areas": areas}, {"areas": {**areas, "wuxi": lost, "wuhu": lost}}):
        with pytest.raises((Mistakes, ValueError), match=r"wuxi|wuhu"):
            REGION_FILE.but(geography=REGION_FILE.geography.but(**wrong))
    with pytest.raises((Mistakes, ValueError), match="nobody"):
        REGION_FILE.but(geography=REGION_FILE.geography.but(homes={"nobody": {"x": 0, "y": 0}}))


QUIET = ("funnel", "skill", "effort")


def test_the_best_map_brings_more_revenue_with_an_interval_above_zero():
    """Routine orders of the shipped map over two years; deals, skill and effort are switched off.

    With deals on, the same gain needs some hundreds of worlds to be seen.
    """
    off = {name: getattr(REGION_FILE, name).but(on=False) for name in QUIET}
    found = territory_study(
        REGION_FILE.but(**off), {"best": decision_of(BEST.map, TODAY)}, worlds=10, workers=1
    )
    assert found.revenue("best").low > 0
    assert found.visits("best").low > 0
    later, first = found.revenue("best", 4), found.revenue("best", 0, 1)
    assert later.mean > first.mean  # first the relationships, then the gain


def test_a_study_plays_all_plans_in_the_same_worlds():
    told = []
    plans = {"same": {}, "none": {"call_split": {"key": 0.0, "regular": 0.0, "tail": 1.0}}}
    short = REGION_FILE.but(warm_up_weeks=1)
    found = territory_study(
        short, plans, 2, weeks=14, workers=1, tell=lambda done, total: told.append((done, total))
    )
    assert found.revenue("same").mean == 0.0
    assert found.revenue("none").mean != 0.0
    assert told[-1] == (6, 6)
    assert [len(run.quarters) for run in found.runs[DEFAULT]] == [2, 2]
    with pytest.raises(ValueError, match="default"):
        territory_study(short, {DEFAULT: {}}, 1, weeks=1)


# --- resources


def test_the_rule_for_calls_is_best_for_orders():
    split, response = suggested_split(TODAY, REGION_FILE), REGION_FILE.response

    def orders(shares):
        total = 0.0
        for klass, share in shares.items():
            mine = [a for a in TODAY.accounts.values() if a.klass == klass]
            calls = share * sum(s.calls for s in TODAY.sellers.values()) / len(mine)
            goodwill = calls / response.reference_calls_per_week
            level = call_response(goodwill, response.floor, response.ceiling, response.half)
            total += level * sum(a.potential for a in mine)
        return total

    best = {name: getattr(split, name) for name in ("key", "regular", "tail")}
    assert sum(best.values()) == pytest.approx(1.0)
    for give in best:
        for take in best:
            if give != take and best[take] >= 0.02:
                other = {**best, give: best[give] + 0.02, take: best[take] - 0.02}
                assert orders(other) < orders(best)


def test_the_head_holds_its_share():
    assert head_share([1.0] * 10) == pytest.approx(0.2)
    assert head_share([0.0] * 8 + [5.0, 5.0]) == 1.0
    with pytest.raises(ValueError, match="potential"):
        head_share([0.0, 0.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=10, max_size=10), st.floats(0, 1))
def test_a_matrix_by_priority_adds_up_to_the_budget_less_the_reserve(weights, reserve):
    cells = cells_of(REGION_FILE)
    priorities = dict(zip(cells, weights, strict=True))
    if not any(weights):
        with pytest.raises(ValueError, match="zero"):
            suggested_matrix(REGION_FILE, priorities, reserve)
        return
    matrix = suggested_matrix(REGION_FILE, priorities, reserve)
    kept = math.ceil(REGION_FILE.costs.budget_per_quarter * reserve)
    assert sum(matrix.values()) + kept == REGION_FILE.costs.budget_per_quarter
    assert "reserve" not in mistakes_in_matrix(matrix, REGION_FILE, reserve)


def test_a_matrix_over_the_budget_or_below_zero_is_refused_at_its_field():
    cell = ("suzhou", "promotion")
    assert set(mistakes_in_matrix({cell: 100_000}, REGION_FILE, 0.2)) == {"reserve"}
    assert set(mistakes_in_matrix({cell: -1}, REGION_FILE, 0.2)) == {"suzhou-promotion"}
    assert set(mistakes_in_matrix({cell: 1e12}, REGION_FILE, 0.2)) == {"suzhou-promotion"}


def test_the_levers_of_a_matrix_cost_what_the_matrix_says():
    matrix = {
        ("suzhou", "promotion"): 26_000,
        ("wuxi", "training"): 39_000,
        (REGION, "vip"): 13_000,
    }
    levers = levers_of_matrix(matrix, REGION_FILE)
    decision = starting_decision(REGION_FILE).but(**levers)
    simulation = Simulation(REGION_FILE.but(weeks=13, warm_up_weeks=1), 1)
    for _ in range(13):
        simulation.step(decision)
    events = simulation.events()
    paid = events[(events["kind"] == "cost") & (events["week"] >= 0)]
    by_lever = paid.groupby(paid["detail"].astype(str))["amount"].sum()
    assert by_lever["promotion"] == pytest.approx(26_000)
    assert by_lever["training_days"] == pytest.approx(39_000)
    assert by_lever["vip_hours"] == pytest.approx(13_000)


# --- the screen


def test_moves_are_kept_undone_and_brought_back(tmp_path):
    record = tmp_path / "a.json"
    app = Territories(record=record, lang="en")
    app.move_account("suzhou_jinghu_hospital", "wang_lei").move_rep("he_jing", "suzhou")
    assert [step["kind"] for step in app.desk.steps] == ["account", "rep"]
    app.undo_button.click()
    assert [step["kind"] for step in app.desk.steps] == ["account"]
    app.optimise(most_moves=20)
    app.wait()
    moved = app.desk.after.whose
    again = Territories(record=record, lang="zh")
    again.wait()
    assert again.desk.after.whose == moved
    assert "20" in again.changes.value
    assert again.error is None
    assert "nan" not in again.indices.value + again.changes.value
    again.clear_button.click()
    again.wait()
    assert not again.desk.changed
    assert again.predict_button.disabled


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_is_said_at_its_field_and_the_rest_stays(lang):
    app = Territories(lang=lang)
    app.move_account("suzhou_jinghu_hospital", "wang_lei")
    for press, field in ((app.account_button, "account_to"), (app.rep_button, "rep")):
        press.click()
        assert "alert" in app.complaints[field].value
    assert len(app.desk.steps) == 1
    for field, wrong in {
        "balance": -1.0,
        "split_key": 99.0,
        "reserve": 101.0,
        "cell_suzhou-training": -5.0,
        "priority_vip": -1.0,
    }.items():
        fine = app._settings[field].value
        app.enter(**{field: wrong})
        assert "alert" in app.complaints[field].value, field
        assert app.predict_button.disabled
        app.enter(**{field: fine})
    assert not app.predict_button.disabled
    app.wait()
    assert app.error is None


def test_a_record_of_another_region_is_left_aside(tmp_path):
    record = tmp_path / "a.json"
    steps = [{"kind": "rep", "who": "nobody", "to": "wuxi"}, {"kind": "best", "whose": {"x": 1}}, 3]
    for wrong in ([step] for step in steps):
        record.write_text(json.dumps({"prediction": None, "settings": {}, "steps": wrong}))
        app = Territories(record=record, lang="en")
        app.wait()
        assert app.desk.steps == []
        assert app.error is None


def test_a_plan_is_predicted_and_played():
    app = Territories(lang="en")
    app.move_account("suzhou_jinghu_hospital", "wang_lei")
    app.enter(split_key=40.0, split_tail=28.0, worlds=8)
    assert app.run_button.disabled  # predict first
    app.predict(first_quarter="less", gain_low=5.0, gain_high=-5.0)
    assert app.prediction is None
    app.predict(gain_low=-1.0, gain_high=3.0)
    assert app.account_button.disabled
    app.run()
    app.stop_button.click()
    app.wait()
    assert app.result is None
    assert app.error is None
