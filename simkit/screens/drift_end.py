"""The end of a drift drill: its debrief on the screen, as a page, and as files of a folder."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.screens.debrief_report import body_html, page_html
from simkit.screens.debrief_sections import Section
from simkit.screens.drift_end_sections import (
    course_section,
    reference_section,
    truth_section,
    verdict_section,
)
from simkit.screens.drift_end_story import (
    actions_section,
    investigation_section,
    learning_sections,
    plan_section,
    score_section,
)
from simkit.screens.drift_end_words import DriftWords
from simkit.screens.drift_record_view import record_html
from simkit.screens.drill_words import Room, level_names
from simkit.screens.record import write_whole
from simkit.study.output import all_or_nothing, write_json
from simkit.study.workers import Tell
from simkit.training.debrief.debrief import plain
from simkit.training.drift_debrief import DriftDebrief, drift_debrief

if TYPE_CHECKING:
    import pandas as pd

    from simkit.study.game import Game

__all__ = [
    "EndedDrift",
    "drift_debrief_html",
    "drift_debrief_page",
    "end_html",
    "end_of",
    "record_html",
    "write_drift_debrief",
    "write_page",
]


@dataclass(frozen=True)
class EndedDrift:
    """What the last step shows."""

    debrief: DriftDebrief


def end_of(game: "Game", worlds: int, tell: Tell) -> EndedDrift:
    """Make the debrief; `worlds`: of the reference players, and at most of the actions."""
    most = max(2, worlds)
    return EndedDrift(drift_debrief(game, most, tell, reference_worlds=most))


def end_html(ended: EndedDrift, room: Room) -> str:
    """Return the debrief as a part of the screen."""
    return drift_debrief_html(ended.debrief, room.lang)


def write_page(ended: EndedDrift, file: Path, lang: str) -> Path:
    """Write the debrief as a page of its own beside the game, and return its path."""
    target = file.with_name(f"{file.stem}-debrief.html")
    write_whole(target, drift_debrief_page(ended.debrief, lang))
    return target


def drift_debrief_page(debrief: DriftDebrief, lang: str) -> str:
    """Return the debrief as one HTML page that needs no other file."""
    return page_html(debrief.scenario, drift_debrief_html(debrief, lang), lang)


def drift_debrief_html(debrief: DriftDebrief, lang: str) -> str:
    """Return the debrief as a part of a page; all that a person typed is escaped."""
    words = DriftWords(debrief, lang)
    return body_html(_head(words), sections_of(words), lang)


def sections_of(words: DriftWords) -> list[Section]:
    """Return all sections in the order of reading."""
    return [
        verdict_section(words),
        truth_section(words),
        course_section(words),
        reference_section(words),
        score_section(words),
        actions_section(words),
        plan_section(words),
        investigation_section(words),
        *learning_sections(words),
    ]


def _head(words: DriftWords) -> dict[str, Any]:
    t, debrief = words.t, words.debrief
    facts = [
        (t("Weeks"), str(debrief.weeks)),
        (t("Seed"), str(debrief.seed)),
        (t("Other worlds"), str(len(debrief.worths.seeds))),
        ("simkit", metadata.version("regional-simkit")),
    ]
    known = {"player": t("Player"), "level": t("Level"), "number": t("Number")}
    about = debrief.about
    levels = level_names(t)
    facts += [
        (title, levels.get(str(about[name]), str(about[name])))
        for name, title in known.items()
        if name in about
    ]
    return {"title": words.text(debrief.scenario), "facts": facts, "contents": t("Contents")}


# Files


def write_drift_debrief(debrief: DriftDebrief, folder: Path, lang: str) -> None:
    """Write debrief.html, debrief.json and tables as CSV into `folder`, all or nothing.

    Raises ScenarioError when the folder cannot be written or the disk is full.
    """
    with all_or_nothing(folder) as draft:
        (draft / "debrief.html").write_text(drift_debrief_page(debrief, lang), encoding="utf-8")
        write_json(debrief.as_dict(), draft / "debrief.json")
        for name, table in tables_of(debrief).items():
            # With a mark at the start, so that Excel reads Chinese.
            table.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8-sig")


def tables_of(debrief: DriftDebrief) -> "dict[str, pd.DataFrame]":
    """Return the course, actions, declarations and scores as tables, by the name of the file."""
    import pandas as pd

    course, worths, weeks = debrief.course, debrief.worths, range(1, debrief.weeks + 1)
    names = ("reported", "happened", "undisturbed", "expected", "low", "high")
    rows: dict[str, list[dict[str, Any]]] = {
        "course": [
            {"week": week, **{name: getattr(course, name)[week - 1] for name in names}}
            for week in weeks
        ],
        "actions": [_action_row(each) for each in (*worths.actions, worths.everything)],
        "declarations": [plain(each) for each in debrief.written.declarations],
        "investigations": [plain(each) for each in debrief.written.asked],
        "scores": [
            {"id": x.id, "value": x.value and x.value.value, "points": x.points, "weight": x.weight}
            for x in debrief.score.lines
        ],
    }
    return {name: pd.DataFrame(found) for name, found in rows.items() if found}


def _action_row(each: Any) -> dict[str, Any]:
    found = each.elsewhere
    return {
        "id": each.id,
        "weeks": len(each.weeks),
        "cost": each.cost,
        "contribution": each.worth.contribution.value,
        "elsewhere": found and found.mean,
        "low": found and found.low,
        "high": found and found.high,
    }
