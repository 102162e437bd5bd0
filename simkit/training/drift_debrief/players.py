"""The reference players on the same scorecard as the learner."""

from dataclasses import replace

from simkit.kpi.scorecard import Scorecard
from simkit.study.watching import Play, References
from simkit.training.debrief.score import scored
from simkit.training.drift_debrief.alarms import judge
from simkit.training.drift_debrief.notes import EVERYWHERE, Declaration, Written
from simkit.training.drift_debrief.score import Money, Scored, measures_of


def scored_references(found: References, mine: Scored, card: Scorecard) -> References:
    """Return the reference players with their mean scores on a card.

    Process lines are of each world; the result lines, as the learner's, of the mean gain over all
    worlds. They name no place and write no plans: these lines are left out. `mine`: the learner's.
    """
    gains = {row.player: row.gain.mean for row in found.rows}

    def score(play: Play) -> float:
        # What the drift cost is the learner's figure: the same lines are scored for all.
        money = mine.money and replace(mine.money, gain=gains[play.player])
        total = scored(card, measures_of(_as_scored(play, mine, money)), {}).total
        return 0.0 if total is None else total

    return found.scored(score)


def _as_scored(play: Play, mine: Scored, money: Money | None) -> Scored:
    said: tuple[Declaration, ...] = ()
    if play.alarm is not None:
        cause = play.cause or ""
        said = (Declaration(play.alarm, True, True, cause, EVERYWHERE, None),)
    written = Written(declarations=said)
    judged = replace(judge(written, mine.truth, True, {}), place_right=None)
    return replace(
        mine,
        written=written,
        judged=judged,
        actions=frozenset(),
        money=money,
        weeks=mine.weeks_in_all,
        hours=play.hours,
    )
