"""The weekly rounds: read the inbox, look at the dashboard, decide, predict, play."""

import html
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.decision import Decision
from simkit.screens.drill_board import Board
from simkit.screens.drill_cards import Cards, departments_html, is_preparation
from simkit.screens.drill_clock import Clock
from simkit.screens.drill_inbox import Inbox
from simkit.screens.drill_levers import WEEKLY, LeverBoxes, cost_text
from simkit.screens.drill_plan import plan_html
from simkit.screens.drill_predict import Predict, is_due, last_outcome_html, outcomes_html
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.job import Redraw
from simkit.screens.parts import action_button, heading, row

INBOX, BOARD, DECIDE, LOOK_UP = range(4)


class Rounds:
    """The screen of the second step.

    Parameters
    ----------
    room : Room
        The game and its language.
    play, undo, predicted : callable
        What the buttons do.
    mark : callable
        Called as ``mark(message, mark)``.
    """

    def __init__(
        self,
        room: Room,
        play: Callable[[], None],
        undo: Callable[[], None],
        predicted: Callable[[], None],
        mark: Callable[[str, str], None],
    ) -> None:
        self.room, t = room, room.t
        self.inner = room.but(self._changed)
        self.inbox, self.board = Inbox(room, mark), Board(room)
        self.answers = Cards(self.inner, t("Nothing is on offer now."))
        self.preparations = Cards(self.inner, t("There is nothing to prepare in this drill."))
        self.levers = LeverBoxes(WEEKLY, self.inner)
        self.predict = Predict(room, predicted)
        seconds = room.game.about.get("round_seconds", 0)
        self.clock = Clock(seconds, room.safely(self._time_is_up), t)
        self._play, self.week = play, room.report.week
        self.head, self.outcome = W.HTML(), W.HTML()
        self.cost, self.look_up = W.HTML(), W.HTML()
        self.play_button = action_button(t("Play this week"), room.safely(play), style="primary")
        self.play_again = action_button(t("Play this week"), room.safely(play))
        self.undo_button = action_button(t("Undo the last week"), room.safely(undo))
        self.clock_button = action_button("", room.safely(self._switch_clock))
        for name in ("play", "undo", "clock"):
            getattr(self, f"{name}_button").add_class(f"sk-{name}")
        self.out_of_time = False
        self._redraw = Redraw(lambda: room.safely(self._draw)())
        self.tabs = self._tabs()
        self.view = W.VBox(self._lay_out()).add_class("sk-rounds")

    def _tabs(self) -> W.Tab:
        t = self.room.t
        decide = W.VBox(
            [
                heading(t("Answers to what has happened")),
                self.answers.view,
                W.HTML(departments_html(self.room)),
                heading(t("Levers")),
                self.levers.view,
                heading(t("Preparations")),
                self.preparations.view,
                row(self.play_again),
            ]
        ).add_class("sk-decide")
        tabs = W.Tab([self.inbox.view, self.board.view, decide, self.look_up])
        for place, title in enumerate((t("Inbox"), t("Dashboard"), t("Decide"), t("My plan"))):
            tabs.set_title(place, title)
        tabs.selected_index = INBOX
        return tabs

    def _lay_out(self) -> list[W.Widget]:
        buttons = row(self.play_button, self.undo_button, self.clock_button, self.clock.view)
        return [self.head, self.cost, buttons, self.outcome, self.predict.view, self.tabs]

    def go_on(self) -> None:
        """Let the time begin, and bring what is to be done next into view."""
        self.start_clock()
        due = is_due(self.room)
        (self.predict.boxes["revenue_low"] if due else self.play_button).focus()

    def show(self) -> None:
        """Show the week that is played next, under the decision in force or, at first, the plan."""
        report = self.room.renew()
        self.inner.renew()
        self.week = report.week
        self._show_offers(report.decision)
        self.levers.fill(report.decision)
        if not self.week:
            self._fill_plan()
        new = self.inbox.show()
        self.tabs.set_title(INBOX, self.room.t("Inbox ({count} new)").format(count=new))
        self.tabs.selected_index = INBOX
        self.board.show()
        self.show_prediction()
        self.show_head()
        self._show_cost()
        self._redraw.ask()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything is drawn."""
        self._redraw.wait(timeout)

    def _draw(self) -> None:
        """Show what takes a moment, in a thread: the week is played already."""
        room = self.room
        self.outcome.value = last_outcome_html(room)
        if is_due(room):
            self.predict.draw()
        self.board.draw()
        plan = room.game.notes("plan")
        look = plan_html(plan[-1].data, room) if plan else ""
        self.look_up.value = outcomes_html(room) + look

    def show_prediction(self) -> None:
        """Ask for a prediction when one is due."""
        due = is_due(self.room)
        self.predict.view.layout.display = None if due else "none"
        if due:
            self.predict.show()

    def show_head(self) -> None:
        """Show where in the drill we are."""
        t, room = self.room.t, self.room
        week, weeks = room.report.week, room.scenario.weeks
        said = t("Week {week} of {weeks}").format(week=min(week + 1, weeks), weeks=weeks)
        undone = room.game.undone
        if undone:
            said += " · " + t("weeks taken back: {count}").format(count=undone)
        self.head.value = f"<h3>{html.escape(said)}</h3>"

    def entered(self) -> dict[str, Any]:
        """Return what is entered for this week, to be kept until it is played."""
        return {
            "week": self.room.report.week,
            "levers": self.levers.changes(),
            "answers": list(self._chosen()),
            "priorities": self._priorities(),
        }

    def decision(self) -> Decision:
        """Return the decision as it is entered."""
        decision = self.room.report.decision.but(**self.levers.changes())
        return decision.but(answers=self._chosen(), priorities=self._priorities())

    def take(self, decision: Decision) -> None:
        """Enter a decision."""
        self._show_offers(decision)
        self.levers.fill(decision)

    def enable(self, enabled: bool) -> None:
        """Let a person play, or only look."""
        due = is_due(self.room)
        self.play_button.disabled = self.play_again.disabled = not enabled or due
        self.undo_button.disabled = not enabled or self.room.report.week == 0
        self.predict.button.disabled = not enabled
        for box in self.predict.boxes.values():
            box.disabled = not enabled
        for part in (self.inbox, self.answers, self.preparations, self.levers):
            part.enable(enabled)
        self.clock_button.layout.display = None if enabled and self.clock.seconds else "none"
        self._name_clock_button()

    def start_clock(self) -> None:
        """Let the time of a round begin, unless the person has switched the clock off."""
        if not is_due(self.room) and not self.room.game.done and not self.out_of_time:
            self.clock.start()
        self._name_clock_button()

    # --- what happens here

    def _switch_clock(self) -> None:
        if self.clock.running:
            self.out_of_time = True
            self.clock.stop()
        else:
            self.out_of_time = False
            self.start_clock()
        self._name_clock_button()

    def _name_clock_button(self) -> None:
        t = self.room.t
        name = t("Stop the clock") if self.clock.running else t("Start the clock")
        self.clock_button.description = name

    def _time_is_up(self) -> None:
        if not self.play_button.disabled:
            self.room.game.note("note", {"text": self.room.t("The time was up.")})
            self._play()

    def _chosen(self) -> tuple[str, ...]:
        return (*self.preparations.chosen(), *self.answers.chosen())

    def _priorities(self) -> dict[str, int]:
        return {**self.preparations.priorities(), **self.answers.priorities()}

    def _show_offers(self, decision: Decision) -> None:
        offers = self.room.report.offers
        wanted, urgency = decision.answers, decision.priorities
        prepared = [offer for offer in offers if is_preparation(offer)]
        self.preparations.show(prepared, wanted, urgency)
        answers = [offer for offer in offers if not is_preparation(offer)]
        self.answers.show(answers, wanted, urgency)

    def _fill_plan(self) -> None:
        """Enter what was prepared, for the first week."""
        for plan in self.room.game.notes("plan")[-1:]:
            names: dict[str, Any] = {"levers": {}, "preparations": [], "priorities": {}}
            kept = {name: plan.data.get(name, usual) for name, usual in names.items()}
            self.fill({**kept, "answers": kept["preparations"]})

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept for this week."""
        decision = self.room.report.decision.but(**kept["levers"])
        changes = {"answers": tuple(kept["answers"]), "priorities": kept["priorities"]}
        self.take(decision.but(**changes))

    def _changed(self) -> None:
        self._show_cost()
        self.room.changed()

    def _show_cost(self) -> None:
        said = self.room.t("This week your decision costs {cost}; you have {money}.")
        told = cost_text(self.room, self.decision(), said)
        self.cost.value = paragraph(told)
