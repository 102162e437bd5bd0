"""Orders entered against goods delivered, and what was entered weeks after it happened."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from simkit.kpi.diagnosis.facts import YEAR, Facts, Span
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.reporting import ENTERED


@dataclass(frozen=True, slots=True)
class Entry:
    """Of one territory: orders entered and delivered by week of order, and entries that came late.

    Attributes
    ----------
    late : int
        Entries of orders and deals that came in the period for a week that was over.
    all : int
        All entries that came in the period.
    delay_weeks : float or None
        How late the late ones were, on the average.
    unentered : array
        Orders by week that were delivered and that nobody has entered yet.
    usual : float or None
        Share of the delivered orders of the year before that nobody has entered.
    """

    territory: str
    span: Span
    entered: np.ndarray
    delivered: np.ndarray
    unentered: np.ndarray
    late: int
    all: int
    delay_weeks: float | None
    usual: float | None


def entries_of(facts: Facts, weeks: int) -> list[Entry]:
    """Return the entries of every territory in the last `weeks` weeks.

    Raises NoFigureError when there are fewer.
    """
    span = facts.last(weeks)
    late, counts = late_entries(facts, span)
    return [_entry(facts, name, span, late[name], counts[name]) for name in facts.territories]


def _entry(facts: Facts, name: str, span: Span, late: list[int], count: int) -> Entry:
    entered, delivered, unentered = (
        facts.flows.weekly(link, name) for link in ("orders", "delivered", "unentered")
    )
    start = max(0, span.first - facts.first)
    year = slice(max(0, start - YEAR), start)
    total = float(delivered[year].sum())
    return Entry(
        name,
        span,
        entered[start:],
        delivered[start:],
        unentered[start:],
        len(late),
        count,
        sum(late) / len(late) if late else None,
        float(unentered[year].sum()) / total if total > 0 else None,
    )


def late_entries(facts: Facts, span: Span) -> tuple[dict[str, list[int]], dict[str, int]]:
    """Return by territory how many weeks late entries of a period were, and how many came in all.

    An entry is late when it was reported in a later week than it happened in.
    """
    late: dict[str, list[int]] = defaultdict(list)
    count: dict[str, int] = defaultdict(int)
    for week, events in facts.report.by_week():
        if not span.first <= week < span.end:
            continue
        for event in events:
            if event[1] in ENTERED:
                count[event[2]] += 1
                happened = int(event[0] // DAYS_PER_WEEK)
                if happened < week:
                    late[event[2]].append(week - happened)
    return late, count
