"""The prediction of the what-if lab: who wins and by how much, and what became of it."""

import math
from typing import NamedTuple

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.lab_question import Question
from simkit.screens.lab_words import LabWords
from simkit.screens.parts import choice, free_box
from simkit.screens.texts import translator
from simkit.study.experiment.worlds import Results
from simkit.study.intervals import paired_difference
from simkit.study.statistics.screening import screen

NOBODY = "="
"""Predicted: no difference will be found."""
LARGEST_PERCENT = 1000.0


def make_predictions(lang: str) -> dict[str, W.ValueWidget]:
    """Return what is asked beforehand; the policies are filled in by `offer`."""
    t = translator(lang)
    winner = choice(t("Which policy will win?"), {t("No detectable difference"): NOBODY})
    winner.value = None
    title = t("How much ahead of the next best, in % of it?")
    asked = {"winner": winner, "ahead": free_box(title, 0.0)}
    for name, widget in asked.items():
        widget.add_class(f"sk-{name}")
    return asked


def offer(winner: W.Dropdown, policies: dict[str, str], lang: str) -> None:
    """Offer these policies (title by spec) as winners; a choice that is still there stays."""
    chosen = winner.value
    nobody = {translator(lang)("No detectable difference"): NOBODY}
    pairs = [*((title, spec) for spec, title in policies.items()), *nobody.items()]
    if list(winner.options) != pairs:
        winner.options = pairs
        winner.value = chosen if chosen in {spec for _, spec in pairs} else None


def prediction_mistake(ahead: float, lang: str) -> str:
    """Return what is wrong with the per cent predicted, or ""."""
    if math.isfinite(ahead) and 0.0 <= ahead <= LARGEST_PERCENT:
        return ""
    text = translator(lang)("Give a number from {low} to {high}.")
    return text.format(low=0, high=f"{LARGEST_PERCENT:,.0f}")


class Lead(NamedTuple):
    """The policy that is best beyond luck, and how far it is ahead of the next best."""

    arm: str
    mean: float
    low: float
    high: float
    next_best: float
    """The mean of the next best."""


def lead_in(results: Results, kpi: str, confidence: float) -> Lead | None:
    """Return who is best beyond luck, or None.

    Best is who is kept alone by subset selection (`screen`), so that it may be picked from the same
    worlds that show it to be best; at half the error, because then every pair is judged just as
    strictly as in the sentences, whose intervals err on both sides. The interval is the least of
    those of all pairs at once (Bonferroni), from 0 on because it is the best.
    """
    better = {each.name: each.better for each in results.kpis}[kpi]
    sign = -1.0 if better == "lower" else 1.0
    columns = {arm.name: [sign * v for v in results.values(arm.name, kpi)] for arm in results.arms}
    whole = [w for w in zip(*columns.values(), strict=True) if all(map(math.isfinite, w))]
    if better == "in_band" or len(whole) < 2:
        return None
    known = {name: [world[place] for world in whole] for place, name in enumerate(columns)}
    kept = screen(known, alpha=(1.0 - confidence) / 2.0)
    return _lead(known, kept[0], confidence) if len(kept) == 1 else None


def _lead(known: dict[str, list[float]], best: str, confidence: float) -> Lead:
    sure = 1.0 - (1.0 - confidence) / (len(known) * (len(known) - 1) / 2)
    found = {
        name: paired_difference(
            [mine - theirs for mine, theirs in zip(known[best], column, strict=True)], sure
        )
        for name, column in known.items()
        if name != best
    }
    near = min(found, key=lambda name: found[name].mean)
    low, high = (min(getattr(each, end) for each in found.values()) for end in ("low", "high"))
    mean = math.fsum(known[near]) / len(known[near])
    return Lead(best, found[near].mean, max(0.0, low), high, mean)


class Judged:
    """A prediction against what the worlds say, in plain sentences."""

    def __init__(self, results: Results, question: Question, lang: str) -> None:
        self.words = LabWords(results.arms, lang, results.kpis)
        self.t, self.kpi = self.words.t, question.kpis[0]
        self.better = self.words.kpi(self.kpi).better
        specs = [choice.spec for choice in question.policies]
        self.specs = dict(zip(specs, [arm.name for arm in results.arms], strict=True))
        self.lead = lead_in(results, self.kpi, question.confidence)

    def sentences(self, prediction: dict) -> list[str]:
        """Return what was predicted, and what came of it."""
        t, winner, kpi = self.t, prediction["winner"], self.words.kpi_title(self.kpi)
        if winner == NOBODY:
            said = t("You predicted: no detectable difference in {kpi}.").format(kpi=kpi)
        else:
            text = t("You predicted: {policy} wins in {kpi}, {ahead} % ahead of the next best.")
            policy, ahead = self.words.arm(self.specs[winner]), f"{prediction['ahead']:g}"
            said = text.format(policy=policy, kpi=kpi, ahead=ahead)
        return [said, *self._verdict(winner, prediction["ahead"])]

    def _verdict(self, winner: str, ahead: float) -> list[str]:
        t, lead = self.t, self.lead
        if self.better == "in_band":
            return [t("For this KPI neither more nor less is better: nobody wins.")]
        if lead is None:
            if winner == NOBODY:
                return [t("You were right: no policy can be told from the best of the others.")]
            return [t("In these worlds no policy can be told from the best of the others.")]
        found = t("Best beyond luck: {policy}, ahead of the next best by {margin} {unit} ({span}).")
        said = found.format(
            policy=self.words.arm(lead.arm),
            margin=self.words.amount(lead.mean, self.kpi),
            unit=self.words.unit_of_difference(self.kpi),
            span=self.words.between(lead.low, lead.high, self.kpi, signed=False),
        )
        right = winner != NOBODY and self.specs[winner] == lead.arm
        named = t("You named the winner.") if right else t("You named another one.")
        return [said, named, *([self._size(lead, ahead)] if right and lead.next_best else [])]

    def _size(self, lead: Lead, ahead: float) -> str:
        """Say how the size predicted compares with the interval, in per cent of the next best."""
        base = abs(lead.next_best)
        mean, low, high = (100.0 * end / base for end in (lead.mean, lead.low, lead.high))
        text = {
            -1: self.t("You expected {ahead} %; it is more: {mean} % ({low} to {high} %)."),
            0: self.t("You expected {ahead} %; that fits: {mean} % ({low} to {high} %)."),
            1: self.t("You expected {ahead} %; it is less: {mean} % ({low} to {high} %)."),
        }[(ahead > high) - (ahead < low)]
        numbers = {"mean": mean, "low": low, "high": high}
        return text.format(ahead=f"{ahead:g}", **{name: f"{v:.3g}" for name, v in numbers.items()})
