"""What a pay plan promises: pay, marginal incentive and effort of a typical rep, weak spots.

The formulas of effort are those of the engine (`simkit.region.incentive`); what is expected of a
quarter is normally distributed sales.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from simkit.region.incentive import (
    Outlook,
    bonus_incentive,
    effort,
    normal_chance,
    normal_density,
    sales_incentive,
)
from simkit.region.response import saturating
from simkit.scenario.pay_plans import ReferencePlan
from simkit.scenario.people_blocks import ATTAINMENTS, Effort, PayPlan

if TYPE_CHECKING:
    import pandas as pd

QUARTER, YEAR = 13, 52
PACES = {"behind": 0.6, "on": 1.0, "ahead": 1.4}
"""What reps have sold so far, as a share of what they should have sold by then."""
LAST_WEEKS = 4
SLACK = 0.10
"""Effort that is lower by this share than that of a rep on course counts as giving up or coasting
(assumption)."""
CLIFF_SHARE = 0.10
"""A bonus that is this share of the pay of a quarter or more counts as a cliff (assumption)."""


@dataclass(frozen=True, slots=True)
class TypicalRep:
    """A rep as past quarters show the team; money of a quarter unless it says otherwise."""

    quota: float
    expected: float
    """Mean sales."""
    spread: float
    """Standard deviation of sales over reps and quarters."""
    week_spread: float
    """Standard deviation of a single rep's sales from week to week."""
    team: int
    """Number of reps."""

    def on_quota(self, quota_share: float = 1.0) -> "TypicalRep":
        """Return the same rep with sales that are expected to be just that share of the quota."""
        return replace(self, expected=self.quota * quota_share)


# --- pay


def expected_pay(plan: PayPlan, rep: TypicalRep) -> dict[str, float]:
    """Return what a rep can expect in a year, in money, by part of the pay.

    Parts: salary, commission, over_achievement, quarter_bonus, annual_bonus, contest. Sales of a
    quarter are normal, quarters independent; a contest is won by everybody equally often.
    """
    mean, spread, quota = rep.expected, rep.spread, rep.quota * plan.quota_share
    top = math.inf if plan.cap is None else plan.cap * quota
    base = _between(mean, spread, plan.commission_from * quota, top)
    over = _between(mean, spread, quota, top)
    reached = normal_chance((mean - quota) / spread)
    year_reached = normal_chance((mean - quota) * 4.0 / (spread * 2.0))
    return {
        "salary": plan.salary_per_year,
        "commission": 4.0 * plan.commission_share * base,
        "over_achievement": 4.0 * plan.over_share * over,
        "quarter_bonus": 4.0 * plan.quarter_bonus * reached,
        "annual_bonus": plan.annual_bonus * year_reached,
        "contest": 4.0 * plan.contest_prize / max(1, rep.team),
    }


def _between(mean: float, spread: float, low: float, high: float) -> float:
    """Expected sales that lie above `low` and below `high`."""
    if low >= high:
        return 0.0
    above = _excess(mean, spread, low) if low > 0 else mean
    return above - (_excess(mean, spread, high) if high < math.inf else 0.0)


def _excess(mean: float, spread: float, level: float) -> float:
    """Return E[max(0, X - level)] of a normal X: sd phi(z) + (mean - level) Phi(z)."""
    z = (mean - level) / spread
    return spread * normal_density(z) + (mean - level) * normal_chance(z)


def plan_of(reference: ReferencePlan, pay_per_year: float, rep: TypicalRep) -> PayPlan:
    """Return a reference plan in money: each part's expected pay is its share of `pay_per_year`.

    Expected for a rep whose expected sales are just the quota, so that all plans cost the same
    there; to whole money and thousandths of a per cent, as a person would write them.
    """
    rules = {name: getattr(reference, name) for name in ("commission_from", "cap", "ratchet_share")}
    units = {"commission_share": 1.0, "over_share": 1.0, "quarter_bonus": 1.0, "annual_bonus": 1.0}
    of_one = expected_pay(PayPlan(salary_per_year=0, **units, **rules), rep.on_quota())
    share = {part: amount * pay_per_year for part, amount in reference.mix}
    return PayPlan(
        salary_per_year=round(share["salary"]),
        commission_share=round(share["commission"] / of_one["commission"], 5),
        over_share=round(share["over_achievement"] / of_one["over_achievement"], 5),
        quarter_bonus=round(share["quarter_bonus"] / of_one["quarter_bonus"]),
        annual_bonus=round(share["annual_bonus"] / of_one["annual_bonus"]),
        **rules,
    )


def payout_curve(
    plan: PayPlan, quota: float, attainments: Iterable[float] = ATTAINMENTS
) -> "pd.DataFrame":
    """Return the pay of a quarter by attainment, in money; without annual bonus and contest.

    Index: attainment (share of quota). Columns: salary, commission, over_achievement,
    quarter_bonus, pay (all of them).
    """
    import pandas as pd

    salary, quota = plan.salary_per_year / 4.0, quota * plan.quota_share
    shares = [*attainments]
    rows = [{"salary": salary, **plan.quarter_parts(a * quota, quota)} for a in shares]
    table = pd.DataFrame(rows, index=pd.Index(shares, name="attainment"))
    return table.assign(pay=table.sum(axis=1))


