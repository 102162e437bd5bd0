"""Season, growth and fluctuation of a market, from the orders of each week."""

from dataclasses import dataclass

import numpy as np

from simkit.scenario.likelihood import Array
from simkit.scenario.market_blocks import Market

YEAR = 52.0
MIN_WEEKS = 104
"""Two years: with less, season and growth cannot be told apart from each other or from chance."""
STEPS = 20


@dataclass(frozen=True, slots=True)
class Season:
    """The factor 1 + share cos(2 pi (week - peak) / 52), weeks from the start of the period."""

    share: float
    peak: float
    share_error: float
    peak_error: float


FLAT = Season(0.0, 0.0, 0.0, 0.0)


def fit_season(daily: Array, market: Market) -> Season:
    """Fit a yearly wave to the orders of each full week; a trend beside it takes up growth.

    Poisson maximum likelihood (log-linear trend times 1 + a cos + b sin). The covariance counts the
    market's own fluctuation too, an autoregression with the scenario's `persistence` and
    `noise_sd`, and is scaled up by chi2 / df where the weeks vary more than both explain.
    """
    counts = weekly(daily)
    week = np.arange(len(counts)) + 0.5
    angle = 2 * np.pi * week / YEAR
    cos, sin, trend = np.cos(angle), np.sin(angle), week / YEAR
    b = np.array([np.log(max(counts.mean(), 1e-9)), 0.0, 0.0, 0.0])
    for _ in range(STEPS):
        wave = np.maximum(1 + b[2] * cos + b[3] * sin, 0.05)
        expected = np.exp(b[0] + b[1] * trend) * wave
        slopes = np.stack([np.ones_like(week), trend, cos / wave, sin / wave], 1)
        weighted = slopes * expected[:, None]
        b = b + np.linalg.solve(slopes.T @ weighted, slopes.T @ (counts - expected))
    covariance = _covariance(slopes, expected, counts, market)[2:, 2:]
    share = float(np.hypot(b[2], b[3]))
    across = np.array([b[2], b[3]]) / max(share, 1e-9)
    along = np.array([-b[3], b[2]]) / max(share, 1e-9) ** 2 * YEAR / (2 * np.pi)
    peak = float(np.arctan2(b[3], b[2])) * YEAR / (2 * np.pi) % YEAR
    errors = [float(np.sqrt(v @ covariance @ v)) for v in (across, along)]
    return Season(share, peak, *errors)


def weekly(daily: Array) -> Array:
    """Return the orders of each full week."""
    full = len(daily) // 7
    return np.asarray(daily[: 7 * full].reshape(full, 7).sum(1))


def _covariance(slopes: Array, expected: Array, counts: Array, market: Market) -> Array:
    """Return the covariance of weighted least squares under fluctuation and counting noise."""
    weighted = slopes * expected[:, None]
    inverse = np.linalg.inv(slopes.T @ weighted)
    noise = fluctuation(len(counts), market) + np.diag(1 / expected)
    # What remains of each week after the fit: its expected size tells whether weeks vary more.
    left = np.eye(len(counts)) - slopes @ inverse @ weighted.T
    apart = (counts / expected - 1) ** 2 * expected
    usual = np.diag(left @ noise @ left.T) * expected
    scale = max(1.0, float(apart.sum() / usual.sum()))
    found: Array = inverse @ weighted.T @ noise @ weighted @ inverse * scale
    return found


def fluctuation(weeks: int, market: Market) -> Array:
    """Return the covariance of the log of the market between weeks, as the scenario has it."""
    if not market.on or weeks == 0:
        return np.zeros((weeks, weeks))
    apart = np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks)))
    variance = market.noise_sd**2 / (1 - market.persistence**2)
    return np.asarray(variance * market.persistence**apart)


def level_and_growth_noise(weeks: int, market: Market, growing: bool) -> Array:
    """Return the covariance that fluctuation gives the log level at the end, and growth a year."""
    past = (np.arange(weeks) + 0.5 - weeks) / YEAR
    slopes = np.stack([np.ones(weeks), past], 1) if growing else np.ones((weeks, 1))
    weights = np.linalg.pinv(slopes)
    found: Array = weights @ fluctuation(weeks, market) @ weights.T
    return found
