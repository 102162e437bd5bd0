"""What came of the targets: attainment, and where in the range of the possible it lies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from simkit.scenario.records import Scenario
from simkit.training.debrief.luck import percentile
from simkit.training.target_debrief.worlds import Sold
from simkit.training.target_plan import Plan


@dataclass(frozen=True)
class Realised:
    """One target and its outcome; money.

    `target`: as committed, `final`: after recalibrations. `reached`: the committed one. `chance`:
    of reaching it as stated at commit; `elsewhere`: share of other worlds that reach it under the
    decisions as played, `expected` their mean sales, `low` and `high` their 10th and 90th per
    cent. `percentile`: share of the other worlds with lower sales: luck. `brier`: squared distance
    between the stated chance and what happened (1 or 0).
    """

    id: str
    kind: str
    target: int
    final: int
    sold: float
    attainment: float
    reached: bool
    chance: float | None
    elsewhere: float
    expected: float
    low: float
    high: float
    percentile: float
    brier: float | None


def realised_of(
    plan: Plan,
    scenario: Scenario,
    totals: Mapping[str, int],
    mine: Sold,
    worlds: Sequence[Sold],
) -> tuple[Realised, ...]:
    """Return the outcome of the region, of each territory and each rep.

    `totals`: by rep, after the recalibrations; the region's target stays as it was promised.
    """
    chances = plan.chances.get("reps", {})
    region = _Part("region", "region", plan.region, plan.region, plan.chances.get("region"))
    found = [_one(region, mine.region, [world.region for world in worlds])]
    for place, target in plan.territories.items():
        team = [rep.id for rep in scenario.reps if rep.territory == place]
        final = target + sum(totals[rep] - plan.reps[rep] for rep in team)
        part = _Part(place, "territory", target, final, None)
        sold = [world.territories.get(place, 0.0) for world in worlds]
        found.append(_one(part, mine.territories.get(place, 0.0), sold))
    for rep, target in plan.reps.items():
        part = _Part(rep, "rep", target, totals[rep], chances.get(rep))
        sold = [world.reps.get(rep, 0.0) for world in worlds]
        found.append(_one(part, mine.reps.get(rep, 0.0), sold))
    return tuple(found)


class _Part(NamedTuple):
    id: str
    kind: str
    target: int
    final: int
    chance: float | None


def _one(part: _Part, sold: float, worlds: Sequence[float]) -> Realised:
    reached, chance = sold >= part.target, part.chance
    low, high = (_quantile(worlds, share) for share in (0.1, 0.9))
    return Realised(
        *part[:4],
        sold,
        sold / part.target,
        reached,
        chance,
        sum(world >= part.target for world in worlds) / len(worlds),
        math.fsum(worlds) / len(worlds),
        low,
        high,
        percentile(sold, worlds),
        None if chance is None else (chance - reached) ** 2,
    )


def _quantile(values: Sequence[float], share: float) -> float:
    """The sample quantile, straight between the two nearest values."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def brier_score(found: Sequence[Realised]) -> float | None:
    """Return the mean squared distance of the reps' chances from what happened.

    Less is better; 0.25 is what always saying 50 % gets (Brier 1950, Monthly Weather Review 78).
    """
    scores = [each.brier for each in found if each.kind == "rep" and each.brier is not None]
    return math.fsum(scores) / len(scores) if scores else None
