"""What a band rule does, in words, tables, charts: false alarms, delay, cost, outside changes."""

import html
from collections.abc import Mapping
from typing import Any

from simkit.planning.targets import adjusted
from simkit.screens.band_inputs import rule_text
from simkit.screens.band_view import ASKED, View, plain, table_of
from simkit.screens.charts import chart_html, line_chart, table_html
from simkit.screens.pay_view import bullets, titled
from simkit.study.band_lab import textbook
from simkit.study.band_results import LONGEST, WITHIN
from simkit.study.band_worlds import QUARTER

SOON = 8
"""Weeks within which the verdict wants a drop to be found."""


def result_html(view: View, prediction: Mapping[str, Any]) -> str:
    """Return the whole result for one rule as HTML."""
    t = view.t
    return "".join(
        [
            titled(t("What this rule does"), _verdict(view) + _expected(view, prediction)),
            titled(t("Years in which nothing happens"), _why(view) + _quiet(view)),
            titled(t("Years in which demand falls"), _found(view)),
            titled(t("Narrow or wide?"), _trade_off(view)),
            titled(t("What a false alarm costs"), _cost(view)),
            titled(t("When the market outside moves"), _outside(view)),
            f"<p>{html.escape(_caution(view))}</p>",
        ]
    )


def _verdict(view: View) -> str:
    t, quiet, found = view.t, view.quiet[False], view.found[False]
    alarms = t(
        "False alarms: {number} a year in all {places} territories together, although nothing "
        "happens."
    ).format(number=view.number(quiet.a_year, view.places), places=view.places)
    drop = t(
        "A drop of {size}: within {weeks} weeks the rule speaks in {share} of the territories; "
        "without any drop it would have spoken in {anyway}."
    ).format(
        size=view.fall,
        weeks=SOON,
        share=view.per_cent(found.within[SOON]),
        anyway=view.per_cent(found.anyway[SOON]),
    )
    hours = t("Each false alarm takes {money} of your hours, before any quota has moved.").format(
        money=view.cash(view.played.cost.review + view.played.cost.talks)
    )
    return bullets([rule_text(view.rule, view.lang), alarms, hours, drop, _judgement(view)])


def _judgement(view: View) -> str:
    t, found = view.t, view.found[False]
    if found.gain[SOON].verdict != "more":
        return t(
            "In {worlds} worlds it could not be shown that this rule tells such a drop from chance "
            "within {weeks} weeks: do not change a territory's target because of it alone."
        ).format(worlds=len(view.study.worlds), weeks=SOON)
    if found.within[SOON].value < 0.5:
        return t(
            "So an alarm means something, but more than half of such drops go unnoticed for "
            "{weeks} weeks: silence is no proof that all is well."
        ).format(weeks=SOON)
    if view.quiet[False].a_year.mean * view.places > 4:
        return t(
            "So drops are noticed, at the price of more than a false alarm a quarter: look into "
            "each alarm before you touch a target."
        )
    return t("So the rule notices such drops and seldom cries wolf: it is of use here.")


def _expected(view: View, prediction: Mapping[str, Any]) -> str:
    """The prediction is about the rule of the file, whatever the boxes say now."""
    t, study = view.t, view.study
    if "cry" not in prediction:
        return ""
    alarms = study.quiet(view.own).a_year
    weeks = study.found(view.own, ASKED).weeks
    rows = {
        t("False alarms a year, all territories"): [
            plain(float(prediction["cry"])),
            view.number(alarms, view.places),
        ],
        t("Weeks until a drop of {size} is noticed").format(size=f"{100 * ASKED:.0f} %"): [
            str(prediction["late"]),
            view.weeks(weeks),
        ],
    }
    title = t("What you predicted of the rule at the start, and what happened")
    return table_html(table_of(rows, [t("You predicted"), t("It was")]), title)


def _why(view: View) -> str:
    t, texts = view.t, []
    for region, name in ((False, t("In a territory")), (True, t("In the whole region"))):
        quiet = view.quiet[region]
        independent = quiet.independent(view.rule.weeks_under)
        text = t(
            "{where}: {under} of the weeks are under the band, and {after} of those that follow "
            "one under it. Independent weeks would fire {closed} times a year; these fire {count} "
            "times. {verdict}"
        )
        verdicts = {
            "more": t("Low weeks come together, so that the formula promises too few."),
            "less": t("That is less than the formula says."),
        }
        same = t("So few worlds cannot tell the two apart.")
        verdict = verdicts.get(quiet.excess.verdict, same)
        words = {"under": view.per_cent(quiet.under), "after": view.per_cent(quiet.after)}
        texts.append(
            text.format(
                where=name,
                closed=plain(independent),
                count=view.number(quiet.unchanged),
                verdict=verdict,
                **words,
            )
        )
    return bullets(texts)


def _quiet(view: View) -> str:
    t, weeks = view.t, view.rule.weeks_under
    both = [view.quiet[region] for region in (False, True)]
    book, (closed, drawn) = plain(textbook(view.rule)), view.study.drawn(view.rule)
    rows = {
        t("Half width of the band, of the baseline"): [f"{100 * q.width:.0f} %" for q in both],
        t("Share of years with a false alarm"): [view.per_cent(q.some) for q in both],
        t("Likeness of a week to the week before (autocorrelation)"): [
            view.number(q.autocorrelation) for q in both
        ],
        t("False alarms a year: textbook, normal independent weeks"): [book, book],
        t("… formula, independent weeks as often under the band as here"): [
            plain(q.independent(weeks)) for q in both
        ],
        t("… played, the target left alone"): [view.number(q.unchanged) for q in both],
        t("… played less formula"): [view.number(q.excess) for q in both],
        t("… played, the target recalibrated after each"): [view.number(q.a_year) for q in both],
        t("Weeks between alarms by the formula (1−pᵏ)/((1−p)pᵏ)"): [
            view.apart(q.under.mean) for q in both
        ],
        t("Check: drawn independent weeks, formula and count"): [
            f"{plain(closed)} / {view.number(drawn)}",
            "–",
        ],
    }
    heads = [t("A territory's band"), t("The region's band")]
    title = t("False alarms; p is the share of weeks under the band, k the weeks in a row")
    return table_html(table_of(rows, heads), title)


