"""Estimators for panels: what calls and prices seem to do, pooled and within accounts.

A panel is an array with a row per account and a column per period. The same functions read a real
panel and one that the engine made, so that both are judged alike. All standard errors are
clustered by account (Liang & Zeger 1986, Biometrika 73(1) 13-22).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
STEPS = 60
"""Newton steps at most; a Poisson likelihood is concave and needs fewer than ten."""
SWEEPS = 2000
"""Rounds of taking out group means at most."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients, their covariance, and the elasticity with its standard error."""

    coefficients: Array
    covariance: Array
    elasticity: float
    standard_error: float


def pooled_poisson(counts: ArrayLike, calls: ArrayLike) -> Fit:
    """Fit log E[count] = a + b calls over all account-periods, ignoring who is who.

    `counts` and `calls`: arrays (accounts, periods). The elasticity is b times the mean of calls.
    Raises ValueError when the two shapes differ.
    """
    y, x = _alike(counts, calls)
    design = np.stack([np.ones_like(x), x], axis=2)
    b = np.array([np.log(max(y.mean(), 1e-9)), 0.0])
    for _ in range(STEPS):
        mean = np.exp(design @ b)
        bend = np.einsum("nt,ntk,ntl->kl", mean, design, design)
        step = np.linalg.solve(bend, np.einsum("nt,ntk->k", y - mean, design))
        b += step
        if np.abs(step).max() < 1e-10:
            break
    scores = np.einsum("nt,ntk->nk", y - np.exp(design @ b), design)
    return _at_mean(b, _sandwich(bend, scores), slice(1, 2), float(x.mean()))


def within_poisson(counts: ArrayLike, calls: ArrayLike, lags: int = 0) -> Fit:
    """Fit log E[count] = account + period + b0 calls + ... + bL calls `lags` periods ago.

    `counts` and `calls`: arrays (accounts, periods); the first `lags` periods only explain.
    The elasticity is (b0 + ... + bL) times the mean of calls in the estimation sample: accounts
    with a count above 0, without which a fixed effect says nothing. Conditional likelihood:
    given an account's total, its periods are multinomial (Hausman, Hall & Griliches 1984,
    Econometrica 52(4) 909-938). Coefficients: calls by lag, then the periods from the second on.
    """
    y, x = _alike(counts, calls)
    y = y[:, lags:]
    kept = y.sum(1) > 0
    past = [x[kept, lags - lag : x.shape[1] - lag] for lag in range(lags + 1)]
    b, covariance = fixed_effects_poisson(y[kept], np.stack(past, axis=2))
    return _at_mean(b, covariance, slice(0, lags + 1), float(past[0].mean()))


def fixed_effects_poisson(counts: ArrayLike, regressors: ArrayLike) -> tuple[Array, Array]:
    """Fit log E[count] = account + period + regressors; return coefficients and covariance.

    `counts`: (accounts, periods), each with a count above 0; `regressors`: (accounts, periods, k).
    The coefficients of the periods from the second on follow those of the k regressors.
    """
    y, x = np.asarray(counts, float), np.asarray(regressors, float)
    months = np.broadcast_to(np.eye(y.shape[1])[:, 1:], (*y.shape, y.shape[1] - 1))
    return _conditional(y, np.concatenate([x, months], axis=2))


def _conditional(y: Array, design: Array) -> tuple[Array, Array]:
    """Maximise the multinomial likelihood of each row of `y` given its total."""
    b: Array = np.zeros(design.shape[2])
    total = y.sum(1, keepdims=True)
    for _ in range(STEPS):
        tilt = design @ b
        share = np.exp(tilt - tilt.max(1, keepdims=True))
        share /= share.sum(1, keepdims=True)
        apart = design - np.einsum("nt,ntk->nk", share, design)[:, None]
        scores = np.einsum("nt,ntk->nk", y - total * share, apart)
        bend = np.einsum("nt,ntk,ntl->kl", total * share, apart, apart)
        step = np.linalg.solve(bend, scores.sum(0))
        b += step
        if np.abs(step).max() < 1e-10:
            break
    return b, _sandwich(bend, scores)


def within_least_squares(
    y: ArrayLike, regressors: ArrayLike, effects: Sequence[ArrayLike], clusters: ArrayLike
) -> tuple[Array, Array]:
    """Return coefficients and their covariance of a regression with any number of fixed effects.

    `y`: (rows,), `regressors`: (rows, k), `effects`: one label per row each (store, week ...),
    `clusters`: labels within which errors may hang together. Effects are taken out by sweeping
    group means in turn (Guimaraes & Portugal 2010, Stata Journal 10(4) 628-649).
    """
    columns = np.column_stack([np.asarray(y, float), np.asarray(regressors, float)])
    columns = _without_means(columns, [_labels(effect) for effect in effects])
    target, x = columns[:, 0], columns[:, 1:]
    bend = x.T @ x
    b = np.asarray(np.linalg.solve(bend, x.T @ target), float)
    group, scores = _labels(clusters), x * (target - x @ b)[:, None]
    sums = np.stack([np.bincount(group, column) for column in scores.T], axis=1).astype(float)
    return b, _sandwich(bend, sums)


def _without_means(columns: Array, effects: Sequence[NDArray[np.intp]]) -> Array:
    scale = columns.std(0) + 1e-300
    for _ in range(SWEEPS):
        before = columns
        for labels in effects:
            size = np.bincount(labels)
            means = [np.bincount(labels, column) / size for column in columns.T]
            columns = columns - np.stack(means, axis=1)[labels]
        if len(effects) < 2 or (np.abs(columns - before) / scale).max() < 1e-9:
            break
    return columns


def _labels(values: ArrayLike) -> NDArray[np.intp]:
    """Number the distinct values from 0."""
    return np.unique(np.asarray(values), return_inverse=True)[1].ravel()


def _alike(counts: ArrayLike, calls: ArrayLike) -> tuple[Array, Array]:
    y, x = np.asarray(counts, float), np.asarray(calls, float)
    if y.shape != x.shape or y.ndim != 2:
        raise ValueError(f"counts {y.shape} and calls {x.shape}: want two (accounts, periods)")
    return y, x


def _sandwich(bend: Array, scores: Array) -> Array:
    """Return the covariance that stays right when the rows of an account hang together."""
    inverse = np.linalg.inv(bend)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse)


def _at_mean(b: Array, covariance: Array, calls: slice, mean: float) -> Fit:
    error = float(np.sqrt(covariance[calls, calls].sum()))
    return Fit(b, covariance, float(b[calls].sum()) * mean, error * mean)
