"""A simulated sales region in which managers train and analysts test policies.

The names here are what a notebook needs; they are loaded when they are first used, so that
`import simkit` costs nothing.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "load_scenario": "simkit.scenario.library",
    "scenario_names": "simkit.scenario.library",
    "Scenario": "simkit.scenario.records",
    "ScenarioError": "simkit.scenario.record",
    "Simulation": "simkit.region.simulation",
    "Decision": "simkit.region.decision",
    "WeekReport": "simkit.region.report",
    "POLICIES": "simkit.region.policies",
    "event_table": "simkit.region.events",
    "KPIS": "simkit.kpi",
    "kpi_table": "simkit.kpi",
    "Run": "simkit.study.run",
    "replay": "simkit.study.run",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from the module it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module 'simkit' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
