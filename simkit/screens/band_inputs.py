"""The boxes of the band rule, and what is wrong with what was entered."""

import math
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.targets import BandRule
from simkit.screens.parts import choice, free_box
from simkit.screens.texts import translator
from simkit.study.band_worlds import PAST_YEARS, SIZES

BOUNDS: dict[str, tuple[float, float]] = {
    "growth_years": (1, PAST_YEARS - 1),
    "width_factor": (0.1, 5),
    "weeks_under": (1, 13),
    "factor": (0.1, 2),
    "outside_threshold": (0, 100),
    "worlds": (4, 100),
}
WHOLE = ("growth_years", "weeks_under", "worlds")
RULE = ("growth_years", "width_factor", "weeks_under", "factor", "outside_threshold")
WORLDS = 16


def make_inputs(rule: BandRule, lang: str) -> dict[str, W.ValueWidget]:
    """Return all boxes by name, filled with a rule."""
    t = translator(lang)
    sizes = {f"{100 * size:.0f} %": size for size in SIZES}
    inputs = {
        "growth_years": free_box(t("Growth of the last"), 0, unit=t("years")),
        "width_factor": free_box(
            t("Width factor"), 0, unit=t("times the volatility coefficient"), step=0.1
        ),
        "weeks_under": free_box(t("Fires after"), 0, unit=t("weeks in a row under the band")),
        "factor": free_box(t("New target = old target ×"), 0, step=0.05),
        "outside_threshold": free_box(t("Threshold of outside changes"), 0, unit="%"),
        "size": choice(t("Size of the drop to look for"), sizes, buttons=True),
        "worlds": free_box(t("In how many worlds, each with its own luck"), WORLDS),
    }
    for name, widget in inputs.items():
        widget.add_class(f"sk-{name}")
    for name in RULE:
        inputs[name].value = _entered(name, getattr(rule, name))
    return inputs


def _entered(name: str, value: float) -> float:
    return round(100.0 * value, 6) if name == "outside_threshold" else float(value)


def rule_of(entered: dict[str, Any]) -> BandRule:
    """Return the rule that was entered; ask `mistakes_in` first."""
    return BandRule(
        growth_years=int(entered["growth_years"]),
        width_factor=entered["width_factor"],
        weeks_under=int(entered["weeks_under"]),
        factor=entered["factor"],
        outside_threshold=round(entered["outside_threshold"] / 100.0, 9),
    )


def mistakes_in(entered: dict[str, Any], lang: str) -> dict[str, str]:
    """Return what is wrong in plain words, by box."""
    t, found = translator(lang), {}
    for name, (low, high) in BOUNDS.items():
        value = entered[name]
        whole = name not in WHOLE or (math.isfinite(value) and float(value).is_integer())
        if not (math.isfinite(value) and low <= value <= high and whole):
            text = t("Give a number from {low} to {high}.")
            if name in WHOLE:
                text = t("Give a whole number from {low} to {high}.")
            found[name] = text.format(low=f"{low:g}", high=f"{high:g}")
    return found


def rule_text(rule: BandRule, lang: str) -> str:
    """Return a rule in a sentence."""
    t = translator(lang)
    text = t(
        "The band goes {width} times the volatility coefficient up and down from the baseline "
        "(growth of {years} years, season). After {weeks} weeks in a row under it, the new target "
        "is the old one × {factor}."
    )
    return text.format(
        width=f"{rule.width_factor:g}",
        years=rule.growth_years,
        weeks=rule.weeks_under,
        factor=f"{rule.factor:g}",
    )
