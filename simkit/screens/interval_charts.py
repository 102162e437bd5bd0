"""Pictures of intervals and of spreads: horizontal, one row for each thing compared."""

from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, new_figure, short_number

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def interval_chart(
    table: "pd.DataFrame", *, title: str, x_label: str, lang: str = "en"
) -> "Figure":
    """Draw the columns mean, low and high of each row as a dot with its interval, and a line at 0.

    An interval that holds 0 is drawn hollow.
    """
    with new_figure(lang, height=1.2 + 0.42 * len(table)) as (figure, axes):
        axes.axvline(0.0, color="#444444", linewidth=1)
        for place, row in enumerate(table[["mean", "low", "high"]].to_numpy()):
            mean, low, high = map(float, row)
            axes.plot([low, high], [place, place], color=COLOURS[0], linewidth=2)
            face = COLOURS[0] if low > 0 or high < 0 else "white"
            axes.plot(mean, place, "o", markersize=9, color=COLOURS[0], markerfacecolor=face)
        _rows(axes, table, x_label, lang)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def spread_chart(table: "pd.DataFrame", *, title: str, x_label: str, lang: str = "en") -> "Figure":
    """Draw the columns p10, p25, p50, p75, p90 of each row as a line, a bar and a stroke."""
    with new_figure(lang, height=1.2 + 0.5 * len(table)) as (figure, axes):
        for place, row in enumerate(table[["p10", "p25", "p50", "p75", "p90"]].to_numpy()):
            p10, p25, p50, p75, p90 = map(float, row)
            axes.plot([p10, p90], [place, place], color=COLOURS[0], linewidth=2)
            axes.barh(place, p75 - p25, 0.5, p25, color="#9fc5e8", zorder=2)
            axes.plot([p50, p50], [place - 0.25, place + 0.25], color=COLOURS[1], linewidth=3)
        _rows(axes, table, x_label, lang)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def _rows(axes: "Axes", table: "pd.DataFrame", x_label: str, lang: str) -> None:
    axes.set_yticks(range(len(table)), [str(name) for name in table.index])
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.grid(False, axis="y")
    axes.set(xlabel=x_label, ylabel="")
    axes.xaxis.set_major_formatter(lambda value, _: short_number(value, lang))
