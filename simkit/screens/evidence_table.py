"""The evidence table for a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from simkit.study.evidence.knock_out import Found
from simkit.study.evidence.row import Row
from simkit.study.evidence.validate import counts

VERDICTS = {True: "[green]pass[/]", False: "[bold red]FAIL[/]", None: "[yellow]-[/]"}
PARTS = {
    "exact": "Exact theory: within 4 standard errors",
    "fact": "Published facts: the 90 % interval inside the band",
    "data": "Real data",
}


def show_evidence(rows: Sequence[Row], seconds: float, console: Console | None = None) -> None:
    """Print a table for every part that has rows, the notes of its rows, and the counts."""
    console = console or Console(width=None if Console().is_terminal else 160)
    for part, title in PARTS.items():
        chosen = [row for row in rows if row.part == part]
        if chosen:
            console.print(_table(title, chosen))
    found = counts(list(rows))
    console.print(
        f"{len(rows)} rows: {found['passed']} passed, {found['failed']} failed, "
        f"{found['not_measured']} not measured; {seconds:.0f} s."
    )


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold")
    table.add_column("row", overflow="fold", ratio=3)
    for name in ("expected", "from", "to", "measured", "s.e."):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("source or remark", overflow="fold", ratio=3)
    for row in rows:
        numbers = (row.expected, row.low, row.high, row.measured, row.standard_error)
        name = f"{row.id} ({row.role})" if row.role else row.id
        told = f"{row.source}; {row.note}" if row.note else row.source
        table.add_row(_plain(name), *map(_number, numbers), VERDICTS[row.passed], _plain(told))
    return table


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _plain(text: str) -> str:
    """Text in which rich sees no markup."""
    return text.replace("[", r"\[")


def show_knock_out(found: Found, seconds: float, console: Console | None = None) -> None:
    """Print which facts no longer hold without each mechanism, and those that never held."""
    console = console or Console(width=None if Console().is_terminal else 160)
    title = "Mechanisms switched off one at a time: facts that hold with them and not without"
    table = Table(title=title, title_justify="left", title_style="bold")
    for name in ("without", "broken facts", ""):
        table.add_column(name, overflow="fold", ratio=2)
    for each in found.mechanisms:
        table.add_row(each.mechanism, _plain("; ".join(each.broken)), _plain(each.sentence))
    console.print(table)
    if found.never_held:
        console.print(_plain(f"Not held by the full model: {'; '.join(found.never_held)}."))
    console.print(f"{len(found.mechanisms)} mechanisms; {seconds:.0f} s.")
