"""A real order history becomes a scenario and runs (CDNOW sample, evidence facts 27 and 28)."""

import shutil
from pathlib import Path

import pytest

from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.evidence.cdnow_shop import fitted, played, shop, weekly_repeats, write_orders
from simkit.study.evidence.row import mean_and_error

pytest.importorskip("lifetimes", reason="the CDNOW sample ships in 'lifetimes'")


def test_the_engine_forecasts_what_the_fitted_model_says_of_each_customer():
    """The model itself expects 1,665.5 orders, 11.5 % below the real ones: see README."""
    expected = float(fitted().expected_orders(39).sum())
    scenario = shop("each")
    mean, error = mean_and_error([weekly_repeats(played(scenario, k)).sum() for k in range(1, 21)])
    print(f"each: {mean:.0f} +- {error:.0f} simulated, {expected:.1f} expected by the model")
    assert abs(mean - expected) < 4 * error


def test_the_fit_report_says_from_how_many_rows():
    report = shop("each").customers.fit_report
    assert report is not None
    assert "4,960 order rows of 2,357 customers" in report.en
    assert "2,357" in report.zh


def test_a_history_without_territories_needs_one_territory(tmp_path):
    write_orders(tmp_path)
    base = Path(__file__).parents[1] / "scenarios" / "region_40.yaml"
    shutil.copy(base, tmp_path)
    path = tmp_path / "two.yaml"
    path.write_text(
        "extends: region_40.yaml\ncustomers: {orders: orders.csv, source: sample}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError, match=r"two\.yaml:2:21: .*add a column territory"):
        load_scenario(path)
