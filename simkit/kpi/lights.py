"""Lights of a dashboard, and the two-weeks rule: what a manager sees of the weekly figures.

A light compares a week with its forecast, season and persistence taken out; the two-weeks rule of
the managers' manuals compares raw figures with their usual level, season and all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simkit.kpi.charts import TwoInARow
from simkit.kpi.forecast import LEAST_WEEKS, TooShortError, forecast_of, usable
from simkit.kpi.weekly import FIGURES, Better, Figure, WeeklyFigures
from simkit.scenario.drift import Watching
from simkit.scenario.record import Text

Light = Literal["green", "amber", "red", ""]
CANNOT_SAY = Text(
    en="Too few weeks with a figure to say what is usual.",
    zh="有数据的周数太少，无法判断正常水平。",
)
FAR = 10.0
"""Score of anything else than usual where nothing ever changed."""


def light(score: float | None, better: Better, watching: Watching) -> Light:
    """Return the light of a week by its score in standard deviations; "": it cannot be said.

    `better`: the direction of the figure; only what is worse than expected turns a light.
    """
    if score is None or not np.isfinite(score):
        return ""
    worse = {"higher": -score, "lower": score, "in_band": abs(score)}[better]
    if worse >= watching.red:
        return "red"
    return "amber" if worse >= watching.amber else "green"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a figure of a place stood in the last week; None where it cannot be said."""

    figure: str
    place: str
    value: float | None
    expected: float | None
    """What was forecast a week before."""
    score: float | None
    """Surprise in standard deviations, as a normal score among the surprises of the past."""
    light: Light
    weeks_bad: int
    """For how many weeks in a row, up to the last one, the light has not been green."""
    note: Text | None = None
    """Why nothing can be said."""


def board(
    figures: WeeklyFigures, week: int, watching: Watching, places: Iterable[str]
) -> list[Standing]:
    """Return how all figures of the places stood in the week before `week`, place by place.

    Forecasts are made from the weeks before week 0, or before the last one if that is earlier.
    Raises ValueError for a week or place that `figures` does not have.
    """
    if not figures.first < week <= figures.first + figures.weeks:
        raise ValueError(f"week {week} has no week before it among the figures")
    start = min(0, week - 1)
    return [
        _standing(figure, place, figures, start, week, watching)
        for place in places
        for figure in FIGURES.values()
        if figure.of_reps or figures.kind_of(place) != "rep"
    ]


def _standing(
    figure: Figure, place: str, figures: WeeklyFigures, start: int, week: int, watching: Watching
) -> Standing:
    series = usable(figures.series(figure.id, place)[: week - figures.first])
    past, seen = series[: start - figures.first], series[start - figures.first :]
    value = float(seen[-1]) if np.isfinite(seen[-1]) else None
    try:
        forecast = forecast_of(past, start, figure.wanders)
    except TooShortError:
        return Standing(figure.id, place, value, None, None, "", 0, CANNOT_SAY)
    scores, expected = forecast.scores(seen), float(forecast.expected(seen)[-1])
    lights = [light(score, figure.better, watching) for score in scores]
    if value is None:
        return Standing(figure.id, place, None, expected, None, "", 0)
    return Standing(
        figure.id, place, value, expected, float(scores[-1]), lights[-1], _weeks_bad(lights)
    )


def _weeks_bad(lights: list[Light]) -> int:
    """How many of the last lights, in a row, were amber or red."""
    return next((n for n, each in enumerate(reversed(lights)) if each == "green"), len(lights))


def raw_scores(past: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return standard deviations of `values` from the mean of `past`, 0 where there is no figure.

    No season and no persistence is taken out: what a chart on raw figures sees. Where the past was
    constant, anything else scores 10. Raises TooShortError with fewer than 8 weeks of past.
    """
    past, values = usable(past), usable(values)
    known = past[np.isfinite(past)]
    if len(known) < LEAST_WEEKS:
        raise TooShortError(len(known))
    level, spread = float(known.mean()), float(known.std(ddof=1))
    off = np.where(np.isfinite(values), values - level, 0.0)
    if spread > 1e-9 * max(1.0, abs(level)):
        return off / spread
    return np.where(np.abs(off) > 1e-9 * max(1.0, abs(level)), FAR * np.sign(off), 0.0)


def two_weeks(past: np.ndarray, values: np.ndarray, watching: Watching) -> np.ndarray:
    """Return the weeks of `values` in which a raw figure was too low for the second time running.

    None of them with fewer than 8 weeks of past: what is usual cannot be said then.
    """
    try:
        scores = raw_scores(past, values)
    except TooShortError:
        scores = np.zeros(len(values))
    return TwoInARow(watching.two_weeks_limit).alarms(scores)
