"""Targets changed in mid-quarter: how often that may be, and what was changed in a game."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.region.decision import Decision
from simkit.region.report import WeekReport
from simkit.scenario.record import Text
from simkit.study.game import Game
from simkit.study.outcome import SALES
from simkit.training.target_plan import (
    WAYS,
    PlanRefused,
    recalibrated,
    season_shares,
    settings_of,
)

RECALIBRATION = "recalibration"
LONGEST_REASON = 2000
"""Characters of a reason."""


@dataclass(frozen=True)
class SoFar:
    """What a rep sold in the quarter, and the quota of the weeks of it that were played; money."""

    sold: float
    quota: float


def so_far(report: WeekReport) -> dict[str, SoFar]:
    """Return sales and quota of each rep in the weeks of the quarter that were played."""
    sums: dict[str, list[float]] = {rep: [0.0, 0.0] for rep in report.reps}
    for event in report.recent(report.week):
        if event[3] in sums and event[1] in (*SALES, "quota"):
            sums[event[3]][event[1] == "quota"] += event[6]
    return {rep: SoFar(*found) for rep, found in sums.items()}


@dataclass(frozen=True)
class Recalibration:
    """Targets changed before a `week`: by rep the new total of the quarter, and why."""

    week: int
    reps: dict[str, int]
    reason: str


def recalibrations(game: Any) -> list[Recalibration]:
    """Return the recalibrations of a game or `Conduct` that were carried out, in order of weeks.

    One counts when its week was played with other quotas than the week before; what was written
    before a week that was taken back and played otherwise does not.
    """
    decisions = list(game.decisions)
    notes = game.notes(RECALIBRATION) if callable(game.notes) else game.noted(RECALIBRATION)
    last = {note.week: note.data for note in notes}
    weeks = [
        week
        for week in range(1, len(decisions))
        if decisions[week].quota != decisions[week - 1].quota
    ]
    return [_read(week, last.get(week, {})) for week in weeks]


def _read(week: int, data: Mapping[str, Any]) -> Recalibration:
    reps = data.get("reps")
    reps = reps if isinstance(reps, Mapping) else {}
    totals = {str(rep): total for rep, total in reps.items() if isinstance(total, int)}
    return Recalibration(week, totals, str(data.get("reason", "")))


def left_to_recalibrate(game: Game) -> int:
    """Return how many recalibrations are left."""
    most = settings_of(game.scenario).most_recalibrations
    return max(0, most - len(recalibrations(game)))


def recalibrate(
    game: Game,
    current: Decision,
    new_totals: Mapping[str, int],
    reason: str,
    ways: Mapping[str, str] | None = None,
) -> Decision:
    """Return `current` with new totals of the quarter for some reps, and note it in the game.

    Several reps in one week are one recalibration. Nothing is noted when it cannot be carried out:
    PlanRefused, with the field and the message of every mistake.
    """
    decision = tried(game, current, new_totals, reason, ways)
    data = {"week": game.week, "reps": dict(new_totals), "reason": reason, "ways": dict(ways or {})}
    game.note(RECALIBRATION, data)
    return decision


def tried(
    game: Game,
    current: Decision,
    new_totals: Mapping[str, int],
    reason: str,
    ways: Mapping[str, str] | None = None,
) -> Decision:
    """Return the decision of `recalibrate`, and note nothing; raises as that does."""
    if mistakes := _refused(game, new_totals, reason, ways or {}):
        raise PlanRefused(mistakes)
    carried = {rep: found.quota for rep, found in so_far(game.report).items()}
    shares = season_shares(game.scenario)
    return recalibrated(current, carried, game.week, new_totals, shares, ways)


def _refused(
    game: Game, totals: Mapping[str, int], reason: str, ways: Mapping[str, str]
) -> Sequence[tuple[str, Text]]:
    most, found = settings_of(game.scenario).most_recalibrations, list[tuple[str, Text]]()
    if not left_to_recalibrate(game):
        en = f"the targets were recalibrated {most} times, which is the most in a quarter"
        zh = f"本季度指标已校准 {most} 次，达到上限，不能再改"
        return [("recalibration", Text(en=en, zh=zh))]
    if not game.week:
        text = Text(en="play the first week of the plan first", zh="请先按计划执行第一周")
        return [("recalibration", text)]
    if not reason.strip() or len(reason) > LONGEST_REASON:
        en = f"give the reason in a sentence, {LONGEST_REASON:,} characters at most"
        zh = f"请用一句话写明理由，最多 {LONGEST_REASON:,} 字"
        found.append(("reason", Text(en=en, zh=zh)))
    if not totals:
        found.append(("reps", Text(en="change the target of a rep", zh="请至少改一位代表的指标")))
    for rep in totals:
        if rep not in game.report.reps:
            text = Text(en=f"nobody here is called '{rep}'", zh=f"这里没有“{rep}”")
            found.append((f"reps.{rep}", text))
    for rep, way in ways.items():
        if way not in WAYS:
            text = Text(en=f"one of {', '.join(WAYS)}", zh="请选择一种沟通方式")
            found.append((f"ways.{rep}", text))
    return found
