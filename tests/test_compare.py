"""Comparisons: pure judging of results, sequential precision, selection, and the weeks apart."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from commands import SMALL

from simkit.scenario.library import load_scenario
from simkit.study.experiment import best, precise
from simkit.study.experiment.best import select_best
from simkit.study.experiment.compare import NINE_IN_TEN, compare, paired, saving_interval
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.policies import arms_of
from simkit.study.experiment.precise import Precision, first_enough, replicate_until
from simkit.study.experiment.stages import first_worlds, joined
from simkit.study.experiment.weeks_apart import weeks_apart
from simkit.study.experiment.worlds import Results, Summary, replicate
from simkit.study.statistics.screening import screen

NAN = math.nan
KPIS = find_figures(["revenue", "win_rate", "cycle_weeks", "pipeline_coverage"])
PRICES = ["keep_course", "keep_course+price=0.95", "keep_course+price=0.9"]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("region") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_scenario(path)


@pytest.fixture(scope="module")
def arms(scenario):
    return arms_of(scenario, PRICES)


def results_of(arms, values, kpi="revenue", decisions=None):
    """Results made up: `values` one list for each arm; decisions differ unless given."""
    summaries = {
        (arm.name, world): Summary(
            {each.name: value if each.name == kpi else NAN for each in KPIS},
            {"revenue": [value], "contribution": [value]},
            [{"week": 0, "levers": {"price": i if decisions is None else decisions[i]}}],
        )
        for i, (arm, series) in enumerate(zip(arms, values, strict=False))
        for world, value in enumerate(series)
    }
    worlds = tuple(range(len(values[0])))
    return Results(tuple(arms[: len(values)]), KPIS, 1, worlds, summaries)


def drawn(number, *means, spread=1.0, luck=10.0, key=5):
    """Values of several arms that share most of their luck."""
    chance = np.random.Generator(np.random.Philox(key))
    common = chance.normal(0.0, luck, number)
    return [(m + common + chance.normal(0.0, spread, number)).tolist() for m in means]


def row_of(arms, values, kpi="revenue", **more):
    (row,) = compare(results_of(arms, values, kpi, more.pop("decisions", None)), [kpi], **more).rows
    return row


# Judging


def test_differences_and_intervals_are_those_of_the_paired_t_test(arms):
    from scipy.stats import ttest_rel

    a, b, c = drawn(12, 100.0, 104.0, 99.0)
    rows = compare(results_of(arms, [a, b, c]), ["revenue"], confidence=0.9).rows
    for row, other in zip(rows, (b, c), strict=True):
        found = ttest_rel(other, a).confidence_interval(1 - 0.1 / 2)  # two pairs at once
        assert row.difference == pytest.approx(np.mean(other) - np.mean(a), rel=1e-12)
        assert (row.low, row.high) == pytest.approx((found.low, found.high), rel=1e-9)
        assert (row.n, row.undefined, row.pairs) == (12, 0, 2)
        assert (row.mean_a, row.mean_b) == pytest.approx((np.mean(a), np.mean(other)))


@pytest.mark.parametrize(
    ("kpi", "up", "down"),
    [
        ("revenue", "b better", "b worse"),
        ("cycle_weeks", "b worse", "b better"),
        ("pipeline_coverage", "b higher", "b lower"),
    ],
)
def test_the_verdict_knows_which_way_is_good(arms, kpi, up, down):
    for step, verdict in ((9.0, up), (-9.0, down), (0.0, "no detectable difference")):
        row = row_of(arms, drawn(20, 100.0, 100.0 + step), kpi)
        assert row.verdict == verdict
        name = arms[1].title.en if verdict == "b better" else arms[0].title.en
        assert (f"“{name}” is better" in row.says.en) == (verdict in ("b better", "b worse"))


def test_worlds_where_a_figure_cannot_be_said_are_left_out_pairwise(arms):
    a, b = [1.0, NAN, 3.0, 4.0, 6.0], [2.0, 5.0, NAN, 6.0, 6.0]
    found = compare(results_of(arms, [a, b]), ["revenue"])
    (row,) = found.rows
    assert (row.n, row.undefined) == (3, 2)
    assert (row.mean_a, row.mean_b, row.difference) == pytest.approx((11 / 3, 14 / 3, 1.0))
    assert "undefined in 2 of 5 worlds" in found.notes[0].en
    everywhere = row_of(arms, [[NAN] * 4, [1.0] * 4])
    assert (everywhere.verdict, everywhere.n, everywhere.undefined) == ("undefined", 0, 4)
    assert "in none of 4 worlds" in everywhere.says.en
    assert "nan" not in everywhere.says.en + everywhere.says.zh


def test_one_world_shows_a_mean_and_no_interval(arms):
    row = row_of(arms, [[10.0], [12.0]])
    assert (row.verdict, row.difference, row.n) == ("too few worlds", 2.0, 1)
    assert math.isnan(row.low) and math.isnan(row.high)
    assert (row.needed, row.saving) == (None, None)
    assert "nan" not in row.says.en + row.says.zh


def test_policies_that_never_differ_are_told_so(arms):
    results = results_of(arms, [[1.0, 2.0, 3.0]] * 2, decisions=[7, 7])
    found = compare(results, ["revenue"])
    assert found.rows[0].verdict == "no difference at all"
    assert "they never decided differently" in found.rows[0].says.en
    assert "never decided differently" in found.notes[0].en
    other = compare(results_of(arms, [[1.0, 2.0, 3.0]] * 2), ["revenue"])
    assert other.rows[0].verdict == "no difference at all"
    assert "they decided differently, but in all 3 worlds" in other.rows[0].says.en
    assert len(other.notes) == 1


def test_settings_that_move_nothing_are_told_apart_from_policies_that_do_the_same(arms):
    changed = replace(arms[1], scenario=arms[1].scenario.but(warm_up_weeks=0))
    assert changed.scenario != arms[0].scenario
    results = results_of([arms[0], changed], [[1.0, 2.0, 3.0]] * 2, decisions=[7, 7])
    found = compare(results, ["revenue"])
    assert "the settings in which they differ did not move it" in found.rows[0].says.en
    assert not any("one and the same policy" in note.en for note in found.notes)


def test_a_difference_that_is_the_same_in_every_world_is_certain(arms):
    row = row_of(arms, [[1.0, 5.0, 2.0, 3.0, 4.0, 4.0], [2.0, 6.0, 3.0, 4.0, 5.0, 5.0]])
    assert (row.verdict, row.low, row.high, row.saving) == ("b better", 1.0, 1.0, None)


def test_counts_that_agree_in_a_few_worlds_prove_nothing(arms):
    """Heads or tails for each: without a true difference five worlds agree once in sixteen."""
    row = row_of(arms, [[3.0] * 5, [4.0] * 5])
    assert (row.verdict, row.difference, row.n) == ("too few worlds", 1.0, 5)
    assert math.isnan(row.low)
    assert "in each of only 5 worlds" in row.says.en
    assert "每个世界里" in row.says.zh
    a, b = [3.0] * 6, [4.0] * 6
    assert row_of(arms, [a, b]).verdict == "b better"
    pairs = compare(results_of(arms, [a, b, b]), ["revenue"]).rows
    assert {each.verdict for each in pairs} == {"too few worlds"}  # two at once ask for more
    assert screen({"a": a[:4], "b": b[:4]}) == ("a", "b")


def test_what_common_luck_saves_is_the_ratio_of_the_variances(arms):
    a, b = drawn(40, 100.0, 100.0, luck=5.0)
    row = row_of(arms, [a, b])
    apart, together = np.var(a, ddof=1) + np.var(b, ddof=1), np.var(np.subtract(b, a), ddof=1)
    assert row.saving == pytest.approx(apart / together)
    interval = saving_interval(paired(a, b))
    assert interval.low < row.saving < interval.high
    assert interval.low < 26.0 < interval.high  # (2 x 26) / 2: the variances drawn from


def test_where_common_luck_saves_little_it_is_said(arms):
    words = {20.0: "where each had luck", 3.0: "less than usual", 0.1: "helps little here"}
    for luck, said in words.items():
        values = drawn(30, 100.0, 100.0, spread=1.0, luck=luck)
        assert said in compare(results_of(arms, values, "win_rate"), ["win_rate"]).notes[0].en
    few = compare(results_of(arms, drawn(9, 100.0, 100.0)), ["revenue"])
    assert len(few.notes) == 1  # nine worlds say too little about variances


def test_the_worlds_needed_find_two_percent_in_nine_of_ten_experiments(arms):
    """Power of the paired t test with so many worlds, by the noncentral t distribution."""
    from scipy.stats import nct, t

    a, b = drawn(60, 100.0, 100.0, spread=3.0)
    row = row_of(arms, [a, b])
    sd = np.std(np.subtract(b, a), ddof=1)
    limit = t.ppf(0.975, row.needed - 1)
    shift = 0.02 * row.mean_a / (sd / math.sqrt(row.needed))
    assert 0.88 <= 1.0 - nct.cdf(limit, row.needed - 1, shift) <= 0.93
    assert pytest.approx(1.96 / (1.96 + 1.2816), abs=0.01) == NINE_IN_TEN


def test_pairs_and_control_can_be_chosen(arms):
    results = results_of(arms, drawn(8, 1.0, 2.0, 3.0))
    one, two, three = (arm.name for arm in arms)
    pairs = {(row.a, row.b) for row in compare(results, ["revenue"], pairs="all").rows}
    assert pairs == {(one, two), (one, three), (two, three)}
    rows = compare(results, ["revenue"], control=two).rows
    assert {(row.a, row.b) for row in rows} == {(two, one), (two, three)}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"kpis": ["revenu"]}, "no KPI 'revenu' in these results, did you mean 'revenue'?"),
        ({"control": "keep_curse"}, "no policy 'keep_curse' in these results, did you mean"),
        ({"confidence": 95}, "a confidence is above 0 and below 1, like 0.95; it is 95"),
    ],
)
def test_what_cannot_be_compared_is_refused(arms, more, message):
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        compare(results_of(arms, drawn(5, 1.0, 2.0)), **more)
    with pytest.raises(ValueError, match="two policies or more"):
        compare(results_of(arms, drawn(5, 1.0)))


def test_a_comparison_is_plain_data(arms):
    found = compare(results_of(arms, [[1.0, 2.0], [3.0, 3.0]])).as_dict()
    assert found["replications"] == 2
    assert found["policies"] == [arm.name for arm in arms[:2]]
    assert {"kpi", "a", "b", "difference", "low", "high", "verdict"} <= found["results"][0].keys()
    json.dumps(found)


# In real worlds


@pytest.fixture(scope="module")
def played(scenario):
    """Four worlds of the small region under three ways to decide."""
    specs = ["keep_course", "keep_course+price=0.8", "keep_course"]
    return replicate(arms_of(scenario, specs), range(4), find_figures(["revenue"]), workers=1)


def test_a_price_cut_is_seen_and_the_same_policy_twice_is_the_same(played):
    _, same = compare(played).rows
    assert (same.verdict, same.difference) == ("no difference at all", 0.0)
    apart = weeks_apart(played, "keep_course", "keep_course+price=0.8")
    assert [(w.week, w.worlds, w.levers) for w in apart.weeks] == [
        (week, 4, ("price",)) for week in range(3)
    ]
    assert apart.first == 0
    assert weeks_apart(played, "keep_course", "keep_course (2)").first is None
    with pytest.raises(ValueError, match="no policy 'x' in these results"):
        weeks_apart(played, "keep_course", "x")


def test_the_weeks_in_which_decisions_part_are_exact(arms):
    def summary(revenue, *changes):
        listed = [{"week": week, "levers": levers} for week, levers in changes]
        return Summary({}, {"revenue": revenue, "contribution": revenue}, listed)

    calm = (0, {"price": 1.0, "quota": {"kim": 5.0}, "local": {}})
    cheap = (1, {"price": 0.9}), (3, {"price": 1.0})
    own = (2, {"local": {"north": {"promotion": 5.0}}, "quota": {"kim": 6.0}})
    a, b = arms[0].name, arms[1].name
    summaries = {
        (a, 0): summary([1.0] * 5, calm),
        (b, 0): summary([1.0, 1.0, 2.0, 2.0, 2.0], calm, *cheap),
        (a, 1): summary([1.0] * 5, calm),
        (b, 1): summary([1.0] * 5, calm, cheap[0], own, cheap[1]),
    }
    found = weeks_apart(Results(tuple(arms[:2]), KPIS, 1, (0, 1), summaries), a, b)
    assert [(w.week, w.worlds, w.levers) for w in found.weeks] == [
        (1, 2, ("price",)),
        (2, 2, ("price", "local.north.promotion", "quota.kim")),
        (3, 1, ("local.north.promotion", "quota.kim")),
        (4, 1, ("local.north.promotion", "quota.kim")),
    ]
    assert (found.first, found.revenue_from, found.revenue_worlds) == (1, 2, 1)


def test_two_percent_of_revenue_take_ten_times_fewer_quarters_in_common_worlds():
    """The shipped workshop region, one quarter, prices 2 % lower; the target is the issue's."""
    quarter = load_scenario("workshop_region").but(weeks=13)
    arms = arms_of(quarter, ["keep_course", "price_down_2"])
    results = replicate(arms, range(10), find_figures(["revenue"]), workers=1)
    found = compare(results)
    (row,) = found.rows
    assert 0.01 <= row.relative <= 0.03
    assert row.saving >= 10.0
    assert saving_interval(paired(*(results.values(arm.name, "revenue") for arm in arms))).low > 1
    assert "where each had luck of its own" in found.notes[0].en
    assert all(f"“{arm.title.zh}”" in found.notes[0].zh for arm in found.arms)


