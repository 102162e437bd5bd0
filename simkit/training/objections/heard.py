"""Which moves the buyer hears in free text: by a table of phrases, and by the card's own words."""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from simkit.scenario.block import Block
from simkit.scenario.buyer_rules import CASES
from simkit.scenario.catalogue import find_file, find_named, read_once
from simkit.scenario.loading import load_record
from simkit.scenario.objections import STEPS, Objection
from simkit.scenario.record import Loc, Mistakes, did_you_mean
from simkit.training.objections.matching import Match, Matcher, stems_of
from simkit.training.objections.phrases import FOLDER, Listed, unreadable
from simkit.training.objections.text import MARK, Part, Reading

MOST_MOVES = 4
"""Moves that one piece of text may make."""
LONGEST = 6000
"""Characters that are read."""
CLOSE_TO_CARD = 0.6
"""Share of the words of a card's sentence that must be there to know it by them (assumption)."""
TOO_COMMON = {
    *("what", "when", "where", "which", "with", "that"),
    *("this", "from", "have", "does", "they", "your"),
}
"""English words that tell nothing of which sentence of a card is meant."""
LEAST_WORDS = 2
"""Telling words in a card's sentence below which all of its words must be there."""
CardWords = tuple[tuple[str, frozenset[str]], ...]
"""The card's sentences that are examples of moves, as the words that carry them."""


class MovePhrases(Block):
    """One language's table: phrases of moves in questions, and in other sentences."""

    name: dict[str, str]
    lang: Literal["en", "zh"]
    questions: dict[str, Listed]
    """In this order: of one question the first move found counts."""
    statements: dict[str, Listed]
    either: Listed
    """Words that, in a question with a word of the card's concern, ask for the true concern."""
    in_return: Listed
    """Words that make a discount one that is given for something."""
    denials: Listed
    """Words that, just before a phrase, take it back."""

    @model_validator(mode="after")
    def _can_be_read(self) -> "MovePhrases":
        mistakes = [*self._unknown(), *unreadable(self.lists(), self.lang)]
        if mistakes:
            raise Mistakes(mistakes)
        return self

    def lists(self) -> Iterator[tuple[Loc, Listed]]:
        """Yield each list of phrases with its place in the file."""
        for group in ("questions", "statements"):
            for move, listed in getattr(self, group).items():
                yield (group, move), listed
        yield ("either",), self.either
        yield ("in_return",), self.in_return
        yield ("denials",), self.denials

    @cached_property
    def matcher(self) -> Matcher:
        """What finds the phrases, by groups such as "questions.pain"."""
        groups = {".".join(map(str, loc)): listed for loc, listed in self.lists()}
        return Matcher(groups, self.lang)

    def _unknown(self) -> Iterator[tuple[Loc, str]]:
        for group in ("questions", "statements"):
            for move in getattr(self, group):
                if move not in CASES:
                    message = f"there is no move '{move}'{did_you_mean(move, CASES)}"
                    yield (group, move, "[key]"), message


def load_move_phrases(path: str | Path) -> MovePhrases:
    """Return the checked table of a file, or of a language: the person's own before the shipped.

    Raises ScenarioError with all mistakes, each with its place.
    """
    name = path if Path(path).suffix else f"moves_{path}"
    return load_record(find_named(FOLDER, name, "table of phrases"), MovePhrases)


@lru_cache(maxsize=128)
def _concern(words: tuple[str, ...], lang: str) -> Matcher:
    return Matcher({"concern": stems_of(words, lang)}, lang)


def moves_heard(text: str, card: Objection, lang: str) -> tuple[str, ...]:
    """Return the moves that a text makes, in its order, each once; () when nothing is recognised.

    Deterministic; what stands after the first 6,000 characters is not read.
    """
    reading = Reading(text[:LONGEST], lang)
    table = read_once(find_file(FOLDER / f"moves_{lang}.yaml"), load_move_phrases)
    own = _card_words(card.model_dump_json(), lang)
    found = table.matcher.find(reading) | _concern(card.concern_words.in_(lang), lang).find(reading)
    heard: list[str] = []
    for sentence in reading.sentences:
        heard += _in_sentence(reading, sentence, table, found, own)
    return tuple(dict.fromkeys(heard))[:MOST_MOVES]


