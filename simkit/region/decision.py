"""The levers of a manager: each declared once, with bounds, title, unit and what it costs.

`Levers` are those that may differ between territories; `Decision` holds them for the whole region
together with the levers that exist once, and `local` says where a territory deviates.
"""

import re
from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from simkit.scenario.block import NotNegative, Positive
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.people_blocks import USUAL_PLAN, PayPlan
from simkit.scenario.record import Mistakes, Record, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.wording import complaints

if TYPE_CHECKING:
    from simkit.region.report import WeekReport

TalkWay = Literal["agreed", "explained", "announced"]
PriorityRule = Literal["first_come", "large_first", "small_first"]


def lever(
    default: Any, en: str, zh: str, unit: str, step: float | None = None, **bounds: float
) -> Any:
    """Return the declaration of a lever; screens, checks and pages read it from here."""
    extra = {"zh": zh, "unit": unit, "step": step}
    return Field(default, title=en, json_schema_extra=extra, **bounds)  # type: ignore[call-overload]


class Levers(Record):
    """The levers that may differ between territories."""

    call_split: CallSplit = lever(
        CallSplit(),
        "Calls over key, regular and long-tail accounts",
        "拜访在三类客户间的分配",
        "share",
    )
    prospecting_share: float = lever(
        0.065, "Calls spent on new leads", "用于新线索的拜访占比", "share", 0.01, ge=0, le=0.5
    )
    price: float = lever(1.0, "Price level", "价格水平", "x list", 0.01, ge=0.7, le=1.3)
    discount_limit_share: float = lever(
        0.05, "Discount limit for deals", "项目折扣上限", "share", 0.01, ge=0, le=0.3
    )
    promotion: float = lever(
        0.0, "Extra promotion", "额外促销投入", "money a week", 500, ge=0, le=20_000
    )
    safety_factor: float = lever(
        1.1, "Safety stock factor", "安全库存系数", "standard deviations", 0.1, ge=0, le=4
    )
    backup_supplier: bool = lever(False, "Backup supplier ready", "启用备用供应商", "yes or no")
    expedite: bool = lever(False, "Expedited deliveries", "加急补货", "yes or no")


class Decision(Levers):
    """All levers of one week. Levers that are not changed stay as they are."""

    quota: dict[str, NotNegative] = lever(
        {}, "Quarter quota by rep", "销售代表季度指标", "money a quarter"
    )
    target_talks: dict[str, TalkWay] = lever(
        {}, "How a target is told", "指标沟通方式", "rep: agreed, explained or announced"
    )
    assignment: dict[str, str] = lever(
        {}, "Territory of reps", "销售代表所属片区", "rep: territory"
    )
    account_moves: dict[str, str] = lever({}, "Accounts handed over", "客户移交", "customer: rep")
    call_split_of: dict[str, CallSplit] = lever(
        {}, "Own call split of a rep", "单个代表的拜访分配", "rep: shares"
    )
    training_days: dict[str, Annotated[float, Field(ge=0, le=5)]] = lever(
        {}, "Training days this week", "本周培训天数", "rep: days"
    )
    pay_plan: PayPlan = lever(USUAL_PLAN, "Pay plan", "薪酬方案", "plan")
    pay_plan_new: PayPlan | None = lever(
        None, "Pay plan of new reps", "新人薪酬方案", "plan, or empty: as the others"
    )
    recognition_hours: float = lever(
        0.0, "Instant recognition per rep", "每位代表即时认可时间", "hours a week", 0.5, ge=0, le=8
    )
    career_budget: float = lever(
        0.0,
        "Careers and long service",
        "职业发展与长期激励",
        "money a rep and year",
        1000,
        ge=0,
        le=50_000,
    )
    headcount: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = lever(
        {}, "Posts by territory", "片区编制", "territory: reps"
    )
    hires: tuple[str, ...] = lever((), "Candidates preferred", "优先录用的候选人", "candidates")
    dismissals: tuple[str, ...] = lever((), "Reps dismissed", "辞退的代表", "reps")
    recruiting_budget: float = lever(
        0.0, "Recruiting per vacancy", "每个空缺的招聘投入", "money a week", 500, ge=0, le=20_000
    )
    coaching_hours: float = lever(
        0.0, "Coaching per rep", "每位代表辅导时间", "hours a week", 0.5, ge=0, le=8
    )
    quote_staff: int | None = lever(
        None, "Staff of the quote desk", "报价岗人数", "people", 1, ge=1, le=500
    )
    legal_staff: int | None = lever(
        None, "Staff of the legal desk", "法务岗人数", "people", 1, ge=1, le=500
    )
    delivery_staff: int | None = lever(
        None, "Staff of the delivery desk", "交付岗人数", "people", 1, ge=1, le=500
    )
    dispatch_crews: int = lever(5, "Dispatch crews", "发货班组数", "crews", 1, ge=1, le=1000)
    priority_rule: PriorityRule = lever(
        "first_come", "Order of work at the desks", "工单优先级", "rule"
    )
    approval_limit: Positive = lever(
        300_000.0, "Deals above this need approval", "审批权限额度", "money", 10_000
    )
    pre_review: bool = lever(False, "Contracts reviewed beforehand", "合同预审", "yes or no")
    vip_hours: float = lever(0.0, "VIP service", "VIP 服务时间", "hours a week", 5, ge=0, le=2000)
    complaint_hours: float = lever(
        30.0, "Complaint handling", "投诉处理时间", "hours a week", 5, ge=0, le=2000
    )
    release_reserve: float = lever(0.0, "Reserve released", "动用储备金", "money", 10_000, ge=0)
    answers: tuple[str, ...] = lever(
        (),
        "Answers, preparations, actions",
        "应对与准备措施",
        "shock:answer, prepared:name, action:name",
    )
    priorities: dict[str, Literal[1, 2, 3]] = lever(
        {}, "Priority of requests to departments", "跨部门请求的优先级", "answer: 1 to 3"
    )
    local: dict[str, dict[str, Any]] = lever(
        {}, "Deviations by territory", "分片区调整", "territory: levers"
    )

    @field_validator("local")
    @classmethod
    def _local_values_are_those_of_levers(cls, local: dict[str, Any]) -> dict[str, Any]:
        """Give each value the form its lever has, so that a run and its replay say the same."""
        return {place: _as_levers(place, changes) for place, changes in local.items()}

    @model_validator(mode="after")
    def _local_levers_fit(self) -> "Decision":
        for place, changes in self.local.items():
            for name in changes:
                if name not in Levers.model_fields:
                    hint = did_you_mean(name, Levers.model_fields)
                    raise Mistakes([(("local", place), f"no lever '{name}' for a territory{hint}")])
            self.at(place)
        return self

    def apart(self) -> "Decision":
        """Return a copy that shares no dictionary with this one."""
        own = {name: value for name, value in self if isinstance(value, dict)}
        return self.model_copy(update={name: deepcopy(d) if d else {} for name, d in own.items()})

    def at(self, territory: str) -> Levers:
        """Return the levers that hold in `territory`."""
        shared = {name: getattr(self, name) for name in Levers.model_fields}
        return Levers.model_validate({**shared, **self.local.get(territory, {})})

    def but_at(self, territory: str, **changes: Any) -> "Decision":
        """Return a copy with `changes` of the levers of one territory."""
        merged = {**self.local.get(territory, {}), **changes}
        return self.but(local={**self.local, territory: merged})


