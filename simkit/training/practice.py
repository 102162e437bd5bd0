"""A person's practice: what was tried and how it went, and what to practise next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import Text
from simkit.scenario.rubric import MOST, Behaviour, Rubric
from simkit.training.practice_file import LinesFile, NotSaved, PracticeError
from simkit.training.practice_next import Box, Next, box_of, means, next_card, weakest
from simkit.training.practice_records import (
    Attempt,
    CoachScore,
    Counted,
    Override,
    now,
)

__all__ = [
    "Attempt",
    "CoachScore",
    "Counted",
    "History",
    "NotSaved",
    "Override",
    "Practice",
    "PracticeError",
    "now",
]
KINDS: dict[str, type[Attempt] | type[CoachScore] | type[Override]] = {
    "attempt": Attempt,
    "score": CoachScore,
    "override": Override,
}
Kept = Attempt | CoachScore | Override
R = TypeVar("R", Attempt, CoachScore, Override)


@dataclass(frozen=True)
class CardRow:
    """How one card went: the best attempt beside the latest, and when it comes again."""

    card: str
    times: int
    best: Attempt | None
    latest: Attempt
    box: Box | None


@dataclass(frozen=True)
class History:
    """Attempts in their order, with the points that count (see `Counted`)."""

    attempts: tuple[Attempt, ...]

    def latest(self, card: str) -> Attempt | None:
        """Return the latest attempt at a card, or None."""
        return next((each for each in reversed(self.attempts) if each.card == card), None)

    def best(self, card: str) -> Attempt | None:
        """Return the best attempt at a card, the later of equals; None when none was judged.

        Scored answers come before talks and choices, which are only won or not.
        """
        tried = [each for each in reversed(self.attempts) if each.card == card]
        judged = [each for each in tried if each.share is not None]
        return max(judged, key=lambda each: (each.total is not None, each.share), default=None)

    def cards(self) -> list[CardRow]:
        """Return one row for each card tried, the card tried last first."""
        rows = list[CardRow]()
        for name in dict.fromkeys(each.card for each in reversed(self.attempts)):
            tried = [each for each in self.attempts if each.card == name]
            rows.append(CardRow(name, len(tried), self.best(name), tried[-1], box_of(tried)))
        return rows

    def means(self) -> dict[str, float]:
        """Return the mean points of each behaviour lately (see `practice_next.means`)."""
        return means(self.attempts)

    def shares(self) -> dict[str, float]:
        """Return the share of each behaviour's points reached lately: for the link to a region."""
        return {name: mean / MOST for name, mean in self.means().items()}

    def weakest(self) -> Behaviour | None:
        """Return the behaviour with the fewest points lately; None before anything was scored."""
        return weakest(self.attempts)

    def next_card(
        self,
        cards: Mapping[str, ObjectionCard],
        today: date | None = None,
        rubric: Rubric | None = None,
    ) -> Next | None:
        """Return the id of the card to practise next and why (see `practice_next.next_card`)."""
        return next_card(self.attempts, cards, today or date.today(), rubric)


class Practice:
    """The file of a practice, in the person's own folder: attempts, coaches' scores, overrides."""

    def __init__(self, path: str | Path) -> None:
        """Open a file, which need not exist; raises PracticeError when it is something else."""
        self._file = LinesFile(path, [*KINDS])
        self._kept: list[Kept] = []
        self._unsaved: list[Kept] = []
        self._used, self._lines = 0, self._file.lines
        self._read()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._file.path

    @property
    def warnings(self) -> list[Text]:
        """What of the file is not used, and what is not saved, for a person."""
        found = self._file.warnings
        if n := len(self._unsaved):
            en = f"Not saved, and lost when the window is closed: {n}"
            found.append(Text(en=en, zh=f"有 {n} 条记录尚未保存，关闭窗口后会丢失"))
        return found

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts as the scorer left them, in the order in which they were made."""
        return self._of(Attempt)

    @property
    def scores(self) -> list[CoachScore]:
        """What coaches gave, the last word of each coach on an answer."""
        last = {(each.answer_id, each.coach): each for each in self._of(CoachScore)}
        return [*last.values()]

    @property
    def overrides(self) -> list[Override]:
        """All overrides in their order; the last one of a behaviour counts."""
        return self._of(Override)

    def counted(self) -> list[Counted]:
        """Return all attempts with what coaches put in place of the scorer's points."""
        changed: dict[str, dict[str, Override]] = {}
        for each in self.overrides:
            changed.setdefault(each.answer_id, {})[each.behaviour] = each
        return [Counted(each, changed.get(each.id, {})) for each in self.attempts]

    def history(self, who: str | None = None) -> History:
        """Return the attempts of one person, or of all, with the points that count."""
        found = (each.as_attempt for each in self.counted())
        return History(tuple(each for each in found if who is None or each.who == who))

    def add(self, *records: Kept) -> None:
        """Write records to the disk, all or none.

        Raises NotSaved when the disk takes nothing: they count all the same while the window is
        open, and the next `add` writes them too.
        """
        self._unsaved += records
        lines = [{"kind": _kind(each), **each.as_dict()} for each in self._unsaved]
        self._file.add(lines)
        self._unsaved = []
        self._read()

    def refresh(self) -> None:
        """Read what other windows have added; raises PracticeError."""
        self._file.read()
        self._read()

    def best(self, card: str) -> Attempt | None:
        """Return the best attempt at a card; see `History`."""
        return self.history().best(card)

    def latest(self, card: str) -> Attempt | None:
        """Return the latest attempt at a card; see `History`."""
        return self.history().latest(card)

    def weakest(self) -> Behaviour | None:
        """Return the behaviour with the fewest points lately; see `History`."""
        return self.history().weakest()

    def next_card(
        self,
        cards: Mapping[str, ObjectionCard],
        today: date | None = None,
        rubric: Rubric | None = None,
    ) -> Next | None:
        """Return the card to practise next and why; see `History`."""
        return self.history().next_card(cards, today, rubric)

    def _of(self, kind: type[R]) -> list[R]:
        everything: Iterable[Kept] = (*self._kept, *self._unsaved)
        return [each for each in everything if isinstance(each, kind)]

    def _read(self) -> None:
        """Make records of the lines that are new; what makes no sense counts as foreign."""
        lines = self._file.lines
        if self._lines is not lines:  # another file lies there now
            self._kept, self._used, self._lines = [], 0, lines
        for line in lines[self._used :]:
            try:
                self._kept.append(KINDS[line["kind"]].from_dict(line))
            except ValueError:
                self._file.refuse(line)
        self._used = len(self._file.lines)


def _kind(record: Kept) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(record, kind))
