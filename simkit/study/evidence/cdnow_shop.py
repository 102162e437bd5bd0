"""CDNOW as a region: the real order history goes in, the engine lives through it or goes on.

The sample has 2,357 customers of an online shop who first bought in the first quarter of 1997 and
were watched until June 1998.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from simkit.region.simulation import Simulation
from simkit.scenario.customers import KnownCustomer
from simkit.scenario.files import data_folder
from simkit.scenario.history import History, fit_customers, read_orders
from simkit.scenario.library import load_scenario
from simkit.scenario.likelihood import Array
from simkit.scenario.order_file import Order
from simkit.scenario.pareto_nbd import ParetoNbd
from simkit.scenario.records import Scenario
from simkit.study.evidence.sources import cdnow

CUT = date(1997, 9, 30)
"""Last day of week 39: what comes after it is predicted."""
WEEKS = 39
"""Weeks predicted; the sample ends with them."""
OFF = ("response", "relationship", "funnel", "stock", "satisfaction", "market")
SHOP = """
extends: {base}
name: {{en: Shop, zh: 商店}}
weeks: {weeks}
warm_up_weeks: {warm_up}
territories: [{{id: shop, name: {{en: Shop, zh: 商店}}, leads_per_week: 0}}]
customers: {{orders: orders.csv, orders_until: {cut}, orders_as: {how}, source: CDNOW sample}}
demand: {{walk_ins_per_year: 0}}
desks: {{dispatch: {{crews: 50}}}}
"""


def sample() -> tuple[Order, ...]:
    """Return the orders of the sample; raises NotInstalledError without `lifetimes`."""
    with TemporaryDirectory() as folder:
        return read_orders(write_orders(Path(folder))).rows


def fitted() -> History:
    """Return the customers fitted on weeks 1 to 39."""
    with TemporaryDirectory() as folder:
        return fit_customers(read_orders(write_orders(Path(folder))), end=CUT)


def shop(how: str) -> Scenario:
    """Return the region of the sample's customers alone; nothing else moves.

    `how` is "cohort" (they live through weeks 1 to 39 again, then on) or "each" (everybody goes
    on from week 39 as its own orders let expect). 39 weeks follow in both cases.
    """
    return _written(how, WEEKS if how == "cohort" else 0)


def summary(history: History) -> Array:
    """Return x, t_x and T in weeks, an array (3, customers)."""
    rows = [(c.orders_seen - 1, c.last_order_weeks, c.age_weeks) for c in history.customers]
    return np.array(rows, float).T


def write_orders(folder: Path) -> Path:
    """Write the sample as orders.csv into `folder`, as people would give us theirs."""
    lines = cdnow("CDNOW_sample.txt").read_text(encoding="ascii").splitlines()
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "date", "amount"])
        writer.writerows((row[1], row[2], row[4]) for row in map(str.split, lines) if row)
    return path


def _written(how: str, warm_up: int) -> Scenario:
    base = data_folder("scenarios") / "region_40.yaml"
    text = SHOP.format(base=base.as_posix(), weeks=WEEKS, warm_up=warm_up, cut=CUT, how=how)
    with TemporaryDirectory() as folder:
        write_orders(Path(folder))
        path = Path(folder) / "shop.yaml"
        path.write_text(text + "".join(f"{name}: {{on: false}}\n" for name in OFF), "utf-8")
        return load_scenario(path)


def known_cohort(model: ParetoNbd, customers: int) -> Scenario:
    """Return a region of customers with the spread of `model`, who came in a quarter 39 weeks ago.

    It needs no data: rates and losses come from `model`, values and days of arrival are even.
    """
    base = load_scenario("region_40")
    people = [
        KnownCustomer(
            id=f"c{i}",
            territory="shop",
            active_chance=1.0,
            mean_rate=model.r / model.alpha,
            rate_shape=model.r,
            mean_loss=model.s / model.beta,
            loss_shape=model.s,
            order_value=35,
            order_value_cv=0.5,
            joined_weeks_ago=27 + 12 * i / customers,
        )
        for i in range(customers)
    ]
    return base.but(
        weeks=1,
        warm_up_weeks=WEEKS,
        territories=[{"id": "shop", "name": {"en": "Shop", "zh": "商店"}, "leads_per_week": 0}],
        customers={"known": people},
        demand=base.demand.but(walk_ins_per_year=0),
        desks=base.desks.but(dispatch=base.desks.dispatch.but(crews=50)),
        **{name: getattr(base, name).but(on=False) for name in OFF},
    )


def played(scenario: Scenario, population: int) -> Simulation:
    """Return the finished run of one population, with its own luck."""
    simulation = Simulation(scenario.but(population_seed=population), seed=population)
    return simulation.run(lambda report: report.decision)


def histories(simulation: Simulation) -> Array:
    """Return x, t_x and T in weeks at day 0 of every customer who has come, (3, customers).

    Coming is the first order, as in the data; what the log calls orders are the repeats. An
    account is written down in the morning and can order and leave from the next day on.
    """
    came: dict[str, float] = {}
    days: dict[str, list[float]] = defaultdict(list)
    for day, kind, _, _, customer, *_ in simulation.world.log:
        if kind == "account":
            came[customer] = day + 1.0
        elif kind == "order" and day < 0:
            days[customer].append(day)
    rows = [
        (len(days[c]), max(days[c], default=first) - first, -first) for c, first in came.items()
    ]
    return np.array(rows, float).T / np.array([[1.0], [5.0], [5.0]])


def weekly_repeats(simulation: Simulation) -> Array:
    """Return the simulated repeat orders of each of the 39 weeks."""
    days = [day for day, kind, *_ in simulation.world.log if kind == "order" and day >= 0]
    return np.bincount(np.array(days, float).astype(int) // 5, minlength=WEEKS).astype(float)


def real_weekly_repeats(orders: Sequence[Order]) -> Array:
    """Return the real repeat order days of each of the weeks 1 to 78, an array of 78."""
    days: dict[str, set[date]] = defaultdict(set)
    for order in orders:
        days[order.customer].add(order.date)
    repeats = [day for found in days.values() for day in sorted(found)[1:]]
    weeks = [(day - CUT).days - 1 for day in repeats]
    return np.bincount(np.array(weeks) // 7 + WEEKS, minlength=2 * WEEKS).astype(float)
