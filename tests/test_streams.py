"""Customers order and leave as the textbook streams do, in distribution and not only on average."""

import numpy as np
import pytest
from regions import mean_and_error, shock
from scipy import stats

from simkit.study.evidence.bare import bare
from simkit.study.evidence.buyers import orders_of
from simkit.study.evidence.chart_cases import weekly_orders
from simkit.study.evidence.worlds import happened, play


def buyers(*on, customers=1, weeks=500, rate=3.0, **changes):
    """Return customers who all order at one rate by themselves."""
    return bare(
        "demand",
        *on,
        territories=[{"id": "north", "customers": customers}],
        weeks=weeks,
        warm_up_weeks=0,
        demand={"rate_shape": None, "orders_per_week": rate},
        **changes,
    )


def agree(estimates, exact):
    """Check that the mean of independent estimates is within 4 standard errors of `exact`."""
    mean, error = mean_and_error(estimates)
    assert error < 0.1 * abs(exact), "too few replications to say anything"
    assert abs(mean - exact) < 4 * error, f"{mean:.5g} +- {error:.2g}, exact {exact:.5g}"


def test_one_customers_orders_are_a_poisson_stream():
    """Exponential gaps that do not depend on each other, weekly counts as even as Poisson's."""
    runs = [play(buyers(), seed) for seed in range(12)]
    days = [np.array([e[0] for e in happened(sim, "order")]) for sim in runs]
    gaps = [np.diff(d) for d in days]
    assert stats.kstest(np.concatenate(gaps), stats.expon(scale=5 / 3).cdf).pvalue > 1e-4
    mean, error = mean_and_error([np.corrcoef(gap[:-1], gap[1:])[0, 1] for gap in gaps])
    assert abs(mean) < 4 * error
    weekly = [weekly_orders(sim)[0] for sim in runs]
    agree([w.var(ddof=1) / w.mean() for w in weekly], 1.0)
    assert stats.kstest(np.concatenate(days) % 1.0, "uniform").pvalue > 1e-4


def test_a_changing_rate_gives_a_poisson_stream_of_that_rate():
    """Half as many orders while a shock halves demand, still as even as Poisson's."""
    halved = [shock("half", ("demand", "all", 0.5), start=100, weeks=100)]
    scenario = buyers(weeks=200).but(shocks=halved)
    weekly = np.array([weekly_orders(play(scenario, seed))[0] for seed in range(16)])
    for start, rate in ((0, 3.0), (100, 1.5)):
        found = weekly[:, start : start + 100]
        agree(found.mean(axis=1), rate)
        agree(found.var(axis=1, ddof=1) / rate, 1.0)


def test_customers_who_only_leave_live_exponentially_long():
    scenario = buyers("loss", customers=400, weeks=300, rate=0.1, loss={"per_week": 0.05})
    runs = [play(scenario, seed) for seed in range(10)]
    lives = np.concatenate([[e[0] / 5 for e in happened(sim, "account_lost")] for sim in runs])
    assert len(lives) == 10 * 400  # exp(-15): nobody stays 300 weeks
    assert stats.kstest(lives, stats.expon(scale=20).cdf).pvalue > 1e-4
    # Orders at rate .1 before a loss at rate .05 are geometric.
    counts = np.array([orders_of(sim, 0, 299) for sim in runs])
    for n in range(4):
        agree((counts == n).mean(axis=1), (1 / 3) * (2 / 3) ** n)


@pytest.mark.parametrize(("mean", "shape"), [(1.0, 0.5), (5.0, 1.0)])
def test_purchases_of_unequal_customers_have_the_whole_law_of_ehrenberg(mean, shape):
    demand = {"rate_shape": shape, "orders_per_week": mean / 20}
    scenario = buyers(customers=1000, weeks=20).but(demand=buyers().demand.but(**demand))
    runs = [play(scenario.but(population_seed=seed), seed) for seed in range(12)]
    counts = np.concatenate([orders_of(sim, 0, 19) for sim in runs]).astype(int)
    law = stats.nbinom(shape, shape / (shape + mean))
    seen = np.bincount(np.minimum(counts, 8), minlength=9)
    chances = np.array([*law.pmf(range(8)), law.sf(7)])
    assert stats.chisquare(seen, chances * counts.size).pvalue > 1e-4
