"""Find the bottleneck: what happened at every station of the line, in a chart and tables."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simkit.scenario.records import Scenario
from simkit.screens.bottleneck_words import days_text, share_text, station_names
from simkit.screens.charts import COLOURS, chart_html, new_figure, table_html
from simkit.screens.pay_view import bullets, table_of
from simkit.screens.texts import translator
from simkit.study.deal_line import DESKS, STATIONS, Tally

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def found_html(line: Mapping[str, Tally], scenario: Scenario, lang: str) -> str:
    """Return the line of a region, from the tallies of its stations."""
    t = translator(lang)
    said = t("While customers clarify, consider, negotiate and sign, the time is theirs, not ours.")
    table = table_html(line_table(line, scenario, lang), t("The line, place by place"))
    return _chart(line, lang) + table + bullets([said]) + _little(line, lang)


def line_table(line: Mapping[str, Tally], scenario: Scenario, lang: str) -> "pd.DataFrame":
    """Return what happened at each station."""
    t, names = translator(lang), station_names(lang)
    rows = {
        names[name]: [
            f"{line[name].arrivals}",
            days_text(line[name].mean_wait),
            f"{line[name].queue:.1f}",
            days_text(line[name].mean_work),
            share_text(busy_share(name, line[name], scenario)),
            f"{line[name].gave_up}",
            share_text(line[name].passed),
        ]
        for name in STATIONS
    }
    heads = [
        t("Came in"),
        t("Days of waiting"),
        t("Waiting at a time"),
        t("Days of work or thought"),
        t("Staff busy"),
        t("Gave up waiting"),
        t("Went on"),
    ]
    return table_of(rows, heads)


def busy_share(name: str, tally: Tally, scenario: Scenario) -> float:
    """Return the utilisation of a desk; nan for what has no staff of its own."""
    staff = getattr(scenario.desks, name).staff if name in DESKS else None
    return tally.in_work / staff if staff else float("nan")


def longest_wait(line: Mapping[str, Tally]) -> str:
    """Return the station in front of which deals and leads wait longest."""
    return max(STATIONS, key=lambda name: _number(line[name].mean_wait))


def largest_leak(line: Mapping[str, Tally]) -> str:
    """Return the station from which the smallest share goes on."""
    return min(STATIONS, key=lambda name: _number(line[name].passed, 1.0))


def _number(value: float, instead: float = 0.0) -> float:
    return instead if value != value else value


def _chart(line: Mapping[str, Tally], lang: str) -> str:
    t, names = translator(lang), station_names(lang)
    title = t("Days at each station, and the share that goes on")
    parts = [
        t("{station}: {wait} days of waiting, {work} of work, {on} goes on").format(
            station=names[name],
            wait=days_text(line[name].mean_wait),
            work=days_text(line[name].mean_work),
            on=share_text(line[name].passed),
        )
        for name in STATIONS
    ]
    return chart_html(_figure(line, title, lang), f"{title}. {t('; ').join(parts)}")


def _figure(line: Mapping[str, Tally], title: str, lang: str) -> "Figure":
    t, names = translator(lang), station_names(lang)
    waits = [_number(line[name].mean_wait) for name in STATIONS]
    works = [_number(line[name].mean_work) for name in STATIONS]
    places = range(len(STATIONS))
    with new_figure(lang, height=4.6) as (figure, axes):
        axes.barh(places, waits, color=COLOURS[1], hatch="//", label=t("Waiting for us"))
        axes.barh(places, works, left=waits, color="#9fc5e8", label=t("Work, or thought"))
        for place, name in enumerate(STATIONS):
            text = t("{share} go on").format(share=share_text(line[name].passed))
            axes.text(waits[place] + works[place] + 0.15, place, text, va="center", fontsize=9)
        axes.set_yticks(places, [names[name] for name in STATIONS])
        axes.set_ylim(len(STATIONS) - 0.4, -0.6)
        axes.set_xlim(0, 1.25 * max(map(sum, zip(waits, works, strict=True))) + 0.5)
        axes.grid(False, axis="y")
        axes.set(xlabel=t("Mean days"), ylabel="")
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def _little(line: Mapping[str, Tally], lang: str) -> str:
    t, names = translator(lang), station_names(lang)
    rows = {}
    for name in ("leads", "quote", "approval", "legal", "delivery"):
        rate, days = line[name].little
        product = rate * days if days == days else 0.0
        numbers = (rate, days, product, line[name].queue)
        rows[names[name]] = [f"{value:.3f}" if value == value else "–" for value in numbers]
    heads = [t("A day came in"), t("and waited, days"), t("Product"), t("Waiting at a time")]
    notes = [
        t(
            "Little's law: the number who wait is what comes in a day times how long it waits, "
            "whatever the order of work. It holds exactly here, so a long queue is a long wait."
        ),
        t(
            "Counted are those who waited at some time within these weeks, and their days within "
            "these weeks: so the product is the last column to the last digit."
        ),
    ]
    return table_html(table_of(rows, heads), t("Little's law on these weeks")) + bullets(notes)
