"""How a practice is shown: a table of cards, behaviours as bars, points over time."""

import html
from collections.abc import Callable, Container
from datetime import date
from typing import TYPE_CHECKING

from simkit.scenario.rubric import BEHAVIOURS, FULL, MOST, Rubric
from simkit.screens.charts import chart_html, line_chart
from simkit.screens.objections_cards import Deck
from simkit.screens.objections_scorecard import points_text
from simkit.screens.texts import Translate, translator
from simkit.training.practice import Attempt, CardRow, History
from simkit.training.practice_next import LATELY, Next

if TYPE_CHECKING:
    import pandas as pd

SMOOTHED = 5
"""Answers whose mean is drawn beside the single ones (assumption)."""


def mode_names(t: Translate) -> dict[str, str]:
    """Return what the ways to practise are called."""
    return {
        "choose": t("Choose"),
        "write": t("Write"),
        "talk": t("Talk"),
        "renewal": t("Renewal"),
        "red_team": t("Red team"),
    }


def summary_html(
    history: History, deck: Deck, rubric: Rubric, found: Next | None, lang: str
) -> str:
    """Return how much was practised, what is weakest, and what comes next."""
    t = translator(lang)
    lines = [_counts(history, t), _weakest(history, rubric, lang)]
    told = "".join(f"<p>{html.escape(line)}</p>" for line in lines if line)
    if found is None:
        return told
    name, reason = html.escape(deck.named(found.card, lang)), html.escape(found.reason.in_(lang))
    title = html.escape(t("Recommended next:"))
    space = " " * (lang == "en")
    return f'{told}<p class="sk-goal">{title}{space}<b>{name}</b><br>{reason}</p>'


def _counts(history: History, t: Translate) -> str:
    if not history.attempts:
        return t("Nothing has been practised under this name yet.")
    told = t("{attempts} attempts at {cards} cards, the first on {first}, the last on {last}.")
    days = [each.day for each in history.attempts]
    return told.format(
        attempts=len(days), cards=len(history.cards()), first=min(days), last=max(days)
    )


def _weakest(history: History, rubric: Rubric, lang: str) -> str:
    weak = history.weakest()
    if weak is None:
        return ""
    item, mean = rubric.item(weak), history.means()[weak]
    t = translator(lang)
    said = t("Weakest lately: {behaviour}, {mean} of {most} points. {asks}")
    name, asks = item.name.in_(lang), item.asks.in_(lang)
    return said.format(behaviour=name, mean=f"{mean:.1f}", most=MOST, asks=asks)


# --- the cards


def outcome_text(attempt: Attempt | None, t: Translate) -> str:
    """Return how an attempt went: its points, or how a talk or a choice ended."""
    if attempt is None or attempt.share is None:
        return t("not judged")
    if attempt.total is not None:
        return t("{points} of {most}").format(points=attempt.total, most=FULL)
    if attempt.mode == "choose":
        return t("good choice") if attempt.won else t("a slip")
    return t("reached") if attempt.won else t("not reached")


def _outcome_html(attempt: Attempt | None, t: Translate) -> str:
    if attempt is None:
        return "–"
    late = f" · {t('late')}" if attempt.late else ""
    about = [f"{mode_names(t)[attempt.mode]}{late}", str(attempt.day)]
    head = "<br>".join(map(html.escape, about))
    outcome = html.escape(outcome_text(attempt, t))
    return f'<b>{outcome}</b><br><span class="sk-head">{head}</span>'


def cards_html(
    history: History, named: Callable[[str], str], lang: str, today: date | None = None
) -> str:
    """Return one row for each card: best beside latest, and when it comes again."""
    t, day = translator(lang), today or date.today()
    heads = [t("Card"), t("Attempts"), t("Best"), t("Latest"), t("Comes again")]
    rows = "".join(_card_html(each, named(each.card), day, lang) for each in history.cards())
    caption = t("The cards, the one tried last first")
    return _table(caption, heads, rows, range(2, 5))


def _card_html(each: CardRow, name: str, today: date, lang: str) -> str:
    t = translator(lang)
    cells = [_outcome_html(each.best, t), _outcome_html(each.latest, t)]
    if each.best and each.best.id == each.latest.id:
        cells[0] = html.escape(t("the latest"))
    told = "".join(f'<td class="sk-words">{cell}</td>' for cell in cells)
    due = html.escape(_due(each, today, t))
    return (
        f'<tr><th scope="row">{html.escape(name)}</th><td>{each.times}</td>{told}'
        f'<td class="sk-words">{due}</td></tr>'
    )


def _due(each: CardRow, today: date, t: Translate) -> str:
    if each.box is None:
        return "–"
    due = str(each.box.due)
    return t("{day} (due)").format(day=due) if each.box.due <= today else due


