"""The debrief as HTML: a part for the screen, a page of one file, and the files of a folder."""

from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simkit.scenario.record import Text
from simkit.screens.debrief_sections import (
    Section,
    luck_section,
    response_section,
    result_section,
    worth_section,
)
from simkit.screens.debrief_story import (
    lesson_sections,
    memo_section,
    plan_section,
    prediction_section,
    score_section,
    timeline_section,
)
from simkit.screens.debrief_words import Cell, Words
from simkit.screens.texts import translator
from simkit.study.output import all_or_nothing, write_json
from simkit.training.debrief.debrief import Debrief, plain

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Environment

HTML_LANG = {"en": "en", "zh": "zh-CN"}


def sections_of(words: Words) -> list[Section]:
    """Return all sections in the order of reading."""
    return [
        result_section(words),
        worth_section(words),
        response_section(words),
        luck_section(words),
        timeline_section(words),
        *memo_section(words),
        plan_section(words),
        prediction_section(words),
        score_section(words),
        *lesson_sections(words),
    ]


def debrief_html(debrief: Debrief, lang: str) -> str:
    """Return the debrief as a part of a page in `lang` ("en" or "zh"), without its styles.

    Everything a person typed is escaped, and nothing is asked of another machine.
    """
    words = Words(debrief, lang)
    return body_html(_head(words), sections_of(words), lang)


def body_html(head: dict[str, Any], sections: list[Section], lang: str) -> str:
    """Return sections as a part of a page; `head`: title, facts (name and value), contents."""
    template, t = _pages().get_template("debrief_body.html"), translator(lang)
    why = t("Explain this number")
    return template.render(
        head=head, sections=sections, why=why, is_cell=_is_cell, is_list=_is_list
    )


def debrief_page(debrief: Debrief, lang: str) -> str:
    """Return the debrief as one HTML page that needs no other file."""
    return page_html(debrief.scenario, debrief_html(debrief, lang), lang)


def page_html(name: Text, body: str, lang: str) -> str:
    """Return the body of a debrief as a whole page; `name`: of the scenario."""
    t = translator(lang)
    title = f"{t('Debrief')}: {name.in_(lang)}"
    page = _pages().get_template("debrief_page.html")
    return page.render(lang=HTML_LANG[lang], title=title, body=body)


def _pages() -> "Environment":
    from jinja2 import Environment, PackageLoader

    return Environment(loader=PackageLoader("simkit.screens"), autoescape=True)


def _is_cell(value: object) -> bool:
    return isinstance(value, Cell)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _head(words: Words) -> dict[str, Any]:
    t, debrief = words.t, words.debrief
    facts = [
        (t("Weeks"), str(debrief.weeks)),
        (t("Seed"), str(debrief.seed)),
        (t("Other worlds"), str(len(debrief.luck.worlds))),
        ("simkit", metadata.version("regional-simkit")),
    ]
    known = {
        "player": t("Player"),
        "crisis": t("Crisis"),
        "level": t("Level"),
        "number": t("Number"),
    }
    about = debrief.about
    facts += [(title, str(about[name])) for name, title in known.items() if name in about]
    contents = t("Contents")
    return {"title": words.text(debrief.scenario), "facts": facts, "contents": contents}


# Files


def write_debrief(debrief: Debrief, folder: Path, lang: str) -> None:
    """Write debrief.html, debrief.json and tables as CSV into `folder`, all or nothing.

    Raises ScenarioError when the folder cannot be written or the disk is full.
    """
    with all_or_nothing(folder) as draft:
        (draft / "debrief.html").write_text(debrief_page(debrief, lang), encoding="utf-8")
        write_json(debrief.as_dict(), draft / "debrief.json")
        for name, table in tables_of(debrief, lang).items():
            # With a mark at the start, so that Excel reads Chinese.
            table.to_csv(draft / f"{name}.csv", index=False, encoding="utf-8-sig")


def tables_of(debrief: Debrief, lang: str) -> "dict[str, pd.DataFrame]":
    """Return worth, timeline, worlds, response and scores as tables, by the name of the file.

    Amounts are in the scenario's currency, weeks count from 1, texts are in `lang`.
    """
    import pandas as pd

    words = Words(debrief, lang)
    rows = {
        "worth": _worths(words),
        "timeline": _weeks(words),
        "worlds": _worlds(debrief),
        "response": [
            {"options": " + ".join(options), "gain": gain}
            for options, gain in debrief.response.tried
        ],
        "scores": _scores(words),
        "predictions": [
            {**plain(each), "came": each.came.value if each.came else None}
            for each in debrief.calibration.forecasts
        ],
    }
    return {name: pd.DataFrame(found) for name, found in rows.items() if found}


def _worths(words: Words) -> list[dict[str, Any]]:
    return [
        {
            "id": worth.id,
            "week": worth.week + 1,
            "changes": words.changes(worth.changes),
            "contribution": worth.contribution.value,
            "revenue": worth.revenue,
            "goods": worth.goods,
            "other_costs": worth.other_costs,
        }
        for worth in words.debrief.worth
    ]


def _weeks(words: Words) -> list[dict[str, Any]]:
    rows = []
    for week in words.debrief.timeline:
        row = {
            "week": week.week + 1,
            "contribution": week.contribution.value,
            "changes": words.changes(week.changes),
        }
        rows += [
            {**row, "message": said.id, "role": said.role, "marked": said.marked}
            for said in week.heard
        ] or [{**row, "message": "", "role": "", "marked": ""}]
    return rows


def _worlds(debrief: Debrief) -> list[dict[str, Any]]:
    luck = debrief.luck
    return [
        {"seed": seed, "your_decisions": mine, "no_action": nothing}
        for seed, mine, nothing in zip(luck.seeds, luck.worlds, luck.no_action, strict=True)
    ]


def _scores(words: Words) -> list[dict[str, Any]]:
    return [
        {
            "id": line.id,
            "name": words.text(line.name),
            "kind": line.kind,
            "value": line.value.value if line.value else None,
            "points": line.points,
            "weight": line.weight,
        }
        for line in words.debrief.score.lines
    ]
