"""Laws of keyed chance: whose luck depends on what, and on nothing else."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import (
    CONDITIONS,
    LAWS,
    LOCAL,
    SOME,
    Game,
    any_effect,
    changed,
    few,
    lively,
    of,
    only,
    plans,
    rep_names,
    rows,
    scenarios,
    shock,
    territory,
    without,
)

from simkit.region.policies import all_rounder, keep_course
from simkit.region.simulation import Simulation

RICH = {"costs": {"budget_per_quarter": 1e9}}
AT_DESKS = {"desk_in", "desk_start", "desk_out", "gave_up", "stage", "won", "lost", "no_decision"}
AFTER_DESKS = AT_DESKS | {"project_delivered", "delivered", "discount", "cost"}
"""Kinds of events that shared desks may move."""


def elsewhere(sim, place):
    """The events of all territories but `place`, those of the whole region left out."""
    return [event for event in rows(sim) if event.territory not in ("", place)]


# Neighbours


@st.composite
def neighbours(draw, shared):
    """Two games that differ in what happens in the territory "north" alone."""
    scenario = changed(draw(scenarios(shared=shared)), **RICH)
    plan = draw(plans(scenario, levers={}))
    reps = SOME(rep_names(scenario, "north"))
    own = {
        "training_days": st.dictionaries(reps, SOME([1, 3]), min_size=1, max_size=2),
        "quota": st.dictionaries(reps, SOME([1e5]), min_size=1, max_size=1),
        "call_split_of": st.dictionaries(reps, st.just({"key": 1, "regular": 0, "tail": 0})),
        "dismissals": reps.map(lambda rep: (rep,)),
        "headcount": st.just({"north": 3}),
        "hires": st.just(("north-v1c",)),
    }
    changes = draw(few(LOCAL)) | {"price": draw(LOCAL["price"])}
    week = draw(st.integers(0, scenario.weeks - 1))
    old = plan.get(week, {}).get("local", {})
    local = {**old, "north": {**old.get("north", {}), **changes}}
    other_plan = {**plan, week: {"local": local, **draw(few(own))}}
    extra = shock("extra", draw(any_effect(["north"])), start=1)
    other = scenario.but(shocks=[*scenario.shocks, extra])
    seed = draw(st.integers(0, 999))
    return Game(scenario, seed, plan), Game(other, seed, other_plan)


@LAWS
@given(neighbours(shared=False))
def test_uncoupled_territories_do_not_feel_each_other(pair):
    one, other = (elsewhere(game.play(), "north") for game in pair)
    assert one == other


@LAWS
@given(neighbours(shared=True))
def test_shared_desks_couple_only_what_passes_them(pair):
    """What is late at a desk is felt as a bad mood and as new customers: both are off here."""
    one, other = (
        [
            event
            for event in elsewhere(_placid(game).play(), "north")
            if event.kind not in AFTER_DESKS
        ]
        for game in pair
    )
    assert one == other


def _placid(game):
    calm = changed(without(game.scenario, "satisfaction"), funnel={"new_customer_share": 0})
    return Game(calm, game.seed, game.plan)


def test_a_decision_is_felt_where_it_is_taken():
    game = Game(changed(lively(), desks={"shared": False}), 4)
    dear = Game(game.scenario, 4, {1: {"local": {"north": {"price": 1.3}}}})
    own, others = (
        [event for event in rows(dear.play()) if event.territory == place] for place in PAIR
    )
    assert own != [event for event in rows(game.play()) if event.territory == "north"]
    assert others == [event for event in rows(game.play()) if event.territory == "east"]


PAIR = ("north", "east")


# Luck stays with whom it belongs to


def sizes(sim):
    """The list values of each customer's orders, one after another, whatever became of them."""
    found = defaultdict(list)
    for event in rows(of(sim.events(), "order", "lost_sale")):
        found[event.customer].append(event.amount)
    return found


def deal_values(sim):
    """The list value of each opportunity."""
    return {event.opportunity: event.amount for event in rows(of(sim.events(), "opportunity"))}


def visit_lengths(sim):
    """The length of each rep's visits, one after another."""
    found = defaultdict(list)
    for event in rows(of(sim.events(), "visit")):
        found[event.rep].append(event.amount)
    return found


def same_luck(one, other):
    """Check that what both runs contain had the same luck in both."""
    for luck in (sizes, visit_lengths):
        first, second = luck(one), luck(other)
        for name in first.keys() & second.keys():
            length = min(len(first[name]), len(second[name]))
            assert first[name][:length] == second[name][:length], name
    first, second = deal_values(one), deal_values(other)
    assert {k: first[k] for k in first.keys() & second.keys()} == {
        k: second[k] for k in first.keys() & second.keys()
    }


@st.composite
def calm_games(draw, levers):
    """Two games of one region, in which prices, values and lengths of visits never change."""
    scenario = without(draw(scenarios(with_shocks=False)), "effort")
    seed = draw(st.integers(0, 999))
    return [Game(scenario, seed, draw(plans(scenario, levers, places=[]))) for _ in range(2)]


