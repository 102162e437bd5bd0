"""How often charts alarm falsely on raw sales and on surprises, in years in which nothing happens.

The run lengths of the tables hold for independent weeks. Raw weekly sales have a season and carry
over from week to week; surprises, what is left of them after the forecast, should have neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simkit.kpi.charts import Chart, Cusum, Ewma, Shewhart, TwoInARow
from simkit.kpi.forecast import YEAR_WEEKS, forecast_of
from simkit.kpi.lights import raw_scores
from simkit.kpi.weekly import figures_of
from simkit.region.simulation import Simulation
from simkit.scenario.drift import Watching
from simkit.scenario.records import Scenario
from simkit.study.cache import cached
from simkit.study.intervals import Difference, paired_difference
from simkit.study.watch_worlds import in_order, watch_of
from simkit.study.workers import Tell

RAW_WORLDS = 100
RAW_SEED = 40_001
Series = dict[str, list[float]]


@dataclass(frozen=True)
class FalseAlarms:
    """False alarms of one chart in a year of the region's weekly sales."""

    chart: Chart
    theory: float
    """For independent weeks: 52 over the mean run length."""
    raw: Difference
    surprises: Difference
    more: Difference
    """How many more there are on raw sales than on surprises, in the same worlds."""


def charts_of(watching: Watching) -> tuple[Chart, ...]:
    """Return the charts that are compared: the two-weeks rule of the region, and usual charts."""
    return TwoInARow(watching.two_weeks_limit), Shewhart(3.0), Cusum(0.5, 5.0), Ewma(0.1, 2.814)


def raw_alarms(
    scenario: Scenario,
    worlds: int = RAW_WORLDS,
    first_seed: int = RAW_SEED,
    workers: int = 1,
    tell: Tell = lambda done, total: None,
) -> tuple[FalseAlarms, ...]:
    """Return the false alarms of each chart in a year without drift; kept on disk by content.

    A chart begins anew after an alarm. Raises ValueError for less than two worlds.
    """
    if worlds < 2:
        raise ValueError(f"two worlds or more are needed for an interval, not {worlds}")
    year, seeds = scenario.but(drift=None, weeks=YEAR_WEEKS), range(first_seed, first_seed + worlds)
    inputs = {"scenario": year.model_dump(mode="json"), "seeds": [seeds.start, seeds.stop]}

    def make() -> list[Series]:
        return in_order(lambda seed: _sales(year, seed), seeds, workers, tell)

    found = cached("raw-alarms", inputs, make, lambda series: series, _series)
    scores = {way: np.array([each[way] for each in found]) for way in ("raw", "surprises")}
    return tuple(_alarms(chart, scores) for chart in charts_of(watch_of(scenario).watching))


def _series(data: list[Series]) -> list[Series]:
    return [{way: [float(v) for v in each[way]] for way in ("raw", "surprises")} for each in data]


def _sales(scenario: Scenario, seed: int) -> Series:
    """The scores of a year's weekly sales, raw and as surprises."""
    simulation = Simulation(scenario, seed)
    while not simulation.done:
        simulation.step(simulation.decision)
    figures = figures_of(simulation.report())
    sales = figures.series("sales")
    past, year = sales[: -figures.first], sales[-figures.first :]
    both = {"raw": raw_scores(past, year), "surprises": forecast_of(past).scores(year)}
    return {way: [round(float(score), 4) for score in scores] for way, scores in both.items()}


def _alarms(chart: Chart, scores: Mapping[str, np.ndarray]) -> FalseAlarms:
    times = {way: chart.alarms(z, restart=True).sum(axis=1) for way, z in scores.items()}
    more = times["raw"].astype(float) - times["surprises"]
    return FalseAlarms(
        chart,
        YEAR_WEEKS / chart.arl(),
        paired_difference(times["raw"].astype(float).tolist()),
        paired_difference(times["surprises"].astype(float).tolist()),
        paired_difference(more.tolist()),
    )
