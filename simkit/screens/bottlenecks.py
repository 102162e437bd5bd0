"""Notebook 07: a manager finds the stage where deals wait or leak, and tries what opens it."""

import html
import os
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.screens.app import App
from simkit.screens.bottleneck_find import found_html
from simkit.screens.bottleneck_inputs import (
    clash,
    make_inputs,
    mistakes_in,
    periods,
    plans_of,
    predictions,
    tick_names,
)
from simkit.screens.bottleneck_theory import simulated_html, what_if_html
from simkit.screens.bottleneck_view import result_html
from simkit.screens.bottleneck_words import remedy_names, remedy_text
from simkit.screens.job import Job, Redraw
from simkit.screens.parts import action_button, fill, heading, row, values
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.pay_view import bullets
from simkit.screens.texts import default_language, translator
from simkit.study.bottlenecks import LineStudy, line_of, line_study, remedies
from simkit.study.deal_line import Tally

WHAT_IF = "what_if"


class Bottlenecks(App):
    """A screen on which a manager finds a bottleneck, predicts, and tries remedies.

    Parameters
    ----------
    scenario : str
        Name or path of a region file.
    seed : int
        The world whose past is looked at, and the first of those in which remedies are tried.
    record : path, optional
        File that keeps what is entered and the prediction.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    mistakes : dict of str to str
        What is wrong with what is entered now, by box; empty when it can be played.
    result : LineStudy or None
        What trying the remedies brought.
    """

    def __init__(
        self,
        scenario: str = "legal_bottleneck",
        seed: int = 1,
        *,
        record: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        lang = lang or default_language()
        t = translator(lang)
        self.scenario, self.seed = load_scenario(scenario), seed
        self.mistakes: dict[str, str] = {}
        self._lines: dict[int, dict[str, Tally]] = {}
        self._redraw = Redraw(lambda: self.safely(self._draw)())
        self._open = False
        super().__init__(
            t("Find the bottleneck"),
            intro=self.scenario.brief.in_(lang),
            predict=predictions(self.scenario, lang),
            settings=make_inputs(self.scenario, lang),
            work=self._try,
            show=lambda study, prediction: result_html(study, prediction, lang),
            record=Path(record) if record else None,
            lang=lang,
        )
        for widget in self._settings.values():
            widget.observe(self.safely(lambda change: self._changed(change)), "value")
        self._open = True
        self._changed()

    # --- what a notebook or a test uses

    def enter(self, **entered: Any) -> Self:
        """Fill boxes as a person would."""
        fill(self._settings, entered)
        return self

    def simulate(self, **entered: Any) -> Self:
        """Fill in desk and people and have them played; see `wait`."""
        self.enter(**entered).simulate_button.click()
        return self

    def wait(self, timeout: float | None = 120) -> "App":
        """Wait until the job has ended and everything is drawn."""
        super().wait(timeout)
        self._redraw.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.run_button.description = t("Try the remedies")
        self.found = W.HTML().add_class("sk-found")
        self.theory = W.HTML().add_class("sk-theory")
        self.played = W.HTML().add_class("sk-played")
        names = ("predict", "worlds", "people", tick_names(self.scenario)[-1])
        self.complaints = {name: W.HTML().add_class("sk-complaint") for name in names}
        simulate = self.safely(self._press_simulate)
        self.simulate_button = action_button(t("Play it"), simulate).add_class("sk-simulate")

    def _box(self, name: str) -> W.VBox:
        return W.VBox([self._settings[name], self.complaints[name]]).add_class("sk-entry")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        t, ticks = self.t, tick_names(self.scenario)
        boxes = [self._settings[name] for name in ticks]
        return [
            self._top(title, intro),
            heading(t("1. Predict")),
            row(*self._predict.values()),
            row(self.predict_button, self.again_button),
            self.complaints["predict"],
            heading(t("2. Find it: where do deals wait, where do they leak?")),
            row(self._settings["period"]),
            self.found,
            heading(t("3. What if? Another number of people at a desk")),
            row(self._settings["desk"], self._box("people"), self.simulate_button),
            self.theory,
            self.played,
            heading(t("4. Try remedies")),
            W.HTML(self._remedies_html()),
            row(*boxes, self.complaints[ticks[-1]]),
            row(self._box("worlds")),
            row(self.run_button, self.stop_button, self.progress),
            *(self.status, self.alarm, self.chart),
        ]

    def _remedies_html(self) -> str:
        t, names = self.t, remedy_names(self.scenario, self.lang)
        known = remedies(self.scenario).items()
        said_of = {n: remedy_text(remedy, self.scenario, self.lang) for n, remedy in known}
        pairs = [(names[name], text) for name, text in said_of.items() if text]
        texts = [t("{name}: {text}").format(name=name, text=text) for name, text in pairs]
        said = t(
            "Every remedy is played alone. Those that you tick are also played together, as your "
            "own choice (two or more)."
        )
        return f"<p>{html.escape(said)}</p>{bullets(texts)}"

    # --- what the person sees of the past

    def _draw(self) -> None:
        """Draw the line and the theory; in a thread, because callbacks must be short."""
        if self.prediction is None:
            self.found.value = self.theory.value = ""
            return
        if not self._lines:
            self._lines = _past(Simulation(self.scenario, self.seed))
        entered = values(self._settings)
        self.found.value = found_html(self._lines[entered["period"]], self.scenario, self.lang)
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Show what theory expects of the desk and people entered: at once."""
        entered = values(self._settings)
        if not self._lines or self.prediction is None or "people" in self.mistakes:
            self.theory.value = ""
            return
        people, line = int(entered["people"]), self._lines[entered["period"]]
        self.theory.value = what_if_html(self.scenario, entered["desk"], people, line, self.lang)

    def _changed(self, change: Any = None) -> None:
        """Check what is entered, keep it, and say what is wrong."""
        entered = values(self._settings)
        if self._open:
            self._save(self.prediction)
        self.mistakes = mistakes_in(entered, self.lang)
        if said := clash(entered, self.scenario, self.lang):
            self.mistakes[tick_names(self.scenario)[-1]] = said
        for name, place in self.complaints.items():
            place.value = complaint_html(self.mistakes.get(name, ""))
        if change is None or change["owner"] is self._settings["period"]:
            self._redraw.ask()
        else:
            self._look_ahead()
        self._refresh()

    def _store(self) -> None:
        super()._store()
        self._changed()
        if self.prediction is None:  # the status line is more than a screen further down
            text = self.t("Please answer every question first.")
            self.complaints["predict"].value = complaint_html(text)

    def _forget(self) -> None:
        super()._forget()
        self.played.value = ""
        self._changed()

    def _refresh(self) -> None:
        super()._refresh()
        waiting = self.prediction is None or self._busy or "worlds" in self.mistakes
        self.simulate_button.disabled = waiting or "people" in self.mistakes
        self.run_button.disabled |= bool({*self.mistakes} - {"people"})

    # --- playing

    def _study(self, job: Job, plans: dict[str, dict[str, Any]], worlds: float) -> LineStudy:
        workers = min(2, os.cpu_count() or 1)
        return line_study(self.scenario, plans, int(worlds), workers, job.tell, self.seed)

    def _try(self, job: Job, settings: dict) -> LineStudy:
        return self._study(job, plans_of(settings, self.scenario), settings["worlds"])

    def _press_simulate(self) -> None:
        entered = values(self._settings)
        desk, people = entered["desk"], int(entered["people"])
        same = people == getattr(self.scenario.desks, desk).staff
        plans = {} if same else {WHAT_IF: {f"{desk}_staff": people}}

        def work(job: Job) -> str:
            study = self._study(job, plans, entered["worlds"])
            return simulated_html(study, WHAT_IF, desk, people, self.lang)

        self.launch(work, self._show_played)

    def _show_played(self, shown: str) -> None:
        self.played.value = shown


def _past(simulation: Simulation) -> dict[int, dict[str, Tally]]:
    """Return the tallies of the periods that can be looked at."""
    return {
        weeks: line_of(simulation, -float(DAYS_PER_WEEK * weeks), 0.0)
        for weeks in periods(simulation.scenario)
    }
