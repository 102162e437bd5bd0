"""Words and amounts that all parts of the drill share."""

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simkit.region.report import WeekReport
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Measure
from simkit.screens.levers import money_text
from simkit.screens.texts import Translate, translator

if TYPE_CHECKING:
    from simkit.study.game import Game

MONTH = 4
"""Weeks between two predictions."""


@dataclass
class Room:
    """What the parts of a drill's screen share: the game, the language, and who to tell."""

    game: "Game"
    lang: str
    safely: Callable[[Callable[..., Any]], Callable[..., Any]]
    """Wraps callbacks such that what they raise is told."""
    changed: Callable[[], None]
    """Called when something was entered that is not stored yet."""
    report: WeekReport = field(init=False)
    """What the manager sees; renewed with every week, also for what is drawn in a thread."""
    t: Translate = field(init=False)

    def __post_init__(self) -> None:
        self.t, self.report = translator(self.lang), self.game.report

    def but(self, changed: Callable[[], None]) -> "Room":
        """Return the same room for a part that tells somebody else first of what is entered."""
        return Room(self.game, self.lang, self.safely, changed)

    def renew(self) -> WeekReport:
        """Look at the region again."""
        self.report = self.game.report
        return self.report

    @property
    def scenario(self) -> Scenario:
        """The scenario that is played."""
        return self.game.scenario

    def money(self, value: float, signed: bool = False) -> str:
        """Return an amount of money with its currency."""
        return money_text(value, self.lang, self.scenario.currency, signed=signed)

    def department(self, name: str | None) -> str:
        """Return what a department is called."""
        known = {each.id: each.name.in_(self.lang) for each in self.scenario.departments}
        return known.get(name or "", name or "")


def channel_names(t: Translate) -> dict[str, str]:
    """Return what the channels of messages are called."""
    return {
        "phone": t("Phone call"),
        "chat": t("Chat"),
        "email": t("E-mail"),
        "report": t("Report"),
    }


def level_names(t: Translate) -> dict[str, str]:
    """Return what the levels of difficulty are called."""
    return {"easy": t("easy"), "normal": t("normal"), "hard": t("hard")}


def step_names(t: Translate) -> list[str]:
    """Return what the steps of a drill are called."""
    return [t("Plan ahead"), t("Weekly rounds"), t("Memo"), t("Debrief")]


def steps_html(current: int, lang: str, names: Sequence[str] = ()) -> str:
    """Return the steps of a drill as a list in which the current one stands out.

    `names`: what they are called; without them, the steps of a crisis drill.
    """
    t = translator(lang)
    items = []
    for number, name in enumerate(names or step_names(t)):
        here = ' aria-current="step" class="sk-here"' if number == current else ""
        items.append(f"<li{here}>{number + 1}. {html.escape(name)}</li>")
    title = html.escape(t("Steps of the drill"))
    return f'<ol class="sk-steps" aria-label="{title}">{"".join(items)}</ol>'


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{html.escape(text)}</p>"


def sentences(texts: Iterable[str], lang: str) -> str:
    """Return sentences one after another; Chinese has no space between them."""
    return ("" if lang == "zh" else " ").join(texts)


def price_text(measure: Measure, room: Room) -> str:
    """Return what a measure costs, and how long it takes, in a sentence or two."""
    t, said = room.t, []
    once, weekly = (room.money(v) for v in (measure.cost_once, measure.cost_per_week))
    if measure.cost_once and measure.cost_per_week:
        said.append(t("Costs {once} at once and {weekly} a week.").format(once=once, weekly=weekly))
    elif measure.cost_once:
        said.append(t("Costs {once} at once.").format(once=once))
    elif measure.cost_per_week:
        said.append(t("Costs {weekly} a week.").format(weekly=weekly))
    else:
        said.append(t("Costs no money."))
    if measure.department and measure.work_days:
        text = t("First {department} has to work on it, days: {days}.")
        name = room.department(measure.department)
        said.append(text.format(department=name, days=f"{measure.work_days:g}"))
    if measure.delay_weeks:
        text = t("Weeks until it acts: {weeks}.")
        said.append(text.format(weeks=measure.delay_weeks))
    return sentences(said, room.lang)
