"""The simulated buyer: a talk in which each move has its rule, its reply and its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from simkit.scenario.buyer_rules import BuyerRules, Lines, load_lines, load_rules
from simkit.scenario.objections import STEPS, ObjectionCard
from simkit.scenario.record import Text
from simkit.training.objections.heard import moves_heard
from simkit.training.objections.mind import Mind, State, begin, phase, price_share
from simkit.training.objections.moves import BY_ID, Move
from simkit.training.objections.outcome import Result, result_of
from simkit.training.objections.play import step, unclear
from simkit.training.objections.score import score
from simkit.training.objections.words import (
    NOT_UNDERSTOOD,
    buyer_answers,
    joined,
    line,
    rep_says,
    typed,
    why,
)

HARM_OF = {
    "rude": "blame",
    "blame": "blame",
    "argues": "argue",
    "discount": "discount",
    "false_claim": "overclaim",
}
"""The moves that harms seen by the scorer stand for."""
MOST_TYPED = 2000
"""Characters of a typed text that are kept in the talk."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the rep said, what the buyer answered, and why the buyer's state moved."""

    move: str
    case: str
    """The case of the rules that applied."""
    said: Text
    reply: Text
    state: State
    feedback: Text
    uncovered: bool
    """Whether the true concern came out in this turn."""
    over: str
    """ "", or how the talk ended: "won", "trial", "left", "lost"."""
    typed: str = ""
    """What was typed, "" where an example stands in its place."""


class Talk:
    """A talk with the buyer of a card; the same moves always make the same talk."""

    def __init__(
        self,
        card: ObjectionCard,
        lang: str = "en",
        rules: BuyerRules | None = None,
        lines: Lines | None = None,
    ) -> None:
        self.card, self.lang = card, lang
        self.rules, self.lines = rules or load_rules(), lines or load_lines()
        self.mind: Mind = begin(self.rules, card.objection)
        self.turns: list[Turn] = []
        self._last: Text | None = None

    @classmethod
    def replayed(
        cls, card: ObjectionCard, moves: Iterable[str | tuple[str, str]], lang: str = "en"
    ) -> "Talk":
        """Return the talk in which `moves` were made: ids, or pairs of id and typed text.

        Raises KeyError with an unknown move and ValueError with moves after the end.
        """
        talk = cls(card, lang)
        for move in moves:
            talk.do(*((move,) if isinstance(move, str) else move))
        return talk

    @property
    def state(self) -> State:
        """How the buyer stands now."""
        return self.mind.state

    @property
    def phase(self) -> str:
        """Where the talk is: opening, discovery, objection, answer, closing or over."""
        return phase(self.rules, self.mind)

    @property
    def over(self) -> str:
        """Empty, or how the talk ended: "won", "trial", "left", "lost"."""
        return self.mind.over

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """The moves so far with the typed text, as `replayed` takes them."""
        return tuple((turn.move, turn.typed) for turn in self.turns)

    @property
    def result(self) -> Result:
        """What has come of the talk so far."""
        return result_of(self.rules, self.mind, self.cases)

    @property
    def cases(self) -> list[tuple[str, str]]:
        """The recognised moves so far, each with the case of the rules that applied."""
        return [(turn.move, turn.case) for turn in self.turns if turn.move]

    def offered(self) -> list[Move]:
        """Return the moves worth showing now, good and tempting ones; all others stay allowed."""
        if self.over:
            return []
        gone = self.mind.done & {"greet", "small_talk", "situation", "pain", "impact", "summarise"}
        return [BY_ID[move] for move in self.rules.offered[self.phase] if move not in gone]

    def do(self, move: str, text: str = "") -> Turn:
        """Make a move, with `text` as what the rep says or an example in its place.

        The move "" is something the buyer does not understand. Raises KeyError with an unknown
        move and ValueError when the talk is over.
        """
        before, text = self.mind, text.strip()[:MOST_TYPED].strip()
        self.mind, case = self._after(move)
        opened = self.mind.uncovered and not before.uncovered
        turn = Turn(
            move,
            case,
            typed(text) if text or not move else self._example(move, before.uncovered),
            joined(*self._reply(before, move, case)),
            self.mind.state,
            self._why(move, case, opened),
            opened,
            self.mind.over,
            text,
        )
        self.turns.append(turn)
        return turn

    def moves_in(self, text: str) -> tuple[str, ...]:
        """Return the moves that the buyer hears in a text, in order; () when there are none."""
        heard = moves_heard(text, self.card.objection, self.lang)
        earned = ("discount",) if "trade_concession" in heard else ()
        harm = [move for move in self._harms(text) if move not in (*heard, *earned)]
        return (*harm, *heard)

    def _harms(self, text: str) -> list[str]:
        flags = score(text, self.card, self.lang).flags
        return list(dict.fromkeys(HARM_OF[flag.harm] for flag in flags if flag.harm in HARM_OF))

    def say(self, text: str) -> Turn:
        """Say something in own words: all moves heard in it are made, one after the other.

        What is not understood costs a little patience. Raises ValueError when the talk is over.
        """
        first = len(self.turns)
        for number, move in enumerate(self.moves_in(text) or ("",)):
            if not number or not self.over:
                self.do(move, text)
        return told_as_one(self.turns[first:])

    def _after(self, move: str) -> tuple[Mind, str]:
        if not move:
            return unclear(self.rules, self.mind), "unclear"
        return step(self.rules, self.mind, move, price_share(self.rules, self.card.objection))

    def _example(self, move: str, uncovered: bool) -> Text:
        times = sum(turn.move == move for turn in self.turns)
        return rep_says(self.lines, self.card.objection, move, times, uncovered)

    def _why(self, move: str, case: str, opened: bool) -> Text:
        if not move:
            return NOT_UNDERSTOOD
        return why(self.card.objection, self.rules.case(move, case), opened)

    def _reply(self, before: Mind, move: str, case: str) -> Iterator[Text]:
        """Yield the answer, the objection if it comes now, and the buyer's last words."""
        card, turn = self.card.objection, before.turn
        if move:
            rule = self.rules.case(move, case)
            answer = buyer_answers(self.lines, card, move, case, rule, turn, self._last)
        else:
            answer = self._line("not_understood")
        self._last = answer
        yield answer
        if self.mind.spoken and not before.spoken:
            yield self._line(f"lead_{self.mind.spoken}")
            yield card.says
        if self.mind.over == "lost":
            yield self._line(f"end_{self.mind.end}")

    def _line(self, group: str) -> Text:
        return line(self.lines, group, len(self.turns), self._last)


def told_as_one(turns: list[Turn]) -> Turn:
    """Return several moves of one text as one turn: what the buyer told, and all reasons."""
    last = turns[-1]
    weighty = [turn for turn in turns[:-1] if turn.uncovered or turn.move in STEPS]
    return replace(
        last,
        reply=joined(*(turn.reply for turn in (*weighty, last))),
        feedback=joined(*dict.fromkeys(turn.feedback for turn in turns)),
        uncovered=any(turn.uncovered for turn in turns),
    )
