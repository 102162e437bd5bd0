"""The funnel as a whole, from an export that says only how deals ended and when."""

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from simkit.scenario.fit.deals.crm import STAGES
from simkit.scenario.fit.deals.deal_sample import FEWEST, LOST, UNDECIDED, WON, Sample, said
from simkit.scenario.fit.deals.deal_values import Found, estimated, few_rows
from simkit.scenario.fit.deals.funnel_fit import Range, solve
from simkit.scenario.fit.deals.funnel_model import expected
from simkit.scenario.fit.deals.incidence import Array, Incidence
from simkit.scenario.fit.found import Estimated, Kept
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

MOST_UNDECIDED = 0.10
"""Share of deals of which the data may leave open how they end."""


def as_a_whole(sample: Sample, ends: Incidence, base: Scenario) -> Found:
    """Yield pass shares, think times and rate of no decision that give what the file shows.

    Share won, share without decision and mean days of a win are three numbers; the scenario has
    nine. All pass shares are taken to the same power, all think times by the same factor.
    """
    if why := _too_little(ends):
        yield from _all_kept(base, why)
        return
    told = bool(base.funnel.no_decision_per_week) and int(ends.counts[UNDECIDED - 1]) >= FEWEST
    observed, covariance = _observed(ends, told)
    found = _solved(base, observed, covariance, told)
    if found is None:
        yield from _all_kept(base, NO_SOLUTION)
        return
    rows = int(ends.counts.sum())
    yield from _translated(base, found, rows, int(ends.counts[WON - 1]))
    path = "funnel.no_decision_per_week"
    if told:
        per_week = found[2].through(lambda x: 5.0 * math.exp(x))
        yield estimated(path, per_week, int(ends.counts[UNDECIDED - 1]), RATE)
    else:
        yield Kept(path, base.funnel.no_decision_per_week, NOT_TOLD)
    yield Kept("funnel.think_cv", base.funnel.think_cv, ONLY_TOTALS)


def _too_little(ends: Incidence) -> Text | None:
    won, lost = int(ends.counts[WON - 1]), int(ends.counts[LOST - 1])
    if won < FEWEST or lost < FEWEST:
        return few_rows(min(won, lost), "deals won, or lost", "个赢单或丢单")
    if ends.undecided > MOST_UNDECIDED:
        return said(
            f"{ends.undecided:.0%} of the deals are open at the age up to which the file follows "
            "them: it is too short, or old deals were never closed",
            f"在文件可追踪的最长时间内仍有 {ends.undecided:.0%} 的商机未结："
            "时间跨度太短，或旧商机一直未关闭",
        )
    return None


def _observed(ends: Incidence, told: bool) -> tuple[Array, Array]:
    """Share won, share without decision, mean days of a win; their covariance (delta method)."""
    sums = np.concatenate([ends.shares, ends.day_sums])
    kinds, total = len(ends.shares), float(ends.shares.sum())
    won, undecided, days = WON - 1, UNDECIDED - 1, kinds + WON - 1
    values = np.array([sums[won] / total, sums[undecided] / total, sums[days] / sums[won]])
    slopes = np.zeros((3, len(sums)))
    slopes[0, :kinds] -= values[0] / total
    slopes[1, :kinds] -= values[1] / total
    slopes[0, won] += 1.0 / total
    slopes[1, undecided] += 1.0 / total
    slopes[2, [days, won]] = 1.0 / sums[won], -values[2] / sums[won]
    kept = [0, 2, 1] if told else [0, 2]
    return values[kept], (slopes @ ends.covariance @ slopes.T)[np.ix_(kept, kept)]


def _solved(base: Scenario, observed: Array, covariance: Array, told: bool) -> list[Range] | None:
    """Power, factor and, if told, rate in logarithms."""
    per_day = math.log(max(base.funnel.no_decision_per_week, 1e-9) / 5.0)

    def model(x: Array) -> Array:
        won, undecided, days = expected(base, np.append(x[:2], x[2] if told else per_day))
        return np.array([won, days, undecided] if told else [won, days])

    start = np.array([0.0, 0.0, per_day] if told else [0.0, 0.0])
    return solve(model, observed, covariance, start)


def _translated(
    base: Scenario, found: list[Range], rows: int, won: int
) -> Iterator[Estimated | Kept]:
    power, factor = (each.through(math.exp) for each in found[:2])
    for name in STAGES:
        old, path = getattr(base.funnel.stages, name), f"funnel.stages.{name}"
        passes = power.through(partial(pow, old.pass_share))
        if 0.0 < old.pass_share < 1.0:
            yield estimated(f"{path}.pass_share", passes, rows, POWER)
        else:
            yield Kept(f"{path}.pass_share", old.pass_share, CERTAIN)
        if old.think_days > 0:
            thinks = factor.times(old.think_days)
            yield estimated(f"{path}.think_days", thinks, won, FACTOR)
        else:
            yield Kept(f"{path}.think_days", 0.0, CERTAIN)


def _all_kept(base: Scenario, why: Text) -> Iterator[Kept]:
    for name in STAGES:
        old, path = getattr(base.funnel.stages, name), f"funnel.stages.{name}"
        yield Kept(f"{path}.pass_share", old.pass_share, why)
        yield Kept(f"{path}.think_days", old.think_days, why)
    for name in ("no_decision_per_week", "think_cv"):
        yield Kept(f"funnel.{name}", getattr(base.funnel, name), why)


POWER = said(
    "the file tells the share won (Aalen-Johansen, open deals count as not decided yet), not the "
    "stage in which deals were lost: the pass shares of the base scenario, all to one power, so "
    "that the share won is that of the file",
    "文件只给出赢单率（Aalen-Johansen 法，未结商机视为尚无结果），没有丢单所处的阶段："
    "将基础场景各阶段通过率取同一次幂，使赢单率与文件一致",
)
FACTOR = said(
    "the file tells the days from creation to winning, not those in each stage: the think times of "
    "the base scenario, all by one factor, desk work of the base taken off",
    "文件只给出从创建到赢单的天数，没有各阶段的天数：扣除基础场景中内部部门的处理天数后，"
    "将各阶段考虑时间乘以同一系数",
)
RATE = said(
    "from the share of deals that ended without a decision and the time of negotiating above",
    "由以“不作决定”告终的商机占比和上述谈判时间推得",
)
NOT_TOLD = said(
    "the file does not tell deals without a decision from lost ones (loss reason)",
    "文件没有把客户未作决定的商机与丢单区分开（丢单原因）",
)
ONLY_TOTALS = said(
    "needs the days on which deals entered their stages",
    "需要商机进入各阶段的日期",
)
CERTAIN = said("0 or 1 in the base scenario: it stays so", "基础场景中为 0 或 1，保持不变")
NO_SOLUTION = said(
    "no funnel of the base scenario's form has the share won and the times of this file; with the "
    "days on which deals entered their stages it could be fitted",
    "基础场景的漏斗结构无法同时符合文件中的赢单率和时间；如有进入各阶段的日期则可拟合",
)
