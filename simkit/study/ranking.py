"""Who plays better: players ranked by expected result, and "cannot tell" where nobody knows.

All players meet the same worlds (common random numbers), so every comparison is of paired
differences, world by world. All pairs are compared at once, each with Student's t at the level
alpha / number of pairs (Bonferroni), because that needs neither equal variances nor independence
of the players, which common worlds destroy (Nelson and Matejcik 1995, "Using common random numbers
for indifference-zone selection and multiple comparisons in simulation", Management Science 41).
Tukey's intervals would be shorter, but assume both. The number of worlds is fixed beforehand:
whoever looks until a difference shows will find one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import combinations, pairwise
from typing import Any

from simkit.study.intervals import paired_difference

FEWEST_WORLDS = 5
"""Below that, Student's interval says little about results that are not normal."""
CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Share:
    """How often something happened, with the exact interval of a share."""

    times: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.times / self.of

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {**asdict(self), "value": self.value}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two players in the same worlds: `difference` is the mean of first less second."""

    first: str
    second: str
    difference: float
    low: float
    high: float
    """Ends of the interval that holds for all pairs at once."""
    first_wins: Share
    """Worlds in which the first has more; a tie is no win."""

    @property
    def better(self) -> str | None:
        """The player who is better, or None where the interval holds 0."""
        if self.low > 0:
            return self.first
        return self.second if self.high < 0 else None

    @property
    def verdict(self) -> str:
        """The better one in words, or "cannot tell"."""
        return f"{self.better} better" if self.better else CANNOT_TELL

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        said = {"first_wins": self.first_wins.as_dict(), "better": self.better}
        return {**asdict(self), **said, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class Ranking:
    """All pairs of players, and the order as far as it is claimed."""

    means: dict[str, float]
    """The mean result of each player, the highest first."""
    pairs: tuple[Pair, ...]
    """Of two players the one with the higher mean is the first."""
    worlds: int
    confidence: float

    @property
    def order(self) -> tuple[str, ...] | None:
        """All players, the best first; None unless each is known to be better than the next."""
        names = tuple(self.means)
        known = {(pair.first, pair.second) for pair in self.pairs if pair.better}
        return names if all(step in known for step in pairwise(names)) else None

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """The best and the worst place that each player may really have, for all at once."""
        won = [(pair.better, pair) for pair in self.pairs if pair.better]
        found = {}
        for name in self.means:
            beats = sum(better == name for better, _ in won)
            loses = sum(name in (p.first, p.second) for _, p in won) - beats
            found[name] = (1 + loses, len(self.means) - beats)
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {
            "order": list(self.order) if self.order else None,
            "places": {name: list(places) for name, places in self.places.items()},
            "pairs": [pair.as_dict() for pair in self.pairs],
            "worlds": self.worlds,
            "confidence": self.confidence,
        }


def rank(results: Mapping[str, Sequence[float]], confidence: float = 0.95) -> Ranking:
    """Return the ranking of players by expected result.

    `results`: each player's results, one a world, the same worlds in the same order. With chance
    `confidence` or more, all intervals hold the true differences, and so all claims are right.
    Raises ValueError for fewer than two players, too few worlds, or unequal numbers of them.
    """
    sizes = {len(values) for values in results.values()}
    if len(results) < 2 or len(sizes) != 1:
        raise ValueError("ranking takes two players or more, all in the same worlds")
    (worlds,) = sizes
    if worlds < FEWEST_WORLDS:
        raise ValueError(f"{worlds} worlds are too few to rank: take at least {FEWEST_WORLDS}")
    means = {name: math.fsum(values) / worlds for name, values in results.items()}
    names = sorted(means, key=lambda name: -means[name])
    alpha = (1.0 - confidence) / math.comb(len(names), 2)
    pairs = (_pair(a, b, results[a], results[b], alpha) for a, b in combinations(names, 2))
    return Ranking({name: means[name] for name in names}, tuple(pairs), worlds, confidence)


def _pair(first: str, second: str, a: Sequence[float], b: Sequence[float], alpha: float) -> Pair:
    differences = [x - y for x, y in zip(a, b, strict=True)]
    wins = share(sum(d > 0 for d in differences), len(differences))
    found = paired_difference(differences, 1.0 - alpha)
    return Pair(first, second, found.mean, found.low, found.high, wins)


@cache
def share(times: int, of: int, confidence: float = 0.95) -> Share:
    """Return a share with its exact interval.

    Source: Clopper and Pearson 1934, "The use of confidence or fiducial limits", Biometrika 26.
    """
    from scipy.stats import binomtest

    interval = binomtest(times, of).proportion_ci(confidence, method="exact")
    return Share(times, of, float(interval.low), float(interval.high))
