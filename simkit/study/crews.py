"""Who does the work: processes here, a Dask cluster, any executor; and what if one dies."""

import logging
import os
import time
import warnings
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from typing import Any, Protocol

from simkit.scenario.record import short
from simkit.study.parcel import SAME, Parcel, Unfit, do

Workers = int | str | Executor
"""1: this process; more: that many processes here; the address of a Dask cluster, such as
"tcp://host:8786"; or any executor of one's own, which stays open."""
TRIES = 4
"""A task whose worker dies is run again three times."""
IDLE_SECONDS = 60
"""How long processes without work are kept for the next call."""
CONNECT_SECONDS = 5.0
"""How long a cluster may take to answer."""
ALONE_SECONDS = 15.0
"""How long a cluster may be without any worker: one that died is started again within seconds."""
LOOK_SECONDS = 1.0
"""How often a cluster is asked who is there."""
START = "'dask scheduler' on one machine and 'dask worker {} --nworkers auto --nthreads 1' on each"
LOGS = ("distributed.client", "distributed.utils", "distributed.core")
KEPT = "what is finished is kept where a results folder is given: the same command goes on from it"


class ClusterGone(ValueError):  # noqa: N818 - it names what is the matter
    """A cluster that is not there, went away, or has no workers."""


class Crew(Protocol):
    """Does parcels of work."""

    elsewhere: bool
    """Whether the workers may have other software than this process."""
    tries: int
    """How often a task is run, at most, whose worker dies."""

    @property
    def size(self) -> int:
        """Parcels done at the same time."""

    def submit(self, parcel: Parcel) -> Future:
        """Hand over a parcel."""

    def lost(self, future: Future) -> bool:
        """Whether a finished future failed because its worker did, not its work."""

    def look(self) -> None:
        """Raise ClusterGone where there is nobody left to wait for."""

    def end(self, at_once: bool) -> None:
        """Let go; `at_once`: nobody wants what is not done yet."""


def crew_of(workers: Workers) -> Crew:
    """Return the crew that `workers` names; raises ValueError for what names none."""
    if isinstance(workers, Executor):
        return Given(workers)
    if isinstance(workers, str):
        return Dask(workers)
    if workers < 1:
        raise ValueError(f"workers: give 1 or more, not {workers}")
    return Local(workers)


class Local:
    """Processes of this machine (loky), kept for the next call.

    loky fails everything that was handed over when one process dies.
    """

    elsewhere, tries = False, TRIES

    def __init__(self, size: int) -> None:
        self.size = size
        # A worker that keeps much memory after large tasks is replaced, which is all right.
        warnings.filterwarnings("ignore", "A worker was restarted", UserWarning)

    def submit(self, parcel: Parcel) -> Future:
        """Hand over a parcel."""
        try:
            return self._executor().submit(do, parcel)
        except BrokenExecutor:  # an idle process was killed just now; the next ones are new
            return self._executor().submit(do, parcel)

    def lost(self, future: Future) -> bool:
        """Whether the process died."""
        from loky.process_executor import ShutdownExecutorError

        return isinstance(future.exception(), BrokenExecutor | ShutdownExecutorError)

    def look(self) -> None:
        """Do nothing: processes are started anew."""

    def end(self, at_once: bool) -> None:
        """Kill the processes, or keep them for the next call."""
        if at_once:
            self._executor().shutdown(wait=True, kill_workers=True)

    def _executor(self) -> Any:
        """Return the processes of the last call where they are still there and well."""
        from loky import get_reusable_executor

        return get_reusable_executor(max_workers=self.size, timeout=IDLE_SECONDS)


