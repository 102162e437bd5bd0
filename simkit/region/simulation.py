"""The one clock: a region that plays one week at a time under a manager's decision."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import simpy

from simkit.region.budget import Budget
from simkit.region.countdown import Countdowns
from simkit.region.crises import Crises
from simkit.region.decision import (
    Decision,
    Policy,
    changed_levers,
    check_decision,
    starting_decision,
)
from simkit.region.demand import Accounts
from simkit.region.draws import Draws
from simkit.region.events import DAYS_PER_WEEK, digest, event_table
from simkit.region.fulfilment import Fulfilment
from simkit.region.market import Market
from simkit.region.payroll import Payroll
from simkit.region.people import People
from simkit.region.pipeline import Pipeline
from simkit.region.population import draw_customers, draw_reps
from simkit.region.report import (
    WeekReport,
    deal_views,
    desk_views,
    offer_views,
    stock_views,
    vacancy_views,
)
from simkit.region.reporting import Reporting
from simkit.region.response import build_share
from simkit.region.responses import Responses
from simkit.region.roster import Roster
from simkit.region.selling import Selling
from simkit.region.state import Customer, World
from simkit.region.talks import Talks
from simkit.region.turnover import Turnover
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
        self.world.territories = [territory.id for territory in scenario.territories]
        self.world.week = -scenario.warm_up_weeks
        self.decision = start
        self.decisions: list[Decision] = []
        self._build()
        self.reporting = Reporting(self.world)
        for _ in range(scenario.warm_up_weeks):
            self._play_week()

    def _build(self) -> None:
        """Set up the region: people and customers first, then the mechanisms."""
        world, scenario, start = self.world, self.scenario, self.decision
        reps = draw_reps(scenario)
        self._first_reps = [rep.id for rep in reps]
        customers, thresholds = draw_customers(scenario, reps)
        world.levers = {name: start.at(name) for name in world.territories}
        world.market = dict.fromkeys(world.territories, 1.0)
        world.interest = dict(world.market)
        self.accounts = Accounts(world, len(customers) + 16)
        self.people = People(world, self.accounts, reps)
        self.roster = Roster(world, self.accounts, self.people, customers, thresholds)
        self.market = Market(world)
        self.payroll = Payroll(world, reps)
        self.fulfilment = Fulfilment(world, self.accounts, _expected_sales(customers))
        self.countdowns = Countdowns(world)
        self.pipeline = Pipeline(
            world, self.roster.from_deal, self.fulfilment.project_arrives, self.countdowns
        )
        self.selling = Selling(world, self.accounts, self.pipeline)
        self.turnover = Turnover(
            world, self.people, self.payroll, self.pipeline, self.selling, self.countdowns
        )
        self.crises = Crises(world, self.turnover, self.roster, self.pipeline)
        self.responses = Responses(world)
        self.talks = Talks(world, self.payroll, self.pipeline)
        self.budget = Budget(world, self.responses, self.talks)
        self._rule = self.decision.priority_rule
        self._build_share = build_share(scenario.relationship.build_weeks)

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
        if mistakes := self.mistakes(decision):
            raise ValueError("; ".join(mistakes))
        if decision != self.decision:
            for name, value in changed_levers(self.decision, decision).items():
                self.world.say("decision", detail=f"{name}={value}")
            # A copy: what the caller does to dictionaries in it later is no decision.
            self.decision = decision.apart()
        self.decisions.append(self.decision)
        self._play_week()
        return self.report()

    def mistakes(self, decision: Decision) -> list[str]:
        """Return what is wrong with a decision now: names that do not exist.

        What holds already was checked, and stays possible.
        """
        if decision == self.decision:
            return []
        known = [*self._first_reps, *self.world.reps]
        return check_decision(decision, self.scenario, known, self.world.by_id)

    def run(self, policy: Policy) -> Self:
        """Play all weeks that are left, asking `policy` for each week's decision."""
        while not self.done:
            self.step(policy(self.report()))
        return self

    def _play_week(self) -> None:
        with _garbage_can_wait():
            self.reporting.begin_week()
            self._start_week()
            for day in range(DAYS_PER_WEEK):
                self._start_day()
                if day == DAYS_PER_WEEK - 1:
                    self.fulfilment.close_week()
                self.world.env.run(until=self.world.env.now + 1)
            self.accounts.count_calls(self.world.reps.values())
            self.payroll.close_week()
            self.talks.close_week()
            self.reporting.close_week()
            self.world.week += 1

    def _start_week(self) -> None:
        self._pull_levers(self.decision)
        self._pull_levers(self.budget.week(self.decision))
        self.responses.week()
        self._set_desks()
        self.turnover.week()
        self.crises.week()
        self.people.week()
        self.talks.week()
        self.payroll.week()
        self.countdowns.week()
        self.market.week()
        self.pipeline.week()
        self.selling.week()
        self.fulfilment.week()
        self.accounts.renew(self._build_share)
        self._note_moods()

    def _pull_levers(self, decision: Decision) -> None:
        """Let a decision hold in every territory; most weeks it is the one of last week."""
        world = self.world
        if decision is not world.decision:
            world.decision = decision
            world.levers = {name: decision.at(name) for name in world.territories}

    def _set_desks(self) -> None:
        decision = self.world.decision
        self.fulfilment.set_crews(decision.dispatch_crews)
        for desks in self.pipeline.desks.values():
            for name, desk in desks.items():
                staff = getattr(decision, f"{name}_staff")
                if decision.priority_rule != self._rule:
                    desk.sort_again()
                if staff != desk.staff:
                    desk.set_staff(staff)
        self._rule = decision.priority_rule

    def _note_moods(self) -> None:
        for name, mean in self.accounts.mean_satisfaction().items():
            self.world.say("satisfaction", name, amount=mean)

    def _start_day(self) -> None:
        """Let customers order and leave, new ones and leads arrive, deliveries come in."""
        orders = self.accounts.orders_of_day()
        gone = dict[int, float]()
        for instant, customer in self.accounts.losses_of_day():
            gone[customer.place] = instant
            self.roster.lose(customer, instant)
        if gone:
            orders = [order for order in orders if order[0] < gone.get(order[1], order[0] + 1)]
        self.fulfilment.day(orders)
        self.roster.day()
        self.pipeline.leads_of_day()

    # Results

    def report(self) -> WeekReport:
        """Return what the manager sees now; asking changes nothing."""
        return WeekReport(
            week=self.week,
            scenario=self.scenario,
            decision=self.decision.apart(),
            reps={rep.id: rep.territory for rep in self.world.reps.values()},
            names=dict(self.turnover.names),
            vacancies=tuple(vacancy_views(self.turnover.vacancies.values(), self.world.env.now)),
            pipeline=tuple(deal_views(self.pipeline.open.values(), self.world.env.now)),
            desks=tuple(desk_views(self.pipeline.desks, self.scenario.desks.shared)),
            stock=tuple(stock_views(self.fulfilment.warehouses)),
            budget_left=self.budget.left,
            reserve_left=self.budget.reserve,
            supplier_down=self.fulfilment.supplier.down,
            offers=tuple(offer_views(self.responses, self.week)),
            claims=self.talks.claims,
            _log=self.reporting.log,
            _length=len(self.reporting.log),
            _weeks=tuple(self.reporting.marks),
        )

    def events(self) -> "pd.DataFrame":
        """Return the event table; see `simkit.region.events.event_table`."""
        return event_table(self.world.log)

    def digest(self) -> str:
        """Return the digest of the event log, the same wherever the same run is made."""
        return digest(self.world.log)


def _expected_sales(customers: list[Customer]) -> dict[str, float]:
    """Expected routine sales a week at the start, by territory."""
    sales: dict[str, float] = {}
    for customer in customers:
        worth = customer.orders_per_week * customer.order_value
        sales[customer.territory] = sales.get(customer.territory, 0.0) + worth
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
