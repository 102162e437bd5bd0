"""What the READMEs show works as shown."""

import re
from pathlib import Path

import pytest

from simkit.kpi.catalogue import KPIS
from simkit.region.policies import keep_course
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.experiment.policies import find_player

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


def blocks(readme: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    parts = re.split(r"^```(\w*)\n", readme.read_text(encoding="utf-8"), flags=re.MULTILINE)
    opened = [(parts[i], parts[i + 1]) for i in range(1, len(parts), 4)]
    return [text for name, text in opened if name == language]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_region_of_the_five_minutes_loads_runs_and_misspelt_gives_the_message(
    readme, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    region = next(block for block in blocks(readme, "yaml") if block.startswith("extends:"))
    Path("my_region.yaml").write_text(region, encoding="utf-8")
    simulation = Simulation(load_scenario("my_region.yaml")).run(keep_course)
    assert simulation.done
    Path("my_region.yaml").write_text(region.replace("elasticity", "elastisity"), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("my_region.yaml")
    message = str(caught.value)
    shown = next(b for b in blocks(readme, "") if b.startswith("my_region.yaml:"))
    assert [line.split("#")[0].rstrip() for line in message.splitlines()] == [
        line.rstrip() for line in shown.splitlines()
    ]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_policy_file_of_the_readme_is_one(readme, tmp_path):
    text = next(block for block in blocks(readme, "yaml") if "policy:" in block)
    file = tmp_path / "spring.yaml"
    file.write_text(text, encoding="utf-8")
    weeks = find_player(str(file), load_scenario("workshop_region")).decide.weeks
    assert [(week, levers["price"]) for week, levers in weeks] == [(2, 0.97), (6, 1.0)]


def test_the_code_of_the_readme_runs(capsys):
    (code,) = blocks(ROOT / "README.md", "python")
    try:
        exec(compile(code, "README.md", "exec"), {})
    finally:
        KPIS.pop("visits_per_win", None)
    assert "visits_per_win" in capsys.readouterr().out


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_file_the_readme_points_to_is_there(readme):
    links = re.findall(r"\]\((?!http)([^)#]+)", readme.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_no_figure_is_left_to_be_filled_in(readme):
    text = re.sub(r"```.*?```", "", readme.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"\| [A-Z]{4,} \||took [A-Z]{4,}", text) == []
