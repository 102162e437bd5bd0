"""The first look at a region: who is there, and how the last quarter went."""

import html
from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.screens.app import STYLE
from simkit.screens.charts import chart_html, line_chart, table_html
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.texts import default_language, translator
from simkit.study.overview import (
    named_accounts,
    rep_names,
    rep_table,
    territory_table,
    weekly_revenue,
)

if TYPE_CHECKING:
    import pandas as pd


def region_view(scenario: Scenario, seed: int = 1, lang: str | None = None) -> W.VBox:
    """Return a screen with the territories, the people, and the 13 weeks before week 0."""
    lang = lang or default_language()
    t = translator(lang)
    events = Simulation(scenario, seed).events()
    team = _team(scenario, events, seed, lang)
    parts = [
        f"<style>{STYLE}</style><h2>{html.escape(scenario.name.in_(lang))}</h2>",
        f"<p>{html.escape(scenario.brief.in_(lang))}</p>",
        table_html(*_territories(scenario, events, team, lang)),
        _chart(scenario, events, lang),
        _folded(t("Your reps"), _reps(scenario, team, lang)),
        _folded(t("The customers everybody knows by name"), _named(scenario, events, lang)),
    ]
    return W.VBox([W.HTML("".join(parts))]).add_class("sk-app").add_class("sk-region")


def _folded(title: str, shown: tuple["pd.DataFrame", str]) -> str:
    return f"<details><summary>{html.escape(title)}</summary>{table_html(*shown)}</details>"


def _team(scenario: Scenario, events: "pd.DataFrame", seed: int, lang: str) -> "pd.DataFrame":
    """The reps and vacant posts with the names a manager reads, and what became of them."""
    t, names = translator(lang), rep_names(scenario, events, seed)
    table = rep_table(scenario, events)
    called = {rep: name.in_(lang) for rep, name in names.items()}
    texts = {"": "{name}", "left": t("{name} (left)"), "new": t("{name} (new)")}
    titles = [
        t("vacant post") if status == "vacant" else texts[status].format(name=called.get(rep, rep))
        for rep, status in zip(table.index, table["status"], strict=True)
    ]
    return table.assign(title=titles)


def _territories(
    scenario: Scenario, events: "pd.DataFrame", team: "pd.DataFrame", lang: str
) -> tuple["pd.DataFrame", str]:
    t, money = translator(lang), unit_text("money", lang, scenario.currency)
    table = territory_table(scenario, events)
    names = {territory.id: territory.name.in_(lang) for territory in scenario.territories}
    there = team[team["status"] != "left"].groupby("territory")["title"].agg(t(", ").join)
    table.insert(0, "reps", there.reindex(table.index, fill_value=""))
    table["revenue"] = [amount_text(v, "money", lang) for v in table["revenue"]]
    table["attainment"] = [amount_text(v, "share", lang) for v in table["attainment"]]
    table.columns = [
        t("Reps"),
        t("Key accounts"),
        t("Regular accounts"),
        t("Long-tail accounts"),
        t("Revenue, {money}").format(money=money),
        t("Target attainment, %"),
    ]
    table.index = table.index.map(names).rename(t("Territory"))
    return table, t("Your territories, and how the last 13 weeks went")


def _chart(scenario: Scenario, events: "pd.DataFrame", lang: str) -> str:
    t, money = translator(lang), unit_text("money", lang, scenario.currency)
    title = t("Revenue of the last 13 weeks")
    table = weekly_revenue(events).to_frame(t("Revenue, {money}").format(money=money))
    week = t("Week (0 is when you take over)")
    figure = line_chart(table, title=title, x_label=week, y_label=str(table.columns[0]), lang=lang)
    lowest, highest = (
        amount_text(v, "money", lang) for v in (table.min().min(), table.max().max())
    )
    alt = t("Revenue by week in the last quarter, between {low} and {high}.")
    table = table.round(0).astype(int).rename_axis(t("Week"))
    return chart_html(figure, alt.format(low=lowest, high=highest), table, lang)


def _reps(scenario: Scenario, team: "pd.DataFrame", lang: str) -> tuple["pd.DataFrame", str]:
    t, money = translator(lang), unit_text("money", lang, scenario.currency)
    table = team.set_index("title").drop(columns="status").rename_axis(t("Rep"))
    places = {territory.id: territory.name.in_(lang) for territory in scenario.territories}
    table["territory"] = table["territory"].map(places)
    table["years"] = table["years"].round(1)
    table["revenue"] = [amount_text(v, "money", lang) for v in table["revenue"]]
    table["attainment"] = [amount_text(v, "share", lang) for v in table["attainment"]]
    table["calls_per_day"] = table["calls_per_day"].round(1)
    table.columns = [
        t("Territory"),
        t("Years with the firm"),
        t("Revenue, {money}").format(money=money),
        t("Target attainment, %"),
        t("Calls per day"),
    ]
    return table, t("Your reps in the last 13 weeks")


def _named(scenario: Scenario, events: "pd.DataFrame", lang: str) -> tuple["pd.DataFrame", str]:
    t, money = translator(lang), unit_text("money", lang, scenario.currency)
    table = named_accounts(scenario, events)
    places = {territory.id: territory.name.in_(lang) for territory in scenario.territories}
    table["territory"] = table["territory"].map(places)
    table["revenue"] = [amount_text(v, "money", lang) for v in table["revenue"]]
    table.columns = [t("Territory"), t("Orders"), t("Revenue, {money}").format(money=money)]
    names = {customer.id: customer.name.in_(lang) for customer in scenario.customers.named}
    table.index = table.index.map(names).rename(t("Customer"))
    return table, t("Their orders in the last 13 weeks")
