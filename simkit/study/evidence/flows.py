"""Little's law everywhere, the funnel without limits, and what fails and comes back in turns."""

import math
from typing import Literal

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence import formulas
from simkit.study.evidence.bare import NO_WAIT, bare, compare, funnel, leads_for, replicated, seeds
from simkit.study.evidence.families import (
    Numbers,
    Rows,
    Task,
    TooLong,
    between,
    cases,
    family,
    must,
    not_negative,
    positive,
)
from simkit.study.evidence.worlds import happened, play, shock

Law = Literal["exponential", "lognormal", "constant"]
PLACES = 30
RARE = 0.02
"""Shares below this, or above its complement, are left out: too few cases to judge them by."""
CLOSED = ("won", "lost", "no_decision")
STAGES = ("qualify", "quote", "negotiate", "contract")


@family
def mginf(arrival: float = 2, mean: float = 9, law: Law = "lognormal", cv: float = 0.8) -> Rows:
    """M/G/infinity: the number of open opportunities is Poisson for any law of the time they take.

    The time is spread over three stages of the funnel, each of the given law; nobody waits.
    """
    positive(arrival=arrival, mean=mean, cv=cv)
    between(0, 1.5, cv=cv)
    number = arrival * mean
    between(0.5, 100, **{"arrival x mean, the number to expect,": number})
    scenario = _open_funnel(number, law, cv)
    simulation = play(scenario, seeds(("mginf", arrival, mean, law, cv), 1)[0])
    counts = _open_by_week(simulation)
    middle = math.floor(number)
    values = np.array(
        [[c.mean(), ((c - number) ** 2).mean(), (c <= middle).mean()] for c in counts]
    )
    return compare(
        "M/G/infinity (Palm 1943; Little's law gives the mean)",
        values,
        ("mean", "mean number of open opportunities", number),
        ("variance", "its variance, equal to the mean", number),
        ("law", f"share of weeks with at most {middle}", formulas.poisson_cdf(middle, number)),
    )


def _open_funnel(number: float, law: str, cv: float) -> Scenario:
    """Independent territories; an opportunity stays five days on average and is won in the end."""
    thinking = {name: {"think_days": 5 / 3, "pass_share": 1} for name in STAGES[:3]}
    places = [{"id": f"place{i}", "leads_per_week": leads_for(number / 5)} for i in range(PLACES)]
    return bare(
        "funnel",
        territories=places,
        weeks=30,
        warm_up_weeks=20,
        funnel=funnel(thinking, think_law=law, think_cv=cv),
    )


