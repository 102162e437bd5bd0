"""Reading an order history: a CSV file of customer, date and amount, checked row by row."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, NoReturn

from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.text_file import read_text

REQUIRED = ("customer", "date", "amount")
OPTIONAL = ("territory", "rep")

MAX_AMOUNT = 1e12
"""An order above this is taken for a slip of the pen: another unit, or a column shifted."""

MAX_PROBLEMS = 20
"""Mistakes listed one by one before the rest are only counted."""

CHINESE_NAMES = {
    "客户": "customer",
    "日期": "date",
    "金额": "amount",
    "区域": "territory",
    "销售代表": "rep",
}
"""Headers that mean the same in a Chinese export."""

DATE_FORMS = tuple(
    re.compile(form + r"(?:[ T][0-9]{1,2}:[0-9]{2}.{0,20})?")
    for form in (
        r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})",
        r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})",
        r"([0-9]{4})([0-9]{2})([0-9]{2})",
        r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日",
    )
)
NUMERIC_DATE = re.compile(r"[0-9]{1,2}([./-])[0-9]{1,2}\1(?:[0-9]{2}|[0-9]{4})")
AMOUNT = re.compile(
    r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?|[+-]?\.[0-9]+"
)


class Order(NamedTuple):
    """One row of the history; `territory` and `rep` are None when the file does not say."""

    customer: str
    date: date
    amount: float
    territory: str | None = None
    rep: str | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """The rows of an order history, and the file they came from (for messages)."""

    path: str
    rows: tuple[Order, ...] = field(repr=False)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)


def read_orders(path: str | Path) -> Orders:
    """Read the order history in the CSV file `path`; nothing is guessed, doubtful rows are refused.

    Columns, in any order and upper or lower case: customer, date (a day: 2024-03-31, 2024/3/31,
    20240331 or 2024年3月31日; a time of day after it is ignored), amount (money, >= 0, point for
    decimals, commas between thousands allowed) and optionally territory and rep; others are
    ignored. An amount of 0 is an order without charge: it counts as an order, and is left out
    when order values are estimated. Comma, semicolon or tab between the columns; UTF-8 with or
    without BOM, or GB18030.

    Raises
    ------
    ScenarioError
        With every mistake of the file and its place; from the 21st on they are only counted.
    """
    text = read_text(path)
    reader = _Reader(str(path), text)
    orders = reader.orders()
    reader.raise_problems()
    if not orders:
        reader.refuse(1, "there is no order below the header; add at least one row")
    return Orders(str(path), tuple(orders))


class _Reader:
    """Goes through the rows of one file and gathers its mistakes."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.lines = text.split("\n")
        self.text = text
        self.problems: list[Problem] = []
        self.uncounted = 0
        self.where: dict[str, int] = {}
        self.width = 0
        self.dates: dict[str, date | str] = {}
        self.names: dict[str, str] = {}

    def orders(self) -> list[Order]:
        """Return the good rows; the bad ones are in `problems`."""
        number = next((i for i, line in enumerate(self.lines) if line.strip()), 0)
        self.delimiter = _delimiter(self.lines[number])
        rows = self.numbered_rows()
        line, header = next(rows, (1, []))
        self.read_header(line, header)
        return [order for line, cells in rows if (order := self.order(line, cells)) is not None]

    def numbered_rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield (line the row starts on, cells) of every row that is not blank."""
        reader = csv.reader(io.StringIO(self.text), delimiter=self.delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            self.note(
                line,
                None,
                f"the row that starts here cannot be read ({error}); look for a quotation mark "
                "that is not closed, or put text with quotation marks in double ones",
            )

    def read_header(self, line: int, header: list[str]) -> None:
        """Find the columns by name; raises ScenarioError when one is missing or there twice."""
        found = [_canonical(name) for name in header]
        self.width = len(found)
        for name in REQUIRED + OPTIONAL:
            if found.count(name) > 1:
                self.note(line, None, f"column '{name}' is there {found.count(name)} times; keep 1")
            elif name in found:
                self.where[name] = found.index(name)
        for name in REQUIRED:
            if name not in found:
                self.note(line, None, _missing(name, header, found))
        self.raise_problems()

    def order(self, line: int, cells: list[str]) -> Order | None:
        """Return the order in `cells`, or None after noting what is wrong with it."""
        # Spreadsheets leave empty cells at the end of a row: no harm.
        if len(cells) < self.width or any(cell.strip() for cell in cells[self.width :]):
            remedy = "put text that contains the separator in double quotes"
            self.note(line, None, f"{len(cells)} columns, the header has {self.width}; {remedy}")
            return None
        before = len(self.problems) + self.uncounted
        customer, day = self.customer(line, cells), self.day(line, cells)
        amount = self.amount(line, cells)
        if len(self.problems) + self.uncounted > before or isinstance(day, str):
            return None
        return Order(customer, day, amount, self.name("territory", cells), self.name("rep", cells))

    def customer(self, line: int, cells: list[str]) -> str:
        """Return the customer of a row; an empty cell is a mistake."""
        name = self.name("customer", cells)
        if name is None:
            self.note(line, "customer", "the customer is empty; write the customer's number")
        return name or ""

    def name(self, column: str, cells: list[str]) -> str | None:
        """Return the text in `column`, shared between rows to save memory; None when empty."""
        if column not in self.where:
            return None
        text = cells[self.where[column]].strip()
        return self.names.setdefault(text, text) or None

    def day(self, line: int, cells: list[str]) -> date | str:
        """Return the date of a row, or what is wrong with it."""
        text = cells[self.where["date"]].strip()
        if text not in self.dates:
            self.dates[text] = _parse_date(text)
        day = self.dates[text]
        if isinstance(day, str):
            self.note(line, "date", day)
        return day

    def amount(self, line: int, cells: list[str]) -> float:
        """Return the amount of a row; 0 after noting a mistake."""
        amount = _parse_amount(cells[self.where["amount"]].strip())
        if isinstance(amount, str):
            self.note(line, "amount", amount)
            return 0.0
        return amount

    def note(self, line: int, column: str | None, message: str) -> None:
        """Keep a mistake, or only count it when there are many."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.uncounted += 1
            return
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        index = self.where[column] if column else 0
        col = _column_start(source, self.delimiter, index)
        self.problems.append(Problem(self.path, line, col, message, source))

    def raise_problems(self) -> None:
        """Raise ScenarioError when there are mistakes."""
        if self.uncounted:
            more = f"and {self.uncounted} more mistakes; mend those listed first"
            self.problems.append(Problem(self.path, None, None, more))
        if self.problems:
            raise ScenarioError(self.problems)

    def refuse(self, line: int, message: str) -> NoReturn:
        """Raise ScenarioError with one mistake."""
        raise ScenarioError([Problem(self.path, line, 1, message)])


