"""Views of people and groups: the team, entries, and an adjustment checked."""

from typing import TYPE_CHECKING, Any

import numpy as np

from simkit.kpi.diagnosis.ab_check import Check, check_of, relative
from simkit.kpi.diagnosis.entry import Entry, entries_of
from simkit.kpi.diagnosis.team import Member, team_of
from simkit.screens.diagnosis_charts import paired_bars, week_lines
from simkit.screens.diagnosis_words import DASH, Words, view_html

if TYPE_CHECKING:
    import pandas as pd


def team_html(words: Words, weeks: int, **_: Any) -> str:
    """Return the view of who works here since when, and how each does against what is usual."""
    t, team = words.t, team_of(words.facts, weeks)
    here = [member for member in team if member.left_week is None]
    columns = {
        t("Visits"): [_per_cent(member.visits.change) for member in here],
        t("Sales"): [_per_cent(member.sales.change) for member in here],
    }
    title = t("The last {weeks} weeks against each one's own usual").format(weeks=weeks)
    names = [words.place(member.rep) for member in here]
    label = t("% above or below usual")
    chart = paired_bars(names, columns, title=title, x_label=label, lang=words.lang)
    said = [*_unusual(words, team), *_joined(words, team)]
    notes = [
        t(
            "Usual is a person's own level and season before these weeks. Score: standard "
            "deviations of chance; beyond {limit} is unusual. Who came less than half a year ago "
            "has no usual yet."
        ).format(limit=words.number(words.facts.limit))
    ]
    return view_html(words, said, chart, words.sentences(said), _members(words, team), notes)


def _per_cent(change: float | None) -> float | None:
    return None if change is None else 100.0 * change


def _unusual(words: Words, team: list[Member]) -> list[str]:
    t = words.t
    found = [
        t("{name} ({visits} visits, {sales} sales)").format(
            name=words.place(m.rep),
            visits=words.share(m.visits.change, signed=True),
            sales=words.share(m.sales.change, signed=True),
        )
        for m in team
        if any(abs(own.score or 0.0) > words.facts.limit for own in (m.visits, m.sales))
    ]
    if not found:
        return [t("Nobody's visits or sales are unusual for him or her.")]
    return [t("Unusual: {people}.").format(people=t("; ").join(found))]


def _joined(words: Words, team: list[Member]) -> list[str]:
    t = words.t
    came = t("{name} began in week {week}.")
    went = t("{name} left in week {week}.")
    said = [
        came.format(name=words.place(m.rep), week=m.joined_week + 1)
        for m in team
        if m.joined_week is not None and m.joined_week >= 0
    ]
    left = [
        went.format(name=words.place(m.rep), week=m.left_week + 1)
        for m in team
        if m.left_week is not None
    ]
    return said + left


def _members(words: Words, team: list[Member]) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    rows = {
        words.place(m.rep): [
            words.place(m.territory),
            words.number(None if m.tenure_weeks is None else m.tenure_weeks / 52.0),
            m.customers,
            words.number(m.visits.now),
            words.number(m.visits.usual),
            words.number(m.visits.score, signed=True),
            words.money(m.sales.now),
            words.money(m.sales.usual),
            words.number(m.sales.score, signed=True),
        ]
        for m in team
    }
    heads = [
        t("Territory"), t("Years here"), t("Customers"), t("Visits a week"), t("Visits, usual"),
        t("Visits, score"), t("Sales a week"), t("Sales, usual"), t("Sales, score"),
    ]  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(t("Rep"))


def entry_html(words: Words, weeks: int, **_: Any) -> str:
    """Return the view of orders entered against goods delivered, and of entries that came late."""
    t, found = words.t, entries_of(words.facts, weeks)
    lines = {words.place(entry.territory): _percent(entry) for entry in found}
    span = found[0].span
    title = t("Delivered orders that were entered")
    chart = week_lines(
        np.arange(span.first, span.end) + 1,
        lines,
        title=title,
        x_label=t("Week of the order"),
        y_label="%",
        lang=words.lang,
        most=100.0,
    )
    said = _missing(words, found)
    notes = [
        t(
            "Goods are counted by themselves when they leave the warehouse, orders only when "
            "somebody enters them. Late: entered in a later week than ordered."
        )
    ]
    return view_html(words, [said], chart, said, _entries(words, found), notes)