# As many worlds as it takes


def fake_replicate(monkeypatch, module, arms, values):
    """Let a module find made-up worlds; returns the list of what it asks for."""
    asked = []

    def replicate(some, worlds, kpis, **_):
        asked.append((tuple(arm.name for arm in some), tuple(worlds)))
        whole = results_of(arms, values)
        names = {arm.name for arm in some}
        kept = {
            key: v for key, v in whole.summaries.items() if key[0] in names and key[1] in worlds
        }
        return Results(tuple(some), KPIS, 1, tuple(worlds), kept)

    monkeypatch.setattr(module, "replicate", replicate)
    return asked


def test_worlds_are_played_until_the_difference_is_known_and_no_longer(monkeypatch, arms):
    values = drawn(200, 100.0, 103.0, spread=3.0)
    asked = fake_replicate(monkeypatch, precise, arms, values)
    found = replicate_until(arms[:2], KPIS, Precision(1.0), 0.95, most=200)
    number = len(found.results.worlds)
    assert found.reason == "precise"
    assert sum(len(worlds) for _, worlds in asked) >= number
    row = compare(found.results, ["revenue"]).rows[0]
    assert (row.high - row.low) / 2 <= 1.0
    whole = results_of(arms, values)
    assert first_enough(whole, Precision(1.0)) == number  # stages change nothing
    early = compare(first_worlds(whole, number - 6), ["revenue"]).rows[0]
    assert (early.high - early.low) / 2 > 1.0  # five worlds are the look-ahead


