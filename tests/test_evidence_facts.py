"""Published facts: the parts they are measured with, and that a wrong engine is seen."""

import math
from collections import Counter
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from regions import changed, lively, only

from simkit.region.population import draw_customers, draw_reps
from simkit.region.response import call_response
from simkit.region.simulation import Simulation
from simkit.scenario.firm_blocks import CallSplit
from simkit.study.evidence import facts_calls, facts_map, facts_market, facts_size, facts_years
from simkit.study.evidence import forecasts as fc
from simkit.study.evidence.facts_service import fact_28
from simkit.study.evidence.row import band_row, mean_and_error
from simkit.study.evidence.validate import MODULES
from simkit.study.evidence.worlds import (
    account_months,
    contribution,
    cost_of_reps,
    happened,
    if_outside,
    jackknife,
    play,
    region,
    revenue,
    total,
)

TASKS = [
    task
    for name in MODULES["fact"]
    for task in import_module(f"simkit.study.evidence.{name}").TASKS
]


@pytest.fixture(scope="module")
def run():
    """A short run of a small region."""
    return play(changed(lively(), weeks=26), 1)


# The list


def test_a_long_task_repeats_the_quick_one_more_often():
    quick = {task[0]: task for task in TASKS if not task[3]}
    for name, function, arguments, slow, seconds in TASKS:
        if name not in quick:  # left for the long table altogether
            assert slow
            continue
        assert quick[name][1] is function
        assert seconds >= quick[name][4]
        if slow:
            assert arguments["replications"] > quick[name][2]["replications"]


# Rows


def row(measured, error):
    return band_row("x", "x", "x", (1.0, 2.0), measured, error)


def test_a_reason_is_given_only_where_the_whole_interval_is_outside():
    for measured, note in ((0.5, "outside the band: few"), (2.5, "outside the band: many")):
        assert if_outside(row(measured, 0.1), "few", "many").note == note
    for measured in (0.9, 1.1, 1.9, 2.1):
        assert "not decided" in if_outside(row(measured, 0.1), "few", "many").note
    assert if_outside(row(1.5, 0.1), "few", "many").note == ""
    unmeasured = replace(row(2.5, 0.1), passed=None)
    assert if_outside(unmeasured, "few", "many") == unmeasured


def test_the_jackknife_of_a_mean_is_its_standard_error():
    values = [3.0, 1.0, 4.0, 1.5, 9.0]
    found = jackknife(lambda kept: sum(values[i] for i in kept) / len(kept), len(values))
    assert found == pytest.approx(mean_and_error(values))


# Money and months


def test_contribution_is_revenue_less_all_costs_and_pay(run):
    costs = total(run, "cost") + total(run, "pay")
    assert contribution(run) == pytest.approx(revenue(run) - costs)
    assert 0 < cost_of_reps(run) < costs


def test_weeks_are_counted_from_the_first_to_the_last(run):
    parts = [revenue(run, week, week) for week in range(26)]
    assert math.fsum(parts) == pytest.approx(revenue(run))
    assert all(e[0] < 0 for e in happened(run, "order", first=-4, last=-1))


def test_the_panel_holds_the_orders_of_those_who_stay(run):
    orders, visits = account_months(run, weeks=2)
    gone = {e[4] for e in run.world.log if e[1] == "account_lost"}
    there = {e[4] for e in run.world.log if e[1] == "account" and e[0] < 0} - gone
    assert orders.shape == visits.shape == (len(there), 13)
    assert orders.sum() == sum(e[4] in there for e in happened(run, "order"))
    assert visits.sum() == sum(e[4] in there for e in happened(run, "visit"))


# Calls


