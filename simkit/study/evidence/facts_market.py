"""Facts 33 to 35 and 38: our price, the competitor's, its reactions, and supplies that fail."""

from typing import Any

import numpy as np

from simkit.region.decision import Decision
from simkit.region.draws import Draws, entity_number, exponential
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.report import WeekReport
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.evidence.panel import within_least_squares
from simkit.study.evidence.row import Row, band_row, mean_and_error
from simkit.study.evidence.worlds import (
    YEAR,
    Array,
    changed,
    happened,
    if_outside,
    play,
    region,
    revenue,
    seeds,
    shock,
    without,
)

BIJMOLT = "Bijmolt, van Heerde and Pieters 2005, JMR 42(2)"
AUER = "Auer and Papies 2020, JAMS"
STEENKAMP = "Steenkamp et al. 2005, Marketing Science 24(1)"
HENDRICKS = "Hendricks and Singhal 2003, JOM 21; 2005"


# Facts 33 and 34

OURS, THEIRS = 0.15, 0.30
"""Largest move of the log of our price and of the competitor's in the experiment."""
PRESETS = (("as shipped, for trade customers", 1.8, None), ("consumer goods, 2.6", 2.6, -2.62))
"""Where, price elasticity of the scenario, what is expected (evidence, M11)."""


def facts_33_34(replications: int = 4) -> list[Row]:
    """Return own and cross price elasticity of routine orders under random prices.

    Every territory has another price of ours and of the competitor's every week of a year;
    regression of the log number of orders on both logs, with effects of territory and week.
    """
    rows = []
    for where, elasticity, expected in PRESETS:
        fits = np.array([price_trial(seed, elasticity) for seed in seeds(replications)])
        what = f"elasticity of orders to our price, {where}"
        band, found = (-3.2, -1.5), mean_and_error(fits[:, 0].tolist())
        id = f"fact 33: {where}"
        rows.append(band_row(id, what, BIJMOLT, band, *found, role="I", expected=expected))
        what = f"elasticity of orders to the competitor's price, {where}"
        band, found = (0.05, 0.35), mean_and_error(fits[:, 1].tolist())
        id = f"fact 34: {where}"
        rows.append(band_row(id, what, AUER, band, *found, role="I", expected=0.26))
    return rows


