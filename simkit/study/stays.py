"""Who came when, and who left when: queues of a run, and the time that is spent in them."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Queue:
    """Who came when, who left when; `size` of a job counts it that often (money on order)."""

    came: list[tuple[float, Hashable, float]] = field(default_factory=list)
    """Instant, who, size."""
    left: list[tuple[float, Hashable, float, float | None]] = field(default_factory=list)
    """Instant, who, size, the stay as the engine tells it or None."""

    def area(self, end: float, start: float = -np.inf) -> float:
        """Return the integral of the number inside, from instants and sizes alone."""
        days = np.array([x[0] for x in self.came] + [x[0] for x in self.left] + [end])
        steps = np.array([x[2] for x in self.came] + [-x[2] for x in self.left] + [0.0])
        days = np.clip(days, start, end)
        order = np.argsort(days, kind="stable")
        return float(np.diff(days[order]) @ np.cumsum(steps[order])[:-1])

    def stays(self, end: float, start: float = -np.inf) -> float:
        """Return the sum of all stays, what falls between `start` and `end` of them."""
        inside: dict[Hashable, list[tuple[float, float]]] = defaultdict(list)
        for day, who, size in self.came:
            inside[who].append((day, size))
        total = 0.0
        for day, who, size, told in self.left:
            begun, _ = inside[who].pop(0)
            begun = begun if told is None else day - told
            total += size * _overlap(begun, day, start, end)
        rest = (each for several in inside.values() for each in several)
        return total + sum(size * _overlap(day, end, start, end) for day, size in rest)


def _overlap(begun: float, over: float, start: float, end: float) -> float:
    return max(0.0, min(over, end) - max(begun, start))
