"""The same weeks twice: what one decision was worth, with the same customers and the same luck."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import KPIS
from simkit.kpi.table import kpi_table
from simkit.region.decision import Decision, starting_decision
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.outcome import outcome_of

if TYPE_CHECKING:
    import pandas as pd

QUARTER = 13
"""Weeks of a quarter."""
MONEY = ("revenue", "goods", "other_costs", "contribution")
KINDS = ("order", "lead", "opportunity", "won", "account_lost")
"""What people recognise when the two runs are laid side by side."""


@dataclass(frozen=True)
class Counterfactual:
    """Two runs of the same world, alike but for one decision.

    `without` and `with_it` are event tables (see `simkit.region.events.event_table`) that reach
    back over the warm-up, which is the same in both.
    """

    decision: Decision
    weeks: int
    seed: int
    without: "pd.DataFrame"
    with_it: "pd.DataFrame"

    def weekly(self) -> "pd.DataFrame":
        """Return revenue by week.

        Columns: without, with_it, difference, total_difference (summed up to the week), all in the
        scenario's currency; index: week, 1-based.
        """
        import pandas as pd

        runs = [_revenue_by_week(events, self.weeks) for events in (self.without, self.with_it)]
        table = pd.concat(runs, axis=1, keys=["without", "with_it"])
        table["difference"] = table["with_it"] - table["without"]
        table["total_difference"] = table["difference"].cumsum()
        return table

    def worth(self) -> "pd.DataFrame":
        """Return what the weeks brought and cost, in the scenario's currency.

        Rows: revenue, goods (what the goods sold cost), other_costs (the reps' pay included),
        contribution (revenue less both); columns: without, with_it, difference.
        """
        return beside(_money(self.without), _money(self.with_it))

    def effect(self) -> tuple[float, float]:
        """Return the change in revenue as a share of it, and in contribution as money."""
        before, changed = self.worth()["without"], self.worth()["difference"]
        share = changed["revenue"] / before["revenue"] if before["revenue"] else 0.0
        return float(share), float(changed["contribution"])

    def kpis(self) -> "pd.DataFrame":
        """Return the KPI catalogue; columns: without, with_it, difference, in the KPI's unit."""
        last = self.weeks - 1
        one, other = (kpi_table(run, last=last).iloc[0] for run in (self.without, self.with_it))
        return beside(one, other)

    def moved(self, most: int = 8) -> "pd.DataFrame":
        """Return the KPIs that changed most, as shares of their values, the largest first.

        Columns: those of `kpis` and verdict ("better", "worse" or "" where no direction is good).
        """
        return moved_most(self.kpis(), most)

    def same(self, kinds: Sequence[str] = KINDS) -> "pd.DataFrame":
        """Return how much of what happened without the decision happened just the same with it.

        Index: the kinds; columns: without and with_it (number of events), same (those with the same
        customer or opportunity and the same amount; the instant may differ), alike (those with
        the same customer or opportunity, whatever the amount).
        """
        import pandas as pd

        runs = self.without, self.with_it
        one, other = (_happenings(run, kinds, ("amount",)) for run in runs)
        bare_one, bare_other = (_happenings(run, kinds) for run in runs)
        counted = [one, other, one & other, bare_one & bare_other]
        columns = ("without", "with_it", "same", "alike")
        table = {name: _by_kind(each) for name, each in zip(columns, counted, strict=True)}
        rows = {name: [totals[kind] for kind in kinds] for name, totals in table.items()}
        return pd.DataFrame(rows, index=pd.Index(kinds, name="kind"))

    def not_done(self) -> dict[str, int]:
        """Return the levers that found no money, with the first week (1-based) without."""
        rows = self.with_it[self.with_it["kind"] == "not_done"].drop_duplicates("detail")
        return {str(row.detail): int(row.week) + 1 for row in rows.itertuples()}  # type: ignore[arg-type]


@dataclass(frozen=True)
class Trial:
    """A decision tried in one world, and what it would have done in others."""

    main: Counterfactual
    others: tuple[tuple[float, float], ...]
    """`Counterfactual.effect` in worlds with other luck."""


def play_twice(
    scenario: Scenario,
    changes: Mapping[str, Any],
    weeks: int = QUARTER,
    seed: int = 1,
    after_week: Callable[[], None] = lambda: None,
) -> Counterfactual:
    """Play `weeks` weeks of a region without and with `changes` of the starting decision.

    `changes` names levers of `Decision`. `after_week` is called after every week of both runs; what
    it raises ends the play. Raises pydantic.ValidationError when a lever is out of its bounds.
    """
    start = starting_decision(scenario)
    decision = start.but(**changes)
    runs = [_play(scenario.but(weeks=weeks), d, seed, after_week) for d in (start, decision)]
    return Counterfactual(decision, weeks, seed, *runs)


def try_out(
    scenario: Scenario,
    changes: Mapping[str, Any],
    weeks: int = QUARTER,
    seed: int = 1,
    others: int = 5,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Trial:
    """Return what a decision is worth under `seed`, and its effect under the `others` seeds after.

    `tell(done, total)` hears of every week played; what it raises ends the trial.
    """
    total, done = 2 * weeks * (1 + others), count(1)

    def after_week() -> None:
        tell(next(done), total)

    main = play_twice(scenario, changes, weeks, seed, after_week)
    seeds = range(seed + 1, seed + 1 + others)
    again = (play_twice(scenario, changes, weeks, other, after_week) for other in seeds)
    return Trial(main, tuple(run.effect() for run in again))


def moved_most(kpis: "pd.DataFrame", most: int) -> "pd.DataFrame":
    """Return the rows that changed most, with a verdict; see `Counterfactual.moved`."""
    table = kpis.dropna()
    table = table[table["difference"].abs() > 1e-9 * table["without"].abs()]
    size = (table["difference"] / table["without"].where(table["without"] != 0, 1.0)).abs()
    table = table.loc[size.sort_values(ascending=False).index[:most]]
    return table.assign(verdict=[_verdict(*row) for row in table["difference"].items()])


def beside(without: "pd.Series", with_it: "pd.Series") -> "pd.DataFrame":
    """Return two runs' figures; columns: without, with_it, difference."""
    import pandas as pd

    table = pd.DataFrame({"without": without, "with_it": with_it})
    return table.assign(difference=table["with_it"] - table["without"])


def _play(
    scenario: Scenario, decision: Decision, seed: int, after_week: Callable[[], None]
) -> "pd.DataFrame":
    simulation = Simulation(scenario, seed)
    while not simulation.done:
        simulation.step(decision)
        after_week()
    return simulation.events()


def _revenue_by_week(events: "pd.DataFrame", weeks: int) -> "pd.Series":
    table = kpi_table(events, by=["week"], kpis=["revenue"], last=weeks - 1)
    return table["revenue"].set_axis(table.index + 1).rename_axis("week")


def _money(events: "pd.DataFrame") -> "pd.Series":
    import pandas as pd

    played = events[events["week"] >= 0]
    columns = (played[name].tolist() for name in ("kind", "amount", "detail"))
    found = outcome_of(zip(*columns, strict=True)).as_dict()
    return pd.Series({name: found[name] for name in MONEY})


def _verdict(kpi: object, difference: float) -> str:
    better = KPIS[str(kpi)].better
    if better == "in_band":
        return ""
    return "better" if (difference > 0) == (better == "higher") else "worse"


def _happenings(
    events: "pd.DataFrame", kinds: Sequence[str], more: Sequence[str] = ()
) -> Counter[tuple]:
    played = events[(events["week"] >= 0) & events["kind"].isin(kinds)]
    columns = ("kind", "customer", "opportunity", *more)
    return Counter(zip(*(played[name].tolist() for name in columns), strict=True))


def _by_kind(happenings: Counter[tuple]) -> Counter[str]:
    totals: Counter[str] = Counter()
    for happening, times in happenings.items():
        totals[happening[0]] += times
    return totals
