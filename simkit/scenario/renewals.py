"""Renewal cards: a contract that ends, what it has brought, tiers, three versions, and trades."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Id, NotNegative, Positive, Share
from simkit.scenario.catalogue import find_named, names_in
from simkit.scenario.loading import load_record
from simkit.scenario.objections import Buyer, Trade
from simkit.scenario.record import Loc, Mistakes, Record, Text

FOLDER = Path("renewals")
MOST_MONTHS = 18
PerYear = Annotated[float, Field(ge=-10_000, le=10_000)]
"""Money per year; 1 is 1,000 euros in English and 10,000 yuan in Chinese."""


class Contract(Record):
    """The contract that ends."""

    text: Text
    units: Positive
    """Units that the customer takes a year."""
    unit: Text
    price: Positive
    """Money per unit; 1 is 1,000 euros in English and 10,000 yuan in Chinese."""
    cost: Positive
    """What a unit costs us."""
    months_left: Annotated[int, Field(ge=2, le=MOST_MONTHS)]
    """Months before its end at which a rep may begin at the earliest."""


class Delivered(Record):
    """Something that the contract has brought the customer, worth showing."""

    id: Id
    text: Text
    worth: NotNegative
    """A year, to the customer."""
    reply: Text
    """What the buyer says when it is shown."""


class Tier(Record):
    """A step price: from so many units a year on, all units cost less by a share."""

    id: Id
    from_units: NotNegative
    discount: Share


class Version(Record):
    """One of three contracts that can be offered."""

    id: Id
    name: Text
    text: Text
    years: Annotated[int, Field(ge=1, le=6)]
    steps: tuple[Annotated[float, Field(ge=-0.2, le=0.2)], ...] = ()
    """Change of the price at the beginning of the second, third, ... year."""
    cost: NotNegative = 0.0
    """What its service costs us a year."""
    worth: PerYear = 0.0
    """What service and term are worth to the buyer a year, hidden; a long term may burden."""

    @model_validator(mode="after")
    def _steps_fit(self) -> "Version":
        if len(self.steps) >= self.years:
            message = f"{self.years} years have {self.years - 1} steps at most: leave some out"
            raise Mistakes([(("steps",), message)])
        return self


class Concession(Record):
    """Something we can give."""

    id: Id
    text: Text
    cost: Positive
    """A year, to us."""
    worth: Positive
    """A year, to the buyer; hidden."""


class Return(Record):
    """Something the buyer can give."""

    id: Id
    text: Text
    gain: Positive
    """A year, to us."""
    burden: NotNegative
    """A year, to the buyer; hidden."""


class Limits(Block):
    """What the buyer does not tell."""

    base_worth: PerYear
    """What the supply is worth a year to the buyer, without what must be shown."""
    noticed: Share
    """Share of the delivered value that the buyer is aware of by itself."""
    alternative: PerYear
    """What the best alternative would bring the buyer a year while no bids are asked for."""
    rival_gain: NotNegative
    """By how much a bid of a competitor raises that."""
    rival_from: Annotated[int, Field(ge=0, le=MOST_MONTHS)]
    """Bids are asked for when so many months are left."""
    extra_units: NotNegative = 0.0
    """Units beyond those of today that the customer can use."""
    extra_worth: NotNegative = 0.0
    """What each of these is worth to the buyer."""


class PriceChange(Record):
    """By how much the price may be changed, as shares of the price now."""

    least: Annotated[float, Field(ge=-0.3, le=0)] = -0.06
    most: Annotated[float, Field(ge=0, le=0.3)] = 0.06
    by: Annotated[float, Field(ge=0.005, le=0.1)] = 0.02

    @property
    def choices(self) -> tuple[float, ...]:
        """All changes that can be offered, rising."""
        steps = round((self.most - self.least) / self.by)
        found = {round(self.least + step * self.by, 4) for step in range(steps + 1)}
        return tuple(sorted({*found, 0.0}))


class Renewal(Record):
    """What is practised in a renewal talk."""

    trade: Trade
    buyer: Buyer
    contract: Contract
    delivered: Annotated[tuple[Delivered, ...], Field(min_length=1, max_length=6)]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=2, max_length=5)]
    versions: Annotated[tuple[Version, ...], Field(min_length=3, max_length=3)]
    concessions: Annotated[tuple[Concession, ...], Field(min_length=1, max_length=4)]
    returns: Annotated[tuple[Return, ...], Field(min_length=1, max_length=4)]
    limits: Limits
    price_change: PriceChange = PriceChange()

    @model_validator(mode="after")
    def _holds_together(self) -> "Renewal":
        mistakes = [*_doubles(self), *_steps_of(self.tiers), *_prices_of(self.contract)]
        if mistakes:
            raise Mistakes(mistakes)
        return self


class RenewalCard(Block):
    """A card of the practice: one contract to renew."""

    name: Text
    renewal: Renewal


def _doubles(renewal: Renewal) -> Iterator[tuple[Loc, str]]:
    for group in ("delivered", "tiers", "versions", "concessions", "returns"):
        items: Any = getattr(renewal, group)
        ids = [item.id for item in items]
        for index, found in enumerate(ids):
            if found in ids[:index]:
                yield (group, index, "id"), f"the id '{found}' is used twice"


def _steps_of(tiers: tuple[Tier, ...]) -> Iterator[tuple[Loc, str]]:
    if tiers[0].from_units:
        yield ("tiers", 0, "from_units"), "the first step must begin at 0 units"
    for index in range(1, len(tiers)):
        before, tier = tiers[index - 1], tiers[index]
        if tier.from_units <= before.from_units:
            message = f"must be more than {before.from_units:g}, where the step before begins"
            yield ("tiers", index, "from_units"), message
        if tier.discount <= before.discount:
            message = f"must be more than {before.discount:g}: who takes more pays less per unit"
            yield ("tiers", index, "discount"), message


def _prices_of(contract: Contract) -> Iterator[tuple[Loc, str]]:
    if contract.cost >= contract.price:
        message = f"must be less than the price of {contract.price:g}: nothing would be earned"
        yield ("contract", "cost"), message


def renewal_names(own: bool = True) -> list[str]:
    """Return the names of the cards that ship and, with `own`, of the person's own."""
    return names_in(FOLDER, own)


def find_renewal(name: str | Path) -> Path:
    """Return a path as it is, else that of a card by name: the person's own before the shipped one.

    Raises ScenarioError when there is none of that name.
    """
    return find_named(FOLDER, name, "renewal card")


def load_renewal(path: str | Path) -> RenewalCard:
    """Return the checked card of a file; a name without a folder is looked up.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(find_renewal(path), RenewalCard)
