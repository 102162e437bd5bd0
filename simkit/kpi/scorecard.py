"""Scorecards that trainers write: what counts in a debrief, how much, and from where to where."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.kpi.catalogue import KPIS
from simkit.kpi.score_measures import MEASURES
from simkit.scenario.block import Block, Id, NotNegative
from simkit.scenario.files import scenario_folders
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Mistakes, Problem, Record, ScenarioError, Text, did_you_mean

FOLDER = Path("scorecards")
Exercise = Literal["crisis", "targets", "drift"]


class Item(Record):
    """One line of a scorecard: a measure turned into points, and what they weigh."""

    id: Id
    name: Text
    kind: Literal["process", "result"]
    weight: NotNegative
    """Relative to the other lines; what cannot be measured is left out with its weight."""
    measure: Id
    """Of the debrief, or the name of a KPI."""
    zero_at: Annotated[float, Field(ge=-1e12, le=1e12)] = 0.0
    """The value that gets no points."""
    full_at: Annotated[float, Field(ge=-1e12, le=1e12)] = 1.0
    """The value that gets all points; between the two the points rise evenly."""

    @model_validator(mode="after")
    def _can_be_scored(self) -> "Item":
        if self.zero_at == self.full_at:
            raise Mistakes([(("full_at",), "must differ from zero_at")])
        return self

    def points(self, value: float) -> float:
        """Return the points of a value, from 0 to 1."""
        share = (value - self.zero_at) / (self.full_at - self.zero_at)
        return min(1.0, max(0.0, share))


class Scorecard(Block):
    """What counts in a debrief."""

    name: Text
    exercise: Exercise = "crisis"
    """The kind of exercise that it is for: each has measures of its own."""
    process_weight: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of the process score in the total; the rest is the result score."""
    scorecard: Annotated[tuple[Item, ...], Field(min_length=1, max_length=40)]

    @model_validator(mode="after")
    def _holds_together(self) -> "Scorecard":
        mistakes: list[tuple[Loc, str]] = []
        names = [item.id for item in self.scorecard]
        for index, item in enumerate(self.scorecard):
            if item.id in names[:index]:
                mistakes.append((("scorecard", index, "id"), f"the id '{item.id}' is used twice"))
        if not sum(item.weight for item in self.scorecard):
            mistakes.append((("scorecard",), "some line must have a weight above 0"))
        if mistakes:
            raise Mistakes(mistakes)
        return self


def find_scorecard(name: str) -> Path:
    """Return the path of a scorecard: the person's own copy before the shipped one.

    Raises ScenarioError when there is none of that name.
    """
    folders = [folder / FOLDER for folder in scenario_folders()]
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})
    message = f"there is no scorecard '{name}'{did_you_mean(name, known)}"
    raise ScenarioError([Problem("scorecard", None, None, message)])


def load_scorecard(path: str | Path, exercise: Exercise | None = None) -> Scorecard:
    """Return the checked scorecard of a file; a name without a folder is looked up.

    `exercise`: the kind that it must be for. Raises ScenarioError with all mistakes, each with its
    place.
    """
    file = Path(path)
    if not file.suffix:
        file = find_scorecard(str(path))
    card = load_record(file, Scorecard, check=_unknown_measures)
    if exercise not in (None, card.exercise):
        message = f"this scorecard is for '{card.exercise}', give one for '{exercise}'"
        raise ScenarioError([Problem(str(file), None, None, message)])
    return card


def _unknown_measures(card: Scorecard) -> Iterator[tuple[Loc, str]]:
    known = [*MEASURES[card.exercise], *KPIS]
    for index, item in enumerate(card.scorecard):
        if item.measure not in known:
            hint = did_you_mean(item.measure, known)
            yield ("scorecard", index, "measure"), f"no measure '{item.measure}'{hint}"
