"""Changes from the command line: `key=value` on a scenario or on the levers of week 0."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import ValidationError

from simkit.region.decision import Decision, Policy, check_decision, starting_decision
from simkit.region.report import WeekReport
from simkit.scenario.nodes import Node, Pair, Source, compose
from simkit.scenario.record import Problem, Record, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario
from simkit.scenario.wording import problems_of

R = TypeVar("R", bound=Record)
LEVER = "decision."
FREE = (
    "quota",
    "target_talks",
    "assignment",
    "account_moves",
    "call_split_of",
    "training_days",
    "headcount",
    "priorities",
    "local",
)
"""Levers whose keys are names of the region; those that exist are known when it is drawn."""
FROM_FILES = ("orders", "orders_from", "orders_until", "orders_as", "known", "fit_report")


def apply_settings(scenario: Scenario, settings: Iterable[str]) -> tuple[Scenario, dict[str, Any]]:
    """Return the scenario with `settings` carried out, and the levers set by "decision.*".

    A key is a path of names, ids or numbers with dots between: "market.crises.on=false",
    "territories.north.customers=120", "decision.price=0.95", "decision.local.north.price=0.9".

    Raises ScenarioError for an unknown key, or a value that does not fit.
    """
    pairs = [_pair(setting) for setting in settings]
    data = scenario.model_dump(mode="json")
    for key, value in pairs:
        if not key.startswith(LEVER):
            _must_not_come_from_a_file(key)
            _set(data, key, key, value)
    scenario = _checked(Scenario, data, "")
    levers = starting_decision(scenario).model_dump(mode="json")
    changed = []
    for key, value in pairs:
        if key.startswith(LEVER):
            path = key.removeprefix(LEVER)
            _set(levers, path, key, value)
            changed.append(path.partition(".")[0])
    _checked(Decision, levers, LEVER)
    return scenario, {name: levers[name] for name in changed}


def value_of(scenario: Scenario, key: str) -> Any:
    """Return the value that a setting has in a scenario; None where it has none yet.

    Raises ScenarioError for an unknown key.
    """
    lever = key.startswith(LEVER)
    here: Any = (starting_decision(scenario) if lever else scenario).model_dump(mode="json")
    steps = key.removeprefix(LEVER).split(".")
    for number, step in enumerate(steps):
        place = _place(here, step, key, _is_free(steps[:number]))
        if isinstance(here, dict) and place not in here:
            return None
        here = here[place]  # type: ignore[index]
    return here


def _pair(setting: str) -> tuple[str, Any]:
    key, equals, text = setting.partition("=")
    if not equals or not key.strip():
        raise _refused(setting, "write key=value, for example market.crises.on=false")
    try:
        found = compose(Source("", f"value: {text}"), []).plain()
    except ScenarioError as error:
        raise _refused(key, f"'{text}' cannot be read: {error.problems[0].message}") from None
    return key.strip(), found["value"]


def _must_not_come_from_a_file(key: str) -> None:
    group, _, name = key.partition(".")
    if group == "customers" and name.partition(".")[0] in FROM_FILES:
        raise _refused(key, "an order history is read with its file; change it there")


def _set(data: Any, path: str, key: str, value: Any) -> None:
    *steps, last = path.split(".")
    here, parents = data, list[str]()
    for step in steps:
        place = _place(here, step, key, _is_free(parents))
        if isinstance(place, str) and place not in here:
            here[place] = {}
        here = here[place]
        parents.append(step)
    place = _place(here, last, key, _is_free(parents))
    before = here.get(place) if isinstance(here, dict) else here[place]
    if isinstance(before, dict | list) and not isinstance(value, type(before)):
        raise _refused(key, "is a group; name one value in it")
    if isinstance(value, bool) and isinstance(before, int | float) and not isinstance(before, bool):
        raise _refused(key, f"must be a number, not {str(value).lower()}")
    here[place] = value


def _is_free(parents: list[str]) -> bool:
    """Whether a name that is not there yet may follow `parents`."""
    return bool(parents) and parents[0] in FREE


def _place(here: Any, step: str, key: str, free: bool) -> str | int:
    """The key or index that `step` means in a group or a list."""
    if isinstance(here, dict):
        if step in here or free:
            return step
        names = list(here)
    elif isinstance(here, list):
        names = _names(here)
        if step in names:
            return names.index(step)
        if step.isdigit() and int(step) < len(here):
            return int(step)
    else:
        raise _refused(key, f"there is nothing inside the value before '{step}'")
    hint = did_you_mean(step, names) or "; it is empty"
    if key == step and step in Decision.model_fields:
        hint = f"; it is a lever: write {LEVER}{step}=..."
    raise _refused(key, f"unknown name '{step}'{hint}")


def _names(entries: list[Any]) -> list[str]:
    """The ids of the entries of a list, or their numbers."""
    ids = [item.get("id") if isinstance(item, dict) else None for item in entries]
    return [str(i) if name is None else str(name) for i, name in enumerate(ids)]


def _checked(model: type[R], data: Any, prefix: str) -> R:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, _tree(data, prefix.rstrip(".")), model)) from None


class _Spoken(Source):
    """What was said on the command line: has a name, but no lines."""

    def problem(self, line: int, col: int, message: str) -> Problem:
        """Return a problem with the name of the value."""
        return Problem(f"--set {self.path}".strip(), None, None, message)


def _tree(data: Any, path: str) -> Node:
    """Return plain data as nodes that know the path of names that leads to them."""

    def inner(name: str, value: Any) -> Pair:
        node = _tree(value, f"{path}.{name}".lstrip("."))
        return Pair(node, node)

    value = data
    if isinstance(data, dict):
        value = {str(key): inner(str(key), item) for key, item in data.items()}
    elif isinstance(data, list):
        value = [inner(n, item).value for n, item in zip(_names(data), data, strict=True)]
    return Node(value, _Spoken(path, ""), 0, 0)


def with_levers(policy: Policy, levers: dict[str, Any]) -> Policy:
    """Return `policy` for a region whose levers were changed before its first week.

    The first week raises ScenarioError when the levers name a rep, a territory, a customer or an
    answer that does not exist.
    """

    def decide(report: WeekReport) -> Decision:
        if report.week == 0:
            report = replace(report, decision=_fitting(report, levers))
        return policy(report)

    decide.__name__ = getattr(policy, "__name__", "own policy")
    return decide


def _fitting(report: WeekReport, levers: dict[str, Any]) -> Decision:
    decision = report.decision.but(**levers)
    customers = set(report.events["customer"]) if decision.account_moves else set()
    mistakes = check_decision(decision, report.scenario, report.reps, customers)
    if mistakes:
        raise ScenarioError([Problem("--set decision", None, None, m) for m in mistakes])
    return decision


def _refused(key: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(f"--set {key}", None, None, message)])
