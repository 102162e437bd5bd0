"""Numbers on the firm's side: reps, funnel, desks, stock, costs."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Law, NotNegative, Positive, Share, Sigma, must_add_up
from simkit.scenario.record import Mistakes, Record


class Skill(Block):
    """M4: ability of reps, ramp-up of new ones, training and coaching."""

    on: bool = True
    ability_sigma: Sigma = 0.30
    """Lognormal sigma of ability between reps."""
    mean_tenure_weeks: NotNegative = 208
    """Mean time that the drawn reps have been with the firm."""
    start_share: Share = 0.62
    """Skill of a rep on the first day, as a share of the later level."""
    ramp_weeks: Positive = 17
    training_gain_share: NotNegative = 0.18
    """What full training adds to skill."""
    training_days_constant: Positive = 10
    """Days of training that give 63 % of the gain."""
    training_fade_per_week: Share = 0.01
    coaching_gain_share: NotNegative = 0.06
    """What coaching adds while it goes on."""


class CallSplit(Record):
    """How the calls on customers are split over the three classes of accounts; adds up to 1."""

    key: Share = 0.30
    regular: Share = 0.32
    tail: Share = 0.38

    @model_validator(mode="after")
    def _adds_up(self) -> "CallSplit":
        must_add_up({"key": self.key, "regular": self.regular, "tail": self.tail})
        return self


class Selling(Block):
    """The reps' time: net calls per week, and the habit of spending them."""

    calls_per_week: Annotated[float, Field(gt=0, le=500)] = 25
    """Calls of one rep per week, after travel and office work."""
    visit_cv: NotNegative = 0.3
    """Coefficient of variation of the length of a visit."""
    key_share: Share = 0.20
    """Share of customers of a territory, by yearly potential, that are key accounts."""
    regular_share: Share = 0.30
    call_split: CallSplit = CallSplit()
    prospecting_share: Annotated[float, Field(ge=0, le=0.5)] = 0.065
    """Share of a rep's calls that go to leads."""

    @model_validator(mode="after")
    def _classes(self) -> "Selling":
        total = self.key_share + self.regular_share
        if total > 1:
            remedy = f"key_share + regular_share must be at most 1, they add up to {total:.4g}"
            raise Mistakes([(("regular_share",), remedy)])
        return self


class Stage(Record):
    """One stage of the funnel."""

    think_days: NotNegative
    """Mean time the customer takes, in working days; waits at desks come on top."""
    pass_share: Share


class Stages(Record):
    """The stages from a qualified lead to an order."""

    qualify: Stage = Stage(think_days=10, pass_share=0.60)
    quote: Stage = Stage(think_days=15, pass_share=0.60)
    negotiate: Stage = Stage(think_days=20, pass_share=0.75)
    contract: Stage = Stage(think_days=0, pass_share=0.85)


class Funnel(Block):
    """M7: lead, qualified, quoted, negotiating, contract review, won or lost."""

    on: bool = True
    needs_rep: bool = True
    """false: every lead is an opportunity the moment it arrives (unlimited salespeople)."""
    lead_life_days: Positive = 10
    best_qualified_share: Share = 0.75
    """Chance that the best lead, answered at once, is qualified."""
    fresh_day_factor: Share = 0.6
    """Factor on that chance for an answer within a day but not within an hour."""
    fresh_later_factor: Share = 0.35
    stages: Stages = Stages()
    think_law: Law = "lognormal"
    think_cv: NotNegative = 0.8
    no_decision_per_week: NotNegative = 0.058
    """Rate at which a customer in negotiation gives up deciding."""
    deal_value: Positive = 120000
    deal_sigma: Sigma = 0.85
    new_customer_share: Share = 1.0
    """Share of won deals that bring a new customer with routine orders."""
    discount_limit_share: Annotated[float, Field(ge=0, le=0.3)] = 0.05
    discount_used_share: Share = 0.6
    """Share of the discount limit that an average negotiation uses."""