def _found(view: View) -> str:
    t, rows = view.t, {}
    names = {False: t("A territory's band"), True: t("The region's band")}
    for region, name in names.items():
        found = view.found[region]
        for weeks in WITHIN:
            row = t("{band}: alarm within {weeks} weeks").format(band=name, weeks=weeks)
            with_it, without = (view.per_cent(s[weeks]) for s in (found.within, found.anyway))
            rows[row] = [with_it, without, view.per_cent(found.gain[weeks])]
        row = t("{band}: mean weeks to the alarm, {most} at most").format(band=name, most=LONGEST)
        rows[row] = [view.weeks(found.weeks), "–", "–"]
    title = t("Demand falls by {size} in all territories after a calm quarter").format(
        size=view.fall
    )
    heads = [t("With the drop"), t("The same weeks without it"), t("Due to the drop")]
    return table_html(table_of(rows, heads), title)


def _trade_off(view: View) -> str:
    import pandas as pd

    t = view.t
    points = view.study.trade_off(view.rule, view.size)
    index = pd.Index([width for width, _, _ in points], name=t("Width factor"))
    alarms = t("False alarms a year, all territories")
    found = t("With the drop"), t("Without it")
    cry = pd.DataFrame({alarms: [view.places * q.a_year.mean for _, q, _ in points]}, index=index)
    late = pd.DataFrame(
        {
            found[0]: [100 * f.within[SOON].value for *_, f in points],
            found[1]: [100 * f.anyway[SOON].value for *_, f in points],
        },
        index=index,
    )
    titles = (
        t("A wider band cries wolf less often"),
        t("and notices a drop of {size} less often").format(size=view.fall),
    )
    units = (alarms, t("% of territories with an alarm within {weeks} weeks").format(weeks=SOON))
    parts = []
    for table, title, unit in zip((cry, late), titles, units, strict=True):
        label = str(index.name)
        figure = line_chart(table, title=title, x_label=label, y_label=unit, lang=view.lang)
        alt = t("{title}: {text}").format(title=title, text=unit)
        parts.append(chart_html(figure, alt, table.round(1), view.lang))
    return "".join(parts)


def _cost(view: View) -> str:
    t, cost = view.t, view.played.cost
    other = {"outside_threshold": view.rule.outside_threshold}
    stale = cost.rule.model_copy(update=other) != view.rule
    notes = []
    if stale:
        notes.append(t("These figures are of another rule; press the button above to play yours."))
        notes.append(rule_text(cost.rule, view.lang))
    if cost.quarter.verdict == "too few worlds":
        notes.append(t("There were too few false alarms to say what one costs."))
    else:
        notes.append(_consequence(view))
    rows = {
        t("Review meeting, preparation included (assumption: 4 hours)"): [view.cash(cost.review)],
        t("Talks with the reps, with reasons"): [view.cash(cost.talks)],
    }
    table = table_of(rows, [t("An alarm")])
    return bullets(notes) + table_html(table, t("Hours of the manager, at the rate of coaching"))


def _consequence(view: View) -> str:
    t, cost = view.t, view.played.cost
    found = cost.quarter
    texts = {
        "more": t("The lower quotas leave {mean} more"),
        "less": t("The lower quotas cost {mean}"),
        "no detectable difference": t("What the lower quotas do cannot be told from 0: {mean}"),
    }
    rest = t(
        " in contribution of the territory by the end of the quarter ({low} to {high}; {number} "
        "false alarms, each year played again with and without them)."
    )
    signed = found.verdict == "no detectable difference"
    mean = view.cash(found.mean, signed=True) if signed else view.cash(abs(found.mean))
    low, high = (view.cash(value, signed=True) for value in (found.low, found.high))
    return texts[found.verdict].format(mean=mean) + rest.format(
        low=low, high=high, number=cost.number
    )


def _outside(view: View) -> str:
    t, rule = view.t, view.rule
    outside = view.study.outside(rule.outside_threshold)
    competitor = view.study.scenario.market.competitor
    step = adjusted(100.0, -competitor.cut_share, rule.outside_threshold, rule.factor)
    rows = {
        t("Price cuts of the competitor, a territory and year"): [view.number(outside.cuts)],
        t("of them beyond your threshold of {share}").format(
            share=f"{100 * rule.outside_threshold:g} %"
        ): [view.number(outside.fires)],
        t("A target of 100 after one such cut, by your factor"): [plain(step.value)],
        t("Sales in weeks of a cut, against other weeks"): [view.per_cent(outside.sales)],
    }
    words = t(
        "The outside change here is the competitor's price. A cut lasts {weeks} of the {quarter} "
        "weeks of a quarter; compare what it takes from sales with what the factor takes from the "
        "target."
    ).format(weeks=f"{competitor.cut_weeks:g}", quarter=QUARTER)
    table = table_of(rows, [t("In the worlds")])
    return f"<p>{html.escape(words)}</p>" + table_html(table, t("The rule about outside changes"))


def _caution(view: View) -> str:
    text = view.t(
        "All figures are of {worlds} worlds, the same for every rule, with 95 % intervals over "
        "worlds. Baseline, season and volatility are those that a manager would read from the four "
        "years before, in each world anew. What lower quotas do to later quarters is not counted."
    )
    return str(text).format(worlds=len(view.study.worlds))
