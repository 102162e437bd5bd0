"""A comparison of policies for a terminal, in two languages."""

import math

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simkit.screens.lab_words import LabWords
from simkit.study.experiment.compare import Comparison, Row
from simkit.study.experiment.worlds import Results

MOST_SENTENCES = 6


def show_comparison(
    results: Results,
    comparison: Comparison,
    lang: str,
    console: Console | None = None,
) -> None:
    """Print the figures of all pairs, what the first figure says in words, and what to know."""
    console = console or Console(width=None if Console().is_terminal else 120)
    words = LabWords(comparison.arms, lang, results.kpis)
    console.print(f"[bold]{escape(comparison.arms[0].scenario.name.in_(lang))}[/]")
    console.print(_table(comparison, words))
    main = [row for row in comparison.rows if row.kpi == comparison.rows[0].kpi]
    for row in main[:MOST_SENTENCES]:
        console.print(escape(row.says.in_(lang)))
    for note in comparison.notes:
        console.print(f"[dim]{escape(note.in_(lang))}[/]")


def _table(comparison: Comparison, words: LabWords) -> Table:
    t = words.t
    table = Table(title=_title(comparison, words), title_justify="left")
    with_whom = len({row.a for row in comparison.rows}) > 1
    for name in (t("KPI"), t("Policy"), *([t("compared with")] if with_whom else [])):
        table.add_column(name, overflow="fold")
    sure = t("{sure} interval").format(sure=words.percent(comparison.confidence))
    for name in (t("mean"), t("mean of the other"), t("difference"), sure):
        table.add_column(name, justify="right")
    for name in (t("verdict"), t("worlds")):
        table.add_column(name)
    before = ""
    for row in comparison.rows:
        title = f"{words.kpi_title(row.kpi)} ({words.unit(row.kpi)})"
        names = ["" if row.kpi == before else title, row.b, *([row.a] if with_whom else [])]
        table.add_row(*map(escape, [*names, *_numbers(row, words)]))
        before = row.kpi
    return table


def _title(comparison: Comparison, words: LabWords) -> str:
    text = words.t("{n} worlds of {weeks} weeks, the same luck for all").format(
        n=comparison.worlds, weeks=comparison.arms[0].scenario.weeks
    )
    others = {row.a for row in comparison.rows}
    if len(others) > 1:
        return text
    with_whom = words.t("compared with {policy}").format(policy=others.pop())
    return escape(f"{text}{'；' if words.lang == 'zh' else '; '}{with_whom}")


def _numbers(row: Row, words: LabWords) -> list[str]:
    return [
        words.amount(row.mean_b, row.kpi),
        words.amount(row.mean_a, row.kpi),
        words.amount(row.difference, row.kpi, signed=True) + _share(row),
        words.between(row.low, row.high, row.kpi),
        words.verdict(row.verdict),
        f"{row.n}" if not row.undefined else f"{row.n} (−{row.undefined})",
    ]


def _share(row: Row) -> str:
    share = row.relative
    if not math.isfinite(share) or row.difference == 0.0:
        return ""
    return f" ({100 * share:+.2g} %)".replace("-", "−")
