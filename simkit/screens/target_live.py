"""Steps 7 and 8 of the target workshop: the quarter is played, and then looked back on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_start import in_use_html
from simkit.screens.drill_window import GameWindow
from simkit.screens.drill_words import Room
from simkit.screens.job import Job
from simkit.screens.parts import row
from simkit.screens.target_end import end_html, end_of, write_page
from simkit.screens.target_quarter import Quarter
from simkit.screens.target_words import QUARTER


class LivingWithIt(GameWindow):
    """A window on a game in which a committed plan is played and looked back on."""

    room: Room
    quarter: Quarter
    worlds: int
    _quiet: bool
    _lock: threading.RLock

    @contextmanager
    def _silently(self) -> Iterator[None]:
        """Change boxes within this context without taking it for a person's entry.

        The worlds in the background have their news, too: one thread at a time.
        """
        with self._lock:
            before, self._quiet = self._quiet, True
            try:
                yield
            finally:
                self._quiet = before

    def _find_step(self, draft: dict[str, Any]) -> None:
        """Find the step that the game is at."""
        raise NotImplementedError

    def _as_left(self) -> str:
        return self.t("Your workshop is as you left it.")

    def _kept_as(self) -> str:
        return self.t("The workshop is kept as {file}.")

    def _in_use_html(self) -> str:
        return in_use_html(self.lang, self.t("This workshop is open in another window."))

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.end_button = self._button(t("Make the debrief"), self._debrief, "debrief")
        self.save_button = self._button(t("Save the debrief as a file"), self._save_page, "save")
        self.end = W.VBox([row(self.end_button)])

    def _refresh(self) -> None:
        super()._refresh()
        self.end_button.disabled = self._busy
        self.end_button.button_style = "" if self.result else "primary"
        self.save_button.layout.display = None if self.result else "none"

    def _next_step(self, said: str) -> None:
        self._find_step({})
        if self.step == QUARTER:
            with self._silently():
                self.quarter.show()
        self._display()
        (self.quarter if self.step == QUARTER else self.end_button).focus()
        self.say(said)

    def _play(self) -> None:
        assert self.game
        with self._lock:
            week = self.game.week
            if self._just_played or self.quarter.play_button.disabled:
                return
            self.error, self.alarm.value = None, ""
            if self.quarter.play_week():
                self._next_step(self.t("Week {week} is played.").format(week=week + 1))
                self._note_played()

    def _undo(self) -> None:
        with self._lock:
            self.say(self.t("One moment …"))
            self.quarter.take_back()
            self._find_step({})
            self._display()
            self.say(self.t("The last week is taken back; the file remembers that."))

    def _debrief(self) -> None:
        game, room = self.game, self.room
        assert game

        def work(job: Job) -> tuple[Any, str]:
            ended = end_of(game, self.worlds, job.tell)
            return ended, end_html(ended, room)

        self.launch(work, self._show_end)

    def _show_end(self, found: tuple[Any, str]) -> None:
        self.result, self.chart.value = found

    def _save_page(self) -> None:
        path = write_page(self.result, self.file, self.lang)
        self.say(self.t("Written to {file}").format(file=path))
