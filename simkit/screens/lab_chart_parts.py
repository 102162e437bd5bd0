"""What the charts of the lab share: the chart with its words and numbers, labels, axes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, chart_html, short_number
from simkit.screens.lab_words import label, wrapped

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY, PALE, PALER, LINE = "#5f6b7a", "#9fc5e8", "#d6e4f5", "#444444"
MARKS = {"better": (COLOURS[0], "o"), "worse": (COLOURS[1], "s"), "other": (GREY, "D")}
"""Colour and shape, so that the verdict is seen without colours too."""


@dataclass(frozen=True)
class LabChart:
    """A picture, what it says in a sentence, and its numbers."""

    figure: "Figure"
    alt: str
    table: "pd.DataFrame"
    lang: str

    @property
    def html(self) -> str:
        """The picture with its text, the table folded away beneath."""
        return chart_html(self.figure, self.alt, self.table, self.lang)


def heading(figure: "Figure", text: str) -> None:
    """Write the title of a chart, on several lines where it is long."""
    figure.suptitle(wrapped(text), x=0.01, ha="left", fontsize=13)


def row_labels(axes: "Axes", names: Sequence[str], below: float = 0.6) -> None:
    """Name the rows of a horizontal chart, the first on top."""
    axes.set_yticks(range(len(names)), [label(name) for name in names])
    axes.set_ylim(max(len(names), 1) - 1.0 + below, -0.6)
    axes.grid(False, axis="y")
    axes.use_sticky_edges = False  # a bar does not end at the frame


def value_axis(axes: "Axes", text: str, lang: str) -> None:
    """Say what the horizontal axis measures, with numbers in few characters."""
    axes.set_xlabel(wrapped(text, 58), fontsize=10)
    axes.set_ylabel("")
    axes.xaxis.set_major_formatter(lambda value, _: short_number(value, lang))


def whole_numbers(axes: "Axes") -> None:
    """Give the horizontal axis whole numbers only: worlds, weeks."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
