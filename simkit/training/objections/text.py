"""An answer as typed, cut into words, clauses and sentences that know their place in it.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from simkit.training.objections.figures import Figure, figures_in

WORD, NUMBER, MARK = "word", "number", "mark"
FOLDS = {0x0130: "i", 0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x3000: " "}
FOLDS |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
"""One character for one: apostrophes, and the full-width forms of ASCII."""
PIECES = re.compile(
    r"(?P<cjk>[\u3400-\u9fff])"
    r"|(?P<word>[a-z\u00df-\u024f\u0370-\u03ff\u0400-\u04ff]+"
    r"(?:'[a-z\u00df-\u024f\u0370-\u03ff\u0400-\u04ff]+)*)"
    r"|(?P<digits>[0-9]+)"
    r"|(?P<stop>[.!?\u3002\u2026\u203c-\u2049\n]+)"
    r"|(?P<comma>[,;:()\u2013\u2014]|(?<=\s)-+(?=\s))"
    r"|(?P<other>[^\s])"
)
CJK = re.compile("[\u3400-\u9fff]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]+")
LETTERS = re.compile(r"[^\W\d_]")
CHARACTERS_PER_WORD = 1.6
"""Chinese characters that say as much as one English word (assumption)."""
CLEAR = 0.7
"""Share of one language from which on a text is written in it (assumption)."""


CURRENCIES = frozenset("€$£¥￥")


class Token(NamedTuple):
    """A word, one Chinese character, a number or a mark, folded, and where it stands."""

    text: str
    start: int
    end: int
    kind: str
    clause: int
    sentence: int


class Part(NamedTuple):
    """Tokens `first` to before `last`: a clause or a sentence, and the marks that end it."""

    first: int
    last: int
    mark: str


def folded(text: str) -> str:
    """Return a text in small letters and plain marks, each character in its old place."""
    return text.translate(FOLDS).lower()


def is_chinese(piece: str) -> bool:
    """Return whether a piece begins with a Chinese character."""
    return bool(CJK.match(piece))


def language_of(text: str) -> str:
    """Return "en", "zh", "mixed", "other" (another script) or "" (no letters at all)."""
    chinese = len(CJK.findall(text))
    pieces = LATIN.findall(text)
    words = len(pieces) * CHARACTERS_PER_WORD
    known = chinese + sum(map(len, pieces))
    if len(LETTERS.findall(text)) > 2 * known:
        return "other"
    if not chinese + words:
        return ""
    share = chinese / (chinese + words)
    return "zh" if share >= CLEAR else "en" if share <= 1 - CLEAR else "mixed"


def length_of(text: str, lang: str) -> int:
    """Return how many words, or Chinese characters, a text has."""
    if lang == "zh":
        return len(CJK.findall(text))
    return len(LATIN.findall(text))


@dataclass(frozen=True)
class Reading:
    """A text read once: tokens, figures, clauses and sentences; every place is as typed."""

    text: str
    lang: str

    @cached_property
    def folded(self) -> str:
        """The text in small letters and plain marks."""
        return folded(self.text)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The numbers of the text."""
        return tuple(figures_in(self.folded))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens; a number is one token, whatever it is written with."""
        return tuple(self._cut())

    @cached_property
    def clauses(self) -> tuple[Part, ...]:
        """The clauses, in order; `tokens[i].clause` counts them."""
        return self._parts("clause")

    @cached_property
    def sentences(self) -> tuple[Part, ...]:
        """The sentences, in order; `tokens[i].sentence` counts them."""
        return self._parts("sentence")

    def _cut(self) -> list[Token]:
        found: list[Token] = []
        clause = sentence = 0
        numbers = {figure.digits[0]: figure.digits[1] for figure in self.figures}
        at = 0
        while piece := PIECES.search(self.folded, at):
            start, at = piece.span()
            kind = piece.lastgroup
            if start in numbers:
                at, kind = numbers[start], "digits"
            text = self.folded[start:at]
            if text in CURRENCIES:
                continue  # it belongs to the number beside it
            what = NUMBER if kind == "digits" else WORD if kind in ("cjk", "word") else MARK
            found.append(Token(text, start, at, what, clause, sentence))
            clause += kind in ("stop", "comma")
            sentence += kind == "stop"
        return found

    def _parts(self, of: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        numbers = [getattr(token, of) for token in self.tokens]
        first = 0
        for at in range(1, len(numbers) + 1):
            if at == len(numbers) or numbers[at] != numbers[first]:
                end = self.tokens[at - 1]
                parts.append(Part(first, at, end.text if end.kind == MARK else ""))
                first = at
        return tuple(parts)
