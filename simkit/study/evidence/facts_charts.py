"""Fact 41: the run lengths of our control charts against the published tables."""

from simkit.kpi.charts import Chart, Cusum, Ewma, Shewhart
from simkit.study.evidence.families import Rows, Task
from simkit.study.evidence.row import band_row

PUBLISHED: list[tuple[Chart, float, float]] = [
    (Shewhart(3.0), 0.0, 370.4),
    (Cusum(0.5, 4.0), 0.0, 168.0),
    (Cusum(0.5, 4.0), 1.0, 8.38),
    (Cusum(0.5, 5.0), 0.0, 465.0),
    (Cusum(0.5, 5.0), 1.0, 10.4),
    (Ewma(0.1, 2.814), 0.0, 500.0),
    (Ewma(0.1, 2.814), 1.0, 10.3),
]
"""Chart, shift in standard deviations, mean run length as published."""
TABLES = "Montgomery, Introduction to SQC; Lucas and Crosier 1982; Lucas and Saccucci 1990"


def published_run_lengths() -> Rows:
    """Our run lengths against the published tables, within 3 %."""
    return [
        band_row(
            f"fact 41: {chart}, shift {shift:g}",
            "mean run length, computed",
            TABLES,
            (0.97 * published, 1.03 * published),
            chart.arl(shift),
            0.0,
            role="exact",
            expected=published,
        )
        for chart, shift, published in PUBLISHED
    ]


TASKS: list[Task] = [("fact 41", published_run_lengths, {}, False, 1.0)]
