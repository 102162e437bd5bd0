"""The plan of a target workshop: what is committed, what the engine plays of it, what is changed.

A plan is a note of a game file, of the kind "target_plan".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from simkit.planning.smart import LONGEST
from simkit.region.decision import Decision
from simkit.region.payroll import QUARTER
from simkit.region.response import season
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.scenario.targets import Targets
from simkit.study.game import Game
from simkit.study.workshop_check import workshop_mistakes

PLAN = "target_plan"
WAYS = ("agreed", "explained", "announced")
LARGEST = 10**9
"""Largest quota of a rep and quarter: more is a slip of the keyboard."""
Mistake = tuple[str, Text]
"""The field that is meant ("reps.wang_lei"), and what is wrong with it."""


class PlanRefused(ValueError):  # noqa: N818 - it holds several mistakes
    """A plan or recalibration that cannot be carried out, with all `mistakes`."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("; ".join(f"{where}: {what.en}" for where, what in self.mistakes))

    def in_(self, lang: str) -> list[str]:
        """Return what is wrong, in a language."""
        return [what.in_(lang) for _, what in self.mistakes]


@dataclass(frozen=True)
class Plan:
    """What is committed for a quarter; amounts are whole money of the quarter.

    `talks`: by rep, {"way", "claim", "asked"}; `band`: {"baseline", "low", "high", ...}.
    `predictions` were made before the machine's answer was seen, `chances` are that answer.
    """

    region: int
    reserve: int
    territories: dict[str, int]
    reps: dict[str, int]
    talks: dict[str, dict[str, Any]] = field(default_factory=dict)
    band: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    goal: str = ""
    stages: dict[str, str] = field(default_factory=dict)
    predictions: dict[str, Any] = field(default_factory=dict)
    chances: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """Return the plan in plain data; what is unknown there is left out.

        Raises ValueError when something is missing or has another form.
        """
        known = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        groups = [name for name in known if name not in ("region", "reserve", "goal")]
        if wrong := [name for name in groups if not isinstance(known[name], Mapping)]:
            raise ValueError(f"a plan has groups of values in {', '.join(wrong)}")
        try:
            plan = cls(**known)
        except TypeError as error:
            raise ValueError(f"this is no plan of targets: {error}") from error
        if not all(isinstance(talk, Mapping) for talk in plan.talks.values()):
            raise ValueError("a plan has a group of values for the talk with each rep")
        return plan

    def way(self, rep: str) -> str:
        """Return how a rep is told its target."""
        return str(self.talks.get(rep, {}).get("way", "announced"))


# Checks


def check_plan(plan: Plan, scenario: Scenario) -> list[Mistake]:
    """Return what is wrong with a plan, each with its field; nothing when it can be committed.

    The parts must add up exactly: reps to their territory, reps and reserve to the region.
    """
    places = {place.id: place.name for place in scenario.territories}
    people = {rep.id: rep.name for rep in scenario.reps}
    found = [*_amount("region", plan.region, 1, LARGEST * max(1, len(people)))]
    found += _amount("reserve", plan.reserve, 0, LARGEST)
    found += _everybody("territories", plan.territories, places)
    found += _everybody("reps", plan.reps, people)
    found += found or _sums(plan, scenario)
    return found + _talks(plan, people) + _rest(plan, scenario)


def _amount(where: str, amount: object, least: int, most: int) -> list[Mistake]:
    whole = isinstance(amount, int) and not isinstance(amount, bool)
    if whole and least <= amount <= most:  # type: ignore[operator]
        return []
    en = f"enter a whole amount from {least:,} to {most:,}"
    return [(where, Text(en=en, zh=f"请填 {least:,} 到 {most:,} 之间的整数"))]


def _everybody(group: str, given: Mapping[str, int], names: Mapping[str, Text]) -> list[Mistake]:
    """Every territory or rep has an amount, and nobody else has."""
    found = list[Mistake]()
    for name, called in names.items():
        if name not in given:
            text = Text(en=f"{called.en} has no target yet", zh=f"{called.zh}还没有指标")
            found.append((f"{group}.{name}", text))
    for name, amount in given.items():
        if name in names:
            found += _amount(f"{group}.{name}", amount, 1, LARGEST * (1 + 99 * (group != "reps")))
        else:
            text = Text(en=f"nobody here is called '{name}'", zh=f"这里没有“{name}”")
            found.append((f"{group}.{name}", text))
    return found


def _sums(plan: Plan, scenario: Scenario) -> list[Mistake]:
    found = list[Mistake]()
    for place in scenario.territories:
        mine = sum(plan.reps[rep.id] for rep in scenario.reps if rep.territory == place.id)
        found += _adds_up(f"territories.{place.id}", mine, plan.territories[place.id], place.name)
    region = Text(en="the region", zh="大区")
    given = sum(plan.reps.values()) + plan.reserve
    return found + _adds_up("region", given, plan.region, region)


def _adds_up(where: str, parts: int, whole: int, name: Text) -> list[Mistake]:
    if parts == whole:
        return []
    en = f"the parts of {name.en} add up to {parts:,}, its target is {whole:,}"
    zh = f"{name.zh}各部分合计 {parts:,}，而指标是 {whole:,}，差 {abs(parts - whole):,}"
    return [(where, Text(en=f"{en}: {abs(parts - whole):,} apart", zh=zh))]


