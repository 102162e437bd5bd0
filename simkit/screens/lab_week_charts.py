"""In which weeks two policies part, and what a week then brings."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, new_figure, short_number
from simkit.screens.lab_chart_parts import GREY, LINE, PALE, LabChart, heading, whole_numbers
from simkit.screens.lab_words import LabWords, wrapped
from simkit.study.experiment.tables import Week, weeks_between
from simkit.study.experiment.worlds import Results

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def weeks_apart_chart(
    results: Results,
    a: str,
    b: str,
    lang: str,
    figure_name: str = "revenue",
    confidence: float = 0.95,
) -> LabChart:
    """Draw the share of worlds whose decisions differ, and the difference of a weekly figure."""
    words = LabWords(results.arms, lang, results.kpis)
    t = words.t
    weeks = weeks_between(results, a, b, figure_name, confidence)
    title = t("Where “{b}” and “{a}” part, week by week").format(a=words.arm(a), b=words.arm(b))
    with new_figure(lang, height=4.8) as (figure, axes):
        axes.remove()
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1, 2])
        _shares(upper, weeks, words)
        _differences(lower, weeks, figure_name, words, confidence)
        for each in (upper, lower):
            each.spines[["top", "right"]].set_visible(False)
        heading(figure, title)
    said = words.said(title, [first_apart(weeks, words)])
    return LabChart(figure, said, _table(weeks, figure_name, words), lang)


def first_apart(weeks: Sequence[Week], words: LabWords) -> str:
    """Return when two policies decide otherwise for the first time, in a sentence."""
    t = words.t
    apart = [week for week in weeks if week.differ]
    if not apart:
        return t("These policies never decided differently.")
    text = t("First different decision in week {week}; decisions differ in {n} of {weeks} weeks.")
    return text.format(week=apart[0].week + 1, n=len(apart), weeks=len(weeks))


def _shares(axes: "Axes", weeks: Sequence[Week], words: LabWords) -> None:
    axes.bar([w.week + 1 for w in weeks], [100.0 * w.differ for w in weeks], 0.8, color=GREY)
    axes.set_ylim(0, 105)
    axes.grid(False, axis="x")
    title = words.t("Worlds in which the decisions differ, %")
    axes.set_title(title, loc="left", fontsize=10)


def _differences(
    axes: "Axes", weeks: Sequence[Week], figure: str, words: LabWords, confidence: float
) -> None:
    scale, number = words.scale(figure), [w.week + 1 for w in weeks]
    low, mean, high = (
        [scale * getattr(w.difference, name) for w in weeks] for name in ("low", "mean", "high")
    )
    axes.axhline(0.0, color=LINE, linewidth=1)
    axes.fill_between(number, low, high, color=PALE, alpha=0.6, linewidth=0)
    axes.plot(number, mean, color=COLOURS[0], linewidth=2, marker="o", markersize=4)
    text = words.t("{kpi} a week: mean difference, {unit} ({sure} intervals, all at once)")
    title = text.format(
        kpi=words.kpi_title(figure),
        unit=words.unit_of_difference(figure),
        sure=words.percent(confidence),
    )
    axes.set_title(wrapped(title), loc="left", fontsize=10)
    axes.set_xlabel(words.t("Week"))
    axes.yaxis.set_major_formatter(lambda value, _: short_number(value, words.lang))
    whole_numbers(axes)


def _table(weeks: Sequence[Week], figure: str, words: LabWords) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    lines = [
        [
            words.percent(round(w.differ, 3)),
            t(", ").join(words.control(f"decision.{lever}") for lever in w.levers) or "–",
            words.amount(w.difference.mean, figure, signed=True),
            words.between(w.difference.low, w.difference.high, figure),
        ]
        for w in weeks
    ]
    heads = [t("worlds that differ"), t("levers"), t("mean difference"), t("interval")]
    index = pd.Index([w.week + 1 for w in weeks], name=t("Week"))
    return pd.DataFrame(lines, index=index, columns=heads)
