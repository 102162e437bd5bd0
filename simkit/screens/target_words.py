"""Words, amounts and small tables that the steps of the target workshop share."""

import html
from collections.abc import Mapping

from simkit.screens.drill_words import Room
from simkit.screens.texts import Translate

HISTORY, BREAK_DOWN, JUDGE, TALKS, GOAL, COMMIT, QUARTER, LOOK_BACK = range(8)
PLANNING = (HISTORY, BREAK_DOWN, JUDGE, TALKS, GOAL, COMMIT)
"""The steps a person can go back to until the plan is committed."""


def step_titles(t: Translate) -> list[str]:
    """Return what the steps are called, in order."""
    return [
        t("History and target"),
        t("Break down"),
        t("Judge"),
        t("Talks"),
        t("Goal"),
        t("Commit"),
        t("The quarter"),
        t("Debrief"),
    ]


def exact(value: float, room: Room) -> str:
    """Return an amount of money to the last unit: sums can be checked on it."""
    unit = "元" if room.lang == "zh" and room.scenario.currency == "CNY" else room.scenario.currency
    return f"{value:,.0f}{'' if unit == '元' else ' '}{unit}"


def per_cent(share: float, digits: int = 0) -> str:
    """Return a share in per cent."""
    return f"{share:.{digits}%}"


def alert(text: str) -> str:
    """Return a complaint as it stands at its field, "" for none."""
    return f'<div role="alert">{html.escape(text)}</div>' if text else ""


def told(text: str, css: str = "") -> str:
    """Return a paragraph of a class."""
    return f'<p class="{css}">{html.escape(text)}</p>' if css else f"<p>{html.escape(text)}</p>"


def rep_names(room: Room) -> dict[str, str]:
    """Return what each rep is called, in the order of the scenario."""
    return {rep.id: rep.name.in_(room.lang) for rep in room.scenario.reps}


def place_names(room: Room) -> dict[str, str]:
    """Return what each territory is called."""
    return {place.id: place.name.in_(room.lang) for place in room.scenario.territories}


def rep_titles(room: Room) -> dict[str, str]:
    """Return each rep with the territory."""
    places, where = place_names(room), {rep.id: rep.territory for rep in room.scenario.reps}
    text = room.t("{rep} ({place})")
    return {
        rep: text.format(rep=name, place=places[where[rep]])
        for rep, name in rep_names(room).items()
    }


def way_names(t: Translate) -> dict[str, str]:
    """Return the ways of telling a target, by what they are called."""
    return {
        t("simply announce it"): "announced",
        t("explain it with data"): "explained",
        t("give what the rep asks for"): "agreed",
    }


def kpi_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights as shares of their sum."""
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
