"""Where customers and reps are, and what the way to them costs; a scenario may do without."""

from typing import Annotated

from pydantic import Field

from simkit.scenario.block import Block, Positive, Share
from simkit.scenario.record import Record

Km = Annotated[float, Field(ge=-10_000, le=10_000)]


class Point(Record):
    """A place on the map: kilometres to the east and to the north of any fixed point."""

    x: Km
    y: Km


class Area(Point):
    """The centre of a territory, and how far its customers lie around it."""

    spread_km: Annotated[float, Field(ge=0, le=1000)] = 15.0
    """Standard deviation of a customer's distance from the centre, in each direction."""


class Geography(Block):
    """Places on a map, and the time it takes to get there."""

    areas: Annotated[dict[str, Area], Field(min_length=1)]
    """By territory; every territory has one."""
    homes: dict[str, Point] = {}
    """By rep: where the rep sets out from; without it the centre of the rep's territory."""
    travel_share: Share = 0.25
    """Share of the time of a usual visit that is spent on the way."""
    usual_km: Positive = 20.0
    """Mean distance from the rep at which a visit takes the usual time."""
