"""The orders of a simulated region as a firm would export them: for fits, and for trainers."""

from datetime import date
from typing import TYPE_CHECKING

from simkit.study.deal_export import day_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("order", "customer", "date", "amount", "territory", "rep")


def orders_of(events: "pd.DataFrame", start: date) -> "pd.DataFrame":
    """Return the routine orders of an event table, one row each, in the order of their days.

    Columns: order (a number), customer, date, amount (price paid), territory, rep ("" without one).
    `start` is the Monday of week 0; days of the warm-up lie before it. Writing it with
    `to_csv(path, index=False)` gives a file that `simkit fit` reads.

    Raises ValueError when `start` is not a Monday.
    """
    if start.weekday():
        raise ValueError(f"{start} is no Monday; week 0 begins on one")
    rows = events[events["kind"] == "order"]
    table = rows[["customer", "amount", "territory", "rep"]].astype(
        {"customer": str, "territory": str, "rep": str}
    )
    table.insert(0, "order", range(1, len(table) + 1))
    table.insert(2, "date", [day_of(day, start) for day in rows["day"]])
    return table.reset_index(drop=True)
