"""Notebook 10: an analyst asks what if, predicts, has policies played, and reads the verdict."""

import html
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.records import Scenario
from simkit.screens.app import App
from simkit.screens.job import Job, Redraw
from simkit.screens.lab_answer import Answer
from simkit.screens.lab_entries import Entries
from simkit.screens.lab_inputs import make_inputs
from simkit.screens.lab_layout import lay_out
from simkit.screens.lab_live import LiveView
from simkit.screens.lab_more import More
from simkit.screens.lab_play import Play, expected_seconds, seconds_per_world, time_text
from simkit.screens.lab_policies import Policies
from simkit.screens.lab_predict import make_predictions, offer, prediction_mistake
from simkit.screens.lab_question import Question
from simkit.screens.parts import fill, values
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.texts import default_language, translator
from simkit.study.workers import ClusterGone

LIVE_SECONDS = 1.0
"""The live view is drawn at most once in so long."""
COMPLAINTS = (
    *("scenario", "weeks", "main", "worlds", "percent", "amount", "most", "seed", "cluster"),
    *("predict", "ahead"),
)


class WhatIfLab(App):
    """A screen on which policies are compared in the same worlds, with honest intervals.

    Parameters
    ----------
    record : path, optional
        File that keeps what is entered and the prediction. Beside it, in a folder of the same name,
        lie the worlds that were played and the reports. Without it nothing outlives the screen.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    mistakes : dict of str to str
        What is wrong with what is entered now, by box; empty when it can be played.
    question : Question or None
        What is asked, None while something is wrong.
    result : Answer or None
        What came of it.
    """

    decides = False

    def __init__(self, *, record: str | Path | None = None, lang: str | None = None) -> None:
        lang = lang or default_language()
        t = translator(lang)
        self._own_folder = None if record else tempfile.TemporaryDirectory()
        file = Path(record) if record else Path(self._own_folder.name) / "lab.json"  # type: ignore[union-attr]
        self.folder = file.with_suffix("")
        self.mistakes: dict[str, str] = {}
        self.question: Question | None = None
        self.region: Scenario | None = None
        self.precision_boxes: dict[str, W.Widget] = {}
        self._asked: str | None = None
        self._playing: Play | None = None
        self._shown = 0.0
        self._speeds: dict[tuple[str, float], float] = {}
        self._measure = Redraw(lambda: self.safely(self._measured)())
        self._quiet = True
        super().__init__(
            t("The what-if lab"),
            intro=t(
                "What would happen if …? Every policy runs the same region in the same worlds: the "
                "same customers with the same luck. Only what was decided differs."
            ),
            predict=make_predictions(lang),
            settings=make_inputs(lang),
            work=self._play,
            record=file,
            lang=lang,
        )
        self._quiet = False
        for widget in (*self._settings.values(), self._predict["ahead"]):
            widget.observe(self.safely(lambda change: self._entered(change)), "value")
        self._changed()

    # --- what a notebook or a test uses

    def enter(self, **entered: Any) -> Self:
        """Fill boxes of the question as a person would."""
        fill(self._settings, entered)
        return self

    def choose(self, *names: str) -> Self:
        """Tick exactly these policies: names, paths of games, names of one's own."""
        self.policies.choose(names)
        return self

    def wait(self, timeout: float | None = 120) -> "App":
        """Wait until the job has ended and everything is measured and drawn."""
        super().wait(timeout)
        self._measure.wait(timeout)
        self.more.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.run_button.description = t("Start")
        self.policies = Policies(self.lang, self.folder, lambda: self._changed(), self.safely)
        self.estimate = W.HTML().add_class("sk-estimate")
        self.notes = W.HTML().add_class("sk-notes")
        self.live = W.HTML().add_class("sk-live")
        self.more = More(self)
        self.complaints = {name: W.HTML().add_class("sk-complaint") for name in COMPLAINTS}

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        return lay_out(self, self._top(title, intro), self._settings, self._predict)

    # --- what is entered

    def _entered(self, change: Any) -> None:
        if change["owner"] is self._settings["scenario"] and not self._quiet:
            self._quiet, self.region = True, None
            entries = Entries(values(self._settings), [], self.lang)
            if entries.scenario:
                self._settings["weeks"].value = float(entries.scenario.weeks)
            self._quiet = False
        self._changed()

    def _changed(self) -> None:
        """Check what is entered, keep it, say what is wrong and how long it will take."""
        if self._quiet:
            return
        entries = Entries(values(self._settings), self.policies.chosen(), self.lang)
        self.mistakes, self.question = entries.mistakes, entries.question
        if entries.scenario and entries.scenario != self.region:
            self.region = entries.scenario
            self.policies.set_scenario(self.region)
        offer(self._predict["winner"], entries.titles, self.lang)
        if ahead := prediction_mistake(self._predict["ahead"].value, self.lang):
            self.mistakes["ahead"] = ahead
        self._tell(entries)
        self._forget_another_question()
        self._save(self.prediction)
        self._measure.ask()
        self._refresh()

    def _tell(self, entries: Entries) -> None:
        for name, place in self.complaints.items():
            place.value = complaint_html(self.mistakes.get(name, ""))
        self.policies.complain(self.mistakes.get("policies", ""))
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in entries.notes)
        self.notes.value = f"<ul>{notes}</ul>" if notes else ""
        mode = self._settings["mode"].value
        for name, widget in self.precision_boxes.items():
            shown = name == mode or (name == "most" and mode != "worlds")
            widget.layout.display = None if shown else "none"

    def _forget_another_question(self) -> None:
        """A prediction is about one question; with another one it is void."""
        if self.prediction is None or self.question is None:
            return
        if self.question.key != self._asked:
            self._forget()
            self.say(self.t("The question is another one now: predict again."))

    def _measured(self) -> None:
        """Show how long it will take; plays a trial world the first time. In a thread."""
        question, t = self.question, self.t
        if question is None:
            self.estimate.value = ""
            return
        per_world = self._speed(question)
        seconds = time_text(expected_seconds(question, per_world), t)
        text = {
            True: t("{worlds} worlds under {policies} policies: about {time}, without those kept."),
            False: t("At most {worlds} worlds under {policies} policies: {time} at most."),
        }[question.precision is None]
        said = text.format(
            worlds=f"{question.worlds:,}", policies=len(question.policies), time=seconds
        )
        self.estimate.value = f"<p>{html.escape(said)}</p>"

    def _speed(self, question: Question) -> float:
        key = (question.scenario, question.weeks)
        if key not in self._speeds:
            said = html.escape(self.t("Measuring how long a world takes …"))
            self.estimate.value = f"<p>{said}</p>"
            self._speeds[key] = seconds_per_world(question.region())
        return self._speeds[key]

    def _refresh(self) -> None:
        super()._refresh()
        self.policies.set_disabled(self._busy)
        wrong = bool(self.mistakes)
        self.run_button.disabled |= wrong
        self.predict_button.disabled |= wrong
        self.more.refresh(self._busy)

    def _store(self) -> None:
        super()._store()
        missing = self.prediction is None
        said = self.t("Please answer every question first.") if missing else ""
        self.complaints["predict"].value = complaint_html(said)
        if self.question and not missing:
            self._asked = self.question.key
            self._save(self.prediction)

    def _forget(self) -> None:
        self._asked = None
        super()._forget()
        self._clear()

    def _clear(self) -> None:
        self.live.value = self.chart.value = ""
        self.more.clear()

    # --- playing

    def _press_run(self) -> None:
        self._clear()
        super()._press_run()

    def _play(self, job: Job, _settings: dict) -> Answer:
        question = self.question
        assert question is not None
        began, self._shown = time.monotonic(), 0.0
        view = LiveView(question, self.lang)
        play = Play(question, self.folder / "worlds", self._at_most(view), self.lang)
        self._playing = play
        results = play.run(job)
        self.live.value = view.html(results, ended=True)
        job.tell(play.total, play.total, self.t("Writing the answer …"))
        seconds = time.monotonic() - began
        return Answer(results, question, self.prediction or {}, self.lang, seconds, play.reached)

    def _at_most(self, view: LiveView) -> Callable[[Any], None]:
        """Return what shows results, but not more often than people can follow."""

        def show(results: Any) -> None:
            if time.monotonic() - self._shown >= LIVE_SECONDS:
                self.live.value = view.html(results)
                self._shown = time.monotonic()

        return show

    def _finish(self, result: Answer) -> None:
        shown = result.html()
        self.result, self.chart.value = result, shown
        self.more.show(result)

    def _conclude(self, job: Job, then: Callable[[Any], None]) -> None:
        if isinstance(job.error, ClusterGone):
            self.complaints["cluster"].value = complaint_html(str(job.error))
        super()._conclude(job, then)
        if job.state == "cancelled":
            text = self.t("Stopped. What is finished is kept: starting again goes on from there.")
            self.say(text)

    # --- on disk

    def _kept(self, prediction: dict | None) -> dict[str, Any]:
        mine = {"policies": self.policies.kept(), "asked": self._asked}
        return {**super()._kept(prediction), **mine}

    def _take_back(self, kept: dict[str, Any]) -> None:
        if isinstance(kept.get("policies"), dict):
            self.policies.take_back(kept["policies"])
        names = {choice.spec: choice.title for choice in self.policies.chosen()}
        offer(self._predict["winner"], names, self.lang)
        self._asked = kept.get("asked")
        super()._take_back(kept)
