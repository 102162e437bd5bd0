"""The end of a drill: the memo, how others fared in the same weeks, and the debrief."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi import kpi_table
from simkit.region.policies import find_policy
from simkit.screens.charts import table_html
from simkit.screens.drill_words import Room, paragraph
from simkit.screens.levers import amount_text, unit_text
from simkit.screens.parts import action_button, heading, row, text_box
from simkit.screens.record import write_whole

if TYPE_CHECKING:
    import pandas as pd

    from simkit.region.simulation import Simulation
    from simkit.study.game import Game

YOU = "you"
PLAYERS = ("seasoned", "hesitant", "panicky", "keep_course")
"""The computer players to be compared with."""
Tell = Callable[..., None]


class Memo:
    """The memo to headquarters."""

    def __init__(self, room: Room, store: Callable[[], None]) -> None:
        self.room, t = room, room.t
        outline = t(
            "What happened:\n\nWhat we did, and what it cost:\n\nWhere we stand now:\n\n"
            "What we have learned:\n\nWhat we ask of headquarters:\n"
        )
        self.box = text_box(t("Memo to headquarters"), outline, lines=14).add_class("sk-memo-text")
        self.box.observe(room.safely(lambda _: room.changed()), "value")
        self.outline = outline
        self.button = action_button(t("Send the memo"), room.safely(store), style="primary")
        self.button.add_class("sk-send")
        ask = t("The drill is over. Headquarters asks for half a page: facts first, then lessons.")
        parts = [heading(t("Memo to headquarters")), W.HTML(paragraph(ask)), self.box]
        self.complaint = W.HTML()
        self.view = W.VBox([*parts, row(self.button), self.complaint]).add_class("sk-memo")

    def missing(self) -> str:
        """Return what is still to be written, "" when the memo can be sent."""
        written = self.box.value.strip() != self.outline.strip() and self.box.value.strip()
        return "" if written else self.room.t("Please write at least a sentence first.")


@dataclass(frozen=True)
class Ended:
    """What the last step shows."""

    players: "pd.DataFrame"
    debrief: Any


def end_of(game: "Game", worlds: int, tell: Tell) -> Ended:
    """Play the weeks again with the computer players, and make the debrief in so many worlds."""
    from simkit.training.debrief import debrief

    players = compare(game, tell)
    return Ended(players, debrief(game, worlds=worlds, tell=tell))


def compare(game: "Game", tell: Tell = lambda *_: None) -> "pd.DataFrame":
    """Return what the game brought, and what computer players make of the same weeks.

    Columns: contribution and revenue in the scenario's currency, satisfaction (a share), lost
    (customers who left); index: "you" and the names of the players.
    """
    import pandas as pd

    from simkit.study.game import replay_game

    rows = {YOU: _result(game.simulation)}
    for done, name in enumerate(PLAYERS, 1):
        tell(done - 1, len(PLAYERS))
        rows[name] = _result(replay_game(game.scenario, game.seed, find_policy(name)))
    return pd.DataFrame.from_dict(rows, orient="index")


def _result(simulation: "Simulation") -> dict[str, float]:
    events = simulation.events()
    kpis = ["revenue", "gross_margin", "selling_cost_ratio", "satisfaction"]
    found = kpi_table(events, kpis=kpis).iloc[0]
    left = found["revenue"] * (found["gross_margin"] - found["selling_cost_ratio"])
    lost = ((events["kind"] == "account_lost") & (events["week"] >= 0)).sum()
    kept = {"revenue": found["revenue"], "satisfaction": found["satisfaction"]}
    return {"contribution": float(left), **kept, "lost": float(lost)}


def players_html(table: "pd.DataFrame", room: Room) -> str:
    """Return the comparison with the computer players as HTML."""
    t, lang = room.t, room.lang
    names = {
        YOU: t("You"),
        "seasoned": t("A seasoned manager"),
        "hesitant": t("A hesitant manager"),
        "panicky": t("A panicky manager"),
        "keep_course": t("Nobody does anything"),
    }
    money = unit_text("money", lang, room.scenario.currency)
    shown = {
        t("Contribution ({money})").format(money=money): _texts(
            table["contribution"], "money", lang
        ),
        t("Revenue ({money})").format(money=money): _texts(table["revenue"], "money", lang),
        t("Satisfaction, %"): _texts(table["satisfaction"], "share", lang),
        t("Customers lost"): [f"{value:.0f}" for value in table["lost"]],
    }
    readable = table.iloc[:, :0].assign(**shown)
    readable.index = [names.get(str(name), str(name)) for name in table.index]
    note = t("Computer players in the same weeks: same customers, same luck, other decisions.")
    caption = t("You and the others")
    return f"<h3>{html.escape(caption)}</h3>{paragraph(note)}{table_html(readable, caption)}"


def _texts(values: "pd.Series", unit: str, lang: str) -> list[str]:
    return [amount_text(float(value), unit, lang) for value in values]


def debrief_view(ended: Ended, room: Room) -> str:
    """Return the last step as HTML."""
    from simkit.screens.debrief_report import debrief_html

    return players_html(ended.players, room) + debrief_html(ended.debrief, room.lang)


def write_page(ended: Ended, game: Path, lang: str) -> Path:
    """Write the debrief as a file of its own beside the game, and return its path."""
    from simkit.screens.debrief_report import debrief_page

    target = game.with_name(f"{game.stem}-debrief.html")
    write_whole(target, debrief_page(ended.debrief, lang))
    return target
