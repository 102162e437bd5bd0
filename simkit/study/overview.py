"""What a new manager looks at first: who and what is there, and how the last weeks went."""

from typing import TYPE_CHECKING

from simkit.kpi.table import kpi_table
from simkit.scenario.records import Scenario

if TYPE_CHECKING:
    import pandas as pd

CLASSES = ("key", "regular", "tail")


def territory_table(scenario: Scenario, events: "pd.DataFrame", weeks: int = 13) -> "pd.DataFrame":
    """Return the territories before week 0: customers there, and the last `weeks` weeks.

    Index: ids of territories, as in the scenario. Columns: key, regular, tail (customers by class),
    revenue (currency), attainment (share of quota).
    """
    past = kpi_table(events, ["territory"], ["revenue", "attainment"], first=-weeks, last=-1)
    names = [territory.id for territory in scenario.territories]
    return _customers(events).join(past).reindex(names)


def rep_table(scenario: Scenario, events: "pd.DataFrame", weeks: int = 13) -> "pd.DataFrame":
    """Return the reps listed by name: where they work, how long, and the last `weeks` weeks.

    Index: ids of reps. Columns: territory, years (with the firm), revenue (currency), attainment
    (share of quota), calls_per_day.
    """
    import pandas as pd

    kpis = ["revenue", "attainment", "calls_per_day"]
    past = kpi_table(events, ["rep"], kpis, first=-weeks, last=-1)
    who = {rep.id: (rep.territory, _years(rep.tenure_weeks, scenario)) for rep in scenario.reps}
    table = pd.DataFrame.from_dict(who, orient="index", columns=["territory", "years"])
    return table.join(past)


def named_accounts(scenario: Scenario, events: "pd.DataFrame", weeks: int = 13) -> "pd.DataFrame":
    """Return the customers listed by name: territory, and orders and revenue of `weeks` weeks.

    Index: ids of customers. Columns: territory, orders (number), revenue (currency).
    """
    import pandas as pd

    rows = events[(events["kind"] == "order") & events["week"].between(-weeks, -1)]
    past = rows.groupby("customer", observed=True)["amount"].agg(["size", "sum"])
    where = {customer.id: customer.territory for customer in scenario.customers.named}
    table = pd.Series(where, name="territory", dtype=object).to_frame()
    past = past.set_axis(["orders", "revenue"], axis=1).reindex(table.index)
    return table.join(past.fillna(0).astype({"orders": int}))


def weekly_revenue(events: "pd.DataFrame", weeks: int = 13) -> "pd.Series":
    """Return the revenue (currency) of each of the last `weeks` weeks before week 0."""
    return kpi_table(events, ["week"], ["revenue"], first=-weeks, last=-1)["revenue"]


def _customers(events: "pd.DataFrame") -> "pd.DataFrame":
    """Customers by territory and class who have come and not left before week 0."""
    before = events[events["week"] < 0]
    gone = before.loc[before["kind"] == "account_lost", "customer"]
    there = before[(before["kind"] == "account") & ~before["customer"].isin(gone)]
    counts = there.astype({"detail": str}).groupby(["territory", "detail"], observed=True).size()
    return counts.unstack(fill_value=0).reindex(columns=list(CLASSES), fill_value=0)


def _years(tenure_weeks: float, scenario: Scenario) -> float:
    """Years with the firm at week 0; the tenure of the scenario is that before the warm-up."""
    return (tenure_weeks + scenario.warm_up_weeks) / 52.0
