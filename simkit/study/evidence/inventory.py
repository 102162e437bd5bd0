"""Stock against Palm, Hadley and Whitin, and the bullwhip of Chen et al.

Orders are of one piece each (list value 1). The newsvendor is not here: the engine has no single
selling season after which stock is worthless, and cutting one out would be a toy, not the engine.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import bare, compare, replicated
from simkit.study.evidence.families import (
    Rows,
    Task,
    TooLong,
    between,
    cases,
    family,
    must,
    positive,
)
from simkit.study.evidence.worlds import happened

Short = Literal["backorder", "lost"]
CUSTOMERS = 10
REPLICATIONS = 20
PER_WEEK = 40.0
"""Orders a week; lead times are scaled to it."""
MOST_ORDERS = 400_000
TARGET = 0.04
FARTHEST = 5.0
"""Standard deviations that weekly demand must be away from making an order negative."""
ONE_EACH = {"rate_shape": None, "order_value": 1, "value_sigma": 0, "value_cv": 0}


def _shop(weeks: int, warm_up: int, stock: dict[str, Any], per_week: float = PER_WEEK) -> Scenario:
    return bare(
        "demand",
        "stock",
        territories=[{"id": "north", "customers": CUSTOMERS}],
        weeks=weeks,
        warm_up_weeks=warm_up,
        demand={**ONE_EACH, "orders_per_week": per_week / CUSTOMERS},
        stock=stock,
    )


def _weeks(short: float, on_order: float) -> tuple[float, int, int]:
    """Return lead time in weeks, measured and warm-up weeks that show a share `short` of orders.

    Orders within a lead time share their fate, so about one in max(1, on_order) counts.
    """
    rare = max(1e-12, min(short, 1 - short))
    orders = max(20_000.0, max(1.0, on_order) * (1 - rare) / rare / TARGET**2 / 4)
    if orders > MOST_ORDERS:
        raise TooLong(f"short in {short:.2g} of orders: it takes {orders:.2g} orders to see that")
    lead = on_order / PER_WEEK
    return lead, math.ceil(orders / PER_WEEK / REPLICATIONS), max(2, math.ceil(20 * lead))


def _share_short(simulation: Simulation) -> list[float]:
    """Share of orders that could not be served from the shelf."""
    wanted = happened(simulation, "order", "lost_sale")
    return [sum(e[7] != "in_stock" for e in wanted) / len(wanted)]


def _compared(luck: tuple, scenario: Scenario, source: str, short: float) -> Rows:
    values = replicated(luck, scenario, _share_short, REPLICATIONS)
    what = f"share of orders not served at once; the fill rate is {1 - short:.6f}"
    return compare(source, values, ("short of stock", what, short))


@family
def base_stock(
    demand: float = 2,
    lead: float = 3,
    level: int = 8,
    short: Short = "backorder",
    lead_cv: float = 0.5,
) -> Rows:
    """One-for-one reordering up to a level: share of orders short, for any law of the lead time."""
    positive(demand=demand, lead=lead)
    between(1, 10_000, level=level)
    between(0, 2, lead_cv=lead_cv)
    expected = formulas.base_stock_short(level, demand * lead, short == "lost")
    weeks_lead, weeks, warm_up = _weeks(expected, demand * lead)
    ways = {"lost": 0, "substitute": 0, "backorder": 0, short: 1}
    stock = {
        "policy": "base_stock",
        "level": level,
        "lead_weeks": weeks_lead,
        "lead_cv": lead_cv,
        "stock_out": ways,
    }
    luck = ("base_stock", demand, lead, level, short, lead_cv)
    source = "Palm 1938; Feeney and Sherbrooke 1966, Mgmt Sci. 12"
    return _compared(luck, _shop(weeks, warm_up, stock), source, expected)


@family
def reorder_point(demand: float = 4, lead: float = 5, point: int = 24, quantity: int = 30) -> Rows:
    """(s, Q), Poisson demand, fixed lead time, backorders: share of orders not served at once."""
    positive(demand=demand, lead=lead)
    between(1, 10_000, point=point, quantity=quantity)
    expected = formulas.reorder_point_short(point, quantity, demand * lead)
    luck = ("reorder_point", demand, lead, point, quantity)
    source = "Hadley and Whitin 1963, chapter 4"
    scenario = reorder_shop(demand * lead, point, quantity, expected)
    return _compared(luck, scenario, source, expected)


def reorder_shop(on_order: float, point: int, quantity: int, short: float) -> Scenario:
    """Return a shop with the (s, Q) rule, run long enough to see a share `short` of orders."""
    weeks_lead, weeks, warm_up = _weeks(short, on_order)
    stock = {
        "policy": "reorder_point",
        "level": point,
        "quantity": quantity,
        "lead_weeks": weeks_lead,
        "lead_cv": 0,
        "stock_out": {"lost": 0, "substitute": 0, "backorder": 1},
    }
    warm_up = max(warm_up, math.ceil(10 * (quantity + point) / PER_WEEK))
    return _shop(weeks, warm_up, stock)


@family
def bullwhip(cover: float = 1, weeks: int = 4) -> Rows:
    """Variance of orders over that of demand: order up to `cover` moving averages of `weeks` weeks.

    Weekly demand is Poisson, independent from week to week, large enough that an order is
    practically never negative (which the engine would cut off at zero).
    """
    between(0.1, 20, cover=cover)
    between(2, 52, weeks=weeks)
    expected = formulas.bullwhip(cover, weeks)
    demand = math.ceil(FARTHEST**2 * expected)
    length = 100 + 5 * weeks
    must(demand * length * 24 <= 1_200_000, "orders swing too much; lower cover or raise weeks")
    stock = {
        "policy": "forecast",
        "cover_weeks": cover,
        "forecast_weeks": weeks,
        "safety_factor": 0,
        "lead_weeks": 1,
        "lead_cv": 0,
        "stock_out": {"lost": 0, "substitute": 0, "backorder": 1},
    }
    scenario = _shop(length, 2 * weeks + 4, stock, demand)

    def measure(simulation: Simulation) -> list[float]:
        demanded = _by_week(simulation, "order", lambda amount: 1.0)
        ordered = _by_week(simulation, "stock_ordered", lambda amount: amount)
        return [((ordered - demand) ** 2).sum() / ((demanded - demand) ** 2).sum()]

    values = replicated(("bullwhip", cover, weeks), scenario, measure, 24)
    what = f"var(orders) / var(demand) at {demand:g} orders a week"
    source = "Chen, Drezner, Ryan and Simchi-Levi 2000, Mgmt Sci. 46"
    return compare(source, values, ("ratio", what, expected))


def _by_week(simulation: Simulation, kind: str, size: Callable[[float], float]) -> np.ndarray:
    """Return the sum of the sizes of events by week."""
    totals = np.zeros(simulation.scenario.weeks)
    for event in happened(simulation, kind):
        totals[int(event[0] // 5)] += size(event[6])
    return totals


TASKS: list[Task] = [
    *cases(base_stock, 1, {}, {"level": 10}, {"level": 8, "short": "lost"}),
    *cases(base_stock, 1, {"level": 10, "short": "lost", "lead_cv": 1}),
    *cases(reorder_point, 3, {}),
    *cases(bullwhip, 2, {}, {"cover": 2, "weeks": 5}),
]
