"""What can happen: the closed list of event kinds, the log, and the event table made of it."""

from collections.abc import Sequence
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Event = tuple[float, str, str, str, str, str, float, str]
"""day, kind, territory, rep, customer, opportunity, amount, detail; "" where it does not apply."""

COLUMNS = ("day", "kind", "territory", "rep", "customer", "opportunity", "amount", "detail")
DAYS_PER_WEEK = 5

KINDS = {
    "account": "a customer is there or arrives; amount: 1; detail: key, regular or tail",
    "account_moved": "a customer changes to the rep named; detail: the former rep",
    "account_lost": "a customer leaves for good",
    "visit": "a visit to a customer ends; amount: its length in days; detail: class of account",
    "training": "a rep returns from training; amount: days",
    "idle": "a rep had nobody to see; amount: days",
    "order": "a routine order; amount: price paid; detail: in_stock, substitute "
    "(served with another article, not from this stock) or backorder",
    "lost_sale": "an order that could not be served and is lost; amount: list value",
    "discount": "list value minus price paid of a rep's routine orders of the week, or of a deal",
    "delivered": "a routine order arrives; amount: days since the order; detail: on_time or late",
    "complaint": "a customer complains",
    "complaint_closed": "a complaint is dealt with; amount: days since the complaint",
    "lead": "a lead arrives; amount: 1",
    "lead_touched": "a rep answers a lead; amount: working hours since it came; detail: qualified "
    "or not_qualified",
    "lead_expired": "nobody answered a lead in time",
    "opportunity": "a lead becomes an opportunity; amount: list value",
    "deal_moved": "an opportunity changes to the rep named; amount: list value; detail: the former "
    "rep",
    "stage": "an opportunity enters a stage; amount: list value; detail: the stage",
    "desk_in": "work arrives at a desk; detail: the desk",
    "desk_start": "work begins at a desk; amount: days waited; detail: the desk",
    "desk_out": "work leaves a desk done; amount: days of work; detail: the desk",
    "gave_up": "a customer stops waiting at a desk; amount: days waited (0: there was no room); "
    "detail: the desk",
    "won": "a deal is won; amount: price paid; detail: the discount as a share",
    "lost": "a deal is lost; amount: list value; detail: the stage",
    "no_decision": "a customer gives up deciding; amount: list value; detail: the stage",
    "project_delivered": "a won deal is delivered; amount: days since it was won",
    "stock_ordered": "stock is ordered; amount: list value; detail: supplier or backup",
    "stock_received": "stock arrives; amount: list value",
    "stock_level": "stock on hand at the start of a week; amount: list value",
    "supplier_down": "the supplier stops delivering",
    "supplier_up": "the supplier delivers again",
    "satisfaction": "mean satisfaction of a territory's customers at the start of a week; 0 to 1",
    "quota": "a rep's quota of this week; amount: money",
    "claim": "a rep says what it can sell in the next quarter; amount: money",
    "talk": "a rep learns the target of a quarter; amount: money; detail: agreed, explained or "
    "announced",
    "pay": "a rep is paid; amount: money; detail: salary, commission, over_achievement, "
    "quarter_bonus, annual_bonus or contest",
    "rep_left": "a rep leaves; amount: weeks with the firm; detail: quit or dismissed",
    "vacancy": "a post is advertised; detail: its id",
    "candidates": "candidates for a post are found; amount: how many; detail: id of the post",
    "vacancy_closed": "a vacant post is given up; detail: its id",
    "rep_hired": "a newcomer begins; amount: weeks the post was vacant; detail: id of the post",
    "cost": "money spent, besides pay; detail: what for (goods, rep: travel, car and insurance of "
    "a rep, holding or a lever)",
    "decision": "a lever was changed; detail: name=value",
    "not_done": "a lever was not carried out for lack of money; detail: the lever",
    "answer_acts": "an answer or preparation begins to act; detail: shock:answer, or prepared:name",
    "competitor": "the competitor changes its price; amount: relative price",
    "shock": "a shock begins; detail: its id",
    "shock_over": "a shock ends; detail: its id",
}


def in_order(log: Sequence[Event]) -> list[Event]:
    """Return the events sorted by day; what happened at the same instant keeps its order."""
    return sorted(log, key=itemgetter(0))


def event_table(log: Sequence[Event]) -> "pd.DataFrame":
    """Return the events as a table, one row each, sorted by day.

    Columns: day (float, working days, 0 is the first day of week 0, negative in the warm-up),
    week (int), kind, territory, rep, customer, opportunity (category), amount (float), detail
    (str, category). `KINDS` says what amount and detail mean for each kind.
    """
    import pandas as pd

    columns = list(zip(*in_order(log), strict=True)) if log else [()] * len(COLUMNS)
    table = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    table["day"] = table["day"].astype(float)
    table["amount"] = table["amount"].astype(float)
    for name in ("kind", "territory", "rep", "customer", "opportunity", "detail"):
        table[name] = table[name].astype("category")
    table.insert(1, "week", (table["day"] // DAYS_PER_WEEK).astype(int))
    return table


def digest(log: Sequence[Event], digits: int = 10) -> str:
    """Return the SHA-256 of the events with numbers at `digits` significant digits."""
    hashed = sha256()
    for day, kind, territory, rep, customer, opportunity, amount, detail in in_order(log):
        row = f"{day:.{digits}g}|{kind}|{territory}|{rep}|{customer}|{opportunity}|"
        hashed.update(f"{row}{amount:.{digits}g}|{detail}\n".encode())
    return hashed.hexdigest()
