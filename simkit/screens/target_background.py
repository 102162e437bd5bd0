"""The outlook, played in the background: soon a rough one, later a fine one, never in the way."""

import atexit
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from simkit.scenario.records import Scenario
from simkit.screens.job import Job
from simkit.study.past import Past, past_of

if TYPE_CHECKING:
    from simkit.study.attainability import Outlook

FIRST_WORLDS = 4
"""Worlds after which there is a first answer, with wide intervals."""
STEP = 1.4
"""So many times the worlds of the last answer are worth a new one."""
WORKERS = 2


class Background:
    """Plays the worlds of a scenario in a thread.

    `changed(answer)` is called there with whatever is new: whether an answer, or progress only.

    Attributes
    ----------
    outlook : Outlook or None
        The best there is by now.
    done, total : int
        Worlds played, and worlds wanted.
    error : BaseException or None
        What went wrong.
    """

    def __init__(
        self, scenario: Scenario, seed: int, worlds: int, changed: Callable[[bool], None]
    ) -> None:
        self.scenario, self.seed = scenario, seed
        self.worlds, self._changed = worlds, changed
        self.outlook: Outlook | None = None
        self.error: BaseException | None = None
        self.done, self.total = 0, worlds
        self._job: Job | None = None
        self._past: Past | None = None
        self._lock, self._reading = threading.Lock(), threading.Lock()

    @property
    def running(self) -> bool:
        """Whether worlds are still being played."""
        return self._job is not None and self._job.state == "running"

    def start(self) -> None:
        """Begin, unless it has begun or is done."""
        with self._lock:
            if self._job is None:
                self._job = Job(self._work, self._progress, self._ended)
                atexit.register(self.stop)  # so that no process outlives the notebook
                self._job.start()

    def stop(self) -> None:
        """End it; the worlds not played yet are given up."""
        atexit.unregister(self.stop)
        if self._job:
            self._job.cancel()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until all worlds are played."""
        if self._job:
            self._job.join(timeout)

    def past(self) -> Past:
        """Return the past of the region; takes a second or two the first time."""
        with self._reading:  # whoever asks meanwhile waits for the same one
            if self._past is None:
                self._past = past_of(self.scenario, self.seed)
            return self._past

    def _work(self, job: Job) -> None:
        from simkit.study.attainability import outlook

        self.past()  # first: it is needed soonest

        def show(grown: "Outlook") -> None:
            least = min(self.worlds, FIRST_WORLDS if self.outlook is None else self._wanted())
            if grown.worlds >= least:
                self.outlook = grown
                self._changed(True)

        outlook(self.scenario, self.worlds, WORKERS, tell=job.tell, show=show)

    def _wanted(self) -> int:
        """Worlds after which a finer answer is worth showing."""
        return int(STEP * self.outlook.worlds) if self.outlook else 0

    def _progress(self, done: int, total: int, _note: str) -> None:
        self.done, self.total = done, total
        self._changed(False)

    def _ended(self, job: Job) -> None:
        self.error = job.error
        self._changed(True)
