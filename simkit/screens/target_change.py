"""Recalibrating targets in mid-quarter: new quotas, the reason, and how they are told."""

import html
import math
from collections.abc import Mapping
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import unit_text
from simkit.screens.parts import action_button, choice, free_box, row, text_box
from simkit.screens.texts import Translate
from simkit.training.recalibration import Recalibration, left_to_recalibrate, recalibrate, tried
from simkit.training.target_plan import Mistake, Plan, PlanRefused, settings_of


def way_names(t: Translate) -> dict[str, str]:
    """Return how a target can be told, by what it is called."""
    return {
        t("agreed: as the rep asked"): "agreed",
        t("explained with data (takes your time)"): "explained",
        t("announced"): "announced",
    }


class Change:
    """The panel of a recalibration: what stays as it is entered at first is no change."""

    def __init__(self, room: Room) -> None:
        self.room, t = room, room.t
        self.left, self.told, self.rule = W.HTML(), W.HTML(), W.HTML()
        unit = unit_text("money", room.lang, room.scenario.currency)
        reps = room.scenario.reps
        self.boxes = {
            rep.id: free_box(rep.name.in_(room.lang), 0.0, unit=unit, step=10_000.0) for rep in reps
        }
        self.alarms = {rep.id: W.HTML() for rep in reps}
        self.reason = text_box(t("Why the targets change"), lines=3).add_class("sk-reason")
        self.way = choice(t("How they are told"), way_names(t), "explained").add_class("sk-way")
        self.by_rule = action_button("", room.safely(self._fill_by_rule)).add_class("sk-by-rule")
        back = t("Leave all targets as they are")
        self.back = action_button(back, room.safely(self.reset)).add_class("sk-back")
        self.totals: dict[str, int] = {}
        self.plan: Plan | None = None
        self.alarm = W.HTML()
        for widget in self._inputs():
            widget.observe(room.safely(lambda _: self._changed()), "value")
        self.view = W.VBox(self._lay_out()).add_class("sk-change")

    def _inputs(self) -> list[W.ValueWidget]:
        return [*self.boxes.values(), self.reason, self.way]

    def _lay_out(self) -> list[W.Widget]:
        entries = []
        for rep, box in self.boxes.items():
            box.add_class(f"sk-new-{rep}")
            entries.append(W.VBox([box, self.alarms[rep]]).add_class("sk-entry"))
        buttons = row(self.by_rule, self.back)
        return [self.left, self.rule, buttons, row(*entries), self.reason, self.way, self.alarm]

    def show(self, plan: Plan, totals: Mapping[str, int]) -> None:
        """Show the quotas of the quarter that hold now, and how often they may be changed."""
        self.plan, self.totals = plan, dict(totals)
        room, t, factor = self.room, self.room.t, plan.band.get("factor", 1.0)
        left, most = left_to_recalibrate(room.game), settings_of(room.scenario).most_recalibrations
        text = t("Recalibrations left: {left} of {most}. Several reps in one week are one.")
        self.left.value = paragraph(text.format(left=left, most=most))
        rule = t(
            "The new figure is the quota of the whole quarter; what the weeks played have carried "
            "stays. Your rule: new target = old target x {factor} when the change outside is above "
            "{threshold}."
        )
        threshold = f"{plan.band.get('outside_threshold', 0.0):.0%}"
        self.rule.value = paragraph(rule.format(factor=f"{factor:g}", threshold=threshold))
        name = t("Fill in: all targets x {factor}").format(factor=f"{factor:g}")
        self.by_rule.description = name
        self.reset()

    def reset(self) -> None:
        """Enter the quotas that hold, and no reason."""
        self._enter(self.totals)
        self.reason.value = ""
        self.complain([])

    def _enter(self, totals: Mapping[str, float]) -> None:
        for rep, total in totals.items():
            self.boxes[rep].value = float(total)

    def _fill_by_rule(self) -> None:
        factor = self.plan.band.get("factor", 1.0) if self.plan else 1.0
        self._enter({rep: round(total * factor) for rep, total in self.totals.items()})

    def entered(self) -> dict[str, Any]:
        """Return what is entered, as plain data."""
        reps = {rep: box.value for rep, box in self.boxes.items()}
        return {"reps": reps, "reason": self.reason.value, "way": self.way.value}

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept; raises KeyError or TraitError where it does not fit."""
        for rep, amount in kept["reps"].items():
            self.boxes[rep].value = amount
        self.reason.value, self.way.value = kept["reason"], kept["way"]

    def take(self, change: Recalibration) -> None:
        """Enter a recalibration that was taken back."""
        self._enter(change.reps)
        self.reason.value = change.reason

    def wanted(self) -> dict[str, Any] | None:
        """Return the new quotas by rep, the reason and the way; None where nothing changes."""
        new = {rep: _whole(box.value) for rep, box in self.boxes.items()}
        changed = {rep: total for rep, total in new.items() if total != self.totals.get(rep)}
        if not changed:
            return None
        return {"reps": changed, "reason": self.reason.value, "way": self.way.value}

    def on(self, decision: Decision, note: bool = False) -> Decision:
        """Return a decision with what is wanted, and with `note` write it into the game.

        Raises PlanRefused where that is not possible.
        """
        wanted = self.wanted()
        if not wanted:
            return decision
        ways = dict.fromkeys(wanted["reps"], wanted["way"])
        do = recalibrate if note else tried
        return do(self.room.game, decision, wanted["reps"], wanted["reason"], ways)

    def complain(self, mistakes: list[Mistake]) -> None:
        """Show what is wrong, at the field that is meant."""
        at = {f"reps.{rep}": alarm for rep, alarm in self.alarms.items()}
        for alarm in (*at.values(), self.alarm):
            alarm.value = ""
        for where, text in mistakes:
            place, told = at.get(where, self.alarm), html.escape(text.in_(self.room.lang))
            place.value += f'<div role="alert">{told}</div>'

    def enable(self, enabled: bool) -> None:
        """Let a person change targets, or not; none are left to change after the last time."""
        possible = enabled and self.room.report.week > 0 and bool(self._left())
        for widget in (*self._inputs(), self.by_rule, self.back):
            widget.disabled = not possible

    def _left(self) -> int:
        return left_to_recalibrate(self.room.game)

    def _changed(self) -> None:
        """Say at once what cannot be, before the week is played."""
        try:
            self.on(self.room.report.decision)
            self.complain([])
        except PlanRefused as refused:
            self.complain([m for m in refused.mistakes if m[0] != "reason"])
        self.room.changed()


def _whole(value: float) -> Any:
    """The whole amount in a box; what is no number stays what it is, to be refused."""
    return round(value) if math.isfinite(value) else value
