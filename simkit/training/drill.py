"""Crisis drills from files: one of a family, at a level of difficulty."""

from collections.abc import Callable
from typing import Any

from simkit.region.draws import Draws, entity_number
from simkit.scenario.drill import Drill, Family, Level
from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Effect, Happening, LevelName, Measure, Shock

LEVELS: tuple[LevelName, ...] = ("easy", "normal", "hard")
START, LENGTH, STRENGTH, WHERE, WHO = range(5)


def variant(scenario: Scenario, level: LevelName = "normal", number: int = 0) -> Scenario:
    """Return a drill at a level of difficulty, and as the `number`-th of its family.

    Number 0 is the drill as its file has it; the others have new dates, strength, place and
    people, drawn from the ranges of `drill.family`. The lesson, the answers and their costs stay.
    Raises ScenarioError when the scenario is no drill, or there is no such level or number.
    """
    drill = scenario.drill
    if drill is None or not scenario.shocks:
        raise _refused("this is no drill: it needs the group 'drill' and a shock")
    if level not in LEVELS:
        raise _refused(f"no level '{level}'{did_you_mean(level, LEVELS)}")
    if number < 0:
        raise _refused(f"the number of a drill is 0 or more, not {number}")
    chosen, main = drill.level(level), scenario.shocks[0]
    later, moved = 0, main
    if number:
        moved = _of_family(scenario, drill.family, number)
        later = moved.start_week - main.start_week
    strength = chosen.strength * _strength(drill, main, number)
    shocks = [_strengthened(moved, strength), *(_later(s, later) for s in scenario.shocks[1:])]
    return scenario.but(
        shocks=[_for_level(shock, level) for shock in shocks],
        costs=scenario.costs.but(**_money(scenario, chosen)),
    )


def luck_of(name: str, number: int) -> list[float]:
    """Return the uniforms that make the `number`-th drill of the family of that name."""
    row = Draws(number).table("drill family").row(entity_number(name), 0, 5)
    return [float(u) for u in row]


def _strength(drill: Drill, shock: Shock, number: int) -> float:
    if not number or drill.family.strength is None:
        return 1.0
    low, high = drill.family.strength
    return low + (high - low) * luck_of(shock.id, number)[STRENGTH]


def _of_family(scenario: Scenario, family: Family, number: int) -> Shock:
    """The main shock with the dates, the place and the people of a member of the family."""
    shock = scenario.shocks[0]
    luck = luck_of(shock.id, number)
    start = whole_between(family.start_week, luck[START], shock.start_week)
    weeks = max(1, whole_between(family.weeks, luck[LENGTH], shock.weeks))
    somewhere = _swap(shock, family.where, luck[WHERE])
    return shock.but(
        start_week=start,
        weeks=weeks,
        effects=[_moved(effect, somewhere) for effect in shock.effects],
        happenings=_to_others(shock, family.who, luck[WHO], somewhere),
        answers=[_measure_moved(answer, somewhere) for answer in shock.answers],
    )


def whole_between(bounds: tuple[float, float] | None, u: float, usual: int) -> int:
    """Return a whole number between bounds, each as likely as the others; `usual` without them."""
    if bounds is None:
        return usual
    low, high = round(bounds[0]), round(bounds[1])
    return low + min(high - low, int(u * (high - low + 1)))


def _swap(shock: Shock, places: tuple[str, ...], u: float) -> Callable[[str | None], Any]:
    """Return what swaps the territory the shock strikes with another one of the family."""
    struck = [e.where for e in shock.effects] + [h.where for h in shock.happenings]
    old = next((place for place in struck if place in places), None)
    new = places[int(u * len(places))] if places else None
    swapped = {old: new, new: old} if old and new else dict[str, str]()
    return lambda where: swapped.get(str(where), where)


def _moved(effect: Effect, somewhere: Callable[[str | None], Any]) -> Effect:
    return effect.but(where=somewhere(effect.where))


def _measure_moved(measure: Measure, somewhere: Callable[[str | None], Any]) -> Measure:
    return measure.but(effects=[_moved(effect, somewhere) for effect in measure.effects])


def _to_others(
    shock: Shock, who: tuple[str, ...], u: float, somewhere: Callable[[str | None], Any]
) -> list[Happening]:
    """The happenings of a shock to others of the family: one after another from a drawn one on."""
    found, first = [], int(u * len(who)) if who else 0
    for number, happening in enumerate(shock.happenings):
        named = happening.who in who
        name = who[(first + number) % len(who)] if named else happening.who
        found.append(happening.but(who=name, where=somewhere(happening.where)))
    return found


def _strengthened(shock: Shock, strength: float) -> Shock:
    """The shock with every factor raised to a power, and every amount multiplied by it."""
    effects = [e.but(multiply=min(100.0, e.multiply**strength)) for e in shock.effects]
    happenings = [h.but(amount=h.amount * strength) for h in shock.happenings]
    return shock.but(effects=effects, happenings=happenings)


def _later(shock: Shock, weeks: int) -> Shock:
    return shock.but(start_week=max(0, shock.start_week + weeks))


def _for_level(shock: Shock, level: LevelName) -> Shock:
    return shock.but(inbox=[mail for mail in shock.inbox if level in mail.levels])


def _money(scenario: Scenario, level: Level) -> dict[str, float]:
    names = ("budget_per_quarter", "reserve")
    return {name: getattr(scenario.costs, name) * level.money for name in names}


def _refused(message: str) -> ScenarioError:
    return ScenarioError([Problem("drill", None, None, message)])
