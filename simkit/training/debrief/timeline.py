"""What happened week by week: what was heard, what struck, what was decided, what was noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simkit.region.events import DAYS_PER_WEEK, Event
from simkit.region.news import Message
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.study.changes import Change
from simkit.training.debrief.conduct import Conduct
from simkit.training.debrief.explained import GAME, Explained, contribution_terms, of_game

BRIEF, NEWS = "brief", "news"


@dataclass(frozen=True)
class Heard:
    """A message; `role`: sign, noise, contradiction, news, or brief. `marked`: as what, or ""."""

    id: str
    text: Text
    channel: str
    sender: Text | None
    role: str
    marked: str
    marked_week: int | None


@dataclass(frozen=True)
class Turn:
    """A turn of a shock: it begins, is known, or ends."""

    shock: str
    name: Text
    what: str


@dataclass(frozen=True)
class Week:
    """One week played. `acts`: measures that begin to act; `not_done`: levers without money."""

    week: int
    heard: tuple[Heard, ...]
    turns: tuple[Turn, ...]
    changes: tuple[Change, ...]
    acts: tuple[str, ...]
    not_done: tuple[str, ...]
    notes: tuple[tuple[str, dict[str, Any]], ...]
    """Kind and content of what was written down before the week was played."""
    contribution: Explained


class Watched:
    """The game played once more, with an eye on what the manager was told."""

    def __init__(self, conduct: Conduct) -> None:
        self.simulation = Simulation(conduct.scenario, conduct.seed)
        self.messages: list[Message] = list(self.simulation.report().messages)
        for decision in conduct.decisions:
            self.messages += self.simulation.step(decision).messages
        self.messages = list(dict.fromkeys(self.messages))

    @property
    def log(self) -> Sequence[Event]:
        """The events of the game."""
        return self.simulation.world.log


def roles(scenario: Scenario) -> dict[str, str]:
    """Return the hidden role of every message of a scenario by its id."""
    briefs = {shock.id: BRIEF for shock in scenario.shocks}
    return briefs | {f"{s.id}:{mail.id}": mail.role for s in scenario.shocks for mail in s.inbox}


def marks(conduct: Conduct) -> dict[str, tuple[str, int]]:
    """Return how messages were marked, as what and in which week; the last mark counts."""
    return {
        str(note.data.get("message")): (str(note.data.get("as", "")), note.week)
        for note in conduct.noted("mark")
    }


def timeline_of(conduct: Conduct, game: Watched) -> tuple[Week, ...]:
    """Return the weeks that were played."""
    hidden, marked = roles(conduct.scenario), marks(conduct)
    said = _details(game.log)

    def heard(message: Message) -> Heard:
        how, when = marked.get(message.id, ("", None))
        role = hidden.get(message.id, NEWS)
        text, sender = message.text, message.sender
        return Heard(message.id, text, message.channel, sender, role, how, when)

    return tuple(
        Week(
            week,
            tuple(heard(message) for message in game.messages if message.week == week),
            tuple(_turns(conduct.scenario, week)),
            conduct.changes[week],
            tuple(said.get(("answer_acts", week), ())),
            tuple(said.get(("not_done", week), ())),
            tuple((note.kind, dict(note.data)) for note in conduct.notes if note.week == week),
            of_game(contribution_terms(game.log, GAME, week, week)),
        )
        for week in range(conduct.weeks)
    )


def _details(log: Sequence[Event]) -> dict[tuple[str, int], list[str]]:
    found: dict[tuple[str, int], list[str]] = {}
    for event in log:
        if event[1] in ("answer_acts", "not_done"):
            found.setdefault((event[1], int(event[0] // DAYS_PER_WEEK)), []).append(event[7])
    return found


def _turns(scenario: Scenario, week: int) -> list[Turn]:
    found = []
    for shock in scenario.shocks:
        when = {
            "begins": shock.start_week,
            "known": shock.known_week,
            "ends": shock.start_week + shock.weeks,
        }
        found += [Turn(shock.id, shock.name, what) for what, at in when.items() if at == week]
    return found
