"""Shocks: dated effects outside the manager's control, and what may be done about them."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Id, NotNegative
from simkit.scenario.record import Mistakes, Record, Text

SHORTEST = 0.01
"""Least multiple of the length of a visit."""
Condition = Literal[
    "demand",
    "order_value",
    "lead_rate",
    "lead_quality",
    "win_rate",
    "deal_value",
    "visit_time",
    "quote_time",
    "legal_time",
    "delivery_time",
    "transit_time",
    "supply_time",
    "competitor_price",
    "customer_loss",
]
"""What can change: the names that an effect may multiply. All are 1 in calm weather."""


class Effect(Record):
    """One thing multiplied, somewhere."""

    what: Condition
    where: Id = "all"
    """A territory, or "all"."""
    multiply: Annotated[float, Field(ge=0, le=100)]

    @model_validator(mode="after")
    def _takes_time(self) -> "Effect":
        if self.what == "visit_time" and self.multiply < SHORTEST:
            raise Mistakes([(("multiply",), f"a visit takes time: give at least {SHORTEST:g}")])
        return self


class Answer(Record):
    """What a manager may do about a shock: effects that cost money."""

    id: Id
    name: Text
    cost_per_week: NotNegative = 0
    effects: tuple[Effect, ...] = ()


class Shock(Record):
    """Dated effects outside the manager's control."""

    id: Id
    name: Text
    brief: Text
    """What the manager reads when it begins."""
    start_week: Annotated[int, Field(ge=0)]
    weeks: Annotated[int, Field(ge=1)]
    effects: Annotated[tuple[Effect, ...], Field(min_length=1)]
    answers: tuple[Answer, ...] = ()
    source: Annotated[str, Field(min_length=1)]
