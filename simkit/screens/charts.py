"""Tables in, pictures out: figures, and the HTML that makes them readable by everybody."""

import base64
import html
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.screens.texts import translator

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FONT_FILE = Path(__file__).with_name("fonts") / "simkit-cjk.otf"
# A list, Latin first: as "sans-serif" with a list behind it, matplotlib draws boxes for Chinese.
FONTS = ["DejaVu Sans", "simkit CJK"]
COLOURS = ["#0b5394", "#b45309", "#38761d", "#741b47"]  # at least 4.5 : 1 on white
DASHES = ["", (4, 2), (1, 1.5), (6, 2, 1, 2)]
LEGEND_LETTERS = 50
# matplotlib's style is one per process, while jobs draw in threads.
_STYLE_LOCK = threading.RLock()


@contextmanager
def drawing_style() -> Iterator[None]:
    """Draw in the house style within this context; one thread at a time.

    What imports parts of matplotlib does it in here: in two threads at once, one of them sees the
    half of it that is there already.
    """
    with _STYLE_LOCK:
        import matplotlib as mpl
        import seaborn as sns

        _add_font()
        style = sns.axes_style("whitegrid", rc={"font.family": FONTS, "axes.unicode_minus": False})
        with mpl.rc_context({**style, **sns.plotting_context("notebook")}):
            yield


def preload() -> None:
    """Import what drawing needs, which takes seconds, while the person still reads."""
    with drawing_style():
        import matplotlib.figure
        import matplotlib.ticker  # noqa: F401


@cache
def _add_font() -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT_FILE)


@contextmanager
def new_figure(
    lang: str = "en", width: float = 7.6, height: float = 3.6
) -> Iterator[tuple["Figure", "Axes"]]:
    """Give an empty figure and its axes in the house style.

    Parameters
    ----------
    lang : {"en", "zh"}
        Decides how the vertical axis writes large numbers: 12k or 1.2万.
    width, height : float
        In inches; 100 pixels each on the screen.
    """
    with drawing_style():
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter

        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short_number(value, lang)))
        yield figure, axes
        axes.spines[["top", "right"]].set_visible(False)


def line_chart(
    table: "pd.DataFrame", *, title: str, x_label: str, y_label: str, lang: str = "en"
) -> "Figure":
    """Draw each column of `table` as a line over its index (weeks, say) and return the figure.

    Lines differ in dashes as well as in colour. The first column is drawn on top: put the run
    that matters there, for example "with your decision" before "without".
    """
    columns = len(table.columns)
    with new_figure(lang) as (figure, axes):
        import seaborn as sns
        from matplotlib.ticker import MaxNLocator

        sns.lineplot(
            data=table.iloc[:, ::-1].astype(float),
            palette=_repeat(COLOURS, columns)[::-1],
            dashes=_repeat(DASHES, columns)[::-1],
            linewidth=2,
            ax=axes,
        )
        if table.index.dtype.kind in "iu":
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))  # there is no week 1.5
        _label(figure, title, x_label, y_label, first_on_top=True)
    return figure


def bar_chart(
    table: "pd.DataFrame", *, title: str, y_label: str, x_label: str = "", lang: str = "en"
) -> "Figure":
    """Draw a group of bars for each row of `table`, one bar per column, and return the figure."""
    rows = [str(name) for name in table.index]
    tidy = table.set_axis(rows).rename_axis("row").reset_index().melt("row", var_name="column")
    with new_figure(lang) as (figure, axes):
        import seaborn as sns

        sns.barplot(
            tidy, x="row", y="value", hue="column", palette=_repeat(COLOURS, len(table.columns)),
            saturation=1, ax=axes,
        )  # fmt: skip
        for bars in axes.containers:
            axes.bar_label(bars, fmt=lambda value: short_number(value, lang), fontsize=9)  # type: ignore[arg-type]
        _label(figure, title, x_label, y_label)
    return figure


