"""Charts of the evidence: all rows on the scale of their bands, and theory beside the engine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, new_figure
from simkit.screens.evidence_words import question, words
from simkit.screens.texts import Translate
from simkit.study.evidence.pictures import Picture
from simkit.study.evidence.row import NORMAL_90, Row

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EDGE = 3.0
"""Half widths of a band that the chart shows on either side; what is farther off sits there."""
MARKS = "os"


def labels(rows: Sequence[Row], t: Translate) -> list[str]:
    """Return a short name for each row: its question, numbered where it has several rows."""
    titles = words(t)
    keys = [question(row) for row in rows]
    many, seen, found = Counter(keys), Counter[str](), []
    for key in keys:
        seen[key] += 1
        title = titles.get(key, (key, ""))[0]
        found.append(f"{title} ({seen[key]})" if many[key] > 1 else title)
    return found


def band_places(rows: Sequence[Row]) -> list[tuple[float, float] | None]:
    """Return where each row lies in its band: middle 0, edges -1 and 1, with the half interval.

    None for rows without a measured value or a band with a width.
    """
    return [_place(row) for row in rows]


def _place(row: Row) -> tuple[float, float] | None:
    if row.measured is None or row.low is None or row.high is None or row.high <= row.low:
        return None
    half = (row.high - row.low) / 2
    reach = NORMAL_90 * (row.standard_error or 0.0) / half
    return (row.measured - row.low) / half - 1, reach


def band_chart(rows: Sequence[Row], t: Translate, lang: str) -> "Figure":
    """Draw every row with a band as a point with its 90 % interval, the bands all alike."""
    shown = [(r, p) for r, p in zip(rows, band_places(rows), strict=True) if p]
    names = [n for n, p in zip(labels(rows, t), band_places(rows), strict=True) if p]
    height = 1.5 + 0.27 * len(shown)
    with new_figure(lang, 7.6, height) as (figure, axes):
        axes.axvspan(-1, 1, color="#dbe9d5", zorder=0)
        for passed, colour, mark in ((True, COLOURS[0], "o"), (False, COLOURS[1], "X")):
            chosen = [(i, p) for i, (r, p) in enumerate(shown) if bool(r.passed) is passed]
            _points(axes, chosen, colour, mark, t("agrees") if passed else t("does not agree"))
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.3, -0.7)
        axes.set_xlim(-EDGE - 0.2, EDGE + 0.2)
        ticks = {-EDGE: "«", -1: t("low edge"), 1: t("high edge"), EDGE: "»"}
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.set_xlabel(t("Each point in its own band; at « or » it lies farther off"))
        axes.grid(axis="y", visible=False)
        figure.legend(loc="outside upper left", ncols=2, frameon=False)
    return figure


def _points(
    axes: "Axes",
    chosen: Sequence[tuple[int, tuple[float, float]]],
    colour: str,
    mark: str,
    name: str,
) -> None:
    """Draw points and intervals; what is off the chart sits at its edge without an interval."""
    places = [max(-EDGE, min(EDGE, x)) for _, (x, _) in chosen]
    reaches = [reach if abs(x) <= EDGE else 0.0 for _, (x, reach) in chosen]
    heights = [i for i, _ in chosen]
    axes.errorbar(places, heights, xerr=reaches, fmt=mark, color=colour, markersize=6, label=name)


def picture_chart(
    picture: Picture,
    names: Mapping[str, str],
    axes_names: tuple[str, str],
    lang: str,
    *,
    ticks: Sequence[str] = (),
    steep: bool = False,
) -> "Figure":
    """Draw the curves of a picture as lines and its points with 95 % intervals.

    A series of points is called after its kind and its subject ("engine", "engine cusum"): a mark
    for each kind, a colour for each subject. `names`: what kinds and subjects are called. `ticks`:
    texts of whole-numbered x. `steep`: the vertical axis in powers of ten.
    """
    colours = {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(_subjects(picture))}
    with new_figure(lang, 7.6, 4.2) as (figure, axes):
        if steep:
            _powers_of_ten(axes)
        for name, curve in picture.curves.groupby("series", sort=False):
            colour = colours[_subject(str(name))]
            axes.plot(curve["x"], curve["y"], color=colour, label=names[str(name)], linewidth=2)
        kinds = _kinds(picture)
        for name, dots in picture.points.groupby("series", sort=False):
            number = kinds.index(_kind(str(name)))
            _dots(axes, dots, colours[_subject(str(name))], number, 0.12 if ticks else 0.0)
        if ticks:
            axes.set_xticks(range(len(ticks)), ticks)
            axes.set_xlim(-0.5, len(ticks) - 0.5)
        axes.set_xlabel(axes_names[0])
        axes.set_title(axes_names[1], loc="left", fontsize=10)
        _legend(figure, axes, [(names[kind], MARKS[i]) for i, kind in enumerate(kinds)])
    return figure


def _dots(axes: "Axes", dots: "pd.DataFrame", colour: str, number: int, apart: float) -> None:
    axes.errorbar(
        dots["x"] + apart * (number - 0.5),  # kinds at one place stand side by side
        dots["y"],
        yerr=2 * dots["error"],
        fmt=MARKS[number],
        color=colour,
        markerfacecolor="white" if number else colour,
        markersize=7,
        capsize=3,
    )


def _legend(figure: "Figure", axes: "Axes", kinds: Sequence[tuple[str, str]]) -> None:
    """Name the lines by colour, then the kinds of points by their mark."""
    from matplotlib.lines import Line2D

    lines, names = axes.get_legend_handles_labels()
    for i, (name, mark) in enumerate(kinds):
        face = "white" if i else "#444444"
        lines.append(Line2D([], [], marker=mark, color="#444444", mfc=face, linestyle=""))
        names.append(name)
    figure.legend(lines, names, loc="outside lower center", ncols=2, frameon=False)


def _powers_of_ten(axes: "Axes") -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    written = axes.yaxis.get_major_formatter()
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(written)


def _subject(series: str) -> str:
    """Return what shares a colour: "engine cusum" and "published cusum" that of "cusum"."""
    return series.rpartition(" ")[2]


def _kind(series: str) -> str:
    return series.partition(" ")[0]


def _subjects(picture: Picture) -> list[str]:
    every = [*picture.curves["series"], *picture.points["series"]]
    return list(dict.fromkeys(_subject(str(name)) for name in every))


def _kinds(picture: Picture) -> list[str]:
    return list(dict.fromkeys(_kind(str(name)) for name in picture.points["series"]))
