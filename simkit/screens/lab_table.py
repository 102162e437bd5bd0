"""What was set and what came of it, in one table; the best shaded where the statistics says so."""

import html
import math
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import short_number
from simkit.screens.lab_words import LabWords
from simkit.study.experiment.tables import Response, controls, responses
from simkit.study.experiment.worlds import Results

if TYPE_CHECKING:
    import pandas as pd

MOST_CONTROLS = 8
"""Columns of controls; what a whole design varies has more, and stands in the Excel file."""
SHADES = {"best": "sk-best", "may be best": "sk-maybe"}
STYLE = """
.sk-best { background: #cfe8cf; color: #10310f; }
.sk-maybe { background: #eef3dc; color: #2d3310; }
"""


def controls_responses(
    results: Results, lang: str, confidence: float = 0.95
) -> "tuple[pd.DataFrame, str]":
    """Return the table of controls and responses, as data and as HTML with the best shaded.

    Rows: policies. Columns: what they differ in, then each figure with its interval. "Best" stands
    only where subset selection drops all others, "may be best" where it drops some.
    """
    import pandas as pd

    words = LabWords(results.arms, lang, results.kpis)
    set_to, came = controls(results), responses(results, confidence)
    names = list(next(iter(set_to.values()), {}))[:MOST_CONTROLS]
    kpis = [kpi.name for kpi in results.kpis]
    heads = [words.control(name) for name in names]
    heads += [f"{words.kpi_title(kpi)} ({words.unit(kpi)})" for kpi in kpis]
    rows, classes = {}, {}
    for arm in results.arms:
        cells = [setting_text(set_to[arm.name][name], words) for name in names]
        answers = [came[arm.name, kpi] for kpi in kpis]
        cells += [_answer(each, kpi, words) for each, kpi in zip(answers, kpis, strict=True)]
        title = words.arm(arm.name)
        rows[title] = cells
        classes[title] = [""] * len(names) + [SHADES.get(each.rank, "") for each in answers]
    table = pd.DataFrame(rows.values(), index=[*rows], columns=heads)
    return table.rename_axis(words.t("Policy")), _html(table, classes, words, confidence)


def setting_text(value: Any, words: LabWords) -> str:
    """Return a setting as a person reads it."""
    if isinstance(value, bool):
        return words.t("yes") if value else words.t("no")
    if isinstance(value, int | float):
        return short_number(float(value), words.lang)
    return "–" if value is None else str(value)


def _answer(each: Response, kpi: str, words: LabWords) -> str:
    t, found = words.t, each.value
    text = words.amount(found.mean, kpi)
    if math.isfinite(found.low):
        text += f"\u00a0±\u00a0{words.amount(found.high - found.mean, kpi)}"
    rank = {"best": t("best"), "may be best": t("may be best")}.get(each.rank)
    return f"{text} ({rank})" if rank else text


def _html(
    table: "pd.DataFrame", classes: dict[str, list[str]], words: LabWords, confidence: float
) -> str:
    t = words.t
    text = t("Mean ± half of the {sure} interval, each policy alone")
    caption = text.format(sure=words.percent(confidence))
    heads = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(name))}</th>{_cells(cells, classes[name])}</tr>'
        for name, cells in zip(table.index, table.itertuples(index=False, name=None), strict=True)
    )
    return (
        f'<div class="sk-table" tabindex="0"><table><caption>{html.escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{html.escape(t("Policy"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cells(cells: tuple[str, ...], classes: list[str]) -> str:
    return "".join(
        f'<td class="{shade}">{html.escape(cell)}</td>'
        if shade
        else f"<td>{html.escape(cell)}</td>"
        for cell, shade in zip(cells, classes, strict=True)
    )
