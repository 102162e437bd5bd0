"""Keyed chance: every draw belongs to (seed, replication, purpose, entity, counter).

A table of uniforms is a Philox generator whose key is made from seed, replication and purpose. A
row is an entity: its 64-bit number goes into Philox's counter, so that rows never overlap, can be
read in any order, and do not change when other entities come or go (Salmon et al. 2011, "Parallel
random numbers: as easy as 1, 2, 3").
"""

import math
from hashlib import blake2b
from statistics import NormalDist

import numpy as np

_SCALE = 2.0**-52
_inverse_normal = NormalDist().inv_cdf


def entity_number(name: str) -> int:
    """Return the 64-bit number of an entity, the same on every machine and in every process."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


class Draws:
    """All chance of one replication of one seed."""

    def __init__(self, seed: int, replication: int = 0) -> None:
        self.seed, self.replication = seed, replication

    def table(self, purpose: str) -> "Table":
        """Return the table of uniforms that belongs to `purpose`."""
        return Table(f"{self.seed}/{self.replication}/{purpose}")


class Table:
    """Uniforms in (0, 1): a row for each entity, as many columns as wanted."""

    def __init__(self, key: str) -> None:
        number = int.from_bytes(blake2b(key.encode(), digest_size=16).digest(), "little")
        self._bits = np.random.Philox(key=number)
        self._state = self._bits.state
        self._counter = self._state["state"]["counter"]

    def row(self, entity: int, block: int, count: int) -> np.ndarray:
        """Return `count` uniforms of `entity`: block 0, 1, ... are its successive columns.

        Blocks of one purpose must always be asked for with the same `count`. Raw bits are turned
        into numbers here because NumPy promises only the bits to stay the same between versions.
        """
        self._counter[:] = (0, block, entity, 0)
        self._state["buffer_pos"] = 4
        self._bits.state = self._state
        return ((self._bits.random_raw(count) >> np.uint64(12)) + 0.5) * _SCALE

    def one(self, entity: int, block: int = 0) -> float:
        """Return the first uniform of a block."""
        return float(self.row(entity, block, 1)[0])


class Stream:
    """The uniforms of one entity one after another."""

    __slots__ = ("_block", "_entity", "_left", "_table")
    SIZE = 64

    def __init__(self, table: Table, entity: str) -> None:
        self._table, self._entity = table, entity_number(entity)
        self._block, self._left = 0, []  # type: int, list[float]

    def next(self) -> float:
        """Return the next uniform."""
        if not self._left:
            block = self._table.row(self._entity, self._block, self.SIZE)
            self._left = block[::-1].tolist()
            self._block += 1
        return self._left.pop()


class Clock:
    """Happenings at a changing rate: the accumulated intensity passes exponential thresholds.

    Changed conditions move the dates of the happenings; how much luck each needs stays the same.
    """

    __slots__ = ("_stream", "passed", "threshold")

    def __init__(self, stream: Stream) -> None:
        self._stream, self.passed = stream, 0.0
        self.threshold = exponential(stream.next())

    def run(self, intensity: float) -> list[float]:
        """Add `intensity` and return at which shares of it, in (0, 1], something happened."""
        before, self.passed = self.passed, self.passed + intensity
        shares = []
        while self.passed >= self.threshold and intensity > 0:
            shares.append((self.threshold - before) / intensity)
            self.threshold += exponential(self._stream.next())
        return shares


def exponential(u: float) -> float:
    """Return the exponential value with mean 1 at the uniform `u`."""
    return -math.log(1.0 - u)


def lognormal(u: float, sigma: float) -> float:
    """Return the lognormal value with mean 1 and log standard deviation `sigma` at `u`."""
    return math.exp(sigma * _inverse_normal(u) - 0.5 * sigma * sigma)


def normal(u: float) -> float:
    """Return the standard normal value at `u`."""
    return _inverse_normal(u)


def sigma_of(cv: float) -> float:
    """Return the log standard deviation of a lognormal with coefficient of variation `cv`."""
    return math.sqrt(math.log(1.0 + cv * cv))


def gamma(u: float, shape: float) -> float:
    """Return the gamma value with mean 1 and the given shape at `u`."""
    if shape == 1.0:
        return exponential(u)
    from scipy.special import gammaincinv  # slow to import, rarely needed

    return float(gammaincinv(shape, u)) / shape


def duration(u: float, law: str, cv: float) -> float:
    """Return a positive time with mean 1 of the law "exponential", "lognormal" or "constant"."""
    if law == "exponential":
        return exponential(u)
    return lognormal(u, sigma_of(cv)) if law == "lognormal" and cv > 0 else 1.0


def spread(shift: float, index: int, axis: int) -> float:
    """Return point `index` of an evenly spread sequence in (0, 1), moved by `shift`.

    A Kronecker sequence, multiples of a badly approximable number (Kuipers and Niederreiter 1974,
    "Uniform distribution of sequences"), with a random shift (Cranley and Patterson 1976): as even
    as strata, and longer sequences leave earlier points where they are. `axis` is 0, 1 or 2.
    """
    point = (shift + (index + 1) * _STEPS[axis]) % 1.0
    return min(max(point, 1e-12), 1.0 - 1e-12)


_STEPS = (0.6180339887498949, 0.4142135623730951, 0.7320508075688772)
"""Golden ratio, square roots of 2 and 3, each without what is before the point."""
