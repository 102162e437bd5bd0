"""Talk: a conversation with the simulated buyer, move by move or in one's own words."""

import html
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_window import DOUBLE_CLICK_SECONDS
from simkit.screens.objections_brief import brief_html, concern_html
from simkit.screens.objections_page import CardPage
from simkit.screens.objections_talk_view import (
    group_names,
    latest_html,
    phase_names,
    review_html,
    states_html,
    transcript_html,
)
from simkit.screens.parts import action_button, choice, heading, landing, row, text_box
from simkit.training.objections.buyer import MOST_TYPED, Talk, Turn
from simkit.training.objections.mind import State
from simkit.training.objections.moves import GROUPS, MOVES, Move
from simkit.training.practice import Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice


class TalkPage(CardPage):
    """A card's buyer to talk to; every turn is on disk before it is shown."""

    talk: Talk | None = None
    turn: Turn | None = None
    """What is shown as the newest: all that came of what was said last."""
    seen = 0
    """Turns before that."""
    made = float("-inf")
    """When the last turn was made, on the clock of the practice."""
    start: State
    """The buyer's state before the first turn."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self.spent, self.began = 0.0, app.clock()
        self.brief, self.latest, self.states, self.turns = (W.HTML() for _ in range(4))
        self.phase, self.review, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self.moves = W.VBox().add_class("sk-moves")
        self.buttons: dict[str, W.Button] = {}
        groups = group_names(t)
        colon = "：" if lang == "zh" else ": "
        every = {f"{groups[m.group]}{colon}{m.name.in_(lang)}": m.id for m in _in_groups()}
        self.other = choice(t("Any move"), every).add_class("sk-any-move")
        self.do_other = self.button(t("Do it"), lambda: self._do(self.other.value), "do-move")
        self.words = text_box(t("Or in your own words"), lines=3).add_class("sk-own-turn")
        self.words.observe(app.safely(lambda _: app.keep()), "value")
        self.say = self.button(t("Say it"), self._say, "say")
        self.say.button_style = "primary"
        self.again = self.button(t("The same buyer once more"), self._again, "again")
        self.stop = self.button(t("Break off"), self._again, "break-off")
        self.onward = self.button(t("Next card"), app.next_card, "next-card")
        self.onward.button_style = "primary"
        self.title = landing(t("Review of the talk"))
        self.acting = W.VBox(self._acting_parts())
        self.ended = W.VBox([self.title, self.review, row(self.again, self.onward)])
        shown = [self.phase, self.latest, self.states]
        self.view.children = [self.brief, *shown, self.acting, self.ended, self.turns]

    def _acting_parts(self) -> list[W.Widget]:
        own = [self.words, self.complaint, row(self.say)]
        return [heading(self.t("Your move")), self.moves, row(self.other, self.do_other), *own,
                row(self.stop)]  # fmt: skip

    # --- what the practice uses

    @property
    def busy(self) -> bool:
        """Whether a talk is under way."""
        return bool(self.talk and self.talk.turns and not self.talk.over)

    def take(self, card_id: str) -> None:
        """Begin a talk with the buyer of a card."""
        super().take(card_id)
        self._begin(Talk(self.card, self.lang))

    def _begin(self, talk: Talk) -> None:
        self.talk, self.start = talk, Talk(self.card, self.lang).state
        self.turn = talk.turns[-1] if talk.turns else None
        self.seen = max(0, len(talk.turns) - 1)
        self.spent, self.began = 0.0, self.app.clock()
        self.words.value, self.complaint.value = "", ""
        self._display()

    def _display(self) -> None:
        talk = self.talk
        assert talk
        buyer, turns = self.objection.buyer.name.in_(self.lang), talk.turns
        self.brief.value = brief_html(self.objection, self.lang, "", folded=bool(turns))
        before = turns[self.seen - 1].state if self.seen else self.start
        self.latest.value = latest_html(self.turn, self.lang, buyer)
        self.states.value = states_html(talk.state, before, self.lang)
        self.turns.value = transcript_html(talk, self.lang, buyer)
        phase = html.escape(phase_names(self.t)[talk.phase])
        self.phase.value = f'<p class="sk-head">{phase}</p>'
        self._show_moves(talk.offered())
        self._show_end()

    def _show_moves(self, offered: list[Move]) -> None:
        """Show the moves that make sense now, group by group; the widgets are made once."""
        rows: list[W.Widget] = []
        for group in GROUPS:
            ids = [move for move in offered if move.group == group]
            if ids:
                name = html.escape(group_names(self.t)[group])
                title = W.HTML(f"<span>{name}</span>").add_class("sk-group")
                rows.append(row(title, *(self._move_button(move) for move in ids)))
        self.moves.children = rows

    def _move_button(self, move: Move) -> W.Button:
        if move.id not in self.buttons:
            text = move.name.in_(self.lang)
            button = action_button(text, self.app.safely(lambda: self._do(move.id)))
            button.tooltip = move.what.in_(self.lang)
            self.buttons[move.id] = button.add_class("sk-move").add_class(f"sk-move-{move.id}")
        return self.buttons[move.id]

    def _show_end(self) -> None:
        talk = self.talk
        over = bool(talk and talk.over)
        self.acting.layout.display = "none" if over else None
        self.ended.layout.display = None if over else "none"
        self.stop.layout.display = None if self.busy else "none"
        if talk and over:
            found = review_html(talk, self.start, self.app.rubric, self.lang)
            self.review.value = found + concern_html(self.objection, self.lang)

    # --- what the buttons do

    @property
    def _listens(self) -> bool:
        """Whether the buyer takes another turn: not as the second half of a double click."""
        late = self.app.clock() - self.made >= DOUBLE_CLICK_SECONDS
        return bool(self.talk and not self.talk.over and late)

    def _do(self, move: str) -> None:
        if self._listens:
            self._turn(lambda talk: talk.do(move))

    def _say(self) -> None:
        text = str(self.words.value)
        wrong = self._mistake(text)
        self.complaint.value = f'<div role="alert">{html.escape(wrong)}</div>' if wrong else ""
        if wrong:
            self.words.focus()
        elif self._listens:
            self._turn(lambda talk: talk.say(text))
            self.words.value = ""
            if not (self.talk and self.talk.over):
                self.words.focus()  # who speaks in words of one's own goes on so

    def _mistake(self, text: str) -> str:
        if not text.strip():
            return self.t("Write what you say, or press a move.")
        if len(text) > MOST_TYPED:
            said = self.t("Nobody listens to {count} characters at once; say {most} at most.")
            return said.format(count=f"{len(text):,}", most=f"{MOST_TYPED:,}")
        return ""

    def _turn(self, make: Callable[[Talk], Turn]) -> None:
        """Make a turn; it is on the disk before it is shown, else it was not made."""
        talk = self.talk
        assert talk
        before = talk.moves
        try:
            turn = make(talk)
            self.app.keep()
        except OSError:
            self.talk = Talk.replayed(self.card, before, self.lang)
            raise
        self.turn, self.seen, self.made = turn, len(before), self.app.clock()
        if talk.over:
            self._store(talk)
        self._display()
        self.app.settle()
        if talk.over:
            self.title.focus()
        else:
            self._stay()

    def _stay(self) -> None:
        """Keep the focus among the moves: the button that was pressed may be gone."""
        offered = self.talk.offered() if self.talk else []
        (self.buttons[offered[0].id] if offered else self.words).focus()

    def _store(self, talk: Talk) -> None:
        typed = "\n".join(text for text, _ in groupby(text for _, text in talk.moves) if text)
        result = talk.result
        tried = self.app.attempt(
            "talk",
            self.card_id,
            answer=typed,
            seconds=self.spent + self.app.clock() - self.began,
            won=result.won,
            moves=tuple(move or "unclear" for move, _ in talk.moves),
        )
        self.app.store(tried, self.t("The talk is over and stored. The review follows."))

    def _again(self) -> None:
        self._begin(Talk(self.card, self.lang))
        self.app.keep()
        self.show()
        self.app.settle()
        self._stay()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return the moves so far and what is typed."""
        spent = round(self.spent + self.app.clock() - self.began, 1)
        moves = [list(move) for move in self.talk.moves] if self.talk else []
        mine = {"card": self.card_id, "moves": moves, "spent": spent}
        return {**mine, "words": str(self.words.value), "ended": bool(self.talk and self.talk.over)}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring a talk back as it was left, by making its moves again."""
        if kept["card"] not in self.app.cards or not kept["moves"]:
            return
        if kept["ended"] and kept["card"] != self.app.card_id:
            return
        self.card_id = kept["card"]
        moves = [(str(move), str(text)) for move, text in kept["moves"]]
        self._begin(Talk.replayed(self.card, moves, self.lang))
        self.spent, self.words.value = float(kept["spent"]), str(kept["words"])


def _in_groups() -> list[Move]:
    return sorted(MOVES, key=lambda move: GROUPS.index(move.group))
