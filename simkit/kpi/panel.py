"""A panel of CUSUM charts on the surprises of weekly figures: when it alarms, and what moved.

Every chart watches one figure of one place. A week's score is its surprise as it was first
reported, as a normal score; the panel alarms as soon as one of its charts does. Its limit is set so
that all charts together alarm falsely as often as designed (`simkit.study.watching.calibrate`).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simkit.kpi.charts import Cusum, first_alarms
from simkit.kpi.forecast import Forecast, TooShortError, forecast_of
from simkit.kpi.lights import light
from simkit.kpi.weekly import FIGURES, Kind, WeeklyFigures
from simkit.scenario.drift import Cause, Watching

PANEL: tuple[tuple[str, Kind], ...] = (
    ("orders", "region"),
    ("key_orders", "region"),
    ("tail_orders", "region"),
    ("visits", "region"),
    ("qualified_share", "region"),
    ("won", "region"),
    ("legal_open", "region"),
    ("in_stock_share", "region"),
    ("complaints", "region"),
    ("margin_share", "region"),
    ("entered_share", "region"),
    ("orders", "rep"),
    ("visits", "rep"),
)
"""The figures that are watched, and of which places: few, as each costs all others sharpness.

Sales are watched through their parts, orders and deals won.
"""
Key = tuple[str, str]
"""Figure and place."""
Direction = Literal["up", "down"]
FIRST_WEIGHT = 2.0
"""How much more than its others a cause's first figure says about it (assumption)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A chart that alarms: its figure and place, which way it went, how far (limit: 1)."""

    figure: str
    place: str
    direction: Direction
    strength: float


@dataclass
class Panel:
    """The panel of one region; feed it with `step` after every week, from week 0 on."""

    watching: Watching
    forecasts: dict[Key, Forecast]
    """By chart; figures with too short a past have none."""
    seen: list[list[float]] = field(default_factory=list)
    """By week: the figures of all charts as they were first reported."""

    @classmethod
    def of(cls, figures: WeeklyFigures, watching: Watching) -> "Panel":
        """Return a panel with the forecasts that the weeks before week 0 allow."""
        found: dict[Key, Forecast] = {}
        for figure, kind in PANEL:
            for place in figures.of_kind(kind):
                past = figures.series(figure, place)[: -figures.first]
                try:
                    found[figure, place] = forecast_of(past, 0, FIGURES[figure].wanders)
                except TooShortError:
                    continue
        return cls(watching, found)

    def step(self, figures: WeeklyFigures) -> bool:
        """Take in the next week, which `figures` has now; return whether the panel alarms."""
        week = len(self.seen) - figures.first
        self.seen.append([float(figures.series(*key)[week]) for key in self.forecasts])
        return bool(self.peaks()[-1] > self.watching.cusum_h)

    def scores(self) -> np.ndarray:
        """Return the scores by chart and week."""
        values = np.array(self.seen).T.reshape(len(self.forecasts), len(self.seen))
        pairs = zip(self.forecasts.values(), values, strict=True)
        return np.array([forecast.scores(row) for forecast, row in pairs]).reshape(values.shape)

    def sums(self) -> np.ndarray:
        """Return the CUSUMs by direction (up, down), chart and week."""
        return np.stack(self._cusum().sums(self.scores()))

    def peaks(self) -> np.ndarray:
        """Return by week how high any CUSUM has been so far."""
        highest = self.sums().max(axis=(0, 1), initial=0.0)
        return np.maximum.accumulate(highest)

    @property
    def first_alarm(self) -> int | None:
        """After how many weeks of the game some chart alarmed first; None: none did."""
        return first_alarm(self._cusum().alarms(self.scores()))

    def moved(self) -> list[Moved]:
        """Return the charts that alarm after the last week, the strongest first."""
        if not self.seen:
            return []
        up, down = self.sums()[..., -1] / self.watching.cusum_h
        found = [
            Moved(*key, "up" if rise > fall else "down", float(max(rise, fall)))
            for key, rise, fall in zip(self.forecasts, up, down, strict=True)
            if max(rise, fall) > 1.0
        ]
        return sorted(found, key=lambda each: -each.strength)

    def evidence(self) -> dict[str, float]:
        """Return by figure how far its CUSUM has moved, up or down (-), in limits.

        With half the allowance of the alarm: who looks for a cause looks at what moves less, too.
        """
        if not self.seen:
            return {}
        loose = Cusum(self.watching.cusum_k / 2, math.inf)
        up, down = np.stack(loose.sums(self.scores()))[..., -1] / self.watching.cusum_h
        return self._by_figure(up - down)

    def lately(self, weeks: int) -> dict[str, float]:
        """Return by figure its mean score in the last `weeks` weeks."""
        return self._by_figure(self.scores()[:, -weeks:].mean(axis=1)) if self.seen else {}

    def red(self) -> bool:
        """Return whether a light of one of the charts was red in the last week."""
        scores = self.scores()[:, -1] if self.seen else ()
        return any(
            light(score, FIGURES[figure].better, self.watching) == "red"
            for (figure, _), score in zip(self.forecasts, scores, strict=False)
        )

    def _by_figure(self, moves: np.ndarray) -> dict[str, float]:
        """The moves by figure: of its places the one that moved most speaks for it."""
        found: dict[str, float] = {}
        for (figure, _), move in zip(self.forecasts, moves, strict=True):
            if abs(move) > abs(found.setdefault(figure, 0.0)):
                found[figure] = float(move)
        return found

    def _cusum(self) -> Cusum:
        return Cusum(self.watching.cusum_k, self.watching.cusum_h)


def first_alarm(flags: np.ndarray) -> int | None:
    """Return the first week, counted from 1, in which any of the charts alarms; None: never.

    `flags`: by chart and week, or by week alone.
    """
    weeks = [int(week) for week in np.ravel(first_alarms(np.atleast_2d(flags))) if week]
    return min(weeks, default=None)


def nearest_cause(evidence: Mapping[str, float], causes: Iterable[Cause]) -> str | None:
    """Return the cause whose figures are most like those that moved; None where none is at all.

    Likeness is the cosine between the figures' moves and +1 or -1 for what the cause moves, its
    first figure twice that. The first of equals wins.
    """
    size = math.sqrt(math.fsum(move * move for move in evidence.values()))
    best, most = None, 1e-9
    for cause in causes:
        signs = _signature(cause)
        length = math.sqrt(math.fsum(sign * sign for sign in signs.values())) * size
        product = math.fsum(sign * evidence.get(name, 0.0) for name, sign in signs.items())
        if length > 0 and product / length > most:
            best, most = cause.id, product / length
    return best


def _signature(cause: Cause) -> dict[str, float]:
    weights = [FIRST_WEIGHT, *[1.0] * len(cause.figures)]
    return {
        name: weight if way == "up" else -weight
        for weight, (name, way) in zip(weights, cause.figures.items(), strict=False)
    }
