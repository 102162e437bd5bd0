"""Which column of an export is what: names of common systems, or a mapping file."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from simkit.scenario.loading import load_mapping
from simkit.scenario.nodes import Node
from simkit.scenario.record import Problem, ScenarioError, did_you_mean

REQUIRED = ("customer", "date", "amount")
FIELDS = (*REQUIRED, "territory", "rep", "order")
GROUPS = ("columns", "deals")
"""Groups of a mapping file: for the orders, and for the opportunities."""
SHOWN = 12
"""Columns of a header that a message lists."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names that a mapping file gives to columns of the order file, and where it says so."""

    names: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, Node] = field(default_factory=dict)
    deals: Mapping[str, Any] = field(default_factory=dict)
    """The group for opportunities, as it is."""

    def problem(self, name: str, message: str, path: str) -> Problem:
        """Return a problem with the column for `name`: in the mapping file, else in `path`."""
        place = self.places.get(name)
        return place.problem(message) if place else Problem(path, 1, 1, message)


def read_columns(path: Path | None) -> Columns:
    """Return what the mapping file `path` says about orders: `columns: {customer: Kundennr}`.

    Raises ScenarioError with every mistake and its place.
    """
    if path is None:
        return Columns()
    root, problems, _ = load_mapping(path)
    for key, pair in root.value.items():
        if key not in GROUPS:
            problems.append(pair.key.problem(f"unknown key '{key}'{did_you_mean(key, GROUPS)}"))
        elif not isinstance(pair.value.value, dict):
            message = f"{key} must be a group, like {{customer: Kundennr}}"
            problems.append(pair.value.problem(message))
    if problems:
        raise ScenarioError(problems)
    group = root.value.get("columns")
    places = _places(group.value, problems) if group else {}
    if problems:
        raise ScenarioError(problems)
    deals = root.value["deals"].value.plain() if "deals" in root.value else {}
    return Columns({name: node.value for name, node in places.items()}, places, deals)


def _places(group: Node, problems: list[Problem]) -> dict[str, Node]:
    for key, pair in group.value.items():
        if key not in FIELDS:
            problems.append(pair.key.problem(f"unknown column '{key}'{did_you_mean(key, FIELDS)}"))
        elif pair.value.value is None and key not in REQUIRED:
            continue  # the file has none, whatever its columns are called
        elif not isinstance(pair.value.value, str):
            message = f"columns.{key} must be the name of a column, in quotes if it is a number"
            problems.append(pair.value.problem(message))
    return {key: pair.value for key, pair in group.value.items()}


def find_columns(header: Sequence[str], columns: Columns, path: str) -> dict[str, int]:
    """Return the place of each known column in `header`.

    What the mapping names comes first, then the names of order_columns.yaml. Raises ScenarioError
    when a needed column is missing, named by the mapping but not there, or there twice.
    """
    plain = [plain_name(name) for name in header]
    exact = [name.strip() for name in header]
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for name in FIELDS:
        if name in columns.names and columns.names[name] is None:
            continue
        if name in columns.names:
            here = _named(columns.names[name].strip(), exact)
        else:
            here = next((h for a in aliases()[name] if (h := _named(a, plain))), [])
        if len(here) > 1:
            message = f"column '{exact[here[0]]}' is there {len(here)} times; keep 1"
            problems.append(columns.problem(name, message, path))
        elif here:
            found[name] = here[0]
        elif name in columns.names:
            hint = did_you_mean(columns.names[name], [n for n in exact if n])
            message = f"no column '{columns.names[name]}' in {path}{hint}"
            problems.append(columns.problem(name, message, path))
        elif name in REQUIRED:
            problems.append(Problem(path, 1, 1, _missing(name, exact)))
    if problems:
        raise ScenarioError(problems)
    return found


def _named(name: str, header: Sequence[str]) -> list[int]:
    return [place for place, other in enumerate(header) if other == name]


def _missing(name: str, header: Sequence[str]) -> str:
    shown = ", ".join(f"'{cell[:30]}'" for cell in header[:SHOWN])
    return (
        f"no column for '{name}' is recognised in the header, which has {shown}; rename one, or "
        f"write a file with 'columns: {{{name}: ...}}' and give it as --columns"
    )


def known_names(header: Sequence[str]) -> int:
    """Return how many names of `header` are names of order columns."""
    known = {alias for names in aliases().values() for alias in names}
    return len({plain_name(name) for name in header} & known)


def plain_name(name: str) -> str:
    """Return a column's name without case, spaces, punctuation and a unit in brackets."""
    name = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\W_]", "", re.sub(r"\([^)]*\)", "", name) or name)


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Return the names of each column in common exports, the preferred ones first."""
    text = Path(__file__).with_name("order_columns.yaml").read_text("utf-8")
    return {name: tuple(map(plain_name, names)) for name, names in yaml.safe_load(text).items()}
