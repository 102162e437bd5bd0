"""Step 3: how likely the plan is, whether it is fair, and what it does to effort and pay."""

import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.screens.charts import picture_html, table_html
from simkit.screens.parts import action_button, choice, free_box, row
from simkit.screens.target_bench import Bench
from simkit.screens.target_break_down import SumLine
from simkit.screens.target_charts import chance_chart
from simkit.screens.target_fair import fairness_html
from simkit.screens.target_page import Page, fields, section
from simkit.screens.target_words import exact, per_cent, rep_names, told

if TYPE_CHECKING:
    import pandas as pd

    from simkit.study.attainability import Chance, Judgement

NOBODY = ""


class Judge(Page):
    """The screen of the third step.

    `predicted`: called when the prediction is stored; `play`: when the very plan is to be played.
    """

    def __init__(
        self,
        bench: Bench,
        predicted: Callable[[], None],
        play: Callable[[], None],
    ) -> None:
        super().__init__(bench, "judge")
        t, safely = self.t, self.room.safely
        self.progress = W.HTML().add_class("sk-background")
        self.chart, self.table, self.fair = W.HTML(), W.HTML(), W.HTML()
        self.exact, self.guess = W.HTML(), W.HTML()
        self.beside = {rep: W.HTML() for rep in bench.quotas.boxes}
        self.sums = SumLine(bench)
        self.store = action_button(t("Store my prediction"), safely(predicted), style="primary")
        self.store.add_class("sk-store-chances")
        self.play = self.button(action_button(t("Play this very plan"), safely(play)), "play-plan")
        self.answer = W.VBox()
        self.running = W.HBox()
        self._drawn: Any = None
        self.view.children = self._lay_out()

    def _lay_out(self) -> list[W.Widget]:
        t = self.t
        people = {"–": NOBODY} | {name: rep for rep, name in rep_names(self.room).items()}
        asked = {
            "region_chance": free_box(
                t("Chance that the region reaches its target"), 0.0, unit="%", step=5.0
            ),
            "hardest_rep": choice(t("For whom is it hardest?"), people, NOBODY),
            "easiest_rep": choice(t("For whom is it easiest?"), people, NOBODY),
        }
        ask = t("Before the machine answers: how likely is your plan?")
        boxes = row(*(self.bench.quotas.entry(rep, self.beside[rep]) for rep in self.beside))
        change = t("Change a quota, and the chances follow at once.")
        words = t(
            "The green strip: it stretches and can be reached. Effort: visits against those under "
            "a neutral quota, which is what the pay plan makes of the target. Pay: of the "
            "quarter, salary included."
        )
        more = t(
            "The chances above are read off from worlds played with several quotas. Here the very "
            "plan with its talks is played in each world, which takes longer."
        )
        self.answer.children = [
            self.chart,
            W.HTML(told(words)),
            self.table,
            *section(t("Quotas"), change, self.sums.view, boxes),
            *section(t("Is it fair?"), "", self.fair),
            *section(t("The very plan"), more, row(self.play, self.running), self.exact),
        ]
        predict = [*section(t("Predict first"), ask, fields(self, asked), row(self.store))]
        return [
            W.VBox([*predict, self.guess]).add_class("sk-predicting"),
            self.progress,
            self.answer,
        ]

    # --- what is to be seen

    def show(self) -> None:
        """Show the chances of the quotas as they stand, once the prediction is stored."""
        bench = self.bench
        bench.quotas.check()
        self.sums.show()
        stored = "region_chance" in bench.predictions
        self.lock()
        self.answer.layout.display = None if stored else "none"
        self.show_progress()
        if stored:
            self._show_answer()

    def lock(self) -> None:
        """Let nobody change a prediction that is stored."""
        stored = "region_chance" in self.bench.predictions
        for widget in (*self.boxes.values(), self.store):
            widget.disabled = stored or not self.enabled

    def show_progress(self) -> None:
        """Say how many worlds are played."""
        work, t = self.bench.background, self.t
        value = ""
        if work.error:
            value = f'<div role="alert">{html.escape(t("The worlds could not be played."))}</div>'
        elif work.running:
            text = t("Playing worlds: {done} of {total}").format(done=work.done, total=work.total)
            value = (
                f'<progress aria-label="{html.escape(text)}" value="{work.done}" '
                f'max="{max(1, work.total)}"></progress> {html.escape(text)}'
            )
        if self.progress.value != value:
            self.progress.value = value

    def _show_answer(self) -> None:
        judged = self.bench.judged()
        t = self.t
        if judged is None:
            waiting = self.bench.background.outlook is None
            said = t("The first worlds are being played; the answer comes by itself.")
            wrong = t("A quota is missing or wrong: the chances are those of the plan before.")
            self.guess.value = told(said if waiting else wrong)
            return
        self.guess.value = self._guess_html(judged)
        self.table.value = table_html(
            chance_table(judged, self.bench), t("Chances, effort and pay under this plan")
        )
        for rep, chance in judged.reps.items():
            self.beside[rep].value = told(chance_text(chance, self.t), "sk-head")
        self.fair.value = fairness_html(self.bench, judged)

    def draw(self) -> None:
        """Draw the chances."""
        judged = self.bench.judged() if "region_chance" in self.bench.predictions else None
        if judged and judged != self._drawn:
            self._drawn = judged
            chance = chance_text(judged.region, self.t)
            alt = self.t("Chance of the region: {chance}").format(chance=chance)
            picture = picture_html(chance_chart(judged, self.room), alt)
            self.chart.value = f'<div class="sk-chart">{picture}</div>'

    def _guess_html(self, judged: "Judgement") -> str:
        t, names, said = self.t, rep_names(self.room), self.bench.predictions
        chances = {rep: chance.value for rep, chance in judged.reps.items()}
        hardest, easiest = (
            min(chances, key=chances.__getitem__),
            max(chances, key=chances.__getitem__),
        )
        text = t(
            "You said {said}; the machine says {chance}, from {worlds} worlds. Hardest: you said "
            "{your_hardest}, the machine {hardest}. Easiest: you said {your_easiest}, the machine "
            "{easiest}."
        )
        filled = text.format(
            said=per_cent(said["region_chance"]),
            chance=chance_text(judged.region, t),
            worlds=judged.worlds,
            your_hardest=names.get(said["hardest_rep"], "–"),
            your_easiest=names.get(said["easiest_rep"], "–"),
            hardest=names[hardest],
            easiest=names[easiest],
        )
        return told(filled, "sk-outcome")

    def show_exact(self, judged: "Judgement") -> None:
        """Show what came of playing the very plan."""
        text = self.t("This very plan, with its talks, in {worlds} worlds: region {chance}.")
        said = text.format(worlds=judged.worlds, chance=chance_text(judged.region, self.t))
        table = chance_table(judged, self.bench)
        self.exact.value = told(said, "sk-outcome") + table_html(table, self.t("The very plan"))

    # --- the prediction

    def missing(self) -> str:
        """Return what is wrong with the prediction, "" when it can be stored."""
        t, chance = self.t, self.boxes["region_chance"].value
        if not 0 <= chance <= 100:
            return t("A chance is from 0 to 100 %.")
        hardest, easiest = self.boxes["hardest_rep"].value, self.boxes["easiest_rep"].value
        if NOBODY in (hardest, easiest):
            return t("Please choose for whom it is hardest, and for whom easiest.")
        return (
            t("It cannot be hardest and easiest for the same person.") if hardest == easiest else ""
        )

    def prediction(self) -> dict[str, Any]:
        """Return the prediction as it is stored."""
        return {
            "region_chance": self.boxes["region_chance"].value / 100.0,
            "hardest_rep": self.boxes["hardest_rep"].value,
            "easiest_rep": self.boxes["easiest_rep"].value,
        }


