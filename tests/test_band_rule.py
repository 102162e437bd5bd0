"""The band rule: what past weeks let expect, when it fires, what independent weeks would do."""

import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.band_rule import (
    YEAR,
    alarms,
    expected_alarms,
    lower_limits,
    season_index,
    track_of,
)
from simkit.planning.targets import baseline, two_weeks_under, volatility, weeks_to_false_alarm
from simkit.scenario.targets import BandRule

FLAT = [100.0] * YEAR


def under(width):
    """Return the chance to be under a limit so many standard deviations below the mean."""
    return NormalDist().cdf(-width)


@pytest.mark.parametrize(
    ("width", "weeks", "digit"),
    [
        (1.0, 46.03, 0.01),
        (1.0 - 1.0, 6.0, 0.1),
        (1.5, 239.0, 0.1),
        (1.5 - 1.0, 13.75, 0.01),
        (2.0, 1976.0, 1.0),
        (2.0 - 1.0, 46.0, 0.1),
    ],
)
def test_run_lengths_are_those_of_theory(width, weeks, digit):
    """Two in a row under a band of 1, 1.5 and 2 sigma, calm and after a drop of one sigma.

    Exact values computed apart from this code (Feller 1968, XIII.7), to half of their last digit.
    """
    assert weeks_to_false_alarm(under(width)) == pytest.approx(weeks, abs=digit / 2)


@LAWS
@given(st.floats(0.01, 1.0), st.integers(1, 6))
def test_the_closed_form_solves_its_recursion(chance, weeks):
    """Each further week in a row: (what it took so far + 1) / p."""
    shorter = weeks_to_false_alarm(chance, weeks)
    longer = weeks_to_false_alarm(chance, weeks + 1)
    assert longer == pytest.approx((shorter + 1.0) / chance)
    if chance < 1:
        closed = (1 - chance**weeks) / ((1 - chance) * chance**weeks)
        assert shorter == pytest.approx(closed)


def test_a_rule_needs_a_week_and_a_chance():
    with pytest.raises(ValueError, match="at least one week"):
        weeks_to_false_alarm(0.5, 0)
    with pytest.raises(ValueError, match="at least one week"):
        expected_alarms(0.5, 0)
    with pytest.raises(ValueError, match="from 0 to 1"):
        expected_alarms(1.5, 2)


@pytest.mark.parametrize("weeks_under", [1, 2, 3])
def test_drawn_independent_weeks_give_the_expected_alarms(weeks_under):
    rule, chance = BandRule(weeks_under=weeks_under, factor=1.0), 0.3
    random = np.random.default_rng(11)
    counts = [len(alarms(list(random.random(YEAR)), [chance] * YEAR, rule)) for _ in range(3000)]
    error = np.std(counts, ddof=1) / math.sqrt(len(counts))
    assert np.mean(counts) == pytest.approx(expected_alarms(chance, weeks_under), abs=4 * error)


@pytest.mark.parametrize(("chance", "weeks_under"), [(0.2, 1), (0.2, 2), (0.5, 3)])
def test_in_the_long_run_alarms_come_as_often_as_the_mean_run_length_says(chance, weeks_under):
    long, longer = (expected_alarms(chance, weeks_under, weeks) for weeks in (2000, 4000))
    rate = (longer - long) / 2000
    assert rate == pytest.approx(1 / weeks_to_false_alarm(chance, weeks_under), rel=1e-9)


def test_alarms_of_certain_weeks_are_counted():
    assert expected_alarms(1.0, 2) == pytest.approx(26)
    assert expected_alarms(0.0, 2) == 0
    assert expected_alarms(0.5, 1) == pytest.approx(26)
    assert expected_alarms(0.5, 2, weeks=1) == 0
    assert expected_alarms(0.5, 2, weeks=2) == 0.25


