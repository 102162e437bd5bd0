"""Notebook 05: a manager designs a pay plan and plays it against three others."""

import html
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.library import DEFAULT, load_scenario
from simkit.scenario.pay_plans import load_pay_plans
from simkit.screens.app import STYLE, App
from simkit.screens.charts import table_html
from simkit.screens.job import Job, Redraw
from simkit.screens.parts import action_button, choice, fill, heading, number_box, row, values
from simkit.screens.pay_inputs import (
    EXTRAS,
    NEW,
    PLAN,
    complaint_html,
    entered_of,
    make_inputs,
    mistakes_in,
    programme_of,
)
from simkit.screens.pay_preview import Desk, preview_charts, preview_html
from simkit.screens.pay_result import result_html
from simkit.screens.pay_tries import is_try, tries_html, try_of
from simkit.screens.pay_words import assumptions, plan_names
from simkit.screens.texts import Translate, default_language, translator
from simkit.study.pay_plans import OWN, PayStudy, compare_plans, reference_plans, typical_rep
from simkit.study.pay_runs import Programme

MOST_LEAVERS = 40


class PayPlans(App):
    """A screen on which a manager designs a pay plan, predicts, plays it, and compares.

    Parameters
    ----------
    scenario : str
        Name or path of a region file.
    seed : int
        The first of the worlds; the same in every try, so that tries can be compared.
    plans : path, optional
        File of reference plans; without it the person's own copy, or the shipped one.
    record : path, optional
        File that keeps plan, prediction and tries.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    mistakes : dict of str to str
        What is wrong with what is entered now, by box; empty when it can be played.
    tries : list of dict
        The plans played so far, with what came of them.
    result : PayStudy or None
        What the last play brought.
    """

    def __init__(
        self,
        scenario: str = DEFAULT,
        seed: int = 1,
        *,
        plans: str | Path | None = None,
        record: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        lang, self.seed = lang or default_language(), seed
        self.scenario, t = load_scenario(scenario), translator(lang)
        self.desk = _desk(self.scenario, load_pay_plans(plans), seed, lang)
        self.tries: list[dict[str, Any]] = []
        self.mistakes: dict[str, str] = {}
        self.tried = W.HTML().add_class("sk-tries")
        self.preview = W.HTML().add_class("sk-preview")
        self.curves = W.HTML().add_class("sk-curves")
        self._redraw = Redraw(lambda: self.safely(self._draw)())
        self._open = False
        super().__init__(
            t("Design a pay plan"),
            intro=t("Design a plan, look at what it invites, predict, play it against others."),
            predict=_predictions(t, plan_names(self.desk.file, lang), self.desk.rep.team),
            settings=make_inputs(self.scenario, lang),
            work=self._play,
            show=lambda study, prediction: result_html(study, prediction, self.desk),
            record=Path(record) if record else None,
            lang=lang,
        )
        for widget in self._settings.values():
            widget.observe(self.safely(lambda _: self._changed()), "value")
        self._changed()
        self._open = True

    def design(self, **entered: Any) -> Self:
        """Enter parts of the plan as on the screen, as a person would."""
        if self._settings["salary_per_year"].disabled:
            raise RuntimeError("the plan is being played; press the button for another one first")
        fill(self._settings, entered)
        return self

    def assumptions(self) -> W.HTML:
        """Return what is not money, with what it costs and does, and where that is from."""
        t = self.t
        title = t("Recognition without pay: what it costs and what is assumed")
        table = table_html(assumptions(self.scenario, self.lang), title)
        return (
            W.HTML(f"<style>{STYLE}</style>{table}").add_class("sk-app").add_class("sk-assumptions")
        )

    def wait(self, timeout: float | None = 120) -> "App":
        """Wait until the job has ended and everything is drawn."""
        super().wait(timeout)
        self._redraw.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.run_button.description = t("Play the plans")
        self.again_button.description = t("Try another plan")
        self.complaints = {name: W.HTML().add_class("sk-complaint") for name in self._settings}
        known = {t("Plan in force"): self.scenario.pay.plan}
        names = {plan.id: plan.name.in_(self.lang) for plan in self.desk.file.pay_plans}
        known |= {names[name]: plan for name, plan in self.desk.references.items()}
        self.templates = [
            action_button(title, self.safely(lambda plan=plan: self._start_from(plan)))
            for title, plan in known.items()
        ]

    def _start_from(self, plan: Any) -> None:
        self._open = False  # one change, not nine
        fill(self._settings, entered_of(plan))
        self._open = True
        self._changed()

    def _box(self, name: str) -> W.VBox:
        return W.VBox([self._settings[name], self.complaints[name]]).add_class("sk-entry")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        t = self.t
        start = W.HTML(f"<p>{html.escape(t('Start from one of these, then change it:'))}</p>")
        self._new_boxes = row(*(self._box(f"new_{name}") for name in NEW))
        look = t("Pay, and what hangs on it")
        return [
            self._top(title, intro),
            heading(t("1. Design")),
            start,
            row(*self.templates),
            heading(look),
            row(*(self._box(name) for name in PLAN)),
            row(self._box("own_new")),
            self._new_boxes,
            W.HTML(f"<p>{html.escape(self._new_hint())}</p>"),
            heading(t("Recognition without pay")),
            row(*(self._box(name) for name in EXTRAS)),
            self.preview,
            self.curves,
            heading(t("2. Predict")),
            row(self._predict["most_revenue"]),
            row(self._predict["most_left"]),
            row(self._predict["left_low"], self._predict["left_high"]),
            row(self.predict_button),
            heading(t("3. Play and compare")),
            row(self._settings["weeks"], self._settings["worlds"]),
            row(self.run_button, self.stop_button, self.again_button, self.progress),
            self.status,
            self.alarm,
            self.chart,
            self.tried,
        ]

    def _new_hint(self) -> str:
        text = self.t(
            "Reps count as new in their first {weeks} weeks. What is not asked for here is as in "
            "the plan of the others."
        )
        return text.format(weeks=f"{self.scenario.pay.new_weeks:g}")

    def _changed(self) -> None:
        """Check what is entered, keep it, and show what it means."""
        entered = values(self._settings)
        self._new_boxes.layout.display = None if entered["own_new"] else "none"
        if self._open:
            self._save(self.prediction)
        self.mistakes = mistakes_in(entered, self.lang)
        for name, place in self.complaints.items():
            place.value = complaint_html(self.mistakes.get(name, ""))
        self._redraw.ask()
        self._refresh()

    def _draw(self) -> None:
        """Show what is entered now; in a thread, because callbacks must be short."""
        entered = values(self._settings)
        if mistakes_in(entered, self.lang):
            text = self.t("Mend what is marked above. Below is your last plan without a mistake.")
            self.preview.value = f"<p><strong>{html.escape(text)}</strong></p>"
            return
        programme = programme_of(entered)
        self.preview.value = preview_html(self.desk, programme)
        self.curves.value = preview_charts(self.desk, programme)

    def _refresh(self) -> None:
        super()._refresh()
        locked = self.prediction is not None or self._busy
        for widget in [*self._settings.values(), *self.templates]:
            widget.disabled = locked
        wrong, played = bool(self.mistakes), self.result is not None
        self.predict_button.disabled |= wrong
        self.run_button.disabled |= wrong or played
        if played:
            self.run_button.button_style = ""
        self.again_button.button_style = "primary" if played else ""

    def _store(self) -> None:
        low, high = self._predict["left_low"].value, self._predict["left_high"].value
        if low > high:
            self.say(self.t("The lowest number of reps who leave is above the highest."))
            return
        super()._store()

    # --- playing

    def _play(self, job: Job, settings: dict) -> PayStudy:
        programmes = {OWN: programme_of(settings)}
        programmes |= {name: Programme(plan) for name, plan in self.desk.compared.items()}
        worlds, weeks = settings["worlds"], settings["weeks"]
        return compare_plans(self.scenario, programmes, worlds, weeks, self.seed, job.tell)

    def _finish(self, result: PayStudy) -> None:
        super()._finish(result)
        one = try_of(result, values(self._settings))
        self.tries += [one] if one not in self.tries else []
        self._save(self.prediction)
        self._show_tries()

    def _show_tries(self) -> None:
        self.tried.value = tries_html(self.tries, self.desk)

    # --- on disk

    def _kept(self, prediction: dict | None) -> dict[str, Any]:
        return {**super()._kept(prediction), "tries": self.tries}

    def _take_back(self, kept: dict[str, Any]) -> None:
        super()._take_back(kept)
        tries = kept.get("tries")
        self.tries = [one for one in tries if is_try(one)] if isinstance(tries, list) else []
        self._show_tries()


def _desk(scenario: Any, file: Any, seed: int, lang: str) -> Desk:
    rep = typical_rep(scenario, seed)
    return Desk(scenario, file, rep, reference_plans(scenario, file, rep), lang)


def _predictions(t: Translate, plans: dict[str, str], team: int) -> dict[str, W.ValueWidget]:
    names = {name: plan for plan, name in plans.items()}
    asked = {
        "most_revenue": choice(t("Which plan brings the most revenue?"), names, buttons=True),
        "most_left": choice(t("Which plan leaves the most after all costs?"), names, buttons=True),
    }
    for widget in asked.values():
        widget.value = None  # nobody's guess is made for them
    most = min(MOST_LEAVERS, 2 * team)
    low = t("Of your {team} reps, how many leave under your plan? At least").format(team=team)
    asked["left_low"] = number_box(low, 0, 0, most)
    asked["left_high"] = number_box(t("and at most (be right nine times in ten)"), 0, 0, most)
    for name, widget in asked.items():
        widget.add_class(f"sk-{name}")
    return asked
