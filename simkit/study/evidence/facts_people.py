"""Facts 17 to 20 and 22: how reps learn, what training does, what a departure costs, who applies.

`fact_NN(replications)` measures on the shipped region, or what `measuring` names; returns its rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simkit.region.candidates import WEIGHTS, draw_candidate, hidden_ability
from simkit.region.decision import Decision, Policy
from simkit.region.draws import Draws
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.policies import keep_course
from simkit.region.population import draw_customers, draw_reps
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.pay_plans import WANTED
from simkit.study.evidence.row import Row, band_row, exact_row, mean_and_error
from simkit.study.evidence.worlds import (
    ABOVE_ZERO,
    YEAR,
    Array,
    changed,
    happened,
    play,
    region,
    seeds,
)

SHAW = "Shaw and Lazear 2008, Labour Economics 15(4)"
BRIDGE = "Bridge Group surveys"
SANDVIK = "Sandvik et al. 2020, QJE 135(3)"
SHI = "Shi et al. 2017, JM 81(2)"
VERBEKE = "Verbeke, Dietz and Verwaal 2011, JAMS 39(3)"
MONTH = 4
"""Weeks of a month of the learning curve."""


# Facts 17 to 19: skill, seen alone


def learners(weeks: int, tenure_weeks: float) -> Scenario:
    """Return a region in which a rep's skill shows in every answer to a lead, and nothing else.

    All reps are equally able and have been there for the same time or on average `tenure_weeks`;
    they spend half of their calls on leads, which keep coming, stay fresh and go no further once
    they are qualified. No routine orders, nobody leaves, everybody works as usual.
    """
    world = region(
        weeks,
        warm_up_weeks=0,
        demand={"orders_per_week": 0},
        effort={"on": False},
        turnover={"on": False},
        skill={"ability_sigma": 0, "mean_tenure_weeks": tenure_weeks},
        selling={"calls_per_week": 30, "prospecting_share": 0.5},
        funnel={
            "fresh_day_factor": 1,
            "fresh_later_factor": 1,
            "stages": {"qualify": {"think_days": 0, "pass_share": 0}},
        },
    )
    busy = [place.but(leads_per_week=25 * place.reps) for place in world.territories]
    return changed(world, territories=busy)


def _output(world: Scenario, seed: int, policy: Policy = keep_course) -> Array:
    """Qualified leads per lead answered in each month."""
    simulation = play(world, seed, policy)
    good, all_of_them = (np.zeros(simulation.scenario.weeks // MONTH) for _ in range(2))
    for event in happened(simulation, "lead_touched"):
        month = int(event[0] // (DAYS_PER_WEEK * MONTH))
        all_of_them[month] += 1.0
        good[month] += event[7] == "qualified"
    if not all_of_them.all():
        raise ValueError("a month without an answer to a lead has no output")
    return good / all_of_them


def facts_17_and_18(replications: int = 3) -> list[Row]:
    """Return how much a cohort of beginners gains in eight months, and when it is nearly there.

    Over the same seed in a world in which skill plays no part: the leads are the same.
    """
    world = learners(88, tenure_weeks=0.0)
    level = changed(world, skill={"on": False})
    curves = [_output(world, seed) / _output(level, seed) for seed in seeds(replications)]
    gains = [float(curve[8] / curve[0]) for curve in curves]
    return [
        band_row(
            "fact 17",
            "qualified leads per answer of a cohort of beginners, month 8 over month 0",
            SHAW,
            (1.35, 1.70),
            *mean_and_error(gains),
            role="C",
            expected=1.53,
        ),
        band_row(
            "fact 18",
            "months until a cohort of beginners reaches 90 % of its own later level; our band",
            BRIDGE,
            (3.5, 7.0),
            *mean_and_error([_months_to_full(curve) for curve in curves]),
        ),
    ]


def _months_to_full(curve: Array) -> float:
    """Calendar months to 90 % of the last quarter's level, between the middles of the months."""
    level = curve / curve[-3:].mean()
    after = int(np.argmax(level >= 0.9))
    step = (0.9 - level[after - 1]) / (level[after] - level[after - 1]) if after else 0.0
    middle = MONTH * (after - 1 + step + 0.5)
    return float(middle * 12.0 / YEAR)


COURSE_WEEKS = 13
COURSE_DAYS = 1.0


def fact_19(replications: int = 2) -> list[Row]:
    """Return what a day of training a week for a quarter adds, at its end and five months later."""
    world = learners(36, tenure_weeks=1000.0)
    curves = [_output(world, seed, _course) / _output(world, seed) for seed in seeds(replications)]
    end, later = COURSE_WEEKS // MONTH - 1, (COURSE_WEEKS + 20) // MONTH
    measures = (
        ("while it runs", [float(curve[end]) - 1.0 for curve in curves]),
        ("five months later", [float(curve[later]) - 1.0 for curve in curves]),
        ("what fades", [float(curve[end] - curve[later]) for curve in curves]),
    )
    return [
        band_row(
            f"fact 19: {name}",
            f"gain in qualified leads per answer by 13 training days, {name}; sign only",
            SANDVIK,
            ABOVE_ZERO,
            *mean_and_error(values),
            role="I",
        )
        for name, values in measures
    ]


