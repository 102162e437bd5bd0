"""Pictures of a comparison: differences, spreads, the live interval.

Every function returns a `LabChart`: the figure, its text for those who cannot see it, its numbers.
The other charts of the lab are in `lab_choice_charts` and `lab_week_charts`.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from simkit.screens.charts import COLOURS, new_figure
from simkit.screens.lab_chart_parts import (
    GREY,
    LINE,
    MARKS,
    PALE,
    PALER,
    LabChart,
    heading,
    row_labels,
    value_axis,
    whole_numbers,
)
from simkit.screens.lab_words import LabWords, wrapped
from simkit.study.experiment.worlds import Results
from simkit.study.statistics.confidence_sequence import Look
from simkit.study.statistics.quantiles import Quantile, Smore, smore

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simkit.study.experiment.compare import Comparison, Row

# Differences


def difference_chart(comparison: "Comparison", lang: str, kpi: str | None = None) -> LabChart:
    """Draw every policy less the one it is compared with, with its interval and verdict.

    `kpi`: without it, the first of the comparison. A difference that nothing shows is hollow; one
    that cannot be said has its verdict only.
    """
    words = LabWords(comparison.arms, lang)
    kpi = kpi or comparison.rows[0].kpi
    rows = [row for row in comparison.rows if row.kpi == kpi]
    title = words.t("{kpi}: what each policy changes").format(kpi=words.kpi_title(kpi))
    with new_figure(lang, height=_height(len(rows))) as (figure, axes):
        axes.axvline(0.0, color=LINE, linewidth=1)
        for place, row in enumerate(rows):
            _difference(axes, place, row, words)
        row_labels(axes, [_compared(row, rows, words) for row in rows])
        against = {row.a for row in rows}
        value_axis(axes, _against(against, kpi, words, comparison.confidence), lang)
        heading(figure, title)
    said = words.said(
        title, (f"{_compared(row, rows, words)}: {_said(row, words)}" for row in rows)
    )
    return LabChart(figure, said, _difference_table(rows, words), lang)


def _height(rows: int) -> float:
    return 1.5 + 0.42 * max(2, rows)


def _compared(row: "Row", rows: Sequence["Row"], words: LabWords) -> str:
    """The policy of a row; both of them where not all rows have the same control."""
    if len({each.a for each in rows}) == 1:
        return words.arm(row.b)
    return words.t("{b} less {a}").format(b=words.arm(row.b), a=words.arm(row.a))


def _against(names: set[str], kpi: str, words: LabWords, confidence: float) -> str:
    t, unit = words.t, words.unit_of_difference(kpi)
    sure = words.percent(confidence)
    if len(names) == 1:
        text = t("Difference from “{control}”, {unit} ({sure} intervals, all at once)")
        return text.format(control=words.arm(next(iter(names))), unit=unit, sure=sure)
    return t("Difference, {unit} ({sure} intervals, all at once)").format(unit=unit, sure=sure)


def _difference(axes: "Axes", place: int, row: "Row", words: LabWords) -> None:
    scale = words.scale(row.kpi)
    kind = row.verdict.removeprefix("b ")
    colour, mark = MARKS.get(kind, MARKS["other"])
    if math.isfinite(row.low) and math.isfinite(row.high):
        ends = [row.low * scale, row.high * scale]
        axes.plot(ends, [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
    if math.isfinite(row.difference):
        shown = row.low > 0 or row.high < 0
        axes.plot(row.difference * scale, place, mark, markersize=9, color=colour,
                  markerfacecolor=colour if shown else "white", markeredgewidth=2)  # fmt: skip
    axes.text(1.02, place, words.verdict(row.verdict), color=colour, fontsize=10,
              va="center", transform=axes.get_yaxis_transform())  # fmt: skip


def _said(row: "Row", words: LabWords) -> str:
    said = words.verdict(row.verdict)
    if not math.isfinite(row.difference):
        return said
    return f"{words.with_unit(row.difference, row.kpi)}, {said}"


def _difference_table(rows: Sequence["Row"], words: LabWords) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    lines = {
        _compared(row, rows, words): [
            words.amount(row.difference, row.kpi, signed=True),
            words.amount(row.low, row.kpi, signed=True),
            words.amount(row.high, row.kpi, signed=True),
            row.n,
            words.verdict(row.verdict),
        ]
        for row in rows
    }
    heads = [t("difference"), t("low"), t("high"), t("worlds"), t("verdict")]
    table = pd.DataFrame(lines.values(), index=[*lines], columns=heads)
    return table.rename_axis(t("Policy"))


# Spreads


def smore_chart(results: Results, kpi: str, lang: str, confidence: float = 0.95) -> LabChart:
    """Draw how one figure spreads over the worlds, for each policy.

    A line from the least to the most; the 10 % and the 90 % point and the median as strokes in
    boxes that are their intervals; the mean as a dot with its interval beneath the line. The idea
    is Simio's SMORE plot (Nelson 2008, The MORE plot, Winter Simulation Conference).
    """
    words = LabWords(results.arms, lang, results.kpis)
    t, scale = words.t, words.scale(kpi)
    found = {arm.name: smore(results.values(arm.name, kpi), confidence) for arm in results.arms}
    title = t("{kpi}: how it spreads over {n} worlds").format(
        kpi=words.kpi_title(kpi), n=len(results.worlds)
    )
    with new_figure(lang, height=1.3 + 0.62 * max(2, len(found))) as (figure, axes):
        for place, each in enumerate(found.values()):
            _smore(axes, place, each, scale)
        row_labels(axes, [words.arm(name) for name in found])
        text = t("{kpi}, {unit} (boxes and whiskers: {sure} intervals)")
        sure, unit = words.percent(confidence), words.unit(kpi)
        value_axis(axes, text.format(kpi=words.kpi_title(kpi), unit=unit, sure=sure), lang)
        heading(figure, title)
        _smore_legend(figure, words)
    said = words.said(
        title, (f"{words.arm(name)}: {_spread(kpi, s, words)}" for name, s in found.items())
    )
    return LabChart(figure, said, _smore_table(kpi, found, words), lang)


def _smore(axes: "Axes", place: int, each: Smore, scale: float) -> None:
    if not math.isfinite(each.least):
        return
    axes.plot([each.least * scale, each.most * scale], [place, place], color=GREY, linewidth=1,
              marker="|", markersize=7)  # fmt: skip
    for point, colour in (
        (each.low_percentile, PALE),
        (each.high_percentile, PALE),
        (each.median, PALER),
    ):
        _quantile(axes, place, point, scale, colour)
    mean, beneath = each.mean, place + 0.36
    if math.isfinite(mean.low):
        ends = [mean.low * scale, mean.high * scale]
        axes.plot(ends, [beneath, beneath], color=COLOURS[1], linewidth=2.5)
    axes.plot(mean.mean * scale, beneath, "o", color=COLOURS[1], markersize=6)


def _quantile(axes: "Axes", place: int, point: Quantile, scale: float, colour: str) -> None:
    if math.isfinite(point.low) and math.isfinite(point.high):
        width = (point.high - point.low) * scale
        axes.barh(place, width, 0.42, point.low * scale, color=colour, edgecolor=COLOURS[0],
                  linewidth=0.8, zorder=2)  # fmt: skip
    x = point.value * scale
    axes.plot([x, x], [place - 0.21, place + 0.21], color=COLOURS[0], linewidth=3, zorder=3,
              solid_capstyle="butt")  # fmt: skip


def _smore_legend(figure: "Figure", words: LabWords) -> None:
    from matplotlib.lines import Line2D

    t = words.t
    marks = [
        Line2D([], [], color=GREY, linewidth=1, marker="|", label=t("least to most")),
        Line2D([], [], color=COLOURS[0], linewidth=3, linestyle="", marker="|", markersize=12,
               markeredgewidth=3, label=t("10 % point, median, 90 % point")),
        Line2D([], [], color=COLOURS[1], linewidth=2.5, marker="o", label=t("mean")),
    ]  # fmt: skip
    figure.legend(handles=marks, loc="outside lower center", ncols=3, frameon=False)


def _spread(kpi: str, each: Smore, words: LabWords) -> str:
    text = words.t("mean {mean}, median {median}, from {least} to {most}")
    values = {
        "mean": each.mean.mean,
        "median": each.median.value,
        "least": each.least,
        "most": each.most,
    }
    return text.format(**{name: words.amount(v, kpi) for name, v in values.items()})


def _smore_table(kpi: str, found: dict[str, Smore], words: LabWords) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    points = {
        t("mean"): lambda s: s.mean,
        t("10 % point"): lambda s: s.low_percentile,
        t("median"): lambda s: s.median,
        t("90 % point"): lambda s: s.high_percentile,
    }
    lines = []
    for each in found.values():
        line = {t("worlds"): str(each.mean.n), t("least"): words.amount(each.least, kpi)}
        for head, point_of in points.items():
            point = point_of(each)
            value = point.mean if point is each.mean else point.value
            line[head] = words.amount(value, kpi)
            line[t("{point}: interval").format(point=head)] = words.between(
                point.low, point.high, kpi, signed=False
            )
        lines.append({**line, t("most"): words.amount(each.most, kpi)})
    index = pd.Index([words.arm(name) for name in found], name=t("Policy"))
    return pd.DataFrame(lines, index=index)


# The live interval


class Live(NamedTuple):
    """Which difference is watched: policy `b` less policy `a` in one figure."""

    kpi: str
    a: str
    b: str


def sequence_chart(
    looks: Sequence[Look], live: Live, words: LabWords, confidence: float = 0.95
) -> LabChart:
    """Draw what is known after each world, with an interval that may be looked at at any time."""
    import pandas as pd

    t, scale = words.t, words.scale(live.kpi)
    title = t("{kpi}: {b} less {a}, world by world").format(
        kpi=words.kpi_title(live.kpi), b=words.arm(live.b), a=words.arm(live.a)
    )
    n = [look.n for look in looks]
    mean, low, high = (
        [scale * getattr(x, name) for x in looks] for name in ("mean", "low", "high")
    )
    with new_figure(words.lang) as (figure, axes):
        axes.axhline(0.0, color=LINE, linewidth=1)
        axes.fill_between(n, low, high, color=PALE, alpha=0.6, linewidth=0,
                          label=t("{sure} interval, valid at every look").format(
                              sure=words.percent(confidence)))  # fmt: skip
        axes.plot(n, mean, color=COLOURS[0], linewidth=2, label=t("mean difference so far"))
        axes.set_title(wrapped(words.unit_of_difference(live.kpi)), loc="left", fontsize=10)
        axes.set_xlabel(t("Worlds played"))
        whole_numbers(axes)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        heading(figure, title)
    heads = [t("mean"), t("low"), t("high")]
    lines = [[words.amount(v, live.kpi, signed=True) for v in look[1:]] for look in looks]
    table = pd.DataFrame(lines, index=pd.Index(n, name=t("worlds")), columns=heads)
    last = map(" ".join, zip(heads, lines[-1], strict=True)) if lines else ()
    return LabChart(figure, words.said(title, last), table, words.lang)
