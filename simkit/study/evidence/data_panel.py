"""Real sales calls against real sales: 1,000 physicians over 23 months (bayesm, detailing).

Fact 2 on the data themselves; what the engine's response curve makes of the real calls; a
prediction of months 16 to 23 from months 1 to 15. Fact 2 itself runs the same estimators on the
engine (facts_calls, facts_years).
"""

from collections.abc import Mapping

import numpy as np

from simkit.region.response import call_response, carry_over
from simkit.scenario.library import load_scenario
from simkit.scenario.likelihood import Array
from simkit.scenario.market_blocks import Response
from simkit.study.evidence.data_cdnow import WIDE, best_fifth, mape
from simkit.study.evidence.families import Task
from simkit.study.evidence.panel import (
    Fit,
    fixed_effects_poisson,
    pooled_poisson,
    within_poisson,
)
from simkit.study.evidence.row import Row, mean_and_error
from simkit.study.evidence.sources import Finding, Line, bayesm, judge, within

PANEL = "Manchanda, Rossi and Chintagunta 2004, JMR 41(4) 467-478 (data); recomputed from bayesm"
MONTHS = 23
KNOWN = 15
"""Months that a prediction may know the scripts of."""
STEPS = 4
"""Steps of a month, about weeks."""
SAME, FIVE = (0.03, 0.07), (0.10, 0.20)
"""Bands of fact 2."""
WHY_STRONG = (
    "the curve is calibrated to the mean of all industries, and these physicians answer calls more "
    "weakly, as pharmaceuticals do on average"
)
WHY_LATE = (
    "a call acts from the following week on and fades slowly, so that little of its effect falls "
    "into the month in which it is made"
)
WHY_FALLING = (
    "scripts fell while calls rose: something else moved the market, and calls alone cannot know it"
)


def physicians() -> tuple[Array, Array]:
    """Return scripts and calls, arrays (1,000 physicians, 23 months), or NotInstalledError."""
    table = bayesm("detailing")["counts"].sort_values("id", kind="stable")
    names = ("scripts", "detailing")
    scripts, calls = (table[name].to_numpy(float).reshape(-1, MONTHS) for name in names)
    return scripts, calls


# The published estimates, again

REFIT = [
    Line("detailing: pooled", "elasticity of scripts to calls", PANEL, *within(0.293, 0.02)),
    Line(
        "detailing: within, same month",
        "the same within physicians and months",
        PANEL,
        *within(0.052, 0.02),
    ),
    Line(
        "detailing: within, five months",
        "with the calls of the four months before",
        PANEL,
        *within(0.154, 0.02),
    ),
    Line("detailing: best fifth", "share of the best fifth in all scripts", PANEL, *WIDE, 0.583),
]


def detailing_fit() -> list[Row]:
    """Estimate on the real panel what calls do, between and within physicians (fact 2)."""
    return judge(REFIT, _refit)


def _refit() -> Mapping[str, Finding]:
    scripts, calls = physicians()
    found = {
        f"detailing: {name}": Finding(fit.elasticity, note=f"s.e. {fit.standard_error:.3f}")
        for name, fit in estimates(scripts, calls).items()
    }
    return {**found, "detailing: best fifth": Finding(best_fifth(scripts.sum(1)))}


def estimates(counts: Array, calls: Array) -> dict[str, Fit]:
    """Return the three estimates of fact 2 of a panel (accounts, months), by name."""
    return {
        "pooled": pooled_poisson(counts, calls),
        "within, same month": within_poisson(counts, calls),
        "within, five months": within_poisson(counts, calls, lags=4),
    }


# The shipped response curve on the real calls

CURVE = [
    Line(
        "detailing: our curve, same month",
        "what our response curve and carry-over make of the real calls, within physicians",
        PANEL,
        *SAME,
        role="E",
        why=WHY_LATE,
    ),
    Line(
        "detailing: our curve, five months",
        "the same with the calls of the four months before",
        PANEL,
        *FIVE,
        role="E",
    ),
]


def detailing_curve() -> list[Row]:
    """Let the engine's response functions with the shipped numbers answer the real calls.

    Every physician keeps the real total; the curve only says in which month the scripts fall.
    """
    return judge(CURVE, _answer_calls)


def _answer_calls() -> Mapping[str, Finding]:
    scripts, calls = physicians()
    factors = response_factors(calls, MONTHS)
    expected = factors * (scripts.sum(1) / factors.sum(1))[:, None]
    same, five = within_poisson(expected, calls), within_poisson(expected, calls, lags=4)
    real = estimates(scripts, calls)
    return {
        CURVE[0].id: Finding(same.elasticity, expected=real["within, same month"].elasticity),
        CURVE[1].id: Finding(five.elasticity, expected=real["within, five months"].elasticity),
    }


