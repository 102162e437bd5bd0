"""How far coaches and rules agree on the same answers, and what that allows to claim."""

import html
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi.agreement import Interval
from simkit.scenario.rubric import BEHAVIOURS, Rubric
from simkit.screens.drill_words import paragraph
from simkit.screens.job import Redraw
from simkit.screens.objections_coach_desk import Desk
from simkit.screens.parts import choice, row
from simkit.screens.texts import translator
from simkit.training.coaching_agreement import Agreement, Pair, agreement, figure, words


class AgreeDesk:
    """The figures of agreement, by pairs of those who scored, for the answers of a language."""

    def __init__(self, desk: Desk) -> None:
        self.desk, t = desk, desk.t
        languages = {t("English"): "en", t("Chinese"): "zh"}
        self.lang = choice(t("Answers in"), languages, desk.lang).add_class("sk-agree-in")
        self.lang.observe(desk.app.safely(lambda _: self.show()), "value")
        self.shown = W.HTML()
        self.redraw = Redraw(desk.app.safely(self._work_out))
        self.view = W.VBox([row(self.lang), self.shown])

    def show(self) -> None:
        """Work the figures out again; in a thread, because what they need takes long to load."""
        if not self.shown.value:
            self.shown.value = paragraph(self.desk.t("One moment …"))
        self.redraw.ask()

    def _work_out(self) -> None:
        found = agreement(self.desk.practice, str(self.lang.value), self.desk.rubric)
        self.shown.value = agreement_html(found, self.desk.rubric, self.desk.lang)

    def kept(self) -> dict[str, Any]:
        """Return the language that is looked at."""
        return {"lang": self.lang.value}

    def restore(self, kept: dict[str, Any]) -> None:
        """Look at the same again."""
        self.lang.value = kept["lang"]


def agreement_html(found: Agreement, rubric: Rubric, lang: str) -> str:
    """Return what the figures allow to claim, then the figures of every pair."""
    t = translator(lang)
    claims = "".join(f"<li>{html.escape(each.in_(lang))}</li>" for each in found.claims)
    title = html.escape(t("What these figures allow to claim"))
    counts = t("Answers that two coaches or more scored in full: {double}.")
    told = counts.format(double=found.double)
    if found.abstained:
        left = t("Answers that the scorer did not judge, and that are left out there: {count}.")
        told += " " * (lang == "en") + left.format(count=found.abstained)
    tables = "".join(_pair_html(pair, rubric, lang) for pair in (*found.coaches, *found.scorer))
    how = paragraph(_how(lang)) if tables else ""
    return f'<h4>{title}</h4><ul class="sk-claims">{claims}</ul>{paragraph(told)}{how}{tables}'


def _how(lang: str) -> str:
    t = translator(lang)
    return t(
        "Quadratically weighted kappa by behaviour, ICC(2,1) of the totals before any cap, each "
        "with its 95 % interval. 1 is full agreement; 0 is what chance alone would bring."
    )


def _pair_html(pair: Pair, rubric: Rubric, lang: str) -> str:
    """Return a row for each behaviour and one for the total."""
    t = translator(lang)
    first = t("The scorer") if pair.with_scorer else pair.first
    who = t("{first} and {second}").format(first=first, second=pair.second)
    heads = [t("Behaviour"), t("Agreement (95 % interval, n)"), t("In words")]
    head = "".join(f'<th scope="col" class="sk-words">{html.escape(text)}</th>' for text in heads)
    rows = "".join(
        _row_html(rubric.item(name).name.in_(lang), pair.items[name], lang) for name in BEHAVIOURS
    )
    rows += _row_html(t("Total (ICC)"), pair.total, lang, total=True)
    return (
        f'<h4>{html.escape(who)}</h4><div class="sk-table sk-behaviours" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row_html(name: str, found: Interval, lang: str, total: bool = False) -> str:
    called = words(found, total)
    t = translator(lang)
    said = called.in_(lang) if called else t("nothing is claimed")
    cells = "".join(
        f'<td class="sk-words">{html.escape(text)}</td>' for text in (figure(found).in_(lang), said)
    )
    return f'<tr><th scope="row">{html.escape(name)}</th>{cells}</tr>'