def _course(report: WeekReport) -> Decision:
    days = COURSE_DAYS if report.week < COURSE_WEEKS else 0.0
    return report.decision.but(training_days=dict.fromkeys(report.reps, days))


# Fact 20


def fact_20(replications: int = 3) -> list[Row]:
    """Return what accounts order less in the year after their rep leaves.

    One rep of every other territory is dismissed at week 0, with every seed another one; the
    accounts wait until somebody is hired. Compared with the same seed without it, and with the
    accounts of the territories left alone; nobody else leaves. For a colleague who takes over at
    once, two reps of every other territory exchange their accounts.
    """
    base = region(YEAR, turnover={"on": False})
    newcomer, colleague = zip(*(_lost_to(base, seed) for seed in seeds(replications)), strict=True)
    apart = [a - b for a, b in zip(newcomer, colleague, strict=True)]
    what = "share of a year's routine orders that accounts lose when their rep"
    return [
        band_row(
            "fact 20",
            f"{what} leaves and somebody new is hired; published: 13.2 to 17.6 %",
            SHI,
            (0.10, 0.20),
            *mean_and_error(newcomer),
            role="C",
        ),
        band_row(
            "fact 20: newcomer or colleague",
            f"{what} leaves: newcomer less colleague who takes over at once; sign only",
            SHI,
            ABOVE_ZERO,
            *mean_and_error(apart),
        ),
    ]


def _lost_to(base: Scenario, seed: int) -> tuple[float, float]:
    """Share of the orders of their accounts lost to a newcomer, and to a colleague."""
    places = [place for place in base.territories[::2] if place.reps >= 2]
    first, second = (
        [f"{place.id}-r{1 + (seed + shift) % place.reps}" for place in places] for shift in (0, 1)
    )
    owners = {c.id: c.rep.id for c in draw_customers(base, draw_reps(base))[0] if c.rep}
    partner = {**dict(zip(first, second, strict=True)), **dict(zip(second, first, strict=True))}
    moves = {name: partner[rep] for name, rep in owners.items() if rep in partner}
    left_alone = {place.id for place in base.territories} - {place.id for place in places}
    other = {name for name, rep in owners.items() if rep.rpartition("-")[0] in left_alone}
    before = _orders_of(play(base, seed))

    def loss(gone: Sequence[str], policy: Policy) -> float:
        touched = {name for name, rep in owners.items() if rep in gone}
        after = _orders_of(play(base, seed, policy))
        return _change(after, before, other) - _change(after, before, touched)

    return (
        loss(first, _in_week_0(dismissals=tuple(first))),
        loss([*first, *second], _in_week_0(account_moves=moves)),
    )


def _in_week_0(**changes: object) -> Policy:
    """Return the policy that changes levers in the first week and leaves them alone after it."""

    def decide(report: WeekReport) -> Decision:
        if report.week == 0:
            return report.decision.but(**changes)
        return report.decision.but(dismissals=())

    return decide


def _orders_of(simulation: Simulation) -> Counter[str]:
    """Routine orders wanted, by account."""
    return Counter(event[4] for event in happened(simulation, *WANTED))


def _change(after: Counter[str], before: Counter[str], accounts: set[str]) -> float:
    return sum(after[name] for name in accounts) / sum(before[name] for name in accounts) - 1.0


# Fact 22


APPLICANTS = 4000


def fact_22(replications: int = 8) -> list[Row]:
    """Return how closely the marks of a résumé go with the log of hidden ability.

    The drivers are independent of each other, so that a standardised weight is a correlation.
    """
    world = region(YEAR)
    found = [_correlations(world, seed, APPLICANTS // replications) for seed in seeds(replications)]
    return [
        replace(
            exact_row(
                f"fact 22: {driver}",
                f"correlation of the mark for {driver} with the log of hidden ability",
                VERBEKE,
                WEIGHTS[driver],
                [each[driver] for each in found],
            ),
            part="fact",
            role="I",
        )
        for driver in WEIGHTS
    ]


def _correlations(world: Scenario, seed: int, applicants: int) -> dict[str, float]:
    draws, place = Draws(seed), world.territories[0].id
    names = [f"{place}-v{i}a" for i in range(applicants)]
    people = [draw_candidate(draws, name, place) for name in names]
    ability = np.log([hidden_ability(world, draws, name) for name in names])
    with np.errstate(invalid="ignore"):  # nan where everybody is equally able
        return {
            d: float(np.corrcoef([getattr(p, d) for p in people], ability)[0, 1]) for d in WEIGHTS
        }


TASKS = [
    ("facts 17 and 18", facts_17_and_18, {"replications": 3}, False, 8),
    ("fact 19", fact_19, {"replications": 2}, False, 3),
    ("fact 20", fact_20, {"replications": 6}, False, 16),
    ("fact 22", fact_22, {"replications": 8}, False, 1),
    ("facts 17 and 18", facts_17_and_18, {"replications": 10}, True, 27),
    ("fact 20", fact_20, {"replications": 20}, True, 55),
]
