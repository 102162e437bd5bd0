"""Control charts: run lengths against published tables, formulas and simulated residuals."""

import math

import numpy as np
import pytest
from regions import mean_and_error
from scipy import stats

from simkit.kpi.charts import (
    Cusum,
    Ewma,
    Shewhart,
    TwoInARow,
    count_residuals,
    first_alarms,
    normal_law,
    shifted_count_law,
)

SHIFTS = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3)
TABLE = [
    (Shewhart(3), (370.40, 281.15, 155.22, 81.22, 43.89, 14.97, 6.30, 2.00)),
    (Cusum(0.5, 4), (167.68, 74.22, 26.63, 13.29, 8.38, 4.75, 3.34, 2.19)),
    (Cusum(0.5, 5), (465.44, 139.49, 38.00, 17.05, 10.38, 5.75, 4.01, 2.57)),
    (Ewma(0.2, 2.962), (499.74, 150.22, 41.76, 18.15, 10.54, 5.50, 3.74, 2.38)),
    (Ewma(0.1, 2.814), (499.58, 106.32, 31.30, 15.85, 10.33, 6.08, 4.36, 2.87)),
]
"""Two-sided charts, zero state; shift in standard deviations."""
CHARTS = [Shewhart(2), Cusum(0.5, 3), Ewma(0.2, 2.2), TwoInARow(1)]


@pytest.mark.parametrize(("chart", "lengths"), TABLE, ids=str)
def test_run_lengths_are_those_of_the_tables(chart, lengths):
    assert [chart.arl(shift) for shift in SHIFTS] == pytest.approx(lengths, rel=1e-3, abs=6e-3)
    assert chart.arl(-1) == pytest.approx(chart.arl(1), rel=1e-9)


@pytest.mark.parametrize(("limit", "in_control", "after"), [(1, 46.03, 6.0), (1.5, 239.0, 13.75)])
def test_two_low_weeks_in_a_row_alarm_about_once_a_year(limit, in_control, after):
    rule = TwoInARow(limit)
    assert (rule.arl(), rule.arl(-1)) == (
        pytest.approx(in_control, rel=1e-3),
        pytest.approx(after, rel=1e-3),
    )


@pytest.mark.parametrize("chart", CHARTS, ids=str)
@pytest.mark.parametrize("shift", [0.0, -1.0])
def test_simulated_residuals_alarm_as_often_as_the_run_length_says(chart, shift):
    rng = np.random.default_rng(5)
    lengths = [chart.arl(shift)]
    z = rng.normal(shift, 1, size=(600, math.ceil(15 * lengths[0])))
    first = first_alarms(chart.alarms(z))
    assert (first > 0).all()  # exp(-15): nobody waits that long
    mean, error = mean_and_error(first)
    assert abs(mean - lengths[0]) < 4 * error


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_many_series_at_once_are_the_series_one_by_one(chart):
    z = np.random.default_rng(6).normal(size=(3, 4, 80))
    for restart in (False, True):
        flags = chart.alarms(z, restart=restart)
        assert flags.shape == z.shape and flags.dtype == bool
        for i in range(3):
            for j in range(4):
                assert (flags[i, j] == chart.alarms(z[i, j], restart=restart)).all()
    assert (first_alarms(chart.alarms(z)) == first_alarms(chart.alarms(z, restart=True))).all()


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_after_a_new_start_the_past_does_not_count(chart):
    z = np.random.default_rng(7).normal(-0.5, 1, size=300)
    flags = chart.alarms(z, restart=True)
    again = first_alarms(flags)
    assert again > 0
    assert (flags[again:] == chart.alarms(z[again:], restart=True)).all()


def test_quiet_series_never_alarm():
    for chart in CHARTS:
        assert first_alarms(chart.alarms(np.zeros((2, 50)))).tolist() == [0, 0]
    assert Shewhart(40).arl() == TwoInARow(60).arl() == math.inf


def test_cusum_adds_up_by_hand():
    flags = Cusum(0.5, 2).alarms(np.array([1.5, 1.5, 0.6, 0.0, -3.0]))
    assert flags.tolist() == [False, False, True, False, True]  # 1, 2, 2.1, 1.6; down: 2.5


def test_counts_become_exactly_normal_residuals():
    rng = np.random.default_rng(8)
    for mean in (0.3, 4.0):
        counts = rng.poisson(mean, 20_000)
        z = count_residuals(counts, mean, rng.random(counts.size))
        assert stats.kstest(z, "norm").pvalue > 1e-3
        assert (np.diff(z[np.argsort(counts, kind="stable")].reshape(-1)) != 0).all()


def test_the_law_of_residuals_after_a_change_is_that_of_the_changed_counts():
    rng = np.random.default_rng(9)
    counts = rng.poisson(6.0, 20_000)
    z = count_residuals(counts, 4.0, rng.random(counts.size))
    assert stats.kstest(z, shifted_count_law(4.0, 6.0)).pvalue > 1e-3
    assert stats.kstest(z, shifted_count_law(4.0, 4.0)).pvalue < 1e-6
    grid = np.linspace(-3, 3, 31)
    assert shifted_count_law(4.0, 4.0)(grid) == pytest.approx(normal_law(0)(grid), abs=1e-12)
