"""Means, stopping, quantiles and the live interval: laws, and published constants."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simkit.study.statistics.confidence_sequence import FIRST, RHO2, boundary, sequence
from simkit.study.statistics.means import estimate, worlds_needed
from simkit.study.statistics.quantiles import (
    fewest_values,
    missing_end,
    order_numbers,
    quantile_interval,
    risk,
    smore,
)
from simkit.study.statistics.sequential import Enough, running

QUICK = settings(max_examples=40, deadline=None)
NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
SAMPLES = st.lists(NUMBERS, min_size=2, max_size=40)
SHARES = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


def normal(*key, size):
    return np.random.Generator(np.random.Philox(key=[41, sum(key)])).normal(size=size)


def near(x):
    return pytest.approx(x, rel=1e-9, abs=1e-6)


# Means


@QUICK
@given(SAMPLES, SHARES)
def test_the_mean_is_that_of_scipy(values, confidence):
    found = estimate(values, confidence)
    assert found.sd == near(np.std(values, ddof=1))
    if found.sd > 1e-3:
        low, high = stats.ttest_1samp(values, 0).confidence_interval(confidence)
        assert (found.low, found.high) == (near(low), near(high))


@QUICK
@given(SAMPLES, st.floats(-1e4, 1e4), st.sampled_from([-3.0, -1.0, 0.5, 20.0]))
def test_shift_and_scale_pass_through_the_estimate(values, shift, scale):
    a, b = estimate(values), estimate([scale * v + shift for v in values])
    assert b.mean == near(scale * a.mean + shift)
    assert sorted([scale * a.low + shift, scale * a.high + shift]) == near([b.low, b.high])


@QUICK
@given(SAMPLES)
def test_more_confidence_takes_a_wider_interval(values):
    ends = [(e.low, e.high) for e in (estimate(values, c) for c in (0.5, 0.9, 0.99))]
    assert all(b[0] <= a[0] and a[1] <= b[1] for a, b in pairwise(ends))


def test_what_is_no_number_is_left_out_and_counted():
    found = estimate([1.0, math.nan, 3.0, math.inf])
    assert found == estimate([1.0, 3.0]).__class__(2, 2.0, math.sqrt(2), found.low, found.high, 2)
    assert found.low == near(2 - 12.706204736432095)  # t(1) at 95 %
    for few in ([], [math.nan], [4.0]):
        one = estimate(few)
        assert math.isnan(one.low) and math.isnan(one.high) and math.isnan(one.sd)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -1.0, 95.0, math.nan])
def test_a_confidence_is_a_share(confidence):
    for statistic in (estimate, sequence, smore):
        with pytest.raises(ValueError, match="above 0 and below 1"):
            statistic([1.0, 2.0], confidence)


@QUICK
@given(SAMPLES, st.floats(0.01, 10.0), SHARES)
def test_the_worlds_needed_are_just_enough(values, width, confidence):
    half_width, sd = width * 1e5, float(np.std(values, ddof=1))
    n = worlds_needed(values, half_width, confidence)
    reach = lambda n: stats.t.ppf(0.5 + confidence / 2, n - 1) * sd / math.sqrt(n)  # noqa: E731
    assert reach(n) <= half_width * (1 + 1e-9)
    assert n == 2 or reach(n - 1) > half_width * (1 - 1e-9)


def test_worlds_needed_refuses_what_cannot_be_answered():
    for width in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="half width"):
            worlds_needed([1.0, 2.0], width)
    with pytest.raises(ValueError, match="at least 2"):
        worlds_needed([1.0, math.nan], 1.0)


# Stopping


@QUICK
@given(SAMPLES)
def test_running_figures_are_those_of_all_so_far(values):
    for n, mean, sd in running(values):
        assert mean == near(np.mean(values[:n]))
        assert n == 1 or sd == pytest.approx(np.std(values[:n], ddof=1), rel=1e-6, abs=1e-4)


def test_negative_means_are_not_precise_by_their_sign():
    """The published slip: half width / mean below the wanted share because it is negative."""
    values = [-400.0, 200.0] * 10  # mean -100, sd 308
    assert not Enough(0.1, relative=True).enough(values)
    assert Enough(0.1, relative=True).enough([v / 1e3 - 100 for v in values])


@QUICK
@given(SAMPLES, st.sampled_from([0.02, 0.1, 0.5]))
def test_relative_precision_knows_neither_sign_nor_unit(values, wanted):
    rule = Enough(wanted, relative=True, first=2, look_ahead=0)
    assert rule.enough(values) == rule.enough([-8.0 * v for v in values])


def test_the_relative_criterion_is_that_of_law():
    rule = Enough(0.1, relative=True)
    assert rule.wanted(-110.0) == near(10.0)
    assert Enough(10.0).wanted(-110.0) == 10.0


def test_precision_must_last_for_the_look_ahead():
    calm = [10.0, 10.2] * 6
    rule = Enough(0.3, first=10, look_ahead=5)
    ready = [n for n in range(len(calm) + 8) if rule.enough((calm * 2)[:n])]
    assert ready[0] == 15
    assert not rule.enough([*calm[:12], 90.0, *calm[:4]])  # lost again on the way
    assert [rule.ahead(n) for n in (50, 100, 101, 250)] == [5, 5, 5, 12]


def test_a_mean_of_zero_is_never_relatively_precise_but_absolutely():
    values = [-1.0, 1.0] * 50
    assert not Enough(0.5, relative=True).enough(values)
    assert Enough(0.5).enough(values)
    assert Enough(0.5).enough([math.nan] * 3 + values)
    assert not Enough(0.5).enough([math.nan] * 100)


@pytest.mark.parametrize(
    "rule",
    [
        {"value": 0.0},
        {"value": math.nan},
        {"value": 1.0, "relative": True},
        {"value": 0.1, "first": 1},
        {"value": 0.1, "look_ahead": -1},
        {"value": 0.1, "confidence": 2.0},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(rule):
    with pytest.raises(ValueError):
        Enough(**rule)


# Quantiles


@pytest.mark.parametrize("n", [6, 13, 60, 200])
@pytest.mark.parametrize("p", [0.1, 0.5, 0.9, 0.975])
def test_order_statistics_cover_exactly_as_the_binomial_law_says(n, p):
    """P(X_l <= quantile <= X_u) = P(l <= B < u), and no narrower pair would do on either side."""
    low, high = order_numbers(n, p)
    tail = 0.025
    law = stats.binom(n, p)
    missed_low = law.cdf(low - 1) if low else 0.0
    missed_high = law.sf(high - 1) if high else 0.0
    assert missed_low <= tail and missed_high <= tail
    assert law.cdf(low) > tail
    assert law.sf((high or n + 1) - 2) > tail
    if low and high:
        assert law.cdf(high - 1) - law.cdf(low - 1) >= 0.95


def test_the_interval_of_the_ten_percent_point_is_that_of_scipy_and_covers_97_percent():
    values = normal(3, size=60)
    found = stats.quantile_test(values, p=0.1).confidence_interval(0.95)
    assert quantile_interval(values, 0.1)[1:] == (found.low, found.high)
    assert order_numbers(60, 0.1) == (2, 12)
    covered = sum(math.comb(60, i) * 0.1**i * 0.9 ** (60 - i) for i in range(2, 12))
    assert covered == pytest.approx(0.9716, abs=5e-5)


@QUICK
@given(st.lists(NUMBERS, max_size=90), st.sampled_from([0.05, 0.1, 0.3, 0.5]), SHARES)
def test_quantiles_are_those_of_numpy_mirrored_and_in_their_interval(values, p, confidence):
    found = quantile_interval(values, p, confidence)
    mirrored = quantile_interval([-v for v in values], 1 - p, confidence)
    assert [-x for x in (mirrored.value, mirrored.high, mirrored.low)] == pytest.approx(
        list(found), nan_ok=True
    )
    if values:
        plain = float(np.quantile(values, p))
        assert found.value == near(np.fmin(np.fmax(plain, found.low), found.high))
        assert not found.low > found.value and not found.high < found.value


def test_too_few_values_leave_an_end_open_and_say_so():
    found = quantile_interval([1.0, 2.0, 3.0], 0.9)
    assert found.value == near(2.8) and math.isnan(found.high)
    said = missing_end(3, 0.9)
    assert said is not None and "3 worlds" in said.en and "36" in said.en and "36" in said.zh
    for p in (0.1, 0.5, 0.9):
        n = fewest_values(p)
        assert missing_end(n, p) is None and missing_end(n - 1, p) is not None
    assert (fewest_values(0.5), fewest_values(0.1)) == (6, 36)
    with pytest.raises(ValueError, match="quantile"):
        quantile_interval([1.0], 1.0)


def test_risk_counts_what_misses_the_target():
    values = [1.0, 2.0, 3.0, math.nan]
    assert risk(values, 2.0).times == 1
    assert risk(values, 2.0, below=False).times == 1
    assert (risk(values, 3.5).value, risk(values, 3.5).of) == (1.0, 3)
    assert risk(values, 3.5).low == near(0.025 ** (1 / 3))  # Clopper and Pearson
    with pytest.raises(ValueError, match="undefined"):
        risk([math.nan], 1.0)


def test_smore_holds_the_pieces():
    values = [float(v) for v in range(101)]
    found = smore([*values, math.nan])
    points = (found.least, found.low_percentile.value, found.median.value)
    assert (*points, found.high_percentile.value, found.most) == (0, 10, 50, 90, 100)
    assert found.mean == estimate([*values, math.nan])
    assert math.isnan(smore([]).least)


# The live interval


def test_the_boundary_is_the_published_one():
    """Theorem 2.2 for t = 100: by hand, sqrt(2 (5 + 1) / (100^2 * .05) ln(sqrt(6) / .05))."""
    assert RHO2 == 0.05
    assert boundary(100) == near(math.sqrt(12 / 500 * (math.log(6) / 2 + math.log(20))))


@QUICK
@given(st.lists(NUMBERS, min_size=12, max_size=30))
def test_the_live_interval_is_wider_than_a_single_look_and_follows_shift_and_scale(values):
    looks = sequence(values)
    moved = sequence([3.0 - 2.0 * v for v in values])
    assert [look.n for look in looks] == [*range(1, len(values) + 1)]
    assert all(math.isnan(look.low) == (look.n < FIRST) for look in looks)
    for look, other in zip(looks[FIRST - 1 :], moved[FIRST - 1 :], strict=True):
        fixed = estimate(values[: look.n])
        assert look.low <= fixed.low + 1e-6 and fixed.high <= look.high + 1e-6
        assert (other.low, other.high) == (near(3 - 2 * look.high), near(3 - 2 * look.low))


def test_peeking_finds_what_is_not_there_and_the_live_interval_does_not():
    runs = 400
    students = np.array([math.nan, *(stats.t.ppf(0.975, range(1, 100)))])
    fixed = live = 0
    for run in range(runs):
        values = normal(run, size=100)
        looks = [*running(values.tolist())]
        fixed += any(abs(m) > students[n - 1] * s / math.sqrt(n) for n, m, s in looks if n >= 5)
        live += any(not low <= 0 <= high for _, _, low, high in sequence(values)[FIRST - 1 :])
    error = lambda p: math.sqrt(p * (1 - p) / runs)  # noqa: E731
    assert abs(fixed / runs - 0.33) <= 3 * error(0.33)
    assert live / runs <= 0.05 + 3 * error(0.05)
