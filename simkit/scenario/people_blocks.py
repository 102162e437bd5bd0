"""Numbers on the reps' side: pay plan, effort, leaving and hiring."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from simkit.scenario.block import Block, NotNegative, Positive, Share
from simkit.scenario.record import Mistakes, Record

ATTAINMENTS = tuple(step / 20 for step in range(61))
"""Where a pay plan is looked at: up to three times the quota, in steps of 5 %."""


class PayPlan(Record):
    """What a rep is paid: salary by the week, everything else at the end of the quarter."""

    salary_per_year: NotNegative
    commission_share: Share
    """Share of sales paid as commission."""
    commission_from: Annotated[float, Field(ge=0, le=2)] = 0.0
    """Attainment from which commission is paid; 0: from the first sale, 1: only over quota."""
    over_share: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Added to the commission share for sales over quota; negative: a lower rate there."""
    quarter_bonus: NotNegative = 0.0
    """For a quarter at or over quota."""
    annual_bonus: NotNegative = 0.0
    """For a year (weeks 0 to 51 and so on) at or over its quotas."""
    cap: Positive | None = None
    """Attainment from which further sales are paid nothing; null: no cap."""
    ratchet_share: Share = 0.0
    """Share of what a rep sold above (below) quota that raises (lowers) the next quota."""
    contest_prize: NotNegative = 0.0
    """For the rep with the highest attainment of the quarter."""
    quota_share: Annotated[float, Field(gt=0, le=2)] = 1.0
    """Quota of a rep under this plan, as a multiple of the usual one."""

    @field_validator("cap")
    @classmethod
    def _cap_not_under_quota(cls, cap: float | None) -> float | None:
        if cap is not None and cap < 1:
            message = f"a cap of {cap:g} is under the quota: give 1 or more, or null"
            raise Mistakes([((), message)])
        return cap

    @model_validator(mode="after")
    def _more_sales_never_pay_less(self) -> "PayPlan":
        quota = 1_000_000.0
        pays = [self.quarter_pay(share * quota, quota) for share in ATTAINMENTS]
        for share, before, after in zip(ATTAINMENTS[1:], pays, pays[1:], strict=False):
            if after < before - 1e-6:
                worst = -self.commission_share
                remedy = (
                    f"the plan pays a rep less for selling more, at {share:.0%} of quota: "
                    f"give over_share at least {worst:g}"
                )
                raise Mistakes([(("over_share",), remedy)])
        return self

    def quarter_pay(self, sales: float, quota: float) -> float:
        """Return everything but the salary for a quarter of `sales` against `quota`, in money."""
        return sum(self.quarter_parts(sales, quota).values())

    def quarter_parts(self, sales: float, quota: float) -> dict[str, float]:
        """Return commission, over-achievement pay and bonus of a quarter, in money.

        Without a quota there is commission only.
        """
        if quota <= 0:
            return {"commission": self.commission_share * sales}
        counted = sales if self.cap is None else min(sales, self.cap * quota)
        return {
            "commission": self.commission_share * max(0.0, counted - self.commission_from * quota),
            "over_achievement": self.over_share * max(0.0, counted - quota),
            "quarter_bonus": self.quarter_bonus if sales >= quota else 0.0,
        }


USUAL_PLAN = PayPlan(
    salary_per_year=82_500,
    commission_share=0.0073,
    over_share=0.0073,
    quarter_bonus=7_500,
    annual_bonus=7_500,
    ratchet_share=0.2,
)


class Pay(Block):
    """M5: the pay plans at the start, of senior reps and of new ones."""

    plan: PayPlan = USUAL_PLAN
    new_plan: PayPlan | None = None
    """For reps in their first weeks; null: the same plan."""
    new_weeks: NotNegative = 52
    """How long a rep counts as new."""


class Effort(Block):
    """M5: how hard reps work under their pay plan."""

    on: bool = True
    """false: everybody always works as usual, whatever the plan."""
    base: Positive = 0.70
    """Effort without any incentive; 1 is a usual week."""
    slope: NotNegative = 0.60
    """What one more unit of incentive adds."""
    least: Positive = 0.45
    most: Positive = 1.80
    present_bias: NotNegative = 0.2
    """Pay that is w weeks away counts 1/(1 + bias (w - 1)); 0: as much as pay today."""
    reference_pay_share: Positive = 0.0361
    """Pay per unit of sales that is one unit of incentive: a rep's usual pay over usual sales."""
    closing_share: Share = 0.66
    """Share of an effort that acts on routine orders at once; the rest acts through calls."""
    discount_pull: NotNegative = 0.0
    """How far reps use the discount limit to close deals in time for a bonus; 0: not at all."""
    recognition_gain: NotNegative = 0.05
    """What much instant recognition adds to effort."""
    recognition_half_hours: Positive = 0.5
    """Hours a week and rep that bring half of that."""

    @model_validator(mode="after")
    def _least_below_most(self) -> "Effort":
        if not self.least <= self.base <= self.most:
            remedy = f"base must lie between least ({self.least:g}) and most ({self.most:g})"
            raise Mistakes([(("base",), remedy)])
        return self


class Turnover(Block):
    """M6: reps who leave, vacancies, candidates, newcomers."""

    on: bool = True
    """false: nobody leaves by himself or herself; dismissed ones still do."""
    late_per_year: NotNegative = 0.22
    """Rate of leaving of reps who have been there long."""
    early_per_year: NotNegative = 0.12
    """What comes on top in the first weeks, fading with `early_weeks`."""
    early_weeks: Positive = 52
    missed_gain: Annotated[float, Field(ge=0, le=2)] = 1.0
    """The rate is multiplied by 1 + missed_gain x (share of quotas missed lately - 1/2)."""
    search_weeks: Positive = 3
    """Mean time until candidates are found."""
    notice_weeks: Positive = 3
    """Mean time from the choice until the newcomer begins."""
    shortlist: Annotated[int, Field(ge=1, le=8)] = 3
    cover_share: Share = 0.40
    """Share of the calls of a vacant post that colleagues of the territory take over."""
    experience_weeks_per_year: NotNegative = 2.0
    """Weeks of ramp-up that a year of selling elsewhere saves."""
    recruiting_half: Positive = 2000
    """Money a week and vacancy that makes the search half as long again as fast."""
    recognition_stay: Share = 0.15
    """Share of the rate of leaving that much instant recognition takes away."""
    career_stay: Share = 0.25
    """Share of the rate of leaving that much money for careers takes away."""
    career_half: Positive = 4000
    """Money a year and rep for careers that brings half of that."""


Factor = Annotated[float, Field(ge=0.5, le=2)]


class Practised(Record):
    """Factors on the shares of a rep's deals that pass each stage; 1: as everybody's."""

    qualify: Factor = 1.0
    quote: Factor = 1.0
    negotiate: Factor = 1.0
    contract: Factor = 1.0


class Practice(Block):
    """What practised talks do to deals: a teaching assumption, without evidence behind it.

    It acts from week 0 on, so that the past is the same for whoever practised and who did not.
    """

    reps: dict[str, Practised] = {}
    """By rep; who is not named sells as before."""
