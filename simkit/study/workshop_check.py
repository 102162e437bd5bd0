"""What a region must have for a target workshop, beyond what every region must."""

from collections.abc import Iterator

from simkit.kpi.catalogue import KPIS
from simkit.region.payroll import QUARTER
from simkit.scenario.record import Loc, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.targets import Targets


def workshop_mistakes(scenario: Scenario) -> Iterator[tuple[Loc, str]]:
    """Yield (place in the file, message) for all that keeps a region from being a workshop."""
    if scenario.targets is None:
        yield ("targets",), "this scenario is no target workshop: it needs the group 'targets'"
        return
    if scenario.weeks > QUARTER:
        yield ("weeks",), f"a target workshop plays one quarter: {QUARTER} weeks at most"
    if scenario.regions:
        yield ("regions",), "a target workshop is about one region: leave 'regions' out"
    yield from _people(scenario)
    yield from _leavers(scenario)
    yield from _unknown_kpis(scenario.targets)


def _people(scenario: Scenario) -> Iterator[tuple[Loc, str]]:
    """Targets are told to people: everybody has a name, and every territory somebody."""
    staffed = {rep.territory for rep in scenario.reps}
    for index, place in enumerate(scenario.territories):
        where = ("territories", index)
        if place.reps:
            yield (*where, "reps"), "targets are told to people: list the reps by name under 'reps'"
        elif place.id not in staffed:
            yield (*where, "id"), f"nobody works in '{place.id}': list a rep for it under 'reps'"


def _leavers(scenario: Scenario) -> Iterator[tuple[Loc, str]]:
    """A plan is of the reps there are; who leaves would take a part of it along."""
    if scenario.turnover.on:
        yield ("turnover", "on"), "every target is somebody's to the end: give 'on: false'"
    for i, shock in enumerate(scenario.shocks):
        for k, happening in enumerate(shock.happenings):
            if happening.what == "rep_leaves":
                where = ("shocks", i, "happenings", k, "what")
                yield where, "every target is somebody's to the end: let nobody leave here"


def _unknown_kpis(targets: Targets) -> Iterator[tuple[Loc, str]]:
    for index, stage in enumerate(targets.stages):
        for name in stage.weights:
            if name not in KPIS:
                where = ("targets", "stages", index, "weights", name)
                yield where, f"there is no KPI '{name}'{did_you_mean(name, KPIS)}"
