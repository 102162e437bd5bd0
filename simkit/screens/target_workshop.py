"""Notebook 01: a target for the region, from the past over the plan to the quarter itself."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.scenario.library import load_scenario
from simkit.screens.drill_words import Room
from simkit.screens.job import Redraw
from simkit.screens.parts import row
from simkit.screens.record import load_record, save_record
from simkit.screens.target_background import Background
from simkit.screens.target_live import LivingWithIt
from simkit.screens.target_planning import Planning, Steps
from simkit.screens.target_quarter import Quarter
from simkit.screens.target_start import start_view
from simkit.screens.target_words import COMMIT, HISTORY, LOOK_BACK, PLANNING, QUARTER
from simkit.screens.texts import default_language, translator
from simkit.study.game import Game
from simkit.training.target_plan import PLAN, commit, settings_of


class TargetWorkshop(LivingWithIt):
    """A screen on which a manager sets a target, breaks it down, and lives with it for a quarter.

    Everything that is entered is kept on disk at once; whoever opens the screen again is where he
    or she was. Until the plan is committed one can go back to every step.

    Parameters
    ----------
    scenario : str or path
        A region with the group `targets`.
    seed : int
        The world that is played.
    record : path
        The game file.
    worlds : int
        In how many other worlds the plan is judged, and the debrief plays it again.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    game : simkit.study.game.Game or None
        The game, None before it begins.
    step : int or None
        0 history, 1 break down, 2 judge, 3 talks, 4 goal, 5 commit, 6 quarter, 7 debrief.
    planning : Planning
        The steps of the plan.
    background : Background
        Judges plans while the person works.
    result : object
        What the debrief found.
    """

    def __init__(
        self,
        scenario: str | Path = "target_workshop",
        seed: int = 1,
        *,
        record: str | Path = "saved/01_target_setting.jsonl",
        worlds: int = 200,
        lang: str | None = None,
    ) -> None:
        lang = lang or default_language()
        self.scenario, self.seed, self.worlds = load_scenario(str(scenario)), seed, worlds
        settings_of(self.scenario)
        self.background = Background(self.scenario, seed, worlds, self._news)
        self._quiet, self._lock = False, threading.RLock()
        t = translator(lang)
        super().__init__(
            Path(record),
            t("Target workshop"),
            intro=t("Set a target you can explain, break it down, commit, and live with it."),
            lang=lang,
        )
        if self.step in (None, *PLANNING):
            self.background.start()

    # --- what a notebook or a test uses

    def wait(self, timeout: float | None = 120) -> Self:
        """Wait until the job has ended and all is drawn; the worlds in the background go on."""
        super().wait(timeout)
        self._redraw.wait(timeout)
        if self.step == QUARTER:
            self.quarter.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.aside_button.description = t("Put aside, begin anew")
        self.begin_button = self._button(t("Begin"), self._begin, "begin")
        self.begin_button.button_style = "primary"
        self.start = start_view(self.scenario, self.lang, self.begin_button)
        self.steps = Steps(self.lang, self.safely(self._go))
        self.back = self._button(t("Back"), lambda: self._go(self._at() - 1), "back")
        self.forward = self._button(t("Next step"), lambda: self._go(self._at() + 1), "forward")
        self.place = W.VBox()
        self._redraw = Redraw(lambda: self.safely(self._draw)())

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        self.moves = row(self.back, self.forward)
        self.running = row(self.stop_button, self.progress)
        top = [self._top(title, intro), self.steps.view, self.in_use, self.running]
        foot = [self.moves, self.chart, row(self.save_button, self.aside_button)]
        return [*top, self.status, self.alarm, self.place, *foot]

    def _enter_game(self, game: Game) -> None:
        self.game = game
        room = Room(game, self.lang, self.safely, self._changed)
        if (game.scenario, game.seed) != (self.scenario, self.background.seed):  # another region
            self.background.stop()
            self.scenario = game.scenario
            self.background = Background(game.scenario, game.seed, self.worlds, self._news)
        self.room = room
        with self._silently():
            self._enter_steps(room)
        self._display()
        if self.step in PLANNING:
            self.background.start()
            self.launch(lambda _: self.planning.read_past(), lambda _: self._refreshed())

    def _enter_steps(self, room: Room) -> None:
        self.planning = Planning(
            room, self.background, self._stored, self._play_plan, self._commit, self.launch
        )
        self.quarter = Quarter(room, self._play, self._undo)
        draft = load_record(self._draft_file)
        self._find_step(draft)
        with suppress(KeyError, TypeError, ValueError, TraitError):  # of another version, or edited
            self._take_draft(draft)

    def _find_step(self, draft: dict[str, Any]) -> None:
        """Find where in the workshop the game is, from its file and the draft."""
        assert self.game
        if not self.game.notes(PLAN):
            at = draft.get("at", HISTORY)
            self.step = at if at in PLANNING else HISTORY
        else:
            self.step = LOOK_BACK if self.game.done else QUARTER

    # --- drafts: what is entered and not decided yet

    def _changed(self) -> None:
        """Work out what follows from what was entered, show it, and keep it."""
        with self._lock:
            if self._quiet or not self.game or self.game.look_only:
                return
            self._refreshed()
            if self.step in PLANNING:
                save_record(self._draft_file, {"at": self.step, **self.planning.entered()})
            elif self.step == QUARTER:
                save_record(self._draft_file, {"quarter": self.quarter.entered()})

    def _take_draft(self, draft: dict[str, Any]) -> None:
        """Enter what an earlier session left; what does not fit any more is left out."""
        assert self.game
        if self.step in PLANNING:
            self.planning.fill(draft)
        if self.step == QUARTER:
            self.quarter.show()
            kept = draft.get("quarter")
            if isinstance(kept, dict) and kept.get("week") == self.game.week:
                self.quarter.fill(kept)

    # --- what is to be seen

    def _at(self) -> int:
        return HISTORY if self.step is None else self.step

    def _refreshed(self) -> None:
        """Work out and show the step that is on the screen."""
        if self.step not in PLANNING:
            return
        with self._silently():
            self.planning.work()
            self.planning.pages[self.step].show()
        self._point_ahead()
        self._redraw.ask()

    def _draw(self) -> None:
        """Draw what takes a moment, in a thread."""
        if self.step in PLANNING:
            self.planning.pages[self.step].draw()

    def _news(self, answer: bool) -> None:
        """Show what the worlds in the background have brought; in their thread."""
        if self.step not in PLANNING or not hasattr(self, "planning"):
            return
        with self._lock:
            if answer:
                self.safely(self._refreshed)()
            else:
                self.planning.judge.show_progress()

    def _display(self) -> None:
        """Show the step that is reached, and what can be pressed in it."""
        self.place.children = [self.start]
        if self.step is not None:
            self.place.children = [self._view()]
        self.steps.show(self.step)
        self._refresh()
        if self.step in PLANNING:
            self._refreshed()

    def _view(self) -> W.Widget:
        if self.step in PLANNING:
            return self.planning.pages[self.step].view
        return self.quarter.view if self.step == QUARTER else self.end

    def _refresh(self) -> None:
        super()._refresh()
        free = not (self._busy or (self.game and self.game.look_only))
        planning = self.step in PLANNING
        self.running.layout.display = None if self._busy else "none"
        self.moves.layout.display = None if planning else "none"
        self.back.disabled = self.step == HISTORY
        self.forward.disabled = self.step == COMMIT
        self._point_ahead()
        self.aside_button.disabled = not free
        self.aside_button.layout.display = "none" if self.step is None else None
        self.begin_button.disabled = self._busy or self._told_in_use
        if self.step is not None:
            self.planning.enable(free and planning)
            self.quarter.enable(free and self.step == QUARTER)

    def _point_ahead(self) -> None:
        """Mark "Next step" as what is expected next, once there is a target to go on with."""
        ready = self.step is not None and self.planning.bench.region is not None
        self.forward.button_style = "primary" if ready and self.step != COMMIT else ""

    # --- what the buttons do

    def _begin(self) -> None:
        self.say(self.t("One moment …"))
        self._put_aside()
        self.error, self.alarm.value, self.chart.value, self.result = None, "", "", None
        self._enter_game(Game.new(self.file, self.scenario, self.seed, {"workshop": "targets"}))
        self.say(self.t("The workshop has begun. First the past."))

    def _go(self, step: int) -> None:
        if self.step not in PLANNING or step not in PLANNING:
            return
        self.step = step
        self._display()
        self._changed()
        self.planning.pages[step].focus()
        self.say("")

    def _stored(self, said: str) -> None:
        """Say that a prediction is stored; the answer is shown."""
        self._changed()
        self._refresh()
        self._refreshed()
        self.say(said)

    def _play_plan(self) -> None:
        planning = self.planning
        self.launch(lambda job: planning.played(self.worlds, job.tell), planning.judge.show_exact)

    def _commit(self) -> None:
        assert self.game
        if self.planning.commit.stops():
            return self._refreshed()
        commit(self.game, self.planning.bench.plan())
        self._next_step(self.t("Your plan is committed. Week 1 begins."))
        return None
