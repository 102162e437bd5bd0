"""The workbook of a comparison: answer, by world, weekly, decisions, manifest."""

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.screens.lab_report_answer import Answer
from simkit.study.experiment.tables import decision_rows, weekly_table
from simkit.training.coaching_csv import defused

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MOST_ROWS = 1_048_000
"""Lines that a sheet takes, less some for its head."""
MOST_LETTERS = 60
"""The widest that a column is made."""


def write_workbook(path: Path, answer: Answer, made: dict[str, Any]) -> None:
    """Write all sheets; `made`: the manifest of the comparison. Raises OSError."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # Strings stay strings: xlsxwriter would make formulas, links and numbers of some of them.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(path, plain)
    t = answer.t
    try:
        _sheet(book, t("answer"), *_answer(answer))
        by_world = answer.results.table()
        _sheet(book, t("by world"), list(by_world.columns), by_world.itertuples(index=False))
        weekly = weekly_table(answer.results)
        _sheet(book, t("weekly"), list(weekly.columns), weekly.itertuples(index=False))
        heads = [t("Policy"), t("worlds"), t("Week"), t("lever"), t("value")]
        _sheet(book, t("decisions"), heads, decision_rows(answer.results))
        _sheet(book, t("manifest"), [t("name"), t("value")], _facts(made))
    finally:
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(*error.args[0].args) from error


def _answer(answer: Answer) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """The rows of the comparison with their numbers as numbers."""
    t, words, lang = answer.t, answer.words, answer.lang
    heads = [
        t("KPI"), t("Unit"), t("compared with"), t("Policy"), t("mean"), t("mean"),
        t("difference"), t("low"), t("high"), t("verdict"), t("worlds"), t("left out"),
        t("worlds to see 2 %"), t("saved by common luck"), t("in words"),
    ]  # fmt: skip
    heads[4] = f"{heads[4]}: {heads[2]}"
    heads[5] = f"{heads[5]}: {heads[3]}"
    rows = [
        [words.kpi_title(r.kpi), words.kpi(r.kpi).unit, words.arm(r.a), words.arm(r.b), r.mean_a,
         r.mean_b, r.difference, r.low, r.high, words.verdict(r.verdict), r.n, r.undefined,
         r.needed, r.saving, r.says.in_(lang)]
        for r in answer.comparison.rows
    ]  # fmt: skip
    return heads, rows


def _facts(made: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    """The manifest in lines; what is long, such as a scenario, is in manifest.json."""
    for name, value in made.items():
        if name == "scenarios":
            value = ", ".join(value)
        elif name == "policies":
            value = [{k: v for k, v in policy.items() if k != "decided"} for policy in value]
        text = value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
        yield name, text


def _sheet(
    book: "Workbook", name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    widths = [len(head) for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
    for place, row in enumerate(rows, 1):
        if place > MOST_ROWS:  # all of it is in results.csv
            sheet.write_string(place, 0, "…")
            break
        for column, value in enumerate(row):
            widths[column] = max(widths[column], len(str(value)))
            _cell(sheet, place, column, value)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(MOST_LETTERS, 2 + width))


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    """A number as a number, what cannot be said as an empty cell, all else as harmless text."""
    if isinstance(value, str):
        sheet.write_string(row, column, defused(value))
    elif value is not None and math.isfinite(value):
        sheet.write_number(row, column, value)
