"""Drift drills that trainers write: each slip is told with its place, and none is played."""

import pytest

from simkit.commands.check import check_files
from simkit.scenario.files import OWN_SCENARIOS, data_folder
from simkit.scenario.library import drift_names
from simkit.screens.drift_drill import DriftDrill
from simkit.training.drift import surprise_of

SHIPPED = data_folder("scenarios")
DRILL = (SHIPPED / "drifts" / "rep_coasting.yaml").read_text("utf-8")
REGION = (SHIPPED / "drift_region.yaml").read_text("utf-8")
SLIPS = {
    "too early": (DRILL, "start_week: 3", "start_week: -5", "from 0 to 14"),
    "too late": (DRILL, "start_week: 3", "start_week: 40", "from 0 to 14"),
    "family too late": (DRILL, "[2, 6]", "[2, 60]", "is [2, 60]"),
    "family reversed": (DRILL, "[2, 6]", "[6, 2]", "is [6, 2]"),
    "family of others": (DRILL, "[chen_min, wang_lei,", "[wang_lei,", "strikes: chen_min"),
    "no such figure": (REGION, "{visits: down,", "{visit: down,", "did you mean 'visits'?"),
    "no hours": (REGION, "hours_per_week: 10", "hours_per_week: 0", "which takes 0.5 h"),
    "no scorecard": (REGION, "hours_per_week: 10", "scorecard: drfit", "did you mean 'drift'?"),
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """An own folder of scenarios with an empty folder of drifts."""
    monkeypatch.setenv(OWN_SCENARIOS, str(tmp_path))
    (tmp_path / "drifts").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_drill_is_told_at_its_line(name, own):
    text, old, new, said = SLIPS[name]
    assert old in text
    file = own / "drifts" / "mine.yaml"
    file.write_text(text.replace(old, new, 1).replace("extends: w", "extends: ../w"), "utf-8")
    _, problems, _ = check_files([file])
    assert [said in problem.message for problem in problems] == [True]
    assert file.read_text("utf-8").splitlines()[problems[0].line - 1] == problems[0].source


def test_a_region_without_tools_is_told(own):
    tools = REGION[REGION.index("  tools:") : REGION.index("  voices:")]
    file = own / "drifts" / "mine.yaml"
    file.write_text(REGION.replace(tools, "  tools: {}\n"), "utf-8")
    assert "nothing could be looked into" in check_files([file])[1][0].message


def test_own_drills_are_offered_and_leave_surprises_as_they_are(own, tmp_path):
    before = [surprise_of(number) for number in range(30)]
    for name in ("aaa", "rep_coasting.new", "zzz.new2"):
        (own / "drifts" / f"{name}.yaml").write_text(DRILL, "utf-8")
    assert "aaa" in drift_names()
    assert not [name for name in drift_names() if ".new" in name]
    assert [surprise_of(number) for number in range(30)] == before
    start = DriftDrill(record=tmp_path / "game.jsonl", lang="en").start
    assert "aaa" in dict(start.drill.options).values()


def test_a_mistake_in_an_own_drill_is_told_without_a_traceback(own, tmp_path):
    file = own / "drifts" / "mine.yaml"
    file.write_text(DRILL.replace("cause: rep_coasting", "cause: rep_coastin"), "utf-8")
    drill = DriftDrill("mine", record=tmp_path / "game.jsonl", lang="zh")
    drill.start.button.click()
    assert "mine.yaml:6:10" in drill.alarm.value
    assert "Traceback" not in drill.alarm.value
    assert "请改好文件" in drill.alarm.value
    assert drill.step is None
