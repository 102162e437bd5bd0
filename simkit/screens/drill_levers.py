"""The levers of a drill: a handful of boxes, and what they add to the week's costs."""

from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision, starting_decision
from simkit.region.report import WeekReport
from simkit.screens.drill_words import Room, sentences
from simkit.screens.levers import lever_box, lever_title, lever_value, scaled
from simkit.screens.parts import choice, row, tick
from simkit.study.counterfactual import QUARTER

BEFORE = ("safety_factor", "backup_supplier", "priority_rule")
"""Levers that prepare for a crisis."""
WEEKLY = (
    "price",
    "discount_limit_share",
    "promotion",
    "safety_factor",
    "backup_supplier",
    "priority_rule",
    "complaint_hours",
    "vip_hours",
    "coaching_hours",
    "release_reserve",
)
"""Levers of every week."""


class LeverBoxes:
    """Boxes for some levers."""

    def __init__(self, names: tuple[str, ...], room: Room) -> None:
        self.room = room
        self.boxes = {name: self._box(name) for name in names}
        for name, box in self.boxes.items():
            box.add_class(f"sk-{name}")
            box.observe(room.safely(lambda _: room.changed()), "value")
        self.view = row(*self.boxes.values())

    def fill(self, decision: Decision) -> None:
        """Enter the levers of a decision."""
        for name, box in self.boxes.items():
            box.value = scaled(name, getattr(decision, name))

    def changes(self) -> dict[str, Any]:
        """Return the levers as they are entered, by name."""
        return {name: lever_value(name, box.value) for name, box in self.boxes.items()}

    def enable(self, enabled: bool) -> None:
        """Let a person change them, or not."""
        for box in self.boxes.values():
            box.disabled = not enabled

    def _box(self, name: str) -> W.ValueWidget:
        room, start = self.room, starting_decision(self.room.scenario)
        if name == "backup_supplier":
            return tick(lever_title(name, room.lang))
        if name == "priority_rule":
            return choice(lever_title(name, room.lang), rule_names(room))
        currency = room.scenario.currency
        value = float(getattr(start, name))
        if name == "release_reserve":
            most = room.scenario.costs.reserve
            return lever_box(name, value, room.lang, currency, most=most)
        return lever_box(name, value, room.lang, currency)


def rule_names(room: Room) -> dict[str, str]:
    """Return the rules by which desks order their work, by what they are called."""
    t = room.t
    return {
        t("first come, first served"): "first_come",
        t("large deals first"): "large_first",
        t("small deals first"): "small_first",
    }


def money_at_hand(report: WeekReport, decision: Decision) -> float:
    """Return what can be spent in the week that is played next."""
    costs = report.scenario.costs
    renewed = costs.budget_per_quarter if report.week % QUARTER == 0 else 0.0
    more = max(0.0, decision.release_reserve - report.decision.release_reserve)
    return report.budget_left + renewed + min(report.reserve_left, more)


def cost_text(room: Room, decision: Decision, said: str) -> str:
    """Return what a decision costs and what there is, and whether it is too much, in words.

    `said`: a translated sentence with the blanks {cost} and {money}.
    """
    cost, money = week_cost(room.report, decision), money_at_hand(room.report, decision)
    told = said.format(cost=room.money(cost), money=room.money(money))
    if cost <= money:
        return told
    more = room.t("That is more than you have: some of it would not be done.")
    return sentences([told, more], room.lang)


def week_cost(report: WeekReport, decision: Decision) -> float:
    """Return what a decision costs in the week that is played next.

    The levers of the screens only, with what `simkit.region.budget` takes for them; goods and pay
    are not paid from the budget.
    """
    costs, start = report.scenario.costs, starting_decision(report.scenario)
    places = [place.id for place in report.scenario.territories]
    sets = 1 if report.scenario.desks.shared else len(places)
    service = decision.vip_hours + (decision.complaint_hours - start.complaint_hours) * sets
    hours = (decision.coaching_hours + decision.recognition_hours) * len(report.reps)
    return (
        (hours + _talk_hours(report, decision)) * costs.coaching_hour
        + sum(decision.training_days.values()) * costs.training_day
        + sum(decision.at(place).promotion for place in places)
        + (costs.backup_retainer_week * len(places) if decision.backup_supplier else 0.0)
        + service * costs.service_hour
        + sum(_offer_cost(report, name) for name in decision.answers)
    )


def _talk_hours(report: WeekReport, decision: Decision) -> float:
    """The manager's hours for explaining targets that are new, or told anew in a new quarter."""
    if report.scenario.talks is None:
        return 0.0
    before, new_quarter = report.decision, report.week % QUARTER == 0
    explained = [
        rep
        for rep, target in decision.quota.items()
        if decision.target_talks.get(rep) == "explained"
        and (new_quarter or (target, "explained") != _told(before, rep))
    ]
    return report.scenario.talks.explain_hours * len(explained)


def _told(decision: Decision, rep: str) -> tuple[float | None, str]:
    """Return what a rep was given under a decision, and how it was told."""
    return decision.quota.get(rep), decision.target_talks.get(rep, "announced")


def _offer_cost(report: WeekReport, name: str) -> float:
    offer = next((each for each in report.offers if each.name == name), None)
    if offer is None:
        return 0.0
    first = offer.measure.cost_once if offer.state == "open" else 0.0
    return offer.measure.cost_per_week + first
