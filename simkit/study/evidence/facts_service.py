"""Facts 28 and 32: how customers go on buying, and what good and bad service do to them."""

import math
from collections.abc import Sequence

from simkit.scenario.pareto_nbd import ParetoNbd
from simkit.scenario.records import Scenario
from simkit.study.evidence.cdnow_shop import histories, known_cohort, played
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    YEAR,
    happened,
    if_outside,
    jackknife,
    play,
    region,
    seeds,
    shock,
)

FADER = "Fader, Hardie and Lee 2005, Marketing Science 24(2); counts of the CDNOW sample"
ANDERSON = "Anderson and Mittal 2000, JSR 3(2)"

# Fact 28

PUBLISHED = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)
CUSTOMERS, EARLY, LATE = 2357, 2457, 1882
"""Customers of the sample, their repeat order days in weeks 1 to 39 and in weeks 40 to 78."""
HALF = 39


def fact_28(replications: int = 30) -> list[Row]:
    """Return how often as many customers with the published rates order again in 78 weeks.

    They come one after another in the first twelve weeks; every replication has its own population.
    Needs no data; the data part asks the same with customers fitted to the real orders.
    """
    scenario = known_cohort(PUBLISHED, CUSTOMERS).but(weeks=HALF)
    runs = [played(scenario, population) for population in seeds(replications)]
    counts = {
        "weeks 1 to 39": (EARLY, [float(histories(run)[0].sum()) for run in runs]),
        "weeks 40 to 78": (LATE, [float(len(happened(run, "order"))) for run in runs]),
    }
    return [
        band_row(
            f"fact 28: {when}",
            f"repeat orders of 2,357 customers in {when}, from the published parameters",
            FADER,
            (0.9 * published, 1.1 * published),
            *mean_and_error(values),
            expected=published,
        )
        for when, (published, values) in counts.items()
    ]


# Fact 32

POINTS = 0.03
"""Share of deliveries that become late or are no longer late."""
USUALLY_LATE = 0.055
"""Share of late deliveries in the region as shipped: what the size of the shock is made from."""


def fact_32(replications: int = 5) -> list[Row]:
    """Return how much more satisfaction worse service costs than better service brings.

    A year in which about three of a hundred deliveries more are late, and one in which as many
    fewer are; loss over gain, each per point of punctuality. Service acts on orders and on leaving
    through satisfaction alone.
    """
    runs = [
        [_year(world, seed) for world in (region(YEAR), _transit(-POINTS), _transit(POINTS))]
        for seed in seeds(replications)
    ]
    what = "satisfaction lost by worse service over satisfaction gained by better service"
    found = jackknife(lambda kept: _ratio([runs[i] for i in kept]), replications)
    row = band_row("fact 32", what, ANDERSON, (1.5, 2.5), *found, role="I")
    return [if_outside(row, below=_WHY_SYMMETRIC)]


_WHY_SYMMETRIC = (
    "a bad experience moves a customer twice as far as a good one, but service changes how many "
    "experiences are bad, and their number acts on mean satisfaction nearly alike both ways"
)
Result = tuple[float, float]
"""Share of deliveries on time, mean satisfaction."""


def _transit(points: float) -> Scenario:
    """The region where `points` more deliveries are late, were the way all that makes them so.

    The way to the customer is exponential: P(late) = exp(-limit / mean).
    """
    factor = math.log(USUALLY_LATE) / math.log(USUALLY_LATE + points)
    effect = ("transit_time", "all", factor)
    return region(YEAR, shocks=[shock("service", effect, start=0, weeks=YEAR)])


def _year(world: Scenario, seed: int) -> Result:
    run = play(world, seed)
    delivered, moods = happened(run, "delivered"), happened(run, "satisfaction")
    on_time = sum(event[7] == "on_time" for event in delivered) / len(delivered)
    return on_time, math.fsum(event[6] for event in moods) / len(moods)


def _ratio(runs: Sequence[Sequence[Result]]) -> float:
    """Loss over gain, both per point of punctuality."""

    def change(world: int, of: int) -> float:
        return math.fsum(run[world][of] - run[0][of] for run in runs)

    loss, gain = (change(world, 1) / change(world, 0) for world in (2, 1))
    return loss / gain


TASKS = [
    ("fact 28", fact_28, {"replications": 30}, False, 6),
    ("fact 28", fact_28, {"replications": 200}, True, 40),
    ("fact 32", fact_32, {"replications": 24}, True, 60),
]