FREE = {
    "coaching_hours": SOME([0, 4]),
    "dispatch_crews": st.integers(1, 3),
    "legal_staff": st.integers(1, 3),
    "prospecting_share": SOME([0, 0.4]),
    "safety_factor": SOME([0, 3]),
    "expedite": st.booleans(),
    "promotion": SOME([0.0, 4000.0]),
    "vip_hours": SOME([0, 20]),
    "priority_rule": SOME(["first_come", "large_first", "small_first"]),
}


@LAWS
@given(calm_games(FREE))
def test_decisions_move_dates_but_never_luck(pair):
    same_luck(*(game.play() for game in pair))


@LAWS
@given(scenarios(with_shocks=False), st.integers(0, 999))
def test_a_customer_more_leaves_everybody_elses_luck(scenario, seed):
    scenario = without(scenario, "effort")  # keen reps make shorter visits
    first, *rest = scenario.territories
    more = scenario.but(territories=[first.but(customers=first.customers + 1), *rest])
    named = [*scenario.customers.named, _named("late")]
    also = changed(scenario, customers={"named": named})
    base = Game(scenario, seed).play()
    same_luck(base, Game(more, seed).play())
    same_luck(base, Game(also, seed).play())


def _named(name):
    return territory(name, territory="north", orders_per_week=2, order_value=9000)


ALONE = ("demand", "loss", "relationship", "market", "competitor", "crises")
"""Mechanisms through which customers do not feel each other."""
OWN_EVENTS = ("order", "delivered", "account_lost")


@LAWS
@given(scenarios(with_shocks=False), st.integers(0, 999))
def test_a_customer_more_changes_nothing_for_uncoupled_customers(scenario, seed):
    alone = changed(only(scenario, *ALONE), desks={"dispatch": {"days_per_order": 0}})
    first, *rest = alone.territories
    more = alone.but(territories=[first.but(customers=first.customers + 1), *rest])
    also = changed(alone, customers={"named": [*alone.customers.named, _named("late")]})
    new = f"north-{first.customers + 1:04d}"
    base = _own_events(alone, seed, None)
    assert base == _own_events(more, seed, new)
    assert base == _own_events(also, seed, "late")
    assert base or not any(e.kind == "order" for e in rows(Game(alone, seed).play()))


def _own_events(scenario, seed, but):
    events = of(Game(scenario, seed).play().events(), *OWN_EVENTS)
    return [event for event in rows(events) if event.customer != but]


# Shocks


@LAWS
@given(scenarios(), st.integers(0, 999), st.randoms(use_true_random=False))
def test_shocks_commute(scenario, seed, random):
    shuffled = list(scenario.shocks)
    random.shuffle(shuffled)
    turned = [s.but(effects=s.effects[::-1]) for s in shuffled]
    answers = tuple(f"{s.id}:{a.id}" for s in scenario.shocks for a in s.answers)
    plan = {0: {"answers": answers}}
    other = Game(scenario.but(shocks=turned), seed, plan)
    assert rows(Game(scenario, seed, plan).play()) == rows(other.play())


@LAWS
@given(CONDITIONS, SOME([0.4, 0.9, 1.7]), st.integers(0, 99))
def test_overlapping_shocks_multiply(what, factor, seed):
    half, other = shock("half", (what, "all", 0.5)), shock("other", (what, "north", factor))
    both = shock("both", (what, "north", 0.5 * factor), (what, "east", 0.5), (what, "south", 0.5))
    apart, together = (
        [e for e in rows(Game(lively().but(shocks=given), seed).play()) if "shock" not in e.kind]
        for given in ([half, other], [both])
    )
    assert apart == together


# Seeds and machines


def test_seed_and_replication_decide_the_luck():
    runs = [(seed, replication) for seed in (1, 2, 12) for replication in (0, 1, 2)]
    digests = {Simulation(lively(), *run).run(keep_course).digest() for run in runs}
    assert len(digests) == len(runs)
    first = Simulation(lively(), 12, 1).run(keep_course)
    assert first.digest() == Simulation(lively(), 12, 1).run(keep_course).digest()


def test_the_population_depends_on_the_scenario_alone():
    def people(scenario, seed, replication):
        sim = Simulation(scenario.but(warm_up_weeks=0), seed, replication)
        events = of(sim.events(), "account", "quota")
        first = events[events["day"] == events["day"].min()]
        return [event[2:] for event in rows(first)], sim.report().reps

    assert people(lively(), 1, 0) == people(lively(), 2, 5)
    assert people(lively(), 1, 0) != people(lively().but(population_seed=9), 1, 0)


SCRIPT = """
from regions import lively
from simkit.region.policies import all_rounder
from simkit.region.simulation import Simulation
print(Simulation(lively(), 7).run(all_rounder).digest())
"""


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_every_process_tells_the_same_story(threads, hash_seed):
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    own = {**dict.fromkeys(names, threads), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parent,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [Simulation(lively(), 7).run(all_rounder).digest()]
