"""Checking region files, pay plans, scorecards, 5-whys: all mistakes of all files at once."""

from collections.abc import Container, Sequence
from pathlib import Path

from simkit.scenario.buyer_rules import FOLDER as BUYER
from simkit.scenario.buyer_rules import load_lines, load_rules
from simkit.scenario.drill import Drill
from simkit.scenario.files import data_folder
from simkit.scenario.library import CRISES, DRIFTS, find_scenario, load_scenario
from simkit.scenario.loading import load_mapping, load_record
from simkit.scenario.nodes import Node
from simkit.scenario.pay_plans import FILE as PAY_PLANS
from simkit.scenario.pay_plans import load_pay_plans
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.scenario.renewals import FOLDER as RENEWALS
from simkit.scenario.renewals import RenewalCard

SCORECARDS, DIAGNOSIS = "scorecards", "diagnosis"
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
    if "five_whys" in found:
        from simkit.kpi.diagnosis.whys import load_whys

        load_whys(file)
        return None
    if _is_of_the_practice(file, found):
        return None
    scenario = load_scenario(file)
    if scenario.drill:
        _must_be_a_drill(scenario, scenario.drill, load_mapping(file)[0])
    if scenario.targets:
        _must_be_a_workshop(scenario, scenario.targets.scorecard, load_mapping(file)[0])
    if scenario.watch:
        _must_be_a_drift_drill(scenario, load_mapping(file)[0])
    return scenario.customers.fit_report


def _is_of_the_practice(file: Path, found: Container[str]) -> bool:
    """Return whether a file belongs to the practice of talks, after loading it."""
    if "buyer_rules" in found:
        load_rules(file)
    elif "buyer_lines" in found:
        load_lines(file)
    elif "renewal" in found:
        from simkit.planning.renewal_terms import renewal_mistakes

        load_record(file, RenewalCard, check=renewal_mistakes)
    else:
        return False
    return True


def _must_be_a_drift_drill(scenario: Scenario, root: Node) -> None:
    """Raise ScenarioError with all that a drift drill lacks, or cannot show in its weeks."""
    from simkit.study.drift_check import drift_mistakes

    problems = [root.at(loc).problem(message) for loc, message in drift_mistakes(scenario)]
    if problems:
        raise ScenarioError(problems)


def _must_be_a_workshop(scenario: Scenario, card: str, root: Node) -> None:
    """Raise ScenarioError with all that a target workshop lacks."""
    from simkit.kpi.scorecard import load_scorecard
    from simkit.study.workshop_check import workshop_mistakes

    problems = [root.at(loc).problem(message) for loc, message in workshop_mistakes(scenario)]
    try:
        load_scorecard(card, "targets")
    except ScenarioError as error:
        place = root.at(("targets", "scorecard"))
        problems.append(place.problem(error.problems[0].message))
    if problems:
        raise ScenarioError(problems)


def _must_be_a_drill(scenario: Scenario, drill: Drill, root: Node) -> None:
    """Raise ScenarioError when a drill lacks its scorecard, or its shock may come too late.

    A region for drills may be without a shock; shortening a drill must stay possible, so that this
    is asked of files only.
    """
    from simkit.kpi.scorecard import find_scorecard

    problems = []
    try:
        find_scorecard(drill.scorecard)
    except ScenarioError as error:
        problems.append(root.at(("drill", "scorecard")).problem(error.problems[0].message))
    latest = drill.family.start_week
    for shock in scenario.shocks[:1]:
        if shock.known_week + 1 >= scenario.weeks:
            place = root.at(("shocks", 0, "start_week"))
            problems.append(place.problem(_too_late(shock.known_week, scenario.weeks)))
        known = round(latest[1]) + shock.known_week - shock.start_week if latest else 0
        if latest and known + 1 >= scenario.weeks:
            place = root.at(("drill", "family", "start_week"))
            problems.append(place.problem(_too_late(known, scenario.weeks)))
    if problems:
        raise ScenarioError(problems)


def _too_late(known: int, weeks: int) -> str:
    return f"the shock becomes known in week {known} of {weeks} (from 0): nothing can be done then"


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [find_scenario(path)]
    parts = (".", CRISES, DRIFTS, PAY_PLANS.parent, SCORECARDS, DIAGNOSIS, BUYER, RENEWALS)
    places = [path / part for part in parts]
    found = [file for place in places for s in ("yaml", "yml") for file in place.glob(f"*.{s}")]
    if not found:
        message = "there is no .yaml file in this folder"
        raise ScenarioError([Problem(str(path), None, None, message)])
    return sorted(found)
