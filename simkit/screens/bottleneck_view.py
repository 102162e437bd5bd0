"""What the remedies brought, and what one learns from it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from simkit.screens.bottleneck_find import largest_leak, longest_wait
from simkit.screens.bottleneck_theory import signed, theory_html
from simkit.screens.bottleneck_words import days_text, remedy_names, short_names, station_names
from simkit.screens.charts import chart_html, table_html
from simkit.screens.interval_charts import interval_chart
from simkit.screens.levers import amount_text, money_text
from simkit.screens.pay_view import bullets, table_of, titled
from simkit.screens.pay_words import verdict_names
from simkit.screens.texts import translator
from simkit.study.bottlenecks import AS_NOW, EVERYWHERE, LineRun, LineStudy, remedies
from simkit.study.deal_line import DESKS
from simkit.study.intervals import Difference

if TYPE_CHECKING:
    import pandas as pd

MINE = "mine"
"""Name of the plan of all remedies that were ticked."""


def won(run: LineRun) -> float:
    """Return the deals won of a run."""
    return run.won


def contribution(run: LineRun) -> float:
    """Return the contribution of a run."""
    return run.contribution


def result_html(study: LineStudy, prediction: dict[str, Any], lang: str) -> str:
    """Return the whole result of a study: prediction, remedies, theory, conclusion."""
    view, t = ResultView(study, lang), translator(lang)
    expected = table_html(view.expected(prediction), t("What you predicted, and what happened"))
    parts = "".join(
        [
            titled(t("What each remedy brought"), expected if prediction else ""),
            view.chart(won, t("Deals won, against today, with 95 % intervals"), signed),
            view.chart(
                contribution, t("Contribution, against today, with 95 % intervals"), view.money
            ),
            table_html(view.table(), t("Each remedy alone, in the same worlds as today's desks")),
            table_html(view.waits(), t("Where deals wait then: mean days, and the way to signing")),
            bullets(view.notes()),
            titled(t("Theory and what was played"), theory_html(study, lang)),
            titled(t("What follows"), bullets(view.conclusions())),
        ]
    )
    return f'<div class="sk-line-result">{parts}</div>'


class ResultView:
    """A study in words."""

    def __init__(self, study: LineStudy, lang: str) -> None:
        self.study, self.lang, self.t = study, lang, translator(lang)
        scenario = study.scenario
        self.remedies = remedies(scenario)
        known = remedy_names(scenario, lang) | {MINE: self.t("Your choice, together")}
        self.names = {plan: known[plan] for plan in study.runs if plan in known}
        self.stations = station_names(lang)

    def station_of(self, plan: str) -> str:
        """Return what a plan relieves."""
        if plan not in self.remedies:
            return self.t("several")
        return self.stations[self.remedies[plan].relieves]

    def cash(self, value: float, plus: bool = False) -> str:
        """Return money with its currency."""
        return money_text(value, self.lang, self.study.scenario.currency, signed=plus)

    def verdict(self, found: Difference) -> str:
        """Return what an interval allows to say; exactly nothing is said so."""
        if found.mean == found.low == found.high == 0.0:
            return self.t("exactly the same")
        return verdict_names(self.lang)[found.verdict]

    def span(self, found: Difference, text: Callable[[float], str]) -> str:
        """Return an interval as text."""
        return self.t("{low} to {high}").format(low=text(found.low), high=text(found.high))

    def whole(self, found: Difference, text: Callable[[float], str]) -> str:
        """Return a difference with its interval."""
        return f"{text(found.mean)} ({self.span(found, text)})"

    def amount(self, value: float) -> str:
        """Return a difference in money without its unit."""
        return amount_text(value, "money", self.lang, signed=True)

    def money(self, value: float) -> str:
        """Return a difference in money."""
        return self.cash(value, True)

    def expected(self, prediction: dict[str, Any]) -> "pd.DataFrame":
        """Return the prediction beside what happened."""
        t, study = self.t, self.study
        line = {name: study.pooled(AS_NOW, name) for name in study.runs[AS_NOW][0].line}
        best, guess = self.best(), str(prediction.get("best"))
        came = study.gain(guess, won) if guess in study.runs else None
        rows = {
            t("Longest wait"): [
                self.stations.get(str(prediction.get("waits")), "–"),
                self.stations[longest_wait(line)],
            ],
            t("Largest leak"): [
                self.stations.get(str(prediction.get("leaks")), "–"),
                self.stations[largest_leak(line)],
            ],
            t("Brings most deals"): [
                self.names.get(guess, "–"),
                self.names.get(best, t("no detectable difference")),
            ],
            t("Deals more with your remedy"): [
                signed(float(prediction.get("more", 0.0)), 0),
                self.whole(came, signed) if came else "–",
            ],
        }
        return table_of(rows, [t("You predicted"), t("It was")])

    def best(self) -> str:
        """Return the single remedy with most deals more; "" where none shows a difference."""
        found = {plan: self.study.gain(plan, won) for plan in self.singles()}
        shown = {plan: each.mean for plan, each in found.items() if each.verdict == "more"}
        return max(shown, key=lambda plan: shown[plan]) if shown else ""

    def singles(self) -> list[str]:
        """Return the plans of one remedy."""
        return [plan for plan in self.names if plan != MINE]

    def chart(
        self, of: Callable[[LineRun], float], title: str, text: Callable[[float], str]
    ) -> str:
        """Return the differences of a figure as a chart with intervals."""
        import pandas as pd

        found = {name: self.study.gain(plan, of) for plan, name in self.names.items()}
        rows = {name: [each.mean, each.low, each.high] for name, each in found.items()}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
        figure = interval_chart(table, title=title, x_label=self.t("More"), lang=self.lang)
        said = self.t("; ").join(f"{name} {text(row[0])}" for name, row in rows.items())
        return chart_html(figure, f"{title}: {said}")

    def table(self) -> "pd.DataFrame":
        """Return the remedies with their costs, deals and contribution."""
        t, study, rows = self.t, self.study, {}
        for plan, name in self.names.items():
            deals, money = study.gain(plan, won), study.gain(plan, contribution)
            cost = study.mean(plan, lambda run: run.spent) / study.scenario.weeks
            rows[name] = [
                self.station_of(plan),
                self.cash(cost),
                self.whole(deals, signed),
                self.verdict(deals),
                self.whole(money, self.amount),
                self.verdict(money),
            ]
        heads = [
            t("Relieves"),
            t("Cost a week"),
            t("Deals won, more (95 % interval)"),
            t("Deals: that is"),
            t("Contribution, more (95 % interval)"),
            t("Contribution: that is"),
        ]
        return table_of(rows, heads)

    def waits(self) -> "pd.DataFrame":
        """Return where deals wait under each plan, and how long a won deal takes."""
        t, study, short = self.t, self.study, short_names(self.lang)
        plans = {AS_NOW: t("As it is")} | self.names
        rows = {
            name: [
                *(days_text(study.pooled(plan, desk).mean_wait) for desk in DESKS),
                f"{study.mean(plan, won):.1f}",
                days_text(study.cycle(plan).mean),
            ]
            for plan, name in plans.items()
        }
        waits = [t("Wait: {desk}").format(desk=short[desk]) for desk in DESKS]
        return table_of(rows, [*waits, t("Deals won"), t("Days from opportunity to contract")])

    def notes(self) -> Iterator[str]:
        """Yield how all this was found, and how it is to be read."""
        t, study = self.t, self.study
        yield t(
            "Played over {weeks} weeks in the same {worlds} worlds, with the same customers and "
            "the same luck."
        ).format(weeks=study.scenario.weeks, worlds=len(study.runs[AS_NOW]))
        yield t(
            "These are {number} comparisons: with 95 % intervals about one in twenty shows a "
            "difference where there is none."
        ).format(number=2 * len(self.names))
        yield t("The cost is part of the contribution; a remedy must earn more than it costs.")

    # --- what follows

    def conclusions(self) -> Iterator[str]:
        """Yield what the worlds allow to conclude."""
        t, study = self.t, self.study
        desk = max(DESKS, key=lambda name: _or_zero(study.pooled(AS_NOW, name).mean_wait))
        tally = study.pooled(AS_NOW, desk)
        yield t(
            "The bottleneck: {desk}. A deal waits {days} days there, {people} wait at a time, and "
            "{gone} of {came} gave up."
        ).format(
            desk=self.stations[desk],
            days=days_text(tally.mean_wait),
            people=f"{tally.queue:.1f}",
            gone=tally.gave_up,
            came=tally.arrivals,
        )
        best = self.best()
        if not best:
            yield t("No remedy made a detectable difference in the deals won. Try more worlds.")
            return
        gain = study.gain(best, won)
        yield t("Most deals more: {remedy}, {mean} ({span}).").format(
            remedy=self.names[best], mean=signed(gain.mean), span=self.span(gain, signed)
        )
        yield from self._worth_most()
        yield from self._wrong(desk)
        yield from self._next(best, desk)

    def _worth_most(self) -> Iterator[str]:
        t, study = self.t, self.study
        found = {plan: study.gain(plan, contribution) for plan in self.singles()}
        shown = {plan: each for plan, each in found.items() if each.verdict == "more"}
        if shown:
            best = max(shown, key=lambda plan: shown[plan].mean)
            yield t("Most contribution: {remedy}, {mean} ({span}) in {weeks} weeks.").format(
                remedy=self.names[best],
                mean=self.money(shown[best].mean),
                span=self.span(shown[best], self.money),
                weeks=study.scenario.weeks,
            )

    def _wrong(self, desk: str) -> Iterator[str]:
        """Say for each station that is not the bottleneck what relieving it brought."""
        for plan in self.singles():
            station = self.remedies[plan].relieves
            if station in (desk, EVERYWHERE):
                continue
            found = self.study.gain(plan, won)
            text = self.t(
                "Relieving another place ({station}: {remedy}): deals won {verdict}, {span}."
            )
            yield text.format(
                station=self.stations[station],
                remedy=self.names[plan],
                verdict=self.verdict(found),
                span=self.span(found, signed),
            )

    def _next(self, best: str, desk: str) -> Iterator[str]:
        waits = {n: _or_zero(self.study.pooled(best, n).mean_wait) for n in DESKS}
        longest = max(waits, key=lambda name: waits[name])
        if longest == desk:
            text = self.t("After it the longest wait is still there: {days} days.")
        else:
            text = self.t("After it the longest wait is elsewhere: {desk}, {days} days.")
        yield text.format(desk=self.stations[longest], days=days_text(waits[longest]))


def _or_zero(value: float) -> float:
    return 0.0 if value != value else value
