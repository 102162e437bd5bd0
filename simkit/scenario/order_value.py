"""The gamma-gamma model of order values: what customers spend per order, and how it varies.

The amounts of one customer are Gamma(p, nu), so that their coefficient of variation is
1 / sqrt(p) for everybody; nu is Gamma(q, gamma) over customers. Values do not depend on how often
a customer orders. Source: Fader, Hardie & Lee 2005, RFM and CLV, Journal of Marketing Research
42(4) 415-430; here with every amount in the likelihood, not only each customer's mean, so that
the spread within customers is seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simkit.scenario.likelihood import Array, climb, rounded

ASSUMED_CV = 0.6
"""Variation within a customer where hardly any ordered twice (evidence.md, M1)."""

ENOUGH_REPEATERS = 10
"""Customers with two paid orders that are needed to estimate the variation within customers."""


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Fitted order values: `mean` over customers (money), `cv` within a customer, `q` (a number).

    `cv_estimated` tells whether the cv comes from the data; the smaller q, the more customers
    differ: their true means have the coefficient of variation 1 / sqrt(q - 2), for q > 2.
    """

    mean: float
    cv: float
    q: float
    cv_estimated: bool = True

    @property
    def p(self) -> float:
        """Shape of the amounts of one customer."""
        return self.cv**-2

    @property
    def gamma(self) -> float:
        """Scale (money) of the distribution over customers: mean = p gamma / (q - 1)."""
        return self.mean * (self.q - 1) / self.p

    def order_value(self, count: ArrayLike, total: ArrayLike) -> Array:
        """Return the expected value (money) of the next order of each customer.

        `count` paid orders of `total` money were seen: their average, shrunk towards the mean of
        all customers the more the fewer they are. Source: Fader, Hardie & Lee 2005, equation 5.
        """
        count, total = np.asarray(count, float), np.asarray(total, float)
        return (self.gamma + total) * self.p / (self.p * count + self.q - 1)


def fit_order_values(count: ArrayLike, total: ArrayLike, logs: ArrayLike) -> GammaGamma:
    """Fit the model by maximum likelihood to customers with at least one paid order.

    One entry per customer: the number of paid orders, their sum (money) and the sum of their
    natural logs. With fewer than 10 customers who paid twice the cv is set to 0.6 (see
    `cv_estimated`).
    """
    n, money = np.asarray(count, float), np.asarray(total, float)
    unit = float(money.sum() / n.sum())
    # Money in units of its mean, so that the bounds below suit every currency.
    money, log_sums = money / unit, np.asarray(logs, float) - n * np.log(unit)
    known = int((n >= 2).sum()) >= ENOUGH_REPEATERS
    cv = np.log(ASSUMED_CV)
    bounds = [(np.log(0.02), np.log(5.0)) if known else (cv, cv), (-3.0, 6.0), (-4.0, 4.0)]

    def height(v: Array) -> float:
        value = _log_likelihood(_model(v), n, money, log_sums)
        return value if np.isfinite(value) else -1e12

    peak = climb(height, [(cv, 0.0, 0.0), (cv - 0.7, 1.0, 0.0), (cv, 2.0, 0.5)], bounds)
    best = _model(peak.point)
    return GammaGamma(rounded(best.mean * unit), rounded(best.cv), rounded(best.q), known)


def _model(v: Array) -> GammaGamma:
    """Return the model at the logs of cv, q - 1 and mean."""
    cv, excess, mean = (float(e) for e in np.exp(v))
    return GammaGamma(mean, cv, 1 + excess)


def _log_likelihood(model: GammaGamma, n: Array, total: Array, logs: Array) -> float:
    """Return the log-likelihood of all amounts, nu integrated out.

    For one customer with amounts z: G(pn + q) gamma^q prod z^(p-1) / [G(p)^n G(q) (gamma + sum
    z)^(pn + q)], G the gamma function; from the gamma densities of the model.
    """
    from scipy.special import gammaln

    p, q, gamma = model.p, model.q, model.gamma
    each = gammaln(p * n + q) - gammaln(q) - n * gammaln(p) + (p - 1) * logs
    each += -(p * n + q) * np.log1p(total / gamma) - p * n * np.log(gamma)
    return float(each.sum())
