"""Setting up: start.py, the lists of packages, and the wheel."""

import ast
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
import rattler
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
JUNK_FOLDERS = {"__pycache__", ".ipynb_checkpoints"}
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals and exec of POSIX")


def load_start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = load_start()


# --- start.py -------------------------------------------------------------------------------


class FakeRun:
    """Stand in for the steps of an installation; one of them may go wrong."""

    def __init__(self, fail_at="", error=None, seconds=0):
        self.fail_at, self.error, self.seconds, self.steps = fail_at, error, seconds, []

    def __call__(self, command, root, remedy):
        step = command[-1]  # .venv, a lock file, or the checkout itself as "."
        self.steps.append(step)
        time.sleep(self.seconds)
        if step == ".venv":
            shutil.rmtree(root / ".venv", ignore_errors=True)
            (root / start.PYTHON).parent.mkdir(parents=True)
            (root / start.PYTHON).touch()
        if step == self.fail_at:
            raise self.error


@pytest.fixture
def checkout(tmp_path):
    root = tmp_path / "销售 沙盘"
    (root / "tests").mkdir(parents=True)
    for name in ("pyproject.toml", start.LOCK, start.TEST_LOCK):
        (root / name).write_text(name)
    return root


@pytest.fixture
def handed_over(monkeypatch):
    commands = []
    monkeypatch.setattr(start, "hand_over", lambda command: commands.append(command) or 7)
    return commands


def steps_of(root, *locks):
    run = FakeRun()
    start.prepare(root, [start.LOCK, *locks], run)
    return run.steps


NEW = [".venv", "requirements.lock", "."]


def test_first_start_installs_and_the_second_does_nothing(checkout):
    assert steps_of(checkout) == NEW
    assert steps_of(checkout) == []


def test_the_tests_add_their_packages_once(checkout):
    steps_of(checkout)
    assert steps_of(checkout, start.TEST_LOCK) == ["tests/requirements.lock"]
    assert steps_of(checkout, start.TEST_LOCK) == steps_of(checkout) == []


def test_tests_on_a_fresh_machine(checkout):
    assert steps_of(checkout, start.TEST_LOCK) == [*NEW, "tests/requirements.lock"]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_list_begins_anew(checkout, name):
    steps_of(checkout, start.TEST_LOCK)
    (checkout / name).write_text("changed")
    assert steps_of(checkout) == NEW
    assert steps_of(checkout, start.TEST_LOCK) == ["tests/requirements.lock"]


def test_a_moved_folder_begins_anew(checkout):
    steps_of(checkout)
    assert steps_of(checkout.rename(checkout.with_name("moved"))) == NEW


def test_another_python_begins_anew(checkout, monkeypatch):
    steps_of(checkout)
    before = start.fingerprint(checkout, start.LOCK)
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert start.fingerprint(checkout, start.LOCK) != before


def test_a_lost_interpreter_begins_anew(checkout):
    steps_of(checkout)
    (checkout / start.PYTHON).unlink()
    assert steps_of(checkout) == NEW


@pytest.mark.parametrize("step", NEW)
def test_a_failed_installation_is_not_taken_for_complete(checkout, handed_over, capsys, step):
    run = FakeRun(step, start.SetupError("pip said this; do that"))
    assert start.main([], checkout, run) == 2
    assert "do that" in capsys.readouterr().err
    assert not handed_over
    assert steps_of(checkout) == NEW


@pytest.mark.parametrize("step", [*NEW, "tests/requirements.lock"])
def test_an_interrupted_installation_begins_anew(checkout, handed_over, capsys, step):
    assert start.main(["test"], checkout, FakeRun(step, KeyboardInterrupt())) == 130
    assert "interrupted" in capsys.readouterr().err
    assert not handed_over
    assert steps_of(checkout) == NEW


def test_an_interruption_of_the_tests_packages_begins_anew(checkout, handed_over):
    steps_of(checkout)
    run = FakeRun("tests/requirements.lock", KeyboardInterrupt())
    assert start.main(["test"], checkout, run) == 130
    assert steps_of(checkout) == NEW


def test_simkit_still_starts_when_the_tests_packages_fail(checkout, handed_over):
    steps_of(checkout)
    run = FakeRun("tests/requirements.lock", start.SetupError("no network"))
    assert start.main(["test"], checkout, run) == 2
    assert steps_of(checkout) == []
    assert steps_of(checkout, start.TEST_LOCK) == ["tests/requirements.lock"]


