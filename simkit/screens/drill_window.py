"""One game file and the windows on it: opened, in use elsewhere, continued here, put aside."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.app import App
from simkit.screens.drill_start import in_use_html
from simkit.screens.parts import row
from simkit.study.game import Game, GameContinued, GameInUse

DOUBLE_CLICK_SECONDS = 0.4
"""So soon after a week nobody has decided on the next one."""


class GameWindow(App):
    """A screen on a game file, of which only one window writes.

    Parameters
    ----------
    file : path
        The game file.
    more : dict
        As for `App`.
    """

    _played = float("-inf")
    """When the last week was played, on the monotonic clock."""

    def __init__(self, file: Path, title: str, **more: Any) -> None:
        self.file = file
        self.game: Game | None = None
        self.step: int | None = None
        super().__init__(title, **more)

    def safely(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function` such that what it raises is told; a game gone elsewhere is no error."""

        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except (GameContinued, GameInUse):
                return self._say_in_use()

        return super().safely(watched)

    # --- what the screen of a game does

    def _enter_game(self, game: Game) -> None:
        """Show a game that was begun or opened."""
        raise NotImplementedError

    def _leave_game(self) -> None:
        """Stop what goes on in the game."""

    def _display(self) -> None:
        """Show the step that is reached."""

    # --- what it says

    def _as_left(self) -> str:
        return self.t("Your drill is as you left it.")

    def _kept_as(self) -> str:
        return self.t("The drill is kept as {file}.")

    def _in_use_html(self) -> str:
        return in_use_html(self.lang)

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.notice = W.HTML()
        self.look_button = self._button(t("Only look"), self._look, "look")
        self.here_button = self._button(t("Continue here"), self._take_over, "here")
        self.aside_button = self._button(t("Put aside, begin another drill"), self._aside, "aside")
        self.in_use = W.VBox([self.notice, row(self.look_button, self.here_button)])

    @property
    def _just_played(self) -> bool:
        """Whether a week was played a moment ago, so that another click is half a double one."""
        return time.monotonic() - self._played < DOUBLE_CLICK_SECONDS

    def _note_played(self) -> None:
        self._played = time.monotonic()

    @property
    def _told_in_use(self) -> bool:
        return self.in_use.layout.display is None

    @property
    def _draft_file(self) -> Path:
        return self.file.with_name(f"{self.file.stem}.draft.json")

    def _restore(self) -> None:
        self.in_use.layout.display = "none"
        if self.file.exists():
            self.safely(self._open)()
        self._display()

    def _open(self, **how: bool) -> None:
        """Open the game file; a game in use elsewhere is told, and nothing is opened."""
        game = Game.open(self.file, **how)
        self.in_use.layout.display = None if game.look_only else "none"
        self._enter_game(game)
        self.say(" ".join(game.warnings) or self._as_left())

    def _say_in_use(self) -> None:
        self._leave_game()
        self.notice.value = self._in_use_html()
        self.in_use.layout.display = None
        self._refresh()

    def _look(self) -> None:
        self._open(look_only=True)
        self.say(self.t("You are looking on; nothing can be changed here."))

    def _take_over(self) -> None:
        self._open(take_over=True)

    def _aside(self) -> None:
        """Keep the game under another name, and let another one be chosen."""
        kept = self._put_aside()
        self.game, self.step, self.result, self.chart.value = None, None, None, ""
        self._display()
        if kept:
            self.say(self._kept_as().format(file=kept.name))

    def _put_aside(self) -> Path | None:
        """Give the file, if there is one, a name of its own, and return that."""
        self._leave_game()
        if self.game:
            self.game.close()
        if not self.file.exists():
            return None
        names = (self.file.with_stem(f"{self.file.stem}-{n}") for n in range(1, 10_000))
        target = next(name for name in names if not name.exists())
        self.file.rename(target)
        self._draft_file.unlink(missing_ok=True)
        return target
