"""The chart of one figure: two years small, the last weeks large, with forecast and limits."""

import html
import math
from typing import TYPE_CHECKING

import numpy as np

from simkit.kpi.weekly import FIGURES
from simkit.screens.charts import COLOURS, chart_html, drawing_style, short_number
from simkit.screens.drift_figures import Course
from simkit.screens.drift_words import figure_name, figure_text, scale_of
from simkit.screens.drill_words import Room
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LAST = 16
"""Weeks that are shown large before the game's own; the played ones come on top."""


def course_html(course: Course, figure: str, place: str, room: Room) -> str:
    """Return the chart of a course with its text and its numbers; `place`: what it is called."""
    title = FIGURES[figure].title.in_(room.lang)
    text = room.t("{figure}, {place}, week by week. Last week {value}, expected {expected}; {said}")
    alt = text.format(
        figure=title,
        place=place,
        value=figure_text(float(course.values[-1]), figure, room.lang),
        expected=figure_text(float(course.expected[-2]), figure, room.lang),
        said=_said(course, room.t),
    )
    chart = course_figure(course, figure, f"{figure_name(figure, room)} · {place}", room)
    return chart_html(chart, alt, _numbers(course, figure, room), room.lang)


def _said(course: Course, t: Translate) -> str:
    """What the last week is, in words."""
    if len(course.weeks) == course.history:
        return t("nothing is played yet.")
    gap = course.values[-1] - course.expected[-2]
    if math.isnan(gap):
        return t("there is no figure of the last week.")
    for (low, high), words in (
        (course.red, t("outside the red limits.")),
        (course.amber, t("outside the amber limits.")),
    ):
        if gap < low or gap > high:
            return words
    return t("inside the limits.")


def course_figure(course: Course, figure: str, title: str, room: Room) -> "Figure":
    """Draw the course of a figure."""
    scale, t = scale_of(figure), room.t
    with drawing_style():
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        drawn = Figure(figsize=(7.6, 4.6), layout="constrained")
        large, small = drawn.subplots(2, 1, height_ratios=(3, 1))
        for axes in (large, small):
            axes.yaxis.set_major_formatter(
                FuncFormatter(lambda value, _: short_number(value, room.lang))
            )
            axes.xaxis.set_major_locator(MaxNLocator(9, integer=True))
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(labelsize=9)
        small.yaxis.set_major_locator(MaxNLocator(3))
        _draw_last(large, course, scale, t)
        _draw_years(small, course, scale, t)
        drawn.suptitle(title, x=0.01, ha="left", fontsize=13)
        handles, labels = large.get_legend_handles_labels()
        drawn.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return drawn


def _draw_last(axes: "Axes", course: Course, scale: float, t: Translate) -> None:
    """The last weeks before the game, those played, and the forecast of the next one."""
    first = max(0, course.history - LAST)
    weeks = np.append(course.weeks, course.weeks[-1] + 1)[first:] + 1
    expected = course.expected[first:] * scale
    (low, high), (bottom, top) = course.amber, course.red
    axes.fill_between(weeks, expected + low * scale, expected + high * scale, color="#dfe8f2",
                      linewidth=0, label=t("usual range"))  # fmt: skip
    for edge, label in ((bottom, t("red limits")), (top, None)):
        axes.plot(weeks, expected + edge * scale, color="#b3261e", linewidth=1, dashes=(5, 2),
                  label=label)  # fmt: skip
    axes.plot(weeks, expected, color="#595959", linewidth=1.2, linestyle=":",
              label=t("forecast"))  # fmt: skip
    axes.plot(weeks[:-1], course.values[first:] * scale, color=COLOURS[0], linewidth=2,
              marker="o", ms=4, label=t("reported"))  # fmt: skip
    axes.axvline(0.5, color="#777777", linewidth=1, linestyle=":")
    axes.set_title(t("The last weeks; week 1 is your first one"), loc="left", fontsize=10)


def _draw_years(axes: "Axes", course: Course, scale: float, t: Translate) -> None:
    axes.plot(course.weeks + 1, course.values * scale, color=COLOURS[0], linewidth=1)
    axes.plot(course.weeks + 1, course.usual * scale, color="#595959", linewidth=1,
              linestyle=":")  # fmt: skip
    axes.axvline(0.5, color="#777777", linewidth=1, linestyle=":")
    axes.set_title(t("Two years; dotted: what is usual at the time of the year"), loc="left",
                   fontsize=10)  # fmt: skip


def _numbers(course: Course, figure: str, room: Room) -> "pd.DataFrame":
    """The weeks shown large, the newest first."""
    import pandas as pd

    t, first = room.t, max(0, course.history - LAST)

    def words(values: np.ndarray) -> list[str]:
        return [figure_text(float(value), figure, room.lang) for value in values]

    table = pd.DataFrame(
        {
            t("reported"): words(course.values[first:]),
            t("forecast"): words(course.expected[first:-1]),
        },
        index=pd.Index([int(week) + 1 for week in course.weeks[first:]], name=t("Week")),
    )
    return table.iloc[::-1]


def no_course_html(room: Room) -> str:
    """Return what is said where the past of a figure is too short for a forecast."""
    text = room.t("Too little is known of this figure here for a forecast; choose another one.")
    return f"<p>{html.escape(text)}</p>"
