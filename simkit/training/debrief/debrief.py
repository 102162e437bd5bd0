"""The debrief of a game: everything about it, as plain data."""

import math
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from simkit.kpi.scorecard import Exercise, Scorecard, load_scorecard
from simkit.scenario.record import Record, Text
from simkit.study.workers import Tell
from simkit.training.debrief.calibration import Calibration, calibration_of
from simkit.training.debrief.conduct import Conduct, conduct_of
from simkit.training.debrief.explained import Explained, of_game
from simkit.training.debrief.luck import Luck, luck_of
from simkit.training.debrief.plans import PlanReview, review
from simkit.training.debrief.response import PLAYER, BestResponse, best_response
from simkit.training.debrief.score import Judged, Score, Signs, score_of, signs_of
from simkit.training.debrief.timeline import Watched, Week, timeline_of
from simkit.training.debrief.worth import NO_ACTION, Worth, all_left_out, played_again, worth_of
from simkit.training.progress import in_parts

FORMAT = "simkit-debrief-1"
USUAL_CARD: Exercise = "crisis"
SHARES = (0.2, 0.8)
"""How much of the time the replays and the other worlds take, for the progress bar."""


@dataclass(frozen=True)
class Lesson:
    """What a drill's file says for the time after the game; texts are None without a drill."""

    goal: Text | None
    visible: Text | None
    hidden: Text | None
    teaching: Text | None
    questions: tuple[Text, ...]


@dataclass(frozen=True)
class Debrief:
    """A game of `weeks` weeks, looked back upon; money in `currency`.

    `worth`: of each week's changes, each answer and preparation, each lever, and of everything
    (the one of kind "no_action", which is also `no_action`). Worths need not add up: decisions
    share customers, desks and money.
    """

    scenario: Text
    currency: str
    seed: int
    weeks: int
    finished: bool
    about: dict[str, Any]
    names: dict[str, Text]
    """Names of territories, reps, customers, answers, preparations by id."""
    contribution: Explained
    kpis: dict[str, float]
    timeline: tuple[Week, ...]
    afterwards: tuple[tuple[str, dict[str, Any]], ...]
    """Kind and content of what was written down when the weeks had been played."""
    worth: tuple[Worth, ...]
    no_action: Worth
    response: BestResponse
    plan: PlanReview
    signs: Signs
    luck: Luck
    calibration: Calibration
    score: Score
    lesson: Lesson

    def as_dict(self) -> dict[str, Any]:
        """Return the debrief as plain data, as JSON has it; what cannot be said is None."""
        return {"format": FORMAT, **plain(self)}


def debrief(
    game: Any,
    worlds: int = 100,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    scorecard: str | Path | Scorecard | None = None,
) -> Debrief:
    """Return the debrief of a game, also of one that is not finished.

    Parameters
    ----------
    game : Game, Conduct, str or Path
        A game, its conduct as plain data, or the file of a game.
    worlds : int
        Other worlds in which the same decisions are played; the seeds after the game's.
    workers : int
        Processes; 1 plays everything in this one.
    tell : callable
        Hears of the progress, `tell(done, total)`; what it raises ends the work.
    scorecard : optional
        A scorecard, its file or name; without it the one that the drill names.

    Raises
    ------
    ValueError
        When no week was played, or `worlds` is less than 2.
    ScenarioError
        When the scorecard has mistakes; GameError when the file is no game.
    """
    conduct = conduct_from(game)
    if not conduct.weeks:
        raise ValueError("no week of this game was played yet: there is nothing to look back upon")
    if worlds < 2:
        raise ValueError(f"an interval needs at least 2 other worlds, not {worlds}")
    card = _card(conduct, scorecard)
    seeds = range(conduct.seed + 1, conduct.seed + 1 + worlds)
    figures = _figures(conduct, seeds, workers, tell)
    watched, scenario = Watched(conduct), conduct.scenario
    weeks = timeline_of(conduct, watched)
    judged = _judged(conduct, watched, weeks, figures)
    return Debrief(
        scenario.name,
        scenario.currency,
        conduct.seed,
        conduct.weeks,
        conduct.weeks >= scenario.weeks,
        dict(conduct.about),
        names_of(conduct, watched),
        figures.contribution,
        figures.kpis,
        weeks,
        tuple((n.kind, dict(n.data)) for n in conduct.notes if n.week >= conduct.weeks),
        figures.worth,
        figures.worth[-1],
        figures.response,
        judged.plan,
        judged.signs,
        figures.luck,
        judged.calibration,
        score_of(judged, card),
        _lesson(conduct),
    )


