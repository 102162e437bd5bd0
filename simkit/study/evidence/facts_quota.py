"""Facts 12, 13 and 15: when in the year reps sell, deals pulled forward, how hard quotas are.

`fact_NN(replications)` measures on the shipped region, or what `measuring` names; returns its rows.
"""

from collections.abc import Sequence

import numpy as np

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.pay_plans import QUARTER, WANTED, with_plan
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    ABOVE_ZERO,
    BELOW_ZERO,
    YEAR,
    Array,
    changed,
    happened,
    if_outside,
    play,
    region,
    revenue,
    seeds,
)

OYER = "Oyer 1998, QJE 113(1)"
LARKIN = "Larkin 2014, JOLE 32(2)"
LOCKE = "Locke and Latham 2002, American Psychologist 57(9)"


# Fact 12

YEARS = 3


def fact_12(replications: int = 3) -> list[Row]:
    """Return how much more or less than in mid-year is sold at the end and the start of a year.

    Bonuses are paid once a year instead of quarterly, the season is off. Measured: routine orders
    wanted by the accounts of the first day, over what they are with the same seed when everybody
    always works as usual, so that market and growth cancel; mean over three years.
    """
    base, numbers = annual_plan(region(YEARS * YEAR)), seeds(replications)
    usual = [quarters(changed(base, effort={"on": False}), seed) for seed in numbers]
    first, last = around_mid_year(base, usual, numbers)
    patient = changed(base, effort={"present_bias": 0})
    _, calm = around_mid_year(patient, usual, numbers)
    where = "quarter against the middle of the year, annual plan"
    end = _row_12("fact 12: Q4", f"last {where}", (0.01, 0.07), last)
    start = _row_12("fact 12: Q1", f"first {where}", (-0.07, -0.005), first)
    what = f"last {where}, without present bias; sign only (our simulation)"
    reverse = _row_12("fact 12: no bias", what, BELOW_ZERO, calm)
    return [if_outside(end, _WHY_12), if_outside(start, _WHY_12), reverse]


_WHY_12 = "calls of one quarter bring orders in the next ones, which moves the sales of a late push"


def annual_plan(scenario: Scenario) -> Scenario:
    """Return the scenario with all bonuses paid once a year, without season."""
    plan = scenario.pay.plan
    year = plan.annual_bonus + YEAR / QUARTER * plan.quarter_bonus
    scenario = changed(scenario, market={"season_share": 0.0})
    return with_plan(scenario, quarter_bonus=0.0, annual_bonus=year)


def quarters(scenario: Scenario, seed: int) -> Array:
    """Return the number of routine orders wanted by the first day's accounts, by year and quarter.

    An array (years, 4).
    """
    simulation = play(scenario, seed)
    there = {e[4] for e in simulation.world.log if e[1] == "account" and e[0] < 0}
    counts = np.zeros(simulation.scenario.weeks // QUARTER)
    for event in happened(simulation, *WANTED):
        if event[4] in there:
            counts[int(event[0] // (DAYS_PER_WEEK * QUARTER))] += 1.0
    return counts.reshape(-1, 4)


def around_mid_year(
    scenario: Scenario, usual: Sequence[Array], numbers: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return sales of the first and the last quarter over mid-year, less 1, by seed.

    `usual` are the quarters of the same seeds to compare with.
    """
    first, last = [], []
    for seed, control in zip(numbers, usual, strict=True):
        relative = quarters(scenario, seed) / control
        middle = relative[:, 1:3].mean(axis=1)
        first.append(float(np.mean(relative[:, 0] / middle) - 1.0))
        last.append(float(np.mean(relative[:, 3] / middle) - 1.0))
    return first, last


def _row_12(id: str, what: str, band: tuple[float, float], values: Sequence[float]) -> Row:
    return band_row(id, what, OYER, band, *mean_and_error(values))


# Fact 13

SOFTWARE = {"discount_limit_share": 0.30}
"""Preset: reps may give as much as a scenario can allow (assumption)."""
PULL = 1.0
"""An incentive to close in time as large as usual pay halves what a rep keeps of the limit."""


def fact_13(replications: int = 3) -> list[Row]:
    """Return what discounts given to close deals in time for a bonus cost, as a share of deals.

    An option preset like business software: reps set discounts up to 30 %, and use them the more
    the more pay hangs on closing in time; against the same reps who do not.
    """
    honest = region(YEAR, funnel=SOFTWARE, effort={"discount_pull": 0})
    gaming = changed(honest, effort={"discount_pull": PULL})
    values = [
        _discount_share(play(gaming, seed)) - _discount_share(play(honest, seed))
        for seed in seeds(replications)
    ]
    what = "discounts to close deals in time, as a share of deals at list price; option preset"
    row = band_row("fact 13", what, LARKIN, (0.02, 0.08), *mean_and_error(values))
    return [if_outside(row, "")]


def _discount_share(simulation: Simulation) -> float:
    """Share of the list price of won deals that was given away."""
    deals = happened(simulation, "won")
    listed = sum(event[6] / (1.0 - float(event[7])) for event in deals)
    return 1.0 - sum(event[6] for event in deals) / listed


# Fact 15

FACTORS = (0.4, 0.7, 0.9, 1.1, 1.5, 2.0)
"""Quota over the sales to expect."""


def fact_15(replications: int = 2) -> list[Row]:
    """Return at which quota reps sell most, and what they sell less at the ends of the range.

    The best quota of a seed is the top of the parabola through the best of six factors and its
    neighbours.
    """
    worlds = [region(YEAR, quotas={"factor": factor}) for factor in FACTORS]
    curves = [[revenue(play(world, seed)) for world in worlds] for seed in seeds(replications)]
    tops = [_top(curve) for curve in curves]
    drops = [1.0 - max(curve[0], curve[-1]) / max(curve) for curve in curves]
    return [
        band_row(
            "fact 15",
            "quota over expected sales at which revenue is highest; our band",
            LOCKE,
            (0.8, 1.2),
            *mean_and_error(tops),
        ),
        band_row(
            "fact 15: both ends",
            "loss of revenue at the better of quotas of .4 and 2 times what is expected; sign only",
            LOCKE,
            ABOVE_ZERO,
            *mean_and_error(drops),
        ),
    ]


def _top(curve: Sequence[float]) -> float:
    """Return the factor at the top; at an end of the range that end."""
    best = int(np.argmax(curve))
    if best in (0, len(FACTORS) - 1):
        return FACTORS[best]
    near = slice(best - 1, best + 2)
    square, slope, _ = np.polyfit(FACTORS[near], np.asarray(curve[near]) / max(curve), 2)
    return float(-slope / (2.0 * square))


TASKS = [
    ("fact 12", fact_12, {"replications": 3}, False, 20),
    ("fact 13", fact_13, {"replications": 3}, False, 5),
    ("fact 12", fact_12, {"replications": 16}, True, 105),
    ("fact 13", fact_13, {"replications": 16}, True, 25),
    ("fact 15", fact_15, {"replications": 12}, True, 65),
]
