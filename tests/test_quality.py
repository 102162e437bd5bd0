"""The rules for all files: form, types, imports, length, and nothing of one machine in them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300
CODE = {".py", ".js", ".css", ".html", ".j2"}
TOOLS = {
    "formatter": [sys.executable, "-m", "ruff", "format", "--check", "--diff", "."],
    "linter": [sys.executable, "-m", "ruff", "check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "imports": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
}
REGISTRY = re.compile(
    r"\b(?:pypi|pythonhosted|anaconda|npmjs|npmmirror|yarnpkg|debian)\.[a-z]", re.I
)
PLACES = "|".join(re.escape(str(place)) for place in (ROOT, Path.home()) if place.name)
MACHINE = re.compile(rf"(?<![\w.~/])(?:/(?:root|home|Users|work)|[A-Za-z]:\\+Users|{PLACES})[/\\]")


def run(command, folder):
    """Return what a tool says when it is not content, and nothing otherwise."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize("name", TOOLS)
def test_the_tools_are_content(name):
    complaint = run(TOOLS[name], ROOT)
    assert not complaint, complaint


@pytest.mark.parametrize(
    ("name", "file", "text"),
    [
        ("formatter", "simkit/a.py", "x  =  1\n"),
        ("linter", "simkit/a.py", '"""Nothing."""\n\nimport os\n'),
        ("types", "simkit/a.py", '"""Nothing."""\n\nx: int = "one"\n'),
        ("imports", "simkit/kpi/a.py", "import simkit.screens\n"),
        ("imports", "simkit/kpi/a.py", "import matplotlib.figure\n"),
        ("imports", "simkit/planning/a.py", "import simkit.kpi\n"),
        ("imports", "simkit/screens/a.py", "import simpy\n"),
    ],
)
def test_the_tools_see_a_mistake(tmp_path, name, file, text):
    packages = ("commands", "screens", "training", "study", "kpi", "planning", "region", "scenario")
    for package in ("", *packages):
        (tmp_path / "simkit" / package).mkdir()
        (tmp_path / "simkit" / package / "__init__.py").write_text('"""Nothing."""\n')
    for module in ("start.py", "simkit/cli.py"):
        (tmp_path / module).write_text('"""Nothing."""\n')
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    assert run(TOOLS[name], tmp_path) == ""
    (tmp_path / file).write_text(text)
    assert run(TOOLS[name], tmp_path) != ""


# --- all files ------------------------------------------------------------------------------


def files_of(root):
    """Return the files that belong to a checkout, also where git is absent."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(git, cwd=root, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return walk(root)
    return [root / name for name in listed.split("\0") if (root / name).is_file()]


def walk(root):
    """Return all files but those that .gitignore names."""
    ignored = {name.strip("/") for name in (root / ".gitignore").read_text("utf-8").split()}
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in ignored | {".git"}]
        found += [Path(folder, name) for name in names]
    return found


def traces(path, text):
    """Return the lines that name a package registry's host or a path of somebody's machine."""
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if REGISTRY.search(line) or MACHINE.search(line)
    ]


FILES = files_of(ROOT)


def test_files_are_found_with_and_without_git():
    for files in (FILES, walk(ROOT)):
        names = {path.relative_to(ROOT).as_posix() for path in files}
        assert {"start.py", "tests/test_quality.py", "simkit/__init__.py", ".ci/run"} <= names
        assert not any(name.startswith(".venv/") for name in names)


def test_no_file_names_a_registry_or_a_machine():
    found = []
    for path in FILES:
        content = path.read_bytes()
        if b"\0" not in content:
            found += traces(path.relative_to(ROOT), content.decode("utf-8", "replace"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "see https://py" + "pi.org/project/simpy",
        "--index-url https://mirror.example/py" + "pi.example",
        "PREFIX = '/ro" + "ot/.local'",
        "open('/ho" + "me/mei/a.csv')",
        "C:\\" + "Users\\mei",
        "C:\\\\" + "Users\\\\mei",
        f"{ROOT}/notebooks",
    ],
)
def test_a_trace_is_seen(line):
    assert traces("a.py", f"fine\n{line}") == [f"a.py:2: {line}"]


@pytest.mark.parametrize("line", ["a.home/x", "~/root", "pypi", "channel conda-forge", "at/home/"])
def test_harmless_text_is_no_trace(line):
    assert traces("a.py", line) == []


def test_no_code_file_is_too_long():
    code = [path for path in FILES if path.suffix in CODE and ROOT / "simkit" in path.parents]
    assert code
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in code}
    assert {path: lines for path, lines in lengths.items() if lines >= LONGEST} == {}
