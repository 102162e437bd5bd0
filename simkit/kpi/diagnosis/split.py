"""Splitting the change of a product into its factors, such that the parts add up to the change.

The chain: totals of which each is made from the one before, such as customers, orders, list value,
price paid. Its factors are the first total and the ratios of neighbours; their product is the last.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor of a chain contributes to the change of the last total.

    `before`, `now`: the factor itself; None where it cannot be said. `joined`: nothing was counted
    at this link although more came after it, so that it cannot be told from the next one.
    """

    before: float | None
    now: float | None
    amount: float
    joined: bool = False


def log_mean(a: float, b: float) -> float:
    """Return the logarithmic mean of two numbers above 0: (a - b) / ln(a / b), or a when equal."""
    if a == b:
        return a
    x = (a - b) / b
    return (a - b) / math.log1p(x)


def split_chain(before: Sequence[float], now: Sequence[float]) -> list[Part]:
    """Return a part for each link of a chain; the parts add up to `now[-1] - before[-1]`.

    Each factor gets the logarithmic mean of the two last totals times the logarithm of its own
    ratio: additive logarithmic mean Divisia index, exact, and with the periods exchanged the
    opposite (Ang 2004, Energy Policy 32: 1131-1139). Zeros by their limits (Ang, Zhang and Choi
    1998, Energy 23): where the last total falls to 0, the first link that is 0 carries the whole
    change. A link with 0 and something after it has no limit: it is joined to the next.

    Raises ValueError for chains of different lengths, and for totals that are negative or not
    finite.
    """
    if len(before) != len(now) or not before:
        raise ValueError("two chains with the same links are needed")
    if not all(math.isfinite(x) and x >= 0 for x in (*before, *now)):
        raise ValueError("every total of a chain must be a finite number, 0 or more")
    joined = [_skipped(before, i) or _skipped(now, i) for i in range(len(now))]
    kept = [i for i in range(len(now)) if not joined[i]]
    amounts = dict(zip(kept, _amounts(before, now, kept), strict=True))
    parts, last = [], -1
    for i, is_joined in enumerate(joined):
        factors = [None if is_joined else _factor(chain, i, last) for chain in (before, now)]
        parts.append(Part(factors[0], factors[1], amounts.get(i, 0.0), is_joined))
        last = last if is_joined else i
    return parts


def _skipped(chain: Sequence[float], i: int) -> bool:
    return chain[i] == 0 and any(chain[i + 1 :])


def _factor(chain: Sequence[float], i: int, last: int) -> float | None:
    if last < 0:
        return float(chain[i])
    return chain[i] / chain[last] if chain[last] > 0 else None


def _amounts(before: Sequence[float], now: Sequence[float], kept: list[int]) -> list[float]:
    """The parts of the links that are kept: above 0 up to some link, 0 from there on."""
    was, is_, gap = before[-1], now[-1], now[-1] - before[-1]
    if was > 0 and is_ > 0:
        mean = log_mean(is_, was)
        logs = [math.log(now[i]) - math.log(before[i]) for i in kept]
        return [mean * (x - y) for x, y in zip(logs, [0.0, *logs], strict=False)]
    ends = now if was > 0 else before
    first = next((i for i in kept if ends[i] == 0), None)
    return [gap if i == first else 0.0 for i in kept]
