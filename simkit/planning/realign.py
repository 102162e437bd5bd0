"""The best map for given weights, as a mixed integer programme: balance, ways, continuity."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simkit.planning.territories import FAIR, NotPossible, SalesMap

if TYPE_CHECKING:
    import numpy as np

GAP = 0.002
"""The map found costs at most this share more than the best one, or the gap is told."""
SECONDS = 20.0
KEY_FACTOR = 2.0
"""How much more losing a relationship weighs at a key account; assumption."""
STEPS = tuple(step / 10 - 1.5 for step in range(31))
"""Deviations at which the square of the imbalance is bounded by a tangent."""
TIME_IS_UP = 1
"""Status of SciPy's milp that has reached its time limit."""
TERMS = ("balance", "potential", "travel", "continuity")


@dataclass(frozen=True)
class Weights:
    """How much each aim counts; 1: what the scenario lets expect in sales within the horizon."""

    balance: float = 1.0
    """Everybody has as much to do."""
    potential: float = 0.0
    """Everybody has as much to win."""
    travel: float = 1.0
    """Short ways."""
    continuity: float = 1.0
    """Customers keep their rep; key accounts more so."""


@dataclass(frozen=True)
class Limits:
    """What a map must keep to, whatever it costs."""

    most_moves: int | None = None
    """Accounts that may change hands."""
    fair: bool = False
    """Whether every rep's workload must be within `FAIR` of the mean."""


@dataclass(frozen=True)
class Realignment:
    """A map that was found, and how good it is known to be."""

    map: SalesMap
    gap: float
    """Share by which a better map could at most be cheaper."""
    seconds: float
    costs: dict[str, float]
    """Before weights, each of `TERMS` as a share of sales."""


def optimise(
    now: SalesMap,
    weights: Weights | None = None,
    limits: Limits | None = None,
    seconds: float = SECONDS,
    gap: float = GAP,
) -> Realignment:
    """Return the map that costs least, with every account looked after by exactly one rep.

    Raises NotPossible for weights that are negative, not finite or all zero, and where no map
    keeps to the limits. The same input gives the same map unless `seconds` run out.
    """
    weights, limits = weights or Weights(), limits or Limits()
    check_weights(weights)
    began, problem = time.perf_counter(), _Problem(now, weights, limits)
    found = problem.solve(seconds, gap)
    if found.x is None:
        raise _nothing_found(found.status == TIME_IS_UP, now)
    best = replace(now, whose=problem.read(found.x))
    took = time.perf_counter() - began
    return Realignment(best, float(found.mip_gap or 0.0), took, costs(best, now))


def _nothing_found(late: bool, now: SalesMap) -> NotPossible:
    if late:
        size = (len(now.accounts), len(now.sellers))
        return NotPossible(
            "most_moves",
            "The time was up before a better map was found: {} customers and {} reps are many. "
            "Move by hand, or take a smaller region.".format(*size),
            "时间用完，还没有求出更好的划分：{} 家客户、{} 名代表，规模太大。"
            "请手动调整，或换一个小一些的大区。".format(*size),
        )
    return NotPossible(
        "most_moves",
        "No map keeps to these limits: let more accounts change hands, or drop the band.",
        "没有任何划分能同时满足这些限制：请允许更多客户换人，或取消工作量区间的要求。",
    )


def check_weights(weights: Weights) -> None:
    """Raise NotPossible, at the field of the weight, unless the weights can be used."""
    values = [getattr(weights, name) for name in TERMS]
    for name, value in zip(TERMS, values, strict=True):
        if not math.isfinite(value) or value < 0:
            raise NotPossible(name, "Give a number of 0 or more.", "请填写 0 或更大的数。")
    if not any(values):
        raise NotPossible(
            "balance",
            "The weights are all zero: give at least one aim a weight.",
            "权重全部为零：请至少给一个目标设定权重。",
        )


def costs(new: SalesMap, old: SalesMap) -> dict[str, float]:
    """Return what a map costs by each of `TERMS`, as a share of sales.

    Imbalance: half the curvature of the response times the squared deviations; ways: the elasticity
    times the extra time; continuity: what is lost with the relationships, key accounts doubly.
    """
    worth, reps = new.worth, new.of_reps()
    level = mean_workload(old)
    half = 0.5 * worth.curvature / len(reps)
    needed = math.fsum(a.calls for a in new.accounts.values())
    spent = math.fsum(new.effort(new.accounts[n], new.sellers[r]) for n, r in new.whose.items())
    total = math.fsum(a.potential for a in new.accounts.values()) or 1.0
    lost = math.fsum(_tie(a.klass) * a.potential for a in new.moved_since(old))
    return {
        "balance": half * math.fsum((r.workload - level) ** 2 for r in reps.values()),
        "potential": half * math.fsum((r.potential - 1.0) ** 2 for r in reps.values()),
        "travel": worth.elasticity * (spent / needed - 1.0) if needed else 0.0,
        "continuity": worth.handover * lost / total,
    }


