"""Maximum likelihood for small models: several starts, Newton to the top, standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

STEP = 1e-3
"""Step of the numerical derivatives, on the log scale of the parameters."""

DIGITS = 5
"""Significant digits kept of an estimate: far finer than any standard error, and coarse enough
that machines which differ in the 16th digit end with the very same number."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The top of a log-likelihood: where, its covariance there (inf when flat), and how high."""

    point: Array
    covariance: Array
    height: float


def climb(
    height: Callable[[Array], float],
    starts: Sequence[Sequence[float]],
    bounds: Sequence[tuple[float, float]],
) -> Peak:
    """Return the highest point of `height` that is reached from any of the `starts`.

    Parameters live on a scale without natural units (logs). One that ends on its bound, or along
    which the top is flat, is not determined by the data: it stays, and its variance is infinite.
    """
    from scipy.optimize import minimize

    low, high = np.array(bounds, dtype=float).T
    found = [
        minimize(lambda p: -height(p), np.clip(s, low, high), method="L-BFGS-B", bounds=bounds)
        for s in starts
    ]
    best = min(found, key=lambda result: float(result.fun)).x
    free = _determined(height, best, (best > low + 0.01) & (best < high - 0.01))
    point = _newton(height, best, free)
    return Peak(point, _covariance(height, point, free), height(point))


def _determined(height: Callable[[Array], float], point: Array, free: Flags) -> Flags:
    """Return `free` without the parameters that carry the flat directions of the top."""
    free = free.copy()
    while free.any():
        bend = _derivatives(height, point, free)[1]
        if _peaked(bend):
            break
        flattest = np.linalg.eigh(bend)[1][:, -1] if np.isfinite(bend).all() else np.diag(bend)
        free[np.flatnonzero(free)[np.argmax(np.abs(flattest))]] = False
    return free


def _newton(height: Callable[[Array], float], point: Array, free: Flags) -> Array:
    """Return `point` after a few Newton steps, which fix the digits a line search leaves open."""
    for _ in range(4 if free.any() else 0):
        slope, bend = _derivatives(height, point, free)
        if not _peaked(bend):
            break
        trial = point.copy()
        trial[free] -= np.linalg.solve(bend, slope)
        moved = float(np.abs(trial - point).max())
        # The height itself is flat within rounding here, so only a real fall counts.
        if moved > 1 or height(trial) < height(point) - 1e-7:
            break
        point = trial
        if moved < 1e-8:
            break
    return point


def _covariance(height: Callable[[Array], float], point: Array, free: Flags) -> Array:
    """Return the inverse of the observed information over the free parameters."""
    covariance = np.diag(np.where(free, 0.0, np.inf))
    if free.any():
        inverse = np.linalg.pinv(-_derivatives(height, point, free)[1], hermitian=True)
        covariance[np.ix_(free, free)] = inverse
    return covariance


def _peaked(bend: Array) -> bool:
    """Return whether a Hessian bends down in every direction, well above rounding noise."""
    return bool(np.isfinite(bend).all() and np.linalg.eigvalsh(bend).max() < -1e-4)


def _derivatives(
    height: Callable[[Array], float], point: Array, free: Flags
) -> tuple[Array, Array]:
    """Return gradient and Hessian over the free parameters, by central differences."""
    steps = np.eye(len(point))[free] * STEP
    middle = height(point)
    up = np.array([height(point + a) for a in steps])
    down = np.array([height(point - a) for a in steps])
    bend = np.diag((up - 2 * middle + down) / STEP**2)
    for i, a in enumerate(steps):
        for j, b in enumerate(steps[:i]):
            cross = height(point + a + b) - height(point + a - b)
            cross += height(point - a - b) - height(point - a + b)
            bend[i, j] = bend[j, i] = cross / (4 * STEP**2)
    return (up - down) / (2 * STEP), bend


def rounded(value: float) -> float:
    """Return `value` at the digits that are the same on every machine."""
    return float(f"{value:.{DIGITS}g}")
