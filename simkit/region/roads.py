"""Where customers and reps are on the map, and what the way costs a rep's time."""

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist

from simkit.region.draws import Draws, entity_number
from simkit.region.state import CLASSES, Customer, Rep
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.geography import Geography
from simkit.scenario.records import Scenario

Spot = tuple[float, float]
"""Kilometres to the east and to the north."""
_inverse_normal = NormalDist().inv_cdf


class Roads:
    """The map of a scenario that has one; straight lines."""

    def __init__(self, scenario: Scenario) -> None:
        """Raises ValueError for a scenario without geography."""
        if scenario.geography is None:
            raise ValueError("the scenario has no geography")
        self.geography: Geography = scenario.geography
        self._first = {rep.id: rep.territory for rep in scenario.reps}
        self._table = Draws(scenario.population_seed).table("places")
        self._spots: dict[str, Spot] = {}

    def spot(self, customer: str, territory: str) -> Spot:
        """Return where a customer is: the same in every run, whoever else there is."""
        if customer not in self._spots:
            area = self.geography.areas[territory]
            east, north = map(_inverse_normal, self._table.row(entity_number(customer), 0, 2))
            self._spots[customer] = (
                area.x + area.spread_km * east,
                area.y + area.spread_km * north,
            )
        return self._spots[customer]

    def home(self, rep: str, territory: str) -> Spot:
        """Return where a rep sets out from; one who moved does so from the new centre."""
        point = self.geography.homes.get(rep)
        if point is None or self._first.get(rep, territory) != territory:
            point = self.geography.areas[territory]
        return (point.x, point.y)

    def time(self, km: float) -> float:
        """Return the time of a visit at a distance, 1 at the usual one.

        1 - s + s km / usual: driving takes as long as it is far. Form and sizes: assumption.
        """
        share = self.geography.travel_share
        return 1.0 - share + share * km / self.geography.usual_km

    def factor(self, rep: Rep, split: CallSplit, customers: Sequence[Customer]) -> float:
        """Return the factor on a rep's time per visit of the ways to the accounts it has now.

        The classes count as the calls are split over them; 1 for a rep without accounts.
        """
        home = self.home(rep.id, rep.territory)
        means: Mapping[str, float] = {
            name: math.fsum(
                math.dist(home, self.spot(customers[place].id, customers[place].territory))
                for place in rep.accounts[name]
            )
            / len(rep.accounts[name])
            for name in CLASSES
            if rep.accounts[name]
        }
        calls = math.fsum(getattr(split, name) for name in means)
        if not calls:
            return 1.0
        km = math.fsum(getattr(split, name) * mean for name, mean in means.items()) / calls
        return self.time(km)
