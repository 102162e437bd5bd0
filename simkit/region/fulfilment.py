"""M8-M10 for routine orders: stock, dispatch, the way to the customer, what the customer feels.

Routine orders cost no event of the clock: the orders of a day are served in the order of their
instants, dispatch is the recursion of a first-come queue with several crews (Kiefer and Wolfowitz
1955), and what happens later waits in the bucket of its day.
"""

import math
from collections import Counter, defaultdict
from heapq import heappop, heappush, heapreplace

from simkit.region.demand import Accounts, Order
from simkit.region.draws import exponential, lognormal
from simkit.region.state import Customer, World
from simkit.region.stock import Supplier, Warehouse

Delivery = tuple[float, int, float, float, bool]
"""Instant of arrival, place of the customer, days since the order, complaint luck, in stock."""


class Fulfilment:
    """Serves routine orders and lets customers feel how it went."""

    def __init__(self, world: World, accounts: Accounts, weekly: dict[str, float]) -> None:
        self.world, self.accounts = world, accounts
        supplier = Supplier(world)
        self.supplier = supplier
        self.warehouses = {
            name: Warehouse(world, supplier, name, weekly.get(name, 0.0))
            for name in world.territories
        }
        self._dispatch, self._mood = world.scenario.desks.dispatch, world.scenario.satisfaction
        mood = self._mood
        self._weights = (
            mood.in_stock_weight,
            mood.on_time_weight,
            mood.touched_weight,
            mood.up_share,
            mood.down_share,
            mood.touched_days,
        )
        self._late_after = self._dispatch.late_after_days
        self._packing_days = self._dispatch.days_per_order
        self._log, self._customers, self._today = world.log, world.customers, int(world.env.now)
        sets = {self._desk_set(name) for name in world.territories}
        self._crews = {name: [world.env.now] * self._dispatch.crews for name in sets}
        for name, warehouse in self.warehouses.items():
            warehouse.crews = self._crews[self._desk_set(name)]
        self._complaints: dict[str, float] = dict.fromkeys(sets, world.env.now)
        """When the people who handle complaints will have finished what they have."""
        self._arriving: dict[int, list[Delivery]] = defaultdict(list)
        self._closing: dict[int, list[tuple[float, int, float]]] = defaultdict(list)
        self.goods: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
        """List value and discount of the week's orders, by territory and rep."""
        self.vip_cover: dict[str, float] = {}
        self.fault_share: dict[str, float] = {}
        """Share of faulty deliveries by territory; empty where there are none."""

    def _desk_set(self, territory: str) -> str:
        return "" if self.world.scenario.desks.shared else territory

    def set_crews(self, crews: int) -> None:
        """Change the number of dispatch crews; work that has begun is finished."""
        for free in self._crews.values():
            while len(free) < crews:
                heappush(free, self.world.env.now)
            while len(free) > crews:
                heappop(free)

    def day(self, orders: list[Order]) -> None:
        """Let deliveries of the day arrive and serve the day's orders in order."""
        self._today = int(self.world.env.now)
        for delivery in sorted(self._arriving.pop(self._today, ())):
            self._arrives(delivery)
        for instant, place, days in sorted(self._closing.pop(self._today, ())):
            self._say("complaint_closed", self.world.customers[place], instant, days)
        for instant, place, luck in orders:
            self._serve(instant, place, luck)
        midnight = math.nextafter(
            self._today + 1.0, -math.inf
        )  # tomorrow's arrivals are tomorrow's
        for warehouse in self.warehouses.values():
            self._take_in(warehouse, midnight)

    def _say(self, kind: str, customer: Customer, day: float, amount: float, how: str = "") -> None:
        rep = customer.rep.id if customer.rep else ""
        self._log.append((day, kind, customer.territory, rep, customer.id, "", amount, how))

    def _serve(self, instant: float, place: int, luck: list[float]) -> None:
        """Serve one order from stock, or see what the customer does when there is none."""
        customer = self._customers[place]
        warehouse = self.warehouses[customer.territory]
        value = customer.order_value * lognormal(luck[1], customer.value_sigma)
        value *= warehouse.value_factor
        if warehouse.next_arrival <= instant:
            self._take_in(warehouse, instant)
        how = "in_stock" if warehouse.take(value) else self._short(luck[3])
        if how == "lost":
            self._say("lost_sale", customer, instant, value)
            if self._mood.on:
                self._feels(place, instant, False, False, luck[4])
            return
        paid = value * warehouse.price
        territory, rep = customer.territory, customer.rep.id if customer.rep else ""
        self._log.append((instant, "order", territory, rep, customer.id, "", paid, how))
        sums = self.goods[territory, rep]
        sums[0] += value
        sums[1] += value - paid
        if how == "backorder":
            warehouse.owed.append((instant, place, value, luck))
        else:
            self._send(warehouse, instant, instant, place, luck, how == "in_stock")
        if how != "substitute":
            warehouse.sold(instant, value)

    def _short(self, u: float) -> str:
        """What the customer does when the article is not there."""
        shares = self.world.scenario.stock.stock_out
        if u < shares.lost:
            return "lost"
        return "substitute" if u < shares.lost + shares.substitute else "backorder"

    def _take_in(self, warehouse: Warehouse, until: float) -> None:
        for when, served in warehouse.arrivals_until(until):
            for ordered, place, _value, luck in served:
                self._send(warehouse, when, ordered, place, luck, False)

    def _send(
        self,
        warehouse: Warehouse,
        ready: float,
        ordered: float,
        place: int,
        luck: list[float],
        good: bool,
    ) -> None:
        """Pack an order that is `ready` and send it off."""
        free = warehouse.crews
        begun = free[0]
        packed = (ready if ready > begun else begun) + self._packing_days
        heapreplace(free, packed)
        arrives = packed + warehouse.transit_days * exponential(luck[2])
        delivery = (arrives, place, arrives - ordered, luck[4], good)
        if arrives < self._today + 1:  # its bucket has been emptied already
            self._arrives(delivery)
        else:
            self._arriving[math.floor(arrives)].append(delivery)

    def _arrives(self, delivery: Delivery) -> None:
        instant, place, days, u, in_stock = delivery
        on_time = days <= self._late_after
        customer, how = self._customers[place], "on_time" if on_time else "late"
        rep = customer.rep.id if customer.rep else ""
        self._log.append(
            (instant, "delivered", customer.territory, rep, customer.id, "", days, how)
        )
        if customer.alive and self._mood.on:
            if self.fault_share:
                # One uniform is enough: what is left of it below or above the limit is uniform too.
                faulty = self.fault_share[customer.territory]
                sound = u >= faulty
                u = (u - faulty) / (1.0 - faulty) if sound else u / faulty
                in_stock = in_stock and sound
            self._feels(place, instant, in_stock, on_time, u)

    def project_arrives(self, customer: Customer, on_time: bool, u: float) -> None:
        """Let a new customer feel how the project went that brought it."""
        if customer.alive and self._mood.on:
            self._feels(customer.place, self.world.env.now, True, on_time, u)

    def _feels(self, place: int, instant: float, in_stock: bool, on_time: bool, u: float) -> None:
        """Move the satisfaction of a customer after an order (M10)."""
        accounts = self.accounts
        in_stock_weight, on_time_weight, touched_weight, up, down, touched_days = self._weights
        touched = 1.0 if instant - accounts.last_visit[place] <= touched_days else 0.0
        cover = self._vip(place) if self.vip_cover else 0.0
        outcome = touched_weight * (cover if cover > touched else touched)
        if in_stock:
            outcome += in_stock_weight
        if on_time:
            outcome += on_time_weight
        if not (in_stock and on_time) and u < self._mood.complaint_chance:
            outcome = self._complains(self._customers[place], instant, outcome)
        if cover and outcome < self._mood.reference:
            repaired = cover * self._mood.vip_recovery_share
            outcome += repaired * (self._mood.reference - outcome)
        before = accounts.satisfaction[place]
        accounts.satisfaction[place] = before + (up if outcome > before else down) * (
            outcome - before
        )
        accounts.moved.add(place)

    def _vip(self, place: int) -> float:
        """How well VIP service covers a customer, 0 to 1."""
        customer = self._customers[place]
        key = customer.klass == "key"
        return self.vip_cover.get(customer.territory, 0.0) if key else 0.0

    def _complains(self, customer: Customer, instant: float, outcome: float) -> float:
        """Note a complaint; return the experience after it was handled."""
        settings, world = self._mood, self.world
        self._say("complaint", customer, instant, 0.0)
        hours = world.decision.complaint_hours
        if hours <= 0:
            return outcome
        name = self._desk_set(customer.territory)
        days = 5.0 * settings.complaint_work_hours / hours
        closed = max(instant, self._complaints[name]) + days
        self._complaints[name] = closed
        waited = closed - instant
        if closed < self._today + 1:  # as in _send
            self._say("complaint_closed", customer, closed, waited)
        else:
            self._closing[math.floor(closed)].append((closed, customer.place, waited))
        if waited > settings.solved_within_days:
            return outcome
        return outcome + settings.solved_recovery_share * (settings.reference - outcome)

    def week(self) -> None:
        """Start a week: look at the stocks, cover the key accounts with VIP service."""
        for warehouse in self.warehouses.values():
            warehouse.week()
        if share := self._mood.fault_share:
            of = self.world.conditions.of
            self.fault_share = {
                name: min(0.999, share * of("faults", name)) for name in self.warehouses
            }
        self._cover_key_accounts()

    def _cover_key_accounts(self) -> None:
        settings, hours = self.world.scenario.satisfaction, self.world.decision.vip_hours
        self.vip_cover.clear()
        if hours <= 0:
            return
        customers = self.world.customers
        keys = Counter(c.territory for c in customers if c.alive and c.klass == "key")
        for name, count in keys.items():
            wanted = count * settings.vip_contact_hours / 4.0
            self.vip_cover[name] = min(1.0, hours / len(self.world.territories) / wanted)

    def close_week(self) -> None:
        """Book the week's cost of goods and discounts, by rep, at the end of its last day."""
        evening = self.world.env.now + 0.999
        share = 1.0 - self.world.scenario.demand.margin_share
        for (territory, rep), (value, discount) in sorted(self.goods.items()):
            goods = value * share
            self.world.say("cost", territory, rep, amount=goods, detail="goods", day=evening)
            if rep:
                sales = self.world.sales
                sales[rep] = sales.get(rep, 0.0) + value - discount
            if discount:
                self.world.say("discount", territory, rep, amount=discount, day=evening)
        self.goods.clear()
