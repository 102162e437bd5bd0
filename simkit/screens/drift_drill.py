"""Notebook 03: a drift drill, from the first week over the conclusion to the debrief."""

import html
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.scenario.shocks import LevelName
from simkit.screens.drift_background import References
from simkit.screens.drift_close import Conclusion
from simkit.screens.drift_end import end_html, end_of, record_html, write_page
from simkit.screens.drift_look import looked_folder
from simkit.screens.drift_rounds import Rounds
from simkit.screens.drift_start import Start
from simkit.screens.drift_window import RoundsWindow
from simkit.screens.drift_words import CONCLUDE, LOOK_BACK, WEEKS, step_titles
from simkit.screens.drill_words import Room, steps_html
from simkit.screens.job import Job
from simkit.screens.parts import row
from simkit.screens.record import load_record
from simkit.screens.texts import default_language, translator
from simkit.study.game import Game, GameError
from simkit.training.drift import SURPRISE
from simkit.training.drift_notes import CONCLUSION
from simkit.training.drift_record import drills_of

FIRST_SEED = 1
PATIENCE = 0.1
"""Seconds between two looks at whether the background is done."""


class DriftDrill(RoundsWindow):
    """A screen on which a manager watches a region, says what drifts, acts, and looks back.

    Everything that is decided goes into the game file before the screen says so; whoever opens the
    screen again is where he or she was.

    Parameters
    ----------
    drill : str
        "surprise", or the name of a drift drill or path of its file.
    level : {"easy", "normal", "hard"}
        How hard it is.
    number : int
        Which surprise, or which one of the family.
    record : path, optional
        The game file.
    weeks : int, optional
        Plays so many weeks only.
    worlds : int
        In how many other worlds the computer players and the debrief play.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.

    Attributes
    ----------
    game : simkit.study.game.Game or None
        The game, None before it begins.
    step : int or None
        0 weekly rounds, 1 conclusion, 2 debrief; None before the game begins.
    result : object
        What the debrief found.
    """

    def __init__(
        self,
        drill: str = SURPRISE,
        *,
        level: LevelName = "normal",
        number: int = 1,
        record: str | Path = "saved/03_kpi_drift.jsonl",
        weeks: int | None = None,
        worlds: int = 200,
        lang: str | None = None,
    ) -> None:
        lang = lang or default_language()
        self.weeks, self.worlds = weeks, worlds
        t = translator(lang)
        self.start = Start(drill, level, number, lang, self._begin, self.safely)
        super().__init__(
            Path(record),
            t("KPI drift drill"),
            intro=t("A figure moves: does it mean anything? Watch, ask, say so, act, look back."),
            lang=lang,
        )

    # --- what a notebook or a test uses

    def wait(self, timeout: float | None = 120) -> Self:
        """Wait until the job has ended and all is drawn; the background goes on."""
        super().wait(timeout)
        if self.step is not None:
            self.rounds.wait(timeout)
        return self

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.steps, self.place = W.HTML(), W.VBox()
        self.background, self.record_view = W.HTML(), W.HTML().add_class("sk-record")
        self.debrief_button = self._button(t("Make the debrief"), self._debrief, "debrief")
        self.save_button = self._button(t("Save the debrief as a file"), self._save_page, "save")
        self.record_button = self._button(t("My drills"), self._show_record, "my-drills")
        self.end = W.VBox([row(self.debrief_button)])

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        top = [self._top(title, intro), self.steps, self.in_use]
        self.running = row(self.stop_button, self.progress)
        buttons = row(self.save_button, self.aside_button, self.record_button)
        foot = [self.chart, buttons, self.record_view, self.background]
        return [*top, self.running, self.status, self.alarm, self.place, *foot]

    def _enter_game(self, game: Game) -> None:
        if game.scenario.watch is None:
            game.close()
            text = self.t("This file holds another game; a new drill gives it another name.")
            raise GameError(self.file, text)
        self.game = game
        room = Room(game, self.lang, self.safely, self._changed)
        self._quiet, self.room = True, room
        self.rounds = Rounds(room, self._does())
        self.conclusion = Conclusion(room, self._conclude_drill)
        self.references = References(game.scenario, self.worlds, self._show_background)
        self._find_step()
        self._show_step()
        with suppress(AttributeError, KeyError, TypeError, ValueError, TraitError):  # edited
            self._take_draft(load_record(self._draft_file))
        self._quiet = False
        self._display()
        self._go_on_in_background()

    def _leave_game(self) -> None:
        if self.references:
            self.references.stop()

    def _find_step(self) -> None:
        """Find where in the drill the game is, from what is in its file."""
        assert self.game
        self.step = WEEKS
        if self.game.done:
            self.step = LOOK_BACK if self.game.notes(CONCLUSION) else CONCLUDE

    def _go_on_in_background(self) -> None:
        """Let the computer players play once the first week is over, not before."""
        if self.game and self.references and self.game.week and not self.game.look_only:
            self.references.start()

    def _show_background(self) -> None:
        t, found = self.t, self.references
        text = ""
        if found and found.running and found.done < found.total and self.step is not None:
            text = t("In the background computer players try the same drill: {done} of {all}.")
            text = text.format(done=found.done, all=found.total)
        self.background.value = f'<p class="sk-head">{html.escape(text)}</p>' if text else ""

    # --- what is to be seen

    def _display(self) -> None:
        """Show the step that is reached, and what can be pressed in it."""
        titles = step_titles(self.t)
        self.steps.value = "" if self.step is None else steps_html(self.step, self.lang, titles)
        self.place.children = [self.start.view]
        if self.step is not None:
            views = (self.rounds.view, self.conclusion.view, self.end)
            self.place.children = [views[self.step]]
        self._refresh()

    def _show_step(self) -> None:
        if self.step == WEEKS:
            self.rounds.show()
        elif self.step == CONCLUDE:
            self.conclusion.show()

    def _refresh(self) -> None:
        super()._refresh()
        free = not (self._busy or (self.game and self.game.look_only))
        long = self._busy and self.step == LOOK_BACK  # all else is over before one could stop it
        self.running.layout.display = None if long else "none"
        self.debrief_button.disabled = self.record_button.disabled = self._busy
        self.debrief_button.button_style = "" if self.result else "primary"
        self.save_button.layout.display = None if self.result else "none"
        self.aside_button.disabled = not free
        self.aside_button.layout.display = "none" if self.step is None else None
        between = self.step in (None, LOOK_BACK)
        self.record_button.layout.display = None if between else "none"
        self.start.enable(not (self._busy or self._told_in_use))
        if self.step is not None:
            self.rounds.enable(free and self.step == WEEKS)
            self.conclusion.enable(free and self.step == CONCLUDE)

    # --- what the buttons do

    def _begin(self) -> None:
        scenario, about = self.start.chosen()
        if self.weeks is not None:
            scenario = scenario.but(weeks=self.weeks)
        self._put_aside()
        self.error, self.result = None, None
        self.alarm.value = self.chart.value = self.record_view.value = ""
        seed = FIRST_SEED + about["number"]
        self.launch(lambda _: Game.new(self.file, scenario, seed, about), self._begun)
        self.say(self.t("One moment …"))

    def _begun(self, game: Game) -> None:
        self._enter_game(game)
        self.rounds.go_on()
        self.say(self.t("The drill has begun. First say what you expect."))

    def _next_step(self, said: str) -> None:
        self._find_step()
        self._quiet = True
        self._show_step()
        self._quiet = False
        self._display()
        if self.step == WEEKS:
            self.rounds.go_on()
        self._go_on_in_background()
        self.say(said)

    def _conclude_drill(self) -> None:
        assert self.game
        if self.conclusion.complain():
            return
        self.game.note(CONCLUSION, self.conclusion.entered())
        self._next_step(self.t("Your conclusion is sent. Now look back."))

    def _debrief(self) -> None:
        game, room = self.game, self.room
        assert game

        def work(job: Job) -> tuple[Any, str]:
            self._wait_for_background(job)
            ended = end_of(game, self.worlds, job.tell)
            return ended, end_html(ended, room)

        self.launch(work, self._show_end)

    def _wait_for_background(self, job: Job) -> None:
        """Wait for the computer players that are at it already, with their progress."""
        while self.references and self.references.running:
            job.tell(self.references.done, self.references.total)
            time.sleep(PATIENCE)

    def _show_end(self, found: tuple[Any, str]) -> None:
        self.result, self.chart.value = found

    def _save_page(self) -> None:
        assert self.result
        path = write_page(self.result, self.file, self.lang)
        self.say(self.t("Written to {file}").format(file=path))

    def _show_record(self) -> None:
        def work(_job: Job) -> str:
            return record_html(drills_of(self.file.parent), self.lang)

        self.launch(work, lambda shown: setattr(self.record_view, "value", shown))

    def _put_aside(self) -> Path | None:
        """Give the game a name of its own, and its look-ups with it."""
        number = self.game.about.get("number") if self.game else None
        kept = super()._put_aside()
        looked = looked_folder(self.file)
        if kept and looked.is_dir():
            looked.rename(looked_folder(kept))
        if isinstance(number, int):
            self.start.number.value = number + 1
        self.background.value = self.record_view.value = ""
        return kept
