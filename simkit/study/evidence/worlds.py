"""Worlds to measure in: the shipped region with changes, played under a policy, and its events.

Two runs with one seed meet the same customers with the same luck, so differences between them are
taken seed by seed (common random numbers).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simkit.region.decision import Policy
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Record
from simkit.scenario.records import Scenario
from simkit.study.evidence.row import NORMAL_90, Row
from simkit.study.outcome import outcome

Array = NDArray[np.float64]
R = TypeVar("R", bound=Record)
NO_DESK = {"staff": None}
YEAR = 52
ABOVE_ZERO = (0.0, 10.0)
"""Band of a sign: above 0; 10 stands for no upper limit."""
BELOW_ZERO = (-10.0, 0.0)

OFF: dict[str, dict[str, Any]] = {
    "demand": {"demand": {"on": False}},
    "response": {"response": {"on": False}},
    "relationship": {"relationship": {"on": False}},
    "skill": {"skill": {"on": False}},
    "effort": {"effort": {"on": False}},
    "turnover": {"turnover": {"on": False}},
    "funnel": {"funnel": {"on": False}},
    "desks": {"desks": {"quote": NO_DESK, "legal": NO_DESK, "delivery": NO_DESK}},
    "stock": {"stock": {"on": False}},
    "supplier": {"stock": {"supplier": {"on": False}}},
    "satisfaction": {"satisfaction": {"on": False}},
    "loss": {"loss": {"on": False}},
    "market": {"market": {"on": False}},
    "competitor": {"market": {"competitor": {"on": False}}},
    "crises": {"market": {"crises": {"on": False}}},
}
"""How each mechanism is switched off in a scenario."""


def changed(record: R, **changes: Any) -> R:
    """Return a copy of a record; a mapping changes the inner record it names, key by key."""
    inner = {name: getattr(record, name) for name in changes}
    return record.but(
        **{
            name: changed(inner[name], **new)
            if isinstance(new, dict) and isinstance(inner[name], Record)
            else new
            for name, new in changes.items()
        }
    )


def without(scenario: Scenario, *mechanisms: str) -> Scenario:
    """Return the scenario with the named mechanisms of `OFF` off."""
    for name in mechanisms:
        scenario = changed(scenario, **OFF[name])
    return scenario


def only(scenario: Scenario, *mechanisms: str) -> Scenario:
    """Return the scenario with all mechanisms off but the named ones, and no walk-ins."""
    off = without(scenario, *(name for name in OFF if name not in mechanisms))
    return changed(off, demand={"walk_ins_per_year": 0})


@cache
def _shipped(name: str) -> Scenario:
    return load_scenario(name)


def region(weeks: int, **changes: Any) -> Scenario:
    """Return the region that is measured for `weeks` weeks, with `changes` as in `changed`.

    That is the shipped region of forty reps, but inside `measuring`.
    """
    return changed(_measured.get() or _shipped("region_40"), weeks=weeks, **changes)


_measured: ContextVar[Scenario | None] = ContextVar("measured", default=None)


@contextmanager
def measuring(scenario: Scenario) -> Iterator[None]:
    """Let all facts be measured on `scenario` in place of the shipped region."""
    token = _measured.set(scenario)
    try:
        yield
    finally:
        _measured.reset(token)


def shock(
    name: str, *effects: tuple[str, str, float], start: int, weeks: int, **more: Any
) -> dict[str, Any]:
    """Return a shock as a file would state it; an effect is (what, where, multiply)."""
    keys = ("what", "where", "multiply")
    return {
        "id": name,
        "name": {"en": name, "zh": name},
        "brief": {"en": name, "zh": name},
        "start_week": start,
        "weeks": weeks,
        "effects": [dict(zip(keys, effect, strict=True)) for effect in effects],
        "source": "made up to measure what follows from it",
        **more,
    }


def play(scenario: Scenario, seed: int, policy: Policy = keep_course) -> Simulation:
    """Return the simulation of all weeks of the scenario under a policy."""
    return Simulation(scenario, seed).run(policy)


def happened(
    simulation: Simulation, *kinds: str, first: int = 0, last: int | None = None
) -> list[Event]:
    """Return the events of some kinds in the weeks `first` to `last`, both included."""
    start = DAYS_PER_WEEK * first
    end = DAYS_PER_WEEK * ((simulation.scenario.weeks - 1 if last is None else last) + 1)
    return [e for e in simulation.world.log if e[1] in kinds and start <= e[0] < end]


def total(simulation: Simulation, *kinds: str, first: int = 0, last: int | None = None) -> float:
    """Return the sum of the amounts of those events."""
    return sum(event[6] for event in happened(simulation, *kinds, first=first, last=last))


def revenue(simulation: Simulation, first: int = 0, last: int | None = None) -> float:
    """Return routine orders and won deals at the price paid."""
    return outcome(simulation, first, last).revenue


def contribution(simulation: Simulation, first: int = 0, last: int | None = None) -> float:
    """Return revenue less all costs and pay."""
    return outcome(simulation, first, last).contribution


def cost_of_reps(simulation: Simulation, first: int = 0, last: int | None = None) -> float:
    """Return what the reps cost: pay, travel and the like."""
    costs = happened(simulation, "cost", "pay", first=first, last=last)
    return sum(e[6] for e in costs if e[1] == "pay" or e[7] == "rep")


def account_months(simulation: Simulation, weeks: int = 4) -> tuple[Array, Array]:
    """Return routine orders and visits of each account in each month of `weeks` weeks.

    Two arrays (accounts, months), of the accounts that are there from before week 0 to the end.
    """
    log, months = simulation.world.log, simulation.scenario.weeks // weeks
    there = {e[4]: None for e in log if e[1] == "account" and e[0] < 0}
    for event in log:
        if event[1] == "account_lost":
            there.pop(event[4], None)
    rows = {name: row for row, name in enumerate(there)}
    counts = {kind: np.zeros((len(rows), months)) for kind in ("order", "visit")}
    for event in happened(simulation, "order", "visit", last=months * weeks - 1):
        if (row := rows.get(event[4])) is not None:
            counts[event[1]][row, int(event[0] // (DAYS_PER_WEEK * weeks))] += 1.0
    return counts["order"], counts["visit"]


def jackknife(measure: Callable[[Sequence[int]], float], replications: int) -> tuple[float, float]:
    """Return `measure` of all replications (numbers from 0) and its standard error.

    For figures that are no mean over replications, such as a ratio of two means. Source: the
    jackknife with one left out (Efron and Tibshirani 1993, "An Introduction to the Bootstrap").
    """
    every = range(replications)
    if replications < 2:
        return measure(every), 0.0
    parts = [measure([i for i in every if i != left]) for left in every]
    middle = sum(parts) / replications
    spread = sum((part - middle) ** 2 for part in parts)
    return measure(every), (spread * (replications - 1) / replications) ** 0.5


def seeds(replications: int) -> range:
    """Return the seeds that all measurements use: 1, 2, 3 ..."""
    return range(1, replications + 1)


def if_outside(row: Row, below: str = "", above: str = "") -> Row:
    """Return the row with the reason we see where its whole 90 % interval misses the band.

    `below` and `above`: one sentence each for a figure that is too low or too high.
    """
    if row.passed is not False or row.measured is None or row.low is None or row.high is None:
        return row
    reach = NORMAL_90 * (row.standard_error or 0.0)
    if row.measured + reach < row.low:
        why = below
    elif row.measured - reach > row.high:
        why = above
    else:
        return replace(row, note="its 90 % interval is partly inside the band: not decided")
    return replace(row, note=f"outside the band: {why}" if why else "outside the band")
