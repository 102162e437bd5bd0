"""The weekly figures a learner sees: kept up with what is reported, with forecasts and limits."""

import math
import threading
from dataclasses import dataclass

import numpy as np

from simkit.kpi.forecast import Forecast, TooShortError, forecast_of
from simkit.kpi.lights import two_weeks
from simkit.kpi.weekly import FIGURES, HISTORY_WEEKS, WeeklyFigures
from simkit.region.report import WeekReport
from simkit.scenario.records import Scenario
from simkit.screens.drill_words import Room


@dataclass(frozen=True)
class Course:
    """A figure of a place by week: what was, what was expected, and what would be unusual.

    `history`: how many of the weeks were before the game.
    """

    history: int
    weeks: np.ndarray
    values: np.ndarray
    expected: np.ndarray
    """Forecasts made a week before; one week more than `values`: that which is played next."""
    usual: np.ndarray
    """Level and season."""
    amber: tuple[float, float]
    """How far below and above the forecast a light turns amber."""
    red: tuple[float, float]


class Gauge:
    """Counts what is reported, week by week; asked in threads, one at a time."""

    def __init__(self, room: Room) -> None:
        self.room, self._lock = room, threading.Lock()
        self._read, self._about = 0, (-1, frozenset[str]())
        self._figures = WeeklyFigures([], 0, 1)
        self.history = history_of(room.scenario)

    def figures(self) -> WeeklyFigures:
        """Return the figures of all that is reported now, two years of history included."""
        report = self.room.report
        about = self.room.game.undone, frozenset(report.reps)
        with self._lock:
            if about != self._about:
                self._figures, self._read, self._about = _empty(report), 0, about
            new = report.reported()[self._read :]
            self._figures.add(new)
            self._read += len(new)
            return self._figures

    def alerting(self) -> bool:
        """Whether the two-weeks rule on sales alarmed in the week before this one."""
        week, sales = self.room.report.week, self.figures().series("sales")
        watching = self.room.scenario.watch
        if not week or not watching:
            return False
        past, seen = sales[: self.history], sales[self.history : self.history + week]
        return bool(two_weeks(past, seen, watching.watching)[-1])

    def course(self, figure: str, place: str) -> Course | None:
        """Return a figure's course with its forecasts; None where its past is too short."""
        week, watching = self.room.report.week, self.room.scenario.watch
        history = self.history
        values = self.figures().series(figure, place)[: history + week]
        weeks = np.arange(-history, week)
        assert watching
        try:
            forecast = forecast_of(values[:history], 0, FIGURES[figure].wanders)
        except TooShortError:
            return None
        expected = forecast.expected(np.append(values[history:], math.nan))
        usual = forecast.usual(weeks)
        above = np.nan_to_num(values - usual)[: history - 1]
        before = usual[:history] + forecast.persistence * np.append(0.0, above)
        amber, red = watching.watching.amber, watching.watching.red
        return Course(
            history,
            weeks,
            values,
            np.concatenate([before, expected]),
            usual,
            (limit(forecast, -amber), limit(forecast, amber)),
            (limit(forecast, -red), limit(forecast, red)),
        )


def _empty(report: WeekReport) -> WeeklyFigures:
    """Figures of no events yet, for the reps there are and those there were."""
    places = [place.id for place in report.scenario.territories]
    reps = dict.fromkeys([rep.id for rep in report.scenario.reps] + [*report.reps])
    history = history_of(report.scenario)
    return WeeklyFigures(places, -history, history + report.scenario.weeks, [*reps])


def history_of(scenario: Scenario) -> int:
    """Return how many weeks before the game are shown, and make the forecasts."""
    return min(HISTORY_WEEKS, scenario.warm_up_weeks)


def limit(forecast: Forecast, score: float) -> float:
    """Return the surprise beyond which the normal score is more than `score` off zero.

    The inverse of `Forecast.scores`; a score beyond all surprises of the past gives the largest.
    """
    from scipy.special import ndtr

    sizes = forecast.surprises if score > 0 else -forecast.surprises[::-1]
    rank = math.ceil(float(ndtr(abs(score))) * (len(sizes) + 1) - 0.5)
    found = float(sizes[min(max(rank, 1), len(sizes)) - 1])
    return found if score > 0 else -found
