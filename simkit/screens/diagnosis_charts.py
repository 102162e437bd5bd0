"""Charts of the diagnosis tools: bars to both sides, and lines over weeks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import COLOURS, DASHES, new_figure, short_number

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY = "#767676"
UP, DOWN = COLOURS[0], COLOURS[1]


def sided_bars(
    rows: Sequence[tuple[str, float]], *, title: str, x_label: str, lang: str, total: int = 0
) -> "Figure":
    """Draw a horizontal bar for each row, to the right above 0 and to the left below.

    The last `total` rows are sums, drawn grey.
    """
    with new_figure(lang, height=1.3 + 0.33 * len(rows)) as (figure, axes):
        axes.axvline(0.0, color="#444444", linewidth=1)
        values = [value for _, value in rows]
        first_total = len(rows) - total
        colours = [
            GREY if i >= first_total else UP if v >= 0 else DOWN for i, v in enumerate(values)
        ]
        bars = axes.barh(range(len(rows)), values, 0.65, color=colours, zorder=2)
        labels = [short_number(float(f"{v:.3g}"), lang) if v else "0" for v in values]
        axes.bar_label(bars, labels, padding=3, fontsize=9)
        name_rows(axes, [name for name, _ in rows])
        axes.margins(x=0.15)
        finish(figure, axes, title, x_label, lang)
    return figure


def paired_bars(
    names: Sequence[str],
    columns: Mapping[str, Sequence[float | None]],
    *,
    title: str,
    x_label: str,
    lang: str,
) -> "Figure":
    """Draw a group of horizontal bars for each name, a bar for each column; None: not known."""
    width, count = 0.8, len(columns)
    with new_figure(lang, height=1.6 + 0.24 * count * len(names)) as (figure, axes):
        axes.axvline(0.0, color="#444444", linewidth=1)
        for place, (label, values) in enumerate(columns.items()):
            offsets = [i - width / 2 + (place + 0.5) * width / count for i in range(len(names))]
            bars = axes.barh(
                offsets,
                [value or 0.0 for value in values],
                0.9 * width / count,
                color=COLOURS[place],
                label=label,
                zorder=2,
            )
            labels = ["–" if v is None else short_number(round(float(v), 1), lang) for v in values]
            axes.bar_label(bars, labels, padding=3, fontsize=8)
        name_rows(axes, names)
        axes.margins(x=0.12)
        finish(figure, axes, title, x_label, lang)
        figure.legend(loc="outside lower center", ncols=count, frameon=False)
    return figure


def week_lines(
    weeks: "np.ndarray",
    lines: Mapping[str, "np.ndarray"],
    *,
    title: str,
    x_label: str,
    y_label: str,
    lang: str,
    since: float | None = None,
    most: float | None = None,
) -> "Figure":
    """Draw lines over weeks, gaps where there is no figure.

    `since` shades what begins there; `most` is what cannot be exceeded, of shares.
    """
    with new_figure(lang) as (figure, axes):
        from matplotlib.ticker import MaxNLocator

        if since is not None:
            axes.axvspan(since - 0.5, float(weeks[-1]) + 0.5, color="#eef3f9", zorder=0)
        for place, (label, values) in enumerate(lines.items()):
            dashes: Any = DASHES[place % len(DASHES)]
            (line,) = axes.plot(
                weeks, values, color=COLOURS[place % len(COLOURS)], label=label,
                linewidth=2, zorder=4 - place, marker="o", markersize=3,
            )  # fmt: skip
            if dashes:
                line.set_dashes(dashes)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        if most is not None:
            axes.set_ylim(min(0.8 * most, axes.get_ylim()[0]), 1.02 * most)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
        axes.set_title(y_label, loc="left", fontsize=10)
        axes.set(xlabel=x_label, ylabel="")
        figure.legend(loc="outside lower center", ncols=len(lines), frameon=False)
    return figure


def name_rows(axes: "Axes", names: Sequence[str]) -> None:
    """Write the names of rows from top to bottom."""
    axes.set_yticks(range(len(names)), [str(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(False, axis="y")


def finish(figure: "Figure", axes: "Axes", title: str, x_label: str, lang: str) -> None:
    """Write title and label of a chart whose amounts run from left to right."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    axes.set(xlabel=x_label, ylabel="")
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value, lang)))
