"""Predict before it is revealed: an interval for the next month's revenue and for one KPI."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi import KPIS, kpi_table
from simkit.screens.charts import table_html
from simkit.screens.drill_words import MONTH, Room, paragraph
from simkit.screens.levers import unit_text
from simkit.screens.parts import action_button, choice, free_box, heading, row

if TYPE_CHECKING:
    import pandas as pd

ASKED = ("on_time_share", "fill_rate", "satisfaction")
"""KPIs to choose one of; all of them shares."""
CONFIDENCE = 0.8
THOUSAND = {"en": 1e3, "zh": 1e4}
"""Revenue is entered in thousands, in Chinese in ten thousands."""


class Predict:
    """Asks for intervals before a month is played."""

    def __init__(self, room: Room, store: Callable[[], None]) -> None:
        self.room, t = room, room.t
        money = unit_text("money", room.lang, room.scenario.currency)
        unit = t("thousand {money}").format(money=money)
        titles = {KPIS[name].title.in_(room.lang): name for name in ASKED}
        self.boxes = {
            "revenue_low": free_box(t("Revenue at least"), 0.0, unit=unit, step=50.0),
            "revenue_high": free_box(t("Revenue at most"), 0.0, unit=unit, step=50.0),
            "kpi": choice(t("And one of these"), titles),
            "value_low": free_box(t("It is at least"), 0.0, unit="%"),
            "value_high": free_box(t("and at most"), 0.0, unit="%"),
        }
        for name, box in self.boxes.items():
            box.add_class(f"sk-{name}")
        self.ask, self.before, self.complaint = W.HTML(), W.HTML(), W.HTML()
        self.button = action_button(t("Store my prediction"), room.safely(store), style="primary")
        self.button.add_class("sk-store-prediction")
        rows = (("revenue_low", "revenue_high"), ("kpi",), ("value_low", "value_high"))
        self.view = W.VBox(
            [
                heading(t("Predict first")),
                self.ask,
                self.before,
                *(row(*(self.boxes[name] for name in names)) for names in rows),
                row(self.button),
                self.complaint,
            ]
        ).add_class("sk-predicting")

    def show(self) -> None:
        """Ask for the month that comes next."""
        t, (first, last) = self.room.t, month_of(self.room)
        text = t(
            "Weeks {first} to {last}: between which figures will they lie? Make the ranges so wide "
            "that you are right four times out of five."
        )
        self.ask.value = paragraph(text.format(first=first + 1, last=last + 1))
        self.before.value = ""

    def draw(self) -> None:
        """Say what the weeks before brought, which takes a moment: for a thread."""
        t, room = self.room.t, self.room
        first = month_of(room)[0]
        before = measured(room, first - MONTH, first - 1)
        titles = {name: KPIS[name].title.in_(room.lang) for name in ASKED}
        said = t("The four weeks before: revenue {revenue}; {kpis}.").format(
            revenue=room.money(before["revenue"]),
            kpis=t(", ").join(f"{title} {before[name]:.0%}" for name, title in titles.items()),
        )
        self.before.value = paragraph(said)

    def missing(self) -> str:
        """Return what is wrong with what is entered, "" when it can be stored."""
        t, entered = self.room.t, {name: box.value for name, box in self.boxes.items()}
        if entered["revenue_high"] <= 0 or entered["value_high"] <= 0:
            return t("Please enter both ranges first.")
        if entered["revenue_low"] > entered["revenue_high"]:
            return t("The lowest revenue is above the highest.")
        if entered["value_low"] > entered["value_high"]:
            return t("The lower bound is above the upper one.")
        return ""

    def note(self) -> dict[str, Any]:
        """Return the prediction as it is stored."""
        entered = {name: box.value for name, box in self.boxes.items()}
        unit = THOUSAND[self.room.lang]
        revenue = [entered[f"revenue_{end}"] * unit for end in ("low", "high")]
        value = [entered[f"value_{end}"] / 100.0 for end in ("low", "high")]
        return {
            "weeks": list(month_of(self.room)),
            "revenue": revenue,
            "kpi": entered["kpi"],
            "value": value,
            "confidence": CONFIDENCE,
        }


def month_of(room: Room) -> tuple[int, int]:
    """Return the first and the last week of the month that is played now or next."""
    first = room.report.week // MONTH * MONTH
    return first, min(first + MONTH, room.scenario.weeks) - 1


def is_due(room: Room) -> bool:
    """Whether a prediction is to be made before the next week is played."""
    week = room.report.week
    if room.game.done or week % MONTH:
        return False
    return all(note.data["weeks"][0] != week for note in room.game.notes("prediction"))


def measured(room: Room, first: int, last: int) -> dict[str, float]:
    """Return revenue (money) and the KPIs asked for (shares) of some weeks."""
    row = kpi_table(room.report.events, kpis=["revenue", *ASKED], first=first, last=last)
    return {str(name): float(value) for name, value in row.iloc[0].items()}


def outcomes(room: Room) -> "pd.DataFrame":
    """Return every prediction whose weeks are over, with what came, as a table to read."""
    import pandas as pd

    t, rows = room.t, {}
    came = [t("It was"), t("Hit")]
    heads = [t("Revenue expected"), *came, t("Also expected"), *came]
    for note in room.game.notes("prediction"):
        first, last = note.data["weeks"]
        if last < room.report.week:
            weeks = t("Weeks {first} to {last}").format(first=first + 1, last=last + 1)
            rows[weeks] = _outcome(note.data, room)
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def _outcome(data: dict[str, Any], room: Room) -> list[str]:
    t, came = room.t, measured(room, *data["weeks"])
    span, hits = t("{low} to {high}"), {True: t("inside"), False: t("outside")}
    low, high = data["revenue"]
    revenue, value = came["revenue"], came[data["kpi"]]
    least, most = data["value"]
    name = KPIS[data["kpi"]].title.in_(room.lang)
    return [
        span.format(low=room.money(low), high=room.money(high)),
        room.money(revenue),
        hits[low <= revenue <= high],
        f"{name}: " + span.format(low=f"{least:.0%}", high=f"{most:.0%}"),
        f"{value:.1%}",
        hits[least <= value <= most],
    ]


def outcomes_html(room: Room) -> str:
    """Return what came of the predictions, "" before the first month is over."""
    table = outcomes(room)
    if table.empty:
        return ""
    return table_html(table, room.t("Your predictions, and what came"))


def last_outcome_html(room: Room) -> str:
    """Return what came of the month that has just ended, "" in all other weeks."""
    ended = [n for n in room.game.notes("prediction") if n.data["weeks"][1] == room.report.week - 1]
    if not ended:
        return ""
    data, t = ended[-1].data, room.t
    _, came, hit, _, value, also = _outcome(data, room)
    text = t("Month over. Revenue was {came}: {hit} your range. {kpi} was {value}: {also}.")
    name = KPIS[data["kpi"]].title.in_(room.lang)
    told = text.format(came=came, hit=hit, kpi=name, value=value, also=also)
    return f'<p class="sk-outcome"><strong>{html.escape(told)}</strong></p>'