class Desk(Record):
    """A back-office desk: staff, service time, patience."""

    staff: Annotated[int, Field(ge=1, le=500)] | None
    """People at the desk; null: no one ever waits."""
    service_days: NotNegative
    law: Law = "lognormal"
    cv: NotNegative = 1.0
    """Coefficient of variation of a lognormal service time."""
    patience_per_week: NotNegative = 0.15
    """Rate at which a waiting customer gives up; 0: waits for ever."""
    room: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Jobs waiting or in work beyond which customers turn away; null: there is always room."""


class Dispatch(Record):
    """The crews that pack routine orders, and the way to the customer."""

    crews: Annotated[int, Field(ge=1, le=1000)] = 5
    days_per_order: NotNegative = 0.04
    transit_days: NotNegative = 1.0
    late_after_days: Positive = 3.0


class Desks(Block):
    """M8: quote desk, legal desk, delivery of projects, dispatch of routine orders."""

    shared: bool = True
    """true: one set of desks for the region; false: each territory has its own set."""
    quote: Desk = Desk(staff=4, service_days=1.5)
    legal: Desk = Desk(staff=2, service_days=2)
    delivery: Desk = Desk(staff=3, service_days=4, patience_per_week=0)
    dispatch: Dispatch = Dispatch()
    project_late_after_days: Positive = 10
    """A won deal that is delivered later disappoints its customer."""
    approval_limit: Positive = 300000
    """Deals above this value need headquarters' approval."""
    approval_days: NotNegative = 2
    unreviewed_loss_share: Share = 0.03
    """Share of the value lost on a large deal that nobody reviewed."""
    pre_review_legal_factor: Positive = 0.7
    pre_review_quote_factor: Positive = 1.15


class StockOut(Record):
    """What customers do when an article is out of stock; adds up to 1."""

    lost: Share = 0.66
    substitute: Share = 0.19
    backorder: Share = 0.15

    @model_validator(mode="after")
    def _adds_up(self) -> "StockOut":
        shares = {"lost": self.lost, "substitute": self.substitute, "backorder": self.backorder}
        must_add_up(shares)
        return self


class Supplier(Record):
    """How long the supplier works and fails, and what the alternatives cost."""

    on: bool = True
    up_weeks: Positive = 130
    down_weeks: Positive = 3
    backup_lead_weeks: Positive = 2
    backup_premium_share: NotNegative = 0.06
    """Extra cost of goods from the backup supplier."""
    expedite_factor: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Factor on the lead time when deliveries are expedited."""
    expedite_premium_share: NotNegative = 0.04


class Stock(Block):
    """M9: stock of one aggregated product per territory, counted in list value."""

    on: bool = True
    policy: Literal["forecast", "base_stock", "reorder_point"] = "forecast"
    """forecast: weekly order-up-to level from a moving average; base_stock: each sale is reordered
    at once up to `level`; reorder_point: `quantity` is ordered when the position falls to `level`.
    """
    level: Positive | None = None
    quantity: Positive | None = None
    lead_weeks: Positive = 3
    lead_cv: NotNegative = 0.3
    cover_weeks: Positive = 4
    """Weeks the order-up-to level covers: lead time and one review week."""
    forecast_weeks: Annotated[int, Field(ge=2, le=52)] = 8
    safety_factor: Annotated[float, Field(ge=0, le=4)] = 1.1
    stock_out: StockOut = StockOut()
    supplier: Supplier = Supplier()
    holding_share_per_year: NotNegative = 0.20

    @model_validator(mode="after")
    def _levels(self) -> "Stock":
        wanted = {"forecast": (), "base_stock": ("level",), "reorder_point": ("level", "quantity")}
        for name in wanted[self.policy]:
            if getattr(self, name) is None:
                raise Mistakes([(("policy",), f"policy {self.policy!r} needs the key {name!r}")])
        return self


class Costs(Block):
    """What things cost, and the budget for the levers that cost extra."""

    budget_per_quarter: NotNegative = 150000
    """Money of a quarter for levers: training, promotion, extra staff and so on."""
    reserve: NotNegative = 100000
    rep_per_year: NotNegative = 100000
    """What a rep costs besides pay: travel, car, insurance, office."""
    severance: NotNegative = 40000
    """For each rep who is dismissed."""
    training_day: NotNegative = 1500
    coaching_hour: NotNegative = 400
    desk_person_week: NotNegative = 3000
    service_hour: NotNegative = 200
    """An hour of VIP service or complaint handling."""
    backup_retainer_week: NotNegative = 1500
    """What it costs per territory and week to keep a backup supplier ready."""


class Quotas(Block):
    """Sales targets of the reps."""

    factor: Positive = 1.05
    """Quota as a multiple of the expected routine sales of a rep's accounts."""
