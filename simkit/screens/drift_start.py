"""Before a drift drill begins: which one, and how hard. Nobody hears here what drifts."""

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.library import drift_names, load_scenario
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import LevelName
from simkit.screens.drift_words import step_titles
from simkit.screens.drill_start import MOST_NUMBER
from simkit.screens.drill_words import level_names, paragraph
from simkit.screens.parts import action_button, choice, heading, number_box, row, tick
from simkit.screens.texts import Translate, translator
from simkit.training.drift import SURPRISE, drift_drill

REGION_FILE = "drift_region"


class Start:
    """The screen on which a drill is chosen: a surprise by its number, or by name for trainers."""

    def __init__(
        self,
        drill: str,
        level: LevelName,
        number: int,
        lang: str,
        begin: Callable[[], None],
        safely: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        self.lang, t = lang, translator(lang)
        levels = {title: name for name, title in level_names(t).items()}
        self.number = number_box(t("Number of the drill"), number, 0, MOST_NUMBER)
        self.level = choice(t("How hard?"), levels, level, buttons=True)
        self.trainer = tick(t("I am the trainer: choose what drifts"), drill != SURPRISE)
        named = {title: name for name, title in _names(drill, lang).items()}
        self.drill = choice(t("What drifts"), named, drill if drill != SURPRISE else None)
        for name in ("number", "level", "trainer", "drill"):
            getattr(self, name).add_class(f"sk-choose-{name}")
        self.trainer.observe(safely(lambda _: self._show()), "value")
        self.button = action_button(t("Begin the drill"), safely(begin), style="primary")
        self.button.add_class("sk-begin")
        self.view = W.VBox(self._lay_out(t)).add_class("sk-start")
        self._show()

    def _lay_out(self, t: Translate) -> list[W.Widget]:
        watch = load_scenario(REGION_FILE).watch
        goal = watch.goal.in_(self.lang) if watch else ""
        told = t(
            "Every number is another surprise: what drifts, where, from when on, or nothing at "
            "all. Whoever takes the same number gets the same drill."
        )
        steps = "".join(f"<li>{html.escape(title)}</li>" for title in step_titles(t))
        return [
            W.HTML(f'<p class="sk-goal">{html.escape(goal)}</p>'),
            heading(t("Choose a drill")),
            W.HTML(paragraph(told)),
            row(self.number),
            row(self.level),
            row(self.button),
            row(self.trainer),
            row(self.drill),
            W.HTML(f"{paragraph(t('The steps:'))}<ol>{steps}</ol>"),
        ]

    def _show(self) -> None:
        self.drill.layout.display = None if self.trainer.value else "none"

    def chosen(self) -> tuple[Scenario, dict[str, Any]]:
        """Return the drill that is chosen, and what is to be known of the choice later."""
        name = str(self.drill.value) if self.trainer.value else SURPRISE
        level, number = self.level.value, self.number.value
        about = {"drill": name, "level": level, "number": number, "surprise": name == SURPRISE}
        return drift_drill(name, level, number), about

    def enable(self, enabled: bool) -> None:
        """Let a person choose, or not."""
        for widget in (self.number, self.level, self.trainer, self.drill, self.button):
            widget.disabled = not enabled


def _names(drill: str, lang: str) -> dict[str, str]:
    """Return what the drills are called, for trainers, by file name."""
    watch = load_scenario(REGION_FILE).watch
    causes = {cause.id: cause.name.in_(lang) for cause in watch.causes} if watch else {}
    names = drift_names()
    names += [drill] if drill not in (SURPRISE, *names) else []
    return {name: causes.get(name, name) for name in names}


def drill_title(about: Mapping[str, Any], t: Translate) -> str:
    """Return what a drill is called while it is played: never what drifts."""
    surprise = t("Surprise {number}") if about.get("surprise", True) else t("Drill {number}")
    level = level_names(t).get(str(about.get("level")), "")
    return t("{drill} ({level})").format(
        drill=surprise.format(number=about.get("number", 0)), level=level
    )
