"""A comparison of policies for a terminal, in two languages."""

import math

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simkit.kpi.catalogue import Kpi
from simkit.scenario.record import Text
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.texts import Translate, translator
from simkit.study.experiment.compare import Comparison, Row
from simkit.study.experiment.worlds import Results

MOST_SENTENCES = 6


def show_comparison(
    results: Results,
    comparison: Comparison,
    says: Text | None,
    lang: str,
    console: Console | None = None,
) -> None:
    """Print the figures of all pairs, what they say in words, and what should be known.

    `says`: why there are so many worlds, or which policy was selected.
    """
    console = console or Console(width=None if Console().is_terminal else 120)
    t = translator(lang)
    arms = comparison.arms
    console.print(f"[bold]{escape(arms[0].scenario.name.in_(lang))}[/]")
    console.print(_table(results, comparison, lang, t))
    main = [row for row in comparison.rows if row.kpi == comparison.rows[0].kpi]
    for row in main[:MOST_SENTENCES]:
        console.print(escape(row.says.in_(lang)))
    for note in ([says] if says else []) + list(comparison.notes):
        console.print(f"[dim]{escape(note.in_(lang))}[/]")


def _table(results: Results, comparison: Comparison, lang: str, t: Translate) -> Table:
    table = Table(title=_title(comparison, t), title_justify="left")
    with_whom = len({row.a for row in comparison.rows}) > 1
    for name in (t("KPI"), t("policy"), *([t("compared with")] if with_whom else [])):
        table.add_column(name, overflow="fold")
    sure = t("{sure} interval").format(sure=f"{100 * comparison.confidence:g} %")
    for name in (t("mean"), t("mean of the other"), t("difference"), sure):
        table.add_column(name, justify="right")
    for name in (t("verdict"), t("worlds")):
        table.add_column(name)
    kpis = {kpi.name: kpi for kpi in results.kpis}
    currency = comparison.arms[0].scenario.currency
    before = ""
    for row in comparison.rows:
        kpi = kpis[row.kpi]
        title = f"{kpi.title.in_(lang)} ({unit_text(kpi.unit, lang, currency)})"
        names = ["" if row.kpi == before else title, row.b, *([row.a] if with_whom else [])]
        table.add_row(*map(escape, [*names, *_numbers(row, kpi, lang, t)]))
        before = row.kpi
    return table


def _title(comparison: Comparison, t: Translate) -> str:
    text = t("{n} worlds of {weeks} weeks, the same luck for all").format(
        n=comparison.worlds, weeks=comparison.arms[0].scenario.weeks
    )
    others = {row.a for row in comparison.rows}
    if len(others) > 1:
        return text
    return f"{text}; {t('compared with {policy}').format(policy=others.pop())}"


def _numbers(row: Row, kpi: Kpi, lang: str, t: Translate) -> list[str]:
    def plain(value: float, signed: bool = False) -> str:
        return amount_text(value, kpi.unit, lang, signed=signed)

    ends = [plain(end, True) for end in (row.low, row.high)]
    return [
        plain(row.mean_b),
        plain(row.mean_a),
        plain(row.difference, True) + _share(row),
        "–" if math.isnan(row.low) else t("{low} to {high}").format(low=ends[0], high=ends[1]),
        verdict_text(row.verdict, t),
        f"{row.n}" if not row.undefined else f"{row.n} (−{row.undefined})",
    ]


def _share(row: Row) -> str:
    share = row.relative
    if math.isnan(share) or row.difference == 0.0:
        return ""
    return f" ({100 * share:+.2g} %)".replace("-", "−")


def verdict_text(verdict: str, t: Translate) -> str:
    """Return the verdict on a policy, against the one it is compared with."""
    return {
        "b better": t("clearly better"),
        "b worse": t("clearly worse"),
        "b higher": t("higher"),
        "b lower": t("lower"),
        "no detectable difference": t("no detectable difference"),
        "no difference at all": t("no difference at all"),
        "too few worlds": t("too few worlds to tell"),
        "undefined": t("cannot be said"),
    }[verdict]
