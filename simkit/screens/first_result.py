"""What the first decision brought, in words, charts and tables."""

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from simkit.kpi.catalogue import KPIS
from simkit.scenario.records import Scenario
from simkit.screens.charts import chart_html, line_chart, table_html
from simkit.screens.first_words import kinds, money_rows, questions
from simkit.screens.levers import amount_text, lever_title, money_text, unit_text
from simkit.screens.people_words import comings_and_goings
from simkit.screens.texts import Translate, translator
from simkit.study.counterfactual import Counterfactual, Trial

if TYPE_CHECKING:
    import pandas as pd


def result_html(
    trial: Trial,
    prediction: dict[str, Any],
    decision: str,
    tried: Sequence[str],
    scenario: Scenario,
    lang: str,
) -> str:
    """Return the whole result of a trial as HTML.

    `decision` is the decision in words, `tried` the levers used so far, this one first.
    """
    main, words = trial.main, _Words(scenario, lang)
    t = words.t
    parts = [
        words.headline(main, decision),
        table_html(words.expected(main, prediction), t("What you predicted, and what happened")),
        _titled(t("How sure is that?"), words.others(trial)),
        words.charts(main),
        table_html(worth_table(main, scenario, lang), t("What the decision was worth")),
        _titled(t("What moved"), words.moved(main)),
        words.people(main, scenario),
        _titled(t("Why the comparison is fair"), words.same(main)),
        _titled(t("What to try next"), words.next_steps(tried)),
    ]
    return "".join(parts)


def worth_table(main: Counterfactual, scenario: Scenario, lang: str) -> "pd.DataFrame":
    """Return revenue, costs and contribution without and with a decision, for reading."""
    t = translator(lang)
    table = main.worth()
    shown = {
        "without": [amount_text(v, "money", lang) for v in table["without"]],
        "with_it": [amount_text(v, "money", lang) for v in table["with_it"]],
        "difference": [amount_text(v, "money", lang, signed=True) for v in table["difference"]],
    }
    names = money_rows(lang)
    money = unit_text("money", lang, scenario.currency)
    return _table(shown, [names[str(name)] for name in table.index], money, _sides(t))


def tries_html(
    tries: Sequence[dict[str, Any]], decisions: Sequence[str], scenario: Scenario, lang: str
) -> str:
    """Return the decisions tried so far, with what was predicted and what came of it."""
    if not tries:
        return ""
    t, money = translator(lang), unit_text("money", lang, scenario.currency)
    columns = {
        t("You predicted, % revenue"): [
            amount_text(one["predicted"] / 100, "share", lang, signed=True) for one in tries
        ],
        t("It was, % revenue"): [
            amount_text(one["revenue_share"], "share", lang, signed=True) for one in tries
        ],
        t("Contribution, {money}").format(money=money): [
            amount_text(one["contribution"], "money", lang, signed=True) for one in tries
        ],
        t("Paid off?"): [
            _said(one["contribution"] > 0, one["pays"] == (one["contribution"] > 0), t)
            for one in tries
        ],
    }
    table = _table(columns, decisions, t("Decision"))
    title = t("Your decisions so far, all in the same quarter")
    return f"<h3>{html.escape(t('Your tries so far'))}</h3>{table_html(table, title)}"


