"""Which card is practised: the recommended one with the reason, or one's own choice."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import level_names
from simkit.screens.objections_cards import Deck, family_names, trade_names
from simkit.screens.parts import action_button, choice, row, text_box
from simkit.screens.texts import translator

Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


class Picker:
    """The choice of a card; `take(card_id)` is called with what is chosen."""

    def __init__(self, deck: Deck, lang: str, safely: Safely, take: Callable[[str], None]) -> None:
        self.deck, self.lang, self.t, self._take = deck, lang, translator(lang), take
        self.recommended = ""
        self._filling = False
        t = self.t
        self.advice = W.HTML()
        self.next_button = action_button(t("Take the recommended card"), safely(self._take_next))
        self.next_button.add_class("sk-take-next")
        every = {t("all"): ""}
        self.family = choice(t("Family"), every | _turned(family_names(t)), "")
        self.trade = choice(t("Trade"), every | _turned(trade_names(t)), "")
        self.level = choice(t("Difficulty"), every | _turned(level_names(t)), "")
        self.cards = choice(t("Card"), self._matching()).add_class("sk-pick-card")
        self.none = W.HTML()
        self.who = text_box(t("Your name (if several people practise here)"))
        self.who.add_class("sk-who")
        for box in (self.family, self.trade, self.level):
            box.observe(safely(lambda _: self._filter()), "value")
            box.add_class("sk-filter")
        self.cards.observe(safely(lambda change: self._picked(change.new)), "value")
        self.view = W.VBox(self._lay_out()).add_class("sk-picker")

    def _lay_out(self) -> list[W.Widget]:
        return [
            self.advice,
            row(self.next_button),
            row(self.family, self.trade, self.level),
            row(self.cards),
            self.none,
            row(self.who),
        ]

    def advise(self, card_id: str, reason: str) -> None:
        """Show which card is recommended, and why."""
        self.recommended = card_id
        title = html.escape(self.t("Recommended next:"))
        name = html.escape(self.deck.named(card_id, self.lang))
        space = " " * (self.lang == "en")
        told = f"{title}{space}<b>{name}</b><br>{html.escape(reason)}"
        self.advice.value = f'<p class="sk-goal">{told}</p>' if card_id else ""
        self._mark()

    def show(self, card_id: str) -> None:
        """Show which card is taken; a card that the filters hide opens them."""
        self._filling = True
        if card_id not in [value for _, value in self.cards.options]:
            for box in (self.family, self.trade, self.level):
                box.value = ""
            self.cards.options = list(self._matching().items())
        self.cards.value = card_id if card_id in self.deck.cards else None
        self._filling = False
        self._mark()

    def _mark(self) -> None:
        taken = self.recommended in ("", self.cards.value)
        self.next_button.layout.display = "none" if taken else None

    def _matching(self) -> dict[str, str]:
        """Return the cards that pass the filters, from what the list shows to the id."""
        found: dict[str, str] = {}
        families, trades, levels = family_names(self.t), trade_names(self.t), level_names(self.t)
        for card_id, card in self.deck.cards.items():
            one = card.objection
            wanted = {box.value for box in (self.family, self.trade, self.level)} - {""}
            if wanted <= {one.family, one.trade, one.difficulty}:
                about = [families[one.family], trades[one.trade], levels[one.difficulty]]
                comma = "，" if self.lang == "zh" else ", "
                label = self.t("{name} ({about})")
                label = label.format(name=card.name.in_(self.lang), about=comma.join(about))
                found[label if label not in found else f"{label} [{card_id}]"] = card_id
        return found

    def _filter(self) -> None:
        if self._filling:
            return
        matching, before = self._matching(), self.cards.value
        none = self.t("No card has all of this; choose something else.")
        self.none.value = "" if matching else f"<p>{html.escape(none)}</p>"
        self._filling = True
        self.cards.options = list(matching.items())
        kept = before if before in matching.values() else next(iter(matching.values()), None)
        self.cards.value = kept
        self._filling = False
        self._picked(kept)

    def _picked(self, card_id: str | None) -> None:
        if card_id and not self._filling:
            self._take(card_id)
            self._mark()

    def _take_next(self) -> None:
        self._take(self.recommended)


def _turned(names: dict[str, str]) -> dict[str, str]:
    return {name: key for key, name in names.items()}
