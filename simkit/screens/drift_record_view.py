"""Several drift drills on one page: a table, and sensitivity against false alarms."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

from simkit.screens.charts import COLOURS, chart_html, new_figure, table_html
from simkit.screens.debrief_words import DASH
from simkit.screens.drill_words import level_names, paragraph
from simkit.screens.texts import Translate, translator
from simkit.study.intervals import Share
from simkit.study.watching import DETECTORS, References
from simkit.training.drift_record import FEW, Curve, DrillResult, Drills, curve, kept_references

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def record_html(drills: Drills, lang: str, references: Sequence[References] | None = None) -> str:
    """Return the drills of a folder as HTML.

    Without `references`, those of the drills that are on the disk already; nothing is played.
    """
    t, results = translator(lang), drills.results
    parts = [f"<h3>{html.escape(t('My drills'))}</h3>"]
    if not results:
        parts.append(paragraph(t("No drift drill is finished yet.")))
    else:
        known = kept_references(results) if references is None else references
        found = curve(results, known)
        parts += [*map(paragraph, _said(found, t)), table_html(_table(results, lang), t("Drills"))]
        parts += [_chart(found, lang), paragraph(_how_counted(t))]
    parts += [paragraph(text) for text in _left_out(drills, t)]
    return "".join(parts)


def _left_out(drills: Drills, t: Translate) -> list[str]:
    said = []
    if drills.open:
        text = t("Not finished, or without conclusion, and so not told: {number}.")
        said.append(text.format(number=drills.open))
    if drills.unreadable:
        said.append(t("Files that cannot be read: {number}.").format(number=drills.unreadable))
    if again := sum(each.taken_back > 0 for each in drills.results):
        text = t("Drills in which weeks were taken back and played again, knowing more: {number}.")
        said.append(text.format(number=again))
    return said


def _said(found: Curve, t: Translate) -> list[str]:
    """The record in plain words, with intervals."""
    said = [t("Finished drills: {all}; with a drift: {drift}.")]
    said[0] = said[0].format(all=found.drills, drift=found.with_drift)
    if found.few:
        text = t("Fewer than {few} drills say little about your skill: mind the intervals.")
        said.append(text.format(few=FEW))
    for text, share in (
        (t("Found in time: {share} of the drills with a drift."), found.sensitivity),
        (t("With a false alarm: {share} of all drills."), found.false_alarms),
        (t("Cause right: {share}."), found.cause_right),
    ):
        if share is not None:
            said.append(text.format(share=_share(share)))
    return [*said, *_calibration(found, t)]


def _calibration(found: Curve, t: Translate) -> list[str]:
    if found.confidence is None or found.right is None or found.brier is None:
        return []
    text = t("You were {sure} % sure on average, and right in {share}; Brier score {brier}.")
    brier = f"{found.brier.mean:.2f}"
    if found.brier.low == found.brier.low:
        low = max(0.0, found.brier.low)
        brier = f"{brier} [{low:.2f} … {min(1.0, found.brier.high):.2f}]"
    sure = f"{100 * found.confidence:.0f}"
    said = [text.format(sure=sure, share=_share(found.right), brier=brier)]
    if found.declared < FEW:
        said.append(t("Whether your confidence fits cannot be told from so few declarations."))
    elif found.confidence > found.right.high:
        said.append(t("You are surer than you are right."))
    elif found.confidence < found.right.low:
        said.append(t("You are right more often than you think."))
    else:
        said.append(t("Your confidence fits how often you are right."))
    return said


def _how_counted(t: Translate) -> str:
    return t(
        "In a drill with a drift only the weeks before it can bring a false alarm; the reference "
        "players' false alarms are counted over whole drills without drift. Brier score: squared "
        "distance of your confidence from 1 (right) or 0 (wrong); 0 is best, always saying 50 % "
        "gives 0.25."
    )


def _share(share: Share) -> str:
    low, high = f"{100 * share.low:.0f}", f"{100 * share.high:.0f}"
    return f"{100 * share.value:.0f} % [{low} … {high}]"


def _table(results: Sequence[DrillResult], lang: str) -> "pd.DataFrame":
    import pandas as pd

    t = translator(lang)
    levels = level_names(t)
    right = {True: t("yes"), False: t("no"), None: DASH}
    rows = [
        {
            t("Level"): levels.get(each.level, each.level) or DASH,
            t("What it was"): each.cause.in_(lang),
            t("Found in time"): right[each.found] if each.drift else DASH,
            t("Weeks to the alarm"): DASH if each.delay is None else str(each.delay),
            t("False alarms"): str(each.false_alarms),
            t("Cause right"): right[each.cause_right],
            t("Sure"): DASH if each.confidence is None else f"{100 * each.confidence:.0f} %",
        }
        for each in results
    ]
    names = [DASH if each.number is None else str(each.number) for each in results]
    return pd.DataFrame(rows, index=pd.Index(names, name=t("Number")))


# --- the curve


def _chart(found: Curve, lang: str) -> str:
    t = translator(lang)
    if found.sensitivity is None or found.false_alarms is None:
        text = t("No drill with a drift yet: there is no point to draw.")
        return paragraph(text)
    title = t("Found in time against false alarms")
    alt = t("{title}. You: found {found}, false alarms {false}.").format(
        title=title, found=_share(found.sensitivity), false=_share(found.false_alarms)
    )
    picture = chart_html(_drawn(found, title, lang), alt, _numbers(found, lang), lang)
    if found.roc:
        return picture
    note = t("The curves of the reference players appear once a drill was looked back upon.")
    return picture + paragraph(note)


def _names(lang: str) -> dict[str, str]:
    return {player.id: player.name.in_(lang) for player in DETECTORS}


def _drawn(found: Curve, title: str, lang: str) -> "Figure":
    t = translator(lang)
    with new_figure(lang, width=6.4, height=5.4) as (figure, axes):
        if found.roc:
            false, hits = ([100 * point[place] for point in found.roc] for place in (2, 1))
            label = t("control charts, limit by limit")
            axes.plot(false, hits, color=COLOURS[0], linewidth=1.8, label=label)
        names = _names(lang)
        for number, point in enumerate(p for p in found.players if p.sensitivity):
            share = point.sensitivity or point.false_alarms
            _cross(axes, point.false_alarms, share, COLOURS[number % 4], "sD^v"[number % 4],
                   names.get(point.player, point.player))  # fmt: skip
        if found.sensitivity and found.false_alarms:
            _cross(axes, found.false_alarms, found.sensitivity, "#b3261e", "o", t("You"), size=11)
        axes.set(xlim=(-3, 103), ylim=(-3, 103), ylabel="",
                 xlabel=t("Drills with a false alarm, %"))  # fmt: skip
        axes.set_title(t("Drifts found in time, %"), loc="left", fontsize=10)
        figure.suptitle(title, x=0.01, ha="left", fontsize=13)
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure


def _cross(
    axes: "Axes", x: Share, y: Share, colour: str, mark: str, label: str, size: int = 8
) -> None:
    """A point with its two intervals."""
    axes.plot([100 * x.low, 100 * x.high], [100 * y.value] * 2, color=colour, linewidth=1.2)
    axes.plot([100 * x.value] * 2, [100 * y.low, 100 * y.high], color=colour, linewidth=1.2)
    axes.plot(100 * x.value, 100 * y.value, mark, color=colour, markersize=size, label=label)


def _numbers(found: Curve, lang: str) -> "pd.DataFrame":
    import pandas as pd

    t, names = translator(lang), _names(lang)
    rows = {t("You"): (found.sensitivity, found.false_alarms)}
    rows |= {names.get(p.player, p.player): (p.sensitivity, p.false_alarms) for p in found.players}
    texts = {name: [DASH if s is None else _share(s) for s in pair] for name, pair in rows.items()}
    columns = [t("Found in time"), t("With a false alarm")]
    return pd.DataFrame.from_dict(texts, orient="index", columns=columns)
