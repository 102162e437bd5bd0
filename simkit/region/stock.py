"""M9: stock of a territory, reorder policy, lead time, supplier failures, backup supplier.

One aggregated product, counted in list value. Arrivals wait in a heap and are taken in when an
order or the end of a day comes: no event of the clock is needed.
"""

import math
from collections import deque
from collections.abc import Generator, Iterator
from heapq import heappop, heappush

from simkit.region.draws import Stream, entity_number, exponential, gamma
from simkit.region.state import World

Waiting = tuple[float, int, float, list[float]]
"""A backorder: instant, place of the customer, list value, luck of the order."""


class Supplier:
    """The supplier of the region, working and failing in turn."""

    def __init__(self, world: World) -> None:
        self.world, self.down_until = world, -math.inf
        self._table = world.draws.table("supplier")
        if world.scenario.stock.on and world.scenario.stock.supplier.on:
            world.env.process(self._works_and_fails())

    @property
    def down(self) -> bool:
        """Whether the supplier is not delivering now."""
        return self.world.env.now < self.down_until

    def _works_and_fails(self) -> Generator:
        world, settings = self.world, self.world.scenario.stock.supplier
        entity, failure = entity_number(world.scenario.key), 0
        while True:
            up, down = self._table.row(entity, failure, 2).tolist()
            yield world.env.timeout(5 * settings.up_weeks * exponential(up))
            days = 5 * settings.down_weeks * exponential(down)
            self.down_until = world.env.now + days
            world.say("supplier_down")
            yield world.env.timeout(days)
            world.say("supplier_up")
            failure += 1


class Warehouse:
    """The stock of one territory."""

    def __init__(self, world: World, supplier: Supplier, territory: str, weekly: float) -> None:
        """Start with a full shelf for expected sales of `weekly` (list value)."""
        self.world, self.supplier, self.territory = world, supplier, territory
        self.settings = world.scenario.stock
        self.on_hand = 0.0
        self.on_order = 0.0
        self.owed: deque[Waiting] = deque()
        self.crews: list[float] = []
        """When each dispatch crew is free again, a heap; shared crews are one list."""
        self.price = self.value_factor = self.transit_days = 1.0
        self.next_arrival = math.inf
        self._arrivals: list[tuple[float, float]] = []
        self._luck = Stream(world.draws.table("lead time"), territory)
        self._sales = deque([weekly] * self.settings.forecast_weeks, self.settings.forecast_weeks)
        self._week, self._squares = 0.0, 0.0
        value, cv = world.scenario.demand.order_value, world.scenario.demand.value_cv
        spread = math.exp(world.scenario.demand.value_sigma**2)
        self._lumps = deque([weekly * value * spread * (1 + cv * cv)], self.settings.forecast_weeks)
        self._lumps.extend(list(self._lumps) * (self.settings.forecast_weeks - 1))
        self.on_hand = self._target()

    def _target(self) -> float:
        """The order-up-to level: cover of the forecast plus safety stock.

        The variance over the cover time is that of a compound Poisson stream (squared order values
        per week) plus that of the lead time. Source: textbook order-up-to rule.
        """
        settings = self.settings
        if settings.policy != "forecast":
            return settings.level or 0.0
        weeks = len(self._sales)
        forecast = math.fsum(self._sales) / weeks
        variance = settings.cover_weeks * math.fsum(self._lumps) / weeks
        variance += (forecast * settings.lead_weeks * settings.lead_cv) ** 2
        factor = self.world.levers[self.territory].safety_factor
        return settings.cover_weeks * forecast + factor * math.sqrt(variance)

    def take(self, value: float) -> bool:
        """Take an order of `value` from the shelf; False when there is too little."""
        if not self.settings.on:
            return True
        self._week += value
        self._squares += value * value
        if self.on_hand < value:
            return False
        self.on_hand -= value
        return True

    def sold(self, instant: float, value: float) -> None:
        """Replace what was promised to a customer, where the policy does it at once."""
        if not self.settings.on:
            return
        if self.settings.policy == "base_stock":
            self._order(instant, value)
        elif self.settings.policy == "reorder_point":
            level, quantity = self.settings.level or 0.0, self.settings.quantity or 0.0
            while self._position() <= level:
                self._order(instant, quantity)

    def _position(self) -> float:
        return self.on_hand + self.on_order - math.fsum(waiting[2] for waiting in self.owed)

    def arrivals_until(self, instant: float) -> Iterator[tuple[float, list[Waiting]]]:
        """Take in what arrives until `instant`; yield each arrival and the backorders served."""
        while self._arrivals and self._arrivals[0][0] <= instant:
            when, amount = heappop(self._arrivals)
            self.on_order -= amount
            self.on_hand += amount
            self.world.say("stock_received", self.territory, amount=amount, day=when)
            served = []
            while self.owed and self.owed[0][2] <= self.on_hand:
                self.on_hand -= self.owed[0][2]
                served.append(self.owed.popleft())
            self._look_ahead()
            yield when, served

    def _look_ahead(self) -> None:
        self.next_arrival = self._arrivals[0][0] if self._arrivals else math.inf

    def week(self) -> None:
        """Read the levers and conditions of the week; look after the stock."""
        world, name = self.world, self.territory
        self.price = world.price_in(name)
        self.value_factor = world.conditions.of("order_value", name)
        self.transit_days = world.scenario.desks.dispatch.transit_days
        self.transit_days *= world.conditions.of("transit_time", name)
        if self.settings.on:
            self._review()

    def _review(self) -> None:
        """Look at the stock at the start of a week: note it, reorder, pay for holding it."""
        world, now = self.world, self.world.env.now
        self._sales.append(self._week)
        self._lumps.append(self._squares)
        self._week = self._squares = 0.0
        world.say("stock_level", self.territory, amount=self.on_hand)
        cost = self.on_hand * (1 - world.scenario.demand.margin_share)
        holding = cost * self.settings.holding_share_per_year / 52.0
        world.say("cost", self.territory, amount=holding, detail="holding")
        if self.settings.policy == "forecast":
            missing = self._target() - self._position()
            if missing > 0:
                self._order(now, missing)

    def _order(self, instant: float, amount: float) -> None:
        settings, levers = self.settings, self.world.levers[self.territory]
        weeks, other = settings.lead_weeks, settings.supplier.backup_lead_weeks
        slower = self.world.conditions.of("supply_time", self.territory)
        in_trouble = self.supplier.down or (slower > 1.0 and other < weeks * slower)
        backup = levers.backup_supplier and in_trouble
        # What slows the supplier down does not slow down another one.
        weeks = other if backup else weeks * slower
        premium = settings.supplier.backup_premium_share if backup else 0.0
        if levers.expedite:
            weeks *= settings.supplier.expedite_factor
            premium += settings.supplier.expedite_premium_share
        luck = self._luck.next()
        if settings.lead_cv > 0:
            weeks *= gamma(luck, 1.0 / settings.lead_cv**2)
        start = instant if backup else max(instant, self.supplier.down_until)
        heappush(self._arrivals, (start + 5.0 * weeks, amount))
        self._look_ahead()
        self.on_order += amount
        source = "backup" if backup else "supplier"
        self.world.say("stock_ordered", self.territory, amount=amount, detail=source, day=instant)
        if premium:
            cost = amount * (1 - self.world.scenario.demand.margin_share) * premium
            self.world.say("cost", self.territory, amount=cost, detail="rush", day=instant)