def _canonical(name: str) -> str:
    """Return the name of a column as this module writes it."""
    name = name.strip().lower()
    return CHINESE_NAMES.get(name, name)


def _delimiter(header: str) -> str:
    """Return the separator that splits `header` into most of the wanted columns."""

    def wanted(delimiter: str) -> tuple[int, int]:
        names = {_canonical(cell.strip().strip('"')) for cell in header.split(delimiter)}
        return len(names.intersection(REQUIRED + OPTIONAL)), header.count(delimiter)

    return max((",", ";", "\t"), key=wanted)


def _missing(name: str, header: list[str], found: list[str]) -> str:
    """Return the message on a column that is not in the header."""
    shown = ", ".join(f"'{cell.strip()[:30]}'" for cell in header[:12])
    spare = [cell for cell in found if cell and cell not in REQUIRED + OPTIONAL]
    hint = did_you_mean(name, spare) if spare else ""
    hint = hint.replace("did you mean", "is it") if "did you mean" in hint else ""
    return (
        f"no column '{name}' in the header, which has {shown}{hint}; wanted: "
        f"{', '.join(REQUIRED)} and, if known, {', '.join(OPTIONAL)}"
    )


def _parse_date(text: str) -> date | str:
    """Return the day that `text` names, or what is wrong with it and what to write."""
    match = next((m for form in DATE_FORMS if (m := form.fullmatch(text))), None)
    if match is None:
        if NUMERIC_DATE.fullmatch(text):
            return f"date '{text}' is ambiguous (which is the month?); write it like 2024-03-31"
        return f"'{text[:30]}' is not a date; write it like 2024-03-31"
    year, month, day = map(int, match.groups())
    if not 1900 <= year <= 2100:
        return f"date '{text}' is in the year {year}; it must lie between 1900 and 2100"
    try:
        return date(year, month, day)
    except ValueError:
        return f"there is no day '{text}'; the form is year-month-day, like 2024-03-31"


def _parse_amount(text: str) -> float | str:
    """Return the money that `text` names, or what is wrong with it and what to write."""
    if not AMOUNT.fullmatch(text):
        return f"amount '{text[:30]}' is not a number; write it like 1234.50, without currency"
    amount = float(text.replace(",", ""))
    if amount < 0:
        return f"amount {text} is negative; set returns off against their order, or leave them out"
    if amount > MAX_AMOUNT:
        return f"amount {text} is larger than {MAX_AMOUNT:g}; check its unit and the column"
    return abs(amount)  # "-0" is 0


def _column_start(source: str, delimiter: str, index: int) -> int:
    """Return where the cell number `index` (from 0) begins in the line `source`, from 1."""
    inside_quotes = False
    for position, char in enumerate(source):
        if index == 0:
            return position + 1
        inside_quotes ^= char == '"'
        index -= char == delimiter and not inside_quotes
    return len(source) + 1 if source else 1
