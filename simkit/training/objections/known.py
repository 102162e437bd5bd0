"""What a card lets a rep say: its words, its figures, and what follows from them by sums."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, permutations

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import Text
from simkit.training.objections.figures import Figure
from simkit.training.objections.matching import Matcher, stem_of, stems_of
from simkit.training.objections.text import MARK, WORD, Reading

TIMES = ("day", "week", "month", "quarter", "year", "hour", "minute")
PER = (4, 5, 7, 12, 13, 52, 250)
"""Quarters, working days, days, months and weeks: what a figure may be taken apart or times by."""
NEAR = 0.011
"""How far a spoken figure may be rounded."""


@dataclass(frozen=True)
class Known:
    """A card in one language, made ready for looking at answers."""

    matcher: Matcher
    texts: tuple[str, ...]
    """All that the buyer says or the card tells, to see what is copied."""
    says: frozenset[float]
    evidence: frozenset[float]
    values: frozenset[float]
    """The figures of the card, and those of the objection and the evidence."""
    times: frozenset[float]
    derived: tuple[float, ...]
    """What two figures of the card give: sums, differences, products, ratios, shares."""

    def holds(self, figure: Figure) -> bool:
        """Return whether the card states a figure."""
        return any(_near(figure.value, value) for value in self.values)

    def gives(self, figure: Figure) -> bool:
        """Return whether the card states a figure or it follows from two of its figures."""
        return self.holds(figure) or any(_near(figure.value, value) for value in self.derived)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= NEAR * max(abs(a), abs(b))


@lru_cache(maxsize=256)
def known(card: ObjectionCard, lang: str, empty: tuple[str, ...]) -> Known:
    """Return a card made ready; `empty` are the words of the language that carry no subject."""
    it = card.objection
    evidence = [fact.text for fact in it.facts if fact.kind == "evidence"]
    proofs = [*evidence, it.ladder.peer, it.ladder.trial]
    facts = [fact.text for fact in it.facts]
    replies = [step for part in _steps(it) for step in part]
    talk = [it.price_talk.affirm, it.price_talk.add, it.price_talk.guide]
    ladder = [it.ladder.analogy, it.ladder.peer, it.ladder.trial]
    told = [it.says, it.buyer.about, it.need, *facts, *replies, *talk, *ladder]
    groups = {
        "card.says": content_of([it.says], lang, empty),
        "card.about": content_of([it.buyer.about], lang, empty),
        "card.proof": content_of(proofs, lang, empty),
        "card.fact": content_of(facts, lang, empty),
        "card.topic": stems_of(it.topic_words.in_(lang), lang),
        "card.need": stems_of(it.need_words.in_(lang), lang),
        "card.concern": stems_of(it.concern_words.in_(lang), lang),
    }
    figures = _figures(told, lang)
    values = frozenset(f.value for f in figures if f.unit != "date")
    return Known(
        Matcher(groups, lang),
        tuple(text.in_(lang) for text in (*told, it.concern, it.takes)),
        frozenset(f.value for f in _figures([it.says], lang)),
        frozenset(f.value for f in _figures(proofs, lang)),
        values,
        frozenset(f.value for f in figures if f.unit in TIMES),
        tuple(sorted(set(_derived(figures)))),
    )


def _steps(it: object) -> Iterable[tuple[Text, Text]]:
    discovery = getattr(it, "discovery")  # noqa: B009 - kept short
    for step in ("situation", "pain", "impact", "value"):
        part = getattr(discovery, step)
        yield part.question, part.reply


def _figures(texts: Iterable[Text], lang: str) -> list[Figure]:
    return [f for text in texts for f in Reading(text.in_(lang), lang).figures]


def _derived(figures: list[Figure]) -> Iterable[float]:
    """Yield what follows from the figures that are neither dates nor trifles, two by two."""
    plain = {(f.value, f.unit) for f in figures if f.unit not in ("date", "off") and f.value > 0}
    for value, unit in plain:
        yield from (value * per for per in PER)
        yield from (value / per for per in PER)
        if unit == "%":
            yield 100 - value
    for (a, of_a), (b, of_b) in permutations(sorted(plain), 2):
        if "%" in (of_a, of_b) and of_a != of_b:
            yield from (b * a / 100, b * (1 - a / 100), b * (1 + a / 100)) if of_a == "%" else ()
            continue
        if of_a == of_b or "" in (of_a, of_b):
            yield from (a + b, abs(a - b))
        if a > 1 and b > 1 and of_a != "%":
            yield from (a * b, a / b)


def content_of(texts: Iterable[Text], lang: str, empty: Iterable[str]) -> list[str]:
    """Return the words that carry the subject of texts; in Chinese all pairs of characters."""
    found: dict[str, None] = {}
    skip = frozenset(empty)
    for text in texts:
        tokens = Reading(text.in_(lang), lang).tokens
        if lang == "en":
            words = [t.text for t in tokens if t.kind == WORD and len(t.text) > 3]
            found |= {stem_of(word): None for word in words if word not in skip}
            continue
        for a, b in pairwise(tokens):
            if a.kind == b.kind == WORD and not {a.text, b.text} & skip:
                found[a.text + b.text] = None
    return list(found)


def words_in(reading: Reading) -> int:
    """Return how many tokens are no marks."""
    return sum(token.kind != MARK for token in reading.tokens)