# --- effort


def incentive(
    plan: PayPlan, rep: TypicalRep, week: int, pace: float, present_bias: float, quarter: int = 3
) -> float:
    """Return the expected pay for one more unit of sales in `week` (1 to 13) of a quarter.

    The rep has sold `pace` times what was due by then, in this quarter and in the year's earlier
    ones, and expects to go on with `rep.expected`. As in `simkit.region.payroll`, but for the
    season and the contest.
    """
    quota, past = rep.quota * plan.quota_share, week - 1
    due, usual = quota / QUARTER, rep.expected / QUARTER

    def outlook(weeks: int, done: int) -> Outlook:
        left = weeks - done
        spread = rep.week_spread * math.sqrt(left)
        return Outlook(pace * due * done, due * weeks, usual * left, spread, left)

    now = outlook(QUARTER, past)
    paid = sales_incentive(plan, now, present_bias)
    paid += bonus_incentive(plan.quarter_bonus, now, present_bias)
    year = outlook(YEAR, past + QUARTER * (quarter - 1))
    return paid + bonus_incentive(plan.annual_bonus, year, present_bias)


def effort_over_quarter(
    plan: PayPlan,
    rep: TypicalRep,
    settings: Effort,
    pace: float,
    recognition_hours: float = 0.0,
    quarter: int = 3,
) -> list[float]:
    """Return the effort (1 is usual) in the 13 weeks of a quarter of a rep at `pace`."""
    praise = settings.recognition_gain * saturating(
        recognition_hours, settings.recognition_half_hours
    )
    if not settings.on:
        return [1.0] * QUARTER
    bias, unit = settings.present_bias, settings.reference_pay_share
    return [
        effort(settings, incentive(plan, rep, week, pace, bias, quarter) / unit, praise)
        for week in range(1, QUARTER + 1)
    ]


def effort_table(
    plan: PayPlan, rep: TypicalRep, settings: Effort, recognition_hours: float = 0.0
) -> "pd.DataFrame":
    """Return the effort of reps behind, on and ahead of course who expect to make what is due.

    Index: week (1 to 13). Columns: the names of `PACES`; effort, 1 is usual.
    """
    import pandas as pd

    usual = rep.on_quota(plan.quota_share)
    lines = {
        name: effort_over_quarter(plan, usual, settings, pace, recognition_hours)
        for name, pace in PACES.items()
    }
    return pd.DataFrame(lines, index=pd.RangeIndex(1, QUARTER + 1, name="week"))


# --- weak spots

Weakness = Literal["cliff", "give_up", "coasting", "low_pay", "no_incentive", "ratchet"]


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """A weak spot of a plan; what `amount` means depends on `kind` (see `weak_spots`)."""

    kind: Weakness
    amount: float


def weak_spots(plan: PayPlan, rep: TypicalRep, settings: Effort, floor: float) -> list[WeakSpot]:
    """Return the weak spots of a plan.

    cliff: one sale decides about the bonus `amount` (money); give_up, coasting: in the last four
    weeks effort of a rep behind, ahead, is lower by `amount` (share) than that of one on course;
    low_pay: pay per year (money) of a rep at 60 % of quota, below `floor`; no_incentive: effort
    (1 is usual) where nothing depends on sales; ratchet: the share of over-achievement lost again.
    """
    found = [*_cliff(plan, rep), *_slack(plan, rep, settings)]
    low = 4.0 * float(payout_curve(plan, rep.quota, [PACES["behind"]])["pay"].iloc[0])
    found += [WeakSpot("low_pay", low)] if low < floor else []
    found += [WeakSpot("ratchet", plan.ratchet_share)] if plan.ratchet_share > 0 else []
    return found


def _cliff(plan: PayPlan, rep: TypicalRep) -> list[WeakSpot]:
    bonus = plan.quarter_bonus
    pay = plan.salary_per_year / 4.0 + plan.quarter_pay(rep.quota, rep.quota)
    return [WeakSpot("cliff", bonus)] if bonus > 0 and bonus >= CLIFF_SHARE * pay else []


def _slack(plan: PayPlan, rep: TypicalRep, settings: Effort) -> list[WeakSpot]:
    means = {}
    usual = rep.on_quota(plan.quota_share)
    for name, pace in PACES.items():
        last = effort_over_quarter(plan, usual, settings, pace)[-LAST_WEEKS:]
        means[name] = math.fsum(last) / LAST_WEEKS
    if settings.on and max(means.values()) <= settings.base:
        return [WeakSpot("no_incentive", means["on"])]
    kinds: dict[str, Weakness] = {"behind": "give_up", "ahead": "coasting"}
    drops = {kind: 1.0 - means[name] / means["on"] for name, kind in kinds.items()}
    return [WeakSpot(kind, drop) for kind, drop in drops.items() if drop >= SLACK]
