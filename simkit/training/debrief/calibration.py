"""Predictions against what came: hits, and the interval score."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import KPIS
from simkit.kpi.table import kpi_table
from simkit.region.events import Event
from simkit.scenario.record import Text
from simkit.training.debrief.conduct import Note
from simkit.training.debrief.explained import (
    GAME,
    Explained,
    contribution_terms,
)

if TYPE_CHECKING:
    import pandas as pd

USUAL_CONFIDENCE = 0.8
CAME = Text(
    en="Routine orders and won deals of these weeks, at the price paid.",
    zh="这几周的日常订单与赢单项目，按实付价格合计。",
)
CAME_KPI = Text(
    en="The KPI of these weeks, as the table of KPIs computes it from the events.",
    zh="这几周的该项指标，按 KPI 表由事件算出。",
)
SCORE = Text(
    en=(
        "Width of the interval, plus 2 / (1 - confidence) times the distance by which it missed; "
        "less is better (Gneiting and Raftery 2007, JASA 102)."
    ),
    zh=(
        "区间宽度，再加上偏离距离的 2 /（1 − 置信度）倍；越小越好"
        "（Gneiting 与 Raftery 2007, JASA 102）。"
    ),
)


@dataclass(frozen=True)
class Forecast:
    """One interval that was predicted, and what came of it; `came` is None while it is open."""

    written: int
    first: int
    last: int
    kpi: str
    unit: str
    low: float
    high: float
    confidence: float
    came: Explained | None
    hit: bool | None
    score: float | None
    """Interval score, in the unit."""


@dataclass(frozen=True)
class Calibration:
    """All predictions. `hit_rate` and `confidence`: means over those that can be judged."""

    forecasts: tuple[Forecast, ...]
    judged: int
    hits: int
    hit_rate: float | None
    confidence: float | None
    late: int
    """Predictions written when the first of their weeks had been played: not counted."""


def calibration_of(
    notes: Sequence[Note], log: Sequence[Event], events: "pd.DataFrame", weeks: int
) -> Calibration:
    """Judge predictions by the `weeks` weeks played; `log` and `events`: those of the game."""
    in_time = [note for note in notes if note.week <= _weeks_of(note.data)[0]]
    found = tuple(f for note in in_time for f in _forecasts(note, log, events, weeks))
    judged = [forecast for forecast in found if forecast.hit is not None]
    n, hits = len(judged), sum(bool(forecast.hit) for forecast in judged)
    mean = math.fsum(f.confidence for f in judged) / n if n else None
    rate = hits / n if n else None
    return Calibration(found, n, hits, rate, mean, len(notes) - len(in_time))


def _weeks_of(data: Mapping[str, Any]) -> tuple[int, int]:
    first, last = data["weeks"]
    return int(first), int(last)


def _forecasts(
    note: Note, log: Sequence[Event], events: "pd.DataFrame", weeks: int
) -> list[Forecast]:
    data, (first, last) = note.data, _weeks_of(note.data)
    confidence = float(data.get("confidence", USUAL_CONFIDENCE))
    over, found = last < weeks, []
    if data.get("revenue"):
        came = _revenue(log, first, last) if over else None
        found.append(judged("revenue", data["revenue"], came, note.week, first, last, confidence))
    if data.get("kpi") in KPIS and data.get("value"):
        came = _kpi(data["kpi"], events, first, last) if over else None
        found.append(judged(data["kpi"], data["value"], came, note.week, first, last, confidence))
    return found


def judged(
    kpi: str,
    interval: Sequence[float],
    came: Explained | None,
    written: int,
    first: int,
    last: int,
    confidence: float,
) -> Forecast:
    """Return a forecast with its hit and score; none of both where nothing came to compare."""
    low, high = sorted(float(bound) for bound in interval)
    value = came.value if came and not math.isnan(came.value) else None
    hit = None if value is None else low <= value <= high
    score = None if value is None else interval_score(low, high, value, confidence)
    unit = KPIS[kpi].unit
    return Forecast(written, first, last, kpi, unit, low, high, confidence, came, hit, score)


def interval_score(low: float, high: float, value: float, confidence: float) -> float:
    """Return the score of an interval, less is better (Winkler 1972; Gneiting and Raftery 2007)."""
    missed = max(low - value, value - high, 0.0)
    return high - low + (2.0 / max(1e-9, 1.0 - confidence) * missed if missed else 0.0)


def _revenue(log: Sequence[Event], first: int, last: int) -> Explained:
    term = contribution_terms(log, GAME, first, last)[0]
    return Explained(term.total, "money", CAME, (term,))


def _kpi(name: str, events: "pd.DataFrame", first: int, last: int) -> Explained:
    value = float(kpi_table(events, kpis=[name], first=first, last=last)[name].iloc[0])
    return Explained(value, KPIS[name].unit, CAME_KPI)
