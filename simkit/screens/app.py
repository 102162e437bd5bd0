"""The frame of every widget app: predict first, then run, then look.

Widgets are changed by their traits only: an `Output` widget shows nothing of what a thread writes.
"""

import html
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.record import ScenarioError
from simkit.screens.charts import preload
from simkit.screens.job import Job
from simkit.screens.parts import Inputs, action_button, fill, heading, refill, row, values
from simkit.screens.record import load_record, save_record
from simkit.screens.texts import default_language, translator

STYLE = Path(__file__).with_name("app.css").read_text(encoding="utf-8")


class App:
    """A screen that asks for a prediction, runs something long, and shows what came of it.

    Parameters
    ----------
    title, intro : str
        Plain text at the top.
    predict : mapping of str to widget, optional
        What the person predicts. With it, running waits until the prediction is stored.
    settings : mapping of str to widget, optional
        What the person decides.
    work : callable, optional
        ``work(job, settings)``, run in a thread; calls ``job.tell(done, total)`` and returns the
        result. Without it there is no Run button; `add` other parts and call `launch`.
    show : callable, optional
        ``show(result, prediction)`` returns the result as HTML, also in the thread.
    record : path, optional
        File that keeps prediction and settings; written before the screen says they are stored,
        read again when the app is opened.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    error : BaseException or None
        The last thing that went wrong; a notebook's last cell asserts that it is None.
    prediction : dict or None
        The stored prediction, None before.
    result : object
        What the last finished run returned.
    view : ipywidgets.VBox
        What is displayed.
    """

    decides = True
    """Whether the settings are a decision of the person, and are headed so."""

    def __init__(
        self,
        title: str,
        *,
        intro: str = "",
        predict: Inputs | None = None,
        settings: Inputs | None = None,
        work: Callable[[Job, dict], Any] | None = None,
        show: Callable[[Any, dict], str] | None = None,
        record: Path | None = None,
        lang: str | None = None,
    ) -> None:
        self.lang = lang or default_language()
        self.t = translator(self.lang)
        self.error: BaseException | None = None
        self.prediction: dict | None = None
        self.result: Any = None
        self.job: Job | None = None
        self.record = record
        self._busy = False
        self._predict, self._settings = predict or {}, settings or {}
        self._unanswered = values(self._predict)
        self._work, self._show = work, show
        self._make_parts()
        self.view = W.VBox(self._lay_out(title, intro)).add_class("sk-app")
        self._restore()
        self._refresh()
        Job(lambda _: preload()).start()

    # --- what a notebook or a test uses

    def add(self, *widgets: W.Widget) -> "App":
        """Put more widgets at the end of the screen."""
        self.view.children += widgets
        return self

    def predict(self, **entered: Any) -> "App":
        """Fill in the prediction and store it, as a person would."""
        return self._enter(self._predict, entered, self.predict_button)

    def run(self, **entered: Any) -> "App":
        """Fill in the settings and press Run, as a person would; see `wait`."""
        return self._enter(self._settings, entered, self.run_button)

    def wait(self, timeout: float | None = 120) -> "App":
        """Wait until the job has ended and the screen shows it."""
        if self.job:
            self.job.join(timeout)
        return self

    # --- what apps built on this one use

    def say(self, text: str) -> None:
        """Show a sentence in the status line, which screen readers read out."""
        self.status.value = f'<div role="status" aria-live="polite">{html.escape(text)}</div>'

    def fail(self, error: BaseException) -> None:
        """Show what went wrong in plain words and keep it in `error`."""
        self.error = error
        told = html.escape(str(error) or type(error).__name__)
        head = f"<strong>{html.escape(self.t('That did not work.'))}</strong>"
        if isinstance(error, ScenarioError) and all(p.line for p in error.problems):
            remedy = html.escape(self.t("Correct the file, save it, and try again."))
            said = f'{head}<pre class="sk-place" tabindex="0">{told}</pre>{remedy}'
        else:
            said = f"{head} {told}{self._details(error)}"
        self.alarm.value = f'<div role="alert">{said}</div>'
        self.say("")

    def _details(self, error: BaseException) -> str:
        trace = html.escape("".join(traceback.format_exception(error)))
        return (
            f"<br>{html.escape(self.t('What you entered is still here; change it and try again.'))}"
            f"<details><summary>{html.escape(self.t('Details for the person who helps you'))}"
            f'</summary><pre tabindex="0">{trace}</pre></details>'
        )

    def safely(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function` such that what it raises goes to `fail`: for every callback."""

        @wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except Exception as error:
                return self.fail(error)

        return guarded

    def launch(self, work: Callable[[Job], Any], then: Callable[[Any], None]) -> None:
        """Run ``work(job)`` in a thread with progress and Stop, then ``then(result)``.

        Does nothing while another job is running.
        """
        if self._busy:
            return
        self.error, self.alarm.value, self._busy = None, "", True
        self.job = Job(work, self._progress, lambda job: self._ended(job, then))
        self._refresh()
        self.say(self.t("Running …"))
        self.job.start()

    # --- parts

    def _make_parts(self) -> None:
        t = self.t
        self.status = W.HTML().add_class("sk-status")
        self.alarm = W.HTML().add_class("sk-alarm")
        self.progress = W.HTML().add_class("sk-progress")
        self.chart = W.HTML().add_class("sk-result")
        self.predict_button = self._button(t("Store my prediction"), self._store, "predict")
        self.again_button = self._button(t("Predict again"), self._forget, "again")
        self.run_button = self._button(t("Run"), self._press_run, "run")
        self.stop_button = self._button(t("Stop"), self._press_stop, "stop")

    def _button(self, text: str, on_click: Callable[[], object], name: str) -> W.Button:
        return action_button(text, self.safely(on_click)).add_class(f"sk-{name}")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        parts: list[W.Widget] = [self._top(title, intro)]
        if self._predict:
            buttons = row(self.predict_button, self.again_button)
            parts += [heading(self.t("Predict")), row(*self._predict.values()), buttons]
        if self._settings:
            parts += [heading(self.t("Decide"))] if self.decides else []
            parts += [row(*self._settings.values())]
        running = [self.stop_button, self.progress]
        parts.append(row(self.run_button, *running) if self._work else row(*running))
        return [*parts, self.status, self.alarm, self.chart]

    def _top(self, title: str, intro: str) -> W.HTML:
        words = f"<h2>{html.escape(title)}</h2><p>{html.escape(intro)}</p>"
        return W.HTML(f"<style>{STYLE}</style>{words}")

    def _refresh(self) -> None:
        """Enable what can be used now, and mark the button that is expected next."""
        busy, stored = self._busy, self.prediction is not None
        waiting = bool(self._predict) and not stored
        for widget in self._predict.values():
            widget.disabled = stored or busy
        for widget in self._settings.values():
            widget.disabled = busy
        self.predict_button.disabled = stored or busy
        self.again_button.disabled = not stored or busy
        self.run_button.disabled = waiting or busy
        self.stop_button.disabled = not busy
        self.predict_button.button_style = "primary" if waiting else ""
        self.run_button.button_style = "" if waiting else "primary"

    # --- what the buttons do

    def _enter(self, widgets: Inputs, entered: dict, button: W.Button) -> "App":
        if button.disabled:
            raise RuntimeError(f"the button {button.description!r} cannot be pressed now")
        fill(widgets, entered)
        button.click()
        return self

    def _store(self) -> None:
        prediction = values(self._predict)
        if None in prediction.values():
            self.say(self.t("Please answer every question first."))
            return
        self._save(prediction)
        self.prediction = prediction
        self._refresh()
        self.say(self.t("Your prediction is stored. Now run."))

    def _forget(self) -> None:
        self._save(None)
        self.prediction, self.result, self.chart.value = None, None, ""
        fill(self._predict, self._unanswered)
        self._refresh()
        self.say(self.t("Predict again, then run."))

    def _press_run(self) -> None:
        if not self._work:
            return
        settings, work = values(self._settings), self._work
        self._save(self.prediction)
        self.launch(lambda job: work(job, settings), self._finish)

    def _press_stop(self) -> None:
        if self.job:
            self.job.cancel()
            self.stop_button.disabled = True
            self.say(self.t("Stopping …"))

    # --- what the job does, in its thread

    def _progress(self, done: int, total: int, note: str) -> None:
        text = html.escape(note or self.t("Progress"))
        self.progress.value = (
            f'<progress aria-label="{text}" value="{done}" max="{total}"></progress> '
            f"{done / max(total, 1):.0%} {html.escape(note)}"
        )

    def _finish(self, result: Any) -> None:
        shown = self._show(result, self.prediction or {}) if self._show else ""
        self.result, self.chart.value = result, shown

    def _ended(self, job: Job, then: Callable[[Any], None]) -> None:
        self.progress.value = ""
        self.safely(self._conclude)(job, then)
        self._busy = False  # last, so that Run cannot be pressed while the chart is being drawn
        self._refresh()

    def _conclude(self, job: Job, then: Callable[[Any], None]) -> None:
        if job.state == "cancelled":
            return self.say(self.t("Stopped. Nothing has changed."))
        if job.error:
            return self.fail(job.error)
        self.say(self.t("Done."))  # first: what comes then may have better news
        return then(job.result)

    # --- on disk

    def _save(self, prediction: dict | None) -> None:
        if self.record:
            save_record(self.record, self._kept(prediction))

    def _kept(self, prediction: dict | None) -> dict[str, Any]:
        """Return what goes on disk."""
        return {"prediction": prediction, "settings": values(self._settings)}

    def _restore(self) -> None:
        self._take_back(load_record(self.record) if self.record else {})

    def _take_back(self, kept: dict[str, Any]) -> None:
        """Bring back what an earlier session stored, unless the screen has changed since."""
        refill(self._settings, kept.get("settings"))
        if self._predict and refill(self._predict, kept.get("prediction")):
            self.prediction = values(self._predict)
            self.say(self.t("Your earlier prediction is still stored. Now run."))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.view._repr_mimebundle_(**kwargs)
