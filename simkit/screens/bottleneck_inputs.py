"""The boxes of the bottlenecks' screen, and what is wrong with what was entered there."""

import math
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.records import Scenario
from simkit.screens.bottleneck_view import MINE
from simkit.screens.bottleneck_words import cost_text, remedy_names, station_names
from simkit.screens.parts import choice, free_box, number_box, tick
from simkit.screens.texts import translator
from simkit.study.bottlenecks import Remedy, remedies, together
from simkit.study.deal_line import DESKS, STATIONS

WORLDS = (2, 100)
PEOPLE = (1, 20)
PERIODS = (13, 26)
"""Weeks of the region's past that can be looked at."""
MOST_DEALS = 60


def predictions(scenario: Scenario, lang: str) -> dict[str, W.ValueWidget]:
    """Return what is asked beforehand; nobody's guess is made for them."""
    t, names = translator(lang), station_names(lang)
    waiting = ("leads", "quote", "approval", "legal", "delivery")
    remedy = {title: name for name, title in remedy_names(scenario, lang).items()}
    asked = {
        "waits": choice(t("Where does a deal wait longest?"), {names[n]: n for n in waiting}),
        "leaks": choice(t("Where does the smallest share go on?"), {names[n]: n for n in STATIONS}),
        "best": choice(t("Which single remedy brings most deals?"), remedy),
    }
    for widget in asked.values():
        widget.value = None
    title = t("How many deals more does it bring in half a year?")
    asked["more"] = number_box(title, 0, 0, MOST_DEALS)
    return _named(asked)


def make_inputs(scenario: Scenario, lang: str) -> dict[str, W.ValueWidget]:
    """Return all other boxes by name."""
    t, names = translator(lang), station_names(lang)
    titles = remedy_names(scenario, lang)
    weeks = periods(scenario)
    named = {t("the last {weeks} weeks").format(weeks=each): each for each in weeks}
    found = {
        "period": choice(t("Look at"), named, weeks[-1], buttons=True),
        **{
            _box(remedy): tick(f"{titles[name]} ({cost_text(remedy, scenario, lang)})")
            for name, remedy in remedies(scenario).items()
        },
        "worlds": free_box(t("In how many worlds, each with its own luck"), 16.0),
        "desk": choice(t("Desk"), {names[n]: n for n in DESKS}, "legal"),
        "people": free_box(t("How many people work there?"), 2.0),
    }
    return _named(found)


def periods(scenario: Scenario) -> list[int]:
    """Return how many weeks of the region's past can be looked at; all of it when it is short."""
    found = [weeks for weeks in PERIODS if weeks <= scenario.warm_up_weeks]
    return found or [scenario.warm_up_weeks]


def _named(widgets: dict[str, W.ValueWidget]) -> dict[str, W.ValueWidget]:
    for name, widget in widgets.items():
        widget.add_class(f"sk-{name}")
    return widgets


def _box(remedy: Remedy) -> str:
    return "try_" + remedy.id.replace(":", "_")


def tick_names(scenario: Scenario) -> list[str]:
    """Return the names of the boxes to tick."""
    return [_box(remedy) for remedy in remedies(scenario).values()]


def mistakes_in(entered: dict[str, Any], lang: str) -> dict[str, str]:
    """Return what is wrong in plain words, by box."""
    t = translator(lang)
    text = t("Give a whole number from {low} to {high}.")
    bounds = {"worlds": WORLDS, "people": PEOPLE}
    return {
        name: text.format(low=low, high=high)
        for name, (low, high) in bounds.items()
        if not _whole(entered[name], low, high)
    }


def _whole(value: Any, low: int, high: int) -> bool:
    return math.isfinite(value) and value == int(value) and low <= value <= high


def chosen(entered: dict[str, Any], scenario: Scenario) -> list[Remedy]:
    """Return the remedies that are ticked."""
    return [remedy for remedy in remedies(scenario).values() if entered[_box(remedy)]]


def clash(entered: dict[str, Any], scenario: Scenario, lang: str) -> str:
    """Return what is wrong with the remedies that are ticked; "" when nothing is."""
    rules = [r for r in chosen(entered, scenario) if "priority_rule" in r.changes]
    t = translator(lang)
    return t("Choose one order of work: large deals first or small deals first.") * (len(rules) > 1)


def plans_of(entered: dict[str, Any], scenario: Scenario) -> dict[str, dict[str, Any]]:
    """Return the levers of each plan: every remedy alone, and what is ticked together."""
    plans = {name: remedy.changes for name, remedy in remedies(scenario).items()}
    mine = chosen(entered, scenario)
    return plans | ({MINE: together(mine)} if len(mine) > 1 else {})
