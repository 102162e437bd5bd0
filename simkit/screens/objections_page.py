"""A page of the objection practice: what every page has, and what pages on a card have."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.objections import Objection, ObjectionCard
from simkit.screens.texts import translator
from simkit.training.practice import Practice, PracticeError

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice


class Page:
    """A page; subclasses fill `view` and override what they need.

    A page is made when it is first opened, and stays as it is while others are shown.
    """

    needs_card = False
    """Whether the choice of a card is shown above the page."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        self.practice, self.lang, self.app, self.t = practice, lang, app, translator(lang)
        self.view = W.VBox().add_class("sk-objection-page")

    def show(self) -> None:
        """Bring up to date what may have changed; called whenever the page is opened."""

    def kept(self) -> dict[str, Any]:
        """Return what is entered and not finished, as plain data; see `app.keep`."""
        return {}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back what an earlier session left; what does not fit any more may raise."""

    def button(self, text: str, on_click: Any, name: str) -> W.Button:
        """Return a button whose mistakes are told on the screen."""
        from simkit.screens.parts import action_button

        return action_button(text, self.app.safely(on_click)).add_class(f"sk-{name}")


class CardPage(Page):
    """A page on which one card is practised."""

    needs_card = True
    card_id = ""

    @property
    def busy(self) -> bool:
        """Whether an attempt is under way, so that the card must not change."""
        return False

    @property
    def card(self) -> ObjectionCard:
        """The card that is practised."""
        return self.app.deck.cards[self.card_id]

    @property
    def objection(self) -> Objection:
        """What is practised on it."""
        return self.card.objection

    def take(self, card_id: str) -> None:
        """Begin with a card, and show what a rep knows of it."""
        self.card_id = card_id

    def show(self) -> None:
        """Take the card that was chosen meanwhile, unless an attempt is under way."""
        if not self.busy and self.app.card_id and self.app.card_id != self.card_id:
            self.take(self.app.card_id)


def open_practice(file: Path, lang: str) -> tuple[Practice, str]:
    """Open a file of attempts; where it cannot be read, another one beside it, and say why."""
    try:
        return Practice(file), ""
    except PracticeError as error:
        unread = error.in_(lang)
    names = (file.with_stem(f"{file.stem}-{n}") for n in range(1, 10_000))
    return Practice(next(name for name in names if not name.exists())), unread
