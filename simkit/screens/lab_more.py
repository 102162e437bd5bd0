"""What can be asked after the answer: where two policies part, what matters most, a report."""

import html
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.job import Job, Redraw
from simkit.screens.lab_answer import Answer
from simkit.screens.lab_choice_charts import tornado_chart
from simkit.screens.lab_factors import USUAL, factors_of
from simkit.screens.lab_week_charts import weeks_apart_chart
from simkit.screens.objections_files import free_name
from simkit.screens.parts import action_button, choice, heading, row
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.pay_view import bullets

if TYPE_CHECKING:
    from simkit.screens.lab import WhatIfLab

TORNADO_WORLDS = 10
"""A few: the tornado ranks what matters, it decides nothing."""
REPORT = "report"


class More:
    """The parts of the screen below the answer; empty before there is one."""

    def __init__(self, app: "WhatIfLab") -> None:
        self.app, self.t, self.lang = app, app.t, app.lang
        self.answer: Answer | None = None
        self.view = W.VBox().add_class("sk-more-answers")
        self.apart, self.tornado, self.saved = (
            W.HTML().add_class(name) for name in ("sk-apart", "sk-tornado-result", "sk-saved")
        )
        self.complaint = W.HTML().add_class("sk-complaint")
        self._redraw = Redraw(lambda: app.safely(self._draw_apart)())
        t, safely = self.t, app.safely
        self.one = choice(t("One policy"), {"": ""}).add_class("sk-pair-one")
        self.other = choice(t("The other"), {"": ""}).add_class("sk-pair-other")
        self.around = choice(t("Around which policy"), {"": ""}).add_class("sk-around")
        self.factors = W.SelectMultiple(
            rows=6, description=t("What is varied (Ctrl or Shift for several)")
        )
        self.factors.add_class("sk-field").add_class("sk-factors")
        for box in (self.one, self.other):
            box.observe(safely(lambda _: self._redraw.ask()), "value")
        self.tornado_button = _button(t("Find out"), safely(self._press_tornado), "tornado")
        self.save_button = _button(t("Save report"), safely(self._press_save), "save")

    def show(self, answer: Answer) -> None:
        """Offer what can be asked about this answer."""
        self.answer = None  # filling the boxes asks for nothing yet
        names = [arm.name for arm in answer.results.arms]
        titles = [(answer.words.arm(name), name) for name in names]
        for box, chosen in ((self.one, names[0]), (self.other, names[1]), (self.around, names[0])):
            box.options = titles
            box.value = chosen
        found = factors_of(answer.results.arms[0].scenario, self.lang)
        self.factors.options = [(f.words.in_(self.lang), name) for name, f in found.items()]
        self.factors.value = [name for name in USUAL if name in found]
        self.answer = answer
        self.view.children = self._lay_out()
        self._redraw.ask()

    def clear(self) -> None:
        """Take everything away."""
        self.answer, self.view.children = None, ()
        self.apart.value = self.tornado.value = self.saved.value = self.complaint.value = ""

    def refresh(self, busy: bool) -> None:
        """Enable what can be used now."""
        for widget in (self.tornado_button, self.save_button, self.around, self.factors):
            widget.disabled = busy

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything is drawn."""
        self._redraw.wait(timeout)

    def _lay_out(self) -> list[W.Widget]:
        t = self.t
        said = t(
            "Each of these is moved to its low and to its high end, everything else stays: "
            "{worlds} worlds for each end, the same ones. The ends are assumptions."
        ).format(worlds=TORNADO_WORLDS)
        return [
            heading(t("In which weeks do two policies part?")),
            row(self.one, self.other),
            self.apart,
            heading(t("What matters most?")),
            W.HTML(f"<p>{html.escape(said)}</p>"),
            row(self.around, self.factors, self.tornado_button),
            self.complaint,
            self.tornado,
            heading(t("Keep the answer")),
            row(self.save_button),
            self.saved,
        ]

    # --- where two policies part

    def _draw_apart(self) -> None:
        answer = self.answer
        if answer is None:
            return
        if self.one.value == self.other.value:
            said = self.t("Choose two different policies.")
            self.apart.value = complaint_html(said)
            return
        self.apart.value = weeks_html(answer, self.one.value, self.other.value)

    # --- what matters most

    def _press_tornado(self) -> None:
        if self.answer is None:
            return
        chosen = list(self.factors.value)
        if not chosen:
            said = self.t("Choose at least one that is varied.")
            self.complaint.value = complaint_html(said)
            return
        self.complaint.value = ""
        self.app.launch(self._tornado(self.answer, chosen), self._set(self.tornado))

    def _tornado(self, answer: Answer, chosen: list[str]) -> Callable[[Job], str]:
        """Return the work that varies what is chosen."""
        arm = {arm.name: arm for arm in answer.results.arms}[self.around.value]
        found, asked = factors_of(arm.scenario, self.lang), answer.question
        factors = [found[name] for name in chosen]

        def work(job: Job) -> str:
            from simkit.study.sensitivity.tornado import tornado

            result = tornado(
                arm.scenario,
                arm.player,
                factors,
                asked.kpis[0],
                TORNADO_WORLDS,
                seed=asked.seed,
                confidence=asked.confidence,
                tell=job.tell,
                workers=asked.workers,
            )
            notes = bullets([note.in_(self.lang) for note in result.notes]) if result.notes else ""
            return tornado_chart(result, self.lang, arm.scenario.currency).html + notes

        return work

    # --- the report

    def _press_save(self) -> None:
        if self.answer is None:
            return
        answer, folder = self.answer, free_name(self.app.folder / REPORT)

        def work(job: Job) -> str:
            from simkit.screens.lab_report import write_comparison

            job.tell(0, 1, self.t("Writing the report …"))
            write_comparison(folder, answer.results, answer.comparison, self.lang)
            return self._where(folder)

        self.app.launch(work, self._set(self.saved))

    def _where(self, folder: Path) -> str:
        """Say where the report is, and what is in it."""
        files = ", ".join(sorted(path.name for path in folder.iterdir()))
        text = self.t("Saved in {folder}: {files}").format(folder=folder, files=files)
        return f'<p role="status">{html.escape(text)}</p>'

    def _set(self, place: W.HTML) -> Callable[[Any], None]:
        """Return what shows the result of a job in a place."""

        def show(shown: str) -> None:
            place.value = shown

        return show


def weeks_html(answer: Answer, one: str, other: str) -> str:
    """Return the weeks in which two policies decide differently, in words and as a chart."""
    chart = weeks_apart_chart(
        answer.results, one, other, answer.lang, confidence=answer.question.confidence
    )
    said = html.escape(chart.alt.partition(". ")[2])
    return f"<p>{said}</p>{chart.html}"


def _button(text: str, press: Callable[[], object], name: str) -> W.Button:
    return action_button(text, press).add_class(f"sk-{name}")