def test_a_relative_precision_is_a_share_of_the_first_policy(arms):
    whole = results_of(arms, drawn(200, 100.0, 103.0, spread=3.0))
    number = first_enough(whole, Precision(0.01, relative=True))
    means = np.mean([whole.values(arms[0].name, "revenue")[:number]])
    row = compare(first_worlds(whole, number), ["revenue"]).rows[0]
    assert (row.high - row.low) / 2 <= 0.01 / 1.01 * means
    assert number > first_enough(whole, Precision(0.02, relative=True))


@pytest.mark.parametrize(
    ("values", "precision", "reason", "most_played"),
    [
        (drawn(60, 100.0, 103.0, spread=3.0), Precision(0.95), "most worlds", 60),
        (drawn(60, 100.0, 103.0, spread=3.0), Precision(0.01), "out of reach", 10),
        ([[NAN] * 60, [1.0] * 60], Precision(0.01), "undefined", 10),
        ([[0.0] * 60, [1.0, 2.0] * 30], Precision(0.02, relative=True), "undefined", 10),
        ([[5.0] * 60, [5.0] * 60], Precision(0.01), "precise", 15),
    ],
)
def test_it_says_why_it_stopped(monkeypatch, arms, values, precision, reason, most_played):
    fake_replicate(monkeypatch, precise, arms, values)
    found = replicate_until(arms[:2], KPIS, precision, most=60)
    assert (found.reason, len(found.results.worlds)) == (reason, most_played)
    assert found.says.en and "nan" not in found.says.en


