"""A study of pay plans in one language and currency: what all parts of its result share."""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from simkit.screens.levers import amount_text, money_text, unit_text
from simkit.screens.pay_preview import Desk
from simkit.screens.pay_words import measure_names, plan_names, verdict_names
from simkit.screens.texts import translator
from simkit.study.intervals import Difference
from simkit.study.pay_plans import PayStudy

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("left", "calls")
"""Measures that are counted; all others are money."""


class View:
    """A study, its names, and its amounts as text."""

    def __init__(self, study: PayStudy, desk: Desk) -> None:
        self.study, self.lang, self.currency = study, desk.lang, desk.scenario.currency
        self.t = translator(desk.lang)
        self.money = unit_text("money", desk.lang, self.currency)
        self.names = plan_names(desk.file, desk.lang)
        self.measures = measure_names(desk.lang)
        self.new_weeks = desk.scenario.pay.new_weeks

    def cash(self, value: float, signed: bool = False) -> str:
        """Return money with its currency."""
        return money_text(value, self.lang, self.currency, signed=signed)

    def amount(self, value: float, measure: str, signed: bool = False) -> str:
        """Return the amount of a measure without its unit."""
        if measure not in HEADS:
            return amount_text(value, "money", self.lang, signed=signed)
        if value != value:
            return "–"
        text = f"{value:{'+' if signed else ''}.1f}".replace("-", "−")
        return text if text.strip("+−0.") else "0.0"

    def span(self, found: Difference, measure: str) -> str:
        """Return an interval as text."""
        low, high = (self.amount(v, measure, True) for v in (found.low, found.high))
        return self.t("{low} to {high}").format(low=low, high=high)

    def verdict(self, found: Difference) -> str:
        """Return what an interval allows to say."""
        return verdict_names(self.lang)[found.verdict]

    def differences(
        self,
        rows: Mapping[str, tuple[float, float, Difference]],
        measures: Mapping[str, str],
        other: str,
    ) -> "pd.DataFrame":
        """Return a table of own value, that of the plan `other`, and their difference."""
        t, shown = self.t, {}
        for title, (own, theirs, found) in rows.items():
            name = measures[title]
            amounts = [self.amount(own, name), self.amount(theirs, name)]
            amounts += [self.amount(found.mean, name, True), self.span(found, name)]
            shown[title] = [*amounts, self.verdict(found)]
        heads = [t("Your plan"), other, t("Difference"), t("95 % interval"), t("That is")]
        return table_of(shown, heads)


def table_of(rows: Mapping[str, Sequence[str]], heads: Sequence[str]) -> "pd.DataFrame":
    """Return rows of text as a table."""
    import pandas as pd

    return pd.DataFrame.from_dict(dict(rows), orient="index", columns=list(heads))


def titled(title: str, content: str) -> str:
    """Return a part of a page under its heading."""
    return f"<h3>{html.escape(title)}</h3>{content}"


def bullets(texts: Iterable[str]) -> str:
    """Return sentences as a list."""
    return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in texts) + "</ul>"
