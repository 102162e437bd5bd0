"""What a comparison says, as the parts of its report: question, answer, pictures, how sure."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from simkit.screens.lab_chart_parts import LabChart
from simkit.screens.lab_charts import difference_chart, smore_chart
from simkit.screens.lab_choice_charts import frontier_chart, standing
from simkit.screens.lab_week_charts import weeks_apart_chart
from simkit.screens.lab_words import CANNOT_SAY, LabWords
from simkit.study.experiment.compare import Comparison
from simkit.study.experiment.frontier import Frontier, frontier
from simkit.study.experiment.worlds import Results

if TYPE_CHECKING:
    import pandas as pd

COST = "spending"
MOST_CHARTS = 6
"""Figures, and pairs of policies, that have a picture of their own."""


class Answer:
    """The parts of the report on one comparison in one language."""

    def __init__(self, results: Results, comparison: Comparison, lang: str) -> None:
        """Nothing is drawn before it is asked for."""
        self.results, self.comparison, self.lang = results, comparison, lang
        self.words = LabWords(results.arms, lang, results.kpis)
        self.t = self.words.t
        self.kpis = list(dict.fromkeys(row.kpi for row in comparison.rows))

    @property
    def question(self) -> str:
        """What was asked, in a sentence."""
        t, words = self.t, self.words
        scenario = self.results.arms[0].scenario
        controls = dict.fromkeys(row.a for row in self.comparison.rows)
        others = dict.fromkeys(row.b for row in self.comparison.rows if row.b not in controls)
        facts: dict[str, Any] = {
            "name": scenario.name.in_(self.lang),
            "weeks": scenario.weeks,
            "kpis": t(", ").join(map(words.kpi_title, self.kpis)),
            "worlds": self.comparison.worlds,
            "all": self._quoted(words.arms),
            "others": self._quoted(others),
            "control": self._quoted(controls),
        }
        if len(controls) == 1 and others:
            text = t(
                "“{name}”, {weeks} weeks: what changes in {kpis} when {others} takes the place of "
                "{control}? Played in {worlds} worlds, the same for every policy."
            )
        else:
            text = t(
                "“{name}”, {weeks} weeks: how do {all} differ in {kpis}? Played in {worlds} "
                "worlds, the same for every policy."
            )
        return text.format(**facts)

    def _quoted(self, names: Iterable[str]) -> str:
        return self.t(", ").join(f"“{self.words.arm(name)}”" for name in names)

    def sentences(self, kpis: Sequence[str]) -> list[str]:
        """Return what is said in plain words about some figures."""
        return [row.says.in_(self.lang) for row in self.comparison.rows if row.kpi in kpis]

    # Pictures

    def charts(self) -> Iterator[LabChart]:
        """Draw differences and spreads of the first figures, the frontier, weeks apart."""
        for kpi in self.kpis[:MOST_CHARTS]:
            yield difference_chart(self.comparison, self.lang, kpi)
            yield smore_chart(self.results, kpi, self.lang, self.comparison.confidence)
        choice = self.frontier()
        if choice is not None:
            yield frontier_chart(self.results, choice, self.lang)
        pairs = dict.fromkeys((row.a, row.b) for row in self.comparison.rows)
        for a, b in list(pairs)[:MOST_CHARTS]:
            yield weeks_apart_chart(
                self.results, a, b, self.lang, confidence=self.comparison.confidence
            )

    def left_out(self) -> str:
        """Return what has no picture, in a sentence, or ""."""
        pairs = {(row.a, row.b) for row in self.comparison.rows}
        if len(self.kpis) <= MOST_CHARTS and len(pairs) <= MOST_CHARTS:
            return ""
        text = self.t("Pictures stop at {n} figures and {n} pairs; the tables have all of them.")
        return text.format(n=MOST_CHARTS)

    def frontier(self) -> Frontier | None:
        """Return what more money buys in the first figure with a direction; None without costs."""
        known = {kpi.name: kpi for kpi in self.results.kpis}
        benefits = [k for k in self.kpis if k != COST and known[k].better != "in_band"]
        if COST not in known or not benefits:
            return None
        return frontier(self.results, benefits[0], COST, self.comparison.confidence)

    def choice(self) -> list[str]:
        """Return who stands where between cost and benefit, in sentences."""
        found = self.frontier()
        if found is None:
            return []
        text = self.t(
            "Crosses show each policy alone. Whether one dominates another is judged world by "
            "world, which is much surer; “cannot tell” means that more worlds are needed."
        )
        lines = [f"{self.words.arm(p.arm)}: {standing(p, self.words)}" for p in found.points]
        return [text, *lines]

    # How sure

    def certainty(self) -> "pd.DataFrame":
        """Return, for every row, what the sentence rests on."""
        import pandas as pd

        t, words = self.t, self.words
        lines = [
            [
                f"{words.arm(row.b)} − {words.arm(row.a)}",
                words.with_unit(row.difference, row.kpi),
                words.between(row.low, row.high, row.kpi),
                words.verdict(row.verdict),
                str(row.n),
                str(row.undefined),
                f"{row.needed:,}" if row.needed else CANNOT_SAY,
                _times(row.saving),
            ]
            for row in self.comparison.rows
        ]
        heads = [
            t("pair"),
            t("mean difference"),
            t("{sure} interval").format(sure=words.percent(self.comparison.confidence)),
            t("verdict"),
            t("worlds"),
            t("left out"),
            t("worlds to see 2 %"),
            t("saved by common luck"),
        ]
        index = [words.kpi_title(row.kpi) for row in self.comparison.rows]
        return pd.DataFrame(lines, columns=heads, index=index).rename_axis(t("KPI"))

    def notes(self) -> list[str]:
        """Return what should be known about the answer."""
        t = self.t
        saved = t(
            "“Saved by common luck”: how many times as many worlds it would take if every policy "
            "met luck of its own. “Left out”: worlds in which the figure cannot be said."
        )
        return [*(note.in_(self.lang) for note in self.comparison.notes), saved]


def _times(saving: float | None) -> str:
    if saving is None or not math.isfinite(saving):
        return CANNOT_SAY
    return f"{saving:,.1f} ×" if saving < 100 else f"{saving:,.0f} ×"
