"""The countdown of a round: a visible clock that plays the week when it runs out."""

import html
import threading
from collections.abc import Callable

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.texts import Translate

SECOND = 1.0


class Clock:
    """Counts down in a thread of its own, so that it blocks nothing.

    Parameters
    ----------
    seconds : float
        Time for a round; 0 is no limit.
    on_end : callable
        Called in the clock's thread when the time is up.
    """

    def __init__(self, seconds: float, on_end: Callable[[], None], t: Translate) -> None:
        self.seconds, self._on_end, self.t = int(seconds), on_end, t
        self.left, self.running = self.seconds, False
        self.view = W.HTML().add_class("sk-clock")
        self._stop = threading.Event()
        self.show()

    def start(self) -> None:
        """Begin a round; does nothing where there is no limit."""
        self.stop()
        if not self.seconds:
            return
        self.left, self.running, self._stop = self.seconds, True, threading.Event()
        self.show()
        # A daemon, so that a clock never keeps a closing kernel alive.
        run = threading.Thread(target=self._run, args=(self._stop,), name="clock", daemon=True)
        run.start()

    def stop(self) -> None:
        """Stop; the time left stays to be seen."""
        self._stop.set()
        self.running = False
        self.show()

    def tick(self) -> None:
        """Let a second pass; when it was the last one the round ends."""
        if not self.running:
            return
        self.left -= 1
        self.show()
        if self.left <= 0:
            self.stop()
            self._on_end()

    def show(self) -> None:
        """Show the time left."""
        if not self.seconds:
            self.view.value = ""
            return
        minutes, seconds = divmod(max(0, self.left), 60)
        text = self.t("Time left: {time}") if self.running else self.t("Clock stopped: {time}")
        told = html.escape(text.format(time=f"{minutes}:{seconds:02}"))
        urgent = ' class="sk-urgent"' if self.running and self.left <= 15 else ""
        self.view.value = f'<div role="timer"{urgent}>{told}</div>'

    def _run(self, stop: threading.Event) -> None:
        while not stop.wait(SECOND):
            self.tick()