def test_no_other_split_of_the_calls_promises_more():
    response, counts = region(1).response, {"key": 10, "regular": 15, "tail": 25}
    worth = {"key": 3.4, "regular": 0.8, "tail": 0.02}

    def promised(calls):
        return sum(
            counts[k] * worth[k] * call_response(a, response.floor, response.ceiling, response.half)
            for k, a in (dict.fromkeys(counts, 0.0) | calls).items()
        )

    best = facts_calls.best_calls(worth, counts, 50.0, response)
    assert "tail" not in best
    assert sum(counts[k] * a for k, a in best.items()) == pytest.approx(50.0)
    rng = np.random.default_rng(1)
    for shares in rng.dirichlet([1, 1, 1], 500):
        other = {k: 50.0 * s / counts[k] for k, s in zip(counts, shares, strict=True)}
        assert promised(other) <= promised(best) + 1e-9


def test_planned_calls_go_to_the_accounts_that_are_worth_most():
    simulation = Simulation(changed(lively(), weeks=2), 1)
    decision = facts_calls.marginal_analysis(simulation)(simulation.report())
    assert set(decision.call_split_of) == set(simulation.report().reps)
    usual = simulation.decision.call_split
    assert decision.call_split.key > usual.key
    assert decision.call_split.tail < usual.tail


def test_uneven_calls_change_every_four_weeks_around_the_usual_ones():
    scenario = changed(lively(), weeks=8)
    policy = facts_calls.uneven_calls(scenario, 1)
    simulation, splits = Simulation(scenario, 1), []
    while not simulation.done:
        simulation.step(policy(simulation.report()))
        splits.append(simulation.decision.call_split_of)
    assert splits[0] == splits[3] != splits[4] == splits[7]
    mean = np.mean([split.key for of in splits for split in of.values()])
    assert mean == pytest.approx(scenario.selling.call_split.key, abs=0.1)


def test_a_split_of_calls_adds_up():
    split = facts_calls.split_of({"key": 1.0, "regular": 1.0, "tail": 2.0})
    assert split == CallSplit(key=0.25, regular=0.25, tail=0.5)


# Size and map


def test_the_top_of_a_parabola():
    x = (-1, 0, 1, 2)
    assert facts_size.top(x, [-3 * (v - 1.4) ** 2 + 7 for v in x]) == pytest.approx(1.4)
    assert facts_size.top(x, [v * v for v in x]) == 2  # no top: the best point


def test_posts_are_added_until_a_rep_costs_more_than_he_brings():
    scenario = region(1)
    places = [territory.id for territory in scenario.territories]
    weekly = {place: 300_000.0 + 1_000.0 * i for i, place in enumerate(places)}
    few, many = (facts_size.best_posts(scenario, weekly, cost) for cost in (6_000.0, 3_000.0))
    assert 0 < sum(few.values()) < sum(many.values())
    assert facts_size.best_posts(scenario, weekly, 1e9) == dict.fromkeys(places, 0)


def test_balanced_accounts_stay_in_their_territory_and_are_more_even():
    reps = draw_reps(region(1))
    customers, _ = draw_customers(region(1), reps)
    place = {rep.id: rep.territory for rep in reps}
    whose = facts_map.balanced(customers)
    assert all(place[whose[c.id]] == c.territory for c in customers)
    spread = {"before": Counter(), "after": Counter()}
    for customer in customers:
        worth = customer.orders_per_week * customer.order_value
        spread["before"][customer.rep.id] += worth
        spread["after"][whose[customer.id]] += worth
    for territory in {c.territory for c in customers}:
        before, after = (
            np.array([load[rep] for rep, where in place.items() if where == territory])
            for load in spread.values()
        )
        assert np.ptp(after) < 0.02 * after.mean() < np.ptp(before)


def test_the_listed_customers_are_the_drawn_ones():
    customers, _ = draw_customers(region(1), draw_reps(region(1)))
    listed = facts_map.listed({customer.id: customer.rep.id for customer in customers})
    again, _ = draw_customers(listed, draw_reps(listed))
    assert [(c.rep.id, c.klass, c.orders_per_week) for c in again] == [
        (c.rep.id, c.klass, c.orders_per_week) for c in customers
    ]


# Market


def test_the_supplier_fails_once_when_it_is_told_to():
    seed = facts_market.failing_seeds(2)[-1]
    small = facts_market._quiet(region(52))
    run = play(facts_market.with_outage(small, seed), seed)
    downs, ups = (happened(run, kind) for kind in ("supplier_down", "supplier_up"))
    assert [e[0] / 5 for e in downs] == pytest.approx([facts_market.OUTAGE_STARTS])
    assert [e[0] / 5 for e in ups] == pytest.approx([facts_market.OUTAGE_STARTS + 4])


