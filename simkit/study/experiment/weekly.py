"""Policies that set levers in certain weeks: from a file, or from `NAME+lever=value`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator

from simkit.region.decision import Decision, Policy, check_decision, starting_decision
from simkit.region.decision import Levers as OwnLevers
from simkit.region.policies import POLICIES
from simkit.region.report import WeekReport
from simkit.scenario.loading import load_mapping, load_record
from simkit.scenario.names import entries_of, rep_ids, value_of
from simkit.scenario.policy_file import PolicyFile, find_policy_file
from simkit.scenario.record import Loc, Mistakes, ScenarioError, did_you_mean
from simkit.scenario.records import Scenario

Levers = dict[str, Any]
"""Values of levers by name, as `Decision` holds them."""


def _known(base: str) -> str:
    if base not in POLICIES:
        raise Mistakes([((), f"there is no policy '{base}'{did_you_mean(base, POLICIES)}")])
    return base


def _changes_something(change: Decision) -> Decision:
    if not change.model_fields_set:
        raise Mistakes([((), "nothing is changed here; name a lever, such as 'price: 0.95'")])
    return change


Base = Annotated[str, AfterValidator(_known)]
Change = Annotated[Decision, AfterValidator(_changes_something)]


class LeverFile(PolicyFile[Base, Change]):
    """A policy file whose levers and base policy exist."""

    @staticmethod
    def mistakes_in(file: Any) -> list[tuple[Loc, str]]:
        """Return (loc, message) also of levers that no territory can have of its own."""
        return [*PolicyFile.mistakes_in(file), *_unknown_local_levers(file)]


def _unknown_local_levers(file: Any) -> Iterator[tuple[Loc, str]]:
    for place, week in enumerate(entries_of(file, "policy", "weeks")):
        local = value_of(week, "change", "local")
        for name, levers in local.items() if isinstance(local, dict) else ():
            loc = ("policy", "weeks", place, "change", "local", name)
            for lever in levers if isinstance(levers, dict) else ():
                if lever not in OwnLevers.model_fields:
                    hint = did_you_mean(lever, OwnLevers.model_fields)
                    yield loc, f"no lever '{lever}' for a territory{hint}"


@dataclass(frozen=True)
class Weekly:
    """A policy that keeps levers at given values, whatever its base decides about them.

    What is set in a week stays set. Groups by name (quota, headcount, local ...) are added to,
    everything else is replaced.
    """

    base: Policy
    weeks: tuple[tuple[int, Levers], ...]
    """Weeks from 0, in order, and what is set in them."""

    def __call__(self, report: WeekReport) -> Decision:
        """Return what the base decides, with the levers that are set by now."""
        decision = self.base(report)
        now = dict(decision)
        for week, levers in self.weeks:
            if week <= report.week:
                now |= {name: _with(now[name], value) for name, value in levers.items()}
        return decision if now == dict(decision) else type(decision).model_validate(now)


def _with(now: Any, value: Any) -> Any:
    """Return a lever set to `value`: a group by name keeps the entries that `value` lacks."""
    if not (isinstance(now, dict) and isinstance(value, dict)):
        return value
    return now | {name: _with(now.get(name), entry) for name, entry in value.items()}


def load_policy_file(name: str | Path) -> LeverFile:
    """Return a checked policy file; a name without a folder is looked up.

    Raises ScenarioError with all mistakes, each with its place.
    """
    return load_record(find_policy_file(name), LeverFile)


def weeks_of(file: LeverFile) -> tuple[tuple[int, Levers], ...]:
    """Return what a policy file sets, by week from 0."""
    return tuple((each.week - 1, set_in(each.change)) for each in file.policy.weeks)


def set_in(change: Decision) -> Levers:
    """Return the levers that were named where `change` was written."""
    return {name: getattr(change, name) for name in change.model_fields_set}


def plain(weeks: tuple[tuple[int, Levers], ...]) -> list[list[Any]]:
    """Return what is set by week as plain data, the same for the same content."""
    dumped = [(week, Decision(**levers).model_dump(mode="json")) for week, levers in weeks]
    return [
        [week, {name: data[name] for name in sorted(levers)}]
        for (week, data), (_, levers) in zip(dumped, weeks, strict=True)
    ]


def must_exist(path: Path, file: LeverFile, scenario: Scenario) -> None:
    """Raise ScenarioError where a file names what `scenario` does not have, at its places."""
    root = load_mapping(path)[0]
    problems = [
        root.at(("policy", "weeks", place, "change")).problem(f"{message} in this scenario")
        for place, (_, levers) in enumerate(weeks_of(file))
        for message in misfits(levers, scenario)
    ]
    if problems:
        raise ScenarioError(problems)


def misfits(levers: Levers, scenario: Scenario) -> Iterator[str]:
    """Yield what is wrong with levers in a scenario: names that it does not have.

    What holds in all regions of a country cannot name a place, a rep or a customer of one of them.
    """
    if scenario.regions:
        for region in scenario.regions[:2]:
            found = [*misfits(levers, scenario.region(region.id))]
            if found:
                yield from found
                return
        return
    decision = starting_decision(scenario).but(**levers)
    customers = _customers(scenario) if decision.account_moves else set()
    yield from check_decision(decision, scenario, rep_ids(scenario), customers)


def _customers(scenario: Scenario) -> set[str]:
    from simkit.region.population import draw_customers, draw_reps

    return {customer.id for customer in draw_customers(scenario, draw_reps(scenario))[0]}
