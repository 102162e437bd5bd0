"""M6: who applies for a post: names, visible résumés, hidden ability.

Ability is made of what Verbeke, Dietz and Verwaal 2011 (JAMS 39(3), 407-428) found to drive sales
performance, with their weights, and a larger part that no test shows. The résumé shows the four
drivers on a scale of 1 to 10.
"""

import math
from dataclasses import dataclass

from simkit.region.draws import Draws, entity_number, exponential, normal
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

WEIGHTS = {"knowledge": 0.28, "adaptiveness": 0.27, "aptitude": 0.23, "engagement": 0.23}
"""Selling knowledge, adaptiveness, cognitive aptitude, engagement: standardised coefficients."""
MEAN_EXPERIENCE_YEARS = 4.0
"""Of selling elsewhere (assumption)."""
FAMILY = "王 Wang,李 Li,张 Zhang,刘 Liu,陈 Chen,杨 Yang,黄 Huang,赵 Zhao,吴 Wu,周 Zhou,徐 Xu,孙 Sun"
GIVEN = "明 Ming,静 Jing,磊 Lei,洁 Jie,强 Qiang,敏 Min,涛 Tao,倩 Qian,宇 Yu,琳 Lin,浩 Hao,雪 Xue"
SECOND = " ,晓 Xiao,文 Wen,志 Zhi,佳 Jia,思 Si"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could be hired, as the résumé shows it."""

    id: str
    name: Text
    territory: str
    experience_years: float
    knowledge: int
    adaptiveness: int
    aptitude: int
    engagement: int

    @property
    def score(self) -> float:
        """What the four tests say together, weighted as they drive performance."""
        return math.fsum(weight * getattr(self, name) for name, weight in WEIGHTS.items())


def draw_candidate(draws: Draws, name: str, territory: str) -> Candidate:
    """Return the candidate of that id; who applies is luck, so it comes from the run's draws."""
    u = _luck(draws, name)
    marks = {driver: _mark(u[i]) for i, driver in enumerate(WEIGHTS)}
    years = round(MEAN_EXPERIENCE_YEARS * exponential(u[5]), 1)
    return Candidate(name, _person(u[6:9]), territory, years, **marks)


def hidden_ability(scenario: Scenario, draws: Draws, name: str) -> float:
    """Return the ability of a candidate, 1 is average: lognormal as that of all reps."""
    u = _luck(draws, name)
    known = math.fsum(weight * normal(u[i]) for i, weight in enumerate(WEIGHTS.values()))
    rest = math.sqrt(1.0 - math.fsum(weight * weight for weight in WEIGHTS.values()))
    sigma = scenario.skill.ability_sigma
    return math.exp(sigma * (known + rest * normal(u[4])) - 0.5 * sigma * sigma)


def _luck(draws: Draws, name: str) -> list[float]:
    luck: list[float] = draws.table("candidates").row(entity_number(name), 0, 9).tolist()
    return luck


def _mark(u: float) -> int:
    """A mark from 1 to 10, 5.5 on average, two marks a standard deviation."""
    return min(10, max(1, round(5.5 + 2.0 * normal(u))))


def _person(u: list[float]) -> Text:
    parts = [_pick(FAMILY, u[0]), _pick(SECOND, u[1]), _pick(GIVEN, u[2])]
    zh, en = "".join(part[0] for part in parts), [part[1] for part in parts]
    given = (en[1] + en[2]).capitalize()
    return Text(en=f"{en[0]} {given}", zh=zh.replace(" ", ""))


def _pick(names: str, u: float) -> tuple[str, str]:
    entries = names.split(",")
    zh, _, en = entries[int(u * len(entries))].partition(" ")
    return zh, en
