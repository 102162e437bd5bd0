"""The real engine with nearly everything off: what exact cases are made of."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np

from simkit.region.draws import entity_number
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Record
from simkit.scenario.records import Scenario
from simkit.study.evidence.row import Row, exact_row
from simkit.study.evidence.worlds import changed, play

R = TypeVar("R", bound=Record)
REPLICATIONS = 30
NO_WAIT = {"staff": None, "service_days": 0, "patience_per_week": 0}
AT_ONCE = {"think_days": 0, "pass_share": 1}
STAGES = ("qualify", "quote", "negotiate", "contract")


@cache
def _all_off(on: tuple[str, ...]) -> Scenario:
    scenario = _switched(load_scenario("region_40"), on)
    desks = dict.fromkeys(("quote", "legal", "delivery"), NO_WAIT)
    return changed(scenario, demand={"walk_ins_per_year": 0}, desks={**desks, "approval_days": 0})


def _switched(record: R, on: Sequence[str], name: str = "") -> R:
    """Return a record with every mechanism in it off unless it is named, also those to come."""
    inner = {key: value for key, value in record if isinstance(value, Record)}
    new: dict[str, Any] = {key: _switched(value, on, key) for key, value in inner.items()}
    if "on" in type(record).model_fields:
        new["on"] = name in on
    return record.but(**new) if new else record


def bare(*on: str, territories: Sequence[dict[str, Any]], **changes: Any) -> Scenario:
    """Return a scenario with all mechanisms off but those named; `changes` as in `changed`.

    Raises pydantic.ValidationError when a change does not fit.
    """
    places = [{"name": {"en": p["id"], "zh": p["id"]}, **p} for p in territories]
    return changed(_all_off(on), territories=places, reps=[], shocks=[], **changes)


def funnel(stages: Mapping[str, Mapping[str, float]], **more: Any) -> dict[str, Any]:
    """Return funnel settings: every other lead becomes an opportunity as it comes, then `stages`.

    Stages that are not named take no time and lose nobody.
    """
    return {
        "needs_rep": False,
        "best_qualified_share": 1.0,
        "no_decision_per_week": 0,
        "new_customer_share": 0,
        "discount_limit_share": 0,
        "deal_sigma": 0,
        "stages": {**dict.fromkeys(STAGES, AT_ONCE), **stages},
        **more,
    }


def leads_for(opportunities_per_day: float) -> float:
    """Return leads per week of which so many become opportunities: a uniform score halves them."""
    return 2 * DAYS_PER_WEEK * opportunities_per_day


def weeks_for(days: float) -> int:
    """Return whole weeks that hold so many days, at least one."""
    return max(1, math.ceil(days / DAYS_PER_WEEK))


def seeds(luck: Sequence[Any], count: int) -> range:
    """Return seeds that belong to a case, so that no two cases share their luck."""
    first = entity_number(repr(luck)) % 2**31
    return range(first, first + count)


def replicated(
    luck: Sequence[Any],
    scenario: Scenario,
    measure: Callable[[Simulation], Sequence[float]],
    replications: int = REPLICATIONS,
    other_people: bool = False,
    **levers: Any,
) -> np.ndarray:
    """Return what `measure` says of independent runs, one row each, one column per quantity.

    `luck` names the case, see `seeds`. The levers stay as the scenario has them, but for `levers`.
    `other_people`: every replication draws its own population.
    """
    policy = (lambda report: report.decision.but(**levers)) if levers else keep_course
    values = []
    for seed in seeds(luck, replications):
        chosen = scenario.but(population_seed=seed) if other_people else scenario
        values.append(list(measure(play(chosen, seed, policy))))
    return np.array(values, dtype=float)


Quantity = tuple[str, str, float]
"""End of the row's id, what it is in words, the exact value."""


def compare(source: str, values: np.ndarray, *quantities: Quantity, note: str = "") -> list[Row]:
    """Return a row for every quantity; `values` has a row per replication, a column each."""
    return [
        exact_row(name, what, source, expected, column[np.isfinite(column)].tolist(), note)
        for (name, what, expected), column in zip(quantities, values.T, strict=True)
    ]
