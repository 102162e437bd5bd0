"""The dashboard of a drill: a handful of KPIs by week, and how things stand now."""

import html
from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi import KPIS, kpi_table
from simkit.region.news import REGION
from simkit.screens.charts import (
    COLOURS,
    new_figure,
    picture_html,
    short_number,
    table_html,
)
from simkit.screens.drill_words import Room
from simkit.screens.levers import PERCENT, amount_text, unit_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = ("revenue", "fill_rate", "on_time_share", "satisfaction", "complaints", "active_customers")
WEEKS = 13
"""Weeks to look back."""


class Board:
    """Shows how the region does."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.now, self.charts = W.HTML(), W.HTML().add_class("sk-small-charts")
        self.view = W.VBox([self.now, self.charts]).add_class("sk-board")

    def show(self) -> None:
        """Show how things stand."""
        self.now.value = standing_html(self.room)

    def draw(self) -> None:
        """Draw the charts, which takes a moment: for a thread."""
        self.charts.value = charts_html(self.room)


def charts_html(room: Room) -> str:
    """Return a small chart for each KPI, and the numbers of all of them in one table."""
    t, last = room.t, room.report.week - 1
    first = max(-room.scenario.warm_up_weeks, last - WEEKS + 1)
    table = kpi_table(room.report.events, ["week"], SHOWN, first=first, last=last)
    table.index = table.index.astype(int) + 1
    table = table.rename_axis(t("Week"))
    pictures = "".join(_picture(table[name], room) for name in SHOWN)
    caption = t("The last weeks in numbers")
    title = html.escape(t("The numbers of these charts"))
    numbers = table_html(_readable(table, room), caption)
    before = html.escape(t("Up to week 0 somebody else was in charge (left of the dotted line)."))
    return (
        f'<div class="sk-tiles">{pictures}</div><p>{before}</p>'
        f"<details><summary>{title}</summary>{numbers}</details>"
    )


def _picture(values: "pd.Series", room: Room) -> str:
    name = str(values.name)
    kpi, lang = KPIS[name], room.lang
    last = amount_text(float(values.iloc[-1]), kpi.unit, lang)
    text = room.t("{kpi} by week; last week {value} {unit}.")
    unit = unit_text(kpi.unit, lang, room.scenario.currency)
    alt = text.format(kpi=kpi.title.in_(lang), value=last, unit=unit)
    return f"<div>{picture_html(_small_chart(values, room), alt)}</div>"


def _small_chart(values: "pd.Series", room: Room) -> "Figure":
    kpi, lang = KPIS[str(values.name)], room.lang
    scale = 100.0 if kpi.unit in PERCENT else 1.0
    title = f"{kpi.title.in_(lang)} ({unit_text(kpi.unit, lang, room.scenario.currency)})"
    with new_figure(lang, 3.7, 2.1) as (figure, axes):
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes.plot(values.index, values * scale, color=COLOURS[0], linewidth=2, marker="o", ms=3)
        axes.set_title(title, loc="left", fontsize=11)
        axes.set_xlabel("")
        axes.tick_params(labelsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: short_number(y, lang)))
        if values.index.min() <= 0 < values.index.max():
            axes.axvline(0.5, color="#777777", linewidth=1, linestyle=":")
    return figure


def _readable(table: "pd.DataFrame", room: Room) -> "pd.DataFrame":
    import pandas as pd

    shown = {}
    for name in table.columns:
        kpi = KPIS[str(name)]
        unit = unit_text(kpi.unit, room.lang, room.scenario.currency)
        title = room.t("{kpi}, {unit}").format(kpi=kpi.title.in_(room.lang), unit=unit)
        shown[title] = [amount_text(float(v), kpi.unit, room.lang) for v in table[name]]
    return pd.DataFrame(shown, index=table.index)


def standing_html(room: Room) -> str:
    """Return how things stand: money, desks, stock, vacancies."""
    t, report = room.t, room.report
    money = t("Budget left: {budget} · Reserve: {reserve}").format(
        budget=room.money(report.budget_left), reserve=room.money(report.reserve_left)
    )
    said = f"<p><strong>{html.escape(money)}</strong></p>"
    if report.supplier_down:
        said += f"<p>{html.escape(t('The main supplier is not delivering.'))}</p>"
    tables = table_html(*_desks(room)) + table_html(*_stock(room))
    return said + f"<p>{html.escape(_vacancies(room))}</p>" + f'<div class="sk-pair">{tables}</div>'


def _desks(room: Room) -> tuple["pd.DataFrame", str]:
    import pandas as pd

    t = room.t
    names = {
        "quote": t("Quote desk"),
        "legal": t("Legal desk"),
        "delivery": t("Delivery desk"),
        "dispatch": t("Dispatch"),
    }
    heads = [t("Staff"), t("At work"), t("Waiting")]
    rows = {}
    for desk in room.report.desks:
        title = names.get(desk.name, desk.name)
        place = f" · {_place(desk.territory, room)}" if desk.territory else ""
        rows[title + place] = ["–" if desk.staff is None else desk.staff, desk.busy, desk.waiting]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
    return table.rename_axis(t("Desk")), t("Who is waiting at the desks")


def _stock(room: Room) -> tuple["pd.DataFrame", str]:
    import pandas as pd

    t, lang = room.t, room.lang
    heads = [t("On hand"), t("On order"), t("Owed to customers")]
    rows = {
        _place(stock.territory, room): [
            amount_text(value, "money", lang)
            for value in (stock.on_hand, stock.on_order, stock.owed)
        ]
        for stock in room.report.stock
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
    money = unit_text("money", lang, room.scenario.currency)
    return table.rename_axis(t("Territory")), t("Stock, {money}").format(money=money)


def _place(name: str, room: Room) -> str:
    places = {each.id: each.name.in_(room.lang) for each in room.scenario.territories}
    return places.get(name, name) or REGION.in_(room.lang)


def _vacancies(room: Room) -> str:
    t, vacancies = room.t, room.report.vacancies
    if not vacancies:
        return t("No post is vacant.")
    places = t(", ").join(_place(each.territory, room) for each in vacancies)
    return t("Vacant posts: {places}").format(places=places)