def test_after_an_alarm_the_band_is_lower_and_counting_begins_anew():
    rule = BandRule(weeks_under=2, factor=0.5)
    sales, lower = [9.0] * 4 + [4.0] * 5, [10.0] * 9
    found = alarms(sales, lower, rule)
    assert [(alarm.week, alarm.level) for alarm in found] == [(1, 0.5), (5, 0.25)]
    alone = alarms(sales, lower, rule.model_copy(update={"factor": 1.0}))
    assert [alarm.week for alarm in alone] == [1, 3, 5, 7]
    with pytest.raises(ValueError):
        alarms([1.0], [1.0, 2.0], rule)


@LAWS
@given(
    st.lists(st.floats(0, 200), min_size=1, max_size=60),
    st.integers(1, 4),
    st.floats(0.1, 1.0),
)
def test_alarms_are_the_two_weeks_rule_again_and_again(sales, weeks, factor):
    rule, limits = BandRule(weeks_under=weeks, factor=factor), [100.0] * len(sales)
    found = alarms(sales, limits, rule)
    first = two_weeks_under(sales, limits, weeks)
    assert (found[0].week if found else None) == first
    assert all(later.week - earlier.week >= weeks for earlier, later in pairwise(found))
    assert [alarm.level for alarm in found] == pytest.approx(
        [factor ** (n + 1) for n in range(len(found))]
    )
    calmer = rule.model_copy(update={"factor": 1.0})
    assert len(found) <= len(alarms(sales, limits, calmer))


def test_a_track_finds_growth_season_and_noise():
    """A past with known growth and season by four weeks, to the noise that was put in."""
    season = [1.0 + 0.2 * math.cos(2 * math.pi * (week // 4) / 13) for week in range(YEAR)]
    noise = np.random.default_rng(3).normal(1.0, 0.1, 4 * YEAR)
    level = [100.0 * 1.1 ** (i // YEAR) * season[i % YEAR] for i in range(4 * YEAR)]
    exact = track_of(level)
    assert exact.season == pytest.approx(season)
    assert exact.coefficient == pytest.approx(0.0, abs=1e-12)
    assert exact.expected(3) == pytest.approx([100.0 * 1.1**4 * s for s in season])
    noisy = track_of([v * n for v, n in zip(level, noise, strict=True)])
    assert noisy.coefficient == pytest.approx(0.1, abs=4 * 0.1 / math.sqrt(2 * 4 * YEAR))


def test_a_track_is_made_of_the_steps_of_the_method():
    weeks = [100.0 + (7 * i) % 40 for i in range(3 * YEAR)]
    years = [sum(weeks[first : first + YEAR]) for first in range(0, len(weeks), YEAR)]
    track = track_of(weeks, [1.0] * YEAR)
    assert track.years == pytest.approx(years)
    assert track.expected(2) == pytest.approx([baseline(years, 2).value / YEAR] * YEAR)
    shares = [week * YEAR / years[i // YEAR] for i, week in enumerate(weeks)]
    assert track.coefficient == pytest.approx(volatility(shares).value)


@LAWS
@given(st.lists(st.floats(1, 1e6), min_size=104, max_size=104), st.sampled_from([1, 4, 13, 26]))
def test_a_season_has_mean_one(weeks, period):
    index = season_index(weeks, period)
    assert len(index) == YEAR
    assert math.fsum(index) / YEAR == pytest.approx(1.0)


def test_limits_are_the_band_and_never_below_zero():
    wide = BandRule(width_factor=2.0)
    assert lower_limits([100.0, 50.0], 0.2, wide) == pytest.approx([60.0, 30.0])
    assert lower_limits([100.0], 0.9, wide) == [0.0]


@pytest.mark.parametrize(
    ("weeks", "message"),
    [
        (FLAT, "two years of weeks"),
        (FLAT + FLAT[:-1], "two years of weeks or more are needed, there are 103"),
        (FLAT * 2 + [1.0], "whole years of 52 weeks are needed, there are 105"),
        ([0.0] * YEAR + FLAT, "no sales in year 1"),
    ],
)
def test_a_past_that_says_nothing_is_refused(weeks, message):
    with pytest.raises(ValueError, match=message):
        track_of(weeks)


def test_a_period_must_divide_the_year():
    with pytest.raises(ValueError, match="5 weeks does not divide"):
        season_index(FLAT, 5)
