"""How good the targets were when they were committed: fair, attainable, stretching."""

from dataclasses import dataclass
from typing import Literal

from simkit.scenario.records import Scenario
from simkit.scenario.targets import Targets
from simkit.study.past import potentials
from simkit.training.target_plan import Plan, settings_of

Verdict = Literal["too easy", "stretching", "too hard", "unknown"]


@dataclass(frozen=True)
class Quality:
    """One target; `ratio`: quota over potential, `apart`: from that of the region, as a share.

    `fair`: within the share of the exercise; None without potential. `chance`: of reaching it, as
    worked out when it was committed; None where nobody asked.
    """

    id: str
    kind: str
    target: int
    potential: float
    ratio: float | None
    apart: float | None
    fair: bool | None
    chance: float | None
    verdict: Verdict


def quality_of(plan: Plan, scenario: Scenario) -> tuple[Quality, ...]:
    """Return the quality of the region's target, of each territory's and each rep's."""
    settings = settings_of(scenario)
    by_rep, by_place = potentials(scenario)
    given, whole = sum(plan.reps.values()), sum(by_rep.values())
    usual = given / whole if whole > 0 else None
    chances = plan.chances.get("reps", {})
    region = plan.chances.get("region")
    # The region is what the others are set against.
    lead = Quality(
        "region", "region", plan.region, whole, usual, None, None, region, verdict(region, settings)
    )
    places = [
        _one(name, "territory", total, by_place[name], usual, None, settings)
        for name, total in plan.territories.items()
    ]
    reps = [
        _one(rep, "rep", total, by_rep[rep], usual, chances.get(rep), settings)
        for rep, total in plan.reps.items()
    ]
    return (lead, *places, *reps)


def _one(
    name: str,
    kind: str,
    target: int,
    potential: float,
    usual: float | None,
    chance: float | None,
    settings: Targets,
) -> Quality:
    ratio = target / potential if potential > 0 else None
    apart = ratio / usual - 1.0 if ratio is not None and usual else None
    fair = abs(apart) <= settings.fair_share if apart is not None else None
    found = verdict(chance, settings)
    return Quality(name, kind, target, potential, ratio, apart, fair, chance, found)


def verdict(chance: float | None, settings: Targets) -> Verdict:
    """Return what a chance says of a target, by the bounds of the exercise."""
    if chance is None:
        return "unknown"
    low, high = settings.likely
    return "too hard" if chance < low else "too easy" if chance > high else "stretching"
