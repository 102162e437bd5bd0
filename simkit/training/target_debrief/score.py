"""Measures of a target workshop for its scorecard."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simkit.kpi.score_measures import TARGETS
from simkit.planning.smart import Criterion
from simkit.training.debrief.calibration import Calibration
from simkit.training.debrief.explained import Explained
from simkit.training.target_debrief.foresight import Changed, Foresight
from simkit.training.target_debrief.people import Person
from simkit.training.target_debrief.quality import Quality
from simkit.training.target_debrief.realised import Realised
from simkit.training.target_debrief.worlds import REFERENCE, Comparison

Parts = tuple[float, str, dict[str, float]] | None
"""A value, its unit, and what it is made of."""


@dataclass(frozen=True)
class JudgedTargets:
    """Everything that is scored."""

    smart: Sequence[Criterion]
    quality: Sequence[Quality]
    realised: Sequence[Realised]
    people: Sequence[Person]
    alarms_answered: Sequence[bool]
    changed: Sequence[Changed]
    calibration: Calibration
    asked_for: int
    foresight: Foresight
    comparisons: Sequence[Comparison]


def measures_of(j: JudgedTargets) -> Mapping[str, Explained | None]:
    """Return every measure of `TARGETS`; None where the game has nothing to measure."""
    reps = [each for each in j.quality if each.kind == "rep"]
    fair = [each.fair for each in reps if each.fair is not None]
    judged = [each.verdict for each in reps if each.verdict != "unknown"]
    made = len({(each.first, each.written) for each in j.calibration.forecasts})
    found = {
        "goal_smart": _share([criterion.met for criterion in j.smart]),
        "fair_targets": _share(fair),
        "stretching_targets": _share([each == "stretching" for each in judged]),
        "region_attainable": _region(j.quality[0]),
        "told_with_reasons": _share([each.way != "announced" for each in j.people]),
        "alarms_answered": _share(j.alarms_answered),
        "recalibrated_for_cause": _share([bool(each.cause) for each in j.changed]),
        "predictions_made": _of(min(made, j.asked_for), j.asked_for),
        "intervals_hit": _of(j.calibration.hits, j.calibration.judged),
        "chance_gap": _gap(j.foresight),
        "hardest_and_easiest": _named(j.foresight),
        "gain_over_reference": _gain(j.comparisons),
        "trust_kept": _trust(j.people),
        "expected_attainment": _expected(j.realised[0]),
    }
    return {name: _explained(name, parts) for name, parts in found.items()}


def _explained(name: str, parts: Parts) -> Explained | None:
    if parts is None or not math.isfinite(parts[0]):
        return None
    value, unit, made_of = parts
    return Explained(value, unit, TARGETS[name], values=tuple(made_of.items()))


def _share(each: Sequence[bool | None]) -> Parts:
    return _of(sum(map(bool, each)), len(each))


def _of(some: float, of: float) -> Parts:
    return (some / of, "share", {"part": some, "whole": of}) if of else None


def _region(region: Quality) -> Parts:
    if region.chance is None:
        return None
    stretches = float(region.verdict == "stretching")
    return stretches, "points", {"chance_at_commit": region.chance}


def _gap(foresight: Foresight) -> Parts:
    said, found = foresight.said_chance, foresight.worked_out
    if said is None or found is None:
        return None
    return abs(said - found), "share", {"said_chance": said, "worked_out": found}


def _named(foresight: Foresight) -> Parts:
    named = [foresight.hardest_named, foresight.easiest_named]
    return None if None in named else _of(sum(map(bool, named)), len(named))


def _gain(comparisons: Sequence[Comparison]) -> Parts:
    found = next(each for each in comparisons if each.id == REFERENCE)
    if found.usual <= 0:
        return None
    made_of = {"mean_gain": found.elsewhere.mean, "usual": found.usual}
    return found.elsewhere.mean / found.usual, "share", made_of


def _trust(people: Sequence[Person]) -> Parts:
    before, after = (
        math.fsum(getattr(each, name) for each in people) for name in ("trust_start", "trust_end")
    )
    if not before > 0:
        return None
    n = len(people)
    return after / before, "share", {"trust_start": before / n, "trust_end": after / n}


def _expected(region: Realised) -> Parts:
    made_of = {"mean_sales": region.expected, "target": float(region.target)}
    return region.expected / region.target, "share", made_of
