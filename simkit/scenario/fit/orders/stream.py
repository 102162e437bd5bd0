"""Reading an order export of any size in one pass: 24 bytes are kept of a row."""

import csv
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO
from zlib import crc32

import numpy as np

from simkit.scenario.fit.amounts import BAD, PLAIN, Amount, read_amount
from simkit.scenario.fit.columns import Columns, find_columns, known_names
from simkit.scenario.fit.dates import Form, Open, Seen, decide, form_of, read_date
from simkit.scenario.fit.open_text import opened
from simkit.scenario.fit.orders.order_table import OrderTable
from simkit.scenario.order_file import MAX_AMOUNT, MAX_PROBLEMS
from simkit.scenario.record import Problem, ScenarioError

MARKS = ("point", "comma")


def read_table(path: Path, columns: Columns | None = None, dates: Form | None = None) -> OrderTable:
    """Read the order export `path`; nothing doubtful is guessed, every mistake has its line.

    One pass; comma, semicolon or tab; UTF-8 or GB18030; columns by `find_columns`. Dates whose
    form the file leaves open are read as `dates` says. Decimal comma and point are told by the
    amounts that allow only one; 1,234 alone is taken with thousands commas.

    Raises
    ------
    ScenarioError
        With the first 20 mistakes and the number of the others.
    """
    with opened(path) as file:
        reader = _Reader(path, file, columns or Columns(), dates)
        reader.read()
    return reader.table()


class _Numbers(dict[str, int]):
    """Numbers names in the order in which they come; an empty name is -1."""

    def __init__(self) -> None:
        super().__init__({"": -1})

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self) - 1
        return number

    def names(self) -> tuple[str, ...]:
        return tuple(self)[1:]