class _Words:
    """The parts of a result in one language and currency."""

    def __init__(self, scenario: Scenario, lang: str) -> None:
        self.lang, self.t = lang, translator(lang)
        self.currency = scenario.currency
        self.money = unit_text("money", lang, scenario.currency)

    def amount(self, value: float, unit: str = "money", signed: bool = False) -> str:
        return amount_text(value, unit, self.lang, signed=signed)

    def cash(self, value: float, signed: bool = False) -> str:
        return money_text(value, self.lang, self.currency, signed=signed)

    def headline(self, main: Counterfactual, decision: str) -> str:
        t = self.t
        share, gain = main.effect()
        worth = main.worth()["difference"]
        if not worth.any():
            text = t("You changed nothing, and both quarters are the same to the last order.")
        elif gain > 0:
            text = t(
                "It paid off: revenue {share} % ({revenue}), and after goods and "
                "all other costs {gain} more is left."
            )
        else:
            text = t(
                "It did not pay off: revenue {share} % ({revenue}), and after goods and "
                "all other costs {gain} less is left."
            )
        text = text.format(
            share=self.amount(share, "share", True),
            revenue=self.cash(worth["revenue"], signed=True),
            gain=self.cash(abs(gain)),
        )
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self._not_done(main))
        return (
            f"<h3>{html.escape(t('What your decision was worth'))}</h3>"
            f'<p class="sk-headline"><strong>{html.escape(decision)}</strong><br>'
            f"{html.escape(text)}</p>{notes}"
        )

    def _not_done(self, main: Counterfactual) -> list[str]:
        note = self.t(
            "Your money for extras ran out: from week {week} on, not fully carried out: {lever}."
        )
        return [
            note.format(week=week, lever=lever_title(name, self.lang))
            for name, week in main.not_done().items()
        ]

    def expected(self, main: Counterfactual, prediction: dict[str, Any]) -> "pd.DataFrame":
        t = self.t
        share, gain = main.effect()
        said, is_so = bool(prediction.get("pays")), gain > 0
        predicted = prediction.get("revenue", 0.0) / 100
        columns = {
            t("You predicted"): [
                self.amount(predicted, "share", True),
                t("yes") if said else t("no"),
            ],
            t("It was"): [self.amount(share, "share", True), t("yes") if is_so else t("no")],
        }
        return _table(columns, [t("Change of revenue, %"), t("Pays off")], "")

    def charts(self, main: Counterfactual) -> str:
        t, weekly = self.t, main.weekly()
        lines = weekly[["with_it", "without"]].set_axis(
            [t("with your decision"), t("without it")], axis=1
        )
        total = weekly[["total_difference"]].set_axis([t("difference so far")], axis=1)
        money = t("Revenue, {money}").format(money=self.money)
        first = self._chart(lines, t("Revenue by week"), money)
        title = t("What the decision has brought so far")
        return first + self._chart(total, title, money)

    def _chart(self, table: "pd.DataFrame", title: str, money: str) -> str:
        figure = line_chart(
            table, title=title, x_label=self.t("Week"), y_label=money, lang=self.lang
        )
        ends = [f"{name} {self.amount(table[name].iloc[-1])}" for name in table.columns]
        alt = self.t("{title}; in the last week {values}.").format(
            title=title, values=self.t(", ").join(ends)
        )
        shown = table.round(0).astype(int).rename_axis(self.t("Week"))
        return chart_html(figure, alt, shown, self.lang)

    def moved(self, main: Counterfactual) -> str:
        t, table = self.t, main.moved()
        if table.empty:
            return f"<p>{html.escape(t('No figure moved.'))}</p>"
        kpis = [KPIS[str(name)] for name in table.index]
        units = [kpi.unit for kpi in kpis]
        verdicts = {"better": t("better"), "worse": t("worse"), "": ""}
        columns = {
            name: [
                self.amount(value, unit, name == "difference")
                for value, unit in zip(table[name], units, strict=True)
            ]
            for name in ("without", "with_it", "difference")
        }
        heads = [*_sides(t), t("Unit"), t("That is")]
        columns["unit"] = [unit_text(unit, self.lang, self.currency) for unit in units]
        columns["verdict"] = [verdicts[name] for name in table["verdict"]]
        shown = _table(columns, [kpi.title.in_(self.lang) for kpi in kpis], t("KPI"), heads)
        return table_html(shown, t("The figures that changed most, for their size"))

    def people(self, main: Counterfactual, scenario: Scenario) -> str:
        """Who left and who came; nothing when everybody stayed."""
        t, seed = self.t, main.seed
        without, with_it = (
            comings_and_goings(run, scenario, seed, self.lang)
            for run in (main.without, main.with_it)
        )
        if not without and not with_it:
            return ""
        heads = [t("With the decision"), t("Without the decision")]
        if without == with_it:
            heads = [t("In both quarters, whatever you decide:")]
        parts = [
            f"<p>{html.escape(head)}</p><ul>"
            + "".join(f"<li>{html.escape(one)}</li>" for one in said or [t("Everybody stayed.")])
            + "</ul>"
            for head, said in zip(heads, (with_it, without), strict=False)
        ]
        return _titled(t("Your people"), "".join(parts))

    def same(self, main: Counterfactual) -> str:
        t, table = self.t, main.same()
        orders, names = table.loc["order"], kinds(self.lang)
        said = [t("Both quarters had the same customers with the same luck.")]
        if orders["same"]:
            told = t(
                "Of {all} orders without your decision, {same} came with it exactly the same: "
                "same customer, same amount."
            )
        else:
            told = t(
                "Of {all} orders without your decision, {alike} came with it from the same "
                "customers, with other amounts."
            )
        counts = {"all": orders["without"], "same": orders["same"], "alike": orders["alike"]}
        said.append(told.format(**{name: f"{number:,}" for name, number in counts.items()}))
        said.append(t("Everything else is the work of your decision."))
        heads = [*_sides(t)[:2], t("Exactly the same"), t("Same, but another amount")]
        table["alike"] -= table["same"]
        shown = _table(
            {name: table[name].tolist() for name in ("without", "with_it", "same", "alike")},
            [names[str(kind)] for kind in table.index],
            t("What happened"),
            heads,
        )
        detail = table_html(shown, t("Both quarters laid side by side"))
        summary = html.escape(t("Laid side by side"))
        text = html.escape(("" if self.lang == "zh" else " ").join(said))
        return f"<p>{text}</p><details><summary>{summary}</summary>{detail}</details>"

    def others(self, trial: Trial) -> str:
        t = self.t
        if not trial.others or not trial.main.worth()["difference"].any():
            return f"<p>{html.escape(t('One quarter of one world is no proof.'))}</p>"
        shares, gains = zip(*trial.others, strict=True)
        text = t(
            "One quarter of one world is no proof. In {number} other quarters, with other luck, "
            "the same decision changed revenue by {low} to {high} % and contribution by {least} "
            "to {most}. It paid off in {paid} of {number}."
        ).format(
            number=len(gains),
            low=self.amount(min(shares), "share", True),
            high=self.amount(max(shares), "share", True),
            least=self.cash(min(gains), signed=True),
            most=self.cash(max(gains), signed=True),
            paid=sum(gain > 0 for gain in gains),
        )
        return f"<p>{html.escape(text)}</p>"

    def next_steps(self, tried: Sequence[str]) -> str:
        every = questions(self.lang)
        again = self.t(
            "The same once more, twice as strong or the other way round: does the effect follow?"
        )
        new = [question for name, question in every.items() if name not in tried]
        old = [question for name, question in every.items() if name in tried and name != tried[0]]
        steps = [again, *new, *old][:3]
        return "<ul>" + "".join(f"<li>{html.escape(step)}</li>" for step in steps) + "</ul>"


def _titled(title: str, content: str) -> str:
    return f"<h3>{html.escape(title)}</h3>{content}"


def _sides(t: Translate) -> list[str]:
    return [t("Without the decision"), t("With the decision"), t("Difference")]


def _said(is_so: bool, foreseen: bool, t: Translate) -> str:
    answer = t("yes") if is_so else t("no")
    foretold = t("as predicted") if foreseen else t("not as predicted")
    return t("{answer}, {foretold}").format(answer=answer, foretold=foretold)


def _table(
    columns: dict[str, list], rows: Sequence[str], corner: str, heads: Sequence[str] | None = None
) -> "pd.DataFrame":
    import pandas as pd

    table = pd.DataFrame(columns, index=pd.Index(rows, name=corner or None))
    return table if heads is None else table.set_axis(list(heads), axis=1)
