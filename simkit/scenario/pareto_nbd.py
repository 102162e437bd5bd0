"""The Pareto/NBD model: customers order at their own rates until, unseen, they leave for good.

While active, a customer orders at a Poisson rate, Gamma(r, alpha) over customers; the hazard of
leaving is Gamma(s, beta) over customers, independently. A history enters as x, the number of
days with a repeat order, t_x, the week of the last of them, and T, the weeks since the first
order. Times are in weeks, alpha and beta too.

Sources: Schmittlein, Morrison & Colombo 1987, Management Science 33(1) 1-24; derivations in
Fader & Hardie 2005, A note on deriving the Pareto/NBD model and related expressions
(brucehardie.com/notes/009), whose equation numbers are given below.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np
from numpy.typing import ArrayLike

from simkit.scenario.likelihood import Array, climb, rounded

NODES = 40
"""Nodes of the quadrature; the ratio is then good to 9 digits for ordinary parameters."""

CHUNK = 4096
"""Customers integrated at a time: their nodes then stay in the processor's cache."""

COARSE = 2000
"""Distinct histories from which the search for good starts is thinned out."""


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """Fitted parameters: shapes `r`, `s` (numbers), scales `alpha`, `beta` (weeks).

    `standard_errors` maps each name to its standard error, None where the data do not tell.
    """

    r: float
    alpha: float
    s: float
    beta: float
    log_likelihood: float = float("nan")
    standard_errors: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def orders_per_week(self) -> float:
        """Mean orders per week of a customer who has just begun: r / alpha."""
        return self.r / self.alpha


