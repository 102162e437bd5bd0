"""What a fit found: a number with its interval, or a number left alone and why."""

from dataclasses import dataclass
from typing import Any

from simkit.scenario.record import Text

CONFIDENCE = 0.90
"""Level of every interval of a fit."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """A number of the scenario that the data gave, with its 90 % interval."""

    path: str
    """Where it stands in the scenario, as settings name it: "market.orders_per_week"."""
    value: float
    low: float
    high: float
    rows: int
    """Rows of the file that the number rests on."""
    how: Text
    """How it was estimated, in one sentence."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A number of the base scenario that the data did not change, and why."""

    path: str
    value: Any
    why: Text


@dataclass(frozen=True, slots=True)
class Derived:
    """A number that follows from estimates by a rule, so that the region hangs together."""

    path: str
    value: Any
    why: Text


Finding = Estimated | Kept | Derived


def said(en: str, zh: str) -> Text:
    """Return a text in both languages."""
    return Text(en=en, zh=zh)
