"""The inbox of a drill: messages to read, and to mark as a sign or as noise."""

import html
from collections.abc import Callable

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.news import Message, announcements
from simkit.screens.drill_words import Room, channel_names
from simkit.screens.parts import choice

UNMARKED = ""


class Letter:
    """One message with its mark."""

    def __init__(self, message: Message, room: Room, mark: Callable[[str, str], None]) -> None:
        t = room.t
        self.id, self._mark, self._quiet = message.id, mark, False
        self.text = W.HTML(letter_html(message, room))
        marks = {t("not marked"): UNMARKED, t("a sign"): "sign", t("noise"): "noise"}
        self.mark = choice(t("I take it for"), marks, UNMARKED, buttons=True)
        self.mark.add_class("sk-mark")
        self.mark.observe(room.safely(self._marked), "value")
        parts = [self.text, self.mark] if message.id else [self.text]
        self.view = W.VBox(parts).add_class("sk-letter")

    def show(self, mark: str) -> None:
        """Show a mark that is stored already."""
        self._quiet = True
        self.mark.value = mark
        self._quiet = False

    def _marked(self, change: dict) -> None:
        if not self._quiet:
            self._mark(self.id, change["new"])


class Inbox:
    """The messages of this week, and the earlier ones below."""

    def __init__(self, room: Room, mark: Callable[[str, str], None]) -> None:
        self.room, self._mark = room, mark
        self.letters: dict[str, Letter] = {}
        self.new, self.earlier = W.VBox(), W.VBox()
        self.note = W.HTML()
        self.older = W.Accordion([self.earlier])
        self.view = W.VBox([self.note, self.new, self.older]).add_class("sk-inbox")

    def show(self) -> int:
        """Show the messages of the report; return how many came last."""
        t, report = self.room.t, self.room.report
        came = [m for m in report.messages if self._is_new(m)]
        before = [m for m in report.messages if not self._is_new(m)]
        self.new.children = [self._letter(message).view for message in came]
        self.earlier.children = [self._letter(message).view for message in reversed(before)]
        note = t("New this week:") if came else t("No new messages this week.")
        self.note.value = f"<p>{html.escape(note)}</p>"
        self.older.layout.display = None if before else "none"
        self.older.set_title(0, t("Earlier messages ({count})").format(count=len(before)))
        self.show_marks()
        return len(came)

    def _is_new(self, message: Message) -> bool:
        """Whether it came last week, or lay there on the first day."""
        week = self.room.report.week
        if week == 1 and message.id:
            first = announcements(self.room.scenario, 0)
            return message.id not in {each.id for each in first}
        return message.week >= week - 1

    def show_marks(self) -> None:
        """Show the marks that are stored."""
        marks = marks_of(self.room)
        for name, letter in self.letters.items():
            letter.show(marks.get(name, UNMARKED))

    def enable(self, enabled: bool) -> None:
        """Let a person mark, or not."""
        for letter in self.letters.values():
            letter.mark.disabled = not enabled

    def _letter(self, message: Message) -> Letter:
        """The widget of a message; news of the week have no id and are made anew."""
        if not message.id:
            return Letter(message, self.room, self._mark)
        if message.id not in self.letters:
            self.letters[message.id] = Letter(message, self.room, self._mark)
        return self.letters[message.id]


def letter_html(message: Message, room: Room) -> str:
    """Return a message with week, channel and sender."""
    t = room.t
    head = [t("Week {week}").format(week=message.week + 1), channel_names(t)[message.channel]]
    if message.sender:
        head.append(message.sender.in_(room.lang))
    told = html.escape(" · ".join(head))
    return f'<p class="sk-head">{told}</p><p>{html.escape(message.text.in_(room.lang))}</p>'


def marks_of(room: Room) -> dict[str, str]:
    """Return the marks that hold, by message: the last one counts."""
    marks = {note.data["message"]: note.data["as"] for note in room.game.notes("mark")}
    return {name: mark for name, mark in marks.items() if mark in ("sign", "noise")}
