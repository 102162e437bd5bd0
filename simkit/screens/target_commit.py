"""Step 6: the plan as a whole, what still stops it, and the button that commits it."""

import html
from collections.abc import Callable

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.charts import table_html
from simkit.screens.parts import action_button, row
from simkit.screens.target_bench import Bench
from simkit.screens.target_judge import chance_table
from simkit.screens.target_page import Page, section
from simkit.screens.target_talks import Talks
from simkit.screens.target_words import exact, per_cent, told, way_names
from simkit.training.target_plan import Plan, check_plan, settings_of


class Commit(Page):
    """The screen of the sixth step."""

    def __init__(self, bench: Bench, talks: Talks, commit: Callable[[], None]) -> None:
        super().__init__(bench, "commit")
        t, self.talks = self.t, talks
        self.summary, self.checks = W.HTML(), W.HTML()
        self.store = self.button(
            action_button(t("Commit the plan"), self.room.safely(commit), style="primary"), "commit"
        )
        text = t("After this nothing of the plan changes, except by at most {most} recalibrations.")
        last = text.format(most=settings_of(self.room.scenario).most_recalibrations)
        self.view.children = [
            *section(t("Your target plan"), "", self.summary),
            *section(t("Checks"), last, self.checks, row(self.store)),
        ]

    def show(self) -> None:
        """Show the plan and what still stops it."""
        room, plan, stops = self.room, self.bench.plan(), self.stops()
        self.summary.value = self._summary_html(plan)
        title, good = (
            self.t("What still stops it"),
            self.t("Everything adds up; it can be committed."),
        )
        items = "".join(f"<li>{html.escape(text)}</li>" for text in stops)
        alarm = f'<div role="alert"><strong>{html.escape(title)}</strong><ul>{items}</ul></div>'
        self.checks.value = alarm if stops else told(good, "sk-outcome")
        self.store.disabled = bool(stops) or room.game.look_only

    def stops(self) -> list[str]:
        """Return what has to be mended before the plan can be committed."""
        t, bench, said = self.t, self.bench, []
        if "region_sales" not in bench.predictions:
            said.append(t("The prediction of the quarter is missing (step 1)."))
        if "region_chance" not in bench.predictions:
            said.append(t("The prediction of the chances is missing (step 3)."))
        if bench.outlook is None and not bench.background.error:
            said.append(t("The chances are still being worked out; wait a moment."))
        if bench.amounts is None:
            said.append(t("A quota is missing or wrong (step 2)."))
        if bench.region is None:
            return [*said, t("There is no target of the region yet (step 1).")]
        if bench.left:
            text = t("The quotas do not add up: {left} apart (step 2).")
            said.append(text.format(left=exact(abs(bench.left), self.room)))
        for name in self.talks.broken():
            text = t("{rep} was to get what it asks for, but has another quota (step 4).")
            said.append(text.format(rep=name))
        if said:
            return said
        return [
            text.in_(self.room.lang) for _, text in check_plan(bench.plan(), self.room.scenario)
        ]

    def _summary_html(self, plan: Plan) -> str:
        import pandas as pd

        t, room, bench = self.t, self.room, self.bench
        judged = bench.judged()
        lines: dict[str, str] = {
            t("Target of the region for the quarter"): exact(plan.region, room),
            t("Reserve that nobody is given"): exact(plan.reserve, room),
        }
        if plan.band:
            low, high = exact(plan.band["low"], room), exact(plan.band["high"], room)
            lines[t("Floating band")] = t("{low} to {high}").format(low=low, high=high)
        if judged:
            lines[t("Chance of the region")] = per_cent(judged.region.value)
        table = pd.DataFrame.from_dict(lines, orient="index", columns=[t("Your target plan")])
        goal = told(plan.goal, "sk-goal") if plan.goal else ""
        return goal + table_html(table, t("The plan in short")) + self._people_html(plan)

    def _people_html(self, plan: Plan) -> str:
        t, bench, judged = self.t, self.bench, self.bench.judged()
        if not judged or not plan.reps:
            return ""
        table = chance_table(judged, bench).iloc[: len(plan.reps), :4]
        ways = {way: title for title, way in way_names(t).items()}
        table[t("How it is told")] = [ways[plan.way(rep)] for rep in plan.reps]
        return table_html(table, t("Reps"))
