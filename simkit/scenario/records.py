"""What a region file may say: the frozen, checked records of a scenario."""

import re
from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.scenario.block import ID_LENGTH, Id, Multiple, NotNegative, Positive
from simkit.scenario.customers import Customers, KnownCustomer, NamedCustomer
from simkit.scenario.firm_blocks import Costs, Desks, Funnel, Quotas, Selling, Skill, Stock
from simkit.scenario.market_blocks import Demand, Loss, Market, Relationship, Response, Satisfaction
from simkit.scenario.people_blocks import Effort, Pay, Turnover
from simkit.scenario.record import Loc, Mistakes, Record, Text, did_you_mean
from simkit.scenario.shocks import Shock


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

    @staticmethod
    def mistakes_in(scenario: Any) -> list[tuple[Loc, str]]:
        """Return the names that do not fit together; `scenario` may be the plain data of a file."""
        names = [*_doubles(scenario), *_unknown_places(scenario), *_unknown_reps(scenario)]
        return names + _too_long(scenario) + _like_drawn(scenario)

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
            shocks=[_shock_of_region(found, shock) for shock in self.shocks],
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


def _shock_of_region(region: Region, shock: Shock) -> dict[str, Any]:
    changed = shock.model_dump()
    effects = [*changed["effects"], *(e for a in changed["answers"] for e in a["effects"])]
    for effect in effects:
        if effect["where"] != "all":
            effect["where"] = f"{region.id}-{effect['where']}"
    return changed


def _value(item: Any, *names: str) -> Any:
    """What is under the names in a record or in plain data, or None."""
    for name in names:
        item = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return item


def _entries(item: Any, *names: str) -> list[Any]:
    found = _value(item, *names)
    return [*found] if isinstance(found, list | tuple) else []


def _ids(scenario: Any, *names: str) -> list[str]:
    return [str(_value(item, "id")) for item in _entries(scenario, *names)]


def _doubles(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that occur twice in a list."""
    mistakes: list[tuple[Loc, str]] = []
    for where in (("territories",), ("reps",), ("customers", "named"), ("shocks",), ("regions",)):
        seen: set[str] = set()
        for index, name in enumerate(_ids(scenario, *where)):
            if name in seen:
                mistakes.append(((*where, index, "id"), f"the id '{name}' is used twice"))
            seen.add(name)
    return mistakes


def _too_long(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids of regions that leave no room for the id of a territory, rep or customer behind them."""
    lists = (("territories",), ("reps",), ("customers", "named"))
    longest = max((len(name) for where in lists for name in _ids(scenario, *where)), default=0)
    return [
        (("regions", i, "id"), f"'{name}' is too long: with a territory's id it passes {ID_LENGTH}")
        for i, name in enumerate(_ids(scenario, "regions"))
        if len(name) + 1 + longest > ID_LENGTH
    ]


def _like_drawn(scenario: Any) -> list[tuple[Loc, str]]:
    """Ids that customers or reps drawn for a territory have or may get: they would share luck."""
    places = "|".join(re.escape(name) for name in _ids(scenario, "territories"))
    return [
        ((*where, index, "id"), f"'{name}' is kept for those that are drawn; choose another id")
        for where in (("reps",), ("customers", "named"))
        for index, name in enumerate(_ids(scenario, *where))
        if places and re.fullmatch(rf"({places})-(\d{{4,}}|new\d+|r\d+)", name)
    ]


def _unknown_places(scenario: Any) -> list[tuple[Loc, str]]:
    """Territories that are named and do not exist."""
    known = _ids(scenario, "territories")
    named = _named(scenario, ("reps",), "territory") + _named(
        scenario, ("customers", "named"), "territory"
    )
    mistakes = _unknown("territory", named, known)
    return mistakes + _unknown("territory", _effects(scenario), ["all", *known])


def rep_ids(scenario: Any) -> list[str]:
    """Return the ids of all reps at the start: those listed, then those drawn for a territory."""
    counts = [
        (_value(place, "id"), _value(place, "reps")) for place in _entries(scenario, "territories")
    ]
    drawn = [(name, n) for name, n in counts if isinstance(n, int) and 0 < n <= 10_000]
    numbered = [f"{name}-r{i + 1}" for name, n in drawn for i in range(n)]
    return [*_ids(scenario, "reps"), *numbered]


def _unknown_reps(scenario: Any) -> list[tuple[Loc, str]]:
    """Named customers whose rep does not exist."""
    named = _named(scenario, ("customers", "named"), "rep")
    return _unknown("rep", named, rep_ids(scenario))


def _named(scenario: Any, where: tuple[str, ...], key: str) -> list[tuple[Loc, Any]]:
    """The values of `key` in the entries of a list, each with its place."""
    items = enumerate(_entries(scenario, *where))
    return [((*where, i, key), _value(item, key)) for i, item in items]


def _effects(scenario: Any) -> list[tuple[Loc, Any]]:
    """Where the effects of shocks and of the answers to them are felt."""
    found: list[tuple[Loc, Any]] = []
    for i, shock in enumerate(_entries(scenario, "shocks")):
        places: list[tuple[Loc, Any]] = [(("shocks", i), shock)]
        answers = enumerate(_entries(shock, "answers"))
        places += [(("shocks", i, "answers", k), answer) for k, answer in answers]
        for place, item in places:
            effects = enumerate(_entries(item, "effects"))
            found += [((*place, "effects", j, "where"), _value(e, "where")) for j, e in effects]
    return found


def _unknown(kind: str, named: list[tuple[Loc, Any]], known: list[str]) -> list[tuple[Loc, str]]:
    return [
        (place, f"unknown {kind} '{name}'{did_you_mean(name, known)}")
        for place, name in named
        if isinstance(name, str) and name not in known
    ]