def response_factors(calls: Array, known: int, response: Response | None = None) -> Array:
    """Return the factor on demand of each account and month, (accounts, months).

    A month is four equal steps, over which its `calls` are spread evenly; a call acts from the next
    step on. The reference rate is the mean over the first `known` months, and everybody's goodwill
    begins at its own mean of these months.
    """
    response = response or load_scenario("region_40").response
    kept = response.carry_over ** (52 / 12 / STEPS)
    reference = calls[:, :known].mean()
    goodwill = calls[:, :known].mean(1) / reference
    factors = np.zeros_like(calls)
    for month, rate in enumerate(calls.T / reference):
        for _ in range(STEPS):
            answer = call_response(goodwill, response.floor, response.ceiling, response.half)
            factors[:, month] += answer / STEPS
            goodwill = carry_over(goodwill, rate, kept)
    return factors


# Months 16 to 23 from months 1 to 15

FORECAST = [
    Line(
        "detailing: months 16-23, total",
        "scripts predicted from the calls over the real ones, our band",
        PANEL,
        0.9,
        1.1,
        1.0,
        "E",
        WHY_FALLING,
    ),
    Line(
        "detailing: months 16-23, monthly error",
        "mean absolute error of monthly totals against that of carrying on the mean of months "
        "1-15, our band",
        PANEL,
        0.0,
        1.0,
        role="E",
        why=WHY_FALLING,
    ),
    Line(
        "detailing: months 16-23, strength",
        "strength of the shipped curve that the new months ask for; 1 is as shipped, our band",
        PANEL,
        0.5,
        1.5,
        1.0,
        "E",
        WHY_STRONG,
    ),
    Line(
        "detailing: months 16-23, gain",
        "log-likelihood gained per physician by knowing the calls, strength fitted on months 1-15; "
        "our band: more than 0",
        PANEL,
        0.0,
        10.0,
        role="E",
    ),
]


def detailing_forecast() -> list[Row]:
    """Fit physicians on months 1 to 15, predict 16 to 23 from the calls made then."""
    return judge(FORECAST, _forecast)


def _forecast() -> Mapping[str, Finding]:
    scripts, calls = physicians()
    factors, later = response_factors(calls, KNOWN), scripts[:, KNOWN:]
    expected = levels(scripts, factors)[:, None] * factors[:, KNOWN:]
    ratio = expected.sum() / later.sum()
    apart = expected.sum(1) - ratio * later.sum(1)
    error = float(np.sqrt((apart**2).sum()) / later.sum())
    naive = np.full(MONTHS - KNOWN, scripts[:, :KNOWN].sum(0).mean())
    missed = mape(expected.sum(0), later.sum(0)) / mape(naive, later.sum(0))
    strength = _strength(later, factors[:, KNOWN:])
    fitted = _strength(scripts[:, :KNOWN], factors[:, :KNOWN])[0]
    found = [
        Finding(float(ratio), error),
        Finding(float(missed)),
        Finding(*strength, note=f"months 1-15 ask for {fitted:.2f}"),
        Finding(*gain(scripts, factors**fitted)),
    ]
    return {line.id: finding for line, finding in zip(FORECAST, found, strict=True)}


def levels(scripts: Array, factors: Array) -> Array:
    """Return the scripts per month of each physician at factor 1: posterior mean, gamma prior.

    The prior is fitted by moments; only months 1 to 15 are looked at.
    """
    total, exposure = scripts[:, :KNOWN].sum(1), factors[:, :KNOWN].sum(1)
    mean, variance = total.mean(), total.var(ddof=1)
    shape = mean**2 / (variance - mean)
    return np.asarray((shape + total) / (shape * exposure.mean() / mean + exposure))


def _strength(counts: Array, factors: Array) -> tuple[float, float]:
    """Return the power of the factors that fits the counts best within physicians and months."""
    seen = counts.sum(1) > 0
    b, covariance = fixed_effects_poisson(counts[seen], np.log(factors[seen])[:, :, None])
    return float(b[0]), float(np.sqrt(covariance[0, 0]))


def gain(scripts: Array, factors: Array) -> tuple[float, float]:
    """Return the mean log-likelihood gained per physician over knowing no calls, and its s.e.

    Both predictions get the real total of each month: what is compared is who prescribes when.
    """
    later, flat = scripts[:, KNOWN:], np.ones_like(factors)
    total = later.sum(0)
    logs = []
    for known in (factors, flat):
        expected = levels(scripts, known)[:, None] * known[:, KNOWN:]
        logs.append(np.log(expected * (total / expected.sum(0))))
    return mean_and_error((later * (logs[0] - logs[1])).sum(1).tolist())


TASKS: list[Task] = [
    ("detailing fit", detailing_fit, {}, False, 2),
    ("detailing curve", detailing_curve, {}, False, 0.6),
    ("detailing forecast", detailing_forecast, {}, False, 0.4),
]
