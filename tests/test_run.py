"""Runs as data: what a manifest keeps, that its replay is the run, and how files are written."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from commands import SMALL
from hypothesis import given
from regions import LAWS, changed, games, lively, plays

from simkit.region.decision import Decision
from simkit.region.policies import POLICIES
from simkit.region.simulation import Simulation
from simkit.scenario.firm_blocks import CallSplit
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.output import all_or_nothing, must_be_writable
from simkit.study.run import FORMAT, Run, joined_digest, load_manifest, recorded, replay
from simkit.study.settings import apply_settings, with_levers

EVERY_LEVER = {
    0: {
        "quota": {"kim": 900_000, "north-r1": 0},
        "assignment": {"kim": "north"},
        "account_moves": {"north-0001": "kim"},
        "call_split": CallSplit(key=0.6, regular=0.4, tail=0),
        "call_split_of": {"kim": CallSplit(key=1, regular=0, tail=0)},
        "training_days": {"south-r1": 2},
        "coaching_hours": 1,
        "quote_staff": 5,
        "priority_rule": "large_first",
        "approval_limit": 50_000,
        "pre_review": True,
        "vip_hours": 10,
        "release_reserve": 20_000,
    },
    1: {
        "answers": ("war:ads",),
        "price": 0.95,
        "local": {
            "north": {"price": 1, "call_split": CallSplit(key=0.2, regular=0.3, tail=0.5)},
            "south": {"promotion": 500, "expedite": True},
        },
    },
    2: {"training_days": {}, "answers": (), "local": {}, "backup_supplier": True},
}


@pytest.fixture
def small(tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    return load_scenario(tmp_path / "small.yaml")


def on_disk(run, folder):
    """Return the manifest of a run as it comes back from a file."""
    path = Path(folder) / "manifest.json"
    path.write_text(json.dumps({"format": FORMAT, "runs": [run.manifest()]}), encoding="utf-8")
    return load_manifest(path)[0]


def test_a_run_is_the_simulation_it_is_made_of(small):
    run = Run.play(small, "all_rounder", seed=7)
    alone = Simulation(small, 7).run(POLICIES["all_rounder"])
    assert run.digest == alone.digest()
    assert run.events.equals(alone.events())
    assert (run.policy, run.seed) == ("all_rounder", 7)


def test_a_policy_may_be_a_function_of_a_notebook(small):
    def mine(report):
        return report.decision.but(price=0.9)

    run = Run.play(small, mine)
    assert run.policy == "mine"
    assert run.digest != Run.play(small).digest
    assert replay(run.manifest()).digest == run.digest


def test_an_unknown_policy_is_refused_with_the_nearest(small):
    with pytest.raises(ValueError, match="did you mean 'all_rounder'"):
        Run.play(small, "all_rounders")


def test_progress_counts_the_weeks(small):
    seen = []
    Run.play(small, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("name", POLICIES)
def test_the_replay_of_a_reference_policy_is_its_run(name, tmp_path):
    run = Run.play(lively(), name, seed=2)
    again = replay(on_disk(run, tmp_path))
    assert again.digest == run.digest
    assert again.manifest() == run.manifest()


def test_every_kind_of_lever_survives_the_manifest(small, tmp_path):
    run = Run.play(small, plays(EVERY_LEVER), seed=3)
    manifest = on_disk(run, tmp_path)
    again = replay(manifest)
    assert again.events.equals(run.events)
    assert again.digest == run.digest == manifest["digest"]
    assert [change["week"] for change in manifest["decisions"]] == [0, 1, 2]
    assert set(manifest["decisions"][1]["levers"]) == {"answers", "price", "local"}


@LAWS
@given(game=games())
def test_the_replay_of_any_game_is_the_game(game):
    run = Run.play(game.scenario, plays(game.plan), game.seed)
    again = replay(json.loads(json.dumps(run.manifest())))
    assert again.digest == run.digest
    assert again.scenario == run.scenario


def test_a_manifest_keeps_only_the_weeks_in_which_levers_change(small):
    run = Run.play(changed(small, weeks=6), plays({3: {"price": 0.9}}))
    decisions = run.manifest()["decisions"]
    assert [change["week"] for change in decisions] == [0, 3]
    assert set(decisions[0]["levers"]) == set(Decision.model_fields)
    assert decisions[1]["levers"] == {"price": 0.9}


def test_the_recorded_policy_repeats_levers_until_they_change():
    decide = recorded([{"week": 1, "levers": {"price": 0.9}}])
    report = Simulation(lively(), 1).report()
    assert decide(report) == report.decision
    assert decide(replace(report, week=1)).price == 0.9


def test_a_manifest_says_what_the_run_was_made_with(small):
    manifest = Run.play(small, seed=9).manifest()
    assert (manifest["policy"], manifest["seed"], manifest["weeks"]) == ("keep_course", 9, 3)
    assert {"python", "platform", "machine", "byte_order", "digest_digits"} <= set(manifest)
    assert {"regional-simkit", "simpy", "numpy"} <= set(manifest["versions"])


def test_a_replay_under_another_policy_keeps_scenario_and_seed(small):
    manifest = Run.play(small, plays(EVERY_LEVER), seed=3).manifest()
    other = replay(manifest, "discount_happy")
    assert other.digest == Run.play(small, "discount_happy", 3).digest
    assert other.policy == "discount_happy"


def test_customers_of_an_order_history_are_in_the_manifest(tmp_path):
    rows = "".join(
        f"c{i},2024-{m:02d}-{1 + i % 27:02d},{90 + i}\n" for i in range(30) for m in (1, 2 + i % 9)
    )
    (tmp_path / "orders.csv").write_text("customer,date,amount\n" + rows, encoding="utf-8")
    (tmp_path / "shop.yaml").write_text(
        "extends: region_40\nweeks: 4\nwarm_up_weeks: 2\n"
        "territories: [{id: n, name: {en: N, zh: 北}, reps: 1}]\n"
        "customers: {orders: orders.csv, source: our sales}\n",
        encoding="utf-8",
    )
    run = Run.play(load_scenario(tmp_path / "shop.yaml"))
    manifest = on_disk(run, tmp_path)
    (tmp_path / "orders.csv").unlink()  # the manifest is enough
    assert replay(manifest).digest == run.digest
    assert len(run.scenario.customers.known) == 30


def test_one_digest_stands_for_several_regions_in_their_order():
    assert joined_digest(["a"]) == "a"
    assert len({joined_digest(names) for names in (["a", "b"], ["b", "a"], ["ab"])}) == 3


# Settings


def test_settings_leave_the_scenario_they_change_as_it_was(small):
    before = small.model_copy(deep=True)
    other, levers = apply_settings(small, ["weeks=9", "decision.price=0.9", "decision.quota.kim=5"])
    assert small == before
    assert other == small.but(weeks=9)
    assert levers == {"price": 0.9, "quota": {"kim": 5}}


def test_no_settings_change_nothing(small):
    assert apply_settings(small, []) == (small, {})


def test_levers_of_a_scenario_that_was_set_are_the_ones_changed(small):
    settings = [
        "decision.call_split.key=0.1",
        "selling.call_split={key: 0.2, regular: 0.3, tail: 0.5}",
    ]
    with pytest.raises(ScenarioError, match=r"they add up to 0\.9"):
        apply_settings(small, settings)
    _, levers = apply_settings(small, [*settings, "decision.call_split.tail=0.6"])
    assert levers["call_split"] == {"key": 0.1, "regular": 0.3, "tail": 0.6}


def test_levers_hold_from_the_first_week_until_the_policy_changes_them(small):
    policy = with_levers(plays({2: {"price": 1.1}}), {"price": 0.9})
    run = Run.play(small, policy)
    assert [decision.price for decision in run.simulation.decisions] == [0.9, 0.9, 1.1]


# Writing


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_all_files_arrive_together(tmp_path):
    with all_or_nothing(tmp_path / "a" / "b") as draft:
        (draft / "one").write_text("1")
        (draft / "two").write_text("2")
        assert not (tmp_path / "a" / "b" / "one").exists()
    assert names(tmp_path) == ["a", "a/b", "a/b/one", "a/b/two"]


@pytest.mark.parametrize("error", [OSError(28, "full"), ValueError("other"), KeyboardInterrupt()])
def test_an_error_leaves_nothing_behind(tmp_path, error):
    with (
        pytest.raises((ScenarioError, ValueError, KeyboardInterrupt)) as caught,
        all_or_nothing(tmp_path / "a" / "b") as draft,
    ):
        (draft / "one").write_text("1")
        raise error
    assert isinstance(caught.value, ScenarioError) == isinstance(error, OSError)
    assert names(tmp_path) == []


def test_when_one_file_cannot_move_the_earlier_ones_are_put_back(tmp_path):
    (tmp_path / "one").write_text("old")
    (tmp_path / "two").mkdir()  # no file can take its place
    (tmp_path / "two" / "mine").write_text("mine")
    before = names(tmp_path)
    with (
        pytest.raises(ScenarioError, match="there is a folder named two in it"),
        all_or_nothing(tmp_path) as draft,
    ):
        for name in ("new", "one", "two"):
            (draft / name).write_text("new")
    assert names(tmp_path) == before
    assert (tmp_path / "one").read_text() == "old"


def test_a_file_open_elsewhere_keeps_all_files_as_they_were(tmp_path, monkeypatch):
    """As on Windows, where a table that is open in a spreadsheet cannot be replaced."""
    for name in ("one", "two"):
        (tmp_path / name).write_text("old")
    move = Path.replace

    def locked(path, target):
        if path == tmp_path / "two":
            raise PermissionError(13, "in use")
        return move(path, target)

    monkeypatch.setattr(Path, "replace", locked)
    with (
        pytest.raises(ScenarioError, match="open in another program"),
        all_or_nothing(tmp_path) as d,
    ):
        for name in ("one", "two"):
            (d / name).write_text("new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        ("one", "two"), "old"
    )


def test_trying_whether_a_folder_is_writable_leaves_no_trace(tmp_path):
    must_be_writable(tmp_path / "a" / "b")
    assert names(tmp_path) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(ScenarioError, match="there is a file where the folder should be"):
        must_be_writable(tmp_path / "file" / "b")
