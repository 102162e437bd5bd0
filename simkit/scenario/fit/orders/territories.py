"""Territories and reps of an order history, under ids that a scenario may use."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from simkit.scenario.fit.orders.order_table import Histories, Ints, OrderTable
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario

MOST = 300
"""Territories a scenario is expected to have; more names than that are taken for a mistake."""
LATELY = 91
"""Days: a rep is there who had an order in the last quarter."""
NOWHERE = Text(en="Not assigned", zh="未分配")
ALL = Text(en="All customers", zh="全部客户")


@dataclass(frozen=True, slots=True)
class Place:
    """A territory: its id, its name, its reps now, and the orders of its customers."""

    id: str
    name: Text
    reps: int
    rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The territories; the place of each customer among them, and of each rep of the table."""

    places: tuple[Place, ...]
    of_customer: Ints
    rep_ids: tuple[str, ...]
    """Id of each rep of the table in the scenario; "" for those who are no longer there."""
    known: bool
    """Whether the file names territories, and reps."""
    known_reps: bool


def find_places(table: OrderTable, histories: Histories) -> Places:
    """Return the territories, and the reps that the file names.

    Raises ScenarioError when the column names more territories than a scenario can have.
    """
    used = sorted(set(histories.territory.tolist()) - {-1}, key=table.territories.__getitem__)
    if len(used) > MOST:
        column = table.columns["territory"]
        message = (
            f"column '{column}' has {len(used):,} different names; a scenario has at most {MOST} "
            "territories: name another column with --columns, or 'territory: null' for none"
        )
        raise ScenarioError([Problem(table.path, 1, None, message)])
    numbers = used + ([-1] if (histories.territory < 0).any() else [])
    names = [table.territories[n] if n >= 0 else "" for n in numbers]
    ids = _ids(names)
    rank = {n: i for i, n in enumerate(numbers)}
    of_customer = np.array([rank[n] for n in histories.territory.tolist()])
    rows = np.bincount(of_customer, histories.count, len(numbers))
    team = _teams(histories, rank)
    known_reps = bool(table.reps)
    places = [
        Place(ids[i], _text(name, used), len(team.get(i, [])), int(rows[i]))
        for i, name in enumerate(names)
    ]
    rep_ids = [""] * len(table.reps)
    for i, members in team.items():
        for k, rep in enumerate(members if known_reps else []):
            rep_ids[int(rep)] = f"{ids[i]}-r{k + 1}"
    return Places(tuple(places), of_customer, tuple(rep_ids), bool(used), known_reps)


def _text(name: str, used: list[int]) -> Text:
    if name:
        return Text(en=name, zh=name)
    return NOWHERE if used else ALL


def _teams(histories: Histories, rank: dict[int, int]) -> dict[int, list[str]]:
    """Return the reps with an order of late by the place of the territory of their latest row."""
    team: dict[int, list[str]] = {}
    latest = int(histories.rep_last.max(initial=0))
    for rep, day in enumerate(histories.rep_last.tolist()):
        place = rank.get(int(histories.rep_territory[rep]), len(rank) - 1)
        if day > latest - LATELY:
            team.setdefault(place, []).append(str(rep))
    return team


def staffed(places: Places, active: Sequence[float], base: Scenario) -> Places:
    """Return the places with as many reps per active customer as the base has, if none is known."""
    if places.known_reps:
        return places
    share = reps_of(base) / max(customers_of(base), 1)
    counts = [max(1, min(10_000, round(n * share))) for n in active]
    those = zip(places.places, counts, strict=True)
    return replace(places, places=tuple(replace(place, reps=n) for place, n in those))


def reps_of(scenario: Scenario) -> int:
    """Return the number of reps at the start."""
    return len(scenario.reps) + sum(place.reps for place in scenario.territories)


def customers_of(scenario: Scenario) -> int:
    """Return the number of customers at the start, without those of an order history."""
    return len(scenario.customers.named) + sum(p.customers for p in scenario.territories)


def _ids(names: list[str]) -> list[str]:
    """Return ids for names: their own letters where they will do, else t1, t2, ..."""
    ids: list[str] = []
    for number, name in enumerate(names, 1):
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:24]
        own = plain if name.isascii() and plain else f"t{number}"
        ids.append(own if own not in ids else f"{own}_{number}")
    return ids
