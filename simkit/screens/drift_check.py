"""The check of a small plan: what was expected, how the figure moved, and what to do with it."""

import html
import math
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
import numpy as np

from simkit.kpi.weekly import FIGURES, WeeklyFigures
from simkit.screens.drift_words import action_titles, figure_name, figure_text, figure_titles
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.parts import action_button, row

BEFORE = 4
"""Weeks before the plan that are compared with those since."""


class Check:
    """Asks about one plan; `answer(plan, verdict)` is called with keep, stop or change."""

    def __init__(
        self, plan: dict[str, Any], room: Room, answer: Callable[[dict[str, Any], str], None]
    ) -> None:
        self.plan, self.room, t = plan, room, room.t
        name = action_titles(room).get(plan["action"], plan["action"])
        self.moved = W.HTML()
        texts = {"keep": t("Keep it"), "stop": t("Stop it"), "change": t("Change the plan")}
        self.buttons = {
            verdict: action_button(text, room.safely(lambda v=verdict: answer(plan, v)))
            for verdict, text in texts.items()
        }
        for verdict, button in self.buttons.items():
            button.add_class(f"sk-verdict-{verdict}")
        told = f"<p><strong>{html.escape(name)}</strong></p>{paragraph(plan_text(plan, room))}"
        self.view = W.VBox([W.HTML(told), self.moved, row(*self.buttons.values())])
        self.view.add_class("sk-letter")

    def draw(self, figures: WeeklyFigures) -> None:
        """Show how the figure of the plan moved."""
        self.moved.value = paragraph(moved_text(self.plan, figures, self.room))

    def enable(self, enabled: bool) -> None:
        """Let a person answer, or not."""
        for button in self.buttons.values():
            button.disabled = not enabled


def plan_text(plan: dict[str, Any], room: Room) -> str:
    """Return a plan in a sentence."""
    t = room.t
    way = t("up") if plan["expect"] == "up" else t("down")
    figure = figure_titles(room.lang).get(plan["measure"], plan["measure"])
    text = t("{owner} sees to it; {figure} is to go {way}; check before week {week}.")
    return text.format(owner=plan["owner"], figure=figure, way=way, week=plan["check_week"] + 1)


def moved_text(plan: dict[str, Any], figures: WeeklyFigures, room: Room) -> str:
    """Return how the figure of a plan stood before it, and since."""
    t, figure = room.t, plan["measure"]
    if figure not in FIGURES:
        return t("This figure is not known.")
    start, values = plan["week"] - figures.first, figures.series(figure)
    before = _mean(values[max(0, start - BEFORE) : start])
    since = _mean(values[start : room.report.week - figures.first])
    text = t(
        "{figure}, whole region: {before} on average in the four weeks before, {since} since. "
        "Whether that is the action or chance, only the debrief can tell."
    )
    return text.format(
        figure=figure_name(figure, room),
        before=figure_text(before, figure, room.lang),
        since=figure_text(since, figure, room.lang),
    )


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan
