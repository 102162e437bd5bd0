"""What another map brought when it was played, beside the prediction and what is published."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from simkit.screens.charts import chart_html, table_html
from simkit.screens.interval_charts import interval_chart
from simkit.screens.levers import money_text
from simkit.screens.pay_view import bullets, table_of, titled
from simkit.screens.pay_words import verdict_names
from simkit.screens.territory_desk import Desk
from simkit.screens.territory_inputs import ALL, MAP, REST
from simkit.screens.territory_maps import share_text
from simkit.study.intervals import Difference
from simkit.study.territory_study import DEFAULT, PUBLISHED, TerritoryStudy

if TYPE_CHECKING:
    import pandas as pd


FIGURES, CHARTED = 6, 4
"""Figures of each plan in the table, and how many of them are in the chart: those of revenue."""


def result_html(study: TerritoryStudy, prediction: dict[str, Any], desk: Desk) -> str:
    """Return the whole result of a study as HTML."""
    view = _View(study, desk)
    t = desk.t
    expected = table_html(view.expected(prediction), t("What you predicted, and what happened"))
    return "".join(
        [
            titled(t("What your plan brought"), bullets(view.headlines()) + expected),
            view.chart(),
            table_html(view.table(), t("Compared with today's map, in the same worlds")),
            bullets(view.notes()),
        ]
    )


class _View:
    """A study in words."""

    def __init__(self, study: TerritoryStudy, desk: Desk) -> None:
        self.study, self.desk, self.t = study, desk, desk.t
        t = desk.t
        names = {
            MAP: t("The map alone"),
            REST: t("Calls and budget alone"),
            ALL: t("All together"),
        }
        self.names = {name: names[name] for name in study.runs if name != DEFAULT}
        self.main = [*self.names][-1]

    def figures(self) -> Iterator[tuple[str, Difference]]:
        """Yield the title and the gain of all that is compared."""
        t, study = self.t, self.study
        for plan, name in self.names.items():
            parts = {
                t("Revenue, two years"): study.revenue(plan),
                t("Revenue, weeks 1 to 13"): study.revenue(plan, 0, 1),
                t("Revenue, weeks 14 to 52"): study.revenue(plan, 1, 4),
                t("Revenue, second year"): study.revenue(plan, 4),
                t("Contribution"): study.contribution(plan),
                t("Visits"): study.visits(plan),
            }
            for title, found in parts.items():
                full = t("{plan}: {figure}").format(plan=name, figure=title)
                yield full if len(self.names) > 1 else title, found

    def headlines(self) -> Iterator[str]:
        """Yield a sentence for each plan, and the comparison with what is published."""
        t = self.t
        texts = {
            "more": t("{plan}: revenue of the two years is {mean} higher ({span})."),
            "less": t("{plan}: revenue of the two years is {mean} lower ({span})."),
            "no detectable difference": t(
                "{plan}: no detectable difference in the revenue of the two years ({span})."
            ),
            "too few worlds": t("{plan}: too few worlds to say anything."),
        }
        for plan, name in self.names.items():
            found = self.study.revenue(plan)
            mean = share_text(abs(found.mean), 1)
            yield texts[found.verdict].format(plan=name, mean=mean, span=self.span(found))
        if MAP in self.names:
            yield self.published(self.study.revenue(MAP))

    def published(self, found: Difference) -> str:
        """Return how a gain compares with the published one."""
        t, (low, high) = self.t, PUBLISHED
        if found.mean < low and found.high < low:
            text = t("Published: revenue {low} to {high} higher. The map alone lies below.")
        elif found.mean < low:
            text = t(
                "Published: revenue {low} to {high} higher. The map alone lies below; its interval "
                "reaches into that range."
            )
        elif found.mean <= high:
            text = t("Published: revenue {low} to {high} higher. The map alone lies within.")
        else:
            text = t("Published: revenue {low} to {high} higher. The map alone lies above.")
        source = t("Cases of consultants, so rather too high (Zoltners and Sinha, 1,500 projects).")
        return f"{text.format(low=share_text(low), high=share_text(high))} {source}"

    def span(self, found: Difference) -> str:
        return self.t("{low} to {high}").format(low=percent(found.low), high=percent(found.high))

    def expected(self, prediction: dict[str, Any]) -> "pd.DataFrame":
        """Return the prediction beside what happened; it is about the whole plan."""
        t, study = self.t, self.study
        guesses = guess_names(self.desk)
        first, year = study.revenue(self.main, 0, 1), study.revenue(self.main)
        came = {"more": "more", "less": "less"}.get(first.verdict, "same")
        bounds = [prediction.get(name, 0.0) / 100 for name in ("gain_low", "gain_high")]
        guess = t("{low} to {high}").format(low=percent(bounds[0]), high=percent(bounds[1]))
        rows = {
            t("Revenue of the first quarter"): [
                guesses.get(str(prediction.get("first_quarter")), "–"),
                f"{guesses[came]} ({percent(first.mean)})",
            ],
            t("Revenue of the two years"): [guess, f"{percent(year.mean)} ({self.span(year)})"],
        }
        return table_of(rows, [t("You predicted"), t("It was")])

    def chart(self) -> str:
        """Return the gains as a chart with intervals."""
        import pandas as pd

        t = self.t
        shown = [f for k, f in enumerate(self.figures()) if k % FIGURES < CHARTED]
        rows = {title: [100 * v for v in (f.mean, f.low, f.high)] for title, f in shown}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])
        title = t("How much more your plan brings, with 95 % intervals")
        figure = interval_chart(table, title=title, x_label=t("Difference, %"), lang=self.desk.lang)
        said = "; ".join(f"{name} {percent(row[0] / 100)}" for name, row in rows.items())
        return chart_html(figure, f"{title}: {said}")

    def table(self) -> "pd.DataFrame":
        """Return the gains as a table."""
        t, verdicts = self.t, verdict_names(self.desk.lang)
        rows = {
            title: [percent(f.mean), self.span(f), verdicts[f.verdict]]
            for title, f in self.figures()
        }
        return table_of(rows, [t("Difference"), t("95 % interval"), t("That is")])

    def notes(self) -> Iterator[str]:
        """Yield how all this was found, and how it is to be read."""
        t, study = self.t, self.study
        money = money_text(study.mean(DEFAULT), self.desk.lang, self.desk.scenario.currency)
        yield t(
            "Played over {weeks} weeks in the same {worlds} worlds, with the same customers and "
            "the same luck. Revenue of the two years with today's map: {money} on average."
        ).format(weeks=study.weeks, worlds=len(study.runs[DEFAULT]), money=money)
        yield t(
            "Customers who change hands buy less until they know the new rep. That falls into the "
            "first weeks; shorter ways and a rep with time for them pay later."
        )
        yield t(
            "Such an interval misses the true mean difference once in twenty times, and here are "
            "{number}."
        ).format(number=FIGURES * len(self.names))


def percent(value: float) -> str:
    """Return a difference in per cent with its sign."""
    if value != value:
        return "–"
    text = f"{100 * value:+.1f} %".replace("-", "−")
    return text if text.strip("+−0. %") else "0.0 %"


def guess_names(desk: Desk) -> dict[str, str]:
    """Return what can be guessed about the first quarter."""
    t = desk.t
    return {"more": t("higher"), "less": t("lower"), "same": t("no detectable difference")}
