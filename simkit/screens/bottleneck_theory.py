"""Queueing theory beside what was played: desks as they are, and with another number of people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simkit.scenario.records import Scenario
from simkit.screens.bottleneck_words import days_text, share_text, short_names, station_names
from simkit.screens.charts import table_html
from simkit.screens.pay_view import bullets, table_of
from simkit.screens.texts import translator
from simkit.study.bottlenecks import AS_NOW, LineStudy, forecast_of
from simkit.study.deal_line import DESKS, Tally
from simkit.study.desk_theory import DeskForecast

if TYPE_CHECKING:
    import pandas as pd


def model_names(lang: str) -> dict[str, str]:
    """Return what the formulas are called."""
    t = translator(lang)
    return {
        "Erlang A": t("Erlang A (some give up)"),
        "Erlang C": t("Erlang C"),
        "Pollaczek-Khinchine": t("Pollaczek-Khinchine"),
        "no steady state": t("none: the queue grows without end"),
    }


def theory_html(study: LineStudy, lang: str) -> str:
    """Return theory beside the worlds played, for each desk as it is now."""
    t = translator(lang)
    caption = t("Queueing theory and what was played, each desk as it is now")
    return table_html(theory_table(study, lang), caption) + bullets(_why(study, lang))


def theory_table(study: LineStudy, lang: str) -> "pd.DataFrame":
    """Return one row for each desk that had work."""
    t, names = translator(lang), station_names(lang)
    rows = {
        names[desk]: _row(study, AS_NOW, desk, None, lang)
        for desk in DESKS
        if study.pooled(AS_NOW, desk).works and getattr(study.scenario.desks, desk).staff
    }
    heads = [
        t("Jobs a week"),
        t("Days of work each"),
        t("Formula"),
        t("Busy: theory"),
        t("Busy: played"),
        t("Days of waiting: theory"),
        t("Days of waiting: played (95 % interval)"),
        t("Theory is"),
    ]
    return table_of(rows, heads)


def _row(study: LineStudy, plan: str, desk: str, staff: int | None, lang: str) -> list[str]:
    t, tally = translator(lang), study.pooled(plan, desk)
    theory, played = forecast_of(study.scenario, desk, tally, staff), study.wait(plan, desk)
    low, high = days_text(max(played.low, 0.0)), days_text(played.high)
    span = t("{low} to {high}").format(low=low, high=high)
    people = staff or getattr(study.scenario.desks, desk).staff
    return [
        f"{5 * tally.rate:.1f}",
        f"{tally.mean_work:.2f}",
        model_names(lang)[theory.model],
        share_text(theory.utilisation),
        share_text(tally.in_work / people),
        days_text(theory.wait),
        f"{days_text(played.mean)} ({span})",
        _agreement(theory.wait, played.low, played.high, lang),
    ]


def _agreement(theory: float, low: float, high: float, lang: str) -> str:
    t = translator(lang)
    if low != low:
        return t("too few worlds")
    if theory < low:
        return t("too low")
    return t("too high") if theory > high else t("within the interval")


def _why(study: LineStudy, lang: str) -> Iterator[str]:
    t, short = translator(lang), short_names(lang)
    bursts = [
        f"{short[desk]} {study.pooled(AS_NOW, desk).burstiness:.2f}"
        for desk in DESKS
        if study.pooled(AS_NOW, desk).arrivals
    ]
    yield t("Why the two differ, where they do:")
    yield t(
        "Bursts. The formulas take arrivals at random; their variance over their mean, by weeks, "
        "would be 1. Here: {bursts}. Above 1 queues are longer than in theory, below 1 shorter."
    ).format(bursts=t("; ").join(bursts))
    yield t(
        "A short time. Theory speaks of the long run; half a year is short for a desk that is "
        "nearly always busy, and each world has its own half year."
    )
    yield t(
        "Laws of time. Erlang A takes exponential times of work; here they are lognormal, about "
        "as variable. Pollaczek-Khinchine takes the variation as measured."
    )
    yield t(
        "The order of work. These formulas hold for any order that doesn't look at how long a job "
        "takes: large deals first changes who waits, hardly how long on average."
    )


def what_if_html(
    scenario: Scenario, desk: str, people: int, line: dict[str, Tally], lang: str
) -> str:
    """Return what theory expects of a desk with so many people, from what was measured."""
    t, tally = translator(lang), line[desk]
    try:
        now, then = (forecast_of(scenario, desk, tally, staff) for staff in (None, people))
    except ValueError:
        return bullets([t("Nothing came to this desk in these weeks: there is nothing to say.")])
    usual = getattr(scenario.desks, desk).staff
    rows = {
        t("As it is: {people}").format(people=usual): _cells(now, lang),
        t("With {people}").format(people=people): _cells(then, lang),
    }
    heads = [t("Staff busy"), t("Days of waiting"), t("Give up waiting"), t("Formula")]
    caption = t(
        "Theory for {desk}: {rate} jobs a week of {days} days each, as in these weeks"
    ).format(
        desk=station_names(lang)[desk], rate=f"{5 * tally.rate:.1f}", days=f"{tally.mean_work:.1f}"
    )
    if people == usual:
        rows.popitem()
    return table_html(table_of(rows, heads), caption)


def _cells(found: DeskForecast, lang: str) -> list[str]:
    shares = [share_text(found.utilisation), days_text(found.wait), share_text(found.gave_up)]
    return [*shares, model_names(lang)[found.model]]


def simulated_html(study: LineStudy, plan: str, desk: str, people: int, lang: str) -> str:
    """Return what was played with so many people beside the theory for the same jobs."""
    t = translator(lang)
    if not study.pooled(AS_NOW, desk).works:
        return bullets([t("Nothing came to this desk in these weeks: there is nothing to say.")])
    names = [t("As it is"), t("With {people}").format(people=people)]
    plans = [(AS_NOW, None), (plan, people)] if plan in study.runs else [(AS_NOW, None)]
    rows = {
        name: _row(study, each, desk, staff, lang)
        for name, (each, staff) in zip(names, plans, strict=False)
    }
    table = table_of(rows, theory_table(study, lang).columns.tolist())
    caption = t("{desk}: theory and {worlds} worlds").format(
        desk=station_names(lang)[desk], worlds=len(study.runs[AS_NOW])
    )
    won = study.gain(plan, lambda run: run.won) if plan in study.runs else None
    notes = [] if won is None else [won_text(won.mean, won.low, won.high, lang)]
    return table_html(table, caption) + bullets(notes)


def won_text(mean: float, low: float, high: float, lang: str) -> str:
    """Return the difference in deals won in a sentence."""
    t = translator(lang)
    numbers = {"mean": signed(mean), "low": signed(low), "high": signed(high)}
    return t("Deals won, against today: {mean} ({low} to {high}).").format(**numbers)


def signed(value: float, digits: int = 1) -> str:
    """Return a difference with its sign; a dash where there is none."""
    if value != value:
        return "–"
    text = f"{value:+.{digits}f}".replace("-", "−")
    return text if text.strip("+−0.") else f"{0:.{digits}f}"
