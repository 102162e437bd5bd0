"""A row of the evidence table: what was expected, what the engine gave, whether that will do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Part = Literal["exact", "fact", "data"]
LIMIT = 4.0
"""Standard errors that a measured value may be away from an exact one."""
LARGEST_ERROR = 0.1
"""Standard error, as a share of the exact value, beyond which a case says nothing."""
NORMAL_90 = 1.6448536269514722
"""Half width of a 90 % interval in standard errors: two one-sided tests at 5 % each."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `passed` is None where nothing could be measured; `note` then says why. `low` and `high` bound
    what counts as agreement, `standard_error` is that of `measured`, all in `unit`.
    """

    id: str
    part: Part
    what: str
    source: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    measured: float | None = None
    standard_error: float | None = None
    passed: bool | None = None
    note: str = ""
    role: str = ""
    """For facts: E must emerge, C calibrated on, I built in."""

    def as_dict(self) -> dict[str, Any]:
        """Return the row as plain data; the key of `passed` is "pass"."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        data["pass"] = data.pop("passed")
        return data


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean of independent values and its standard error (0 for a single value)."""
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return mean, 0.0
    return mean, math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (n - 1) / n)


def exact_row(
    id: str, what: str, source: str, expected: float, values: Sequence[float], note: str = ""
) -> Row:
    """Compare the mean of independent `values` with theory: within 4 standard errors.

    A standard error above 10 % of the expected value fails: such a case could not contradict.
    """
    mean, error = mean_and_error(values)
    vague = error > LARGEST_ERROR * abs(expected)
    fits = abs(mean - expected) <= LIMIT * error + 1e-9 * abs(expected)
    return Row(
        id,
        "exact",
        what,
        source,
        expected,
        expected - LIMIT * error,
        expected + LIMIT * error,
        mean,
        error,
        fits and not vague,
        note or ("too few replications to say anything" if vague else ""),
    )


def band_row(
    id: str,
    what: str,
    source: str,
    band: tuple[float, float],
    measured: float,
    standard_error: float,
    *,
    part: Part = "fact",
    role: str = "E",
    expected: float | None = None,
    note: str = "",
) -> Row:
    """Compare with an equivalence band: it holds the whole 90 % interval of `measured`.

    That is two one-sided tests at 5 % each (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15(6)).
    """
    low, high = band
    reach = NORMAL_90 * standard_error
    fits = low <= measured - reach and measured + reach <= high
    if not fits and not note:
        inside = low <= measured <= high
        note = "inside the band, but its interval is not" if inside else "outside the band"
    return Row(
        id, part, what, source, expected, low, high, measured, standard_error, fits, note, role
    )


def missing_row(
    id: str, part: Part, what: str, source: str, note: str, role: str = "", **known: Any
) -> Row:
    """Return a row of something that was not measured; `note` says why and what would help."""
    return Row(id, part, what, source, note=note, role=role, **known)
