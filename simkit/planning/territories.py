"""Who looks after whom: workload and potential of reps and territories, and moves between them."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from simkit.region.population import draw_customers, draw_reps
from simkit.region.response import steepness_of
from simkit.region.roads import Roads, Spot
from simkit.region.state import CLASSES, Customer
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

FAIR = (0.85, 1.15)
"""Index within which a territory counts as well sized; source: Zoltners and Lorimer 2000."""
HORIZON = 104
"""Weeks over which a new map is judged: what a change costs once is shared out; assumption."""


class NotPossible(ValueError):  # noqa: N818 - what was asked for, not the program, is at fault
    """Something asked for cannot be done; `field` says where it was entered, `text` why not."""

    def __init__(self, field: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.field, self.text = field, Text(en=en, zh=zh)


@dataclass(frozen=True, slots=True)
class Account:
    """A customer as the desk sees it."""

    id: str
    territory: str
    klass: str
    potential: float
    """Expected routine sales, in money a week."""
    calls: float
    """Calls a week that accounts of its class usually get."""
    spot: Spot = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Seller:
    """A rep as the desk sees it."""

    id: str
    territory: str
    calls: float
    """Calls a week on accounts, at the usual distance."""
    home: Spot = (0.0, 0.0)


@dataclass(frozen=True)
class Worth:
    """What the scenario lets expect of calls and relationships, as shares of sales."""

    elasticity: float
    """Of sales with respect to calls, at the usual rate."""
    curvature: float
    """How fast that falls: minus the second derivative of the response there."""
    handover: float
    """Of an account's sales within `HORIZON`, lost when its rep changes."""


@dataclass(frozen=True)
class Indices:
    """One rep or territory beside the others."""

    workload: float
    """Calls needed over calls available, ways included; 1: just enough time."""
    potential: float
    """Potential of the accounts over the mean of all."""
    km: float
    """Mean distance of a needed call."""
    accounts: int
    key_accounts: int


@dataclass(frozen=True)
class SalesMap:
    """Accounts, reps, and who looks after whom (`whose`: account to rep)."""

    accounts: Mapping[str, Account]
    sellers: Mapping[str, Seller]
    whose: Mapping[str, str]
    roads: Roads | None
    worth: Worth

    @cached_property
    def lists(self) -> dict[str, list[Account]]:
        """The accounts of every rep."""
        found: dict[str, list[Account]] = {name: [] for name in self.sellers}
        for name, rep in self.whose.items():
            found[rep].append(self.accounts[name])
        return found

    def km(self, account: Account, seller: Seller) -> float:
        """Return the distance between a rep and an account; 0 without a map."""
        return math.dist(account.spot, seller.home) if self.roads else 0.0

    def effort(self, account: Account, seller: Seller) -> float:
        """Return the calls an account needs, as time: longer ways count as more calls."""
        return account.calls * (self.roads.time(self.km(account, seller)) if self.roads else 1.0)

    def of_reps(self) -> dict[str, Indices]:
        """Return the indices of every rep."""
        mean = self._mean_potential(len(self.sellers))
        return {
            name: self._indices(mine, [self.sellers[name]], mean)
            for name, mine in self.lists.items()
        }

    def of_territories(self) -> dict[str, Indices]:
        """Return the indices of every territory: of the reps based there, with all they look after.

        A territory without reps, or whose reps have no customers, has a workload of 0.
        """
        inside: dict[str, list[Account]] = {}
        teams: dict[str, list[Seller]] = {}
        for name, seller in self.sellers.items():
            teams.setdefault(seller.territory, []).append(seller)
            inside.setdefault(seller.territory, []).extend(self.lists[name])
        names = dict.fromkeys([*teams, *(a.territory for a in self.accounts.values())])
        mean = self._mean_potential(len(names))
        return {
            name: self._indices(inside.get(name, []), teams.get(name, []), mean) for name in names
        }

    def _mean_potential(self, number: int) -> float:
        return math.fsum(a.potential for a in self.accounts.values()) / max(number, 1)

    def _indices(self, mine: list[Account], team: list[Seller], mean: float) -> Indices:
        pairs = [(a, self.sellers[self.whose[a.id]]) for a in mine]
        wanted = math.fsum(self.effort(a, s) for a, s in pairs)
        calls, free = math.fsum(a.calls for a in mine), math.fsum(s.calls for s in team)
        ways = math.fsum(a.calls * self.km(a, s) for a, s in pairs)
        potential = math.fsum(a.potential for a in mine)
        return Indices(
            wanted / free if free else 0.0,
            potential / mean if mean else 0.0,
            ways / calls if calls else 0.0,
            len(mine),
            sum(a.klass == "key" for a in mine),
        )

    def moved_since(self, before: "SalesMap") -> list[Account]:
        """Return the accounts that have another rep than in `before`, the largest first."""
        gone = [self.accounts[n] for n, rep in self.whose.items() if before.whose[n] != rep]
        return sorted(gone, key=lambda a: (-a.potential, a.id))


