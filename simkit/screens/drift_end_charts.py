"""Pictures of a drift debrief: the course of the best figure, and what the actions were worth."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simkit.kpi.forecast import YEAR_WEEKS
from simkit.screens.charts import COLOURS, chart_html, new_figure
from simkit.screens.drift_end_words import DriftWords, scale_of
from simkit.screens.drill_words import sentences
from simkit.screens.interval_charts import interval_chart

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAST = 12
"""Weeks before the game that are shown."""
BAND, RED, GREY = "#dfe8f2", "#b3261e", "#595959"


def course_chart(words: DriftWords) -> str:
    """Return the best figure week by week, with the true start and the alarms."""
    course = words.debrief.course
    title = f"{words.figure(course.figure)} · {words.place(course.place)}"
    return chart_html(_drawn(words, title), _said(words, title), _numbers(words), words.lang)


def _said(words: DriftWords, title: str) -> str:
    """What the chart says, for those who cannot see it."""
    t, debrief = words.t, words.debrief
    start = debrief.truth.start
    said = []
    if start is not None:
        said.append(t("The drift began in week {week}.").format(week=start + 1))
    weeks = words.listed([str(alarm.week + 1) for alarm in debrief.judged.alarms])
    alarms = t("Your alarms: week {weeks}.").format(weeks=weeks)
    said.append(alarms if weeks else t("You raised no alarm."))
    return t("{title}: {text}").format(title=title, text=sentences(said, words.lang))


def _values(words: DriftWords, values: Sequence[float | None]) -> np.ndarray:
    scale = scale_of(words.debrief.course.figure)
    return np.array([np.nan if value is None else scale * value for value in values])


def _drawn(words: DriftWords, title: str) -> "Figure":
    course, lang = words.debrief.course, words.lang
    unit = "%" if scale_of(course.figure) != 1.0 else ""
    with new_figure(lang, height=4.6) as (figure, axes):
        from matplotlib.ticker import MaxNLocator

        _lines(axes, words)
        _marks(axes, words)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel=words.t("Week"), ylabel="")
        axes.set_title(unit, loc="left", fontsize=10)
        axes.margins(y=0.12)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
    return figure


def _lines(axes: "Axes", words: DriftWords) -> None:
    t, course = words.t, words.debrief.course
    weeks = np.arange(1, len(course.reported) + 1)
    low, high = _values(words, course.low), _values(words, course.high)
    if np.isfinite(low).any():
        axes.fill_between(weeks, low, high, color=BAND, linewidth=0,
                          label=t("forecast, up to the red lights"))  # fmt: skip
        axes.plot(weeks, _values(words, course.expected), color=GREY, linewidth=1, linestyle=":")
    past = _values(words, course.past)[-PAST:]
    before = np.arange(1 - len(past), 1)
    axes.plot(before, past, color=COLOURS[0], linewidth=1.2)
    label, line = _beside(words)
    axes.plot(weeks[: len(line)], _values(words, line), color=COLOURS[2], linewidth=1.8,
              dashes=(5, 2), label=label)  # fmt: skip
    axes.plot(weeks, _values(words, course.reported), color=COLOURS[0], linewidth=2.2, marker="o",
              ms=4, label=t("as reported to you"))  # fmt: skip


def _beside(words: DriftWords) -> tuple[str, Sequence[float | None]]:
    """Return what to compare with: what happened, last year's season, or no drift."""
    t, course, truth = words.t, words.debrief.course, words.debrief.truth
    if truth.late:
        return t("what really happened"), course.happened
    if truth.season and len(course.past) >= YEAR_WEEKS:
        year = course.past[-YEAR_WEEKS:]
        return t("the same weeks a year before"), year[: len(course.reported)]
    return t("same customers, no drift, no action"), course.undisturbed


def _marks(axes: "Axes", words: DriftWords) -> None:
    """Lines at the true start and your alarms, marks where the reference players alarm."""
    t, debrief = words.t, words.debrief
    if debrief.truth.start is not None:
        axes.axvline(debrief.truth.start + 0.5, color="#222222", linewidth=2,
                     label=t("true start"))  # fmt: skip
    named = {False: t("your alarm"), True: t("your false alarm")}
    for alarm in debrief.judged.alarms:
        style = {"dashes": (2, 2)} if alarm.false else {}
        axes.axvline(alarm.week + 0.5, color=RED, linewidth=2, label=named.pop(alarm.false, None),
                     **style)  # type: ignore[arg-type] # fmt: skip
    names = player_names(words)
    for number, (player, week) in enumerate(debrief.course.others):
        axes.plot([week + 0.5], [0.04 + 0.06 * number], marker="^", ms=9, linestyle="",
                  color=COLOURS[1 + 2 * (number % 2)], transform=axes.get_xaxis_transform(),
                  label=t("first alarm: {player}").format(player=names[player]))  # fmt: skip


def player_names(words: DriftWords) -> dict[str, str]:
    """Return what the reference players are called."""
    from simkit.study.watching import DETECTORS

    return {player.id: words.text(player.name) for player in DETECTORS}


def _numbers(words: DriftWords) -> "pd.DataFrame":
    import pandas as pd

    t, course = words.t, words.debrief.course
    label, line = _beside(words)
    columns = {
        t("as reported to you"): course.reported,
        t("forecast"): course.expected,
        t("lower limit"): course.low,
        t("upper limit"): course.high,
        label: line,
    }
    table = pd.DataFrame({name: _values(words, each) for name, each in columns.items()})
    table.index = pd.Index(range(1, len(course.reported) + 1), name=t("Week"))
    return table.astype(float)


def actions_chart(words: DriftWords) -> str:
    """Return what the actions are worth in other worlds, with intervals; "" without actions."""
    import pandas as pd

    t, worths = words.t, words.debrief.worths
    chosen = [*worths.actions, worths.everything] if len(worths.actions) > 1 else worths.actions
    rows = {
        words.action(each.id) if each is not worths.everything else t("everything you did"): (
            each.elsewhere.mean,
            each.elsewhere.low,
            each.elsewhere.high,
        )
        for each in chosen
        if each.elsewhere is not None and each.elsewhere.low == each.elsewhere.low
    }
    if not rows:
        return ""
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
    title = t("Worth of your actions in other worlds, with 95 % intervals")
    figure = interval_chart(table, title=title, x_label=words.currency, lang=words.lang)
    said = table.round().set_axis([t("mean"), t("low"), t("high")], axis=1)
    return chart_html(figure, title, said, words.lang)
