"""The notebooks: they run, are thin and free of outputs, with the same code in both languages."""

import os
import shutil
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LONGEST_CELL = 15
LANGUAGES = {"English": "*.ipynb", "Chinese": "zh/*.ipynb"}
# What running leaves behind. Tags, hidden code and locked cells are the author's and may stay.
LEFTOVERS = {"widgets", "execution", "ExecuteTime", "collapsed", "scrolled"}
NBVAL = [
    *("-q", "-p", "no:cacheprovider", "--nbval-lax", "--nbval-current-env"),
    *("--nbval-cell-timeout=120", "--nbval-kernel-startup-timeout=60"),
]


def names(folder, language):
    """Return the names of the notebooks in one language."""
    return {path.name for path in folder.glob(LANGUAGES[language])}


def missing_halves(folder):
    """Return which notebooks lack one language; an empty folder lacks everything."""
    english, chinese = names(folder, "English"), names(folder, "Chinese")
    if not english:
        return ["there is no notebook"]
    return [f"{name} is in one language only" for name in sorted(english ^ chinese)]


def leftovers(notebook):
    """Return the outputs, counts and widget states that a run left in a notebook."""
    found = [f"notebook metadata: {key}" for key in LEFTOVERS & {*notebook.metadata}]
    for number, cell in enumerate(notebook.cells):
        found += [
            f"cell {number}: {key}" for key in ("outputs", "execution_count") if cell.get(key)
        ]
        found += [f"cell {number} metadata: {key}" for key in LEFTOVERS & {*cell.metadata}]
    return found


def long_cells(notebook):
    """Return the cells with more lines than a reader should meet at once."""
    return [
        f"cell {number} has {len(cell.source.splitlines())} lines"
        for number, cell in enumerate(notebook.cells)
        if len(cell.source.splitlines()) > LONGEST_CELL
    ]


def differences(english, chinese):
    """Return where two notebooks differ in more than their prose."""
    found = []
    for number, (one, other) in enumerate(zip_longest(english.cells, chinese.cells)):
        if one is None or other is None or one.cell_type != other.cell_type:
            return [*found, f"cell {number}: another kind of cell, or none"]
        if one.cell_type == "code" and one.source != other.source:
            found.append(f"cell {number}: other code")
    return found


def run_all(folder, work):
    """Run the notebooks of a folder on a copy, as a person who has no settings and no saved games.

    Returns the exit code and what was printed.
    """
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(folder, work / "notebooks", ignore=ignored)
    ours = {"HOME": str(work), "USERPROFILE": str(work), "IPYTHONDIR": str(work / "ipython")}
    theirs = {
        name: value
        for name, value in os.environ.items()
        if name != "MPLBACKEND" and not name.startswith(("XDG_", "JUPYTER_", "PYTEST_", "SIMKIT_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *NBVAL, "notebooks/"],
        cwd=work,
        env=theirs | ours,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


# --- our notebooks --------------------------------------------------------------------------


FILES = sorted(NOTEBOOKS.glob("**/[!.]*.ipynb"))
FILES = [path for path in FILES if ".ipynb_checkpoints" not in path.parts]
each_notebook = pytest.mark.parametrize(
    "path", FILES, ids=[path.relative_to(NOTEBOOKS).as_posix() for path in FILES]
)


def test_each_notebook_is_there_in_both_languages():
    assert missing_halves(NOTEBOOKS) == []
    assert "00_start_here.ipynb" in names(NOTEBOOKS, "English")


@each_notebook
def test_a_notebook_is_free_of_outputs(path):
    assert leftovers(nbformat.read(path, as_version=4)) == []


@each_notebook
def test_a_notebook_has_short_cells(path):
    assert long_cells(nbformat.read(path, as_version=4)) == []


@each_notebook
def test_a_notebook_is_valid(path):
    nbformat.validate(nbformat.read(path, as_version=nbformat.NO_CONVERT))


@pytest.mark.parametrize("name", sorted(names(NOTEBOOKS, "Chinese")))
def test_both_languages_have_the_same_code(name):
    english = nbformat.read(NOTEBOOKS / name, as_version=4)
    chinese = nbformat.read(NOTEBOOKS / "zh" / name, as_version=4)
    assert differences(english, chinese) == []


def test_the_notebooks_run(tmp_path):
    code, said = run_all(NOTEBOOKS, tmp_path)
    assert code == 0, said


# --- the checks catch what they are for -----------------------------------------------------


def notebook(*sources):
    cells = [new_markdown_cell("Text"), *(new_code_cell(source) for source in sources)]
    return new_notebook(cells=cells)


def write(path, *sources):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*sources), path)


def test_a_missing_language_is_seen(tmp_path):
    assert missing_halves(tmp_path) == ["there is no notebook"]
    write(tmp_path / "a.ipynb")
    write(tmp_path / "zh" / "b.ipynb")
    assert missing_halves(tmp_path) == [
        "a.ipynb is in one language only",
        "b.ipynb is in one language only",
    ]
    write(tmp_path / "b.ipynb")
    write(tmp_path / "zh" / "a.ipynb")
    assert missing_halves(tmp_path) == []


def test_leftovers_are_seen():
    one = notebook("1")
    one.cells[1].metadata.update(tags=["x"], jupyter={"source_hidden": True}, editable=False)
    assert leftovers(one) == []
    one.cells[1].outputs = [new_output("stream", text="1")]
    one.cells[1].execution_count = 1
    one.cells[1].metadata.execution = {"iopub.status.idle": "now"}
    one.metadata.widgets = {}
    assert leftovers(one) == [
        "notebook metadata: widgets",
        "cell 1: outputs",
        "cell 1: execution_count",
        "cell 1 metadata: execution",
    ]


def test_a_long_cell_is_seen():
    assert long_cells(notebook("\n".join("1" * 15))) == []
    assert long_cells(notebook("\n".join("1" * 16))) == ["cell 1 has 16 lines"]


def test_other_code_is_seen():
    english = notebook("1", "2")
    chinese = notebook("1", "2")
    chinese.cells[0].source = "文字"
    assert differences(english, chinese) == []
    chinese.cells[2].source = "3"
    assert differences(english, chinese) == ["cell 2: other code"]
    assert differences(english, notebook("1")) == ["cell 2: another kind of cell, or none"]
    chinese.cells.insert(0, new_markdown_cell("多"))
    assert differences(english, chinese) == ["cell 1: another kind of cell, or none"]


def test_a_failing_notebook_is_seen_and_a_good_one_passes(tmp_path):
    good = """from pathlib import Path
assert Path.home() == Path.cwd().parents[1]  # nobody's saved games
Path("made.txt").touch()"""
    write(tmp_path / "good" / "zh" / "a.ipynb", good)
    (tmp_path / "one").mkdir()
    code, said = run_all(tmp_path / "good", tmp_path / "one")
    assert code == 0, said
    assert "1 passed" in said
    assert not list((tmp_path / "good").rglob("made.txt"))

    click = "import ipywidgets\nb = ipywidgets.Button()\nb.on_click(lambda b: 1 / 0)\nb.click()"
    write(tmp_path / "bad" / "a.ipynb", click)
    (tmp_path / "two").mkdir()
    code, said = run_all(tmp_path / "bad", tmp_path / "two")
    assert code == 1
    assert "ZeroDivisionError" in said


def test_no_notebook_to_run_is_a_failure(tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "work").mkdir()
    assert run_all(tmp_path / "none", tmp_path / "work")[0] == 5
