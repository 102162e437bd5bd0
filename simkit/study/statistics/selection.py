"""The best of many, with a stated chance of being right, in as few worlds as that takes."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from simkit.study.statistics.arms import Better, Results, sign
from simkit.study.statistics.constants import h1, rinott
from simkit.study.statistics.means import must_be_share
from simkit.study.statistics.screening import screen

__all__ = ["KimNelson", "clean_up", "eta", "h1", "ocba", "rinott", "two_stage"]

FEWEST = 2
"""Worlds that a variance takes."""


def eta(alpha: float, arms: int, first: int) -> float:
    """Return 1/2 [(2 alpha / (arms - 1))^(-2 / (first - 1)) - 1] (Kim and Nelson 2001)."""
    return 0.5 * ((2.0 * alpha / (arms - 1)) ** (-2.0 / (first - 1)) - 1.0)


class KimNelson:
    """Which of several is the best: worlds are played until only one is left.

    Whoever falls too far behind another is dropped and need not be played any more. The best is
    chosen with chance 1 - `alpha` or more whenever it is better than all others by `delta` or more,
    in the figure's unit; differences below `delta` are those that nobody cares about. Independent
    or common worlds; with common ones it ends sooner. Results are taken as normal.

        while names := selection.wants():
            selection.take({name: result of name in the next world for name in names})

    Results may be played ahead and given in the order of worlds; those of names already dropped are
    ignored. A world in which the figure is undefined for one still in the race is left out for all.

    Source: Kim and Nelson 2001, ACM TOMACS 11 (with c = 1): h2 = 2 eta (first - 1), S2 the variance
    of the differences in the first worlds, W = max(0, delta / 2r (h2 S2 / delta^2 - r)); i is
    dropped after r worlds when its mean is below another's by more than W.
    """

    def __init__(
        self,
        names: Sequence[str],
        delta: float,
        alpha: float = 0.05,
        first: int = 10,
        better: Better = "higher",
    ) -> None:
        """Take the names and what is asked for; raises ValueError for what can't be meant."""
        must_be_share(alpha, "an error rate")
        if not names or len(set(names)) != len(names):
            raise ValueError("selection takes one name or more, each once")
        if not (math.isfinite(delta) and delta > 0.0):
            raise ValueError(f"the least difference that matters must be above 0, it is {delta:g}")
        if first < FEWEST:
            raise ValueError(f"the first stage takes {FEWEST} worlds or more, not {first}")
        if alpha >= (len(names) - 1) / 2.0 > 0.0:
            raise ValueError(f"an error rate of {alpha:g} is that of a guess: take less")
        self.delta, self.first = delta, first
        self.contenders = tuple(names)
        self.worlds = 0
        """Worlds taken in which the figure was defined for all in the race."""
        self.undefined = 0
        """Worlds left out."""
        self.played = 0
        """Results used, over all names."""
        self._side = sign(better)
        self._totals = dict.fromkeys(names, 0.0)
        self._origin: float | None = None
        self._early: dict[str, list[float]] = {name: [] for name in names}
        self._reach: dict[tuple[str, str], float] = {}
        self._h2 = 2.0 * eta(alpha, len(names), first) * (first - 1) if len(names) > 1 else 0.0

    @property
    def best(self) -> str | None:
        """The one selected; None as long as several are in the race."""
        return self.contenders[0] if len(self.contenders) == 1 else None

    @property
    def leader(self) -> str:
        """The one with the best mean so far, among those in the race."""
        return max(self.contenders, key=lambda name: self._totals[name])

    @property
    def soon(self) -> int:
        """How many worlds may be played ahead without playing one that is surely not needed."""
        if self.best:
            return 0
        return max(1, self.first - self.worlds)

    def wants(self) -> tuple[str, ...]:
        """Return the names to play in the next world; none when the best is known."""
        return () if self.best else self.contenders

    def take(self, values: Mapping[str, float]) -> None:
        """Take the results of one more world; raises ValueError when one of them is missing.

        Also when the figure is undefined in more worlds than defined, for then it never ends.
        """
        wanted = self.wants()
        missing = [name for name in wanted if name not in values]
        if missing:
            raise ValueError(f"no result for {', '.join(missing)} in world {self.worlds + 1}")
        if not wanted:
            return
        if not all(math.isfinite(values[name]) for name in wanted):
            self._skip()
            return
        self.worlds += 1
        self.played += len(wanted)
        for name in wanted:
            self._add(name, self._side * values[name])
        if self.worlds == self.first:
            self._measure()
        if self.worlds >= self.first:
            self._drop()

    def _skip(self) -> None:
        self.undefined += 1
        if self.undefined > max(self.first, self.worlds):
            raise ValueError("the figure is undefined in most worlds: select by another one")

    def _add(self, name: str, value: float) -> None:
        """Count from the first result of all: totals stay small, and so exact."""
        self._origin = value if self._origin is None else self._origin
        self._totals[name] += value - self._origin
        if self.worlds <= self.first:
            self._early[name].append(value - self._origin)

    def _measure(self) -> None:
        """Find by how much a total must be ahead, at the start, to drop another: h2 S2 / delta."""
        for a, b in combinations(self.contenders, 2):
            d = [x - y for x, y in zip(self._early[a], self._early[b], strict=True)]
            middle = math.fsum(d) / len(d)
            variance = math.fsum((v - middle) ** 2 for v in d) / (len(d) - 1)
            self._reach[a, b] = self._reach[b, a] = self._h2 * variance / self.delta

    def _drop(self) -> None:
        """Drop who is too far behind; the leader never is, so at least one stays.

        Past the last world that any pair may take only exact ties are left: the first name wins.
        """
        kept = [name for name in self.contenders if not self._is_beaten(name)]
        last = max(self._reach[pair] for pair in combinations(self.contenders, 2)) / self.delta
        self.contenders = (self.leader,) if self.worlds > last else tuple(kept)

    def _is_beaten(self, name: str) -> bool:
        own, shrunk = self._totals[name], self.delta * self.worlds
        return any(
            own < self._totals[other] - max(0.0, (self._reach[name, other] - shrunk) / 2.0)
            for other in self.contenders
            if other != name
        )


