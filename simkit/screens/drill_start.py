"""Before a drill begins: which crisis, how hard, which one of its family."""

import html
import secrets
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.library import crisis_names, load_scenario
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import LevelName
from simkit.screens.drill_words import level_names, paragraph
from simkit.screens.parts import action_button, choice, heading, number_box, row, tick
from simkit.screens.texts import translator
from simkit.training.drill import variant

SURPRISE = "surprise"
"""Stands for a crisis that nobody chooses."""
MOST_NUMBER = 9999


class Start:
    """The screen on which a drill is chosen.

    The crises have numbers here, and no names: who knows what comes practises nothing.
    """

    def __init__(
        self,
        crisis: str,
        level: LevelName,
        number: int,
        lang: str,
        begin: Callable[[], None],
        safely: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        self.lang, t = lang, translator(lang)
        self.t = t
        names = crisis_names()
        names += [crisis] if crisis not in (SURPRISE, *names) else []
        titles = {t("Surprise me"): SURPRISE}
        titles |= {t("Drill {number}").format(number=n): c for n, c in enumerate(names, 1)}
        levels = {title: name for name, title in level_names(t).items()}
        self.names = names
        self.crisis = choice(t("Which drill?"), titles, crisis)
        self.level = choice(t("How hard?"), levels, level, buttons=True)
        self.number = number_box(t("Number: the same lesson, new figures"), number, 0, MOST_NUMBER)
        self.clock = tick(t("With a time limit for each week"), value=True)
        for name in ("crisis", "level", "number", "clock"):
            getattr(self, name).add_class(f"sk-choose-{name}")
        self.goal = W.HTML()
        self.button = action_button(t("Begin the drill"), safely(begin), style="primary")
        self.button.add_class("sk-begin")
        for widget in (self.crisis, self.level):
            widget.observe(safely(lambda _: self.show()), "value")
        parts = [heading(t("Choose a drill")), row(self.crisis, self.level, self.number)]
        self.view = W.VBox([*parts, self.goal, row(self.clock), row(self.button)])
        self.view.add_class("sk-start")
        self.show()

    def show(self) -> None:
        """Show what is practised, and whether time presses."""
        t, name = self.t, self.crisis.value
        surprise = t("One of the crises, and you will not hear which before it is there.")
        drill = None if name == SURPRISE else load_scenario(name).drill
        goal = surprise if drill is None else drill.goal.in_(self.lang)
        self.goal.value = f'<p class="sk-goal">{html.escape(goal)}</p>'
        seconds = _seconds(load_scenario(name if drill else self.names[0]), self.level.value)
        text = t("With a time limit for each week")
        if seconds:
            seconds_each = t("({seconds} seconds)").format(seconds=f"{seconds:g}")
            text = f"{text} {seconds_each}"
        self.clock.description = text
        self.clock.layout.display = None if seconds else "none"

    def chosen(self) -> tuple[Scenario, dict[str, Any]]:
        """Return the drill that is chosen, and what is to be known of the choice later."""
        name = self.crisis.value
        surprise = name == SURPRISE
        crisis = secrets.choice(self.names) if surprise else name
        found, level, number = load_scenario(crisis), self.level.value, self.number.value
        seconds = _seconds(found, level) if self.clock.value else 0
        about = {"crisis": crisis, "level": level, "number": number, "surprise": surprise}
        return variant(found, level, number), {**about, "round_seconds": seconds}


def _seconds(scenario: Scenario, level: LevelName) -> float:
    return scenario.drill.level(level).round_seconds if scenario.drill else 0.0


def in_use_html(lang: str, title: str = "") -> str:
    """Return what is said when the game is open in another window."""
    t = translator(lang)
    title = title or t("This drill is open in another window.")
    text = t(
        "Only one window can play it, so that no decision gets lost. Look on from here, or "
        "continue here: the other window then only looks on."
    )
    return f'<div role="alert"><strong>{html.escape(title)}</strong>{paragraph(text)}</div>'
