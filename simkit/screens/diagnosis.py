"""The diagnosis tools of a drift drill: what each is called, what can be chosen, what it shows."""

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any, get_args

from simkit.kpi.diagnosis.facts import Facts, NoFigureError
from simkit.kpi.weekly import FIGURES
from simkit.region.report import WeekReport
from simkit.scenario.drift import Tool
from simkit.scenario.record import ScenarioError, Text
from simkit.screens.diagnosis_gap import fishbone_html, funnel_html
from simkit.screens.diagnosis_pareto import pareto_html
from simkit.screens.diagnosis_people import ab_html, entry_html, team_html
from simkit.screens.diagnosis_periods import periods_html
from simkit.screens.diagnosis_waiting import gantt_html, waiting_html
from simkit.screens.diagnosis_whys import whys_html
from simkit.screens.diagnosis_words import ToolOption, Words, said_html
from simkit.screens.drill_words import Room

TOOL_TITLES: dict[str, Text] = {
    "periods": Text(en="Year on year, period on period", zh="同比与环比"),
    "funnel": Text(en="Where the gap shows, step by step", zh="差额分解（逐环节）"),
    "pareto": Text(en="Who makes it up (Pareto)", zh="帕累托分析（谁占大头）"),
    "waiting": Text(en="Waiting and working times", zh="等待与处理时间"),
    "gantt": Text(en="Single deals day by day (Gantt)", zh="单个商机甘特图"),
    "fishbone": Text(en="Fishbone in money", zh="鱼骨图（按金额）"),
    "five_whys": Text(en="5 whys with figures", zh="五问法（5 Why，附数据）"),
    "ab_check": Text(en="A/B check of an adjustment", zh="调整措施的 A/B 检验"),
    "team": Text(en="The team", zh="团队情况"),
    "entry": Text(en="Orders entered and goods delivered", zh="订单录入与发货对照"),
}
VIEWS: dict[str, Callable[..., str]] = {
    "periods": periods_html,
    "funnel": funnel_html,
    "pareto": pareto_html,
    "waiting": waiting_html,
    "gantt": gantt_html,
    "fishbone": fishbone_html,
    "five_whys": whys_html,
    "ab_check": ab_html,
    "team": team_html,
    "entry": entry_html,
}
assert set(VIEWS) == set(TOOL_TITLES) == set(get_args(Tool))
CHOICES: dict[str, tuple[str, ...]] = {
    "periods": ("figure", "place", "weeks"),
    "funnel": ("place", "weeks", "against"),
    "pareto": ("what", "show", "place", "weeks", "against"),
    "waiting": ("place", "weeks", "against"),
    "gantt": ("deals", "place"),
    "fishbone": ("place", "weeks", "against"),
    "five_whys": ("place", "weeks"),
    "ab_check": ("figure", "group", "since"),
    "team": ("weeks",),
    "entry": ("weeks",),
}
"""What is chosen for each tool."""
WEEKS = (2, 4, 8, 13)
_LAST: list[Facts] = []
_LOCK = Lock()


def facts_of(report: WeekReport) -> Facts:
    """Return the facts of a report; those of the last one asked for are kept ready."""
    with _LOCK:
        if not _LAST or _LAST[0].report is not report:
            _LAST[:] = [Facts(report)]
        return _LAST[0]


def tool_options(tool: str, room: Room) -> list[ToolOption]:
    """Return what is to be chosen for a tool; `tool_html` takes the values by name."""
    words = Words(room, facts_of(room.report))
    return [_OPTIONS[name](words, tool) for name in CHOICES[tool]]


def tool_html(tool: str, room: Room, options: Mapping[str, Any]) -> str:
    """Return what a tool shows: words, a chart, its table. It takes a moment: for a thread.

    What `options` leaves out, or cannot be chosen, is as `tool_options` has it at first. Where
    there is nothing to show, the words say why.
    """
    words = Words(room, facts_of(room.report))
    chosen = {each.name: each.chosen(options) for each in tool_options(tool, room)}
    try:
        return VIEWS[tool](words, **chosen)
    except NoFigureError as error:
        return said_html(_reason(words, error.reason))
    except ScenarioError as error:
        return said_html(str(error))


def _reason(words: Words, reason: str) -> str:
    t = words.t
    return {
        "short": t("There are too few weeks with a figure for this comparison."),
        "constant": t("The figure never changed before, so that nothing can be said of chance."),
        "empty": t("There is no figure for this in these weeks."),
    }[reason]


# --- the choices


def _figure(words: Words, tool: str) -> ToolOption:
    # An adjustment is checked on what a place sells, not on what only the region has.
    choices = {words.figure(name): name for name in FIGURES}
    return ToolOption("figure", words.t("Figure"), choices, "sales")


def _place(words: Words, tool: str) -> ToolOption:
    choices = {words.place(name): name for name in words.facts.places}
    return ToolOption("place", words.t("Place or rep"), choices, "region")


def _group(words: Words, tool: str) -> ToolOption:
    names = words.facts.places[1:]
    choices = {words.place(name): name for name in names}
    return ToolOption("group", words.t("Changed in"), choices, names[0])


def _weeks(words: Words, tool: str) -> ToolOption:
    text = words.t("{weeks} weeks")
    choices = {text.format(weeks=weeks): weeks for weeks in WEEKS}
    return ToolOption("weeks", words.t("Period: the last"), choices, 8 if tool == "entry" else 4)


def _against(words: Words, tool: str) -> ToolOption:
    t = words.t
    choices = {t("the same weeks a year ago"): "year", t("the weeks just before"): "before"}
    usual = "before" if tool == "waiting" else "year"
    return ToolOption("against", t("Compared with"), choices, usual)


def _what(words: Words, tool: str) -> ToolOption:
    t = words.t
    choices = {
        t("single customers"): "customers",
        t("reps"): "reps",
        t("classes of account"): "classes",
        t("the reps' working days"): "work",
        t("the desks' working days"): "desks",
    }
    return ToolOption("what", t("Made up of"), choices, "customers")


def _show(words: Words, tool: str) -> ToolOption:
    t = words.t
    choices = {t("the gap"): "gap", t("the volume"): "volume"}
    return ToolOption("show", t("Show"), choices, "gap")


def _deals(words: Words, tool: str) -> ToolOption:
    t = words.t
    choices = {t("open longest"): "open", t("lost last"): "lost"}
    return ToolOption("deals", t("Deals"), choices, "open")


def _since(words: Words, tool: str) -> ToolOption:
    week, text = words.facts.week, words.t("week {week}")
    weeks = range(week - 2, max(words.facts.first + 12, week - 26) - 1, -1) or [week]
    choices = {text.format(week=since + 1): since for since in weeks}
    return ToolOption("since", words.t("Since"), choices, max(week - 4, min(weeks)))


_OPTIONS: dict[str, Callable[[Words, str], ToolOption]] = {
    "figure": _figure,
    "place": _place,
    "group": _group,
    "weeks": _weeks,
    "against": _against,
    "what": _what,
    "show": _show,
    "deals": _deals,
    "since": _since,
}
