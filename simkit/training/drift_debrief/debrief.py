"""The debrief of a drift drill: everything about it, as plain data."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simkit.kpi.scorecard import Exercise, Scorecard, load_scorecard
from simkit.kpi.weekly import FIGURES
from simkit.scenario.drift import Watch
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.changes import Change
from simkit.study.watching import References, play_references
from simkit.study.workers import Tell
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.debrief import conduct_from, plain
from simkit.training.debrief.score import Score, scored
from simkit.training.drift_debrief.alarms import Judged, Truth, judge, truth_of
from simkit.training.drift_debrief.course import Course, course_of
from simkit.training.drift_debrief.lessons import lessons_of
from simkit.training.drift_debrief.notes import EVERYWHERE, Written, written_in
from simkit.training.drift_debrief.players import scored_references
from simkit.training.drift_debrief.score import Scored, measures_of, money_of
from simkit.training.drift_debrief.worths import ACTION, ActionWorth, Worths, worths_of
from simkit.training.progress import in_parts

FORMAT = "simkit-drift-debrief-1"
CARD: Exercise = "drift"
MOST_ELSEWHERE = 30
"""Other worlds in which the decisions are played; each of them several times."""
REFERENCE_WORLDS = 200
"""Worlds in which the reference players play the same drill."""
SHARES = (0.05, 0.45, 0.5)
"""How much of the time the course, the worths and the reference players take."""
WHOLE_REGION = Text(en="the whole region", zh="整个大区")


@dataclass(frozen=True)
class DriftDebrief:
    """A drift drill of which `weeks` weeks were played, looked back upon; money in `currency`.

    `delay`: weeks from the true start until the drift was found; None where it was not, or there
    was none. `hours_cost`: what the hours of the investigations are worth. `references`: how the
    reference players fare in the same drill (`simkit.study.watching.References`); None where they
    were not played. `changes`: what was changed in each week.
    """

    scenario: Text
    currency: str
    seed: int
    weeks: int
    weeks_in_all: int
    finished: bool
    about: dict[str, Any]
    names: dict[str, Text]
    truth: Truth
    written: Written
    judged: Judged
    within_weeks: int
    hours: float
    hours_there_were: float
    hour_cost: float
    hours_cost: float
    worths: Worths
    course: Course
    changes: tuple[tuple[Change, ...], ...]
    references: References | None
    score: Score
    lessons: tuple[Text, ...]

    @property
    def alarms(self) -> list[Any]:
        """The alarms, in order."""
        return list(self.judged.alarms)

    @property
    def delay(self) -> int | None:
        """Weeks from the true start until the drift was found."""
        return self.judged.delay

    @property
    def false_alarms(self) -> int:
        """How often wolf was cried."""
        return self.judged.false_alarms

    @property
    def cause_right(self) -> bool | None:
        """Whether the last word on the cause was right; None where there is none yet."""
        return self.judged.cause_right

    @property
    def actions(self) -> list[ActionWorth]:
        """What each action was worth."""
        return list(self.worths.actions)

    @property
    def worth_all(self) -> ActionWorth:
        """What everything that was done was worth."""
        return self.worths.everything

    def as_dict(self) -> dict[str, Any]:
        """Return the debrief as plain data, as JSON has it; what cannot be said is None."""
        return {"format": FORMAT, **plain(self)}


def drift_debrief(
    game: Any,
    worlds: int = MOST_ELSEWHERE,
    tell: Tell = lambda done, total: None,
    workers: int = 2,
    scorecard: str | Path | Scorecard | None = None,
    reference_worlds: int = REFERENCE_WORLDS,
) -> DriftDebrief:
    """Return the debrief of a drift drill, also of one that is not finished.

    Parameters
    ----------
    game : Game, Conduct, str or Path
        A game, its conduct as plain data, or the file of a game.
    worlds : int
        Other worlds with the same drift in which the same decisions are played (30 at most).
    tell : callable
        Hears of the progress, `tell(done, total)`; what it raises ends the work.
    workers : int
        Processes; 1 plays everything in this one.
    scorecard : optional
        A scorecard, its file or name; without it the one that the watch names.
    reference_worlds : int
        Worlds in which the reference players play the drill; 0: they are left out.

    Raises
    ------
    ValueError
        When no week was played, it is no drift drill, or `worlds` is less than 2.
    ScenarioError
        When the scorecard has mistakes; GameError when the file is no game.
    """
    conduct = conduct_from(game)
    watch, scenario = _watch_of(conduct, worlds), conduct.scenario
    card = scorecard or watch.scorecard
    card = card if isinstance(card, Scorecard) else load_scorecard(card, CARD)
    tells = in_parts(tell, SHARES)
    truth = truth_of(scenario)
    course = course_of(conduct, truth)
    tells[0](1, 1)
    seeds = range(conduct.seed + 1, conduct.seed + 1 + min(worlds, MOST_ELSEWHERE))
    worths = worths_of(conduct, seeds, workers, tells[1])
    references = references_of(scenario, reference_worlds, workers, tells[2])
    found = _scored_of(conduct, watch, truth, worths)
    return DriftDebrief(
        scenario=scenario.name,
        currency=scenario.currency,
        seed=conduct.seed,
        weeks=conduct.weeks,
        weeks_in_all=scenario.weeks,
        finished=found.finished,
        about=dict(conduct.about),
        names=names_of(scenario, watch) | dict(course.newcomers),
        truth=truth,
        written=found.written,
        judged=found.judged,
        within_weeks=found.within_weeks,
        hours=found.hours,
        hours_there_were=found.hours_there_were,
        hour_cost=watch.hour_cost,
        hours_cost=found.hours * watch.hour_cost,
        worths=worths,
        course=course,
        changes=conduct.changes,
        references=references and scored_references(references, found, card),
        score=scored(card, measures_of(found), {}),
        lessons=lessons_of(found, worths),
    )


def _scored_of(conduct: Conduct, watch: Watch, truth: Truth, worths: Worths) -> Scored:
    """Hold what was written against what was true."""
    written = written_in(conduct.notes, watch)
    homes = {rep.id: rep.territory for rep in conduct.scenario.reps}
    finished = conduct.weeks >= conduct.scenario.weeks
    return Scored(
        truth,
        written,
        judge(written, truth, finished, homes),
        frozenset(action.id for action in worths.actions),
        money_of(worths),
        conduct.weeks,
        conduct.scenario.weeks,
        watch.watching.within_weeks,
        math.fsum(each.hours for each in written.asked),
        watch.hours_per_week,
    )


def _watch_of(conduct: Conduct, worlds: int) -> Watch:
    if conduct.scenario.watch is None:
        raise ValueError("this is no drift drill: its scenario has no group 'watch'")
    if not conduct.weeks:
        raise ValueError("no week of this game was played yet: there is nothing to look back upon")
    if worlds < 2:
        raise ValueError(f"an interval needs at least 2 other worlds, not {worlds}")
    return conduct.scenario.watch


def references_of(scenario: Scenario, worlds: int, workers: int, tell: Tell) -> References | None:
    """Return how the reference players fare in a drill; None for no worlds."""
    if not worlds:
        return None
    return play_references(scenario, worlds, workers, tell=tell)


def names_of(scenario: Scenario, watch: Watch) -> dict[str, Text]:
    """Return the names of what a debrief speaks of, by id."""
    named: Sequence[Any] = [*scenario.territories, *scenario.reps, *scenario.customers.named]
    names = {each.id: each.name for each in named}
    names |= {cause.id: cause.name for cause in watch.causes}
    names |= {f"{ACTION}{each.id}": each.name for each in watch.actions}
    names |= {f"voice:{each.id}": each.name for each in watch.voices}
    names |= {f"figure:{figure.id}": figure.title for figure in FIGURES.values()}
    names |= {"region": WHOLE_REGION, EVERYWHERE: WHOLE_REGION}
    return names
