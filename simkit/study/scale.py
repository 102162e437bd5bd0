"""What a country costs: time and memory of its regions on several processes, in one run."""

import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import closing
from statistics import median
from typing import NamedTuple

from simkit.kpi.catalogue import KPIS
from simkit.kpi.pooled import Part, part_of, pooled
from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.records import Scenario
from simkit.study.national import regions_of
from simkit.study.workers import Workers, run_tasks

BOUNDS = {"national_time_ratio": 1.3, "national_worker_mb": 1000.0}
"""What the figures must not exceed."""
ALONE = 3
"""Regions played alone, before and after the country: what one region takes."""


class _Cost(NamedTuple):
    part: Part
    visits: int
    megabytes: float
    worker: str


def measure_country(
    workers: Workers = 2, tell: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, float]:
    """Play the year of all regions of `national` and return what it took.

    national_s: seconds of everything; national_workers: processes that did some of it;
    national_time_ratio: seconds over those of one region here, times regions, by workers;
    national_worker_mb: the most memory a worker has had (0 where the system does not tell);
    national_s_per_million_visits: worker seconds.
    """
    regions = regions_of(load_scenario("national"))
    total = len(regions) + 2 * ALONE
    tell(0, total)
    alone = [_timed(region) for region in regions[:ALONE]]
    begun, costs = time.perf_counter(), []
    with closing(run_tasks(_cost, regions, workers)) as results:
        for done in results:
            if done is not None:
                costs.append(done[1]())
            tell(ALONE + len(costs), total)
        pooled([cost.part for cost in costs], tuple(KPIS.values()))
    seconds = time.perf_counter() - begun
    alone += [_timed(region) for region in regions[:ALONE]]
    tell(total, total)
    visits = sum(cost.visits for cost in costs)
    busy = len({cost.worker for cost in costs})
    return {
        "national_s": seconds,
        "national_workers": busy,
        "national_time_ratio": seconds * busy / (len(regions) * median(alone)),
        "national_worker_mb": max(cost.megabytes for cost in costs),
        "national_million_visits": visits / 1e6,
        "national_s_per_million_visits": seconds * busy / visits * 1e6,
    }


def _timed(region: Scenario) -> float:
    begun = time.perf_counter()
    _cost(region)
    return time.perf_counter() - begun


def _cost(region: Scenario) -> _Cost:
    simulation = Simulation(region, 1).run(keep_course)
    part = part_of(simulation.events(), tuple(KPIS.values()), (), region.weeks - 1)
    visits = sum(event[1] == "visit" for event in simulation.world.log)
    return _Cost(part, visits, _most_megabytes(), f"{socket.gethostname()} {os.getpid()}")


def _most_megabytes() -> float:
    """The most memory this process has had."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)