class Given:
    """An executor of somebody's own: it is left open."""

    elsewhere, tries = False, TRIES

    def __init__(self, executor: Executor) -> None:
        self.executor = executor
        known = getattr(executor, "_max_workers", None)
        self.size = known if isinstance(known, int) and known > 0 else os.cpu_count() or 1
        self.running: set[Future] = set()

    def submit(self, parcel: Parcel) -> Future:
        """Hand over a parcel; raises BrokenExecutor where the executor takes nothing any more."""
        try:
            future = self.executor.submit(do, parcel)
        except RuntimeError as error:
            raise BrokenExecutor(f"the executor takes no more work: {error}") from error
        self.running.add(future)
        future.add_done_callback(self.running.discard)
        return future

    def lost(self, future: Future) -> bool:
        """Whether the worker died, or somebody closed the executor."""
        return future.cancelled() or _died(future.exception())

    def look(self) -> None:
        """Do nothing: an executor says itself when it is broken."""

    def end(self, at_once: bool) -> None:
        """Call back what was not begun."""
        if at_once:
            for future in list(self.running):
                future.cancel()


class Dask(Given):
    """A Dask cluster by the address of its scheduler; the connection is closed at the end."""

    elsewhere, tries = True, 2  # Dask itself runs a task four times before it gives up

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = self._connected()
        super().__init__(self.client.get_executor(pure=False))
        self.size, self.seen, self.looked = 1, time.monotonic(), 0.0
        try:
            self.look()
        except BaseException:
            self.end(at_once=True)
            raise

    def _connected(self) -> Any:
        try:
            from distributed import Client
        except ImportError as error:
            raise ValueError(
                "a cluster needs Dask: .venv/bin/python -m pip install 'dask[distributed]'"
            ) from error
        warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
        for name in LOGS:  # what they say, with tracebacks, is said here in one sentence
            logging.getLogger(name).setLevel(logging.CRITICAL)
        client = Client.__new__(Client)  # in two steps: one that fails to connect can be closed
        try:
            Client.__init__(client, self.address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, RuntimeError) as error:
            _hang_up(client)
            raise self._gone("does not answer") from error
        return client

    def lost(self, future: Future) -> bool:
        """Whether the worker died, or the connection was lost."""
        if future.cancelled():
            if self.client.status != "running":
                raise self._gone("went away")
            return True
        error = future.exception()
        if isinstance(error, ImportError | RuntimeError) and "simkit" in _whole(error):
            said = short(str(error), 60)
            raise Unfit(f"{self.address} cannot use simkit: {said}; {SAME}") from error
        return _died(error)

    def look(self) -> None:
        """Ask who is there; raises ClusterGone when nobody answered, or worked, for too long."""
        now = time.monotonic()
        if now - self.looked < LOOK_SECONDS:
            return
        self.looked = now
        if self.client.status == "running" and (threads := self._threads()):
            self.size, self.seen = threads, now
        elif self.client.status in ("closed", "closing"):
            raise self._gone("went away")
        elif now - self.seen > ALONE_SECONDS:
            raise self._gone("has no workers (one that lacks simkit ends at once)")

    def _threads(self) -> int:
        """Return how many tasks the workers do at once; 0 where the scheduler does not say."""
        try:
            found = self.client.nthreads(callback_timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, CancelledError):
            return 0
        return sum(found.values()) if found else 0

    def end(self, at_once: bool) -> None:
        """Call back what is not done, and hang up."""
        super().end(at_once)
        _hang_up(self.client)

    def _gone(self, what: str) -> ClusterGone:
        start = START.format(self.address)
        return ClusterGone(f"the Dask cluster at {self.address} {what}; start it: {start}; {KEPT}")


def _hang_up(client: Any) -> None:
    """Close a connection for good, whoever is at the other end.

    A client that is left open closes itself when it is collected as garbage. That may be while
    another one starts, under the lock that closing takes too: both would wait for ever.
    """
    try:
        client.close(timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, RuntimeError, AssertionError):
        client.status = "closed"  # there is nobody at the other end any more


def _died(error: BaseException | None) -> bool:
    """Whether an error says that a worker died: of any executor, Dask's among them."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _whole(error: BaseException | None) -> str:
    """The words of an error and of what led to it."""
    return f"{error} {_whole(error.__cause__)}" if error is not None else ""
