"""Rows about statistical procedures: how often they are right, against what they promise."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from simkit.study.evidence.bare import seeds
from simkit.study.evidence.families import Rows
from simkit.study.evidence.row import Row

LIMIT = 3.0
"""Standard errors that a share may be away from what is promised."""
FEWEST_RUNS, MOST_RUNS = 50, 100_000


def chance(*luck: Any) -> np.random.Generator:
    """Return a generator of its own for each case and part of it."""
    return np.random.Generator(np.random.Philox(seeds(luck, 1)[0]))


def named(table: np.ndarray) -> dict[str, list[float]]:
    """Return results by name, p0 the first, of a table of worlds x arms."""
    return {f"p{i}": column for i, column in enumerate(table.T.tolist())}


def error_of(share: float, of: int) -> float:
    """Return the standard error of a share of independent runs."""
    return math.sqrt(share * (1.0 - share) / of)


def promised(id: str, what: str, source: str, least: float, right: Sequence[bool]) -> Row:
    """Check a promise "right in at least this share of runs": `least` less 3 standard errors."""
    error = error_of(least, len(right))
    share, low = sum(right) / len(right), least - LIMIT * error
    return Row(id, "exact", what, source, least, low, 1.0, share, error, share >= low)


def at_most(id: str, what: str, source: str, most: float, wrong: Sequence[bool]) -> Row:
    """Check a promise "wrong in at most this share of runs": `most` and 3 standard errors."""
    error = error_of(most, len(wrong))
    share, high = sum(wrong) / len(wrong), most + LIMIT * error
    return Row(id, "exact", what, source, most, 0.0, high, share, error, share <= high)


def known_share(
    id: str, what: str, source: str, expected: float, hits: Sequence[bool], published_runs: int = 0
) -> Row:
    """Compare with a known share: within 3 standard errors, its own included if it was measured."""
    error = error_of(expected, len(hits))
    theirs = error_of(expected, published_runs) if published_runs else 0.0
    reach, share = LIMIT * math.hypot(error, theirs), sum(hits) / len(hits)
    ends = expected - reach, expected + reach
    fits = abs(share - expected) <= reach
    return Row(id, "exact", what, source, expected, *ends, share, error, fits)


def printed(id: str, what: str, source: str, value: float, measured: float, digits: int = 3) -> Row:
    """Compare with a printed constant, to its last digit."""
    half = 0.5 * 10.0**-digits
    fits = abs(measured - value) <= half
    return Row(id, "exact", what, source, value, value - half, value + half, measured, None, fits)


def together(*parts: Rows) -> Rows:
    """Return the rows of several parts."""
    return [row for part in parts for row in part]
