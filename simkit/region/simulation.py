"""The one clock: a region that plays one week at a time under a manager's decision."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import simpy

from simkit.region.budget import Budget, set_conditions, shocks_now
from simkit.region.decision import (
    Decision,
    Policy,
    changed_levers,
    check_decision,
    starting_decision,
)
from simkit.region.demand import Accounts
from simkit.region.draws import Clock, Draws, Stream, entity_number
from simkit.region.events import DAYS_PER_WEEK, digest, event_table
from simkit.region.fulfilment import Fulfilment
from simkit.region.market import Market
from simkit.region.people import People
from simkit.region.pipeline import Pipeline
from simkit.region.population import class_of, draw_customers, draw_reps, new_customer
from simkit.region.report import DeskView, Message, OpenDeal, StockView, WeekReport
from simkit.region.response import build_share
from simkit.region.selling import Selling, remove_account
from simkit.region.state import Customer, Opportunity, Rep, World
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

if TYPE_CHECKING:
    import pandas as pd


class Simulation:
    """One run: a scenario, a seed and the decisions taken so far determine everything."""

    def __init__(self, scenario: Scenario, seed: int = 1, replication: int = 0) -> None:
        """Draw the region and play the warm-up weeks under the scenario's own levers.

        Raises ValueError for a scenario of several independent regions: simulate each alone.
        """
        if scenario.regions:
            names = ", ".join(region.id for region in scenario.regions[:3])
            raise ValueError(
                f"the scenario has {len(scenario.regions)} independent regions ({names}, ...): "
                "simulate one of them, scenario.region(id)"
            )
        self.scenario, self.seed, self.replication = scenario, seed, replication
        start = starting_decision(scenario)
        env = simpy.Environment(initial_time=-DAYS_PER_WEEK * scenario.warm_up_weeks)
        self.world = World(scenario, Draws(seed, replication), env, start)
        self.world.week = -scenario.warm_up_weeks
        self.decision = start
        self.decisions: list[Decision] = []
        self._marks: list[int] = []
        self._messages: list[Message] = []
        self._build()
        for _ in range(scenario.warm_up_weeks):
            self._play_week()

    def _build(self) -> None:
        world, scenario = self.world, self.scenario
        reps = draw_reps(scenario)
        customers, self._thresholds = draw_customers(scenario, reps)
        world.reps = {rep.id: rep for rep in reps}
        world.levers = {name: self.decision.at(name) for name in world.territories}
        world.market = dict.fromkeys(world.territories, 1.0)
        self.accounts = Accounts(world, len(customers) + 16)
        weekly: dict[str, float] = dict.fromkeys(world.territories, 0.0)
        for customer in customers:
            weekly[customer.territory] += customer.orders_per_week * customer.order_value
        start = world.env.now
        self._arrive([c for c in customers if c.arrives <= start])
        later = [c for c in customers if c.arrives > start]
        self._due = sorted(later, key=lambda c: (-c.arrives, c.id))
        self._quotas = _expected_sales(customers)
        self.people = People(world, self.accounts)
        self.market = Market(world)
        self.fulfilment = Fulfilment(world, self.accounts, weekly)
        self.pipeline = Pipeline(world, self._deal_brings_customer)
        self.selling = Selling(world, self.accounts, self.pipeline)
        self.budget = Budget(world)
        self._build_share = build_share(scenario.relationship.build_weeks)
        self._newcomers = world.draws.table("newcomers")
        walk_ins = world.draws.table("walk-ins")
        self._walk_ins = {n: Clock(Stream(walk_ins, n)) for n in world.territories}
        self._at_start = {
            name: sum(customer.territory == name for customer in customers)
            for name in world.territories
        }
        self._arrived = dict.fromkeys(world.territories, 0)

    def _arrive(self, customers: list[Customer]) -> None:
        """Let customers into the region, on the list of their rep."""
        self.accounts.add(customers, [1.0] * len(customers))
        for customer in customers:
            rep, customer.rep = customer.rep, None
            if rep is not None:
                customer.rep = rep
                rep.accounts[customer.klass].append(customer.place)
            self._say_account(customer)

    def _say_account(self, customer: Customer) -> None:
        rep = customer.rep.id if customer.rep else ""
        self.world.say(
            "account", customer.territory, rep, customer.id, amount=1.0, detail=customer.klass
        )

    # Time

    @property
    def week(self) -> int:
        """The week that is played next, 0 after the warm-up."""
        return self.world.week

    @property
    def done(self) -> bool:
        """Whether all weeks of the scenario have been played."""
        return self.world.week >= self.scenario.weeks

    def step(self, decision: Decision) -> WeekReport:
        """Play one week under `decision` and return what the manager sees then.

        Raises ValueError when the decision names a rep, territory or answer that does not exist.
        """
        mistakes = check_decision(decision, self.scenario, list(self.world.reps))
        if mistakes:
            raise ValueError("; ".join(mistakes))
        for name, value in changed_levers(self.decision, decision).items():
            self.world.say("decision", detail=f"{name}={value}")
        self.decision = decision
        self.decisions.append(decision)
        self._play_week()
        return self.report()

    def run(self, policy: Policy) -> Self:
        """Play all weeks that are left, asking `policy` for each week's decision."""
        while not self.done:
            self.step(policy(self.report()))
        return self

    def _play_week(self) -> None:
        with _garbage_can_wait():
            self._marks.append(len(self.world.log))
            self._start_week()
            for day in range(DAYS_PER_WEEK):
                self._start_day()
                if day == DAYS_PER_WEEK - 1:
                    self.fulfilment.close_week()
                self.world.env.run(until=self.world.env.now + 1)
            self.selling.count_calls()
            self.world.week += 1

    def _start_week(self) -> None:
        world = self.world
        world.decision = self.decision
        set_conditions(world)
        self._announce_shocks()
        world.decision = self.budget.week(self.decision)
        set_conditions(world)
        world.levers = {name: world.decision.at(name) for name in world.territories}
        self._set_desks()
        self.people.week()
        self.market.week()
        self.selling.week()
        self.fulfilment.week()
        self.accounts.renew(self._build_share)
        self._note_week()

    def _set_desks(self) -> None:
        decision = self.world.decision
        self.fulfilment.set_crews(decision.dispatch_crews)
        for desks in self.pipeline.desks.values():
            for name, desk in desks.items():
                staff = getattr(decision, f"{name}_staff")
                if staff != desk.staff:
                    desk.set_staff(staff)

    def _note_week(self) -> None:
        """Write down what is known at the start of a week: moods, quotas, what reps cost."""
        world = self.world
        for name, mean in self.accounts.mean_satisfaction().items():
            world.say("satisfaction", name, amount=mean)
        for rep in world.reps.values():
            quota = world.decision.quota.get(rep.id)
            if quota is None:
                quota = 13.0 * self.scenario.quotas.factor * self._quotas.get(rep.id, 0.0)
            world.say("quota", rep.territory, rep.id, amount=quota / 13.0)
            cost = self.scenario.costs.rep_per_year / 52.0
            world.say("cost", rep.territory, rep.id, amount=cost, detail="rep")

    def _announce_shocks(self) -> None:
        week = self.world.week
        for shock in self.scenario.shocks:
            if week == shock.start_week:
                self.world.say("shock", detail=shock.id)
                self._messages.append(Message(week, shock.brief))
            elif week == shock.start_week + shock.weeks:
                self.world.say("shock_over", detail=shock.id)

    def _start_day(self) -> None:
        """Let customers order and leave, new ones and leads arrive, deliveries come in."""
        orders = self.accounts.orders_of_day()
        gone = dict[int, float]()
        for instant, customer in self.accounts.losses_of_day():
            gone[customer.place] = instant
            self._lose(customer, instant)
        if gone:
            orders = [order for order in orders if order[0] < gone.get(order[1], order[0] + 1)]
        self.fulfilment.day(orders)
        while self._due and self._due[-1].arrives < self.world.env.now + 1:
            self._arrive([self._due.pop()])
        self._walk_in()
        self.pipeline.leads_of_day()

    def _lose(self, customer: Customer, instant: float) -> None:
        rep = customer.rep.id if customer.rep else ""
        self.world.say("account_lost", customer.territory, rep, customer.id, day=instant)
        remove_account(customer)
        self.accounts.close(customer)

    def _walk_in(self) -> None:
        per_year = self.scenario.demand.walk_ins_per_year
        for name, clock in self._walk_ins.items():
            intensity = per_year / (52 * DAYS_PER_WEEK) * self._at_start[name]
            for _ in clock.run(intensity * self.world.conditions.of("demand", name)):
                self._new_customer(name, None)

    def _deal_brings_customer(self, opportunity: Opportunity) -> None:
        self._new_customer(opportunity.territory, opportunity.rep)

    def _new_customer(self, territory: str, rep: Rep | None) -> None:
        self._arrived[territory] += 1
        name = f"{territory}-new{self._arrived[territory]}"
        u = self._newcomers.row(entity_number(name), 0, 2).tolist()
        customer = new_customer(self.scenario, territory, name, u)
        customer.klass = class_of(customer, self._thresholds)
        self.accounts.add([customer], [1.0])
        self.people.welcome(customer, rep if rep and rep.territory == territory else None)
        self.accounts.relationship[customer.place] = 0.0
        self._say_account(customer)

    # Results

    def report(self) -> WeekReport:
        """Return what the manager sees now; asking changes nothing."""
        return WeekReport(
            week=self.week,
            scenario=self.scenario,
            decision=self.decision,
            reps={rep.id: rep.territory for rep in self.world.reps.values()},
            pipeline=tuple(self._open_deals()),
            desks=tuple(self._desk_views()),
            stock=tuple(self._stock_views()),
            budget_left=self.budget.left,
            reserve_left=self.budget.reserve,
            supplier_down=self.fulfilment.supplier.down,
            messages=(*self._messages, *self._not_done()),
            _log=self.world.log,
            _length=len(self.world.log),
            _weeks=tuple(self._marks),
        )

    def _open_deals(self) -> Iterator[OpenDeal]:
        now = self.world.env.now
        for opp in self.pipeline.open.values():
            rep, weeks = opp.rep.id if opp.rep else "", (now - opp.born) / DAYS_PER_WEEK
            yield OpenDeal(opp.id, opp.territory, rep, opp.value, opp.stage, weeks)

    def _desk_views(self) -> Iterator[DeskView]:
        shared = self.scenario.desks.shared
        for territory, desks in self.pipeline.desks.items():
            for name, desk in desks.items():
                where = "" if shared else territory
                yield DeskView(name, where, desk.staff, desk.busy, desk.waiting)
            if shared:
                return

    def _stock_views(self) -> Iterator[StockView]:
        for name, warehouse in self.fulfilment.warehouses.items():
            owed = sum(waiting[2] for waiting in warehouse.owed)
            yield StockView(name, warehouse.on_hand, warehouse.on_order, owed)

    def _not_done(self) -> Iterator[Message]:
        """Messages on levers that found no money last week."""
        for event in self.world.log[self._marks[-1] if self._marks else 0 :]:
            if event[1] == "not_done":
                en = f"No money left for {event[7]} ({event[6]:,.0f}): it was not carried out."
                zh = f"预算不足，{event[7]}（{event[6]:,.0f}）未执行。"
                yield Message(self.week - 1, Text(en=en, zh=zh))

    def events(self) -> "pd.DataFrame":
        """Return the event table; see `simkit.region.events.event_table`."""
        return event_table(self.world.log)

    def digest(self) -> str:
        """Return the digest of the event log, the same wherever the same run is made."""
        return digest(self.world.log)

    @property
    def answers_open(self) -> list[str]:
        """The answers to shocks that can be chosen now, as "shock:answer"."""
        return [f"{s.id}:{a.id}" for s in shocks_now(self.world) for a in s.answers]


def _expected_sales(customers: list[Customer]) -> dict[str, float]:
    """Expected routine sales a week of each rep's accounts at the start."""
    sales: dict[str, float] = {}
    for customer in customers:
        if customer.rep is not None:
            worth = customer.orders_per_week * customer.order_value
            sales[customer.rep.id] = sales.get(customer.rep.id, 0.0) + worth
    return sales


@contextmanager
def _garbage_can_wait() -> Iterator[None]:
    """Keep the garbage collector from searching the growing log in the middle of a week."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
