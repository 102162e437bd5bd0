"""What the tornado of the what-if lab varies: levers and parameters with sensible bounds."""

from collections.abc import Iterator
from typing import Any

from simkit.scenario.record import ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.screens.levers import lever_title
from simkit.screens.texts import Translate, translator
from simkit.study.sensitivity.factors import Factor
from simkit.study.settings import LEVER, apply_settings

LEVERS = {
    "price": (0.95, 1.05),
    "discount_limit_share": (0.0, 0.1),
    "coaching_hours": (0.0, 2.0),
    "prospecting_share": (0.03, 0.12),
    "safety_factor": (0.8, 1.8),
}
"""Between what a careful and a bold manager might choose (assumption)."""
AROUND = {
    "demand.orders_per_week": 0.1,
    "demand.margin_share": 0.1,
    "market.price_elasticity": 0.2,
    "market.competitor.cuts_per_year": 0.5,
    "market.competitor.cut_share": 0.5,
    "loss.per_week": 0.25,
    "stock.lead_weeks": 0.25,
    "satisfaction.demand_slope": 0.25,
}
"""Parameters, and the share by which they may be off either way (assumption)."""
USUAL = (
    *("decision.price", "decision.discount_limit_share", "decision.coaching_hours"),
    *("demand.orders_per_week", "market.price_elasticity", "market.competitor.cuts_per_year"),
)
"""Chosen when nobody says."""


def factors_of(scenario: Scenario, lang: str) -> dict[str, Factor]:
    """Return what can be varied in this region, by name."""
    found = {factor.name: factor for factor in _all(scenario, lang)}
    return {name: factor for name, factor in found.items() if _fits(scenario, factor)}


def _all(scenario: Scenario, lang: str) -> Iterator[Factor]:
    for name, (low, high) in LEVERS.items():
        title = lever_title(name, lang)
        yield Factor(f"{LEVER}{name}", low, high, Text(en=title, zh=title))
    titles, data = parameter_titles(translator(lang)), scenario.model_dump(mode="json")
    for path, share in AROUND.items():
        value = _value(data, path)
        if value:
            title = titles[path]
            low, high = value * (1 - share), value * (1 + share)
            yield Factor(path, low, high, Text(en=title, zh=title))


def parameter_titles(t: Translate) -> dict[str, str]:
    """Return what the parameters are called."""
    return {
        "demand.orders_per_week": t("Orders of a customer a week"),
        "demand.margin_share": t("Margin on the list price"),
        "market.price_elasticity": t("Price elasticity of demand"),
        "market.competitor.cuts_per_year": t("Price cuts of the competitor a year"),
        "market.competitor.cut_share": t("Size of the competitor's price cuts"),
        "loss.per_week": t("Customers lost a week"),
        "stock.lead_weeks": t("Lead time of the supplier"),
        "satisfaction.demand_slope": t("How strongly satisfaction moves demand"),
    }


def _value(data: Any, path: str) -> float:
    for step in path.split("."):
        data = data.get(step) if isinstance(data, dict) else None
    return float(data) if isinstance(data, int | float) else 0.0


def _fits(scenario: Scenario, factor: Factor) -> bool:
    try:
        for end in (factor.low, factor.high):
            apply_settings(scenario, [factor.setting(end)])
    except ScenarioError:
        return False
    return True
