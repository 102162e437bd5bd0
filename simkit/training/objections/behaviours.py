"""Seven of the eight behaviours: what earns one point and what earns two, and the words for it.

Each rule looks at one answer beside its card and returns points and the places that earned them.
"""

from collections.abc import Callable, Iterator

from simkit.training.objections.figures import Figure
from simkit.training.objections.matching import Match
from simkit.training.objections.scored import Span
from simkit.training.objections.sight import Sight

OPENING = 3
"""Sentences in which the buyer's point is taken up, if it is at all."""
SHORT = {"en": 6, "zh": 8}
"""Words, or characters, of a question that only asks whether what was said before is so."""
Rule = Callable[[Sight], tuple[int, tuple[Span, ...]]]
NOTHING: tuple[int, tuple[Span, ...]] = 0, ()


def best(found: Iterator[tuple[int, tuple[Span, ...]]]) -> tuple[int, tuple[Span, ...]]:
    """Return the most points seen, with all places that earned as many."""
    seen = list(found)
    most = max((points for points, _ in seen), default=0)
    if not most:
        return NOTHING
    return most, tuple(sorted({s for points, spans in seen if points == most for s in spans}))


def acknowledge(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """The buyer's own point in words, and left standing; a set phrase alone earns one."""
    return best(_acknowledged(sight))


def _acknowledged(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s, asked in enumerate(sight.asks):
        cues = sight.hits(s, "phrases.acknowledge.two")
        phrases = sight.hits(s, "phrases.acknowledge.one")
        if not cues and not phrases and (s or asked or sight.hits(s, *OWN_CASE, denied=True)):
            continue
        taken = {i for m in (*cues, *phrases) for i in range(m.first, m.last)}
        own = sight.words(_beside(sight.hits(s, *POINT), taken))
        topic = sight.words(_beside(sight.hits(s, "card.topic"), taken)) - own
        figures = any(f.value > 2 and sight.known.holds(f) for f in sight.figures[s])
        strength = 2 * len(own) + len(topic) + 2 * figures
        least = TAKEN_UP if cues else 2 * TAKEN_UP
        if strength >= least and not (asked and not cues) and s < OPENING:
            yield 2, (sight.span_of(s),)
        elif cues or phrases:
            yield 1, sight.spans([*cues, *phrases])


TAKEN_UP = 2
"""Strength of the buyer's own words, two a word, that takes a point up; twice without a cue."""
OWN_CASE = ("harms.argues", "phrases.value.one", "words.negations")
"""What a first sentence does that makes the rep's case and does not take up the buyer's."""
POINT = ("card.says", "card.about", "card.concern", "card.need")
"""Words of what the buyer says and is concerned with."""


def _beside(matches: list[Match], taken: set[int]) -> list[Match]:
    return [m for m in matches if taken.isdisjoint(range(m.first, m.last))]


def explore(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """An open question about the matter; a closed one earns one, one that only closes none."""
    return best(_explored(sight))


def _explored(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s, asked in enumerate(sight.asks):
        if not asked or sight.hits(s, "words.no_questions", denied=True):
            continue
        matter = sight.hits(s, *CARD, "words.you", denied=True)
        if matter and _is_open(sight, s):
            yield 2, (sight.span_of(s),)
        elif sight.hits(s, "phrases.explore.one") and matter and not _steps(sight, s):
            yield 1, (sight.span_of(s),)


def _is_open(sight: Sight, s: int) -> bool:
    """Return whether a question asks by its question word, not by a verb that opens a clause."""
    opened = sight.hits(s, "phrases.explore.two", denied=True)
    closed = [m for m in sight.hits(s, "phrases.explore.one", denied=True) if _opens(sight, m)]
    if not opened or sight.reading.lang == "zh" or sight.hits(s, "words.asking", denied=True):
        return bool(opened)
    return not closed or min(opened)[1] < min(closed)[1]


def _opens(sight: Sight, match: Match) -> bool:
    tokens = sight.reading.tokens
    return match.first == 0 or tokens[match.first - 1].clause != tokens[match.first].clause


CARD = ("card.says", "card.about", "card.topic", "card.need", "card.concern", "card.fact")


def _steps(sight: Sight, s: int) -> bool:
    return bool(sight.hits(s, "words.times")) or any(
        f.unit == "date" and _in(sight, f, s) for f in sight.reading.figures
    )


def _in(sight: Sight, figure: Figure, s: int) -> bool:
    return sight.reading.tokens[sight.token_at(figure.digits[0])].sentence == s


def isolate(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """A possible true concern is named and checked; a general check earns one."""
    return best(_isolated(sight))


def _isolated(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    last = len(sight.asks) - 1
    lang = sight.reading.lang
    for s, asked in enumerate(sight.asks):
        worry = sight.hits(s, "phrases.isolate.two")
        then = s < last and sight.asks[s + 1] and sight.length(s + 1) <= SHORT[lang]
        general = sight.hits(s, "phrases.isolate.one")
        told = then and worry and sight.hits(s, *CARD)
        if told or (asked and (_named(sight, s) or _recalled(sight, s))):
            yield 2, (sight.span_of(s),)
        elif general:
            yield 1, sight.spans(general)


def _named(sight: Sight, s: int) -> bool:
    """Return whether a question names a fear, or weighs a concern of the card against others."""
    worry = sight.hits(s, "phrases.isolate.two")
    concern = sight.hits(s, "card.concern")
    long = sight.length(s) >= LONG_ENOUGH[sight.reading.lang]
    both = sight.hits(s, "words.either") and sight.hits(s, "words.or")
    plain = sight.hits(s, "phrases.isolate.one") and not worry and not concern
    if plain:
        return False
    return bool((worry and long) or (concern and sight.hits(s, "words.either")) or (both and long))


def _recalled(sight: Sight, s: int) -> bool:
    """Return whether a question asks if it is the same here as in a fear just told."""
    told = range(max(0, s - RECALL), s)
    return bool(sight.hits(s, "words.same")) and any(
        sight.hits(t, "phrases.isolate.two", "card.concern") for t in told
    )


LONG_ENOUGH, RECALL = {"en": 7, "zh": 7}, 3
"""Words, or characters, of a question that names something; sentences that a story reaches back."""


def value(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """A benefit tied to what this customer needs; a general benefit earns one."""
    return best(_valued(sight))


def _valued(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s, asked in enumerate(sight.asks):
        general = sight.hits(s, "phrases.value.one")
        tied = sight.hits(s, "phrases.value.two")
        need = sight.hits(s, "card.need")
        if need and (tied or general) and not asked:
            capped = 1 if sight.hedged(s) else 2
            yield capped, sight.spans([*need, *tied, *general])
        elif general and not asked:
            yield 1, sight.spans(general)


def quantified(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """Figures of the card set in relation; one that is just stated earns one."""
    return best(_quantified(sight))


def _quantified(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s in range(len(sight.asks)):
        figures = [f for f in sight.figures[s] if _counts(sight, f)]
        if not figures:
            continue
        spans = tuple(Span(f.start, f.end) for f in figures)
        relation = sight.hits(s, "phrases.quantified.two")
        weighty = [f for f in figures if f.unit in ("money", "%") or f.value >= 100]
        several = len({f.value for f in figures}) > 1
        if relation and several and (weighty or sight.hits(s, "card.need")):
            yield (1 if sight.hedged(s) else 2), spans
        else:
            yield 1, spans


def _counts(sight: Sight, figure: Figure) -> bool:
    """Return whether a figure is one of the card and says more than a length of time."""
    i = sight.token_at(figure.digits[0])
    if sight.denied[i] or sight.is_time(figure) or figure.value <= 2:
        return False
    return sight.known.gives(figure)


def evidence(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """One concrete proof of the card; proof in general earns one."""
    return best(_proved(sight))


def _proved(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s in range(len(sight.asks)):
        general = sight.hits(s, "phrases.evidence.one")
        cues = sight.hits(s, "phrases.evidence.two")
        shared = sight.hits(s, "card.proof", "card.fact")
        stated = any(
            f.value in sight.known.evidence and f.value > 2 and not _denied(sight, f)
            for f in sight.figures[s]
        )
        if cues and len(sight.words(shared)) + stated >= PROVEN:
            yield (1 if sight.hedged(s) else 2), sight.spans([*cues, *shared])
        elif general or cues:
            yield 1, sight.spans([*general, *cues])


PROVEN = 3
"""Words and figures of the card's facts that make a proof concrete."""


def _denied(sight: Sight, figure: Figure) -> bool:
    return sight.denied[sight.token_at(figure.digits[0])]


def next_step(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """Who does what and when; a vague promise earns one."""
    return best(_stepped(sight))


def _stepped(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    dates = [f for f in sight.reading.figures if f.unit == "date" and not _denied(sight, f)]
    for s in range(len(sight.asks)):
        does = sight.hits(s, "phrases.next_step.two")
        vague = sight.hits(s, "phrases.next_step.one")
        when = sight.hits(s, "words.times")
        dated = any(_in(sight, f, s) for f in dates)
        closes = sight.hits(s, "words.closings", denied=True)
        if does and (when or dated) and not closes:
            yield (1 if sight.hedged(s) else 2), (sight.span_of(s),)
        elif vague or does or (dated and sight.asks[s]) or (closes and (when or dated)):
            yield 1, sight.spans([*vague, *does, *when, *closes]) or (sight.span_of(s),)


RULES: dict[str, Rule] = {
    "acknowledge": acknowledge,
    "explore": explore,
    "isolate": isolate,
    "value": value,
    "quantified": quantified,
    "evidence": evidence,
    "next_step": next_step,
}