def _percent(entry: Entry) -> np.ndarray:
    """Of the orders that were delivered, those that somebody entered; NaN without deliveries."""
    entered = entry.delivered - entry.unentered
    return np.where(entry.delivered > 0, 100.0 * entered / np.maximum(entry.delivered, 1), np.nan)


def _missing(words: Words, found: list[Entry]) -> str:
    t = words.t
    missing = {entry.territory: int(entry.unentered.sum()) for entry in found}
    most = max(found, key=lambda entry: (missing[entry.territory], entry.late))
    if not missing[most.territory] and not most.late:
        return t("All that was delivered was entered, and in the week in which it was ordered.")
    text = t(
        "Most in {place}: {missing} orders delivered and not entered yet; {late} of {all} entries "
        "came late."
    )
    return text.format(
        place=words.place(most.territory),
        missing=missing[most.territory],
        late=most.late,
        all=most.all,
    )


def _entries(words: Words, found: list[Entry]) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    rows = {
        words.place(e.territory): [
            int(e.entered.sum()),
            int(e.delivered.sum()),
            int(e.unentered.sum()),
            words.share(e.usual),
            e.late,
            words.number(e.delay_weeks),
        ]
        for e in found
    }
    heads = [
        t("Orders entered"), t("Delivered"), t("Delivered, not entered"),
        t("Usually not entered"), t("Entered late"), t("Weeks late"),
    ]  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(t("Territory"))


HISTORY = 52
"""Weeks before an adjustment that are looked at."""


def ab_html(words: Words, figure: str, group: str, since: int, **_: Any) -> str:
    """Return the view of a place or rep with an adjustment against all others, before and after.

    `since`: the week in which it began. Raises NoFigureError where that cannot be compared.
    """
    t, facts = words.t, words.facts
    first = max(facts.first, since - HISTORY)
    start, changed = first - facts.first, max(0, since - first)
    of = facts.reps if group in facts.reps else dict.fromkeys(facts.territories, "")
    others = [name for name in of if name != group and name in facts.figures.rows]
    with_, without = (
        relative(_mean_of(words, figure, names)[start:], changed) for names in ([group], others)
    )
    check = check_of(with_, without, changed)
    title = t("{figure}: {place} and the others").format(
        figure=words.figure(figure), place=words.place(group)
    )
    weeks = np.arange(first, facts.week) + 1
    lines = {words.place(group): with_, t("the others"): without}
    chart = week_lines(
        weeks[-HISTORY // 2 :],
        {name: values[-HISTORY // 2 :] for name, values in lines.items()},
        title=title,
        x_label=t("Week"),
        y_label=t("% of the mean before the change"),
        lang=words.lang,
        since=since + 1,
    )
    said = _verdict(words, check)
    table = _check_table(words, check, words.place(group))
    return view_html(
        words, said, chart, words.caption(title, said[0]), table, [_method(words, check)]
    )


def _mean_of(words: Words, figure: str, names: list[str]) -> np.ndarray:
    found = np.array([words.facts.figures.series(figure, name) for name in names])
    known = np.isfinite(found)
    count = known.sum(axis=0)
    total = np.where(known, found, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _verdict(words: Words, check: Check) -> list[str]:
    t = words.t
    verdicts = {
        "more": t("It rose more than the others."),
        "less": t("It fell more than the others."),
        "none": t("No detectable difference."),
    }
    text = t("Against the others it moved by {effect} points; 95 % interval {low} to {high}.")
    return [
        verdicts[check.verdict],
        text.format(
            effect=words.number(check.effect, signed=True),
            low=words.number(check.low, signed=True),
            high=words.number(check.high, signed=True),
        ),
    ]


def _method(words: Words, check: Check) -> str:
    text = words.t(
        "Difference in differences of {before} weeks before and {after} after. Weeks depend on "
        "each other ({share} carries over), which the interval takes into account. What else "
        "happened in one group only is in it as well."
    )
    return text.format(
        before=check.weeks_before, after=check.weeks_after, share=words.share(check.persistence)
    )


def _check_table(words: Words, check: Check, name: str) -> "pd.DataFrame":
    import pandas as pd

    t = words.t
    rows = {
        name: [*map(words.number, check.with_), words.number(check.with_[1] - check.with_[0])],
        t("the others"): [
            *map(words.number, check.without),
            words.number(check.without[1] - check.without[0]),
        ],
        t("Difference"): [DASH, DASH, words.number(check.effect, signed=True)],
    }
    heads = [t("Before, %"), t("After, %"), t("Change")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)
