"""Progress of work in several parts, told as one."""

from collections.abc import Sequence
from functools import partial

from simkit.study.workers import Tell


def in_parts(tell: Tell, shares: Sequence[float]) -> list[Tell]:
    """Return what tells the progress of each part as a part of the whole, in thousandths.

    `shares`: how much of the time each part takes, in all 1.
    """
    told, before = list[Tell](), 0.0
    for share in shares:
        told.append(partial(_part, tell, before, share))
        before += share
    return told


def _part(tell: Tell, before: float, share: float, done: int, total: int) -> None:
    tell(round(1000 * (before + share * done / max(1, total))), 1000)
