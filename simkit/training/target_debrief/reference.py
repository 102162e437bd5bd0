"""A reference plan to hold a plan against: by rule, from what any manager could have known."""

import math
from collections.abc import Mapping

from simkit.planning.cascade import Team, over_people
from simkit.region.report import WeekReport
from simkit.region.talks import AS_ASKED
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.attainability import Outlook
from simkit.study.past import Past, potentials
from simkit.training.target_plan import Plan, settings_of

YEAR = 52
STEPS = 24
"""Halvings of the range in which the region's target is looked for."""
ROUND = 1000
"""Targets of the region are whole thousands."""
RULE = Text(
    en=(
        "The reference plan follows a rule: the region's target is the one that is reached with a "
        "chance of {chance}; it is broken down by potential and history with the weights of the "
        "exercise and no reserve; a rep whose target is no higher than what it said is told so as "
        "agreed, every other one gets an explanation; nothing is recalibrated. All else, such as "
        "coaching, is as you played it."
    ),
    zh=(
        "参考方案按固定规则制定：全区指标取达成概率为 {chance} 的水平；按潜力和历史、用本练习的权重"
        "分解，不留预留；指标不高于本人所报的，按约定沟通，其余一律摆数据解释；中途不校准。其他动作（如辅导）"
        "与您实际所做相同。"
    ),
)


def reference_plan(scenario: Scenario, report: WeekReport, past: Past, outlook: Outlook) -> Plan:
    """Return the reference plan; `report`: what the manager saw before week 0."""
    settings = settings_of(scenario)
    aim = math.fsum(settings.likely) / 2.0
    teams = _teams(scenario, past)
    weights = {"potential": settings.potential_weight, "history": settings.history_weight}
    weights = weights if any(weights.values()) else {"potential": 1.0, "history": 1.0}
    low, high = 1, max(2, round(2.0 * math.fsum(outlook.neutral.values())))
    for _ in range(STEPS):
        middle = (low + high) // 2
        likely = _chance(middle, teams, weights, outlook)
        low, high = (middle, high) if likely >= aim else (low, middle)
    region = max(ROUND, round(low / ROUND) * ROUND)
    return _plan(scenario, report, region, _split(region, teams, weights), outlook)


def _teams(scenario: Scenario, past: Past) -> dict[str, Team]:
    by_rep, by_place = potentials(scenario)
    teams = {}
    for place in scenario.territories:
        weeks = past.sales_by_week(territory=place.id)[-YEAR:]
        mine = [rep.id for rep in scenario.reps if rep.territory == place.id]
        reps = {
            rep: {"potential": by_rep[rep], "history": _weekly(past, rep, scenario)} for rep in mine
        }
        teams[place.id] = Team({"potential": by_place[place.id], "history": _mean(weeks)}, reps)
    return teams


def _weekly(past: Past, rep: str, scenario: Scenario) -> float:
    """Mean sales of a week in the last year, or since the rep began."""
    known = set(past.weeks["rep"].unique())
    return _mean(past.sales_by_week(rep=rep)[-YEAR:]) if rep in known else 0.0


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _split(region: int, teams: Mapping[str, Team], weights: Mapping[str, float]) -> dict[str, int]:
    tree = over_people(region, teams, weights)
    return {rep.name: rep.amount for place in tree.parts for rep in place.parts}


def _chance(
    region: int, teams: Mapping[str, Team], weights: Mapping[str, float], outlook: Outlook
) -> float:
    return outlook.judge(_split(region, teams, weights), region).region.value


def _plan(
    scenario: Scenario, report: WeekReport, region: int, reps: dict[str, int], outlook: Outlook
) -> Plan:
    claims = {claim.rep: claim.amount for claim in report.claims}
    talks = {
        rep: {"way": _way(total, claims.get(rep)), "claim": claims.get(rep), "asked": total}
        for rep, total in reps.items()
    }
    places = {
        place.id: sum(reps[rep.id] for rep in scenario.reps if rep.territory == place.id)
        for place in scenario.territories
    }
    judged = outlook.judge(reps, region)
    chances = {rep: chance.value for rep, chance in judged.reps.items()}
    return Plan(
        region, 0, places, reps, talks, chances={"region": judged.region.value, "reps": chances}
    )


def _way(total: int, claim: float | None) -> str:
    return "agreed" if claim is not None and total <= AS_ASKED * claim else "explained"
