"""Notebook 00: one decision, played for a quarter with and without it."""

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import starting_decision
from simkit.region.policies import BY_HABIT, BY_POTENTIAL
from simkit.scenario.library import DEFAULT, load_scenario
from simkit.screens.app import App
from simkit.screens.first_result import result_html, tries_html, worth_table
from simkit.screens.first_words import hints
from simkit.screens.job import Job
from simkit.screens.levers import lever_box, lever_text, lever_title, lever_value
from simkit.screens.parts import choice, fill, heading, number_box, row, values
from simkit.screens.region_view import region_view
from simkit.screens.texts import Translate, default_language, translator
from simkit.study.counterfactual import QUARTER, Trial, play_twice, try_out

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = (
    "prospecting_share",
    "discount_limit_share",
    "price",
    "promotion",
    "safety_factor",
    "coaching_hours",
)
LEVERS = ("call_split", *NUMBERS)
"""The levers to choose from."""
SPLITS = {"before": None, "key": BY_POTENTIAL, "alike": BY_HABIT}
TRIED = {"lever", "entered", "predicted", "pays", "revenue_share", "contribution"}


class FirstDecision(App):
    """A screen on which a manager decides one thing, predicts, plays a quarter, and compares.

    Parameters
    ----------
    scenario : str
        Name or path of a region file.
    seed : int
        The luck of the quarter; the same in every try, so that tries can be compared.
    others : int
        In how many quarters with other luck the same decision is tried as well.
    record : path, optional
        File that keeps decision, prediction and tries.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    tries : list of dict
        The decisions played so far, with prediction and result.
    result : Trial or None
        What the last decision brought.
    """

    def __init__(
        self,
        scenario: str = DEFAULT,
        seed: int = 1,
        *,
        others: int = 5,
        record: str | Path | None = None,
        lang: str | None = None,
    ) -> None:
        self.scenario, self.seed, self.others = load_scenario(scenario), seed, others
        self.tries: list[dict[str, Any]] = []
        self.tried = W.HTML().add_class("sk-tries")
        self.hint = W.HTML().add_class("sk-hint")
        lang = lang or default_language()
        t = translator(lang)
        super().__init__(
            t("Your first decision"),
            intro=t("Decide one thing, say what you expect, and play the quarter."),
            predict=_predictions(t),
            settings=self._inputs(t, lang),
            work=self._play,
            show=self._tell,
            record=Path(record) if record else None,
            lang=lang,
        )

    def region(self) -> W.VBox:
        """Return a screen with the region as the manager finds it."""
        return region_view(self.scenario, self.seed, self.lang)

    def decide(self, lever: str, entered: Any) -> Self:
        """Choose a lever and enter its value as on the screen, as a person would."""
        if self._settings["lever"].disabled:
            raise RuntimeError("the decision is made; press the button for another one first")
        fill(self._settings, {"lever": lever, lever: entered})
        return self

    # --- parts

    def _inputs(self, t: Translate, lang: str) -> dict[str, W.ValueWidget]:
        start, currency = starting_decision(self.scenario), self.scenario.currency
        titles = {lever_title(name, lang): name for name in LEVERS}
        splits = {t("as before"): "before"}
        splits |= {t("more calls on key accounts"): "key", t("every account alike"): "alike"}
        inputs = {"lever": choice(t("What do you want to change?"), titles)}
        inputs["call_split"] = choice(lever_title("call_split", lang), splits)
        for name in NUMBERS:
            inputs[name] = lever_box(name, getattr(start, name), lang, currency)
        for name, widget in inputs.items():
            widget.add_class(f"sk-{name}")
        self._usual = values({name: inputs[name] for name in LEVERS})
        inputs["lever"].observe(lambda _: self._show_lever(), "value")
        return inputs

    def _make_parts(self) -> None:
        super()._make_parts()
        self.run_button.description = self.t("Play the quarter")
        self.again_button.description = self.t("Try another decision")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        t, inputs = self.t, self._settings
        self._show_lever()
        return [
            self._top(title, intro),
            heading(t("1. Decide")),
            row(inputs["lever"]),
            self.hint,
            row(*(inputs[name] for name in LEVERS)),
            heading(t("2. Predict")),
            row(*self._predict.values()),
            row(self.predict_button),
            heading(t("3. Play and compare")),
            row(self.run_button, self.stop_button, self.again_button, self.progress),
            self.status,
            self.alarm,
            self.chart,
            self.tried,
        ]

    def _show_lever(self) -> None:
        """Show the input of the lever that is chosen, and what it means."""
        chosen = self._settings["lever"].value
        for name in LEVERS:
            self._settings[name].layout.display = None if name == chosen else "none"
        self.hint.value = f"<p>{html.escape(hints(self.scenario, self.lang)[chosen])}</p>"

    def _refresh(self) -> None:
        super()._refresh()
        if self.prediction is not None:
            for widget in self._settings.values():
                widget.disabled = True
        if self.result is not None:
            self.run_button.disabled = True
            self.run_button.button_style = ""
        self.again_button.button_style = "primary" if self.result is not None else ""

    # --- playing

    def _changes(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the levers that differ from the usual, with their new values."""
        lever = settings["lever"]
        entered = settings[lever]
        if entered == self._usual[lever]:
            return {}
        split = lever == "call_split"
        return {lever: SPLITS[entered] if split else lever_value(lever, entered)}

    def _play(self, job: Job, settings: dict) -> Trial:
        return try_out(
            self.scenario,
            self._changes(settings),
            seed=self.seed,
            others=self.others,
            tell=job.tell,
        )

    def _tell(self, trial: Trial, prediction: dict) -> str:
        lever = self._settings["lever"].value
        tried = [lever, *(one["lever"] for one in self.tries)]
        return result_html(trial, prediction, self._words(lever), tried, self.scenario, self.lang)

    def _finish(self, result: Trial) -> None:
        super()._finish(result)
        lever = self._settings["lever"].value
        share, money = result.main.effect()
        predicted = self.prediction or {}
        one = {
            "lever": lever,
            "entered": self._settings[lever].value,
            "predicted": predicted["revenue"],
            "pays": predicted["pays"],
            "revenue_share": share,
            "contribution": money,
        }
        self.tries += [one] if one not in self.tries else []
        self._save(self.prediction)
        self._show_tries()

    def _words(self, lever: str, entered: Any = None) -> str:
        entered = self._settings[lever].value if entered is None else entered
        if lever != "call_split":
            return lever_text(lever, entered, self.lang, self.scenario.currency)
        names = {value: text for text, value in self._settings["call_split"].options}
        title, chosen = lever_title(lever, self.lang), str(names.get(entered, entered))
        return self.t("{lever}: {choice}").format(lever=title, choice=chosen)

    def _show_tries(self) -> None:
        words = [self._words(one["lever"], one["entered"]) for one in self.tries]
        self.tried.value = tries_html(self.tries, words, self.scenario, self.lang)

    # --- on disk

    def _kept(self, prediction: dict | None) -> dict[str, Any]:
        return {**super()._kept(prediction), "tries": self.tries}

    def _take_back(self, kept: dict[str, Any]) -> None:
        super()._take_back(kept)
        tries = kept.get("tries")
        self.tries = [one for one in tries if _is_try(one)] if isinstance(tries, list) else []
        self._show_tries()


def _is_try(one: object) -> bool:
    """Whether this is a try as this version of the screen keeps it."""
    if not isinstance(one, dict) or set(one) != TRIED or one["lever"] not in LEVERS:
        return False
    measured = ["predicted", "revenue_share", "contribution"]
    if one["lever"] != "call_split":
        measured.append("entered")
    elif one["entered"] not in [*SPLITS]:
        return False
    return all(isinstance(one[name], (int, float)) for name in measured)


def _predictions(t: Translate) -> dict[str, W.ValueWidget]:
    revenue = t("Because of my decision, revenue of the quarter changes by")
    pays = {t("it pays off"): True, t("it costs more than it brings"): False}
    asked = choice(t("After all costs"), pays, buttons=True).add_class("sk-pays")
    asked.value = None  # nobody's guess is made for them
    gain = number_box(revenue, 0.0, -50.0, 50.0, unit="%", step=0.5).add_class("sk-gain")
    return {"revenue": gain, "pays": asked}


def worth_of(
    scenario: str = DEFAULT,
    *,
    weeks: int = QUARTER,
    seed: int = 1,
    lang: str | None = None,
    **changes: Any,
) -> "pd.DataFrame":
    """Return what changes of levers are worth over `weeks` weeks, as a table to read.

    Names and units of the levers are those of `simkit.region.decision.Decision`; shares are shares,
    not per cent: ``worth_of(price=0.97, coaching_hours=1)``.
    """
    lang = lang or default_language()
    found = load_scenario(scenario)
    return worth_table(play_twice(found, changes, weeks, seed), found, lang)
