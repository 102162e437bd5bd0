"""An answer beside its card: what of the table and the card stands where, and what counts.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from simkit.training.objections.figures import Figure
from simkit.training.objections.known import TIMES, Known, words_in
from simkit.training.objections.matching import Match
from simkit.training.objections.phrases import Phrases
from simkit.training.objections.scored import Span
from simkit.training.objections.text import MARK, WORD, Reading

WINDOW = {"en": 8, "zh": 16}
"""In so many words or characters in a row there is one at least that only joins others."""
LONG = {"en": 180, "zh": 330}
"""Words, or characters, from which on an answer is a lecture (assumption)."""
TERMS = ("card.topic", "card.need", "card.concern", "phrases.evidence.two")
"""Terms in which a character that else joins words does not: the one in "committee"."""
REFUSED, REFUSING = 3, 0.3
"""Clauses taken back, and their share, from which on an answer refuses (assumption)."""
Found = dict[str, list[Match]]


@dataclass(frozen=True)
class Sight:
    """One answer as the rules look at it."""

    reading: Reading
    known: Known
    phrases: Phrases

    @cached_property
    def found(self) -> Found:
        """All matches by group, of the table and of the card."""
        return self.phrases.matcher.find(self.reading) | self.known.matcher.find(self.reading)

    @cached_property
    def listed(self) -> list[bool]:
        """Per token whether it stands in a row of words that nothing joins."""
        return self.unjoined(WINDOW[self.reading.lang])

    def unjoined(self, window: int) -> list[bool]:
        """Return per token whether it stands in a row of `window` words that nothing joins."""
        tokens = self.reading.tokens
        joins = set(self.phrases.words.get("joining", ()))
        inside = {
            i
            for group in TERMS
            for m in self.found.get(group, ())
            if m.last - m.first > 1
            for i in _range(m)
        }
        places = [i for i, token in enumerate(tokens) if token.kind != MARK]
        joined = [0]
        for i in places:
            joined.append(joined[-1] + (tokens[i].text in joins and i not in inside))
        marks = [False] * len(tokens)
        for at in range(len(places) - window + 1):
            if joined[at + window] == joined[at]:
                for i in places[at : at + window]:
                    marks[i] = True
        return marks

    @cached_property
    def denied(self) -> list[bool]:
        """Per token whether a negation takes it back."""
        tokens, marks = self.reading.tokens, [False] * len(self.reading.tokens)
        friends = {i for m in self.found.get("words.not_negations", ()) for i in _range(m)}
        ends = {m.first for m in self.found.get("words.scope_ends", ())}
        for match in self.found.get("words.negations", ()):
            if friends.isdisjoint(_range(match)):
                clause = tokens[match.first].clause
                for i in _segment(match.first, clause, tokens, ends):
                    marks[i] = True
        wholly = {
            tokens[match.first].sentence for match in self.found.get("words.sentence_negations", ())
        }
        asked = [part.mark and "?" in part.mark for part in self.reading.sentences]
        return [
            token.sentence in wholly or (mark and not asked[token.sentence])
            for token, mark in zip(tokens, marks, strict=True)
        ]

    @cached_property
    def refuses(self) -> bool:
        """Whether a negation takes something back in so many clauses that the whole refuses."""
        tokens = self.reading.tokens
        words = [i for i, token in enumerate(tokens) if token.kind != MARK]
        clauses = {tokens[i].clause for i in words}
        denied = {tokens[i].clause for i in words if self.denied[i]}
        return len(denied) >= max(REFUSED, REFUSING * len(clauses))

    @cached_property
    def by_sentence(self) -> list[Found]:
        """The matches that count, sentence by sentence."""
        found: list[Found] = [defaultdict(list) for _ in self.reading.sentences]
        for group, matches in self.found.items():
            for match in matches:
                if not self.listed[match.first] and not self.listed[match.last - 1]:
                    found[self.reading.tokens[match.first].sentence][group].append(match)
        return found

    @cached_property
    def asks(self) -> list[bool]:
        """Per sentence whether it is a question."""
        return [
            "?" in part.mark or bool(self.by_sentence[i].get("words.asking"))
            for i, part in enumerate(self.reading.sentences)
        ]

    @cached_property
    def figures(self) -> list[list[Figure]]:
        """The numbers of each sentence that are no dates, in rows of words that are joined."""
        found: list[list[Figure]] = [[] for _ in self.reading.sentences]
        at = {token.start: i for i, token in enumerate(self.reading.tokens)}
        for figure in self.reading.figures:
            i = at.get(figure.digits[0])
            if i is not None and figure.unit != "date" and not self.listed[i]:
                found[self.reading.tokens[i].sentence].append(figure)
        return found

    def share(self, group: str) -> float:
        """Return the share of the words that stand in a list of single words."""
        listed = set(self.phrases.words.get(group, ()))
        words = [token.text for token in self.reading.tokens if token.kind != MARK]
        return sum(word in listed for word in words) / max(len(words), 1)

    def token_at(self, start: int) -> int:
        """Return the token that begins at or after a place."""
        tokens = self.reading.tokens
        return next((i for i, token in enumerate(tokens) if token.start >= start), len(tokens) - 1)

    def hits(self, sentence: int, *groups: str, denied: bool = False) -> list[Match]:
        """Return the matches of groups in a sentence, without what a negation takes back."""
        found = [m for group in groups for m in self.by_sentence[sentence].get(group, ())]
        return [m for m in found if denied or not any(self.denied[i] for i in _range(m))]

    def words(self, matches: Iterable[Match]) -> set[str]:
        """Return the different words that matches begin with."""
        return {self.reading.tokens[m.first].text[:5] for m in matches}

    @cached_property
    def is_long(self) -> bool:
        """Whether an answer is longer than a buyer will listen to."""
        return words_in(self.reading) > LONG[self.reading.lang]

    def hedged(self, sentence: int) -> bool:
        """Return whether a sentence takes half of itself back."""
        return bool(self.by_sentence[sentence].get("words.hedges"))

    def spans(self, matches: Iterable[Match]) -> tuple[Span, ...]:
        """Return where matches stand, those that touch as one."""
        tokens = self.reading.tokens
        ends = sorted((tokens[m.first].start, tokens[m.last - 1].end) for m in matches)
        found: list[Span] = []
        for start, end in ends:
            if found and start <= found[-1].end:
                found[-1] = Span(found[-1].start, max(end, found[-1].end))
            else:
                found.append(Span(start, end))
        return tuple(found)

    def span_of(self, sentence: int) -> Span:
        """Return where a sentence stands."""
        part = self.reading.sentences[sentence]
        tokens = self.reading.tokens
        return Span(tokens[part.first].start, tokens[part.last - 1].end)

    def length(self, sentence: int) -> int:
        """Return how many words a sentence has."""
        part = self.reading.sentences[sentence]
        return sum(t.kind == WORD for t in self.reading.tokens[part.first : part.last])

    @cached_property
    def _given(self) -> dict[tuple[float, str], bool]:
        return {}

    def gives(self, figure: Figure) -> bool:
        """Return whether a figure is one of the card's or follows from them; looked up once."""
        key = (figure.value, figure.unit)
        if key not in self._given:
            self._given[key] = self.known.gives(figure)
        return self._given[key]

    def is_time(self, figure: Figure) -> bool:
        """Return whether a number is a length of time."""
        return figure.unit in TIMES


def _range(match: Match) -> range:
    return range(match.first, match.last)


def _segment(at: int, clause: int, tokens: tuple, ends: set[int]) -> Iterable[int]:  # type: ignore[type-arg]
    """Yield the tokens around `at` up to the ends of its clause or a word that turns it."""
    first = at
    while first > 0 and tokens[first - 1].clause == clause and first not in ends:
        first -= 1
    last = at + 1
    while last < len(tokens) and tokens[last].clause == clause and last not in ends:
        last += 1
    return range(first, last)
