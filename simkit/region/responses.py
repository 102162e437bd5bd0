"""What the manager asked for against shocks: since when, how far it is, whether it acts.

A measure first waits for the working days of its department, then for its delay. Each department
gives its weekly days to the requests in the order of their priority level (P1 before P2 before
P3), then of the week they were asked in: when everything is P1, nothing is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from simkit.region.state import World
from simkit.scenario.drift import Action
from simkit.scenario.shocks import Effect, Measure, Preparation

USUAL_PRIORITY = 2
PREPARED = "prepared"
"""What stands before the colon in the name of a preparation, where an answer has its shock."""
ACTION = "action"
"""The same of an action, which is against nothing in particular."""


@dataclass(slots=True)
class Request:
    """A measure that was asked for and is still wanted."""

    name: str
    measure: Measure
    asked_week: int
    days_left: float
    ready_week: int | None = None
    """The week from which it acts; None while the department has not finished."""

    def acts(self, week: int) -> bool:
        """Return whether its effects are there in `week`."""
        return self.ready_week is not None and week >= self.ready_week


class Responses:
    """Keeps the requests, and turns shocks and measures into factors on everything."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests: dict[str, Request] = {}
        self._paid: set[str] = set()
        scenario = world.scenario
        self._shocks = sorted(scenario.shocks, key=lambda shock: shock.id)
        self._answers = {
            f"{shock.id}:{answer.id}": (shock, answer)
            for shock in self._shocks
            for answer in shock.answers
        }
        self._preparations = {f"{PREPARED}:{each.id}": each for each in scenario.preparations}
        self._actions: dict[str, Action] = {
            f"{ACTION}:{each.id}": each for each in scenario.all_actions
        }
        self._drift = scenario.drift
        self._days = {each.id: each.days_per_week for each in scenario.departments}

    # What is asked for

    def wanted(self) -> Iterator[tuple[str, Measure, float]]:
        """Yield what is asked for this week, with what it costs this week.

        An answer can be asked for while its shock goes on, from the week after it became known.
        """
        for name, measure in self._asked():
            first = 0.0 if name in self._paid else measure.cost_once
            yield name, measure, measure.cost_per_week + first

    def offered(self, week: int) -> Iterator[tuple[str, Measure, tuple[str, ...]]]:
        """Yield what may be asked for in `week`, with the ids of the shocks it is against."""
        for name, each in self._preparations.items():
            yield name, each, each.against
        for name, action in self._actions.items():
            yield name, action, ()
        for name, (shock, answer) in self._answers.items():
            if shock.known_week < week < shock.end_week:
                yield name, answer, (shock.id,)

    def _asked(self) -> Iterator[tuple[str, Measure]]:
        decision, week = self.world.decision, self.world.week
        for name, each in (self._preparations | self._actions).items():
            if name in decision.answers:
                yield name, each
        for name, (shock, answer) in self._answers.items():
            if name in decision.answers and shock.known_week < week < shock.end_week:
                yield name, answer

    def week(self) -> None:
        """Begin a week, after the budget dropped what could not be paid: work, act, stop."""
        asked = dict(self._asked())
        for name in [name for name in self.requests if name not in asked]:
            del self.requests[name]
        for name, measure in asked.items():
            self._paid.add(name)
            if name not in self.requests:
                request = Request(name, measure, self.world.week, measure.work_days)
                self.requests[name] = request
                if not measure.work_days:
                    self._ready(request)
        self._work()
        self._say_who_acts()
        self._set_conditions()

    def _work(self) -> None:
        """Let every department spend this week's days on the requests, the most urgent first."""
        left = dict(self._days)
        for request in sorted(self.requests.values(), key=self._urgency):
            department = request.measure.department
            if request.days_left > 0 and department is not None:
                spent = min(request.days_left, left[department])
                left[department] -= spent
                request.days_left -= spent
                if request.days_left <= 0:
                    # The work of this week is over on Friday.
                    self._ready(request, 1)

    def _urgency(self, request: Request) -> tuple[int, int, str]:
        priority = self.world.decision.priorities.get(request.name, USUAL_PRIORITY)
        return priority, request.asked_week, request.name

    def _ready(self, request: Request, later: int = 0) -> None:
        request.ready_week = self.world.week + request.measure.delay_weeks + later

    def _say_who_acts(self) -> None:
        for request in self.requests.values():
            if request.ready_week == self.world.week:
                self.world.say("answer_acts", detail=request.name)

    # What is multiplied

    def _set_conditions(self) -> None:
        """Renew the factors on everything from the shocks of this week and what acts on them."""
        world, week = self.world, self.world.week
        found: dict[tuple[str, str], list[float]] = {}
        for effect in self._effects(week):
            places = world.territories if effect.where == "all" else [effect.where]
            for place in places:
                found.setdefault((effect.what, place), []).append(effect.multiply)
        factors = world.conditions.factors
        factors.clear()
        for key, values in found.items():
            product = 1.0
            for value in sorted(values):  # the same bits in whatever order shocks are listed
                product *= value
            factors[key] = product  # type: ignore[index]

    def _effects(self, week: int) -> Iterator[Effect]:
        going_on = {s.id: s for s in self._shocks if s.start_week <= week < s.end_week}
        for shock in going_on.values():
            yield from _now(shock.effects, week - shock.start_week)
        if self._drift:
            yield from self._drift.effects_in(week)
        for request in self.requests.values():
            measure = request.measure
            if not request.acts(week) or request.ready_week is None:
                continue
            since = request.ready_week
            if isinstance(measure, Preparation):
                starts = [going_on[name].start_week for name in measure.against if name in going_on]
                if not starts:
                    continue
                since = max(since, min(starts))
            yield from _now(measure.effects, week - since)
            if self._drift and isinstance(measure, Action):
                yield from self._drift.cured(measure.id, week, since)


def _now(effects: tuple[Effect, ...], age_weeks: int) -> Iterator[Effect]:
    return (effect for effect in effects if effect.holds(age_weeks))
