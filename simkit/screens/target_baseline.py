"""The steps from the past to a proposal, each with its formula and its numbers."""

import html

from simkit.planning.targets import Step
from simkit.screens.drill_words import Room
from simkit.screens.target_words import exact, per_cent, told
from simkit.training.target_sheet import Foundation


def steps_html(found: Foundation, room: Room) -> str:
    """Return baseline, volatility, adjustment and band as they were worked out."""
    t = room.t
    base, outside, weeks = found.baseline.inputs, found.adjusted.inputs, found.volatility.inputs
    growth = f"{exact(base['last_year'], room)} × (1 + {per_cent(base['mean_growth'], 2)})"
    spread = t("{weeks} weeks, {mean} each on average").format(
        weeks=f"{weeks['weeks']:.0f}", mean=exact(weeks["mean_week"], room)
    )
    fires = abs(outside["change"]) > outside["threshold"]
    factor = f" × {outside['factor']:g}" if fires else t(" (nothing beyond the threshold)")
    lines = [
        formula_html(found.baseline, growth, exact(found.baseline.value, room), room.lang),
        formula_html(
            found.adjusted,
            exact(outside["old"], room) + factor,
            exact(found.adjusted.value, room),
            room.lang,
        ),
        formula_html(found.volatility, spread, per_cent(found.volatility.value, 1), room.lang),
    ]
    return "".join(lines) + _band_html(found, room)


def _band_html(found: Foundation, room: Room) -> str:
    t, band = room.t, found.band
    text = t(
        "Floating band: {low} to {high} for the quarter, around {middle}. A week is measured "
        "against its share of it; inside the band nobody touches a target. A whole quarter strays "
        "less than its weeks do."
    )
    said = text.format(
        low=exact(band.low, room), high=exact(band.high, room), middle=exact(band.middle, room)
    )
    return told(said, "sk-outcome")


def formula_html(step: Step, numbers: str, result: str, lang: str) -> str:
    """Return a step of a calculation: its name, its formula, and the same with the numbers."""
    formula = step.formula.in_(lang).replace("{years}", f"{step.inputs.get('years', 0):.0f}")
    return (
        f'<p class="sk-formula"><strong>{html.escape(step.name.in_(lang))}</strong> = '
        f"{html.escape(formula)}<br>= {html.escape(numbers)} = "
        f"<strong>{html.escape(result)}</strong></p>"
    )
