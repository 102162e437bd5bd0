"""Whether one lever alone does the work: a player's decisions again, with one lever only."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from simkit.region.decision import Decision, starting_decision
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.intervals import paired_difference
from simkit.study.outcome import outcome
from simkit.study.workers import Tell, World, play_worlds

LEVER_SHARE = 0.8
"""One lever that alone brings so much of the good player's gain dominates."""
FUNDS = ("release_reserve", "priorities")
"""Money and order of work serve the levers; they are none themselves."""


@dataclass(frozen=True, slots=True)
class LeverAlone:
    """A player's decisions with one lever only, the rest as at the start."""

    name: str
    gain: float
    """What this brings more than doing nothing."""
    share: float
    """Of the gain of all the player's levers together."""
    certain: bool
    """Whether the worlds tell on which side of `LEVER_SHARE` the share lies (95 %)."""

    @property
    def dominates(self) -> bool:
        """Whether this lever alone brings most of the gain, as measured."""
        return self.share >= LEVER_SHARE

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name."""
        return {**asdict(self), "dominates": self.dominates}


def levers_alone(
    scenario: Scenario,
    decided: Mapping[int, Sequence[Decision]],
    results: Sequence[float],
    nothing_done: Sequence[float],
    workers: int,
    tell: Tell,
) -> tuple[LeverAlone, ...]:
    """Return what each lever brings alone, the strongest first.

    `decided`: the player's decisions in the world of each seed; `results` and `nothing_done`: the
    contributions there of the player and of who does nothing. Each answer is a lever.
    """
    start, worlds = starting_decision(scenario), len(decided)
    names = sorted({name for each in decided.values() for d in each for name in pulled(start, d)})
    tasks = [
        World(scenario, seed, [only(start, d, name) for d in each])
        for name in names
        for seed, each in decided.items()
    ]
    found = play_worlds(tasks, _contribution, workers, tell)
    whole = _less(results, nothing_done)
    alone = (
        _alone(name, _less(found[i * worlds : (i + 1) * worlds], nothing_done), whole)
        for i, name in enumerate(names)
    )
    return tuple(sorted(alone, key=lambda lever: -lever.share))


def pulled(start: Decision, decision: Decision) -> set[str]:
    """Return the levers in which a decision differs from the start; each answer is one."""
    changed = {name for name, value in decision if value != getattr(start, name)}
    return changed - {"answers", *FUNDS} | set(decision.answers)


def only(start: Decision, decision: Decision, lever: str) -> Decision:
    """Return the start with one lever of `decision`, the money and priorities that serve it."""
    funds = {"release_reserve": decision.release_reserve}
    if lever in Decision.model_fields:
        return start.but(**funds, **{lever: getattr(decision, lever)})
    first = {name: level for name, level in decision.priorities.items() if name == lever}
    answers = (lever,) if lever in decision.answers else ()
    return start.but(**funds, priorities=first, answers=answers)


def _alone(name: str, gains: Sequence[float], whole: Sequence[float]) -> LeverAlone:
    over = paired_difference(_less(gains, [LEVER_SHARE * gain for gain in whole]))
    gain = fmean(gains)
    return LeverAlone(name, gain, gain / fmean(whole), over.low > 0 or over.high < 0)


def _contribution(simulation: Simulation) -> float:
    return outcome(simulation).contribution


def _less(a: Sequence[float], b: Sequence[float]) -> list[float]:
    return [x - y for x, y in zip(a, b, strict=True)]
