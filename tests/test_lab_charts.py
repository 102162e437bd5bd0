"""Charts of comparisons: what they draw, say and list; the frontier; weeks apart; best shaded."""

import math
import warnings
from dataclasses import dataclass, replace

import pytest
from lab_results import NASTY, arm, results

from simkit.screens.charts import png, table_html
from simkit.screens.lab_charts import Live, difference_chart, sequence_chart, smore_chart
from simkit.screens.lab_choice_charts import frontier_chart, tornado_chart
from simkit.screens.lab_table import controls_responses
from simkit.screens.lab_week_charts import weeks_apart_chart
from simkit.screens.lab_words import LabWords, label, shortened, wrapped
from simkit.study.experiment.compare import compare
from simkit.study.experiment.frontier import frontier
from simkit.study.experiment.tables import numbers_in_words, responses, weeks_between
from simkit.study.experiment.worlds import Summary
from simkit.study.intervals import paired_difference
from simkit.study.sensitivity.factors import Factor
from simkit.study.sensitivity.tornado import Tornado, TornadoRow
from simkit.study.statistics.confidence_sequence import sequence

CHINESE = "龘策略𠮷😀 $销售$ 额"
"""Rare and missing characters, and dollars that would be a formula."""


def with_values(found, kpi, values):
    """Return results in which one figure has other values: {arm: list by world}."""
    changed = dict(found.summaries)
    for name, each in values.items():
        for world, value in zip(found.worlds, each, strict=True):
            old = changed[name, world]
            changed[name, world] = Summary({**old.values, kpi: value}, old.weekly, old.decisions)
    return replace(found, summaries=changed)


