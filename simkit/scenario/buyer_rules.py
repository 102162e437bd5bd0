"""The rules of the simulated buyer: what each move does to trust, clarity, patience, urgency."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from simkit.scenario.block import Block, Id, Share
from simkit.scenario.catalogue import find_file, read_once
from simkit.scenario.loading import load_record
from simkit.scenario.objections import Difficulty, Family
from simkit.scenario.record import Loc, Mistakes, Record, Text, did_you_mean
from simkit.scenario.rubric import Behaviour

FOLDER = Path("buyer")
Change = Annotated[float, Field(ge=-1, le=1)]
Slip = Literal[
    "argues",
    "blames",
    "overclaims",
    "pushes",
    "discounts",
    "lectures",
    "ignores",
    "blind",
    "interrogates",
    "skips",
    "chats",
    "repeats",
]
"""What a case does wrong, to say afterwards what cost most."""
CARD = "card"
"""In the place of a group of lines: the card has the answer."""
HARMFUL = ("discount", "argue", "blame", "overclaim", "push")
CASES: dict[str, tuple[str, ...]] = {
    "greet": ("first", "late"),
    "small_talk": ("first", "again"),
    "situation": ("first", "second", "many", "late"),
    "pain": ("after_situation", "cold", "again"),
    "impact": ("after_pain", "no_pain", "again"),
    "value": ("opens", "guarded", "worth", "early", "again"),
    "acknowledge": ("opens", "takes_up", "concern", "early", "again"),
    "isolate": ("opens", "no_trust", "no_clarity", "known", "early", "again"),
    "feature": ("fits", "bare", "lecture"),
    "advantage": ("chained", "dangling", "again"),
    "benefit": ("chained", "tied", "unknown", "generic", "again"),
    "evidence": ("proves", "unknown", "loose", "again"),
    "function_value_evidence": ("lands", "unknown", "no_need", "again"),
    "analogy": ("lands", "unknown", "again"),
    "peer": ("lands", "unknown", "again"),
    "trial": ("lands", "too_early", "unknown", "again"),
    "price_affirm": ("takes_up", "early", "again"),
    "price_add": ("in_order", "unknown", "out_of_order", "again"),
    "price_guide": ("in_order", "unknown", "out_of_order", "again"),
    "discount": ("first", "second", "more"),
    "trade_concession": ("lands", "early", "again"),
    "argue": ("first", "again"),
    "blame": ("first", "again"),
    "overclaim": ("first", "again"),
    "push": ("first", "again"),
    "summarise": ("answered", "heard", "empty", "again"),
    "close_small": ("agreed", "open", "unknown", "blind"),
    "close": ("agreed", "too_big", "open", "unknown", "blind"),
    "leave": ("dated", "early"),
}
"""The moves of a rep, and the situations in which each has its own effect."""
PHASES = ("opening", "discovery", "objection", "answer", "closing")


class Start(Record):
    """How a buyer comes into the talk."""

    trust: Share
    clarity: Share
    """How clearly the buyer sees what the own trouble costs."""
    patience: Share
    urgency: Share
    doubt: Share
    """What of the objection still stands."""


class Shift(Record):
    """What a family of objections changes in the start, and what price talk is worth there."""

    trust: Change = 0.0
    clarity: Change = 0.0
    patience: Change = 0.0
    urgency: Change = 0.0
    doubt: Change = 0.0
    price_talk: Share = 1.0
    """Share of the effect on doubt that price talk keeps where price is not what is said."""


class Starts(Block):
    """Start values by difficulty, and what families shift."""

    difficulty: dict[Difficulty, Start]
    families: dict[Family, Shift] = {}


class Limits(Block):
    """From where on something happens."""

    most_turns: Annotated[int, Field(ge=8, le=60)]
    """After so many turns the buyer's time is up."""
    trust_ends: Share
    """At this trust or below, the buyer ends the talk."""
    refusals_end: Annotated[int, Field(ge=1, le=10)]
    """So many refused closes end the talk."""
    objection_after: Annotated[int, Field(ge=1, le=4)]
    """Answered questions of discovery after which the objection is spoken, if not before."""
    objection_by_turn: Annotated[int, Field(ge=1, le=20)]
    opens_trust: Share
    """Trust from which a check for the true concern brings it out."""
    opens_clarity: Share
    tells_trust: Share
    """Trust from which the buyer tells it when only listened to."""
    tells_clarity: Share
    small_trust: Share
    """A small next step is agreed from this trust and clarity on, and up to this doubt."""
    small_clarity: Share
    small_doubt: Share
    big_trust: Share
    big_clarity: Share
    big_doubt: Share
    big_urgency: Share
    trial_doubt: Share
    """A trial is welcome below this doubt; above it feels pushy."""
    unclear_patience: Annotated[float, Field(gt=0, le=1)]
    """Patience that a sentence costs which the buyer cannot make out."""
    discount_step: Share
    """Share of the price that an unearned discount gives away, each time."""
    concession_step: Share
    """The same for something given in return for something."""


