"""What each decision was worth: the same game again, with one thing left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from simkit.region.decision import Decision
from simkit.scenario.record import Text
from simkit.study.changes import Change, Path
from simkit.study.counterfactual import beside, moved_most
from simkit.study.workers import Tell
from simkit.training.debrief.conduct import Conduct, named_answers
from simkit.training.debrief.explained import GAME, Explained, difference
from simkit.training.debrief.replays import Differing, Replay, differing, replays

MOVED = 5
NO_ACTION = "no_action"
NOTHING_DONE = Text(
    en=(
        "Contribution of the game as played less contribution of the same game in which every "
        "lever stays as it was at the start: same customers, same luck."
    ),
    zh="实际贡献利润 − 所有手段自始至终保持不变时同一局的贡献利润：客户相同，运气相同。",
)


@dataclass(frozen=True)
class Moved:
    """A KPI that is another one without the decision, in the KPI's unit."""

    kpi: str
    without: float
    with_it: float
    difference: float
    verdict: str
    """better or worse; KPIs that are best within a band are left out."""


@dataclass(frozen=True)
class Worth:
    """What something that was done brought, against the same game without it.

    `kind`: week (all that was changed in a week), answer, preparation, lever (all changes of it) or
    no_action (all that was done). `revenue` to `other_costs`: differences in money; `contribution`
    explains the sum of them.
    """

    id: str
    kind: str
    week: int
    """The week of the change, or the first one."""
    changes: tuple[Change, ...]
    contribution: Explained
    revenue: float
    goods: float
    other_costs: float
    moved: tuple[Moved, ...]
    differing: tuple[Differing, ...]
    """The events of money that differ most."""


@dataclass(frozen=True)
class LeftOut:
    """A game to be played again: what is left out of it, and the decisions then."""

    id: str
    kind: str
    week: int
    changes: tuple[Change, ...]
    decisions: tuple[Decision, ...]


def all_left_out(conduct: Conduct) -> list[LeftOut]:
    """Return what is left out, one thing at a time: each week, each answer, each lever, all."""
    weeks = [
        LeftOut(f"week:{week}", "week", week, changes, conduct.without_weeks({week}))
        for week, changes in enumerate(conduct.changes)
        if changes
    ]
    nothing = LeftOut(NO_ACTION, NO_ACTION, 0, (), conduct.no_action)
    return [*weeks, *_answers(conduct), *_levers(conduct), nothing]


def _answers(conduct: Conduct) -> list[LeftOut]:
    found = []
    for name in named_answers(conduct.decisions):
        kind = "preparation" if name.startswith("prepared:") else "answer"
        found.append(_one(conduct, name, kind, partial(_is_of_answer, name)))
    return found


def _levers(conduct: Conduct) -> list[LeftOut]:
    """Every lever that was moved, but answers, which are looked at one by one."""
    levers = {change.lever: None for week in conduct.changes for change in week}
    return [
        _one(conduct, lever, "lever", partial(_is_of_lever, lever))
        for lever in levers
        if lever not in ("answers", "priorities")
    ]


def _is_of_answer(name: str, path: Path) -> bool:
    return path[1:] == (name,)


def _is_of_lever(lever: str, path: Path) -> bool:
    return Change(path, None, None).lever == lever


def _one(conduct: Conduct, name: str, kind: str, belongs: Callable[[Path], bool]) -> LeftOut:
    made = [
        (week, change)
        for week, changes in enumerate(conduct.changes)
        for change in changes
        if belongs(change.path)
    ]
    changes = tuple(change for _, change in made)
    return LeftOut(f"{kind}:{name}", kind, made[0][0], changes, conduct.without(belongs))


def played_again(
    conduct: Conduct, plays: Sequence[LeftOut], workers: int, tell: Tell
) -> tuple[Replay, list[Replay]]:
    """Return what is kept of the game, and of each replay of it."""
    decisions = [conduct.decisions, *(play.decisions for play in plays)]
    game, *others = replays(conduct.scenario, conduct.seed, decisions, workers, tell)
    named = [o.named(play.id) for play, o in zip(plays, others, strict=True)]
    return game.named(GAME), named


def worth_of(left_out: LeftOut, game: Replay, other: Replay) -> Worth:
    """Return what was worth what was left out in the `other` run."""
    formula = {"formula": NOTHING_DONE} if left_out.kind == NO_ACTION else {}
    revenue, goods, costs = (
        mine.total - theirs.total for mine, theirs in zip(game.terms, other.terms, strict=True)
    )
    return Worth(
        left_out.id,
        left_out.kind,
        left_out.week,
        left_out.changes,
        difference(game.terms, other.terms, **formula),
        revenue,
        goods,
        costs,
        _moved(game, other),
        differing(game, other),
    )


def _moved(game: Replay, other: Replay) -> tuple[Moved, ...]:
    import pandas as pd

    kpis = beside(pd.Series(other.kpis), pd.Series(game.kpis))
    table = moved_most(kpis, len(kpis))
    judged = table[table["verdict"] != ""].head(MOVED)
    return tuple(Moved(*row) for row in judged.itertuples(name=None))
