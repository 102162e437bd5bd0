"""Step 5: the goal in a sentence or two, the stage of each market, and how people are appraised."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.kpi import KPIS
from simkit.planning.smart import LONGEST, Criterion, smart
from simkit.planning.targets import appraisal
from simkit.scenario.targets import Stage
from simkit.screens.charts import table_html
from simkit.screens.parts import choice, free_box, text_box
from simkit.screens.target_bench import Bench
from simkit.screens.target_page import Page, fields, section
from simkit.screens.target_words import exact, kpi_weights, per_cent, place_names, told

if TYPE_CHECKING:
    import pandas as pd


class Goal(Page):
    """The screen of the fifth step."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench, "goal")
        t, targets = self.t, self.room.scenario.targets
        assert targets
        self.found, self.weights, self.example = W.HTML(), W.HTML(), W.HTML()
        self.reminder = W.HTML()
        text = text_box(t("The goal of the region, in one or two sentences"), lines=4)
        text.add_class("sk-goal-text")
        self.stages = {stage.id: stage for stage in targets.stages}
        options = {stage.name.in_(self.room.lang): stage.id for stage in targets.stages}
        first = targets.stages[0].id
        places = {
            f"stage_{place}": choice(name, options, targets.stage_of.get(place, first))
            for place, name in place_names(self.room).items()
        }
        tries = {
            "result": free_box(t("Example: attainment of every KPI"), 100.0, unit="%", step=5.0),
            "behaviour": free_box(t("Example: behaviour as agreed"), 80.0, unit="%", step=5.0),
        }
        smart_why = t(
            "A written goal binds. The check looks for words and numbers: specific, measurable, "
            "attainable, relevant, time-bound. Whether it is wise you judge yourself."
        )
        stage_why = t("A new market is about coverage, a mature one about margin.")
        two = t(
            "Appraisal has two dimensions: the result, as the KPIs of the stage weigh it, and the "
            "behaviour, such as visits made and records kept. High results with bad behaviour are "
            "a debt; good behaviour with low results is where coaching pays."
        )
        self.view.children = [
            *section(t("The goal"), smart_why, self.reminder, self.field("goal", text), self.found),
            *section(t("Stage of each market"), stage_why, fields(self, places), self.weights),
            *section(t("Appraisal in two dimensions"), two, fields(self, tries), self.example),
        ]

    def work(self) -> None:
        """Take the goal where it can be read, and the stages."""
        bench, said = self.bench, self._unreadable(self.boxes["goal"].value)
        self.complain("goal", said)
        bench.goal = "" if said else " ".join(self.boxes["goal"].value.split())
        bench.stages = {
            place.id: self.boxes[f"stage_{place.id}"].value
            for place in self.room.scenario.territories
        }

    def _unreadable(self, goal: str) -> str:
        t, lang = self.t, self.room.lang
        text = " ".join(goal.split())
        if not text:
            return t("There is no goal yet: write one or two sentences.")
        if len(text) > LONGEST:
            said = t("A goal has at most {most} characters, this one has {count}.")
            return said.format(most=f"{LONGEST:,}", count=f"{len(text):,}")
        try:
            smart(text, "zh" if lang == "zh" else "en")
        except ValueError:
            return t("This goal is not written in English: write it so, or change the language.")
        return ""

    def show(self) -> None:
        """Show what the goal says and what it lacks."""
        bench, t, room = self.bench, self.t, self.room
        if bench.region:
            said = t("To be reached in the quarter: {region}.").format(
                region=exact(bench.region, room)
            )
            self.reminder.value = told(said)
        self.found.value = self._smart_html()
        self.weights.value = table_html(self._stage_table(), t("Weights of the KPIs by stage"))
        self._show_example()

    def _smart_html(self) -> str:
        goal, t = self.bench.goal, self.t
        if not goal:
            return ""
        found = smart(goal, "zh" if self.room.lang == "zh" else "en")
        return table_html(_smart_table(found, self.room.lang, t), t("What the goal says"))

    def _stage_table(self) -> "pd.DataFrame":
        import pandas as pd

        lang = self.room.lang
        names = dict.fromkeys(kpi for stage in self.stages.values() for kpi in stage.weights)
        shares = {stage.name.in_(lang): _weights_of(stage, names) for stage in self.stages.values()}
        titles = [KPIS[name].title.in_(lang) if name in KPIS else name for name in names]
        return pd.DataFrame(shares, index=titles)

    def _show_example(self) -> None:
        result, behaviour = self.must_be("result", 0, 1000), self.must_be("behaviour", 0, 100)
        if result is None or behaviour is None:
            self.example.value = ""
            return
        stage = next(iter(self.stages.values()))
        results = dict.fromkeys(stage.weights, result / 100.0)
        first, second = appraisal(results, stage.weights, behaviour / 100.0)
        t = self.t
        high = {True: t("a high score"), False: t("a low score")}
        text = t(
            "Result {result} of 1 (attainment counts up to 150 %, then divided by 1.5): {first}; "
            "behaviour {behaviour} of 1: {second}."
        )
        said = text.format(
            result=f"{first:.2f}",
            behaviour=f"{second:.2f}",
            first=high[first >= 2 / 3],
            second=high[second >= 2 / 3],
        )
        self.example.value = told(said, "sk-outcome")


def _weights_of(stage: Stage, names: dict[str, None]) -> list[str]:
    shares = kpi_weights(stage.weights)
    return [per_cent(shares[name]) if name in shares else "–" for name in names]


def _smart_table(
    found: tuple[Criterion, ...], lang: str, t: Callable[[str], str]
) -> "pd.DataFrame":
    import pandas as pd

    rows = {
        f"{each.letter} · {each.name.in_(lang)}": [
            t("yes") if each.met else t("something is missing"),
            t(", ").join(f"“{words}”" for words in each.said) or "–",
            t(", ").join(remedy.in_(lang) for remedy in each.missing) or "–",
        ]
        for each in found
    }
    heads = [t("Said?"), t("In your words"), t("To add")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)
