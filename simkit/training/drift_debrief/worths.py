"""What the actions of a drift drill were worth: on the same customers, and in other worlds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from simkit.region.decision import Decision
from simkit.scenario.record import Text
from simkit.study.changes import Path
from simkit.study.game import replay_game
from simkit.study.intervals import Difference, paired_difference
from simkit.study.workers import Tell
from simkit.training.debrief.conduct import Conduct, named_answers
from simkit.training.debrief.replays import Replay, contribution_of, contributions
from simkit.training.debrief.worth import NO_ACTION, LeftOut, Worth, played_again, worth_of
from simkit.training.drift import without_drift
from simkit.training.progress import in_parts

ACTION = "action:"
EVERYTHING = Text(en="everything you did", zh="您所做的一切")
SHARES = (0.2, 0.8)
"""How much of the time these customers and the other worlds take, for the progress bar."""


@dataclass(frozen=True)
class ActionWorth:
    """What one action, or all of them (`id` "no_action"), brought against leaving it out.

    `weeks`: in which it was asked for. `worth`: on the same customers, exactly. `elsewhere`: mean
    over other worlds; None where it was not played there.
    """

    id: str
    name: Text
    weeks: tuple[int, ...]
    cost: float
    worth: Worth
    elsewhere: Difference | None


@dataclass(frozen=True)
class Worths:
    """What all actions were worth; money.

    `usual`: contribution without any action. `harm`: what the drift cost on these customers if
    nobody did anything; `harm_elsewhere`: mean over other worlds. `gains`: of everything that was
    done, in each other world.
    """

    actions: tuple[ActionWorth, ...]
    everything: ActionWorth
    contribution: float
    usual: float
    harm: float
    harm_elsewhere: Difference | None
    usual_elsewhere: float | None
    seeds: tuple[int, ...]
    gains: tuple[float, ...]


def worths_of(conduct: Conduct, seeds: Sequence[int], workers: int, tell: Tell) -> Worths:
    """Play the game again without each action, and its decisions in the worlds of `seeds`."""
    here, elsewhere = in_parts(tell, SHARES)
    plays = _left_out(conduct)
    mine, others = played_again(conduct, plays, workers, here)
    worths = [worth_of(play, mine, other) for play, other in zip(plays, others, strict=True)]
    found = _elsewhere(conduct, plays, seeds, workers, elsewhere)
    all_of_it = _worth(conduct, mine, worths[-1], found.gains.get(NO_ACTION))
    usual = others[-1].contribution
    return Worths(
        tuple(_worth(conduct, mine, worth, found.gains.get(worth.id)) for worth in worths[:-1]),
        all_of_it,
        mine.contribution,
        usual,
        _undisturbed(conduct) - usual,
        found.harm,
        found.usual,
        tuple(found.seeds),
        found.gains.get(NO_ACTION, ()),
    )


def _left_out(conduct: Conduct) -> list[LeftOut]:
    """Each action alone; the last one is everything that was done."""
    names = [n for n in named_answers(conduct.decisions) if n.startswith(ACTION)]
    found = [
        LeftOut(f"answer:{name}", "answer", min(_weeks(conduct, name)), (), decisions)
        for name in names
        for decisions in [conduct.without(partial(_is_of, name))]
    ]
    return [*found, LeftOut(NO_ACTION, NO_ACTION, 0, (), conduct.no_action)]


def _is_of(name: str, path: Path) -> bool:
    return path == ("answers", name)


def _weeks(conduct: Conduct, name: str) -> tuple[int, ...]:
    return tuple(week for week, made in enumerate(conduct.decisions) if name in made.answers)


def _worth(
    conduct: Conduct, mine: Replay, worth: Worth, gains: Sequence[float] | None
) -> ActionWorth:
    name = worth.id.removeprefix("answer:")
    known = conduct.scenario.watch.actions if conduct.scenario.watch else ()
    names = {f"{ACTION}{each.id}": each.name for each in known}
    return ActionWorth(
        name.removeprefix(ACTION),
        names.get(name, EVERYTHING),
        _weeks(conduct, name) if name in names else _acted(conduct),
        _paid(mine, name),
        worth,
        paired_difference(gains) if gains else None,
    )


def _acted(conduct: Conduct) -> tuple[int, ...]:
    weeks = enumerate(conduct.decisions)
    return tuple(week for week, made in weeks if made != conduct.start)


def _paid(mine: Replay, name: str) -> float:
    """What the action cost, or all of them."""
    prefix = ACTION if name == NO_ACTION else name
    paid = (e for e in mine.events if e[1] == "cost" and e[7].startswith(prefix))
    return math.fsum(e[6] for e in paid if name == NO_ACTION or e[7] == name)


@dataclass(frozen=True)
class _Elsewhere:
    seeds: Sequence[int]
    gains: dict[str, tuple[float, ...]]
    harm: Difference | None
    usual: float | None


def _elsewhere(
    conduct: Conduct, plays: Sequence[LeftOut], seeds: Sequence[int], workers: int, tell: Tell
) -> _Elsewhere:
    """Play the decisions, and those without each action, in other worlds.

    Who did nothing gained exactly nothing in every world: nothing is played then.
    """
    if not _acted(conduct) or not seeds:
        tell(1, 1)
        return _Elsewhere((), {}, None, None)
    lists: list[Sequence[Decision]] = [conduct.decisions]
    # One action alone is everything that was done.
    chosen = plays[-1:] if len(plays) == 2 else plays
    lists += [play.decisions for play in chosen]
    halves = in_parts(tell, (len(lists) / (len(lists) + 1), 1 / (len(lists) + 1)))
    mine, *others = contributions(conduct.scenario, seeds, lists, workers, halves[0])
    gains = {
        play.id: tuple(a - b for a, b in zip(mine, other, strict=True))
        for play, other in zip(chosen, others, strict=True)
    }
    if len(plays) == 2:
        gains[plays[0].id] = gains[NO_ACTION]
    calm = without_drift(conduct.scenario)
    (undisturbed,) = contributions(calm, seeds, [conduct.no_action], workers, halves[1])
    harm = [a - b for a, b in zip(undisturbed, others[-1], strict=True)]
    usual = sum(others[-1]) / len(others[-1])
    return _Elsewhere(seeds, gains, paired_difference(harm), usual)


def _undisturbed(conduct: Conduct) -> float:
    """The contribution of the same customers without drift and without any action."""
    calm = without_drift(conduct.scenario)
    return contribution_of(replay_game(calm, conduct.seed, conduct.no_action))
