"""A region's map on the desk: names of what is on it, the moves made so far, undo."""

from dataclasses import replace
from functools import cached_property
from typing import Any

from simkit.planning.territories import NotPossible, SalesMap, sales_map
from simkit.planning.territory_moves import decision_of, move_account, move_rep
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.records import Scenario
from simkit.screens.texts import translator

Step = dict[str, Any]
"""A move as it is kept on disk: {"kind": "account" | "rep", "who", "to"} or {"kind": "best",
"whose": the accounts with another rep than today}."""


class Desk:
    """The map in force, and the map as it is after the steps taken so far."""

    def __init__(self, scenario: Scenario, lang: str) -> None:
        self.scenario, self.lang, self.t = scenario, lang, translator(lang)
        self.before = self.after = sales_map(scenario)
        self.usual = self.before
        self.steps: list[Step] = []

    @cached_property
    def reps(self) -> dict[str, str]:
        """The names of the reps, by id."""
        names = {rep.id: rep.name.in_(self.lang) for rep in self.scenario.reps}
        return {rep: names.get(rep, rep) for rep in self.before.sellers}

    @cached_property
    def places(self) -> dict[str, str]:
        """The names of the territories, by id."""
        return {place.id: place.name.in_(self.lang) for place in self.scenario.territories}

    @cached_property
    def accounts(self) -> dict[str, str]:
        """The names of the accounts, by id."""
        named = {c.id: c.name.in_(self.lang) for c in self.scenario.customers.named}
        return {
            name: named.get(name) or self._numbered(name, account.territory)
            for name, account in self.before.accounts.items()
        }

    def _numbered(self, name: str, territory: str) -> str:
        number = name.rpartition("-")[2]
        text = self.t("{place} no. {number}")
        return text.format(place=self.places[territory], number=number.lstrip("0") or number)

    def classes(self) -> dict[str, str]:
        """Return the names of the classes of accounts."""
        t = self.t
        return {"key": t("key account"), "regular": t("regular"), "tail": t("long tail")}

    def call(self, split: CallSplit) -> bool:
        """Let the workload count calls as `split` wants them; False when that is nothing new."""
        before = sales_map(self.scenario, split)
        if before == self.before:
            return False
        self.before = before
        self.take_back(self.steps)
        return True

    def map_alone(self) -> dict[str, dict]:
        """Return the levers of the new map under today's split of calls."""
        after = replace(self.usual, whose=self.after.whose, sellers=self.after.sellers)
        return decision_of(after, self.usual)

    @property
    def changed(self) -> bool:
        """Whether anybody or anything has moved."""
        return bool(self.after.moved_since(self.before)) or self._bases(self.after) != self._bases(
            self.before
        )

    @staticmethod
    def _bases(of: SalesMap) -> dict[str, str]:
        return {name: seller.territory for name, seller in of.sellers.items()}

    def take(self, step: Step) -> None:
        """Take a step; raises NotPossible, and leaves all as it is, when it cannot be taken."""
        self.after = self._stepped(self.after, step)
        self.steps.append(step)

    def start(self) -> SalesMap:
        """Return what a better map is looked for from: today, but for where reps are based."""
        return replace(self.before, sellers=self.after.sellers)

    def best(self, found: SalesMap) -> Step:
        """Return the step that leads to the accounts of a map that was found."""
        moved = found.moved_since(self.before)
        return {"kind": "best", "whose": {a.id: found.whose[a.id] for a in moved}}

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        if not self.steps:
            return False
        kept = self.steps[:-1]
        self.clear()
        self.take_back(kept)
        return True

    def clear(self) -> None:
        """Go back to the map in force."""
        self.steps, self.after = [], self.before

    def take_back(self, steps: object) -> None:
        """Take the steps of an earlier session again, up to the first that no longer fits."""
        self.clear()
        try:
            for step in steps if isinstance(steps, list) else []:
                self.take(step)
        except (NotPossible, KeyError, TypeError, AttributeError):
            return

    def _stepped(self, now: SalesMap, step: Step) -> SalesMap:
        if step["kind"] == "account":
            return move_account(now, step["who"], step["to"])
        if step["kind"] == "rep":
            return move_rep(now, step["who"], step["to"])
        whose = {**self.before.whose, **step["whose"]}
        if set(whose) != set(self.before.whose) or not set(whose.values()) <= set(now.sellers):
            raise KeyError("an account or a rep that is not on this map")
        return replace(now, whose=whose)

    def told(self, step: Step) -> str:
        """Return a step in words."""
        t = self.t
        if step["kind"] == "account":
            text = t("{account} goes to {rep}.")
            return text.format(account=self.accounts[step["who"]], rep=self.reps[step["to"]])
        if step["kind"] == "rep":
            text = t("{rep} moves to {place}.")
            return text.format(rep=self.reps[step["who"]], place=self.places[step["to"]])
        text = t("Best map for your weights: {number} accounts with another rep than today.")
        return text.format(number=len(step["whose"]))
