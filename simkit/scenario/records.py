"""What a region file may say: the frozen, checked records of a scenario."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simkit.scenario.mechanisms import (
    Block,
    Costs,
    Demand,
    Desks,
    Funnel,
    Loss,
    Market,
    NotNegative,
    Positive,
    Relationship,
    Response,
    Satisfaction,
    Selling,
    Share,
    Skill,
    Stock,
)
from simkit.scenario.record import Mistakes, Record, Text, did_you_mean

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]+$", min_length=1, max_length=40)]
Condition = Literal[
    "demand",
    "order_value",
    "lead_rate",
    "lead_quality",
    "win_rate",
    "deal_value",
    "visit_time",
    "quote_time",
    "legal_time",
    "delivery_time",
    "transit_time",
    "supply_time",
    "competitor_price",
    "customer_loss",
]
"""What can change: the names that an effect may multiply. All are 1 in calm weather."""


class Territory(Record):
    """One sales territory."""

    id: Id
    name: Text
    customers: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """Number of customers drawn from the distributions of `demand`."""
    leads_per_week: NotNegative = 10
    potential: Positive = 1.0
    """Multiplies the mean order rate of the drawn customers."""
    travel: Positive = 1.0
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


class NamedCustomer(Record):
    """One customer listed by name, usually a key account."""

    id: Id
    name: Text
    territory: Id
    rep: Id | None = None
    orders_per_week: NotNegative
    order_value: Positive


class KnownCustomer(Record):
    """One customer of an order history: what its orders say about its rate and its loyalty.

    Rate and loss (both per week) are gamma distributed around their means, given that the customer
    is still active; `active_chance` is the probability of that at the end of the history.
    """

    id: Annotated[str, Field(min_length=1)]
    territory: Id
    rep: Id | None = None
    active_chance: Share
    mean_rate: NotNegative
    rate_shape: Positive
    mean_loss: NotNegative
    loss_shape: Positive
    order_value: Positive
    order_value_cv: NotNegative
    joined_weeks_ago: NotNegative | None = None
    """Weeks before week 0 when the customer arrives; null: there from the start."""


class Customers(Record):
    """Customers beside the drawn ones: listed by name, or read from an order history."""

    named: list[NamedCustomer] = []
    orders: str | None = None
    """CSV file with the columns customer, date, amount and optionally territory, rep."""
    orders_from: date | None = None
    """First day of the history that counts; null: all."""
    orders_until: date | None = None
    """Last day of the history that counts; the simulated weeks follow it. null: all."""
    orders_as: Literal["each", "cohort"] = "each"
    """each: every customer goes on as its own orders let expect, those gone stay away.
    cohort: as many customers with the fitted spread of rates arrive on the days of the first
    orders, and have their own luck from there on: the history is lived through again.
    """
    known: list[KnownCustomer] = []
    """Filled from the order history when the file is loaded."""
    fit_report: Text | None = None
    """Filled when the file is loaded: from how many rows what was estimated."""
    source: str | None = None

    @model_validator(mode="after")
    def _sourced(self) -> "Customers":
        if (self.named or self.orders) and not self.source:
            raise Mistakes([((), "the customers need a 'source': where they come from")])
        return self


class Effect(Record):
    """One thing multiplied, somewhere."""

    what: Condition
    where: Id = "all"
    """A territory, or "all"."""
    multiply: NotNegative


class Answer(Record):
    """What a manager may do about a shock: effects that cost money."""

    id: Id
    name: Text
    cost_per_week: NotNegative = 0
    effects: list[Effect] = []


class Shock(Record):
    """Dated effects outside the manager's control."""

    id: Id
    name: Text
    brief: Text
    """What the manager reads when it begins."""
    start_week: Annotated[int, Field(ge=0)]
    weeks: Annotated[int, Field(ge=1)]
    effects: Annotated[list[Effect], Field(min_length=1)]
    answers: list[Answer] = []
    source: Annotated[str, Field(min_length=1)]


class Quotas(Block):
    """Sales targets of the reps."""

    factor: Positive = 1.05
    """Quota as a multiple of the expected routine sales of a rep's accounts."""


