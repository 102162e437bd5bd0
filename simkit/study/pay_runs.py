"""One run under a pay plan as small tables: reps by quarter, reps by week, totals."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.region.decision import Decision, Policy
from simkit.region.population import draw_reps
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.records import Scenario
from simkit.study.outcome import SALES, outcome_of

if TYPE_CHECKING:
    import pandas as pd

QUARTER = 13
MONEY = ("revenue", "goods", "pay", "extras", "contribution")
GROUPS = ("new", "low", "middle", "high")
"""New reps, and the others by thirds of their attainment before week 0."""
POSITIONS = {"behind": (0.0, 0.85), "near": (0.85, 1.15), "ahead": (1.15, float("inf"))}
"""Sold so far over the quota so far, at the start of a week."""


@dataclass(frozen=True)
class Programme:
    """What a manager offers the reps: pay plans, and what is not money."""

    plan: PayPlan
    new_plan: PayPlan | None = None
    recognition_hours: float = 0.0
    """A week and rep."""
    development_days: float = 0.0
    """Training days of each rep at the start of every quarter."""
    career_budget: float = 0.0
    """Money a rep and year."""

    def training_days(self, week: int) -> float:
        """Return the training days of a week: up to five from the start of the quarter on."""
        return min(5.0, max(0.0, self.development_days - 5.0 * (week % QUARTER)))

    def policy(self) -> Policy:
        """Return the manager who offers this in every week and leaves all other levers alone."""

        def decide(report: WeekReport) -> Decision:
            days = self.training_days(report.week)
            return report.decision.but(
                pay_plan=self.plan,
                pay_plan_new=self.new_plan,
                recognition_hours=self.recognition_hours,
                career_budget=self.career_budget,
                training_days=dict.fromkeys(report.reps, days) if days else {},
            )

        return decide


@dataclass(frozen=True)
class PayRun:
    """What came of a programme in one world.

    `quarters`: one row per rep and quarter with a quota; columns rep, quarter (0 is the first),
    group (of `GROUPS`), weeks, sales, quota, pay (money, salary included), calls.
    `weeks`: one row per rep and full week; columns rep, week, group, calls (a week of five days in
    the field), position (of `POSITIONS`; missing in the first week of a quarter).
    `totals`: revenue, goods, pay, extras (all other costs), contribution in money; left, new_left
    (reps who quit, and those of them who were new).
    `not_done`: the levers that found no money, with the first week without.
    """

    quarters: "pd.DataFrame"
    weeks: "pd.DataFrame"
    totals: dict[str, float]
    not_done: dict[str, int]


def play(
    scenario: Scenario, programme: Programme, seed: int, after_week: Callable[[], None]
) -> PayRun:
    """Play all weeks of a scenario under a programme; `after_week` is called after each."""
    simulation, decide = Simulation(scenario, seed), programme.policy()
    while not simulation.done:
        simulation.step(decide(simulation.report()))
        after_week()
    return summary(simulation.events(), scenario)


def summary(events: "pd.DataFrame", scenario: Scenario) -> PayRun:
    """Return the tables of a run from its events."""
    plain = events.astype(dict.fromkeys(("kind", "rep", "detail"), str))
    groups = _Groups(plain, scenario)
    played = plain[plain["week"] >= 0]
    missing = played[played["kind"] == "not_done"].drop_duplicates("detail")
    return PayRun(
        _quarters(played, groups),
        _weeks(played, groups),
        _totals(played, groups),
        {str(d): int(w) + 1 for d, w in zip(missing["detail"], missing["week"], strict=True)},
    )


class _Groups:
    """Who is new, and where the others stood before week 0."""

    def __init__(self, events: "pd.DataFrame", scenario: Scenario) -> None:
        warm_up = scenario.warm_up_weeks
        self.new_weeks = scenario.pay.new_weeks
        self.began = {rep.id: -warm_up - rep.tenure_weeks for rep in draw_reps(scenario)}
        hired = events[events["kind"] == "rep_hired"]
        self.began |= dict(zip(hired["rep"], hired["day"] / 5.0, strict=True))
        self.thirds = _thirds(events[events["week"] < 0])

    def of(self, rep: str, week: float) -> str:
        """Return the group of a rep in `week`; reps hired after week 0 end up in the middle."""
        if week - self.began[rep] < self.new_weeks:
            return "new"
        return self.thirds.get(rep, "middle")


def _thirds(before: "pd.DataFrame") -> dict[str, str]:
    """Return the third (low, middle, high) of each rep by attainment before week 0."""
    sales = before[before["kind"].isin(SALES)].groupby("rep")["amount"].sum()
    quota = before[before["kind"] == "quota"].groupby("rep")["amount"].sum()
    rank = (sales / quota[quota > 0]).dropna().rank(pct=True, method="first")
    return {
        str(rep): "low" if r <= 1 / 3 else "middle" if r <= 2 / 3 else "high"
        for rep, r in rank.items()
    }


def _quarters(played: "pd.DataFrame", groups: _Groups) -> "pd.DataFrame":
    import pandas as pd

    rows = played.assign(quarter=played["week"] // QUARTER)
    by = ["rep", "quarter"]

    def total(*kinds: str) -> "pd.Series":
        return rows[rows["kind"].isin(kinds)].groupby(by)["amount"].sum()

    quotas = rows[rows["kind"] == "quota"].groupby(by)["amount"].agg(["size", "sum"])
    table = quotas.set_axis(["weeks", "quota"], axis=1)
    table["sales"], table["pay"] = total(*SALES), total("pay")
    table["calls"] = rows[rows["kind"] == "visit"].groupby(by).size()
    table = table.fillna(0.0).reset_index()
    who = [groups.of(r, q * QUARTER) for r, q in zip(table["rep"], table["quarter"], strict=True)]
    return table.assign(group=pd.Series(who, index=table.index, dtype=object))


def _weeks(played: "pd.DataFrame", groups: _Groups) -> "pd.DataFrame":
    import pandas as pd

    by = ["rep", "week"]
    table = played[played["kind"] == "quota"].groupby(by)["amount"].sum().to_frame("quota")
    sold = played[played["kind"].isin(SALES)].groupby(by)["amount"].sum()
    visits = played[played["kind"] == "visit"].groupby(by).size()
    away = played[played["kind"] == "training"].groupby(by)["amount"].sum()
    gone = pd.MultiIndex.from_frame(played.loc[played["kind"] == "rep_left", by])
    table["sold"], table["visits"], table["away"] = sold, visits, away
    table = table.fillna(0.0)
    table["calls"] = table["visits"] * 5.0 / (5.0 - table["away"]).where(table["away"] < 5.0)
    table = table[~table.index.isin(gone)].reset_index()
    quarter = table.groupby(["rep", table["week"] // QUARTER])
    due = quarter["quota"].cumsum() - table["quota"]
    done = quarter["sold"].cumsum() - table["sold"]
    edges = [low for low, _ in POSITIONS.values()] + [float("inf")]
    pace = (done / due.where(due > 0)).clip(lower=0.0)
    where = pd.cut(pace, edges, labels=[*POSITIONS], right=False)
    who = [groups.of(r, w) for r, w in zip(table["rep"], table["week"], strict=True)]
    table = table.assign(position=where.astype(object), group=pd.Series(who, dtype=object))
    return table[["rep", "week", "group", "calls", "position"]]


def _totals(played: "pd.DataFrame", groups: _Groups) -> dict[str, float]:
    columns = (played[name].tolist() for name in ("kind", "amount", "detail"))
    found = outcome_of(zip(*columns, strict=True)).as_dict()
    quits = played[(played["kind"] == "rep_left") & (played["detail"] == "quit")]
    new = sum(groups.of(r, w) == "new" for r, w in zip(quits["rep"], quits["week"], strict=True))
    return {
        **{name: found[name] for name in MONEY},
        "left": float(len(quits)),
        "new_left": float(new),
    }
