"""The engine, with the right switches, is a textbook model: exact theory as the expected value.

Tolerances are 4 standard errors of the mean over independent replications.
"""

import math
from collections import Counter

import numpy as np
import pytest
from regions import changed, lively, mean_and_error, only, shock, territory
from scipy import stats

from simkit.region.simulation import Simulation

NO_ONE_WAITS = {"staff": None, "service_days": 0}


def play(scenario, seed):
    """Return the simulation after all weeks under the scenario's own levers."""
    return Simulation(scenario, seed).run(lambda report: report.decision)


def of(sim, *kinds):
    """Return the events of some kinds after the warm-up, in the order of the log."""
    return [event for event in sim.world.log if event[1] in kinds and event[0] >= 0]


def agree(estimates, exact):
    """Check that the mean of independent estimates is within 4 standard errors of `exact`."""
    mean, error = mean_and_error(estimates)
    assert error < 0.1 * abs(exact), "too few replications to say anything"
    assert abs(mean - exact) < 4 * error, f"{mean:.5g} +- {error:.2g}, exact {exact:.5g}"


# Queues


def queue(per_day, seeds=16, weeks=80, rule="first_come", **desk):
    """Return runs of the quote desk alone: half of the leads become work, at random moments."""
    at_once = {"think_days": 0, "pass_share": 1}
    scenario = changed(
        only(lively(), "funnel"),
        territories=[territory("north", leads_per_week=2 * 5 * per_day)],
        weeks=weeks,
        warm_up_weeks=20,
        funnel={
            "needs_rep": False,
            "best_qualified_share": 1.0,
            "stages": {"qualify": at_once, "quote": {"think_days": 0, "pass_share": 0}},
        },
        desks={"quote": {"law": "exponential", "patience_per_week": 0, **desk}},
    )
    runs = []
    for seed in range(seeds):
        sim = Simulation(scenario, seed)
        sim.run(lambda report: report.decision.but(priority_rule=rule))
        runs.append(sim)
    return runs


def erlang_c(staff, work):
    """Return the chance of waiting in M/M/c at an offered load of `work`."""
    blocked = erlang_b(staff, work)
    return blocked / (1 - work / staff * (1 - blocked))


