"""What every checked file is made of: records, text in two languages, mistakes with a place."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

Loc = tuple[str | int, ...]
"""The way from a record to a value in it, as pydantic writes it: ("reps", 2, "territory")."""

SLIPS = {
    r"^[\s{\-]*\w+：": "the line has the full-width '：', type ':' and a space",
    r"\{[^}]*[,，]\s*(en|zh)：": "the line has the full-width '：', type ':' and a space",
    r"\{[^}]*，\s*[a-z_]+\s*[:：]": "the line has the full-width '，', type ',' and a space",
    r"^[\s\-]*[a-z_]+:[^\s:/]": "put a space after the ':'",
}
"""Slips of punctuation that a line shows, and what to say about them."""
LISTED = 12
"""Choices an error message lists before it says how many more there are."""


CHINESE = "[\u3000-\u9fff\uff00-\uffef]"
"""A Chinese character or punctuation mark."""


class Record(BaseModel):
    """A group of checked values that cannot be changed; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    def but(self, **changes: Any) -> Self:
        """Return a copy with `changes`, checked again as a whole.

        Raises pydantic.ValidationError when a change is unknown or does not fit.
        """
        # Inner records are frozen and were checked when made, so the dump stays shallow: fast.
        return type(self).model_validate({**dict(self), **changes})


class Text(Record):
    """What a person reads, in both languages."""

    model_config = ConfigDict(str_strip_whitespace=True)

    en: str = Field(min_length=1)
    """English"""
    zh: str = Field(min_length=1)
    """Simplified Chinese"""

    @field_validator("zh")
    @classmethod
    def _unfold(cls, text: str) -> str:
        """Take out the spaces that YAML puts where a Chinese text was broken into lines."""
        return re.sub(f"(?<={CHINESE}) (?={CHINESE})", "", text)

    def in_(self, lang: str) -> str:
        """Return the text in `lang`, "en" or "zh"; raises ValueError for another language."""
        if lang not in ("en", "zh"):
            raise ValueError(f"no language {lang!r}{did_you_mean(lang, ('en', 'zh'))}")
        return self.en if lang == "en" else self.zh


class Mistakes(ValueError):  # noqa: N818 - it holds several
    """Several mistakes at once, each with its place; raise it in a validator of a record.

    `found` lists (loc, message), where loc leads from the record that raises to the value:
    `Mistakes([(("reps", 2, "territory"), "unknown territory 'nort'")])`. An empty loc means the
    record itself; a last step "[key]" means the key instead of its value.
    """

    def __init__(self, found: Iterable[tuple[Loc, str]]) -> None:
        self.found = list(found)
        super().__init__("; ".join(f"{dotted(loc)}{message}" for loc, message in self.found))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel from a worker with what was found, not with its text."""
        return type(self), (self.found,)


def dotted(loc: Loc) -> str:
    """Return `loc` as a prefix of a message, "reps.2.territory: ", or nothing for an empty one."""
    return ".".join(map(str, loc)) + ": " if loc else ""


def did_you_mean(word: object, choices: Iterable[object]) -> str:
    """Return the end of a sentence on an unknown `word`: the nearest choice, or all there are."""
    known = [str(choice) for choice in choices]
    by_lower = {choice.lower(): choice for choice in reversed(known)}
    near = difflib.get_close_matches(str(word)[:100].lower(), by_lower, n=1)
    if near:
        return f", did you mean '{by_lower[near[0]]}'?"
    if not known:
        return ""
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return f"; there is {', '.join(known[:LISTED])}{more}"


def short(text: str, length: int = 40) -> str:
    """Return `text` on one line and cut to `length` characters, to quote it in a message."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length] + "..."


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: `line` and `col` count from 1, or are None without a place in it."""

    path: str
    line: int | None
    col: int | None
    message: str
    source: str = field(default="", repr=False)
    """The line of the file that the mistake is on."""

    def hinted(self) -> "Problem":
        """Return the problem with the likely cause, where the line shows a slip of punctuation."""
        for slip, hint in SLIPS.items():
            if re.search(slip, self.source) and hint not in self.message:
                return replace(self, message=f"{self.message}; {hint}")
        return self

    def __str__(self) -> str:
        if self.line is None or self.col is None:
            return f"{self.path}: {self.message}"
        head = f"{self.path}:{self.line}:{self.col}: {self.message}"
        return "\n".join([head, *_pointed_at(self.source, self.col)])


class ScenarioError(ValueError):
    """A file that cannot be used, with all `problems` found in it and in the files it extends."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = [problem.hinted() for problem in problems]
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel from a worker with the problems, not with their text."""
        return type(self), (self.problems,)


def _pointed_at(source: str, col: int, width: int = 90) -> list[str]:
    """Return the part of `source` around column `col` (from 1) and a caret below that column.

    Nothing where the line is empty or not known: a caret below nothing points at nothing.
    """
    if not source.strip():
        return []
    start = max(0, col - 1 - width // 2) if len(source) > width else 0
    shown = "".join(c if c.isprintable() else " " for c in source[start : start + width])
    before = shown[: col - 1 - start]
    # A Chinese character is two columns wide in a terminal.
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in before)
    return ["    " + shown, "    " + " " * (len(before) + wide) + "^"]
