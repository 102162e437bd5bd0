"""The steps of the plan together: what is entered, what follows, what is stored."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.drill_words import Room
from simkit.screens.target_background import WORKERS, Background
from simkit.screens.target_bench import Bench
from simkit.screens.target_break_down import BreakDown
from simkit.screens.target_commit import Commit
from simkit.screens.target_goal import Goal
from simkit.screens.target_history import History
from simkit.screens.target_judge import Judge
from simkit.screens.target_page import Page
from simkit.screens.target_talks import Talks
from simkit.screens.target_words import PLANNING, alert, step_titles
from simkit.screens.target_years import Launch
from simkit.screens.texts import translator
from simkit.training.target_plan import decision_of
from simkit.training.target_sheet import Facts

if TYPE_CHECKING:
    from simkit.study.attainability import Judgement

GUESS = "target_guess"
"""Kind of the notes in which the predictions before the commitment are stored."""
PAGES = ("history", "break_down", "judge", "talks", "goal", "commit")


class Planning:
    """The first six steps.

    `stored(said)` is called when a prediction was stored, `play` to play the very plan, `commit`
    to commit it; `launch(work, then)` runs work in a thread.
    """

    def __init__(
        self,
        room: Room,
        background: Background,
        stored: Callable[[str], None],
        play: Callable[[], None],
        commit: Callable[[], None],
        launch: Launch,
    ) -> None:
        self.room, self._stored = room, stored
        self.bench = bench = Bench(room, background)
        for note in room.game.notes(GUESS):
            bench.predictions |= note.data
        self.history = History(bench, self._guess, launch)
        self.break_down = BreakDown(bench)
        self.judge = Judge(bench, self._guess_chances, play)
        self.talks, self.goal = Talks(bench), Goal(bench)
        self.commit = Commit(bench, self.talks, commit)
        self.pages: list[Page] = [getattr(self, name) for name in PAGES]

    def read_past(self) -> None:
        """Read the past of the region; takes a second or two the first time."""
        game, past = self.room.game, self.bench.background.past()
        claims = {claim.rep: claim.amount for claim in self.room.report.claims}
        facts = Facts(game.scenario, past, claims)
        _ = (facts.season, facts.volatility, facts.criteria)  # in a thread: they take a moment
        self.bench.facts = facts
        self.history.prefill()

    def work(self) -> None:
        """Work out everything that follows from what is entered."""
        for page in self.pages:
            page.work()

    def played(self, worlds: int, tell: Callable[..., None]) -> "Judgement":
        """Play the very plan in so many worlds."""
        from simkit.study.attainability import play_plan

        plan = self.bench.plan()
        if not plan.reps:
            raise ValueError(self.room.t("A quota is missing or wrong (step 2)."))
        decision = decision_of(plan, self.room.report.decision)
        return play_plan(self.room.scenario, decision, worlds, WORKERS, tell)

    # --- on disk

    def entered(self) -> dict[str, Any]:
        """Return all that is entered."""
        pages = {name: page.entered() for name, page in zip(PAGES, self.pages, strict=True)}
        bench = self.bench
        return {"pages": pages, "quotas": bench.quotas.entered(), "asked": bench.asked}

    def fill(self, draft: dict[str, Any]) -> None:
        """Enter what an earlier session left."""
        for name, page in zip(PAGES, self.pages, strict=True):
            with suppress(AttributeError):  # no group of values
                page.fill(draft.get("pages", {}).get(name, {}))
        with suppress(AttributeError):
            self.bench.quotas.fill(draft.get("quotas", {}))
        asked = draft.get("asked", {})
        known = self.bench.quotas.boxes
        self.bench.asked = {r: v for r, v in asked.items() if r in known and isinstance(v, int)}

    def enable(self, enabled: bool) -> None:
        """Let a person enter, or only look."""
        for page in self.pages:
            page.enable(enabled)
        self.bench.quotas.enable(enabled)

    # --- predictions

    def _guess(self) -> None:
        self._store(self.history, {"region_sales": self.history.prediction()}, "low")

    def _guess_chances(self) -> None:
        self._store(self.judge, self.judge.prediction(), "region_chance")

    def _store(self, page: History | Judge, data: dict[str, Any], field: str) -> None:
        missing = page.missing()
        page.complaints[field].value = alert(missing)
        if missing:
            return
        self.room.game.note(GUESS, data)
        self.bench.predictions |= data
        self._stored(self.room.t("Your prediction is stored."))


class Steps:
    """The row of steps on top: a person can go to each step of the plan until it is committed."""

    def __init__(self, lang: str, go: Callable[[int], None]) -> None:
        t = translator(lang)
        self.t, self.buttons = t, [W.Button() for _ in step_titles(t)]
        for number, button in enumerate(self.buttons):
            button.description = f"{number + 1}. {step_titles(t)[number]}"
            button.add_class("sk-step").add_class(f"sk-step-{number}")
            button.on_click(lambda _, number=number: go(number))
        self.view = W.HBox(self.buttons).add_class("sk-row").add_class("sk-step-row")

    def show(self, current: int | None) -> None:
        """Let the current step stand out; what cannot be reached is not enabled."""
        self.view.layout.display = "none" if current is None else None
        for number, button in enumerate(self.buttons):
            here = number == current
            button.button_style = "primary" if here else ""
            button.tooltip = self.t("You are here") if here else ""
            button.disabled = not here and not (current in PLANNING and number in PLANNING)