def _open_by_week(simulation: Simulation) -> np.ndarray:
    """Return open opportunities at the end of every week, a row for each territory."""
    numbers = {name: i for i, name in enumerate(simulation.world.territories)}
    before = simulation.scenario.warm_up_weeks
    changes = np.zeros((len(numbers), before + simulation.scenario.weeks))
    for event in simulation.world.log:
        step = 1 if event[1] == "opportunity" else -(event[1] in CLOSED)
        if step:
            changes[numbers[event[2]], before + int(event[0] // 5)] += step
    return changes.cumsum(axis=1)[:, before:]


@family
def absorbing(
    passes: Numbers = (0.6, 0.6, 0.75, 0.85),
    days: Numbers = (10, 15, 20, 2),
    no_decision: float = 0.0116,
) -> Rows:
    """Absorbing funnel: chance to win and mean time until won, lost or left undecided.

    `days`: mean exponential time in each of the four stages; `no_decision`: rate per day at which a
    negotiation ends without a decision.
    """
    for name, values in (("passes", passes), ("days", days)):
        between(4, 4, **{f"number of {name}": len(values)})
    between(0, 1, **{f"passes[{i}]": p for i, p in enumerate(passes)})
    positive(**{f"days[{i}]": d for i, d in enumerate(days)})
    not_negative(no_decision=no_decision)
    moves, times = _chain(passes, days, no_decision)
    total = float(formulas.absorbing(moves, np.array(times))[0])
    undecided = times[2] * no_decision
    win = math.prod(passes) * (1 - undecided)
    give_up = passes[0] * passes[1] * undecided
    must(win > 0, "nothing can be won: give passes above 0")
    if win < RARE:
        raise TooLong(f"a chance to win of {win:.2g} takes too many opportunities; raise passes")
    wanted = 800 / min(p for p in (win, give_up) if p >= RARE)
    ended = _cohort(passes, days, no_decision, total, max(4000.0, wanted))
    outcome = [[e[1] == "won", e[1] == "no_decision", age] for e, age in ended]
    quantities = [
        ("win probability", "share of opportunities that are won", win),
        ("no decision", "share left undecided", give_up),
        ("mean time", "mean days until the end, whatever it is", total),
    ]
    kept = [i for i in range(2) if RARE <= quantities[i][2] <= 1 - RARE] + [2]
    return compare(
        "absorbing Markov chain (Kemeny and Snell 1960)",
        np.array(outcome, dtype=float)[:, kept],
        *(quantities[i] for i in kept),
    )


def _chain(passes: Numbers, days: Numbers, no_decision: float) -> tuple[np.ndarray, list[float]]:
    """Chances of moving between the stages, and mean times in them."""
    times = list(days)
    times[2] = 1 / (1 / days[2] + no_decision)
    moves = np.diag([float(p) for p in passes[:3]], 1)
    moves[2, 3] *= times[2] / days[2]
    return moves, times


def _cohort(
    passes: Numbers, days: Numbers, no_decision: float, total: float, wanted: float
) -> list[tuple[tuple, float]]:
    """Return how opportunities of the first weeks ended, and after how many days (unscaled)."""
    scale = 10 / total
    stages = {
        name: {"think_days": scale * d, "pass_share": p}
        for name, p, d in zip(STAGES, passes, days, strict=True)
    }
    longest = 12 * sum(scale * d for d in days) / 5
    scenario = bare(
        "funnel",
        territories=[{"id": "north", "leads_per_week": min(10_000, 2 * wanted / 10)}],
        weeks=math.ceil(10 + longest),
        warm_up_weeks=0,
        funnel=funnel(
            stages, think_law="exponential", no_decision_per_week=5 * no_decision / scale
        ),
        desks={"quote": NO_WAIT, "legal": NO_WAIT},
    )
    closed = shock("closed", ("lead_rate", "north", 0.0), start=10, weeks=scenario.weeks)
    scenario = scenario.but(shocks=[closed])
    simulation = play(scenario, seeds(("absorbing", passes, days, no_decision), 1)[0])
    born = {e[5]: e[0] for e in happened(simulation, "opportunity", last=9)}
    ended = [e for e in happened(simulation, *CLOSED) if e[5] in born]
    return [(e, (e[0] - born[e[5]]) / scale) for e in ended]


@family
def supplier(up: float = 6, down: float = 2) -> Rows:
    """Alternating renewal: the supplier is down for down / (up + down) of the time."""
    positive(up=up, down=down)
    cycle = up + down
    scenario = bare(
        "stock",
        "supplier",
        territories=[{"id": "north"}],
        weeks=200,
        warm_up_weeks=20,
        stock={"supplier": {"up_weeks": up / cycle, "down_weeks": down / cycle}},
    )

    def measure(simulation: Simulation) -> list[float]:
        turns = [(e[0], e[1]) for e in simulation.world.log if e[1].startswith("supplier_")]
        return [share_of_time(turns, "supplier_down", 5.0 * simulation.week)]

    values = replicated(("supplier", up, down), scenario, measure, 20)
    what = "share of time without deliveries"
    return compare("alternating renewal process", values, ("down", what, down / cycle))


def share_of_time(turns: list[tuple[float, str]], state: str, end: float) -> float:
    """Return the share of the days 0 to `end` in `state`; `turns`: (day, new state)."""
    days = np.clip([day for day, _ in turns] + [end], 0.0, end)
    inside = np.array([name == state for _, name in turns])
    return float(np.diff(days)[inside].sum() / end)


TASKS: list[Task] = [
    *cases(mginf, 2.5, {}, {"law": "constant"}, {"law": "exponential"}),
    *cases(absorbing, 1, {}),
    *cases(supplier, 2, {}, {"up": 52, "down": 2}),
]