@dataclass(frozen=True)
class _Figures:
    """What is found by playing again; the last worth is that of everything that was done."""

    contribution: Explained
    kpis: dict[str, float]
    worth: tuple[Worth, ...]
    response: BestResponse
    luck: Luck


def _figures(conduct: Conduct, seeds: range, workers: int, tell: Tell) -> _Figures:
    """Play the game again: without each thing, with the options on offer, in other worlds."""
    left_out = all_left_out(conduct)
    replays, elsewhere = in_parts(tell, SHARES)
    mine, others = played_again(conduct, left_out, workers, replays)
    worths = tuple(worth_of(x, mine, other) for x, other in zip(left_out, others, strict=True))
    got, idle = mine.contribution, others[-1].contribution
    response, lists = best_response(conduct, got, idle, seeds, workers, elsewhere)
    luck = luck_of(got, idle, seeds, lists[PLAYER], lists[NO_ACTION])
    return _Figures(of_game(mine.terms), mine.kpis, worths, response, luck)


def _judged(conduct: Conduct, game: Watched, weeks: tuple[Week, ...], figures: _Figures) -> Judged:
    """Lay plan, marks and predictions beside what came."""
    events, predictions = game.simulation.events(), conduct.noted("prediction")
    unpaid = frozenset((week.week, name) for week in weeks for name in week.not_done)
    return Judged(
        conduct,
        signs_of(conduct, unpaid),
        review(conduct, game.log, unpaid),
        calibration_of(predictions, game.log, events, conduct.weeks),
        figures.luck,
        figures.response,
        figures.kpis,
        unpaid,
    )


def conduct_from(game: Any) -> Conduct:
    """Return the conduct of a game, of its file, or the conduct itself."""
    if isinstance(game, Conduct):
        return game
    if isinstance(game, str | Path):
        from simkit.study.game import Game

        opened = Game.open(game, look_only=True)
        try:
            return conduct_of(opened)
        finally:
            opened.close()
    return conduct_of(game)


def _card(conduct: Conduct, given: str | Path | Scorecard | None) -> Scorecard:
    if isinstance(given, Scorecard):
        return given
    drill = conduct.scenario.drill
    return load_scorecard(given or (drill.scorecard if drill else USUAL_CARD), USUAL_CARD)


def _lesson(conduct: Conduct) -> Lesson:
    drill = conduct.scenario.drill
    if drill is None:
        return Lesson(None, None, None, None, ())
    return Lesson(drill.goal, drill.visible, drill.hidden, drill.teaching, drill.questions)


def names_of(conduct: Conduct, watched: Watched) -> dict[str, Text]:
    """Return the names of what a debrief speaks of, by id."""
    scenario = conduct.scenario
    named: list[Any] = [*scenario.territories, *scenario.reps, *scenario.customers.named]
    named += [*scenario.shocks, *scenario.departments]
    names = {each.id: each.name for each in named}
    names |= {f"prepared:{each.id}": each.name for each in scenario.preparations}
    names |= {f"{s.id}:{a.id}": a.name for s in scenario.shocks for a in s.answers}
    return names | watched.simulation.report().names


def plain(value: Any) -> Any:
    """Return a value of a debrief as JSON has it: dicts, lists, texts, numbers."""
    if isinstance(value, Record):
        return plain(value.model_dump())
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
