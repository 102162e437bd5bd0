"""The truth of a drift drill, and what was declared held against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simkit.scenario.drift import NO_DRIFT
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.training.drift import struck
from simkit.training.drift_debrief.notes import EVERYWHERE, Declaration, Written

QUICK_WEEKS = 2
"""A false alarm taken back within so many weeks counts half (assumption)."""
QUICK_WEIGHT = 0.5
NOTHING = Text(en="nothing drifts", zh="没有漂移")


@dataclass(frozen=True)
class Truth:
    """What really happened.

    `start`: the first week of the game that was changed; None where nothing is to be repaired: no
    drift at all, or a season that comes every year. `places`: territories and reps that were
    struck; none of them means the whole region. `newcomers`: territories in which somebody new took
    over the post of who was struck. `harmless`: whether all of it is only in what is reported.
    """

    cause: str
    name: Text
    """Of the cause, as the watch calls it."""
    title: Text | None = None
    story: Text | None = None
    lesson: Text | None = None
    start: int | None = None
    places: tuple[str, ...] = ()
    newcomers: tuple[str, ...] = ()
    season: bool = False
    late: bool = False
    harmless: bool = False

    @property
    def calm(self) -> bool:
        """Whether an alarm is false whenever it comes."""
        return self.start is None


def truth_of(scenario: Scenario) -> Truth:
    """Return the hidden truth of a drill; a drill without `drift` is one without drift."""
    drift, watch = scenario.drift, scenario.watch
    causes = {each.id: each.name for each in watch.causes} if watch else {}
    if drift is None:
        return Truth(NO_DRIFT, causes.get(NO_DRIFT, NOTHING), harmless=True)
    calm = drift.cause == NO_DRIFT or drift.every_year
    homes = {rep.id: rep.territory for rep in scenario.reps}
    replaced = [str(h.who) for h in drift.happenings if h.what == "rep_replaced"]
    only_late = drift.late_entry is not None and not (drift.effects or drift.happenings)
    return Truth(
        drift.cause,
        causes.get(drift.cause, drift.name),
        drift.name,
        drift.story,
        drift.lesson,
        None if calm else max(0, drift.start_week),
        tuple(struck(drift)),
        tuple(homes[who] for who in replaced if who in homes),
        drift.every_year,
        drift.late_entry is not None,
        calm or only_late,
    )


@dataclass(frozen=True)
class Alarm:
    """An alarm: raised in `week`, taken back in `back`; None: it stood to the end.

    `false`: raised before the drift had shown in a week, or where nothing is to be repaired.
    """

    week: int
    cause: str
    place: str
    sure: float | None
    back: int | None
    false: bool

    @property
    def weight(self) -> float:
        """What it counts as a false alarm."""
        if not self.false:
            return 0.0
        quick = self.back is not None and self.back - self.week <= QUICK_WEEKS
        return QUICK_WEIGHT if quick else 1.0


def alarms_of(declarations: Sequence[Declaration], truth: Truth) -> tuple[Alarm, ...]:
    """Return the alarms: from a declaration of drift to the one that takes it back.

    A declaration of another cause while an alarm stands revises it and is no new alarm.
    """
    found, raised = list[Alarm](), None
    for said in declarations:
        if said.alarm and raised is None:
            raised = said
        elif not said.alarm and raised is not None:
            found.append(_alarm(raised, said.week, truth))
            raised = None
    return tuple(found if raised is None else [*found, _alarm(raised, None, truth)])


def _alarm(raised: Declaration, back: int | None, truth: Truth) -> Alarm:
    # What is declared before week w is played has seen the weeks before w.
    false = truth.start is None or raised.week <= truth.start
    return Alarm(raised.week, raised.cause, raised.place, raised.sure, back, false)


def found_in(declarations: Sequence[Declaration], truth: Truth) -> int | None:
    """Return the week in which the drift was found: of the first alarm that is not before it.

    An alarm that stands since before the start finds nothing unless its cause is changed later: who
    has cried for weeks has not seen anything.
    """
    standing: str | None = None
    for said in declarations:
        new = said.alarm and said.cause != standing
        if new and truth.start is not None and said.week > truth.start:
            return said.week
        standing = said.cause if said.alarm else None
    return None


@dataclass(frozen=True)
class Judged:
    """What was declared, judged; `None` where nothing was said and the drill is not over."""

    alarms: tuple[Alarm, ...]
    found: int | None
    delay: int | None
    """Weeks from the true start until the drift was found."""
    false_alarms: int
    false_weight: float
    """The same with alarms that were soon taken back at half."""
    cause: str | None
    cause_right: bool | None
    place: str | None
    place_right: float | None
    """1 right, 0.5 near, 0 not; None where there is no place to name."""


def judge(written: Written, truth: Truth, finished: bool, at_home: Mapping[str, str]) -> Judged:
    """Return what was declared, held against the truth; `at_home`: the territory of each rep."""
    alarms, found = (
        alarms_of(written.declarations, truth),
        found_in(written.declarations, truth),
    )
    false = [alarm for alarm in alarms if alarm.false]
    cause = _said(written, finished)
    place = next((d.place for d in reversed(written.declarations) if d.alarm), None)
    return Judged(
        alarms,
        found,
        None if found is None or truth.start is None else found - truth.start,
        len(false),
        sum(alarm.weight for alarm in false),
        cause,
        None if cause is None else cause == truth.cause,
        place,
        _place_right(place, truth, finished, at_home),
    )


def _said(written: Written, finished: bool) -> str | None:
    """The last word on the cause; who says nothing to the end says that nothing drifts."""
    if written.cause is not None:
        return written.cause
    if written.declarations:
        return written.declarations[-1].cause
    return NO_DRIFT if finished else None


def _place_right(
    place: str | None, truth: Truth, finished: bool, at_home: Mapping[str, str]
) -> float | None:
    if truth.calm or (place is None and not finished):
        return None
    if not truth.places:
        return float(place == EVERYWHERE)
    if place is None:
        return 0.0
    # The code of who came later begins with the territory: "suzhou-v1b".
    came_to = "" if place in at_home else place.rpartition("-v")[0]
    if place in truth.places or came_to in truth.newcomers:
        return 1.0
    homes = {at_home.get(name) for name in truth.places}
    near = place in homes or at_home.get(place, came_to) in truth.places
    return 0.5 if near else 0.0