class _Reader:
    """Goes through the rows once."""

    def __init__(self, path: Path, file: TextIO, columns: Columns, dates: Form | None) -> None:
        self.path, self.file, self.mapping, self.form = str(path), file, columns, dates
        self.problems: list[Problem] = []
        self.uncounted = 0
        self.names = {name: _Numbers() for name in ("customer", "territory", "rep")}
        self.codes: dict[str, int] = {}
        self.seen: list[tuple[str, date | Open, int]] = []
        self.columns = {name: array("i") for name in ("customer", "territory", "rep", "day")}
        self.orders, self.amounts = array("I"), array("d")
        self.marks: dict[str, tuple[int, str]] = {}
        """Where decimal points and commas were first sure."""
        self.unsure: list[tuple[int, float]] = []
        """Rows that are another amount with a decimal comma, and which."""
        self.currencies: dict[str, int] = {}

    def read(self) -> None:
        """Read all rows; raises ScenarioError with what is wrong with them."""
        self.top, first = next(((n, t) for n, t in enumerate(self.file, 1) if t.strip()), (1, ""))
        self.delimiter = max(",;\t", key=lambda mark: _columns_with(mark, first))
        header = next(csv.reader([first], delimiter=self.delimiter), [])
        self.where = find_columns(header, self.mapping, self.path)
        self.header, self.width = header, len(header)
        for line, cells in self._rows():
            self._row(line, cells)
        self._decide()
        self._raise()
        if not self.amounts:
            raise ScenarioError([Problem(self.path, 1, 1, "there is no order below the header")])

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self.file, delimiter=self.delimiter, strict=True)
        line = self.top + 1
        try:
            for cells in reader:
                here, line = line, reader.line_num + self.top + 1
                if cells and (len(cells) > 1 or cells[0].strip()):
                    yield here, cells
        except csv.Error as error:
            message = f"the row that starts here cannot be read ({error})"
            self.note(line, f"{message}; look for a quotation mark that is not closed")

    def _row(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.width and (len(cells) < self.width or any(cells[self.width :])):
            if any(cell.strip() for cell in cells):
                self.note(line, _wrong_width(len(cells), self.width), cells)
            return
        where = self.where
        customer = self.names["customer"][cells[where["customer"]].strip()]
        if customer < 0:
            if any(cell.strip() for cell in cells):
                message = "the customer is empty; write the customer's number"
                self.note(line, message, cells, "customer")
            return
        day = self._day(line, cells)
        amount = self._amount(line, cells)
        if day is None or amount is None:
            return
        columns = self.columns
        columns["customer"].append(customer)
        columns["day"].append(day)
        self.amounts.append(amount)
        for name in ("territory", "rep"):
            if name in where:
                columns[name].append(self.names[name][cells[where[name]].strip()])
        if "order" in where:
            text = cells[where["order"]].strip()
            self.orders.append(crc32(text.encode()) or 1 if text else 0)

    def _day(self, line: int, cells: list[str]) -> int | None:
        """Return the number of the way the date is written; None after noting a mistake."""
        text = cells[self.where["date"]].strip()
        if ":" in text:  # a time of day follows
            text = text.partition("T" if text[10:11] == "T" else " ")[0]
        code = self.codes.get(text)
        if code is None:
            read = self._read_date(text)
            if isinstance(read, str):
                self.note(line, read, cells, "date")
                return None
            code = self.codes[text] = len(self.seen)
            self.seen.append((text, read, line))
        return code

    def _read_date(self, text: str) -> date | Open | str:
        read = read_date(text)
        if isinstance(read, Open) and self.form:
            return read.in_form(self.form) or f"there is no day '{text}' in the form {self.form}"
        return read

    def _amount(self, line: int, cells: list[str]) -> float | None:
        text = cells[self.where["amount"]].strip()
        if PLAIN.fullmatch(text):
            amount = float(text)
            if abs(amount) > MAX_AMOUNT:
                self.note(line, f"amount {text} is larger than {MAX_AMOUNT:g}", cells, "amount")
                return None
            if "." in text and "point" not in self.marks:
                self.marks["point"] = line, text
            return amount
        read = read_amount(text) if text else BAD.format("")
        if isinstance(read, str):
            self.note(line, read, cells, "amount")
            return None
        if read.currency:
            self.currencies.setdefault(read.currency, line)
        return self._of_two(line, text, read)

    def _of_two(self, line: int, text: str, read: Amount) -> float:
        """Return an amount, and remember what it says about decimal points and commas."""
        if read.comma is None or read.point is None:
            mark = MARKS[read.point is None]
            self.marks.setdefault(mark, (line, text))
        elif read.comma != read.point and "point" not in self.marks:
            self.unsure.append((len(self.amounts), read.comma))
        value = read.point if read.point is not None else read.comma
        assert value is not None
        return value

    def _decide(self) -> None:
        """Settle what no single row could tell: the form of the dates, the decimal mark."""
        rows = np.bincount(self.columns["day"], minlength=len(self.seen)).tolist()
        seen = [Seen(*each, n) for each, n in zip(self.seen, rows, strict=True)]
        chosen, message = decide(seen, self.form)
        if message:
            line = next(each.line for each in seen if isinstance(each.read, Open))
            self.note(line, message)
        self.decided, self.counted = chosen, Counter[str]()
        for each in seen:
            self.counted[form_of(each.read, each.text)] += each.rows
        self.days = [] if message else [self._settle(each) for each in seen]
        if len(self.marks) > 1:
            shown = " and ".join(f"line {n}: '{text}'" for n, text in self.marks.values())
            self.note(None, f"decimal points and decimal commas in one file ({shown}); use one")
        if len(self.currencies) > 1:
            shown = ", ".join(f"{code} (line {n})" for code, n in self.currencies.items())
            self.note(None, f"amounts in several currencies: {shown}; convert them to one")

    def _settle(self, each: Seen) -> int:
        if isinstance(each.read, date):
            return each.read.toordinal()
        day = each.read.in_form(self.decided) if self.decided else None
        if day is None:
            self.note(each.line, f"there is no day '{each.text}' in the form {self.decided}")
            return 0
        return day.toordinal()

    def table(self) -> OrderTable:
        """Return what was read."""
        amount = np.frombuffer(self.amounts, float)
        if "comma" in self.marks and self.unsure:
            places, values = zip(*self.unsure, strict=True)
            amount = amount.copy()
            amount[list(places)] = values
        nobody = np.full(len(amount), -1)
        column = {name: np.frombuffer(ints, np.intc) for name, ints in self.columns.items()}
        names = {name: numbers.names() for name, numbers in self.names.items()}
        return OrderTable(
            path=self.path,
            customer=column["customer"],
            day=np.array(self.days, np.intc)[column["day"]],
            amount=amount,
            territory=column["territory"] if "territory" in self.where else nobody,
            rep=column["rep"] if "rep" in self.where else nobody,
            order=np.frombuffer(self.orders, np.uintc).astype(np.int64) if self.orders else None,
            customers=names["customer"],
            territories=names["territory"],
            reps=names["rep"],
            columns={name: self.header[place].strip() for name, place in self.where.items()},
            date_forms=dict(self.counted),
            date_form=self.decided,
            decimal="comma" if "comma" in self.marks else "point",
            currency=next(iter(self.currencies), ""),
        )

    def note(
        self, line: int | None, message: str, cells: list[str] | None = None, name: str = ""
    ) -> None:
        """Keep a mistake, or only count it when there are many."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.uncounted += 1
            return
        before = self.delimiter.join([*cells[: self.where[name]], ""]) if cells and name else ""
        source = self.delimiter.join(cells) if cells else ""
        col = None if line is None else len(before) + 1
        self.problems.append(Problem(self.path, line, col, message, source))

    def _raise(self) -> None:
        if self.uncounted:
            more = f"and {self.uncounted:,} more mistakes; mend those listed first"
            self.problems.append(Problem(self.path, None, None, more))
        if self.problems:
            raise ScenarioError(self.problems)


def _columns_with(mark: str, header: str) -> tuple[int, int]:
    cells = next(csv.reader([header], delimiter=mark), [])
    return known_names(cells), len(cells)


def _wrong_width(found: int, wanted: int) -> str:
    remedy = "put text that contains the separator in double quotes"
    return f"{found} columns, the header has {wanted}; {remedy}"
