"""Real prices against real sales: orange juice and cheese (bayesm), and the engine beside them.

Facts 33 and 34. The same regression everywhere: log sales on the logs of all prices, with an
effect for each store, retailer or territory.
"""

from collections.abc import Mapping
from functools import partial
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np

from simkit.region.decision import Decision
from simkit.region.draws import Draws, entity_number
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.likelihood import Array
from simkit.scenario.records import Scenario
from simkit.study.evidence.families import Task
from simkit.study.evidence.panel import within_least_squares
from simkit.study.evidence.row import Row, mean_and_error
from simkit.study.evidence.sources import Finding, Line, bayesm, if_installed, judge, within
from simkit.study.evidence.worlds import happened, play, region, seeds, shock

if TYPE_CHECKING:
    import pandas as pd

BAYESM = "Dominick's store data and cheese in bayesm (Rossi, Allenby and McCulloch), recomputed"
BIJMOLT = "Bijmolt, van Heerde and Pieters 2005, JMR 42(2); data: bayesm, recomputed"
AUER = "Auer and Papies 2020, JAMS; data: bayesm, recomputed"
BRANDS = range(1, 12)
OWN, CROSS = (-3.2, -1.5), (0.05, 0.35)
"""Bands of facts 33 and 34."""
CONSUMER = 2.6
"""Price elasticity of the preset for consumer goods (evidence, M11)."""
SPREAD = 0.2
"""Largest move of a log price in the experiment."""
WEEKS = 104
BLOCK = 4
"""Weeks for which the competitor keeps a price in the experiment."""

REAL = [
    Line(
        "prices: orange juice, own",
        "mean over 11 brands; prices of all brands, deal and feature, an effect for each store",
        BAYESM,
        *within(-2.86, 0.02),
    ),
    Line("prices: orange juice, cross, mean", "same regressions", BAYESM, *within(0.20, 0.02)),
    Line("prices: orange juice, cross, median", "same regressions", BAYESM, *within(0.13, 0.02)),
    Line(
        "prices: cheese, own",
        "88 retailers; price and display, an effect for each retailer",
        BAYESM,
        *within(-2.39, 0.02),
    ),
]


def prices_fit() -> list[Row]:
    """Estimate price elasticities on the real store data (facts 33 and 34).

    There are no effects for weeks: many prices are the same in all stores of a week, and with them
    such prices could not be told apart from the week.
    """
    return judge(REAL[:3], _juice) + judge(REAL[3:], _cheese)


def _juice() -> Mapping[str, Finding]:
    own, cross = orange_juice()
    found = [
        Finding(float(own.mean()), note=f"brands from {own.min():.2f} to {own.max():.2f}"),
        Finding(float(cross.mean())),
        Finding(float(np.median(cross))),
    ]
    return {line.id: finding for line, finding in zip(REAL[:3], found, strict=True)}


def orange_juice() -> tuple[Array, Array]:
    """Return the own elasticities of the 11 brands and their 110 cross-price elasticities."""
    table = bayesm("orangeJuice")["yx"]
    fits = {brand: _brand(table[table["brand"] == brand]) for brand in BRANDS}
    own = [prices[brand - 1] for brand, prices in fits.items()]
    cross = [np.delete(prices, brand - 1) for brand, prices in fits.items()]
    return np.array(own), np.concatenate(cross)


def _brand(sales: "pd.DataFrame") -> Array:
    """Return the elasticities of one brand's sales to the 11 prices."""
    prices = np.log(sales[[f"price{brand}" for brand in BRANDS]].to_numpy(float))
    regressors = np.column_stack([prices, sales[["deal", "feat"]].to_numpy(float)])
    stores = sales["store"].to_numpy(int)
    moved = sales["logmove"].to_numpy(float)
    return within_least_squares(moved, regressors, [stores], stores)[0][: len(BRANDS)]


def _cheese() -> Mapping[str, Finding]:
    table = bayesm("cheese")["cheese"]
    sold, price = (np.log(table[name].to_numpy(float)) for name in ("VOLUME", "PRICE"))
    regressors = np.column_stack([price, table["DISP"].to_numpy(float)])
    retailers = table["RETAILER"].astype(str).to_numpy()
    b, covariance = within_least_squares(sold, regressors, [retailers], retailers)
    note = f"s.e. {np.sqrt(covariance[0, 0]):.2f}"
    return {REAL[3].id: Finding(float(b[0]), note=note)}


