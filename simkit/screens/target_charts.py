"""Pictures and tables of the planning steps: the past, the chances."""

from typing import TYPE_CHECKING

from simkit.planning.targets import growth_rates
from simkit.screens.charts import COLOURS, chart_html, line_chart, new_figure
from simkit.screens.drill_words import Room
from simkit.screens.levers import unit_text
from simkit.screens.target_words import exact, per_cent, place_names, rep_names
from simkit.training.target_sheet import YEAR, Facts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from simkit.study.attainability import Judgement

PERIOD = 4
"""Weeks of a point of the chart: single weeks would hide the season."""


def years_table(facts: Facts, room: Room) -> "pd.DataFrame":
    """Return sales and growth of each year, and of its first quarter."""
    import pandas as pd

    t, years, weeks = room.t, facts.years, facts.past.sales_by_week()
    growth = ["–", *(per_cent(rate, 1) for rate in growth_rates(years))]
    first = len(weeks) - YEAR * len(years)
    quarters = [sum(weeks[first + YEAR * n :][:13]) for n in range(len(years))]
    table = pd.DataFrame(
        {
            t("Sales"): [exact(v, room) for v in years],
            t("Growth"): growth,
            t("of these in the first quarter"): [exact(v, room) for v in quarters],
        }
    )
    table.index = [year_name(len(years) - n, room) for n in range(len(years))]
    return table


def year_name(ago: int, room: Room) -> str:
    """Return what a year is called, 1 for the last one."""
    return room.t("Last year") if ago == 1 else room.t("{n} years ago").format(n=ago)


def past_chart(facts: Facts, place: str, room: Room) -> str:
    """Return the past years of the region ("") or a territory, a line each, with their table."""
    import pandas as pd

    t, weeks = room.t, facts.past.sales_by_week(territory=place or None)
    years = [weeks[len(weeks) - YEAR * n :][:YEAR] for n in range(len(weeks) // YEAR, 0, -1)]
    columns = {year_name(len(years) - n, room): _periods(year) for n, year in enumerate(years)}
    latest_first = dict(reversed(columns.items()))
    table = pd.DataFrame(latest_first, index=range(PERIOD, YEAR + 1, PERIOD))
    title = t("Sales of a week in {place}").format(
        place=place_names(room).get(place, t("the region"))
    )
    label = t("{money} a week, mean of four weeks").format(
        money=unit_text("money", room.lang, room.scenario.currency)
    )
    figure = line_chart(
        table, title=title, x_label=t("Week of the year"), y_label=label, lang=room.lang
    )
    alt = t("{title}: the first months are stronger than the last ones.").format(title=title)
    return chart_html(figure, alt if _falls(table) else title, table.round(0), room.lang)


def _periods(year: list[float]) -> list[float]:
    return [sum(year[w : w + PERIOD]) / PERIOD for w in range(0, YEAR, PERIOD)]


def _falls(table: "pd.DataFrame") -> bool:
    half = len(table) // 2
    return float(table.iloc[:half].to_numpy().mean()) > float(table.iloc[half:].to_numpy().mean())


def chance_chart(judged: "Judgement", room: Room) -> "Figure":
    """Draw the chance of each rep, and of the region, as a bar with its interval."""
    t, names = room.t, rep_names(room)
    rows = [(names[rep], chance) for rep, chance in judged.reps.items()]
    rows.append((t("The region"), judged.region))
    targets = room.scenario.targets
    assert targets
    with new_figure(room.lang, height=1.2 + 0.34 * len(rows)) as (figure, axes):
        for place, (_, chance) in enumerate(rows):
            colour = COLOURS[1 if place == len(rows) - 1 else 0]
            axes.barh(place, 100 * chance.value, 0.6, color=colour)
            axes.plot([100 * chance.low, 100 * chance.high], [place, place], color="#111111")
        axes.axvspan(*(100 * end for end in targets.likely), color="#d9ead3", zorder=0)
        axes.set_yticks(range(len(rows)), [name for name, _ in rows])
        axes.set(ylim=(len(rows) - 0.4, -0.6), xlim=(0, 100), ylabel="")
        axes.set_xlabel(t("Chance of reaching the target, %; line: 95 % interval"))
        axes.grid(False, axis="y")
        figure.suptitle(t("How likely is this plan?"), x=0.01, ha="left", fontsize=13)
    return figure
