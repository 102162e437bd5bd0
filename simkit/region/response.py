"""Sales response functions: pure formulas, each with its unit and source.

Only `+ - * /` where whole columns of customers go in, so that every machine gives the same bits;
`math` where single numbers go in.
"""

import math
from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)


def call_response(goodwill: Number, floor: float, ceiling: float, half: float) -> Number:
    """Return the factor on demand at a `goodwill` (1 at the reference call rate).

    `floor` without calls, rising towards `ceiling`. With floor .50, ceiling 1.5345, half 1.069 the
    factor is 1 and the elasticity .26 at goodwill 1. Source: ADBUDG with exponent 1 (Little 1970),
    as in CALLPLAN (Lodish 1971); elasticity: Albers, Mantrala and Sridhar 2010.
    """
    return floor + (ceiling - floor) * goodwill / (goodwill + half)


def steepness_of(floor: float, ceiling: float, half: float) -> tuple[float, float]:
    """Return slope and curvature of `call_response` at goodwill 1, relative to its value there.

    Slope: the elasticity (ceiling - floor) half / (1 + half)^2 / R(1); curvature: minus the second
    derivative, 2 (ceiling - floor) half / (1 + half)^3 / R(1).
    """
    level = call_response(1.0, floor, ceiling, half)
    slope = (ceiling - floor) * half / (1.0 + half) ** 2 / level
    return slope, 2.0 * slope / (1.0 + half)


def carry_over(goodwill: Number, calls: Number, share: float) -> Number:
    """Return next week's goodwill; `calls` are relative to the reference call rate.

    Source: geometric carry-over (adstock), long-run multiplier 1/(1 - share).
    """
    return share * goodwill + (1.0 - share) * calls


def relationship_response(relationship: Number, loss_share: float) -> Number:
    """Return the factor on demand when the customer knows the rep to the degree `relationship`.

    1 at full relationship, 1 - loss_share for a new rep. Size: Shi et al. 2017, JM 81(2).
    """
    return 1.0 - loss_share * (1.0 - relationship)


def build_share(build_weeks: float) -> float:
    """Return the share of the missing relationship that one week builds: 1 - exp(-1/weeks)."""
    return 1.0 - math.exp(-1.0 / build_weeks)


def skill(ability: float, tenure_weeks: float, start_share: float, ramp_weeks: float) -> float:
    """Return the skill of a rep, 1 for an average experienced one.

    s = a [1 - (1 - s0) exp(-tenure/ramp)]; s0 = .62 and 17 weeks give +53 % in eight months
    (Shaw and Lazear 2008, Labour Economics 15(4)).
    """
    return ability * (1.0 - (1.0 - start_share) * math.exp(-tenure_weeks / ramp_weeks))


def price_response(price: float, elasticity: float) -> float:
    """Return the factor on demand at a relative `price` (1 is the reference): price^-elasticity.

    Source: constant elasticity; mean -2.62 over 1,851 estimates for consumer goods (Bijmolt et al.
    2005, JMR 42(2)); the default of 1.8 for trade customers is an assumption.
    """
    return math.pow(price, -elasticity)


def competitor_response(price: float, cross_elasticity: float) -> float:
    """Return the factor on demand at a relative competitor's `price`: price^cross_elasticity.

    Source: cross-price elasticity, mean .26 over 7,264 estimates (Auer and Papies 2020, JAMS).
    """
    return math.pow(price, cross_elasticity)


def promotion_response(spend: float, reference: float, elasticity: float) -> float:
    """Return the factor on demand of promotion money `spend` above what is usual (`reference`).

    (1 + spend/reference)^elasticity; mean advertising elasticity .12 (Sethuraman et al. 2011).
    """
    return math.pow(1.0 + spend / reference, elasticity)


def satisfaction_response(satisfaction: float, reference: float, slope: float) -> float:
    """Return the factor on demand at a `satisfaction` in [0, 1]: exp(slope (s - reference))."""
    return math.exp(slope * (satisfaction - reference))


def loss_response(satisfaction: float, reference: float, steepness: float, most: float) -> float:
    """Return the factor on the rate at which a customer leaves, at most `most`."""
    return min(most, math.exp(-steepness * (satisfaction - reference)))


def freshness(age_days: float, within_day: float, later: float) -> float:
    """Return the factor on the chance of qualifying a lead answered `age_days` after it came.

    1 within an hour (an eighth of a working day). Direction: Oldroyd et al. 2011, HBR; the sizes
    are softened and an assumption.
    """
    if age_days <= 0.125:
        return 1.0
    return within_day if age_days <= 1.0 else later


def season(week: float, share: float, peak_week: float) -> float:
    """Return the factor of the season in `week`: a cosine of amplitude `share`, mean 1."""
    return 1.0 + share * math.cos(2.0 * math.pi * (week - peak_week) / 52.0)


def training_level(level: float, days: float, constant_days: float, fade: float) -> float:
    """Return the training level in [0, 1] after a week with `days` of training."""
    return (1.0 - (1.0 - level) * math.exp(-days / constant_days)) * (1.0 - fade)


def saturating(amount: float, half: float) -> float:
    """Return the share of its greatest effect that `amount` has: amount / (amount + half)."""
    return amount / (amount + half)


def leaving_rate(
    tenure_weeks: float, late_per_year: float, early_per_year: float, early_weeks: float
) -> float:
    """Return the rate a year at which a rep of that tenure leaves: h + h1 exp(-tenure/early).

    Form and sizes: assumption; they give about a quarter of the reps a year.
    """
    return late_per_year + early_per_year * math.exp(-tenure_weeks / early_weeks)
