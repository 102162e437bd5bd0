"""Stage histories, one row for each change of stage, as one row for each opportunity."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from simkit.scenario.fit.deals.crm import ENDS, ENTERED, STAGES, Layout

Row = tuple[int, list[str]]
"""Line and cells."""
ADDED = ("created", *ENTERED, "close", "stage")
"""Columns that a folded row has at its end."""


def is_history(layout: Layout) -> bool:
    """Return whether the rows are changes of stage: to which one, and when."""
    return {"to_stage", "changed", "id"} <= layout.where.keys()


def fold(
    rows: Iterable[Row], layout: Layout, day: Callable[[str], int | str]
) -> tuple[list[Row], Layout]:
    """Return a row for each opportunity: its last one with `ADDED`, and the layout of these rows.

    A stage begins when it is first entered; a deal that falls back to an earlier one stays in the
    later. What it ends in is its last change. `day`: the ordinal of a date's text, or a message.
    """
    by_deal: dict[str, list[Row]] = {}
    for line, cells in rows:
        by_deal.setdefault(_cell(cells, layout, "id"), []).append((line, cells))
    width = len(layout.header)
    where = {**layout.where, **{name: (width + i,) for i, name in enumerate(ADDED)}}
    where.pop("id")  # each is there once now
    for name in ("won", "closed", "status"):
        where.pop(name, None)
    folded = [_folded(changes, layout, day) for changes in by_deal.values()]
    return folded, replace(layout, where=where, header=(*layout.header, *ADDED))


def _folded(changes: list[Row], layout: Layout, day: Callable[[str], int | str]) -> Row:
    def when(change: Row) -> int:
        found = day(_cell(change[1], layout, "changed"))
        return found if isinstance(found, int) else 0  # told when the folded row is read

    changes = sorted(changes, key=when)
    line, last = changes[-1]
    created = _cell(changes[0][1], layout, "created") or _cell(changes[0][1], layout, "changed")
    stage = _cell(last, layout, "to_stage")
    closed = _cell(last, layout, "changed") if layout.state(stage) in ENDS else ""
    entered = dict(_entries(changes, layout))
    return line, [*last, created, *(entered.get(s, "") for s in STAGES[1:]), closed, stage]


def _entries(changes: list[Row], layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield each stage at its first entry, with the text of the day."""
    furthest = 0
    for _, cells in changes:
        state = layout.state(_cell(cells, layout, "to_stage"))
        if state in STAGES and STAGES.index(state) > furthest:
            furthest = STAGES.index(state)
            yield state, _cell(cells, layout, "changed")


def _cell(cells: list[str], layout: Layout, name: str) -> str:
    columns = layout.where.get(name, ())
    return next((text for i in columns if (text := cells[i].strip())), "")
