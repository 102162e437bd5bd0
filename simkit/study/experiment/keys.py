"""What a result depends on, as one text: the same in every process, at any time."""

from collections.abc import Callable, Iterable
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import Kpi
from simkit.study.cache import code_digest
from simkit.study.experiment.content import COVERED, Content, NoContentError, library_name
from simkit.study.run import canonical, versions

if TYPE_CHECKING:
    from simkit.study.experiment.worlds import Task

KEPT = 64
"""Scenarios and sets of KPIs whose key is remembered."""
_remembered: dict[int, tuple[Any, str]] = {}


def task_key(task: "Task") -> str:
    """Return the SHA-256 of all that the summary of a task depends on; the arm's name is not."""
    scenario, kpis = task.arm.scenario, task.kpis
    whole = [
        _once(scenario, lambda: digest(scenario.model_dump(mode="json"))),
        task.arm.player.key,
        task.seed,
        task.replication,
        task.shared,
        _once(kpis, lambda: kpis_key(kpis)),
        code_digest(),
        versions(),
    ]
    return digest(whole)


def kpis_key(kpis: Iterable[Kpi]) -> str:
    """Return the key of some figures: their names, in any order, and how they are computed."""
    return digest(sorted([kpi.name, function_key(kpi.formula)] for kpi in kpis))


def function_key(function: Callable[..., Any]) -> str:
    """Return what tells a function from others: equal for equal behaviour, in any process.

    Of simkit's own functions the name, for their code is part of every task's key. Of others, such
    as those of a notebook cell, the content: `Content` says what belongs to it. Another version of
    Python gives another key. A function that uses something that lives only in this session, such
    as an open file, has a new key each time: nothing is ever found under it again.
    """
    name = library_name(function)
    if name.startswith(COVERED):
        return name
    try:
        return digest(Content().of(function))
    except (NoContentError, RecursionError, OSError):
        return f"only here {token_hex(16)}"


def digest(data: Any) -> str:
    """Return the SHA-256 of plain data."""
    return sha256(canonical(data).encode()).hexdigest()


def _once(thing: Any, make: Callable[[], str]) -> str:
    """Return the key of a thing that does not change, made once."""
    found = _remembered.get(id(thing))
    if found is None:
        found = _remembered[id(thing)] = (thing, make())  # held, so that its id stays its own
        for old in list(_remembered)[:-KEPT]:
            _remembered.pop(old, None)
    return found[1]
