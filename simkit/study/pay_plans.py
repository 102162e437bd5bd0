"""A pay plan against others: the same customers and the same luck under each of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from simkit.planning.incentives import QUARTER, TypicalRep, expected_pay, plan_of
from simkit.region.simulation import Simulation
from simkit.scenario.pay_plans import PayPlanFile
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.records import Scenario
from simkit.study.intervals import Difference, paired_difference
from simkit.study.pay_runs import GROUPS, POSITIONS, SALES, PayRun, Programme, play

if TYPE_CHECKING:
    import pandas as pd

OWN = "own"
"""Name of the manager's own plan among those that are played."""
MEASURES = ("revenue", "pay", "extras", "contribution", "left")
LAST_WEEKS = 4
LEAST_SPREAD = 0.05
"""Standard deviation of attainment below which a history is too short to be believed."""


@dataclass(frozen=True)
class PayStudy:
    """Several programmes, each played in the same worlds; `runs` lists them in order of worlds."""

    weeks: int
    runs: dict[str, list[PayRun]]

    @property
    def references(self) -> list[str]:
        """The plans that the manager's own is compared with."""
        return [name for name in self.runs if name != OWN]

    @cached_property
    def totals(self) -> "pd.DataFrame":
        """Totals of each run; index: plan, world (0, 1, ...); columns as `PayRun.totals`."""
        import pandas as pd

        rows = {(n, w): run.totals for n, runs in self.runs.items() for w, run in enumerate(runs)}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["plan", "world"])

    def _joined(self, what: str) -> "pd.DataFrame":
        import pandas as pd

        parts = [
            getattr(run, what).assign(plan=name, world=world)
            for name, runs in self.runs.items()
            for world, run in enumerate(runs)
        ]
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def quarters(self) -> "pd.DataFrame":
        """Reps by quarter, as `PayRun.quarters`, with the columns plan and world."""
        return self._joined("quarters")

    @cached_property
    def weekly(self) -> "pd.DataFrame":
        """Reps by week, as `PayRun.weeks`, with the columns plan and world."""
        return self._joined("weeks")

    def means(self) -> "pd.DataFrame":
        """Return the mean of each total over the worlds; index: plans."""
        return self.totals.groupby(level="plan", sort=False).mean()

    def against(self, reference: str, measure: str) -> Difference:
        """Return how much more of a total the own plan brings than `reference`, paired."""
        by_world = self.totals[measure].unstack("plan")
        return paired_difference((by_world[OWN] - by_world[reference]).tolist())

    def payouts(self, group: str | None = None) -> "pd.DataFrame":
        """Return what reps are paid in a quarter they work in from end to end, in money.

        Index: plans. Columns: p10, p25, p50, p75, p90 (quantiles), mean, number. `group` keeps
        one of `GROUPS`.
        """
        import pandas as pd

        rows = self.quarters[self.quarters["weeks"] == QUARTER]
        rows = rows if group is None else rows[rows["group"] == group]
        pay = rows.groupby("plan", sort=False)["pay"]
        shares = {"p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9}
        table = pd.DataFrame({name: pay.quantile(share) for name, share in shares.items()})
        return table.assign(mean=pay.mean(), number=pay.size()).reindex([*self.runs])

    def calls_by_week(self) -> "pd.DataFrame":
        """Return the mean calls of a rep by week of the quarter (1 to 13); columns: plans."""
        week = (self.weekly["week"] % QUARTER + 1).rename("week")
        calls = self.weekly.groupby([week, "plan"])["calls"].mean().unstack()
        return calls[[*self.runs]]

    def _late(self) -> "pd.DataFrame":
        """Reps by week in the last weeks of each quarter."""
        return self.weekly[self.weekly["week"] % QUARTER >= QUARTER - LAST_WEEKS]

    def calls_by_position(self) -> "pd.DataFrame":
        """Return the mean calls a week late in the quarter; index: `POSITIONS`; columns: plans."""
        calls = self._late().groupby(["position", "plan"])["calls"].mean().unstack()
        return calls.reindex(index=[*POSITIONS], columns=[*self.runs])

    def slack(self, plan: str, position: str) -> Difference:
        """Return how many more calls a week reps at `position` make than those near their quota.

        In the last four weeks of the quarters, paired by world.
        """
        rows = self._late()
        rows = rows[rows["plan"] == plan]
        calls = rows.groupby(["world", "position"])["calls"].mean().unstack()
        calls = calls.reindex(columns=[*POSITIONS])
        return paired_difference((calls[position] - calls["near"]).tolist())

    def by_group(self, measure: str) -> "pd.DataFrame":
        """Return a measure of a rep and quarter (sales, pay, calls) by group of reps and plan.

        Index: `GROUPS`; columns: plans. Partial quarters count by their weeks.
        """
        table = self._group_means(measure, ["group", "plan"]).unstack()
        return table.reindex(index=[*GROUPS], columns=[*self.runs])

    def _group_means(self, measure: str, by: list[str]) -> "pd.Series":
        sums = self.quarters.groupby(by)[[measure, "weeks"]].sum()
        return sums[measure] / sums["weeks"] * QUARTER

    def group_against(
        self, group: str, reference: str, measure: str
    ) -> tuple[float, float, Difference]:
        """Return a measure of a rep of `group` and quarter: own, under a reference, difference.

        Paired by world; the first two are means over the worlds that have such reps under both.
        """
        means = self._group_means(measure, ["group", "world", "plan"]).unstack()
        means = means[means.index.get_level_values("group") == group]
        both = means.reindex(columns=[OWN, reference]).dropna()
        found = paired_difference((both[OWN] - both[reference]).tolist())
        return float(both[OWN].mean()), float(both[reference].mean()), found

    def not_done(self) -> dict[str, int]:
        """Return the levers of the own plan that found no money, with the first week without."""
        found: dict[str, int] = {}
        for run in self.runs[OWN]:
            for lever, week in run.not_done.items():
                found[lever] = min(week, found.get(lever, week))
        return found


def compare_plans(
    scenario: Scenario,
    programmes: Mapping[str, Programme],
    worlds: int = 8,
    weeks: int = 52,
    seed: int = 1,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> PayStudy:
    """Play every programme in the same `worlds` (seeds from `seed` on) over `weeks` weeks.

    `tell(done, total)` hears of every week played; what it raises ends the study.
    """
    total, done = len(programmes) * worlds * weeks, count(1)
    long = scenario.but(weeks=weeks)
    runs: dict[str, list[PayRun]] = {name: [] for name in programmes}
    for world in range(seed, seed + worlds):
        for name, programme in programmes.items():
            runs[name].append(play(long, programme, world, lambda: tell(next(done), total)))
    return PayStudy(weeks, runs)


def typical_rep(scenario: Scenario, seed: int = 1) -> TypicalRep:
    """Return what the two quarters before week 0 show of the team."""
    warm_up = max(2 * QUARTER, scenario.warm_up_weeks)
    events = Simulation(scenario.but(warm_up_weeks=warm_up, shocks=()), seed).events()
    rows = events[events["week"] >= -2 * QUARTER].astype({"kind": str, "rep": str})
    weekly = (
        rows[rows["kind"] == "quota"].groupby(["rep", "week"])["amount"].sum().to_frame("quota")
    )
    weekly["sales"] = rows[rows["kind"].isin(SALES)].groupby(["rep", "week"])["amount"].sum()
    weekly = weekly.fillna(0.0)
    quarter = (weekly.index.get_level_values("week") // QUARTER).rename("quarter")
    sums = weekly.groupby(["rep", quarter]).agg({"quota": ["sum", "size"], "sales": "sum"})
    sums = sums.set_axis(["quota", "weeks", "sales"], axis=1)
    whole = sums[(sums["weeks"] == QUARTER) & (sums["quota"] > 0)]
    quota = float(whole["quota"].mean())
    attainment = whole["sales"] / whole["quota"]
    within = weekly["sales"].groupby(["rep", quarter]).std()
    last = attainment[attainment.index.get_level_values("quarter") == -1]
    return TypicalRep(
        quota=quota,
        expected=float(last.mean()) * quota,
        spread=max(LEAST_SPREAD, float(attainment.std())) * quota,
        week_spread=max(LEAST_SPREAD * quota / QUARTER, float(within.mean())),
        team=len(weekly.index.unique("rep")),
    )


def reference_plans(scenario: Scenario, file: PayPlanFile, rep: TypicalRep) -> dict[str, PayPlan]:
    """Return the plans of a file in money: the same expected pay as the plan in force, at quota."""
    pay = sum(expected_pay(scenario.pay.plan, rep.on_quota()).values())
    return {plan.id: plan_of(plan, pay, rep) for plan in file.pay_plans}
