"""Real order histories (CDNOW): the published fit, recovery by the engine, and a hold-out.

Facts 27 to 29. The hold-out knows weeks 1 to 39 and predicts 40 to 78.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from math import exp, log

import numpy as np
from numpy.typing import ArrayLike

from simkit.region.simulation import Simulation
from simkit.scenario.likelihood import Array
from simkit.scenario.pareto_nbd import ParetoNbd, fit_pareto_nbd
from simkit.study.evidence.bg_nbd import fit_bg_nbd
from simkit.study.evidence.cdnow_shop import (
    CUT,
    WEEKS,
    fitted,
    histories,
    known_cohort,
    played,
    real_weekly_repeats,
    sample,
    shop,
    summary,
    weekly_repeats,
)
from simkit.study.evidence.families import Task
from simkit.study.evidence.row import Row, mean_and_error
from simkit.study.evidence.sources import Finding, Line, cdnow, judge, within

PAPER = "Fader, Hardie and Lee 2005, Marketing Science 24(2) 275-284"
SAMPLE = "CDNOW sample, counted (package lifetimes)"
MASTER = "CDNOW, all 23,570 customers, computed (package lifetimes)"
PUBLISHED = ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669)
BG_NBD = {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}
REAL = 1882
"""Repeat order days in weeks 40 to 78."""
WHY_SEASON = (
    "the Pareto/NBD model knows no season, and the shop's autumn was stronger than its summer"
)
WHY_LOYAL = (
    "the shop's most loyal customers stand out more than the fitted spread of rates lets them"
)
WIDE = (0.55, 0.75)
"""Band of fact 29 for the share of the best fifth of the customers."""
NAMES = ("r", "alpha", "s", "beta")


def best_fifth(amounts: Iterable[float]) -> float:
    """Return the share of the best fifth of the buyers in all that was bought."""
    values = np.sort(np.array(list(amounts), float))[::-1]
    return float(values[: round(0.2 * len(values))].sum() / values.sum())


# (i) The published fit

FIT = [
    Line("cdnow: repeat days 1-39", "order days known", SAMPLE, *within(2457, 0)),
    Line("cdnow: repeat days 40-78", "order days to predict", SAMPLE, *within(REAL, 0)),
    *(
        Line(f"cdnow: BG/NBD {name}", "refit by our likelihood", PAPER, *within(value, 0.02))
        for name, value in BG_NBD.items()
    ),
    Line("cdnow: BG/NBD log-likelihood", "its maximum", PAPER, -9582.45, -9582.35, -9582.4),
    *(
        Line(
            f"cdnow: Pareto/NBD {name}",
            "the fit that order histories get",
            PAPER,
            *within(getattr(PUBLISHED, name), 0.02),
        )
        for name in NAMES
    ),
    Line("cdnow: best fifth, spend", "share of the best fifth", MASTER, *WIDE, 0.678),
    Line("cdnow: best fifth, orders", "share of the best fifth", MASTER, *WIDE, 0.579),
]


def cdnow_fit() -> list[Row]:
    """Refit both models on weeks 1 to 39 and count what is in the data (fact 27 (i), 29)."""
    return judge(FIT, _refit)


def _refit() -> Mapping[str, Finding]:
    history = fitted()
    bg, height = fit_bg_nbd(*summary(history))
    weekly = real_weekly_repeats(sample())
    spend, orders = _master()
    values = {
        "repeat days 1-39": weekly[:WEEKS].sum(),
        "repeat days 40-78": weekly[WEEKS:].sum(),
        **{f"BG/NBD {name}": value for name, value in bg.items()},
        "BG/NBD log-likelihood": height,
        **{f"Pareto/NBD {name}": getattr(history.rates, name) for name in NAMES},
        "best fifth, spend": best_fifth(spend),
        "best fifth, orders": best_fifth(orders),
    }
    return {f"cdnow: {name}": Finding(float(value)) for name, value in values.items()}


def _master() -> tuple[Iterable[float], Iterable[float]]:
    """Return money and number of orders of every customer of the full data."""
    spend, orders = defaultdict[str, float](float), defaultdict[str, int](int)
    lines = cdnow("CDNOW_master.txt").read_text(encoding="ascii").splitlines()
    for customer, _, _, amount in map(str.split, lines[1:]):
        spend[customer] += float(amount)
        orders[customer] += 1
    return spend.values(), orders.values()


# (ii) Known customers, simulated and recovered


def cdnow_recovery(replications: int = 5, customers: int = 10_000) -> list[Row]:
    """Let the engine live with the published parameters and fit what it logged (fact 27 (ii)).

    The band is 2 standard errors of a single fit, on the log scale, where they are symmetric;
    measured is the geometric mean over `replications`. Needs no data. With the 2,357 customers
    of the sample 39 weeks do not always pin s and beta down: one fit in eight has no top.
    """
    scenario = known_cohort(PUBLISHED, customers)
    fits = [fit_pareto_nbd(*histories(played(scenario, k + 1))) for k in range(replications)]
    return [row for name in NAMES for row in _recovered(name, fits)]


def _recovered(name: str, fits: list[ParetoNbd]) -> list[Row]:
    truth = getattr(PUBLISHED, name)
    center, error = mean_and_error([log(getattr(fit, name)) for fit in fits])
    errors = [e / getattr(fit, name) for fit in fits if (e := fit.standard_errors[name])]
    reach = 2 * float(np.median(errors)) if errors else 0.0
    line = Line(
        f"cdnow: recovered {name}",
        "customers of the engine with the published parameters, fitted again",
        PAPER,
        truth * exp(-reach),
        truth * exp(reach),
        truth,
        "I",
    )
    value = exp(center)
    return judge([line], lambda: {line.id: Finding(value, value * error)})


# The hold-out


def _holdout_lines() -> list[Line]:
    lines = []
    for how, what in (
        ("cohort", "the cohort lives through its history again and goes on"),
        ("each", "every customer goes on as its own orders let expect"),
    ):
        band = within(REAL, 0.10)
        lines += [
            Line(f"cdnow: weeks 40-78, {how}", what, SAMPLE, *band, role="E", why=WHY_SEASON),
            Line(
                f"cdnow: cumulative error, {how}",
                "mean absolute error of the cumulative orders of weeks 40-78, our band",
                SAMPLE,
                0.0,
                0.10,
                role="E",
                why=WHY_SEASON,
            ),
            Line(
                f"cdnow: weekly error, {how}",
                "weekly mean absolute error against that of carrying on the last quarter's mean, "
                "our band",
                SAMPLE,
                0.0,
                1.0,
                role="E",
                why="single weeks are mostly chance and season, which the model does not know",
            ),
        ]
    for what in ("spend", "orders"):
        name = f"cdnow: best fifth of the engine, {what}"
        text = "share of the best fifth of the buyers of weeks 27-78, the cohort in the engine"
        lines.append(Line(name, text, SAMPLE, *WIDE, role="C", why=WHY_LOYAL))
    return lines


def cdnow_holdout(replications: int = 20) -> list[Row]:
    """Predict weeks 40 to 78 with the engine from weeks 1 to 39 (fact 28), both readings.

    The forecast is the mean over `replications` populations drawn from the fit.
    """
    return judge(_holdout_lines(), partial(_predict, replications))


def _predict(replications: int) -> Mapping[str, Finding]:
    real = real_weekly_repeats(sample())
    found: dict[str, Finding] = {}
    for how in ("cohort", "each"):
        scenario = shop(how)
        runs = [played(scenario, k + 1) for k in range(replications)]
        found |= _errors(how, np.array([weekly_repeats(run) for run in runs]), real)
        if how == "cohort":
            found |= _shares(runs)
    return found


def _errors(how: str, weekly: Array, real: Array) -> dict[str, Finding]:
    """Compare simulated weeks (replications, 39) with the real ones of weeks 1 to 78."""
    known, truth = real[:WEEKS], real[WEEKS:]
    naive = mape(np.full(WEEKS, known[-13:].mean()), truth)

    def cumulative(curves: Array) -> float:
        return mape(curves.mean(0).cumsum(), truth.cumsum())

    def against_naive(curves: Array) -> float:
        return mape(curves.mean(0), truth) / naive

    off = weekly.sum(1).mean() / truth.sum() - 1
    note = f"{off:+.1%} against the real {truth.sum():,.0f}"
    return {
        f"cdnow: weeks 40-78, {how}": Finding(*mean_and_error(weekly.sum(1)), note=note),
        f"cdnow: cumulative error, {how}": Finding(*jackknife(weekly, cumulative)),
        f"cdnow: weekly error, {how}": Finding(*jackknife(weekly, against_naive)),
    }


def _shares(runs: list[Simulation]) -> dict[str, Finding]:
    """Return the best fifth's shares in the last year, each with that of the real data."""
    real_spend, real_orders = defaultdict[str, float](float), defaultdict[str, int](int)
    for order in sample():
        if (order.date - CUT).days > -13 * 7:
            real_spend[order.customer] += order.amount
            real_orders[order.customer] += 1
    pairs = [_last_year(run) for run in runs]
    found = {}
    for what, values, real in (
        ("spend", [spend for spend, _ in pairs], real_spend.values()),
        ("orders", [orders for _, orders in pairs], real_orders.values()),
    ):
        name = f"cdnow: best fifth of the engine, {what}"
        found[name] = Finding(*mean_and_error(values), expected=best_fifth(real))
    return found


