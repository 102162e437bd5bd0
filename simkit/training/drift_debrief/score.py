"""Measures of a drift drill for its scorecard."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from simkit.kpi.score_measures import DRIFT, UNITS
from simkit.training.debrief.explained import Explained
from simkit.training.drift_debrief.alarms import Judged, Truth
from simkit.training.drift_debrief.notes import Written
from simkit.training.drift_debrief.worths import Worths

GRACE_WEEKS = 1
"""A plan may be checked a week after its date."""


@dataclass(frozen=True)
class Money:
    """What acting brought; means over other worlds, in money.

    `harm`: of the drift if nobody acts; None where it cannot be told from none. `usual`:
    contribution without action.
    """

    gain: float
    harm: float | None
    usual: float


def money_of(worths: Worths) -> Money | None:
    """Return what acting brought; None where it was not played in other worlds."""
    if not worths.everything.weeks:  # exactly nothing, in whatever world
        return Money(0.0, worths.harm if worths.harm > 0 else None, worths.usual)
    gain, harm, usual = (
        worths.everything.elsewhere,
        worths.harm_elsewhere,
        worths.usual_elsewhere,
    )
    if gain is None or harm is None or usual is None:
        return None
    return Money(gain.mean, harm.mean if harm.low > 0 else None, usual)


@dataclass(frozen=True)
class Scored:
    """Everything that is scored.

    `weeks`: played. `actions`: that were asked for at some time.
    """

    truth: Truth
    written: Written
    judged: Judged
    actions: frozenset[str]
    money: Money | None
    weeks: int
    weeks_in_all: int
    within_weeks: int
    hours: float
    hours_per_week: float

    @property
    def finished(self) -> bool:
        """Whether all weeks were played."""
        return self.weeks >= self.weeks_in_all

    @property
    def hours_there_were(self) -> float:
        """Hours for investigations in the weeks played."""
        return self.hours_per_week * self.weeks


Parts = tuple[float, dict[str, float]] | None
"""A value, and what it is made of."""


def measures_of(s: Scored) -> Mapping[str, Explained | None]:
    """Return every measure of `DRIFT`; None where the drill has nothing to measure."""
    judged = s.judged
    found: dict[str, Parts] = {
        "detection_delay": _delay(s),
        "false_alarms": (judged.false_weight, {"alarms": len(judged.alarms)}),
        "cause_right": None if judged.cause_right is None else (float(judged.cause_right), {}),
        "place_right": None if judged.place_right is None else (judged.place_right, {}),
        "hours_used": _over(s.hours, s.hours_there_were),
        "plans_made": _plans_made(s),
        "plans_checked": _plans_checked(s),
        "harm_repaired": _repaired(s),
        "lost_by_reacting": _lost(s),
    }
    return {name: _explained(name, parts) for name, parts in found.items()}


def _explained(name: str, parts: Parts) -> Explained | None:
    if parts is None or not math.isfinite(parts[0]):
        return None
    return Explained(
        parts[0], UNITS.get(name, "share"), DRIFT[name], values=tuple(parts[1].items())
    )


def _delay(s: Scored) -> Parts:
    start, found = s.truth.start, s.judged.found
    if start is None or start >= s.weeks:
        return None
    if found is None:
        missed = s.finished or s.weeks - start >= s.within_weeks
        return (float(s.within_weeks), {"drift_began": start}) if missed else None
    return float(found - start), {"drift_began": start, "drift_found": found}


def _over(some: float, of: float) -> Parts:
    return (some / of, {"part": some, "whole": of}) if of else None


def _plans_made(s: Scored) -> Parts:
    planned = {plan.action for plan in s.written.plans}
    return _over(len(s.actions & planned), len(s.actions))


def _plans_checked(s: Scored) -> Parts:
    due = [plan for plan in s.written.plans if plan.due + GRACE_WEEKS <= s.weeks]
    in_time = [p for p in due if p.checked is not None and p.checked <= p.due + GRACE_WEEKS]
    return _over(len(in_time), len(due))


def _repaired(s: Scored) -> Parts:
    if s.truth.harmless or s.money is None or s.money.harm is None:
        return None
    gain, harm = s.money.gain, s.money.harm
    return gain / harm, {"mean_gain_of_actions": gain, "mean_harm": harm}


def _lost(s: Scored) -> Parts:
    if not s.truth.harmless or s.money is None or not s.money.usual > 0:
        return None
    gain, usual = s.money.gain, s.money.usual
    return max(0.0, -gain) / usual, {"mean_gain_of_actions": gain, "mean_without": usual}