def test_two_starts_at_once_install_once(checkout):
    run = FakeRun(seconds=0.1)
    threads = [
        threading.Thread(target=start.prepare, args=(checkout, [start.LOCK], run)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert run.steps == NEW


def test_a_lone_start_py_says_what_is_missing(checkout, capsys):
    (checkout / "requirements.lock").unlink()
    assert start.main([], checkout, FakeRun()) == 2
    assert "requirements.lock is missing" in capsys.readouterr().err


def test_simkit_gets_its_arguments_and_its_exit_code_counts(checkout, handed_over, capsys):
    assert start.main(["run", "--set", "a b=客户"], checkout, FakeRun()) == 7
    python = str(checkout / start.PYTHON)
    assert handed_over == [[python, "-P", "-m", "simkit", "run", "--set", "a b=客户"]]
    assert capsys.readouterr().out == ""  # it belongs to `simkit ... --json`


def test_the_tests_run_in_the_checkout(checkout, handed_over, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert start.main(["test", "-k", "x"], checkout, FakeRun()) == 7
    assert handed_over == [[str(checkout / start.PYTHON), "-m", "pytest", "-k", "x"]]
    assert Path.cwd() == checkout


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 99, "final", 0)])
def test_an_old_python_is_told_what_to_do(version):
    with pytest.raises(start.SetupError, match=r"3\.11 or newer.*\n.*python3\.12 start\.py"):
        start.check_version(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14), (4, 0, 0)])
def test_a_python_from_3_11_on_is_fine(version):
    start.check_version(version)


def test_start_asks_for_the_python_of_pyproject():
    assert PROJECT["project"]["requires-python"] == ">=3.11"


OLD_MODULES = {"collections", "contextlib", "hashlib", "os", "pathlib", "signal"}
OLD_MODULES |= {"subprocess", "sys", "typing"}


def test_start_needs_only_the_old_standard_library_and_syntax():
    tree = ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 6))
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom)]
    modules = {name.split(".")[0] for name in names}
    assert modules - {"fcntl", "msvcrt"} == OLD_MODULES


def test_a_failing_step_shows_its_last_words_and_the_remedy(tmp_path):
    script = "import sys; print(*range(99), sep='\\n'); sys.stderr.buffer.write(b'\\xff!'); exit(1)"
    with pytest.raises(start.SetupError) as caught:
        start.run_quietly([sys.executable, "-c", script], tmp_path, "Do that.")
    lines = str(caught.value).splitlines()
    assert lines[-4:] == ["98", "\ufffd!", "", "Do that."]
    assert len(lines) < 20


def test_a_step_that_works_is_quiet(tmp_path, capfd):
    start.run_quietly([sys.executable, "-c", "print('noise')"], tmp_path, "")
    assert capfd.readouterr() == ("", "")