def _talks(plan: Plan, people: Mapping[str, Text]) -> list[Mistake]:
    found = list[Mistake]()
    for rep, talk in plan.talks.items():
        if rep not in people or talk.get("way") not in WAYS:
            en = f"choose how the target is told: {', '.join(WAYS)}"
            zh = "请选择沟通方式：按本人所报约定、摆数据解释、直接下达"
            found.append((f"talks.{rep}", Text(en=en, zh=zh)))
    return found


def _rest(plan: Plan, scenario: Scenario) -> list[Mistake]:
    found = list[Mistake]()
    if not plan.goal.strip():
        text = Text(en="write the goal in a sentence first", zh="请先用一句话写下目标")
        found.append(("goal", text))
    if len(plan.goal) > LONGEST:
        en = f"the goal has {len(plan.goal):,} characters; {LONGEST:,} are the most"
        zh = f"目标有 {len(plan.goal):,} 字，最多 {LONGEST:,} 字"
        found.append(("goal", Text(en=en, zh=zh)))
    low, middle, high = (plan.band.get(name, math.nan) for name in ("low", "baseline", "high"))
    if not 0 <= low <= middle <= high < math.inf:
        en = "the band needs a lower limit, a baseline and an upper limit, in this order"
        zh = "浮动区间要有下限、基线和上限，并依次增大"
        found.append(("band", Text(en=en, zh=zh)))
    if not 1 <= plan.band.get("weeks_under", 1) <= QUARTER:
        en, zh = "the rule needs 1 to 13 weeks in a row", "连续周数请填 1 到 13"
        found.append(("band", Text(en=en, zh=zh)))
    known = [stage.id for stage in settings_of(scenario).stages]
    for place, stage in plan.stages.items():
        if stage not in known:
            text = Text(en=f"there is no stage '{stage}'", zh=f"没有“{stage}”这个市场阶段")
            found.append((f"stages.{place}", text))
    return found


def settings_of(scenario: Scenario) -> Targets:
    """Return the numbers of the target workshop.

    Raises ScenarioError with all that keeps the scenario from being one.
    """
    problems = [
        Problem(".".join(map(str, where)), None, None, message)
        for where, message in workshop_mistakes(scenario)
    ]
    if problems or scenario.targets is None:
        raise ScenarioError(problems)
    return scenario.targets


# What the engine plays


def decision_of(plan: Plan, current: Decision) -> Decision:
    """Return the decision in which every rep has its quota and is told it as planned."""
    quota = {**current.quota, **{rep: float(amount) for rep, amount in plan.reps.items()}}
    ways = {**current.target_talks, **{rep: plan.way(rep) for rep in plan.reps}}
    return current.but(quota=quota, target_talks=ways)


def season_shares(scenario: Scenario) -> list[float]:
    """Return the share of each week of the quarter in it, by season; they add up to 1."""
    market = scenario.market
    share = market.season_share if market.on else 0.0
    factors = [season(float(week), share, market.season_peak_week) for week in range(QUARTER)]
    return [factor / math.fsum(factors) for factor in factors]


def recalibrated(
    current: Decision,
    carried: Mapping[str, float],
    week: int,
    new_totals: Mapping[str, int],
    shares: Sequence[float],
    ways: Mapping[str, str] | None = None,
) -> Decision:
    """Return the decision from `week` on with which the WHOLE quarter has the new quotas.

    The engine gives each week its season share of the lever; the weeks played keep what they
    `carried` (money by rep), so that the lever is what is left, over the share that is left.
    `shares`: as `season_shares`. Raises PlanRefused where the weeks before carried more already.
    """
    left = math.fsum(shares[week % len(shares) :])
    mistakes, quota = list[Mistake](), dict(current.quota)
    for rep, total in new_totals.items():
        mistakes += _amount(f"reps.{rep}", total, 1, LARGEST) or _carried(rep, total, carried[rep])
        quota[rep] = max(0.0, total - carried[rep]) / left if not mistakes else 0.0
    if mistakes:
        raise PlanRefused(mistakes)
    return current.but(quota=quota, target_talks={**current.target_talks, **(ways or {})})


def _carried(rep: str, total: int, carried: float) -> list[Mistake]:
    if total >= carried:
        return []
    en = f"the weeks played already carried a quota of {carried:,.0f}; {total:,} is below that"
    zh = f"已过去的各周指标合计已达 {carried:,.0f}，新指标 {total:,} 低于这个数"
    return [(f"reps.{rep}", Text(en=en, zh=zh))]


# Games


def commit(game: Game, plan: Plan) -> None:
    """Put a plan on the disk; raises PlanRefused with all that is wrong with it."""
    if mistakes := check_plan(plan, game.scenario):
        raise PlanRefused(mistakes)
    game.note(PLAN, plan.as_dict())


def plan_of(game: Any) -> Plan | None:
    """Return the plan that was committed last in a game or `Conduct`; None before.

    Raises ValueError when the note has another form.
    """
    notes = [note for note in _notes(game) if note.kind == PLAN]
    return Plan.from_dict(notes[-1].data) if notes else None


def _notes(game: Any) -> Sequence[Any]:
    return game.notes() if callable(game.notes) else game.notes
