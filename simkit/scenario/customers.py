"""Customers that a scenario names: key accounts, and those of an order history."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Id, NotNegative, Positive, Share
from simkit.scenario.record import Mistakes, Record, Text


class NamedCustomer(Record):
    """One customer listed by name, usually a key account."""

    id: Id
    name: Text
    territory: Id
    rep: Id | None = None
    orders_per_week: NotNegative
    order_value: Positive


class KnownCustomer(Record):
    """One customer of an order history: what its orders say about its rate and its loyalty.

    Rate and loss (both per week) are gamma distributed around their means, given that the customer
    is still active; `active_chance` is the probability of that at the end of the history.
    """

    id: Annotated[str, Field(min_length=1)]
    territory: Id
    rep: Id | None = None
    active_chance: Share
    mean_rate: NotNegative
    rate_shape: Positive
    mean_loss: NotNegative
    loss_shape: Positive
    order_value: Positive
    order_value_cv: NotNegative
    joined_weeks_ago: NotNegative | None = None
    """Weeks before week 0 when the customer arrives; null: there from the start."""


class Customers(Record):
    """Customers beside the drawn ones: listed by name, or read from an order history."""

    named: tuple[NamedCustomer, ...] = ()
    orders: str | None = None
    """CSV file with the columns customer, date, amount and optionally territory, rep."""
    orders_from: date | None = None
    """First day of the history that counts; null: all."""
    orders_until: date | None = None
    """Last day of the history that counts; the simulated weeks follow it. null: all."""
    orders_as: Literal["each", "cohort"] = "each"
    """each: every customer goes on as its own orders let expect, those gone stay away.
    cohort: as many customers with the fitted spread of rates arrive on the days of the first
    orders, and have their own luck from there on: the history is lived through again.
    """
    known: tuple[KnownCustomer, ...] = ()
    """Filled from the order history when the file is loaded."""
    fit_report: Text | None = None
    """Filled when the file is loaded: from how many rows what was estimated."""
    source: str | None = None

    @model_validator(mode="after")
    def _sourced(self) -> "Customers":
        if (self.named or self.orders) and not self.source:
            raise Mistakes([((), "the customers need a 'source': where they come from")])
        return self
