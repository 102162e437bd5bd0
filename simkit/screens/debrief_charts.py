"""Pictures of a debrief: worth by week, the result among other worlds, the best response."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import COLOURS, chart_html, new_figure, short_number
from simkit.screens.debrief_words import Words
from simkit.screens.interval_charts import interval_chart

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BINS = 20


def worth_chart(words: Words) -> str:
    """Return a bar for each week in which something was changed: what the changes were worth."""
    import pandas as pd

    t = words.t
    weeks = [worth for worth in words.debrief.worth if worth.kind == "week"]
    index = pd.Index([worth.week + 1 for worth in weeks], name=t("Week"))
    title = t("What each week's decision was worth")
    table = pd.DataFrame({title: [round(w.contribution.value) for w in weeks]}, index=index)
    label = t("Contribution, {currency}").format(currency=words.currency)
    figure = _bars(table[title], title, t("Week"), label, words.lang)
    return chart_html(figure, title, table, words.lang)


def _bars(values: "pd.Series", title: str, x_label: str, y_label: str, lang: str) -> "Figure":
    with new_figure(lang) as (figure, axes):
        colours = [COLOURS[1] if value < 0 else COLOURS[0] for value in values]
        axes.axhline(0.0, color="#444444", linewidth=1)
        bars = axes.bar(values.index, values, 0.7, color=colours)
        axes.bar_label(bars, fmt=lambda value: short_number(value, lang), fontsize=9)  # type: ignore[arg-type]
        axes.set(xlabel=x_label, ylabel="")
        axes.set_title(y_label, loc="left", fontsize=10)
        axes.set_xticks(values.index)
        axes.margins(y=0.12)
        axes.grid(False, axis="x")
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def luck_chart(words: Words) -> str:
    """Return how often the same decisions brought how much in other worlds, and this game."""
    import pandas as pd

    t, luck = words.t, words.debrief.luck
    title = t("Your decisions in {number} other worlds").format(number=len(luck.worlds))
    label = t("Contribution, {currency}").format(currency=words.currency)
    marks = {
        t("mean"): (luck.typical.mean, COLOURS[0], (4, 2)),
        t("this game"): (luck.realised, COLOURS[1], ()),
    }
    figure = worlds_chart(luck.worlds, marks, title, label, words)
    table = pd.DataFrame(
        {
            t("Your decisions"): [round(value) for value in luck.worlds],
            t("No action"): [round(value) for value in luck.no_action],
        },
        index=pd.Index(luck.seeds, name=t("Seed")),
    )
    return chart_html(figure, title, table, words.lang)


def worlds_chart(
    values: Sequence[float],
    marks: Mapping[str, tuple[float, str, tuple[float, ...]]],
    title: str,
    label: str,
    words: Words,
) -> "Figure":
    """Draw how many worlds brought how much, with lines; `marks`: value, colour, dashes by name."""
    with new_figure(words.lang) as (figure, axes):
        axes.hist(values, bins=BINS, color="#9fc5e8", edgecolor="white")
        for name, (value, colour, dashes) in marks.items():
            style: Any = {"dashes": dashes} if dashes else {}
            axes.axvline(value, color=colour, linewidth=2.5, label=name, **style)
        axes.xaxis.set_major_formatter(lambda value, _: short_number(value, words.lang))
        axes.set(xlabel=label, ylabel="")
        axes.set_title(words.t("Number of worlds"), loc="left", fontsize=10)
        axes.legend(frameon=False)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
    return figure


def response_chart(words: Words, names: dict[str, str]) -> str:
    """Return the gains of the candidates over no action in other worlds, with intervals."""
    import pandas as pd

    t = words.t
    found = [(c, c.elsewhere) for c in words.debrief.response.candidates if c.elsewhere]
    rows = [[gain.mean, gain.low, gain.high] for _, gain in found]
    index = [names[candidate.id] for candidate, _ in found]
    table = pd.DataFrame(rows, index=index, columns=["mean", "low", "high"])
    title = t("Gain over no action in other worlds, with 95 % intervals")
    figure = interval_chart(table, title=title, x_label=words.currency, lang=words.lang)
    said = table.round().set_axis([t("mean"), t("low"), t("high")], axis=1)
    return chart_html(figure, title, said, words.lang)
