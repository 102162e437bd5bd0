"""Figures of an order history that a scenario has no place for, but a report has."""

import numpy as np

from simkit.scenario.fit.found import Estimated
from simkit.scenario.fit.numbers import Z90
from simkit.scenario.fit.orders.order_table import Histories
from simkit.scenario.fit.orders.rates_fit import MOST
from simkit.scenario.likelihood import Array
from simkit.scenario.pareto_nbd import ParetoNbd, fit_pareto_nbd
from simkit.scenario.record import Text

RESAMPLES = 200
SEED = 20240331
"""Of the bootstrap; any number does."""
PARETO = Text(
    en="Pareto/NBD, each customer's first order taken as its start (Schmittlein et al. 1987); "
    "maximum likelihood; alpha and beta in weeks; orders of one day count once",
    zh="Pareto/NBD 模型（Schmittlein 等 1987），以客户首单为起点；极大似然估计；"
    "alpha、beta 的单位为周；同日订单合并计一次",
)
BEST_FIFTH = Text(
    en="share of the best fifth of the customers in all money; bootstrap over customers",
    zh="金额最高的五分之一客户占总金额的比重；按客户自助抽样",
)


def pareto_nbd(histories: Histories) -> ParetoNbd:
    """Return the Pareto/NBD fit of order days, as `customers: orders:` of a scenario has it."""
    kept = np.arange(0, len(histories), -(-len(histories) // MOST))
    return fit_pareto_nbd(histories.days[kept] - 1, histories.span[kept], histories.age[kept])


def figures_of(histories: Histories, rows: int) -> list[Estimated]:
    """Return the Pareto/NBD parameters and the concentration of revenue, with intervals."""
    fit = pareto_nbd(histories)
    found = []
    for name in ("r", "alpha", "s", "beta"):
        value, error = getattr(fit, name), fit.standard_errors[name]
        reach = Z90 * error / value if error is not None else np.inf
        low, high = (value * float(np.exp(np.clip(k * reach, -50, 50))) for k in (-1, 1))
        found.append(Estimated(f"pareto_nbd.{name}", value, low, high, rows, PARETO))
    spent = histories.money[histories.money > 0]
    if len(spent) >= 5:
        low, high = _bootstrap(spent)
        found.append(Estimated("figure.best_fifth", best_fifth(spent), low, high, rows, BEST_FIFTH))
    return found


def best_fifth(money: Array) -> float:
    """Return the share of the best fifth of the customers in all money."""
    falling = np.sort(money)[::-1]
    return float(falling[: max(1, round(0.2 * len(falling)))].sum() / falling.sum())


def _bootstrap(money: Array) -> tuple[float, float]:
    rng = np.random.Generator(np.random.Philox(SEED))
    money = money[: MOST * 5]
    found = [best_fifth(money[rng.integers(len(money), size=len(money))]) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [0.05, 0.95])
    return float(low), float(high)
