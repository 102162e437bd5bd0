"""What the manager foresaw: chances, who has it hard, the quarter's sales; and how alarms went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.planning.smart import Criterion, smart
from simkit.region.events import Event
from simkit.region.news import Message
from simkit.training.debrief.calibration import Calibration, calibration_of
from simkit.training.debrief.conduct import Conduct, Note
from simkit.training.recalibration import Recalibration
from simkit.training.target_plan import Plan
from simkit.training.tracking import ASKED_BEFORE

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.8
SOON = 2
"""Weeks within which an alarm is answered, or a recalibration follows from something."""


@dataclass(frozen=True)
class Foresight:
    """What was said of the plan before the machine's answer, beside that answer."""

    said_chance: float | None
    worked_out: float | None
    hardest: str | None
    hardest_named: bool | None
    easiest: str | None
    easiest_named: bool | None


@dataclass(frozen=True)
class Changed:
    """A recalibration; `cause`: "alarm", "news", or "" where neither came shortly before."""

    week: int
    reps: dict[str, int]
    reason: str
    cause: str


def foresight_of(plan: Plan) -> Foresight:
    """Return what was foreseen about the chances."""
    said, chances = plan.predictions, plan.chances.get("reps", {})
    hardest, easiest = said.get("hardest_rep"), said.get("easiest_rep")
    return Foresight(
        said.get("region_chance"),
        plan.chances.get("region"),
        hardest,
        chances[hardest] == min(chances.values()) if hardest in chances else None,
        easiest,
        chances[easiest] == max(chances.values()) if easiest in chances else None,
    )


def predictions_of(
    conduct: Conduct, plan: Plan, log: Sequence[Event], events: "pd.DataFrame"
) -> Calibration:
    """Return all predicted ranges and what came: of the plan, and those made on the way."""
    notes = [*_of_plan(conduct, plan), *conduct.noted("prediction")]
    return calibration_of(notes, log, events, conduct.weeks)


def _of_plan(conduct: Conduct, plan: Plan) -> list[Note]:
    said = plan.predictions.get("region_sales")
    if not (isinstance(said, list | tuple) and len(said) == 2):
        return []
    weeks = [0, conduct.scenario.weeks - 1]
    data = {"weeks": weeks, "revenue": [float(end) for end in said], "confidence": CONFIDENCE}
    return [Note("prediction", 0, data)]


def asked_for(conduct: Conduct) -> int:
    """Return how many predictions were asked for up to now, that of the plan included."""
    return 1 + sum(week < conduct.weeks for week in ASKED_BEFORE)


def criteria_of(goal: str) -> tuple[Criterion, ...]:
    """Return the SMART criteria of a goal in the language it is written in; none if unreadable."""
    for lang in ("en", "zh"):
        try:
            return smart(goal, lang)  # type: ignore[arg-type]
        except ValueError:
            continue
    return ()


def answered(alarms: Sequence[int], conduct: Conduct) -> list[bool]:
    """Return for each alarm that could be answered whether something was done soon."""
    last = conduct.weeks - 1
    return [
        any(conduct.changes[week] for week in range(alarm + 1, min(alarm + SOON, last) + 1))
        for alarm in alarms
        if alarm < last
    ]


def changed(
    found: Sequence[Recalibration], alarms: Sequence[int], messages: Sequence[Message]
) -> tuple[Changed, ...]:
    """Return recalibrations with what may have been their cause."""
    news = {message.week for message in messages if message.id}

    def cause(week: int) -> str:
        before: Any = range(week - SOON, week)
        if any(alarm in before for alarm in alarms):
            return "alarm"
        return "news" if any(each in before for each in news) else ""

    return tuple(Changed(each.week, each.reps, each.reason, cause(each.week)) for each in found)
