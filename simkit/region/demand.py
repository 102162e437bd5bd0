"""M1-M3 and M10: when customers order, when they leave, and what moves their rates.

The numbers of customers that change are columns: NumPy arrays touched only with + - * /, which
give the same bits on every machine. Once a week the rates are renewed; once a day every customer's
accumulated intensity grows, and those that pass their next threshold order or leave.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from simkit.region.draws import exponential
from simkit.region.response import (
    build_share,
    call_response,
    carry_over,
    loss_response,
    relationship_response,
    satisfaction_response,
)
from simkit.region.state import CLASSES, Customer, Rep, World

ORDERS_PER_BLOCK = 12
LUCK = 5
"""Uniforms of an order: gap to the next one, size, way to the customer, stock-out, complaint."""
COLUMNS = (
    "base",
    "goodwill",
    "relationship",
    "mood",
    "unrest",
    "loss",
    "calls",
    "rate",
    "loss_rate",
    "passed",
    "threshold",
    "loss_passed",
    "loss_threshold",
    "alive",
)

Order = tuple[float, int, list[float]]
"""Instant, place of the customer, luck."""


class Accounts:
    """The columns of all customers, living and lost; a customer keeps its place for ever."""

    base: np.ndarray
    goodwill: np.ndarray
    relationship: np.ndarray
    mood: np.ndarray
    unrest: np.ndarray
    loss: np.ndarray
    calls: np.ndarray
    rate: np.ndarray
    loss_rate: np.ndarray
    passed: np.ndarray
    threshold: np.ndarray
    loss_passed: np.ndarray
    loss_threshold: np.ndarray
    alive: np.ndarray

    def __init__(self, world: World, expected: int) -> None:
        self.world = world
        self.count = 0
        self.satisfaction: list[float] = []
        self.last_visit: list[float] = []
        self.moved: set[int] = set()
        """Places of customers whose satisfaction changed since the last renewal."""
        self._territory = np.zeros(expected, dtype=np.intp)
        self._owner = np.zeros(expected, dtype=np.intp)
        """Number of each customer's rep; 0: nobody."""
        self._klass = np.zeros(expected, dtype=np.intp)
        """Place of each customer's class in CLASSES."""
        self._luck = np.empty((expected, ORDERS_PER_BLOCK, LUCK))
        self._drawn = np.zeros(expected, dtype=np.intp)
        """Orders of each customer so far."""
        self._columns = np.zeros((len(COLUMNS), expected))
        self._births = world.draws.table("birth")
        self._orders = world.draws.table("orders")
        self._numbers = {name: i for i, name in enumerate(world.territories)}
        self._cut()

    def _cut(self) -> None:
        """Let each column name the part of the storage that is in use."""
        for row, name in zip(self._columns, COLUMNS, strict=True):
            setattr(self, name, row[: self.count])

    def _grow(self) -> None:
        extra = max(16, self.count // 4)
        self._columns = np.pad(self._columns, ((0, 0), (0, extra)))
        self._luck = np.pad(self._luck, ((0, extra), (0, 0), (0, 0)))
        self._drawn = np.pad(self._drawn, (0, extra))
        self._territory = np.pad(self._territory, (0, extra))
        self._klass = np.pad(self._klass, (0, extra))
        self._owner = np.pad(self._owner, (0, extra))

    def add(self, customers: list[Customer]) -> None:
        """Give each of `customers` a place; calls have been at the reference rate so far."""
        world, first = self.world, self.count
        while first + len(customers) > self._columns.shape[1]:
            self._grow()
        self.count += len(customers)
        self._cut()
        for place, customer in enumerate(customers, first):
            customer.place = place
            world.customers.append(customer)
            world.by_id[customer.id] = customer
            self._born(customer)

    def _born(self, customer: Customer) -> None:
        place, scenario = customer.place, self.world.scenario
        first_order, end = self._births.row(customer.number, 0, 2).tolist()
        self._territory[place] = self._numbers[customer.territory]
        self._klass[place] = CLASSES.index(customer.klass)
        self.base[place] = customer.orders_per_week / 5.0 if scenario.demand.on else 0.0
        self.loss[place] = customer.loss_per_week / 5.0 if scenario.loss.on else 0.0
        self.goodwill[place] = self.alive[place] = 1.0
        self.relationship[place] = self._known(customer)
        self.mood[place] = self.unrest[place] = 1.0
        # Until the next Monday: the rates without what calls, mood and market do to them.
        self.rate[place], self.loss_rate[place] = self.base[place], self.loss[place]
        self.threshold[place] = exponential(first_order)
        self.loss_threshold[place] = exponential(end)
        self._luck[place] = self._block(customer, 0)
        self.satisfaction.append(scenario.satisfaction.reference)
        self.last_visit.append(self.world.env.now)

    def _known(self, customer: Customer) -> float:
        """How well the customer knows its rep at the start: as long as the rep has been there."""
        if customer.rep is None:
            return 0.0
        share = build_share(self.world.scenario.relationship.build_weeks)
        return float(1.0 - (1.0 - share) ** min(customer.rep.tenure_weeks, 1000.0))

    def renew(self, build: float) -> None:
        """Renew all rates at the start of a week: calls, relationship, mood, market."""
        scenario = self.world.scenario
        response = scenario.response
        self._feel()
        if response.on:
            calls = self.calls / response.reference_calls_per_week
            self.goodwill[:] = carry_over(self.goodwill, calls, response.carry_over)
        self.calls[:] = 0.0
        owner = self._owner[: self.count]
        self.relationship += (1.0 - self.relationship) * build * (owner > 0)
        market = [self.world.market[name] for name in self.world.territories]
        factor = self.mood * np.array(market)[self._territory[: self.count]]
        if (classes := self._by_class()) is not None:
            factor *= classes[self._territory[: self.count], self._klass[: self.count]]
        if response.on:
            factor *= call_response(self.goodwill, response.floor, response.ceiling, response.half)
        if scenario.relationship.on:
            factor *= relationship_response(self.relationship, scenario.relationship.loss_share)
        if scenario.effort.on:
            factor *= np.array(self.world.closing)[owner]
        np.multiply(self.base, factor, out=self.rate)
        leaving = [self.world.conditions.of("customer_loss", t) for t in self.world.territories]
        unrest = self.unrest * np.array(leaving)[self._territory[: self.count]]
        np.multiply(self.loss, unrest, out=self.loss_rate)

    def _by_class(self) -> np.ndarray | None:
        """Factors on demand by territory and class of account; None where there are none."""
        of, places = self.world.conditions.of, self.world.territories
        rows = [(of("key_demand", place), 1.0, of("tail_demand", place)) for place in places]
        return np.array(rows) if any(row != (1.0, 1.0, 1.0) for row in rows) else None

    def belongs_to(self, customer: Customer, rep: Rep | None) -> None:
        """Note whose customer it is."""
        self._owner[customer.place] = rep.number if rep else 0

    def count_calls(self, reps: Iterable[Rep]) -> None:
        """Count the calls that `reps` made this week, weighted by skill."""
        places, weights = [], []  # type: list[int], list[float]
        for rep in reps:
            places += rep.visited
            weights += [rep.skill] * len(rep.visited)
            rep.visited.clear()
        if places:
            self.calls += np.bincount(places, weights, self.count)

    def _feel(self) -> None:
        """Let satisfaction that changed act on demand and on the will to leave."""
        settings, loss = self.world.scenario.satisfaction, self.world.scenario.loss
        reference, slope = settings.reference, settings.demand_slope
        steepness, most = loss.steepness, loss.most
        places = list(self.moved)
        moods = [self.satisfaction[place] for place in places]
        self.mood[places] = [satisfaction_response(s, reference, slope) for s in moods]
        self.unrest[places] = [loss_response(s, reference, steepness, most) for s in moods]
        self.moved.clear()

    def orders_of_day(self) -> list[Order]:
        """Let a day's intensity pass and return its orders, sorted by instant."""
        self.passed += self.rate
        evening, orders = self.world.env.now + 1.0, []  # type: float, list[Order]
        due = np.flatnonzero(self.passed >= self.threshold)
        while due.size:  # again for those who order twice a day
            over = (self.passed[due] - self.threshold[due]) / self.rate[due]
            luck = self._luck_of(due)
            orders += zip((evening - over).tolist(), due.tolist(), luck, strict=True)
            self.threshold[due] += [exponential(u[0]) for u in luck]
            due = due[self.passed[due] >= self.threshold[due]]
        orders.sort()
        return orders

    def _luck_of(self, due: np.ndarray) -> list[list[float]]:
        """The luck of the next order of each customer who is `due`."""
        row = self._drawn[due] % ORDERS_PER_BLOCK
        for place in due[(row == 0) & (self._drawn[due] > 0)].tolist():
            block = int(self._drawn[place]) // ORDERS_PER_BLOCK
            self._luck[place] = self._block(self.world.customers[place], block)
        self._drawn[due] += 1
        luck: list[list[float]] = self._luck[due, row].tolist()
        return luck

    def _block(self, customer: Customer, block: int) -> np.ndarray:
        u = self._orders.row(customer.number, block, ORDERS_PER_BLOCK * LUCK)
        return u.reshape(ORDERS_PER_BLOCK, LUCK)

    def losses_of_day(self) -> Iterator[tuple[float, Customer]]:
        """Let a day pass and return who leaves in it, with the instant."""
        self.loss_passed += self.loss_rate
        for place in np.flatnonzero(self.loss_passed >= self.loss_threshold).tolist():
            over = float(self.loss_passed[place] - self.loss_threshold[place])
            instant = self.world.env.now + 1.0 - over / float(self.loss_rate[place])
            yield instant, self.world.customers[place]

    def close(self, customer: Customer) -> None:
        """Take a lost customer out: no more orders, no second loss."""
        customer.alive = False
        for column in (self.base, self.rate, self.loss, self.loss_rate, self.alive):
            column[customer.place] = 0.0
        self.loss_threshold[customer.place] = np.inf

    def mean_satisfaction(self) -> dict[str, float]:
        """Return the mean satisfaction of living customers by territory."""
        numbers = self._territory[: self.count]
        count = np.bincount(numbers, self.alive, len(self._numbers))
        total = np.bincount(numbers, self.alive * np.array(self.satisfaction), len(self._numbers))
        return {name: float(total[i] / count[i]) for name, i in self._numbers.items() if count[i]}
