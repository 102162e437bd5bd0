"""Shocks: dated effects outside the manager's control, what is heard of them, what may be done."""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from simkit.scenario.block import Id, NotNegative, Positive
from simkit.scenario.record import Loc, Mistakes, Record, Text, did_you_mean

SHORTEST = 0.01
"""Least multiple of the length of a visit."""
Condition = Literal[
    "demand",
    "order_value",
    "lead_rate",
    "lead_quality",
    "win_rate",
    "deal_value",
    "visit_time",
    "quote_time",
    "legal_time",
    "delivery_time",
    "transit_time",
    "supply_time",
    "competitor_price",
    "customer_loss",
    "faults",
    "bad_debt",
    "effort",
    "skill",
    "price",
    "quota",
    "key_demand",
    "tail_demand",
    "late_entries",
]
"""What can change: the names that an effect may multiply. All are 1 in calm weather.

`effort` and `skill` may be those of one rep: `where` then names the rep. `key_demand` and
`tail_demand` are that of key accounts and of the long tail alone.

`bad_debt` is the share of what a defaulting account owed that is lost.
"""
Weeks = Annotated[int, Field(ge=0, le=1040)]
Channel = Literal["phone", "chat", "email", "report"]
Role = Literal["sign", "noise", "contradiction", "news"]
LevelName = Literal["easy", "normal", "hard"]
BLANKS = ("place", "who", "weeks", "amount")
"""What texts of a shock may leave blank, as {place}: filled in from the shock itself."""


class Effect(Record):
    """One thing multiplied, somewhere, for some weeks."""

    what: Condition
    where: Id = "all"
    """A territory, or "all"; a rep where it is about effort or skill."""
    multiply: Annotated[float, Field(ge=0, le=100)]
    after_weeks: Weeks = 0
    """Weeks after the shock begins, or the answer acts, until this effect sets in."""
    weeks: Annotated[int, Field(ge=1)] | None = None
    """How long it holds; to the end of the shock when it is not given."""

    @model_validator(mode="after")
    def _takes_time(self) -> "Effect":
        if self.what == "visit_time" and self.multiply < SHORTEST:
            raise Mistakes([(("multiply",), f"a visit takes time: give at least {SHORTEST:g}")])
        return self

    def holds(self, age_weeks: int) -> bool:
        """Return whether the effect holds `age_weeks` weeks after what brings it began."""
        age = age_weeks - self.after_weeks
        return age >= 0 and (self.weeks is None or age < self.weeks)


class Measure(Record):
    """Something a manager can do: effects that cost money and take time to come."""

    id: Id
    name: Text
    trade_off: Text | None = None
    """What it brings and what it costs, in words for the manager."""
    cost_once: NotNegative = 0
    """Paid in the week in which it is asked for."""
    cost_per_week: NotNegative = 0
    """Paid in every week in which it is in force, also while it does not act yet."""
    delay_weeks: Weeks = 0
    """Weeks from being asked for, or from the department's work being done, to acting."""
    department: Id | None = None
    """Who has to work on it first."""
    work_days: NotNegative = 0
    """Working days that the department needs for it."""
    effects: tuple[Effect, ...] = ()

    @model_validator(mode="after")
    def _work_has_somebody(self) -> "Measure":
        if self.work_days and self.department is None:
            raise Mistakes([(("work_days",), "say which department does this work")])
        return self


class Answer(Measure):
    """What a manager may do about a shock while it goes on."""


class Preparation(Measure):
    """What a manager may do beforehand: its effects act while one of the shocks goes on."""

    against: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Ids of shocks."""


class Department(Record):
    """Another department, which works on the manager's requests as its time allows."""

    id: Id
    name: Text
    days_per_week: Positive
    """Working days a week that it has for such requests."""
    source: Annotated[str, Field(min_length=1)]


class Happening(Record):
    """Something that happens once, to somebody, because of a shock."""

    what: Literal["rep_leaves", "rep_replaced", "account_defaults", "large_deal"]
    who: Id | None = None
    """The rep, or the customer."""
    where: Id | None = None
    """The territory of a large deal."""
    after_weeks: Weeks = 0
    amount: NotNegative = 0
    """Money: what a defaulting account still owed, or the value of the large deal."""

    @model_validator(mode="after")
    def _concerns_somebody(self) -> "Happening":
        needed = "where" if self.what == "large_deal" else "who"
        if getattr(self, needed) is None:
            raise Mistakes([((needed,), f"the key '{needed}' is missing here")])
        if self.what == "large_deal" and self.amount <= 0:
            raise Mistakes([(("amount",), "say how large the deal is")])
        return self


class Mail(Record):
    """One message in the manager's inbox."""

    id: Id
    week: Annotated[int, Field(ge=-260, le=260)]
    """Counted from the week in which the shock begins: -3 is three weeks before."""
    channel: Channel
    sender: Text
    text: Text
    role: Role
    """What it is, shown only afterwards: a sign of what comes, noise, a contradiction, news."""
    levels: tuple[LevelName, ...] = ("easy", "normal", "hard")
    """The levels of difficulty at which it comes."""


class Shock(Record):
    """Dated effects outside the manager's control."""

    id: Id
    name: Text
    brief: Text
    """What the manager reads when it becomes known."""
    start_week: Weeks
    weeks: Annotated[int, Field(ge=1)]
    known_after_weeks: Weeks = 0
    """Weeks from its beginning to the brief; answers can be asked for from then on."""
    effects: tuple[Effect, ...] = ()
    happenings: tuple[Happening, ...] = ()
    inbox: tuple[Mail, ...] = ()
    answers: tuple[Answer, ...] = ()
    source: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _holds_together(self) -> "Shock":
        mistakes = [*self._nothing(), *self._doubles(), *self._unknown_blanks()]
        if mistakes:
            raise Mistakes(mistakes)
        return self

    @property
    def known_week(self) -> int:
        """The week in which the manager is told."""
        return self.start_week + min(self.known_after_weeks, self.weeks - 1)

    @property
    def end_week(self) -> int:
        """The first week in which it is over."""
        return self.start_week + self.weeks

    def _nothing(self) -> Iterator[tuple[Loc, str]]:
        if not self.effects and not self.happenings:
            yield ("effects",), "a shock needs effects or happenings"

    def _doubles(self) -> Iterator[tuple[Loc, str]]:
        for name in ("answers", "inbox"):
            seen: set[str] = set()
            for index, item in enumerate(getattr(self, name)):
                if item.id in seen:
                    yield (name, index, "id"), f"the id '{item.id}' is used twice"
                seen.add(item.id)

    def _unknown_blanks(self) -> Iterator[tuple[Loc, str]]:
        texts: list[tuple[Loc, Text]] = [(("brief",), self.brief)]
        texts += [(("inbox", i, "text"), mail.text) for i, mail in enumerate(self.inbox)]
        for loc, text in texts:
            for lang in ("en", "zh"):
                words = text.in_(lang)
                if re.search("[{}｛｝]", re.sub(r"\{\w*\}", "", words)):
                    yield (*loc, lang), "a blank is written {so}: one brace is left over or wide"
                for blank in re.findall(r"\{(\w*)\}", words):
                    if blank not in BLANKS:
                        hint = did_you_mean(blank, BLANKS)
                        yield (*loc, lang), f"nothing is known for {{{blank}}}{hint}"
