"""What reference players of a drift drill reached: found in time, false alarms, gain, hours.

What counts as what, for players and persons alike:

* An alarm's week is the number of weeks that were played before it. It is early enough, and the
  drift is found, when it is the first alarm and comes after the drift's start, at most
  `watching.within_weeks` weeks later; the delay is counted from the start.
* A drill whose cause comes back every year is the season: nothing is to be repaired, and the right
  declaration is that cause. Just as without drift, every other alarm is a false one.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from simkit.kpi.forecast import YEAR_WEEKS
from simkit.scenario.drift import NO_DRIFT, Drift
from simkit.scenario.records import Scenario
from simkit.study.intervals import Difference, Share, paired_difference, share_of

Kind = Literal["drift", "season", "none"]
THRESHOLDS = tuple(step / 4 for step in range(4, 81))
"""Limits of the CUSUMs at which the curve of the panel is drawn."""


@dataclass(frozen=True)
class Play:
    """How a reference player played one world."""

    player: str
    seed: int
    alarm: int | None
    """After how many weeks they alarmed first."""
    calm_alarm: int | None
    """The same in the paired world without drift."""
    cause: str | None
    """What they named."""
    hours: float
    """Of investigation; 0 in worlds in which the players only watch."""
    gain: float | None
    """Contribution against who never reacts, for the same customers; None where they only watch."""


@dataclass(frozen=True)
class Reference:
    """What a reference player reached over all worlds; None where it cannot be said."""

    player: str
    sensitivity: Share | None
    """Share of the worlds in which they found the drift in time; None: there is nothing to find."""
    delay: Difference | None
    """Weeks from the start to the alarm, where found; None: nowhere found."""
    false_alarms: Share
    """Share of worlds without drift in which they alarm; in the season: of the drill's worlds."""
    cause_right: Share | None
    """Among the worlds in which the drift was found."""
    gain: Difference
    hours: float
    """Mean hours of investigation."""
    score: float | None = None
    """Mean score, where somebody gave it; see `References.scored`."""


@dataclass(frozen=True)
class References:
    """All reference players of a drill."""

    kind: Kind
    start_week: int
    within_weeks: int
    worlds: int
    rows: tuple[Reference, ...]
    plays: tuple[Play, ...]
    """Player by player, world by world."""
    roc: tuple[tuple[float, float, float], ...]
    """By limit of the CUSUMs: limit, sensitivity, share of false alarms; empty without drift."""

    def scored(self, score: Callable[[Play], float]) -> "References":
        """Return the same with everybody's mean score, given that of a play in which they act."""
        acted = [play for play in self.plays if play.gain is not None]
        points = {
            row.player: [score(play) for play in acted if play.player == row.player]
            for row in self.rows
        }
        rows = [replace(row, score=_mean(points[row.player])) for row in self.rows]
        return replace(self, rows=tuple(rows))


def kind_of(drift: Drift | None) -> Kind:
    """Return whether there is something to find: a drift, the season, or none of it."""
    if drift is None or drift.cause == NO_DRIFT:
        return "none"
    return "season" if drift.every_year else "drift"


def is_found(alarm: int | None, start_week: int, within_weeks: int) -> bool:
    """Return whether a first alarm finds a drift in time."""
    return alarm is not None and start_week < alarm <= start_week + within_weeks


def start_of(scenario: Scenario) -> int:
    """Return the week of the game from which there is something to find; 0 where it began before.

    The season begins in the week of the year in which it does. What begins after the game is not
    found in it.
    """
    drift = scenario.drift
    if drift is None:
        return 0
    return drift.start_week % YEAR_WEEKS if drift.every_year else max(0, drift.start_week)


def row_of(plays: Sequence[Play], kind: Kind, start: int, within: int, right: str) -> Reference:
    """Return what a player reached in all worlds; `right`: the cause of the drill."""
    found = [play for play in plays if is_found(play.alarm, start, within)]
    delays = [float(play.alarm - start) for play in found if play.alarm is not None]
    alarms = [p.calm_alarm if kind == "drift" else p.alarm for p in plays]
    named = [kind == "season" and p.cause == right for p in plays]
    drifts = kind == "drift"
    return Reference(
        plays[0].player,
        share_of([[play in found] for play in plays]) if drifts else None,
        paired_difference(delays) if delays and drifts else None,
        share_of([[a is not None and not n] for a, n in zip(alarms, named, strict=True)]),
        share_of([[play.cause == right] for play in found]) if found and drifts else None,
        paired_difference([play.gain for play in plays if play.gain is not None]),
        _mean([play.hours for play in plays if play.gain is not None]),
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def roc_of(
    drift: Sequence[Sequence[float]], calm: Sequence[Sequence[float]], start: int, within: int
) -> list[tuple[float, float, float]]:
    """Return limit, sensitivity and share of false alarms for each limit of the CUSUMs.

    `drift`, `calm`: by world, and by week how high any CUSUM has been so far.
    """

    def share(limit: float) -> tuple[float, float, float]:
        hits = sum(is_found(first_above(peaks, limit), start, within) for peaks in drift)
        false = sum(peaks[-1] > limit for peaks in calm)
        return limit, hits / len(drift), false / len(calm)

    return [share(limit) for limit in THRESHOLDS]


def first_above(peaks: Sequence[float], limit: float) -> int | None:
    """Return after how many weeks the running maximum is above a limit; None: never."""
    return next((week for week, peak in enumerate(peaks, 1) if peak > limit), None)
