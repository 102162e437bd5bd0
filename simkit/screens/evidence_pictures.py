"""Theory and published figures as curves, and what the engine gives beside them, on demand."""

import html
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from simkit.screens.app import App
from simkit.screens.charts import chart_html
from simkit.screens.evidence_charts import picture_chart
from simkit.screens.job import Job
from simkit.screens.parts import choice
from simkit.screens.texts import Translate, default_language, translator
from simkit.study.evidence.pictures import PICTURES, Picture

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Caption:
    """The words of a picture: title, axes, what it shows, names of its series."""

    title: str
    x: str
    y: str
    says: str
    series: dict[str, str]
    ticks: list[str] = field(default_factory=list)
    steep: bool = False


class PictureScreen(App):
    """A screen on which one chooses a curve and lets the engine put its points beside it."""

    def __init__(self, lang: str | None = None) -> None:
        lang = lang or default_language()
        t = translator(lang)
        every = captions(t)
        super().__init__(
            t("Theory and engine, side by side"),
            intro=t("The lines are calculated or published, the points come from the engine."),
            settings={"name": choice(t("Picture"), {c.title: n for n, c in every.items()})},
            work=_work,
            show=partial(_shown, t, lang),
            lang=lang,
        )
        self.run_button.description = t("Draw")


def _work(job: Job, settings: dict[str, Any]) -> tuple[str, Picture]:
    name = settings["name"]
    return name, PICTURES[name](job.tell)


def _shown(t: Translate, lang: str, result: tuple[str, Picture], _: dict) -> str:
    name, picture = result
    words = captions(t)[name]
    figure = picture_chart(
        picture, words.series, (words.x, words.y), lang, ticks=words.ticks, steep=words.steep
    )
    alt = t("{title}: {says}").format(title=words.title, says=words.says)
    shown = chart_html(figure, alt, points_table(picture, words, t), lang)
    return f"<h3>{html.escape(words.title)}</h3><p>{html.escape(words.says)}</p>{shown}"


def points_table(picture: Picture, words: Caption, t: Translate) -> "pd.DataFrame":
    """Return the points of a picture as a table for reading."""
    import pandas as pd

    points = picture.points
    x = [words.ticks[int(v)] if words.ticks else f"{v:.3g}" for v in points["x"]]
    columns = {
        words.x or t("Figure"): x,
        words.y: [f"{v:.3g}" for v in points["y"]],
        t("Standard error"): [f"{v:.2g}" if v else "–" for v in points["error"]],
    }
    names = [t(": ").join(_named(series, words)) for series in points["series"]]
    return pd.DataFrame(columns, index=pd.Index(names))


def _named(series: str, words: Caption) -> list[str]:
    """Return the words for subject and kind of a series of points."""
    kind, _, subject = series.partition(" ")
    return [words.series[name] for name in (subject, kind) if name]


def captions(t: Translate) -> dict[str, Caption]:
    """Return the words of all pictures by name, the quickest first."""
    return {
        "buyers": _buyers(t),
        "ramp": _ramp(t),
        "waits": _waits(t),
        "calls": _calls(t),
        "alarms": _alarms(t),
    }


def _buyers(t: Translate) -> Caption:
    return Caption(
        t("How many customers order how often"),
        t("Orders of a customer in a quarter"),
        t("Share of the customers"),
        t(
            "Most customers order seldom and a few very often. The theory of repeat buying "
            "(negative binomial distribution) says how many of each there are."
        ),
        {"nbd": t("theory"), "engine": t("engine, with 95 % intervals")},
    )


def _ramp(t: Translate) -> Caption:
    return Caption(
        t("How fast a newcomer learns"),
        t("Months with the firm"),
        t("Skill, as a share of the own best"),
        t(
            "The line is somebody without any experience, built after a published learning "
            "curve. Newcomers in the engine bring some experience, so they begin above it."
        ),
        {"law": t("built in, without experience"), "engine": t("newcomers in the engine")},
    )


def _waits(t: Translate) -> Caption:
    return Caption(
        t("How waiting grows with the load of a desk"),
        t("Load: work that comes, over what five people can do"),
        t("Mean wait, in mean times of a job"),
        t(
            "Near full load, a little more work means much more waiting. Where customers lose "
            "patience the queue stays short, because some of them are gone."
        ),
        {
            "erlang_c": t("everybody waits (Erlang C)"),
            "erlang_a": t("some give up (Erlang A)"),
            "engine": t("engine, with 95 % intervals"),
        },
    )


def _calls(t: Translate) -> Caption:
    return Caption(
        t("What visits seem to bring, seen in three ways"),
        "",
        t("Per cent more orders with one per cent more visits"),
        t(
            "Comparing customers makes visits look strong, because good customers get more of "
            "them. Following the same customer shows less at once, and more over five months."
        ),
        {"engine": t("engine, a panel made alike"), "data": t("real doctors")},
        [t("between customers"), t("same customer, same month"), t("same customer, five months")],
    )


def _alarms(t: Translate) -> Caption:
    return Caption(
        t("How long until an alarm comes"),
        t("How far sales have dropped, in standard deviations"),
        t("Mean weeks until the alarm"),
        t(
            "At 0 nothing has changed and every alarm is false. The rule of two weeks below "
            "the line gives a false alarm about once a year in every territory."
        ),
        {
            "shewhart": t("single weeks beyond 3 standard deviations"),
            "cusum": t("sum of the deviations (CUSUM)"),
            "ewma": t("moving mean (EWMA)"),
            "two": t("two weeks in a row below the line"),
            "engine": t("engine, with 95 % intervals"),
            "table": t("published tables"),
        },
        steep=True,
    )
