"""Which policies are compared in the what-if lab: ticks, games, and one's own lever values."""

import html
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.scenario.records import Scenario
from simkit.screens.lab_own import Own, OwnForm, lever_words, spec_of
from simkit.screens.lab_question import Choice, game_mistake, games_in, policy_titles
from simkit.screens.objections_files import FileChoice, free_name
from simkit.screens.parts import action_button, row, tick
from simkit.screens.pay_inputs import complaint_html
from simkit.screens.texts import translator

FIRST = ("keep_course", "all_rounder")
"""Ticked at the beginning: something to compare at once."""
Safely = Callable[[Callable[..., Any]], Callable[..., Any]]


class Policies:
    """The ticks of all policies, and the ways to add more.

    Parameters
    ----------
    lang : {"en", "zh"}
    folder : Path
        Where files that are handed in are kept, and beside which games are looked for.
    changed : callable
        Called after every change.
    safely : callable
        Wraps callbacks.

    Attributes
    ----------
    own : dict of str to dict
        The policies of one's own by name.
    games : list of str
        Paths of games that can be ticked.
    """

    def __init__(
        self, lang: str, folder: Path, changed: Callable[[], None], safely: Safely
    ) -> None:
        t = translator(lang)
        self.lang, self.folder, self._changed, self._safely = lang, folder, changed, safely
        self.own: dict[str, Own] = {}
        self.games: list[str] = [str(path) for path in games_in(folder.parent)]
        self._currency = "CNY"
        self._titles = policy_titles(lang)
        self._ticks: dict[str, W.Checkbox] = {}
        self._quiet = False
        self.complaint = W.HTML().add_class("sk-complaint")
        self._named, self._games, self._mine = (W.Box().add_class("sk-ticks") for _ in range(3))
        turned = {title: name for name, title in self._titles.items()}
        self.form = OwnForm(lang, turned, self._add_own, safely)
        self.file = FileChoice(
            t,
            safely,
            label=t("Path of a game file"),
            action=t("Add the game"),
            ending=".jsonl",
            name="game",
            take=self._take_game,
            take_upload=self._take_upload,
        )
        self.view = self._lay_out()
        self._draw(set(FIRST))

    # --- what the lab uses

    def chosen(self) -> list[Choice]:
        """Return what is ticked, in the order of the screen."""
        ticked = [name for name, box in self._ticks.items() if box.value]
        return [Choice(self._spec(name), self._short(name)) for name in ticked]

    def choose(self, names: Iterable[str]) -> None:
        """Tick exactly these: names of policies, paths of games, names of one's own."""
        wanted = set(names)
        self._quiet = True
        for name, box in self._ticks.items():
            box.value = name in wanted
        self._quiet = False
        self._changed()

    def kept(self) -> dict[str, Any]:
        """Return what goes on disk."""
        ticked = [name for name, box in self._ticks.items() if box.value]
        return {"ticked": ticked, "own": self.own, "games": self.games}

    def take_back(self, kept: dict[str, Any]) -> None:
        """Bring back what an earlier session kept."""
        self.own = {str(name): own for name, own in dict(kept.get("own", {})).items()}
        games = [path for path in kept.get("games", []) if Path(path).is_file()]
        self.games = list(dict.fromkeys([*games, *self.games]))
        self._draw(set(kept.get("ticked", FIRST)))

    def set_scenario(self, scenario: Scenario) -> None:
        """Show levers as they are in this region."""
        self._currency = scenario.currency
        self.form.set_scenario(scenario)

    def set_disabled(self, disabled: bool) -> None:
        """Let nothing be changed while it is played."""
        for box in self._ticks.values():
            box.disabled = disabled
        for button in (self.form.button, self.file.button, self.file.upload):
            button.disabled = disabled

    # --- parts

    def _lay_out(self) -> W.VBox:
        t = self.t = translator(self.lang)
        more = W.Accordion([self.form.view, self.file.view]).add_class("sk-more")
        more.set_title(0, t("Add a policy of your own: lever values"))
        more.set_title(1, t("Add a game: somebody's own decisions, week by week"))
        said = t("Which policies? Tick two or more; {number} at most.").format(number=MOST)
        ticks = [self._named, self._mine, self._games]
        return W.VBox([W.HTML(f"<p>{html.escape(said)}</p>"), *ticks, self.complaint, more])

    def _draw(self, ticked: set[str]) -> None:
        """Make the ticks anew."""
        self._ticks = {}
        groups: list[tuple[W.Box, Iterable[str]]] = [
            (self._named, self._titles),
            (self._mine, self.own),
            (self._games, self.games),
        ]
        for place, names in groups:
            place.children = [self._one(name, name in ticked, place) for name in names]

    def _one(self, name: str, ticked: bool, place: W.Box) -> W.Widget:
        box = tick(self._title(name), ticked).add_class("sk-policy")
        mine = place is self._mine
        box.add_class("sk-policy-own" if mine else f"sk-policy-{Path(name).stem}")
        box.observe(self._safely(lambda _: self._quiet or self._changed()), "value")
        self._ticks[name] = box
        if place is not self._mine:
            return box
        remove = action_button(self.t("Remove {name}").format(name=name), self._remover(name))
        return row(box, remove.add_class("sk-remove"))

    def _remover(self, name: str) -> Callable[[], None]:
        def remove() -> None:
            del self.own[name]
            self._draw({name for name, box in self._ticks.items() if box.value})
            self._changed()

        return self._safely(remove)

    def _title(self, name: str) -> str:
        if name in self.own:
            words = lever_words(self.own[name], self.lang, self._currency)
            base = self.own[name]["base"]
            if base != FIRST[0]:
                words = self.t("{base}, and {levers}").format(
                    base=self._titles.get(base, base), levers=words
                )
            return self.t("{name}: {levers}").format(name=name, levers=words)
        if name in self._titles:
            return self._titles[name]
        return self.t("Game {file}").format(file=Path(name).name)

    def _short(self, name: str) -> str:
        """What a policy is called in sentences and charts: one's own without its levers."""
        return name if name in self.own else self._title(name)

    def _spec(self, name: str) -> str:
        return spec_of(self.own[name]) if name in self.own else name

    # --- adding

    def _add_own(self, name: str, base: str, lever: str, value: Any) -> str:
        """Set a lever of a policy of one's own; returns what is wrong."""
        if name in self._titles or name in self._titles.values():
            return self.t("A policy has this name already; choose another one.")
        before = self.own.get(name, {"levers": {}})["levers"]
        self.own[name] = {"base": base, "levers": {**before, lever: value}}
        self._draw({name, *(n for n, box in self._ticks.items() if box.value)})
        self._changed()
        return ""

    def _take_game(self, path: Path) -> str:
        if said := game_mistake(path, self.lang):
            return html.escape(said)
        if str(path) not in self.games:
            self.games.append(str(path))
        self._draw({str(path), *(n for n, box in self._ticks.items() if box.value)})
        self._changed()
        return ""

    def _take_upload(self, path: Path) -> str:
        if said := game_mistake(path, self.lang):
            return html.escape(said)
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = free_name(self.folder / path.name)
        shutil.copyfile(path, kept)
        return self._take_game(kept)

    def complain(self, said: str) -> None:
        """Show what is wrong with what is ticked."""
        self.complaint.value = complaint_html(said)


MOST = 12
"""More policies at once than this no table shows well."""
