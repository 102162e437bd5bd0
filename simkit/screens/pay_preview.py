"""A pay plan at the desk, before anything is played: what it promises, costs and invites."""

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.planning.incentives import (
    PACES,
    TypicalRep,
    effort_table,
    expected_pay,
    payout_curve,
    weak_spots,
)
from simkit.scenario.pay_plans import PayPlanFile
from simkit.scenario.people_blocks import PayPlan
from simkit.scenario.records import Scenario
from simkit.screens.charts import chart_html, line_chart, table_html
from simkit.screens.levers import amount_text, money_text, unit_text
from simkit.screens.pay_words import pace_names, plan_names, weak_spot_text
from simkit.screens.texts import translator
from simkit.study.pay_plans import OWN
from simkit.study.pay_runs import Programme

if TYPE_CHECKING:
    import pandas as pd

ATTAINMENTS = [step / 20 for step in range(8, 35)]
"""Shown on the payout curve: 40 % to 170 % of quota."""


@dataclass(frozen=True)
class Desk:
    """What is known at the desk: the region, a typical rep, the reference plans in money."""

    scenario: Scenario
    file: PayPlanFile
    rep: TypicalRep
    references: dict[str, PayPlan]
    """All plans of the file."""
    lang: str

    @property
    def compared(self) -> dict[str, PayPlan]:
        """The reference plans that are played beside the manager's own."""
        return {p.id: self.references[p.id] for p in self.file.pay_plans if p.compared}

    def usual_pay(self) -> float:
        """Return the pay of a year, in money, that a rep expects who expects to make the quota."""
        return sum(expected_pay(self.scenario.pay.plan, self.rep.on_quota()).values())


def preview_html(desk: Desk, programme: Programme) -> str:
    """Return the numbers and the weak spots of a plan, as HTML."""
    t = translator(desk.lang)
    parts = [table_html(_promises(desk, programme), t("What the plans promise and cost"))]
    parts.append(f"<p>{html.escape(_extras(desk, programme))}</p>")
    spots = _weak_spots(desk, programme.plan)
    found = list(spots.values())
    if programme.new_plan:
        of_new = _weak_spots(desk, programme.new_plan)
        new = [text for kind, text in of_new.items() if kind not in spots]
        found += [t("New reps: {title}").format(title=text) for text in new]
    if not found:
        return "".join([*parts, f"<p>{html.escape(t('No weak spot was found.'))}</p>"])
    items = "".join(f"<li>{html.escape(text)}</li>" for text in found)
    return "".join(
        [*parts, f"<h4>{html.escape(t('Weak spots of your plan'))}</h4><ul>{items}</ul>"]
    )


def _weak_spots(desk: Desk, plan: PayPlan) -> dict[str, str]:
    """The weak spots of a plan in words, by kind."""
    floor = desk.file.floor_share * desk.usual_pay()
    spots = weak_spots(plan, desk.rep, desk.scenario.effort, floor)
    return {spot.kind: weak_spot_text(spot, floor, desk.scenario, desk.lang) for spot in spots}


def _promises(desk: Desk, programme: Programme) -> "pd.DataFrame":
    import pandas as pd

    t, lang, rep = translator(desk.lang), desk.lang, desk.rep
    plans = {OWN: programme.plan, **desk.compared}
    names = plan_names(desk.file, lang)
    if programme.new_plan:
        plans = {OWN: programme.plan, "new": programme.new_plan, **desk.compared}
        names["new"] = t("Your plan for new reps")
    columns: dict[str, list[str]] = {}

    def put(title: str, values: list[float]) -> None:
        columns[title] = [amount_text(value, "money", lang) for value in values]

    every = plans.values()
    put(t("Salary"), [plan.salary_per_year for plan in every])
    for share in (0.6, 1.0, 1.4):
        title = t("Pay at {share} % of quota").format(share=f"{share:.0%}"[:-1])
        put(title, [4.0 * float(payout_curve(p, rep.quota, [share])["pay"].iloc[0]) for p in every])
    at_quota = [sum(expected_pay(p, rep.on_quota(p.quota_share)).values()) for p in every]
    put(t("Expected pay of a rep just at quota"), at_quota)
    now = [
        math.nan if name == "new" else rep.team * sum(expected_pay(plan, rep).values())
        for name, plan in plans.items()
    ]
    put(t("Expected cost for all {team} reps").format(team=rep.team), now)
    money = unit_text("money", lang, desk.scenario.currency)
    table = pd.DataFrame(columns, index=[names[n] for n in plans]).T
    return table.rename_axis(t("{money} a year").format(money=money))


def _extras(desk: Desk, programme: Programme) -> str:
    """Say what is spent besides pay, and whether the money reaches."""
    t, costs, team = translator(desk.lang), desk.scenario.costs, desk.rep.team
    spent = team * (
        13.0 * programme.recognition_hours * costs.coaching_hour
        + programme.development_days * costs.training_day
        + programme.career_budget / 4.0
    )
    text = t(
        "Recognition without pay costs {money} a quarter; you have {budget} a quarter for extras."
    )
    if spent > costs.budget_per_quarter:
        text = t(
            "Recognition without pay costs {money} a quarter, more than the {budget} you have for "
            "extras: part of it will not be carried out."
        )
    currency = desk.scenario.currency
    return text.format(
        money=money_text(spent, desk.lang, currency),
        budget=money_text(costs.budget_per_quarter, desk.lang, currency),
    )


def preview_charts(desk: Desk, programme: Programme) -> str:
    """Return the payout curve and the effort over a quarter, as HTML with images."""
    return _payout_chart(desk, programme) + _effort_chart(desk, programme)


def _payout_chart(desk: Desk, programme: Programme) -> str:
    import pandas as pd

    t, lang, quota = translator(desk.lang), desk.lang, desk.rep.quota
    names = plan_names(desk.file, lang)
    plans = {OWN: programme.plan, **desk.compared}
    curves = {names[n]: payout_curve(p, quota, ATTAINMENTS)["pay"] for n, p in plans.items()}
    table = pd.DataFrame(curves)
    table.index = pd.Index([round(100 * a) for a in table.index], name=t("Attainment, %"))
    money = unit_text("money", lang, desk.scenario.currency)
    title = t("What a quarter pays")
    figure = line_chart(
        table,
        title=title,
        x_label=t("Attainment, % of quota"),
        y_label=t("Pay of a quarter, {money}").format(money=money),
        lang=lang,
    )
    low, high = table[names[OWN]].iloc[[0, -1]]
    alt = t("Pay of a quarter by attainment; your plan pays {low} at 40 % and {high} at 170 %.")
    alt = alt.format(low=amount_text(low, "money", lang), high=amount_text(high, "money", lang))
    return chart_html(figure, alt, table.round(0).astype(int), lang)


def _effort_chart(desk: Desk, programme: Programme) -> str:
    t, lang, settings = translator(desk.lang), desk.lang, desk.scenario.effort
    table = effort_table(programme.plan, desk.rep, settings, programme.recognition_hours)
    calls = table * desk.scenario.selling.calls_per_week
    names = pace_names(lang)
    shown = calls[["on", "behind", "ahead"]].rename(columns=names).rename_axis(t("Week"))
    title = t("How hard a typical rep works under your plan")
    figure = line_chart(
        shown,
        title=title,
        x_label=t("Week of the quarter"),
        y_label=t("Visits a week"),
        lang=lang,
    )
    last = [f"{names[n]} {calls[n].iloc[-1]:.1f}" for n in PACES]
    alt = t("{title}; in the last week {values}.").format(title=title, values=t(", ").join(last))
    return chart_html(figure, alt, shown.round(1), lang)
