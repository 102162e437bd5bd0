"""Drift drills: why a KPI moves, what that changes in the region, what a manager may do and ask."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Id, NotNegative, Positive, Share
from simkit.scenario.drill import Family, Level
from simkit.scenario.record import Loc, Mistakes, Record, Text
from simkit.scenario.shocks import Effect, Happening, LevelName, Measure

NO_DRIFT = "none"
"""The cause of a drill in which nothing drifts."""
CauseGroup = Literal["people", "market", "product", "process", "data", "calendar", "none"]
Tool = Literal[
    "periods",
    "funnel",
    "pareto",
    "waiting",
    "gantt",
    "fishbone",
    "five_whys",
    "ab_check",
    "team",
    "entry",
]
"""What a manager can look into; each costs hours."""
Hours = Annotated[float, Field(ge=0, le=60)]


class Cause(Record):
    """One of the causes that a trainee can name."""

    id: Id
    name: Text
    group: CauseGroup
    """The bone of the fishbone that it belongs to."""
    sign: Text
    """What one would see if it were the cause."""
    figures: dict[Id, Literal["up", "down"]] = {}
    """The weekly figures that move, and which way; the best one first."""
    remedy: Id | None = None
    """The action that fits it."""


class Action(Measure):
    """Something a manager can do at any time; its effects act while it is asked for."""


class Voice(Record):
    """Somebody who can be asked."""

    id: Id
    name: Text
    hours: Hours
    usual: Text
    """What they say when they know of nothing."""


class Watching(Record):
    """How the region is watched: when a light turns amber or red, and when a chart alarms."""

    amber: Positive = 1.5
    """Standard deviations from the forecast at which a light turns amber."""
    red: Positive = 2.5
    two_weeks_limit: Positive = 1.0
    """The two-weeks rule on sales: standard deviations below their usual level."""
    cusum_k: Positive = 0.5
    cusum_h: Positive = 5.0
    """Limit of each CUSUM of the panel, in standard deviations."""
    false_alarm_share: Share = 0.1
    """Drills without drift in which the panel of CUSUMs is meant to alarm."""
    within_weeks: Annotated[int, Field(ge=1, le=26)] = 8
    """A drift found later counts as missed."""


class Watch(Block):
    """What all drift drills of a region share."""

    goal: Text
    hours_per_week: Hours = 10
    hour_cost: NotNegative = 400
    """What an hour of the manager is worth, in money."""
    watching: Watching = Watching()
    causes: Annotated[tuple[Cause, ...], Field(min_length=2)]
    tools: dict[Tool, Hours]
    """What looking into the figures takes, in hours."""
    voices: tuple[Voice, ...] = ()
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    scorecard: Id = "drift"
    """Name of the file of weights in `scenarios/scorecards`."""

    @model_validator(mode="after")
    def _holds_together(self) -> "Watch":
        mistakes: list[tuple[Loc, str]] = []
        for name in ("causes", "voices", "actions"):
            mistakes += _doubles(name, [item.id for item in getattr(self, name)])
        if NO_DRIFT not in [cause.id for cause in self.causes]:
            mistakes.append((("causes",), f"one of the causes must be '{NO_DRIFT}'"))
        if mistakes:
            raise Mistakes(mistakes)
        return self


class LateEntry(Record):
    """Orders and deals of a territory are entered late: they happen, and are not reported yet."""

    where: Id
    share: Share
    """Share of the entries that come late."""
    weeks: Annotated[int, Field(ge=1, le=12)]
    """How many weeks late."""


class Drift(Record):
    """The hidden cause of a drill, and what it changes from its start on."""

    cause: Id
    """One of the causes of the region's `watch`."""
    name: Text
    story: Text
    """What really happened, told afterwards."""
    lesson: Text
    start_week: Annotated[int, Field(ge=-260, le=260)]
    weeks: Annotated[int, Field(ge=1)] | None = None
    """How long it lasts; null: to the end."""
    every_year: bool = False
    """true: the same weeks of every year, also of those before the game."""
    effects: tuple[Effect, ...] = ()
    happenings: tuple[Happening, ...] = ()
    late_entry: LateEntry | None = None
    cures: dict[Id, tuple[Effect, ...]] = {}
    """What actions bring here beyond what they bring anywhere, while they act and it goes on."""
    voices: dict[Id, Text] = {}
    """What those who know of it say when they are asked."""
    levels: dict[LevelName, Level] = {}
    family: Family = Family()
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _changes_something(self) -> "Drift":
        changes = bool(self.effects or self.happenings or self.late_entry)
        if changes == (self.cause == NO_DRIFT):
            text = "without drift nothing may change" if changes else "say what it changes"
            raise Mistakes([(("cause" if changes else "effects",), text)])
        return self

    def effects_in(self, week: int) -> Iterator[Effect]:
        """Yield the effects that hold in a week."""
        if (age := self.age(week)) is not None:
            yield from (effect for effect in self.effects if effect.holds(age))

    def age(self, week: int) -> int | None:
        """Return how many weeks ago it began, None while it does not go on."""
        age = week - self.start_week
        if self.every_year:
            age %= 52
        return age if age >= 0 and (self.weeks is None or age < self.weeks) else None

    def cured(self, action: str, week: int, since: int) -> Iterator[Effect]:
        """Yield what an action that acts since a week heals; there is nothing to heal before."""
        if (age := self.age(week)) is not None:
            cure = self.cures.get(action, ())
            yield from (effect for effect in cure if effect.holds(min(age, week - since)))

    def level(self, name: LevelName) -> Level:
        """Return the level of that name; what the file leaves out is as usual."""
        return self.levels.get(name, USUAL_LEVELS[name])


USUAL_LEVELS: dict[LevelName, Level] = {
    "easy": Level(strength=1.5),
    "normal": Level(),
    "hard": Level(strength=0.6),
}
"""Assumption: half as strong again is easy to see, little more than half is hard to see."""


def struck(drift: Drift) -> list[str]:
    """Return the territories and reps that a drift strikes, "all" left out."""
    found = [effect.where for effect in drift.effects]
    found += [str(h.who) for h in drift.happenings if h.who]
    found += [drift.late_entry.where] if drift.late_entry else []
    return [name for name in dict.fromkeys(found) if name != "all"]


def _doubles(name: str, ids: list[str]) -> Iterator[tuple[Loc, str]]:
    for index, found in enumerate(ids):
        if found in ids[:index]:
            yield (name, index, "id"), f"the id '{found}' is used twice"
