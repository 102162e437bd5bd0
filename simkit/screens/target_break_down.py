"""Step 2: the region's target broken down to territories and reps, and changed by hand."""

from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.charts import table_html
from simkit.screens.parts import action_button, free_box, row
from simkit.screens.target_bench import Bench
from simkit.screens.target_page import Page, fields, section
from simkit.screens.target_words import alert, exact, per_cent, place_names, rep_names, told
from simkit.training.target_sheet import CRITERIA, proposal, spread_rest

if TYPE_CHECKING:
    import pandas as pd


class BreakDown(Page):
    """The screen of the second step."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "break-down")
        t, targets, safely = self.t, self.room.scenario.targets, self.room.safely
        assert targets
        titles = {"potential": t("Potential"), "history": t("History"), "ability": t("Ability")}
        self.criteria = {
            name: free_box(t("Weight: {what}").format(what=titles[name]),
                           getattr(targets, f"{name}_weight"), step=0.5)
            for name in CRITERIA
        }  # fmt: skip
        shares = {
            "reserve": free_box(t("Reserve that nobody is given"), 100 * targets.reserve_share,
                                unit="%"),
            "listen": free_box(t("How far to follow the reps' own estimates"), 0.0, unit="%",
                               step=10.0),
        }  # fmt: skip
        self.table, self.notes = W.HTML(), W.HTML()
        self.beside = {rep: W.HTML() for rep in bench.quotas.boxes}
        self.sums = SumLine(bench)
        spread = action_button(t("Spread the rest"), safely(self.spread))
        again = action_button(t("Back to the proposal"), safely(self.again))
        why = t(
            "Weights say what counts; each criterion is turned into shares first. Potential is "
            "what the customers of a rep usually order in a quarter, history what the rep sold in "
            "the last half-year, ability the sales of a visit in that time."
        )
        by_hand = t("Change any quota by hand; the line below always says what is left to give.")
        self.view.children = [
            *section(t("What counts"), why, fields(self, self.criteria), fields(self, shares)),
            self.notes,
            self.table,
            *section(t("Quota of each rep for the quarter"), by_hand, self.sums.view),
            row(*(bench.quotas.entry(rep, self.beside[rep]) for rep in self.beside)),
            row(self.button(spread, "spread"), self.button(again, "again-proposal")),
        ]

    def work(self) -> None:
        """Work out the proposal, and let the quotas follow it."""
        bench, t = self.bench, self.t
        bench.proposal = bench.weights = None
        weights = {name: self.must_be(name, 0, 1000) for name in CRITERIA}
        reserve, listen = self.must_be("reserve", 0, 50), self.must_be("listen", 0, 100)
        known = {name: weight for name, weight in weights.items() if weight is not None}
        if len(known) == len(CRITERIA) and not any(known.values()):
            said = t("The weights are all zero: give at least one criterion a weight above 0.")
            return self.complain("potential", said)
        if len(known) < len(CRITERIA) or reserve is None or listen is None:
            return None
        bench.weights = known
        if bench.facts and bench.region:
            bench.proposal = proposal(
                bench.facts, bench.region, known, reserve / 100.0, listen / 100.0
            )
            bench.quotas.follow(bench.proposal.reps)
        return None

    def show(self) -> None:
        """Show the shares, the sums, and what each quota compares with."""
        bench, facts = self.bench, self.bench.facts
        self.bench.quotas.check()
        self.sums.show()
        if not facts:
            return
        self.notes.value = self._notes_html()
        if bench.proposal:
            self.table.value = table_html(self._table(), self.t("From the criteria to the quotas"))
        for rep, beside in self.beside.items():
            beside.value = self._beside_html(rep)

    def _notes_html(self) -> str:
        facts, names, t = self.bench.facts, place_names(self.room), self.t
        assert facts
        texts = [
            t("{place} has no customers: nobody can sell there, and a target there means nothing.")
            .format(place=names[place])
            for place in facts.empty
        ]  # fmt: skip
        if not self.bench.region:
            texts.append(t("There is no target of the region yet: go back a step."))
        return "".join(map(alert, texts))

    def _table(self) -> "pd.DataFrame":
        import pandas as pd

        t, bench, facts, room = self.t, self.bench, self.bench.facts, self.room
        assert facts and bench.proposal
        shares = {
            name: _shares({r: c[name] for r, c in facts.criteria.items()}) for name in CRITERIA
        }
        names = rep_names(room)
        table = pd.DataFrame(index=[*names.values()])
        titles = {
            "potential": t("Share of potential"),
            "history": t("Share of history"),
            "ability": t("Share of ability"),
        }
        for name, title in titles.items():
            table[title] = [per_cent(shares[name][rep], 1) for rep in names]
        top_down, mixed = bench.proposal.top_down, bench.proposal.reps
        table[t("By the criteria")] = [top_down[rep] for rep in names]
        table[t("Rep says")] = [round(facts.claims.get(rep, 0)) for rep in names]
        table[t("Proposal")] = [mixed[rep] for rep in names]
        columns = (top_down, {rep: round(facts.claims.get(rep, 0)) for rep in names}, mixed)
        sums = [["", "", "", *(sum(column.values()) for column in columns)]]
        return pd.concat([table, pd.DataFrame(sums, [t("Sum")], table.columns)])

    def _beside_html(self, rep: str) -> str:
        bench, facts, room, t = self.bench, self.bench.facts, self.room, self.t
        assert facts
        sold = facts.past.sales_by_week(rep=rep)[-13:]
        parts = [t("last quarter {sold}").format(sold=exact(sum(sold), room))]
        if rep in facts.claims:
            parts.append(t("says {claim}").format(claim=exact(facts.claims[rep], room)))
        proposed = bench.proposal.reps[rep] if bench.proposal else None
        if proposed is not None and bench.quotas.readable()[rep] != proposed:
            parts.append(t("proposal {amount}").format(amount=exact(proposed, room)))
        return told(" · ".join(parts), "sk-head")

    def spread(self) -> None:
        """Give the rest to those whose quota was not changed by hand."""
        bench, amounts, wrong = self.bench, self.bench.quotas.readable(), self.bench.quotas.wrong()
        if bench.region is None or bench.proposal is None or bench.reserve is None:
            return
        amounts |= {rep: bench.proposal.reps[rep] for rep in wrong}
        bench.quotas.hand -= wrong
        fixed = frozenset(bench.quotas.hand)
        bench.quotas.hold(spread_rest(bench.region - bench.reserve, amounts, fixed))
        self.room.changed()

    def again(self) -> None:
        """Forget what was changed by hand."""
        self.bench.quotas.forget()
        self.room.changed()


def _shares(values: dict[str, float]) -> dict[str, float]:
    total = sum(values.values())
    return {name: value / total if total > 0 else 0.0 for name, value in values.items()}


class SumLine:
    """The sums that are always to be seen: region, reserve, given, left."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.view = bench, W.HTML().add_class("sk-sums")

    def show(self) -> None:
        """Show what is left to give, or given too much."""
        bench, room, t = self.bench, self.bench.room, self.bench.room.t
        amounts, left = bench.amounts, bench.left
        if amounts is None or left is None or bench.region is None:
            self.view.value = alert(t("The sum cannot be said while a figure is missing or wrong."))
            return
        text = t("Region {region} = reserve {reserve} + reps {given}").format(
            region=exact(bench.region, room),
            reserve=exact(bench.reserve or 0, room),
            given=exact(sum(amounts.values()), room),
        )
        if left > 0:
            text += t(" + still to be given {left}").format(left=exact(left, room))
        elif left < 0:
            text += t(" − given too much {left}").format(left=exact(-left, room))
        else:
            text += t(". It adds up.")
        self.view.value = told(text, "sk-outcome" if not left else "sk-short")
