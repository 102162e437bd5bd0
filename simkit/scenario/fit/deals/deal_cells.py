"""Cells of an opportunity export that only the whole file explains: dates and amounts."""

import re
from collections.abc import Iterable
from datetime import date

from simkit.scenario.fit.amounts import PLAIN, read_amount
from simkit.scenario.fit.dates import Form, Open, Seen, decide, read_date
from simkit.scenario.record import short

CLOCK = re.compile(r"[ ,T]+[0-9]{1,2}:[0-9]{2}.*")
"""A time of day after a date."""
Placed = tuple[int, str]
"""A line of the file and a text in it."""


class Days:
    """The dates of a file, read in the one form that they all allow."""

    def __init__(self, cells: Iterable[Placed], wanted: Form | None) -> None:
        self._read: dict[str, date | Open | str] = {}
        lines: dict[str, int] = {}
        rows: dict[str, int] = {}
        for line, text in cells:
            lines.setdefault(text, line)
            rows[text] = rows.get(text, 0) + 1
        for text in lines:
            self._read[text] = read_date(CLOCK.sub("", text))
        seen = [
            Seen(text, read, lines[text], rows[text])
            for text, read in self._read.items()
            if not isinstance(read, str)
        ]
        self.form, self.trouble = decide(seen, wanted)

    def day(self, text: str) -> int | str:
        """Return a day as its ordinal, or what is wrong with it."""
        read = self._read[text]
        if isinstance(read, Open):
            day = read.in_form(self.form) if self.form else None
            return day.toordinal() if day else f"'{short(text, 30)}' is no day in {self.form} form"
        return read if isinstance(read, str) else read.toordinal()


class Money:
    """The amounts of a file: with decimal commas where some can be read in no other way."""

    def __init__(self, cells: Iterable[str]) -> None:
        odd = (read_amount(text) for text in {text for text in cells if not PLAIN.fullmatch(text)})
        self.comma = any(not isinstance(a, str) and a.point is None for a in odd)

    def value(self, text: str) -> float | str:
        """Return an amount of 0 or more, or what is wrong with it."""
        if not self.comma and PLAIN.fullmatch(text):
            value: float | None = float(text)
        else:
            read = read_amount(text)
            if isinstance(read, str):
                return read
            value = read.comma if self.comma else read.point
        if value is None:
            return f"amount '{short(text, 30)}' has a decimal point, others have a comma; use one"
        if value < 0:
            return f"amount {short(text, 30)} is negative; correct it or leave it empty"
        return value
