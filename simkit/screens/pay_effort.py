"""How hard reps worked under each pay plan, and what became of new and senior ones."""

import html
from typing import TYPE_CHECKING

from simkit.screens.charts import bar_chart, chart_html, line_chart, table_html
from simkit.screens.levers import amount_text
from simkit.screens.pay_view import View, table_of
from simkit.screens.pay_words import group_names, position_names

if TYPE_CHECKING:
    import pandas as pd


def calls_by_week(view: View) -> str:
    """Return the visits in the weeks of a quarter, as HTML with a chart."""
    t = view.t
    table = view.study.calls_by_week().rename(columns=view.names).rename_axis(t("Week"))
    title, unit = t("Visits of a rep by week of the quarter"), t("Visits a week")
    week = t("Week of the quarter")
    figure = line_chart(table, title=title, x_label=week, y_label=unit, lang=view.lang)
    said = [f"{plan} {table[plan].iloc[-1]:.1f}" for plan in table]
    alt = t("{title}; in the last week {values}.").format(title=title, values=t(", ").join(said))
    return chart_html(figure, alt, table.round(1), view.lang)


def calls_by_position(view: View) -> str:
    """Return the visits late in a quarter by where reps stand, and who gives up or coasts."""
    t, rows = view.t, position_names(view.lang)
    table = view.study.calls_by_position().rename(index=rows, columns=view.names).round(1)
    title = t("Visits in the last four weeks of a quarter, by what was sold so far")
    figure = bar_chart(table, title=title, y_label=t("Visits a week"), lang=view.lang)
    shown = table.rename_axis(t("Sold so far"))
    return chart_html(figure, title, shown, view.lang) + _slack(view)


def _slack(view: View) -> str:
    t, rows = view.t, {}
    for plan in view.study.runs:
        both = [view.study.slack(plan, position) for position in ("behind", "ahead")]
        means = [view.amount(found.mean, "calls", True) for found in both]
        spans = [view.span(found, "calls") for found in both]
        rows[view.names[plan]] = [means[0], spans[0], means[1], spans[1]]
    interval = t("95 % interval")
    heads = [t("Behind: giving up?"), interval, t("Ahead: coasting?"), interval]
    title = t(
        "Visits a week more or less than reps near their quota make, in the same weeks and under "
        "the same plan"
    )
    return table_html(table_of(rows, heads).rename_axis(t("Plan")), title)


def groups(view: View) -> str:
    """Return sales, pay and visits of new and senior reps under each plan, as HTML."""
    t = view.t
    titles = {
        "sales": t("Sales of a rep and quarter, {money}").format(money=view.money),
        "pay": t("Pay of a rep and quarter, {money}").format(money=view.money),
        "calls": t("Visits of a rep and quarter"),
    }
    parts = [table_html(_group_means(view, name), title) for name, title in titles.items()]
    summary = html.escape(t("Sales by group against the other plans, with intervals"))
    folded = _group_differences(view)
    note = t(
        "New: in their first {weeks} weeks. The others by thirds of their attainment before week "
        "0, which is the same under every plan."
    ).format(weeks=f"{view.new_weeks:g}")
    parts.append(f"<details><summary>{summary}</summary>{folded}</details>")
    return "".join([*parts, f"<p>{html.escape(note)}</p>"])


def _group_means(view: View, measure: str) -> "pd.DataFrame":
    names = group_names(view.lang)
    table = view.study.by_group(measure).rename(columns=view.names, index=names)
    if measure == "calls":
        return table.map(lambda value: view.amount(value, "calls")).rename_axis(view.t("Reps"))
    shown = table.map(lambda value: amount_text(value, "money", view.lang))
    return shown.rename_axis(view.t("Reps"))


def _group_differences(view: View) -> str:
    """A table for each reference plan."""
    t, tables = view.t, []
    for plan in view.study.references:
        rows = {
            title: view.study.group_against(group, plan, "sales")
            for group, title in group_names(view.lang).items()
        }
        table = view.differences(rows, dict.fromkeys(rows, "sales"), view.names[plan])
        title = t("Sales of a rep and quarter, {money}").format(money=view.money)
        tables.append(table_html(table.rename_axis(t("Reps")), title))
    return "".join(tables)
