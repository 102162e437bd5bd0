"""Targets from past years: growth, band, adjustment, the two-weeks rule, appraisal."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.targets import (
    adjusted,
    appraisal,
    baseline,
    floating_band,
    growth_rates,
    two_weeks_under,
    volatility,
    weeks_to_false_alarm,
)

SALES = st.floats(1.0, 1e9)


@LAWS
@given(SALES, st.floats(-0.5, 1.0), st.integers(2, 6), st.integers(1, 5))
def test_steady_growth_goes_on_whatever_the_window(first, growth, years, window):
    history = [first * (1 + growth) ** year for year in range(years)]
    step = baseline(history, window)
    assert step.value == pytest.approx(history[-1] * (1 + growth))
    assert step.inputs["years"] == min(window, years - 1)


def test_the_window_forgets_older_growth():
    history = [100.0, 200.0, 220.0, 242.0]
    assert baseline(history, 2).value == pytest.approx(242 * 1.1)
    assert baseline(history, 3).value == pytest.approx(242 * (1 + (1.0 + 0.1 + 0.1) / 3))


@LAWS
@given(st.lists(SALES, min_size=2, max_size=6), st.floats(0.01, 100))
def test_the_baseline_knows_no_currency(history, rate):
    in_other_money = baseline([sales * rate for sales in history]).value
    assert in_other_money == pytest.approx(baseline(history).value * rate)


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ([100.0], "two years or more, there are 1"),
        ([100.0, -1.0], "year 2: sales must be 0 or more, are -1.0"),
        ([0.0, 100.0], "year 1: no sales"),
        ([math.nan, 1.0], "year 1: sales must be"),
    ],
)
def test_a_history_that_says_no_growth_is_refused(history, message):
    with pytest.raises(ValueError, match=message):
        growth_rates(history)


def test_volatility_is_what_the_season_does_not_explain():
    season = [0.5, 1.0, 1.5, 1.0]
    level = [1000.0 * index for index in season] * 26
    assert volatility(level, season).value == pytest.approx(0.0, abs=1e-12)
    assert volatility(level).value > 0.3
    noise = np.random.default_rng(5).normal(1.0, 0.08, len(level))
    found = volatility([w * n for w, n in zip(level, noise, strict=True)], season).value
    assert found == pytest.approx(0.08, abs=4 * 0.08 / math.sqrt(2 * len(level)))


@pytest.mark.parametrize(
    ("weeks", "season", "message"),
    [
        ([1.0, 2.0], None, "three weeks or more"),
        ([1.0, -2.0, 1.0], None, "must be 0 or more"),
        ([0.0] * 5, None, "no sales"),
        ([1.0] * 5, [1.0, 0.0], "season index of a week must be above 0"),
    ],
)
def test_weeks_that_say_no_volatility_are_refused(weeks, season, message):
    with pytest.raises(ValueError, match=message):
        volatility(weeks, season)


@LAWS
@given(st.floats(0, 1e9), st.floats(0, 3), st.floats(0, 3))
def test_a_band_is_around_its_middle_and_never_below_zero(middle, coefficient, width):
    band = floating_band(middle, coefficient, width)
    assert 0 <= band.low <= middle <= band.high
    wider = floating_band(middle, coefficient, width + 0.5)
    assert wider.low <= band.low
    assert wider.high >= band.high


def test_lights_of_a_band():
    band = floating_band(100.0, 0.1)
    lights = {value: band.light(value) for value in (100, 91, 89, 81, 79, 109, 111, 121)}
    assert lights == {
        100: "green",
        91: "green",
        89: "amber",
        81: "amber",
        79: "red",
        109: "green",
        111: "amber",
        121: "red",
    }


def test_a_target_is_changed_only_beyond_the_threshold():
    assert adjusted(100.0, 0.10, 0.15, 0.9).value == 100.0
    assert adjusted(100.0, 0.20, 0.15, 0.9).value == 90.0
    assert adjusted(100.0, -0.20, 0.15, 0.9).value == 90.0


def test_two_weeks_in_a_row_fire_the_rule_and_one_does_not():
    limits = [10.0] * 6
    assert two_weeks_under([11, 9, 11, 9, 11, 9], limits) is None
    assert two_weeks_under([11, 9, 11, 9, 8, 9], limits) == 4
    assert two_weeks_under([9, 11, 11, 9, 11, 11], limits, weeks=1) == 0
    assert two_weeks_under([10.0] * 6, limits) is None
    with pytest.raises(ValueError, match="6 weeks and 2 limits"):
        two_weeks_under([1.0] * 6, [1.0] * 2)


@pytest.mark.parametrize("chance", [0.1, 0.3, 0.5, 1.0])
def test_independent_weeks_fire_as_often_as_theory_says(chance):
    random, times = np.random.default_rng(7), []
    for _ in range(2000):
        under = random.random(5000) < chance
        found = two_weeks_under(list(~under), [0.5] * 5000)
        times.append(found + 1)
    error = np.std(times, ddof=1) / math.sqrt(len(times))
    assert np.mean(times) == pytest.approx(weeks_to_false_alarm(chance), abs=4 * error + 1e-9)


def test_the_rule_of_the_source_documents_cries_wolf_about_once_a_year():
    below_one_sigma = 0.15865525393145707
    assert weeks_to_false_alarm(below_one_sigma) == pytest.approx(46.03, abs=0.005)
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        weeks_to_false_alarm(0.0)


def test_an_appraisal_has_two_dimensions_and_one_kpi_does_not_outweigh_all():
    weights = {"coverage": 1.0, "margin": 3.0}
    result, behaviour = appraisal({"coverage": 9.0, "margin": 0.5}, weights, 0.8)
    assert result == pytest.approx((1.5 + 3 * 0.5) / 4 / 1.5)
    assert behaviour == 0.8
    assert appraisal(dict.fromkeys(weights, 1.5), weights, 1.0) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("weights", "behaviour", "message"),
    [
        ({"a": 0.0}, 0.5, "not all zero"),
        ({"b": 1.0}, 0.5, "every KPI needs a weight"),
        ({"a": 1.0}, 1.5, "behaviour must be from 0 to 1"),
    ],
)
def test_an_appraisal_that_makes_no_sense_is_refused(weights, behaviour, message):
    with pytest.raises(ValueError, match=message):
        appraisal({"a": 1.0}, weights, behaviour)
