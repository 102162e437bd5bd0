"""Drift drills from files: one of a family, at a level of difficulty, with or without its drift."""

from collections.abc import Callable, Sequence
from typing import Any

from simkit.region.draws import Draws, entity_number
from simkit.scenario.drift import NO_DRIFT, Drift, struck
from simkit.scenario.library import drift_names, load_scenario
from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Effect, LevelName
from simkit.training.drill import (
    LENGTH,
    LEVELS,
    START,
    STRENGTH,
    WHERE,
    WHO,
    luck_of,
    whole_between,
)

SURPRISE = "surprise"
"""Asks for a drill whose cause is drawn."""
NO_DRIFT_SHARE = 0.25
"""How many surprises are drills without drift (assumption: often enough to reward patience)."""


def drift_drill(name: str, level: LevelName = "normal", number: int = 0) -> Scenario:
    """Return a drift drill by the name of its cause or path of its file, or a surprise.

    A surprise draws one of all drills by `number`, a quarter of them without drift. Raises
    ScenarioError with all mistakes of the file, or when it is no drift drill.
    """
    if name == SURPRISE:
        name = surprise_of(number)
    return drift_variant(load_scenario(name), level, number)


def surprise_of(number: int) -> str:
    """Return the name of the drill that a surprise of that number is.

    Only drills that ship are drawn: a file that a trainer adds must not give one person of a class
    another cause under the same number.
    """
    u = Draws(number).table("drift surprise").row(entity_number(SURPRISE), 0, 2)
    causes = [name for name in drift_names(own=False) if name != NO_DRIFT]
    return NO_DRIFT if u[0] < NO_DRIFT_SHARE else causes[int(u[1] * len(causes))]


def drift_variant(scenario: Scenario, level: LevelName = "normal", number: int = 0) -> Scenario:
    """Return a drift drill at a level, and as the `number`-th of its family.

    Number 0 is the drill as its file has it; the others begin at other dates, are stronger or
    weaker, and strike other places and people, drawn from the ranges of `drift.family`.
    Raises ScenarioError when the scenario is no drift drill, or there is no such level or number.
    """
    drift = scenario.drift
    if drift is None:
        raise _refused("this is no drift drill: it needs the groups 'watch' and 'drift'")
    if level not in LEVELS:
        raise _refused(f"no level '{level}'{did_you_mean(level, LEVELS)}")
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise _refused(f"the number of a drill is a whole number from 0 on, not {number!r}")
    moved = _of_family(drift, number) if number else drift
    strength = drift.level(level).strength * _strength(drift, number)
    return scenario.but(drift=_strengthened(moved, strength))


def without_drift(scenario: Scenario) -> Scenario:
    """Return the same drill, region and luck without what drifts: the other half of a pair."""
    return scenario.but(drift=None)


def _strength(drift: Drift, number: int) -> float:
    if not number or drift.family.strength is None:
        return 1.0
    low, high = drift.family.strength
    return low + (high - low) * luck_of(drift.cause, number)[STRENGTH]


def _of_family(drift: Drift, number: int) -> Drift:
    family, luck = drift.family, luck_of(drift.cause, number)
    start = whole_between(family.start_week, luck[START], drift.start_week)
    weeks = drift.weeks and max(1, whole_between(family.weeks, luck[LENGTH], drift.weeks))
    swap = _swap(drift, [(family.where, luck[WHERE]), (family.who, luck[WHO])])
    return drift.but(
        start_week=start,
        weeks=weeks,
        effects=[_elsewhere(effect, swap) for effect in drift.effects],
        happenings=[h.but(who=swap(h.who), where=swap(h.where)) for h in drift.happenings],
        late_entry=drift.late_entry and drift.late_entry.but(where=swap(drift.late_entry.where)),
        cures={k: [_elsewhere(e, swap) for e in v] for k, v in drift.cures.items()},
    )


def _swap(drift: Drift, groups: Sequence[tuple[tuple[str, ...], float]]) -> Callable[[Any], Any]:
    """Return what swaps the place and the person struck with others of the family."""
    swapped: dict[str, str] = {}
    for names, u in groups:
        old = next((name for name in struck(drift) if name in names), None)
        if old:
            new = names[int(u * len(names))]
            swapped |= {old: new, new: old}
    return lambda name: swapped.get(str(name), name)


def _elsewhere(effect: Effect, swap: Callable[[Any], Any]) -> Effect:
    return effect.but(where=swap(effect.where))


def _strengthened(drift: Drift, strength: float) -> Drift:
    """The drift with every factor raised to a power, and late entries so much more frequent."""

    def stronger(effects: Sequence[Effect]) -> list[Effect]:
        return [e.but(multiply=min(100.0, e.multiply**strength)) for e in effects]

    late = drift.late_entry
    return drift.but(
        effects=stronger(drift.effects),
        cures={name: stronger(effects) for name, effects in drift.cures.items()},
        late_entry=late and late.but(share=min(1.0, late.share * strength)),
    )


def _refused(message: str) -> ScenarioError:
    return ScenarioError([Problem("drift drill", None, None, message)])