def _label(
    figure: "Figure", title: str, x_label: str, y_label: str, first_on_top: bool = False
) -> None:
    """Write title, labels and legend where they cover no data and no text stands on end."""
    axes = figure.axes[0]
    figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    axes.set_title(y_label, loc="left", fontsize=10)
    axes.set(xlabel=x_label, ylabel="")
    handles, labels = axes.get_legend_handles_labels()
    order = slice(None, None, -1 if first_on_top else 1)
    if legend := axes.get_legend():
        legend.remove()
    if len(labels) > 1:
        # A Chinese character is as wide as two letters; more than this does not fit in a row.
        letters = sum(2 if ord(c) > 0x2E80 else 1 for label in labels for c in label)
        columns = 4 if letters <= LEGEND_LETTERS else 2
        figure.legend(
            handles[order], labels[order], loc="outside lower center", ncols=columns, frameon=False
        )


def _repeat(values: list[Any], count: int) -> list[Any]:
    return [values[i % len(values)] for i in range(count)]


def short_number(value: float, lang: str = "en") -> str:
    """Write a number in few characters: 950, 12.5k, 3.2M; in Chinese 950, 1.25万, 320万, 1.2亿."""
    steps = [(1e8, "亿"), (1e4, "万")] if lang == "zh" else [(1e9, "bn"), (1e6, "M"), (1e4, "k")]
    for step, name in steps:
        if abs(value) >= step:
            unit = 1e3 if name == "k" else step
            return f"{value / unit:.4g}{name}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def chart_html(
    figure: "Figure", alt: str, table: "pd.DataFrame | None" = None, lang: str | None = None
) -> str:
    """Return a figure as an image with a text for those who cannot see it, its table beneath.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to show, drawn under `new_figure`.
    alt : str
        What the chart says, in a sentence.
    table : pandas.DataFrame, optional
        The numbers of the chart, folded away under it.
    lang : {"en", "zh"}, optional
        Language of the words around the table.
    """
    t = translator(lang)
    picture = f'<div class="sk-chart">{picture_html(figure, alt)}</div>'
    if table is None:
        return picture
    title = html.escape(t("The numbers of this chart"))
    return f"{picture}<details><summary>{title}</summary>{table_html(table, alt)}</details>"


def picture_html(figure: "Figure", alt: str) -> str:
    """Return a figure as an image with a text for those who cannot see it."""
    image = base64.b64encode(png(figure)).decode()
    width, height = (round(100 * inches) for inches in figure.get_size_inches())
    # With its size said beforehand nothing jumps while the picture is exchanged.
    return (
        f'<img alt="{html.escape(alt)}" width="{width}" height="{height}"'
        f' src="data:image/png;base64,{image}">'
    )


def png(figure: "Figure", dots_per_inch: int = 150) -> bytes:
    """Return a figure as the bytes of a PNG file."""
    buffer = io.BytesIO()
    with drawing_style():  # ticks are made while drawing, and take their font from the style
        figure.savefig(buffer, format="png", dpi=dots_per_inch)
    return buffer.getvalue()


def table_html(table: "pd.DataFrame", caption: str) -> str:
    """Return a table as HTML with a caption and header cells; all text in it is escaped."""
    corner = html.escape(str(table.index.name or ""))
    corner = f'<th scope="col">{corner}</th>' if corner else "<td></td>"
    styles = [_column_style(table.iloc[:, place]) for place in range(len(table.columns))]
    heads = "".join(
        f'<th scope="col"{style}>{html.escape(str(name))}</th>'
        for name, style in zip(table.columns, styles, strict=True)
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(name))}</th>{_cells(row, styles)}</tr>'
        for name, row in zip(table.index, table.itertuples(index=False), strict=True)
    )
    return (
        f'<div class="sk-table" tabindex="0"><table><caption>{html.escape(caption)}</caption>'
        f"<thead><tr>{corner}{heads}</tr></thead><tbody>{rows}</tbody>"
        "</table></div>"
    )


def _column_style(column: "pd.Series") -> str:
    """Words stand at the left, numbers at the right."""
    text = "".join(map(str, column))
    digits, letters = sum(c.isdigit() for c in text), sum(c.isalpha() for c in text)
    words = letters > 2 * digits or not digits
    return ' class="sk-words"' if words else ""


def _cells(row: tuple, styles: list[str]) -> str:
    return "".join(
        f"<td{style}>{html.escape(_cell(value))}</td>"
        for value, style in zip(row, styles, strict=True)
    )


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "–" if value != value else f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)
