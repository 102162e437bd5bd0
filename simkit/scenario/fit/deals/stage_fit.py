"""The funnel stage by stage, from an export that says when deals entered the stages."""

from collections.abc import Iterator

import numpy as np

from simkit.scenario.fit.deals.crm import STAGES
from simkit.scenario.fit.deals.deal_sample import FEWEST, LOST, UNDECIDED, Sample, said
from simkit.scenario.fit.deals.deal_values import Found, estimated, few_rows
from simkit.scenario.fit.deals.funnel_fit import AND_WORK, NOTHING, Range, rate, share, stays
from simkit.scenario.fit.deals.funnel_model import desk_work, patience, persuasion
from simkit.scenario.fit.deals.incidence import OPEN, Array, Days, incidence
from simkit.scenario.fit.found import Estimated, Kept
from simkit.scenario.records import Scenario

PASSED = 1
DESKS = {"qualify": "quote", "negotiate": "legal"}
"""The desk between a stage and the next one; its work counts as time in the stage."""


def stage_by_stage(sample: Sample, base: Scenario) -> Found:
    """Yield pass shares, think times and the rate of no decision.

    The effect of discounts on negotiations, which the engine has on top of the pass share, is
    taken out of it: `base` has the discounts as far as they are known.
    """
    cvs: list[Estimated | Kept] = []
    for number, name in enumerate(STAGES):
        days, causes = sample.stage(number)
        if name != "negotiate":  # the engine knows no decision only in negotiations
            causes = np.where(causes == UNDECIDED, LOST, causes)
        effect = 1.0
        if name == "negotiate":
            effect = persuasion(base)
            if (
                causes == UNDECIDED
            ).sum() < FEWEST:  # they are among the lost ones, as far as known
                causes = np.where(causes == UNDECIDED, LOST, causes)
                effect *= patience(base)
        yield _passes(name, days, causes, base, effect)
        work = desk_work(base, DESKS[name]) if name in DESKS else NOTHING
        yield from _thinks(name, days, causes, base, work, cvs)
        if name == "negotiate":
            yield _undecided(days, causes, base, work)
    yield from cvs or [Kept("funnel.think_cv", base.funnel.think_cv, NO_SPREAD)]


def _passes(name: str, days: Days, causes: Days, base: Scenario, effect: float) -> Estimated | Kept:
    path = f"funnel.stages.{name}.pass_share"
    passed, lost = (int((causes == cause).sum()) for cause in (PASSED, LOST))
    if passed < 1 or passed + lost < FEWEST:
        few = few_rows(passed + lost, f"decisions in stage {name}", f"个“{name}”阶段的结果")
        return Kept(path, getattr(base.funnel.stages, name).pass_share, few)
    value, variance = incidence(days, causes, 3).ratio([PASSED], [PASSED, LOST])
    found = share(value, variance, passed + lost)
    found = found.through(lambda x: min(1.0, x / effect))
    return estimated(path, found, passed + lost, PASSES)


def _thinks(
    name: str,
    days: Days,
    causes: Days,
    base: Scenario,
    work: Array,
    cvs: list[Estimated | Kept],
) -> Iterator[Estimated | Kept]:
    """Yield the think time of a stage; the spread of times goes to `cvs`, from the quote stage."""
    path, old = f"funnel.stages.{name}.think_days", getattr(base.funnel.stages, name).think_days
    over = (causes == PASSED) | (causes == LOST)
    if over.sum() < FEWEST:
        few = few_rows(int(over.sum()), f"ends of stage {name}", f"个“{name}”阶段的结束日期")
        yield Kept(path, old, few)
        return
    if days[over].mean() < 0.5:
        yield Kept(path, old, AT_ONCE)
        return
    law = "exponential" if base.funnel.think_law == "exponential" else "lognormal"
    ends = np.where(causes == PASSED, AND_WORK, over.astype(np.int64))
    mean, cv = stays(days, ends, law, work)
    yield estimated(path, mean, len(days), THINKS_DESK if name in DESKS else THINKS)
    if name == "quote" and base.funnel.think_law == "lognormal":
        cvs.append(estimated("funnel.think_cv", cv, len(days), SPREAD))


def _undecided(days: Days, causes: Days, base: Scenario, work: Array) -> Estimated | Kept:
    path, ends = "funnel.no_decision_per_week", int((causes == UNDECIDED).sum())
    if ends < FEWEST or not (causes != OPEN).any():
        few = few_rows(ends, "negotiations ended without a decision", "个谈判以客户不作决定告终")
        return Kept(path, base.funnel.no_decision_per_week, few)
    at_desk = float((causes == PASSED).sum() * work.mean())
    weeks = max(1.0, float(days.sum()) - at_desk) / 5.0
    found: Range = rate(ends, weeks)
    return estimated(path, found, ends, UNDECIDED_HOW)


PASSES = said(
    "share that went on among those decided in the stage, open deals weighted in by "
    "Aalen-Johansen, Wilson's interval; customers tired of waiting at a desk count as lost",
    "该阶段已有结果的商机中进入下一阶段的占比，未结商机按 Aalen-Johansen 法计入（Wilson 区间）；"
    "因等待过久而放弃的客户计为丢单",
)
THINKS = said(
    "maximum likelihood of the days in the stage, open deals as cut off",
    "该阶段停留天数的最大似然估计，未结商机按删失处理",
)
THINKS_DESK = said(
    "maximum likelihood of the days in the stage less the work of the desk behind it in the base "
    "scenario; waiting for a busy desk is counted as thinking",
    "该阶段停留天数减去基础场景中后续部门的处理天数后的最大似然估计；排队等待部门的时间计入客户考虑时间",
)
SPREAD = said(
    "from the days in the quote stage, which no desk interrupts",
    "取自报价阶段的停留天数（其间没有内部部门环节）",
)
UNDECIDED_HOW = said(
    "negotiations without a decision per week of negotiating, exact Poisson interval",
    "每谈判周中以客户不作决定告终的次数（精确泊松区间）",
)
AT_ONCE = said("deals leave the stage on the day they come", "商机当天即离开该阶段")
NO_SPREAD = said(
    "the think times of the base scenario are not lognormal, or the quote stage has too few rows",
    "基础场景的考虑时间不是对数正态分布，或报价阶段的数据太少",
)
