"""The answer of the what-if lab: verdicts in sentences, the prediction, then tables and charts."""

import html
import math
from collections.abc import Iterator
from dataclasses import replace

from simkit.scenario.record import Text
from simkit.screens.lab_charts import difference_chart, smore_chart
from simkit.screens.lab_choice_charts import frontier_chart
from simkit.screens.lab_predict import Judged
from simkit.screens.lab_question import Question
from simkit.screens.lab_table import STYLE, controls_responses
from simkit.screens.lab_words import LabWords
from simkit.screens.pay_view import bullets, titled
from simkit.screens.texts import Translate, translator
from simkit.study.experiment.compare import Comparison, compare
from simkit.study.experiment.frontier import frontier
from simkit.study.experiment.worlds import Results


class Answer:
    """What came of a question: the worlds, their comparison, and both as HTML.

    Parameters
    ----------
    results : Results
    question : Question
    prediction : dict
        What was stored before.
    lang : {"en", "zh"}
    seconds : float
        How long the worlds took.
    reached : int
        Worlds after which the precision asked for was reached; 0 where it was not.
    """

    def __init__(
        self,
        results: Results,
        question: Question,
        prediction: dict,
        lang: str,
        seconds: float,
        reached: int = 0,
    ) -> None:
        self.results, self.question, self.prediction = results, question, prediction
        self.lang, self.seconds, self.reached = lang, seconds, reached
        self.words = LabWords(results.arms, lang, results.kpis)
        self.t = self.words.t
        found = compare(
            results,
            kpis=list(question.kpis),
            control=results.arms[0].name,
            confidence=question.confidence,
        )
        # A saved report has to say, too, what set the number of worlds.
        self.comparison: Comparison = replace(found, notes=(*self._precision(), *found.notes))

    def html(self) -> str:
        """Return the whole answer but what is asked for afterwards."""
        t = self.t
        return "".join(
            [
                titled(t("The verdict"), self._verdicts()),
                titled(t("Your prediction"), bullets(self._predicted())),
                titled(t("All figures"), self._controls()),
                self._pictures(),
                titled(t("What the same worlds saved"), bullets(self._savings())),
            ]
        )

    def _verdicts(self) -> str:
        """The sentences, those of the main KPI first, and what should be known."""
        n = len(self.results.worlds)
        head = self.t(
            "{n} worlds under each of {arms} policies, {weeks} weeks. Intervals: {sure}, for all "
            "policies of a KPI at once. “No detectable difference” means that none shows, not that "
            "there is none."
        ).format(
            n=f"{n:,}",
            arms=len(self.results.arms),
            weeks=self.question.weeks,
            sure=self.words.percent(self.question.confidence),
        )
        notes = [note.in_(self.lang) for note in self.comparison.notes]
        main = self.question.kpis[0]
        rows = sorted(self.comparison.rows, key=lambda row: row.kpi != main)
        said = [row.says.in_(self.lang) for row in rows]
        known = titled(self.t("Good to know"), bullets(notes)) if notes else ""
        return f"<p>{html.escape(head)}</p>{bullets(said)}{known}"

    def _precision(self) -> Iterator[Text]:
        """Say whether the precision asked for was reached."""
        if self.question.precision is not None:
            en, zh = (self._reached(translator(lang)) for lang in ("en", "zh"))
            yield Text(en=en, zh=zh)

    def _reached(self, t: Translate) -> str:
        if self.reached:
            text = t("The precision asked for was reached after {n} worlds.")
        else:
            text = t("The precision asked for was not reached in {n} worlds; allow more of them.")
        return text.format(n=f"{len(self.results.worlds):,}")

    def _predicted(self) -> list[str]:
        return Judged(self.results, self.question, self.lang).sentences(self.prediction)

    def _controls(self) -> str:
        _, table = controls_responses(self.results, self.lang, self.question.confidence)
        return f"<style>{STYLE}</style>{table}"

    def _pictures(self) -> str:
        main = self.question.kpis[0]
        found = frontier(self.results, benefit=self._benefit(), confidence=self.question.confidence)
        charts = [
            difference_chart(self.comparison, self.lang, main),
            smore_chart(self.results, main, self.lang, self.question.confidence),
            frontier_chart(self.results, found, self.lang),
        ]
        return "".join(chart.html for chart in charts)

    def _benefit(self) -> str:
        """The KPI set against what is spent: the main one, unless it is the spending itself."""
        main = self.question.kpis[0]
        return "contribution" if main == "spending" else main

    def _savings(self) -> Iterator[str]:
        """Say how many times fewer worlds it took, for each policy in the main KPI."""
        main, t = self.question.kpis[0], self.t
        rows = [row for row in self.comparison.rows if row.kpi == main]
        for row in rows:
            saving = row.saving
            if saving is None or not math.isfinite(saving):
                continue
            yield t(
                "{policy}: with luck of its own for each policy the same interval would take "
                "{times} times as many worlds."
            ).format(policy=self.words.arm(row.b), times=f"{saving:.3g}")
        yield t("All policies met the same customers with the same luck; only decisions differ.")
