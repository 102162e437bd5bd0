"""What a new manager looks at first: who and what is there, and how the last weeks went."""

import math
from typing import TYPE_CHECKING

from simkit.kpi.table import kpi_table
from simkit.region.candidates import draw_candidate
from simkit.region.draws import Draws
from simkit.region.population import draw_reps
from simkit.scenario.record import Text
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
    """Return everybody who worked here before week 0: where, how long, and the last `weeks` weeks.

    Index: ids of reps, and of posts that are vacant. Columns: territory, status ("left" who is no
    longer there, "new" who was hired in those weeks, "vacant" a post, else ""), years (with the
    firm), revenue (currency), attainment (share of quota), calls_per_day.
    """
    import pandas as pd

    kpis = ["revenue", "attainment", "calls_per_day"]
    past = kpi_table(events, ["rep"], kpis, first=-weeks, last=-1)
    team = {rep.id: (rep.territory, "", rep.tenure_weeks) for rep in draw_reps(scenario)}
    who = {name: (place, state, _years(w, scenario)) for name, (place, state, w) in team.items()}
    before = events[events["week"] < 0].astype(dict.fromkeys(("kind", "rep", "detail"), str))
    for row in before[before["kind"].isin(["rep_hired", "rep_left"])].itertuples():
        hired = row.kind == "rep_hired"
        years = float(-row.day / 260.0 if hired else row.amount / 52.0)  # type: ignore
        recent = int(row.week) >= -weeks  # type: ignore[arg-type]
        status = ("new" if recent else "") if hired else "left"
        who[str(row.rep)] = (str(row.territory), status, years)
    for post, place in _vacant(before).items():
        who[post] = (place, "vacant", math.nan)
    columns = ["territory", "status", "years"]
    table = pd.DataFrame.from_dict(who, orient="index", columns=columns).join(past)
    gone = (table["status"] == "left") & table["calls_per_day"].isna()
    return table[~gone]  # who left before the weeks looked at is forgotten


def _vacant(events: "pd.DataFrame") -> dict[str, str]:
    """Posts that are advertised and nobody has yet, with their territories."""
    ends = events.loc[events["kind"].isin(["rep_hired", "vacancy_closed"]), "detail"]
    posts = events[(events["kind"] == "vacancy") & ~events["detail"].isin(ends)]
    return dict(zip(posts["detail"], posts["territory"].astype(str), strict=True))


def rep_names(
    scenario: Scenario, events: "pd.DataFrame", seed: int, replication: int = 0
) -> dict[str, Text]:
    """Return the names of the reps listed and of those hired in a run; drawn ones have none."""
    draws = Draws(seed, replication)
    hired = events[events["kind"] == "rep_hired"]
    names = {rep.id: rep.name for rep in scenario.reps}
    for rep, place in zip(hired["rep"], hired["territory"], strict=True):
        names[str(rep)] = draw_candidate(draws, str(rep), str(place)).name
    return names


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
