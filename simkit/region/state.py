"""The region now: plain slotted objects, and the world that the mechanisms share."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import simpy

from simkit.region.decision import Decision, Levers
from simkit.region.draws import Draws
from simkit.region.events import Event
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Condition

CLASSES = ("key", "regular", "tail")
LEAST_PRICE = 0.5
"""Of list price: effects on top of each other stop here, where demand would know no bounds."""


@dataclass(slots=True, eq=False)
class Customer:
    """One customer; its numbers that change every week are columns of `demand.Accounts`."""

    id: str
    territory: str
    number: int
    """Its row in the tables of chance."""
    orders_per_week: float
    order_value: float
    value_sigma: float
    loss_per_week: float
    klass: str = "tail"
    rep: "Rep | None" = None
    waits_in: str = ""
    """Territory in which it waits for a newcomer while its rep's post is vacant."""
    place: int = -1
    """Its place in the columns."""
    alive: bool = True
    arrives: float = -math.inf
    """Day of arrival, for customers who come later than the start."""


@dataclass(slots=True, eq=False)
class Rep:
    """One sales representative."""

    id: str
    territory: str
    ability: float
    tenure_weeks: float
    head_start_weeks: float = 0.0
    """Weeks of ramp-up that experience elsewhere saves."""
    number: int = 0
    """Its row in tables of the reps; 0 is nobody."""
    employed: bool = True
    instead_of: str = ""
    """The rep whose post and accounts a newcomer took over on the same day."""
    effort: float = 1.0
    """How hard the rep works this week; 1 is usual."""
    trust: float = 1.0
    """In the manager; where the scenario has talks about targets."""
    commitment: float = 1.0
    """Factor on effort of how the target came about."""
    pressure: float = 0.0
    """The part of the incentive that hangs on reaching a target in time."""
    cover_share: float = 0.0
    """Share of the calls that goes to accounts of vacant posts."""
    training: float = 0.0
    skill: float = 1.0
    away_days: float = 0.0
    """Days of training that lie ahead this week."""
    visit_days: float = 0.2
    """Mean length of a visit this week."""
    pattern: tuple[str, ...] = ()
    """What the calls of a round go to."""
    accounts: dict[str, deque[int]] = field(default_factory=lambda: {c: deque() for c in CLASSES})
    """Places of the customers to visit, by class, the next one first."""
    inbox: "list[Lead]" = field(default_factory=list)
    visited: list[int] = field(default_factory=list)
    """Places of the customers visited this week."""


@dataclass(slots=True, eq=False)
class Lead:
    """Somebody who asks for an offer; luck is drawn when the lead is born."""

    id: str
    territory: str
    arrived: float
    luck: list[float]
    score: float
    """How promising the lead looks, 0 to 1."""


@dataclass(slots=True, eq=False)
class Opportunity:
    """A qualified lead on its way through the funnel."""

    id: str
    territory: str
    rep: Rep | None
    value: float
    luck: list[float]
    stage: str = ""
    since: float = 0.0
    born: float = 0.0
    discount: float = 0.0
    customer: Customer | None = None
    """The new customer that the won deal brought."""


@dataclass(slots=True)
class Conditions:
    """Factors on everything that can change, by territory; 1 where nothing is said."""

    factors: dict[tuple[Condition, str], float] = field(default_factory=dict)

    def of(self, what: Condition, territory: str) -> float:
        """Return the product of all effects on `what` in `territory`."""
        return self.factors.get((what, territory), 1.0)

    def of_rep(self, what: Condition, rep: Rep) -> float:
        """Return the product of all effects on `what` of a rep: its territory's and its own.

        Who took over a post is meant as well where somebody names the rep who held it before.
        """
        own = self.of(what, rep.id) * self.of(what, rep.instead_of)
        return self.of(what, rep.territory) * own


@dataclass(slots=True)
class World:
    """What all mechanisms share: the clock, the log, chance, the decision in force."""

    scenario: Scenario
    draws: Draws
    env: simpy.Environment
    decision: Decision
    log: list[Event] = field(default_factory=list)
    conditions: Conditions = field(default_factory=Conditions)
    levers: dict[str, Levers] = field(default_factory=dict)
    """The levers that hold in each territory."""
    market: dict[str, float] = field(default_factory=dict)
    """Factor on demand of market, season, price, competitor and promotion, by territory."""
    interest: dict[str, float] = field(default_factory=dict)
    """Factor on the arrival of leads: as `market`, but without our price and the competitor's."""
    customers: list[Customer] = field(default_factory=list)
    by_id: dict[str, Customer] = field(default_factory=dict)
    reps: dict[str, Rep] = field(default_factory=dict)
    """Those who work here now, by id."""
    closing: list[float] = field(default_factory=lambda: [1.0])
    """Factor on routine orders of the effort of each rep, by number."""
    waiting: dict[str, deque[int]] = field(default_factory=dict)
    """Places of the customers whose rep's post is vacant, by territory."""
    vacancies: int = 0
    """Posts that somebody is searched for."""
    sales: dict[str, float] = field(default_factory=dict)
    """Revenue of the week by rep."""
    territories: list[str] = field(default_factory=list)
    """The ids of the territories, in the order of the scenario."""
    week: int = 0

    def price_in(self, territory: str) -> float:
        """Return our price in `territory`, 1 is the list price: the lever, and what befell it."""
        price = self.levers[territory].price * self.conditions.of("price", territory)
        return max(LEAST_PRICE, price)

    def reps_in(self, territory: str) -> list[Rep]:
        """Return the reps who work in `territory` now."""
        return [rep for rep in self.reps.values() if rep.territory == territory]

    def say(
        self,
        kind: str,
        territory: str = "",
        rep: str = "",
        customer: str = "",
        opportunity: str = "",
        amount: float = 0.0,
        detail: str = "",
        day: float | None = None,
    ) -> None:
        """Write an event into the log, now or at `day`."""
        now = self.env.now if day is None else day
        self.log.append((now, kind, territory, rep, customer, opportunity, amount, detail))

    def after(self, days: float, then: Callable[[], object]) -> None:
        """Call `then` when `days` have passed."""

        def due(_event: object) -> None:
            then()

        self.env.timeout(days).callbacks.append(due)
