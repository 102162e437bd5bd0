"""View: a weekly figure now, before and a year ago."""

from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.periods import Change, Periods, figure_periods
from simkit.kpi.weekly import FIGURES
from simkit.screens.diagnosis_charts import week_lines
from simkit.screens.diagnosis_words import Words, scale_of, view_html

if TYPE_CHECKING:
    import pandas as pd


def periods_html(words: Words, figure: str, place: str, weeks: int, **_: Any) -> str:
    """Return the view of a figure of a place in the last weeks, against those before, and a year.

    Raises NoFigureError where the weeks have no figure.
    """
    t, found = words.t, figure_periods(words.facts, figure, place, weeks)
    scale, unit = scale_of(FIGURES[figure].unit), FIGURES[figure].unit
    title = t("{figure}, {place}").format(figure=words.figure(figure), place=words.place(place))
    lines = {
        t("by week"): found.values * scale,
        t("usual in these weeks"): found.usual * scale,
        t("a year ago"): found.year_ago * scale,
    }
    chart = week_lines(
        found.weeks + 1,
        lines,
        title=title,
        x_label=t("Week"),
        y_label=words.unit(unit),
        lang=words.lang,
        since=found.span.first + 1,
    )
    said = list(_said(words, found, figure))
    notes = [_note(words, change, unit) for change in (found.before, found.year) if change]
    notes.append(t("All periods have five working days a week, so that days need no correction."))
    return view_html(
        words, said, chart, words.caption(title, said[0]), _table(words, found, unit), notes
    )


def _said(words: Words, found: Periods, figure: str) -> list[str]:
    t, unit = words.t, FIGURES[figure].unit
    first = t("{figure} in {weeks}: {value} {unit} a week on average.").format(
        figure=words.figure(figure),
        weeks=words.weeks(found.span),
        value=words.amount(found.now, unit),
        unit=words.unit(unit),
    )
    changes = {
        t("against the weeks just before"): found.before,
        t("against the same weeks a year ago"): found.year,
    }
    said = [first]
    for name, change in changes.items():
        if change:
            text = t("{change} {name}, of which the usual season is {season}.")
            said.append(
                text.format(
                    change=words.amount(change.change, unit, signed=True),
                    name=name,
                    season=words.amount(change.season, unit, signed=True),
                )
            )
    return said


def _note(words: Words, change: Change, unit: str) -> str:
    t = words.t
    text = t(
        "{weeks}: of {compared} earlier comparisons as far apart, {alike} changed as much or more "
        "once the usual season was taken off."
    )
    return text.format(weeks=words.weeks(change.span), compared=change.compared, alike=change.alike)


def _table(words: Words, found: Periods, unit: str) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    columns = {
        t("by week"): found.values,
        t("usual in these weeks"): found.usual,
        t("a year ago"): found.year_ago,
    }
    shown = {
        name: [words.amount(float(v), unit) for v in values] for name, values in columns.items()
    }
    return pd.DataFrame(shown, index=pd.Index(found.weeks + 1, name=t("Week")))
