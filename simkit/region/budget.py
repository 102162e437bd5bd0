"""Money for levers: what a decision costs a week, and what happens when the money is gone."""

from collections.abc import Callable, Iterator

from simkit.region.decision import Decision, starting_decision
from simkit.region.responses import Responses
from simkit.region.state import World
from simkit.region.talks import Talks

Item = tuple[str, float, Callable[[Decision], Decision]]
"""A lever, its cost of this week, and what becomes of the decision without the money."""


class Budget:
    """The free money of the region: renewed every quarter, spent on levers every week."""

    def __init__(self, world: World, responses: Responses, talks: Talks) -> None:
        self.world, self.responses, self.costs = world, responses, world.scenario.costs
        self.talks = talks
        self.start = starting_decision(world.scenario)
        self.left = 0.0
        self.reserve = self.costs.reserve
        self._released = 0.0

    def week(self, decision: Decision) -> Decision:
        """Pay for the week's levers; return the decision without what could not be paid."""
        self._renew(decision)
        for name, cost, without in self._items(decision):
            if cost > self.left and cost > 0:
                self.world.say("not_done", amount=cost, detail=name)
                decision = without(decision)
            elif cost:
                self.left -= cost
                self.world.say("cost", amount=cost, detail=name)
        return decision

    def _renew(self, decision: Decision) -> None:
        if self.world.week >= 0 and self.world.week % 13 == 0:
            self.left += self.costs.budget_per_quarter
        more = min(self.reserve, max(0.0, decision.release_reserve - self._released))
        self._released = max(self._released, decision.release_reserve)
        self.reserve -= more
        self.left += more

    def _items(self, decision: Decision) -> Iterator[Item]:
        yield from self._people(decision)
        yield from self._places(decision)
        yield from self._desks(decision)
        yield from self._answers()

    def _people(self, decision: Decision) -> Iterator[Item]:
        reps = self.world.reps
        days = sum(days for name, days in decision.training_days.items() if name in reps)
        yield "training_days", days * self.costs.training_day, _but(training_days={})
        hours = decision.coaching_hours * len(self.world.reps)
        yield "coaching_hours", hours * self.costs.coaching_hour, _but(coaching_hours=0.0)
        hours = decision.recognition_hours * len(reps)
        yield "recognition_hours", hours * self.costs.coaching_hour, _but(recognition_hours=0.0)
        hours = self.talks.hours(decision)
        cost = hours * self.costs.coaching_hour
        yield "target_talks", cost, _without_reasons
        money = decision.career_budget / 52.0 * len(reps)
        yield "career_budget", money, _but(career_budget=0.0)
        leaving = sum(name in reps for name in decision.dismissals)
        cost = leaving * self.costs.severance
        yield "dismissals", cost, _but(dismissals=())
        cost = decision.recruiting_budget * self.world.vacancies
        yield "recruiting_budget", cost, _but(recruiting_budget=0.0)

    def _places(self, decision: Decision) -> Iterator[Item]:
        """Levers that cost by territory: dropped where the money does not reach."""
        for name in self.world.territories:
            levers = self.world.levers[name]
            yield "promotion", levers.promotion, _but_at(name, promotion=0.0)
            cost = self.costs.backup_retainer_week if levers.backup_supplier else 0.0
            yield "backup_supplier", cost, _but_at(name, backup_supplier=False)

    def _desks(self, decision: Decision) -> Iterator[Item]:
        """People at desks beyond those of the scenario; fewer people give money back."""
        sets = 1 if self.world.scenario.desks.shared else len(self.world.territories)
        unit = self.costs.desk_person_week * sets
        for name in ("quote_staff", "legal_staff", "delivery_staff", "dispatch_crews"):
            usual = getattr(self.start, name)
            more = (getattr(decision, name) or 0) - (usual or 0)
            yield name, more * unit, _but(**{name: usual})
        usual_hours = self.start.complaint_hours
        more_hours = (decision.complaint_hours - usual_hours) * sets
        cost = more_hours * self.costs.service_hour
        yield "complaint_hours", cost, _but(complaint_hours=usual_hours)
        yield "vip_hours", decision.vip_hours * self.costs.service_hour, _but(vip_hours=0.0)

    def _answers(self) -> Iterator[Item]:
        for name, _, cost in self.responses.wanted():
            yield name, cost, _without_answer(name)


def _but(**changes: object) -> Callable[[Decision], Decision]:
    return lambda decision: decision.but(**changes)


def _without_reasons(decision: Decision) -> Decision:
    told = {name: way for name, way in decision.target_talks.items() if way != "explained"}
    return decision.but(target_talks=told)


def _but_at(territory: str, **changes: object) -> Callable[[Decision], Decision]:
    return lambda decision: decision.but_at(territory, **changes)


def _without_answer(name: str) -> Callable[[Decision], Decision]:
    return lambda decision: decision.but(answers=tuple(a for a in decision.answers if a != name))