def _as_levers(place: str, changes: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in changes.items() if name in Levers.model_fields}
    try:
        levers = Levers.model_validate(known)
    except ValidationError as error:
        mistakes = complaints(error)
        raise Mistakes([((place, *loc), message) for loc, message in mistakes]) from None
    return {**changes, **{name: getattr(levers, name) for name in known}}


Policy = Callable[["WeekReport"], Decision]
"""A manager: sees the report of the past week, sets the levers of the next one."""


def starting_decision(scenario: Scenario) -> Decision:
    """Return the levers as the scenario has them before anybody decides anything."""
    desks = scenario.desks
    return Decision(
        call_split=scenario.selling.call_split,
        prospecting_share=scenario.selling.prospecting_share,
        discount_limit_share=scenario.funnel.discount_limit_share,
        safety_factor=scenario.stock.safety_factor,
        quote_staff=desks.quote.staff,
        legal_staff=desks.legal.staff,
        delivery_staff=desks.delivery.staff,
        dispatch_crews=desks.dispatch.crews,
        approval_limit=desks.approval_limit,
        complaint_hours=scenario.satisfaction.complaint_hours_per_week,
        pay_plan=scenario.pay.plan,
        pay_plan_new=scenario.pay.new_plan,
    )


def check_decision(
    decision: Decision, scenario: Scenario, reps: Iterable[str], customers: Collection[str]
) -> list[str]:
    """Return what is wrong with a decision in this scenario: names that do not exist."""
    places, team = [territory.id for territory in scenario.territories], list(reps)
    answers = [f"{shock.id}:{a.id}" for shock in scenario.shocks for a in shock.answers]
    answers += [f"prepared:{each.id}" for each in scenario.preparations]
    answers += [f"action:{each.id}" for each in scenario.all_actions]
    asked: list[tuple[str, list[str], Collection[str]]] = [
        ("rep", [*decision.quota, *decision.assignment, *decision.training_days], team),
        ("rep", [*decision.call_split_of, *decision.account_moves.values()], team),
        ("rep", list(decision.target_talks), team),
        ("rep", list(decision.dismissals), team),
        ("territory", [*decision.assignment.values(), *decision.local], places),
        ("territory", list(decision.headcount), places),
        ("answer", [*decision.answers, *decision.priorities], answers),
        ("customer", list(decision.account_moves), customers),
    ]
    applied = _could_apply(places)
    may_come = {"rep": applied, "customer": _could_arrive(places)}
    start = starting_decision(scenario)
    unlimited = [
        f"{name}: give a number of people"
        for name in ("quote_staff", "legal_staff", "delivery_staff")
        if getattr(decision, name) is None and getattr(start, name) is not None
    ]
    unlimited += [
        f"hires: '{name}' is no candidate's id" for name in decision.hires if not applied(name)
    ]
    return unlimited + [
        f"unknown {kind} '{name}'{did_you_mean(name, known)}"
        for kind, names, known in asked
        for name in names
        if name not in known and not may_come.get(kind, _never)(name)
    ]


def _could_apply(places: list[str]) -> Callable[[str], Any]:
    """Return what tells ids of candidates; whether they were ever hired differs between worlds.

    A decision recorded in one world must also be playable in another, where a post may not have
    fallen vacant; there it does nothing.
    """
    return re.compile(rf"({'|'.join(map(re.escape, places))})-v\d+[a-h]").fullmatch


def _could_arrive(places: list[str]) -> Callable[[str], Any]:
    """Return what tells ids of customers who arrive on the way: not the same in every world."""
    return re.compile(rf"({'|'.join(map(re.escape, places))})-new\d+").fullmatch


def _never(_name: str) -> bool:
    return False


def changed_levers(before: Decision, after: Decision) -> dict[str, Any]:
    """Return the levers in which two decisions differ, with the new values."""
    return {
        name: getattr(after, name)
        for name in Decision.model_fields
        if getattr(after, name) != getattr(before, name)
    }
