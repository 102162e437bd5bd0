"""What the talks did to the reps, what they held back, and how each is appraised."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import KPIS
from simkit.kpi.table import kpi_table
from simkit.planning.targets import appraisal
from simkit.region.news import Message
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.study.past import Past
from simkit.study.sandbagging import sandbagging
from simkit.training.debrief.conduct import Conduct
from simkit.training.target_plan import Plan, settings_of

if TYPE_CHECKING:
    import pandas as pd

CONDUCT = ("calls_per_day", "coverage", "lead_response_hours")
"""Conduct that can be observed: how it is set against the team's is an assumption."""
BEHAVIOUR = Text(
    en=(
        "Behaviour is what can be observed: calls per day, coverage of the rep's customers and "
        "time to answer a lead, each against the mean of the team and at most 1, then their mean. "
        "That these three stand for good conduct is an assumption."
    ),
    zh=(
        "行为维度取可观察的表现：人均日拜访量、客户覆盖率、线索响应时间，分别与团队均值相比"
        "（最多记 1），再取平均。以这三项代表行为是一种假设。"
    ),
)


class Watched:
    """The quarter played once more, with an eye on what reps think and managers are told."""

    def __init__(self, conduct: Conduct) -> None:
        self.simulation = Simulation(conduct.scenario, conduct.seed)
        self.report = self.simulation.report()
        self.beliefs = self.simulation.talks.beliefs
        self.trust = [self._trust()]
        """By rep, before the first week and after each."""
        self.messages: list[Message] = list(self.report.messages)
        for decision in conduct.decisions:
            self.messages += self.simulation.step(decision).messages
            self.trust.append(self._trust())
        self.messages = list(dict.fromkeys(self.messages))

    def _trust(self) -> dict[str, float]:
        return {rep.id: rep.trust for rep in self.simulation.world.reps.values()}


@dataclass(frozen=True)
class Person:
    """A rep's talk about the target, and the truth behind it; money.

    `belief`: what the rep really believed to sell; `held_back`: the share of it that `claim` is
    below. `data_share`, `data_verdict`: what past quarters let find out of it. Trust from 0 to 1,
    before the talks, once the target was told, and at the end; `commitment`: factor on effort.
    """

    id: str
    way: str
    target: int
    claim: float | None
    belief: float | None
    held_back: float | None
    data_share: float | None
    data_verdict: Text | None
    trust_start: float
    trust_told: float
    trust_end: float
    commitment: float


def people_of(conduct: Conduct, plan: Plan, watched: Watched, past: Past) -> tuple[Person, ...]:
    """Return what the talks with each rep were about and what they left."""
    claims = {claim.rep: claim.amount for claim in watched.report.claims}
    habits = sandbagging(past.quarters)
    reps = watched.simulation.world.reps
    found = []
    for rep in conduct.scenario.reps:
        claim, belief = claims.get(rep.id), watched.beliefs.get(rep.id)
        known = claim is not None and belief is not None and belief > 0
        habit = habits.get(rep.id)
        found.append(
            Person(
                rep.id,
                plan.way(rep.id),
                plan.reps[rep.id],
                claim,
                belief,
                1.0 - claim / belief if known else None,  # type: ignore[operator]
                habit.share if habit else None,
                habit.verdict if habit else None,
                *_trusts(rep.id, watched),
                reps[rep.id].commitment,
            )
        )
    return tuple(found)


def _trusts(rep: str, watched: Watched) -> tuple[float, float, float]:
    """Trust before the talks, after the first week in which the target was told, at the end."""
    course = [found.get(rep, math.nan) for found in watched.trust]
    return course[0], course[min(1, len(course) - 1)], course[-1]


# Appraisal


@dataclass(frozen=True)
class Appraised:
    """The two dimensions of a rep's appraisal, each from 0 to 1.

    `results`: by KPI, 1 is as agreed: revenue against the quota, other KPIs against the team's;
    `weights`: those of the stage of the territory's market. `conduct`: by KPI, against the team's
    mean, at most 1.
    """

    id: str
    stage: str
    result: float | None
    behaviour: float | None
    results: dict[str, float]
    weights: dict[str, float]
    conduct: dict[str, float]


def appraisals_of(
    conduct: Conduct, plan: Plan, totals: Mapping[str, int], events: "pd.DataFrame"
) -> tuple[Appraised, ...]:
    """Return the appraisal of every rep."""
    stages = {stage.id: stage for stage in settings_of(conduct.scenario).stages}
    asked = dict.fromkeys(k for stage in stages.values() for k in stage.weights if k in KPIS)
    names = list(dict.fromkeys([*asked, "revenue", *CONDUCT]))
    table = kpi_table(events, ["rep"], names, last=conduct.weeks - 1)
    team = table.mean()
    found = []
    for rep in conduct.scenario.reps:
        stage = stages[_stage_of(rep.territory, conduct, plan)]
        own = {name: float(table[name][rep.id]) for name in names}
        results = {name: _result(name, own, team, totals[rep.id]) for name in stage.weights}
        known = {name: value for name, value in results.items() if value is not None}
        behaved = {name: min(1.0, x) for name in CONDUCT if (x := _against(name, own, team))}
        found.append(_appraised(rep.id, stage, known, behaved))
    return tuple(found)


def _stage_of(place: str, conduct: Conduct, plan: Plan) -> str:
    settings = settings_of(conduct.scenario)
    usual = settings.stage_of.get(place, settings.stages[0].id)
    chosen = plan.stages.get(place, usual)
    return chosen if chosen in {stage.id for stage in settings.stages} else usual


def _result(name: str, own: Mapping[str, float], team: Any, quota: float) -> float | None:
    if name not in KPIS:
        return None
    return own["revenue"] / quota if name == "revenue" else _against(name, own, team)


def _against(name: str, own: Mapping[str, float], team: Any) -> float | None:
    """A rep's KPI over the team's mean, above 1 where it is better; None where it cannot be."""
    mine, mean, better = own[name], float(team[name]), KPIS[name].better
    above, below = (mean, mine) if better == "lower" else (mine, mean)
    if better == "in_band" or math.isnan(mine) or math.isnan(mean) or below <= 0:
        return None
    return max(0.0, above / below)


def _appraised(
    rep: str, stage: Any, results: dict[str, float], conduct: dict[str, float]
) -> Appraised:
    weights = {name: stage.weights[name] for name in results}
    behaviour = math.fsum(conduct.values()) / len(conduct) if conduct else None
    result = None
    if any(weights.values()):
        result, _ = appraisal(results, weights, behaviour or 0.0)
    return Appraised(rep, stage.id, result, behaviour, results, weights, conduct)
