"""Which mechanism which published fact needs: each is switched off in turn and all facts repeated.

A mechanism that no fact needs may still be worth its place in the model (a manager decides about
it), but this evidence says nothing for it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simkit.region.policies import BY_HABIT
from simkit.scenario.record import did_you_mean
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import Row
from simkit.study.evidence.validate import Progress, tasks_of, validate
from simkit.study.evidence.worlds import OFF, changed, measuring, region

Changes = dict[str, Any]
EVENLY = {"key": BY_HABIT.key, "regular": BY_HABIT.regular, "tail": BY_HABIT.tail}
PATIENT = {"patience_per_week": 0}

MECHANISMS: dict[str, Changes] = {
    "differences between customers": {"demand": {"rate_shape": None, "value_sigma": 0}},
    "response to calls": OFF["response"],
    "carry-over of calls": {"response": {"carry_over": 0}},
    "targeting of calls": {"selling": {"call_split": EVENLY}},
    "relationship with the rep": OFF["relationship"],
    "skill and learning": OFF["skill"],
    "differences in ability": {"skill": {"ability_sigma": 0}},
    "effort under the pay plan": OFF["effort"],
    "present bias": {"effort": {"present_bias": 0}},
    "ratchet of quotas": {"pay": {"plan": {"ratchet_share": 0}}},
    "turnover of reps": OFF["turnover"],
    "leads and deals": OFF["funnel"],
    "freshness of leads": {"funnel": {"fresh_day_factor": 1, "fresh_later_factor": 1}},
    "deals without a decision": {"funnel": {"no_decision_per_week": 0}},
    "limited desks": OFF["desks"],
    "impatience at the desks": {"desks": {"quote": PATIENT, "legal": PATIENT}},
    "limited stock": OFF["stock"],
    "supplier failures": OFF["supplier"],
    "satisfaction": OFF["satisfaction"],
    "loss of customers": OFF["loss"],
    "market, price and promotion": OFF["market"],
    "fluctuation of the market": {"market": {"noise_sd": 0}},
    "competitor": OFF["competitor"],
    "slumps": OFF["crises"],
    "season": {"market": {"season_share": 0}},
}
"""What is changed in the shipped region to switch each mechanism off."""

ELSEWHERE = ("fact 28", "fact 41")
"""Measured on worlds of their own, in which none of this is on."""
TOO_LONG = ("fact 9",)
SECONDS = 3.0
"""About how long a fact may take without one mechanism; one replication is the least."""
NOISE = 2.0
"""Standard errors of the difference that a fact must move to count as broken."""


@dataclass(frozen=True)
class KnockOut:
    """What happens to the facts when one mechanism is off.

    `broken`: ids of the rows that hold in the full model and no longer without it.
    """

    mechanism: str
    broken: tuple[str, ...]

    @property
    def needed(self) -> bool:
        """Whether some fact needs the mechanism."""
        return bool(self.broken)

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        if self.needed:
            return f"Without {self.mechanism}, {len(self.broken)} of the facts no longer hold."
        return f"No fact needs {self.mechanism}: as far as this evidence goes, it is decoration."

    def as_dict(self) -> dict[str, Any]:
        """Return mechanism, broken, needed and sentence as plain data."""
        names = ("mechanism", "needed", "sentence")
        return {**{name: getattr(self, name) for name in names}, "broken": list(self.broken)}


@dataclass(frozen=True)
class Found:
    """The table of all mechanisms, and the rows of the full model that do not hold anyway."""

    mechanisms: tuple[KnockOut, ...]
    never_held: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the table as plain data."""
        rows = [each.as_dict() for each in self.mechanisms]
        return {"mechanisms": rows, "never_held": list(self.never_held)}


