"""The figure that shows the drift best, week by week: as reported, as forecast, and without it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simkit.kpi.forecast import TooShortError, forecast_of
from simkit.kpi.weekly import FIGURES, REGION, WeeklyFigures
from simkit.region.events import Event
from simkit.region.simulation import Simulation
from simkit.scenario.drift import NO_DRIFT, Watch
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.game import replay_game
from simkit.study.watch_worlds import watch_world
from simkit.training.debrief.conduct import Conduct
from simkit.training.drift import without_drift
from simkit.training.drift_debrief.alarms import Truth

HISTORY = 104
"""Weeks before the game from which the figure is forecast."""
USUAL_FIGURE = "sales"
Values = tuple[float | None, ...]
"""By week; None where the figure cannot be said."""


@dataclass(frozen=True)
class Course:
    """A weekly figure of a place, from week 0 on, as far as the game was played.

    `low` and `high`: forecast made a week before, and the standard deviations of a red light off
    it; empty where the history is too short. `undisturbed`: the same customers without the drift
    and without any action. `past`: the reported weeks before, the last one before week 0.
    """

    figure: str
    place: str
    past: Values
    reported: Values
    happened: Values
    """The same as reported unless entries come late."""
    undisturbed: Values
    expected: Values
    low: Values
    high: Values
    others: tuple[tuple[str, int], ...]
    """Reference players who alarm on these customers when nobody acts, and after which week."""
    newcomers: Mapping[str, Text]
    """What those are called who came during the game, by id."""


def course_of(conduct: Conduct, truth: Truth) -> Course:
    """Return the course of the best figure of the true cause; of sales where there is none."""
    scenario, weeks = conduct.scenario, conduct.weeks
    region, seen = _played(conduct)
    calm = replay_game(without_drift(scenario), conduct.seed, conduct.no_action)
    history = min(HISTORY, scenario.warm_up_weeks)
    figure = _figure(scenario.watch, truth)
    place, reported = _best_place(scenario, figure, truth, seen, history, weeks)
    past, now = reported[:history], reported[history:]
    expected, spread = _forecast(past, now, FIGURES[figure].wanders)
    reach = (scenario.watch.watching.red if scenario.watch else 2.5) * spread
    happened = _series(region.world.log, figure, place, 0, weeks)
    undisturbed = _series(calm.world.log, figure, place, 0, weeks)
    return Course(
        figure,
        place,
        past=_plain(past),
        reported=_plain(now),
        happened=_plain(happened),
        undisturbed=_plain(undisturbed),
        expected=_plain(expected),
        low=_plain(expected - reach),
        high=_plain(expected + reach),
        others=_others(conduct),
        newcomers=region.report().names,
    )


def _others(conduct: Conduct) -> tuple[tuple[str, int], ...]:
    if conduct.scenario.watch is None:
        return ()
    found = watch_world(conduct.scenario, conduct.seed).alarms
    return tuple((p, alarm.week) for p, alarm in found.items() if alarm.week <= conduct.weeks)


def _figure(watch: Watch | None, truth: Truth) -> str:
    causes = {each.id: each for each in watch.causes} if watch else {}
    known = (
        [f for f in causes[truth.cause].figures if f in FIGURES] if truth.cause in causes else []
    )
    return known[0] if known and truth.cause != NO_DRIFT else USUAL_FIGURE


def _played(conduct: Conduct) -> tuple[Simulation, Sequence[Event]]:
    """Return the region at the end, and what was reported of each week at its end.

    What was entered later is left out of the latter: the manager did not see it then.
    """
    region = Simulation(conduct.scenario, conduct.seed)
    seen = list(region.world.log)
    for decision in conduct.decisions:
        seen += region.step(decision).recent(1)
    return region, seen


def _best_place(
    scenario: Scenario,
    figure: str,
    truth: Truth,
    events: Sequence[Event],
    history: int,
    weeks: int,
) -> tuple[str, np.ndarray]:
    """Return the place struck where the figure can be said of it, else the whole region."""
    homes = {rep.id: rep.territory for rep in scenario.reps}
    reps = [name for name in truth.places if name in homes and FIGURES[figure].of_reps]
    territories = [homes.get(name, name) for name in truth.places]
    for place in [*reps, *territories]:
        found = _series(events, figure, place, history, weeks)
        if np.isfinite(found).sum() > len(found) / 2 and np.nanstd(found) > 0:
            return place, found
    return REGION, _series(events, figure, REGION, history, weeks)


def _series(
    events: Sequence[Event], figure: str, place: str, history: int, weeks: int
) -> np.ndarray:
    places = [] if place == REGION else [place]
    return WeeklyFigures(places, -history, history + weeks).add(events).series(figure, place)


def _forecast(past: np.ndarray, now: np.ndarray, wanders: bool) -> tuple[np.ndarray, float]:
    try:
        forecast = forecast_of(past, 0, wanders)
    except TooShortError:
        return np.full(len(now), np.nan), np.nan
    return forecast.expected(now), forecast.spread


def _plain(values: np.ndarray) -> Values:
    return tuple(float(value) if np.isfinite(value) else None for value in values)
