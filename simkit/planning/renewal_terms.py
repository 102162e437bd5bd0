"""What an offer of renewal is worth to us and to the buyer, and the best offer there is."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from itertools import accumulate, combinations
from typing import Any

from simkit.scenario.record import Loc, Text, did_you_mean
from simkit.scenario.renewals import (
    Concession,
    Renewal,
    RenewalCard,
    Return,
    Tier,
    Version,
)


class NoSuchPartError(KeyError):
    """An offer names something that the card does not have."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        hint = did_you_mean(name, known)
        super().__init__(f"there is no {what} '{name}'{hint}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A package: a version, a change of price, a step price, and what is given for what."""

    version: str
    tier: str
    change: float = 0.0
    """Change of the price at the start, as a share of the price now."""
    given: tuple[str, ...] = ()
    """Concessions; only as many as there are returns count as earned, the first ones first."""
    returned: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the offer as plain data, for a file."""
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Offer":
        """Return the offer that `as_dict` wrote; raises TypeError with other data."""
        pairs = {**data, "given": tuple(data["given"]), "returned": tuple(data["returned"])}
        return cls(**pairs)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a card that an offer names."""

    version: Version
    tier: Tier
    given: tuple[Concession, ...]
    returned: tuple[Return, ...]

    @property
    def unearned(self) -> tuple[Concession, ...]:
        """Concessions for which nothing comes back."""
        return self.given[len(self.returned) :]


def parts_of(renewal: Renewal, offer: Offer) -> Parts:
    """Return what an offer names; raises NoSuchPartError with an unknown part."""
    return Parts(
        _named(renewal.versions, offer.version, "version"),
        _named(renewal.tiers, offer.tier, "step price"),
        tuple(_named(renewal.concessions, name, "concession") for name in offer.given),
        tuple(_named(renewal.returns, name, "return") for name in offer.returned),
    )


def _named(items: Collection[Any], name: str, what: str) -> Any:
    for item in items:
        if item.id == name:
            return item
    raise NoSuchPartError(what, name, [item.id for item in items])


def units_of(renewal: Renewal, tier: Tier) -> float:
    """Return the units a year that a step price asks for, today's at least."""
    return max(renewal.contract.units, tier.from_units)


def prices_of(renewal: Renewal, offer: Offer) -> list[float]:
    """Return the price of a unit in each year of the term."""
    parts = parts_of(renewal, offer)
    first = renewal.contract.price * (1 + offer.change) * (1 - parts.tier.discount)
    steps = [*parts.version.steps, *[0.0] * parts.version.years][: parts.version.years - 1]
    return list(accumulate(steps, lambda price, step: price * (1 + step), initial=first))


def margin_of(renewal: Renewal, offer: Offer) -> float:
    """Return what an offer earns over its term, in the card's money."""
    parts = parts_of(renewal, offer)
    units = units_of(renewal, parts.tier)
    yearly = sum(one.gain for one in parts.returned) - sum(one.cost for one in parts.given)
    yearly -= parts.version.cost
    prices = prices_of(renewal, offer)
    return sum(units * (price - renewal.contract.cost) + yearly for price in prices)


def seen_of(renewal: Renewal, shown: Collection[str]) -> float:
    """Return the delivered worth a year that the buyer is aware of."""
    share = renewal.limits.noticed
    return sum(one.worth * (1.0 if one.id in shown else share) for one in renewal.delivered)


def alternative_of(renewal: Renewal, months_left: int) -> float:
    """Return what the buyer would gain elsewhere; more once bids have been asked for."""
    limits = renewal.limits
    return limits.alternative + (limits.rival_gain if months_left <= limits.rival_from else 0.0)


def surplus_of(renewal: Renewal, offer: Offer, shown: Collection[str], months_left: int) -> float:
    """Return by how much a year the buyer is better off with an offer; renews from 0 on.

    What is given for nothing counts for nothing: it becomes the new starting point (assumption).
    """
    parts, limits = parts_of(renewal, offer), renewal.limits
    prices, units = prices_of(renewal, offer), units_of(renewal, parts.tier)
    extra = min(units - renewal.contract.units, limits.extra_units) * limits.extra_worth
    earned = sum(one.worth for one in parts.given[: len(parts.returned)])
    burden = sum(one.burden for one in parts.returned)
    worth = limits.base_worth + seen_of(renewal, shown) + parts.version.worth
    cost = units * sum(prices) / len(prices) + alternative_of(renewal, months_left)
    return worth + extra + earned - burden - cost


# --- the best there is ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Best:
    """The offer with the highest margin that the buyer renews with, and how to get there."""

    offer: Offer
    margin: float
    shown: tuple[str, ...]
    months_left: int
    """When it is proposed."""


def offers_of(renewal: Renewal) -> Iterator[Offer]:
    """Yield every offer that a card allows."""
    gifts = _subsets([one.id for one in renewal.concessions])
    asks = _subsets([one.id for one in renewal.returns])
    for version in renewal.versions:
        for tier in renewal.tiers:
            for change in renewal.price_change.choices:
                for given in gifts:
                    for returned in asks:
                        yield Offer(version.id, tier.id, change, given, returned)


def _subsets(names: list[str]) -> list[tuple[str, ...]]:
    return [chosen for size in range(len(names) + 1) for chosen in combinations(names, size)]


def best_preparation(renewal: Renewal, start: int) -> tuple[tuple[str, ...], int]:
    """Return what to show before the offer, beginning `start` months ahead, and the months left.

    Each thing shown takes a month; the buyer's view of any offer depends on the rest alone.
    """
    ranked = sorted(renewal.delivered, key=lambda one: (-one.worth, one.id))
    ways = [
        (tuple(one.id for one in ranked[:count]), start - count)
        for count in range(min(len(ranked), start - 1) + 1)
    ]
    return max(ways, key=lambda way: seen_of(renewal, way[0]) - alternative_of(renewal, way[1]))


def best_offers(renewal: Renewal) -> list[Best | None]:
    """Return the best outcome for each start from 1 month ahead on, found by trying all offers."""
    rated = [(margin_of(renewal, offer), offer) for offer in offers_of(renewal)]
    rated.sort(key=lambda pair: -pair[0])
    starts = range(1, renewal.contract.months_left + 1)
    return [_best(renewal, rated, *best_preparation(renewal, start)) for start in starts]


def _best(
    renewal: Renewal, rated: list[tuple[float, Offer]], shown: tuple[str, ...], months: int
) -> Best | None:
    for margin, offer in rated:
        if surplus_of(renewal, offer, shown, months) >= 0:
            return Best(offer, margin, shown, months)
    return None


def renewal_mistakes(card: RenewalCard) -> Iterator[tuple[Loc, str]]:
    """Yield (loc, message) for what makes a card that nobody can play to a good end."""
    found = best_offers(card.renewal)
    if found[-1] is None:
        message = "the buyer renews with no package, however early you begin: make it worth more"
        yield ("renewal", "limits", "base_worth"), message
    elif found[0] and found[0].margin >= found[-1].margin:
        message = "an early start gains nothing: let more be delivered, or the bids come sooner"
        yield ("renewal", "limits", "rival_from"), message


def money(amount: float) -> Text:
    """Return money of a renewal card as people of either language write it."""
    sign = "-" if amount < 0 else ""
    tens = f"{abs(amount):,.2f}".rstrip("0").rstrip(".")
    return Text(en=f"{sign}€{abs(amount) * 1000:,.0f}", zh=f"{sign}{tens}万元")
