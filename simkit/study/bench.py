"""Speed and memory of the engine, as ratios to something measured in the same run.

Machines differ and are noisy, so a round measures a bare SimPy loop, the engine, and the bare loop
again; the ratio of a round is taken to the mean of its two loops, and the median round counts.
"""

import gc
import math
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from statistics import median

from simkit.region.bare_loop import bare_timeout_seconds
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.records import Scenario

BOUNDS = {
    "visit_cost_ratio": 12.0,
    "happening_cost_ratio": 8.0,
    "quarter_ms": 300.0,
    "growth_exponent": 1.2,
    "bytes_per_customer": 3000.0,
    "import_s": 0.5,
    "engine_import_s": 0.5,
}
"""What the figures must not exceed."""
IMPORTS = {
    "import_s": "import simkit",
    "engine_import_s": "from simkit import Simulation, load_scenario",
}
REPS = (10, 20, 40, 80)
WEEKS = 26


def measure(rounds: int, progress: Callable[[int, int], None]) -> dict[str, float]:
    """Return all figures; each ratio is the median of `rounds` rounds."""
    total = 3 * rounds + 2
    counter = iter(range(1, total + 1))
    figures: dict[str, float] = {}
    scenario = load_scenario("region_40")
    ratios = []
    for _ in range(rounds):
        ratios.append(_round(scenario))
        progress(next(counter), total)
    for i, name in enumerate(("visit_cost_ratio", "happening_cost_ratio", "quarter_ms", "bare_ns")):
        figures[name] = median(ratio[i] for ratio in ratios)
    figures["growth_exponent"] = _growth(scenario, rounds, lambda: progress(next(counter), total))
    figures["bytes_per_customer"] = _bytes_per_customer(scenario)
    progress(next(counter), total)
    for name, code in IMPORTS.items():
        figures[name] = median(_seconds_for(code) for _ in range(rounds))
    progress(total, total)
    return figures


def _play(simulation: Simulation, weeks: int) -> tuple[float, Counter[str]]:
    """Seconds of `weeks` weeks under the decision in force, and what happened in them."""
    before = len(simulation.world.log)
    begun = time.perf_counter()
    for _ in range(weeks):
        simulation.step(simulation.decision)
    seconds = time.perf_counter() - begun
    return seconds, Counter(event[1] for event in simulation.world.log[before:])


def _round(scenario: Scenario) -> tuple[float, float, float, float]:
    simulation = Simulation(scenario)
    gc.collect()
    first = bare_timeout_seconds()
    seconds, counts = _play(simulation, WEEKS)
    bare = (first + bare_timeout_seconds()) / 2
    visits = counts["visit"]
    happenings = visits + counts["order"] + counts["lead"]
    quarter = 1000 * seconds * 13 / WEEKS
    return seconds / visits / bare, seconds / happenings / bare, quarter, 1e9 * bare


def _growth(scenario: Scenario, rounds: int, tell: Callable[[], None]) -> float:
    """Slope of log time over log reps, customers and desks growing with the reps."""
    sizes = {reps: sized(scenario, reps) for reps in REPS}
    seconds: dict[int, list[float]] = {reps: [] for reps in REPS}
    for _ in range(2 * rounds):
        for reps, size in sizes.items():  # interleaved: a slow phase hits all sizes
            simulation = Simulation(size.but(warm_up_weeks=2))
            gc.collect()
            seconds[reps].append(_play(simulation, WEEKS)[0])
        tell()
    points = [(math.log(reps), math.log(min(times))) for reps, times in seconds.items()]
    middle_x = math.fsum(x for x, _ in points) / len(points)
    middle_y = math.fsum(y for _, y in points) / len(points)
    slope = math.fsum((x - middle_x) * (y - middle_y) for x, y in points)
    return slope / math.fsum((x - middle_x) ** 2 for x, _ in points)


def sized(scenario: Scenario, reps: int) -> Scenario:
    """Return region_40 with `reps` reps (even): territories, customers, desks in proportion."""
    share, first = reps / 40, scenario.territories[0]
    pair = first.but(
        reps=2, customers=first.customers // 2, leads_per_week=first.leads_per_week / 2
    )
    territories = [pair.but(id=f"t{i + 1}") for i in range(reps // 2)]
    desks = scenario.desks
    staff = {
        name: getattr(desks, name).but(staff=max(1, round(getattr(desks, name).staff * share)))
        for name in ("quote", "legal", "delivery")
    }
    crews = desks.dispatch.but(crews=max(1, round(desks.dispatch.crews * share)))
    return scenario.but(territories=territories, desks=desks.but(dispatch=crews, **staff))


def _bytes_per_customer(scenario: Scenario) -> float:
    """Memory of a region that is set up and has played a quarter, without its log, per customer."""
    gc.collect()
    tracemalloc.start()
    simulation = Simulation(scenario.but(warm_up_weeks=0))
    for _ in range(13):
        simulation.step(simulation.decision)
        simulation.world.log.clear()
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / len(simulation.world.customers)


def _seconds_for(code: str) -> float:
    """Seconds that a fresh interpreter needs for `code`, beyond an empty interpreter."""
    return max(0.0, _started(code) - _started("pass"))


def _started(code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun
