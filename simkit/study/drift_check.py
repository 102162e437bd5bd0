"""What a drift drill from a file lacks that the region's data alone cannot tell."""

from collections.abc import Iterator

from simkit.kpi.scorecard import load_scorecard
from simkit.kpi.weekly import FIGURES
from simkit.scenario.drift import NO_DRIFT, Drift, Watch, struck
from simkit.scenario.record import Loc, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario


def drift_mistakes(scenario: Scenario) -> Iterator[tuple[Loc, str]]:
    """Yield (loc, message) for what makes a drill that cannot be watched, played or scored.

    Asked of files only: shortening a drill must stay possible.
    """
    if scenario.watch:
        yield from _of_the_watch(scenario.watch)
    if scenario.drift and scenario.drift.cause != NO_DRIFT:
        yield from _of_the_dates(scenario.drift, scenario.weeks)
        yield from _of_the_family(scenario.drift)


def _of_the_watch(watch: Watch) -> Iterator[tuple[Loc, str]]:
    for index, cause in enumerate(watch.causes):
        for name in cause.figures:
            if name not in FIGURES:
                hint = did_you_mean(name, FIGURES)
                message = f"there is no weekly figure '{name}'{hint}"
                yield ("watch", "causes", index, "figures", name), message
    if not watch.tools:
        yield ("watch", "tools"), "must name one tool at least: nothing could be looked into"
    least = min([*watch.tools.values(), *(voice.hours for voice in watch.voices)], default=0.0)
    if watch.hours_per_week < least:
        message = f"must allow the cheapest tool or voice, which takes {least:g} h"
        yield ("watch", "hours_per_week"), message
    try:
        load_scorecard(watch.scorecard, "drift")
    except ScenarioError as error:
        yield ("watch", "scorecard"), error.problems[0].message


def _of_the_dates(drift: Drift, weeks: int) -> Iterator[tuple[Loc, str]]:
    """A drift has to begin while somebody watches; what comes every year may begin before."""
    latest = weeks - 2
    text = f"must lie from 0 to {latest}, so that the {weeks} weeks of the drill show it; is "
    if drift.start_week > latest or (drift.start_week < 0 and not drift.every_year):
        yield ("drift", "start_week"), f"{text}{drift.start_week}"
    found = drift.family.start_week
    if found and found[1] > latest:
        yield ("drift", "family", "start_week"), f"{text}[{found[0]:g}, {found[1]:g}]"


def _of_the_family(drift: Drift) -> Iterator[tuple[Loc, str]]:
    """Whom or where a family may strike must hold what the file strikes, or nothing is swapped."""
    hit = struck(drift)
    for name in ("where", "who"):
        names = getattr(drift.family, name)
        if names and not {*names} & {*hit}:
            message = f"must hold what this drift strikes: {', '.join(hit) or 'nothing named'}"
            yield ("drift", "family", name), message
