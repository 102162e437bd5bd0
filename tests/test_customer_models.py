"""The Pareto/NBD and gamma-gamma models: formulas against oracles, and recovery."""

import numpy as np
import pytest
from scipy.integrate import quad

from simkit.scenario.order_value import GammaGamma, fit_order_values
from simkit.scenario.pareto_nbd import (
    ParetoNbd,
    active_chance,
    expected_orders,
    fit_pareto_nbd,
    log_likelihood,
)

PUBLISHED = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)
"""Fader, Hardie & Lee 2005, Marketing Science 24(2) 275-284, table 2."""


def test_formulas_agree_with_lifetimes_on_a_grid():
    lifetimes = pytest.importorskip("lifetimes", reason="lifetimes is the oracle here")
    pandas = pytest.importorskip("pandas")
    x, t_x, age = (a.ravel() for a in np.meshgrid([0, 1, 3, 10, 29], [0, 5, 20, 30], [31, 38.86]))
    t_x = np.where(x == 0, 0, t_x)
    for r, alpha, s, beta in [(0.553, 10.578, 0.606, 11.669), (1.2, 9, 2.5, 4), (0.4, 5, 0.5, 60)]:
        theirs = lifetimes.ParetoNBDFitter()
        theirs.params_ = pandas.Series({"r": r, "alpha": alpha, "s": s, "beta": beta})
        ours = ParetoNbd(r, alpha, s, beta)
        alive = theirs.conditional_probability_alive(x, t_x, age)
        future = theirs.conditional_expected_number_of_purchases_up_to_time(39, x, t_x, age)
        np.testing.assert_allclose(active_chance(ours, x, t_x, age), alive, rtol=1e-7)
        np.testing.assert_allclose(expected_orders(ours, 39, x, t_x, age), future, rtol=1e-7)


def test_order_values_agree_with_lifetimes():
    lifetimes = pytest.importorskip("lifetimes", reason="lifetimes is the oracle here")
    pandas = pytest.importorskip("pandas")
    ours = GammaGamma(mean=35.0, cv=0.4, q=3.74)
    theirs = lifetimes.GammaGammaFitter()
    theirs.params_ = pandas.Series({"p": ours.p, "q": ours.q, "v": ours.gamma})
    n, mean = np.array([1, 2, 7]), np.array([20.0, 80.0, 33.0])
    expected = theirs.conditional_expected_average_profit(n, mean)
    np.testing.assert_allclose(ours.order_value(n, n * mean), expected, rtol=1e-12)
    assert ours.order_value(0, 0) == pytest.approx(35.0)


# The formulas where they are hard


@pytest.mark.parametrize("r, alpha, s, beta", [(0.55, 10.6, 0.6, 11.7), (3, 0.5, 0.05, 4000)])
@pytest.mark.parametrize("x, t_x, age", [(0, 0, 50), (1, 49.99, 50), (900, 40, 50), (60, 2, 300)])
def test_the_chance_of_being_active_equals_the_integral(r, alpha, s, beta, x, t_x, age):
    """Oracle: the defining integral, adaptive; hypergeometric differences fail for these."""

    def relative(y):
        gone = (r + x) * np.log((alpha + age) / (alpha + y))
        return np.exp(gone + s * np.log((beta + age) / (beta + y))) * s / (beta + y)

    cuts = t_x + (age - t_x) * np.array([0, 1e-4, 1e-3, 0.01, 0.1, 0.3, 1])
    parts = [quad(relative, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in zip(cuts, cuts[1:])]  # noqa: B905, RUF007
    model = ParetoNbd(r, alpha, s, beta)
    assert active_chance(model, x, t_x, age) == pytest.approx(1 / (1 + sum(parts)), rel=1e-8)


def test_limits_of_the_formulas():
    model = ParetoNbd(0.5, 4, 1.0, 10)  # s = 1 is a limit of the expectation
    near = ParetoNbd(0.5, 4, 1.0 + 1e-6, 10)
    assert expected_orders(model, 26, 2, 5, 10) == pytest.approx(
        expected_orders(near, 26, 2, 5, 10), rel=1e-5
    )
    assert active_chance(model, 0, 0, 0) == 1  # who orders today is a customer today
    assert log_likelihood(model, 0, 0, 0) == pytest.approx(0)
    assert active_chance(model, 5, 10, 10) == 1
    assert expected_orders(model, 0, 2, 5, 10) == 0
    never_leaves = ParetoNbd(0.5, 4, 1e-9, 10)  # then the NBD: (r + x) / (alpha + T) a week
    assert expected_orders(never_leaves, 26, 2, 5, 10) == pytest.approx(26 * 2.5 / 14, rel=1e-6)


def test_population_curve_equals_the_published_one():
    """E[X(t)] of the published parameters (evidence.md, section 2)."""
    curve = [float(expected_orders(PUBLISHED, t, 0, 0, 0)) for t in (39, 52, 78)]
    assert curve == pytest.approx([1.2130, 1.4730, 1.9094], abs=2e-4)


# Recovery


@pytest.mark.parametrize("truth", [(0.8, 5.0, 0.9, 30.0), (2.0, 4.0, 0.5, 15.0)])
def test_parameters_come_back_from_simulated_customers(truth):
    rng, n, (r, alpha, s, beta) = np.random.default_rng(7), 3000, truth
    age = rng.integers(400, 730, n) / 7
    weeks = np.minimum(age, rng.exponential(size=n) / rng.gamma(s, 1 / beta, n))
    x = rng.poisson(rng.gamma(r, 1 / alpha, n) * weeks)
    t_x = weeks * rng.random(n) ** (1 / np.maximum(x, 1)) * (x > 0)
    model = fit_pareto_nbd(x, t_x, age)
    for name, value in zip(("r", "alpha", "s", "beta"), truth, strict=True):
        assert abs(getattr(model, name) - value) < 4 * model.standard_errors[name]


def test_order_values_come_back_from_simulated_customers():
    rng, n = np.random.default_rng(8), 4000
    count = rng.integers(1, 9, n)
    scale = rng.gamma(4.0, 1 / 900.0, n)  # q, gamma: mean p gamma / (q - 1) = 1200
    amounts = [rng.gamma(4.0, 1 / v, k) for v, k in zip(scale, count, strict=True)]
    logs = [np.log(a).sum() for a in amounts]
    model = fit_order_values(count, [a.sum() for a in amounts], logs)
    assert model.cv_estimated
    assert model.cv == pytest.approx(0.5, rel=0.03)
    assert model.q == pytest.approx(4.0, rel=0.15)
    assert model.mean == pytest.approx(1200, rel=0.05)


def test_customers_that_never_leave_are_fitted_with_a_caution():
    rng = np.random.default_rng(9)
    x = rng.poisson(rng.gamma(2.0, 0.2, 300) * 52)
    t_x = np.where(x > 0, 52 * rng.random(300) ** (1 / np.maximum(x, 1)), 0)
    model = fit_pareto_nbd(x, t_x, np.full(300, 52.0))
    assert model.standard_errors["beta"] is None or model.standard_errors["beta"] > model.beta
    assert abs(model.r - 2) < 4 * model.standard_errors["r"]
    assert active_chance(model, x, t_x, 52.0).mean() > 0.95