def _in_sentence(
    reading: Reading,
    part: Part,
    table: MovePhrases,
    found: dict[str, list[Match]],
    own: CardWords,
) -> list[str]:
    here = {
        group: [m for m in matches if part.first <= m.first < part.last]
        for group, matches in found.items()
    }
    if near := _near_the_card(reading, part, own):
        return [near]
    if "?" in part.mark:
        return [*_taken_up(reading, table, here), *_asked(table, here)] or _said(
            reading, table, here
        )
    return _said(reading, table, here)


def _asked(table: MovePhrases, here: dict[str, list[Match]]) -> list[str]:
    """Return the move of a question."""
    if here.get("concern") and here.get("either"):
        return ["isolate"]
    return [move for move in table.questions if here.get(f"questions.{move}")][:1]


def _taken_up(reading: Reading, table: MovePhrases, here: dict[str, list[Match]]) -> list[str]:
    """Return what a question may begin with: "I see why that matters; is it ...?"."""
    return [move for move in _said(reading, table, here) if move in ("greet", "acknowledge")]


def _said(reading: Reading, table: MovePhrases, here: dict[str, list[Match]]) -> list[str]:
    """Return the moves of a statement, in the order of their phrases."""
    denials = {m.first for m in here.get("denials", ())}
    places: dict[str, int] = {}
    for move in table.statements:
        for match in here.get(f"statements.{move}", ()):
            if not _denied(reading, match, denials):
                places[move] = min(places.get(move, match.first), match.first)
    if "discount" in places and here.get("in_return"):
        places["trade_concession"] = places.pop("discount")
    return sorted(places, key=lambda move: (places[move], move))


def _denied(reading: Reading, match: Match, denials: set[int]) -> bool:
    """Return whether a word of denial stands in the same clause shortly before a phrase."""
    clause = reading.tokens[match.first].clause
    before = range(max(match.first - BEFORE[reading.lang], 0), match.first)
    return any(i in denials and reading.tokens[i].clause == clause for i in before)


BEFORE = {"en": 3, "zh": 4}
"""Words, or Chinese characters, before a phrase in which a denial takes it back."""


# --- the card's own words ---------------------------------------------------------------------


def _near_the_card(reading: Reading, part: Part, own: CardWords) -> str:
    """Return the move whose sentence on the card a sentence repeats most of, "" without any."""
    mine = _words(reading, part)
    best, most = "", CLOSE_TO_CARD
    for move, words in own:
        share = len(words & mine) / len(words) if words else 0.0
        if share < 1 and len(words - TOO_COMMON) < LEAST_WORDS:
            continue
        if share > most:
            best, most = move, share
    return best


@lru_cache(maxsize=64)
def _card_words(card: str, lang: str) -> CardWords:
    return tuple(_sentences_of(Objection.model_validate_json(card), lang))


def _sentences_of(card: Objection, lang: str) -> Iterator[tuple[str, frozenset[str]]]:
    for step in STEPS:
        yield step, _content(getattr(card.discovery, step).question.in_(lang), lang)
    for level in ("analogy", "peer", "trial"):
        yield level, _content(getattr(card.ladder, level).in_(lang), lang)
    for move in ("affirm", "add", "guide"):
        yield f"price_{move}", _content(getattr(card.price_talk, move).in_(lang), lang)
    for fact in card.facts:
        yield fact.kind, _content(fact.text.in_(lang), lang)


def _content(text: str, lang: str) -> frozenset[str]:
    reading = Reading(text, lang)
    return frozenset(_words(reading, Part(0, len(reading.tokens), "")))


def _words(reading: Reading, part: Part) -> set[str]:
    """Return longer words, or pairs of Chinese characters, and numbers."""
    tokens = [t for t in reading.tokens[part.first : part.last] if t.kind != MARK]
    if reading.lang == "zh":
        return {a.text + b.text for a, b in pairwise(tokens)}
    return {t.text for t in tokens if len(t.text) > 3 or t.kind == "number"}
