"""Every mechanism has an effect, an off switch that ends it, and levers that push the right way."""

import pytest
from regions import (
    OFF,
    PLANS,
    Game,
    changed,
    lively,
    mean_and_error,
    of,
    only,
    rows,
    shock,
    without,
)

from simkit.kpi.table import kpi_table
from simkit.region.simulation import Simulation

# Switches


def wanted(scenario, plan=None):
    """Who wanted something when, in one run."""
    events = of(Game(scenario, 1, plan or {}).play().events(), "order", "lost_sale")
    return [(event.day, event.customer) for event in rows(events)]


def says(*kinds, scenario=None, where=lambda events: True):
    """Return whether a run of the lively region contains such events."""

    def found(switch):
        events = of(Game(switch(scenario or lively())).play().events(), *kinds)
        return bool((where(events) & (events["day"] > -1e9)).any())

    return found


def moves_orders(*mechanisms, plan=None, **changes):
    """Return whether orders of a region with these mechanisms react to a change."""

    def found(switch):
        scenario = switch(only(lively(), *mechanisms))
        return wanted(scenario) != wanted(changed(scenario, **changes), plan)

    return found


NORTH = [f"north-{i:04d}" for i in range(1, 13)]
EFFECTS = {
    "demand": says("order", "lost_sale"),
    "response": moves_orders("demand", "response", selling={"calls_per_week": 50}),
    "relationship": moves_orders(
        "demand", "relationship", plan={0: {"account_moves": dict.fromkeys(NORTH, "north-r2")}}
    ),
    "skill": moves_orders("demand", "response", "skill", plan={0: {"coaching_hours": 8}}),
    "effort": moves_orders("demand", "effort", plan={0: {"pay_plan": PLANS[0]}}),
    "turnover": says("rep_left", where=lambda events: events["detail"] == "quit"),
    "funnel": says("lead", "opportunity", "stage", "desk_in", "won", "project_delivered"),
    "desks": says("desk_start", "gave_up", where=lambda events: events["amount"] > 0),
    "stock": says("lost_sale", "stock_ordered", "stock_received", "stock_level"),
    "supplier": says("supplier_down", "supplier_up"),
    "satisfaction": says("complaint", "complaint_closed"),
    "loss": says("account_lost"),
    "market": moves_orders("demand", "market", plan={0: {"price": 1.2}}),
    "competitor": says("competitor"),
    "crises": moves_orders(
        "demand", "market", "crises", market={"crises": {"per_year": 52, "depth_share": 0.5}}
    ),
}
"""How to see that a mechanism is at work."""


@pytest.mark.parametrize("name", OFF)
def test_a_switch_ends_the_effect_of_its_mechanism(name):
    assert EFFECTS[name](lambda scenario: scenario)
    assert not EFFECTS[name](lambda scenario: without(scenario, name))


@pytest.mark.parametrize("name", OFF)
def test_a_region_runs_without_a_mechanism(name):
    sim = Game(without(lively(), name)).play()
    assert sim.done
    assert set(EFFECTS) == set(OFF)


def test_moods_stay_where_they_are_without_satisfaction():
    def moods(scenario):
        return set(of(Game(scenario).play().events(), "satisfaction")["amount"].round(9))

    assert len(moods(lively())) > 1
    assert moods(without(lively(), "satisfaction")) == {lively().satisfaction.reference}


KINDS_ALONE = {"account", "visit", "quota", "cost", "pay", "satisfaction"}


def test_with_everything_off_only_visits_and_accounts_are_left():
    sim = Game(only(lively())).play()
    assert sim.done
    assert set(sim.events()["kind"]) == KINDS_ALONE
    assert set(of(sim.events(), "cost")["detail"]) == {"rep"}


# Directions: paired replications, an effect must be 4 standard errors from nothing

BASE = changed(lively(places=2, customers=30, reps=2), weeks=20)
BUSY = changed(BASE, selling={"prospecting_share": 0.3}, funnel={"best_qualified_share": 1.0})
BRITTLE = changed(BASE, stock={"supplier": {"down_weeks": 4, "backup_lead_weeks": 0.5}})
SLOW = changed(BASE, turnover={"search_weeks": 8})
SCARCE = changed(BASE, stock={"policy": "base_stock", "level": 60_000})


def kpi(name):
    """Return a KPI of the whole run."""
    return lambda events: kpi_table(events, kpis=[name])[name].iloc[0]


def count(*kinds):
    """Return how many events of some kinds there were after the warm-up."""
    return lambda events: (of(events, *kinds)["day"] >= 0).sum()


def wait_at(desk):
    """Return the mean wait at a desk."""

    def mean(events):
        started = of(events, "desk_start")
        return started[started["detail"] == desk]["amount"].mean()

    return mean


