"""A target over time: holidays as they are written, and the tables of year, quarter, week, day."""

import re
from typing import TYPE_CHECKING

from simkit.planning.cascade import WORKING_DAYS, Part
from simkit.screens.charts import table_html
from simkit.screens.drill_words import Room
from simkit.screens.target_words import exact
from simkit.screens.texts import Translate
from simkit.training.target_sheet import YEAR

if TYPE_CHECKING:
    import pandas as pd

_DAY = re.compile(r"(\d+)[.．](\d+)(?:[-–～~](\d+)[.．](\d+))?")


def parse_holidays(text: str) -> frozenset[tuple[int, int]]:
    """Return the days of "5.1 7.2-7.4" as (week, day); raises ValueError for anything else."""
    found: set[tuple[int, int]] = set()
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        if not word:
            continue
        match = _DAY.fullmatch(word)
        if not match:
            raise ValueError(f"{word!r} is no day")
        first = _number(int(match[1]), int(match[2]))
        last = _number(int(match[3]), int(match[4])) if match[3] else first
        days = range(first, last + 1)
        found |= {(day // WORKING_DAYS + 1, day % WORKING_DAYS + 1) for day in days}
    return frozenset(found)


def _number(week: int, day: int) -> int:
    if not (1 <= week <= YEAR and 1 <= day <= WORKING_DAYS):
        raise ValueError(f"{week}.{day} is no working day of a year")
    return (week - 1) * WORKING_DAYS + day - 1


def calendar_html(year: Part, room: Room) -> str:
    """Return the target by quarter and month, and for the first quarter by week and day."""
    t = room.t
    said = t("Year {year} = the sum of its quarters; first quarter {quarter}.").format(
        year=exact(year.amount, room), quarter=exact(year.parts[0].amount, room)
    )
    coarse = table_html(_quarters(year, t), t("Year, quarters and months"))
    fine = table_html(_weeks(year.parts[0], t), t("First quarter: weeks and days"))
    details = f"<details><summary>{t('Weeks and days')}</summary>{fine}</details>"
    return f'<p class="sk-outcome"><strong>{said}</strong></p>{coarse}{details}'


def _quarters(year: Part, t: Translate) -> "pd.DataFrame":
    import pandas as pd

    rows = {
        t("Quarter {n}").format(n=n): [*(m.amount for m in q.parts), q.amount]
        for n, q in enumerate(year.parts, 1)
    }
    heads = [t("Month {n}").format(n=n) for n in (1, 2, 3)]
    total = {t("Year"): ["", "", "", year.amount]}
    return pd.DataFrame.from_dict({**rows, **total}, orient="index", columns=[*heads, t("Sum")])


def _weeks(quarter: Part, t: Translate) -> "pd.DataFrame":
    import pandas as pd

    rows = {}
    for week in (week for month in quarter.parts for week in month.parts):
        number = week.name.rpartition(" ")[2]
        days: dict[str, int | str] = {str(d): "–" for d in range(1, WORKING_DAYS + 1)}
        days |= {day.name.rpartition(" ")[2]: day.amount for day in week.parts}
        rows[t("Week {week}").format(week=number)] = [*days.values(), week.amount]
    heads = [t("Day {n}").format(n=n) for n in range(1, WORKING_DAYS + 1)]
    rows[t("Quarter")] = [*[""] * WORKING_DAYS, quarter.amount]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*heads, t("Sum")])