def drawn(chart):
    """Return the words on a chart; a character without a glyph, or any warning, is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert png(chart.figure, 40).startswith(b"\x89PNG")
    texts = [text.get_text() for text in chart.figure.findobj(lambda a: hasattr(a, "get_text"))]
    assert not any(
        "nan" in text or "inf" in text for text in [*texts, table_html(chart.table, chart.alt)]
    )
    return texts


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_twelve_policies_with_any_names_fit_on_every_chart(lang):
    names = [*(f"p{i}" for i in range(10)), NASTY, CHINESE]
    found = results(names, worlds=12, kpis=("spending", "revenue"))
    comparison = compare(found)
    words = LabWords(found.arms, lang, found.kpis)
    charts = [
        difference_chart(comparison, lang, "revenue"),
        smore_chart(found, "revenue", lang),
        frontier_chart(found, frontier(found, "revenue"), lang),
        weeks_apart_chart(found, NASTY, CHINESE, lang),
    ]
    texts = [drawn(chart) for chart in charts]
    assert "<script" not in charts[0].html
    for chart, rows in zip(charts, (11, 12, 12, 6), strict=True):
        assert len(chart.table) == rows
    assert all(words.verdict(row.verdict) in texts[0] for row in comparison.rows[:2])


def test_one_policy_alone_has_a_spread_and_a_frontier_of_its_own():
    found = results(["alone"], worlds=12, kpis=("spending", "revenue"))
    drawn(smore_chart(found, "revenue", "zh"))
    choice = frontier(found, "revenue")
    assert [point.standing for point in choice.points] == ["not dominated"]
    drawn(frontier_chart(found, choice, "zh"))


@pytest.mark.parametrize("scale", [1e12, -1.0, 0.0, 1e-9])
def test_huge_negative_and_zero_values_are_drawn(scale):
    found = results(["a", "b"], worlds=12, kpis=("revenue", "satisfaction"), scale=scale)
    drawn(difference_chart(compare(found), "en"))
    drawn(smore_chart(found, "satisfaction", "zh"))


def test_what_cannot_be_said_is_a_dash_and_a_verdict():
    nan = math.nan
    found = results(["a", "b", "c"], worlds=4, kpis=("spending", "revenue"))
    found = with_values(found, "revenue", {"b": [nan] * 4, "c": [nan, nan, nan, 5.0]})
    difference = difference_chart(compare(found), "en", "revenue")
    assert {"cannot be said", "too few worlds to tell"} <= set(drawn(difference))
    assert difference.table.loc["b"].tolist()[:3] == ["–"] * 3
    assert "–" in smore_chart(found, "revenue", "en").table.loc["b"].tolist()
    choice = frontier_chart(found, frontier(found, "revenue"), "en")
    assert "cannot be said" in choice.table.loc["b"].tolist()
    drawn(choice)


def test_an_interval_that_holds_zero_is_hollow_and_one_that_does_not_is_filled():
    found = results(["a", "b", "c"], worlds=20, kpis=("revenue",), effects=(0.0, 0.0, 0.05))
    comparison = compare(found)
    assert [row.verdict for row in comparison.rows] == ["no detectable difference", "b better"]
    axes = difference_chart(comparison, "en").figure.axes[0]
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() in "oD"]
    assert faces[0] == "white" and faces[1] != "white"


def test_the_live_interval_and_the_tornado_are_drawn_in_chinese():
    found = results(["a", "b"], worlds=30, kpis=("revenue",))
    both = zip(found.values("a", "revenue"), found.values("b", "revenue"), strict=True)
    looks = sequence([y - x for x, y in both])
    words = LabWords(found.arms, "zh", found.kpis)
    live = sequence_chart(looks, Live("revenue", "a", "b"), words)
    assert len(live.table) == 30 and live.table.iloc[0, 1] == "–"
    drawn(live)
    assert len(sequence_chart([], Live("revenue", "a", "b"), words).table) == 0
    factor = Factor("decision.price", 0.9, 1.1)
    nothing = paired_difference([math.nan])
    row = TornadoRow(factor, paired_difference([-2e5, -3e5]), nothing, 1.0)
    chart = tornado_chart(Tornado(found.kpis[0], (row,), nothing, 2, 0.95), "zh")
    assert "价格水平" in " ".join(drawn(chart)) and "–" in chart.table.iloc[0].tolist()


def test_labels_are_short_harmless_and_lack_no_character():
    assert label("a\n\tb $x$ \u202e𠮷") == r"a b \$x\$ □"
    assert shortened("策略" * 20, 10) == "策略策略…"
    assert shortened("abc", 3) == "abc"
    assert wrapped("one two three", 8) == "one two\nthree"
    assert wrapped("策略策略策略", 8) == "策略策略\n策略"


# The frontier


@dataclass
class Made:
    """Results made of exact values: {arm: (cost, benefit) by world}."""

    values_of: dict
    benefit: str = "revenue"

    @property
    def results(self):
        names = list(self.values_of)
        worlds = len(self.values_of[names[0]][0])
        found = results(names, worlds=worlds, kpis=("spending", self.benefit))
        for place, kpi in enumerate(("spending", self.benefit)):
            found = with_values(found, kpi, {n: v[place] for n, v in self.values_of.items()})
        return found

    def standings(self):
        points = frontier(self.results, self.benefit).points
        return {point.arm: (point.standing, point.dominated_by, point.on_line) for point in points}


LUCK = [0.0, 3.0, -2.0, 1.0, -1.0, 2.0, 0.5, -1.5, 1.0, -2.0]


def values(cost, benefit, noise=0.01):
    wobble = [noise * (-1) ** i * (1 + i) for i in range(len(LUCK))]
    return ([cost + x for x in LUCK], [benefit + x + w for x, w in zip(LUCK, wobble, strict=True)])


def test_dearer_and_worse_in_every_world_is_dominated():
    found = Made({"good": values(10, 20), "bad": values(12, 18), "more": values(15, 25)})
    assert found.standings() == {
        "good": ("not dominated", (), True),
        "bad": ("dominated", ("good",), False),
        "more": ("not dominated", (), True),
    }
    line = frontier(found.results, "revenue").line
    assert [point.arm for point in line] == ["good", "more"]


def test_worse_by_luck_only_is_not_told_from_better():
    found = Made({"a": values(10, 20), "b": values(10.5, 19.99, noise=2.0)}).standings()
    assert found["b"][0] == "cannot tell"
    assert found["b"][2] is False and found["a"][2] is True  # the line goes by the means


def test_equal_costs_count_only_where_they_are_equal_in_every_world():
    assert Made({"a": values(10, 20), "b": values(10, 15)}).standings()["b"][0] == "dominated"
    cost, benefit = values(10, 15)
    nearly = ([cost[0] + 1, cost[1] - 1, *cost[2:]], benefit)
    assert Made({"a": values(10, 20), "b": nearly}).standings()["b"][0] == "cannot tell"


def test_twins_do_not_dominate_each_other():
    found = Made({"a": values(10, 20), "b": values(10, 20)}).standings()
    assert {each[0] for each in found.values()} == {"not dominated"}


def test_of_some_figures_less_is_better():
    found = Made({"a": values(10, 20), "b": values(12, 25)}, "complaints").standings()
    assert found["b"][:2] == ("dominated", ("a",))


def test_a_figure_that_was_not_measured_or_has_a_band_is_refused():
    found = results(["a", "b"], kpis=("spending", "pipeline_coverage"))
    with pytest.raises(ValueError, match="was not measured: add it"):
        frontier(found, "revenue")
    with pytest.raises(ValueError, match="has a band"):
        frontier(found, "pipeline_coverage")


# Weeks apart, controls and responses


def test_weeks_apart_count_from_the_lever_in_force_and_say_what_a_week_brings():
    found = results(["a", "b"], worlds=5, kpis=("revenue",))
    weeks = weeks_between(found, "a", "b")
    assert [week.differ for week in weeks] == [0, 0, 1, 1, 1, 1]
    assert weeks[2].levers == ("price",) and weeks[0].difference.mean == 0.0
    assert weeks[3].difference.mean == pytest.approx(0.02 * 1.5e6)
    chart = weeks_apart_chart(found, "a", "a", "en")
    assert "never decided differently" in chart.alt


def test_the_best_is_shaded_only_where_selection_keeps_it_alone():
    found = results(["a", "b", "c"], worlds=20, kpis=("revenue",))
    table, page = controls_responses(found, "en")
    assert page.count('class="sk-best"') == 1 and "sk-maybe" not in page
    assert "(best)" in table.loc["b"].iloc[-1] and "best" not in table.loc["a"].iloc[-1]
    assert page.index("sk-best") > page.index(">b<")
    equal = results(["a", "b"], worlds=20, kpis=("revenue",), effects=(0.0,))
    assert "sk-" not in controls_responses(equal, "zh")[1].replace("sk-table", "")
    some = results(["a", "b", "c"], worlds=20, kpis=("revenue",), effects=(0.0, 0.0, -0.1))
    ranks = [each.rank for each in responses(some).values()]
    assert ranks == ["may be best", "may be best", "not best"]


def test_controls_are_what_the_policies_differ_in():
    named, other = arm("a"), arm("b")
    other = replace(other, scenario=other.scenario.but(currency="EUR"))
    found = replace(results([named.name, other.name], worlds=3), arms=(named, other))
    table, _ = controls_responses(found, "en")
    assert table["currency"].tolist() == ["CNY", "EUR"]
    assert len(table.columns) == 1 + len(found.kpis)


def test_numbers_in_words():
    assert numbers_in_words([0, 1, 2, 5, 7, 8]) == "0-2, 5, 7-8"
