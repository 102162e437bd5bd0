"""Choose the better answer: a model answer among tempting slips, then a word on every one."""

import html
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.objections import ModelAnswer, Slip
from simkit.screens.objections_brief import brief_html, concern_html
from simkit.screens.objections_cards import mistake_names, shuffled, style_names
from simkit.screens.objections_page import CardPage
from simkit.screens.parts import landing, row
from simkit.training.practice import Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

LETTERS = "ABC"
SLIPS = 2
"""Slips among which the model answer stands."""


class ChoosePage(CardPage):
    """A card, two or three answers, and what each of them would do."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self.round, self.chosen, self.begun = 0, "", 0.0
        self.options: list[ModelAnswer | Slip] = []
        self.brief, self.behind = W.HTML(), W.HTML()
        self.verdict = landing().add_class("sk-outcome")
        self.texts = [W.HTML() for _ in LETTERS]
        self.buttons = [
            self.button(t("I would say {letter}").format(letter=letter),
                        lambda letter=letter: self._pick(letter), f"pick-{letter}")
            for letter in LETTERS
        ]  # fmt: skip
        pairs = zip(self.texts, self.buttons, strict=True)
        self.boxes = [W.VBox([text, row(button)]).add_class("sk-card") for text, button in pairs]
        self.again = self.button(t("Other answers to the same card"), self._again, "again")
        self.onward = self.button(t("Next card"), app.next_card, "next-card")
        self.after = row(self.again, self.onward)
        answers = W.VBox(self.boxes).add_class("sk-answers")
        self.view.children = [self.brief, answers, self.verdict, self.behind, self.after]

    def take(self, card_id: str) -> None:
        """Show the answers of a card."""
        super().take(card_id)
        done = [a for a in self.practice.attempts if (a.card, a.mode) == (card_id, "choose")]
        self._offer(len(done))

    def _offer(self, number: int) -> None:
        """Show the answers of a round; every round has others, as far as the card has any."""
        self.round, self.chosen, self.begun = number, "", self.app.clock()
        card = self.objection
        # Good answers are longer: the shortest beside the longest slips says least by its length.
        good = sorted(card.answers, key=self._length)[number % len(card.answers)]
        slips = sorted(card.slips, key=self._length, reverse=True)
        first = number * SLIPS % len(slips)
        bad = [*slips, *slips][first : first + SLIPS]
        self.options = shuffled([good, *bad], self.card_id, number)
        self._display()

    def _length(self, option: ModelAnswer | Slip) -> int:
        return len(option.text.in_(self.lang))

    def _display(self) -> None:
        self.brief.value = brief_html(self.objection, self.lang)
        for place, box in enumerate(self.boxes):
            there = place < len(self.options)
            box.layout.display = None if there else "none"
            self.texts[place].value = self._answer_html(place) if there else ""
            self.buttons[place].layout.display = "none" if self.chosen else None
        self.verdict.value, self.behind.value = self._verdict(), ""
        self.verdict.layout.display = None if self.chosen else "none"
        if self.chosen:
            self.behind.value = concern_html(self.objection, self.lang)
        self.after.layout.display = None if self.chosen else "none"
        self.onward.button_style = "primary"

    def _answer_html(self, place: int) -> str:
        option, letter = self.options[place], LETTERS[place]
        text = html.escape(option.text.in_(self.lang))
        said = f'<p><b>{letter}</b></p><p class="sk-answer">{text}</p>'
        return said + (self._comment_html(option, letter) if self.chosen else "")

    def _comment_html(self, option: ModelAnswer | Slip, letter: str) -> str:
        t = self.t
        if isinstance(option, Slip):
            kind = t("A slip: {mistake}").format(mistake=mistake_names(t)[option.mistake])
        else:
            kind = t("A good answer, {style}").format(style=style_names(t)[option.style])
        own = t("Your choice") if letter == self.chosen else ""
        head = " · ".join(filter(None, [own, kind]))
        good = "" if isinstance(option, Slip) else " sk-good"
        comment = html.escape(option.comment.in_(self.lang))
        return f'<div class="sk-comment{good}"><b>{html.escape(head)}</b><br>{comment}</div>'

    def _verdict(self) -> str:
        if not self.chosen:
            return ""
        said = self.t("You chose the good answer.")
        if not self._right:
            letter = next(
                LETTERS[n] for n, each in enumerate(self.options) if isinstance(each, ModelAnswer)
            )
            said = self.t("Tempting, but {letter} is the better answer.").format(letter=letter)
        return said

    @property
    def _right(self) -> bool:
        return isinstance(self.options[LETTERS.index(self.chosen)], ModelAnswer)

    # --- what the buttons do

    def _pick(self, letter: str) -> None:
        if self.chosen or LETTERS.index(letter) >= len(self.options):
            return
        self.chosen = letter
        picked = self.options[LETTERS.index(letter)]
        style = picked.mistake if isinstance(picked, Slip) else picked.style
        tried = self.app.attempt(
            "choose",
            self.card_id,
            answer=picked.text.in_(self.lang),
            seconds=self.app.clock() - self.begun,
            won=self._right,
            moves=(style,),
        )
        said = self.t("Your choice is stored; a comment now stands under every answer.")
        self.app.store(tried, said)
        self._display()
        self.verdict.focus()

    def _again(self) -> None:
        self._offer(self.round + 1)
        self.app.keep()
        self.buttons[0].focus()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the card, the round, and the choice."""
        return {"card": self.card_id, "round": self.round, "chosen": self.chosen}

    def restore(self, kept: dict[str, Any]) -> None:
        """Show the round as it was left."""
        if kept["card"] in self.app.deck.cards and kept["card"] == self.app.card_id:
            self.card_id = kept["card"]
            self._offer(int(kept["round"]))
            self.chosen = kept["chosen"] if kept["chosen"] in LETTERS[: len(self.options)] else ""
            self._display()
