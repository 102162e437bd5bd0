"""Step 4: each rep answers its quota; the manager gives in, explains, changes, or announces."""

import html

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.negotiation import Challenge, PastQuarter, challenge
from simkit.screens.parts import action_button, choice, row
from simkit.screens.target_bench import Bench
from simkit.screens.target_break_down import SumLine
from simkit.screens.target_judge import chance_text
from simkit.screens.target_page import Page, section
from simkit.screens.target_words import exact, per_cent, rep_names, told, way_names
from simkit.study.sandbagging import Suspicion, sandbagging
from simkit.training.target_sheet import Facts


class Talks(Page):
    """The screen of the fourth step."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "talks")
        t, room = self.t, self.room
        self.beside = {rep: W.HTML() for rep in bench.quotas.boxes}
        self.sums, self.cost = SumLine(bench), W.HTML()
        self._suspicions: dict[str, Suspicion] | None = None
        names = rep_names(room)
        cards = [self._card(rep, names[rep]) for rep in self.beside]
        how = t(
            "Each rep has said what it can sell, and now hears its quota. Giving what is asked "
            "wins trust; an explanation costs your hours and loses less of it than an "
            "announcement. Trust decides about effort."
        )
        self.view.children = [
            *section(t("The talks about the targets"), how, self.sums.view, self.cost),
            row(*cards).add_class("sk-cards"),
        ]

    def _card(self, rep: str, name: str) -> W.VBox:
        t, safely = self.t, self.room.safely
        way = self.field(
            f"way_{rep}", choice(t("How do you tell {rep}?").format(rep=name), way_names(t))
        )
        give = action_button(t("Give what is asked"), safely(lambda: self.give(rep)))
        self.button(give, f"give-{rep}")
        entry = self.bench.quotas.entry(rep, W.HTML())
        return W.VBox([entry, self.beside[rep], way, row(give)]).add_class("sk-card")

    def work(self) -> None:
        """Note how each rep is told its target."""
        names = self.bench.quotas.boxes
        self.bench.ways = {rep: self.boxes[f"way_{rep}"].value for rep in names}

    def show(self) -> None:
        """Show the answers to the quotas as they stand."""
        bench = self.bench
        bench.quotas.check()
        self.sums.show()
        amounts = bench.amounts
        if not bench.facts or amounts is None:
            return
        for rep, amount in amounts.items():
            bench.asked.setdefault(rep, amount)
        judged = bench.judged()
        for rep, answer in self.answers(bench.facts, amounts).items():
            chance = judged.reps[rep] if judged else None
            said = self._answer_html(rep, answer, bench.facts)
            if chance and "region_chance" in bench.predictions:
                text = self.t("Chance of reaching it: {chance}")
                said += told(text.format(chance=chance_text(chance, self.t)))
            self.beside[rep].value = said
            self._check_way(rep, answer)
        self._show_cost()

    def answers(self, facts: Facts, amounts: dict[str, int]) -> dict[str, Challenge]:
        """Return what each rep says to its quota."""
        claims = {claim.rep: claim for claim in self.room.report.claims}
        usual = sum(claim.open_value for claim in claims.values()) / max(1, len(claims))
        ratchet = self.room.report.decision.pay_plan.ratchet_share
        past = facts.past.quarters
        found = {}
        for rep, amount in amounts.items():
            own = past[past["rep"] == rep].sort_values("week")
            quarters = [PastQuarter(*pair) for pair in zip(own["sales"], own["quota"], strict=True)]
            claim = claims.get(rep)
            said, deals = (claim.amount, claim.open_value) if claim else (float(amount), usual)
            found[rep] = challenge(rep, float(amount), said, quarters, deals, usual, ratchet)
        return found

    def _answer_html(self, rep: str, answer: Challenge, facts: Facts) -> str:
        t, room = self.t, self.room
        moods = {claim.rep: claim.mood for claim in room.report.claims}
        words = {
            "agrees": t("accepts the quota"),
            "doubts": t("has doubts"),
            "objects": t("objects"),
        }
        mood = {"open": t("open"), "guarded": t("guarded"), "closed": t("closed")}
        asks = (
            t("{rep} {answer} and asks for {asks}.")
            if answer.strength != "agrees"
            else t("{rep} {answer}.")
        )
        head = asks.format(
            rep=rep_names(room)[rep], answer=words[answer.strength], asks=exact(answer.asks, room)
        )
        reasons = "".join(f"<li>{html.escape(r.in_(room.lang))}</li>" for r in answer.reasons)
        tone = t("Mood: {mood}.").format(mood=mood.get(moods.get(rep, "open"), "–"))
        return (
            f"<p><strong>{html.escape(head)}</strong> {html.escape(tone)}</p><ul>{reasons}</ul>"
            f"{told(self._suspicion_text(rep, facts), 'sk-head')}"
        )

    def _suspicion_text(self, rep: str, facts: Facts) -> str:
        t = self.t
        if self._suspicions is None:
            self._suspicions = sandbagging(facts.past.quarters)
        found = self._suspicions.get(rep)
        if not found or found.share is None or found.low is None or found.high is None:
            return t(
                "Claims and past sales: too few quarters to say whether something is held back."
            )
        text = t(
            "Claims and past sales, {n} quarters: {verdict} ({share} held back, {low} to {high})."
        )
        return text.format(
            n=found.claims,
            verdict=found.verdict.in_(self.room.lang),
            share=per_cent(found.share),
            low=per_cent(found.low),
            high=per_cent(found.high),
        )

    def broken(self) -> list[str]:
        """Return the names of those who were to get what they ask for, and do not."""
        facts, amounts = self.bench.facts, self.bench.amounts
        if not facts or amounts is None:
            return []
        names, ways = rep_names(self.room), self.bench.ways
        answers = self.answers(facts, amounts)
        return [names[rep] for rep in names if self._differs(ways.get(rep, ""), answers[rep])]

    def _differs(self, way: str, answer: Challenge) -> bool:
        return way == "agreed" and answer.strength != "agrees"

    def _check_way(self, rep: str, answer: Challenge) -> None:
        differs = self._differs(self.boxes[f"way_{rep}"].value, answer)
        said = self.t("The quota is not what was asked for: give that, or tell it another way.")
        self.complain(f"way_{rep}", said if differs else "")

    def _show_cost(self) -> None:
        t, room = self.t, self.room
        talks, costs = room.scenario.talks, room.scenario.costs
        explained = sum(way == "explained" for way in self.bench.ways.values())
        hours = explained * (talks.explain_hours if talks else 0.0)
        text = t("Explanations: {count}, {hours} hours of yours, which cost {cost} of {budget}.")
        said = text.format(
            count=explained,
            hours=f"{hours:g}",
            cost=room.money(hours * costs.coaching_hour),
            budget=room.money(costs.budget_per_quarter),
        )
        self.cost.value = told(said)

    def give(self, rep: str) -> None:
        """Make what the rep asks for its quota, and agree."""
        facts, amounts = self.bench.facts, self.bench.quotas.readable()
        if not facts:
            return
        asks = self.answers(facts, amounts)[rep].asks
        claim = facts.claims.get(rep, asks)
        self.bench.quotas.set(rep, round(claim if rep in self.bench.quotas.wrong() else asks))
        self.boxes[f"way_{rep}"].value = "agreed"
        self.room.changed()
