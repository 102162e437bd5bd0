"""The live view of the what-if lab: what is known so far, valid however often one looks."""

import html
import math

from simkit.screens.charts import table_html
from simkit.screens.lab_charts import Live, sequence_chart
from simkit.screens.lab_question import Question
from simkit.screens.lab_words import LabWords
from simkit.screens.pay_view import table_of
from simkit.study.experiment.worlds import Results
from simkit.study.statistics.confidence_sequence import Look, sequence


class LiveView:
    """Every policy less the first one in the main KPI, as worlds come in."""

    def __init__(self, question: Question, lang: str) -> None:
        self.question, self.lang = question, lang

    def html(self, results: Results, ended: bool = False) -> str:
        """Return the table of what is known so far, and a chart of the first pair.

        `ended`: folded away, because the verdict is in.
        """
        words = LabWords(results.arms, self.lang, results.kpis)
        looks = self.looks(results)
        if not looks or not next(iter(looks.values())):
            return ""
        t, n = words.t, len(results.worlds)
        said = t(
            "So far, {n} worlds. You may look as often as you like and stop when you have seen "
            "enough: these intervals allow for it. The verdict comes at the end."
        ).format(n=n)
        shown = f"{self._table(looks, words)}{self._chart(looks, words)}"
        if ended:
            title = html.escape(t("How it came about, world by world"))
            return f"<details><summary>{title}</summary>{shown}</details>"
        return f"<p>{html.escape(said)}</p>{shown}"

    def looks(self, results: Results) -> dict[str, list[Look]]:
        """Return what is known after each world, by policy; all intervals hold at once."""
        kpi, arms = self.question.kpis[0], [arm.name for arm in results.arms]
        base, pairs = results.values(arms[0], kpi), max(1, len(arms) - 1)
        sure = 1.0 - (1.0 - self.question.confidence) / pairs
        return {name: sequence(_less(results.values(name, kpi), base), sure) for name in arms[1:]}

    def _table(self, looks: dict[str, list[Look]], words: LabWords) -> str:
        t, kpi = words.t, self.question.kpis[0]
        rows = {words.arm(name): self._row(found, words) for name, found in looks.items() if found}
        heads = [t("Difference"), t("Interval"), t("So far")]
        caption = t("{kpi}: less {control}, {unit}").format(
            kpi=words.kpi_title(kpi),
            control=words.arm(next(iter(words.arms))),
            unit=words.unit_of_difference(kpi),
        )
        return table_html(table_of(rows, heads), caption)

    def _row(self, found: list[Look], words: LabWords) -> list[str]:
        look, t, kpi = found[-1], words.t, self.question.kpis[0]
        if math.isnan(look.low):
            verdict = t("too few worlds")
        elif look.low <= 0 <= look.high:
            verdict = t("no detectable difference")
        else:
            verdict = t("higher") if look.low > 0 else t("lower")
        span = words.between(look.low, look.high, kpi)
        return [words.amount(look.mean, kpi, signed=True), span, verdict]

    def _chart(self, looks: dict[str, list[Look]], words: LabWords) -> str:
        name, found = next(iter(looks.items()))
        told = [look for look in found if not math.isnan(look.low)]
        if len(told) < 2:
            return ""
        live = Live(self.question.kpis[0], next(iter(words.arms)), name)
        return sequence_chart(told, live, words, self.question.confidence).html


def _less(values: list[float], base: list[float]) -> list[float]:
    return [mine - theirs for mine, theirs in zip(values, base, strict=True)]
