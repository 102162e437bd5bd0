"""The notebook on evidence: check a part of the table, look at theory beside the engine."""

import html
import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from simkit.screens.app import App
from simkit.screens.charts import chart_html, table_html
from simkit.screens.evidence_charts import band_chart, band_places, labels
from simkit.screens.evidence_words import origin, question, remark, words
from simkit.screens.job import Job
from simkit.screens.parts import choice
from simkit.screens.texts import Translate, default_language, translator
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import Part, Row
from simkit.study.evidence.validate import PARTS, counts, left_for_later, tasks_of, validate

if TYPE_CHECKING:
    import pandas as pd

QUICK_SECONDS = 6.0
"""Processor time of the quick look for each part of the table."""


class EvidenceScreen(App):
    """A screen on which one checks the model: choose how much, press Check, read what came."""

    decides = False

    def __init__(self, lang: str | None = None) -> None:
        lang = lang or default_language()
        t = translator(lang)
        super().__init__(
            t("Is the model true?"),
            intro=t(
                "Each check compares the simulated region with theory, with a published fact or "
                "with real data. Choose how much you want to check; a check can be stopped."
            ),
            settings={"what": choice(t("Check"), _scopes(t))},
            work=_work,
            show=partial(_shown, t, lang),
            lang=lang,
        )
        self.run_button.description = t("Check")


def _scopes(t: Translate) -> dict[str, str]:
    """Return what can be checked, with how long it takes, by the text shown."""
    names = {
        "quick": t("A quick look at all three parts"),
        "exact": t("Theory: what can be calculated exactly"),
        "fact": t("Published facts"),
        "data": t("Real data"),
        "all": t("Everything"),
    }
    workers = min(4, os.cpu_count() or 2)
    texts = {}
    for scope, name in names.items():
        seconds = sum(task[4] for task in scope_tasks(scope)) / workers
        time = t("{n} s") if seconds < 90 else t("{n} min")
        number = 10 * round(seconds / 10) + 5 if seconds < 90 else round(seconds / 60) + 1
        about = t("{name}, about {time}").format(name=name, time=time.format(n=number))
        texts[about] = scope
    return texts


def scope_tasks(scope: str) -> list[Task]:
    """Return the tasks of "quick", of a part ("exact", "fact", "data"), or "all" of the table."""
    if scope == "quick":
        return [task for part in PARTS for task in quick(tasks_of([part]))]
    return tasks_of([part for part in PARTS if scope in (part, "all")])


def quick(tasks: Sequence[Task], seconds: float = QUICK_SECONDS) -> list[Task]:
    """Return the cheapest tasks, one of each kind, that take about `seconds` together."""
    kinds: dict[Any, Task] = {}
    for task in sorted(tasks, key=lambda task: task[4]):
        if task[1] is not left_for_later:
            kinds.setdefault(task[1], task)
    chosen, spent = [], 0.0
    for task in kinds.values():
        if spent + task[4] <= seconds:
            chosen.append(task[0])
            spent += task[4]
    return [task for task in tasks if task[0] in chosen]


def _work(job: Job, settings: dict[str, Any]) -> Rows:
    return validate(scope_tasks(settings["what"]), 0, job.tell)


# What came of it


def _shown(t: Translate, lang: str, rows: Rows, _: dict) -> str:
    found = counts(rows)
    told = t(
        "{n} figures checked: {passed} agree, {failed} do not, {not_measured} could not be "
        "measured."
    ).format(n=len(rows), **found)
    return "".join(
        [
            f'<p class="sk-headline"><strong>{html.escape(told)}</strong></p>',
            _listed(t("What does not agree, and why we think so"), rows, False, t),
            _listed(t("What could not be measured here"), rows, None, t),
            table_html(question_table(rows, t), t("What was asked, and how much of it agrees")),
            *(_chart(part, rows, t, lang) for part in PARTS),
        ]
    )


