"""The debrief of a target workshop: everything about it, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simkit.kpi.scorecard import Scorecard, load_scorecard
from simkit.planning.smart import Criterion
from simkit.scenario.record import Text
from simkit.study.attainability import Outlook, outlook
from simkit.study.past import Past, past_of
from simkit.study.workers import Tell
from simkit.training.debrief.calibration import Calibration
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.debrief import conduct_from, plain
from simkit.training.debrief.explained import Explained, of_game
from simkit.training.debrief.replays import Replay
from simkit.training.debrief.score import Score, scored
from simkit.training.progress import in_parts
from simkit.training.recalibration import recalibrations
from simkit.training.target_debrief.foresight import (
    Changed,
    Foresight,
    answered,
    asked_for,
    changed,
    criteria_of,
    foresight_of,
    predictions_of,
)
from simkit.training.target_debrief.people import (
    Appraised,
    Person,
    Watched,
    appraisals_of,
    people_of,
)
from simkit.training.target_debrief.quality import Quality, quality_of
from simkit.training.target_debrief.realised import Realised, brier_score, realised_of
from simkit.training.target_debrief.reference import reference_plan
from simkit.training.target_debrief.score import JudgedTargets, measures_of
from simkit.training.target_debrief.worlds import (
    PLAYED,
    Comparison,
    Sold,
    comparisons,
    in_other_worlds,
    on_the_same_customers,
    plays_of,
    sold_of,
)
from simkit.training.target_plan import (
    Plan,
    PlanRefused,
    check_plan,
    plan_of,
    season_shares,
    settings_of,
)
from simkit.training.tracking import alarms, totals_now, weekly_sales

FORMAT = "simkit-target-debrief-1"
SHARES = (0.5, 0.1, 0.4)
"""How much of the time the outlook, the replays and the other worlds take."""


@dataclass(frozen=True)
class TargetDebrief:
    """A quarter under targets, looked back upon; money in `currency`.

    `realised` and `quality`: the region first, then territories, then reps. `comparisons`: against
    the reference plan, the same targets never recalibrated, and the same simply announced.
    `worlds`: the region's sales in other worlds under the decisions as played, by seed.
    """

    scenario: Text
    goal: Text
    currency: str
    seed: int
    weeks: int
    finished: bool
    about: dict[str, Any]
    names: dict[str, Text]
    contribution: Explained
    kpis: dict[str, float]
    plan: Plan
    likely: tuple[float, float]
    fair_share: float
    smart: tuple[Criterion, ...]
    quality: tuple[Quality, ...]
    realised: tuple[Realised, ...]
    brier: float | None
    worlds: tuple[tuple[int, float], ...]
    reference: Plan
    comparisons: tuple[Comparison, ...]
    alarms: tuple[int, ...]
    alarms_answered: tuple[bool, ...]
    changed: tuple[Changed, ...]
    people: tuple[Person, ...]
    appraised: tuple[Appraised, ...]
    foresight: Foresight
    calibration: Calibration
    score: Score

    def as_dict(self) -> dict[str, Any]:
        """Return the debrief as plain data, as JSON has it; what cannot be said is None."""
        return {"format": FORMAT, **plain(self)}


def target_debrief(
    game: Any,
    worlds: int = 100,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    scorecard: str | Path | Scorecard | None = None,
    outlook_worlds: int | None = None,
) -> TargetDebrief:
    """Return the debrief of a target game, also of one that is not finished.

    `game`: a Game, its Conduct, or its file. `worlds`: other worlds in which the decisions are
    played, the seeds after the game's. `tell` hears of the progress; what it raises ends the work.
    `outlook_worlds`: behind the reference plan, twice `worlds` without it; those that the workshop
    has used are kept on disk.

    Raises ValueError without a plan, without a week played, or for less than 2 worlds;
    ScenarioError when it is no target workshop, or the scorecard has mistakes.
    """
    conduct = conduct_from(game)
    plan = _plan(conduct, worlds)
    card = _card(conduct, scorecard)
    ahead, replays, elsewhere = in_parts(tell, SHARES)
    scenario = conduct.scenario
    past = past_of(scenario, conduct.seed)
    likely = outlook(scenario, outlook_worlds or 2 * worlds, workers, tell=ahead)
    watched = Watched(conduct)
    reference = reference_plan(scenario, watched.report, past, likely)
    plays = plays_of(conduct, plan, reference)
    here = on_the_same_customers(conduct, plays, workers, replays)
    seeds = range(conduct.seed + 1, conduct.seed + 1 + worlds)
    there = in_other_worlds(conduct, plays, seeds, workers, elsewhere)
    versus = comparisons(plays, here, there)
    found = _Found(conduct, plan, watched, past, likely, reference, here[PLAYED], versus)
    return _debrief(found, seeds, there[PLAYED], card)


@dataclass(frozen=True)
class _Found:
    """What was played and found out."""

    conduct: Conduct
    plan: Plan
    watched: Watched
    past: Past
    outlook: Outlook
    reference: Plan
    replay: Replay
    comparisons: tuple[Comparison, ...]


def _debrief(
    found: _Found, seeds: Sequence[int], worlds: Sequence[Sold], card: Scorecard
) -> TargetDebrief:
    conduct, plan, watched = found.conduct, found.plan, found.watched
    scenario, simulation = conduct.scenario, watched.simulation
    settings, totals = settings_of(scenario), totals_now(plan, conduct)
    events, log = simulation.events(), simulation.world.log
    rung = alarms(weekly_sales(simulation.report()), plan, season_shares(scenario))
    realised = realised_of(plan, scenario, totals, sold_of(simulation), worlds)
    judged = JudgedTargets(
        smart=criteria_of(plan.goal),
        quality=quality_of(plan, scenario),
        realised=realised,
        people=people_of(conduct, plan, watched, found.past),
        alarms_answered=answered(rung, conduct),
        changed=changed(recalibrations(conduct), rung, watched.messages),
        calibration=predictions_of(conduct, plan, log, events),
        asked_for=asked_for(conduct),
        foresight=foresight_of(plan),
        comparisons=found.comparisons,
    )
    return TargetDebrief(
        scenario=scenario.name,
        goal=settings.goal,
        currency=scenario.currency,
        seed=conduct.seed,
        weeks=conduct.weeks,
        finished=conduct.weeks >= scenario.weeks,
        about=dict(conduct.about),
        names={rep.id: rep.name for rep in scenario.reps}
        | {place.id: place.name for place in scenario.territories},
        contribution=of_game(found.replay.terms),
        kpis=found.replay.kpis,
        plan=plan,
        likely=settings.likely,
        fair_share=settings.fair_share,
        smart=tuple(judged.smart),
        quality=tuple(judged.quality),
        realised=realised,
        brier=brier_score(realised),
        worlds=tuple((seed, world.region) for seed, world in zip(seeds, worlds, strict=True)),
        reference=found.reference,
        comparisons=found.comparisons,
        alarms=tuple(rung),
        alarms_answered=tuple(judged.alarms_answered),
        changed=tuple(judged.changed),
        people=tuple(judged.people),
        appraised=appraisals_of(conduct, plan, totals, events),
        foresight=judged.foresight,
        calibration=judged.calibration,
        score=scored(card, measures_of(judged), found.replay.kpis),
    )


def _plan(conduct: Conduct, worlds: int) -> Plan:
    """Return the plan of a game that can be looked back upon."""
    settings_of(conduct.scenario)
    plan = plan_of(conduct)
    if plan is None:
        raise ValueError("no plan was committed in this game: there is nothing to look back upon")
    if not conduct.weeks:
        raise ValueError("no week of this game was played yet: there is nothing to look back upon")
    if mistakes := check_plan(plan, conduct.scenario):
        raise ValueError(f"the plan of this game does not fit its region: {PlanRefused(mistakes)}")
    if worlds < 2:
        raise ValueError(f"an interval needs at least 2 other worlds, not {worlds}")
    return plan


def _card(conduct: Conduct, given: str | Path | Scorecard | None) -> Scorecard:
    if isinstance(given, Scorecard):
        return given
    return load_scorecard(given or settings_of(conduct.scenario).scorecard, "targets")
