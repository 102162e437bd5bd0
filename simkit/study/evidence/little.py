"""Little's law, L = lambda W, exactly, for every queue of a lively region.

The area under the number inside comes from the instants of entering and leaving alone, without
looking who it is; the stays come from what the engine says of each job (its wait, its age), or from
matching who came and who went. Both are exact, so they agree but for rounding.
"""

from collections.abc import Iterator

from simkit.region.events import Event
from simkit.region.simulation import Simulation
from simkit.study.evidence.families import Rows, Task, between, cases, family
from simkit.study.evidence.row import exact_row, missing_row
from simkit.study.evidence.worlds import play, region
from simkit.study.stays import Queue

SOURCE = "Little 1961, Oper. Res. 9"
DESKS = ("quote", "legal", "delivery")
CLOSED = ("won", "lost", "no_decision")


@family
def little(weeks: int = 26, seed: int = 1) -> Rows:
    """L = lambda W for every queue of the default region, to rounding."""
    between(1, 104, weeks=weeks)
    between(0, 2**31, seed=seed)
    simulation = play(region(weeks), seed)
    end = 5.0 * simulation.week
    length = end + 5.0 * simulation.scenario.warm_up_weeks
    rows = []
    for name, queue in queues_of(simulation).items():
        what = "mean number inside, from its path; expected: arrivals a day x mean stay"
        expected, seen = queue.stays(end) / length, queue.area(end) / length
        if expected or seen:
            rows.append(exact_row(name, what, SOURCE, expected, [seen]))
        else:
            note = "nothing came in these weeks" if not queue.came else "it takes no time here"
            rows.append(missing_row(name, "exact", what, SOURCE, note))
    return rows


def queues_of(simulation: Simulation) -> dict[str, Queue]:
    """Return the queues of a run by name."""
    queues = {name: Queue() for name in _names()}
    events = sorted(simulation.world.log, key=lambda event: event[0])
    stage: dict[str, str] = {}
    answers = {e[5]: e[6] for e in events if e[1] == "visit" and e[5]}
    for event in events:
        _desks(queues, event)
        _leads(queues, event, answers)
        _opportunities(queues, event, stage)
        _orders(queues, event)
        _posts(queues, event)
    return queues


def _names() -> Iterator[str]:
    for desk in DESKS:
        yield from (f"waiting at the {desk} desk", f"in work at the {desk} desk")
    yield from ("leads not answered yet", "open opportunities")
    yield from (f"stage {name}" for name in ("qualify", "quote", "negotiate", "contract"))
    yield from ("projects to deliver", "goods on order", "orders not delivered yet")
    yield from ("open complaints", "customers", "vacant posts")


def _desks(queues: dict[str, Queue], event: Event) -> None:
    day, kind, _, _, _, who, amount, desk = event
    if desk not in DESKS or kind not in ("desk_in", "desk_start", "desk_out", "gave_up"):
        return
    waiting, work = queues[f"waiting at the {desk} desk"], queues[f"in work at the {desk} desk"]
    if kind == "desk_in":
        waiting.came.append((day, who, 1.0))
    elif kind == "desk_out":
        work.left.append((day, who, 1.0, amount))
    else:
        waiting.left.append((day, who, 1.0, amount))
    if kind == "desk_start":
        work.came.append((day, who, 1.0))


def _leads(queues: dict[str, Queue], event: Event, answers: dict[str, float]) -> None:
    """A lead is inside until its answer is over: hours in the inbox, and the days of the answer."""
    day, kind, _, _, _, who, amount, _ = event
    queue = queues["leads not answered yet"]
    if kind == "lead":
        queue.came.append((day, who, 1.0))
    elif kind == "lead_touched":
        queue.left.append((day, who, 1.0, amount / 8.0 + answers[who]))
    elif kind == "lead_expired":
        queue.left.append((day, who, 1.0, None))


def _opportunities(queues: dict[str, Queue], event: Event, stage: dict[str, str]) -> None:
    day, kind, _, _, _, who, amount, detail = event
    if kind == "opportunity":
        queues["open opportunities"].came.append((day, who, 1.0))
    elif kind in CLOSED:
        queues["open opportunities"].left.append((day, who, 1.0, None))
    elif kind == "project_delivered":
        queues["projects to deliver"].left.append((day, who, 1.0, amount))
    if kind == "won":
        queues["projects to deliver"].came.append((day, who, 1.0))
    if kind == "stage" or kind in CLOSED:
        if who in stage:
            queues[f"stage {stage.pop(who)}"].left.append((day, who, 1.0, None))
        if kind == "stage":
            queues[f"stage {detail}"].came.append((day, who, 1.0))
            stage[who] = detail


COMES = {"order": "orders not delivered yet", "complaint": "open complaints"}
LEAVES = {"delivered": "orders not delivered yet", "complaint_closed": "open complaints"}


def _orders(queues: dict[str, Queue], event: Event) -> None:
    """Goods are known by place and amount, orders and complaints by customer and instant."""
    day, kind, place, _, who, _, amount, _ = event
    if kind in COMES:
        queues[COMES[kind]].came.append((day, (who, round(day, 6)), 1.0))
    elif kind in LEAVES:
        queues[LEAVES[kind]].left.append((day, (who, round(day - amount, 6)), 1.0, amount))
    elif kind == "stock_ordered":
        queues["goods on order"].came.append((day, (place, amount), amount))
    elif kind == "stock_received":
        queues["goods on order"].left.append((day, (place, amount), amount, None))
    elif kind == "account":
        queues["customers"].came.append((day, who, 1.0))
    elif kind == "account_lost":
        queues["customers"].left.append((day, who, 1.0, None))


def _posts(queues: dict[str, Queue], event: Event) -> None:
    day, kind, _, _, _, _, amount, post = event
    if kind == "vacancy":
        queues["vacant posts"].came.append((day, post, 1.0))
    elif kind == "rep_hired":
        queues["vacant posts"].left.append((day, post, 1.0, 5.0 * amount))
    elif kind == "vacancy_closed":
        queues["vacant posts"].left.append((day, post, 1.0, None))


TASKS: list[Task] = cases(little, 1.5, {})
