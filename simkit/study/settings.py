"""Changes from the command line: `key=value` on a scenario or on the levers of week 0."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import yaml
from pydantic import ValidationError

from simkit.region.decision import Decision, Policy
from simkit.region.report import WeekReport
from simkit.scenario.record import Problem, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario

LEVER = "decision."


def apply_settings(scenario: Scenario, settings: Iterable[str]) -> tuple[Scenario, dict[str, Any]]:
    """Return the scenario with `settings` carried out, and the levers set by "decision.*".

    A key is a path of names, ids or numbers with dots between: "market.crises.on=false",
    "territories.north.customers=120", "decision.price=0.95".

    Raises ScenarioError for an unknown key, or a value that does not fit.
    """
    data, levers = scenario.model_dump(), dict[str, Any]()
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise _refused(setting, "write key=value, for example market.crises.on=false")
        value = yaml.safe_load(text)
        if key.startswith(LEVER):
            levers[key.removeprefix(LEVER)] = value
        else:
            _set(data, key, value)
    try:
        Decision(**levers)
        return scenario.model_validate(data), levers
    except ValidationError as error:
        raise ScenarioError(
            [
                Problem("--set", None, None, f"{'.'.join(map(str, e['loc']))}: {e['msg']}")
                for e in error.errors()
            ]
        ) from error


def _set(data: Any, key: str, value: Any) -> None:
    *path, last = key.split(".")
    here = data
    for step in path:
        here = here[_place(here, step, key)]
    place = _place(here, last, key)
    if isinstance(here[place], (dict, list)) and not isinstance(value, type(here[place])):
        raise _refused(key, "is a group; name one value in it")
    here[place] = value


def _place(here: Any, step: str, key: str) -> Any:
    """The key or index that `step` means in a group or a list."""
    if isinstance(here, dict):
        names = list(here)
    elif isinstance(here, (list, tuple)):
        names = [item["id"] if isinstance(item, dict) else str(i) for i, item in enumerate(here)]
    else:
        raise _refused(key, f"there is nothing inside the value before '{step}'")
    if step in names:
        return step if isinstance(here, dict) else names.index(step)
    if not isinstance(here, dict) and step.isdigit() and int(step) < len(here):
        return int(step)
    raise _refused(key, f"unknown name '{step}'{did_you_mean(step, names)}")


def with_levers(policy: Policy, levers: dict[str, Any]) -> Policy:
    """Return `policy` for a region whose levers were changed before its first week."""

    def decide(report: WeekReport) -> Decision:
        if report.week == 0:
            report = replace(report, decision=report.decision.but(**levers))
        return policy(report)

    decide.__name__ = getattr(policy, "__name__", "own policy")
    return decide


def _refused(key: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(f"--set {key}", None, None, message)])
