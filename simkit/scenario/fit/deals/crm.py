"""Which column of a CRM's export is what, and which stage of the funnel its stages are."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from simkit.scenario.fit.columns import plain_name
from simkit.scenario.loading import load_record
from simkit.scenario.record import Problem, Record, ScenarioError, did_you_mean, short

FILE = Path(__file__).with_name("crm.yaml")
STAGES = ("qualify", "quote", "negotiate", "contract")
ENDS = ("won", "lost", "no_decision")
STATES = ("open", *STAGES, *ENDS)
ENTERED = tuple(f"entered_{stage}" for stage in STAGES[1:])
ALIASES = {
    "qualified": "qualify",
    "quoted": "quote",
    "negotiating": "negotiate",
    "contract review": "contract",
    "no decision": "no_decision",
}
"""Other words for a state that a mapping file may use."""
DATE_ENTERED = (
    re.compile(r'date entered\s*["“]?(?P<stage>.*?)["”]?', re.I),
    re.compile(r"hs_(?:v2_)?date_entered_(?P<stage>.+)", re.I),
)
"""HubSpot's columns of the day on which a deal entered a stage."""
NEEDED = {"created": "the day it was created", "close": "the day it was closed"}
YES = frozenset(["true", "1", "yes", "y", "是", "t", "x", "√"])


class System(Record):
    """What one CRM system calls things."""

    title: str
    source: str
    columns: dict[str, tuple[str, ...]]
    stages: dict[str, tuple[str, ...]]
    kinds: dict[str, tuple[str, ...]] = {}


class Systems(Record):
    """All systems that are known."""

    salesforce: System
    zoho: System
    hubspot: System
    fxiaoke: System
    own: System


@dataclass(frozen=True)
class Layout:
    """How a file is to be read."""

    system: str
    """Name of the system whose columns it mostly has."""
    where: dict[str, tuple[int, ...]]
    """Columns by what they hold, the best first."""
    header: tuple[str, ...]
    states: dict[str, str]
    """The state that the name of a stage, status or reason stands for."""
    kinds: dict[str, str]

    def state(self, text: str) -> str | None:
        """Return the state that `text` stands for; None when it is unknown."""
        return self.states.get(_plain(text))


@lru_cache(maxsize=10_000)
def _plain(text: str) -> str:
    """Names of stages come again and again."""
    return plain_name(text)


@cache
def systems() -> Systems:
    """Return the names of all known systems, `crm.yaml`."""
    return load_record(FILE, Systems)


def known_names() -> list[str]:
    """Return what a column may hold."""
    every = (name for _, system in systems() for name in system.columns)
    return sorted({*every, *ENTERED})


def layout(path: str, line: int, header: Sequence[str], mapping: Mapping[str, Any]) -> Layout:
    """Return how to read a file with this header.

    `mapping`: {"columns": {"amount": "Umsatz"}, "stages": {"Verhandlung": "negotiate"}}, or the
    columns without the group; what it says goes before what is known. Raises
    ScenarioError where it does not fit, or when the columns that are needed are missing.
    """
    own, stages = _parts(path, mapping)
    states = {plain_name(word): state for word, state in _states(path, stages).items()}
    best = _best(header)
    order = [best, *(system for _, system in systems() if system is not best)]
    for system in order:
        for state, words in system.stages.items():
            for word in words:
                states.setdefault(plain_name(word), state)
    kinds = {plain_name(w): kind for s in order for kind, words in s.kinds.items() for w in words}
    where = _mapped(path, line, header, own)
    for system in order:
        for name, words in system.columns.items():
            where.setdefault(name, _found(header, words, where))
    for name, index in _entered(header, states):
        where.setdefault(name, ())
        where[name] += (index,)
    where = {name: columns for name, columns in where.items() if columns}
    _refuse_missing(path, line, header, where)
    return Layout(best.title, where, tuple(header), states, kinds)


