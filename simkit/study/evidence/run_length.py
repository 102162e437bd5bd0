"""How long a queue must be simulated for a wanted precision, from theory and before the run."""

import math
from dataclasses import dataclass

import numpy as np

from simkit.study.evidence.bare import REPLICATIONS, weeks_for
from simkit.study.evidence.families import TooLong, must

TARGET = 0.04
"""Standard error wanted, as a share of the exact value."""
MOST_JOBS = 600_000
"""Beyond about half a minute a case is refused."""
FEWEST_JOBS = 6000
"""Fewer would not be normal enough for standard errors to mean what they say."""
JOBS_PER_DAY = 40.0
RELAXATIONS = 7.0
"""Warm-up, in relaxation times: what is left of an empty start is exp(-7)."""


@dataclass(frozen=True)
class Plan:
    """How a queueing case is run: `scale` is days per unit of time, `warm_up` and `weeks` weeks."""

    scale: float
    warm_up: int
    weeks: int


def asymptotic_variance(law: np.ndarray, births: np.ndarray, seen: np.ndarray) -> float:
    """Return the variance of a time average of `seen` times the length of the run.

    `law` and `seen`: by state of a birth-death process, `births[i]` the rate from i to i + 1.
    2 sum_i (sum_(j<=i) p_j (f_j - mean))^2 / (births_i p_i) (Whitt 1992, Probab. Eng. Inf. Sci. 6).
    """
    terms = law * (seen - law @ seen)
    below, above = np.cumsum(terms)[:-1], np.cumsum(terms[::-1])[-2::-1]
    parts = np.minimum(abs(below), abs(above))  # equal but for rounding, which grows along a sum
    flow = births[: len(parts)] * law[:-1]
    used = flow > 1e-250
    return float(2 * np.sum(parts[used] ** 2 / flow[used]))


def time_needed(law: np.ndarray, births: np.ndarray, *seen: np.ndarray) -> float:
    """Return the time that gives all the means of `seen` the wanted standard error."""
    longest = 0.0
    for f in seen:
        mean = float(law @ f)
        if mean <= 1e-12:
            raise TooLong("what is to be seen hardly ever happens; raise the load")
        longest = max(longest, asymptotic_variance(law, births, f) / (mean * TARGET) ** 2)
    return longest


def relaxation(arrival: float, service: float, servers: int) -> float:
    """Return how fast M/M/c forgets its start: 1 / (c mu (1 - sqrt(load))^2), or a service time."""
    load = min(arrival / (servers * service), 0.999)
    return max(1 / service, 1 / (servers * service * (1 - math.sqrt(load)) ** 2))


def plan(arrival: float, length: float, relaxing: float) -> Plan:
    """Return a plan for `length` units of measured time in all, spread over the replications.

    Raises TooLong when that takes more than `MOST_JOBS` arrivals.
    """
    warm_up, length = RELAXATIONS * relaxing, max(length, FEWEST_JOBS / arrival)
    jobs = arrival * (length + REPLICATIONS * warm_up)
    if jobs > MOST_JOBS:
        raise TooLong(
            f"a standard error of {TARGET:.0%} takes {jobs:.2g} arrivals, the budget is "
            f"{MOST_JOBS:.2g}; move the load away from its limit"
        )
    scale = arrival / JOBS_PER_DAY
    chosen = Plan(scale, weeks_for(warm_up * scale), weeks_for(length * scale / REPLICATIONS))
    must(chosen.warm_up <= 260 and chosen.weeks <= 1040, "services are too long for this arrival")
    return chosen
