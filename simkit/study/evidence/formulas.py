"""Textbook formulas that exact cases are compared with; pure functions, sources at each.

Rates are per unit of time, `work` is the offered load arrival / service rate (erlang).
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np


def erlang_b(servers: int, work: float) -> float:
    """Return the chance that all are busy in M/G/c/c, for any law of service (Erlang 1917)."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = work * blocked / (k + work * blocked)
    return blocked


def erlang_c(servers: int, work: float) -> float:
    """Return the chance of waiting in M/M/c (Erlang 1917); needs work < servers."""
    blocked = erlang_b(servers, work)
    return blocked / (1.0 - work / servers * (1.0 - blocked))


def birth_death(births: np.ndarray, deaths: np.ndarray) -> np.ndarray:
    """Return the stationary law of states 0..n; `births[i]` leads from i up, `deaths[i]` back."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(births) - np.log(deaths))])
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def queue_law(
    arrival: float, service: float, servers: int, patience: float = 0.0, room: int | None = None
) -> np.ndarray:
    """Return the law of the number in M/M/c with impatience (Palm 1957: Erlang A) or finite room.

    `patience` is the rate at which one who waits gives up; without `room` the law is cut off where
    nothing is left to see.
    """
    top = room if room is not None else _reach(arrival, service, servers, patience)
    states = np.arange(1, top + 1)
    busy = np.minimum(states, servers)
    return birth_death(np.full(top, arrival), busy * service + (states - busy) * patience)


def _reach(arrival: float, service: float, servers: int, patience: float) -> int:
    """A number in system that is practically never reached."""
    middle = max(servers, arrival / service)
    if patience > 0:
        middle = max(middle, servers + max(0.0, arrival - servers * service) / patience)
        return int(middle + 40 * math.sqrt(1 + arrival / min(patience, service)) + 40)
    load = arrival / (servers * service)
    return int(servers + 40 / (1 - load) + 40)


def waiting(law: np.ndarray, servers: int) -> float:
    """Return the mean number who wait when the number in system has the given law."""
    states = np.arange(len(law))
    return float(np.maximum(states - servers, 0) @ law)


def pollaczek_khinchine(arrival: float, mean: float, cv2: float) -> float:
    """Return the mean wait in M/G/1: arrival E[S^2] / (2 (1 - load)), E[S^2] = mean^2 (1 + cv2)."""
    return arrival * mean * mean * (1 + cv2) / (2 * (1 - arrival * mean))


def cobham(arrivals: Sequence[float], means: Sequence[float], cv2: float) -> list[float]:
    """Return the mean waits of classes, the most urgent first, non-preemptive M/G/1.

    W_k = W0 / ((1 - s_(k-1)) (1 - s_k)), s_k the load of classes 1..k (Cobham 1954, Oper. Res. 2).
    """
    residual = sum(a * m * m * (1 + cv2) / 2 for a, m in zip(arrivals, means, strict=True))
    loads = [0.0, *np.cumsum([a * m for a, m in zip(arrivals, means, strict=True)])]
    return [float(residual / ((1 - a) * (1 - b))) for a, b in pairwise(loads)]


def absorbing(moves: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the mean time to absorption from each state: (I - Q)^-1 times (Kemeny, Snell 1960)."""
    return np.linalg.solve(np.eye(len(times)) - moves, times)


def best_share(shape: float, sigma: float, top: float = 0.2) -> float:
    """Return the share of the largest `top` when values are gamma (mean 1) times lognormal.

    `shape` 0: no gamma part. By quadrature over the normal part; the closed forms are the gamma
    share, and Phi(sigma - z) for the lognormal alone.
    """
    from scipy.optimize import brentq
    from scipy.stats import gamma, norm

    if shape == 0:
        return float(norm.sf(norm.isf(top) - sigma))
    z = np.linspace(-9, 9, 4001)
    weight = norm.pdf(z) / norm.pdf(z).sum()

    def above(limit: float, order: int) -> float:
        scale = np.exp(sigma * (z + order * sigma))
        return float(weight @ gamma.sf(shape * limit / scale, shape + order))

    limit = brentq(lambda log: above(math.exp(log), 0) - top, -60, 60, xtol=1e-13)
    return above(math.exp(limit), 1)


def base_stock_short(level: int, on_order: float, lost: bool) -> float:
    """Return the share of unit orders that find an empty shelf under one-for-one reordering.

    `on_order`: mean demand in a lead time. Backorders: P(Poisson >= level); lost sales: Erlang B,
    for any lead-time law (Palm 1938; Feeney and Sherbrooke 1966, Mgmt Sci. 12).
    """
    from scipy.stats import poisson

    return erlang_b(level, on_order) if lost else float(poisson.sf(level - 1, on_order))


def reorder_point_short(point: int, quantity: int, on_order: float) -> float:
    """Return the share of unit orders not served at once under (s, Q), backorders, fixed lead time.

    The inventory position is uniform on s+1..s+Q and independent of the demand in the lead time
    (Hadley and Whitin 1963, chapter 4).
    """
    from scipy.stats import poisson

    positions = np.arange(point + 1, point + quantity + 1)
    return float(poisson.sf(positions - 1, on_order).mean())


def bullwhip(cover: float, weeks: int) -> float:
    """Return var(orders) / var(demand) of an order-up-to level of `cover` moving averages.

    1 + 2 L/p + 2 L^2/p^2 (Chen, Drezner, Ryan and Simchi-Levi 2000, Mgmt Sci. 46), demand
    independent from week to week.
    """
    ratio = cover / weeks
    return 1 + 2 * ratio + 2 * ratio**2


def poisson_cdf(count: int, mean: float) -> float:
    """Return the chance of at most `count` in a Poisson law."""
    from scipy.stats import poisson

    return float(poisson.cdf(count, mean))


def negative_binomial(mean: float, shape: float) -> Callable[[int], float]:
    """Return the chance function of the NBD with this mean and gamma shape (Ehrenberg 1959)."""
    from scipy.stats import nbinom

    law = nbinom(shape, shape / (shape + mean))
    return lambda count: float(law.pmf(count))


def adbudg(goodwill: float, floor: float, ceiling: float, half: float) -> float:
    """Return ADBUDG with exponent 1: floor + (ceiling - floor) A / (A + half) (Little 1970)."""
    return floor + (ceiling - floor) * goodwill / (goodwill + half)