def erlang_b(servers, work):
    """Return the chance that all are busy in M/G/c/c."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = work * blocked / (k + work * blocked)
    return blocked


def test_the_formulas_are_those_of_the_literature():
    assert erlang_c(2, 1.6) == pytest.approx(0.711111, abs=1e-6)
    assert erlang_c(10, 8) == pytest.approx(0.409180, abs=1e-6)
    assert erlang_b(10, 8) == pytest.approx(0.121661, abs=1e-6)


@pytest.mark.parametrize(("staff", "load"), [(1, 0.6), (2, 0.7), (4, 0.7)])
def test_one_exponential_desk_is_a_queue_with_erlang_c(staff, load):
    per_day, days = 10.0, 0.1 * staff * load
    waits = [
        np.array([e[6] for e in of(sim, "desk_start")])
        for sim in queue(per_day, staff=staff, service_days=days)
    ]
    chance = erlang_c(staff, staff * load)
    agree([(wait > 0).mean() for wait in waits], chance)
    agree([wait.mean() for wait in waits], chance / (staff / days - per_day))
    late = days / staff / (1 - load)  # P(W > t) = C exp(-(c mu - lambda) t)
    agree([(wait > late).mean() for wait in waits], chance / math.e)


@pytest.mark.parametrize(("law", "variation"), [("constant", 0.0), ("lognormal", 1.5)])
def test_one_desk_with_any_law_waits_as_pollaczek_and_khinchine_say(law, variation):
    runs = queue(10, staff=1, service_days=0.05, law=law, cv=variation)
    waits = [np.mean([e[6] for e in of(sim, "desk_start")]) for sim in runs]
    agree(waits, 0.5 * (1 + variation**2) * 0.05 / (2 * (1 - 0.5)))


def test_impatient_customers_wait_and_give_up_as_in_erlang_a():
    """Per mean service time 10 arrive and half of those who wait give up; staff of 10."""
    runs = queue(10, weeks=100, staff=10, service_days=1, patience_per_week=0.5 * 5)
    ends = [of(sim, "desk_start", "gave_up") for sim in runs]
    agree([np.mean([e[1] == "gave_up" for e in events]) for events in ends], 0.103913)
    agree([np.mean([e[6] for e in events]) for events in ends], 2.078264 / 10)


@pytest.mark.parametrize("rule", ["large_first", "small_first"])
def test_the_order_of_work_does_not_change_the_mean_wait(rule):
    runs = queue(10, staff=1, service_days=0.06, rule=rule)
    agree([np.mean([e[6] for e in of(sim, "desk_start")]) for sim in runs], 0.06 * 0.6 / 0.4)


@pytest.mark.parametrize("desk", ["quote", "legal", "delivery"])
def test_littles_law_holds_exactly_at_every_desk(desk):
    """The area under the number of those who wait is the sum of their waits."""
    sim = play(changed(lively(places=3, customers=5, reps=4, leads=60), weeks=30), 3)
    events = [event for event in sim.world.log if event[7] == desk]
    steps = {"desk_in": 1, "desk_start": -1, "gave_up": -1}
    changes = sorted((event[0], steps[event[1]]) for event in events if event[1] in steps)
    end = 5.0 * sim.week
    area = math.fsum(step * (end - day) for day, step in changes)
    waits = math.fsum(e[6] for e in events if e[1] in ("desk_start", "gave_up"))
    done = {event[5] for event in events if event[1] in ("desk_start", "gave_up")}
    waits += math.fsum(end - e[0] for e in events if e[1] == "desk_in" and e[5] not in done)
    assert waits > 10
    assert area == pytest.approx(waits, rel=1e-9)


# Pipeline


@pytest.mark.parametrize("law", ["lognormal", "exponential", "constant"])
def test_the_pipeline_without_limits_is_poisson_whatever_the_law_of_thinking(law):
    """M/G/inf: 2 opportunities a week that stay 9 weeks: mean and variance 18."""
    thinking = {"qualify": 10, "quote": 15, "negotiate": 20, "contract": 0}
    stages = {name: {"think_days": days, "pass_share": 1} for name, days in thinking.items()}
    scenario = changed(
        only(lively(), "funnel"),
        territories=[territory(f"t{i}", leads_per_week=4) for i in range(20)],
        weeks=75,
        warm_up_weeks=50,
        funnel={
            "needs_rep": False,
            "best_qualified_share": 1.0,
            "no_decision_per_week": 0,
            "new_customer_share": 0,
            "discount_limit_share": 0,
            "think_law": law,
            "stages": stages,
        },
        desks={"quote": NO_ONE_WAITS, "legal": NO_ONE_WAITS, "approval_days": 0},
    )
    counts = np.array([_open_every(scenario, seed, weeks=25) for seed in range(10)])
    agree(counts.mean(axis=1), 18.0)
    agree(((counts - 18.0) ** 2).mean(axis=1), 18.0)
    cuts = stats.poisson.ppf(np.arange(1, 8) / 8, 18)
    chances = np.diff([0, *stats.poisson.cdf(cuts, 18), 1])
    seen = np.bincount(np.searchsorted(cuts, counts.ravel()), minlength=8)
    assert stats.chisquare(seen, chances * counts.size).pvalue > 1e-4


def _open_every(scenario, seed, weeks):
    """Return the open opportunities by territory, so far apart that they are independent."""
    counts, sim = [], Simulation(scenario, seed)
    while not sim.done:
        report = sim.step(sim.decision)
        if report.week % weeks == 0:
            found = Counter(deal.territory for deal in report.pipeline)
            counts += [found[place.id] for place in scenario.territories]
    return counts


# Customers


def buyers(shape, per_week, customers=1000, weeks=40, **changes):
    """Return a region of customers who order by themselves and feel nothing."""
    return changed(
        only(lively(), "demand"),
        territories=[territory("north", customers=customers)],
        weeks=weeks,
        warm_up_weeks=0,
        demand={"rate_shape": shape, "orders_per_week": per_week},
        **changes,
    )


def orders_by_customer(sim, first=0.0, last=math.inf):
    """Return the number of orders of every customer in a span of days."""
    found = Counter(e[4] for e in sim.world.log if e[1] == "order" and first <= e[0] < last)
    return np.array([found[customer.id] for customer in sim.world.customers])


@pytest.mark.parametrize(
    ("mean", "shape", "nobody", "of_buyers"), [(1.0, 0.5, 0.577350, 2.366025), (5, 1.0, 1 / 6, 6)]
)
def test_unequal_customers_order_as_the_negative_binomial_says(mean, shape, nobody, of_buyers):
    """Ehrenberg's NBD in 20 weeks, and what it expects of the next 20 weeks."""
    scenario = buyers(shape, mean / 20)
    runs = [play(scenario.but(population_seed=seed), seed) for seed in range(12)]
    counts = np.array([orders_by_customer(sim, 0, 100) for sim in runs])
    later = np.array([orders_by_customer(sim, 100, 200) for sim in runs])
    agree((counts == 0).mean(axis=1), nobody)
    agree(counts.mean(axis=1), mean)
    agree([c[c > 0].mean() for c in counts], of_buyers)
    agree(counts.var(axis=1), mean * (1 + mean / shape))
    law = stats.nbinom(shape, shape / (shape + mean))
    seen = np.bincount(np.minimum(counts, 8).ravel(), minlength=9)
    chances = [*law.pmf(range(8)), law.sf(7)]
    assert stats.chisquare(seen, np.array(chances) * counts.size).pvalue > 1e-4
    for x in range(4):
        expected = (shape + x) / (shape / mean + 1)
        agree([after[now == x].mean() for now, after in zip(counts, later, strict=True)], expected)


