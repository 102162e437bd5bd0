"""Tracking a quarter: the table with its lights, the chart against plan and band, the alarm."""

import html
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, chart_html, new_figure, table_html
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.texts import Translate
from simkit.training.target_plan import Plan
from simkit.training.tracking import Standing, Tracking

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

PART = "· "
"""In front of who belongs to the territory above."""


def light_words(t: Translate) -> dict[tuple[str, str], str]:
    """Return what the lights say, by colour and side."""
    return {
        ("green", "inside"): t("green: inside the band"),
        ("amber", "below"): t("amber: below the band"),
        ("red", "below"): t("red: far below the band"),
        ("amber", "above"): t("amber: above the band"),
        ("red", "above"): t("red: far above the band"),
    }


def tracking_table_html(tracking: Tracking, room: Room) -> str:
    """Return the table of region, territories and reps; the light's words carry its colour."""
    t = room.t
    money = unit_text("money", room.lang, room.scenario.currency)
    caption = t("Sold against the quota to date, {money}").format(money=money)
    written = table_html(_table(tracking, room), caption)
    for (colour, _), words in light_words(t).items():
        cell = html.escape(words)
        span = f'<span class="sk-light sk-light-{colour}">{cell}</span>'
        written = written.replace(f">{cell}<", f">{span}<")
    return written


def _table(tracking: Tracking, room: Room) -> "pd.DataFrame":
    import pandas as pd

    t = room.t
    heads = [
        t("Sold to date"),
        t("Quota to date"),
        t("Attainment"),
        t("Light"),
        t("Quota of the quarter"),
        t("Forecast of the quarter"),
    ]
    cells = [_cells(row, room) for row in tracking.rows]
    names = [_name(row, room) for row in tracking.rows]
    return pd.DataFrame(cells, columns=heads, index=names).rename_axis(t("Region, territory, rep"))


def _name(row: Standing, room: Room) -> str:
    return (PART if row.kind == "rep" else "") + row.name.in_(room.lang)


def _cells(row: Standing, room: Room) -> list[str]:
    words, done = light_words(room.t), row.attainment
    sold, pace, total = (
        amount_text(value, "money", room.lang) for value in (row.sold, row.pace, row.total)
    )
    ahead = "–" if row.forecast is None else amount_text(row.forecast, "money", room.lang)
    reached = "–" if done is None else f"{done:.0%}"
    return [sold, pace, reached, words.get((row.light, row.side), "–"), total, ahead]


def forecast_text(tracking: Tracking, room: Room) -> str:
    """Return where the quarter ends at the pace so far, and how that is worked out."""
    t, region = room.t, tracking.region
    if region.forecast is None:
        return t("The forecast begins after the first week.")
    text = t(
        "At the pace so far the region ends the quarter at {forecast}, {share} of its target. That "
        "is what was sold, and the same pace in the weeks that are left, their season considered; "
        "after few weeks it is rough."
    )
    share = region.forecast / region.total
    return text.format(forecast=room.money(region.forecast), share=f"{share:.0%}")


def alarm_html(tracking: Tracking, room: Room) -> str:
    """Return that the rule of weeks in a row fires, "" where it does not."""
    if not tracking.fires:
        return ""
    text = room.t("{weeks} weeks in a row under the lower limit: a review is due.")
    if tracking.weeks_under == 2:
        text = room.t("Two weeks in a row under the lower limit: a review is due.")
    told = html.escape(text.format(weeks=tracking.weeks_under))
    return f'<div role="alert"><strong>{told}</strong></div>'


def explained_html(plan: Plan, room: Room) -> str:
    """Return what the lights mean under this plan."""
    low, high = (plan.band[end] / plan.band["baseline"] for end in ("low", "high"))
    text = room.t(
        "Quota to date is the quarter's quota times the share of the season that has passed. "
        "Green: within the band of your plan, {low} to {high} of it; amber: up to as far again "
        "outside; red: beyond. The region's band lies around its baseline, and its target includes "
        "the reserve."
    )
    return paragraph(text.format(low=f"{low:.0%}", high=f"{high:.0%}"))


def tracking_chart_html(tracking: Tracking, plan: Plan, room: Room) -> str:
    """Return the region's cumulated sales beside plan and band, with a text and its numbers."""
    t, table = room.t, _cumulated(tracking, plan, room)
    last = min(tracking.week, len(tracking.shares))
    ends = (plan.band[end] * tracking.share for end in ("low", "high"))
    low, high = (room.money(value) for value in ends)
    text = t("After week {week} the region has sold {sold}; plan {plan}, band {low} to {high}.")
    alt = text.format(
        week=last,
        sold=room.money(tracking.region.sold),
        plan=room.money(plan.region * tracking.share),
        low=low,
        high=high,
    )
    shown = table.map(lambda v: "–" if v != v else amount_text(v, "money", room.lang))
    return chart_html(_chart(table, alt, room), alt, shown, room.lang)


def _cumulated(tracking: Tracking, plan: Plan, room: Room) -> "pd.DataFrame":
    """By week: sold, plan, lower and upper limit, each added up since the first week."""
    import pandas as pd

    t = room.t
    shares = pd.Series(tracking.shares, index=range(1, len(tracking.shares) + 1)).cumsum()
    sold = pd.Series(tracking.weekly, index=range(1, len(tracking.weekly) + 1), dtype=float)
    columns = {
        t("Sold"): sold.cumsum().reindex(shares.index),
        t("Target by plan"): plan.region * shares,
        t("Lower limit"): plan.band["low"] * shares,
        t("Upper limit"): plan.band["high"] * shares,
    }
    return pd.DataFrame(columns).rename_axis(t("Week"))


def _chart(table: "pd.DataFrame", alt: str, room: Room) -> "Figure":
    t = room.t
    sold, plan, low, high = (table[name] for name in table.columns)
    with new_figure(room.lang) as (figure, axes):
        from matplotlib.ticker import MaxNLocator

        axes.fill_between(table.index, low, high, color="#d9ead3", label=t("The band"))
        axes.plot(plan, color=COLOURS[1], dashes=(4, 2), linewidth=2, label=t("Target by plan"))
        axes.plot(sold, color=COLOURS[0], linewidth=2.5, marker="o", ms=4, label=t("Sold"))
        axes.set_xlabel(t("Week"))
        axes.set_ylim(bottom=0)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.suptitle(t("The region's sales since week 1"), x=0.01, ha="left", fontsize=13)
        money = unit_text("money", room.lang, room.scenario.currency)
        axes.set_title(money, loc="left", fontsize=10)
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure
