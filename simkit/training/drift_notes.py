"""What a person looked into, declared and planned in a drift drill, from its game's notes."""

from typing import Any

from simkit.region.responses import ACTION
from simkit.study.game import Entry, Game

INVESTIGATION, DECLARATION, PLAN, CHECK = "investigation", "declaration", "plan", "check"
PREDICTION, CONCLUSION = "prediction", "conclusion"
VOICE = "voice:"
"""What stands before the id of somebody who was asked, where a look-up has its tool."""
CHECK_WEEKS = 2
"""Weeks after an action begins to act in which its plan is checked (domain S23)."""
FORECAST_WEEKS = 4


def hours_left(game: Game) -> float:
    """Return the manager's hours left in the week that is played next; 0 without a `watch`."""
    if game.scenario.watch is None:
        return 0.0
    spent = [n.data["hours"] for n in game.notes(INVESTIGATION) if n.week == game.week]
    return max(0.0, float(game.scenario.watch.hours_per_week - sum(spent)))


def statement(game: Game) -> Entry | None:
    """Return the declaration that holds now, None before the first one."""
    return next(reversed(game.notes(DECLARATION)), None)


def in_force(game: Game) -> tuple[str, ...]:
    """Return the ids of the actions asked for in the last week that was played."""
    mark = f"{ACTION}:"
    answers = game.report.decision.answers
    return tuple(name.removeprefix(mark) for name in answers if name.startswith(mark))


def plans(game: Game) -> dict[str, dict[str, Any]]:
    """Return the last plan of every action, by the action's id."""
    return {note.data["action"]: note.data for note in game.notes(PLAN)}


def plans_due(game: Game) -> list[dict[str, Any]]:
    """Return the plans of actions in force whose check has come and was not made."""
    waiting: dict[str, dict[str, Any]] = {}
    for note in game.notes():
        if note.kind == PLAN:
            waiting[note.data["action"]] = note.data
        elif note.kind == CHECK:
            waiting.pop(note.data["action"], None)
    acting, week = in_force(game), game.week
    return [plan for name, plan in waiting.items() if name in acting and plan["check_week"] <= week]


def prediction_weeks(weeks: int) -> tuple[int, ...]:
    """Return the weeks before which sales are predicted: the first one and that in the middle."""
    middle = weeks // 2
    return (0, middle) if middle >= FORECAST_WEEKS else (0,)


def prediction_due(game: Game) -> bool:
    """Return whether sales are to be predicted before the next week is played."""
    if game.done or game.week not in prediction_weeks(game.scenario.weeks):
        return False
    return all(note.data["weeks"][0] != game.week for note in game.notes(PREDICTION))
