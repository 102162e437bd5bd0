"""Who left and who came while a region was played, in sentences."""

from typing import TYPE_CHECKING

from simkit.scenario.records import Scenario
from simkit.screens.texts import translator
from simkit.study.overview import rep_names

if TYPE_CHECKING:
    import pandas as pd


def comings_and_goings(
    events: "pd.DataFrame", scenario: Scenario, seed: int, lang: str
) -> list[str]:
    """Return a sentence for every rep who left or began from week 0 on, in order of time."""
    t, names = translator(lang), rep_names(scenario, events, seed)
    places = {territory.id: territory.name.in_(lang) for territory in scenario.territories}
    texts = {
        "quit": t("Week {week}: {name} left; the post in {place} fell vacant."),
        "dismissed": t("Week {week}: {name} was dismissed."),
        "rep_hired": t("Week {week}: {name} began in {place}."),
    }
    rows = events[(events["week"] >= 0) & events["kind"].isin(["rep_left", "rep_hired"])]
    said = []
    for row in rows.astype(dict.fromkeys(("kind", "rep", "territory", "detail"), str)).itertuples():
        rep, place = str(row.rep), str(row.territory)
        text = texts["rep_hired" if row.kind == "rep_hired" else str(row.detail)]
        name = names[rep].in_(lang) if rep in names else rep
        week = int(row.week) + 1  # type: ignore[arg-type]
        said.append(text.format(week=week, name=name, place=places.get(place, place)))
    return said