def _parts(path: str, mapping: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    stages, columns = mapping.get("stages") or {}, mapping.get("columns") or {}
    flat = {key: value for key, value in mapping.items() if key not in ("stages", "columns")}
    for name, part in (("stages", stages), ("columns", columns)):
        if not isinstance(part, Mapping):
            message = f"'{name}' of the mapping must be a group of lines like 'amount: Umsatz'"
            raise ScenarioError([Problem(path, None, None, message)])
    own = {str(key): str(value) for key, value in {**flat, **columns}.items()}
    return own, {str(key): str(value) for key, value in stages.items()}


def _states(path: str, stages: dict[str, str]) -> dict[str, str]:
    """The states that a mapping file names, checked."""
    known = {word: ALIASES.get(state.strip().lower(), state) for word, state in stages.items()}
    problems = [
        Problem(path, None, None, f"the mapping says that stage '{short(word)}' is '{short(state)}'"
                f"{did_you_mean(state, STATES)}")
        for word, state in known.items()
        if state not in STATES
    ]  # fmt: skip
    if problems:
        raise ScenarioError(problems)
    return known


def _best(header: Sequence[str]) -> System:
    """The system that most columns belong to."""
    names = {plain_name(name) for name in header}

    def hits(system: System) -> int:
        return sum(plain_name(word) in names for words in system.columns.values() for word in words)

    return max((system for _, system in systems()), key=hits)


def _mapped(
    path: str, line: int, header: Sequence[str], own: dict[str, str]
) -> dict[str, tuple[int, ...]]:
    """The columns that a mapping file names: their name to ours, or ours to theirs."""
    names, places = known_names(), {plain_name(cell): i for i, cell in enumerate(header)}
    where: dict[str, tuple[int, ...]] = {}
    for one, other in own.items():
        theirs, ours = (one, other) if other in names else (other, one)
        if ours not in names:
            message = (
                f"the mapping says '{one}: {other}': no such thing{did_you_mean(other, names)}"
            )
            raise ScenarioError([Problem(path, None, None, message)])
        if plain_name(theirs) not in places:
            message = f"the mapping names the column '{short(theirs)}', which the header does not"
            raise ScenarioError([Problem(path, line, 1, message + did_you_mean(theirs, header))])
        where[ours] = (*where.get(ours, ()), places[plain_name(theirs)])
    return where


def _found(
    header: Sequence[str], words: Sequence[str], taken: Mapping[str, tuple[int, ...]]
) -> tuple[int, ...]:
    """Columns of these names, the first name first, that are nothing else already."""
    used = {index for columns in taken.values() for index in columns}
    cells = [plain_name(cell) for cell in header]
    hits = (i for word in words for i, cell in enumerate(cells) if cell == plain_name(word))
    return tuple(dict.fromkeys(index for index in hits if index not in used))


def _entered(header: Sequence[str], states: Mapping[str, str]) -> list[tuple[str, int]]:
    """The columns that say when a deal entered a stage, by the stage."""
    found = []
    for index, cell in enumerate(header):
        match = next((m for form in DATE_ENTERED if (m := form.fullmatch(cell.strip()))), None)
        if match:
            stage = match["stage"]
            without_pipeline = re.sub(r"\s*\([^)]*\)$", "", stage)
            state = states.get(plain_name(stage)) or states.get(plain_name(without_pipeline))
            if state in STAGES[1:]:
                found.append((f"entered_{state}", index))
    return found


def _refuse_missing(
    path: str, line: int, header: Sequence[str], where: Mapping[str, tuple[int, ...]]
) -> None:
    """Raise ScenarioError when the columns do not tell when deals began and how they ended."""
    if {"id", "to_stage", "changed"} <= where.keys():
        return  # a history of stages: the rest follows from it
    lacks = [f"'{name}' ({what})" for name, what in NEEDED.items() if name not in where]
    if not {"stage", "status", "won"} & where.keys():
        lacks.append("'stage' (where it is, or how it ended)")
    if lacks:
        shown = ", ".join(f"'{short(cell.strip(), 30)}'" for cell in header[:12])
        message = (
            f"these columns of an opportunity export were not found: {', '.join(lacks)}; the "
            f"header has {shown}; say in the mapping file which they are, like "
            "'columns: {created: Their name}'"
        )
        raise ScenarioError([Problem(path, line, 1, message)])
