"""Chances of reaching a quota, said beforehand, against how often fresh worlds reach it."""

import math
from typing import TYPE_CHECKING, Any

from simkit.region.decision import starting_decision
from simkit.scenario.library import load_scenario
from simkit.study.attainability import Outlook, outlook
from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import LIMIT, Row, band_row
from simkit.study.quarter_worlds import QUARTER, quarter_of
from simkit.study.workers import World, play_worlds

if TYPE_CHECKING:
    import numpy as np

SAID = (0.3, 0.5, 0.7)
POINTS = 0.05
"""How far off a chance may be: our band."""
FRESH_SEED = 50_001
SOURCE = "a chance is what happens as often as it says; our band"


@family
def attainment(worlds: int = 200, fresh: int = 400) -> Rows:
    """Quotas said to be reached with 30, 50 and 70 %, in worlds that nobody has looked at."""
    between(1, 5000, worlds=worlds, fresh=fresh)
    scenario = load_scenario("target_workshop").but(talks=None, weeks=QUARTER)
    seen = outlook(scenario, worlds, workers=1)
    plans, sold = _fresh(scenario, seen, fresh)
    return [row for said in SAID for row in _rows(seen, plans, sold, said)]


Plan = tuple[list[float], list[float]]
"""Of one world: the chance said for each rep, and the quota that should have it."""


def _fresh(scenario: Any, seen: Outlook, fresh: int) -> "tuple[list[Plan], np.ndarray]":
    """Play fresh worlds, in which every rep has each chance in every third one."""
    import numpy as np

    reps, start = seen.team.reps, starting_decision(scenario)
    quota = {(rep, said): seen.quota_for(rep, said) for rep in reps for said in SAID}
    plans, tasks = [], []
    for world in range(fresh):
        said = [SAID[(i + world) % len(SAID)] for i in range(len(reps))]
        plans.append((said, [quota[rep, chance] for rep, chance in zip(reps, said, strict=True)]))
        decision = start.but(quota=dict(zip(reps, plans[-1][1], strict=True)))
        tasks.append(World(scenario, FRESH_SEED + world, [decision] * QUARTER))
    found = play_worlds(tasks, quarter_of(seen.team), workers=1)
    return plans, np.array([sales for sales, _ in found])[:, :, 0]


def _rows(seen: Outlook, plans: list[Plan], sold: "np.ndarray", said: float) -> Rows:
    import numpy as np

    reps = len(seen.team.reps)
    chances, quotas = (np.array([plan[i] for plan in plans]) for i in range(2))
    mine = chances == said
    # Reps of a world share its market: a world is one observation.
    by_world = [
        (hit[use].mean(), use.sum())
        for hit, use in zip(sold[:, :reps] >= quotas, mine, strict=True)
        if use.any()
    ]
    shares, weights = np.array([s for s, _ in by_world]), np.array([n for _, n in by_world])
    mean = float(np.average(shares, weights=weights))
    spread = float(np.average((shares - mean) ** 2, weights=weights))
    band = (said - POINTS, said + POINTS)
    what = f"share of rep quotas reached that were said to be reached with {said:.0%}"
    error = math.sqrt(spread / len(shares))
    rep_row = band_row(
        f"reps {said:.0%}", what, SOURCE, band, mean, error, part="exact", role="", expected=said
    )
    return [rep_row, _region(seen, quotas, sold, said)]


def _region(seen: Outlook, quotas: "np.ndarray", sold: "np.ndarray", said: float) -> Row:
    """The same for one target of the whole region: within 4 standard errors of both samples."""
    plans = [dict(zip(seen.team.reps, row, strict=True)) for row in quotas[: len(SAID)].tolist()]
    goals = [_target(seen, plan, said) for plan in plans]
    whole = sold.sum(axis=1).tolist()
    often = sum(each >= goals[i % len(goals)] for i, each in enumerate(whole)) / len(whole)
    error = math.sqrt(said * (1.0 - said) * (1.0 / seen.worlds + 1.0 / len(whole)))
    return Row(
        f"region {said:.0%}",
        "exact",
        f"share of region targets reached that were said to be reached with {said:.0%}",
        "the same; 4 standard errors of both samples",
        said,
        said - LIMIT * error,
        said + LIMIT * error,
        often,
        error,
        abs(often - said) <= LIMIT * error,
    )


def _target(seen: Outlook, plan: dict[str, float], said: float) -> float:
    """The highest target of the region with this chance, under a plan of quotas."""
    low, high = 0.0, 3.0 * math.fsum(seen.neutral.values())
    for _ in range(40):
        middle = (low + high) / 2.0
        if seen.judge(plan, middle).region.value >= said:
            low = middle
        else:
            high = middle
    return low


TASKS: list[Task] = cases(attainment, 130.0, slow=True)
