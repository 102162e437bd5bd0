"""The link to a region: switched off at first, and a teaching assumption whenever it is on."""

import html
import os
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.library import load_scenario
from simkit.scenario.records import Scenario
from simkit.scenario.rubric import BEHAVIOURS
from simkit.screens.drill_words import paragraph
from simkit.screens.job import Job
from simkit.screens.objections_page import Page
from simkit.screens.objections_region_view import (
    direction_names,
    factors_html,
    link_html,
    warning_html,
)
from simkit.screens.parts import choice, heading, number_box, row, text_box, tick
from simkit.study.practice_link import LinkStudy, link_study, practised_effect
from simkit.training.practice import Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

SCENARIO = "workshop_region"
WORLDS = 16
MOST_PREDICTED = 10_000
MINE, FULL, NONE = "mine", "full", "none"


class RegionPage(Page):
    """What practised behaviours would do to a rep's deals, if one believes the assumption."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self.scenario: Scenario = load_scenario(SCENARIO)
        self.on = tick(t("Switch the link on, for this time")).add_class("sk-link-on")
        self.on.observe(app.safely(lambda _: self._display()), "value")
        self.body = W.VBox(self._body())
        self.view.children = [W.HTML(warning_html(lang)), row(self.on), self.body]
        self._display()

    def _body(self) -> list[W.Widget]:
        t = self.t
        self.factors, self.shown, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self._make_inputs()
        self.run = self.button(t("Play both, with and without"), self._run, "play-link")
        self.run.button_style = "primary"
        self.title = heading(t("The same customers, with and without"))
        told = t(
            "The same region is played twice with the same customers and the same luck: once as "
            "it is, once with the points of a rep who has practised."
        )
        return [
            W.HTML(paragraph(told)),
            row(self.whose, self.rep, self.worlds),
            self.factors,
            heading(t("Predict")),
            row(self.number, self.direction),
            self.complaint,
            row(self.run),
            W.VBox([self.title, self.shown]),
        ]

    def _make_inputs(self) -> None:
        t, lang = self.t, self.lang
        points = {
            t("mine, as they were lately"): MINE,
            t("what if: full points in everything"): FULL,
            t("what if: no points in anything"): NONE,
        }
        reps = {rep.name.in_(lang): rep.id for rep in self.scenario.reps}
        self.whose = choice(t("Points that go in"), points, MINE).add_class("sk-link-points")
        self.rep = choice(t("Rep who sells with them"), reps).add_class("sk-link-rep")
        self.worlds = number_box(t("Worlds"), WORLDS, 4, 64).add_class("sk-link-worlds")
        label = t("How many deals of the rep will end otherwise, in all worlds together?")
        self.number = text_box(label).add_class("sk-link-guess")
        names = {name: key for key, name in direction_names(t).items()}
        self.direction = choice(t("What the region earns will be"), {"–": ""} | names)
        self.direction.add_class("sk-link-direction")
        self.whose.observe(self.app.safely(lambda _: self._display()), "value")
        for box in (self.whose, self.rep, self.worlds, self.number, self.direction):
            box.observe(self.app.safely(lambda _: self.app.keep()), "value")

    # --- what the practice uses

    def show(self) -> None:
        """Take the points as they are by now."""
        self._display()

    def shares(self) -> dict[str, float]:
        """Return the share of each behaviour's points that goes in; nothing before the first."""
        if self.whose.value == MINE:
            return self.practice.history(self.app.who).shares()
        return dict.fromkeys(BEHAVIOURS, 1.0 if self.whose.value == FULL else 0.0)

    def _display(self) -> None:
        self.body.layout.display = None if self.on.value else "none"
        self.title.layout.display = None if self.shown.value else "none"
        shares = self.shares()
        self.run.disabled = not shares
        if shares:
            table = factors_html(shares, practised_effect(shares), self.app.rubric, self.lang)
            self.factors.value = table
        else:
            said = self.t("You have no points yet: write an answer first, or choose a what-if.")
            self.factors.value = f'<p class="sk-short">{html.escape(said)}</p>'

    # --- what the button does

    def _run(self) -> None:
        wrong = self._mistake()
        self.complaint.value = f'<div role="alert">{html.escape(wrong)}</div>' if wrong else ""
        if wrong:
            (self.number if self._guess() is None else self.direction).focus()
            return
        guess, direction = self._guess(), str(self.direction.value)
        rep, worlds = str(self.rep.value), int(self.worlds.value)
        factors, workers = practised_effect(self.shares()), min(2, os.cpu_count() or 1)

        def work(job: Job) -> tuple[LinkStudy, str]:
            found = link_study(self.scenario, rep, factors, worlds, workers, job.tell)
            return found, link_html(found, self.scenario, self.lang, guess or 0, direction)

        self.app.launch(work, self._finish)
        self.app.stop_button.focus()

    def _guess(self) -> int | None:
        text = str(self.number.value).strip()
        number = int(text) if text.isdecimal() and len(text) <= len(str(MOST_PREDICTED)) else None
        return number if number is not None and number <= MOST_PREDICTED else None

    def _mistake(self) -> str:
        if self._guess() is None:
            said = self.t("Predict a whole number of deals from 0 to {most} first.")
            return said.format(most=f"{MOST_PREDICTED:,}")
        return "" if self.direction.value else self.t("Predict what the region will earn, too.")

    def _finish(self, found: tuple[LinkStudy, str]) -> None:
        self.app.result, self.shown.value = found
        self._display()
        self.run.focus()  # the result stands below it

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return what is chosen and predicted; that the link is on is not kept."""
        boxes = ("whose", "rep", "worlds", "number", "direction")
        return {name: getattr(self, name).value for name in boxes}

    def restore(self, kept: dict[str, Any]) -> None:
        """Enter it again."""
        for name in self.kept():
            getattr(self, name).value = kept[name]