def _last_year(run: Simulation) -> tuple[float, float]:
    spend, orders = defaultdict[str, float](float), defaultdict[str, int](int)
    for day, kind, _, _, customer, _, amount, _ in run.world.log:
        if kind == "order" and day >= -13 * 5:
            spend[customer] += amount
            orders[customer] += 1
    return best_fifth(spend.values()), best_fifth(orders.values())


def mape(forecast: ArrayLike, truth: ArrayLike) -> float:
    """Return the mean absolute error as a share of the truth."""
    forecast, truth = np.asarray(forecast, float), np.asarray(truth, float)
    return float(np.mean(np.abs(forecast / truth - 1)))


def jackknife(runs: Array, statistic: Callable[[Array], float]) -> tuple[float, float]:
    """Return a statistic of all runs and its standard error from leaving each out in turn."""
    n = len(runs)
    without = np.array([statistic(np.delete(runs, i, axis=0)) for i in range(n)])
    return statistic(runs), float(np.sqrt((n - 1) * without.var()))


TASKS: list[Task] = [
    ("cdnow fit", cdnow_fit, {}, False, 2),
    ("cdnow hold-out", cdnow_holdout, {}, False, 9),
    (
        "cdnow: recovered",
        cdnow_recovery,
        {"replications": 20, "customers": 23_570},
        True,
        80,
    ),
]
