"""Checking all kinds of files that people write: all mistakes at once."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from simkit.scenario.buyer_rules import FOLDER as BUYER
from simkit.scenario.buyer_rules import load_lines, load_rules
from simkit.scenario.drill import Drill
from simkit.scenario.files import data_folder
from simkit.scenario.library import CRISES, DRIFTS, find_scenario, load_scenario
from simkit.scenario.loading import load_mapping, load_record
from simkit.scenario.nodes import Node
from simkit.scenario.objections import ObjectionCard
from simkit.scenario.pay_plans import FILE as PAY_PLANS
from simkit.scenario.pay_plans import load_pay_plans
from simkit.scenario.policy_file import FOLDER as POLICIES
from simkit.scenario.record import Problem, ScenarioError, Text
from simkit.scenario.records import Scenario
from simkit.scenario.renewals import FOLDER as RENEWALS
from simkit.scenario.renewals import RenewalCard
from simkit.scenario.rubric import load_rubric

PRACTICE = ("objections", "rubrics", "phrases", BUYER, RENEWALS)
FOLDERS = (".", CRISES, DRIFTS, POLICIES, PAY_PLANS.parent, "scorecards", "diagnosis", *PRACTICE)
"""Where a folder of scenarios keeps its files."""
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
    root = load_mapping(file)[0]
    for group, load in KINDS.items():
        if group in root.value:
            load(file)
            return None
    _must_be_some_kind(root)
    scenario = load_scenario(file)
    if scenario.drill:
        _must_be_a_drill(scenario, scenario.drill, root)
    if scenario.targets:
        _must_be_a_workshop(scenario, scenario.targets.scorecard, root)
    if scenario.watch:
        _must_be_a_drift_drill(scenario, root)
    return scenario.customers.fit_report


def _must_be_some_kind(root: Node) -> None:
    """Raise ScenarioError where a group is almost that of a card or a table: it is no region."""
    unknown = [key for key in root.value if key not in Scenario.model_fields]
    near = {key: get_close_matches(key, KINDS, n=1, cutoff=0.75) for key in unknown}
    if found := next(((key, kinds[0]) for key, kinds in near.items() if kinds), None):
        key, kind = found
        message = f"unknown key '{key}', did you mean '{kind}'?"
        raise ScenarioError([root.at((key, "[key]")).problem(message)])


def _load_scorecard(file: Path) -> None:
    from simkit.kpi.scorecard import load_scorecard  # pandas takes long to import

    load_scorecard(file)


def _load_whys(file: Path) -> None:
    from simkit.kpi.diagnosis.whys import load_whys

    load_whys(file)


def _load_card(file: Path) -> None:
    """Load an objection card, whose model answers must be good by the kit's own rules."""
    from simkit.training.objections import card_mistakes

    load_record(file, ObjectionCard, check=card_mistakes)


def _load_policy(file: Path) -> None:
    from simkit.study.experiment.weekly import load_policy_file

    load_policy_file(file)


def _load_renewal(file: Path) -> None:
    from simkit.planning.renewal_terms import renewal_mistakes

    load_record(file, RenewalCard, check=renewal_mistakes)


def _load_phrases(file: Path) -> None:
    from simkit.training.objections.phrases import load_phrases

    load_phrases(file)


def _load_move_phrases(file: Path) -> None:
    from simkit.training.objections.heard import load_move_phrases

    load_move_phrases(file)


KINDS: dict[str, Callable[[Path], object]] = {
    "pay_plans": load_pay_plans,
    "policy": _load_policy,
    "scorecard": _load_scorecard,
    "five_whys": _load_whys,
    "objection": _load_card,
    "rubric": load_rubric,
    "phrases": _load_phrases,
    "renewal": _load_renewal,
    "buyer_rules": load_rules,
    "buyer_lines": load_lines,
    "statements": _load_move_phrases,
}
"""Files that are no scenario: the group that shows their kind, and how they are loaded."""


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
    places = [path / part for part in FOLDERS]
    found = [file for place in places for s in ("yaml", "yml") for file in place.glob(f"*.{s}")]
    if not found:
        message = "there is no .yaml file in this folder"
        raise ScenarioError([Problem(str(path), None, None, message)])
    return sorted(found)