class Case(Record):
    """What a move does in one situation, and what is said about it."""

    trust: Change = 0.0
    clarity: Change = 0.0
    patience: Change = 0.0
    urgency: Change = 0.0
    doubt: Change = 0.0
    because: Text
    """Why the state moved, in one sentence."""
    reply: Id
    """The group of lines the buyer answers from, unless the card has the answer."""
    slip: Slip | None = None
    shows: tuple[Behaviour, ...] = ()
    """The behaviours of the rubric that it shows."""

    @property
    def helps(self) -> bool:
        """Whether anything moves to the good of the rep."""
        return max(self.trust, self.clarity, self.patience, self.urgency, -self.doubt) > 0


class MoveRules(Block):
    """The cases of one move."""

    cases: dict[str, Case]


class BuyerRules(Block):
    """All rules of the simulated buyer."""

    buyer_rules: dict[str, MoveRules]
    start: Starts
    limits: Limits
    offered: dict[str, tuple[str, ...]]
    """Moves that a screen shows first, by phase; good ones and tempting ones."""
    styles: dict[Id, tuple[str, ...]]
    """Ways to answer, as the moves each may use beside those that all use."""

    @model_validator(mode="after")
    def _is_complete(self) -> "BuyerRules":
        mistakes = [
            *_names(("buyer_rules",), self.buyer_rules, CASES, "move"),
            *_names(("offered",), self.offered, PHASES, "phase"),
            *_names(("start", "difficulty"), self.start.difficulty, get_args(Difficulty), "level"),
        ]
        for move, rules in self.buyer_rules.items():
            loc: Loc = ("buyer_rules", move, "cases")
            mistakes += _names(loc, rules.cases, CASES.get(move, rules.cases), "case")
            mistakes += _harm_pays(loc, move, rules)
        for group in ("offered", "styles"):
            for name, moves in getattr(self, group).items():
                mistakes += _unknown_moves((group, name), moves)
        if mistakes:
            raise Mistakes(mistakes)
        return self

    def case(self, move: str, case: str) -> Case:
        """Return the rule of a move in a situation; raises KeyError with an unknown one."""
        return self.buyer_rules[move].cases[case]


def _names(loc: Loc, found: Any, wanted: Any, what: str) -> Iterator[tuple[Loc, str]]:
    for name in found:
        if name not in wanted:
            message = f"there is no {what} '{name}'{did_you_mean(name, wanted)}"
            yield (*loc, name, "[key]"), message
    if missing := [name for name in wanted if name not in found]:
        yield loc, f"the {what} {', '.join(missing)} is missing; say what happens then"


def _harm_pays(loc: Loc, move: str, rules: MoveRules) -> Iterator[tuple[Loc, str]]:
    for name, case in rules.cases.items():
        if (move in HARMFUL or case.slip) and case.trust > 0:
            yield (*loc, name, "trust"), "what harms must not raise trust: give 0 or less"


def _unknown_moves(loc: Loc, moves: tuple[str, ...]) -> Iterator[tuple[Loc, str]]:
    for index, move in enumerate(moves):
        if move not in CASES:
            yield (*loc, index), f"there is no move '{move}'{did_you_mean(move, CASES)}"


class Lines(Block):
    """What is said where the card has no words of its own; three lines or more for the buyer."""

    buyer_lines: dict[Id, Annotated[tuple[Text, ...], Field(min_length=2)]]
    rep_lines: dict[str, Annotated[tuple[Text, ...], Field(min_length=1)]]
    """By move: what a rep might say."""

    @model_validator(mode="after")
    def _is_complete(self) -> "Lines":
        if mistakes := [*_names(("rep_lines",), self.rep_lines, CASES, "move")]:
            raise Mistakes(mistakes)
        return self


def find_buyer_file(name: str) -> Path:
    """Return the path of "rules" or "lines": the person's own copy before the shipped one.

    Raises ScenarioError when there is none.
    """
    return find_file(FOLDER / f"{name}.yaml")


def load_rules(path: str | Path | None = None) -> BuyerRules:
    """Return the checked rules of a file; without one, the person's own or the shipped ones.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return read_once(Path(path or find_buyer_file("rules")), _rules)


def load_lines(path: str | Path | None = None) -> Lines:
    """Return the checked lines of a file, as `load_rules` does."""
    return read_once(Path(path or find_buyer_file("lines")), _lines)


def _unknown_lines(rules: BuyerRules) -> Iterator[tuple[Loc, str]]:
    known = [*load_lines().buyer_lines, CARD]
    for move, found in rules.buyer_rules.items():
        for name, case in found.cases.items():
            if case.reply not in known:
                message = f"there is no group of lines '{case.reply}'"
                loc: Loc = ("buyer_rules", move, "cases", name, "reply")
                yield loc, message + did_you_mean(case.reply, known)


def _rules(path: Path) -> BuyerRules:
    return load_record(path, BuyerRules, check=_unknown_lines)


def _lines(path: Path) -> Lines:
    return load_record(path, Lines)
