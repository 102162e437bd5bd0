"""The rubric of objection handling: eight behaviours that can be pointed at, each 0, 1 or 2."""

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from simkit.scenario.block import Block
from simkit.scenario.catalogue import find_file
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Mistakes, Record, Text

FILE = Path("rubrics") / "objections.yaml"
Behaviour = Literal[
    "acknowledge",
    "explore",
    "isolate",
    "value",
    "quantified",
    "evidence",
    "next_step",
    "no_harm",
]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)
"""The eight behaviours, in the order in which a talk shows them."""
Harm = Literal[
    "rude", "blame", "false_claim", "discount", "argues", "stuffed", "copied", "off_topic"
]
HARMS: tuple[Harm, ...] = get_args(Harm)
"""What caps the total."""
MOST = 2
"""Points of one behaviour."""
FULL = MOST * len(BEHAVIOURS)


class Anchors(Record):
    """What is seen at 0, 1 and 2 points."""

    zero: Text
    one: Text
    two: Text

    def of(self, points: int) -> Text:
        """Return the anchor of 0, 1 or 2 points."""
        return (self.zero, self.one, self.two)[points]


class Item(Record):
    """One behaviour of the rubric."""

    id: Behaviour
    name: Text
    asks: Text
    """What a coach looks for, as a question."""
    anchors: Anchors


class Cap(Record):
    """A harm, and the most that the total may then be."""

    id: Harm
    name: Text
    says: Text
    """What the trainee is told."""
    most: Annotated[int, Field(ge=0, le=FULL)]


class Rubric(Block):
    """Behaviours with anchors, caps, and from how many words on an answer is judged at all."""

    name: Text
    rubric: tuple[Item, ...]
    caps: tuple[Cap, ...]
    least_words: Annotated[int, Field(ge=1, le=100)] = 8
    """Words, or in Chinese twice as many characters, below which nothing is judged."""

    @model_validator(mode="after")
    def _is_complete(self) -> "Rubric":
        mistakes: list[tuple[Loc, str]] = []
        for group, ids, wanted in (
            ("rubric", [item.id for item in self.rubric], BEHAVIOURS),
            ("caps", [cap.id for cap in self.caps], HARMS),
        ):
            if sorted(ids) != sorted(wanted):
                message = f"must name each of {', '.join(wanted)} once"
                mistakes.append(((group,), message))
        if mistakes:
            raise Mistakes(mistakes)
        return self

    def item(self, behaviour: str) -> Item:
        """Return the item of a behaviour; raises KeyError with an unknown one."""
        return {item.id: item for item in self.rubric}[behaviour]  # type: ignore[index]

    def cap(self, harm: str) -> Cap:
        """Return the cap of a harm; raises KeyError with an unknown one."""
        return {cap.id: cap for cap in self.caps}[harm]  # type: ignore[index]


def load_rubric(path: str | Path | None = None) -> Rubric:
    """Return the checked rubric of a file; without one, the person's own or the shipped one.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(path or rubric_file(), Rubric)


def rubric_file() -> Path:
    """Return the rubric in force: the person's own or the shipped one."""
    return find_file(FILE)
