"""Act: the measures with their costs, a small plan for each new one, and the checks that are due.

Plan, do, check, act (domain S28): every new action names who sees to it, which figure is to move
and which way; some weeks later the person is asked whether to keep, stop or change it.
"""

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.region.report import Offer
from simkit.region.responses import ACTION
from simkit.screens.drift_check import Check, plan_text
from simkit.screens.drift_figures import Gauge
from simkit.screens.drift_words import action_titles, figure_titles, table_of
from simkit.screens.drill_levers import cost_text
from simkit.screens.drill_words import Room, paragraph, price_text
from simkit.screens.parts import choice, heading, text_box, tick
from simkit.training.drift_notes import CHECK, CHECK_WEEKS, PLAN, in_force, plans, plans_due

MARK = f"{ACTION}:"
FIELDS = ("owner", "measure", "expect")


class ActionCard:
    """One action with its tick, its facts, and its plan."""

    def __init__(self, offer: Offer, room: Room) -> None:
        self.room, self.offer, t = room, offer, room.t
        self.id = offer.name.removeprefix(MARK)
        name = offer.measure.name.in_(room.lang)
        self.wanted = tick(name).add_class(f"sk-action-{self.id}")
        self.facts, self.complaint = W.HTML(), W.HTML()
        figures = {title: id_ for id_, title in figure_titles(room.lang).items()}
        title = t("{action}: {what}")
        self.boxes = {
            "owner": text_box(title.format(action=name, what=t("who sees to it"))),
            "measure": choice(
                title.format(action=name, what=t("which figure is to move")),
                {t("– please choose –"): "", **figures},
                "",
            ),
            "expect": choice(
                title.format(action=name, what=t("which way")), {t("up"): "up", t("down"): "down"}
            ),
        }
        for field, box in self.boxes.items():
            box.add_class(f"sk-plan-{field}")
        self.plan = W.VBox([*self.boxes.values(), self.complaint]).add_class("sk-small-plan")
        self.view = W.VBox([self.wanted, self.facts, self.plan]).add_class("sk-card")
        self.anew = False
        """Whether a new plan is asked for although it is in force."""
        for widget in (self.wanted, *self.boxes.values()):
            widget.observe(room.safely(lambda _: self._changed()), "value")

    def show(self, offer: Offer, wanted: bool) -> None:
        """Show how far the action is, under the decision in force."""
        self.offer, self.anew = offer, False
        self.wanted.value = wanted
        said = [paragraph(price_text(offer.measure, self.room))]
        if offer.measure.trade_off:
            said.append(paragraph(offer.measure.trade_off.in_(self.room.lang)))
        if state := self._state(offer):
            said.append(f"<p><strong>{html.escape(state)}</strong></p>")
        if offer.state != "open" and (plan := plans(self.room.game).get(self.id)):
            said.append(paragraph(plan_text(plan, self.room)))
        self.facts.value = "".join(said)
        self._fill_plan(plans(self.room.game).get(self.id, {}))
        self._show_plan()

    def new(self) -> bool:
        """Whether a plan has to be made before the week is played."""
        return bool(self.wanted.value) and (self.offer.state == "open" or self.anew)

    def missing(self) -> str:
        """Return what the plan lacks, "" when nothing."""
        t, boxes = self.room.t, self.boxes
        if not self.new():
            return ""
        if not boxes["owner"].value.strip():
            return t("Please say who sees to it.")
        return "" if boxes["measure"].value else t("Please choose the figure that is to move.")

    def complain(self) -> bool:
        """Show what the plan lacks beside it; whether it lacks anything."""
        text = self.missing()
        self.complaint.value = f'<div role="alert">{html.escape(text)}</div>' if text else ""
        return bool(text)

    def note(self) -> dict[str, Any]:
        """Return the plan as it is stored."""
        week, delay = self.room.report.week, self.offer.measure.delay_weeks
        plan = {name: str(self.boxes[name].value).strip() for name in FIELDS}
        acts = week if self.anew else week + delay
        return {"week": week, "action": self.id, **plan, "check_week": acts + CHECK_WEEKS}

    def entered(self) -> dict[str, Any]:
        """Return what is entered, to be kept until the week is played."""
        plan = {name: self.boxes[name].value for name in FIELDS}
        return {"wanted": self.wanted.value, "anew": self.anew, **plan}

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept; what does not fit is left out."""
        self.wanted.value = kept.get("wanted") is True
        self.anew = kept.get("anew") is True and self.offer.state != "open"
        self._fill_plan(kept)
        self._show_plan()

    def _fill_plan(self, kept: dict[str, Any]) -> None:
        if isinstance(kept.get("owner"), str):
            self.boxes["owner"].value = kept["owner"]
        for name in ("measure", "expect"):
            if kept.get(name) in dict(self.boxes[name].options).values():
                self.boxes[name].value = kept[name]

    def plan_anew(self) -> None:
        """Ask for another plan of an action that is in force."""
        self.anew, self.wanted.value = True, True
        self._changed()

    def enable(self, enabled: bool) -> None:
        """Let a person change it, or not."""
        for widget in (self.wanted, *self.boxes.values()):
            widget.disabled = not enabled

    def _state(self, offer: Offer) -> str:
        t = self.room.t
        if offer.state == "acts":
            return t("It acts. Without the tick it ends.")
        if offer.state == "waiting" and offer.ready_week is not None:
            return t("Under way: acts from week {week} on.").format(week=offer.ready_week + 1)
        return ""

    def _changed(self) -> None:
        self._show_plan()
        self.room.changed()

    def _show_plan(self) -> None:
        self.plan.layout.display = None if self.new() else "none"
        if not self.new():
            self.complaint.value = ""


class Act:
    """The tab of the actions; `store_check` is called with the verdict of a check."""

    def __init__(
        self, room: Room, gauge: Gauge, store_check: Callable[[dict[str, Any]], None]
    ) -> None:
        self.room, self.gauge, self._store_check = room, gauge, store_check
        self.inner = room.but(self._changed)
        self.cards = {
            card.id: card
            for card in (ActionCard(offer, self.inner) for offer in action_offers(room))
        }
        self.cost, self.checks, self.plans = W.HTML(), W.VBox(), W.HTML()
        self.waiting: list[Check] = []
        view = W.VBox([card.view for card in self.cards.values()]).add_class("sk-cards")
        self.view = W.VBox([self.checks, heading(room.t("Actions")), self.cost, view, self.plans])
        self.view.add_class("sk-act")

    def show(self) -> None:
        """Show the actions under the decision in force, and the checks that are due."""
        self.inner.renew()
        acting = in_force(self.room.game)
        for offer in action_offers(self.room):
            name = offer.name.removeprefix(MARK)
            self.cards[name].show(offer, name in acting)
        self._show_cost()
        self.show_checks()
        self.plans.value = plans_html(self.room)

    def show_checks(self) -> None:
        """Ask about the plans whose check is due."""
        due = plans_due(self.room.game)
        self.waiting = [Check(plan, self.room, self._checked) for plan in due]
        title = [heading(self.room.t("Checks that are due"))] if due else []
        self.checks.children = [*title, *(check.view for check in self.waiting)]

    def draw(self) -> None:
        """Show how the figures of the due plans moved, which takes a moment: for a thread."""
        figures = self.gauge.figures()
        for check in self.waiting:
            check.draw(figures)

    def decision(self) -> Decision:
        """Return the decision with the actions that are wanted."""
        wanted = [f"{MARK}{name}" for name, card in self.cards.items() if card.wanted.value]
        return self.room.report.decision.but(answers=tuple(wanted))

    def take(self, decision: Decision) -> None:
        """Want the actions of a decision that was taken back."""
        for name, card in self.cards.items():
            card.wanted.value = f"{MARK}{name}" in decision.answers

    def lacking(self) -> bool:
        """Show beside the actions what their plans lack; whether there is anything."""
        lacking = [card.complain() for card in self.cards.values()]  # all of them, not the first
        return any(lacking)

    def notes(self) -> list[dict[str, Any]]:
        """Return the plans of all new actions."""
        return [card.note() for card in self.cards.values() if card.new()]

    def entered(self) -> dict[str, Any]:
        """Return what is entered, to be kept until the week is played."""
        acting = in_force(self.room.game)
        return {
            name: card.entered()
            for name, card in self.cards.items()
            if card.new() or card.wanted.value != (name in acting)
        }

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept."""
        for name, card in self.cards.items():
            if isinstance(kept.get(name), dict):
                card.fill(kept[name])
        self._show_cost()

    def enable(self, enabled: bool) -> None:
        """Let a person act, or only look."""
        for card in self.cards.values():
            card.enable(enabled)
        for check in self.waiting:
            check.enable(enabled)

    def _checked(self, plan: dict[str, Any], verdict: str) -> None:
        week, name = self.room.report.week, plan["action"]
        self._store_check({"week": week, "action": name, "verdict": verdict})
        if verdict == "stop":
            self.cards[name].wanted.value = False
        elif verdict == "change":
            self.cards[name].plan_anew()

    def _changed(self) -> None:
        self._show_cost()
        self.room.changed()

    def _show_cost(self) -> None:
        said = self.room.t("This week your actions cost {cost}; you have {money} in all.")
        self.cost.value = paragraph(cost_text(self.room, self.decision(), said))


def action_offers(room: Room) -> list[Offer]:
    """Return the actions on offer."""
    return [offer for offer in room.report.offers if offer.name.startswith(MARK)]


def plans_html(room: Room) -> str:
    """Return all plans and what their checks said, the newest first, "" when there are none."""
    t, names = room.t, action_titles(room)
    verdicts = verdict_words(room)
    rows: list[Sequence[str]] = []
    for note in room.game.notes():
        if note.kind in (PLAN, CHECK):
            name = names.get(note.data["action"], note.data["action"])
            said = verdicts.get(note.data.get("verdict", ""), "")
            what = said if note.kind == CHECK else plan_text(note.data, room)
            rows.insert(0, [str(note.week + 1), name, what])
    heads = [t("Week"), t("Action"), t("Plan or check")]
    return table_of(heads, rows, t("Your plans and checks"))


def verdict_words(room: Room) -> dict[str, str]:
    """Return what the verdicts of a check are called."""
    t = room.t
    return {"keep": t("keep it"), "stop": t("stop it"), "change": t("change it")}
