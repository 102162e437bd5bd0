"""Numbers on the market side: customers, what moves them, the market and the competitor."""

from typing import Annotated

from pydantic import Field, model_validator

from simkit.scenario.block import Block, NotNegative, Positive, Share, Sigma, Steepness, must_add_up
from simkit.scenario.record import Record


class Demand(Block):
    """M1: routine orders of customers; rates Gamma, values lognormal between customers."""

    on: bool = True
    orders_per_week: Annotated[float, Field(ge=0, le=100)] = 0.25
    """Mean number of orders of one customer per week."""
    rate_shape: Positive | None = 1.0
    """Gamma shape of the rates between customers; null: all customers order at the same rate."""
    order_value: Positive = 6000
    """Mean value of an order at list price, in the scenario's currency."""
    value_sigma: Sigma = 0.85
    """Lognormal sigma of the mean order value between customers."""
    value_cv: NotNegative = 0.6
    """Coefficient of variation of one customer's orders."""
    walk_ins_per_year: Annotated[float, Field(ge=0, le=20)] = 0.04
    """New customers per year who come without a salesperson, as a share of those at the start."""
    margin_share: Share = 0.40
    """Gross margin at list price."""


class Response(Block):
    """M2: what calls do: ADBUDG with carry-over, 1 at the reference call rate."""

    on: bool = True
    floor: Annotated[float, Field(ge=0, le=100)] = 0.50
    ceiling: Annotated[float, Field(gt=0, le=100)] = 1.5345
    half: Positive = 1.069
    carry_over: Annotated[float, Field(ge=0, lt=1)] = 0.95
    """Share of the effect of calls that is left after one week."""
    reference_calls_per_week: Positive = 0.47
    """Calls per customer and week at which demand is neither raised nor lowered."""


class Relationship(Block):
    """M3: what is lost when the rep of a customer changes, and how it is rebuilt."""

    on: bool = True
    loss_share: Share = 0.22
    """Share of demand lost when the customer does not know the rep at all."""
    build_weeks: Positive = 26
    """Time constant of a new relationship, in weeks."""


class Satisfaction(Block):
    """M10: satisfaction, complaints, and the loss of customers."""

    on: bool = True
    reference: Share = 0.91
    """Satisfaction at which demand and loss are as stated; also the value at the start."""
    up_share: Share = 0.10
    """Share of the way up that one good experience moves satisfaction."""
    down_share: Share = 0.20
    in_stock_weight: Share = 0.45
    on_time_weight: Share = 0.40
    touched_weight: Share = 0.15
    touched_days: Positive = 20
    demand_slope: Steepness = 1.0
    """Demand is multiplied by exp(slope x (satisfaction - reference))."""
    complaint_chance: Share = 0.25
    """Chance that a late, short or faulty order brings a complaint."""
    fault_share: Share = 0.0
    """Share of deliveries with faulty goods: as bad for the customer as goods not in stock."""
    complaint_work_hours: Positive = 1.5
    """Work on one complaint."""
    complaint_hours_per_week: Annotated[float, Field(ge=0, le=2000)] = 30
    """Time for complaints at the start, per set of desks."""
    vip_contact_hours: Positive = 2
    """Time for one VIP contact with a key account, wanted every four weeks."""
    vip_recovery_share: Share = 0.5
    """Share of a key account's disappointment that full VIP service repairs."""
    solved_within_days: Positive = 3
    solved_recovery_share: Share = 0.5
    """Share of the disappointment that a quickly solved complaint repairs."""

    @model_validator(mode="after")
    def _adds_up(self) -> "Satisfaction":
        names = ("in_stock_weight", "on_time_weight", "touched_weight")
        must_add_up({name: getattr(self, name) for name in names})
        return self


class Loss(Block):
    """M10: the rate at which customers leave."""

    on: bool = True
    per_week: NotNegative = 0.0020
    """Rate at the reference satisfaction."""
    steepness: Steepness = 4.0
    """The rate is multiplied by exp(-steepness x (satisfaction - reference))."""
    most: Annotated[float, Field(ge=1)] = 4.0
    """Largest multiple of the rate."""


class Competitor(Record):
    """A competitor's price cuts and its reaction to ours."""

    on: bool = True
    cuts_per_year: NotNegative = 2.0
    cut_share: Annotated[float, Field(ge=0, lt=1)] = 0.10
    cut_weeks: Positive = 6
    reaction_chance: Share = 0.3
    cross_elasticity: Steepness = 0.26


class Crises(Record):
    """Unannounced market slumps: when, how deep, how long."""

    on: bool = True
    per_year: NotNegative = 0.33
    depth_share: Annotated[float, Field(gt=0, lt=1)] = 0.25
    recovery_weeks: Positive = 26


class Market(Block):
    """M11: market growth, season, price, competitor, slumps."""

    on: bool = True
    drift_per_year: Annotated[float, Field(ge=-2, le=2)] = 0.0
    persistence: Annotated[float, Field(ge=0, lt=1)] = 0.95
    noise_sd: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Weekly standard deviation of the logarithm of the market."""
    season_share: Share = 0.10
    season_peak_week: Annotated[float, Field(ge=0, lt=52)] = 10.0
    price_elasticity: Steepness = 1.8
    advertising_elasticity: Steepness = 0.12
    reference_promotion: Positive = 2000
    """Promotion money per territory and week that is already in the demand of the scenario."""
    competitor: Competitor = Competitor()
    crises: Crises = Crises()
