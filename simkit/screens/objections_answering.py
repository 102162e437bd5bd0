"""An answer in one's own words, against a clock that can be switched off."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_clock import Clock
from simkit.screens.parts import action_button, row, text_box
from simkit.screens.texts import Translate
from simkit.training.objections import Scored
from simkit.training.practice_records import LONGEST

Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


@dataclass(frozen=True)
class Answer:
    """What was written, in how many seconds, and whether that was too long."""

    text: str
    seconds: float
    late: bool

    def as_scored(self, scored: Scored) -> dict[str, Any]:
        """Return what an attempt keeps of the answer and its score."""
        return {
            "answer": self.text,
            "seconds": self.seconds,
            "late": self.late,
            "points": scored.points,
            "total": scored.total,
            "cap": scored.cap,
        }


class Answering:
    """A box for the answer with its clock.

    Parameters
    ----------
    t, safely, clock :
        As those of the practice.
    finish : callable
        Called with the `Answer`; returns what is wrong with it, or "".
    give_up : callable
        Called when somebody stops without a score.
    changed : callable
        Called when the text was changed, to keep it.
    """

    def __init__(
        self,
        t: Translate,
        safely: Safely,
        clock: Callable[[], float],
        finish: Callable[[Answer], str],
        give_up: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self.t, self._clock, self._done = t, clock, finish
        self.running, self._limit, self._spent, self._began = False, 0, 0.0, 0.0
        self._countdown = Clock(0, self._time_is_up, t)
        self.time, self.up, self.complaint = W.VBox(), W.HTML(), W.HTML()
        self.text = text_box(t("What do you say?"), lines=8).add_class("sk-own-words")
        self.text.observe(safely(lambda _: changed()), "value")
        self.button = action_button(t("That is my answer"), safely(self._finish), style="primary")
        self.button.add_class("sk-finish")
        self.stop = action_button(t("Stop without a score"), safely(give_up)).add_class("sk-giveup")
        box = [self.text, self.complaint]
        self.view = W.VBox([self.time, self.up, *box, row(self.button, self.stop)])

    def begin(self, seconds: int, text: str = "", spent: float = 0.0) -> None:
        """Let somebody write; `seconds` 0: without a limit; `spent` before the page was closed."""
        self.text.value, self.complaint.value, self.up.value = text, "", ""
        self._limit, self._spent, self._began, self.running = seconds, spent, self._clock(), True
        self._countdown.stop()
        self._countdown = Clock(seconds, self._time_is_up, self.t)
        self.time.children = [self._countdown.view]
        left = seconds - spent
        if seconds and left > 0:
            self._countdown.start()
            self._countdown.left = int(left)
            self._countdown.show()
        elif seconds:
            self._countdown.left = 0
            self._countdown.show()
            self._time_is_up()

    def end(self) -> None:
        """Stop the clock; nobody writes any more."""
        self._spent, self.running = self.spent, False
        self._countdown.stop()

    @property
    def spent(self) -> float:
        """Seconds that the answer has taken so far."""
        return self._spent + (self._clock() - self._began if self.running else 0.0)

    @property
    def late(self) -> bool:
        """Whether more time has gone than there was."""
        return bool(self._limit) and self.spent > self._limit

    def _time_is_up(self) -> None:
        said = self.t("The time is up. Finish your sentence; the answer is marked as late.")
        self.up.value = f'<div role="status" class="sk-urgent">{html.escape(said)}</div>'

    def complain(self, text: str) -> None:
        """Say at the box what is wrong; what is written stays."""
        self.complaint.value = f'<div role="alert">{html.escape(text)}</div>' if text else ""

    def _finish(self) -> None:
        if not self.running:  # half a double click
            return
        text = str(self.text.value)
        self.complain(self._mistake(text) or self._done(Answer(text, self.spent, self.late)))
        if self.complaint.value:
            self.text.focus()

    def _mistake(self, text: str) -> str:
        if not text.strip():
            return self.t("Write an answer first.")
        if len(text) > LONGEST:
            said = self.t("An answer has {most} characters at most; this one has {count}.")
            return said.format(most=f"{LONGEST:,}", count=f"{len(text):,}")
        return ""
