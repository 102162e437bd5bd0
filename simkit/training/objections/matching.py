"""Finding the phrases of a trainer's table in an answer, in time that grows with its length only.

A phrase is words with a space between, in any case. "a/b_c" is the word a or the words b c, "stem*"
any ending, "0" a number, and "..." up to a few words within one clause; it is never a regular
expression.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from simkit.training.objections.text import MARK, NUMBER, Reading, Token, is_chinese

GAP, ANY, ENDING, TOGETHER = "...", "0", "*", "_"
LONGEST_GAP = {"en": 5, "zh": 9}
"""Words, or Chinese characters, that "..." may stand for."""
MOST_GAPS, MOST_SPELLINGS, MOST_WORDS = 2, 200, 24
Pattern = tuple[str, ...]


class Match(NamedTuple):
    """Tokens `first` to before `last` that are a phrase of `group`."""

    group: str
    first: int
    last: int


def patterns_of(phrase: str, lang: str) -> list[Pattern]:
    """Return all spellings of a phrase, each as words, word beginnings, numbers and gaps.

    Raises ValueError, with what to do about it, for a phrase that cannot be used.
    """
    slots = [_slot(piece, lang) for piece in phrase.replace(GAP, f" {GAP} ").split()]
    if not slots:
        raise ValueError("a phrase must not be empty")
    if slots[0] == [(GAP,)] or slots[-1] == [(GAP,)]:
        raise ValueError("a phrase can neither begin nor end with '...'")
    if sum(slot == [(GAP,)] for slot in slots) > MOST_GAPS:
        raise ValueError(f"a phrase may have '...' {MOST_GAPS} times at most")
    count = 1
    for slot in slots:
        count *= len(slot)
    if count > MOST_SPELLINGS:
        raise ValueError(f"a phrase may have {MOST_SPELLINGS} spellings at most, this has {count}")
    found = [tuple(word for part in parts for word in part) for parts in product(*slots)]
    if max(map(len, found)) > MOST_WORDS:
        raise ValueError(f"a phrase may have {MOST_WORDS} words at most")
    return found


def _slot(piece: str, lang: str) -> list[Pattern]:
    """Return the words between two spaces: each alternative is one or more tokens."""
    if piece in (GAP, ANY):
        return [(piece,)]
    found = [_words(option, lang) for option in piece.split("/")]
    if not all(found):
        raise ValueError(f"'{piece}' has nothing on one side of a '/'")
    return found


def _words(option: str, lang: str) -> Pattern:
    stem = option.replace(TOGETHER, " ").removesuffix(ENDING)
    words = [ANY if token.text == ANY else token.text for token in Reading(stem, lang).tokens]
    if ENDING in words or (option.endswith(ENDING) and not words):
        raise ValueError(
            f"'*' may only stand at the end of a word, as in 'guarant*', not '{option}'"
        )
    if option.endswith(ENDING):
        words[-1] += ENDING
    return tuple(words)


Patterns = dict[Pattern, set[str]]
Index = dict[str, dict[str, Patterns]]
"""Patterns by their first word and their second, which is ANYTHING when it is no plain word."""
ANYTHING = ""
NONE: Patterns = {}


def _second(pattern: Pattern) -> str:
    second = pattern[1] if len(pattern) > 1 else ANYTHING
    return ANYTHING if second in (GAP, ANY) or second.endswith(ENDING) else second


class Matcher:
    """All phrases of several groups, found in one pass."""

    def __init__(self, groups: Mapping[str, Iterable[str]], lang: str) -> None:
        self._gap = LONGEST_GAP[lang]
        self._words: Index = {}
        self._stems: Index = {}
        for group, phrases in groups.items():
            for phrase in phrases:
                for pattern in patterns_of(phrase, lang):
                    self._add(pattern, group)
        self._lengths = sorted({len(stem) for stem in self._stems})

    def _add(self, pattern: Pattern, group: str) -> None:
        first = pattern[0]
        stem = first.endswith(ENDING)
        index = self._stems if stem else self._words
        known = index.setdefault(first.removesuffix(ENDING), {})
        known.setdefault(_second(pattern), {}).setdefault(pattern, set()).add(group)

    def find(self, reading: Reading) -> dict[str, list[Match]]:
        """Return the matches of each group in the order of the text."""
        found: dict[str, list[Match]] = {}
        tokens = reading.tokens
        for at, token in enumerate(tokens):
            after = tokens[at + 1].text if at + 1 < len(tokens) else ""
            for known in self._starting(token):
                here = known.get(ANYTHING, NONE) | (known.get(after, NONE) if after else NONE)
                for pattern, groups in here.items():
                    last = _end(tokens, at + 1, pattern, 1, self._gap)
                    for group in groups if last else ():
                        found.setdefault(group, []).append(Match(group, at, last))
        return found

    def _starting(self, token: Token) -> Iterator[dict[str, Patterns]]:
        if token.text in self._words:
            yield self._words[token.text]
        if token.kind == NUMBER and ANY in self._words:
            yield self._words[ANY]
        for length in self._lengths:
            if token.text[:length] in self._stems and len(token.text) >= length:
                yield self._stems[token.text[:length]]


def _end(tokens: tuple[Token, ...], at: int, pattern: Pattern, step: int, gap: int) -> int:
    """Return where `pattern` from `step` on ends when it goes on at `at`; 0 when it does not."""
    while step < len(pattern):
        if pattern[step] == GAP:
            return _after_gap(tokens, at, pattern, step + 1, gap)
        if at == len(tokens) or not _fits(tokens[at], pattern[step]):
            return 0
        at, step = at + 1, step + 1
    return at


def _after_gap(tokens: tuple[Token, ...], at: int, pattern: Pattern, step: int, gap: int) -> int:
    clause = tokens[at - 1].clause
    for here in range(at, min(at + gap + 1, len(tokens))):
        if tokens[here].clause != clause:
            return 0
        if _fits(tokens[here], pattern[step]) and (last := _end(tokens, here, pattern, step, gap)):
            return last
        if tokens[here].kind == MARK and tokens[here].text in ",;:.!?":
            return 0
    return 0


def _fits(token: Token, word: str) -> bool:
    if word == ANY:
        return token.kind == NUMBER
    if word.endswith(ENDING):
        return token.text.startswith(word[:-1])
    return token.text == word


def stems_of(words: Iterable[str], lang: str) -> list[str]:
    """Return a card's words as phrases that take every ending: "repairs" also finds "repaired"."""
    if lang == "zh":
        return list(words)
    return [" ".join(stem_of(word) for word in phrase.split()) for phrase in words]


def stem_of(word: str) -> str:
    """Return an English word without the ending that inflection changes, and a '*'."""
    if len(word) < 4 or is_chinese(word) or not word.isalpha():
        return word
    for ending in ("ies", "ing", "ied", "es", "ed", "s", "e", "y"):
        if word.lower().endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ENDING
    return word + ENDING
