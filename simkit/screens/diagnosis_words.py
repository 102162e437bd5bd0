"""What the views of the diagnosis tools share: names, amounts, choices, the form of a view."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.facts import YEAR, Facts, Span
from simkit.kpi.weekly import FIGURES
from simkit.kpi.weekly import REGION as WHOLE
from simkit.region.news import REGION
from simkit.screens.charts import chart_html
from simkit.screens.drill_words import Room, paragraph, sentences
from simkit.screens.levers import PERCENT, amount_text, unit_text
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DASH = "–"


@dataclass(frozen=True)
class Words:
    """Names and amounts in the language of a room."""

    room: Room
    facts: Facts

    @property
    def t(self) -> Translate:
        """Translates the texts of the screens."""
        return self.room.t

    @property
    def lang(self) -> str:
        """The language."""
        return self.room.lang

    def place(self, name: str) -> str:
        """Return what a place or a rep is called."""
        if name == WHOLE:
            return REGION.in_(self.lang)
        scenario, named = self.room.scenario, self.room.report.names
        known = dict(named)
        known |= {each.id: each.name for each in scenario.territories}
        known |= {each.id: each.name for each in scenario.reps}
        return known[name].in_(self.lang) if name in known else name

    def customer(self, name: str) -> str:
        """Return what a customer is called; those without a name have a place and a number."""
        known = {c.id: c.name.in_(self.lang) for c in self.room.scenario.customers.named}
        place, _, number = name.rpartition("-")
        if name in known or place not in [each.id for each in self.room.scenario.territories]:
            return known.get(name, name)
        t, new = self.t, number.startswith("new")
        text = t("{place}, new customer {number}") if new else t("{place}, customer {number}")
        return text.format(place=self.place(place), number=number.removeprefix("new").lstrip("0"))

    def figure(self, name: str, unit: bool = False) -> str:
        """Return what a weekly figure is called, with its unit if wanted."""
        title = FIGURES[name].title.in_(self.lang)
        return f"{title} ({self.unit(FIGURES[name].unit)})" if unit else title

    def unit(self, unit: str) -> str:
        """Return a unit of a weekly figure in words."""
        t = self.t
        words = {
            "orders": t("orders"),
            "leads": t("leads"),
            "deals": t("deals"),
            "contracts": t("contracts"),
            "quotes": t("quotes"),
            "x deliveries": t("% of deliveries"),
        }
        return words.get(unit) or unit_text(unit, self.lang, self.room.scenario.currency)

    def amount(self, value: float | None, unit: str, signed: bool = False) -> str:
        """Return an amount without its unit; a dash where there is none."""
        if value is None or value != value:
            return DASH
        unit = "share" if unit == "x deliveries" else unit
        return amount_text(float(value), unit, self.lang, signed=signed)

    def money(self, value: float | None, signed: bool = False) -> str:
        """Return an amount of money without its unit."""
        return self.amount(value, "money", signed)

    def share(self, value: float | None, signed: bool = False) -> str:
        """Return a share in per cent, with the sign of it."""
        text = self.amount(value, "share", signed)
        return text if text == DASH else f"{text} %"

    def number(self, value: float | None, signed: bool = False) -> str:
        """Return a number with one decimal at most."""
        return DASH if value is None else self.amount(round(value, 1), "", signed)

    def sentences(self, said: Iterable[str]) -> str:
        """Return sentences one after another."""
        return sentences(said, self.lang)

    def caption(self, title: str, said: str) -> str:
        """Return what a chart is, and what is to be seen on it."""
        return self.t("{title}: {text}").format(title=title, text=said)

    def compared(self, span: Span, now: Span) -> str:
        """Return which weeks a period is compared with."""
        if span.first == now.first - YEAR:
            return self.t("the same weeks a year ago")
        return self.weeks(span)

    def weeks(self, span: Span) -> str:
        """Return which weeks a period is; week 1 is the first one of the drill."""
        if span.weeks == 1:
            return self.t("week {week}").format(week=span.first + 1)
        text = self.t("weeks {first} to {last}")
        first, last = (f"{week + 1}".replace("-", "−") for week in (span.first, span.last))
        return text.format(first=first, last=last)


def scale_of(unit: str) -> float:
    """Return what a figure is multiplied with on charts: shares are drawn in per cent."""
    return 100.0 if unit in (*PERCENT, "x deliveries") else 1.0


def view_html(
    words: Words,
    said: Iterable[str],
    figure: "Figure",
    alt: str,
    table: "pd.DataFrame",
    notes: Iterable[str] = (),
    more: str = "",
) -> str:
    """Return a view: what is to be seen in words, the chart with its table, notes, and `more`."""
    sentence = words.sentences(said)
    small = "".join(f"<p><small>{html.escape(note)}</small></p>" for note in notes)
    picture = chart_html(figure, alt, table, words.lang)
    return f"{_strong(sentence)}{picture}{small}{more}"


def _strong(text: str) -> str:
    return f"<p><strong>{html.escape(text)}</strong></p>"


def said_html(text: str) -> str:
    """Return a view that is only words: why there is nothing to show."""
    return paragraph(text)


@dataclass(frozen=True)
class ToolOption:
    """Something to choose before a tool is used: texts and the values that they stand for."""

    name: str
    label: str
    choices: Mapping[str, Any]
    value: Any
    """What is chosen at first."""

    def chosen(self, options: Mapping[str, Any]) -> Any:
        """Return what is chosen in `options`; what cannot be chosen counts as not chosen."""
        value = options.get(self.name, self.value)
        return value if value in self.choices.values() else self.value
