"""Whether `simkit fit` finds the numbers of a region again from the orders the engine made.

The region is the real engine with everything off that orders cannot show: what is left are
customers who order, leave and arrive, order values, and a market with season, growth and its own
fluctuation. Each region has other customers and other luck.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import exp, isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from simkit.region.simulation import Simulation
from simkit.scenario.fit.found import Estimated
from simkit.scenario.fit.orders.region_fit import RegionFit, fit_region
from simkit.scenario.fit.orders.stream import read_table
from simkit.scenario.library import load_scenario
from simkit.scenario.records import Scenario
from simkit.study.evidence.worlds import OFF, changed
from simkit.study.exports import orders_of

MONDAY = date(2023, 1, 2)
WITHOUT = (
    "response",
    "relationship",
    "effort",
    "turnover",
    "funnel",
    "stock",
    "satisfaction",
    "competitor",
    "crises",
)
TRUTH: dict[str, Any] = {
    "demand": {
        "orders_per_week": 0.3,
        "rate_shape": 1.2,
        "order_value": 5000,
        "value_sigma": 0.7,
        "value_cv": 0.5,
        "walk_ins_per_year": 0.25,
    },
    "loss": {"per_week": 0.004},
    "market": {"drift_per_year": 0.06, "season_share": 0.15, "season_peak_week": 20.0},
}
PLACES = {"north": 0.8, "south": 1.3}


def small_region(population: int, weeks: int, customers: int) -> Scenario:
    """Return a region of two unequal territories with `customers` each."""
    places = [
        {
            "id": name,
            "name": {"en": name, "zh": name},
            "customers": customers,
            "potential": potential,
            "reps": 1,
            "leads_per_week": 0,
        }
        for name, potential in PLACES.items()
    ]
    scenario = load_scenario("region_40")
    for name in WITHOUT:
        scenario = changed(scenario, **OFF[name])
    scenario = changed(scenario, desks={"dispatch": {"crews": 50}}, **TRUTH)
    return scenario.but(
        territories=places, weeks=weeks, warm_up_weeks=0, population_seed=population
    )


def fitted_again(scenario: Scenario, seed: int) -> tuple[RegionFit, dict[str, float]]:
    """Play a region, fit its orders, and return the fit with the true values by path."""
    simulation = Simulation(scenario, seed=seed).run(lambda report: report.decision)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        orders_of(simulation.events(), MONDAY).to_csv(path, index=False)
        table = read_table(path)
    return fit_region(table, scenario), _truth(scenario, simulation)


def _truth(scenario: Scenario, simulation: Simulation) -> dict[str, float]:
    """Return what the fit should find, as of the last day."""
    active = dict.fromkeys(PLACES, 0)
    for customer in simulation.world.customers:
        active[customer.territory] += customer.alive
    total, years = sum(active.values()), scenario.weeks / 52
    mean = sum(active[name] * potential for name, potential in PLACES.items()) / total
    begun = sum(place.customers for place in scenario.territories)
    demand, market = scenario.demand, scenario.market
    growth = exp(market.drift_per_year * years)
    return {
        "demand.orders_per_week": demand.orders_per_week * mean * growth,
        **{f"demand.{n}": getattr(demand, n) for n in ("rate_shape", "order_value")},
        **{f"demand.{n}": getattr(demand, n) for n in ("value_sigma", "value_cv")},
        "demand.walk_ins_per_year": demand.walk_ins_per_year * begun / total,
        "loss.per_week": scenario.loss.per_week,
        "market.drift_per_year": market.drift_per_year,
        "market.season_share": market.season_share,
        "market.season_peak_week": (market.season_peak_week - scenario.weeks) % 52,
        **{f"territories.{name}.customers": float(n) for name, n in active.items()},
        **{f"territories.{n}.potential": q / mean for n, q in PLACES.items()},
    }


def hits(fit: RegionFit, truth: dict[str, float]) -> dict[str, bool]:
    """Return for every estimate whether its interval holds the true value."""
    return {f.path: _holds(f, truth[f.path]) for f in fit.findings if isinstance(f, Estimated)}


def _holds(found: Estimated, truth: float) -> bool:
    if found.path == "market.season_peak_week":  # a year is a circle
        turns = [truth + 52 * k for k in (-1, 0, 1)]
        truth = min(turns, key=lambda week: abs(week - found.value))
    return found.low <= truth <= found.high or isclose(truth, found.value, rel_tol=1e-9)


def coverage(regions: Sequence[int], weeks: int, customers: int) -> dict[str, list[bool]]:
    """Return whether each interval held, by path, over regions with other customers and luck."""
    found: dict[str, list[bool]] = {}
    for number in regions:
        fit, truth = fitted_again(small_region(number, weeks, customers), number)
        for path, held in hits(fit, truth).items():
            found.setdefault(path, []).append(held)
    return found


def narrowed(fit: RegionFit, share: float) -> RegionFit:
    """Return a fit with intervals of `share` of their width: to see a check go wrong."""

    def less(found: Any) -> Any:
        if not isinstance(found, Estimated):
            return found
        low = found.value - share * (found.value - found.low)
        return replace(found, low=low, high=found.value + share * (found.high - found.value))

    return replace(fit, findings=tuple(map(less, fit.findings)))
