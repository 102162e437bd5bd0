"""Plan against conduct: the risks that were seen, what was prepared, what was done of the plan."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simkit.region.decision import Decision
from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.responses import PREPARED
from simkit.scenario.record import Text
from simkit.scenario.shocks import Shock
from simkit.study.changes import entries_of
from simkit.training.debrief.conduct import Conduct, Note
from simkit.training.debrief.explained import GAME, Explained, Filter, Term

COST = Text(
    en="What was paid for it: the 'cost' events with its name.",
    zh="为它支付的费用：事件表中带有其名称的 cost 事件之和。",
)
RELEASED = Text(
    en="The highest amount released, at most the reserve there was.",
    zh="动用额度的最高值，以储备金总额为限。",
)

Unpaid = frozenset[tuple[int, str]]
"""Week and lever of everything that found no money."""


@dataclass(frozen=True)
class RiskSeen:
    """A risk in the person's grid and in the trainer's: [likelihood, impact], rank 1 is highest."""

    id: str
    name: Text
    mine: tuple[int, int] | None
    my_rank: int | None
    trainer: tuple[int, int] | None
    trainer_rank: int | None
    came: int | None
    """The week in which it came, or None."""
    why: Text | None


@dataclass(frozen=True)
class Prepared:
    """A measure that was planned or asked for: the weeks in which it was asked for, and acted."""

    id: str
    name: Text
    planned: bool
    asked: tuple[int, ...]
    acts_from: int | None
    cost: Explained


@dataclass(frozen=True)
class PlanLine:
    """One line of the contingency plan. `mentions`: measures and levers that its actions name.

    `done`: the week in which each of them was first asked for or moved, or None; in that order.
    """

    risk: str
    owner: str
    trigger: str
    actions: tuple[str, ...]
    mentions: tuple[str, ...]
    done: tuple[int | None, ...]


@dataclass(frozen=True)
class Reserve:
    """The reserve: what there was, what was released, and in which weeks how much."""

    there_was: float
    released: Explained
    by_week: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class PlanReview:
    """The plan as written, beside what came and what was done; `written` is None without one."""

    written: int | None
    in_time: bool
    """Whether it was written before the main shock became known."""
    risks: tuple[RiskSeen, ...]
    prepared: tuple[Prepared, ...]
    lines: tuple[PlanLine, ...]
    reserve: Reserve


def review(conduct: Conduct, log: Sequence[Event], unpaid: Unpaid = frozenset()) -> PlanReview:
    """Return plan against conduct; `log`: the events of the game. What found no money: not done."""
    note = plan_of(conduct)
    data: Mapping[str, Any] = note.data if note else {}
    return PlanReview(
        note.week if note else None,
        note is not None and in_time(conduct, note),
        tuple(_risks(conduct, data.get("risks") or {})),
        tuple(_prepared(conduct, data.get("preparations") or (), log, unpaid)),
        tuple(_lines(conduct, data.get("plan") or (), unpaid)),
        _reserve(conduct),
    )


def came(conduct: Conduct) -> list[Shock]:
    """Return the shocks that began in the weeks played, the main one first."""
    return [shock for shock in conduct.scenario.shocks if shock.start_week < conduct.weeks]


def in_time(conduct: Conduct, note: Note) -> bool:
    """Return whether a note was written before the main shock was announced."""
    shocks = conduct.scenario.shocks
    return not shocks or note.week <= shocks[0].known_week


def plan_of(conduct: Conduct) -> Note | None:
    """Return the last plan that was written in time; without one, the first that came late."""
    plans = conduct.noted("plan")
    timely = [note for note in plans if in_time(conduct, note)]
    return timely[-1] if timely else next(iter(plans), None)


def _risks(conduct: Conduct, mine: Mapping[str, Sequence[int]]) -> Iterable[RiskSeen]:
    drill = conduct.scenario.drill
    candidates = {risk.id: risk for risk in drill.risks} if drill else {}
    when = {shock.id: shock.start_week for shock in came(conduct)}
    names = {s.id: s.name for s in conduct.scenario.shocks} | {
        r.id: r.name for r in candidates.values()
    }
    trainers = {name: (risk.likelihood, risk.impact) for name, risk in candidates.items()}
    own = {name: (int(grade[0]), int(grade[1])) for name, grade in mine.items()}
    for name in dict.fromkeys([*candidates, *own, *(when if drill else ())]):
        risk = candidates.get(name)
        yield RiskSeen(
            name,
            names.get(name, Text(en=name, zh=name)),
            own.get(name),
            _rank(name, own),
            trainers.get(name),
            _rank(name, trainers),
            when.get(name),
            risk.why if risk else None,
        )


def _rank(name: str, grades: Mapping[str, tuple[int, int]]) -> int | None:
    """Rank by likelihood times impact; equal ones share the better rank."""
    if name not in grades:
        return None
    sizes = {each: grade[0] * grade[1] for each, grade in grades.items()}
    return 1 + sum(size > sizes[name] for size in sizes.values())


def measure_names(conduct: Conduct) -> dict[str, Text]:
    """Return the names of all answers, preparations and levers, by what a decision calls them."""
    scenario = conduct.scenario
    names = {f"{PREPARED}:{each.id}": each.name for each in scenario.preparations}
    names |= {f"{s.id}:{a.id}": a.name for s in scenario.shocks for a in s.answers}
    return names | {name: lever_name(name) for name in Decision.model_fields}


def lever_name(name: str) -> Text:
    """Return what a lever is called."""
    field = Decision.model_fields[name]
    extra = field.json_schema_extra
    return Text(en=str(field.title), zh=str(extra["zh"] if isinstance(extra, dict) else name))


def _prepared(
    conduct: Conduct, planned: Iterable[str], log: Sequence[Event], unpaid: Unpaid
) -> Iterable[Prepared]:
    names = measure_names(conduct)
    chosen = [_full_name(name, names) for name in planned]
    taken = [n for n in names if n.startswith(f"{PREPARED}:") and _weeks_with(conduct, n, unpaid)]
    acts = {e[7]: int(e[0] // DAYS_PER_WEEK) for e in reversed(log) if e[1] == "answer_acts"}
    for name in dict.fromkeys([*chosen, *taken]):
        weeks = _weeks_with(conduct, name, unpaid)
        begins = acts.get(name) if ":" in name else next(iter(weeks), None)
        text = names.get(name, Text(en=name, zh=name))
        yield Prepared(name, text, name in chosen, weeks, begins, _cost(conduct, name, log))


def _full_name(name: str, names: Mapping[str, Text]) -> str:
    return name if name in names else f"{PREPARED}:{name}"


def _weeks_with(conduct: Conduct, name: str, unpaid: Unpaid) -> tuple[int, ...]:
    """The weeks in which a measure was in force and paid, or a lever not as at the start."""
    if ":" in name:
        asked = (w for w, d in enumerate(conduct.decisions) if name in d.answers)
        return tuple(week for week in asked if (week, name) not in unpaid)
    if name not in Decision.model_fields:
        return ()
    before = _of_lever(conduct.start, name)
    return tuple(w for w, d in enumerate(conduct.decisions) if _of_lever(d, name) != before)


def _of_lever(decision: Decision, name: str) -> dict:
    return {path: v for path, v in entries_of(decision).items() if name in (path[0], path[-1])}


def _cost(conduct: Conduct, name: str, log: Sequence[Event]) -> Explained:
    chosen = Filter(("cost",), 0, conduct.weeks - 1, details=(name,))
    amounts = [event[6] for event in log if chosen.takes(event)]
    term = Term(GAME, COST, 1, chosen, len(amounts), math.fsum(amounts))
    return Explained(term.total, "money", COST, (term,))


def _lines(
    conduct: Conduct, plan: Iterable[Mapping[str, Any]], unpaid: Unpaid
) -> Iterable[PlanLine]:
    names = measure_names(conduct)
    for line in plan:
        actions = line.get("actions") or ()
        listed = (actions,) if isinstance(actions, str) else tuple(map(str, actions))
        mentions = tuple(_mentioned(listed, names))
        done = tuple(next(iter(_weeks_with(conduct, name, unpaid)), None) for name in mentions)
        words = [str(line.get(key) or "") for key in ("risk", "owner", "trigger")]
        yield PlanLine(words[0], words[1], words[2], listed, mentions, done)


def _mentioned(actions: Iterable[str], names: Mapping[str, Text]) -> Iterable[str]:
    """Yield what the actions name: by its id or its name in either language."""
    text = "\n".join(actions).casefold()
    for name, title in names.items():
        spelled = (name, name.partition(":")[2], title.en, title.zh)
        if any(words and words.casefold() in text for words in spelled):
            yield name


def _reserve(conduct: Conduct) -> Reserve:
    there_was, released, steps = conduct.scenario.costs.reserve, 0.0, []
    for week, decision in enumerate(conduct.decisions):
        more = min(there_was, decision.release_reserve) - released
        if more > 0:
            steps.append((week, more))
            released += more
    values = tuple((f"week {week}", amount) for week, amount in steps)
    return Reserve(there_was, Explained(released, "money", RELEASED, values=values), tuple(steps))
