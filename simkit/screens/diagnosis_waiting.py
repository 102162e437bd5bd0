"""Views of deals on their way: times of steps and desks, and single deals as bars."""

from typing import TYPE_CHECKING, Any

from simkit.kpi.diagnosis.deals import NATURE, Way, last_ended, longest_open, ways_of
from simkit.kpi.diagnosis.waiting import DeskTime, Waiting, waiting_of
from simkit.region.events import DAYS_PER_WEEK
from simkit.screens.charts import COLOURS, new_figure, table_html
from simkit.screens.diagnosis_charts import finish, name_rows, paired_bars
from simkit.screens.diagnosis_pareto import work_names
from simkit.screens.diagnosis_words import DASH, Words, said_html, view_html
from simkit.screens.texts import Translate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def step_names(t: Translate) -> dict[str, str]:
    """Return what the steps of a deal are called."""
    return {
        "lead": t("Lead waits for an answer"),
        "qualify": t("Customer thinks about it"),
        "quote_wait": t("Waits for the quote desk"),
        "quote_work": t("Quote desk works"),
        "quote": t("Customer looks at the quote"),
        "negotiate": t("Negotiation"),
        "legal_wait": t("Waits for the legal desk"),
        "legal_work": t("Legal desk works"),
        "contract": t("Customer looks at the contract"),
    }


def waiting_html(words: Words, place: str, weeks: int, against: str, **_: Any) -> str:
    """Return the view of how long each step took, and how busy the desks were."""
    t, (now, before) = words.t, waiting_of(words.facts, weeks, against, place)
    names = step_names(t)
    columns = {
        t("Now ({weeks})").format(weeks=words.weeks(now.span)): _days(now),
        t("Before ({weeks})").format(weeks=words.compared(before.span, now.span)): _days(before),
    }
    title = t("Days of each step, {place}").format(place=words.place(place))
    label = t("working days on average")
    steps = [names[step.step] for step in now.steps]
    chart = paired_bars(steps, columns, title=title, x_label=label, lang=words.lang)
    said = [*_longer(words, now, before), *_busiest(words, now)]
    desks = table_html(_desks(words, now, before), t("The desks, now and before"))
    notes = [t("Counted are deals that left the step in the period, whatever became of them.")]
    return view_html(
        words, said, chart, words.sentences(said), _table(words, now, before), notes, desks
    )


def _days(found: Waiting) -> list[float]:
    return [step.days or 0.0 for step in found.steps]


def _longer(words: Words, now: Waiting, before: Waiting) -> list[str]:
    t, names = words.t, step_names(words.t)
    changes = [
        (new.days - old.days, new.step)
        for new, old in zip(now.steps, before.steps, strict=True)
        if new.days is not None and old.days is not None
    ]
    if not changes:
        return [t("No deal left a step in these weeks.")]
    change, step = max(changes)
    if change <= 0:
        return [t("No step takes longer than before.")]
    text = t("Grown most: {step}, {change} working days.")
    return [text.format(step=names[step], change=words.number(change, signed=True))]


def _busiest(words: Words, now: Waiting) -> list[str]:
    busy = [desk for desk in now.desks if desk.busy is not None]
    if not busy:
        return []
    most = max(busy, key=lambda desk: desk.busy or 0.0)
    text = words.t("Busiest: {desk}, {share} of its time; {waiting} wait there now.")
    name = work_names(words.t)[most.desk]
    return [text.format(desk=name, share=words.share(most.busy), waiting=most.waiting)]


