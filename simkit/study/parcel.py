"""What goes to a worker and comes back: functions of a notebook cell too, scenarios only once."""

import io
import pickle
import platform
import time
import traceback
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import cloudpickle

from simkit.scenario.records import Scenario
from simkit.study.cache import code_digest

T = TypeVar("T")
KEPT = 16
"""Scenarios that a process keeps at hand."""
SAME = (
    "install the same simkit and Python on the scheduler and on every worker, and start them anew"
)
_scenarios: dict[str, Scenario] = {}


class Parcel(NamedTuple):
    """Tasks for one worker, as bytes, with the scenarios that they name."""

    work: bytes
    tasks: list[bytes]
    scenarios: dict[str, bytes]
    made_with: str
    """The Python and the simkit that must unpack it; empty where they cannot differ."""


class Packer:
    """Makes parcels for one piece of work; each scenario is packed once.

    Raises ValueError for work or a task that cannot leave this process.
    """

    def __init__(self, work: Callable[[Any], Any], elsewhere: bool = False) -> None:
        self.made_with = made_with() if elsewhere else ""
        self._packed: dict[int, tuple[Scenario, str, bytes]] = {}
        self._work, self._of_work = self._dumps(work)

    def parcel(self, tasks: Sequence[Any]) -> Parcel:
        """Return these tasks as a parcel."""
        packed = [self._dumps(task) for task in tasks]
        needed = self._of_work.union(*(names for _, names in packed))
        scenarios = {name: data for _, name, data in self._packed.values() if name in needed}
        return Parcel(self._work, [data for data, _ in packed], scenarios, self.made_with)

    def _dumps(self, value: Any) -> tuple[bytes, set[str]]:
        """Return the bytes, and the names of the scenarios they refer to."""
        file, named = io.BytesIO(), set[str]()
        try:
            _Pickler(file, lambda scenario: self._name(scenario, named)).dump(value)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            raise ValueError(
                f"this cannot be sent to workers: {error}; keep open files, locks and screens out "
                "of the function, or play with 1 worker"
            ) from error
        return file.getvalue(), named

    def _name(self, scenario: Scenario, named: set[str]) -> str:
        if id(scenario) not in self._packed:
            data = cloudpickle.dumps(scenario)
            self._packed[id(scenario)] = (scenario, sha256(data).hexdigest(), data)
        name = self._packed[id(scenario)][1]
        named.add(name)
        return name


class _Pickler(cloudpickle.Pickler):
    def __init__(self, file: io.BytesIO, name: Callable[[Scenario], str]) -> None:
        super().__init__(file)
        self._name = name

    def persistent_id(self, value: Any) -> str | None:
        return self._name(value) if isinstance(value, Scenario) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, scenarios: dict[str, bytes]) -> None:
        super().__init__(io.BytesIO(data))
        self._given = scenarios

    def persistent_load(self, name: str) -> Scenario:
        found = _scenarios.get(name)
        if found is None:
            found = _scenarios[name] = pickle.loads(self._given[name])
            for old in list(_scenarios)[:-KEPT]:
                _scenarios.pop(old, None)
        return found


class Unfit(ValueError):  # noqa: N818 - it names what is the matter
    """A worker has another simkit, or none: its numbers would not be ours."""


def do(parcel: Parcel) -> tuple[float, list[bytes]]:
    """Do the tasks of a parcel, in a worker; return the seconds it took, and what `opened` takes.

    Raises Unfit where this worker has another version.
    """
    if parcel.made_with and parcel.made_with != made_with():
        raise Unfit(f"{platform.node()} has {made_with()}, here is {parcel.made_with}; {SAME}")
    begun = time.perf_counter()
    outcomes = [_outcome(parcel.work, task, parcel.scenarios) for task in parcel.tasks]
    return time.perf_counter() - begun, outcomes


def _outcome(work: bytes, task: bytes, scenarios: dict[str, bytes]) -> bytes:
    try:
        function = _Unpickler(work, scenarios).load()
        return cloudpickle.dumps((function(_Unpickler(task, scenarios).load()), None))
    except Exception as error:
        return _packed_error(error)


def _packed_error(error: Exception) -> bytes:
    """Return an error as bytes that can be read again."""
    error.add_note("In a worker:\n" + traceback.format_exc())
    try:
        data = cloudpickle.dumps((None, error))
        pickle.loads(data)
    except Exception:
        told = RuntimeError(f"{type(error).__name__}: {error}")
        return cloudpickle.dumps((None, told))
    return data


def opened(data: bytes) -> Any:
    """Return the result of a task, or raise what it raised."""
    result, error = pickle.loads(data)
    if error is not None:
        raise error
    return result


@cache
def made_with() -> str:
    """Return what must be the same wherever a world is played: minor Python, simkit's code."""
    major, minor, _ = platform.python_version_tuple()
    return f"Python {major}.{minor}, simkit code {code_digest()[:12]}"


def fresh(function: T) -> T:
    """Return a function with its own copy of what it remembers, as a worker would get it.

    One that cannot be copied is returned as it is.
    """
    try:
        return pickle.loads(cloudpickle.dumps(function))
    except Exception:
        return function