def sales_map(scenario: Scenario, split: CallSplit | None = None) -> SalesMap:
    """Return the map of a scenario at its start.

    Calls needed: what accounts of a class get when all reps together split their calls as `split`
    (without it: the scenario) says, so that the needs of the region add up to the calls it has.
    Customers without a rep are left out.
    Raises NotPossible for a region without customers or reps.
    """
    reps = draw_reps(scenario)
    customers, _ = draw_customers(scenario, reps)
    customers = [c for c in customers if c.rep is not None]
    if not customers or not reps:
        raise NotPossible("account", "The region has no customers.", "这个大区没有客户。")
    roads = Roads(scenario) if scenario.geography else None
    selling, funnel = scenario.selling, scenario.funnel
    each = selling.calls_per_week * (1.0 - (selling.prospecting_share if funnel.on else 0.0))
    travel = {t.id: t.travel for t in scenario.territories}
    sellers = {
        rep.id: Seller(
            rep.id,
            rep.territory,
            each / travel[rep.territory],
            roads.home(rep.id, rep.territory) if roads else (0.0, 0.0),
        )
        for rep in reps
    }
    free = math.fsum(s.calls for s in sellers.values())
    norms = _norms(split or selling.call_split, customers, free)
    accounts = {c.id: _account(c, norms, roads) for c in customers}
    whose = {c.id: c.rep.id for c in customers if c.rep}
    return SalesMap(accounts, sellers, whose, roads, _worth(scenario))


def _norms(split: CallSplit, customers: list[Customer], calls: float) -> dict[str, float]:
    """Calls a week of an account, by class; classes without accounts leave theirs to the others."""
    number = {k: sum(c.klass == k for c in customers) for k in CLASSES}
    shares = {k: getattr(split, k) for k in CLASSES if number[k]}
    whole = math.fsum(shares.values())
    return {k: calls * s / whole / number[k] if whole else 0.0 for k, s in shares.items()}


def _account(customer: Customer, norms: Mapping[str, float], roads: Roads | None) -> Account:
    return Account(
        customer.id,
        customer.territory,
        customer.klass,
        customer.orders_per_week * customer.order_value,
        norms[customer.klass],
        roads.spot(customer.id, customer.territory) if roads else (0.0, 0.0),
    )


def _worth(scenario: Scenario) -> Worth:
    response, tie = scenario.response, scenario.relationship
    slope, curvature = steepness_of(response.floor, response.ceiling, response.half)
    weeks = tie.build_weeks
    fading = weeks / HORIZON * (1.0 - math.exp(-HORIZON / weeks))
    on = 1.0 if response.on else 0.0
    return Worth(slope * on, curvature * on, tie.loss_share * fading if tie.on else 0.0)


# Rules that need no map


def share_outside(indices: Iterable[float], fair: tuple[float, float] = FAIR) -> float:
    """Return the share of indices outside the fair band; raises ValueError when there are none."""
    values = list(indices)
    if not values:
        raise ValueError("there is nothing to look at")
    return sum(not fair[0] <= value <= fair[1] for value in values) / len(values)


def dealt_out(
    loads: Mapping[str, tuple[float, Hashable]], teams: Mapping[Hashable, Mapping[str, float]]
) -> dict[str, str]:
    """Return a rep for each account: the largest first, to whom of its team has least so far.

    `loads`: account to (load, team); `teams`: team to what each rep of it has already.
    Source: longest processing time first (Graham 1969, SIAM J. Applied Mathematics 17(2)).
    """
    so_far: dict[Hashable, dict[str, float]] = defaultdict(dict)
    for team, reps in teams.items():
        so_far[team] = dict(reps)
    whose: dict[str, str] = {}
    for name, (load, team) in sorted(loads.items(), key=lambda item: (-item[1][0], item[0])):
        rep = min(so_far[team], key=so_far[team].__getitem__)
        so_far[team][rep] += load
        whose[name] = rep
    return whose