def _table(caption: str, heads: list[str], rows: str, words: Container[int] = ()) -> str:
    """Return a table; `words`: the columns that hold words, and begin at the left."""
    head = "".join(
        f'<th scope="col" class="{"sk-words" if place in words else ""}">{html.escape(text)}</th>'
        for place, text in enumerate(heads)
    )
    return (
        f'<div class="sk-table sk-practice" tabindex="0"><table>'
        f"<caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


# --- best and latest of one card


def pair_html(history: History, card: str, rubric: Rubric, lang: str) -> str:
    """Return the best and the latest scored answer to a card beside each other."""
    t = translator(lang)
    scored = [each for each in history.attempts if each.card == card and each.points is not None]
    if not scored:
        said = t("No answer in your own words to this card has points yet.")
        return f"<p>{html.escape(said)}</p>"
    latest = scored[-1]
    best = max(reversed(scored), key=lambda each: each.share or 0.0)
    heads = [t("Behaviour"), t("Best answer"), t("Latest answer")]
    rows = "".join(_behaviour_row(name, best, latest, rubric, lang) for name in BEHAVIOURS)
    totals = "".join(f"<td>{html.escape(outcome_text(each, t))}</td>" for each in (best, latest))
    rows += f'<tr><th scope="row">{html.escape(t("Total"))}</th>{totals}</tr>'
    caption = t("The best and the latest answer, with what coaches changed")
    return _table(caption, heads, rows) + _answers_html(best, latest, t)


def _behaviour_row(name: str, best: Attempt, latest: Attempt, rubric: Rubric, lang: str) -> str:
    title = html.escape(rubric.item(name).name.in_(lang))  # type: ignore[arg-type]
    both = [(each.points or {}).get(name) for each in (best, latest)]
    points = [points_text(each, translator(lang)) for each in both]
    return f'<tr><th scope="row">{title}</th><td>{points[0]}</td><td>{points[1]}</td></tr>'


def _answers_html(best: Attempt, latest: Attempt, t: Translate) -> str:
    shown = [(t("Latest answer"), latest)]
    if best.id != latest.id:
        shown.insert(0, (t("Best answer"), best))
    else:
        shown = [(t("The latest answer is the best so far"), latest)]
    return "".join(
        f"<details><summary>{html.escape(f'{title} ({each.day})')}</summary>"
        f'<div class="sk-typed" tabindex="0">{html.escape(each.answer)}</div></details>'
        for title, each in shown
    )


# --- behaviours


def behaviours_html(history: History, rubric: Rubric, lang: str) -> str:
    """Return the mean points of each behaviour lately as bars, the weakest first."""
    t, means = translator(lang), history.means()
    if not means:
        return f"<p>{html.escape(t('Write an answer: then this table fills.'))}</p>"
    heads = [t("Behaviour"), t("Mean points (0 … {most})").format(most=MOST)]
    weakest = history.weakest()
    rows = []
    for name in sorted(BEHAVIOURS, key=means.__getitem__):
        title = html.escape(rubric.item(name).name.in_(lang))
        mark = f" · {html.escape(t('weakest'))}" if name == weakest else ""
        rows.append(
            f'<tr><th scope="row">{title}</th><td class="sk-words"><meter min="0" max="{MOST}" '
            f'value="{means[name]:.2f}" aria-label="{title}"></meter> {means[name]:.1f}{mark}'
            f"</td></tr>"
        )
    caption = t("Mean of the last {count} scored answers at most").format(count=LATELY)
    return _table(caption, heads, "".join(rows), (1,))


# --- points over time


def chart_of(history: History, lang: str) -> str:
    """Return a chart of the points of every scored answer in its order, with its table."""
    t = translator(lang)
    scored = [each for each in history.attempts if each.total is not None]
    if len(scored) < 2:
        return f"<p>{html.escape(t('Two scored answers make a line; go on.'))}</p>"
    table = _points_table(scored, t)
    title, x = t("Points of each scored answer"), t("Scored answers, in order")
    figure = line_chart(
        table.iloc[:, :2], title=title, x_label=x,
        y_label=t("Points (0 … {most})").format(most=FULL), lang=lang,
    )  # fmt: skip
    figure.axes[0].set_ylim(-0.5, FULL + 0.5)
    figure.axes[0].set_yticks(range(0, FULL + 1, 4))
    said = t("Points of {count} scored answers, from {first} for the first to {last} for the last.")
    first, last = scored[0].total, scored[-1].total
    told = said.format(count=len(scored), first=first, last=last)
    return chart_html(figure, told, table.iloc[:, [2, 0, 1]], lang) + _warning(t)


def _points_table(scored: list[Attempt], t: Translate) -> "pd.DataFrame":
    import pandas as pd

    totals = pd.Series([float(each.total or 0) for each in scored], range(1, len(scored) + 1))
    mean = totals.rolling(SMOOTHED, min_periods=1).mean()
    days = [f"{each.day}" for each in scored]
    names = [t("Points"), t("Mean of the last five"), t("Day")]
    table = pd.DataFrame(dict(zip(names, (totals, mean, days), strict=True)))
    return table.rename_axis(t("Answer"))


def _warning(t: Translate) -> str:
    said = t(
        "Cards differ in difficulty: a lower point on a harder card is no step back. And knowing "
        "a card raises its points without any new skill."
    )
    return f'<p class="sk-head">{html.escape(said)}</p>'
