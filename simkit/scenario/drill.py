"""What makes a crisis drill of a region with shocks: levels, families, risks, teaching."""

from typing import Annotated

from pydantic import Field, model_validator

from simkit.scenario.block import Id, Multiple, NotNegative
from simkit.scenario.record import Mistakes, Record, Text
from simkit.scenario.shocks import LevelName

Grade = Annotated[int, Field(ge=1, le=5)]
Range = tuple[float, float]


class Level(Record):
    """How hard a drill is."""

    strength: Multiple = 1.0
    """Exponent on the factors of the shock's effects: 0.7 is milder, 1.3 harder."""
    money: Multiple = 1.0
    """Factor on the budget and the reserve."""
    round_seconds: NotNegative = 0
    """Time for one week's decision; 0 is no limit."""


class Family(Record):
    """What differs between the drills of one crisis, from the number 1 on; 0 is as written."""

    start_week: Range | None = None
    """The main shock begins between these weeks."""
    weeks: Range | None = None
    """It lasts between so many weeks."""
    strength: Range | None = None
    """Exponent on the factors of its effects."""
    where: tuple[Id, ...] = ()
    """Territories it may strike, where its effects name one."""
    who: tuple[Id, ...] = ()
    """Customers or reps its happenings may strike."""

    @model_validator(mode="after")
    def _ranges_rise(self) -> "Family":
        mistakes = []
        for name in ("start_week", "weeks", "strength"):
            found = getattr(self, name)
            if found and not 0 <= found[0] <= found[1]:
                text = f"must rise from a number of 0 or more, is [{found[0]:g}, {found[1]:g}]"
                mistakes.append(((name,), text))
        if mistakes:
            raise Mistakes(mistakes)
        return self


class Risk(Record):
    """A candidate for the risk register."""

    id: Id
    """The id of the shock, where the drill has it."""
    name: Text
    likelihood: Grade
    """What the trainer would enter, shown afterwards."""
    impact: Grade
    why: Text


class Drill(Record):
    """A crisis drill on the region of this file; its main shock is the first one."""

    goal: Text
    """What is practised, as the manager reads it beforehand."""
    visible: Text
    """What the manager can see of it, and where; shown afterwards."""
    hidden: Text
    """What nobody in the region can see; shown afterwards."""
    teaching: Text
    """For the trainer: the lesson, and how to run it."""
    questions: Annotated[tuple[Text, ...], Field(min_length=5, max_length=5)]
    """The five questions of the debrief."""
    risks: Annotated[tuple[Risk, ...], Field(min_length=3)]
    levels: dict[LevelName, Level] = {}
    family: Family = Family()
    scorecard: Id = "crisis"
    """Name of the file of weights in `scenarios/scorecards`."""
    source: Annotated[str, Field(min_length=1)]

    def level(self, name: LevelName) -> Level:
        """Return the level of that name; what the file leaves out is as usual."""
        return self.levels.get(name, USUAL_LEVELS[name])


USUAL_LEVELS: dict[LevelName, Level] = {
    "easy": Level(strength=0.7, money=1.25),
    "normal": Level(),
    "hard": Level(strength=1.3, money=0.8, round_seconds=180),
}
"""Assumption: about a third milder or harder, and three minutes a week where time presses."""