@pytest.mark.parametrize(
    ("text", "value", "relative"),
    [("2%", 0.02, True), (" 1.5 % ", 0.015, True), ("5,000", 5000.0, False), ("1e3", 1e3, False)],
)
def test_a_precision_is_read(text, value, relative):
    assert Precision.read(text, "revenue") == Precision(value, relative, "revenue")


@pytest.mark.parametrize("text", ["0", "-2%", "nan", "inf", "two", "", "100%"])
def test_a_precision_that_cannot_be_meant_is_refused(text):
    with pytest.raises(ValueError, match="precision"):
        Precision.read(text, "revenue")


def test_the_best_is_found_and_who_is_behind_is_not_played_on(monkeypatch, arms):
    values = drawn(400, 100.0, 103.0, 95.0, spread=3.0)
    asked = fake_replicate(monkeypatch, best, arms, values)
    found = select_best(arms, KPIS[0], delta=1.0)
    assert found.best == arms[1].name
    assert found.worlds[arms[2].name] < found.worlds[arms[1].name]
    assert asked[0] == (tuple(arm.name for arm in arms), tuple(range(10)))
    assert len(compare(found.results, ["revenue"]).rows) == 2
    assert max(found.worlds.values()) > 10 == len(found.results.worlds)  # fixed beforehand
    assert "first 10" in found.about_results.en and "前 10 个" in found.about_results.zh
    cut = select_best(arms, KPIS[0], delta=1.0, most=10)
    assert cut.best is None and "not decided after 10 worlds" in cut.says.en
    json.dumps(found.as_dict())


def test_a_selection_that_makes_no_sense_is_refused(arms):
    with pytest.raises(ValueError, match="neither high nor low"):
        select_best(arms, KPIS[3], delta=1.0)
    with pytest.raises(ValueError, match="two or more"):
        select_best(arms[:1], KPIS[0], delta=1.0)


def test_stages_are_put_together_and_cut(arms):
    whole = results_of(arms, drawn(6, 1.0, 2.0))
    parts = first_worlds(whole, 4), whole
    assert joined(*parts) == joined(None, whole) == whole
