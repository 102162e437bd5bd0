"""What the engine's funnel does on average, in formulas: to translate what a CRM shows into it."""

import math

import numpy as np

from simkit.scenario.fit.deals.incidence import Array
from simkit.scenario.records import Scenario

_U = (np.arange(800) + 0.5) / 800
"""Equal steps of chance over which means are taken."""


def persuasion(base: Scenario) -> float:
    """Return the mean factor of discounts on the chance that a negotiation succeeds.

    The engine multiplies the pass share of negotiations by price^-elasticity, 1 at the usual price.
    """
    limit, used = base.funnel.discount_limit_share, base.funnel.discount_used_share
    if not base.market.on or used <= 0.0 or limit <= 0.0:
        return 1.0
    price = (1.0 - limit * _U ** (1.0 / used - 1.0)) / (1.0 - limit * used)
    return float((price**-base.market.price_elasticity).mean())


def desk_work(base: Scenario, desk: str) -> Array:
    """Return times of work of a desk, at equal steps of chance.

    Before the legal desk, large deals wait for headquarters: their share of the times is longer.
    """
    settings = getattr(base.desks, desk)
    found = float(settings.service_days) * law_points(settings.law, settings.cv, 20)
    if desk == "legal" and base.desks.approval_days > 0:
        large = round(5 * _share_above(base, base.desks.approval_limit))
        later = found + base.desks.approval_days
        found = np.concatenate([found] * (5 - large) + [later] * large)
    return found


def _share_above(base: Scenario, limit: float) -> float:
    """Share of deals with a value above `limit`."""
    sigma = base.funnel.deal_sigma
    if sigma == 0.0:
        return float(base.funnel.deal_value > limit)
    away = math.log(limit / base.funnel.deal_value) / sigma + sigma / 2.0
    return 0.5 * math.erfc(away / math.sqrt(2.0))


def law_points(law: str, cv: float, count: int = 800) -> Array:
    """Return times of a law of the engine with mean 1, at equal steps of chance."""
    from scipy.special import ndtri

    steps = (np.arange(count) + 0.5) / count
    if law == "exponential":
        found: Array = -np.log1p(-steps)
    elif law == "lognormal" and cv > 0:
        sigma = math.sqrt(math.log1p(cv * cv))
        found = np.exp(sigma * ndtri(steps) - sigma * sigma / 2.0)
    else:
        found = np.ones(count)
    return found / float(found.mean())


def _desk_days(base: Scenario) -> float:
    return sum(float(desk_work(base, name).mean()) for name in ("quote", "legal"))


def patience(base: Scenario) -> float:
    """Return the share of negotiations of the base that come to a decision."""
    funnel = base.funnel
    days = funnel.stages.negotiate.think_days * law_points(funnel.think_law, funnel.think_cv)
    return float(np.exp(-funnel.no_decision_per_week / 5.0 * days).mean())


def expected(base: Scenario, x: Array) -> Array:
    """Return shares won and without decision, and mean days of a win, of a changed funnel.

    `x`: logarithms of the power of the base's pass shares, of the factor on its think times, and
    of the rate of no decision a day.
    """
    power, factor, per_day = np.exp(x)
    think, stages, work = base.funnel, base.funnel.stages, _desk_days(base)
    negotiating = factor * stages.negotiate.think_days * law_points(think.think_law, think.think_cv)
    patient = np.exp(-per_day * negotiating)
    reached = (stages.qualify.pass_share * stages.quote.pass_share) ** power
    signed = (stages.negotiate.pass_share * stages.contract.pass_share) ** power * persuasion(base)
    decided = float(patient.mean())
    others = stages.qualify.think_days + stages.quote.think_days + stages.contract.think_days
    days = factor * others + float((negotiating * patient).mean()) / decided + work
    return np.array([reached * decided * signed, reached * (1.0 - decided), days])
