"""Objection cards: a buyer, what is said, what is behind it, what a rep may use; by trainers."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Block
from simkit.scenario.catalogue import find_named, names_in
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Mistakes, Record, Text

FOLDER = Path("objections")
Family = Literal["price", "need", "timing", "trust", "competitor", "authority"]
Trade = Literal["medical", "industrial", "consumer", "software"]
Difficulty = Literal["easy", "normal", "hard"]
FactKind = Literal["feature", "advantage", "benefit", "evidence"]
Style = Literal["consultative", "analytical", "story", "direct"]
Mistake = Literal[
    "argues", "discounts", "lectures", "vague", "pushes", "ignores", "overclaims", "blames"
]
FACT_KINDS: tuple[FactKind, ...] = ("feature", "advantage", "benefit", "evidence")
STEPS = ("situation", "pain", "impact", "value")
"""The questions of needs discovery in their order (Rackham 1988; 现状-痛点-影响-价值)."""
MODEL_SCORE = 10
"""What a model answer of a card must score of 16 by the kit's own rules (assumption)."""
Words = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]


class WordsOf(Record):
    """Words or beginnings of words by which a subject is recognised, in both languages."""

    en: Words
    zh: Words

    def in_(self, lang: str) -> tuple[str, ...]:
        """Return the words in `lang`, "en" or "zh"."""
        return self.en if lang == "en" else self.zh


class Buyer(Record):
    """Who speaks."""

    name: Text
    role: Text
    about: Text
    """What a rep would know before the call."""


class Question(Record):
    """An example of a good question, and what the buyer says to questions of this kind."""

    question: Text
    reply: Text


class Discovery(Record):
    """The four steps of needs discovery; the last reply brings the true concern out."""

    situation: Question
    pain: Question
    impact: Question
    value: Question


class Fact(Record):
    """Something true of the product or the supplier that the rep may use."""

    kind: FactKind
    text: Text


class Ladder(Record):
    """Three levels of answer, each stronger than the one before."""

    analogy: Text
    peer: Text
    trial: Text


class PriceTalk(Record):
    """A talk about price in three moves."""

    affirm: Text
    add: Text
    guide: Text


class ModelAnswer(Record):
    """A good answer in one style, and why it is good."""

    style: Style
    text: Text
    comment: Text


class Slip(Record):
    """An answer that looks tempting, and what it does to the buyer."""

    mistake: Mistake
    text: Text
    comment: Text


class Objection(Record):
    """What is practised: the buyer, the objection, and what lies behind it."""

    family: Family
    trade: Trade
    difficulty: Difficulty
    seconds: Annotated[int, Field(ge=30, le=600)]
    """Time to answer."""
    buyer: Buyer
    says: Text
    concern: Text
    """The true concern, which the spoken words hide."""
    need: Text
    """What the customer has said to need."""
    takes: Text
    """What it would take to win this buyer."""
    concern_words: WordsOf
    need_words: WordsOf
    topic_words: WordsOf
    discovery: Discovery
    facts: Annotated[tuple[Fact, ...], Field(min_length=4, max_length=20)]
    ladder: Ladder
    price_talk: PriceTalk
    answers: Annotated[tuple[ModelAnswer, ...], Field(min_length=2, max_length=6)]
    slips: Annotated[tuple[Slip, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _can_be_practised(self) -> "Objection":
        mistakes: list[tuple[Loc, str]] = []
        kinds = [fact.kind for fact in self.facts]
        if missing := [kind for kind in FACT_KINDS if kind not in kinds]:
            mistakes.append((("facts",), f"there is no fact of the kind {', '.join(missing)}"))
        for lang in ("en", "zh"):
            if _plain(self.concern.in_(lang)) in _plain(self.says.in_(lang)):
                message = "the concern must not be what the buyer says: it is what is behind it"
                mistakes.append((("concern", lang), message))
        if mistakes:
            raise Mistakes(mistakes)
        return self


class ObjectionCard(Block):
    """A card of the practice: one objection of one buyer."""

    name: Text
    """A short title that does not betray the concern."""
    objection: Objection


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def card_names(own: bool = True) -> list[str]:
    """Return the names of the cards that ship and, with `own`, of the person's own."""
    return names_in(FOLDER, own)


def find_card(name: str | Path) -> Path:
    """Return a path as it is, else that of a card by name: the person's own before the shipped one.

    Raises ScenarioError when there is none of that name.
    """
    return find_named(FOLDER, name, "objection card")


def load_card(path: str | Path) -> ObjectionCard:
    """Return the checked card of a file; a name without a folder is looked up.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(find_card(path), ObjectionCard)
