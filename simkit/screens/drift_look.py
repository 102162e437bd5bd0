"""Investigate: look into the figures and ask people, for hours; what they showed stays readable."""

import hashlib
import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.drift import Voice
from simkit.screens.diagnosis import TOOL_TITLES, tool_html, tool_options
from simkit.screens.drift_words import figure_titles, hours_text, place_titles, watch_of
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.parts import action_button, choice, heading, row
from simkit.screens.record import write_whole
from simkit.study.game import Entry
from simkit.training.drift_notes import INVESTIGATION, VOICE, hours_left

Look = tuple[str, dict[str, Any], float]
"""What is looked into, the choices made for it, and the hours it takes."""


class Looked:
    """Keeps in files what every look-up showed: the region of that week is gone a week later."""

    def __init__(self, game_file: Path) -> None:
        self.folder = looked_folder(game_file)

    def keep(self, data: dict[str, Any], shown: str) -> None:
        """Keep what a look-up showed."""
        write_whole(self._file(data), shown)

    def read(self, data: dict[str, Any]) -> str:
        """Return what a look-up showed, "" where that is lost."""
        try:
            return self._file(data).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def _file(self, data: dict[str, Any]) -> Path:
        words = json.dumps(data, sort_keys=True, ensure_ascii=True)
        return self.folder / f"{hashlib.sha256(words.encode()).hexdigest()[:24]}.html"


def looked_folder(game_file: Path) -> Path:
    """Return the folder beside a game file in which its look-ups are kept."""
    return game_file.with_name(f"{game_file.stem}.looked")


class Investigate:
    """The tab on which one looks for the cause.

    `look(what, options, hours)` is called with what is to be looked into.
    """

    def __init__(self, room: Room, looked: Looked, look: Callable[[Look], None]) -> None:
        self.room, self.looked, self._look, t = room, looked, look, room.t
        self.hours, self.complaint = W.HTML(), W.HTML()
        tools = {
            f"{TOOL_TITLES[name].in_(room.lang)} ({hours_text(hours, t)})": name
            for name, hours in watch_of(room).tools.items()
        }
        self.tool = choice(t("Look into"), tools).add_class("sk-tool")
        self.options = row()
        self.boxes: dict[str, W.ValueWidget] = {}
        self._pages = 0
        self.tool.observe(room.safely(lambda _: self.draw()), "value")
        self.look_button = action_button(t("Look it up"), room.safely(self._look_up))
        self.look_button.add_class("sk-look-up")
        self.voices = {voice.id: self._ask_button(voice) for voice in watch_of(room).voices}
        self.again = choice(t("Read again"), {t("nothing yet"): -1}).add_class("sk-read-again")
        self.again.observe(room.safely(lambda _: self._read()), "value")
        self.shown = W.HTML().add_class("sk-looked")
        self.view = W.VBox(self._lay_out()).add_class("sk-investigate")

    def _lay_out(self) -> list[W.Widget]:
        t = self.room.t
        ask = t("Whom do you ask?")
        return [
            self.hours,
            heading(t("Look into the figures")),
            row(self.tool),
            self.options,
            row(self.look_button),
            heading(ask),
            row(*self.voices.values()),
            self.complaint,
            heading(t("My notebook")),
            row(self.again),
            self.shown,
        ]

    def _ask_button(self, voice: Voice) -> W.Button:
        text = f"{voice.name.in_(self.room.lang)} ({hours_text(voice.hours, self.room.t)})"
        what = f"{VOICE}{voice.id}"
        press = self.room.safely(lambda: self._ask((what, {}, voice.hours)))
        return action_button(text, press).add_class(f"sk-ask-{voice.id}")

    # --- what is to be seen

    def show(self) -> None:
        """Show the hours left, and the notebook with its newest page open."""
        left, t = hours_left(self.room.game), self.room.t
        text = t("Hours left for looking into things this week: {left} of {all}.").format(
            left=f"{left:g}", all=f"{watch_of(self.room).hours_per_week:g}"
        )
        lost = t("What is not used is lost; a page already made this week is free to read again.")
        self.hours.value = f"<p><strong>{html.escape(text)}</strong> {html.escape(lost)}</p>"
        self.complaint.value = ""
        self._list()

    def _list(self) -> None:
        notes = self.room.game.notes(INVESTIGATION)
        pages = [(self._title(note), place) for place, note in enumerate(notes)]
        kept = self.again.value
        self.again.options = pages[::-1] or [(self.room.t("nothing yet"), -1)]
        newest = len(pages) - 1
        self.again.value = kept if 0 <= kept < newest and len(pages) == self._pages else newest
        self._pages = len(pages)
        self._read()

    def _title(self, note: Entry) -> str:
        text = self.room.t("Week {week}: {what}")
        return text.format(week=note.week + 1, what=look_title(note.data, self.room))

    def _read(self) -> None:
        """Open a page of the notebook."""
        t, notes, place = self.room.t, self.room.game.notes(INVESTIGATION), self.again.value
        if not 0 <= place < len(notes):
            self.shown.value = paragraph(t("Here you will find what your look-ups showed."))
            return
        lost = paragraph(t("What this look-up showed is not kept any more."))
        title = f"<h4>{html.escape(self._title(notes[place]))}</h4>"
        self.shown.value = title + (self.looked.read(notes[place].data) or lost)

    def draw(self) -> None:
        """Offer the choices of the tool for this week, which takes a moment: for a thread."""
        kept = {name: box.value for name, box in self.boxes.items()}
        found = tool_options(self.tool.value, self.room)
        self.boxes = {
            each.name: choice(each.label, each.choices, each.chosen(kept)).add_class(
                f"sk-option-{each.name}"
            )
            for each in found
        }
        self.options.children = [*self.boxes.values()]

    def enable(self, enabled: bool) -> None:
        """Let a person look things up, or only read."""
        for button in (self.look_button, *self.voices.values()):
            button.disabled = not enabled

    # --- what the buttons do

    def _look_up(self) -> None:
        options = {name: box.value for name, box in self.boxes.items()}
        self._ask((self.tool.value, options, watch_of(self.room).tools[self.tool.value]))

    def _ask(self, look: Look) -> None:
        what, options, hours = look
        data, game = look_data(self.room, look), self.room.game
        notes = game.notes(INVESTIGATION)
        known = [place for place, note in enumerate(notes) if _same(note.data, data)]
        if known and self.looked.read(notes[known[-1]].data):
            self.again.value = known[-1]
            return self._read()
        if not known and hours > hours_left(game):
            t = self.room.t
            text = t("That takes {hours}; you have {left} left this week.").format(
                hours=hours_text(hours, t), left=hours_text(hours_left(game), t)
            )
            self.complaint.value = f'<div role="alert">{html.escape(text)}</div>'
            return None
        self.complaint.value = ""
        return self._look((what, options, 0.0 if known else hours))


