"""Words and small tables that all parts of the drift drill share."""

import html
from collections.abc import Iterable, Sequence
from typing import Any

from simkit.kpi.weekly import FIGURES, REGION
from simkit.region.news import REGION as WHOLE
from simkit.scenario.drift import Watch
from simkit.screens.drill_words import Room
from simkit.screens.levers import PERCENT, amount_text, unit_text
from simkit.screens.texts import Translate

WEEKS, CONCLUDE, LOOK_BACK = range(3)
EVERYWHERE = "all"
"""Stands for the whole region where a cause is said to be."""
COUNTS = ("orders", "visits", "leads", "deals", "contracts", "quotes", "per 100 orders")
SYMBOLS = {"green": "●", "amber": "▲", "red": "■", "": "–"}


def step_titles(t: Translate) -> list[str]:
    """Return what the steps of the drill are called."""
    return [t("Weekly rounds"), t("Conclusion"), t("Debrief")]


def watch_of(room: Room) -> Watch:
    """Return what the drills of this region share."""
    assert room.scenario.watch  # the drill was made of a scenario with a drift, which has one
    return room.scenario.watch


def light_words(t: Translate) -> dict[str, str]:
    """Return what the lights are called."""
    return {"green": t("green"), "amber": t("amber"), "red": t("red"), "": t("no light")}


def light_html(light: str, t: Translate) -> str:
    """Return a light as symbol and word, its colour at the edge."""
    word = html.escape(light_words(t)[light])
    symbol = f'<span aria-hidden="true">{SYMBOLS[light]}</span>'
    return f'<span class="sk-light sk-light-{light or "none"}">{symbol} {word}</span>'


def place_titles(room: Room, reps: bool = False) -> dict[str, str]:
    """Return the names of the region, its territories and, if wanted, its reps, by id."""
    lang, scenario = room.lang, room.scenario
    found: dict[str, str] = {REGION: WHOLE.in_(lang)}
    found |= {each.id: each.name.in_(lang) for each in scenario.territories}
    if reps:
        names = {rep.id: rep.name for rep in scenario.reps} | room.report.names
        found |= {rep: names[rep].in_(lang) for rep in room.report.reps if rep in names}
    return found


def where_titles(room: Room) -> dict[str, str]:
    """Return where a cause can be said to be: everywhere, in a territory, at a rep."""
    titles = place_titles(room, reps=True)
    del titles[REGION]
    return {EVERYWHERE: room.t("in the whole region")} | titles


def cause_titles(room: Room) -> dict[str, str]:
    """Return what the causes are called, by id."""
    return {cause.id: cause.name.in_(room.lang) for cause in watch_of(room).causes}


def action_titles(room: Room) -> dict[str, str]:
    """Return what the actions are called, by id."""
    return {action.id: action.name.in_(room.lang) for action in watch_of(room).actions}


def figure_titles(lang: str) -> dict[str, str]:
    """Return what the weekly figures are called, by id."""
    return {name: figure.title.in_(lang) for name, figure in FIGURES.items()}


def figure_unit(figure: str, room: Room) -> str:
    """Return the unit of a weekly figure in words, "" of a number of things that its name names."""
    unit = FIGURES[figure].unit
    if unit in COUNTS:
        return ""
    if unit == "x deliveries":
        return room.t("% of deliveries")
    return unit_text(unit, room.lang, room.scenario.currency)


def figure_name(figure: str, room: Room) -> str:
    """Return what a figure is called, with its unit."""
    title, unit = FIGURES[figure].title.in_(room.lang), figure_unit(figure, room)
    return room.t("{figure} ({unit})").format(figure=title, unit=unit) if unit else title


def scale_of(figure: str) -> float:
    """Return what a figure is multiplied with to be read: shares are read in per cent."""
    return 100.0 if FIGURES[figure].unit in (*PERCENT, "x deliveries") else 1.0


def figure_text(value: float, figure: str, lang: str) -> str:
    """Return an amount of a weekly figure without its unit."""
    unit = FIGURES[figure].unit
    return amount_text(value, "share" if unit == "x deliveries" else unit, lang)


def hours_text(hours: float, t: Translate) -> str:
    """Return a number of hours in few characters."""
    return t("{hours} h").format(hours=f"{hours:g}")


def table_of(
    heads: Sequence[str], rows: Iterable[Sequence[Any]], caption: str, css: str = ""
) -> str:
    """Return a table of words whose cells are escaped, "" when it has no rows."""
    found = [[html.escape(str(cell)) for cell in row] for row in rows]
    return rich_table(heads, found, caption, css) if found else ""


def rich_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str, css: str = ""
) -> str:
    """Return a table whose cells are HTML already; its heads and caption are escaped."""
    top = "".join(f'<th scope="col" class="sk-words">{html.escape(head)}</th>' for head in heads)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="sk-table {css}" tabindex="0"><table><caption>{html.escape(caption)}'
        f"</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[str]) -> str:
    first, *others = cells
    rest = "".join(f'<td class="sk-words">{cell}</td>' for cell in others)
    return f'<tr><th scope="row">{first}</th>{rest}</tr>'
