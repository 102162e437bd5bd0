"""M5: what one more sale is worth to a rep under a pay plan, and how hard the rep works for it.

The rep expects normally distributed sales until the end of the quarter or year. The marginal
incentive is the expected pay for one more unit of sales: commission, the density of just reaching
the quota times the bonus, and over-achievement pay times the chance of it, each discounted the
farther away payday is. Form: dynamic effort under quotas as in Misra and Nair 2011, QME 9, and
Chung, Steenburgh and Sudhir 2014, Marketing Science 33(2); hyperbolic discount: the latter's
present bias; sizes: assumption.
"""

import math
from typing import NamedTuple

from simkit.scenario.people_blocks import Effort, PayPlan

_ROOT_TWO, _ROOT_TWO_PI = math.sqrt(2.0), math.sqrt(2.0 * math.pi)


class Outlook(NamedTuple):
    """What a rep knows at the start of a week about a quarter or a year that ends some time.

    `sold` and `quota` of the period, sales expected until its end and their standard deviation
    (all in money), and the `weeks_left` of it, this one included.
    """

    sold: float
    quota: float
    expected: float
    spread: float
    weeks_left: int

    def distance(self, attainment: float) -> float:
        """Return how many standard deviations more than expected `attainment` needs."""
        return (attainment * self.quota - self.sold - self.expected) / self.spread


def discount(weeks_left: int, present_bias: float) -> float:
    """Return what pay at the end of the week `weeks_left` weeks on counts: 1/(1 + k (w - 1))."""
    return 1.0 / (1.0 + present_bias * (weeks_left - 1))


def normal_density(z: float) -> float:
    """Return the standard normal density at `z`."""
    return math.exp(-0.5 * z * z) / _ROOT_TWO_PI


def normal_chance(z: float) -> float:
    """Return the chance that a standard normal value is below `z`."""
    return 0.5 * math.erfc(-z / _ROOT_TWO)


def sales_incentive(plan: PayPlan, quarter: Outlook, present_bias: float) -> float:
    """Return expected commission and over-achievement pay for one more unit of sales.

    A commission from the first sale on is felt at once; what depends on the quarter's result is
    discounted. A ratchet takes part of over-achievement back through the next quota.
    """
    if quarter.quota <= 0:
        return plan.commission_share
    later = discount(quarter.weeks_left, present_bias)
    below_cap = 1.0 if plan.cap is None else normal_chance(quarter.distance(plan.cap))
    if plan.commission_from > 0:
        share = below_cap - normal_chance(quarter.distance(plan.commission_from))
        commission = plan.commission_share * later * max(0.0, share)
    else:
        commission = plan.commission_share * below_cap
    over = max(0.0, below_cap - normal_chance(quarter.distance(1.0)))
    return commission + later * plan.over_share * over * (1.0 - plan.ratchet_share)


def bonus_incentive(bonus: float, period: Outlook, present_bias: float) -> float:
    """Return the expected bonus for one more unit of sales; nothing once the quota is reached."""
    if bonus <= 0 or period.quota <= 0 or period.sold >= period.quota:
        return 0.0
    density = normal_density(period.distance(1.0)) / period.spread
    return discount(period.weeks_left, present_bias) * bonus * density


def effort(settings: Effort, incentive: float, recognition: float = 0.0) -> float:
    """Return the effort of a week, 1 in a usual one: base + slope x incentive, within limits.

    `incentive` is in units of `reference_pay_share`. Linear: quadratic cost of effort.
    """
    wanted = settings.base + settings.slope * incentive + recognition
    return min(settings.most, max(settings.least, wanted))
