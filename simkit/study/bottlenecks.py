"""What opens a bottleneck: remedies at every station of the line, played in the same worlds."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial, reduce
from operator import add
from typing import Any

from simkit.region.decision import Decision, starting_decision
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.responses import ACTION
from simkit.region.simulation import Simulation
from simkit.scenario.records import Scenario
from simkit.study.cache import cached
from simkit.study.deal_line import DESKS, Tally, cycle_days, stays_of, tallies
from simkit.study.desk_theory import DeskForecast, forecast_desk
from simkit.study.intervals import Difference, paired_difference, ratio_of
from simkit.study.outcome import outcome
from simkit.study.workers import Tell, World, play_worlds

AS_NOW = "as_now"
"""Name of the plan that changes nothing."""
EVERYWHERE = "everywhere"
"""What a priority rule is about."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that may open a bottleneck."""

    id: str
    relieves: str
    """A station, or `EVERYWHERE`."""
    changes: dict[str, Any]
    """The levers it sets."""
    cost_week: float = 0.0
    """Money a week, besides what it costs once."""
    cost_once: float = 0.0


@dataclass(frozen=True)
class LineRun:
    """What came of one plan in one world; money in the scenario's currency."""

    won: int
    contribution: float
    spent: float
    """On the levers that the plan changed, and on deals that nobody reviewed."""
    cycle: float
    """Mean days from opportunity to contract of the deals won; 0 where none was."""
    line: dict[str, Tally]
    """By station."""

    @classmethod
    def unpack(cls, data: Mapping[str, Any]) -> "LineRun":
        """Return what `asdict` made plain."""
        line = {name: Tally(**tally) for name, tally in data["line"].items()}
        return cls(**{**data, "line": line})


@dataclass(frozen=True)
class LineStudy:
    """Several plans, each played in the same worlds; `runs` lists them in order of worlds."""

    scenario: Scenario
    runs: dict[str, list[LineRun]]

    def gain(self, plan: str, of: Callable[[LineRun], float]) -> Difference:
        """Return how much more of a figure a plan has than things as they are; paired."""
        pairs = zip(self.runs[plan], self.runs[AS_NOW], strict=True)
        return paired_difference([of(new) - of(old) for new, old in pairs])

    def wait(self, plan: str, station: str) -> Difference:
        """Return the mean days of waiting at a station, over all worlds, with its interval."""
        found = [run.line[station] for run in self.runs[plan]]
        return ratio_of([t.waited for t in found], [float(t.waits) for t in found])

    def cycle(self, plan: str) -> Difference:
        """Return the mean days from opportunity to contract of the deals won."""
        runs = self.runs[plan]
        return ratio_of([r.cycle * r.won for r in runs], [float(r.won) for r in runs])

    def pooled(self, plan: str, station: str) -> Tally:
        """Return all worlds of a plan as one tally."""
        return reduce(add, (run.line[station] for run in self.runs[plan]))

    def mean(self, plan: str, of: Callable[[LineRun], float]) -> float:
        """Return the mean of a figure over the worlds."""
        return sum(map(of, self.runs[plan])) / len(self.runs[plan])


def remedies(scenario: Scenario) -> dict[str, Remedy]:
    """Return what may be tried in a region, by id, in the order of the line."""
    start, person = starting_decision(scenario), scenario.costs.desk_person_week
    more = min(0.5, round(1.5 * start.prospecting_share, 4))
    sets = 1 if scenario.desks.shared else len(scenario.territories)
    found = [
        Remedy("more_leads", "leads", {"prospecting_share": more}),
        Remedy("approval_limit", "approval", {"approval_limit": 10 * start.approval_limit}),
        Remedy("pre_review", "legal", {"pre_review": True}),
        *(_hire(scenario, desk, person * sets) for desk in DESKS),
        *(_act(action) for action in scenario.all_actions if _desk_of(action)),
        Remedy("large_first", EVERYWHERE, {"priority_rule": "large_first"}),
        Remedy("small_first", EVERYWHERE, {"priority_rule": "small_first"}),
    ]
    order = ["leads", "quote", "approval", "legal", "delivery", EVERYWHERE]
    return {each.id: each for each in sorted(found, key=lambda r: order.index(r.relieves))}


def _hire(scenario: Scenario, desk: str, cost_week: float) -> Remedy:
    lever = f"{desk}_staff"
    usual = getattr(starting_decision(scenario), lever)
    return Remedy(lever, desk, {lever: None if usual is None else usual + 1}, cost_week)


def _desk_of(action: Any) -> str:
    names = [effect.what.removesuffix("_time") for effect in action.effects]
    return next((name for name in names if name in DESKS), "")


