"""Renewal: a contract ends; begin in time, show what it has brought, and propose a package."""

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.renewal_terms import Offer, money
from simkit.scenario.record import ScenarioError
from simkit.scenario.renewals import Renewal, RenewalCard, load_renewal, renewal_names
from simkit.screens.drill_words import paragraph
from simkit.screens.objections_cards import broken_html
from simkit.screens.objections_page import Page
from simkit.screens.objections_renewal_offer import OfferBoxes, plain
from simkit.screens.objections_renewal_view import (
    band_names,
    latest_turn_html,
    renewal_html,
    review_html,
    turns_html,
)
from simkit.screens.parts import choice, heading, landing, row
from simkit.training.practice import Practice
from simkit.training.renewal import RenewalTalk

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice


def read_renewals() -> tuple[dict[str, RenewalCard], dict[str, str]]:
    """Return the renewal cards by id, and what is wrong with the files that hold none."""
    cards, mistakes = dict[str, RenewalCard](), dict[str, str]()
    for name in renewal_names():
        try:
            cards[name] = load_renewal(name)
        except ScenarioError as error:
            mistakes[name] = str(error)
    return cards, mistakes


class RenewalPage(Page):
    """A contract to renew: a start and a prediction, then month by month, then the review."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self.cards, self.mistakes = read_renewals()
        self.talk: RenewalTalk | None = None
        self.offer: OfferBoxes | None = None
        self.spent, self.began = 0.0, app.clock()
        names: dict[str, object] = {}
        for name, card in self.cards.items():
            title = card.name.in_(lang)
            names[title if title not in names else f"{title} [{name}]"] = name
        self.card = choice(t("Contract to renew"), names or {"–": ""}).add_class("sk-contract")
        self.card.observe(app.safely(lambda _: self._picked()), "value")
        self.brief, self.latest, self.turns, self.review = (W.HTML() for _ in range(4))
        self.setup = W.VBox(self._setup_parts()).add_class("sk-predicting")
        self.acting, self.ended = W.VBox(), W.VBox(self._end_parts())
        self.values = W.VBox().add_class("sk-moves")
        self.propose = self.button(t("Propose this package"), self._propose, "propose")
        self.propose.button_style = "primary"
        self.leave = self.button(t("Let the contract end"), self._leave, "let-end")
        self.stop = self.button(t("Break off"), self._again, "break-off-renewal")
        broken = W.HTML(broken_html(self.mistakes, t))
        parts = [self.brief, self.setup, self.latest, self.acting, self.ended, self.turns]
        self.view.children = [broken, row(self.card), *parts]
        self._picked()

    def _setup_parts(self) -> list[W.Widget]:
        t = self.t
        self.start = choice(t("I begin, before the end of the contract"), {"–": 0})
        self.start.add_class("sk-renewal-start")
        label = t("Of the highest margin that can be reached I shall get")
        names = {name: key for key, name in band_names(t).items()}
        self.guess = choice(label, {"–": ""} | names).add_class("sk-renewal-guess")
        for box in (self.start, self.guess):
            box.observe(self.app.safely(lambda _: self.app.keep()), "value")
        self.complaint = W.HTML()
        self.begin = self.button(t("Begin the talk"), self._begin, "begin-renewal")
        self.begin.button_style = "primary"
        told = t(
            "Whatever you show or propose takes a month. Show what has been delivered before you "
            "talk about the price, and give nothing without something in return."
        )
        head = heading(t("Predict"))
        return [head, W.HTML(paragraph(told)), row(self.start, self.guess), self.complaint,
                row(self.begin)]  # fmt: skip

    def _end_parts(self) -> list[W.Widget]:
        self.title = landing(self.t("Review of the renewal"))
        self.again = self.button(self.t("The same contract once more"), self._again, "renew-again")
        self.again.button_style = "primary"
        return [self.title, self.review, row(self.again)]

    # --- what is shown

    @property
    def renewal(self) -> Renewal:
        """The contract that is renewed."""
        return self.cards[str(self.card.value)].renewal

    @property
    def busy(self) -> bool:
        """Whether a talk is under way, so that the contract must not change."""
        return bool(self.talk and not self.talk.over)

    def take(self, card: str) -> None:
        """Choose a contract, unless a talk is under way."""
        if not self.busy and card in self.cards:
            self.card.value = card

    def _picked(self) -> None:
        """Begin anew with the contract that is chosen."""
        if not self.card.value:
            self.setup.layout.display = "none"
            return
        self.talk = None
        t, months = self.t, self.renewal.contract.months_left
        label = {t("{months} months ahead").format(months=n): n for n in range(1, months + 1)}
        self.start.options = list(({"–": 0} | label).items())
        self.start.value, self.guess.value, self.complaint.value = 0, "", ""
        self._make_moves()
        self._display()

    def _make_moves(self) -> None:
        """Make the boxes and buttons that belong to a contract."""
        t, lang, safely = self.t, self.lang, self.app.safely
        self.offer = OfferBoxes(self.renewal, lang, safely, self.app.keep)
        self.shows = {each.id: self._show_button(each.id) for each in self.renewal.delivered}
        told = t("Show what was delivered")
        self.acting.children = [
            heading(told), self.values, heading(t("Or propose a package")), self.offer.view,
            row(self.propose, self.leave), row(self.stop),
        ]  # fmt: skip

    def _show_button(self, name: str) -> W.Button:
        each = next(each for each in self.renewal.delivered if each.id == name)
        text = self.t("Show: {what}").format(what=plain(each.text, self.lang))
        button = self.button(text, lambda: self._turn("show", name), "show-value")
        button.tooltip = money(each.worth).in_(self.lang)
        return button.add_class("sk-long")

    def _display(self) -> None:
        talk, lang = self.talk, self.lang
        turns = talk.turns if talk else []
        self.brief.value = renewal_html(self.renewal, lang)
        self.latest.value = latest_turn_html(self.renewal, turns, lang) or self._months_html()
        self.turns.value = turns_html(self.renewal, turns, lang)
        shown = talk.shown if talk else ()
        self.values.children = [row(b) for name, b in self.shows.items() if name not in shown]
        over = bool(talk and talk.over)
        for box, there in ((self.setup, not talk), (self.acting, self.busy), (self.ended, over)):
            box.layout.display = None if there else "none"
        self.card.disabled = self.busy
        if talk and over:
            self.review.value = review_html(talk, str(self.guess.value), lang)

    def _months_html(self) -> str:
        if not self.talk:
            return ""
        return paragraph(self.t("Months left: {months}").format(months=self.talk.months_left))

    # --- what the buttons do

    def _begin(self) -> None:
        missing = not self.start.value or not self.guess.value
        said = self.t("Choose when you begin, and predict what you will reach.")
        self.complaint.value = f'<div role="alert">{html.escape(said)}</div>' * missing
        if missing or self.talk:
            (self.guess if self.start.value else self.start).focus()
            return
        self.talk = RenewalTalk(self.cards[str(self.card.value)], int(self.start.value))
        self.spent, self.began = 0.0, self.app.clock()
        self.app.keep()
        self._display()
        self._stay()

    def _propose(self) -> None:
        if self.offer:
            self._turn("propose", self.offer.offer)

    def _leave(self) -> None:
        self._turn("leave", "")

    def _turn(self, name: str, what: str | Offer) -> None:
        """Make a turn; it is on the disk before it is shown, else it was not made."""
        talk = self.talk
        if talk is None or talk.over or what in talk.shown:  # half a double click
            return
        self.talk = RenewalTalk.replayed(talk.card, talk.start, [*talk.moves, (name, what)])
        try:
            self.app.keep()
        except OSError:
            self.talk = talk
            raise
        if self.talk.over:
            self._store(self.talk)
        self._display()
        if self.talk.over:
            self.title.focus()  # the button that was pressed is gone
        else:
            self._stay()

    def _stay(self) -> None:
        """Keep the focus among the moves: the button that was pressed may be gone."""
        shown = self.talk.shown if self.talk else ()
        left = [button for name, button in self.shows.items() if name not in shown]
        (left[0] if left else self.propose).focus()

    def _store(self, talk: RenewalTalk) -> None:
        moves = (f"start {talk.start}", *(name for name, _ in talk.moves))
        tried = self.app.attempt(
            "renewal",
            str(self.card.value),
            seconds=self.spent + self.app.clock() - self.began,
            won=talk.over == "renewed",
            moves=moves,
        )
        self.app.store(tried, self.t("The talk is over and stored. The review follows."))

    def _again(self) -> None:
        self._picked()
        self.app.keep()
        self.start.focus()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the contract, the prediction, the moves so far, and the package."""
        talk, spent = self.talk, self.spent + self.app.clock() - self.began
        mine = {"card": self.card.value, "start": self.start.value, "guess": self.guess.value}
        mine |= {"talk": talk is not None, "moves": [*map(_plain, talk.moves)] if talk else []}
        offer = self.offer.offer.as_dict() if self.offer else None
        return {**mine, "offer": offer, "spent": round(spent, 1)}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring a talk back as it was left, by making its moves again."""
        if kept["card"] not in self.cards:
            return
        self.card.value = kept["card"]
        self.start.value, self.guess.value = kept["start"], kept["guess"]
        if self.offer:
            self.offer.fill(Offer.of(kept["offer"]))
        if kept["talk"]:
            moves = [
                (str(name), Offer.of(what) if isinstance(what, dict) else str(what))
                for name, what in kept["moves"]
            ]
            card = self.cards[str(self.card.value)]
            self.talk = RenewalTalk.replayed(card, int(kept["start"]), moves)
            self.spent, self.began = float(kept["spent"]), self.app.clock()
        self._display()


def _plain(move: tuple[str, str | Offer]) -> list[Any]:
    name, what = move
    return [name, what.as_dict() if isinstance(what, Offer) else what]
