"""Computer players for crisis drills: three managers of different quality, who play any drill.

They leave the ordinary levers as they are, so that what tells them apart is the crisis. All they
know is the week's report: what is on offer, what it costs, and what it is said to do.
"""

import math

from simkit.region.decision import Decision
from simkit.region.report import Offer, WeekReport
from simkit.scenario.shocks import Condition, Measure

WEIGHTS: dict[Condition, float] = {
    "demand": 1.0,
    "order_value": 1.0,
    "lead_rate": 0.15,
    "lead_quality": 0.15,
    "win_rate": 0.2,
    "deal_value": 0.2,
    "visit_time": -0.25,
    "quote_time": -0.05,
    "legal_time": -0.05,
    "delivery_time": -0.05,
    "transit_time": -0.1,
    "supply_time": -0.2,
    "competitor_price": 0.8,
    "customer_loss": -0.3,
    "faults": -0.1,
    "bad_debt": -0.15,
    "effort": 0.6,
    "skill": 0.4,
    "price": 0.0,
    "quota": 0.0,
    "key_demand": 0.5,
    "tail_demand": 0.2,
    "late_entries": 0.0,
}
"""By how much of its size a change moves gross profit: an experienced manager's rules of thumb
(assumption)."""
HORIZON_WEEKS = 8
"""How long a crisis is expected to go on (assumption)."""
HESITATION_WEEKS = 3


def seasoned(report: WeekReport) -> Decision:
    """Ask soon for what promises more than it costs, the best first, and stop when it is over."""
    money = report.budget_left + report.reserve_left
    asked = [offer.name for offer in report.offers if offer.state != "open"]
    spent = sum(_week_cost(o) for o in report.offers if o.state != "open") * HORIZON_WEEKS
    worth = {offer.name: _worth(report, offer) for offer in report.offers if _answers(offer)}
    known = {offer.name: offer.measure for offer in report.offers}
    for name in sorted(worth, key=lambda name: (-worth[name], name)):
        cost = _cost(known[name])
        if name not in asked and worth[name] > 0 and spent + cost <= money:
            asked.append(name)
            spent += cost
    asked = [name for name in asked if name in known]
    best = max(
        (n for n in asked if known[n].work_days), key=lambda n: worth.get(n, 0.0), default=""
    )
    need = max(0.0, spent - report.budget_left)
    return report.decision.but(
        answers=tuple(asked),
        priorities={best: 1} if best else {},
        release_reserve=max(report.decision.release_reserve, need),
    )


def hesitant(report: WeekReport) -> Decision:
    """Wait and see; weeks later do what costs least."""
    told = {message.id: message.week for message in report.messages}
    chosen = []
    for shock in {name: None for offer in report.offers for name in offer.against}:
        offers = [o for o in report.offers if _answers(o) and shock in o.against]
        if offers and report.week - told.get(shock, report.week) > HESITATION_WEEKS:
            chosen.append(min(offers, key=lambda offer: (_cost(offer.measure), offer.name)).name)
    return report.decision.but(answers=tuple(chosen))


def panicky(report: WeekReport) -> Decision:
    """Do everything at once, all of it first priority, and cut the price on top."""
    names = tuple(offer.name for offer in report.offers if _answers(offer))
    alarm = bool(names)
    return report.decision.but(
        answers=names,
        priorities=dict.fromkeys(names, 1),
        release_reserve=report.scenario.costs.reserve if alarm else 0.0,
        price=0.92 if alarm else 1.0,
        discount_limit_share=0.2 if alarm else report.scenario.funnel.discount_limit_share,
    )


def _answers(offer: Offer) -> bool:
    """Whether this is an answer to a shock, not a preparation."""
    return not offer.name.startswith("prepared:")


def _cost(measure: Measure) -> float:
    return measure.cost_once + measure.cost_per_week * HORIZON_WEEKS


def _week_cost(offer: Offer) -> float:
    return offer.measure.cost_per_week


def _worth(report: WeekReport, offer: Offer) -> float:
    """What an answer is expected to bring over the horizon, less what it costs."""
    measure, scenario = offer.measure, report.scenario
    sales = (report.total("order") + report.total("won")) / 4.0
    places = len(scenario.territories)
    change = sum(
        WEIGHTS[effect.what]
        * math.log(max(effect.multiply, 0.05))
        * (1.0 if effect.where == "all" else 1.0 / places)
        for effect in measure.effects
    )
    weeks = max(0, HORIZON_WEEKS - measure.delay_weeks - _weeks_of_work(report, measure))
    return sales * scenario.demand.margin_share * change * weeks - _cost(measure)


def _weeks_of_work(report: WeekReport, measure: Measure) -> int:
    days = {each.id: each.days_per_week for each in report.scenario.departments}
    return math.ceil(measure.work_days / days[measure.department]) if measure.department else 0
