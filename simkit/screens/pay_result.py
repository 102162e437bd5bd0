"""What a pay plan brought beside the reference plans, in words, charts and tables."""

import html
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import chart_html, table_html
from simkit.screens.interval_charts import interval_chart, spread_chart
from simkit.screens.levers import amount_text, lever_title
from simkit.screens.pay_effort import calls_by_position, calls_by_week, groups
from simkit.screens.pay_preview import Desk
from simkit.screens.pay_view import View, bullets, table_of, titled
from simkit.study.pay_plans import MEASURES, OWN, PayStudy

if TYPE_CHECKING:
    import pandas as pd


def result_html(study: PayStudy, prediction: dict[str, Any], desk: Desk) -> str:
    """Return the whole result of a study as HTML."""
    view = View(study, desk)
    t = view.t
    expected = table_html(_expected(view, prediction), t("What you predicted, and what happened"))
    caution = f"<p>{html.escape(_caution(view))}</p>"
    return "".join(
        [
            titled(t("What your plan brought"), _headline(view) + expected),
            _differences_chart(view) + _comparisons(view) + caution,
            titled(t("What the reps are paid"), _payouts(view)),
            titled(t("How hard they work"), calls_by_week(view) + calls_by_position(view)),
            titled(t("New and senior reps"), groups(view)),
        ]
    )


def _headline(view: View) -> str:
    t = view.t
    texts = {
        "more": t("{plan}: your plan leaves {mean} more ({low} to {high})."),
        "less": t("{plan}: your plan leaves {mean} less ({low} to {high})."),
        "no detectable difference": t(
            "{plan}: no detectable difference in what is left ({low} to {high})."
        ),
        "too few worlds": t("{plan}: too few worlds to say anything."),
    }
    said = []
    for name in view.study.references:
        found = view.study.against(name, "contribution")
        low, high = (view.cash(value, signed=True) for value in (found.low, found.high))
        words = {"plan": view.names[name], "mean": view.cash(abs(found.mean))}
        said.append(texts[found.verdict].format(**words, low=low, high=high))
    lead = t("What is left after goods, pay and all other costs, compared with:")
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in _not_done(view))
    return f"<p>{html.escape(lead)}</p>{bullets(said)}{notes}"


def _not_done(view: View) -> list[str]:
    t = view.t
    note = t("Your money for extras ran out: from week {week} on, not fully carried out: {lever}.")
    own = {"training_days": t("Development: training days for each rep")}
    return [
        note.format(week=week, lever=own.get(name) or lever_title(name, view.lang))
        for name, week in view.study.not_done().items()
    ]


def _expected(view: View, prediction: dict[str, Any]) -> "pd.DataFrame":
    t, means = view.t, view.study.means()
    rows = {}
    asked = {
        "most_revenue": (t("Plan with the most revenue"), "revenue"),
        "most_left": (t("Plan that leaves the most"), "contribution"),
    }
    for name, (title, measure) in asked.items():
        best = str(means[measure].idxmax())
        rows[title] = [view.names.get(str(prediction.get(name)), "–"), view.names[best]]
    left = view.study.totals["left"].xs(OWN)
    low, high = prediction.get("left_low", 0), prediction.get("left_high", 0)
    came = t("{low} to {high}, on average {mean}; {inside} of {worlds} worlds as predicted").format(
        low=int(left.min()),
        high=int(left.max()),
        mean=view.amount(left.mean(), "left"),
        inside=int(left.between(low, high).sum()),
        worlds=len(left),
    )
    guess = t("{low} to {high}").format(low=low, high=high)
    rows[t("Reps who leave under your plan")] = [guess, came]
    return table_of(rows, [t("You predicted"), t("It was")])


def _comparisons(view: View) -> str:
    """A table for each reference plan."""
    t, means, tables = view.t, view.study.means(), []
    for name in view.study.references:
        rows, measures = {}, {}
        for measure in MEASURES:
            title = view.measures[measure]
            own, other = (float(means.loc[n, measure]) for n in (OWN, name))  # type: ignore[arg-type]
            rows[title] = (own, other, view.study.against(name, measure))
            measures[title] = measure
        table = view.differences(rows, measures, view.names[name])
        shown = table.rename_axis(t("{money}; reps by number").format(money=view.money))
        title = t("Your plan against: {plan}").format(plan=view.names[name])
        tables.append(table_html(shown, title))
    return "".join(tables)


def _caution(view: View) -> str:
    text = view.t(
        "All plans were played over {weeks} weeks in the same {worlds} worlds: same customers, "
        "same luck. Such an interval misses the true mean difference once in twenty times, and "
        "here are {number}. Pay is that of all reps, salary included."
    )
    worlds, number = len(view.study.runs[OWN]), len(view.study.references) * len(MEASURES)
    return text.format(weeks=view.study.weeks, worlds=worlds, number=number)


def _differences_chart(view: View) -> str:
    import pandas as pd

    t, rows, said = view.t, {}, []
    names = {"revenue": t("Revenue"), "contribution": t("Contribution")}
    for measure, name in names.items():
        for plan in view.study.references:
            row = t("{measure}, against {plan}").format(measure=name, plan=view.names[plan])
            found = view.study.against(plan, measure)
            rows[row] = [found.mean, found.low, found.high]
            said.append(f"{row} {view.cash(found.mean, signed=True)}")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
    title = t("How much more your plan brings, with 95 % intervals")
    unit = t("Difference, {money}").format(money=view.money)
    figure = interval_chart(table, title=title, x_label=unit, lang=view.lang)
    return chart_html(figure, f"{title}: {'; '.join(said)}")


def _payouts(view: View) -> str:
    t, table = view.t, view.study.payouts().rename(index=view.names)
    title = t("Pay of a rep and quarter: the bar holds half of them, the line four in five")
    unit = t("Pay of a quarter, {money}").format(money=view.money)
    figure = spread_chart(table, title=title, x_label=unit, lang=view.lang)
    heads = {
        "p10": t("One in ten gets less than"),
        "p25": t("One in four gets less than"),
        "p50": t("Half get less than"),
        "p75": t("One in four gets more than"),
        "p90": t("One in ten gets more than"),
        "mean": t("Mean"),
    }
    shown = table[[*heads]].map(lambda value: amount_text(value, "money", view.lang))
    half = [f"{plan} {view.cash(float(value))}" for plan, value in table["p50"].items()]
    alt = t("{title}; median: {values}.").format(title=title, values=t(", ").join(half))
    return chart_html(figure, alt) + table_html(
        shown.rename(columns=heads).rename_axis(t("Plan")), unit
    )
