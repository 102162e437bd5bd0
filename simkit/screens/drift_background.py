"""The computer players of a drift drill, played in the background while a person plays."""

import atexit
import threading
from collections.abc import Callable

from simkit.scenario.records import Scenario
from simkit.screens.job import Job


class References:
    """Plays the computer players' worlds in a thread, so that the debrief finds them done.

    What they find lies in the cache afterwards; nothing is kept here.

    Attributes
    ----------
    done, total : int
        Worlds played, and worlds wanted.
    """

    def __init__(self, scenario: Scenario, worlds: int, changed: Callable[[], None]) -> None:
        self.scenario, self.worlds, self._changed = scenario, worlds, changed
        self.done, self.total = 0, worlds
        self._job: Job | None = None
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether worlds are still being played."""
        return self._job is not None and self._job.state == "running"

    def start(self) -> None:
        """Begin, unless it has begun."""
        with self._lock:
            if self._job is None:
                self._job = Job(self._work, self._progress, lambda _: self._changed())
                atexit.register(self.stop)  # so that nothing outlives the notebook
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

    def _work(self, job: Job) -> None:
        from simkit.study.watching import play_references

        play_references(self.scenario, worlds=self.worlds, workers=1, tell=job.tell)

    def _progress(self, done: int, total: int, _note: str) -> None:
        self.done, self.total = done, total
        self._changed()
