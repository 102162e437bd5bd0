"""My practice: how each card went, best beside latest, what is weakest, and what is due when."""

from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.job import Redraw
from simkit.screens.objections_page import Page
from simkit.screens.objections_progress_view import (
    behaviours_html,
    cards_html,
    chart_of,
    pair_html,
    summary_html,
)
from simkit.screens.objections_renewal import RenewalPage, read_renewals
from simkit.screens.parts import choice, heading, row
from simkit.training.practice import History, Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

EVERYBODY = "\0"
"""Chosen for the attempts of all who practise here; nobody can type such a name."""


class ProgressPage(Page):
    """What a person has practised so far, and what comes next."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self._shown: object = None
        self.renewals = read_renewals()[0]
        self._names: list[str] = []
        self.summary, self.cards, self.behaviours, self.pair = (W.HTML() for _ in range(4))
        self.chart = W.HTML()
        self.redraw = Redraw(app.safely(self._draw))
        self.who = choice(t("Whose practice"), {t("everybody"): EVERYBODY}).add_class("sk-whose")
        self.who.observe(app.safely(lambda _: self._display()), "value")
        self.card = choice(t("Look closer at a card"), {"–": ""}).add_class("sk-closer")
        self.card.observe(app.safely(lambda _: self._show_pair()), "value")
        for box in (self.who, self.card):
            box.observe(app.safely(lambda _: app.keep()), "value")
        self.start = self.button(t("Practise what comes next"), self._start, "practise-next")
        self.start.button_style = "primary"
        self.again = self.button(t("Practise this card"), self._practise, "practise-this")
        self.view.children = self._lay_out()

    def _lay_out(self) -> list[W.Widget]:
        t = self.t
        self.rest = W.VBox(
            [
                heading(t("Cards")), self.cards, row(self.card), self.pair, row(self.again),
                heading(t("The eight behaviours lately")), self.behaviours,
                heading(t("Points over time")), self.chart,
            ]
        )  # fmt: skip
        return [row(self.who), self.summary, row(self.start), self.rest]

    # --- what the practice uses

    def show(self) -> None:
        """Show what was practised meanwhile, of the person who practises."""
        names = sorted({each.who for each in self.practice.attempts} | {self.app.who})
        if names != self._names:
            self._names = names
            labels = {name or self.t("without a name"): name for name in names}
            self.who.options = [*labels.items(), (self.t("everybody"), EVERYBODY)]
            self.who.value = self.app.who
        self._display()

    @property
    def history(self) -> History:
        """The attempts of whoever is chosen, with the points that count."""
        name = self.who.value
        return self.practice.history(None if name in (EVERYBODY, None) else name)

    # --- what is shown

    def _display(self) -> None:
        history, deck, rubric = self.history, self.app.deck, self.app.rubric
        found = history.next_card(self.app.cards, rubric=rubric)
        self._next = found.card if found else ""
        self.summary.value = summary_html(history, deck, rubric, found, self.lang)
        self.rest.layout.display = None if history.attempts else "none"
        self.start.disabled = not self._next
        if self._shown != history:
            self._shown = history
            self.cards.value = cards_html(history, self._named, self.lang)
            self.behaviours.value = behaviours_html(history, rubric, self.lang)
            self._offer_cards(history)
            self.redraw.ask()

    def _named(self, card: str) -> str:
        """Return what a card or a contract is called; one no longer there by its id."""
        found = self.renewals.get(card)
        return found.name.in_(self.lang) if found else self.app.deck.named(card, self.lang)

    def _offer_cards(self, history: History) -> None:
        before = self.card.value
        tried = [each.card for each in history.cards()]
        self.card.options = [(self._named(name), name) for name in tried]
        self.card.value = before if before in tried else next(iter(tried), None)
        self._show_pair()

    def _show_pair(self) -> None:
        name = self.card.value
        self.pair.value = pair_html(self.history, name, self.app.rubric, self.lang) if name else ""
        known = name in self.app.cards or name in self.renewals
        self.again.layout.display = None if known else "none"

    def _draw(self) -> None:
        """Draw the chart; in a thread, because a picture takes its time."""
        history = self.history
        self.chart.value = chart_of(history, self.lang)

    # --- what the buttons do

    def _start(self) -> None:
        self._open(self._next)

    def _practise(self) -> None:
        self._open(str(self.card.value))

    def _open(self, card: str) -> None:
        if card in self.renewals:
            page = self.app.open("renewal")
            assert isinstance(page, RenewalPage)
            page.take(card)
            return
        self.app.take(card)
        self.app.open("write")

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return whose practice and which card is looked at."""
        return {"who": self.who.value, "card": self.card.value}

    def restore(self, kept: dict[str, Any]) -> None:
        """Look at the same again."""
        self.show()
        self.who.value = kept["who"]
        self.card.value = kept["card"]