def chance_text(chance: "Chance", t: Callable[[str], str]) -> str:
    """Return a chance with its interval."""
    return t("{value} ({low} to {high})").format(
        value=per_cent(chance.value), low=per_cent(chance.low), high=per_cent(chance.high)
    )


def chance_table(judged: "Judgement", bench: Bench) -> "pd.DataFrame":
    """Return quota, expectation, chance, effort and pay of each rep, territories and region."""
    import pandas as pd

    from simkit.screens.target_words import place_names

    t, room, amounts = bench.room.t, bench.room, bench.amounts or {}
    rows = {
        name: _row(judged.reps[rep], amounts.get(rep), bench)
        for rep, name in rep_names(room).items()
    }
    totals = bench.by_place(amounts) if amounts else {}
    for place, name in place_names(room).items():
        if place in judged.territories:
            rows[f"▸ {name}"] = _row(judged.territories[place], totals.get(place), bench)
    rows["▸ " + t("The region")] = _row(judged.region, bench.region, bench)
    heads = [t("Target"), t("Expected sales"), t("Chance"), t("Interval"), t("Effort"), t("Pay")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=heads)


def _row(chance: "Chance", target: int | None, bench: Bench) -> list[str]:
    room, t = bench.room, bench.room.t
    return [
        "–" if target is None else exact(target, room),
        room.money(chance.expected),
        per_cent(chance.value),
        t("{low} to {high}").format(low=per_cent(chance.low), high=per_cent(chance.high)),
        "–" if chance.effort is None else per_cent(chance.effort),
        "–" if chance.pay is None else room.money(chance.pay),
    ]