def price_trial(seed: int, elasticity: float) -> Array:
    """Return own and cross elasticity as a year of random prices shows them."""
    scenario = region(YEAR, market={"price_elasticity": elasticity})
    places = [territory.id for territory in scenario.territories]
    ours, theirs = (
        {place: _random_prices(seed, place, spread) for place in places}
        for spread in (OURS, THEIRS)
    )
    shocks = [_their_week(week, theirs) for week in range(YEAR)]

    def try_prices(report: WeekReport) -> Decision:
        local = {place: {"price": ours[place][report.week]} for place in places}
        return report.decision.but(local=local)

    run = play(changed(scenario, shocks=shocks), seed, try_prices)
    orders = np.zeros((len(places), YEAR))
    for event in happened(run, "order"):
        orders[places.index(event[2]), int(event[0] // DAYS_PER_WEEK)] += 1.0
    all_theirs = np.array([theirs[place] for place in places]) * _own_moves(run, places)
    regressors = np.log([np.ravel([ours[place] for place in places]), all_theirs.ravel()]).T
    where, when = (grid.ravel() for grid in np.indices(orders.shape))
    # A week without any order has no logarithm; it does not occur with the shipped sizes.
    logs = np.log(np.maximum(orders.ravel(), 0.5))
    return within_least_squares(logs, regressors, [where, when], where)[0]


def _their_week(week: int, theirs: dict[str, list[float]]) -> dict[str, Any]:
    effects = (("competitor_price", place, prices[week]) for place, prices in theirs.items())
    return shock(f"week{week}", *effects, start=week, weeks=1)


def _random_prices(seed: int, place: str, spread: float) -> list[float]:
    """Relative prices of a year, even on the log scale."""
    u = Draws(seed).table(f"price trial {spread}").row(entity_number(place), 0, YEAR)
    return np.exp(spread * (2.0 * u - 1.0)).tolist()


def _own_moves(run: Simulation, places: list[str]) -> Array:
    """What the competitor does by itself: its relative price, (territories, weeks)."""
    prices = np.ones((len(places), YEAR))
    first = run.scenario.warm_up_weeks
    for event in happened(run, "competitor", first=-first):
        week = max(0, int(event[0] // DAYS_PER_WEEK))
        prices[places.index(event[2]), week:] = event[6]
    return prices


# Fact 35

CUT_WEEKS = range(8, 14)
CUT = 0.9


def fact_35(replications: int = 5) -> list[Row]:
    """Return how often the competitor reacts to a price cut of ours, and what is left of it later.

    We sell 10 % cheaper for six weeks. Reaction: the competitor's prices in a territory differ from
    those of the same world without our cut. Later: sales of weeks 26 to 51, when all is over.
    """
    scenario, reactions, later = region(YEAR), [], []
    for seed in seeds(replications):
        runs = [play(scenario, seed), play(scenario, seed, cut_price)]
        reactions.append(_reacted(*runs))
        calm, cut = (revenue(run, 26) for run in runs)
        later.append(cut / calm - 1.0)
    quiet = _quiet(region(30))
    for seed in range(replications + 1, 4 * replications + 1):
        reactions.append(_reacted(play(quiet, seed), play(quiet, seed, cut_price)))
    what = "share of territories in which the competitor reacts to our price cut"
    found, band = mean_and_error(reactions), (0.2, 0.45)
    often = band_row("fact 35: reactions", what, STEENKAMP, band, *found, role="I")
    what = "change of sales in the half year after a price cut is over; our band: 2 %"
    found, band = mean_and_error(later), (-0.02, 0.02)
    lasting = band_row("fact 35: later sales", what, STEENKAMP, band, *found)
    return [often, if_outside(lasting, _WHY_LATER, _WHY_LATER)]


_WHY_LATER = (
    "what a cut moves for six weeks (stock-outs, satisfaction, quotas) has not died down by then"
)


def cut_price(report: WeekReport) -> Decision:
    """Sell cheaper in the weeks of the cut, at list price otherwise."""
    return report.decision.but(price=CUT if report.week in CUT_WEEKS else 1.0)


def _quiet(scenario: Scenario) -> Scenario:
    """The region with the same competitor and nearly no customers: fast."""
    places = [place.but(customers=1, reps=1, leads_per_week=0) for place in scenario.territories]
    return changed(scenario, territories=places)


def _reacted(calm: Simulation, cut: Simulation) -> float:
    """Share of territories where the competitor did something else in the two runs."""
    moves = [{(e[0], e[2], e[6]) for e in happened(run, "competitor")} for run in (calm, cut)]
    return len({where for _, where, _ in moves[0] ^ moves[1]}) / len(calm.scenario.territories)


# Fact 38

OUTAGE_STARTS, OUTAGE_WEEKS = 8, 4
"""Week of the outage, and its length: the mean of M9 in the evidence."""


def fact_38(replications: int = 7) -> list[Row]:
    """Return what one outage of the supplier costs in growth of the year's sales.

    The supplier delivers nothing for four weeks from week 8 on and never fails otherwise, against a
    supplier that never fails: the same world. Growth of a year: difference of the year's sales as a
    share.
    """
    values = []
    for seed in failing_seeds(replications):
        calm, broken = without(region(YEAR), "supplier"), with_outage(region(YEAR), seed)
        values.append(revenue(play(broken, seed)) / revenue(play(calm, seed)) - 1.0)
    what = "change in the growth of a year's sales by an outage of the supplier of four weeks"
    row = band_row("fact 38", what, HENDRICKS, (-0.12, -0.03), *mean_and_error(values))
    return [if_outside(row, _WHY_LENGTH, _WHY_LENGTH)]


_WHY_LENGTH = "the effect hangs on the length of the outage, which is an assumption"


def _times(seed: int, scenario: Scenario) -> list[tuple[float, float]]:
    """How long the supplier works and fails, the first two times, as shares of the means."""
    table, entity = Draws(seed).table("supplier"), entity_number(scenario.key)
    rows = [table.row(entity, failure, 2).tolist() for failure in range(2)]
    return [(exponential(up), exponential(down)) for up, down in rows]


def failing_seeds(count: int) -> list[int]:
    """Return the first seeds in which a supplier that fails in week 8 does so once in the year."""
    scenario, found, seed = region(YEAR), list[int](), 0
    until = scenario.warm_up_weeks + OUTAGE_STARTS
    while len(found) < count:
        seed += 1
        (first, _), (second, _) = _times(seed, scenario)
        if until * (1.0 + second / first) + OUTAGE_WEEKS > scenario.warm_up_weeks + YEAR:
            found.append(seed)
    return found


def with_outage(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario whose supplier, with the luck of `seed`, fails from week 8 to 12."""
    (up, down), _ = _times(seed, scenario)
    weeks = scenario.warm_up_weeks + OUTAGE_STARTS
    supplier = {"up_weeks": weeks / up, "down_weeks": OUTAGE_WEEKS / down}
    return changed(scenario, stock={"supplier": supplier})


TASKS = [
    ("facts 33, 34", facts_33_34, {"replications": 4}, False, 7),
    ("fact 35", fact_35, {"replications": 5}, False, 11),
    ("fact 38", fact_38, {"replications": 7}, False, 10),
    ("facts 33, 34", facts_33_34, {"replications": 24}, True, 42),
    ("fact 35", fact_35, {"replications": 24}, True, 60),
    ("fact 38", fact_38, {"replications": 24}, True, 40),
]
