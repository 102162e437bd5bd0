"""What a firm's systems would export of a run, for fits and trainers: orders, opportunities."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simkit.region.events import DAYS_PER_WEEK, Event, in_order

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("order", "customer", "date", "amount", "territory", "rep")
"""Of an export of orders."""
Form = Literal["salesforce", "hubspot"]
STAGES = {
    "salesforce": {
        "qualify": "Qualification",
        "quote": "Proposal/Price Quote",
        "negotiate": "Negotiation/Review",
        "contract": "Negotiation/Review",
    },
    "hubspot": {
        "qualify": "Qualified To Buy",
        "quote": "Presentation Scheduled",
        "negotiate": "Decision Maker Bought-In",
        "contract": "Contract Sent",
    },
}
"""What the systems call the stages of the funnel, see `simkit/scenario/fit/deals/crm.yaml`."""
ENDS = {"won": "Closed Won", "lost": "Closed Lost", "no_decision": "Closed Lost"}
REASONS = {"won": "", "lost": "Price", "no_decision": "No Decision"}
NAMES = {
    "salesforce": (
        "Opportunity ID", "Opportunity Name", "Amount", "List Amount", "Stage", "Created Date",
        "Close Date", "Opportunity Owner", "Territory", "Loss Reason",
    ),
    "hubspot": (
        "Record ID", "Deal Name", "Amount", "List Amount", "Deal Stage", "Create Date",
        "Close Date", "Deal owner", "Territory", "Closed Lost Reason",
    ),
}  # fmt: skip
EXPECTED_DAYS = 60
"""Open deals are expected to close that many days after they were created."""


@dataclass
class Deal:
    """What a CRM system knows of an opportunity."""

    id: str
    territory: str
    owner: str
    value: float
    created: date
    stage: str = "qualify"
    end: str = ""
    closed: date | None = None
    paid: float | None = None
    entered: dict[str, date] = field(default_factory=dict)


def day_of(day: float, start: date) -> date:
    """Return the date of an engine's day; `start` is the Monday on which day 0 is."""
    week, weekday = divmod(int(day // 1), DAYS_PER_WEEK)
    return start + timedelta(weeks=week, days=weekday)


def deals_of(log: Iterable[Event], start: date) -> list[Deal]:
    """Return the opportunities of an event log, in the order in which they were created.

    Day 0 of the log is the Monday `start`; hours are forgotten, as most exports do.
    """
    deals: dict[str, Deal] = {}
    for day, kind, territory, rep, _, name, amount, detail in in_order(list(log)):
        when = day_of(day, start)
        if kind == "opportunity":
            deals[name] = Deal(name, territory, rep, amount, when)
        elif name not in deals:
            continue
        elif kind == "deal_moved":
            deals[name].owner = rep
        elif kind == "stage":
            deals[name].stage = detail
            deals[name].entered[detail] = when
        elif kind in ENDS:
            deals[name].end, deals[name].closed = kind, when
            deals[name].paid = amount if kind == "won" else None
    return list(deals.values())


def export(deals: Sequence[Deal], form: Form) -> list[list[str]]:
    """Return header and rows of an export; "hubspot" has the days of entering each stage."""
    stages = STAGES[form]
    further = [s for s in stages if s != "qualify"] if form == "hubspot" else []
    header = [*NAMES[form], *(f'Date entered "{stages[s]} (Sales Pipeline)"' for s in further)]
    return [header, *(_row(deal, form, further) for deal in deals)]


def _row(deal: Deal, form: Form, further: Sequence[str]) -> list[str]:
    closed = deal.closed or deal.created + timedelta(days=EXPECTED_DAYS)
    stage = ENDS.get(deal.end, STAGES[form][deal.stage])
    paid = deal.value if deal.paid is None else deal.paid
    days = (deal.entered.get(name) for name in further)
    return [
        deal.id, f"Deal {deal.id}", f"{paid:.2f}", f"{deal.value:.2f}", stage,
        str(deal.created), str(closed), deal.owner, deal.territory, REASONS.get(deal.end, ""),
        *(str(day) if day else "" for day in days),
    ]  # fmt: skip


def write_export(path: str | Path, deals: Sequence[Deal], form: Form) -> Path:
    """Write opportunities as a CSV file in the form of a CRM system, and return its path."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(export(deals, form))
    return Path(path)


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
