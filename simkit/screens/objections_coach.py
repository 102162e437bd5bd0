"""Coach: answers are scored blind, points overridden with a reason, and agreement is judged."""

import html
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.screens.drill_words import paragraph
from simkit.screens.objections_coach_agree import AgreeDesk
from simkit.screens.objections_coach_desk import Desk
from simkit.screens.objections_coach_override import OverrideDesk
from simkit.screens.objections_coach_score import ScoreDesk
from simkit.screens.objections_coach_tables import TableDesk
from simkit.screens.objections_files import FileChoice, free_name
from simkit.screens.objections_page import Page
from simkit.screens.parts import row, text_box
from simkit.training.practice import Practice, PracticeError

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice


class CoachPart(Protocol):
    """A part of the page of coaches."""

    view: W.VBox

    def show(self) -> None:
        """Bring up to date what may have changed."""

    def kept(self) -> dict[str, Any]:
        """Return what is entered and not finished."""

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back what was kept."""


class CoachPage(Page):
    """What a coach does with the answers of a practice."""

    def __init__(self, practice: Practice, lang: str, app: "ObjectionPractice") -> None:
        super().__init__(practice, lang, app)
        t = self.t
        self.coach = text_box(t("Coach: name or sign")).add_class("sk-coach")
        self.coach.observe(app.safely(lambda _: self._renamed()), "value")
        self.desk = Desk(app, practice, lambda: str(self.coach.value).strip())
        self.part_id = "score"
        self.parts: dict[str, CoachPart] = {
            "score": ScoreDesk(self.desk),
            "override": OverrideDesk(self.desk),
            "tables": TableDesk(self.desk),
            "agree": AgreeDesk(self.desk),
        }
        self.buttons = {name: self._part_button(name, title) for name, title in self._titles()}
        menu = W.HBox(list(self.buttons.values())).add_class("sk-row").add_class("sk-step-row")
        self.place = W.VBox()
        self.view.children = [row(self.coach), *self._file_parts(), menu, self.place]

    def _titles(self) -> list[tuple[str, str]]:
        t = self.t
        return [
            ("score", t("Score blind")),
            ("override", t("Override")),
            ("tables", t("Tables (CSV)")),
            ("agree", t("Agreement")),
        ]

    def _part_button(self, name: str, title: str) -> W.Button:
        button = self.button(title, lambda: self.go(name), f"coach-{name}")
        return button.remove_class("sk-button").add_class("sk-step")

    def _file_parts(self) -> list[W.Widget]:
        t = self.t
        self.about = W.HTML()
        self.files = FileChoice(
            t,
            self.app.safely,
            label=t("Another file of attempts (path)"),
            action=t("Open it"),
            ending=".jsonl",
            name="open-attempts",
            take=self._open,
            take_upload=self._open_copy,
        )
        self.other = self.button(t("Open another file of attempts"), self._unfold, "other-file")
        self.back = self.button(t("Back to the practice of this page"), self._back, "own-file")
        self.files.view.layout.display = "none"
        return [self.about, row(self.other, self.back), self.files.view]

    # --- what the practice uses

    def show(self) -> None:
        """Read what other windows added, and show the part that is open."""
        try:
            self.desk.practice.refresh()
        except PracticeError as error:
            self.app.fail(Exception(error.in_(self.lang)))
        self._display()

    def go(self, part: str) -> None:
        """Show a part, as its button does."""
        self.part_id = part
        self.app.say("")
        self._display()
        self.app.keep()

    def _display(self) -> None:
        for name, button in self.buttons.items():
            button.button_style = "primary" if name == self.part_id else ""
            button.tooltip = self.t("You are here") if name == self.part_id else ""
        own = self.desk.practice is self.practice
        self.back.layout.display = "none" if own else None
        said = self.t("Answers of {file}: {count} in people's own words.")
        name, count = self.desk.practice.path.name, len(self.desk.answers())
        told = [each.in_(self.lang) for each in self.desk.practice.warnings]
        told.insert(0, said.format(file=name, count=count))
        self.about.value = "".join(map(paragraph, told))
        part = self.parts[self.part_id]
        part.show()
        self.place.children = [part.view]

    # --- whose answers

    def _renamed(self) -> None:
        self._display()
        self.app.keep()

    def _unfold(self) -> None:
        there = self.files.view.layout.display is None
        self.files.view.layout.display = "none" if there else None
        if not there:
            self.files.path.focus()

    def _open(self, path: Path) -> str:
        """Open a file of attempts where it lies; scores are added to it."""
        if not path.is_file():
            said = self.t("There is no file {file}; look at the path again.")
            return html.escape(said.format(file=path))
        return self._opened(lambda: path)

    def _open_copy(self, path: Path) -> str:
        """Open what was uploaded; scores are added to the copy in the folder of the practice."""
        return self._opened(lambda: self._copied(path))

    def _copied(self, path: Path) -> Path:
        """Return the copy of an uploaded file; one that was uploaded before goes on."""
        Practice(path)  # raises PracticeError when it is something else
        content, file = path.read_bytes(), self.app.file.with_name(path.name)
        for name in (file, *file.parent.glob(f"{file.stem}-*{file.suffix}")):
            if name.is_file() and name.read_bytes().startswith(content):
                return name
        free = free_name(file)
        free.parent.mkdir(parents=True, exist_ok=True)
        free.write_bytes(content)
        return free

    def _opened(self, find: Callable[[], Path]) -> str:
        try:
            self.desk.practice = Practice(find())
        except PracticeError as error:
            return html.escape(error.in_(self.lang))
        self.files.view.layout.display = "none"
        self._display()
        said = self.t("{file} is open; what you give is added to it.")
        self.app.say(said.format(file=self.desk.practice.path))
        self.app.keep()
        return ""

    def _back(self) -> None:
        self.desk.practice = self.practice
        self._display()
        self.app.keep()

    # --- what is kept

    def kept(self) -> dict[str, Any]:
        """Return who coaches, which file is open, and what each part has not finished."""
        own = self.desk.practice is self.practice
        mine = {"coach": self.coach.value, "part": self.part_id}
        mine["file"] = "" if own else str(self.desk.practice.path)
        return mine | {name: part.kept() for name, part in self.parts.items()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Bring back a coach's work as it was left."""
        self.coach.value = str(kept["coach"])
        if kept["file"]:
            with suppress(PracticeError, OSError):
                if Path(kept["file"]).is_file():
                    self.desk.practice = Practice(kept["file"])
        self.part_id = kept["part"] if kept["part"] in self.parts else "score"
        for name, part in self.parts.items():
            part.show()
            with suppress(AttributeError, KeyError, TypeError, ValueError, TraitError):
                part.restore(kept[name])
