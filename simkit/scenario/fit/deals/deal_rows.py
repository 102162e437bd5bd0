"""Reading an opportunity export row by row: what is wrong with it, and what it says."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

from simkit.scenario.fit.columns import plain_name
from simkit.scenario.fit.dates import Form
from simkit.scenario.fit.deals.crm import ENDS, ENTERED, STAGES, STATES, YES, Layout, layout
from simkit.scenario.fit.deals.deal_cells import Days, Money, Placed
from simkit.scenario.fit.deals.deal_history import fold, is_history
from simkit.scenario.order_file import MAX_PROBLEMS
from simkit.scenario.record import Problem, ScenarioError, short
from simkit.scenario.text_file import read_text


@dataclass(slots=True)
class Deal:
    """One row: days as date ordinals, 0 where the file says nothing."""

    line: int
    id: str
    state: str
    """open, one of the stages, won, lost or no_decision."""
    created: int
    closed: int
    """0 for what is still open, whatever close date is expected."""
    amount: float | None
    list_amount: float | None
    discount: float | None
    currency: str
    territory: str
    owner: str
    kind: str
    entered: tuple[int, ...]
    """The day on which it entered each stage but the first."""


@dataclass
class Reader:
    """Goes through the rows and gathers what is wrong."""

    path: str
    text: str
    mapping: Mapping[str, Any]
    dates: Form | None
    problems: list[Problem] = field(default_factory=list)
    uncounted: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Names of stages that nobody knows."""
    repeated: int = 0

    def deals(self) -> list[Deal]:
        """Return all rows; raises ScenarioError with everything that is wrong."""
        rows = self.rows()
        line, header = next(rows, (1, []))
        self.layout: Layout = layout(self.path, line, header, self.mapping)
        self.width = len(header)
        kept = [(number, cells) for number, cells in rows if self.fits(number, cells)]
        self.days = Days(self.cells(kept, ("created", "close", "changed", *ENTERED)), self.dates)
        if self.days.trouble:
            raise ScenarioError([Problem(self.path, None, None, self.days.trouble)])
        if is_history(self.layout):
            kept, self.layout = fold(kept, self.layout, self.days.day)
        amounts = self.cells(kept, ("amount", "list_amount"))
        self.money_form = Money(text for _, text in amounts)
        found = [deal for number, cells in kept if (deal := self.deal(number, cells))]
        found = self.once(found)
        self.refuse()
        if not found:
            raise ScenarioError([Problem(self.path, 1, 1, "there is no opportunity in the file")])
        return found

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells of every row that is not blank."""
        head = next((line for line in self.text.split("\n") if line.strip()), "")
        separator = max(",;\t", key=head.count)
        reader = csv.reader(io.StringIO(self.text), delimiter=separator, strict=True)
        line = 1
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            remedy = "look for a quotation mark that is not closed"
            self.note(line, f"the row that starts here cannot be read ({error}); {remedy}")

    def fits(self, line: int, cells: list[str]) -> bool:
        """Return whether a row has all columns; notes it when not."""
        if len(cells) < self.width or any(map(str.strip, cells[self.width :])):
            # Reports end with lines like "Total" or "Copyright ...", one cell each.
            if sum(bool(cell.strip()) for cell in cells) > 1:
                self.note(line, f"{len(cells)} columns, the header has {self.width}; put text that "
                          "contains the separator in double quotes")  # fmt: skip
            return False
        return True

    def cell(self, cells: list[str], name: str) -> str:
        """Return what a row says of `name`: the first column that has something."""
        for index in self.layout.where.get(name, ()):
            if text := cells[index].strip():
                return text
        return ""

    def cells(self, rows: list[tuple[int, list[str]]], names: tuple[str, ...]) -> Iterator[Placed]:
        """Yield line and text of all cells of some columns that are not empty."""
        columns = set(chain.from_iterable(self.layout.where.get(name, ()) for name in names))
        return ((n, text) for n, cells in rows for i in columns if (text := cells[i].strip()))

    def deal(self, line: int, cells: list[str]) -> Deal | None:
        """Return a row, or None after noting what is wrong with it."""
        before = len(self.problems) + self.uncounted
        state = self.state(line, cells)
        created = self.date(line, cells, "created")
        closed = self.date(line, cells, "close") if state in ENDS else 0
        if not self.cell(cells, "created"):
            self.note(line, "the day it was created is empty; export it again with that column")
        entered = tuple(self.date(line, cells, name) for name in ENTERED)
        self.order(line, state, created, closed, entered)
        found = Deal(
            line=line,
            id=self.cell(cells, "id"),
            state=state,
            created=created,
            closed=closed,
            amount=self.money(line, cells, "amount"),
            list_amount=self.money(line, cells, "list_amount"),
            discount=self.discount(line, cells),
            currency=self.cell(cells, "currency").upper(),
            territory=self.cell(cells, "territory"),
            owner=self.cell(cells, "owner"),
            kind=self.layout.kinds.get(plain_name(self.cell(cells, "kind")), ""),
            entered=entered,
        )
        return found if len(self.problems) + self.uncounted == before else None

    def state(self, line: int, cells: list[str]) -> str:
        """Return where a deal is: flags first, then the status, then the stage."""
        words = [text for name in ("stage", "status") if (text := self.cell(cells, name))]
        states = [state for text in words if (state := self.layout.state(text))]
        won, closed = (self.cell(cells, name).casefold() in YES for name in ("won", "closed"))
        ended = [state for state in states if state in ENDS]
        if won or "won" in ended:
            if won and (wrong := [state for state in ended if state != "won"]):
                self.note(
                    line, f"marked as won, but its stage says {wrong[0]}; correct one of them"
                )
            return "won"
        if closed or ended:
            why = self.layout.state(self.cell(cells, "reason"))
            return "no_decision" if "no_decision" in [*ended, why] else "lost"
        if not states and not ({"won", "closed"} & self.layout.where.keys()):
            self.unknown[words[0] if words else ""] += 1
        return next((state for state in states if state in STAGES), "open")

    def date(self, line: int, cells: list[str], name: str) -> int:
        """Return a day as its ordinal; 0 where it is empty or wrong."""
        text = self.cell(cells, name)
        if not text:
            return 0
        day = self.days.day(text)
        if isinstance(day, int):
            return day
        self.note(line, day)
        return 0

    def money(self, line: int, cells: list[str], name: str) -> float | None:
        """Return an amount; None where it is empty or wrong."""
        text = self.cell(cells, name)
        if not text:
            return None
        value = self.money_form.value(text)
        if isinstance(value, str):
            self.note(line, value)
            return None
        return value

    def discount(self, line: int, cells: list[str]) -> float | None:
        """Return a discount as a share; it is written in percent."""
        text = self.cell(cells, "discount").removesuffix("%").strip()
        if not text:
            return None
        value = self.money_form.value(text)
        if isinstance(value, str) or value >= 100:
            self.note(line, f"discount '{short(text, 30)}' must be a number of percent, 0 to 100")
            return None
        return value / 100

    def order(
        self, line: int, state: str, created: int, closed: int, entered: tuple[int, ...]
    ) -> None:
        """Note days that are missing or in an order that cannot be."""
        if state in ENDS and not closed:
            self.note(line, "it is closed but has no close date; fill it in, or leave the row out")
        if state in ENDS and closed > date.today().toordinal():
            late = date.fromordinal(closed)
            self.note(
                line, f"closed on {late}, which is still to come; correct the day or the stage"
            )
        days = [day for day in (created, *entered, closed) if day]
        if days != sorted(days):
            one = date.fromordinal(created)
            if closed and created and closed < created:
                other = date.fromordinal(closed)
                self.note(line, f"closed on {other}, before it was created on {one}; correct one")
            else:
                self.note(line, "the days on which it entered its stages are not in their order")

    def once(self, deals: list[Deal]) -> list[Deal]:
        """Return each opportunity once; rows that contradict each other are noted."""
        seen: dict[str, Deal] = {}
        kept = []
        for deal in deals:
            first = seen.setdefault(deal.id, deal) if deal.id else deal
            if first is deal:
                kept.append(deal)
            elif _facts(first) == _facts(deal):
                self.repeated += 1
            else:
                self.note(deal.line, f"opportunity '{short(deal.id, 30)}' is already in line "
                          f"{first.line}, with other contents; keep one of them")  # fmt: skip
        return kept

    def note(self, line: int, message: str) -> None:
        """Keep a mistake, or only count it when there are many."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.uncounted += 1
        else:
            lines = self.text.split("\n")  # rare: not worth keeping
            source = lines[line - 1] if line <= len(lines) else ""
            self.problems.append(Problem(self.path, line, 1, message, source))

    def refuse(self) -> None:
        """Raise ScenarioError with all mistakes and all unknown stages."""
        found = list(self.problems)
        if self.uncounted:
            more = f"and {self.uncounted} more mistakes; mend those listed first"
            found.append(Problem(self.path, None, None, more))
        if self.unknown:
            found.append(Problem(self.path, None, None, _unknown(self.unknown)))
        if found:
            raise ScenarioError(found)


def _facts(deal: Deal) -> tuple[object, ...]:
    return deal.state, deal.created, deal.closed, deal.amount


def _unknown(stages: Counter[str]) -> str:
    listed = ", ".join(f"'{short(name)}' ({n} rows)" for name, n in stages.most_common(12))
    example = short(stages.most_common(1)[0][0])
    return (
        f"stages that are not known: {listed}; say in the mapping file what they are, like "
        f"'stages: {{\"{example}\": negotiate}}'; there is {', '.join(STATES)}"
    )


def read_deals(
    path: str, mapping: Mapping[str, Any], dates: Form | None
) -> tuple[list[Deal], Reader]:
    """Return the opportunities of a CSV file, and their reader with what it noticed.

    Raises ScenarioError with every mistake of the file and its line.
    """
    reader = Reader(path, read_text(path), mapping, dates)
    return reader.deals(), reader
