"""Past weeks from a file of real orders, refused where nothing can be learned from them."""

import math
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from simkit.scenario.order_file import Orders
from simkit.scenario.record import Problem, ScenarioError
from simkit.study.past_books import PREDECESSOR, QUARTER, YEAR, Books

DAYS = 7
FEWEST_WEEKS = 2 * YEAR
"""Growth takes two years."""
LONGEST_GAP_WEEKS = 4
"""Weeks in a row without any order that are still believed (assumption)."""
SAME = 1e-9


def gathered(orders: Orders, books: Books) -> None:
    """Write the orders into the books.

    Raises ScenarioError for less than two years, a gap, weeks that are all alike, or no sales.
    """
    last = max(order.date for order in orders.rows)
    first = min(order.date for order in orders.rows)
    weeks = ((last - first).days + 1) // DAYS
    _check_length(orders, weeks, first, last)
    for order in orders.rows:
        week = -1 - (last - order.date).days // DAYS
        if week >= -weeks:
            books.sales[order.territory or "", order.rep or PREDECESSOR, week] += order.amount
    totals = dict.fromkeys(range(-weeks, 0), 0.0)
    seen = {week for _, _, week in books.sales}
    _check_gaps(orders, sorted(seen), last)
    for (_, _, week), sales in books.sales.items():
        totals[week] += sales
    _check_totals(orders, totals)
    _fill(books, weeks)


def _fill(books: Books, weeks: int) -> None:
    """Give every territory each week, and every rep the weeks in which it was there."""
    there: dict[tuple[str, str], list[int]] = {}
    for territory, rep, week in books.sales:
        there.setdefault((territory, rep), []).append(week)
    for (territory, rep), own in there.items():
        end = 0 if max(own) >= -QUARTER else max(own) + 1
        for week in range(min(own), end) if rep else ():
            books.sales[territory, rep, week] += 0.0
            books.quota[rep, week] = math.nan
    books.fill({territory for territory, _ in there}, range(-weeks, 0))


def _check_length(orders: Orders, weeks: int, first: date, last: date) -> None:
    if weeks < FEWEST_WEEKS:
        _refuse(
            orders,
            f"{weeks} whole weeks of orders, from {first} to {last}: a target takes two years "
            f"({FEWEST_WEEKS} weeks) or more; export the older orders too",
        )


def _check_gaps(orders: Orders, seen: list[int], last: date) -> None:
    for before, after in pairwise(seen):
        if after - before - 1 > LONGEST_GAP_WEEKS:
            ends = (last + timedelta(days=DAYS * week + 1) for week in (before + 1, after))
            start, end = next(ends), next(ends) - timedelta(days=1)
            _refuse(
                orders,
                f"no order from {start} to {end} ({after - before - 1} weeks): add the rows that "
                f"are missing, or, if {start} is right, leave out what is older",
            )


def _check_totals(orders: Orders, totals: Mapping[int, float]) -> None:
    low, high = min(totals.values()), max(totals.values())
    if not high:
        _refuse(orders, "column 'amount' is 0 in every row: give the money of each order")
    if high - low <= SAME * high:
        _refuse(
            orders,
            f"every week has the same sales ({high:,.0f}): that is a plan or a mean, not what was "
            "sold; export the orders themselves",
        )


def _refuse(orders: Orders, message: str) -> None:
    raise ScenarioError([Problem(orders.path, None, None, message)])