# The engine with the preset for consumer goods, under random prices

ENGINE = [
    Line(
        "prices: consumer goods preset, own",
        "the engine with price_elasticity 2.6 under random weekly prices, same regression",
        BIJMOLT,
        *OWN,
        -2.62,
        "I",
    ),
    Line(
        "prices: consumer goods preset, cross",
        "routine orders against the competitor's price, same regression",
        AUER,
        *CROSS,
        0.26,
        "I",
    ),
]


def prices_engine(replications: int = 3) -> list[Row]:
    """Let territories try random prices and estimate as on the store data (facts 33 and 34)."""
    return judge(ENGINE, partial(_engine, replications))


def _engine(replications: int) -> Mapping[str, Finding]:
    real, note = if_installed(_real_means)
    fits = [_experiment(seed) for seed in seeds(replications)]
    return {
        line.id: Finding(*mean_and_error(values), expected=real.get(line.id), note=note)
        for line, values in zip(ENGINE, map(list, zip(*fits, strict=True)), strict=True)
    }


def _real_means() -> Mapping[str, float]:
    means = [float(values.mean()) for values in orange_juice()]
    return {line.id: mean for line, mean in zip(ENGINE, means, strict=True)}


def _experiment(seed: int) -> tuple[float, float]:
    """Return own and cross elasticity of the routine orders of one run."""
    scenario = _trial_region(seed)
    places = [territory.id for territory in scenario.territories]
    ours = {place: random_prices(seed, place, "our price", WEEKS) for place in places}

    def try_prices(report: WeekReport) -> Decision:
        now = {place: {"price": float(ours[place][report.week])} for place in places}
        return report.decision.but(local=now)

    run = play(scenario, seed, try_prices)
    sold, theirs = _orders(run, places), _their_prices(run, places, seed)
    own = np.concatenate([ours[place] for place in places])
    regressors = np.log(np.column_stack([own, theirs.ravel()]))
    labels = np.repeat(places, WEEKS)
    # A week without any order has no logarithm; it does not occur with the shipped sizes.
    b, _ = within_least_squares(np.log(np.maximum(sold.ravel(), 0.5)), regressors, [labels], labels)
    return float(b[0]), float(b[1])


def _trial_region(seed: int) -> Scenario:
    """Return the region in which the competitor's price differs by territory and month."""
    places: list[Any] = [territory.id for territory in region(WEEKS).territories]
    shocks = [
        shock(
            f"{place}-{month}",
            ("competitor_price", place, float(price)),
            start=BLOCK * month,
            weeks=BLOCK,
        )
        for place in places
        for month, price in enumerate(_blocks(seed, place))
    ]
    return region(WEEKS, shocks=shocks, market={"price_elasticity": CONSUMER})


def _blocks(seed: int, place: str) -> Array:
    return random_prices(seed, place, "their price", WEEKS // BLOCK)


def random_prices(seed: int, place: str, what: str, count: int) -> Array:
    """Return relative prices, even on the log scale within +-20 %, the territory's own luck."""
    u = Draws(seed).table(what).row(entity_number(place), 0, count)
    return np.array([exp(SPREAD * (2.0 * v - 1.0)) for v in u.tolist()])


def _orders(run: Simulation, places: list[str]) -> Array:
    """Return routine orders, (territories, weeks)."""
    sold = np.zeros((len(places), WEEKS))
    rows = {place: row for row, place in enumerate(places)}
    for event in happened(run, "order"):
        sold[rows[event[2]], int(event[0] // 5)] += 1.0
    return sold


def _their_prices(run: Simulation, places: list[str], seed: int) -> Array:
    """Return the competitor's price: what the experiment sets, times its own cuts."""
    prices = np.array([np.repeat(_blocks(seed, place), BLOCK) for place in places])
    for row, place in enumerate(places):
        own = np.ones(WEEKS)
        for event in run.world.log:
            if event[1] == "competitor" and event[2] == place:
                own[max(0, int(event[0] // 5)) :] = event[6]
        prices[row] *= own
    return prices


TASKS: list[Task] = [
    ("prices fit", prices_fit, {}, False, 3),
    ("prices engine", prices_engine, {}, False, 7),
    ("prices engine", prices_engine, {"replications": 12}, True, 28),
]