def hand_over_in_a_process(program, replace):
    script = "import sys, start; sys.exit(start.hand_over([sys.executable, '-c', {!r}], {}))"
    return subprocess.Popen(
        [sys.executable, "-c", script.format(program, replace)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@posix_only
@pytest.mark.parametrize("replace", [True, False])
def test_the_exit_code_is_passed_on(replace):
    assert hand_over_in_a_process("exit(5)", replace).wait(30) == 5


@posix_only
@pytest.mark.parametrize("replace", [True, False])
def test_ctrl_c_is_for_the_program_to_answer(replace):
    program = """
import time
try:
    print("ready", flush=True)
    time.sleep(30)
except KeyboardInterrupt:
    time.sleep(0.5)
    print("saved", flush=True)
    exit(5)
"""
    with hand_over_in_a_process(program, replace) as process:
        assert process.stdout.readline() == "ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.stdout.read() == "saved\n"
        assert process.wait(30) == 5


# --- lists of packages ----------------------------------------------------------------------


def requirements(*texts):
    """Return {name: specifiers} of pip's or conda's texts."""
    parsed = [Requirement(text) for text in texts]
    return {canonicalize_name(one.name): one.specifier for one in parsed}


class Pin(NamedTuple):
    """One entry of a lock file; a package may have several, for different platforms."""

    name: str
    version: str
    marker: str
    hashes: tuple


def locked(path):
    """Return the entries of a lock file as a set."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / path).read_text("utf-8"), flags=re.MULTILINE)
    pins = set()
    for entry in re.split(r"\n(?=\S)", text.strip()):
        head, *hashes = entry.replace("\\\n", "").split("--hash=")
        spec, _, marker = head.partition(";")
        name, version = spec.strip().split("==")
        hashes = tuple(text.strip() for text in hashes)
        pins.add(Pin(canonicalize_name(name), version, marker.strip(), hashes))
    return pins


@pytest.mark.parametrize(
    ("path", "groups"),
    [("requirements.lock", ["build"]), ("tests/requirements.lock", ["build", "test"])],
)
def test_a_lock_pins_what_pyproject_asks_for(path, groups):
    texts = [text for group in groups for text in PROJECT["dependency-groups"][group]]
    for name, specifier in requirements(*PROJECT["project"]["dependencies"], *texts).items():
        versions = [pin.version for pin in locked(path) if pin.name == name]
        assert versions, f"{name} is not in {path}"
        assert all(specifier.contains(version) for version in versions), name


@pytest.mark.parametrize("path", ["requirements.lock", "tests/requirements.lock"])
def test_a_lock_has_hashes_and_platforms_and_no_index(path):
    pins = locked(path)
    for pin in pins:
        assert pin.hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in pin.hashes), pin
    markers = " ".join(pin.marker for pin in pins)
    assert "sys_platform == 'win32'" in markers
    assert "sys_platform == 'darwin'" in markers
    assert "://" not in (ROOT / path).read_text("utf-8")


def test_the_tests_lock_adds_to_the_other_and_changes_nothing():
    # A package may be wanted on more platforms for the tests: the marker is not compared.
    first, more = (
        {pin[:2] + pin[3:] for pin in locked(path)}
        for path in ("requirements.lock", "tests/requirements.lock")
    )
    assert first < more


@pytest.fixture(scope="module")
def conda():
    return yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))


def test_conda_and_pyproject_agree(conda):
    *specs, extras = conda["dependencies"]
    assert specs.pop() == "pip"
    python = {"python": SpecifierSet(PROJECT["project"]["requires-python"])}
    assert requirements(*specs) == python | requirements(*PROJECT["project"]["dependencies"])
    assert extras == {"pip": ["--editable ."]}
    assert (conda["name"], conda["channels"]) == ("simkit", ["conda-forge"])


def test_conda_reads_the_same_from_each_spec(conda):
    for text in conda["dependencies"][:-1]:
        spec = rattler.MatchSpec(text, strict=True)
        name, _, version = text.partition(" ")
        assert spec.name.normalized == name
        assert str(spec.version or "") == version


def test_the_readmes_name_the_commands():
    for name in ("README.md", "README.zh.md", ".ci/run"):
        assert "python3 start.py test" in (ROOT / name).read_text("utf-8"), name


# --- the wheel ------------------------------------------------------------------------------


def shipped(folder):
    """Return the files of a checkout's folder that belong into the wheel."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if not JUNK_FOLDERS & {*path.parts}}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Copy the checkout to a folder with a Chinese name, with files that must not be shipped."""
    root = tmp_path_factory.mktemp("build") / "销售 沙盘"
    names = ("pyproject.toml", "README.md", "LICENSE", ".gitignore")
    shutil.copytree(ROOT / "simkit", root / "simkit")
    for folder in ("notebooks", "scenarios"):
        shutil.copytree(ROOT / folder, root / folder)
        for junk in JUNK_FOLDERS:
            (root / folder / junk).mkdir(exist_ok=True)
            (root / folder / junk / "junk").touch()
    for name in names:
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture(scope="module")
def wheel(copy, tmp_path_factory):
    """Build the wheel and return it unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), "."], cwd=copy, check=True)
    (archive,) = folder.glob("*.whl")
    zipfile.ZipFile(archive).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_the_package_the_notebooks_and_the_scenarios(wheel):
    data = {f"simkit/_data/{name}" for name in shipped("notebooks") | shipped("scenarios")}
    found = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    assert {name for name in found if ".dist-info/" not in name} == shipped("simkit") | data
    assert {
        "simkit/_data/notebooks/00_start_here.ipynb",
        "simkit/_data/notebooks/zh/00_start_here.ipynb",
        "simkit/_data/scenarios/workshop_region.yaml",
        "simkit/cli.py",
    } <= found


@pytest.mark.parametrize(
    "arguments",
    [
        ["-c", "import simkit, os; assert simkit.__file__.startswith(os.environ['PYTHONPATH'])"],
        ["-m", "simkit", "check"],
        ["-m", "simkit", "run", "workshop_region", "--weeks", "2"],
    ],
)
def test_the_wheel_works_away_from_the_checkout(wheel, tmp_path, arguments):
    environment = os.environ | {"PYTHONPATH": str(wheel)}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_editable_install_writes_no_path_that_windows_misreads(copy, tmp_path):
    build = "import sys, hatchling.build as build; build.build_editable(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=copy, check=True)
    (archive,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(archive) as files:
        lines = [files.read(name) for name in files.namelist() if name.endswith(".pth")]
    assert lines
    assert all(line.isascii() for line in lines)
