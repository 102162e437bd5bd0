"""Notebook 04: a crisis drill, from the plan over the weekly rounds to the debrief."""

import html
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.scenario.shocks import LevelName
from simkit.screens.drill_end import Ended, Memo, debrief_view, end_of, write_page
from simkit.screens.drill_plan import Plan
from simkit.screens.drill_predict import Predict
from simkit.screens.drill_rounds import Rounds
from simkit.screens.drill_start import Start
from simkit.screens.drill_window import GameWindow
from simkit.screens.drill_words import Room, steps_html
from simkit.screens.job import Job
from simkit.screens.parts import row
from simkit.screens.record import load_record, save_record
from simkit.screens.texts import default_language, translator
from simkit.study.game import Game

PLAN, ROUNDS, MEMO, DEBRIEF = range(4)
FIRST_SEED = 1


class CrisisDrill(GameWindow):
    """A screen on which a manager plans for a crisis, lives through it, and looks back.

    Everything that is decided goes into the game file before the screen says so; whoever opens the
    screen again is where he or she was.

    Parameters
    ----------
    crisis : str
        Name of a crisis or path of its file, or "surprise".
    level : {"easy", "normal", "hard"}
        How hard it is.
    number : int
        Which one of the family: the same lesson with other figures.
    record : path, optional
        The game file.
    weeks : int, optional
        Plays so many weeks only.
    worlds : int
        In how many other worlds the debrief plays the same decisions.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    game : simkit.study.game.Game or None
        The game, None before it begins.
    step : int or None
        0 plan, 1 weekly rounds, 2 memo, 3 debrief; None before the game begins.
    result : Ended or None
        What the debrief found.
    """

    def __init__(
        self,
        crisis: str = "supplier_break",
        *,
        level: LevelName = "normal",
        number: int = 0,
        record: str | Path = "saved/04_crisis_drill.jsonl",
        weeks: int | None = None,
        worlds: int = 100,
        lang: str | None = None,
    ) -> None:
        lang = lang or default_language()
        self.weeks, self.worlds = weeks, worlds
        self._quiet, self._lock = False, threading.RLock()
        t = translator(lang)
        self.start = Start(crisis, level, number, lang, self._begin, self.safely)
        super().__init__(
            Path(record),
            t("Crisis drill"),
            intro=t("Plan before it happens, lead through it week by week, then look back."),
            lang=lang,
        )

    # --- what a notebook or a test uses

    def wait(self, timeout: float | None = 120) -> Self:
        """Wait until the job has ended and everything is drawn."""
        super().wait(timeout)
        if self.step is not None:
            self.rounds.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.steps, self.place = W.HTML(), W.VBox()
        self.debrief_button = self._button(t("Make the debrief"), self._debrief, "debrief")
        self.save_button = self._button(t("Save the debrief as a file"), self._save_page, "save")
        self.end = W.VBox([row(self.debrief_button, self.stop_button, self.progress)])

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        top = [self._top(title, intro), self.steps, self.in_use]
        foot = [self.chart, row(self.save_button, self.aside_button)]
        return [*top, self.status, self.alarm, self.place, *foot]

    def _enter_game(self, game: Game) -> None:
        self.game = game
        room = Room(game, self.lang, self.safely, self._changed)
        self._quiet = True
        self.room, self.plan = room, Plan(room, self._store_plan)
        self.rounds = Rounds(room, self._play, self._undo, self._store_prediction, self._mark)
        self.memo = Memo(room, self._send)
        self._find_step()
        if self.step == ROUNDS:
            self.rounds.show()
        with suppress(KeyError, TypeError, ValueError, TraitError):  # of another version, or edited
            self._take_draft(load_record(self._draft_file))
        self._quiet = False
        self._refresh()
        self._display()

    def _leave_game(self) -> None:
        if self.step is not None:
            self.rounds.clock.stop()

    def _find_step(self) -> None:
        """Find where in the drill the game is, from what is in its file."""
        assert self.game
        if not self.game.notes("plan"):
            self.step = PLAN
        elif not self.game.done:
            self.step = ROUNDS
        else:
            self.step = DEBRIEF if self.game.notes("memo") else MEMO

    # --- drafts: what is entered and not decided yet

    def _changed(self) -> None:
        """Keep what is entered, so that a closed page loses nothing."""
        if self._quiet or not self.game or self.game.look_only:
            return
        draft = {
            PLAN: lambda: {"plan": self.plan.entered()},
            ROUNDS: lambda: {"week": self.rounds.entered()},
            MEMO: lambda: {"memo": self.memo.box.value},
        }
        if self.step in draft:
            save_record(self._draft_file, draft[self.step]())

    def _take_draft(self, kept: dict[str, Any]) -> None:
        """Enter what an earlier session left; what does not fit any more is left out."""
        assert self.game
        if isinstance(plan := kept.get("plan"), dict) and self.step == PLAN:
            self.plan.fill(plan)
        week = kept.get("week")
        if self.step == ROUNDS and isinstance(week, dict) and week.get("week") == self.game.week:
            self.rounds.fill(week)
        if isinstance(kept.get("memo"), str) and self.step == MEMO:
            self.memo.box.value = kept["memo"]

    # --- what is to be seen

    def _display(self) -> None:
        """Show the step that is reached, and what can be pressed in it."""
        self.steps.value = "" if self.step is None else steps_html(self.step, self.lang)
        self.place.children = [self.start.view]
        if self.step is not None:
            views = (self.plan.view, self.rounds.view, self.memo.view, self.end)
            self.place.children = [views[self.step]]
        self._refresh()

    def _refresh(self) -> None:
        super()._refresh()
        free = not (self._busy or (self.game and self.game.look_only))
        self.debrief_button.disabled = self._busy
        self.debrief_button.button_style = "" if self.result else "primary"
        self.save_button.layout.display = None if self.result else "none"
        self.aside_button.disabled = not free
        self.aside_button.layout.display = "none" if self.step is None else None
        self.start.button.disabled = self._busy or self._told_in_use
        if self.step is not None:
            self.plan.enable(free and self.step == PLAN)
            self.rounds.enable(free and self.step == ROUNDS)
            self.memo.box.disabled = self.memo.button.disabled = not free

    # --- what the buttons do

    def _begin(self) -> None:
        scenario, about = self.start.chosen()
        if self.weeks is not None:
            scenario = scenario.but(weeks=self.weeks)
        self.say(self.t("One moment …"))
        self._put_aside()
        self.error, self.alarm.value, self.chart.value, self.result = None, "", "", None
        game = Game.new(self.file, scenario, FIRST_SEED + about["number"], about)
        self._enter_game(game)
        self._focus()
        self.say(self.t("The drill has begun. First the plan."))

    def _lacks(self, part: Plan | Predict | Memo) -> bool:
        """Tell what is still to be entered, beside the button that was pressed."""
        missing = part.missing()
        part.complaint.value = f'<div role="alert">{html.escape(missing)}</div>' if missing else ""
        return bool(missing)

    def _store_plan(self) -> None:
        if self._lacks(self.plan):
            return
        assert self.game
        self.game.note("plan", self.plan.note())
        self._next_step(self.t("Your plan is stored. Week 1 begins."))

    def _store_prediction(self) -> None:
        if self._lacks(self.rounds.predict):
            return
        assert self.game
        self.game.note("prediction", self.rounds.predict.note())
        self.rounds.show_prediction()
        self._refresh()
        self.rounds.go_on()
        self.say(self.t("Your prediction is stored."))

    def _mark(self, message: str, mark: str) -> None:
        assert self.game
        self.game.note("mark", {"message": message, "as": mark or "none"})
        self.say(self.t("Marked."))

    def _play(self) -> None:
        assert self.game
        with self._lock:  # the clock may run out while the button is being pressed
            week = self.rounds.week
            if self._just_played or week != self.game.week or self.rounds.play_button.disabled:
                return
            self.rounds.clock.stop()
            self.error, self.alarm.value = None, ""
            self.game.play(self.rounds.decision(), week)
            self._next_step(self.t("Week {week} is played.").format(week=week + 1))
            self._note_played()

    def _undo(self) -> None:
        assert self.game
        with self._lock:
            self.rounds.clock.stop()
            self.say(self.t("One moment …"))
            last = self.game.decisions[-1]
            self.game.undo(1)
            self._next_step(self.t("The last week is taken back; the file remembers that."))
            self.rounds.take(last)

    def _next_step(self, said: str) -> None:
        self._find_step()
        self._quiet = True
        if self.step == ROUNDS:
            self.rounds.show()
        self._quiet = False
        self._display()
        self._focus()
        self.say(said)

    def _focus(self) -> None:
        """Bring the top of the step into view: the page may have become much shorter."""
        assert self.step is not None
        if self.step == ROUNDS:
            return self.rounds.go_on()
        first = {PLAN: self.plan, MEMO: self.memo.box, DEBRIEF: self.debrief_button}
        return first[self.step].focus()

    def _send(self) -> None:
        if self._lacks(self.memo):
            return
        assert self.game
        self.game.note("memo", {"text": self.memo.box.value})
        self._next_step(self.t("Your memo is sent. Now look back."))

    def _debrief(self) -> None:
        game, room = self.game, self.room
        assert game

        def work(job: Job) -> tuple[Ended, str]:
            ended = end_of(game, self.worlds, job.tell)
            return ended, debrief_view(ended, room)

        self.launch(work, self._show_end)

    def _show_end(self, found: tuple[Ended, str]) -> None:
        self.result, self.chart.value = found

    def _save_page(self) -> None:
        assert self.result
        path = write_page(self.result, self.file, self.lang)
        self.say(self.t("Written to {file}").format(file=path))
