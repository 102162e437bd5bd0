"""M8: desks with limited staff, an order of work, and customers who do not wait for ever.

A desk is a counter, a heap of waiting jobs and callbacks on timeouts: no process per job. It is
G/G/c with impatience, the order of work non-preemptive.
"""

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from simkit.region.draws import duration, exponential
from simkit.region.state import Opportunity, World
from simkit.scenario.firm_blocks import Desk as DeskSettings
from simkit.scenario.shocks import Condition


@dataclass(slots=True, eq=False)
class Job:
    """A piece of work at a desk."""

    opportunity: Opportunity
    arrived: float
    days: float
    done: Callable[[Opportunity], None]
    gave_up: Callable[[Opportunity], None]
    waiting: bool = True


class Desk:
    """One desk: work comes in, waits, is done, or its customer gives up."""

    def __init__(self, world: World, name: str, settings: DeskSettings) -> None:
        self.world, self.name, self.settings = world, name, settings
        self.staff = settings.staff
        self.busy = 0
        self._queue: list[tuple[float, float, str, Job]] = []

    @property
    def waiting(self) -> int:
        """Number of jobs that wait."""
        return sum(job.waiting for *_, job in self._queue)

    def sort_again(self) -> None:
        """Put the waiting work in the order of a changed priority rule."""
        jobs = [job for *_, job in self._queue if job.waiting]
        self._queue = [(self._rank(j.opportunity), j.arrived, j.opportunity.id, j) for j in jobs]
        heapify(self._queue)

    def set_staff(self, staff: int | None) -> None:
        """Change the staff; work that has begun is finished even when people are taken away."""
        self.staff = staff
        self._start_next()

    def enter(
        self,
        opportunity: Opportunity,
        luck: tuple[float, float],
        factor: float,
        done: Callable[[Opportunity], None],
        gave_up: Callable[[Opportunity], None],
    ) -> None:
        """Bring in work; `luck` decides service time and patience, `factor` stretches the work.

        The customer gives up at once when there is no room.
        """
        world, settings = self.world, self.settings
        days = settings.service_days * duration(luck[0], settings.law, settings.cv)
        condition: Condition = f"{self.name}_time"  # type: ignore[assignment]
        days *= factor * world.conditions.of(condition, opportunity.territory)
        job = Job(opportunity, world.env.now, days, done, gave_up)
        self._say("desk_in", job, 0.0)
        if settings.room is not None and self.busy + self.waiting >= settings.room:
            self._give_up(job)
            return
        heappush(self._queue, (self._rank(opportunity), job.arrived, opportunity.id, job))
        self._start_next()
        if job.waiting and settings.patience_per_week > 0:
            patience = exponential(luck[1]) * 5.0 / settings.patience_per_week
            world.after(patience, lambda: self._give_up(job))

    def _rank(self, opportunity: Opportunity) -> float:
        rule = self.world.decision.priority_rule
        sign = {"first_come": 0.0, "large_first": -1.0, "small_first": 1.0}[rule]
        return sign * opportunity.value

    def _say(self, kind: str, job: Job, amount: float) -> None:
        opp = job.opportunity
        rep = opp.rep.id if opp.rep else ""
        self.world.say(
            kind, opp.territory, rep, opportunity=opp.id, amount=amount, detail=self.name
        )

    def _start_next(self) -> None:
        while self._queue and (self.staff is None or self.busy < self.staff):
            job = heappop(self._queue)[-1]
            if job.waiting:
                job.waiting = False
                self.busy += 1
                self._say("desk_start", job, self.world.env.now - job.arrived)
                self.world.after(job.days, lambda job=job: self._finish(job))  # type: ignore[misc]

    def _finish(self, job: Job) -> None:
        self.busy -= 1
        self._say("desk_out", job, job.days)
        self._start_next()
        job.done(job.opportunity)

    def _give_up(self, job: Job) -> None:
        if job.waiting:
            job.waiting = False
            self._say("gave_up", job, self.world.env.now - job.arrived)
            job.gave_up(job.opportunity)


def desk_sets(world: World) -> dict[str, dict[str, Desk]]:
    """Return the desks by territory and name: the same ones for all when they are shared."""
    settings = world.scenario.desks

    def one_set() -> dict[str, Desk]:
        return {
            name: Desk(world, name, getattr(settings, name))
            for name in ("quote", "legal", "delivery")
        }

    shared = one_set()
    return {name: shared if settings.shared else one_set() for name in world.territories}


def review_factor(world: World, desk: str) -> float:
    """Return the factor on the work of a desk when contracts are reviewed beforehand, or not."""
    settings = world.scenario.desks
    if not world.decision.pre_review:
        return 1.0
    factors = {"quote": settings.pre_review_quote_factor, "legal": settings.pre_review_legal_factor}
    return factors.get(desk, 1.0)
