"""What a card lets a rep say: its words, its figures, and what follows from them by sums.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

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
PER = (4, 12, 52, 250)
"""Quarters, months, weeks and working days of a year, by which a figure may be taken apart."""
Kind = frozenset[str]
MONEY, NUMBER = frozenset(("money",)), frozenset(("number",))
ROUGHLY, NEARLY_ALL = 0.06, 95.0
PLAIN, SHARE = MONEY | NUMBER, frozenset(("%",))
Amount = tuple[float, Kind]
EXACT, NEAR = 0.001, 0.011
"""How far a spoken figure may be rounded."""


@dataclass(frozen=True)
class Known:
    """A card in one language, made ready for looking at answers."""

    matcher: Matcher
    texts: tuple[str, ...]
    """All that the buyer says or the card tells, to see what is copied."""
    says: frozenset[float]
    evidence: frozenset[float]
    """The figures of the objection and of the evidence."""
    stated: frozenset[Amount]
    derived: frozenset[Amount]
    """What two figures of the card give: sums, differences, products, ratios, shares."""

    def holds(self, figure: Figure) -> bool:
        """Return whether the card states a figure, or one that is rounded to it."""
        kind = kind_of(figure)
        whole = figure.unit == "%" and figure.value > NEARLY_ALL
        far = 0.0 if whole else _rounding(figure.value)
        return any(
            abs(figure.value - value) <= far and (kind & of or PLAIN in (kind, of))
            for value, of in self.stated
        )

    def gives(self, figure: Figure) -> bool:
        """Return whether the card states a figure or it follows from two of its figures."""
        whole = figure.unit == "%" and figure.value > NEARLY_ALL
        return self.holds(figure) or (not whole and _among(figure, self.derived))


def _rounding(value: float) -> float:
    """Return how far a card's figure may be from one that is spoken: half its last digit."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    last = 10.0 ** -len(text.partition(".")[2]) if "." in text else 1.0
    if "." not in text:
        last = 10.0 ** (len(text) - len(text.rstrip("0")))
    return max(NEAR * value, min(last / 2, ROUGHLY * value))


def _among(figure: Figure, amounts: frozenset[Amount]) -> bool:
    kind = kind_of(figure)
    return any(_near(figure.value, value) and kind & of for value, of in amounts)


def kind_of(figure: Figure) -> Kind:
    """Return what a figure may count; one without a unit is a sum of money or a number."""
    if figure.unit in TIMES or figure.unit == "%":
        return frozenset((figure.unit,))
    return MONEY if figure.unit == "money" else NUMBER if figure.unit == "times" else PLAIN


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= NEAR * max(abs(a), abs(b))


@lru_cache(maxsize=256)
def known(card: ObjectionCard, lang: str, empty: tuple[str, ...]) -> Known:
    """Return a card made ready; `empty` are the words of the language that carry no subject."""
    it = card.objection
    evidence = [fact.text for fact in it.facts if fact.kind == "evidence"]
    proofs = [*evidence, it.ladder.peer, it.ladder.trial]
    facts = [fact.text for fact in it.facts]
    gains = [fact.text for fact in it.facts if fact.kind in ("benefit", "advantage")]
    gains += [it.need, it.takes, it.price_talk.add]
    replies = [step for part in _steps(it) for step in part]
    talk = [it.price_talk.affirm, it.price_talk.add, it.price_talk.guide]
    ladder = [it.ladder.analogy, it.ladder.peer, it.ladder.trial]
    told = [it.says, it.buyer.about, it.need, *facts, *replies, *talk, *ladder]
    groups = {
        "card.says": content_of([it.says], lang, empty),
        "card.about": content_of([it.buyer.about], lang, empty),
        "card.proof": content_of(proofs, lang, empty),
        "card.fact": content_of(facts, lang, empty),
        "card.benefit": content_of(gains, lang, empty),
        "card.topic": stems_of(it.topic_words.in_(lang), lang),
        "card.need": stems_of(it.need_words.in_(lang), lang),
        "card.concern": stems_of(it.concern_words.in_(lang), lang),
    }
    figures = [_figures([text], lang) for text in told]
    return Known(
        Matcher(groups, lang),
        tuple(text.in_(lang) for text in (*told, it.concern, it.takes)),
        frozenset(f.value for f in _figures([it.says], lang)),
        frozenset(f.value for f in _figures(proofs, lang)),
        frozenset((f.value, kind_of(f)) for text in figures for f in text) | _halves(told, lang),
        frozenset(_derived(figures)),
    )


