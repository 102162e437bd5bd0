"""Dates in whatever form an export writes them; what is ambiguous is never guessed silently."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from simkit.scenario.order_file import DATE_FORMS

Form = Literal["ymd", "mdy", "dmy"]
FIRST, LAST = 1900, 2100
NUMERIC = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
WORDED = (
    re.compile(r"(?P<day>[0-9]{1,2})[ -](?P<month>[A-Za-z]{3})[a-z]*\.?[ -,]+(?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[A-Za-z]{3})[a-z]*\.? (?P<day>[0-9]{1,2}),? (?P<year>[0-9]{4})"),
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXCEL = re.compile(r"([2-7][0-9]{4})(?:\.[0-9]+)?")
EXCEL_ZERO = date(1899, 12, 30)
LIKE = "write it like 2024-03-31"


class Open(NamedTuple):
    """Three numbers whose order is not known yet: 03/04/2024."""

    one: int
    two: int
    three: int
    years: int
    """Digits of the third: with 2, even the year may come first."""

    def in_form(self, form: Form) -> date | None:
        """Return the day under `form`, or None when there is no such day."""
        year, month, day = {
            "ymd": (self.one, self.two, self.three),
            "mdy": (self.three, self.one, self.two),
            "dmy": (self.three, self.two, self.one),
        }[form]
        if form == "ymd" and self.years == 4:
            return None
        return _day(year + 2000 if year < 100 else year, month, day)

    def forms(self) -> tuple[Form, ...]:
        """Return the forms under which this is a day; a four-digit year comes last."""
        wanted: tuple[Form, ...] = ("dmy", "mdy", "ymd")
        return tuple(form for form in wanted if self.in_form(form))


def read_date(text: str) -> date | Open | str:
    """Return the day that `text` names, three numbers to decide about, or what is wrong."""
    if found := next((m for form in DATE_FORMS if (m := form.fullmatch(text))), None):
        year, month, day = map(int, found.groups())
        if not FIRST <= year <= LAST:
            return f"the year of '{text}' is not between {FIRST} and {LAST}; {LIKE}"
        return _day(year, month, day) or f"there is no day '{text}' (year-month-day); {LIKE}"
    if found := NUMERIC.fullmatch(text):
        read = Open(int(found[1]), int(found[3]), int(found[4]), len(found[4]))
        return _settled(read) or f"there is no day '{text}' in any form; {LIKE}"
    if found := EXCEL.fullmatch(text):
        shown = EXCEL_ZERO + timedelta(days=int(found[1]))
        return (
            f"'{text}' is how Excel stores the date {shown}; give the column a date format like "
            "yyyy-mm-dd in Excel and save the CSV file again"
        )
    return _worded(text) or f"'{text[:30]}' is not a date; {LIKE}"


def _settled(read: Open) -> date | Open | None:
    """Return a day where all forms agree, None where there is none."""
    days = {read.in_form(form) for form in read.forms()}
    return days.pop() if len(days) == 1 and read.one == read.two else read if days else None


def _worded(text: str) -> date | None:
    found = next((m for form in WORDED if (m := form.fullmatch(text))), None)
    if found is None or found["month"].lower() not in MONTHS:
        return None
    return _day(int(found["year"]), MONTHS.index(found["month"].lower()) + 1, int(found["day"]))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if FIRST <= year <= LAST else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Seen:
    """One way of writing a date in the file: its text, what it says, where first, how often."""

    text: str
    read: date | Open
    line: int
    rows: int


def decide(seen: Sequence[Seen], wanted: Form | None) -> tuple[Form | None, str]:
    """Return the form of the dates that leave it open, and a message when it cannot be told.

    `wanted` decides if given. Otherwise the dates that allow only one form do, if they agree.
    """
    unclear = [each for each in seen if isinstance(each.read, Open)]
    if wanted or not unclear:
        return wanted, ""
    allowed = {each: each.read.forms() for each in unclear if isinstance(each.read, Open)}
    evidence = {forms[0]: each for each, forms in reversed(allowed.items()) if len(forms) == 1}
    if len(evidence) == 1 and all(set(evidence) <= {*forms} for forms in allowed.values()):
        return next(iter(evidence)), ""
    rows = sum(each.rows for each in unclear)
    if not evidence:
        shown = "; ".join(f"line {each.line}: '{each.text}'" for each in unclear[:3])
        return None, (
            f"{rows:,} dates are ambiguous ({shown}): nothing in the file tells which number is "
            "the month; say it with --dates dmy, --dates mdy or --dates ymd"
        )
    shown = "; ".join(f"line {e.line}: '{e.text}' can only be {f}" for f, e in evidence.items())
    return None, (
        f"the dates are in several forms that contradict each other ({shown}), so that "
        f"{rows:,} dates cannot be read safely; write all dates like 2024-03-31, or say with "
        "--dates which form counts (then the others are listed as mistakes)"
    )


def form_of(read: date | Open, text: str) -> str:
    """Return how a date is written, to count the forms of a file."""
    if isinstance(read, Open):
        return "d/m/y or m/d/y"
    if NUMERIC.fullmatch(text):
        return "d/m/y or m/d/y"
    return "month in words" if re.search("[A-Za-z]{3}", text) else "year first"
