"""What coaches do with answers: score them blind, put their points in place of the scorer's."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import Text
from simkit.scenario.rubric import BEHAVIOURS, MOST
from simkit.training.practice import Practice
from simkit.training.practice_records import (
    LONGEST_NAME,
    LONGEST_REASON,
    Attempt,
    CoachScore,
    Counted,
    Override,
    must_have_name,
    now,
)

WRITTEN = ("write", "red_team")
"""The modes whose answers are scored as a whole."""
SAYS = "says: "
"""How the move begins that keeps an objection which a fellow trainee wrote."""
Mistake = tuple[str, Text]
"""The field that is meant ("coach", "reason", "points.value"), and what is wrong with it."""


class CoachingRefused(ValueError):  # noqa: N818 - it holds several mistakes
    """Scores or an override that cannot be taken, with all `mistakes`."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("; ".join(f"{where}: {what.en}" for where, what in self.mistakes))

    def in_(self, lang: str) -> list[str]:
        """Return what is wrong, in a language."""
        return [what.in_(lang) for _, what in self.mistakes]


def blind(attempts: Iterable[Attempt], batch: str = "") -> list[Attempt]:
    """Return the answers that can be scored, each once, in an order that says nothing of them.

    Only what a trainee has written to a card: a choice is the card's own text, and what is typed
    in a talk belongs to the talk. The order is keyed by `batch` and the answer alone: not by who,
    when, or how well.
    """
    found = {each.id: each for each in attempts if each.mode in WRITTEN and each.answer.strip()}
    return [found[name] for name in sorted(found, key=lambda name: _place(batch, name))]


def objection_of(attempt: Attempt, cards: Mapping[str, ObjectionCard]) -> str:
    """Return what the buyer said before an answer: in a red-team drill perhaps not the card's."""
    said = [move.removeprefix(SAYS) for move in attempt.moves if move.startswith(SAYS)]
    card = cards.get(attempt.card)
    return said[0] if said else card.objection.says.in_(attempt.lang) if card else ""


def _place(batch: str, answer_id: str) -> bytes:
    return blake2b(f"{batch}\0{answer_id}".encode(), digest_size=8).digest()


def to_score(practice: Practice, coach: str, lang: str | None = None) -> list[Attempt]:
    """Return the answers that a coach has neither scored nor seen the scorer's points of.

    The order is the coach's own, so that two coaches do not tire at the same answers. Show the
    card and the answer of each, nothing else: a coach who sees other scores is no longer blind.
    """
    coach = coach.strip()
    done = {each.answer_id for each in practice.scores if each.coach == coach}
    done |= {each.answer_id for each in practice.overrides if each.coach == coach}
    left = (each for each in practice.attempts if each.id not in done)
    return blind((each for each in left if lang in (None, each.lang)), batch=coach)


def score(
    practice: Practice, answer_id: str, coach: str, points: Mapping[str, int], when: str = ""
) -> CoachScore:
    """Keep what a coach gives an answer; behaviours left out count as not scored.

    Raises CoachingRefused with all mistakes, NotSaved when the disk takes nothing.
    """
    mistakes = [*_answer(practice, answer_id), *_coach(coach), *_points(points)]
    if not mistakes and has_seen(practice.overrides, answer_id, coach):
        mistakes.append(("answer", seen_text()))
    if mistakes:
        raise CoachingRefused(mistakes)
    made = CoachScore(answer_id, coach.strip(), dict(points), when or now())
    practice.add(made)
    return made


def override(
    practice: Practice,
    answer_id: str,
    behaviour: str,
    points: int,
    reason: str,
    coach: str,
    when: str = "",
) -> Counted:
    """Put a coach's points of one behaviour in place of the scorer's; return what counts now.

    Raises CoachingRefused with all mistakes, NotSaved when the disk takes nothing.
    """
    mistakes = [*_answer(practice, answer_id), *_coach(coach), *_reason(reason)]
    mistakes += _points({behaviour: points})
    if not mistakes and _found(practice, answer_id).points is None:
        en = "the scorer gave this answer no points, so there is nothing to override; score it"
        zh = "系统没有给这条回答打分，无从改分；请直接评分"
        mistakes.append(("answer", Text(en=en, zh=zh)))
    if mistakes:
        raise CoachingRefused(mistakes)
    practice.add(
        Override(answer_id, behaviour, points, reason.strip(), coach.strip(), when or now())
    )
    return next(each for each in practice.counted() if each.attempt.id == answer_id)


def has_seen(overrides: Iterable[Override], answer_id: str, coach: str) -> bool:
    """Return whether a coach overrode an answer, and so has seen the scorer's points of it."""
    return any((each.answer_id, each.coach) == (answer_id, coach.strip()) for each in overrides)


def seen_text() -> Text:
    """Return what to say to a coach who is no longer blind to an answer."""
    en = "you have overridden this answer and so seen the scorer's points: leave it to others"
    return Text(en=en, zh="您改过这条回答的分，已经看到规则评分，不再是盲评；请留给其他教练评")


def _found(practice: Practice, answer_id: str) -> Attempt:
    return next(each for each in practice.attempts if each.id == answer_id)


def _answer(practice: Practice, answer_id: str) -> list[Mistake]:
    if any(each.id == answer_id for each in practice.attempts):
        return []
    en = "this answer is not in the file of practice; open the file it belongs to"
    return [("answer", Text(en=en, zh="练习记录里没有这条回答；请打开它所在的文件"))]


def _coach(coach: str) -> list[Mistake]:
    try:
        must_have_name(coach)
    except ValueError:
        en = f"enter a name or a sign for the coach, 1 to {LONGEST_NAME} characters on one line"
        zh = f"请填教练的姓名或代号，1 到 {LONGEST_NAME} 个字，写在一行内"
        return [("coach", Text(en=en, zh=zh))]
    return []


def _reason(reason: str) -> list[Mistake]:
    if not reason.strip():
        en = "say why in a sentence: the trainee reads it beside both scores"
        return [("reason", Text(en=en, zh="请用一句话说明理由：学员会在两个分数旁看到它"))]
    if len(reason) > LONGEST_REASON:
        en = f"the reason has {len(reason):,} characters; {LONGEST_REASON} are the most"
        zh = f"理由有 {len(reason):,} 字，最多 {LONGEST_REASON} 字"
        return [("reason", Text(en=en, zh=zh))]
    return []


def _points(points: Mapping[str, int]) -> list[Mistake]:
    if not points:
        en = "score at least one behaviour"
        return [("points", Text(en=en, zh="请至少给一种行为打分"))]
    found = list[Mistake]()
    for name, value in points.items():
        if name not in BEHAVIOURS:
            text = Text(en=f"there is no behaviour '{name}'", zh=f"没有“{name}”这种行为")
            found.append((f"points.{name}", text))
        elif isinstance(value, bool) or value not in range(MOST + 1):
            text = Text(en=f"give 0, 1 or {MOST}", zh=f"请打 0、1 或 {MOST} 分")
            found.append((f"points.{name}", text))
    return found