def _listed(title: str, rows: Rows, passed: bool | None, t: Translate) -> str:
    """The questions of the rows with this verdict, together where the remark is the same."""
    titles, reasons = words(t), dict[str, list[str]]()
    for row in rows:
        if row.passed is passed:
            key = question(row)
            name, asked = titles.get(key, (key, ""))[0], reasons.setdefault(remark(t, row), [])
            asked += [name] if name not in asked else []
    if not reasons:
        return ""
    items = [
        f"<li><strong>{html.escape(t(', ').join(asked))}</strong>"
        f"{html.escape(t(': ') + why) if why else ''}</li>"
        for why, asked in reasons.items()
    ]
    return f"<h3>{html.escape(title)}</h3><ul>{''.join(items)}</ul>"


def question_table(rows: Rows, t: Translate) -> "pd.DataFrame":
    """Return a line for each question: what it means, where it comes from, how much agrees."""
    import pandas as pd

    titles, grouped = words(t), dict[str, list[Row]]()
    for row in rows:
        grouped.setdefault(question(row), []).append(row)
    lines = [titles.get(key, (key, "")) for key in grouped]
    columns = {
        t("What an agreement says"): [says for _, says in lines],
        t("Comes from"): [_origins(t, group) for group in grouped.values()],
        t("Agrees"): [_agreement(t, group) for group in grouped.values()],
    }
    names = [title for title, _ in lines]
    return pd.DataFrame(columns, index=pd.Index(names, name=t("Question")))


def _origins(t: Translate, rows: Sequence[Row]) -> str:
    return t(", ").join(dict.fromkeys(filter(None, (origin(t, row) for row in rows))))


def _agreement(t: Translate, rows: Sequence[Row]) -> str:
    measured = [row for row in rows if row.passed is not None]
    if not measured:
        return t("not measured")
    passed = sum(bool(row.passed) for row in measured)
    return t("{passed} of {n}").format(passed=passed, n=len(measured))


def _chart(part: Part, every: Rows, t: Translate, lang: str) -> str:
    """The rows of a part on the scale of their bands, with all numbers beneath."""
    order = [question(row) for row in every]
    rows = [row for row in every if row.part == part]
    rows.sort(key=lambda row: order.index(question(row)))
    if not rows:
        return ""
    titles = {
        "exact": t("Theory: the band is four standard errors"),
        "fact": t("Published facts: the band is what counts as the same fact"),
        "data": t("Real data: the band is what counts as the same"),
    }
    title = titles[part]
    alt = t("{title}; {passed} of {n} points lie in the band with their whole interval.").format(
        title=title, passed=counts(rows)["passed"], n=len(rows)
    )
    table = row_table(rows, t)
    if any(band_places(rows)):
        numbers = chart_html(band_chart(rows, t, lang), alt, table, lang)
    else:
        summary = html.escape(t("The numbers"))
        numbers = f"<details><summary>{summary}</summary>{table_html(table, title)}</details>"
    return f"<h3>{html.escape(title)}</h3>{numbers}"


def row_table(rows: Rows, t: Translate) -> "pd.DataFrame":
    """Return all rows with their numbers, named as `simkit validate` names them at the end."""
    import pandas as pd

    verdicts = {True: t("yes"), False: t("no"), None: "–"}
    columns = {
        t("Measured"): [_number(row.measured) for row in rows],
        t("Expected"): [_number(row.expected) for row in rows],
        t("Band"): [_band(row) for row in rows],
        t("Agrees"): [verdicts[row.passed] for row in rows],
        t("Remark"): ["" if row.passed else remark(t, row) for row in rows],
        t("Source"): [row.source for row in rows],
        t("Name in the full table"): [row.id for row in rows],
    }
    return pd.DataFrame(columns, index=pd.Index(labels(rows, t), name=t("Question")))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _band(row: Row) -> str:
    if row.low is None or row.high is None:
        return "–"
    return f"{_number(row.low)} … {_number(row.high)}"
