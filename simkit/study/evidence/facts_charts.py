"""Fact 41: the run lengths of our control charts against the published tables."""

from simkit.kpi.charts import Chart, Cusum, Ewma, Shewhart, TwoInARow
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import band_row

SHIFTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""In standard deviations."""
TABLE: list[tuple[Chart, tuple[float, ...]]] = [
    (Shewhart(3.0), (370.40, 281.15, 155.22, 81.22, 43.89, 14.97, 6.30, 2.00)),
    (Cusum(0.5, 4.0), (167.68, 74.22, 26.63, 13.29, 8.38, 4.75, 3.34, 2.19)),
    (Cusum(0.5, 5.0), (465.44, 139.49, 38.00, 17.05, 10.38, 5.75, 4.01, 2.57)),
    (Ewma(0.2, 2.962), (499.74, 150.22, 41.76, 18.15, 10.54, 5.50, 3.74, 2.38)),
    (Ewma(0.1, 2.814), (499.58, 106.32, 31.30, 15.85, 10.33, 6.08, 4.36, 2.87)),
]
"""Mean run lengths by shift: the published tables, recomputed to two decimals."""
PUBLISHED: list[tuple[Chart, float, float]] = [
    (chart, shift, length)
    for chart, lengths in TABLE
    for shift, length in zip(SHIFTS, lengths, strict=True)
]
"""Chart, shift, mean run length."""
TWO_WEEKS = [(1.0, 46.03, 6.0), (1.5, 239.0, 13.75), (2.0, 1976.0, 46.0)]
"""Lower limit in standard deviations; mean run length as usual and after a fall by one."""
TABLES = "Montgomery, Introduction to SQC; Lucas and Crosier 1982; Lucas and Saccucci 1990"
RENEWAL = "(1 + p) / p^2, p the chance of one low week (renewal argument)"
BAND = 0.03


def published_run_lengths() -> Rows:
    """Our run lengths against the published tables, within 3 %."""
    cells: list[tuple[Chart, float, float, str]] = [(*cell, TABLES) for cell in PUBLISHED]
    for limit, usual, fallen in TWO_WEEKS:
        cells += [
            (TwoInARow(limit), 0.0, usual, RENEWAL),
            (TwoInARow(limit), -1.0, fallen, RENEWAL),
        ]
    return [
        band_row(
            f"fact 41: {chart}, shift {shift:g}",
            "mean run length, computed",
            source,
            ((1 - BAND) * length, (1 + BAND) * length),
            chart.arl(shift),
            0.0,
            role="exact",
            expected=length,
        )
        for chart, shift, length, source in cells
    ]


TASKS: list[Task] = [("fact 41", published_run_lengths, {}, False, 3.0)]
