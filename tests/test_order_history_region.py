"""A real order history becomes a scenario and runs (CDNOW sample, evidence facts 27 and 28)."""

import csv
from pathlib import Path

import pytest

from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.scenario.records import Scenario

lifetimes = pytest.importorskip("lifetimes", reason="the CDNOW sample ships in 'lifetimes'")
REAL_REPEATS = 1882
"""Repeat order days of the 2,357 customers in weeks 40 to 78, counted in the sample."""
POPULATIONS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample as an order history."""
    folder = tmp_path_factory.mktemp("cdnow")
    sample = Path(lifetimes.__file__).parent / "datasets" / "CDNOW_sample.txt"
    with (folder / "cdnow.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "date", "amount"])
        for line in sample.read_text().splitlines():
            _, customer, day, _, amount = line.split()
            writer.writerow([customer, f"{day[:4]}-{day[4:6]}-{day[6:]}", amount])
    return folder


def region(folder: Path, orders_as: str, warm_up_weeks: int) -> Scenario:
    """Only the customers of the history and what the fit says of them; nothing else moves."""
    off = ("response", "relationship", "funnel", "stock", "satisfaction", "market")
    base = load_scenario("region_40")
    lines = [
        f"extends: {Path(__file__).parents[1] / 'scenarios' / 'region_40.yaml'}",
        "name: {en: Shop, zh: 商店}",
        "weeks: 39",
        f"warm_up_weeks: {warm_up_weeks}",
        "territories: [{id: shop, name: {en: Shop, zh: 商店}, leads_per_week: 0}]",
        "customers:",
        "  orders: cdnow.csv",
        "  orders_until: 1997-09-30",
        f"  orders_as: {orders_as}",
        "  source: CDNOW sample of the package lifetimes",
        "demand: {walk_ins_per_year: 0}",
        f"desks: {{dispatch: {{crews: {10 * base.desks.dispatch.crews}}}}}",
        *(f"{name}: {{on: false}}" for name in off),
    ]
    path = folder / f"{orders_as}.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load_scenario(path)


def repeats(scenario: Scenario) -> list[int]:
    """Repeat orders in the 39 weeks after the history, in several populations."""
    counts = []
    for k in range(POPULATIONS):
        simulation = Simulation(scenario.but(population_seed=k + 1), seed=k + 1)
        for _ in range(39):
            simulation.step(simulation.decision)
        counts.append(sum(kind == "order" and day >= 0 for day, kind, *_ in simulation.world.log))
    return counts


def mean_and_error(values: list[int]) -> tuple[float, float]:
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, (variance / len(values)) ** 0.5


def test_customers_who_live_their_history_again_order_within_ten_percent_of_the_real_ones(folder):
    scenario = region(folder, "cohort", warm_up_weeks=39)
    mean, _ = mean_and_error(repeats(scenario))
    print(f"cohort: {mean:.0f} simulated, {REAL_REPEATS} real, {mean / REAL_REPEATS - 1:+.1%}")
    assert abs(mean / REAL_REPEATS - 1) < 0.10


def test_the_engine_forecasts_what_the_fitted_model_says_of_each_customer(folder):
    """The model itself expects 1,665.5 orders, 11.5 % below the real ones: see README."""
    from datetime import date

    from simkit.scenario.history import fit_customers, read_orders

    history = fit_customers(read_orders(folder / "cdnow.csv"), end=date(1997, 9, 30))
    expected = float(history.expected_orders(39).sum())
    mean, error = mean_and_error(repeats(region(folder, "each", warm_up_weeks=0)))
    print(f"each: {mean:.0f} +- {error:.0f} simulated, {expected:.1f} expected by the model")
    assert abs(mean - expected) < 4 * error


def test_the_fit_report_says_from_how_many_rows(folder):
    report = region(folder, "each", warm_up_weeks=0).customers.fit_report
    assert report is not None
    assert "4,960 order rows of 2,357 customers" in report.en
    assert "2,357" in report.zh


def test_a_history_without_territories_needs_one_territory(folder):
    path = folder / "two.yaml"
    base = Path(__file__).parents[1] / "scenarios" / "region_40.yaml"
    path.write_text(
        f"extends: {base}\ncustomers: {{orders: cdnow.csv, source: sample}}\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match=r"two\.yaml:2:21: .*add a column territory"):
        load_scenario(path)
