"""Before the workshop begins: what it is about."""

import html

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.records import Scenario
from simkit.screens.parts import heading, row
from simkit.screens.target_words import step_titles, told
from simkit.screens.texts import translator


def start_view(scenario: Scenario, lang: str, begin: W.Button) -> W.VBox:
    """Return what is seen before the game begins."""
    t, targets = translator(lang), scenario.targets
    brief = scenario.brief.in_(lang) if scenario.brief else ""
    goal = targets.goal.in_(lang) if targets else ""
    items = "".join(f"<li>{html.escape(title)}</li>" for title in step_titles(t))
    return W.VBox(
        [
            heading(scenario.name.in_(lang)),
            W.HTML(told(brief) + told(goal, "sk-goal")),
            W.HTML(f"{told(t('The steps:'))}<ol>{items}</ol>"),
            row(begin),
        ]
    ).add_class("sk-start")