def test_one_customers_orders_are_a_poisson_stream():
    """Exponential gaps that do not depend on each other, weekly counts as even as Poisson's."""
    runs = [play(buyers(None, 3.0, customers=1, weeks=500), seed) for seed in range(12)]
    days = [np.array([e[0] for e in of(sim, "order")]) for sim in runs]
    gaps = [np.diff(d) for d in days]
    assert stats.kstest(np.concatenate(gaps), stats.expon(scale=5 / 3).cdf).pvalue > 1e-4
    neighbours = [np.corrcoef(gap[:-1], gap[1:])[0, 1] for gap in gaps]
    mean, error = mean_and_error(neighbours)
    assert abs(mean) < 4 * error
    weekly = [np.bincount((d // 5).astype(int), minlength=500) for d in days]
    agree([w.var(ddof=1) / w.mean() for w in weekly], 1.0)
    in_day = np.concatenate(days) % 1.0
    assert stats.kstest(in_day, "uniform").pvalue > 1e-4


def test_a_changing_rate_gives_a_poisson_stream_of_that_rate():
    """Half as many orders while a shock halves demand, still as even as Poisson's."""
    halved = [shock("half", ("demand", "all", 0.5), start=100, weeks=100)]
    scenario = buyers(None, 3.0, customers=1, weeks=200).but(shocks=halved)
    days = [np.array([e[0] for e in of(play(scenario, seed), "order")]) for seed in range(16)]
    for start, rate in ((0, 3.0), (100, 1.5)):
        weekly = np.array([np.bincount((d // 5).astype(int), minlength=200) for d in days])
        weekly = weekly[:, start : start + 100]
        agree(weekly.mean(axis=1), rate)
        agree(weekly.var(axis=1, ddof=1) / rate, 1.0)


def test_customers_who_only_leave_live_exponentially_long():
    base = changed(only(lively(), "demand", "loss"), loss={"per_week": 0.05})
    where = [territory("north", customers=400)]
    demand = {"rate_shape": None, "orders_per_week": 0.1}
    scenario = changed(base, territories=where, weeks=300, warm_up_weeks=0, demand=demand)
    runs = [play(scenario, seed) for seed in range(10)]
    lives = np.concatenate([[e[0] / 5 for e in of(sim, "account_lost")] for sim in runs])
    assert len(lives) == 10 * 400  # exp(-15): nobody stays 300 weeks
    assert stats.kstest(lives, stats.expon(scale=20).cdf).pvalue > 1e-4
    # Orders at rate .1 before a loss at rate .05 are geometric.
    counts = np.array([orders_by_customer(sim) for sim in runs])
    for n in range(4):
        agree((counts == n).mean(axis=1), (1 / 3) * (2 / 3) ** n)


# Stock


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(
    ("level", "short", "fill"),
    [
        (8, "backorder", 0.743980),
        (10, "backorder", 0.916076),
        (8, "lost", 0.878124),
        (10, "lost", 0.956858),
    ],
)
def test_base_stock_fills_as_palm_and_erlang_say(level, short, fill, spread):
    """2 orders of one piece a week, 3 weeks lead time of any law: 6 are on order on average.

    Backorders: fill = P(Poisson(6) <= S - 1). Lost sales: 1 - Erlang B(S, 6).
    """
    ways = {"lost": 0, "substitute": 0, "backorder": 0, short: 1}
    scenario = changed(
        only(lively(), "demand", "stock"),
        territories=[territory("north", customers=10)],
        weeks=400,
        warm_up_weeks=30,
        demand={
            "rate_shape": None,
            "orders_per_week": 0.2,
            "order_value": 1,
            "value_sigma": 0,
            "value_cv": 0,
        },
        stock={
            "policy": "base_stock",
            "level": level,
            "lead_weeks": 3,
            "lead_cv": spread,
            "stock_out": ways,
        },
    )
    fills = []
    for seed in range(16):
        events = of(play(scenario, seed), "order", "lost_sale")
        fills.append(np.mean([e[1] == "order" and e[7] == "in_stock" for e in events]))
    agree(fills, fill)


def test_a_supplier_that_fails_is_down_for_the_share_of_an_alternating_renewal():
    """Up 6 weeks, down 2 weeks on average: down a quarter of the time."""
    stock = {"supplier": {"up_weeks": 6, "down_weeks": 2}}
    base = changed(only(lively(), "stock", "supplier"), territories=[territory("north")])
    scenario = changed(base, weeks=600, warm_up_weeks=30, stock=stock)
    shares = []
    for seed in range(16):
        turns = of(play(scenario, seed), "supplier_down", "supplier_up")
        whole = turns[turns[0][1] == "supplier_up" :]
        whole = whole[: len(whole) - (len(whole) + 1) % 2]  # from a failure to a failure
        days = np.diff([e[0] for e in whole])
        shares.append(days[::2].sum() / days.sum())
    agree(shares, 0.25)
