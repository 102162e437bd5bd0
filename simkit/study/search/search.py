"""A policy search that does not fool itself: try, select in fresh worlds, judge in fresh worlds.

The winner of a search looks better in the worlds of the search than it is. So those that may be
the best are played on in other worlds until one is selected (Boesel, Nelson and Kim 2003,
Operations Research 51), and what it gains is measured in worlds that played no part in either.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Player
from simkit.study.experiment.stages import direction, run_race
from simkit.study.intervals import Difference, paired_difference
from simkit.study.search.explore import Point, explore
from simkit.study.sensitivity.designs import NOTHING_VARIES, at_least
from simkit.study.sensitivity.evaluate import Playing, evaluate, left_out, playing
from simkit.study.sensitivity.factors import Factor
from simkit.study.statistics.selection import KimNelson, clean_up
from simkit.study.workers import Tell

AS_IT_IS = "as it is"
"""The scenario with nothing changed: always among those that may be selected."""
FIRST = 10
"""Worlds of the first stage of the selection (Kim and Nelson 2001)."""
USUAL_DELTA = 0.01
"""Share of the figure as it is below which a difference does not matter, unless one is given."""


@dataclass(frozen=True)
class Trial:
    """A point that was tried: values by factor, and the mean in the worlds of the search."""

    name: str
    point: Point
    mean: float


@dataclass(frozen=True)
class Search:
    """What was found; `settings` are those to play it with, empty where nothing beats staying."""

    kpi: Kpi
    factors: tuple[Factor, ...]
    trials: tuple[Trial, ...]
    """In the order of trying; without those whose figure was undefined."""
    best: str
    point: Point | None
    """Values by factor; None for the scenario as it is."""
    settings: tuple[str, ...]
    gain: Difference
    """The selected less the scenario as it is, in worlds seen by neither search nor selection."""
    leaders: tuple[str, ...]
    delta: float
    decided: bool
    """Whether the selection ended before its worlds did."""
    worlds: tuple[int, int, int]
    """Worlds of the search, of the selection, of the judgement."""
    notes: tuple[Text, ...] = ()


def search(
    scenario: Scenario,
    player: Player,
    factors: Sequence[Factor],
    kpi: str | Kpi,
    trials: int = 50,
    reps: int = 10,
    *,
    delta: float | None = None,
    alpha: float = 0.05,
    most: int = 100,
    design_seed: int = 1,
    seed: int = 1,
    tell: Tell = lambda done, total: None,
    **options: Any,
) -> Search:
    """Try `trials` points in `reps` worlds each, select among the leaders, judge the selected.

    `delta`: differences below it do not matter, in the unit of the figure; 1 % of it as it is
    unless given. `most`: worlds of the selection at most. `tell` counts trials; what it raises
    ends the search.
    Raises ScenarioError that names the factor, before anything is played; ValueError for a figure
    that has no best, or without Optuna.
    """
    plan = playing(scenario, player, factors, kpi, max(reps, 0), seed=seed, **options)
    better = direction(plan.kpi)
    at_least(reps, 2, "reps")
    at_least(trials, 1, "trials")
    done = [0]

    def told(number: int, total: int) -> None:
        done[0] = number
        tell(number, total)

    played = _Played(plan, lambda: tell(done[0], trials))
    staying = played([AS_IT_IS], range(reps))[AS_IT_IS]

    def score(point: Point) -> list[float]:
        return played.point(point, range(reps))

    tried = explore(factors, score, trials, better, design_seed, told)
    defined = {n: v for n, v in played.named(tried).items() if not any(map(math.isnan, v))}
    if not defined:
        raise ValueError(f"the figure is undefined at all of {len(tried)} points tried")
    candidates = defined if any(map(math.isnan, staying)) else {AS_IT_IS: staying, **defined}
    selection = clean_up(candidates, _delta(delta, staying), alpha, better, FIRST)
    found = _judged(played, defined, selection, (reps, most), len(tried))
    if all(values == staying for values in tried.values()):
        found = replace(found, notes=(*found.notes, NOTHING_VARIES))
    return found


def _judged(
    played: "_Played",
    defined: Mapping[str, list[float]],
    selection: KimNelson,
    worlds: tuple[int, int],
    tried: int,
) -> Search:
    """Select in fresh worlds, and measure in fresh ones again what the selected gains."""
    (reps, most), leaders = worlds, selection.contenders
    used = run_race(selection, played, most, reps)
    best, first = selection.best or selection.leader, reps + most
    judged = played([best, AS_IT_IS], range(first, first + max(reps, FIRST)))
    gains = [x - y for x, y in zip(judged[best], judged[AS_IT_IS], strict=True)]
    plan, point = played.plan, played.points[best]
    return Search(
        plan.kpi,
        plan.factors,
        tuple(Trial(n, played.points[n] or (), math.fsum(v) / len(v)) for n, v in defined.items()),
        best,
        point,
        tuple(f.setting(v) for f, v in zip(plan.factors, point, strict=True)) if point else (),
        paired_difference(gains),
        leaders,
        selection.delta,
        selection.best is not None,
        (reps, used, len(gains)),
        _notes(selection, tried - len(defined), tried),
    )


class _Played:
    """Points by name, and the worlds they are played in; `pulse` is called while they are."""

    def __init__(self, plan: Playing, pulse: Callable[[], None]) -> None:
        self.plan, self.pulse = plan, pulse
        self.points: dict[str, Point | None] = {AS_IT_IS: None}

    def __call__(self, names: Sequence[str], worlds: Sequence[int]) -> dict[str, list[float]]:
        rows = [self.points[name] or [math.nan] * len(self.plan.factors) for name in names]
        plan, design = replace(self.plan, worlds=tuple(worlds)), np.array(rows, dtype=float)
        values = evaluate(plan, design, lambda done, total: self.pulse())
        return {name: row.tolist() for name, row in zip(names, values, strict=True)}

    def point(self, point: Point, worlds: Sequence[int]) -> list[float]:
        name = f"trial {len(self.points)}"
        self.points[name] = point
        return self([name], worlds)[name]

    def named(self, tried: Mapping[Point, list[float]]) -> dict[str, list[float]]:
        return {n: tried[point] for n, point in self.points.items() if point is not None}


def _delta(given: float | None, staying: Sequence[float]) -> float:
    known = [value for value in staying if not math.isnan(value)]
    usual = USUAL_DELTA * abs(math.fsum(known) / len(known)) if known else 0.0
    width = usual if given is None else given
    if not (math.isfinite(width) and width > 0):
        raise ValueError("delta, the difference that matters, must be above 0; give one")
    return width


def _notes(selection: KimNelson, undefined: int, tried: int) -> tuple[Text, ...]:
    notes = list(left_out(undefined, tried))
    if selection.best is None:
        left, delta = len(selection.contenders), selection.delta
        en = f"Not decided: {left} may still be within {delta:,.4g} of each other; the one ahead "
        en += "is shown. Allow more worlds or a larger delta."
        zh = f"尚未分出胜负：还有 {left} 个方案的差距可能不超过 {delta:,.4g}，"
        zh += "此处列出暂时领先的一个。可增加重复次数，或放宽差异阈值。"
        notes.append(Text(en=en, zh=zh))
    return tuple(notes)