def mean_workload(of: SalesMap) -> float:
    """Return the mean workload of the reps."""
    reps = of.of_reps()
    return math.fsum(r.workload for r in reps.values()) / len(reps)


def _tie(klass: str) -> float:
    return KEY_FACTOR if klass == "key" else 1.0


class _Problem:
    """The programme: x[account, rep] in {0, 1}, and a bound on each rep's squared deviations."""

    def __init__(self, now: SalesMap, weights: Weights, limits: Limits) -> None:
        import numpy as np

        self.now, self.weights, self.limits = now, weights, limits
        self.accounts, self.reps = [*now.accounts.values()], [*now.sellers.values()]
        self.size = (len(self.accounts), len(self.reps))
        self.effort = np.array([[now.effort(a, s) for s in self.reps] for a in self.accounts])
        self.loads = self.effort / np.array([s.calls for s in self.reps])
        potential = np.array([a.potential for a in self.accounts])
        self.shares = potential / (potential.sum() or 1.0)
        self.stays = np.array([[now.whose[a.id] == s.id for s in self.reps] for a in self.accounts])

    def _prices(self) -> "np.ndarray":
        """What each choice costs by itself: ways and continuity."""
        import numpy as np

        weights, worth = self.weights, self.now.worth
        ways = self.effort / math.fsum(a.calls for a in self.accounts) * worth.elasticity
        ties = np.array([_tie(a.klass) for a in self.accounts]) * self.shares * worth.handover
        prices: np.ndarray = weights.travel * ways + weights.continuity * (
            ties[:, None] * ~self.stays
        )
        return prices

    def solve(self, seconds: float, gap: float) -> Any:
        """Return what SciPy's milp (HiGHS) says."""
        import numpy as np
        from scipy.optimize import Bounds, milp

        n, m = self.size
        half = 0.5 * self.now.worth.curvature / m
        square = [half * self.weights.balance] * m + [half * self.weights.potential] * m
        return milp(
            np.concatenate([self._prices().ravel(), square]),
            integrality=np.repeat([1, 0], [n * m, 2 * m]),
            bounds=Bounds(0.0, np.repeat([1.0, np.inf], [n * m, 2 * m])),
            constraints=self._constraints(),
            options={"time_limit": seconds, "mip_rel_gap": gap},
        )

    def _constraints(self) -> list[Any]:
        import numpy as np
        from scipy.optimize import LinearConstraint
        from scipy.sparse import csr_array, hstack, kron

        n, m = self.size
        nothing = csr_array((n, 2 * m))
        once = hstack([kron(np.eye(n), np.ones((1, m))), nothing], "csr")
        found = [LinearConstraint(once, 1, 1)]
        level = mean_workload(self.now)
        found.append(self._tangents(self.loads, level, 0))
        if self.weights.potential:
            found.append(self._tangents(np.repeat(self.shares[:, None] * m, m, 1), 1.0, m))
        if self.limits.fair:
            low, high = (level * side for side in FAIR)
            found.append(LinearConstraint(self._sums(self.loads), low, high))
        if self.limits.most_moves is not None:
            moves = np.concatenate([(~self.stays).ravel().astype(float), np.zeros(2 * m)])
            found.append(LinearConstraint(moves[None, :], 0, self.limits.most_moves))
        return found

    def _sums(self, values: "np.ndarray") -> Any:
        """One row for each rep: the sum of `values` over the accounts it has."""
        import numpy as np
        from scipy.sparse import coo_array

        n, m = self.size
        rows, columns = np.tile(np.arange(m), n), np.arange(n * m)
        return coo_array((values.ravel(), (rows, columns)), (m, n * m + 2 * m)).tocsr()

    def _tangents(self, values: "np.ndarray", level: float, first: int) -> Any:
        """Q >= 2 d (load - level) - d^2 for every step d: the square, from below."""
        import numpy as np
        from scipy.optimize import LinearConstraint
        from scipy.sparse import coo_array, vstack

        n, m = self.size
        sums = self._sums(values)
        place = n * m + first + np.arange(m)
        unit = coo_array((np.ones(m), (np.arange(m), place)), sums.shape).tocsr()
        rows = vstack([unit - 2 * d * sums for d in STEPS], "csr")
        floor = np.repeat([-2 * d * level - d * d for d in STEPS], m)
        return LinearConstraint(rows, floor, np.inf)

    def read(self, x: Sequence[float]) -> dict[str, str]:
        """Return the rep of each account."""
        import numpy as np

        n, m = self.size
        best = np.asarray(x)[: n * m].reshape(n, m).argmax(axis=1)
        return {a.id: self.reps[k].id for a, k in zip(self.accounts, best.tolist(), strict=True)}