def clean_up(
    results: Results,
    delta: float,
    alpha: float = 0.05,
    better: Better = "higher",
    first: int = 10,
) -> KimNelson:
    """Return the selection among the leaders of a search; give it *fresh* worlds.

    Of all visited by the search only those that may still be the best by its own worlds are left
    (`screen` with half of `alpha`), the other half is for the selection. The worlds of the search
    are not used again: its winner looks better in them than it is. Source: Boesel, Nelson and Kim
    2003, Operations Research 51.
    """
    leaders = screen(results, better, alpha / 2.0)
    return KimNelson(leaders, delta, alpha / 2.0, first, better)


def two_stage(
    sds: Mapping[str, float], delta: float, alpha: float = 0.05, first: int = 20
) -> dict[str, int]:
    """Return the worlds that each takes in all, from the deviations in `first` worlds of each.

    max(first, ceil((h s / delta)^2)), h the constant of Rinott 1978; then the best mean is the best
    with chance 1 - `alpha` when it is ahead by `delta`. Only for independent worlds.
    """
    constant = rinott(1.0 - alpha, first, len(sds))
    return {name: max(first, math.ceil((constant * sd / delta) ** 2)) for name, sd in sds.items()}


def ocba(
    means: Mapping[str, float],
    sds: Mapping[str, float],
    total: int,
    better: Better = "higher",
) -> dict[str, int]:
    """Return how many of `total` worlds each should get, so that the best is most likely found.

    N_i ~ (s_i / d_i)^2 with d_i the distance to the best mean, N_best = s_best
    sqrt(sum (N_i / s_i)^2). Only for independent worlds. Source: Chen, Lin, Yucesan and Chick 2000,
    Discrete Event Dynamic Systems 10.
    """
    side = sign(better)
    best = max(means, key=lambda name: side * means[name])
    behind = {name: abs(means[best] - mean) for name, mean in means.items() if name != best}
    # Ties get all there is, in the limit; a distance of 0 can't be divided by.
    least = 1e-6 * max([*behind.values(), *sds.values()])
    if not least > 0.0:
        return _rounded(dict.fromkeys(means, 1.0), total)
    weights = {name: (sds[name] / max(d, least)) ** 2 for name, d in behind.items()}
    squares = [(weights[name] / sds[name]) ** 2 for name in behind if sds[name] > 0.0]
    weights[best] = sds[best] * math.sqrt(math.fsum(squares))
    return _rounded({name: weights[name] for name in means}, total)


def _rounded(weights: Mapping[str, float], total: int) -> dict[str, int]:
    """Return whole numbers in these proportions with the sum `total` (largest remainders)."""
    whole = math.fsum(weights.values())
    if not whole > 0.0:
        return _rounded(dict.fromkeys(weights, 1.0), total)
    exact = {name: total * weight / whole for name, weight in weights.items()}
    found = {name: math.floor(part) for name, part in exact.items()}
    by_rest = sorted(exact, key=lambda name: found[name] - exact[name])
    for name in by_rest[: total - sum(found.values())]:
        found[name] += 1
    return found
