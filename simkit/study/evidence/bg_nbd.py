"""The BG/NBD model, only to be refitted: customers may leave after any order.

Orders while active are Poisson with rates Gamma(r, alpha); after each repeat order a customer
leaves with a chance that is Beta(a, b) over customers. The engine itself loses customers at any
time (Pareto/NBD, `simkit.scenario.pareto_nbd`).
"""

import numpy as np
from numpy.typing import ArrayLike

from simkit.scenario.likelihood import Array, climb


def log_likelihood(point: ArrayLike, x: Array, t_x: Array, age: Array) -> Array:
    """Return the log-likelihood of histories (x, t_x, T) in weeks at the logs of r, alpha, a, b.

    Source: Fader, Hardie & Lee 2005, Marketing Science 24(2) 275-284, equation 6.
    """
    from scipy.special import betaln, gammaln

    r, alpha, a, b = np.exp(np.asarray(point, float))
    orders = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    active = betaln(a, b + x) - (r + x) * np.log(alpha + age)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    both = np.logaddexp(active, np.where(x > 0, left, -np.inf))
    return np.asarray(orders + both - betaln(a, b))


def fit_bg_nbd(x: Array, t_x: Array, age: Array) -> tuple[dict[str, float], float]:
    """Return r, alpha, a, b of maximum likelihood and the log-likelihood there."""
    groups, counts = np.unique(np.column_stack([x, t_x, age]), axis=0, return_counts=True)

    def height(point: Array) -> float:
        total = float((log_likelihood(point, *groups.T) * counts).sum())
        return total if np.isfinite(total) else -1e12

    starts = [(0.0, 0.0, 0.0, 0.0), (-1.0, 1.5, 0.0, 1.0)]
    peak = climb(height, starts, [(-6.0, 6.0)] * 4)
    names = ("r", "alpha", "a", "b")
    return dict(zip(names, map(float, np.exp(peak.point)), strict=True)), peak.height