def _halves(told: Iterable[Text], lang: str) -> frozenset[Amount]:
    """Return the six months and the two weeks that a card names without a number."""
    said = " ".join(text.in_(lang) for text in told).lower()
    return frozenset(
        (value, frozenset((unit,)))
        for words, amounts in WORDED.items()
        if any(word in said for word in words)
        for value, unit in amounts
    )


WORDED = {
    ("half a year", "half-year", "半年"): ((6.0, "month"), (26.0, "week")),
    ("fortnight", "两周", "两个星期"): ((2.0, "week"), (14.0, "day")),
    ("overnight", "quarter of an hour", "一刻钟"): ((15.0, "minute"),),
    ("half an hour", "半小时", "半个小时"): ((30.0, "minute"),),
}


def _steps(it: object) -> Iterable[tuple[Text, Text]]:
    discovery = getattr(it, "discovery")  # noqa: B009 - kept short
    for step in ("situation", "pain", "impact", "value"):
        part = getattr(discovery, step)
        yield part.question, part.reply


def _figures(texts: Iterable[Text], lang: str) -> list[Figure]:
    return [f for text in texts for f in Reading(text.in_(lang), lang).figures]


def _derived(texts: list[list[Figure]]) -> Iterable[Amount]:
    """Yield what follows from two figures: of one text by all ways, else of money by sums."""
    everywhere = {f for text in texts for f in text if f.unit not in LEFT_OUT and f.value > 0}
    for f in everywhere:
        yield f.value / 2, kind_of(f)
        if kind_of(f) & PLAIN:
            yield from ((f.value * per, kind_of(f)) for per in PER)
            yield from ((f.value / per, kind_of(f)) for per in PER)
        elif f.unit == "%":
            yield 100 - f.value, SHARE
        yield from ((f.value * days, frozenset((unit,))) for unit, days in LONGER.get(f.unit, ()))
    for text in texts:
        plain = [f for f in text if f.unit not in LEFT_OUT and f.value > 0]
        for a, b in permutations(plain, 2):
            yield from _of_two(a, b)
    for a, b in permutations(sorted(everywhere), 2):
        if "money" in (a.unit, b.unit) or a.unit == "%":
            yield from _sums(a, b)


LEFT_OUT = ("date", "off")
LONGER = {
    "year": (("month", 12.0), ("week", 52.0)),
    "month": (("week", 4.0), ("day", 30.0), ("year", 1 / 12)),
    "week": (("day", 7.0), ("month", 0.25)),
    "day": (("hour", 24.0), ("week", 1 / 7)),
    "hour": (("minute", 60.0),),
}
"""The same length of time in other units."""


def _sums(a: Figure, b: Figure) -> Iterable[Amount]:
    """Yield sums, differences and products of money with money, numbers and shares."""
    if a.unit == "%" and kind_of(b) & PLAIN:
        parts = (a.value / 100, 1 - a.value / 100, 1 + a.value / 100)
        yield from ((b.value * part, kind_of(b)) for part in parts)
    elif kind_of(a) & kind_of(b) & MONEY:
        yield from ((a.value + b.value, MONEY), (abs(a.value - b.value), MONEY))
    elif a.unit == "money" and b.unit not in ("%", "money"):
        yield a.value * b.value, MONEY


def _of_two(a: Figure, b: Figure) -> Iterable[Amount]:
    """Yield what two figures of one text give: a share or a change only of the same unit."""
    yield from _sums(a, b)
    kind = kind_of(a)
    if a.unit == "%" or b.unit == "%":
        if a.unit == b.unit:
            yield abs(a.value - b.value), SHARE
        return
    if kind == kind_of(b) and a.unit != "money":
        yield from ((a.value + b.value, kind), (abs(a.value - b.value), kind))
    if a.unit == b.unit and a.value < b.value:
        yield from ((100 * a.value / b.value, SHARE), (100 - 100 * a.value / b.value, SHARE))
        yield from ((b.value / a.value, NUMBER), (100 * b.value / a.value - 100, SHARE))
    if kind & PLAIN and b.unit != "times":
        yield a.value / b.value, kind
    if b.unit == "":
        yield a.value * b.value, kind


def follows(figure: Figure, shown: Iterable[Figure]) -> bool:
    """Return whether two figures that stand beside it give a sum of money, or a number."""
    if not kind_of(figure) & PLAIN:
        return False
    plain = [f for f in shown if kind_of(f) & PLAIN or f.unit == "%"]
    pairs = list(permutations(plain, 2))
    found = [value for a, b in pairs for value, _ in _sums(a, b)]
    found += [a.value * b.value for a, b in pairs if "%" not in (a.unit, b.unit)]
    return any(abs(figure.value - value) <= EXACT * value for value in found)


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
