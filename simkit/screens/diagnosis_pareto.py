"""View: who makes up a volume or a gap."""

import math
from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.pareto import Pareto, What, pareto_of
from simkit.screens.charts import COLOURS, new_figure
from simkit.screens.diagnosis_charts import finish, name_rows, sided_bars
from simkit.screens.diagnosis_gap import way_names
from simkit.screens.diagnosis_words import Words, view_html
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SHOWN = 10
"""Bars; of a gap all others together are one more."""
IN_DAYS = ("work", "desks")


def work_names(t: Translate) -> dict[str, str]:
    """Return what kinds of work are called."""
    return {
        "visit_key": t("Visits to key accounts"),
        "visit_regular": t("Visits to regular accounts"),
        "visit_tail": t("Visits to long-tail accounts"),
        "visit_lead": t("Answering leads"),
        "training": t("Training"),
        "idle": t("Nobody to see"),
        "quote": t("Quote desk"),
        "legal": t("Legal desk"),
        "delivery": t("Delivery desk"),
    }


def pareto_html(
    words: Words, what: What, show: str, place: str, weeks: int, against: str, **_: Any
) -> str:
    """Return the view of who makes up the volume of the last weeks, or the gap to other weeks."""
    found = pareto_of(words.facts, what, weeks, against, place)
    unit = words.t("days of work") if what in IN_DAYS else words.unit("money")
    view = _gap if show == "gap" else _volume
    return view(words, found, unit, words.place(place))


def _names(words: Words, found: Pareto) -> dict[str, str]:
    if found.what == "customers":
        return {name: words.customer(name) for name in found.names}
    if found.what == "reps":
        return {name: words.place(name) for name in found.names}
    known = way_names(words.t) | work_names(words.t)
    return {name: known.get(name, name) for name in found.names}


def _volume(words: Words, found: Pareto, unit: str, place: str) -> str:
    t, names, total = words.t, _names(words, found), math.fsum(found.now)
    if total <= 0:
        return _nothing(words, found)
    pairs = zip(found.names, found.now, strict=True)
    rows = [(names[name], amount) for name, amount in pairs][:SHOWN]
    title = t("Who makes up the volume: {place}, {weeks}").format(
        place=place, weeks=words.weeks(found.span)
    )
    shares = [math.fsum(v for _, v in rows[: i + 1]) / total for i in range(len(rows))]
    if len(found.names) > len(rows):
        text = t("{title}, the {number} largest of {all}")
        title = text.format(title=title, number=len(rows), all=len(found.names))
    chart = _cumulative(rows, shares, title, unit, words)
    said = t("{name} comes first with {share} of the whole.").format(
        name=rows[0][0], share=words.share(rows[0][1] / total)
    )
    fifth = t("The largest fifth of {number} makes up {share}.").format(
        number=len(found.names), share=words.share(found.first_fifth)
    )
    return view_html(
        words, [said, fifth], chart, words.caption(title, said), _table(words, found, unit)
    )


def _nothing(words: Words, found: Pareto) -> str:
    import pandas as pd

    text = words.t("Nothing was counted in {weeks}.").format(weeks=words.weeks(found.span))
    chart = sided_bars([], title=text, x_label="", lang=words.lang)
    return view_html(words, [text], chart, text, pd.DataFrame())


def _cumulative(
    rows: list[tuple[str, float]], shares: list[float], title: str, unit: str, words: Words
) -> "Figure":
    with new_figure(words.lang, height=1.5 + 0.34 * len(rows)) as (figure, axes):
        places = range(len(rows))
        axes.barh(places, [value for _, value in rows], 0.65, color=COLOURS[0], zorder=2)
        name_rows(axes, [name for name, _ in rows])
        finish(figure, axes, title, unit, words.lang)
        line = axes.twiny()
        line.plot([100 * s for s in shares], places, color=COLOURS[1], marker="o", ms=4, zorder=3)
        line.set_xlim(0, 112)
        line.set_xticks([0, 20, 40, 60, 80, 100])
        line.set_xlabel(words.t("Together, % of the whole"), color=COLOURS[1], fontsize=10)
        line.grid(False)
        line.spines[["right", "bottom"]].set_visible(False)
    return figure


def _gap(words: Words, found: Pareto, unit: str, place: str) -> str:
    t, names = words.t, _names(words, found)
    gaps = found.gaps()
    losses = [change for _, change in gaps if change < 0]
    shown = sorted(gaps, key=lambda row: -abs(row[1]))[: SHOWN + 2]
    rows = [(names[name], change) for name, change in sorted(shown, key=lambda row: row[1])]
    if len(gaps) > len(shown):
        others = t("{number} others").format(number=len(gaps) - len(shown))
        rest = math.fsum(c for _, c in gaps) - math.fsum(c for _, c in shown)
        rows.append((others, rest))
    rows.append((t("Whole gap"), math.fsum(change for _, change in gaps)))
    title = t("Who makes up the gap: {place}, {weeks} against {compared}").format(
        place=place,
        weeks=words.weeks(found.span),
        compared=words.compared(found.compared, found.span),
    )
    chart = sided_bars(rows, title=title, x_label=unit, lang=words.lang, total=1)
    said = [_fallen(words, names, gaps, losses)]
    return view_html(words, said, chart, words.caption(title, said[0]), _table(words, found, unit))


def _fallen(
    words: Words, names: dict[str, str], gaps: list[tuple[str, float]], losses: list[float]
) -> str:
    t = words.t
    if not losses:
        return t("Nobody fell.")
    fifth = math.ceil(len(gaps) / 5)
    share = math.fsum(losses[:fifth]) / math.fsum(losses)
    text = t(
        "{number} of {all} fell, {name} most. The fifth that fell most makes up {share} of all "
        "that was lost."
    )
    return text.format(
        number=len(losses), all=len(gaps), name=names[gaps[0][0]], share=words.share(share)
    )


def _table(words: Words, found: Pareto, unit: str) -> "pd.DataFrame":
    import pandas as pd

    t, names = words.t, _names(words, found)
    kind = "" if found.what in IN_DAYS else "money"
    rows = [
        [
            names[name],
            words.amount(now, kind),
            words.amount(before, kind),
            words.amount(now - before, kind, signed=True),
        ]
        for name, now, before in zip(found.names, found.now, found.before, strict=True)
    ]
    heads = [unit, t("Now"), t("Before"), t("Change")]
    return pd.DataFrame(rows, columns=heads).set_index(heads[0])
