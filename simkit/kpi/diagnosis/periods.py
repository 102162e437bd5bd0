"""A weekly figure now, before and a year ago, with the season taken into account."""

from dataclasses import dataclass

import numpy as np

from simkit.kpi.diagnosis.facts import YEAR, Facts, NoFigureError, Span
from simkit.kpi.forecast import Forecast, TooShortError, forecast_of
from simkit.kpi.weekly import REGION


@dataclass(frozen=True, slots=True)
class Change:
    """A period against an earlier one, in means per week.

    `season`: how much of the change the usual season accounts for; None where it cannot be told.
    `alike`, `compared`: of so many earlier pairs of periods as far apart, so many changed as much
    or more once the season was taken off.
    """

    span: Span
    before: float
    change: float
    season: float | None
    alike: int
    compared: int


@dataclass(frozen=True, slots=True)
class Periods:
    """A weekly figure of a place: the last weeks, and the changes to them."""

    span: Span
    now: float
    before: Change | None
    year: Change | None
    weeks: np.ndarray
    """Numbers of the weeks shown, of which the last ones are the period."""
    values: np.ndarray
    usual: np.ndarray
    """Level and season as they were before the period; NaN where they cannot be told."""
    year_ago: np.ndarray


def mean_of(values: np.ndarray) -> float | None:
    """Return the mean of what is known; None where nothing is."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def periods_of(values: np.ndarray, first: int, weeks: int, shown: int = 26) -> Periods:
    """Return the last `weeks` of a weekly series that begins in week `first`, and comparisons.

    Raises NoFigureError where the period has no figure.
    """
    values = np.asarray(values, dtype=float)
    start = len(values) - weeks
    now = mean_of(values[max(0, start) :])
    if weeks < 1 or start < 0 or now is None:
        raise NoFigureError("short" if start < 0 else "empty", "no figure in these weeks")
    usual = _usual(values, first, start)
    ago = np.array([values[i - YEAR] if i >= YEAR else np.nan for i in range(len(values))])
    cut = max(0, len(values) - max(shown, weeks))
    return Periods(
        Span(first + start, weeks),
        now,
        _change(values, usual, first, weeks, weeks),
        _change(values, usual, first, weeks, YEAR),
        first + np.arange(cut, len(values)),
        values[cut:],
        usual[cut:],
        ago[cut:],
    )


def _usual(values: np.ndarray, first: int, start: int) -> np.ndarray:
    forecast = forecast_or_none(values[:start], first + start)
    if forecast is None:
        return np.full(len(values), np.nan)
    return forecast.usual(first + np.arange(len(values)))


def forecast_or_none(past: np.ndarray, week: int) -> Forecast | None:
    """Return the forecast from a figure's past, or None when that is too short."""
    try:
        return forecast_of(past, week)
    except TooShortError:
        return None


def _change(
    values: np.ndarray, usual: np.ndarray, first: int, weeks: int, apart: int
) -> Change | None:
    """Compare the last weeks with those that end `apart` weeks earlier."""
    end = len(values)
    start = end - weeks - apart
    before = mean_of(values[max(0, start) : start + weeks]) if start >= 0 else None
    now = mean_of(values[end - weeks :])
    if before is None or now is None:
        return None
    season = float(usual[end - weeks :].mean() - usual[start : start + weeks].mean())
    known = bool(np.isfinite(season))
    if known and apart % YEAR == 0:
        season = 0.0  # but for rounding
    season_or_zero = season if known else 0.0
    others = _earlier(values - (usual if known else 0.0), weeks, apart)
    size = abs(now - before - season_or_zero)
    alike = int((np.abs(others) >= size - 1e-12 * max(1.0, abs(now))).sum())
    span = Span(first + start, weeks)
    return Change(span, before, now - before, season if known else None, alike, len(others))


def _earlier(rest: np.ndarray, weeks: int, apart: int) -> np.ndarray:
    """The same comparison at all earlier dates that do not touch the period."""
    last = len(rest) - 2 * weeks
    found = [
        (mean_of(rest[i : i + weeks]), mean_of(rest[i - apart : i - apart + weeks]))
        for i in range(apart, last + 1)
    ]
    return np.array([a - b for a, b in found if a is not None and b is not None])


def figure_periods(facts: Facts, figure: str, place: str = REGION, weeks: int = 4) -> Periods:
    """Return the comparisons of a weekly figure of a place; see `periods_of`."""
    return periods_of(facts.figures.series(figure, place), facts.first, weeks)
