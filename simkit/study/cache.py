"""Results kept on disk by their content: what was computed once is not computed again.

A file is named after the SHA-256 of everything that its result depends on: scenario, parameters,
versions, and simkit's own code. It holds JSON with a checksum, so that a damaged or a foreign file
is noticed and what it was to say is computed anew. The cache may be deleted at any time.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from simkit.study.run import canonical, versions

T = TypeVar("T")
FORMAT = "simkit-cache-1"
FOLDER = "SIMKIT_CACHE"
"""Name of the environment variable with another folder than the person's usual one."""
MOST_FILES = 60
CODE = ("scenario", "region", "kpi", "planning", "study")
"""Packages whose code decides about results, with the packages within them."""


def cached(
    what: str,
    inputs: Mapping[str, Any],
    make: Callable[[], T],
    pack: Callable[[T], Any],
    unpack: Callable[[Any], T],
) -> T:
    """Return the result of `make` for these `inputs`, from the disk where it is there.

    `what`: name of the kind of result, part of the file's name. `inputs`: plain data (JSON), all
    that the result depends on besides the code. `pack` turns a result into plain data, `unpack`
    does the reverse; what `unpack` raises means that the file is of no use. Errors of `make` are
    raised; a folder that cannot be read or written only means that nothing is kept.
    """
    file = cache_folder() / f"{what}-{key_of(what, inputs)[:32]}.json"
    with suppress(OSError, ValueError, TypeError, KeyError, IndexError, RecursionError):
        found = unpack(_read(file))
        with suppress(OSError):
            file.touch()  # used lately: others go first
        return found
    result = make()
    with suppress(OSError):
        _write(file, pack(result))
        _tidy(file.parent)
    return result


def cache_folder() -> Path:
    """Return the folder of the cache; it need not exist."""
    if chosen := os.environ.get(FOLDER):
        return Path(chosen)
    import platformdirs

    return platformdirs.user_cache_path("simkit", appauthor=False)


def key_of(what: str, inputs: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything that a result depends on."""
    whole = {"what": what, "inputs": inputs, "versions": versions(), "code": code_digest()}
    return sha256(canonical(whole).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Return the SHA-256 of the code: a changed model gives new results, without a new version."""
    digest, package = sha256(), Path(__file__).parent.parent
    for name in CODE:
        for file in sorted((package / name).rglob("*.py")):
            place = file.relative_to(package).as_posix()
            digest.update(place.encode() + file.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> Any:
    """Return the data of a file; raises OSError, ValueError, TypeError or KeyError."""
    whole = json.loads(file.read_text(encoding="utf-8"))
    if whole["format"] != FORMAT or whole["sha256"] != _checksum(whole["data"]):
        raise ValueError("not a file of this cache, or a damaged one")
    return whole["data"]


def _write(file: Path, data: Any) -> None:
    """Write a file at once: who reads meanwhile finds the old one or none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = {"format": FORMAT, "sha256": _checksum(data), "data": data}
    handle, name = tempfile.mkstemp(suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as text:
            text.write(canonical(whole))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _checksum(data: Any) -> str:
    return sha256(canonical(data).encode()).hexdigest()


def _tidy(folder: Path) -> None:
    """Keep the files used last; nothing that is not of this cache is touched."""
    files = [file for file in folder.glob("*-*.json") if len(file.stem.rpartition("-")[2]) == 32]
    files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[MOST_FILES:]:
        file.unlink(missing_ok=True)
