"""The words of a debrief: weeks, money, changes, and what explains a number."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simkit.kpi.catalogue import KPIS
from simkit.region.decision import Decision
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.record import Text
from simkit.screens.levers import PERCENT, lever_title, unit_text
from simkit.screens.run_report import shown
from simkit.screens.texts import Translate, translator
from simkit.study.changes import Change
from simkit.training.debrief.debrief import Debrief
from simkit.training.debrief.explained import GAME, Explained, Filter, Term
from simkit.training.debrief.response import PLAYER
from simkit.training.debrief.worth import NO_ACTION, Differing
from simkit.training.target_debrief.debrief import TargetDebrief
from simkit.training.target_debrief.worlds import ANNOUNCED, REFERENCE, UNCHANGED

DASH = "–"
COUNTED_FROM_0 = ("from_week", "to_week", "drift_began", "drift_found")
"""Values that are weeks, which people count from 1."""


@dataclass(frozen=True)
class Grid:
    """A table: the first cell of each row is its header."""

    caption: str
    heads: list[str]
    rows: list["Row"]
    folded: bool = False
    """Whether only the caption is shown until somebody asks for more."""

    @cached_property
    def wordy(self) -> list[bool]:
        """For each column whether it holds words, which stand at the left, or numbers."""
        return [any(map(_is_wordy, column)) for column in zip(*self.rows, strict=True)]


@dataclass(frozen=True)
class Why:
    """What explains a number: the formula in words, and tables of what it is made of."""

    formula: str
    grids: list[Grid]


@dataclass(frozen=True)
class Cell:
    """A number as text, with what explains it."""

    text: str
    why: Why | None = None


Row = list[Cell | str | list[str]]
"""Cells of a table: numbers, text, or several texts below each other."""


def _is_wordy(cell: Cell | str | list[str]) -> bool:
    if isinstance(cell, Cell):
        return False
    text = cell if isinstance(cell, str) else "".join(cell)
    digits, letters = sum(c.isdigit() for c in text), sum(c.isalpha() for c in text)
    return letters > digits


class Words:
    """What the parts of a debrief share: it, its language, names and amounts."""

    def __init__(self, debrief: Debrief | TargetDebrief, lang: str) -> None:
        self.debrief: Any = debrief
        self.lang = lang
        self.t: Translate = translator(lang)
        self.currency = unit_text("money", lang, debrief.currency)

    # Single words

    def text(self, text: Text | None) -> str:
        """Return a text of the scenario; nothing for none."""
        return text.in_(self.lang) if text else ""

    def week(self, week: int | None) -> str:
        """Return a week as people count: the first one is 1."""
        return DASH if week is None else self.t("Week {week}").format(week=week + 1)

    def name(self, key: str) -> str:
        """Return what an id stands for."""
        known = self.debrief.names
        if key in known:
            return known[key].in_(self.lang)
        return lever_title(key, self.lang) if key in Decision.model_fields else key

    def money(self, value: float | None, signed: bool = False) -> str:
        """Return money to the unit: what a person may check against the events."""
        if value is None or value != value:
            return DASH
        text = f"{abs(value):,.0f}"
        nothing = not any(digit in text for digit in "123456789")
        return ("" if nothing else "−" if value < 0 else "+" if signed else "") + text

    def amount(self, value: float, unit: str) -> str:
        """Return a number in its unit, without the unit's name."""
        if unit == "money":
            return self.money(value)
        if unit in PERCENT:
            return f"{100.0 * value:,.1f} %"
        return f"{value:,.1f} %" if unit == "%" else f"{value:,.3g}"

    def kpi(self, name: str) -> str:
        """Return what a KPI is called, with its unit."""
        kpi = KPIS[name]
        return (
            f"{kpi.title.in_(self.lang)} ({unit_text(kpi.unit, self.lang, self.debrief.currency)})"
        )

    def kpi_value(self, name: str, value: float) -> str:
        """Return the value of a KPI."""
        return shown(value, KPIS[name])

    # Changes

    def change(self, change: Change) -> str:
        """Return a change of a decision in words."""
        lever, key = change.path[0], change.path[1:]
        if lever == "answers":
            said = self.t("{name}: asked for") if change.after else self.t("{name}: no longer")
            return said.format(name=self.name(key[0]))
        title = lever_title(change.lever, self.lang)
        if key:
            title = f"{title} · {self.name(key[0])}"
        return (
            f"{title}: {self._value(change, change.before)} → {self._value(change, change.after)}"
        )

    def _value(self, change: Change, value: Any) -> str:
        if value is None:
            return self.t("as usual")
        if isinstance(value, bool):
            return self.t("yes") if value else self.t("no")
        if isinstance(value, CallSplit):
            return " / ".join(f"{100 * share:.0f}" for share in dict(value).values()) + " %"
        if isinstance(value, int | float):
            return f"{value:,.6g}"
        if isinstance(value, str):
            return self.name(value)
        if isinstance(value, tuple):
            return "、".join(map(self.name, value)) if self.lang == "zh" else ", ".join(value)
        return self.t("another one") if value == change.after else self.t("the former one")

    def changes(self, changes: tuple[Change, ...]) -> str:
        """Return all changes of a week in words."""
        return "; ".join(map(self.change, changes)) or DASH

    def change_list(self, changes: tuple[Change, ...]) -> list[str]:
        """Return all changes of a week in words, one by one."""
        return [self.change(change) for change in changes]

    # Explanations

    def explained(
        self, number: Explained | None, text: str, differing: tuple[Differing, ...] = ()
    ) -> Cell:
        """Return a number as text with what is behind it."""
        if number is None:
            return Cell(DASH)
        grids = [*self._terms(number.terms), *self._values(number)]
        grids += self._differing(differing)
        return Cell(text, Why(self.text(number.formula), grids))

    def money_cell(
        self, number: Explained, signed: bool = True, differing: tuple[Differing, ...] = ()
    ) -> Cell:
        """Return an amount of money with what is behind it."""
        return self.explained(number, self.money(number.value, signed), differing)

    def _terms(self, terms: tuple[Term, ...]) -> list[Grid]:
        if not terms:
            return []
        t = self.t
        heads = [t("What"), t("Run"), t("Events"), t("Number of events"), t("Sum")]
        rows: list[Row] = [
            [
                self.text(term.name),
                self.run(term.run),
                self._filter(term.filter),
                f"{term.count:,}",
                self.money(term.sign * term.total, signed=True),
            ]
            for term in terms
        ]
        return [Grid(t("Rows of the event table that are added up"), heads, rows)]

    def run(self, run: str) -> str:
        """Return which run a term belongs to."""
        if run == GAME:
            return self.t("as played")
        known = {
            NO_ACTION: self.t("without any action"),
            REFERENCE: self.t("under the reference plan"),
            UNCHANGED: self.t("without recalibration"),
            ANNOUNCED: self.t("all targets simply announced"),
        }
        if run in known:
            return known[run]
        kind, _, name = run.partition(":")
        said = self.week(int(name)) if kind == "week" else self.name(name)
        return self.t("without: {what}").format(what=said)

    def _filter(self, chosen: Filter) -> str:
        weeks = f"{chosen.first + 1}–{chosen.last + 1}"
        details = [f"detail = {name}" for name in chosen.details]
        details += [f"detail ≠ {name}" for name in chosen.not_details]
        where = "; ".join([f"kind = {', '.join(chosen.kinds)}", *details])
        return self.t("{where}; weeks {weeks}").format(where=where, weeks=weeks)

    def _values(self, number: Explained) -> list[Grid]:
        if not number.values:
            return []
        rows: list[Row] = [
            [self.value_name(name), self._plain(value + (name in COUNTED_FROM_0))]
            for name, value in number.values
        ]
        return [Grid(self.t("What it is made of"), [self.t("What"), self.t("Value")], rows)]

    def _plain(self, value: float) -> str:
        return self.money(value) if abs(value) >= 1000 else f"{value:,.4g}"

    def value_name(self, name: str) -> str:
        """Return what a value of a formula is called."""
        kind, _, number = name.partition(" ")
        if kind == "seed":
            return self.t("World with seed {seed}").format(seed=number)
        if kind == "week":
            return self.week(int(number))
        return self.value_names[name]

    @cached_property
    def value_names(self) -> dict[str, str]:
        """Names of what formulas speak of."""
        t = self.t
        return {
            "realised": t("contribution of this game"),
            "typical": t("mean contribution in other worlds"),
            "gain": t("gain over no action"),
            "decision": t("mean gain over no action in other worlds"),
            "with_it": t("contribution with these options"),
            NO_ACTION: t("contribution without any action"),
            PLAYER: t("gain of your decisions"),
            "best_options": t("gain of the best options"),
            "part": t("so many"),
            "whole": t("of so many"),
            "from_week": t("a message read before week"),
            "to_week": t("first answer (or the end) in week"),
            "early": t("released before the first sign"),
            "there_was": t("reserve at the start"),
            "left_unused": t("reserve left while an answer found no money"),
            "lines": t("lines of the plan"),
            "for_what_came": t("lines for the risk that came"),
            "hit_rate": t("share of predictions that came true"),
            "confidence": t("stated confidence"),
            "judged": t("predictions that can be judged"),
            "chance_at_commit": t("chance at commit"),
            "said_chance": t("the chance you gave"),
            "worked_out": t("the chance worked out"),
            "mean_gain": t("mean gain over the reference plan in other worlds"),
            "usual": t("mean contribution of the reference plan there"),
            "trust_start": t("mean trust at the start"),
            "trust_end": t("mean trust at the end"),
            "mean_sales": t("mean sales in other worlds"),
            "target": t("target"),
            "drift_began": t("first week of the drift"),
            "drift_found": t("found before week"),
            "alarms": t("all alarms"),
            "mean_gain_of_actions": t("mean gain of your actions in other worlds"),
            "mean_harm": t("mean harm of the drift there"),
            "mean_without": t("mean contribution without action there"),
        }

    def _differing(self, events: tuple[Differing, ...]) -> list[Grid]:
        if not events:
            return []
        t = self.t
        heads = [t("Week"), t("Event"), t("Who"), t("as played"), t("without it")]
        rows: list[Row] = [
            [
                str(each.week + 1),
                " · ".join(filter(None, (each.kind, each.detail))),
                " · ".join(map(self.name, filter(None, (each.territory, each.rep, each.customer)))),
                self.money(each.amount),
                self.money(each.amount_without),
            ]
            for each in events
        ]
        return [Grid(t("Events that differ most between the two runs"), heads, rows)]
