"""View: the 5-why tree, each question with the figure that speaks for it or against it."""

import html
from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.whys import Answer, answers_of, load_whys
from simkit.kpi.weekly import FIGURES
from simkit.screens.diagnosis_charts import sided_bars
from simkit.screens.diagnosis_words import Words, view_html
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd


def whys_html(words: Words, place: str, weeks: int, **_: Any) -> str:
    """Return the view of the tree: what speaks for each question in the last weeks."""
    t, tree = words.t, load_whys()
    answers = answers_of(tree, words.facts, weeks, place)
    scores = {a.why.figure: a.score for a in answers if a.score is not None}
    rows = [(words.figure(name), round(score, 1)) for name, score in scores.items()]
    title = t("{question} {place}, the last {weeks} weeks").format(
        question=tree.name.in_(words.lang), place=words.place(place), weeks=weeks
    )
    label = t("standard deviations above or below usual")
    chart = sided_bars(rows, title=title, x_label=label, lang=words.lang)
    yes = [words.figure(a.why.figure) for a in answers if a.speaks == "for"]
    text = t("These figures speak for their question: {figures}.")
    said = text.format(figures=t(", ").join(dict.fromkeys(yes)))
    said = said if yes else t("No figure has moved more than chance usually moves it.")
    notes = [
        t(
            "A figure speaks for its question when it has moved that way by more than {limit} "
            "standard deviations of chance. That it moved does not prove the cause."
        ).format(limit=words.number(words.facts.limit))
    ]
    return view_html(
        words, [said], chart, said, _table(words, answers), notes, _tree(words, answers)
    )


def _spoken(t: Translate) -> dict[str, str]:
    return {"for": t("speaks for it"), "against": t("does not speak for it"), "": t("not known")}


def _tree(words: Words, answers: list[Answer]) -> str:
    """The questions as nested lists; those behind one that holds are open."""
    title = html.escape(words.t("The questions"))
    return f"<h4>{title}</h4>{_level(words, answers, 0)}"


def _level(words: Words, answers: list[Answer], depth: int) -> str:
    items = []
    starts = [i for i, answer in enumerate(answers) if answer.depth == depth]
    for start, end in zip(starts, [*starts[1:], len(answers)], strict=True):
        head, behind = answers[start], answers[start + 1 : end]
        text = _question(words, head)
        if behind:
            is_open = " open" if head.speaks == "for" or not depth else ""
            inner = _level(words, behind, depth + 1)
            text = f"<details{is_open}><summary>{text}</summary>{inner}</details>"
        items.append(f"<li>{text}</li>")
    return f'<ul class="sk-whys">{"".join(items)}</ul>'


def _question(words: Words, answer: Answer) -> str:
    t, unit = words.t, FIGURES[answer.why.figure].unit
    spoken = _spoken(t)[answer.speaks]
    text = t("{figure}: {now}, usually {usual} ({unit}); {score} standard deviations: {spoken}")
    measured = text.format(
        figure=words.figure(answer.why.figure),
        now=words.amount(answer.now, unit),
        usual=words.amount(answer.usual, unit),
        unit=words.unit(unit),
        score=words.number(answer.score, signed=True),
        spoken=spoken,
    )
    strong = "strong" if answer.speaks == "for" else "span"
    ask, measured = html.escape(answer.why.ask.in_(words.lang)), html.escape(measured)
    closer = html.escape(t("Look closer: {tool}").format(tool=_tool(words, answer.why.tool)))
    return f"<{strong}>{ask}</{strong}> <small>{measured}. {closer}</small>"


def _tool(words: Words, tool: str) -> str:
    from simkit.screens.diagnosis import TOOL_TITLES  # it shows this view

    return TOOL_TITLES[tool].in_(words.lang)


def _table(words: Words, answers: list[Answer]) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    rows = [
        [
            answer.why.ask.in_(words.lang),
            words.figure(answer.why.figure, unit=True),
            words.amount(answer.now, FIGURES[answer.why.figure].unit),
            words.amount(answer.usual, FIGURES[answer.why.figure].unit),
            words.number(answer.score, signed=True),
            _spoken(t)[answer.speaks],
        ]
        for answer in answers
    ]
    heads = [t("Question"), t("Figure"), t("Now"), t("Usual"), t("Score"), t("Evidence")]
    return pd.DataFrame(rows, columns=heads).set_index(heads[0])
