"""Three of the behaviours: a benefit for this customer, figures in relation, and proof.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections.abc import Iterator

from simkit.training.objections.figures import Figure
from simkit.training.objections.rules import WARM, best, is_denied, opening
from simkit.training.objections.scored import Span
from simkit.training.objections.sight import Sight


def value(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """A benefit tied to what this customer needs; a general benefit earns one."""
    return best(_valued(sight))


def _valued(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    begin = opening(sight)
    for s, asked in enumerate(sight.asks):
        if asked or (s in begin and sight.hits(s, *WARM)):
            continue
        general = sight.hits(s, "phrases.value.one")
        tied = sight.hits(s, "phrases.value.two")
        need = sight.hits(s, "card.need")
        told = sight.hits(s, "card.benefit")
        figures = any(_is_weighty(f, SOME) and sight.gives(f) for f in sight.figures[s])
        gained = len(sight.words(told)) + 2 * figures >= TOLD
        if (need and (tied or general or figures)) or gained:
            yield (1 if sight.hedged(s) else 2), sight.spans([*need, *tied, *general, *told])
        elif general:
            yield 1, sight.spans(general)


TOLD = 4
"""Different words of the card's benefits in one sentence, with a figure for two, that tell one."""


def quantified(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """Figures of the card set in relation; one that is just stated earns one."""
    return best(_quantified(sight))


def _quantified(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s in range(len(sight.asks)):
        figures = [f for f in sight.figures[s] if _counts(sight, f)]
        if not figures:
            continue
        spans = tuple(Span(f.start, f.end) for f in figures)
        if _related(sight, s, figures):
            yield (1 if sight.hedged(s) else 2), spans
        else:
            yield 1, spans


def _related(sight: Sight, s: int, figures: list[Figure]) -> bool:
    """Return whether figures of a sentence, or of two in a row, are set in relation."""
    before = [f for f in sight.figures[s - 1] if _counts(sight, f)] if s else []
    relation = sight.hits(s, "phrases.quantified.two")
    weighty = any(_is_weighty(f, MANY) for f in figures)
    own = len({f.value for f in figures})
    if own > 1 and relation and (weighty or sight.hits(s, "card.need", "card.benefit")):
        return True
    sums = any(not sight.known.holds(f) for f in figures)
    both = len({f.value for f in (*before, *figures)})
    return both > 1 and weighty and bool(relation) and (sums or both > 2)


def _counts(sight: Sight, figure: Figure) -> bool:
    """Return whether a figure is one of the card and says more than a length of time."""
    i = sight.token_at(figure.digits[0])
    if sight.denied[i] or sight.is_time(figure) or figure.value <= 2:
        return False
    return sight.gives(figure)


def _is_weighty(figure: Figure, least: float) -> bool:
    """Return whether a figure is money, a share or many, and not just a small count."""
    return figure.unit in ("money", "%") or figure.value >= least


SOME, MANY = 10, 100
"""Counts that weigh as much as money: for a benefit, and for figures in relation."""


def evidence(sight: Sight) -> tuple[int, tuple[Span, ...]]:
    """One concrete proof of the card; proof in general earns one."""
    return best(_proved(sight))


def _proved(sight: Sight) -> Iterator[tuple[int, tuple[Span, ...]]]:
    for s in range(len(sight.asks)):
        general = sight.hits(s, "phrases.evidence.one")
        cues = sight.hits(s, "phrases.evidence.two")
        shared = sight.hits(s, "card.proof", "card.fact")
        stated = {
            f.value
            for f in sight.figures[s]
            if f.value in sight.known.evidence and f.value > 2 and not is_denied(sight, f)
        }
        words = len(sight.words(shared))
        if (cues and words + len(stated) >= PROVEN) or (words and len(stated) >= FIGURES):
            yield (1 if sight.hedged(s) else 2), sight.spans([*cues, *shared])
        elif general or cues:
            yield 1, sight.spans([*general, *cues])


PROVEN, FIGURES = 3, 2
"""Words and figures of the card's facts that make a proof concrete, or figures of its proofs."""