def _table(words: Words, now: Waiting, before: Waiting) -> "pd.DataFrame":
    import pandas as pd

    t, names = words.t, step_names(words.t)
    rows = {
        names[new.step]: [words.number(new.days), new.count, words.number(old.days), old.count]
        for new, old in zip(now.steps, before.steps, strict=True)
    }
    heads = [t("Days now"), t("Deals now"), t("Days before"), t("Deals before")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(t("Step"))


def _desks(words: Words, now: Waiting, before: Waiting) -> "pd.DataFrame":
    import pandas as pd

    t, names = words.t, work_names(words.t)
    rows = {
        names[new.desk]: [
            f"{new.came} ({old.came})",
            f"{new.done} ({old.done})",
            f"{new.gave_up} ({old.gave_up})",
            _both(words, new.wait_days, old.wait_days),
            _both(words, new.work_days, old.work_days),
            _busy(words, new, old),
            new.waiting,
        ]
        for new, old in zip(now.desks, before.desks, strict=True)
    }
    heads = [
        t("Came"), t("Done"), t("Gave up waiting"), t("Days of waiting"), t("Days of work"),
        t("Share of time at work"), t("Waiting now"),
    ]  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
    return table.rename_axis(t("Desk, now (before)"))


def _both(words: Words, new: float | None, old: float | None) -> str:
    return f"{words.number(new)} ({words.number(old)})"


def _busy(words: Words, new: DeskTime, old: DeskTime) -> str:
    return f"{words.share(new.busy)} ({words.share(old.busy)})"


def gantt_html(words: Words, place: str, deals: str, **_: Any) -> str:
    """Return the view of single deals as bars of days: open longest, or lost last."""
    t, ways = words.t, ways_of(words.facts)
    chosen = longest_open(ways, place) if deals == "open" else last_ended(ways, place)
    titles = {"open": t("The deals that have been open longest"), "lost": t("The deals lost last")}
    title = titles["open" if deals == "open" else "lost"]
    if not chosen:
        return said_html(t("There are no such deals."))
    chart = _bars(words, chosen, title)
    said = _slowest(words, chosen)
    notes = [t("A deal is shown from its lead on. Day 0 is the first day of week 1.")]
    return view_html(words, [said], chart, words.caption(title, said), _deals(words, chosen), notes)


def nature_names(t: Translate) -> dict[str, str]:
    """Return whose time a step is."""
    return {
        "rep": t("Waits for the rep"),
        "customer": t("Customer decides"),
        "wait": t("Waits at a desk"),
        "work": t("Desk works"),
    }


def _bars(words: Words, ways: list[Way], title: str) -> "Figure":
    names = nature_names(words.t)
    colours = dict(zip(names, ("#741b47", "#9fc5e8", COLOURS[1], COLOURS[2]), strict=True))
    with new_figure(words.lang, height=1.6 + 0.32 * len(ways)) as (figure, axes):
        for row, way in enumerate(ways):
            for bar in way.bars:
                colour = colours[NATURE[bar.step]]
                axes.barh(row, max(bar.days, 0.0), 0.65, bar.start, color=colour, zorder=2)
        for nature, name in names.items():
            axes.barh(0, 0, color=colours[nature], label=name)
        name_rows(axes, [way.id for way in ways])
        label = words.t("working days since week 1 began")
        finish(figure, axes, title, label, words.lang)
        now = words.facts.week * DAYS_PER_WEEK
        axes.axvline(now, color="#444444", linewidth=1, linestyle=":")
        figure.legend(loc="outside lower center", ncols=len(names), frameon=False)
    return figure


def _slowest(words: Words, ways: list[Way]) -> str:
    t, names = words.t, nature_names(words.t)
    total = sum(way.days for way in ways)
    days = {nature: sum(way.days_of(nature) for way in ways) for nature in names}
    text = t("Of {days} days of these {number} deals: {parts}.")
    part = t("{name} {share}")
    parts = [
        part.format(name=names[n], share=words.share(days[n] / total if total else None))
        for n in names
    ]
    return text.format(days=words.number(total), number=len(ways), parts=t(", ").join(parts))


def _deals(words: Words, ways: list[Way]) -> "pd.DataFrame":
    import pandas as pd

    t, steps = words.t, step_names(words.t)
    hows = {
        "won": t("won"),
        "lost": t("lost"),
        "no_decision": t("no decision"),
        "": t("still open"),
    }
    rows = {
        way.id: [
            words.place(way.territory),
            words.place(way.rep) if way.rep else DASH,
            words.money(way.value),
            words.number(way.days),
            *(words.number(way.days_of(nature)) for nature in nature_names(t)),
            steps[way.bars[-1].step],
            hows[way.how],
        ]
        for way in ways
    }
    heads = [
        t("Territory"), t("Rep"), t("Deal value"), t("Days"), *nature_names(t).values(),
        t("Last step"), t("State"),
    ]  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(t("Deal"))
