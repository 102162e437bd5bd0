"""The boxes of the what-if lab's question, and what is wrong with what was entered there."""

import math
import os
import re
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.catalogue import read_once
from simkit.scenario.library import DEFAULT, load_scenario
from simkit.scenario.library import find_scenario as _find
from simkit.scenario.record import ScenarioError
from simkit.scenario.records import Scenario
from simkit.screens.levers import PERCENT
from simkit.screens.parts import choice, free_box, text_box
from simkit.screens.texts import translator
from simkit.study.experiment.figures import figures

WEEKS, WORLDS, PERCENTS, SEEDS = (1, 520), (1, 10_000), (0.1, 50.0), (1, 2**31 - 1)
AMOUNTS = (1e-9, 1e12)
ADDRESS = re.compile(r"(tcp|tls|ucx)://[^\s/:]+:\d{1,5}")
MONEY = ("revenue", "contribution", "spending")
USUAL = MONEY[1:]
"""KPIs that are looked at besides the main one when nobody says."""
LIKELY = (90, 95, 99)


def make_inputs(lang: str) -> dict[str, W.ValueWidget]:
    """Return the boxes of the question by name; its policies are chosen elsewhere."""
    t, titles = translator(lang), kpi_titles(lang)
    regions = region_titles(lang)
    first = DEFAULT if DEFAULT in regions.values() else next(iter(regions.values()))
    found: dict[str, W.ValueWidget] = {
        "scenario": choice(t("Region"), regions, first),
        "weeks": free_box(t("How many weeks are played"), float(load_scenario(first).weeks)),
        "main": choice(t("Main KPI: it decides who wins"), titles),
        "others": _several(t("Other KPIs (Ctrl or Shift for several)"), titles),
        **_precision(lang),
        **_advanced(lang),
    }
    for name, widget in found.items():
        widget.add_class(f"sk-{name}")
    return found


def _precision(lang: str) -> dict[str, W.ValueWidget]:
    t = translator(lang)
    modes = {
        t("a number of worlds"): "worlds",
        t("± % of the main KPI"): "percent",
        t("± an amount of the main KPI"): "amount",
    }
    return {
        "mode": choice(t("How precise?"), modes, "worlds", buttons=True),
        "worlds": free_box(t("How many worlds, each with luck of its own"), 20.0),
        "percent": free_box(
            t("Play until the difference is known to ± this many % of the first policy's figure"),
            2.0,
        ),
        "amount": free_box(t("Play until the difference is known to ± this amount"), 10_000.0),
        "most": free_box(t("At most so many worlds"), 200.0),
    }


def _advanced(lang: str) -> dict[str, W.ValueWidget]:
    t, cores = translator(lang), os.cpu_count() or 1
    counts = {str(n): n for n in range(1, cores + 1)}
    sure = {f"{n} %": n for n in LIKELY}
    return {
        "seed": free_box(t("Seed: the same number gives the same worlds"), 1.0),
        "sure": choice(t("Confidence of the intervals"), sure, 95),
        "workers": choice(t("Processes on this computer"), counts, min(2, cores)),
        "cluster": text_box(
            t("Address of a Dask cluster, instead of this computer"), hint="tcp://10.0.0.5:8786"
        ),
    }


def _several(label: str, titles: dict[str, str]) -> W.SelectMultiple:
    box = W.SelectMultiple(options=list(titles.items()), value=USUAL, rows=6, description=label)
    return box.add_class("sk-field")


def kpi_titles(lang: str) -> dict[str, str]:
    """Return the names of all KPIs by what they are called, money first."""
    known = figures()
    return {known[name].title.in_(lang): name for name in dict.fromkeys([*MONEY, *known])}


def region_titles(lang: str) -> dict[str, str]:
    """Return the names of the regions that can be loaded, by what they are called.

    Files that cannot be loaded keep their name: choosing one tells what is wrong with it.
    """
    from simkit.screens.lab_question import region_names

    found: dict[str, str] = {}
    for name in region_names():
        try:
            title = read_once(_find(name), load_scenario).name.in_(lang)
        except ScenarioError:
            title = name
        found[f"{title} · {name}" if title != name else name] = name
    return found


def mistakes_in(entered: dict[str, Any], lang: str) -> dict[str, str]:
    """Return what is wrong in plain words, by box; boxes that do not count now are passed over."""
    t = translator(lang)
    whole = t("Give a whole number from {low} to {high}.")
    number = t("Give a number from {low} to {high}.")
    more = t("Give a number above 0.")
    bounds = {"weeks": WEEKS, "seed": SEEDS}
    mode = entered["mode"]
    bounds |= {"worlds": WORLDS} if mode == "worlds" else {"most": WORLDS}
    found = {
        name: whole.format(low=low, high=f"{high:,}")
        for name, (low, high) in bounds.items()
        if not _within(entered[name], low, high) or entered[name] != int(entered[name])
    }
    if mode == "percent" and not _within(entered["percent"], *PERCENTS):
        found["percent"] = number.format(low=PERCENTS[0], high=f"{PERCENTS[1]:g}")
    if mode == "amount" and not _within(entered["amount"], *AMOUNTS):
        found["amount"] = more
    address = entered["cluster"].strip()
    if address and not ADDRESS.fullmatch(address):
        found["cluster"] = t("Write an address like tcp://10.0.0.5:8786, or leave the box empty.")
    return found


def scenario_mistake(name: str, lang: str) -> tuple[Scenario | None, str]:
    """Return the region of a name, and what is wrong with it, or ""."""
    t = translator(lang)
    try:
        scenario = read_once(_find(name), load_scenario)
    except ScenarioError as error:
        return None, str(error)
    if scenario.regions:
        text = t(
            "This file holds {number} regions; the lab plays one. Choose another file, or use the "
            "command 'simkit run'."
        )
        return None, text.format(number=len(scenario.regions))
    return scenario, ""


def _within(value: float, low: float, high: float) -> bool:
    return math.isfinite(value) and low <= value <= high


def amount_unit(kpi: str, scenario: Scenario, lang: str) -> tuple[str, float]:
    """Return the unit in which an amount of a KPI is entered, and what 1 of it is worth."""
    from simkit.screens.levers import unit_text

    unit = figures()[kpi].unit
    return unit_text(unit, lang, scenario.currency), 0.01 if unit in PERCENT else 1.0