class Region(Record):
    """One of several independent regions that share the rest of the file."""

    id: Id
    name: Text
    potential: Positive = 1.0


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
    territories: Annotated[list[Territory], Field(min_length=1)]
    reps: list[Rep] = []
    customers: Customers = Customers()
    regions: list[Region] = []
    shocks: list[Shock] = []
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
    costs: Costs
    source: Annotated[str, Field(min_length=1)]
    """Where the territories, reps and names come from."""

    @model_validator(mode="after")
    def _refers_to_known_names(self) -> "Scenario":
        mistakes = [*_doubles(self), *_unknown_places(self), *_unknown_reps(self)]
        if mistakes:
            raise Mistakes(mistakes)
        return self

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
            regions=[],
            territories=[_of_region(found, item) for item in self.territories],
            reps=[_of_region(found, item) for item in self.reps],
            shocks=[_shock_of_region(found, shock) for shock in self.shocks],
        )


Location = tuple[str | int, ...]


def _of_region(region: Region, item: Territory | Rep) -> dict[str, Any]:
    changed = item.model_dump()
    changed["id"] = f"{region.id}-{item.id}"
    if isinstance(item, Territory):
        changed["potential"] = item.potential * region.potential
    else:
        changed["territory"] = f"{region.id}-{item.territory}"
    return changed


def _shock_of_region(region: Region, shock: Shock) -> dict[str, Any]:
    changed = shock.model_dump()
    effects = [*changed["effects"], *(e for a in changed["answers"] for e in a["effects"])]
    for effect in effects:
        if effect["where"] != "all":
            effect["where"] = f"{region.id}-{effect['where']}"
    return changed


def _doubles(scenario: Scenario) -> list[tuple[Location, str]]:
    """Ids that occur twice in a list."""
    lists = {
        ("territories",): scenario.territories,
        ("reps",): scenario.reps,
        ("customers", "named"): scenario.customers.named,
        ("shocks",): scenario.shocks,
        ("regions",): scenario.regions,
    }
    mistakes: list[tuple[Location, str]] = []
    for where, items in lists.items():
        seen: set[str] = set()
        for index, item in enumerate(items):
            if item.id in seen:
                mistakes.append(((*where, index, "id"), f"the id '{item.id}' is used twice"))
            seen.add(item.id)
    return mistakes


def _unknown_places(scenario: Scenario) -> list[tuple[Location, str]]:
    """Territories that are named and do not exist."""
    known = [territory.id for territory in scenario.territories]
    named: list[tuple[Location, str]] = [
        *((("reps", i, "territory"), rep.territory) for i, rep in enumerate(scenario.reps)),
        *(
            (("customers", "named", i, "territory"), customer.territory)
            for i, customer in enumerate(scenario.customers.named)
        ),
    ]
    mistakes = [
        (place, f"unknown territory '{name}'{did_you_mean(name, known)}")
        for place, name in named
        if name not in known
    ]
    for place, effect in _effects(scenario):
        if effect.where not in ("all", *known):
            hint = did_you_mean(effect.where, ["all", *known])
            mistakes.append(((*place, "where"), f"unknown territory '{effect.where}'{hint}"))
    return mistakes


def _effects(scenario: Scenario) -> list[tuple[Location, Effect]]:
    found: list[tuple[Location, Effect]] = []
    for i, shock in enumerate(scenario.shocks):
        found += [(("shocks", i, "effects", j), e) for j, e in enumerate(shock.effects)]
        for k, answer in enumerate(shock.answers):
            place = ("shocks", i, "answers", k, "effects")
            found += [((*place, j), e) for j, e in enumerate(answer.effects)]
    return found


def _unknown_reps(scenario: Scenario) -> list[tuple[Location, str]]:
    """Named customers whose rep does not exist."""
    known = [rep.id for rep in scenario.reps]
    return [
        (("customers", "named", i, "rep"), f"unknown rep '{c.rep}'{did_you_mean(c.rep, known)}")
        for i, c in enumerate(scenario.customers.named)
        if c.rep is not None and c.rep not in known
    ]
