"""Facts 4 and 9: how many reps, and where."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from simkit.region.decision import Decision
from simkit.region.report import WeekReport
from simkit.region.response import call_response
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    ABOVE_ZERO,
    YEAR,
    Array,
    contribution,
    cost_of_reps,
    happened,
    if_outside,
    jackknife,
    play,
    region,
    revenue,
    seeds,
)

LODISH = "Lodish et al. 1988, Interfaces 18(1)"
ZOLTNERS = "Zoltners, Sinha and Lorimer 2006, HBR"


# Fact 4


def fact_04(replications: int = 4) -> list[Row]:
    """Return what a sales force of the size and deployment that a response model asks for brings.

    Size: reps are added, one at a time where they bring most, as long as the margin on what the
    call response (evidence, M2) promises in the long run exceeds what a rep costs; sales potential
    of a territory: its routine orders in the warm-up. The split over accounts stays. Measured: all
    sales of the second year after the posts were advertised (newcomers come, learn, and take over
    their share of the accounts, who do not know them yet).
    """
    scenario = region(2 * YEAR)
    values, sizes = [], []
    for seed in seeds(replications):
        now = play(scenario, seed)
        more = best_posts(scenario, _weekly_orders(now), _cost_of_a_rep(now))
        posts = {place.id: place.reps + more[place.id] for place in scenario.territories}
        then = play(scenario, seed, lambda report, p=posts: report.decision.but(headcount=p))  # type: ignore[misc]
        values.append(revenue(then, YEAR) / revenue(now, YEAR) - 1.0)
        sizes.append(sum(more.values()))
    reps = sum(territory.reps for territory in scenario.territories)
    what = "sales gained in year 2 by size and deployment of the sales force from a response model"
    row = band_row("fact 4", what, LODISH, (0.04, 0.12), *mean_and_error(values), expected=0.08)
    return [if_outside(row, above=f"{_WHY_SIZE} ({reps} to {reps + max(sizes)} reps)")]


_WHY_SIZE = (
    "the model asks for many more reps at once, while the published firm hired over years and less "
    "than its model asked for"
)


def _weekly_orders(simulation: Simulation) -> dict[str, float]:
    """Routine orders a week of each territory before week 0."""
    weeks = simulation.scenario.warm_up_weeks
    sums: dict[str, float] = defaultdict(float)
    for event in happened(simulation, "order", first=-weeks, last=-1):
        sums[event[2]] += event[6] / weeks
    return sums


def _cost_of_a_rep(simulation: Simulation) -> float:
    """What a rep has cost a week before week 0."""
    weeks = simulation.scenario.warm_up_weeks
    reps = sum(territory.reps for territory in simulation.scenario.territories)
    return cost_of_reps(simulation, -weeks, -1) / weeks / reps


def best_posts(scenario: Scenario, weekly: dict[str, float], cost: float) -> dict[str, int]:
    """Return how many reps each territory should get beside those it has.

    `weekly`: routine orders by territory; `cost`: of a rep; both money a week.
    """
    places = {territory.id: territory for territory in scenario.territories}
    more = dict.fromkeys(places, 0)

    def gain(name: str) -> float:
        place = places[name]
        usual, now, then = (
            _promised(scenario, (place.reps + n) / place.customers)
            for n in (0, more[name], more[name] + 1)
        )
        return scenario.demand.margin_share * weekly[name] * (then - now) / usual

    while gain(best := max(more, key=gain)) > cost:
        more[best] += 1
    return more


def _promised(scenario: Scenario, reps_per_customer: float) -> float:
    """Factor on demand that the call response promises in the long run."""
    selling, response = scenario.selling, scenario.response
    calls = selling.calls_per_week * (1.0 - selling.prospecting_share) * reps_per_customer
    rate = calls / response.reference_calls_per_week
    return call_response(rate, response.floor, response.ceiling, response.half)


# Fact 9

SIZES = (-1, 0, 1, 2)
"""Posts more in each territory that are tried."""


def fact_09(replications: int = 3) -> list[Row]:
    """Return what one more rep in each territory earns, and how the best size hangs on the horizon.

    From week 0 on each territory has one post less, none, one or two more. Return: what one more
    post brings in one year or three before the cost of reps, over what the reps cost more, less 1.
    Best size: top of the parabola fitted to the contribution at the four sizes.
    """
    runs = {n: [_three_years(seed, n) for seed in seeds(replications)] for n in SIZES}
    measures = (
        (
            "return in three years",
            "return on one more rep in each territory over three years",
            lambda kept: _gain(runs, 3, kept),
            ABOVE_ZERO,
        ),
        (
            "return in three years less in one",
            "how much higher the return on a rep is over three years than over one",
            lambda kept: _gain(runs, 3, kept) - _gain(runs, 1, kept),
            ABOVE_ZERO,
        ),
        (
            "best size",
            "how many more reps are best over three years than over one, as a share",
            lambda kept: _size(runs, 3, kept) / _size(runs, 1, kept) - 1.0,
            (0.05, 0.35),
        ),
    )
    return [
        band_row(f"fact 9: {name}", what, ZOLTNERS, band, *jackknife(measure, replications))
        for name, what, measure, band in measures
    ]


Runs = dict[int, list[dict[int, tuple[float, float]]]]
"""By posts more, replication and years: contribution and cost of reps."""


def _mean(runs: Runs, years: int, more: int, kept: Sequence[int]) -> Array:
    """What more posts change in contribution and in the cost of reps."""
    return np.mean([np.subtract(runs[more][i][years], runs[0][i][years]) for i in kept], axis=0)


def _gain(runs: Runs, years: int, kept: Sequence[int]) -> float:
    """What one more post leaves, over what the reps cost more."""
    contributed, cost = _mean(runs, years, 1, kept)
    return float(contributed / cost)


def _size(runs: Runs, years: int, kept: Sequence[int]) -> float:
    """The best number of reps for so many years."""
    posts = top(SIZES, [float(_mean(runs, years, n, kept)[0]) for n in SIZES])
    return sum(place.reps + posts for place in region(1).territories)


def top(x: Sequence[float], y: Sequence[float]) -> float:
    """Return where the parabola fitted to the points is highest; without a top, the best point."""
    bend, slope, _ = np.polyfit(x, y, 2)
    return float(-slope / 2.0 / bend) if bend < 0 else x[int(np.argmax(y))]


def _three_years(seed: int, more: int) -> dict[int, tuple[float, float]]:
    """Contribution and cost of reps up to the end of the first and of the third year."""
    scenario = region(3 * YEAR)
    posts = {place.id: place.reps + more for place in scenario.territories}
    last = [f"{place.id}-r{place.reps}" for place in scenario.territories]

    def decide(report: WeekReport) -> Decision:
        there = tuple(rep for rep in last if rep in report.reps)
        leave = there if more < 0 and report.week == 0 else ()
        return report.decision.but(headcount=posts, dismissals=leave)

    simulation = play(scenario, seed, decide)
    ends = {years: years * YEAR - 1 for years in (1, 3)}
    return {
        years: (contribution(simulation, 0, end), cost_of_reps(simulation, 0, end))
        for years, end in ends.items()
    }


TASKS = [
    ("fact 4", fact_04, {"replications": 16}, True, 55),
    ("fact 9", fact_09, {"replications": 12}, True, 106),
]
