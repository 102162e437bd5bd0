"""Checking region files: all mistakes of all files at once."""

from collections.abc import Sequence
from pathlib import Path

from simkit.scenario.files import data_folder
from simkit.scenario.library import find_scenario, load_scenario
from simkit.scenario.record import Problem, ScenarioError

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
            report = load_scenario(file).customers.fit_report
        except ScenarioError as error:
            problems += error.problems
        else:
            notes += [f"{file}: {report.en}"] if report else []
    return files, list(dict.fromkeys(problems)), notes


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [find_scenario(path)]
    found = sorted(file for suffix in ("yaml", "yml") for file in path.glob(f"*.{suffix}"))
    if not found:
        message = "there is no .yaml file in this folder"
        raise ScenarioError([Problem(str(path), None, None, message)])
    return found
