"""Real data in the evidence table: the estimators, the rows, and what happens without the data."""

import json

import numpy as np
import pandas as pd
import pytest

from simkit.region.draws import Draws, entity_number
from simkit.scenario.pareto_nbd import ParetoNbd
from simkit.study.evidence import data_cdnow, data_panel, data_prices, sources
from simkit.study.evidence.panel import (
    fixed_effects_poisson,
    pooled_poisson,
    within_least_squares,
    within_poisson,
)
from simkit.study.evidence.sources import Finding, Line, NotInstalledError, judge

MODULES = (data_cdnow, data_panel, data_prices)


def by_id(rows):
    return {row.id: row for row in rows}


# --- estimators -----------------------------------------------------------------------------


def panel(accounts=600, months=12, b=0.2, lag=0.1, targeting=0.8, seed=3):
    """Counts and calls: calls go to accounts that order much anyway."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.5, 0.6, accounts)
    calls = rng.poisson(np.exp(targeting * level)[:, None], (accounts, months + 1)).astype(float)
    market = np.linspace(0.3, -0.3, months)
    tilt = level[:, None] + market + b * calls[:, 1:] + lag * calls[:, :-1]
    return rng.poisson(np.exp(tilt)).astype(float), calls, market


def test_fixed_effects_find_the_effect_where_pooling_sees_the_targeting():
    counts, calls, market = panel()
    now = calls[:, 1:]
    pooled, both = pooled_poisson(counts, now), within_poisson(*_padded(counts, calls), lags=1)
    for found, truth, k in zip(both.coefficients, (0.2, 0.1), (0, 1), strict=False):
        assert abs(found - truth) < 4 * np.sqrt(both.covariance[k, k])
    np.testing.assert_allclose(both.coefficients[2:], (market - market[0])[1:], atol=0.1)
    assert pooled.elasticity > 1.2 * both.elasticity
    assert both.elasticity == pytest.approx(both.coefficients[:2].sum() * now.mean(), rel=0.02)


def _padded(counts, calls):
    """A month before the first, of which only the calls are used."""
    return np.column_stack([np.ones(len(counts)), counts]), calls


def test_conditional_likelihood_equals_dummies_for_everybody():
    """Oracle: Poisson regression with a dummy per account, by Newton on the full design."""
    counts, calls, _ = panel(accounts=25, months=5)
    counts, x = counts[:, :5], calls[:, 1:6]
    seen = counts.sum(1) > 0
    counts, x = counts[seen], x[seen]
    accounts, months = counts.shape
    months_of = np.tile(np.eye(months)[:, 1:], (accounts, 1))
    people = np.repeat(np.eye(accounts), months, axis=0)
    design = np.column_stack([x.ravel(), months_of, people])
    b = np.concatenate([np.zeros(months), np.log(counts.mean(1))])
    for _ in range(50):
        mean = np.exp(design @ b)
        b += np.linalg.solve(
            design.T @ (design * mean[:, None]), design.T @ (counts.ravel() - mean)
        )
    ours, _ = fixed_effects_poisson(counts, x[:, :, None])
    np.testing.assert_allclose(ours, b[:months], atol=1e-8)


def test_clustered_errors_cover_the_spread_of_estimates():
    panels = [panel(accounts=200, lag=0, seed=seed) for seed in range(60)]
    fits = [within_poisson(counts, calls[:, 1:]) for counts, calls, _ in panels]
    spread = np.std([fit.coefficients[0] for fit in fits], ddof=1)
    errors = [np.sqrt(fit.covariance[0, 0]) for fit in fits]
    assert np.mean(errors) == pytest.approx(spread, rel=0.3)


def test_least_squares_within_groups_equals_dummies():
    rng = np.random.default_rng(5)
    store, week = rng.integers(0, 8, 300), rng.integers(0, 6, 300)
    x = rng.normal(size=(300, 2)) + store[:, None]
    y = x @ [-2.0, 0.5] + store + 0.3 * week + rng.normal(size=300)
    b, covariance = within_least_squares(y, x, [store, week], np.arange(300))
    dummies = np.column_stack([x, np.eye(8)[store], np.eye(6)[week][:, 1:]])
    np.testing.assert_allclose(b, np.linalg.lstsq(dummies, y)[0][:2], atol=1e-6)
    assert np.all(np.abs(b - [-2.0, 0.5]) < 4 * np.sqrt(np.diag(covariance)))


def test_a_panel_of_two_shapes_is_refused():
    with pytest.raises(ValueError, match=r"counts \(3, 2\) and calls \(2, 3\)"):
        pooled_poisson(np.ones((3, 2)), np.ones((2, 3)))


# --- without the data -----------------------------------------------------------------------


@pytest.fixture
def nothing_installed(monkeypatch, tmp_path):
    """No package with data, no folder with data."""

    def absent(package):
        raise NotInstalledError(sources.EXTRA)

    monkeypatch.setattr(sources, "package_folder", absent)
    monkeypatch.setenv("SIMKIT_BAYESM", str(tmp_path))


@pytest.mark.usefixtures("nothing_installed")
def test_a_missing_data_set_keeps_its_rows_and_says_how_to_get_it():
    rows = [
        *data_cdnow.cdnow_fit(),
        *data_cdnow.cdnow_holdout(),
        *data_panel.detailing_fit(),
        *data_panel.detailing_curve(),
        *data_panel.detailing_forecast(),
        *data_prices.prices_fit(),
    ]
    assert len(rows) == len({row.id for row in rows}) == 35
    for row in rows:
        assert row.passed is None
        assert row.measured is None
        assert row.part == "data"
        remedy = "regional-simkit[validation]" if row.id.startswith("cdnow") else "SIMKIT_BAYESM="
        assert row.note.startswith("not installed: ")
        assert remedy in row.note
        json.dumps(row.as_dict(), allow_nan=False)
    assert "cheese.rda" in by_id(rows)["prices: cheese, own"].note


@pytest.mark.usefixtures("nothing_installed")
def test_the_engine_is_measured_all_the_same():
    own, cross = data_prices.prices_engine(replications=2)
    assert own.expected == -2.62
    assert "compared with the published figure" in own.note
    assert own.passed is not None
    assert cross.measured == pytest.approx(0.26, abs=0.15)


def test_a_package_that_is_not_there_is_named_with_its_extra():
    with pytest.raises(NotInstalledError, match=r"regional-simkit\[validation\]"):
        sources.package_folder("no_such_package_of_data")


def test_files_of_r_are_read_from_the_folder_that_the_environment_names(monkeypatch, tmp_path):
    rdata = pytest.importorskip("rdata", reason="in the extra 'validation'")
    table = pd.DataFrame({"id": [1, 1, 2], "scripts": [3, 0, 4]})
    rdata.write_rda(tmp_path / "detailing.rda", {"detailing": {"counts": table}})
    monkeypatch.setenv("SIMKIT_BAYESM", str(tmp_path))
    assert sources.bayesm("detailing")["counts"]["scripts"].tolist() == [3, 0, 4]
    with pytest.raises(NotInstalledError, match=r"cheese\.rda"):
        sources.bayesm("cheese")


def test_every_row_has_its_own_name_and_tasks_are_complete():
    for module in MODULES:
        for name, function, arguments, slow, seconds in module.TASKS:
            assert name
            assert callable(function)
            assert isinstance(arguments, dict)
            assert isinstance(slow, bool)
            assert seconds > 0


def test_why_is_told_only_of_what_is_outside():
    line = Line("a", "what", "source", 0.0, 1.0, why="the reason")
    outside, vague, fine = (
        judge([line], lambda f=finding: {"a": f})[0]
        for finding in (Finding(2.0), Finding(0.9, 0.2), Finding(0.5))
    )
    assert (outside.passed, vague.passed, fine.passed) == (False, False, True)
    assert outside.note == "outside the band; the reason"
    assert "the reason" not in vague.note
    assert fine.note == ""


# --- CDNOW ----------------------------------------------------------------------------------


def test_the_cdnow_fits_are_the_published_ones():
    pytest.importorskip("lifetimes", reason="the CDNOW sample ships in 'lifetimes'")
    rows = data_cdnow.cdnow_fit()
    assert all(row.passed for row in rows), [row for row in rows if not row.passed]
    assert by_id(rows)["cdnow: BG/NBD r"].measured == pytest.approx(0.24259, abs=2e-5)


def test_both_readings_of_the_hold_out_stay_in_the_table():
    pytest.importorskip("lifetimes", reason="the CDNOW sample ships in 'lifetimes'")
    rows = by_id(data_cdnow.cdnow_holdout(replications=12))
    cohort, each = rows["cdnow: weeks 40-78, cohort"], rows["cdnow: weeks 40-78, each"]
    assert cohort.passed is True
    assert each.passed is False
    assert "no season" in each.note
    assert rows["cdnow: best fifth of the engine, spend"].expected == pytest.approx(0.62, abs=0.01)


def test_known_customers_come_back_and_wrong_ones_are_noticed(monkeypatch):
    rows = data_cdnow.cdnow_recovery(replications=3)
    assert all(row.passed for row in rows), [row for row in rows if not row.passed]
    known = data_cdnow.known_cohort
    other = ParetoNbd(r=0.8, alpha=10.578, s=0.606, beta=11.669)
    monkeypatch.setattr(
        data_cdnow, "known_cohort", lambda model, customers: known(other, customers)
    )
    assert by_id(data_cdnow.cdnow_recovery(2))["cdnow: recovered r"].passed is False


def test_errors_of_forecasts():
    assert data_cdnow.mape([90, 110], [100, 100]) == pytest.approx(0.10)
    runs = np.random.default_rng(1).normal(5, 2, (400, 1))
    mean, error = data_cdnow.jackknife(runs, lambda curves: float(curves.mean()))
    assert mean == pytest.approx(runs.mean())
    assert error == pytest.approx(runs.std(ddof=1) / 20, rel=1e-6)
    assert data_cdnow.best_fifth([5, 1, 1, 1, 2]) == pytest.approx(0.5)


# --- physicians -----------------------------------------------------------------------------


@pytest.fixture
def obedient(monkeypatch):
    """A panel as bayesm has it, of physicians who answer calls exactly as our curve says."""
    rng = np.random.default_rng(11)
    people = 4000
    calls = rng.poisson(rng.gamma(2, 1.0, (people, 1)) * rng.uniform(0.5, 1.5, (people, 23)))
    factors = data_panel.response_factors(calls.astype(float), 23)
    scripts = rng.poisson(rng.gamma(0.8, 25, (people, 1)) * factors)
    table = pd.DataFrame(
        {
            "id": np.repeat(np.arange(people), 23),
            "scripts": scripts.ravel(),
            "detailing": calls.ravel(),
        }
    )
    monkeypatch.setattr(data_panel, "bayesm", lambda name: {"counts": table})
    return table


@pytest.mark.usefixtures("obedient")
def test_physicians_who_answer_as_we_say_are_predicted():
    rows = by_id(data_panel.detailing_forecast())
    assert rows["detailing: months 16-23, total"].passed, rows
    assert rows["detailing: months 16-23, gain"].passed, rows
    strength = rows["detailing: months 16-23, strength"]
    assert abs(strength.measured - 1) < 4 * strength.standard_error


def test_physicians_who_do_not_care_are_noticed(obedient):
    obedient["detailing"] = np.random.default_rng(2).permutation(obedient["detailing"])
    rows = by_id(data_panel.detailing_forecast())
    assert rows["detailing: months 16-23, strength"].passed is False
    assert rows["detailing: months 16-23, gain"].passed is False


@pytest.mark.usefixtures("obedient")
def test_other_physicians_are_not_taken_for_the_published_ones():
    assert by_id(data_panel.detailing_fit())["detailing: pooled"].passed is False


def test_steady_calls_at_the_reference_rate_move_nothing():
    factors = data_panel.response_factors(np.full((3, 23), 2.0), 23)
    np.testing.assert_allclose(factors, 1.0, atol=1e-3)


# --- prices ---------------------------------------------------------------------------------


def test_random_prices_are_keyed_and_within_their_range():
    prices = data_prices.random_prices(1, "hefei", "our price", 104)
    assert prices.min() > 0.81
    assert prices.max() < 1.23
    longer = data_prices.random_prices(1, "hefei", "our price", 120)[:104]
    np.testing.assert_array_equal(prices, longer)
    assert Draws(1).table("our price").row(entity_number("hefei"), 0, 1)[0] < 1


def test_an_engine_that_answers_prices_too_little_is_noticed(monkeypatch):
    monkeypatch.setattr(data_prices, "CONSUMER", 0.9)
    own, _ = data_prices.prices_engine(replications=2)
    assert own.passed is False
    assert own.measured == pytest.approx(-0.9, abs=0.3)


def test_price_elasticities_of_made_up_stores_come_back(monkeypatch):
    rng = np.random.default_rng(4)
    rows = []
    for brand in data_prices.BRANDS:
        logs = rng.normal(-3.2, 0.2, (400, 11))
        moved = 8 + logs.sum(1) * 0.2 - 3.2 * logs[:, brand - 1] + rng.normal(0, 0.1, 400)
        prices = {f"price{i + 1}": np.exp(logs[:, i]) for i in range(11)}
        more = {"brand": brand, "store": rng.integers(0, 20, 400), "logmove": moved}
        promotion = {"deal": rng.integers(0, 2, 400), "feat": rng.random(400)}
        rows.append(pd.DataFrame({**prices, **more, **promotion}))
    table = pd.concat(rows)
    monkeypatch.setattr(data_prices, "bayesm", lambda name: {"yx": table})
    own, cross = data_prices.orange_juice()
    np.testing.assert_allclose(own, -3.0, atol=0.2)
    assert cross.mean() == pytest.approx(0.2, abs=0.02)
