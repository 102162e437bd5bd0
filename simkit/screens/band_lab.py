"""The band lab: how often a band rule cries wolf, how late it sees a drop, what an alarm costs."""

import html
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.library import load_scenario
from simkit.screens.app import App
from simkit.screens.band_inputs import RULE, make_inputs, mistakes_in, rule_of, rule_text
from simkit.screens.band_result import result_html
from simkit.screens.band_view import ASKED, Played, View, rule_of_file
from simkit.screens.job import Job, Redraw
from simkit.screens.parts import fill, heading, number_box, row, values
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.texts import Translate, default_language, translator
from simkit.study.band_lab import band_study
from simkit.study.band_results import AlarmCost
from simkit.study.band_worlds import SIZES


class BandLab(App):
    """A screen on which a manager predicts what a band rule does, and then tries other rules.

    Parameters
    ----------
    scenario : str
        Name or path of a region file.
    record : path, optional
        File that keeps prediction and rule.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.
    workers : int
        Processes that play the worlds.

    Attributes
    ----------
    mistakes : dict of str to str
        What is wrong with what is entered now, by box.
    result : Played or None
        The worlds, which answer for any rule at once, and the cost of false alarms.
    """

    def __init__(
        self,
        scenario: str = "target_workshop",
        *,
        record: str | Path | None = None,
        lang: str | None = None,
        workers: int = 2,
    ) -> None:
        lang, self.workers = lang or default_language(), workers
        self.scenario, t = load_scenario(scenario), translator(lang)
        self.mistakes: dict[str, str] = {}
        self._redraw = Redraw(lambda: self.safely(self._draw)())
        rule = rule_of_file(self.scenario)
        super().__init__(
            t("Band lab: is an alarm news?"),
            intro=t(
                "A rule that watches every week will cry wolf now and then, and will notice a real "
                "drop late. Predict both, then see, then find a better rule."
            ),
            predict=_predictions(t, len(self.scenario.territories)),
            settings=make_inputs(rule, lang),
            work=self._play,
            show=lambda played, prediction: self._shown(played, prediction),
            record=Path(record) if record else None,
            lang=lang,
        )
        for widget in self._settings.values():
            widget.observe(self.safely(lambda _: self._changed()), "value")
        self._changed()

    def edit(self, **entered: Any) -> Self:
        """Enter parts of the rule as on the screen, as a person would."""
        fill(self._settings, entered)
        return self

    def wait(self, timeout: float | None = 300) -> "App":
        """Wait until the job has ended and everything is drawn."""
        super().wait(timeout)
        self._redraw.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.run_button.description = t("Play the worlds")
        self.cost_button = self._button(
            t("Play what a false alarm costs under this rule"), self._price, "cost"
        )
        self.complaints = {name: W.HTML().add_class("sk-complaint") for name in self._settings}

    def _box(self, name: str) -> W.VBox:
        return W.VBox([self._settings[name], self.complaints[name]]).add_class("sk-entry")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        t = self.t
        rule = html.escape(rule_text(rule_of_file(self.scenario), self.lang))
        return [
            self._top(title, intro),
            heading(t("1. Predict")),
            W.HTML(f"<p>{rule}</p>"),
            row(*self._predict.values()),
            row(self.predict_button, self.again_button),
            heading(t("2. Play")),
            row(self._box("worlds")),
            row(self.run_button, self.stop_button, self.progress),
            self.status,
            self.alarm,
            heading(t("3. Change the rule")),
            row(*(self._box(name) for name in (*RULE, "size"))),
            row(self.cost_button),
            self.chart,
        ]

    def _refresh(self) -> None:
        super()._refresh()
        played = self.result is not None
        for name in (*RULE, "size"):
            self._settings[name].disabled = self._busy or not played
        self.run_button.disabled |= bool(self.mistakes)
        self.cost_button.disabled = self._busy or not played or bool(self.mistakes)
        if played:
            self.run_button.button_style = ""

    def _changed(self) -> None:
        """Check what is entered, keep it, and show what it means."""
        entered = values(self._settings)
        self.mistakes = mistakes_in(entered, self.lang)
        for name, place in self.complaints.items():
            place.value = complaint_html(self.mistakes.get(name, ""))
        if not self.mistakes:
            self._save(self.prediction)
        if self.result is not None and not {*self.mistakes} & {*RULE}:
            self._redraw.ask()
        self._refresh()

    def _draw(self) -> None:
        """Show what the rule entered now does; in a thread, because callbacks must be short."""
        played, entered = self.result, values(self._settings)
        if played is not None and not {*mistakes_in(entered, self.lang)} & {*RULE}:
            self.chart.value = self._shown(played, self.prediction or {})

    def _shown(self, played: Played, prediction: dict[str, Any]) -> str:
        entered = values(self._settings)
        view = View(played, rule_of(entered), entered["size"], self.lang)
        return result_html(view, prediction)

    # --- playing

    def _play(self, job: Job, settings: dict[str, Any]) -> Played:
        worlds = int(settings["worlds"])
        runs = worlds * (len(SIZES) + 1)
        whole = runs + worlds
        study = band_study(
            self.scenario,
            worlds,
            workers=self.workers,
            tell=lambda done, _: job.tell(done, whole, self.t("playing the worlds")),
        )
        cost = study.cost(
            rule_of(settings),
            self.workers,
            lambda done, _: job.tell(runs + done, whole, self.t("playing the false alarms")),
        )
        return Played(study, cost)

    def _price(self) -> None:
        played, rule = self.result, rule_of(values(self._settings))
        self.launch(lambda job: played.study.cost(rule, self.workers, job.tell), self._priced)

    def _priced(self, cost: AlarmCost) -> None:
        self.result = replace(self.result, cost=cost)
        self._draw()

    # --- on disk

    def _take_back(self, kept: dict[str, Any]) -> None:
        super()._take_back(kept)
        if mistakes_in(values(self._settings), self.lang):  # of a file that somebody changed
            inputs = make_inputs(rule_of_file(self.scenario), self.lang)
            fill(self._settings, values(inputs))


def _predictions(t: Translate, places: int) -> dict[str, W.ValueWidget]:
    cry = t(
        "How many false alarms a year does this rule raise in a region of {places} territories to "
        "which nothing happens?"
    ).format(places=places)
    late = t("After how many weeks does it notice that demand has fallen by {size}?").format(
        size=f"{100 * ASKED:.0f} %"
    )
    asked = {"cry": number_box(cry, 0.0, 0.0, 100.0, step=1.0), "late": number_box(late, 0, 0, 52)}
    for name, widget in asked.items():
        widget.add_class(f"sk-{name}")
    return asked
