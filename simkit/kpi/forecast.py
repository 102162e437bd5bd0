"""What a weekly figure is expected to be, from its own past: season, level and persistence.

Season: none, one or two waves of the year, as many as pay (Schwarz 1978, Ann. Statist. 6). Level:
fixed, or, where it wanders as the customers of a region come and go, the exponentially weighted
mean of the past (Brown 1959; Muth 1960, JASA 55). Persistence: the share of what a week was above
level and season that carries over to the next. What a week brings beyond that is its surprise.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

YEAR_WEEKS = 52
WAVES = (0, 1, 2)
LEAST_WEEKS = 8
"""Fewer weeks of history say nothing about what is usual."""
LEAST_FOR_SEASON = 80
"""Weeks of history from which a season can be told from a trend; more than a year and a half."""
MOST_PERSISTENCE = 0.95
WEIGHTS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)
"""Weights of the last week in a level that wanders; the one that fits the past best is taken.

Two years cannot tell a weight below .1 from 0, and a level that follows too slowly alarms falsely.
"""
LARGEST = 1e12
"""Figures beyond this are slips; they count as gaps."""


class TooShortError(ValueError):
    """The history has too few weeks with a figure to say what is usual."""

    def __init__(self, weeks: int) -> None:
        """Say how many weeks have a figure, and how many are needed."""
        super().__init__(f"{weeks} weeks with a figure; {LEAST_WEEKS} are needed")


def usable(values: np.ndarray) -> np.ndarray:
    """Return figures with a gap (NaN) in place of what is no number, or beyond reason."""
    values = np.asarray(values, dtype=float)
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


@dataclass(frozen=True)
class Forecast:
    """The forecast of one weekly figure, fitted to its past, which ends before `week`."""

    week: int
    coefficients: np.ndarray
    """Of the constant and the waves."""
    weight: float
    """How far the level follows the last week; 0: it is fixed."""
    persistence: float
    surprises: np.ndarray
    """Sorted surprises of the past."""
    level: float
    """What the last level was above the season."""
    last: float
    """What the last week was above level and season."""

    @property
    def spread(self) -> float:
        """Standard deviation of a surprise, in the unit of the figure; 0 of a constant one."""
        return float(self.surprises.std())

    def usual(self, weeks: np.ndarray) -> np.ndarray:
        """Return level and season of `weeks` (numbers of weeks, week 0 begins a year)."""
        return self._season(weeks) + self.level

    def expected(self, values: np.ndarray) -> np.ndarray:
        """Return the forecast of each week of `values`, made a week before; first: `week`."""
        values = usable(values)
        season = self._season(self.week + np.arange(len(values)))
        level, last, found = self.level, self.last, np.empty(len(values))
        for index, value in enumerate(values):
            found[index] = season[index] + level + self.persistence * last
            if np.isfinite(value):
                last = value - season[index] - level
                level += self.weight * last
        return found

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return the score of each week's surprise, 0 where there is no figure.

        The rank r among the n surprises of the past gives the standard normal quantile of
        (r + 1/2) / (n + 1) (van der Waerden), ties half; the surprise in standard deviations of
        the past another score. What is nearer to 0 counts: a figure of any shape can be charted,
        and one that hardly ever moves does not score high by moving a little.
        """
        surprises = usable(values) - self.expected(values)
        known = np.isfinite(surprises)
        found, off = np.zeros(len(surprises)), surprises[known]
        ranked = self._ranked(off)
        if self.spread > _rounding(self.coefficients):
            standard = off / self.spread
            ranked = np.sign(standard) * np.minimum(np.abs(ranked), np.abs(standard))
        found[known] = ranked
        return found

    def _ranked(self, off: np.ndarray) -> np.ndarray:
        from scipy.special import ndtri

        tolerance = _rounding(self.coefficients)
        below = np.searchsorted(self.surprises, off - tolerance, side="left")
        above = np.searchsorted(self.surprises, off + tolerance, side="right")
        return ndtri(((below + above) / 2 + 0.5) / (len(self.surprises) + 1))

    def _season(self, weeks: np.ndarray) -> np.ndarray:
        return _waves(np.asarray(weeks), len(self.coefficients)) @ self.coefficients


