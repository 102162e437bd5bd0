"""Pictures that help to choose: what more money buys, and what the answer hangs on."""

import math
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, new_figure, short_number
from simkit.screens.lab_chart_parts import (
    GREY,
    LINE,
    LabChart,
    heading,
    row_labels,
    value_axis,
)
from simkit.screens.lab_words import LabWords, label, wrapped
from simkit.study.experiment.frontier import Frontier, Point
from simkit.study.experiment.worlds import Results
from simkit.study.intervals import Difference

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simkit.study.sensitivity.factors import Factor
    from simkit.study.sensitivity.tornado import Tornado

STANDINGS = {
    "not dominated": (COLOURS[0], "o", COLOURS[0]),
    "cannot tell": (GREY, "D", "white"),
    "dominated": (COLOURS[1], "s", COLOURS[1]),
}
"""Colour, shape and filling of a policy."""


def frontier_chart(results: Results, found: Frontier, lang: str) -> LabChart:
    """Draw policies between what they cost and what they bring, each with both its intervals.

    The line joins those that no other one beats in both means, less those that are known to be
    dominated. A policy is drawn as dominated only where the paired differences say so.
    """
    words = LabWords(results.arms, lang, results.kpis)
    cost, benefit = words.kpi_title(found.cost), words.kpi_title(found.benefit)
    title = words.t("{benefit} against {cost}").format(benefit=benefit, cost=cost)
    drawn = [p for p in found.points if math.isfinite(p.cost.mean + p.benefit.mean)]
    with new_figure(lang, height=3.9 + 0.27 * math.ceil(len(drawn) / 2)) as (figure, axes):
        scales = words.scale(found.cost), words.scale(found.benefit)
        line = [(p.cost.mean * scales[0], p.benefit.mean * scales[1]) for p in found.line]
        if len(line) > 1:
            axes.plot(*zip(*line, strict=True), color=COLOURS[0], linewidth=1.2, dashes=(4, 2))
        for number, point in enumerate(drawn, 1):
            _point(axes, number, point, scales)
        value_axis(axes, f"{cost}, {words.unit(found.cost)}", lang)
        axes.set_title(wrapped(f"{benefit}, {words.unit(found.benefit)}"), loc="left", fontsize=10)
        axes.margins(0.12)
        heading(figure, title)
        _list_of_points(figure, drawn, words)
    said = words.said(title, (f"{words.arm(p.arm)}: {standing(p, words)}" for p in found.points))
    return LabChart(figure, said, _frontier_table(found, words), lang)


def standing(point: Point, words: LabWords) -> str:
    """Return in words whether another policy is better in both cost and benefit."""
    t = words.t
    if not math.isfinite(point.cost.mean + point.benefit.mean):
        return t("cannot be said")
    if point.dominated_by:
        names = t(", ").join(map(words.arm, point.dominated_by))
        return t("dominated by {names}").format(names=names)
    return t("not dominated") if point.standing == "not dominated" else t("cannot tell")


def _point(axes: "Axes", number: int, point: Point, scales: tuple[float, float]) -> None:
    colour, mark, face = STANDINGS[point.standing]
    x, y = point.cost.mean * scales[0], point.benefit.mean * scales[1]
    arms = [_reach(point.cost, scales[0]), _reach(point.benefit, scales[1])]
    axes.errorbar(x, y, xerr=arms[0], yerr=arms[1], fmt=mark, color=colour, markersize=8,
                  markerfacecolor=face, markeredgewidth=2, elinewidth=1.5)  # fmt: skip
    axes.annotate(str(number), (x, y), xytext=(7, 7), textcoords="offset points", fontsize=10)


def _reach(found: Difference, scale: float) -> list[list[float]] | None:
    ends = (found.mean - found.low, found.high - found.mean)
    return [[end * scale] for end in ends] if all(map(math.isfinite, ends)) else None


def _list_of_points(figure: "Figure", drawn: list[Point], words: LabWords) -> None:
    from matplotlib.lines import Line2D

    marks = []
    for number, point in enumerate(drawn, 1):
        colour, mark, face = STANDINGS[point.standing]
        text = f"{number} {label(words.arm(point.arm), 26)}: {_short_standing(point, drawn, words)}"
        marks.append(
            Line2D([], [], linestyle="", marker=mark, color=colour, markerfacecolor=face,
                   markeredgewidth=2, label=text)
        )  # fmt: skip
    if marks:
        figure.legend(handles=marks, loc="outside lower left", ncols=2, frameon=False, fontsize=9)