def _act(action: Any) -> Remedy:
    name = f"{ACTION}:{action.id}"
    changes = {"answers": (name,)}
    return Remedy(name, _desk_of(action), changes, action.cost_per_week, action.cost_once)


def together(chosen: list[Remedy]) -> dict[str, Any]:
    """Return the levers of several remedies at once; of two priority rules the last one."""
    changes: dict[str, Any] = {}
    for remedy in chosen:
        answers = changes.get("answers", ()) + remedy.changes.get("answers", ())
        changes |= remedy.changes | ({"answers": answers} if answers else {})
    return changes


def line_study(
    scenario: Scenario,
    plans: Mapping[str, Mapping[str, Any]],
    worlds: int = 16,
    workers: int = 2,
    tell: Tell = lambda done, total: None,
    first_seed: int = 1,
) -> LineStudy:
    """Play every plan, and things as they are, in the same worlds (seeds from `first_seed` on).

    `plans`: name to the levers that differ from the scenario's, from week 0 on. A plan that was
    played before comes from the disk. `tell(done, total)` hears of every world played; what it
    raises ends the study. Raises ValueError for levers that do not exist, or a plan "as_now".
    """
    if AS_NOW in plans:
        raise ValueError(f"the name {AS_NOW!r} is that of things as they are")
    todo: dict[str, Mapping[str, Any]] = {AS_NOW: {}, **plans}
    start, total = starting_decision(scenario), worlds * (len(plans) + 1)
    seeds, runs = range(first_seed, first_seed + worlds), {}
    for place, (name, changes) in enumerate(todo.items()):
        decision, done = start.but(**changes), worlds * place
        hear = partial(_tell, tell, done, total)
        play = partial(_play, scenario, decision, seeds, workers, hear)
        inputs = {
            "scenario": scenario.model_dump(mode="json"),
            "decision": decision.model_dump(mode="json"),
            "seeds": [*seeds],
        }
        runs[name] = cached("line", inputs, play, _pack, _unpack)
        tell(done + worlds, total)
    return LineStudy(scenario, runs)


def _tell(tell: Tell, before: int, total: int, done: int, _: int) -> None:
    tell(before + done, total)


def _play(
    scenario: Scenario, decision: Decision, seeds: range, workers: int, tell: Tell
) -> list[LineRun]:
    decisions = [decision] * scenario.weeks
    tasks = [World(scenario, seed, decisions) for seed in seeds]
    return play_worlds(tasks, line_run, workers, tell)


def _pack(runs: list[LineRun]) -> list[dict[str, Any]]:
    return [asdict(run) for run in runs]


def _unpack(data: list[dict[str, Any]]) -> list[LineRun]:
    return [LineRun.unpack(each) for each in data]


def line_run(simulation: Simulation) -> LineRun:
    """Return what came of the weeks played."""
    log, end = simulation.world.log, float(DAYS_PER_WEEK * simulation.week)
    cycles = [*cycle_days(log, 0.0, end)]
    spent = _spent(log, simulation.decision, starting_decision(simulation.scenario))
    cycle = sum(cycles) / len(cycles) if cycles else 0.0
    line = line_of(simulation, 0.0, end)
    return LineRun(len(cycles), outcome(simulation).contribution, spent, cycle, line)


def line_of(simulation: Simulation, start: float, end: float) -> dict[str, Tally]:
    """Return the tally of every station from day `start` to before day `end`."""
    desks, chosen = simulation.scenario.desks, simulation.decision.approval_limit
    limits = (desks.approval_limit, chosen)
    return tallies(stays_of(simulation.world.log, desks.approval_days, limits), start, end)


def _spent(log: list[Event], decision: Decision, start: Decision) -> float:
    names = Decision.model_fields
    levers = {name for name in names if getattr(decision, name) != getattr(start, name)}
    levers |= {*decision.answers, "unreviewed"}
    return sum(e[6] for e in log if e[1] == "cost" and e[7] in levers and e[0] >= 0)


def forecast_of(
    scenario: Scenario, desk: str, tally: Tally, staff: int | None = None
) -> DeskForecast:
    """Return what theory expects of a desk with the arrivals and work of a tally.

    `staff`: another number of people; without it that of the scenario.
    Raises ValueError where nothing came, or the desk has no limit of staff.
    """
    settings = getattr(scenario.desks, desk)
    people = staff if staff is not None else settings.staff
    if people is None:
        raise ValueError("nobody waits at a desk without a limit of staff")
    patience = settings.patience_per_week / DAYS_PER_WEEK
    return forecast_desk(tally.rate, tally.mean_work, tally.work_cv2, people, patience)
