"""A quarter under committed targets, week by week: track, help, recalibrate, predict."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.drill_inbox import letter_html
from simkit.screens.drill_levers import cost_text
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.job import Redraw
from simkit.screens.parts import action_button, heading, row
from simkit.screens.target_change import Change
from simkit.screens.target_levers import Actions
from simkit.screens.target_predict import PredictQuarter, is_due
from simkit.screens.target_tracking import (
    alarm_html,
    explained_html,
    forecast_text,
    tracking_chart_html,
    tracking_table_html,
)
from simkit.training.recalibration import recalibrations
from simkit.training.target_plan import Plan, PlanRefused, decision_of, plan_of
from simkit.training.tracking import Tracking, totals_now, tracking_of

TRACK, DECIDE, CHANGE, NEWS = range(4)
NEWEST = 20
"""Messages that are shown."""


class Quarter:
    """The screen of the quarter.

    The screen that it belongs to calls `show` when it is reached and after each week, and in its
    callbacks `play_week` and `take_back`.

    Parameters
    ----------
    room : Room
        The game and its language.
    play, undo : callable
        What the buttons do.
    """

    def __init__(self, room: Room, play: Callable[[], None], undo: Callable[[], None]) -> None:
        self.room, t = room, room.t
        self.inner = room.but(self._changed)
        self.plan: Plan | None = None
        self.tracking: Tracking | None = None
        self.week, self._enabled, self._quiet = room.report.week, True, False
        self.actions, self.change = Actions(self.inner), Change(self.inner)
        self.predict = PredictQuarter(room, self._store_prediction)
        self.head, self.cost, self.alarm = W.HTML(), W.HTML(), W.HTML()
        self.table, self.chart, self.news = W.HTML(), W.HTML(), W.HTML()
        self.play_button = action_button(t("Play this week"), room.safely(play), style="primary")
        self.undo_button = action_button(t("Undo the last week"), room.safely(undo))
        self.play_button.add_class("sk-play")
        self.undo_button.add_class("sk-undo")
        self._redraw = Redraw(lambda: room.safely(self._draw)())
        self.tabs = self._tabs()
        buttons = row(self.play_button, self.undo_button)
        parts = [self.head, self.alarm, self.cost, buttons, self.predict.view, self.tabs]
        self.view = W.VBox(parts).add_class("sk-quarter")

    def _tabs(self) -> W.Tab:
        t = self.room.t
        decide = W.VBox([heading(t("Help the reps")), self.actions.view])
        track = W.VBox([self.table, self.chart])
        tabs = W.Tab([track, decide, self.change.view, self.news])
        titles = (t("Tracking"), t("Decide"), t("Recalibrate"), t("News"))
        for place, title in enumerate(titles):
            tabs.set_title(place, title)
        tabs.selected_index = TRACK
        return tabs

    # --- what the screen that it belongs to uses

    def show(self) -> None:
        """Show the week that is played next."""
        report, self.plan = self.room.renew(), plan_of(self.room.game)
        if self.plan is None:
            return
        self._quiet = True
        self.inner.renew()
        self.week = report.week
        totals = totals_now(self.plan, self.room.game)
        self.tracking = tracking_of(report, self.plan, totals)
        self.actions.show(report.decision)
        self.change.show(self.plan, totals)
        self.predict.show()
        self._show_words()
        self._quiet = False
        self._show_cost()
        self.enable(self._enabled)
        self._redraw.ask()

    def entered(self) -> dict[str, Any]:
        """Return what is entered for this week, to be kept until it is played."""
        kept = {"week": self.room.report.week, "recalibration": self.change.entered()}
        return {**self.actions.entered(), **kept}

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept for this week; raises KeyError or TraitError where it differs."""
        self.actions.fill(kept)
        self.change.fill(kept["recalibration"])

    def decision(self) -> Decision:
        """Return the decision as it is entered; raises PlanRefused for a recalibration that fails.

        In the first week the plan's quotas, and how they are told, are part of it.
        """
        return self.change.on(self._without_change())

    def recalibration(self) -> dict[str, Any] | None:
        """Return the new quotas as they are entered, with reason and way; None without any."""
        return self.change.wanted()

    def play_week(self) -> bool:
        """Play the week as it is entered; False, with the reason on the screen, if it cannot be."""
        game = self.room.game
        if is_due(self.room) or game.done or self.week != game.week:
            return False
        try:
            decision = self.change.on(self._without_change(), note=True)
        except PlanRefused as refused:
            self.change.complain(refused.mistakes)
            self.tabs.selected_index = CHANGE
            return False
        game.play(decision, self.week)
        return True

    def take_back(self) -> None:
        """Take the last week back, and enter again what was decided on it."""
        game = self.room.game
        last, changes = game.decisions[-1], recalibrations(game)
        game.undo(1)
        self.show()
        self._quiet = True
        self.actions.show(last)
        if changes and changes[-1].week == self.week:
            self.change.take(changes[-1])
        self._quiet = False
        self._show_cost()

    def enable(self, enabled: bool) -> None:
        """Let a person play, or only look."""
        self._enabled = enabled
        due = is_due(self.room)
        self.play_button.disabled = not enabled or due or self.room.game.done
        self.undo_button.disabled = not enabled or self.room.report.week == 0
        self.predict.enable(enabled)
        self.actions.enable(enabled)
        self.change.enable(enabled)

    def focus(self) -> None:
        """Bring what is to be done next into view."""
        (self.predict.boxes["low"] if is_due(self.room) else self.play_button).focus()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything is drawn."""
        self._redraw.wait(timeout)

    # --- what happens here

    def _without_change(self) -> Decision:
        decision = self.actions.on(self.room.report.decision)
        if self.plan is not None and not self.room.report.week:
            decision = decision_of(self.plan, decision)
        return decision

    def _store_prediction(self) -> None:
        if self.predict.lacks():
            return
        self.room.game.note("prediction", self.predict.note())
        self.predict.show()
        self.enable(self._enabled)
        self.focus()

    def _changed(self) -> None:
        if not self._quiet:
            self._show_cost()
            self.room.changed()

    def _show_cost(self) -> None:
        said = self.room.t("This week your decision costs {cost}; you have {money}.")
        try:
            decision = self.decision()
        except PlanRefused:
            decision = self._without_change()
        self.cost.value = paragraph(cost_text(self.room, decision, said))

    def _show_words(self) -> None:
        assert self.plan and self.tracking
        room, tracking = self.room, self.tracking
        self.head.value = self._head()
        self.alarm.value = alarm_html(tracking, room)
        ahead = paragraph(forecast_text(tracking, room))
        table = tracking_table_html(tracking, room)
        self.table.value = table + ahead + explained_html(self.plan, room)
        self.news.value = self._news()

    def _head(self) -> str:
        t, room, weeks = self.room.t, self.room, self.room.scenario.weeks
        said = t("Week {week} of {weeks}").format(week=min(self.week + 1, weeks), weeks=weeks)
        if undone := room.game.undone:
            said += " · " + t("weeks taken back: {count}").format(count=undone)
        return f"<h3>{html.escape(said)}</h3>"

    def _news(self) -> str:
        told = self.room.report.messages[-NEWEST:]
        if not told:
            return paragraph(self.room.t("No news from outside."))
        return "".join(letter_html(message, self.room) for message in reversed(told))

    def _draw(self) -> None:
        """Draw what takes a moment, in a thread: the week is played already."""
        plan, tracking = self.plan, self.tracking
        if plan and tracking:
            self.chart.value = tracking_chart_html(tracking, plan, self.room)
