"""Where calls and money go: head and long tail, and a budget matrix with a reserve."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from simkit.planning.cascade import split
from simkit.planning.territories import SalesMap
from simkit.region.population import draw_reps
from simkit.region.state import CLASSES
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

QUARTER = 13
REGION = "region"
"""Row of the matrix for what is not spent by territory."""
LOCAL = ("training", "promotion")
SHARED = ("coaching", "vip")
Cell = tuple[str, str]
"""Row (a territory, or `REGION`) and column of the matrix."""
MOST = {"training": 5.0, "promotion": 20_000.0, "coaching": 8.0, "vip": 2000.0}
"""Bounds of the levers: days a rep and week, money a week, hours a rep and week, hours a week."""


# Head and long tail


def head_share(potentials: Iterable[float], top: float = 0.2) -> float:
    """Return the share of all potential that the largest `top` of the accounts hold.

    Raises ValueError when there is no potential at all.
    """
    values = sorted(potentials, reverse=True)
    whole = math.fsum(values)
    if not whole:
        raise ValueError("the accounts have no potential")
    return math.fsum(values[: round(top * len(values))]) / whole


def suggested_split(of: SalesMap, scenario: Scenario) -> CallSplit:
    """Return the call split that brings most orders, by the square-root rule.

    With the response g/(g + half), calls of an account g, orders are highest where (g + half) is in
    proportion to the root of its potential; a class for which that is negative gets no calls. Only
    orders count, not that customers nobody visits are less satisfied and leave sooner. Source: the
    first-order condition of CALLPLAN (Lodish 1971) for this response.
    """
    response, total = scenario.response, math.fsum(s.calls for s in of.sellers.values())
    number = {k: sum(a.klass == k for a in of.accounts.values()) for k in CLASSES}
    worth = {
        k: math.fsum(a.potential for a in of.accounts.values() if a.klass == k) / number[k]
        for k in CLASSES
        if number[k]
    }
    unit, left = response.reference_calls_per_week, [k for k in worth if worth[k] > 0]
    if not left:
        return scenario.selling.call_split
    while True:
        have = total / unit + math.fsum(number[k] * response.half for k in left)
        scale = have / math.fsum(number[k] * math.sqrt(worth[k]) for k in left)
        calls = {k: number[k] * (scale * math.sqrt(worth[k]) - response.half) for k in left}
        if min(calls.values()) >= 0:
            break
        left = [k for k in left if calls[k] > 0]
    whole = math.fsum(calls.values())
    shares = dict(
        zip(CLASSES, split(100, [calls.get(k, 0.0) / whole for k in CLASSES]), strict=True)
    )
    return CallSplit(**{k: share / 100 for k, share in shares.items()})


# Budget matrix


def cells_of(scenario: Scenario) -> list[Cell]:
    """Return the cells of the matrix: local measures by territory, the others for the region."""
    local = [(t.id, column) for t in scenario.territories for column in LOCAL]
    return [*local, *((REGION, column) for column in SHARED)]


def reserve_of(scenario: Scenario, share: float) -> int:
    """Return the money of a quarter that is kept back."""
    return math.ceil(scenario.costs.budget_per_quarter * share)


def suggested_matrix(
    scenario: Scenario, priorities: Mapping[Cell, float], reserve_share: float
) -> dict[Cell, int]:
    """Return the budget of a quarter less the reserve, over the cells by priority; adds up exactly.

    Raises ValueError when the priorities are negative or all zero.
    """
    cells = cells_of(scenario)
    budget = int(scenario.costs.budget_per_quarter) - reserve_of(scenario, reserve_share)
    parts = split(max(0, budget), [priorities.get(cell, 0.0) for cell in cells])
    return dict(zip(cells, parts, strict=True))


def mistakes_in_matrix(
    matrix: Mapping[Cell, float], scenario: Scenario, reserve_share: float
) -> dict[str, Text]:
    """Return what is wrong with a matrix by field: "row-column", or "reserve" for the sum."""
    found: dict[str, Text] = {}
    for (row, column), money in matrix.items():
        if not math.isfinite(money) or money < 0:
            found[f"{row}-{column}"] = Text(
                en="Give an amount of 0 or more.", zh="请填写 0 或更大的金额。"
            )
        elif _amount(scenario, row, column, money) > MOST[column]:
            most = MOST[column] / _amount(scenario, row, column, 1.0)
            found[f"{row}-{column}"] = Text(
                en=f"More than can be used: give at most {most:,.0f}.",
                zh=f"超出可以用掉的数额：最多填 {most:,.0f}。",
            )
    free = scenario.costs.budget_per_quarter - reserve_of(scenario, reserve_share)
    over = math.fsum(matrix.values()) - free
    if not found and over > 0:
        found["reserve"] = Text(
            en=f"That is {over:,.0f} more than the budget leaves after the reserve.",
            zh=f"扣除储备金后，预算还差 {over:,.0f}。",
        )
    return found


def levers_of_matrix(matrix: Mapping[Cell, float], scenario: Scenario) -> dict[str, Any]:
    """Return the levers that spend a matrix evenly over the quarter; what is 0 is left alone."""
    spent = {cell: money for cell, money in matrix.items() if money > 0}
    found: dict[str, Any] = {}
    for (row, column), money in spent.items():
        amount = _amount(scenario, row, column, money)
        if column == "promotion":
            found.setdefault("local", {})[row] = {"promotion": amount}
        elif column == "training":
            days = found.setdefault("training_days", {})
            days |= dict.fromkeys(_team(scenario, row), amount)
        else:
            found[f"{column}_hours"] = amount
    return found


def _team(scenario: Scenario, territory: str) -> list[str]:
    """The reps of a territory, or of the region."""
    reps = draw_reps(scenario)
    return [rep.id for rep in reps if territory in (REGION, rep.territory)]


def _amount(scenario: Scenario, row: str, column: str, money: float) -> float:
    """What money of a quarter buys in the unit of the lever, a week."""
    costs, people = scenario.costs, max(1, len(_team(scenario, row)))
    price = {
        "training": costs.training_day * people,
        "promotion": 1.0,
        "coaching": costs.coaching_hour * people,
        "vip": costs.service_hour,
    }[column]
    return money / QUARTER / price if price else 0.0
