"""The evidence table: all cases, facts and data sets, measured on several processes."""

import os
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib import import_module
from typing import Any, get_args

from simkit.study.evidence.case_text import parse_case, refused
from simkit.study.evidence.families import CaseError, Rows, Task, case_name, checked
from simkit.study.evidence.row import Part, Row, missing_row
from simkit.study.workers import run_tasks

MODULES: dict[Part, tuple[str, ...]] = {
    "exact": ("exact",),
    "fact": (
        "facts_calls",
        "facts_charts",
        "facts_map",
        "facts_market",
        "facts_pay",
        "facts_people",
        "facts_quota",
        "facts_search",
        "facts_service",
        "facts_size",
        "facts_years",
    ),
    "data": ("data_cdnow", "data_fit", "data_panel", "data_prices"),
}
"""Modules of this package whose `TASKS` make up a part of the table."""
PARTS: tuple[Part, ...] = get_args(Part)
Progress = Callable[[int, int], None]


def tasks_of(parts: Sequence[Part] = PARTS, slow: bool = False) -> list[Task]:
    """Return the tasks of some parts of the table.

    `slow`: the long ones too; a long one takes the place of the quick one of the same name. Without
    it, what there is no quick one for becomes a row that says so: nothing disappears.
    """
    names = [name for part in PARTS if part in parts for name in MODULES[part]]
    tasks = [task for name in names for task in import_module(f"{__package__}.{name}").TASKS]
    if slow:
        longer = {task[0] for task in tasks if task[3]}
        return [task for task in tasks if task[3] or task[0] not in longer]
    quick = {task[0] for task in tasks if not task[3]}
    return [
        _left_for_later(task) if task[3] else task
        for task in tasks
        if not task[3] or task[0] not in quick
    ]


def _left_for_later(task: Task) -> Task:
    name, function, _, _, seconds = task
    what = (function.__doc__ or "").partition("\n")[0]
    known = {"id": name, "part": _part_of(task), "what": what, "seconds": seconds}
    return (name, left_for_later, known, False, 0.0)


def left_for_later(id: str, part: Part, what: str, seconds: float) -> Rows:
    """Return the row of a task that takes too long for the quick table."""
    note = f"not measured here: takes about {seconds:.0f} s, see 'simkit validate --slow'"
    return [missing_row(id, part, what, "", note)]


def tasks_of_cases(texts: Sequence[str]) -> list[Task]:
    """Return tasks for cases that a person typed; raises ScenarioError when one makes no sense."""
    tasks: list[Task] = []
    for text in texts:
        family, given = parse_case(text)
        name = case_name(family.__name__, checked(family, given))
        tasks.append((name, family, given, False, 10.0))
    return tasks


def validate(tasks: Sequence[Task], workers: int = 0, progress: Progress | None = None) -> Rows:
    """Return the rows of all tasks, in the order of the tasks, measured on `workers` processes.

    `workers` 0: one for each processor; 1: in this process. A task that fails becomes a failed row
    with the reason. Raises ScenarioError for a case whose parameters make no sense.
    """
    size = min(workers or os.cpu_count() or 2, len(tasks) or 1)
    tell = progress or (lambda done, total: None)
    tell(0, len(tasks))
    found: dict[int, Rows] = {}
    with closing(run_tasks(measure, tasks, size, [task[4] for task in tasks])) as results:
        for done in results:
            if done is not None:
                found[done[0]] = _rows_of(tasks[done[0]], done[1])
            tell(len(found), len(tasks))
    return [row for index in range(len(tasks)) for row in found[index]]


def measure(task: Task) -> Rows:
    """Return the rows of one task."""
    _, function, arguments, _, _ = task
    return function(**arguments)


def _rows_of(task: Task, result: Callable[[], Rows]) -> Rows:
    """The rows of a task, or a failed one that says why there are none."""
    try:
        return result()
    except CaseError as error:
        raise refused(task[0], str(error)) from None
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        return [Row(task[0], _part_of(task), "was not measured", "", passed=False, note=reason)]


def _part_of(task: Task) -> Part:
    module = task[1].__module__.rpartition(".")[2]
    return next((part for part, names in MODULES.items() if module in names), "exact")


def counts(rows: Rows) -> dict[str, int]:
    """Return how many rows passed, failed and could not be measured."""
    names = {"passed": True, "failed": False, "not_measured": None}
    return {name: sum(row.passed is value for row in rows) for name, value in names.items()}


def as_dict(rows: Rows, seconds: float) -> dict[str, Any]:
    """Return the table as plain data: rows, counts, seconds of the whole."""
    return {"rows": [row.as_dict() for row in rows], **counts(rows), "seconds": round(seconds, 3)}
