"""Which card comes next: what is due again, then what trains the weakest behaviour."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from simkit.scenario.objections import MODEL_SCORE, Family, ObjectionCard
from simkit.scenario.record import Text
from simkit.scenario.rubric import BEHAVIOURS, FULL, Behaviour, Rubric, load_rubric
from simkit.training.practice_records import Attempt

BOX_DAYS = (1, 2, 4, 8, 16)
"""Days until a card comes again, by its box (Leitner 1972; the days are an assumption)."""
GOOD = MODEL_SCORE / FULL
"""Share of the points from which a card goes on to the next box (assumption)."""
LATELY = 10
"""Attempts that tell how strong each behaviour is now (assumption)."""
CHOSEN_BOX = 1
"""The last box that choosing among answers leads to: recognising is less than answering."""
LEVELS = {"easy": 0.0, "normal": 0.5, "hard": 0.7}
"""Mean share of points lately from which cards of a difficulty are offered (assumption)."""
TRAINED_BY: dict[Behaviour, tuple[Family, ...]] = {
    "acknowledge": ("trust", "competitor"),
    "explore": ("need", "timing"),
    "isolate": ("timing", "authority", "price"),
    "value": ("need", "price"),
    "quantified": ("price", "need"),
    "evidence": ("trust", "competitor"),
    "next_step": ("authority", "timing"),
    "no_harm": ("competitor", "price"),
}
"""Families of objections that call for a behaviour most, the first most of all (assumption)."""


class Next(NamedTuple):
    """The card to practise next, and why."""

    card: str
    reason: Text


@dataclass(frozen=True)
class Box:
    """Where a card stands in spaced repetition; `number` counts from 0."""

    number: int
    last: date

    @property
    def due(self) -> date:
        """The day from which it comes again."""
        return self.last + timedelta(days=BOX_DAYS[self.number])


def box_of(attempts: Iterable[Attempt]) -> Box | None:
    """Return where the attempts at one card put it; None before one could be judged.

    A good attempt on or after the day it was due puts it one box on (choosing no further than
    CHOSEN_BOX), a poor one back into the first; a good one before that day changes nothing, unless
    the clock was ahead at the attempt before: then the days count from the present one.
    """
    box: Box | None = None
    for attempt in attempts:
        if attempt.share is None:
            continue
        if attempt.share < GOOD:
            box = Box(0, attempt.day)
        elif box is None or attempt.day >= box.due:
            box = Box(_further(box, attempt), attempt.day)
        elif attempt.day < box.last:
            box = Box(box.number, attempt.day)
    return box


def _further(box: Box | None, attempt: Attempt) -> int:
    if box is None:
        return 0
    last = CHOSEN_BOX if attempt.mode == "choose" else len(BOX_DAYS) - 1
    return max(box.number, min(box.number + 1, last))


def means(attempts: Sequence[Attempt]) -> dict[str, float]:
    """Return the mean points, 0 to 2, of each behaviour lately; nothing before the first."""
    lately = [each.points for each in attempts if each.points is not None][-LATELY:]
    if not lately:
        return {}
    return {name: sum(each[name] for each in lately) / len(lately) for name in BEHAVIOURS}


def weakest(attempts: Sequence[Attempt]) -> Behaviour | None:
    """Return the behaviour with the fewest points lately, the first in the rubric of several."""
    if not (found := means(attempts)):
        return None
    return sorted(BEHAVIOURS, key=found.__getitem__)[0]


def next_card(
    attempts: Sequence[Attempt],
    cards: Mapping[str, ObjectionCard],
    today: date,
    rubric: Rubric | None = None,
) -> Next | None:
    """Return the card to practise on a day, by id, and why; None where there are no cards.

    First what is due, the longest overdue before all; then cards never tried, those that train
    the weakest behaviour first; then what was worst. `rubric`: for the behaviours' names.
    """
    boxes = {name: box_of(each for each in attempts if each.card == name) for name in cards}
    known = {name: box for name, box in boxes.items() if box is not None}
    due = [name for name, box in known.items() if box.due <= today or box.last > today]
    if due:
        name = min(due, key=lambda name: (known[name].due, known[name].number, name))
        return Next(name, _due(known[name], today))
    weak, level = weakest(attempts), _level(attempts)
    new = [name for name in cards if name not in known]
    if new:
        name = min(new, key=lambda name: (_fit(cards[name], weak, level), name))
        return Next(name, _new(cards[name], weak, rubric))
    if not cards:
        return None
    name = min(cards, key=lambda name: (_latest(attempts, name), known[name].due, name))
    return Next(name, _early(known[name]))


def _fit(card: ObjectionCard, weak: Behaviour | None, level: str) -> tuple[int, int]:
    """How far a card is from what is needed: its family first, then its difficulty."""
    families = TRAINED_BY[weak] if weak else ()
    family, difficulty = card.objection.family, card.objection.difficulty
    place = families.index(family) if family in families else len(families)
    ranks = [*LEVELS]
    return place, abs(ranks.index(difficulty) - ranks.index(level))


def _level(attempts: Sequence[Attempt]) -> str:
    own = [each for each in attempts if each.mode != "choose"]
    shares = [each.share for each in own if each.share is not None][-LATELY:]
    mean = sum(shares) / len(shares) if shares else 0.0
    return [name for name, least in LEVELS.items() if mean >= least][-1]


def _latest(attempts: Sequence[Attempt], name: str) -> float:
    return [a.share for a in attempts if a.card == name and a.share is not None][-1]


def _due(box: Box, today: date) -> Text:
    days = (today - box.last).days
    if days < 0:
        en = f"Due again: last practised on {box.last}, when the clock was ahead of today's."
        return Text(
            en=en, zh=f"该复习了：上次练习记的日期是 {box.last}，比今天还晚，可能当时时钟不准。"
        )
    en = f"Due again: last practised {days} days ago, on {box.last}."
    if days == 1:
        en = f"Due again: last practised yesterday, on {box.last}."
    return Text(en=en, zh=f"该复习了：上次练习是 {box.last}，已过 {days} 天。")


def _new(card: ObjectionCard, weak: Behaviour | None, rubric: Rubric | None) -> Text:
    if weak is None:
        en = "A card to start with: nothing has been scored yet."
        return Text(en=en, zh="先从这张卡开始：目前还没有评分记录。")
    name = (rubric or load_rubric()).item(weak).name
    if card.objection.family in TRAINED_BY[weak]:
        en = f"A new card that trains your weakest behaviour lately: {name.en}."
        return Text(en=en, zh=f"最近“{name.zh}”最弱，这张新卡正好用来练它。")
    en = f"A new card; look out for your weakest behaviour lately: {name.en}."
    return Text(en=en, zh=f"新卡一张；最近“{name.zh}”最弱，练习时多留意。")


def _early(box: Box) -> Text:
    en = f"Nothing is due; this card went worst last time. It would come again on {box.due}."
    return Text(en=en, zh=f"今天没有到期的卡；这张上次成绩最差，原定 {box.due} 复习。")