def forecast_of(past: np.ndarray, week: int = 0, wanders: bool = True) -> Forecast:
    """Return the forecast from a figure's `past`, oldest first; the week after it is `week`.

    `wanders`: whether the level moves with the customers, as sales do, or is fixed, as shares and
    queues are. Gaps (NaN) are left out. Raises TooShortError with fewer than 8 weeks that have a
    figure.
    """
    past = usable(past)
    known = np.isfinite(past)
    if known.sum() < LEAST_WEEKS:
        raise TooShortError(int(known.sum()))
    weeks = (week - len(past) + np.arange(len(past)))[known]
    waves = WAVES if len(weeks) >= LEAST_FOR_SEASON else (0,)
    fits = [_fit(past[known], weeks, 1 + 2 * n, wanders, week) for n in waves]
    return min(fits, key=lambda fit: fit[0])[1]


def _fit(
    past: np.ndarray, weeks: np.ndarray, columns: int, wanders: bool, week: int
) -> tuple[float, Forecast]:
    """The forecast with so many columns of season, and what its fit costs (Schwarz)."""
    design = _waves(weeks, columns)
    coefficients = np.linalg.lstsq(design, past, rcond=None)[0]
    above, weights = past - design @ coefficients, WEIGHTS if wanders else (0.0,)
    off = _followed(len(past), weights) @ above  # by weight and week
    skipped = min(LEAST_WEEKS, len(past) // 5)  # the level is not found yet
    least = len(past) * _rounding(coefficients) ** 2
    persistence = np.array([_persistence(row[skipped:], least) for row in off])
    surprises = (off[:, 1:] - persistence[:, None] * off[:, :-1])[:, max(0, skipped - 1) :]
    squares = (surprises**2).sum(axis=1)
    best, n = int(squares.argmin()), surprises.shape[1]
    cost = n * np.log(max(least, squares[best]) / n) + columns * np.log(n)
    weight, last = weights[best], float(off[best, -1])
    level = float(above[-1]) - last + weight * last
    carries = float(persistence[best])
    return float(cost), Forecast(
        week, coefficients, weight, carries, np.sort(surprises[best]), level, last
    )


def _persistence(off: np.ndarray, least: float) -> float:
    """The share of a week that carries over; of a constant figure only rounding is left."""
    square, product = float((off[:-1] ** 2).sum()), float((off[1:] * off[:-1]).sum())
    return min(MOST_PERSISTENCE, max(0.0, product / square)) if square > least else 0.0


@lru_cache(maxsize=32)
def _followed(weeks: int, weights: tuple[float, ...]) -> np.ndarray:
    """Matrices, one a weight, from a series to what it is above its weighted mean so far."""
    age = np.arange(weeks)[:, None] - np.arange(weeks)[None, :]
    return np.array(
        [
            np.eye(weeks) - np.where(age > 0, weight * (1 - weight) ** np.maximum(0, age - 1), 0.0)
            for weight in weights
        ]
    )


def _rounding(coefficients: np.ndarray) -> float:
    """What two equal figures may differ by after rounding."""
    return 1e-9 * max(1.0, float(np.abs(coefficients).max()))


def _waves(weeks: np.ndarray, columns: int) -> np.ndarray:
    """Level, and cosine and sine of one and two waves a year."""
    angle = 2 * np.pi * np.asarray(weeks, dtype=float) / YEAR_WEEKS
    parts = [np.ones(len(angle))]
    for wave in range(1, (columns - 1) // 2 + 1):
        parts += [np.cos(wave * angle), np.sin(wave * angle)]
    return np.column_stack(parts)