def orders_of_first_accounts(events):
    """Return the orders of those who were accounts of north-r1 at the start."""
    accounts = of(events, "account")
    first = accounts[(accounts["day"] == accounts["day"].min()) & (accounts["rep"] == "north-r1")]
    orders = of(events, "order", "lost_sale")
    return (orders["customer"].isin(first["customer"]) & (orders["day"] >= 0)).sum()


def lever(scenario=BASE, **changes):
    """Return a game with levers set in week 0."""
    return scenario, {0: changes}


def weather(*effect, scenario=BASE):
    """Return a game with a shock that lasts."""
    return scenario.but(shocks=[shock("s", effect, start=0, weeks=20)]), {}


def with_reps(count):
    return changed(BASE, territories=[t.but(reps=count) for t in BASE.territories]), {}


def with_lead_time(weeks):
    return changed(SCARCE, stock={"lead_weeks": weeks}), {}


UP, DOWN, USUAL = 1, -1, (BASE, {})
DIRECTIONS = {
    "more safety stock fills more orders": (
        lever(safety_factor=0), lever(safety_factor=3), kpi("fill_rate"), UP),
    "a backup supplier fills more orders": (
        lever(BRITTLE), lever(BRITTLE, backup_supplier=True), kpi("fill_rate"), UP),
    "a longer lead time fills fewer orders": (
        with_lead_time(1), with_lead_time(4), kpi("fill_rate"), DOWN),
    "a higher price brings fewer orders": (
        lever(price=1.0), lever(price=1.25), count("order", "lost_sale"), DOWN),
    "a cheaper competitor takes orders": (
        USUAL, weather("competitor_price", "all", 0.4), count("order", "lost_sale"), DOWN),
    "less demand brings fewer orders": (
        USUAL, weather("demand", "all", 0.5), count("order", "lost_sale"), DOWN),
    "more reps leave fewer leads untouched": (
        with_reps(1), with_reps(4), kpi("untouched_leads"), DOWN),
    "more reps sell more": (
        with_reps(1), with_reps(4), count("order", "lost_sale"), UP),
    "more prospecting answers more leads": (
        lever(prospecting_share=0.03), lever(prospecting_share=0.3), kpi("untouched_leads"), DOWN),
    "accounts miss a rep who moves away": (
        USUAL, lever(assignment={"north-r1": "east"}), orders_of_first_accounts, DOWN),
    "more people shorten the wait": (
        lever(BUSY), lever(BUSY, quote_staff=3), wait_at("quote"), DOWN),
    "slow work lengthens the wait": (
        lever(BUSY), weather("quote_time", "all", 2.0, scenario=BUSY), wait_at("quote"), UP),
    "a slow way makes deliveries late": (
        USUAL, weather("transit_time", "all", 2.0), kpi("on_time_share"), DOWN),
    "restless customers leave": (
        USUAL, weather("customer_loss", "all", 3.0), count("account_lost"), UP),
    "salary alone makes fewer calls than a share of sales": (
        lever(pay_plan=PLANS[0]), lever(pay_plan={**PLANS[0], "commission_share": 0.02}),
        count("visit"), UP),
    "a contest makes reps call more": (
        lever(pay_plan=PLANS[0]), lever(pay_plan={**PLANS[0], "contest_prize": 50_000}),
        count("visit"), UP),
    "recognition makes reps call more": (
        USUAL, lever(recognition_hours=8), count("visit"), UP),
    "recognition and careers keep reps": (
        USUAL, lever(recognition_hours=8, career_budget=50_000), count("rep_left"), DOWN),
    "money for recruiting fills posts sooner": (
        lever(SLOW), lever(SLOW, recruiting_budget=20_000), count("rep_hired"), UP),
    "vacant posts sell less": (
        lever(SLOW), lever(SLOW, dismissals=("north-r1", "east-r1")),
        count("order", "lost_sale"), DOWN),
    "better leads are won more often": (
        USUAL, weather("lead_quality", "all", 3.0), count("opportunity"), UP),
}  # fmt: skip


@pytest.mark.parametrize("name", DIRECTIONS)
def test_effects_have_the_right_direction(name):
    (one, one_plan), (other, other_plan), measure, direction = DIRECTIONS[name]
    differences = [
        measure(Game(other, seed, other_plan).play().events())
        - measure(Game(one, seed, one_plan).play().events())
        for seed in range(1, 41)
    ]
    mean, error = mean_and_error(differences)
    assert direction * mean > 4 * error, f"{mean:.3g} +- {error:.2g}"
    assert error > 0  # luck differs between replications


def test_our_price_moves_orders_and_deals_but_not_who_asks_for_an_offer():
    def leads(price):
        simulation = Simulation(lively(), seed=3)
        decision = simulation.decision.but(price=price)
        while not simulation.done:
            simulation.step(decision)
        return [event for event in simulation.world.log if event[1] == "lead"]

    assert leads(0.8) == leads(1.2) != []
