"""What a weekly figure is expected to be, from its own past: season and persistence taken out.

A figure's past is fitted by a level, two waves of the year and, of what is left, the share that
carries over to the next week. What a week brings beyond that forecast is its surprise; the score
of a surprise is its normal score among those of the past, so that figures of any shape can be put
on one chart.
"""

from dataclasses import dataclass

import numpy as np

YEAR_WEEKS = 52
WAVES = 2
LEAST_WEEKS = 8
"""Fewer weeks of history say nothing about what is usual."""
LEAST_FOR_SEASON = 80
"""Weeks of history from which a season can be told from a trend; more than a year and a half."""
MOST_PERSISTENCE = 0.95


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
    persistence: float
    surprises: np.ndarray
    """Sorted surprises of the past."""
    last: float
    """What the last week was above its season."""

    @property
    def spread(self) -> float:
        """Standard deviation of a surprise, in the unit of the figure; 0 of a constant one."""
        return float(self.surprises.std())

    def usual(self, weeks: np.ndarray) -> np.ndarray:
        """Return level and season of `weeks` (numbers of weeks, week 0 begins a year)."""
        return _waves(np.asarray(weeks), len(self.coefficients)) @ self.coefficients

    def expected(self, values: np.ndarray) -> np.ndarray:
        """Return the forecast of each week of `values`, made a week before; first: `week`."""
        values = usable(values)
        usual = self.usual(self.week + np.arange(len(values)))
        above, found = self.last, np.empty(len(values))
        for index, value in enumerate(values):
            found[index] = usual[index] + self.persistence * above
            above = value - usual[index] if np.isfinite(value) else self.persistence * above
        return found

    def scores(self, values: np.ndarray) -> np.ndarray:
        """Return the normal score of each week's surprise, 0 where there is no figure.

        The rank r among the n surprises of the past becomes the standard normal quantile of
        (r + 1/2) / (n + 1) (van der Waerden); ties count half.
        """
        from scipy.special import ndtri

        surprises = usable(values) - self.expected(values)
        known = np.isfinite(surprises)
        tolerance = _rounding(self.coefficients)
        below = np.searchsorted(self.surprises, surprises[known] - tolerance, side="left")
        above = np.searchsorted(self.surprises, surprises[known] + tolerance, side="right")
        rank = (below + above) / 2
        found = np.zeros(len(surprises))
        found[known] = ndtri((rank + 0.5) / (len(self.surprises) + 1))
        return found


def forecast_of(past: np.ndarray, week: int = 0) -> Forecast:
    """Return the forecast from a figure's `past`, oldest first; the week after it is `week`.

    Gaps (NaN) are left out. Raises TooShortError with fewer than 8 weeks that have a figure.
    """
    past = usable(past)
    known = np.isfinite(past)
    if known.sum() < LEAST_WEEKS:
        raise TooShortError(int(known.sum()))
    weeks = week - len(past) + np.arange(len(past))
    columns = 1 + 2 * WAVES if known.sum() >= LEAST_FOR_SEASON else 1
    design = _waves(weeks, columns)
    coefficients = np.linalg.lstsq(design[known], past[known], rcond=None)[0]
    above = np.where(known, past - design @ coefficients, 0.0)
    both = known[1:] & known[:-1]
    if both.sum() < LEAST_WEEKS:  # gaps everywhere: nothing shows what carries over
        return Forecast(week, coefficients, 0.0, np.sort(above[known]), float(above[-1]))
    square = float((above[:-1][both] ** 2).sum())
    product = float((above[1:][both] * above[:-1][both]).sum())
    noise = len(past) * _rounding(coefficients) ** 2  # of a constant figure, only that is left
    persistence = min(MOST_PERSISTENCE, max(0.0, product / square)) if square > noise else 0.0
    surprises = (above[1:] - persistence * above[:-1])[both]
    return Forecast(week, coefficients, persistence, np.sort(surprises), float(above[-1]))


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
