"""The default regions live for six years and look like the regions they stand for.

Crises (market slumps) are off; a supplier that fails and a market that wanders are part of life, so
single worlds may swing and the mean over worlds must stay. Levels of the shipped files (service
times, quotas, reference satisfaction) were calibrated with runs like these, so the bands show that
the regions stay as calibrated; they are no evidence for the model.
"""

import pandas as pd
import pytest

from simkit.kpi.table import kpi_table
from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario

YEARS = 6
WORLDS = {"region_40": 2, "workshop_region": 4}
"""The larger region swings less."""
BANDS = {
    "fill_rate": (0.93, 0.98),
    "on_time_share": (0.92, 0.97),
    "win_rate": (0.15, 0.30),
    "lead_conversion": (0.08, 0.20),
    "untouched_leads": (0.50, 0.80),
    "cycle_weeks": (9.0, 11.5),
    "satisfaction": (0.87, 0.94),
    "churn": (0.09, 0.13),
    "best_fifth": (0.55, 0.75),
    "revenue_per_rep_year": (3e6, 5e6),
}
LOADS = {
    "region_40": {"quote": (0.70, 0.85), "legal": (0.70, 0.85), "delivery": (0.70, 0.85)},
    "workshop_region": {"quote": (0.50, 0.85), "legal": (0.30, 0.70), "delivery": (0.30, 0.70)},
}


@pytest.fixture(scope="module", params=["region_40", "workshop_region"])
def worlds(request: pytest.FixtureRequest) -> tuple[str, list[pd.DataFrame], list[pd.DataFrame]]:
    """Name of a scenario, its event tables of six years, and their yearly KPIs."""
    scenario = load_scenario(request.param)
    market = scenario.market.but(crises=scenario.market.crises.but(on=False))
    scenario = scenario.but(market=market, weeks=52 * YEARS)
    tables = [
        Simulation(scenario, seed).run(keep_course).events()
        for seed in range(1, WORLDS[request.param] + 1)
    ]
    names = [name for name in BANDS if name not in ("churn", "best_fifth", "revenue_per_rep_year")]
    wanted = ["revenue", "active_customers", "retention", *names]
    yearly = [
        pd.concat([kpi_table(t, (), wanted, 52 * y, 52 * y + 51) for y in range(YEARS)])
        for t in tables
    ]
    return request.param, tables, yearly


def test_customers_and_revenue_neither_die_out_nor_explode(worlds):
    _, _, yearly = worlds
    for name in ("revenue", "active_customers"):
        years = sum(table[name].to_numpy() for table in yearly) / len(yearly)
        change = years / years[0] - 1
        print(worlds[0], name, [f"{c:+.1%}" for c in change])
        assert abs(change).max() < 0.15, name


def test_the_region_looks_like_the_one_it_stands_for(worlds):
    name, tables, yearly = worlds
    found = pd.concat(yearly).mean()
    found["churn"] = 1 - found["retention"]
    weeks = sum((t["kind"].eq("quota") & t["week"].ge(0)).sum() for t in tables)
    rep_years = weeks / 52 / len(yearly)
    found["revenue_per_rep_year"] = found["revenue"] * YEARS / rep_years
    found["best_fifth"] = sum(map(best_fifth, tables)) / len(tables)
    print(name, found.round(3).to_dict())
    outside = {k: found[k] for k, (low, high) in BANDS.items() if not low <= found[k] <= high}
    assert not outside


def best_fifth(events: pd.DataFrame) -> float:
    """Share of a year's orders that the best fifth of the buyers brings."""
    orders = events[(events["kind"] == "order") & events["week"].between(0, 51)]
    bought = orders.groupby("customer", observed=True)["amount"].sum().sort_values()
    return float(bought.iloc[-len(bought) // 5 :].sum() / bought.sum())


def test_the_desks_are_busy_and_not_swamped(worlds):
    name, tables, _ = worlds
    desks = load_scenario(name).desks
    for desk, (low, high) in LOADS[name].items():
        days = [t.loc[(t["kind"] == "desk_out") & (t["detail"] == desk), "amount"] for t in tables]
        weeks = [t["week"].max() - t["week"].min() + 1 for t in tables]
        staff = getattr(desks, desk).staff
        load = sum(d.sum() for d in days) / sum(5 * w * staff for w in weeks)
        print(name, desk, round(load, 3))
        assert low <= load <= high, desk