def knock_out(
    mechanisms: Sequence[str] = (),
    facts: Sequence[str] = (),
    workers: int = 0,
    progress: Progress | None = None,
    slow: bool = False,
) -> Found:
    """Switch `mechanisms` (all by default) off one at a time and measure `facts` (all) again.

    A fact breaks when its estimate leaves the band or cannot be measured, and moves by more than 2
    standard errors; the spread between replications is taken from the full model. With the same
    seeds everywhere. `slow`: as many replications without a mechanism as with it.

    Raises ValueError for an unknown mechanism.
    """
    names = mechanisms or tuple(MECHANISMS)
    for name in names:
        if name not in MECHANISMS:
            raise ValueError(f"no mechanism '{name}'{did_you_mean(name, MECHANISMS)}")
    full = [task for task in tasks_of(("fact",)) if _wanted(task[0], facts)]
    fewer = full if slow else [_short(task) for task in full]
    tasks = [*map(_labelled, full), *(_without(name, task) for name in names for task in fewer)]
    rows = validate(tasks, workers, progress)
    return _compare(names, full, fewer, rows)


def _wanted(id: str, facts: Sequence[str]) -> bool:
    return id in facts if facts else id not in ELSEWHERE + TOO_LONG


def _replications(task: Task) -> int:
    return int(task[2].get("replications", 1))


def _short(task: Task) -> Task:
    """The same task with as many replications as fit into the time for one fact."""
    id, function, arguments, slow, seconds = task
    each = seconds / _replications(task)
    number = max(1, min(_replications(task), int(SECONDS / each)))
    return (id, function, {**arguments, "replications": number}, slow, each * number)


def _labelled(task: Task) -> Task:
    return _without("", task)


def _without(mechanism: str, task: Task) -> Task:
    id, function, arguments, slow, seconds = task
    given = {"mechanism": mechanism, "id": id, "function": function, "arguments": arguments}
    return (f"{id} without {mechanism}", measure_without, given, slow, seconds)


def measure_without(
    mechanism: str, id: str, function: Callable[..., Rows], arguments: Changes
) -> Rows:
    """Return the rows of a fact on the region without a mechanism ("": on the full region).

    Their ids say where they belong: mechanism, task, row. What cannot be measured has no row.
    """
    scenario = changed(region(1), **MECHANISMS.get(mechanism, {}))
    try:
        with measuring(scenario):
            rows = function(**arguments)
    except (ArithmeticError, ValueError, LookupError):
        return []
    return [replace(row, id=f"{mechanism}|{id}|{row.id}") for row in rows]


def _compare(names: Sequence[str], full: list[Task], fewer: list[Task], rows: Rows) -> Found:
    found = {row.id: row for row in rows}
    ratio = {a[0]: _replications(a) / _replications(b) for a, b in zip(full, fewer, strict=True)}
    base = [row for row in rows if row.id.startswith("|")]
    knocked = []
    for name in names:
        broken = [
            row.id.split("|")[2]
            for row in base
            if breaks(row, found.get(name + row.id), ratio[row.id.split("|")[1]])
        ]
        knocked.append(KnockOut(name, tuple(broken)))
    never = [row.id.split("|")[2] for row in base if not holds(row, row)]
    return Found(tuple(knocked), tuple(never))


def holds(row: Row, band: Row) -> bool:
    """Return whether the estimate of a row lies in a band, whatever its error."""
    value = row.measured
    if value is None or band.low is None or band.high is None:
        return False
    return math.isfinite(value) and band.low <= value <= band.high


def breaks(full: Row, without: Row | None, ratio: float) -> bool:
    """Return whether a fact that holds in the full model no longer does without a mechanism.

    `ratio`: replications with the mechanism for one without it.
    """
    if not holds(full, full):
        return False
    if without is None or without.measured is None or not math.isfinite(without.measured):
        return True
    error = (full.standard_error or 0.0) * math.sqrt(1.0 + ratio)
    moved = abs(without.measured - (full.measured or 0.0)) > NOISE * error
    return moved and not holds(without, full)
