"""Answers out to a table for coaches who score in a spreadsheet, and their scores back in."""

import html
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.rubric import MOST
from simkit.screens.drill_words import paragraph
from simkit.screens.objections_coach_desk import Desk
from simkit.screens.objections_files import FileChoice, free_name
from simkit.screens.parts import heading, row
from simkit.training.coaching_csv import Imported, ScoresRefused, export_answers, import_scores
from simkit.training.practice import PracticeError


class TableDesk:
    """A button that writes the answers to a table, and a place for filled-in ones."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.t, app = desk, desk.t, desk.app
        t = self.t
        self.written, self.taken = W.HTML(), W.HTML()
        self.write = app._button(t("Write the answers to a table"), self._write, "export")
        self.files = FileChoice(
            t,
            app.safely,
            label=t("Table with scores (path)"),
            action=t("Take the scores in"),
            ending=".csv",
            name="import",
            take=self._take,
        )
        out = t(
            "One row for each answer, without names, dates or scores. Open it in a spreadsheet, "
            "write 0, 1 or {most} into the columns of the behaviours and your name into the "
            "column coach, and save it as CSV UTF-8."
        )
        back = t(
            "Either all of a table is taken in or nothing; then every mistake is named with its "
            "line. The same table taken in twice changes nothing."
        )
        self.view = W.VBox(
            [
                heading(t("Out")), W.HTML(paragraph(out.format(most=MOST))), row(self.write),
                self.written, heading(t("Back in")), W.HTML(paragraph(back)), self.files.view,
                self.taken,
            ]
        )  # fmt: skip

    def show(self) -> None:
        """Offer the export only where there is something to write."""
        self.write.disabled = not self.desk.answers()

    def _write(self) -> None:
        answers, app = self.desk.answers(), self.desk.app
        file = free_name(app.file.with_name(f"{self.desk.practice.path.stem}_answers.csv"))
        try:
            count = export_answers(file, answers, app.cards)
        except OSError as error:
            said = self.t("The table cannot be written: {reason}. Make room, or close the file.")
            told = html.escape(said.format(reason=error.strerror or error))
            self.written.value = f'<div role="alert">{told}</div>'
            return
        said = self.t("{count} answers are in {file}.").format(count=count, file=file)
        told = f'<p class="sk-outcome">{html.escape(said)}</p>'
        self.written.value = f'<div role="status">{told}</div>'
        self.files.path.value = str(file)

    def _take(self, path: Path) -> str:
        """Take scores in; return all that is wrong with the table."""
        self.taken.value, desk = "", self.desk
        try:
            found = import_scores(path, desk.practice, desk.coach())
        except ScoresRefused as refused:
            title = self.t("Nothing was taken in. Correct the table, save it, and try again.")
            lines = html.escape("\n".join(refused.in_(desk.lang)))
            return f'{html.escape(title)}<pre class="sk-lines" tabindex="0">{lines}</pre>'
        except PracticeError as error:
            return html.escape(error.in_(desk.lang))
        told = f'<p class="sk-outcome">{html.escape(self._told(found))}</p>'
        self.taken.value = f'<div role="status">{told}</div>'
        return ""

    def _told(self, found: Imported) -> str:
        said = self.t(
            "Taken in: scores of {scores} answers, {overrides} overrides. Rows without points: "
            "{empty}. Already known: {same}."
        )
        counts = {"scores": len(found.scores), "overrides": len(found.overrides)}
        return said.format(**counts, empty=found.empty, same=found.same)

    def kept(self) -> dict[str, Any]:
        """Return the path that is typed."""
        return {"path": self.files.path.value}

    def restore(self, kept: dict[str, Any]) -> None:
        """Enter the path again."""
        self.files.path.value = str(kept["path"])
