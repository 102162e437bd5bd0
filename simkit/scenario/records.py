"""What a region file may say: the frozen, checked records of a scenario."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.scenario.block import Id, Multiple, NotNegative, Positive
from simkit.scenario.customers import Customers, KnownCustomer, NamedCustomer
from simkit.scenario.drift import Action, Drift, Watch
from simkit.scenario.drill import Drill
from simkit.scenario.firm_blocks import Costs, Desks, Funnel, Quotas, Selling, Skill, Stock
from simkit.scenario.geography import Geography
from simkit.scenario.market_blocks import Demand, Loss, Market, Relationship, Response, Satisfaction
from simkit.scenario.people_blocks import Effort, Pay, Practice, Turnover
from simkit.scenario.record import Loc, Mistakes, Record, Text
from simkit.scenario.references import mistaken_names
from simkit.scenario.shocks import Department, Preparation, Shock
from simkit.scenario.targets import Talks, Targets


class Territory(Record):
    """One sales territory."""

    id: Id
    name: Text
    customers: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Number of customers drawn from the distributions of `demand`."""
    leads_per_week: Annotated[float, Field(ge=0, le=10_000)] = 10
    potential: Multiple = 1.0
    """Multiplies the mean order rate of the drawn customers."""
    travel: Multiple = 1.0
    """Multiplies the time of a visit; 1 is the average territory."""
    reps: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Number of reps drawn for this territory, besides those listed by name."""


class Rep(Record):
    """One named rep."""

    id: Id
    name: Text
    territory: Id
    tenure_weeks: NotNegative = 150
    ability: Positive | None = None
    """Hidden ability, 1 is average; drawn when it is not given."""


class Region(Record):
    """One of several independent regions that share the rest of the file."""

    id: Id
    name: Text
    potential: Multiple = 1.0


class Scenario(Record):
    """The whole setting of a simulation: region, people, numbers, shocks, length."""

    name: Text
    brief: Text
    currency: Annotated[str, Field(min_length=1, max_length=8)] = "CNY"
    weeks: Annotated[int, Field(ge=1, le=1040)] = 26
    warm_up_weeks: Annotated[int, Field(ge=0, le=260)] = 26
    key: Id = "region"
    """Name in the tables of chance of what exists once: market, supplier."""
    population_seed: Annotated[int, Field(ge=0)] = 1
    """Fixes who the customers and reps are; the seed of a run only decides their luck."""
    territories: Annotated[tuple[Territory, ...], Field(min_length=1)]
    reps: tuple[Rep, ...] = ()
    customers: Customers = Customers()
    regions: tuple[Region, ...] = ()
    shocks: tuple[Shock, ...] = ()
    departments: tuple[Department, ...] = ()
    preparations: tuple[Preparation, ...] = ()
    actions: tuple[Action, ...] = ()
    """What a manager may do at any time, besides the actions of `watch`."""
    drill: Drill | None = None
    watch: Watch | None = None
    drift: Drift | None = None
    targets: Targets | None = None
    talks: Talks | None = None
    practice: Practice | None = None
    geography: Geography | None = None
    demand: Demand
    response: Response
    relationship: Relationship
    skill: Skill
    selling: Selling
    funnel: Funnel
    desks: Desks
    stock: Stock
    satisfaction: Satisfaction
    loss: Loss
    market: Market
    quotas: Quotas
    pay: Pay
    effort: Effort
    turnover: Turnover
    costs: Costs
    source: Annotated[str, Field(min_length=1)]
    """Where the territories, reps and names come from."""

    @model_validator(mode="after")
    def _refers_to_known_names(self) -> "Scenario":
        mistakes = self.mistakes_in(self)
        if mistakes:
            raise Mistakes(mistakes)
        return self

    @property
    def all_actions(self) -> tuple[Action, ...]:
        """What a manager may do at any time."""
        return self.actions + (self.watch.actions if self.watch else ())

    @staticmethod
    def mistakes_in(scenario: Any) -> list[tuple[Loc, str]]:
        """Return the names that do not fit together; `scenario` may be the plain data of a file."""
        return mistaken_names(scenario)

    def region(self, region_id: str) -> "Scenario":
        """Return the scenario of one of the independent `regions` alone.

        Its territories, reps and named customers keep their order; their ids get the region's id
        in front, so that every region has its own customers and its own luck.
        Raises KeyError for an unknown region.
        """
        found = {region.id: region for region in self.regions}[region_id]
        return self.but(
            key=found.id,
            name={"en": found.name.en, "zh": found.name.zh},
            regions=(),
            territories=[_of_region(found, item) for item in self.territories],
            reps=[_of_region(found, item) for item in self.reps],
            customers=_customers_of_region(found, self.customers),
            targets=self.targets
            and self.targets.but(
                stage_of={f"{found.id}-{k}": v for k, v in self.targets.stage_of.items()}
            ),
            talks=self.talks
            and self.talks.but(
                shading={f"{found.id}-{k}": v for k, v in self.talks.shading.items()}
            ),
            practice=self.practice
            and self.practice.but(
                reps={f"{found.id}-{k}": v for k, v in self.practice.reps.items()}
            ),
            geography=self.geography and _places_of_region(found, self.geography),
            shocks=[_renamed(found.id, shock.model_dump()) for shock in self.shocks],
            preparations=[_renamed(found.id, each.model_dump()) for each in self.preparations],
            actions=[_renamed(found.id, each.model_dump()) for each in self.actions],
        )


def _of_region(region: Region, item: Territory | Rep) -> dict[str, Any]:
    changed = item.model_dump()
    changed["id"] = f"{region.id}-{item.id}"
    if isinstance(item, Territory):
        changed["potential"] = item.potential * region.potential
    else:
        changed["territory"] = f"{region.id}-{item.territory}"
    return changed


def _customers_of_region(region: Region, customers: Customers) -> Customers:
    def inside(customer: NamedCustomer | KnownCustomer) -> dict[str, Any]:
        names = ("id", "territory", "rep")
        old = {name: getattr(customer, name) for name in names}
        return {**dict(customer), **{k: v and f"{region.id}-{v}" for k, v in old.items()}}

    named, known = map(inside, customers.named), map(inside, customers.known)
    return customers.but(named=[*named], known=[*known])


def _places_of_region(region: Region, geography: Geography) -> Geography:
    parts = {name: getattr(geography, name) for name in ("areas", "homes")}
    return geography.but(
        **{name: {f"{region.id}-{k}": v for k, v in part.items()} for name, part in parts.items()}
    )


def _renamed(region: str, item: Any) -> Any:
    """A shock or preparation as plain data, with the region in front of the ids it names."""
    if isinstance(item, dict):
        return {
            key: f"{region}-{value}"
            if key in ("where", "who") and isinstance(value, str) and value != "all"
            else _renamed(region, value)
            for key, value in item.items()
        }
    if isinstance(item, list | tuple):
        return [_renamed(region, value) for value in item]
    return item
