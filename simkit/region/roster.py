"""Who comes and goes: customers at the start, walk-ins, those a deal brings, those who leave."""

from simkit.region.demand import Accounts
from simkit.region.draws import Clock, Stream, entity_number
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.people import People
from simkit.region.population import Thresholds, class_of, new_customer
from simkit.region.state import Customer, Opportunity, Rep, World


class Roster:
    """Lets customers into the region and out of it."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        people: People,
        customers: list[Customer],
        thresholds: Thresholds,
    ) -> None:
        """Let in those of `customers` who are there from the start; the others wait."""
        self.world, self.accounts, self.people = world, accounts, people
        self._thresholds = thresholds
        self._table = world.draws.table("newcomers")
        walk_ins = world.draws.table("walk-ins")
        self._clocks = {name: Clock(Stream(walk_ins, name)) for name in world.territories}
        self._arrived = dict.fromkeys(world.territories, 0)
        self._at_start = {
            name: sum(customer.territory == name for customer in customers)
            for name in world.territories
        }
        start = world.env.now
        later = [customer for customer in customers if customer.arrives > start]
        self._due = sorted(later, key=lambda customer: (-customer.arrives, customer.id))
        self._enter([customer for customer in customers if customer.arrives <= start])

    def _enter(self, customers: list[Customer]) -> None:
        self.accounts.add(customers)
        for customer in customers:
            self.people.give(customer, customer.rep)
            self._say_account(customer)

    def _say_account(self, customer: Customer) -> None:
        rep = customer.rep.id if customer.rep else ""
        self.world.say(
            "account", customer.territory, rep, customer.id, amount=1.0, detail=customer.klass
        )

    def lose(self, customer: Customer, instant: float) -> None:
        """Let a customer leave for good."""
        rep = customer.rep.id if customer.rep else ""
        self.world.say("account_lost", customer.territory, rep, customer.id, day=instant)
        self.people.release(customer)
        self.accounts.close(customer)

    def day(self) -> None:
        """Let in the customers of a day: those who were expected, and walk-ins."""
        while self._due and self._due[-1].arrives < self.world.env.now + 1:
            self._enter([self._due.pop()])
        demand = self.world.scenario.demand
        per_year = demand.walk_ins_per_year if demand.on else 0.0
        for name, clock in self._clocks.items():
            intensity = per_year / (52 * DAYS_PER_WEEK) * self._at_start[name]
            for _ in clock.run(intensity * self.world.conditions.of("demand", name)):
                self._new(name, None)

    def from_deal(self, opportunity: Opportunity) -> None:
        """Let in the new customer that a won deal brings."""
        opportunity.customer = self._new(opportunity.territory, opportunity.rep)

    def _new(self, territory: str, rep: Rep | None) -> Customer:
        self._arrived[territory] += 1
        name = f"{territory}-new{self._arrived[territory]}"
        u = self._table.row(entity_number(name), 0, 2).tolist()
        customer = new_customer(self.world.scenario, territory, name, u)
        customer.klass = class_of(customer, self._thresholds)
        self.accounts.add([customer])
        near = rep is not None and rep.employed and rep.territory == territory
        self.people.welcome(customer, rep if near else None)
        self._say_account(customer)
        return customer
