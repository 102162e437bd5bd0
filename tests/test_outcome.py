"""What a run brought and cost, against the event table."""

import pytest
from regions import lively, plays

from simkit.region.simulation import Simulation
from simkit.study.outcome import outcome


@pytest.fixture(scope="module")
def simulation():
    scenario = lively()
    return Simulation(scenario, 5).run(plays({1: {"promotion": 900.0}, 3: {"price": 0.9}}))


def test_the_figures_are_those_of_the_event_table(simulation):
    table = simulation.events()
    table = table[table["week"] >= 0]
    amounts = table.groupby(["kind", "detail"], observed=True)["amount"].sum()
    kinds = table["kind"].value_counts()
    found = outcome(simulation)
    assert found.revenue == pytest.approx(table[table["kind"].isin(["order", "won"])].amount.sum())
    assert found.goods == pytest.approx(amounts["cost", "goods"])
    assert found.pay == pytest.approx(amounts["pay"].sum())
    assert found.extras == pytest.approx(amounts["cost"].sum() - amounts["cost", "goods"])
    assert found.contribution == pytest.approx(
        found.revenue - amounts["cost"].sum() - amounts["pay"].sum()
    )
    assert found.customers_lost == kinds["account_lost"] > 0
    assert found.as_dict()["other_costs"] == pytest.approx(found.pay + found.extras)


def test_weeks_add_up(simulation):
    parts = [outcome(simulation, week, week).contribution for week in range(8)]
    assert sum(parts) == pytest.approx(outcome(simulation).contribution)
    assert outcome(simulation, first=2, last=4).revenue == pytest.approx(
        sum(outcome(simulation, week, week).revenue for week in (2, 3, 4))
    )
