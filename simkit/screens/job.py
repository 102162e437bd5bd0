"""Work in threads: long work that a screen can follow and stop, and drawing that keeps up."""

import threading
import time
from collections.abc import Callable
from typing import Any

MAX_REPORTS_PER_SECOND = 10


class CancelledError(Exception):
    """The person asked to stop; raised inside the work at its next `tell`."""


class Job:
    """One piece of work in its own thread, with progress, cancel, and result or error kept.

    Parameters
    ----------
    work : callable
        Called as ``work(job)`` in the thread. It calls ``job.tell(done, total)`` now and then,
        which reports progress and, after `cancel`, ends the work. What it returns is `result`.
    on_progress : callable, optional
        Called as ``on_progress(done, total, note)`` at most ten times a second, and always
        for the last step, because a screen that gets every step freezes.
    on_end : callable, optional
        Called as ``on_end(job)`` in the thread when the work has ended, however it ended.

    Attributes
    ----------
    state : str
        "new", "running", "done", "failed" or "cancelled".
    result : object
        What the work returned, None until it is done.
    error : BaseException or None
        What the work, or a callback, raised. Being cancelled is no error.
    """

    def __init__(
        self,
        work: Callable[["Job"], Any],
        on_progress: Callable[[int, int, str], None] | None = None,
        on_end: Callable[["Job"], None] | None = None,
    ) -> None:
        self.state = "new"
        self.result: Any = None
        self.error: BaseException | None = None
        self._work, self._on_progress, self._on_end = work, on_progress, on_end
        self._stop = threading.Event()
        self._last_report = float("-inf")
        # A daemon, so that work still running never keeps a closing kernel alive.
        self._thread = threading.Thread(target=self._run, name="simkit job", daemon=True)

    @property
    def running(self) -> bool:
        """Whether the thread is alive, its `on_end` included."""
        return self._thread.is_alive()

    def start(self) -> "Job":
        """Begin the work and return at once."""
        self.state = "running"
        self._thread.start()
        return self

    def tell(self, done: int, total: int, note: str = "") -> None:
        """Report progress from inside the work; raises `CancelledError` after `cancel`."""
        if self._stop.is_set():
            raise CancelledError
        now = time.monotonic()
        due = now - self._last_report >= 1 / MAX_REPORTS_PER_SECOND or done >= total
        if due and self._on_progress:
            self._last_report = now
            self._on_progress(done, total, note)

    def cancel(self) -> None:
        """Ask the work to stop at its next `tell`; returns at once."""
        self._stop.set()

    def join(self, timeout: float | None = None) -> "Job":
        """Wait until the work has ended; raises TimeoutError after `timeout` seconds."""
        self._thread.join(timeout)
        if self.running:
            raise TimeoutError(f"the work is still going on after {timeout:g} seconds")
        return self

    def _run(self) -> None:
        try:
            self.result = self._work(self)
            self.state = "done"
        except CancelledError:
            self.state = "cancelled"
        except BaseException as error:  # nobody else would hear of it in a thread
            self.error, self.state = error, "failed"
        self._end()

    def _end(self) -> None:
        try:
            if self._on_end:
                self._on_end(self)
        except BaseException as error:
            self.error, self.state = error, "failed"


class Redraw:
    """Draws in a thread what was asked for last; requests that come meanwhile are one request."""

    def __init__(self, draw: Callable[[], None]) -> None:
        self._draw, self._lock = draw, threading.Lock()
        self._wanted, self._thread = False, threading.Thread()

    def ask(self) -> None:
        """Have it drawn (again); returns at once."""
        with self._lock:
            self._wanted = True
            if not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="simkit draws", daemon=True)
                self._thread.start()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until nothing is left to draw."""
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._thread = threading.Thread()  # whoever asks now starts a new one
                    return
                self._wanted = False
            self._draw()
