"""Seven of the eight behaviours: what earns one point and what earns two, and the words for it.

Each rule looks at one answer beside its card and returns points and the places that earned them.
Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections.abc import Iterable, Iterator

from simkit.training.objections.figures import Figure
from simkit.training.objections.gains import evidence, quantified, value
from simkit.training.objections.matching import Match
from simkit.training.objections.rules import OPENING, WARM, Rule, best, is_denied, opening
from simkit.training.objections.scored import Span
from simkit.training.objections.sight import Sight

SHORT = {"en": 6, "zh": 8}
"""Words, or characters, of a question that only asks whether what was said before is so."""


def acknowledge(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """The buyer's own point in words, and left standing; a set phrase alone earns one."""
    return best(_acknowledged(sight))


def _acknowledged(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    begin = opening(sight)
    warm = any(sight.hits(s, *WARM) for s in begin)
    for s, asked in enumerate(sight.asks):
        cues = sight.hits(s, "phrases.acknowledge.two")
        phrases = sight.hits(s, "phrases.acknowledge.one")
        opens = s in begin and not _own_case(sight, s)
        if not cues and not phrases and not opens:
            continue
        strength = _taken_up(sight, s, (*cues, *phrases))
        near = bool(cues) or (opens and warm)
        if s < OPENING and not (asked and not cues) and strength >= TAKEN_UP * (1 if near else 2):
            yield 2, (sight.span_of(s),)
        elif cues or phrases:
            yield 1, sight.spans([*cues, *phrases])


def _own_case(sight: Sight, s: int) -> bool:
    return bool(sight.hits(s, *OWN_CASE, denied=True))


def _taken_up(sight: Sight, s: int, cues: Iterable[Match]) -> int:
    """Return how much of the buyer's own words and figures a sentence has beside its cues."""
    taken = {i for m in cues for i in range(m.first, m.last)}
    own = sight.words(_beside(sight.hits(s, *POINT, denied=True), taken))
    topic = sight.words(_beside(sight.hits(s, "card.topic", denied=True), taken)) - own
    figures = any(f.value > 2 and sight.known.holds(f) for f in sight.figures[s])
    return 2 * len(own) + len(topic) + 2 * figures


TAKEN_UP = 2
"""Strength of the buyer's own words, two a word, that takes a point up; twice without a cue."""
OWN_CASE = ("harms.argues", "phrases.value.one", "words.negations", "words.ours")
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
        if _lost(sight, s):
            continue
        if _is_open(sight, s) and not (sight.hits(s, "words.closings") and not matter):
            yield 2, (sight.span_of(s),)
        elif sight.hits(s, "phrases.explore.one") and matter and not _steps(sight, s):
            yield 1, (sight.span_of(s),)


def _lost(sight: Sight, s: int) -> bool:
    """Return whether a question is lost in a monologue: nobody gets to answer it."""
    return sight.is_long and s < len(sight.asks) - OPENING


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
        if _lost(sight, s):
            continue
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


def next_step(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """Who does what and when; a vague promise earns one."""
    return best(_stepped(sight))


def _stepped(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    dates = [f for f in sight.reading.figures if f.unit == "date" and not is_denied(sight, f)]
    for s in range(len(sight.asks)):
        does = sight.hits(s, "phrases.next_step.two")
        vague = sight.hits(s, "phrases.next_step.one")
        when = sight.hits(s, "words.times")
        dated = any(_in(sight, f, s) for f in dates)
        closes = sight.hits(s, "words.closings", denied=True)
        if _lost(sight, s):
            continue
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
