"""What pay plans cost and bring, seed by seed: helpers of the facts about pay."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.population import draw_customers, draw_reps
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.worlds import YEAR, changed, happened, play, revenue
from simkit.study.outcome import SALES

QUARTER = 13
WANTED = ("order", "lost_sale")
"""Routine orders, whether or not they could be served: what effort brings, less chance of stock."""
EQUAL_PAY = 0.01
"""How near the pay of two plans is brought, as a share of it."""
STEPS = 8
NOTHING = {
    "commission_from": 0.0,
    "over_share": 0.0,
    "quarter_bonus": 0.0,
    "annual_bonus": 0.0,
    "cap": None,
    "ratchet_share": 0.0,
}
"""A pay plan with salary and a commission from the first sale, nothing else."""


def with_plan(scenario: Scenario, **changes: Any) -> Scenario:
    """Return the scenario with changes of its pay plan, in force from the warm-up on."""
    return changed(scenario, pay={"plan": changes})


@dataclass(frozen=True)
class Outcome:
    """What one run of a plan came to; money is of the weeks after the warm-up."""

    revenue: float
    """Routine orders and won deals."""
    pay: float
    """All pay but the salary, per rep and year of work."""
    thirds: tuple[float, ...]
    """Routine orders wanted by the accounts of the first day, by third of the reps' ability."""

    @property
    def orders(self) -> float:
        """Routine orders wanted by the accounts of the first day, served or not."""
        return sum(self.thirds)


def outcome(simulation: Simulation) -> Outcome:
    """Return what a finished run came to."""
    third = thirds_of_accounts(simulation.scenario)
    orders = [0.0, 0.0, 0.0]
    for event in happened(simulation, *WANTED):
        if event[4] in third:
            orders[third[event[4]]] += event[6]
    return Outcome(revenue(simulation), variable_pay(simulation), tuple(orders))


def outcomes(scenario: Scenario, seeds: Sequence[int]) -> list[Outcome]:
    """Return what the scenario comes to with each seed."""
    return [outcome(play(scenario, seed)) for seed in seeds]


def variable_pay(simulation: Simulation) -> float:
    """Return all pay but the salary, per rep and year of work."""
    years = len(happened(simulation, "quota")) / YEAR
    return sum(e[6] for e in happened(simulation, "pay") if e[7] != "salary") / years


def thirds_of_accounts(scenario: Scenario) -> dict[str, int]:
    """Return for each account of the first day the third of its rep: 0 the least able, 2 the most.

    Ability is hidden from everybody in the model; here it is read from the drawn reps.
    """
    reps = draw_reps(scenario)
    ranked = sorted(reps, key=lambda rep: (rep.ability, rep.id))
    third = {rep.id: 3 * rank // len(ranked) for rank, rep in enumerate(ranked)}
    customers, _ = draw_customers(scenario, reps)
    return {c.id: third[c.rep.id] for c in customers if c.rep}


def mean_pay(runs: Sequence[Outcome]) -> float:
    """Return the mean pay of the runs besides the salary, per rep and year."""
    return sum(run.pay for run in runs) / len(runs)


def share_for_pay(
    plan: Callable[[float], Scenario],
    wanted: float,
    known: tuple[float, float],
    seeds: Sequence[int],
) -> float:
    """Return the commission share at which `plan(share)` pays `wanted` besides the salary.

    Starts from `known`, a share and the pay it leads to; every step runs the same `seeds`. Returns
    the best share found when pay jumps over `wanted`: single bonuses make it jump.
    """
    points = [known]
    for _ in range(STEPS):
        share = _next_share(points, wanted)
        points.append((share, mean_pay(outcomes(plan(share), seeds))))
        if abs(points[-1][1] / wanted - 1.0) < EQUAL_PAY:
            break
    return min(points[1:], key=lambda point: abs(point[1] / wanted - 1.0))[0]


def _next_share(points: Sequence[tuple[float, float]], wanted: float) -> float:
    """Where to look next: between the nearest points below and above, or beyond all of them.

    Linear in the logarithms of share and pay. Beyond: with elasticity 1.2, as sales grow along.
    """
    below = max((point for point in points if point[1] < wanted), default=None)
    above = min((point for point in points if point[1] >= wanted), default=None)
    if below and above and below[0] < above[0]:
        way = math.log(wanted / below[1]) / math.log(above[1] / below[1])
        return float(below[0] * (above[0] / below[0]) ** way)
    share, paid = points[-1]
    return float(min(1.0, share * (wanted / paid) ** (1.0 / 1.2)))


def gain(after: Sequence[float], before: Sequence[float]) -> list[float]:
    """Return the relative differences, run by run."""
    return [a / b - 1.0 for a, b in zip(after, before, strict=True)]


Period = tuple[str, int]
"""A rep and the number of a quarter or year."""


def attainments(simulation: Simulation, weeks: int, least: int) -> list[float]:
    """Return sales over quota of each rep and period of `weeks` weeks.

    Counts reps who had a quota in at least `least` weeks of the period.
    """
    sales, quotas = defaultdict[Period, float](float), defaultdict[Period, float](float)
    worked: Counter[Period] = Counter()
    for event in happened(simulation, *SALES, "quota"):
        period = (event[3], int(event[0] // (DAYS_PER_WEEK * weeks)))
        if event[1] == "quota":
            quotas[period] += event[6]
            worked[period] += 1
        else:
            sales[period] += event[6]
    return [sales[p] / quotas[p] for p, n in worked.items() if n >= least and quotas[p] > 0]
