"""Notebook 06: a manager redraws the territories, predicts, and plays what it brings."""

import os
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.territories import HORIZON
from simkit.scenario.library import load_scenario
from simkit.screens.job import Job
from simkit.screens.parts import choice, number_box
from simkit.screens.territory_board import TerritoryBoard
from simkit.screens.territory_desk import Desk
from simkit.screens.territory_inputs import make_inputs, plans_of
from simkit.screens.territory_result import guess_names, result_html
from simkit.screens.texts import default_language
from simkit.study.territory_study import TerritoryStudy, territory_study

MOST_GAIN = 20.0


class Territories(TerritoryBoard):
    """A screen on which a manager moves accounts and reps, splits calls and money, and plays it.

    Parameters
    ----------
    scenario : str
        Name or path of a region file.
    seed : int
        The first of the worlds; the same in every try, so that tries can be compared.
    record : path, optional
        File that keeps the moves, what is entered, and the prediction.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    desk : Desk
        The map today and after the moves so far.
    mistakes : dict of str to str
        What is wrong with what is entered now, by box; empty when it can be played.
    result : TerritoryStudy or None
        What the last play brought.
    """

    def __init__(
        self,
        scenario: str = "territory_region",
        seed: int = 1,
        *,
        record: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        self.seed = seed
        desk = Desk(load_scenario(scenario), lang or default_language())
        t = desk.t
        super().__init__(
            desk,
            t("Redraw the territories"),
            intro=t("Look at the map, move accounts or reps, predict, then play two years of it."),
            predict=_predictions(desk),
            settings=make_inputs(desk),
            work=self._play,
            show=lambda study, prediction: result_html(study, prediction, self.desk),
            record=Path(record) if record else None,
        )

    def _store(self) -> None:
        if self._predict["gain_low"].value > self._predict["gain_high"].value:
            self.say(self.t("The lowest gain is above the highest."))
            return
        super()._store()

    # --- playing

    def _play(self, job: Job, settings: dict) -> TerritoryStudy:
        plans, workers = plans_of(settings, self.desk), min(2, os.cpu_count() or 1)
        worlds, scenario = settings["worlds"], self.desk.scenario
        return territory_study(scenario, plans, worlds, HORIZON, workers, job.tell, self.seed)

    # --- on disk

    def _kept(self, prediction: dict | None) -> dict[str, Any]:
        return {**super()._kept(prediction), "steps": self.desk.steps}

    def _take_back(self, kept: dict[str, Any]) -> None:
        super()._take_back(kept)
        self.desk.take_back(kept.get("steps"))


def _predictions(desk: Desk) -> dict[str, W.ValueWidget]:
    t = desk.t
    names = {guess: name for name, guess in guess_names(desk).items()}
    asked = {
        "first_quarter": choice(
            t("With all your changes, revenue of the first quarter will be, against today,"),
            names,
            buttons=True,
        )
    }
    asked["first_quarter"].value = None  # nobody's guess is made for them
    low = t("Revenue of the two years changes by at least")
    high = t("and by at most (be right nine times in ten)")
    for name, title in {"gain_low": low, "gain_high": high}.items():
        asked[name] = number_box(title, 0.0, -MOST_GAIN, MOST_GAIN, unit="%", step=0.5)
    for name, widget in asked.items():
        widget.add_class(f"sk-{name}")
    return asked
