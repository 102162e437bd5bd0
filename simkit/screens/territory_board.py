"""The part of the territories' screen on which maps, calls and money are changed."""

import html
from collections.abc import Callable
from typing import Any, Self

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.realign import Realignment, optimise
from simkit.planning.resources import cells_of, suggested_split
from simkit.planning.territories import NotPossible
from simkit.region.state import CLASSES
from simkit.screens.app import App
from simkit.screens.job import Job, Redraw
from simkit.screens.parts import action_button, fill, heading, row, values
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.territory_desk import Desk, Step
from simkit.screens.territory_inputs import (
    COLUMNS,
    cell_name,
    limits_of,
    mistakes_in,
    plans_of,
    proposed_matrix,
    split_of,
    weights_of,
)
from simkit.screens.territory_maps import (
    changes_html,
    costs_html,
    headline_html,
    indices_html,
    maps_html,
    share_text,
)
from simkit.screens.territory_words import budget_text, head_text, sums_html


class TerritoryBoard(App):
    """A screen with a desk: what is moved and entered is checked, kept, and shown."""

    desk: Desk
    best_note = ""

    def __init__(self, desk: Desk, title: str, **options: Any) -> None:
        """Show the desk; `options` are those of `App`."""
        self.desk = desk
        self.mistakes: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        self._redraw = Redraw(lambda: self.safely(self._draw)())
        self._open = False
        super().__init__(title, lang=desk.lang, **options)
        for widget in self._settings.values():
            widget.observe(self.safely(lambda _: self._changed()), "value")
        self._open = True
        self._look()

    # --- what a notebook or a test uses

    def enter(self, **entered: Any) -> Self:
        """Fill boxes as a person would."""
        self._must_be_free()
        fill(self._settings, entered)
        return self

    def optimise(self, **entered: Any) -> "App":
        """Fill in the aims and ask for the best map; see `wait`."""
        self.enter(**entered).best_button.click()
        return self

    def move_account(self, account: str, rep: str) -> Self:
        """Hand an account over."""
        self.enter(account=account, account_to=rep).account_button.click()
        return self

    def move_rep(self, rep: str, territory: str) -> Self:
        """Let a rep work in another territory."""
        self.enter(rep=rep, rep_to=territory).rep_button.click()
        return self

    def wait(self, timeout: float | None = 120) -> "App":
        """Wait until the job has ended and everything is drawn."""
        super().wait(timeout)
        self._redraw.wait(timeout)
        return self

    def _must_be_free(self) -> None:
        if self._settings["balance"].disabled:
            raise RuntimeError("the map is locked; press the button for another try first")

    # --- parts

    def _make_parts(self) -> None:
        super()._make_parts()
        t = self.t
        self.run_button.description = t("Play two years")
        self.again_button.description = t("Try another map")
        self.maps = W.HTML().add_class("sk-territory-maps")
        self.indices = W.HTML().add_class("sk-indices")
        self.changes = W.HTML().add_class("sk-changes")
        self.after = W.HTML().add_class("sk-after")
        self.money = W.HTML().add_class("sk-money")
        self.complaints = {name: W.HTML().add_class("sk-complaint") for name in self._settings}

        def button(text: str, do: Callable[[], object], name: str) -> W.Button:
            return action_button(text, self.safely(do)).add_class(f"sk-{name}")

        self.best_button = button(t("Find the best map"), self._best, "best")
        self.account_button = button(t("Move the customer"), self._account, "move-account")
        self.rep_button = button(t("Move the rep"), self._rep, "move-rep")
        self.undo_button = button(t("Undo the last move"), self._undo, "undo")
        self.clear_button = button(t("Back to today's map"), self._clear, "clear")
        self.split_button = button(t("Enter what the rule suggests"), self._rule, "rule")
        self.matrix_button = button(t("Share out by priority"), self._share_out, "share-out")
        self._actions = [
            *(self.best_button, self.account_button, self.rep_button, self.undo_button),
            *(self.clear_button, self.split_button, self.matrix_button),
        ]

    def _box(self, name: str) -> W.VBox:
        return W.VBox([self._settings[name], self.complaints[name]]).add_class("sk-entry")

    def _boxes(self, *names: str) -> W.Box:
        return row(*map(self._box, names))

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        t = self.t
        guesses = [self._predict[name] for name in ("gain_low", "gain_high")]
        return [
            self._top(title, intro),
            heading(t("1. The map")),
            self.maps,
            self.indices,
            heading(t("2. Head and long tail: who needs how many visits")),
            _said(head_text(self.desk)),
            self._boxes(*(f"split_{name}" for name in CLASSES)),
            row(self.split_button),
            heading(t("3. Move customers and reps")),
            _said(t("How much does it count? 1: what it is worth here in two years; 0: nothing.")),
            self._boxes("balance", "potential", "travel", "continuity"),
            self._boxes("most_moves", "fair"),
            row(self.best_button),
            _said(t("Or move by hand, also after the machine:")),
            row(self._box("account"), self._box("account_to"), self.account_button),
            row(self._box("rep"), self._box("rep_to"), self.rep_button),
            row(self.undo_button, self.clear_button),
            self.changes,
            self.after,
            heading(t("4. Money of a quarter (optional)")),
            _said(budget_text(self.desk)),
            self._boxes("reserve", *(f"priority_{name}" for name in COLUMNS)),
            row(self.matrix_button),
            self._boxes(*map(cell_name, cells_of(self.desk.scenario))),
            self.money,
            heading(t("5. Predict")),
            row(self._predict["first_quarter"]),
            row(*guesses),
            row(self.predict_button),
            heading(t("6. Play and compare")),
            row(self._settings["worlds"]),
            row(self.run_button, self.stop_button, self.again_button, self.progress),
            *(self.status, self.alarm, self.chart),
        ]

    # --- moves

    def _try(self, *steps: Step) -> None:
        """Take steps; what cannot be done is said at its field, and all stays as it is."""
        self._refused = {}
        try:
            for step in steps:
                self.desk.take(step)
        except NotPossible as problem:
            self._refused = {problem.field: problem.text.in_(self.lang)}
            return self._changed()
        return self._moved()

    def _moved(self) -> None:
        self._refused = {}
        self._look()
        self._save(self.prediction)
        told = [self.desk.told(step) for step in self.desk.steps[-1:]]
        self.say(told[0] if told else self.t("This is today's map."))

    def _account(self) -> None:
        entered = values(self._settings)
        self._try({"kind": "account", "who": entered["account"], "to": entered["account_to"]})

    def _rep(self) -> None:
        entered = values(self._settings)
        self._try({"kind": "rep", "who": entered["rep"], "to": entered["rep_to"]})

    def _undo(self) -> None:
        self.desk.undo()
        self._moved()

    def _clear(self) -> None:
        self.desk.clear()
        self._moved()

    def _best(self) -> None:
        """Look for the best map from where the reps are based now."""
        entered, self._refused = values(self._settings), {}
        now = self.desk.start()

        def work(job: Job) -> Realignment | NotPossible:
            job.tell(0, 1)
            try:
                found = optimise(now, weights_of(entered), limits_of(entered, self.desk))
            except NotPossible as problem:
                return problem
            job.tell(1, 1)
            return found

        self.launch(work, self._found)

    def _found(self, found: Realignment | NotPossible) -> None:
        if isinstance(found, NotPossible):
            self._refused = {found.field: found.text.in_(self.lang)}
            return self._changed()
        self._try(self.desk.best(found.map))
        text = self.t("Found in {seconds} s; a better map could be at most {gap} cheaper.")
        gap = share_text(found.gap, 2)
        self.best_note = text.format(seconds=f"{found.seconds:.1f}", gap=gap)
        return self._look()

    def _rule(self) -> None:
        split = suggested_split(self.desk.before, self.desk.scenario)
        fill(
            self._settings,
            {f"split_{name}": round(100 * getattr(split, name), 4) for name in CLASSES},
        )

    def _share_out(self) -> None:
        try:
            fill(self._settings, proposed_matrix(values(self._settings), self.desk))
        except NotPossible as problem:
            self._refused = {problem.field: problem.text.in_(self.lang)}
            self._changed()

    # --- what is shown

    def _look(self) -> None:
        self._redraw.ask()
        self._changed()

    def _draw(self) -> None:
        """Draw map and tables; in a thread, because callbacks must be short."""
        desk, parts = self.desk, (maps_html, headline_html, indices_html)
        if not self.maps.value:  # where customers are does not depend on what is entered
            self.maps.value = maps_html(desk, False)
        self.indices.value = headline_html(desk, False) + indices_html(desk, False)
        self.after.value = "".join(part(desk, True) for part in parts) if desk.changed else ""
        best = any(step["kind"] == "best" for step in self.desk.steps[-1:])
        note = f"<p>{html.escape(self.best_note)}</p>" if best else ""
        self.changes.value = changes_html(self.desk) + note + costs_html(self.desk)

    def _changed(self) -> None:
        """Check what is entered, keep it, and say what is wrong."""
        entered = values(self._settings)
        if self._open:
            self._save(self.prediction)
        self.mistakes = mistakes_in(entered, self.desk)
        if "split_key" not in self.mistakes and self.desk.call(split_of(entered)):
            self._redraw.ask()
        shown = self._refused | self.mistakes
        for name, place in self.complaints.items():
            place.value = complaint_html(shown.get(name, ""))
        self.money.value = sums_html(self.desk, entered)
        self._refresh()

    def _refresh(self) -> None:
        super()._refresh()
        stored, played = self.prediction is not None, self.result is not None
        for widget in [*self._settings.values(), *self._actions]:
            widget.disabled = stored or self._busy
        nothing = not self.mistakes and not plans_of(values(self._settings), self.desk)
        self.undo_button.disabled |= not self.desk.steps
        self.clear_button.disabled |= not self.desk.steps
        self.best_button.disabled |= bool(self.mistakes)
        self.predict_button.disabled |= bool(self.mistakes) or nothing
        self.run_button.disabled |= bool(self.mistakes) or nothing or played
        self.again_button.button_style = "primary" if played else ""


def _said(text: str) -> W.HTML:
    return W.HTML(f"<p>{html.escape(text)}</p>")
