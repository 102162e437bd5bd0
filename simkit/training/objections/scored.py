"""What the scorer says of an answer: behaviours and harms, each with the words that show it."""

from dataclasses import dataclass

from simkit.scenario.record import Text


@dataclass(frozen=True, order=True)
class Span:
    """Characters `start` to before `end` of the answer as typed."""

    start: int
    end: int


@dataclass(frozen=True)
class Seen:
    """Points of one behaviour, the words that earned them, and what is there or missing."""

    behaviour: str
    points: int
    spans: tuple[Span, ...]
    why: Text


@dataclass(frozen=True)
class Flag:
    """A harm that was seen, where, and what the trainee is told."""

    harm: str
    spans: tuple[Span, ...]
    says: Text


@dataclass(frozen=True)
class Scored:
    """An answer's behaviours in their order, harms, and the total after the strictest cap.

    `abstained` holds the reason when there is nothing to judge; then `seen` is empty and the
    totals are None. `notes` are remarks that cost nothing.
    """

    lang: str
    seen: tuple[Seen, ...] = ()
    flags: tuple[Flag, ...] = ()
    total: int | None = None
    uncapped: int | None = None
    cap: int | None = None
    abstained: Text | None = None
    notes: tuple[Text, ...] = ()

    @property
    def points(self) -> dict[str, int]:
        """Points by behaviour; empty when there was nothing to judge."""
        return {seen.behaviour: seen.points for seen in self.seen}

    @property
    def weakest(self) -> str:
        """The behaviour with the fewest points, the earlier one in a talk first; "" without any."""
        return min(self.seen, key=lambda seen: seen.points).behaviour if self.seen else ""