@pytest.mark.parametrize(("chance", "least"), [(0.0, 0.0), (1.0, 0.8)])
def test_a_reaction_of_the_competitor_is_seen(chance, least):
    """One that falls into a cut of its own changes nothing and is not seen."""
    base = facts_market._quiet(region(30))
    scenario = changed(base, market={"competitor": {"reaction_chance": chance}})
    runs = play(scenario, 1), play(scenario, 1, facts_market.cut_price)
    assert least <= facts_market._reacted(*runs) <= chance


def test_random_prices_show_the_elasticities_of_the_scenario():
    fits = [facts_market.price_trial(seed, 2.6) for seed in (1, 2)]
    assert np.mean(fits, axis=0) == pytest.approx([-2.6, 0.26], abs=0.2)


# Ordinary years


def test_a_wrong_split_of_stock_outs_is_seen():
    measures = {measure[0]: measure for measure in facts_years.MEASURES}
    shares = {"lost": 0.4, "substitute": 0.4, "backorder": 0.2}
    scenario = changed(lively(), weeks=104, stock={"stock_out": shares, "safety_factor": 0.2})
    runs = [play(scenario, seed) for seed in (1, 2)]
    lost = [name for name in measures if name.startswith("fact 36: sale lost")]
    found = facts_years._row(measures[lost[0]], [measures[lost[0]][5](run) for run in runs])
    assert found.passed is False
    assert found.measured == pytest.approx(0.4, abs=0.05)


def test_untouched_leads_are_those_nobody_turned_to():
    none = play(changed(lively(), weeks=104, selling={"prospecting_share": 0.0}), 1)
    assert facts_years.untouched_share(none) == 1.0
    most = play(changed(lively(leads=1), weeks=104, selling={"prospecting_share": 0.3}), 1)
    assert facts_years.untouched_share(most) < 0.2


def test_the_best_fifth_of_equal_customers_is_a_fifth():
    equal = {"rate_shape": None, "value_sigma": 0, "value_cv": 0, "orders_per_week": 20}
    scenario = changed(only(lively(), "demand"), weeks=52, demand=equal)
    assert facts_years.best_fifth(play(scenario, 1)) == pytest.approx(0.2, abs=0.03)


# Forecasts


def known(sales):
    return fc.Known("north", np.asarray(sales, float), np.asarray(sales, float), 0.0, 1)


def test_smoothing_keeps_a_level_and_follows_a_trend():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 1, 100)
    level = fc.smoothing(known(50 + noise), 13)
    assert level == pytest.approx(np.full(13, 50), abs=1)
    rising = fc.smoothing(known(50 + np.arange(100) + noise), 4)
    assert rising[0] == pytest.approx(150, abs=3)
    assert rising[3] > rising[0]


@pytest.mark.parametrize("method", fc.CONTESTANTS)
def test_a_forecast_has_a_value_for_every_week(method):
    forecast = method(known(1000 + np.arange(104)), 13)
    assert forecast.shape == (13,)
    assert np.isfinite(forecast).all()


def test_the_scaled_error_of_a_naive_step_is_one():
    past = np.array([1.0, 3.0, 1.0, 3.0])
    assert fc.scaled_error(np.array([3.0, 3.0]), np.array([1.0, 5.0]), past) == pytest.approx(1.0)


# Rows of quick facts


def test_quick_facts_give_rows_with_role_source_and_band():
    rows = [*facts_map.fact_06(2), *fact_28(2)]
    assert [r.id for r in rows] == ["fact 6", "fact 28: weeks 1 to 39", "fact 28: weeks 40 to 78"]
    for found in rows:
        assert found.part == "fact"
        assert found.role in ("E", "C", "I")
        assert found.low < found.expected < found.high
        assert any(year in found.source for year in ("2001", "2005"))
        assert found.standard_error > 0
