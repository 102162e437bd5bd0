"""What is done in the weekly rounds of a drift drill: each thing is on the disk, then shown."""

import html
import threading
from typing import Any

from simkit.region.decision import Decision
from simkit.screens.drift_background import References
from simkit.screens.drift_close import Conclusion
from simkit.screens.drift_look import Look, look_data, look_html
from simkit.screens.drift_rounds import ACT, Does, Rounds
from simkit.screens.drift_words import CONCLUDE, WEEKS
from simkit.screens.drill_window import GameWindow
from simkit.screens.drill_words import Room
from simkit.screens.record import save_record
from simkit.training.drift_notes import CHECK, DECLARATION, INVESTIGATION, PLAN, PREDICTION


class RoundsWindow(GameWindow):
    """A screen on which the weeks of a drift drill are played; `DriftDrill` is all of it."""

    room: Room
    rounds: Rounds
    conclusion: Conclusion
    references: References | None = None
    _quiet = False
    """Whether what changes on the screen is not what a person entered."""

    def __init__(self, *args: Any, **more: Any) -> None:
        self._lock = threading.RLock()
        super().__init__(*args, **more)

    def _does(self) -> Does:
        return Does(self._play, self._undo, self._predicted, self._look_up, self._declare,
                    self._check)  # fmt: skip

    def _next_step(self, said: str) -> None:
        """Show what comes after a week, or after the weeks."""
        raise NotImplementedError

    # --- drafts: what is entered and not decided yet

    def _changed(self) -> None:
        """Keep what is entered, so that a closed page loses nothing."""
        if self._quiet or not self.game or self.game.look_only:
            return
        if self.step == WEEKS:
            save_record(self._draft_file, {"week": self.rounds.entered()})
        elif self.step == CONCLUDE:
            save_record(self._draft_file, {"conclusion": self.conclusion.entered()})

    def _take_draft(self, kept: dict[str, Any]) -> None:
        """Enter what an earlier session left; what does not fit any more is left out."""
        assert self.game
        week, conclusion = kept.get("week"), kept.get("conclusion")
        if self.step == WEEKS and isinstance(week, dict) and week.get("week") == self.game.week:
            self.rounds.fill(week)
        if self.step == CONCLUDE and isinstance(conclusion, dict):
            self.conclusion.fill(conclusion)

    # --- what the buttons do

    def _predicted(self) -> None:
        assert self.game
        predict = self.rounds.predict
        missing = predict.missing()
        predict.complaint.value = f'<div role="alert">{html.escape(missing)}</div>' * bool(missing)
        if missing:
            return
        self.game.note(PREDICTION, predict.note())
        predict.clear()
        predict.show()
        self._refresh()
        self.rounds.go_on()
        self.say(self.t("Your prediction is stored."))

    def _look_up(self, look: Look) -> None:
        """Look something up in a thread; the hours are spent once it is there."""
        room = self.room
        self.launch(lambda _: look_html(room, look), lambda shown: self._looked_up(look, shown))

    def _looked_up(self, look: Look, shown: str) -> None:
        assert self.game
        data = look_data(self.room, look)
        known = [note.data for note in self.game.notes(INVESTIGATION)]
        paid = next((each for each in known if {**each, "hours": 0.0} == data), None)
        self.rounds.looked.keep(paid or data, shown)
        if paid is None:
            self.game.note(INVESTIGATION, data)
        self.rounds.investigate.show()
        self.rounds.show_head()
        self.say(self.t("It is in your notebook now."))

    def _declare(self, data: dict[str, Any]) -> None:
        assert self.game
        self.game.note(DECLARATION, data)
        self.rounds.declare.show()
        self.rounds.show_head()
        taken = self.t("You have taken it back; that, too, is noted.")
        self.say(self.t("Declared.") if data["drift"] else taken)

    def _check(self, data: dict[str, Any]) -> None:
        assert self.game
        self.game.note(CHECK, data)
        self.rounds.act.show_checks()
        self.rounds.show_head()
        self.say(self.t("The check is noted."))

    def _play(self) -> None:
        assert self.game
        with self._lock:
            week, rounds = self.rounds.room.report.week, self.rounds
            if self._just_played or week != self.game.week or rounds.play_button.disabled:
                return
            if rounds.act.lacking():
                rounds.open(ACT)
                self.say(self.t("A new action needs its small plan first: see below."))
                return
            self.error, self.alarm.value = None, ""
            decision, plans = rounds.act.decision(), rounds.act.notes()
            for plan in plans:
                self.game.note(PLAN, plan)
            self.game.play(decision, week)
            self._next_step(self.t("Week {week} is played.").format(week=week + 1))
            self._note_played()

    def _undo(self) -> None:
        assert self.game
        game, last = self.game, self.game.decisions[-1]
        self.launch(lambda _: game.undo(1), lambda _: self._undone(last))

    def _undone(self, last: Decision) -> None:
        self._next_step(self.t("The last week is taken back; the file remembers that."))
        self.rounds.act.take(last)
