"""The end of a target workshop: its debrief on the screen, as a page, and as files of a folder."""

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.screens.debrief_report import body_html, page_html
from simkit.screens.debrief_sections import Section
from simkit.screens.debrief_story import prediction_section, score_section
from simkit.screens.debrief_words import Words
from simkit.screens.drill_words import Room
from simkit.screens.record import write_whole
from simkit.screens.target_figures import quality_section, realised_section, result_section
from simkit.screens.target_lessons import (
    appraisal_section,
    comparison_section,
    course_section,
    foresight_section,
    people_section,
    smart_section,
)
from simkit.study.output import all_or_nothing, write_json
from simkit.study.workers import Tell
from simkit.training.debrief.debrief import plain
from simkit.training.target_debrief import TargetDebrief, target_debrief

if TYPE_CHECKING:
    import pandas as pd

    from simkit.study.game import Game

MOST_WORLDS = 100
"""Other worlds in which a debrief plays four sets of targets; more only take longer."""


@dataclass(frozen=True)
class EndedTargets:
    """What the last step shows."""

    debrief: TargetDebrief


def end_of(game: "Game", worlds: int, tell: Tell) -> EndedTargets:
    """Make the debrief; `worlds`: of the outlook that the workshop has used."""
    most = max(2, min(worlds, MOST_WORLDS))
    return EndedTargets(target_debrief(game, most, tell=tell, outlook_worlds=max(2, worlds)))


def end_html(ended: EndedTargets, room: Room) -> str:
    """Return the debrief as a part of the screen."""
    return target_debrief_html(ended.debrief, room.lang)


def write_page(ended: EndedTargets, file: Path, lang: str) -> Path:
    """Write the debrief as a page of its own beside the game, and return its path."""
    target = file.with_name(f"{file.stem}-debrief.html")
    write_whole(target, target_debrief_page(ended.debrief, lang))
    return target


def target_debrief_page(debrief: TargetDebrief, lang: str) -> str:
    """Return the debrief as one HTML page that needs no other file."""
    return page_html(debrief.scenario, target_debrief_html(debrief, lang), lang)


def target_debrief_html(debrief: TargetDebrief, lang: str) -> str:
    """Return the debrief as a part of a page; all that a person typed is escaped."""
    words = Words(debrief, lang)
    return body_html(_head(words), sections_of(words), lang)


def sections_of(words: Words) -> list[Section]:
    """Return all sections in the order of reading."""
    return [
        result_section(words),
        quality_section(words),
        realised_section(words),
        comparison_section(words),
        course_section(words),
        people_section(words),
        appraisal_section(words),
        prediction_section(words),
        foresight_section(words),
        smart_section(words),
        score_section(words),
    ]


def _head(words: Words) -> dict[str, Any]:
    t, debrief = words.t, words.debrief
    facts = [
        (t("Weeks"), str(debrief.weeks)),
        (t("Seed"), str(debrief.seed)),
        (t("Other worlds"), str(len(debrief.worlds))),
        ("simkit", metadata.version("regional-simkit")),
    ]
    if "player" in debrief.about:
        facts.append((t("Player"), str(debrief.about["player"])))
    return {"title": words.text(debrief.scenario), "facts": facts, "contents": t("Contents")}


# Files


def write_target_debrief(debrief: TargetDebrief, folder: Path, lang: str) -> None:
    """Write debrief.html, debrief.json and tables as CSV into `folder`, all or nothing.

    Raises ScenarioError when the folder cannot be written or the disk is full.
    """
    with all_or_nothing(folder) as draft:
        (draft / "debrief.html").write_text(target_debrief_page(debrief, lang), encoding="utf-8")
        write_json(debrief.as_dict(), draft / "debrief.json")
        for name, table in tables_of(debrief).items():
            # With a mark at the start, so that Excel reads Chinese.
            table.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8-sig")


def tables_of(debrief: TargetDebrief) -> "dict[str, pd.DataFrame]":
    """Return quality, outcome, talks and worlds as tables, by the name of the file."""
    import pandas as pd

    people = [plain(each) for each in debrief.people]
    verdicts = [each.data_verdict.en if each.data_verdict else "" for each in debrief.people]
    rows: dict[str, list[dict[str, Any]]] = {
        "quality": [plain(each) for each in debrief.quality],
        "realised": [plain(each) for each in debrief.realised],
        "people": [{**p, "data_verdict": v} for p, v in zip(people, verdicts, strict=True)],
        "worlds": [{"seed": seed, "sales": sales} for seed, sales in debrief.worlds],
        "comparisons": [
            {
                "against": each.id,
                "revenue": each.revenue,
                "contribution": each.contribution.value,
                "elsewhere": each.elsewhere.mean,
                "low": each.elsewhere.low,
                "high": each.elsewhere.high,
            }
            for each in debrief.comparisons
        ],
    }
    return {name: pd.DataFrame(found) for name, found in rows.items()}