def look_data(room: Room, look: Look) -> dict[str, Any]:
    """Return the note of a look-up."""
    what, options, hours = look
    return {"week": room.report.week, "what": what, "options": options, "hours": hours}


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one.get(name) == other[name] for name in ("week", "what", "options"))


def look_title(data: dict[str, Any], room: Room) -> str:
    """Return what was looked into, in words."""
    what = str(data["what"])
    voices = {f"{VOICE}{voice.id}": voice for voice in watch_of(room).voices}
    if what in voices:
        return room.t("{who} said").format(who=voices[what].name.in_(room.lang))
    title = TOOL_TITLES[what].in_(room.lang) if what in TOOL_TITLES else what
    names = place_titles(room, reps=True) | figure_titles(room.lang)
    chosen = (data["options"].get(name) for name in ("figure", "place", "group"))
    return " · ".join([title, *(names[each] for each in chosen if each in names)])


def look_html(room: Room, look: Look) -> str:
    """Return what a look-up shows, which takes a moment: for a thread."""
    what, options, _ = look
    if not what.startswith(VOICE):
        return tool_html(what, room, options)
    voice = next(each for each in watch_of(room).voices if f"{VOICE}{each.id}" == what)
    return f"<blockquote>{paragraph(said_by(room, voice))}</blockquote>"


def said_by(room: Room, voice: Voice) -> str:
    """Return what somebody says now: what they know of once it goes on, else the usual."""
    drift, week = room.scenario.drift, room.report.week
    knows = drift is not None and drift.start_week < week
    said = drift.voices.get(voice.id) if drift and knows else None
    return (said or voice.usual).in_(room.lang)
