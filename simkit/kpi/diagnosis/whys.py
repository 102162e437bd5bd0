"""The 5-why tree: questions from a file, each with the figure that speaks for it or against it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, field_validator

from simkit.kpi.diagnosis.facts import Facts, NoFigureError
from simkit.kpi.diagnosis.periods import forecast_or_none, mean_of
from simkit.kpi.diagnosis.team import score_of
from simkit.kpi.weekly import FIGURES, REGION
from simkit.scenario.block import Block, Id
from simkit.scenario.catalogue import find_file
from simkit.scenario.drift import Tool
from simkit.scenario.loading import load_record
from simkit.scenario.record import Loc, Record, Text, did_you_mean

FILE = Path("diagnosis") / "five_whys.yaml"
MOST_DEEP = 5
"""Five whys, no more."""


class Why(Record):
    """A question, the figure that answers it, and the questions behind it."""

    ask: Text
    figure: Id
    """One of the weekly figures."""
    sign: Literal["up", "down"]
    """Which way the figure moves if the answer is yes."""
    tool: Tool
    """Where to look closer."""
    behind: tuple["Why", ...] = ()

    @field_validator("figure")
    @classmethod
    def _is_a_figure(cls, name: str) -> str:
        if name not in FIGURES:
            raise ValueError(f"there is no weekly figure '{name}'{did_you_mean(name, FIGURES)}")
        return name


class FiveWhys(Block):
    """A tree of questions."""

    name: Text
    five_whys: Annotated[tuple[Why, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of the tree with what was measured; `depth` 0 is the top.

    Means per week; `score`: how unusual the period is, in standard deviations of chance. None
    where it cannot be said. `speaks`: "for", "against" (no move, or the other way) or "".
    """

    why: Why
    depth: int
    now: float | None
    usual: float | None
    score: float | None
    speaks: str


def find_whys() -> Path:
    """Return the path of the tree: the person's own copy before the shipped one."""
    return find_file(FILE)


def load_whys(path: str | Path | None = None) -> FiveWhys:
    """Return the checked tree of a file; without one, the person's own or the shipped one.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(path or find_whys(), FiveWhys, check=_too_deep)


def _too_deep(tree: FiveWhys) -> Iterator[tuple[Loc, str]]:
    for loc, depth, why in _walk(tree.five_whys, ("five_whys",), 0):
        if depth == MOST_DEEP - 1 and why.behind:
            yield (*loc, "behind"), f"no more than {MOST_DEEP} questions, one behind the other"


def _walk(whys: tuple[Why, ...], loc: Loc, depth: int) -> Iterator[tuple[Loc, int, Why]]:
    for index, why in enumerate(whys):
        yield (*loc, index), depth, why
        yield from _walk(why.behind, (*loc, index, "behind"), depth + 1)


def answers_of(tree: FiveWhys, facts: Facts, weeks: int, place: str = REGION) -> list[Answer]:
    """Return the tree from top to bottom with what the last `weeks` weeks say.

    A figure speaks for a question when its surprises of the period add up to more than the limit of
    a red light, in their own standard deviations, in the direction that the file gives.
    """
    measured = {}
    for _, _, why in _walk(tree.five_whys, (), 0):
        if why.figure not in measured:
            measured[why.figure] = figure_now(facts, why.figure, weeks, place)
    return [
        Answer(
            why, depth, *measured[why.figure], _speaks(why, measured[why.figure][2], facts.limit)
        )
        for _, depth, why in _walk(tree.five_whys, (), 0)
    ]


def figure_now(
    facts: Facts, figure: str, weeks: int, place: str
) -> tuple[float | None, float | None, float | None]:
    """Return mean, usual mean and score of the last weeks of a figure; None where there is none.

    Raises NoFigureError with a place that is not there.
    """
    if place not in facts.figures.rows:
        raise NoFigureError("empty", f"no place '{place}'")
    if place in facts.reps and not FIGURES[figure].of_reps:
        return None, None, None
    values = facts.figures.series(figure, place)
    now, start = mean_of(values[-weeks:]), facts.week - weeks
    forecast = forecast_or_none(values[:-weeks], start)
    if forecast is None or now is None:
        return now, None, None
    usual = float(forecast.usual(np.arange(start, facts.week)).mean())
    return now, usual, score_of(forecast.scores(values[-weeks:]))


def _speaks(why: Why, score: float | None, limit: float) -> str:
    if score is None:
        return ""
    return "for" if (score if why.sign == "up" else -score) > limit else "against"
