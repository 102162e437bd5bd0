"""Step 1: the past, a first guess, the baseline with its band, and the manager's own target."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.planning.cascade import Part
from simkit.screens.charts import table_html
from simkit.screens.drill_predict import THOUSAND
from simkit.screens.levers import unit_text
from simkit.screens.parts import action_button, choice, free_box, number_box, row, text_box
from simkit.screens.target_baseline import steps_html
from simkit.screens.target_bench import Bench
from simkit.screens.target_calendar import calendar_html, parse_holidays
from simkit.screens.target_charts import past_chart, years_table
from simkit.screens.target_page import Page, fields, section
from simkit.screens.target_words import exact, place_names, told
from simkit.screens.target_years import Launch, OwnYears
from simkit.training.target_sheet import Rule, foundation, year_plan

MOST_TIMES = 10
"""A target of more than so many times the last year is a slip of the keyboard."""
YEARS = 4


class History(Page):
    """The screen of the first step; `predicted` is called when the guess is stored."""

    def __init__(self, bench: Bench, predicted: Callable[[], None], launch: Launch) -> None:
        super().__init__(bench, "history")
        self.own = OwnYears(self, YEARS, self._money(), launch)
        t, room = self.t, self.room
        self.chart, self.years, self.steps = W.HTML(), W.HTML(), W.HTML()
        self.guess, self.calendar, self.after = W.HTML(), W.HTML(), W.VBox()
        places = {t("The whole region"): ""} | {n: p for p, n in place_names(room).items()}
        self.place = choice(t("Show"), places).add_class("sk-place")
        self.place.observe(room.safely(lambda _: room.changed()), "value")
        self.store = action_button(t("Store my prediction"), room.safely(predicted))
        self.store.add_class("sk-store-guess").button_style = "primary"
        self.take = self.button(
            action_button(t("Take the proposal as my target"), room.safely(self.take_proposal)),
            "take",
        )
        self._drawn: Any = None
        self.view.children = self._lay_out()

    # --- parts

    def _lay_out(self) -> list[W.Widget]:
        t = self.t
        goal = self.room.scenario.targets.goal.in_(self.room.lang)  # type: ignore[union-attr]
        ask = t(
            "What do you think: how much will the region sell in the 13 weeks of the first "
            "quarter? Give a range that you are 80 % sure of."
        )
        self.after.children = self._rest()
        return [
            W.HTML(told(goal, "sk-goal")),
            *section(t("The past"), "", row(self.place), self.chart, self.years),
            W.VBox(
                [*section(t("Predict first"), ask, self._ranges(), row(self.store), self.guess)]
            ).add_class("sk-predicting"),
            self.after,
        ]

    def _ranges(self) -> W.Box:
        t, money = self.t, self._money()
        unit = t("thousand {money}").format(money=money)
        ranges = {
            "low": free_box(t("Sales of the quarter at least"), 0.0, unit=unit, step=100.0),
            "high": free_box(t("Sales of the quarter at most"), 0.0, unit=unit, step=100.0),
        }
        return fields(self, ranges)

    def _money(self) -> str:
        return unit_text("money", self.room.lang, self.room.scenario.currency)

    def _rest(self) -> list[W.Widget]:
        """What is shown once the guess is stored."""
        t = self.t
        base = t("Last year and the growth of the years before. Change what you know better.")
        aim = t(
            "Your target is your decision: the proposal is only where the talk with headquarters "
            "begins. The year is broken down with the market's season, and every sum is exact."
        )
        return [
            *section(t("Baseline and floating band"), base, self._rule_boxes(), self.steps),
            *section(t("Your target"), aim, self._target_boxes(), row(self.take), self.calendar),
        ]

    def _rule_boxes(self) -> W.VBox:
        t, band = self.t, self.room.scenario.targets.band  # type: ignore[union-attr]
        rule = {
            "growth_years": number_box(t("Growth: mean of so many years"), 3, 1, YEARS - 1),
            "width_factor": free_box(t("Width of the band, in volatilities"), band.width_factor),
            "weeks_under": number_box(t("Weeks under the band until you act"), 2, 1, 13),
            "outside_change": free_box(t("A change outside that you know of"), 0.0, unit="%"),
        }
        rule["growth_years"].value = min(band.growth_years, YEARS - 1)
        rule["weeks_under"].value = band.weeks_under
        more = {
            "outside_threshold": free_box(
                t("Adjust when it is beyond"), 100 * band.outside_threshold, unit="%"
            ),
            "factor": free_box(t("Then old target ×"), band.factor, step=0.01),
        }
        return W.VBox([fields(self, rule), fields(self, more), self.own.view])

    def _target_boxes(self) -> W.Box:
        t, money = self.t, self._money()
        year = free_box(t("Target of the year"), 0.0, unit=money, step=100_000.0)
        quarter = free_box(t("Target of the quarter; 0: by season"), 0.0, unit=money, step=50_000.0)
        hint = t("week.day, such as 5.1 or 5.1-5.3")
        holidays = text_box(t("Holidays of the year"), hint=hint)
        return fields(self, {"year": year, "quarter": quarter, "holidays": holidays})

    # --- what follows from the boxes

    def work(self) -> None:
        """Work out the foundation and the targets of year and quarter."""
        bench, facts = self.bench, self.bench.facts
        bench.foundation = bench.year = bench.region = None
        if not facts:
            return
        rule, holidays = self._rule(), self._holidays()
        years = self.own.known(facts.years)
        if rule and years:
            bench.foundation = foundation(facts, years, rule, holidays or frozenset())
            bench.rule = self._rule_of_plan()
        most = MOST_TIMES * max(years or facts.years)
        bench.year = self._amount("year", most, needed=True)
        quarter = self._amount("quarter", bench.year or most, needed=False)
        if bench.year and quarter is not None and holidays is not None:
            self.tree = year_plan(bench.year, facts.season, quarter or None, holidays)
            bench.region = self.tree.parts[0].amount

    tree: Part

    def _rule(self) -> Rule | None:
        found = {
            "growth_years": self.boxes["growth_years"].value,
            "width_factor": self.must_be("width_factor", 0, 5),
            "outside_change": self.must_be("outside_change", -100, 1000),
            "outside_threshold": self.must_be("outside_threshold", 0, 100),
            "factor": self.must_be("factor", 0.01, 2),
        }
        if None in found.values():
            return None
        for name in ("outside_change", "outside_threshold"):
            found[name] /= 100.0
        return Rule(**found)

    def _rule_of_plan(self) -> dict[str, float]:
        boxes = self.boxes
        return {
            "width_factor": boxes["width_factor"].value,
            "weeks_under": boxes["weeks_under"].value,
            "outside_threshold": boxes["outside_threshold"].value / 100.0,
            "factor": boxes["factor"].value,
        }

    def _holidays(self) -> frozenset[tuple[int, int]] | None:
        try:
            found = parse_holidays(self.boxes["holidays"].value)
        except ValueError:
            said = self.t(
                "Write week.day, from 1.1 to 52.5, with spaces between: 5.1 5.2 or 5.1-5.3"
            )
            self.complain("holidays", said)
            return None
        self.complain("holidays", "")
        return found

    def _amount(self, name: str, most: float, needed: bool) -> int | None:
        """The whole amount of a box; None where there is none, and why under the box."""
        t, value, said = self.t, self.boxes[name].value, ""
        if not math.isfinite(value) or value < 0 or value != round(value):
            said = t("A target is a whole amount of 0 or more.")
        elif needed and not value:
            said = t("Enter your target, or take the proposal.")
        elif value > most:
            said = t("That is too much: {most} is the most that makes sense here.")
            said = said.format(most=exact(most, self.room))
        self.complain(name, said)
        return None if said else round(value)

    # --- what is to be seen

    def show(self) -> None:
        """Show years, steps and the calendar of the target."""
        facts, room = self.bench.facts, self.room
        if not facts:
            return
        stored = "region_sales" in self.bench.predictions
        self.after.layout.display = None if stored else "none"
        self.lock()
        self.years.value = table_html(years_table(facts, room), self.t("The years"))
        self.guess.value = self._guess_html() if stored else ""
        found = self.bench.foundation
        self.steps.value = steps_html(found, room) if found else ""
        shown = self.bench.region is not None
        self.calendar.value = calendar_html(self.tree, room) if shown else ""

    def lock(self) -> None:
        """Let nobody change a guess that is stored."""
        stored = "region_sales" in self.bench.predictions
        for widget in (self.boxes["low"], self.boxes["high"], self.store):
            widget.disabled = stored or not self.enabled

    def draw(self) -> None:
        """Draw the past of the territory that is chosen."""
        facts = self.bench.facts
        if facts and self._drawn != self.place.value:
            self._drawn = self.place.value
            self.chart.value = past_chart(facts, self.place.value, self.room)

    def _guess_html(self) -> str:
        low, high = self.bench.predictions["region_sales"]
        text = self.t("Stored: between {low} and {high}. The quarter will tell.")
        return told(text.format(low=self.room.money(low), high=self.room.money(high)), "sk-outcome")

    # --- what the buttons do

    def take_proposal(self) -> None:
        """Enter the proposal as the target of the year, rounded to thousands."""
        if self.bench.foundation:
            self.boxes["year"].value = float(round(self.bench.foundation.adjusted.value, -3))
            self.boxes["quarter"].value = 0.0

    def missing(self) -> str:
        """Return what is wrong with the guess, "" when it can be stored."""
        low, high = self.boxes["low"].value, self.boxes["high"].value
        if not (math.isfinite(low) and math.isfinite(high)) or low < 0 or high <= 0:
            return self.t("Please enter both ends of the range first.")
        return self.t("The lower end is above the upper one.") if low > high else ""

    def prediction(self) -> list[float]:
        """Return the guess in money."""
        unit = THOUSAND[self.room.lang]
        return [self.boxes[name].value * unit for name in ("low", "high")]

    def prefill(self) -> None:
        """Enter the years of the past where nobody entered others."""
        if self.bench.facts:
            self.own.prefill(self.bench.facts.years)
