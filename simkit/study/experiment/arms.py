"""What is compared: a region and who runs it."""

from dataclasses import dataclass

from simkit.region.decision import Policy
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario


@dataclass(frozen=True)
class Player:
    """Who decides, and what tells it from others."""

    name: str
    title: Text
    decide: Policy
    key: str
    """Says what decides: equal for equal behaviour, in any process, at any time."""
    notes: tuple[Text, ...] = ()
    """What whoever reads a comparison should know about it."""


@dataclass(frozen=True)
class Arm:
    """One of the things compared; the same scenario for all unless a setting of it is the point."""

    name: str
    """Unique among those compared."""
    title: Text
    scenario: Scenario
    player: Player
