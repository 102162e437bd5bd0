"""Files by name: a person's own before those that ship with simkit, and read once."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from simkit.scenario.files import data_folder, scenario_folders
from simkit.scenario.record import Problem, ScenarioError, did_you_mean

T = TypeVar("T")
NEWER = re.compile(r"\.new\d*$")
"""Ends the name of a newer shipped file beside a person's own one: no file of its own."""
SUFFIXES = (".yaml", ".yml")


def names_in(part: str | Path, own: bool = True) -> list[str]:
    """Return the names of the files in a subfolder that ship and, with `own`, the person's own."""
    folders = scenario_folders() if own else [data_folder("scenarios")]
    found = {path.stem for folder in folders for path in (folder / part).glob("*.yaml")}
    return sorted(name for name in found if not NEWER.search(name))


def find_file(file: str | Path) -> Path:
    """Return the path of a file within the folders of scenarios: the person's own copy first.

    Raises ScenarioError when there is none.
    """
    for folder in scenario_folders():
        if (folder / file).is_file():
            return folder / file
    raise ScenarioError([Problem(str(file), None, None, "there is no such file")])


def find_named(part: Path, name: str | Path, kind: str) -> Path:
    """Return a path as it is, else that of the file of a name in a subfolder, as `find_file`.

    `kind`: what such a file is called in the message, "objection card". Raises ScenarioError.
    """
    if Path(name).suffix in SUFFIXES:
        return Path(name)
    known = names_in(part)
    if name not in known:
        message = f"there is no {kind} '{name}'{did_you_mean(name, known)}"
        raise ScenarioError([Problem(str(name), None, None, message)])
    return find_file(part / f"{name}.yaml")


def read_once(path: Path, load: Callable[[Path], T]) -> T:
    """Return what `load` reads from a file, kept until the file changes."""
    try:
        stat = path.stat()
    except OSError:
        return load(path)  # which says what is wrong
    return _kept(path, stat.st_mtime_ns, stat.st_size, load)


@lru_cache(maxsize=32)
def _kept(path: Path, _changed: int, _size: int, load: Callable[[Path], T]) -> T:
    return load(path)
