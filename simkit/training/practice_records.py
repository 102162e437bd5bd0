"""What is kept of a practice: attempts, what coaches scored, what they overrode."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, Literal, Self, get_args

from simkit.scenario.rubric import BEHAVIOURS, FULL, MOST

Mode = Literal["choose", "write", "talk", "renewal", "red_team"]
MODES: tuple[Mode, ...] = get_args(Mode)
LANGS = ("en", "zh")
LONGEST = 50_000
"""Characters of an answer that are kept."""
LONGEST_REASON = 500
LONGEST_NAME = 80
Points = dict[str, int]


def now() -> str:
    """Return the local time as attempts keep it, to the microsecond."""
    return datetime.now().isoformat()


class _Kept:
    """A record that is written as plain data and read back checked."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the record in plain data, without what is unknown; raises ValueError."""
        names = [each.name for each in fields(cls)]  # type: ignore[arg-type]
        try:
            return cls(**{name: data[name] for name in names if name in data})
        except TypeError as error:
            raise ValueError(f"this is no {cls.__name__}: {error}") from error


@dataclass(frozen=True)
class Attempt(_Kept):
    """One attempt at a card; `points` by behaviour and `total` are the scorer's, or None.

    `when`: ISO date and time. `who` is free and may be empty: nobody needs a name to practise.
    `won`: how a conversation ended; `moves`: what was done in it. `cap`: what harm capped the
    total at. `late`: after the time limit of the card. Raises ValueError for what makes no sense.
    """

    when: str
    card: str
    mode: Mode
    lang: str = "en"
    who: str = ""
    answer: str = ""
    seconds: float | None = None
    late: bool = False
    points: Points | None = None
    total: int | None = None
    cap: int | None = None
    won: bool | None = None
    moves: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        must_be_time(self.when)
        _texts(self, "card", "lang", "who", "answer", "mode")
        if not self.card or self.mode not in MODES or self.lang not in LANGS:
            raise ValueError(f"an attempt has a card, a mode of {MODES} and a language of {LANGS}")
        if self.seconds is not None and not _seconds(self.seconds):
            raise ValueError(f"seconds must be a number of 0 or more, not {self.seconds!r}")
        for value in (self.total, self.cap):
            if value is not None and not _whole(value, FULL):
                raise ValueError(f"total and cap are whole numbers from 0 to {FULL}, or None")
        if not isinstance(self.late, bool) or not isinstance(self.won, bool | None):
            raise ValueError("late is true or false; won too, or None")
        object.__setattr__(self, "points", checked_points(self.points, complete=True))
        object.__setattr__(self, "moves", tuple(map(str, self.moves)))
        object.__setattr__(self, "who", self.who[:LONGEST_NAME])
        object.__setattr__(self, "answer", self.answer[:LONGEST])

    @property
    def id(self) -> str:
        """The name of the answer for blind scoring: says nothing of who, when or how well."""
        parts = (self.when, self.who, self.card, self.mode, self.lang, self.answer)
        said = "\0".join((*parts, *self.moves)).encode("utf-8", "replace")
        return "a" + blake2b(said, digest_size=6).hexdigest()

    @property
    def day(self) -> date:
        """The day of the attempt."""
        return datetime.fromisoformat(self.when).date()

    @property
    def share(self) -> float | None:
        """How good it was, from 0 to 1: the total, or whether a talk was won; None: not judged."""
        if self.total is not None:
            return self.total / FULL
        return None if self.won is None else float(self.won)


@dataclass(frozen=True)
class CoachScore(_Kept):
    """What a coach gave an answer without having seen other scores; behaviours may be missing.

    `peer`: a fellow trainee, whose points are kept and are no part of a study of coaches.
    """

    answer_id: str
    coach: str
    points: Points
    when: str
    peer: bool = False

    def __post_init__(self) -> None:
        must_be_time(self.when)
        _texts(self, "answer_id", "coach")
        must_have_name(self.coach)
        if not checked_points(self.points):
            raise ValueError("a coach's score has points of at least one behaviour")


@dataclass(frozen=True)
class Override(_Kept):
    """A coach's points for one behaviour in place of the scorer's, with a reason."""

    answer_id: str
    behaviour: str
    points: int
    reason: str
    coach: str
    when: str

    def __post_init__(self) -> None:
        must_be_time(self.when)
        _texts(self, "answer_id", "behaviour", "reason", "coach")
        must_have_name(self.coach)
        checked_points({self.behaviour: self.points})
        if not self.reason.strip() or len(self.reason) > LONGEST_REASON:
            raise ValueError(f"an override needs a reason of at most {LONGEST_REASON} characters")


def must_have_name(coach: str) -> None:
    """Raise ValueError unless `coach` is something to tell coaches apart by."""
    if not coach.strip() or len(coach) > LONGEST_NAME or not coach.isprintable():
        raise ValueError(f"a coach has a name or sign of 1 to {LONGEST_NAME} characters")


def must_be_time(when: object) -> None:
    """Raise ValueError unless `when` is an ISO date and time."""
    if not isinstance(when, str):
        raise ValueError(f"the time of a record is text such as 2026-01-31T09:00, not {when!r}")
    datetime.fromisoformat(when)


def checked_points(points: object, complete: bool = False) -> Points | None:
    """Return points in the order of the rubric, None for none; raises ValueError for others."""
    if not points:
        return None
    if not isinstance(points, Mapping) or not set(points) <= set(BEHAVIOURS):
        raise ValueError(f"points name behaviours of {', '.join(BEHAVIOURS)}")
    if not all(_whole(value, MOST) for value in points.values()):
        raise ValueError(f"points are 0 to {MOST}")
    if complete and len(points) < len(BEHAVIOURS):
        raise ValueError("the points of some behaviours are missing")
    return {name: points[name] for name in BEHAVIOURS if name in points}


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


def _seconds(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and math.isfinite(value) and value >= 0  # type: ignore[arg-type,operator]


def _texts(record: Any, *names: str) -> None:
    """Make sure that fields are text that a file can hold."""
    for name in names:
        value = getattr(record, name)
        if not isinstance(value, str):
            raise ValueError(f"{name} must be text, not {value!r}")
        object.__setattr__(record, name, value.encode("utf-8", "replace").decode())


# What counts


@dataclass(frozen=True)
class Counted:
    """An answer as it counts: the scorer's points, and what coaches put in their place."""

    attempt: Attempt
    """As the scorer left it."""
    overrides: dict[str, Override]
    """The last one of each behaviour."""

    @property
    def points(self) -> Points | None:
        """Points by behaviour, overrides put in."""
        changed = {name: each.points for name, each in self.overrides.items()}
        return None if self.attempt.points is None else {**self.attempt.points, **changed}

    @property
    def cap(self) -> int | None:
        """The cap that holds: a coach who sees no harm where the scorer saw some lifts it."""
        scorer, now = (self.attempt.points or {}).get("no_harm"), (self.points or {}).get("no_harm")
        return None if scorer == 0 and now else self.attempt.cap

    @property
    def total(self) -> int | None:
        """The total from 0 to 16, capped; None where nothing was judged."""
        if self.points is None or not self.overrides:
            return self.attempt.total
        return min(sum(self.points.values()), FULL if self.cap is None else self.cap)

    @property
    def as_attempt(self) -> Attempt:
        """The attempt with what counts, of the same id."""
        if not self.overrides:
            return self.attempt
        return replace(self.attempt, points=self.points, total=self.total, cap=self.cap)
