"""Policies as files: what is changed in which week, on top of a policy that everybody knows."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, model_validator

from simkit.scenario.block import Block
from simkit.scenario.catalogue import find_named, names_in
from simkit.scenario.names import entries_of, value_of
from simkit.scenario.record import Loc, Mistakes, Record, Text

FOLDER = Path("policies")
MOST_WEEKS = 1040
Changes = TypeVar("Changes")
"""What may be changed: whoever knows the levers says so."""
BaseName = TypeVar("BaseName")


class WeekOfPolicy(Record, Generic[Changes]):
    """What is changed before one week; it stays so until it is changed again."""

    week: Annotated[int, Field(ge=1, le=MOST_WEEKS)]
    """Counted from 1, as on the screens."""
    change: Changes


class WeeklyPolicy(Record, Generic[BaseName, Changes]):
    """A policy of the catalogue, and what is set on top of it."""

    base: BaseName
    """Who decides about all that is not set here."""
    weeks: Annotated[tuple[WeekOfPolicy[Changes], ...], Field(min_length=1)]


class PolicyFile(Block, Generic[BaseName, Changes]):
    """A policy that a trainer or an analyst wrote."""

    name: Text
    brief: Text
    """What the policy is about, in one sentence or two."""
    policy: WeeklyPolicy[BaseName, Changes]

    @model_validator(mode="after")
    def _weeks_follow_each_other(self) -> "PolicyFile[BaseName, Changes]":
        if mistakes := self.mistakes_in(self):
            raise Mistakes(mistakes)
        return self

    @staticmethod
    def mistakes_in(file: Any) -> list[tuple[Loc, str]]:
        """Return (loc, message) of weeks that stand twice or in the wrong order.

        `file`: a record, or the plain data of a file with other mistakes.
        """
        weeks = [value_of(each, "week") for each in entries_of(file, "policy", "weeks")]
        found: list[tuple[Loc, str]] = []
        for place, (before, week) in enumerate(pairwise(weeks), 1):
            if isinstance(before, int) and isinstance(week, int) and week <= before:
                message = _out_of_order(week, before)
                found.append((("policy", "weeks", place, "week"), message))
        return found


def _out_of_order(week: int, before: int) -> str:
    if week == before:
        return f"week {week} stands here twice; write all its changes under one entry"
    return f"week {week} stands after week {before}; put the weeks in order"


def policy_names(own: bool = True) -> list[str]:
    """Return the names of the policy files that ship and, with `own`, of the person's own."""
    return names_in(FOLDER, own)


def find_policy_file(name: str | Path) -> Path:
    """Return a path as it is, else that of a policy file by name: the person's own first.

    Raises ScenarioError when there is none of that name.
    """
    return find_named(FOLDER, name, "policy file")
