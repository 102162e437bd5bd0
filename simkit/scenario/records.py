"""What a region file may say: the frozen, checked records of a scenario."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.scenario.block import Id, NotNegative, Positive
from simkit.scenario.customers import Customers
from simkit.scenario.firm_blocks import Costs, Desks, Funnel, Quotas, Selling, Skill, Stock
from simkit.scenario.market_blocks import Demand, Loss, Market, Relationship, Response, Satisfaction
from simkit.scenario.record import Mistakes, Record, Text, did_you_mean
from simkit.scenario.shocks import Effect, Shock


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
    territories: Annotated[tuple[Territory, ...], Field(min_length=1)]
    reps: tuple[Rep, ...] = ()
    customers: Customers = Customers()
    regions: tuple[Region, ...] = ()
    shocks: tuple[Shock, ...] = ()
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
            regions=(),
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
    lists: dict[Location, Sequence[Any]] = {
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
