"""A comparison as tables: what was set, what came of it, week by week, what was decided."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from simkit.kpi.catalogue import Kpi
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.weeks_apart import weeks_apart
from simkit.study.experiment.worlds import WEEKLY, Results
from simkit.study.intervals import Difference, paired_difference

if TYPE_CHECKING:
    import pandas as pd

Rank = Literal["best", "may be best", "not best", ""]


class Week(NamedTuple):
    """How two policies differ in one week."""

    week: int
    differ: float
    """Share of the worlds in which the decisions in force differ."""
    levers: tuple[str, ...]
    """Levers that differ in some world."""
    difference: Difference
    """Of a weekly figure, second less first; the intervals hold for all weeks at once."""


class Response(NamedTuple):
    """One figure of one policy."""

    value: Difference
    """Mean over worlds with its interval."""
    rank: Rank


def weeks_between(
    results: Results, a: str, b: str, figure: str = "revenue", confidence: float = 0.95
) -> list[Week]:
    """Return in which weeks policy `b` decides otherwise than `a`, and what a week then brings.

    `figure` is one of `WEEKLY`. Intervals: paired by world, Student's t, Bonferroni over weeks.
    """
    apart = {week.week: week for week in weeks_apart(results, a, b).weeks}
    pairs = [[results.summaries[arm, w].weekly[figure] for arm in (a, b)] for w in results.worlds]
    weeks = min((len(each) for pair in pairs for each in pair), default=0)
    sure = 1.0 - (1.0 - confidence) / max(1, weeks)
    found = []
    for week in range(weeks):
        gain = paired_difference([two[week] - one[week] for one, two in pairs], sure)
        known = apart.get(week)
        share = known.worlds / len(pairs) if known else 0.0
        found.append(Week(week, share, known.levers if known else (), gain))
    return found


# Controls and responses


def controls(results: Results) -> dict[str, dict[str, Any]]:
    """Return, by arm, the numbers in which the arms differ: of the scenario, levers of week 0.

    Levers have "decision." before their name.
    """
    every = {arm.name: _settings(arm, results) for arm in results.arms}
    names: dict[str, None] = {name: None for each in every.values() for name in each}
    apart = [name for name in names if len({str(each.get(name)) for each in every.values()}) > 1]
    return {arm: {name: each.get(name) for name in apart} for arm, each in every.items()}


def _settings(arm: Arm, results: Results) -> dict[str, Any]:
    found = dict(_leaves(arm.scenario.model_dump(mode="json"), ""))
    first = results.summaries[arm.name, results.worlds[0]].decisions if results.worlds else []
    started = first[0]["levers"] if first and first[0]["week"] == 0 else {}
    return found | dict(_leaves(started, "decision."))


def _leaves(data: dict[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{name}.")
        elif not isinstance(value, list | tuple):
            yield before + name, value


def responses(results: Results, confidence: float = 0.95) -> dict[tuple[str, str], Response]:
    """Return mean and rank of every figure of every arm, by names of arm and figure.

    A rank is given only where subset selection gives it: the best is among those that it keeps;
    where it keeps one alone, that one is "best". At half the error, so that a rank never says more
    than the two-sided intervals of the differences.
    """
    found = {}
    for kpi in results.kpis:
        values = {arm.name: results.values(arm.name, kpi.name) for arm in results.arms}
        ranks = _ranks(values, kpi, (1.0 - confidence) / 2.0)
        for name, each in values.items():
            mean = paired_difference(each, confidence)
            found[name, kpi.name] = Response(mean, ranks[name])
    return found


def _ranks(values: dict[str, list[float]], kpi: Kpi, alpha: float) -> dict[str, Rank]:
    from simkit.study.statistics.screening import screen

    nothing: dict[str, Rank] = dict.fromkeys(values, "")
    worlds = [w for w in zip(*values.values(), strict=True) if all(map(math.isfinite, w))]
    if kpi.better == "in_band" or len(values) < 2 or len(worlds) < 2:
        return nothing
    kept = screen(dict(zip(values, map(list, zip(*worlds, strict=True)), strict=True)),
                  kpi.better, alpha)  # fmt: skip
    if len(kept) == len(values):
        return nothing
    rank: Rank = "best" if len(kept) == 1 else "may be best"
    return {name: rank if name in kept else "not best" for name in values}


# Sheets


def weekly_table(results: Results) -> "pd.DataFrame":
    """Return the mean over worlds of the weekly figures; columns: arm, week (from 1), figures."""
    import pandas as pd

    rows = []
    for arm in results.arms:
        each = [results.summaries[arm.name, world].weekly for world in results.worlds]
        for week in range(arm.scenario.weeks):
            means = {f: math.fsum(w[f][week] for w in each) / len(each) for f in WEEKLY}
            rows.append({"arm": arm.name, "week": week + 1, "worlds": len(each), **means})
    return pd.DataFrame(rows)


def decision_groups(results: Results, arm: str) -> list[tuple[list[int], list[dict[str, Any]]]]:
    """Return the different lists of decisions of an arm, each with the worlds that had it."""
    groups: list[tuple[list[int], list[dict[str, Any]]]] = []
    places: dict[str, int] = {}
    for world in results.worlds:
        decisions = results.summaries[arm, world].decisions
        place = places.setdefault(repr(decisions), len(groups))
        if place == len(groups):
            groups.append(([], decisions))
        groups[place][0].append(world)
    return groups


def decision_rows(results: Results) -> Iterator[tuple[str, str, int, str, str]]:
    """Yield arm, worlds, week (from 1), lever and value of every change after the first week.

    Of the first week: the levers in which the arms differ.
    """
    apart = {name.split(".")[1] for each in controls(results).values() for name in each
             if name.startswith("decision.")}  # fmt: skip
    for arm in results.arms:
        for worlds, decisions in decision_groups(results, arm.name):
            for change in decisions:
                for lever, value in change["levers"].items():
                    if change["week"] or lever in apart:
                        said = numbers_in_words(worlds)
                        yield arm.name, said, change["week"] + 1, lever, str(value)


def numbers_in_words(numbers: Sequence[int]) -> str:
    """Return numbers in short: "0-9, 12"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