def log_likelihood(model: ParetoNbd, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Array:
    """Return the log-likelihood of each history (x, t_x, T): arrays of one shape, weeks.

    Source: Fader & Hardie 2005, equation 18.
    """
    from scipy.special import gammaln

    x, t_x, age = _arrays(x, t_x, age)
    r, alpha, s, beta = model.r, model.alpha, model.s, model.beta
    alive = gammaln(r + x) - gammaln(r) - r * np.log1p(age / alpha) - x * np.log(alpha + age)
    alive -= s * np.log1p(age / beta)
    return alive + np.logaddexp(0.0, log_odds_left(model, x, t_x, age))


def log_odds_left(model: ParetoNbd, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Array:
    """Return the log odds that a customer with history (x, t_x, T) has left by T.

    Left at y, active until then: the integral over y from t_x to T of
    s (alpha + y)^-(r+x) (beta + y)^-(s+1), against (alpha + T)^-(r+x) (beta + T)^-s for a
    customer still active. Fader & Hardie write it as the difference A0 of two hypergeometric
    functions (equations 19 and 20, by which of alpha and beta is larger). That difference loses
    all digits when t_x is close to T and overflows for hundreds of orders (their remedies: 2005,
    A note on implementing the Pareto/NBD model in MATLAB). The integral has a positive integrand,
    so Gauss-Legendre quadrature in the log of y - t_x, counted in decay lengths, needs no cases.
    """
    x, t_x, age = _arrays(x, t_x, age)
    parts = [
        _log_odds_left(model, *(a.ravel()[i : i + CHUNK] for a in (x, t_x, age)))
        for i in range(0, x.size, CHUNK)
    ]
    return np.concatenate(parts).reshape(x.shape) if parts else x


def _log_odds_left(model: ParetoNbd, x: Array, t_x: Array, age: Array) -> Array:
    """Return `log_odds_left` of a chunk of customers, one row of nodes each."""
    x, t_x, age = x[:, None], t_x[:, None], age[:, None]
    a, b = model.alpha + t_x, model.beta + t_x
    k, m = model.r + x, model.s + 1
    length = 1 / (k / a + m / b)
    top = np.log1p((age - t_x) / length)
    nodes, weights = _nodes()
    v = top * (nodes + 1) / 2
    y = length * np.expm1(v)
    inner = np.exp(v - k * np.log1p(y / a) - m * np.log1p(y / b)) * weights
    with np.errstate(divide="ignore"):  # nobody has left when t_x = T: log 0
        integral = np.log(inner.sum(-1)) + np.log(length * top / 2)[:, 0]
    outer = k * np.log1p((age - t_x) / a) + model.s * np.log1p((age - t_x) / b) - np.log(b)
    return integral + outer[:, 0] + np.log(model.s)


@cache
def _nodes() -> tuple[Array, Array]:
    """Return nodes in (-1, 1) and weights of the quadrature; finding them takes a while."""
    return np.polynomial.legendre.leggauss(NODES)


def active_chance(model: ParetoNbd, x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> Array:
    """Return the chance in [0, 1] that a customer with history (x, t_x, T) is active at T.

    Source: Schmittlein, Morrison & Colombo 1987; Fader & Hardie 2005, equations 36 and 37.
    """
    from scipy.special import expit

    return np.asarray(expit(-log_odds_left(model, x, t_x, age)))


def expected_orders(
    model: ParetoNbd, weeks: float, x: ArrayLike, t_x: ArrayLike, age: ArrayLike
) -> Array:
    """Return the expected order days in the `weeks` after T of each customer (x, t_x, T).

    Source: Fader & Hardie 2005, equation 41; the limit is taken at s = 1.
    """
    x, t_x, age = _arrays(x, t_x, age)
    stretch = np.log1p(weeks / (model.beta + age))
    bend = (model.s - 1) * stretch
    # (1 - e^-bend) / (s - 1), without 0 / 0 near s = 1.
    near = np.abs(bend) < 1e-8
    share = np.where(near, 1 - bend / 2, -np.expm1(-bend) / np.where(near, 1.0, bend)) * stretch
    rate = (model.r + x) / (model.alpha + age)
    return active_chance(model, x, t_x, age) * rate * (model.beta + age) * share


def fit_pareto_nbd(x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> ParetoNbd:
    """Fit the model to histories (x, t_x, T), one per customer, weeks, by maximum likelihood.

    Searched over the logs of r, r / alpha, s and s / beta, which hang together less than the
    four themselves; standard errors from the observed information by the delta method.
    The estimates keep 5 significant digits, so that they are the same on every machine.
    """
    histories = np.column_stack(_arrays(x, t_x, age))
    groups, counts = np.unique(histories, axis=0, return_counts=True)

    def height(p: Array, part: slice = slice(None)) -> float:
        total = float((log_likelihood(_model(p), *groups[part].T) * counts[part]).sum())
        return total if np.isfinite(total) else -1e12

    rate = np.log(max(histories[:, 0].sum(), 1) / max(histories[:, 2].sum(), 1))
    leave = -np.log(max(histories[:, 2].mean(), 1))
    starts = [(0.0, rate, 0.0, leave), (-1.0, rate + 0.5, -0.5, leave + 1), (1, rate, 0, leave - 2)]
    around = [(-5.0, 6.0), (rate - 6, rate + 6), (-5.0, 6.0), (leave - 9, leave + 6)]
    if len(groups) > COARSE:  # the far starts need not see everybody
        thinned = slice(None, None, -(-len(groups) // COARSE))
        starts = [tuple(climb(partial(height, part=thinned), starts, around).point)]
    peak = climb(height, starts, around)
    best = _model(peak.point)
    r, alpha, s, beta = (rounded(v) for v in (best.r, best.alpha, best.s, best.beta))
    total = height(np.log([r, r / alpha, s, s / beta]))
    return ParetoNbd(r, alpha, s, beta, total, _standard_errors(best, peak.covariance))


def _model(p: Array) -> ParetoNbd:
    """Return the model at logs of r, r / alpha, s and s / beta."""
    r, rate, s, hazard = (float(v) for v in np.exp(p))
    return ParetoNbd(r, r / rate, s, s / hazard)


def _standard_errors(model: ParetoNbd, covariance: Array) -> dict[str, float | None]:
    """Return the standard errors of r, alpha, s and beta by the delta method; None: unknown."""
    values = {"r": model.r, "alpha": model.alpha, "s": model.s, "beta": model.beta}
    jacobian = np.array([[1, 0, 0, 0], [1, -1, 0, 0], [0, 0, 1, 0], [0, 0, 1, -1]], dtype=float)
    variances = []
    for row in jacobian:
        used = row != 0
        variances.append(row[used] @ covariance[np.ix_(used, used)] @ row[used])
    return {
        name: value * float(np.sqrt(v)) if np.isfinite(v) else None
        for (name, value), v in zip(values.items(), variances, strict=True)
    }


def _arrays(*values: ArrayLike) -> list[Array]:
    """Return the values as float arrays of one shape."""
    return [np.asarray(v) for v in np.broadcast_arrays(*(np.asarray(v, float) for v in values))]
