"""What the rules of the behaviours have in common.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections.abc import Callable, Iterator

from simkit.training.objections.figures import Figure
from simkit.training.objections.scored import Span
from simkit.training.objections.sight import Sight

OPENING = 3
"""Sentences in which the buyer's point is taken up, if it is at all."""
Rule = Callable[[Sight], tuple[int, tuple[Span, ...]]]
NOTHING: tuple[int, tuple[Span, ...]] = 0, ()


def best(found: Iterator[tuple[int, tuple[Span, ...]]]) -> tuple[int, tuple[Span, ...]]:
    """Return the most points seen, with all places that earned as many."""
    seen = list(found)
    most = max((points for points, _ in seen), default=0)
    if not most:
        return NOTHING
    return most, tuple(sorted({s for points, spans in seen if points == most for s in spans}))


def opening(sight: Sight) -> range:
    """Return the sentences before the first question, where the buyer's point is taken up."""
    first = next((s for s, asked in enumerate(sight.asks) if asked), OPENING)
    return range(min(first, OPENING - 1, len(sight.asks)))


WARM = ("phrases.acknowledge.one", "phrases.acknowledge.two")


def is_denied(sight: Sight, figure: Figure) -> bool:
    """Return whether a negation takes a figure back."""
    return sight.denied[sight.token_at(figure.digits[0])]
