"""Checking region files, pay plans and scorecards: all mistakes of all files at once."""

from collections.abc import Sequence
from pathlib import Path

from simkit.scenario.files import data_folder
from simkit.scenario.library import CRISES, find_scenario, load_scenario
from simkit.scenario.loading import load_mapping
from simkit.scenario.pay_plans import FILE as PAY_PLANS
from simkit.scenario.pay_plans import load_pay_plans
from simkit.scenario.record import Problem, ScenarioError, Text

SCORECARDS = "scorecards"
Findings = tuple[list[Path], list[Problem], list[str]]
"""Files, mistakes, and notes for the person (reports on fits)."""


def check_files(paths: Sequence[Path]) -> Findings:
    """Check files, folders of files, or names of shipped scenarios; nothing: all that ship."""
    files, problems, notes = [], list[Problem](), list[str]()
    for path in paths or [data_folder("scenarios")]:
        try:
            files += _files_in(path)
        except ScenarioError as error:
            problems += error.problems
    for file in files:
        try:
            report = _report_of(file)
        except ScenarioError as error:
            problems += error.problems
        else:
            notes += [f"{file}: {report.en}"] if report else []
    return files, list(dict.fromkeys(problems)), notes


def _report_of(file: Path) -> Text | None:
    """Load a file of whatever kind it is; return the report on the fit of its order history."""
    found = load_mapping(file)[0].value
    if "pay_plans" in found:
        load_pay_plans(file)
        return None
    if "scorecard" in found:
        from simkit.kpi.scorecard import load_scorecard  # pandas takes long to import

        load_scorecard(file)
        return None
    scenario = load_scenario(file)
    if scenario.drill:
        _must_have_a_scorecard(file, scenario.drill.scorecard)
    return scenario.customers.fit_report


def _must_have_a_scorecard(file: Path, name: str) -> None:
    from simkit.kpi.scorecard import find_scorecard

    try:
        find_scorecard(name)
    except ScenarioError as error:
        message = f"drill: {error.problems[0].message}"
        raise ScenarioError([Problem(str(file), None, None, message)]) from None


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [find_scenario(path)]
    places = (path, path / CRISES, path / PAY_PLANS.parent, path / SCORECARDS)
    found = [file for place in places for s in ("yaml", "yml") for file in place.glob(f"*.{s}")]
    if not found:
        message = "there is no .yaml file in this folder"
        raise ScenarioError([Problem(str(path), None, None, message)])
    return sorted(found)
