"""Who sold what in the first quarter of a world, in columns of a table."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Self

import numpy as np

from simkit.region.events import DAYS_PER_WEEK
from simkit.region.population import draw_reps
from simkit.region.simulation import Simulation
from simkit.scenario.record import did_you_mean
from simkit.scenario.records import Scenario
from simkit.study.outcome import SALES

QUARTER = 13
LARGEST = 1e15
"""Targets above this are slips; below it sums are safe."""
Numbers = list[list[float]]
"""By column: sales, visits, pay."""


@dataclass(frozen=True)
class Team:
    """The reps of week 0 on the list, and the territories.

    Columns: each rep, then what all others (newcomers, or nobody) sell in each territory.
    """

    territory_of: dict[str, str]
    """By rep."""
    territories: tuple[str, ...]

    @property
    def reps(self) -> list[str]:
        """The reps in the order of the scenario."""
        return list(self.territory_of)

    @cached_property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.territory_of) + len(self.territories)

    @cached_property
    def parts(self) -> dict[str, list[int]]:
        """By territory: the columns of its reps and of others there."""
        return {
            place: [i for i, home in enumerate(self.territory_of.values()) if home == place]
            + [len(self.territory_of) + number]
            for number, place in enumerate(self.territories)
        }

    def by_column(self, own: Mapping[str, float], usual: float) -> list[float]:
        """Return a number for each column: a rep's own; for others, the mean of the colleagues."""
        values = [own[rep] for rep in self.territory_of]
        for columns in self.parts.values():
            mine = [values[i] for i in columns[:-1]]
            values.append(math.fsum(mine) / len(mine) if mine else usual)
        return values

    def sums(self, quotas: Mapping[str, float]) -> dict[str, float]:
        """Return the sum of the quotas in each territory."""
        reps = self.reps
        return {
            place: math.fsum(quotas[reps[i]] for i in columns[:-1])
            for place, columns in self.parts.items()
        }

    def pack(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        return {"reps": list(self.territory_of.items()), "territories": list(self.territories)}

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> Self:
        """Return what `pack` packed."""
        return cls(dict(data["reps"]), tuple(data["territories"]))


def team_of(scenario: Scenario) -> Team:
    """Return the team of a scenario at the start."""
    places = tuple(territory.id for territory in scenario.territories)
    return Team({rep.id: rep.territory for rep in draw_reps(scenario)}, places)


def quarter_of(team: Team) -> Callable[[Simulation], tuple[Numbers, list[float]]]:
    """Return what makes of a world its numbers by column, and the quota of each rep."""
    return partial(_quarter, team)


def _quarter(team: Team, simulation: Simulation) -> tuple[Numbers, list[float]]:
    column = {rep: i for i, rep in enumerate(team.territory_of)}
    others = {place: columns[-1] for place, columns in team.parts.items()}
    numbers, quotas = [[0.0, 0.0, 0.0] for _ in range(team.width)], [0.0] * len(column)
    for day, kind, place, rep, _, _, amount, _ in simulation.world.log:
        if not 0 <= day < QUARTER * DAYS_PER_WEEK:
            continue
        if kind in SALES:
            numbers[column.get(rep, others[place])][0] += amount
        elif kind == "visit":
            numbers[column.get(rep, others[place])][1] += 1
        elif kind == "pay":
            numbers[column.get(rep, others[place])][2] += amount
        elif kind == "quota" and rep in column:
            quotas[column[rep]] += amount
    return numbers, quotas


def checked(
    what: str, given: Mapping[str, float], known: Iterable[str], all_of_them: bool = False
) -> dict[str, float]:
    """Return targets as floats.

    Raises ValueError that names the one that is unknown, missing, no number, or not from 0 to 1e15.
    """
    names = list(known)
    for name, value in given.items():
        if name not in names:
            raise ValueError(f"{what}: no '{name}'{did_you_mean(name, names)}")
        if not _is_money(value):
            raise ValueError(f"{what} of {name}: give a number from 0 to {LARGEST:g}, not {value}")
    if all_of_them and (missing := [name for name in names if name not in given]):
        raise ValueError(f"{what}: none for {', '.join(missing)}")
    return {name: float(value) for name, value in given.items()}


def _is_money(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and 0 <= float(value) <= LARGEST
