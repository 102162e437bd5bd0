"""The weekly rounds of a drift drill: watch, investigate, declare, act, and play the week."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drift_act import Act
from simkit.screens.drift_board import Board
from simkit.screens.drift_declare import Declare, declared_text
from simkit.screens.drift_figures import Gauge
from simkit.screens.drift_look import Investigate, Look, Looked
from simkit.screens.drift_predict import Predict, outcomes_html
from simkit.screens.drift_start import drill_title
from simkit.screens.drift_words import hours_text
from simkit.screens.drill_levers import money_at_hand
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.job import Redraw
from simkit.screens.parts import action_button, row
from simkit.training.drift_notes import hours_left, plans_due, prediction_due, statement

WATCH, INVESTIGATE, DECLARE, ACT, PAST = range(5)


@dataclass(frozen=True)
class Does:
    """What the buttons of the rounds do."""

    play: Callable[[], None]
    undo: Callable[[], None]
    predict: Callable[[], None]
    look: Callable[[Look], None]
    declare: Callable[[dict[str, Any]], None]
    check: Callable[[dict[str, Any]], None]


class Rounds:
    """The screen of the weekly rounds."""

    def __init__(self, room: Room, does: Does) -> None:
        self.room, t = room, room.t
        self._redraw = Redraw(lambda: room.safely(self._draw)())
        self.gauge = Gauge(room)
        self.looked = Looked(room.game.path)
        self.board = Board(room, self.gauge, lambda: self.open(ACT))
        self.investigate = Investigate(room, self.looked, does.look)
        self.declare = Declare(room, does.declare)
        self.act = Act(room, self.gauge, does.check)
        self.predict = Predict(room, self.gauge, does.predict)
        self.head, self.outcomes = W.HTML(), W.HTML()
        self.play_button = action_button(t("Play this week"), room.safely(does.play))
        self.play_button.button_style = "primary"
        self.undo_button = action_button(t("Undo the last week"), room.safely(does.undo))
        self.play_again = action_button(t("Play this week"), room.safely(does.play))
        self.play_button.add_class("sk-play")
        self.undo_button.add_class("sk-undo")
        parts = (self.board, self.investigate, self.declare, self.act)
        self.tabs = W.Tab([*(part.view for part in parts), self.outcomes])
        self._name_tabs()
        self.tabs.selected_index = WATCH
        buttons = row(self.play_button, self.undo_button)
        again = row(self.play_again)
        self.view = W.VBox([self.head, buttons, self.predict.view, self.tabs, again])
        self.view.add_class("sk-rounds")

    # --- what is to be seen

    def show(self) -> None:
        """Show the week that is played next."""
        self.room.renew()
        for part in (self.investigate, self.declare, self.act, self.predict):
            part.show()
        self.board.renew()
        self.show_head()
        self._redraw.ask()

    def show_head(self) -> None:
        """Show where in the drill we are, and what there is left."""
        t, room = self.room.t, self.room
        week, weeks = room.report.week, room.scenario.weeks
        said = t("Week {week} of {weeks}").format(week=min(week + 1, weeks), weeks=weeks)
        parts = [said, drill_title(room.game.about, t)]
        if undone := room.game.undone:
            parts.append(t("weeks taken back: {count}").format(count=undone))
        head = f"<h3>{html.escape(' · '.join(parts))}</h3>"
        brief = room.scenario.brief if week == 0 else None
        self.head.value = head + (paragraph(brief.in_(room.lang)) if brief else "") + self._left()
        self._name_tabs()

    def _left(self) -> str:
        t, room, report = self.room.t, self.room, self.room.report
        said = statement(room.game)
        word = declared_text(said.data, room) if said else t("nothing declared so far.")
        parts = [
            t("Hours left this week: {hours}").format(hours=hours_text(hours_left(room.game), t)),
            t("Budget: {money}").format(money=room.money(money_at_hand(report, report.decision))),
            t("Your word: {what}").format(what=word),
        ]
        return f'<p class="sk-left"><strong>{html.escape(" · ".join(parts))}</strong></p>'

    def _name_tabs(self) -> None:
        t, due = self.room.t, len(plans_due(self.room.game))
        act = t("Act ({count} to check)").format(count=due) if due else t("Act")
        titles = (t("Watch"), t("Investigate"), t("Declare"), act, t("What I said"))
        for place, title in enumerate(titles):
            self.tabs.set_title(place, title)

    def open(self, tab: int) -> None:
        """Open a tab."""
        self.tabs.selected_index = tab

    def _draw(self) -> None:
        """Show what takes a moment, in a thread: the week is played already."""
        if prediction_due(self.room.game):
            self.predict.draw()
        self.board.draw()
        self.act.draw()
        self.investigate.draw()
        nothing = paragraph(self.room.t("Here you will find what came of your predictions."))
        self.outcomes.value = outcomes_html(self.room, self.gauge) or nothing

    def wait(self, timeout: float | None = None) -> None:
        """Wait until everything is drawn."""
        self._redraw.wait(timeout)
        self.board.wait(timeout)

    def go_on(self) -> None:
        """Bring what is to be done next into view."""
        due = prediction_due(self.room.game)
        (self.predict.low if due else self.play_button).focus()

    # --- what is entered

    def entered(self) -> dict[str, Any]:
        """Return what is entered for this week, to be kept until it is played."""
        return {
            "week": self.room.report.week,
            "actions": self.act.entered(),
            "declaration": self.declare.entered(),
        }

    def fill(self, kept: dict[str, Any]) -> None:
        """Enter what was kept; what does not fit is left out."""
        for name, part in (("actions", self.act), ("declaration", self.declare)):
            if isinstance(kept.get(name), dict):
                part.fill(kept[name])

    def enable(self, enabled: bool) -> None:
        """Let a person play, or only look."""
        waits = not enabled or prediction_due(self.room.game)
        self.play_button.disabled = self.play_again.disabled = waits
        self.undo_button.disabled = not enabled or self.room.report.week == 0
        for part in (self.investigate, self.declare, self.act, self.predict):
            part.enable(enabled)
