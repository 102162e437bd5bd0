"""Watch: the lights of the last week, the alert of the two-weeks rule, and one figure's course."""

import html
from collections.abc import Callable, Sequence

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi.lights import Standing, board
from simkit.kpi.weekly import FIGURES, REGION
from simkit.screens.drift_chart import course_html, no_course_html
from simkit.screens.drift_figures import Gauge
from simkit.screens.drift_words import (
    figure_name,
    figure_text,
    figure_titles,
    light_html,
    place_titles,
    rich_table,
    watch_of,
)
from simkit.screens.drill_words import Room, paragraph, price_text
from simkit.screens.job import Redraw
from simkit.screens.parts import action_button, choice, heading, row

SHOWN = (
    "sales",
    "orders",
    "order_size",
    "margin_share",
    "visits",
    "leads",
    "qualified_share",
    "legal_open",
    "in_stock_share",
    "complaints",
    "satisfaction",
)
"""The figures that have lights; all others can be charted."""
ALERT_OPTIONS = (
    "longer_period",
    "backup_supplier",
    "emergency_incentive",
    "shift_resources",
    "recalibrate_target",
)
"""What the alert offers (domain S4, S22)."""


class Board:
    """The tab on which one sees how things stand."""

    def __init__(self, room: Room, gauge: Gauge, act: Callable[[], None]) -> None:
        self.room, self.gauge, t = room, gauge, room.t
        self._redraw = Redraw(lambda: room.safely(self._draw_chart)())
        self.alert, self.lights, self.chart = W.HTML(), W.HTML(), W.HTML()
        self.to_actions = action_button(t("See all actions"), room.safely(act))
        self.to_actions.add_class("sk-to-actions")
        figures = {title: name for name, title in figure_titles(room.lang).items()}
        self.figure = choice(t("Figure"), figures, "sales").add_class("sk-figure")
        self.place = choice(t("Where"), self._places(), REGION).add_class("sk-where")
        for widget in (self.figure, self.place):
            widget.observe(room.safely(self._chosen), "value")
        self.alerting = W.VBox([self.alert, row(self.to_actions)]).add_class("sk-alert")
        self.alerting.layout.display = "none"
        chosen = [heading(t("One figure in detail")), row(self.figure, self.place), self.chart]
        self.view = W.VBox([self.alerting, self.lights, *chosen]).add_class("sk-board")

    def draw(self) -> None:
        """Show the lights and the chosen chart, which takes a moment: for a thread."""
        room = self.room
        figures, watching = self.gauge.figures(), watch_of(room).watching
        week = room.report.week
        standings = board(figures, week, watching, [*place_titles(room)])
        self.lights.value = lights_html(standings, room)
        alert = self.gauge.alerting()
        self.alert.value = alert_html(room) if alert else ""
        self.alerting.layout.display = None if alert else "none"
        self._redraw.ask()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the chart is drawn."""
        self._redraw.wait(timeout)

    def _draw_chart(self) -> None:
        """Draw the chosen figure."""
        figure, place = str(self.figure.value), str(self.place.value)
        course = self.gauge.course(figure, place)
        title = place_titles(self.room, reps=True).get(place, place)
        drawn = course and course_html(course, figure, title, self.room)
        self.chart.value = drawn or no_course_html(self.room)

    def _places(self) -> dict[str, str]:
        reps = FIGURES[str(self.figure.value)].of_reps
        return {title: name for name, title in place_titles(self.room, reps).items()}

    def _chosen(self, change: dict) -> None:
        if change["owner"] is self.figure:
            self.renew()
        self._redraw.ask()

    def renew(self) -> None:
        """Offer the places that the chosen figure has."""
        places, kept = self._places(), self.place.value
        if dict(self.place.options) != places:
            self.place.options = [*places.items()]
            self.place.value = kept if kept in places.values() else REGION


def lights_html(standings: Sequence[Standing], room: Room) -> str:
    """Return the lights as a table of figures by places."""
    t, places = room.t, place_titles(room)
    found = {(each.figure, each.place): each for each in standings}
    rows = []
    for figure in SHOWN:
        cells = [_cell(found.get((figure, place)), room) for place in places]
        rows.append([html.escape(figure_name(figure, room)), *cells])
    said = t("Last week, week {week}: the figure, and its light").format(week=room.report.week)
    caption = said if room.report.week else t("The last week before yours")
    table = rich_table([t("Figure"), *places.values()], rows, caption, "sk-lights")
    watching = watch_of(room).watching
    note = t(
        "A light compares the week with its forecast, season included: amber beyond {amber} "
        "standard deviations on the bad side, red beyond {red}. One amber light is nothing: among "
        "so many figures, several are amber in every ordinary week."
    ).format(amber=f"{watching.amber:g}", red=f"{watching.red:g}")
    return table + paragraph(note)


def _cell(standing: Standing | None, room: Room) -> str:
    if standing is None or standing.value is None:
        return "–"
    value = html.escape(figure_text(standing.value, standing.figure, room.lang))
    return f"{value} {light_html(standing.light, room.t)}" if standing.light else value


def alert_html(room: Room) -> str:
    """Return the alert of the two-weeks rule with what the manuals offer against it."""
    t = room.t
    lead = t("Alert: sales of the region were under their lower limit two weeks running.")
    offers = {action.id: action for action in watch_of(room).actions}
    items = "".join(
        f"<li><strong>{html.escape(offers[name].name.in_(room.lang))}</strong> "
        f"{html.escape(price_text(offers[name], room))}</li>"
        for name in ALERT_OPTIONS
        if name in offers
    )
    said = t("What the manuals offer now. First ask whether anything has changed at all, and what.")
    told = f"<p><strong>{html.escape(lead)}</strong></p><p>{html.escape(said)}</p>"
    return f'<div role="alert">{told}<ul>{items}</ul></div>'
