"""The same weeks twice: laws of what one decision was worth."""

import functools

import pandas as pd
import pytest
from pydantic import ValidationError

from simkit.region.policies import BY_POTENTIAL
from simkit.scenario.library import load_scenario
from simkit.study.counterfactual import KINDS, play_twice, try_out
from simkit.study.overview import named_accounts, rep_table, territory_table, weekly_revenue

SCENARIO = load_scenario("workshop_region")
CHANGES = {
    "calls": {"call_split": BY_POTENTIAL},
    "leads": {"prospecting_share": 0.13},
    "discount": {"discount_limit_share": 0.15},
    "price": {"price": 0.95},
    "promotion": {"promotion": 2000.0},
    "stock": {"safety_factor": 2.0},
    "coaching": {"coaching_hours": 1.0},
}


@functools.cache
def played(name, weeks=13, seed=1):
    return play_twice(SCENARIO, CHANGES.get(name, {}), weeks, seed)


each_change = pytest.mark.parametrize("name", CHANGES)


def test_no_change_makes_no_difference_at_all():
    twice = played("nothing")
    pd.testing.assert_frame_equal(twice.without, twice.with_it)
    assert not twice.worth()["difference"].any()
    assert not twice.weekly()["difference"].any()
    assert twice.moved().empty
    assert twice.effect() == (0.0, 0.0)
    same = twice.same()
    assert (same["same"] == same["without"]).all() and (same["without"] > 0).all()


@each_change
def test_a_decision_makes_a_difference_and_none_before_it(name):
    twice = played(name)
    assert twice.worth()["difference"].any()
    past = [run[run["week"] < 0] for run in (twice.without, twice.with_it)]
    texts = [run.astype(dict.fromkeys(run.columns, str)) for run in past]
    pd.testing.assert_frame_equal(*texts)


@each_change
def test_the_numbers_agree_with_each_other(name):
    twice = played(name)
    worth, weekly = twice.worth(), twice.weekly()
    assert weekly.index.tolist() == list(range(1, 14))
    for side in ("without", "with_it", "difference"):
        money = worth[side]
        assert weekly[side].sum() == pytest.approx(money["revenue"])
        left = money["revenue"] - money["goods"] - money["other_costs"]
        assert money["contribution"] == pytest.approx(left)
    assert weekly["total_difference"].iloc[-1] == pytest.approx(worth.loc["revenue", "difference"])
    share, gain = twice.effect()
    kpis = twice.kpis()
    assert share == pytest.approx(kpis["difference"]["revenue"] / kpis["without"]["revenue"])
    assert gain == worth.loc["contribution", "difference"]


@each_change
def test_what_is_the_same_is_no_more_than_what_there_was(name):
    same = played(name).same()
    assert list(same.index) == list(KINDS)
    assert (same["same"] <= same["alike"]).all()
    assert (same["alike"] <= same[["without", "with_it"]].min(axis=1)).all()


@pytest.mark.parametrize("name", ["calls", "leads", "stock", "coaching"])
def test_a_decision_about_reps_or_stock_leaves_luck_alone(name):
    """Leads come as they would have come, and nearly all orders are the same to the cent."""
    same = played(name).same()
    assert same.loc["lead", "same"] == same.loc["lead", "without"]
    assert same.loc["order", "same"] > 0.9 * same.loc["order", "without"]


def test_a_price_changes_the_amount_of_every_order_and_few_customers():
    orders = played("price").same().loc["order"]
    assert orders["same"] == 0
    assert orders["alike"] > 0.9 * orders["without"]


def test_the_figures_that_moved_are_told_with_their_direction():
    moved = played("promotion").moved(most=30)
    assert set(moved["verdict"]) <= {"better", "worse", ""}
    assert moved.loc["revenue", "verdict"] == "better"
    assert moved.loc["selling_cost_ratio", "verdict"] == "worse"
    assert len(played("promotion").moved(most=3)) == 3


def test_a_lever_without_money_is_reported():
    twice = play_twice(SCENARIO, {"coaching_hours": 8.0})
    ((lever, week),) = twice.not_done().items()
    assert lever == "coaching_hours" and 1 < week <= 13
    assert played("coaching").not_done() == {}


def test_a_lever_out_of_bounds_or_unknown_is_refused():
    for changes in ({"price": 2.0}, {"prices": 1.0}):
        with pytest.raises(ValidationError):
            play_twice(SCENARIO, changes)


def test_other_worlds_are_the_seeds_after_and_every_week_is_told():
    told = []
    trial = try_out(
        SCENARIO,
        CHANGES["stock"],
        weeks=3,
        seed=4,
        others=2,
        tell=lambda done, total: told.append((done, total)),
    )
    assert told == [(done, 18) for done in range(1, 19)]
    assert trial.main.effect() == play_twice(SCENARIO, CHANGES["stock"], 3, 4).effect()
    expected = [play_twice(SCENARIO, CHANGES["stock"], 3, seed).effect() for seed in (5, 6)]
    assert list(trial.others) == expected


def test_what_tell_raises_ends_the_trial():
    def stop(done, total):
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        try_out(SCENARIO, {}, tell=stop)


# --- the overview


def test_the_overview_adds_up_to_the_region():
    events = played("nothing").without
    places, reps = territory_table(SCENARIO, events), rep_table(SCENARIO, events)
    past = events[events["week"].between(-13, -1)]
    revenue = past.loc[past["kind"].isin(["order", "won"]), "amount"].sum()
    assert places["revenue"].sum() == pytest.approx(revenue)
    assert weekly_revenue(events).sum() == pytest.approx(revenue)
    assert list(weekly_revenue(events).index) == list(range(-13, 0))
    before = events[events["week"] < 0]
    there = (before["kind"] == "account").sum() - (before["kind"] == "account_lost").sum()
    assert places[["key", "regular", "tail"]].to_numpy().sum() == there
    assert reps["revenue"].sum() <= revenue * (1 + 1e-12)
    assert set(reps["territory"]) == set(places.index)


def test_the_overview_tells_nothing_hidden_or_to_come():
    events = played("nothing").without
    reps, named = rep_table(SCENARIO, events), named_accounts(SCENARIO, events)
    assert "ability" not in reps.columns
    assert len(reps) == 8 and len(named) == 12
    past = events[events["week"] < 0]
    pd.testing.assert_frame_equal(rep_table(SCENARIO, past), reps)
    pd.testing.assert_frame_equal(named_accounts(SCENARIO, past), named)
    pd.testing.assert_frame_equal(
        territory_table(SCENARIO, past), territory_table(SCENARIO, events)
    )
