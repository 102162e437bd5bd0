"""All families of exact cases, and the cases of them that the evidence table ships with."""

from simkit.study.evidence import (
    attainment,
    buyers,
    chart_cases,
    fitted_deals,
    flows,
    inventory,
    little,
    networks,
    oracles,
    queues,
    sensitivity_cases,
    staffing,
    statistics_constants,
    statistics_coverage,
    statistics_inventory,
    statistics_selection,
    watch_cases,
)
from simkit.study.evidence.families import FAMILIES, Task

__all__ = ["FAMILIES", "TASKS"]

TASKS: list[Task] = [
    *little.TASKS,
    *queues.TASKS,
    *networks.TASKS,
    *flows.TASKS,
    *buyers.TASKS,
    *inventory.TASKS,
    *staffing.TASKS,
    *chart_cases.TASKS,
    *oracles.TASKS,
    *attainment.TASKS,
    *watch_cases.TASKS,
    *statistics_constants.TASKS,
    *statistics_coverage.TASKS,
    *statistics_selection.TASKS,
    *statistics_inventory.TASKS,
    *sensitivity_cases.TASKS,
    *fitted_deals.TASKS,
]