def _short_standing(point: Point, drawn: list[Point], words: LabWords) -> str:
    """The standing with numbers of policies in place of their names, and no more than three."""
    t = words.t
    if not point.dominated_by:
        return standing(point, words)
    numbers = [str(n) for n, each in enumerate(drawn, 1) if each.arm in point.dominated_by]
    names = t(", ").join(numbers[:3]) + ("…" if len(numbers) > 3 else "")
    return t("dominated by {names}").format(names=names)


def _frontier_table(found: Frontier, words: LabWords) -> "pd.DataFrame":
    import pandas as pd

    t, rows = words.t, {}
    for point in found.points:
        row = []
        for name, each in ((found.cost, point.cost), (found.benefit, point.benefit)):
            between = words.between(each.low, each.high, name, signed=False)
            row += [words.amount(each.mean, name), between]
        rows[words.arm(point.arm)] = [*row, standing(point, words)]
    heads = []
    for name in (found.cost, found.benefit):
        title = f"{words.kpi_title(name)} ({words.unit(name)})"
        heads += [title, t("{point}: interval").format(point=words.kpi_title(name))]
    table = pd.DataFrame(rows.values(), index=[*rows], columns=[*heads, t("standing")])
    return table.rename_axis(t("Policy"))


def tornado_chart(tornado: "Tornado", lang: str, currency: str = "CNY") -> LabChart:
    """Draw what each factor changes at its low and at its high end, the widest swing on top."""
    kpi, rows = tornado.kpi.name, tornado.rows
    words = LabWords([], lang, [tornado.kpi], currency)
    t, scale = words.t, words.scale(kpi)
    title = t("{kpi}: what the answer hangs on").format(kpi=words.kpi_title(kpi))
    names = [_factor(row.factor, words) for row in rows]
    with new_figure(words.lang, height=1.6 + 0.5 * max(2, len(rows))) as (figure, axes):
        axes.axvline(0.0, color=LINE, linewidth=1)
        for place, row in enumerate(rows):
            _end(axes, place - 0.18, row.at_low, scale, COLOURS[1])
            _end(axes, place + 0.18, row.at_high, scale, COLOURS[0])
        row_labels(axes, names)
        text = t(
            "Change against the scenario as it is, {unit} (lines: {sure} intervals, all at once)"
        )
        unit, sure = words.unit_of_difference(kpi), words.percent(tornado.confidence)
        value_axis(axes, text.format(unit=unit, sure=sure), words.lang)
        heading(figure, title)
        _ends_legend(figure, words)
    said = words.said(
        title,
        (
            f"{name}: {_said(row.at_low, kpi, words)} / {_said(row.at_high, kpi, words)}"
            for name, row in zip(names, rows, strict=True)
        ),
    )
    return LabChart(figure, said, _tornado_table(tornado, kpi, words), words.lang)


def _factor(factor: "Factor", words: LabWords) -> str:
    title = factor.words.in_(words.lang)
    low, high = (short_number(getattr(factor, end), words.lang) for end in ("low", "high"))
    return f"{title} ({low}–{high})"


def _end(axes: "Axes", place: float, found: Difference, scale: float, colour: str) -> None:
    if not math.isfinite(found.mean):
        return
    axes.barh(place, found.mean * scale, 0.34, color=colour, alpha=0.85)
    if math.isfinite(found.low) and math.isfinite(found.high):
        ends = [found.low * scale, found.high * scale]
        axes.plot(ends, [place, place], color="black", linewidth=1.2)


def _ends_legend(figure: "Figure", words: LabWords) -> None:
    from matplotlib.patches import Patch

    t = words.t
    marks = [
        Patch(color=COLOURS[1], label=t("at the low end")),
        Patch(color=COLOURS[0], label=t("at the high end")),
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=2, frameon=False)


def _said(found: Difference, kpi: str, words: LabWords) -> str:
    return words.amount(found.mean, kpi, signed=True)


def _tornado_table(tornado: "Tornado", kpi: str, words: LabWords) -> "pd.DataFrame":
    import pandas as pd

    t, lines = words.t, []
    for row in tornado.rows:
        line = {t("Factor"): _factor(row.factor, words)}
        for head, end in ((t("at the low end"), row.at_low), (t("at the high end"), row.at_high)):
            line[head] = _said(end, kpi, words)
            between = words.between(end.low, end.high, kpi)
            line[t("{point}: interval").format(point=head)] = between
        lines.append(line)
    heads = [t("Factor"), t("at the low end"), t("at the high end")]
    return pd.DataFrame(lines, columns=None if lines else heads).set_index(t("Factor"))
