"""The yardstick of the speed figures: SimPy with nothing around it."""

import time
from collections.abc import Generator

import simpy


def bare_timeout_seconds(processes: int = 40, timeouts: int = 1250) -> float:
    """Return the seconds that one `yield timeout` takes with as many processes as reps."""
    env = simpy.Environment()

    def process(days: float) -> Generator:
        for _ in range(timeouts):
            yield env.timeout(days)

    for i in range(processes):
        env.process(process(0.2 + i * 1e-4))
    begun = time.perf_counter()
    env.run()
    return (time.perf_counter() - begun) / (processes * timeouts)
