"""Games: what is played, taken back, branched and replayed is always the same game."""

import json
import time
from pathlib import Path

import pytest
from commands import SMALL, simkit
from hypothesis import given, settings
from hypothesis import strategies as st
from regions import LAWS, after, changed, games, lively, plays

from simkit.region.decision import Decision, starting_decision
from simkit.region.policies import POLICIES
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.study.changes import decisions_but
from simkit.study.game import Entry, Game, GameError, replay_game
from simkit.study.journal import Journal
from simkit.study.run import Run

SHORT = settings(LAWS, max_examples=15)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_scenario(path)


@pytest.fixture
def game(tmp_path):
    return Game.new(tmp_path / "a.game", lively(), 5, {"player": "李"})


def go_on(game, plan=None, weeks=None):
    """Play the weeks that are left, or some, changing in each what `plan` says."""
    for week in range(game.week, game.week + weeks if weeks else game.scenario.weeks):
        game.play(after(game.report.decision, (plan or {}).get(week, {})), week)
    return game


def lines(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


PLAN = {1: {"price": 0.9}, 3: {"coaching_hours": 2}, 4: {"price": 1.0}}


# Laws


@SHORT
@given(drawn=games())
def test_a_game_is_the_run_of_its_decisions(drawn, tmp_path_factory):
    path = tmp_path_factory.mktemp("law") / "a.game"
    game = go_on(Game.new(path, drawn.scenario, drawn.seed), drawn.plan)
    alone = drawn.play()
    assert game.simulation.world.log == alone.world.log
    opened = Game.open(path)
    assert opened.simulation.world.log == alone.world.log
    assert (opened.agrees, opened.warnings, opened.done) == (True, [], True)
    assert opened.decisions == alone.decisions
    # A counterfactual with an untouched list is identical, event for event.
    assert opened.replayed().world.log == alone.world.log
    assert opened.replayed(opened.decisions).world.log == alone.world.log


@SHORT
@given(drawn=games(), data=st.data())
def test_what_is_undone_and_played_again_is_the_same(drawn, data, tmp_path_factory):
    path = tmp_path_factory.mktemp("law") / "a.game"
    game = Game.new(path, drawn.scenario, drawn.seed)
    digests = [game.simulation.digest()]
    for _ in range(drawn.scenario.weeks):
        go_on(game, drawn.plan, 1)
        digests.append(game.simulation.digest())
    decisions, back = game.decisions, data.draw(st.integers(1, drawn.scenario.weeks))
    report = game.undo(back)
    assert report.week == game.week == drawn.scenario.weeks - back
    assert game.simulation.digest() == digests[game.week]
    assert game.decisions == decisions[: game.week]
    for week in range(game.week, drawn.scenario.weeks):
        game.play(decisions[week], week)
    assert game.simulation.digest() == digests[-1]
    assert Game.open(path).simulation.digest() == digests[-1]


@SHORT
@given(drawn=games(), data=st.data())
def test_a_branch_has_the_same_beginning_and_then_is_free(drawn, data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("law")
    game = go_on(Game.new(folder / "a.game", drawn.scenario, drawn.seed), drawn.plan)
    week = data.draw(st.integers(0, drawn.scenario.weeks))
    before = (folder / "a.game").read_bytes()
    branch = game.branch(folder / "b.game", week)
    assert branch.week == week
    assert branch.decisions == game.decisions[:week]
    prefix = replay_game(drawn.scenario, drawn.seed, game.decisions[:week])
    assert branch.simulation.world.log == prefix.world.log
    go_on(branch, {each: {"price": 1.2} for each in range(drawn.scenario.weeks)})
    assert (folder / "a.game").read_bytes() == before
    assert game.simulation.digest() == drawn.play().digest()
    assert Game.open(folder / "b.game").simulation.digest() == branch.simulation.digest()


def test_every_kind_of_lever_survives_the_file(small, tmp_path):
    from test_run import EVERY_LEVER

    game = go_on(Game.new(tmp_path / "a", small, 3), EVERY_LEVER)
    assert game.simulation.digest() == Run.play(small, plays(EVERY_LEVER), 3).digest
    assert Game.open(tmp_path / "a").simulation.digest() == game.simulation.digest()


# Replays


def test_one_decision_can_be_left_out_or_changed(game):
    go_on(game, PLAN)
    for week, levers in [(1, {}), (3, {"promotion": 900.0}), (4, {})]:
        plan = {**PLAN, week: levers}
        other = game.replayed(decisions_but(game.scenario, game.decisions, week, **levers))
        assert other.digest() == Run.play(lively(), plays(plan), 5).digest
        assert other.digest() != game.simulation.digest()
    with pytest.raises(ValueError, match="week 8 is not among the 8"):
        decisions_but(game.scenario, game.decisions, 8)


def test_what_is_left_out_does_not_come_back_with_what_is_added_later():
    start = starting_decision(lively())
    first = start.but(training_days={"north-r1": 2})
    second = first.but(training_days={"north-r1": 2, "east-r1": 1})
    without = decisions_but(lively(), [first, second], 0)
    assert [each.training_days for each in without] == [{}, {"east-r1": 1}]


@pytest.mark.parametrize("name", ["keep_course", "all_rounder"])
def test_another_manager_plays_all_weeks_with_the_same_customers(game, name):
    go_on(game, PLAN, 3)
    expected = Run.play(lively(), name, 5).digest
    assert game.replayed(name).digest() == expected
    assert game.replayed(POLICIES[name]).digest() == expected


def test_other_worlds_have_other_luck(game):
    go_on(game, PLAN)
    other = game.replayed(replication=4)
    assert other.digest() != game.simulation.digest()
    again = Simulation(lively(), 5, 4)
    for decision in game.decisions:
        again.step(decision)
    assert other.world.log == again.world.log


# Notes and undo


def test_notes_belong_to_the_week_that_was_to_be_played(game):
    plan = {"risks": {"supplier": [2, 3]}, "plan": [{"owner": "王"}]}
    assert game.note("plan", plan) == Entry("plan", 0, plan)
    go_on(game, weeks=2)
    game.note("memo", {"text": "第二周 \u2028\n x"})
    for found in (game, Game.open(game.path)):
        assert [entry.kind for entry in found.notes()] == ["plan", "memo"]
        assert found.notes("memo") == [Entry("memo", 2, {"text": "第二周 \u2028\n x"})]
        assert found.notes("plan") == [Entry("plan", 0, plan)]
        assert found.notes("mark") == []


def test_a_note_is_a_copy_of_what_was_given(game):
    data = {"a": [1]}
    entry = game.note("note", data)
    data["a"].append(2)
    entry.data["a"].append(3)
    game.notes()[0].data["a"].append(4)
    assert game.notes() == [Entry("note", 0, {"a": [1]})]


def test_an_undo_takes_back_notes_made_since_the_decision_but_not_those_before(game):
    game.note("plan", {"n": 0})
    go_on(game, weeks=1)
    game.note("prediction", {"n": 1})
    go_on(game, weeks=1)
    game.note("note", {"n": 2})
    size = game.path.stat().st_size
    game.undo()
    assert game.path.stat().st_size > size
    assert [entry.data["n"] for entry in game.notes()] == [0, 1]
    game.undo()
    assert [entry.data["n"] for entry in game.notes()] == [0]
    game.note("note", {"n": 3})
    assert [entry.data["n"] for entry in Game.open(game.path).notes()] == [0, 3]


@pytest.mark.parametrize("weeks", [0, -1, True, 1.0, "1", 3])
def test_only_weeks_that_were_played_can_be_undone(game, weeks):
    go_on(game, weeks=2)
    before = game.path.read_bytes()
    with pytest.raises(GameError, match=r"undo one week or more|3 weeks cannot be undone: 2 were"):
        game.undo(weeks)
    assert (game.path.read_bytes(), game.week) == (before, 2)


@pytest.mark.parametrize("week", [-1, 3, True, "1", None])
def test_a_branch_begins_at_a_week_that_was_reached(game, week, tmp_path):
    go_on(game, weeks=2)
    with pytest.raises(GameError, match="branch at a week from 0 to 2"):
        game.branch(tmp_path / "b", week)
    assert not (tmp_path / "b").exists()


def test_a_branch_keeps_the_notes_of_its_beginning(game, tmp_path):
    game.note("plan", {})
    go_on(game, weeks=2)
    game.note("note", {})
    branch = game.branch(tmp_path / "b", 1)
    assert [entry.kind for entry in branch.notes()] == ["plan"]
    assert branch.about == {"player": "李"}
    assert lines(tmp_path / "b")[0]["branch_of"] == {"file": "a.game", "week": 1}
    with pytest.raises(GameError, match="there is a file already"):
        game.branch(tmp_path / "b", 1)


# What is refused


def but(**levers):
    return lambda report: report.decision.but(**levers)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (but(quota={"nort-r1": 5}), "week 2: unknown rep 'nort-r1', did you mean 'north-r1'?"),
        (but(answers=("war:ads",)), "week 2: unknown answer 'war:ads'"),
        (but(priorities={"legal": 1}), "week 2: unknown answer 'legal'"),
        (but(account_moves={"north-9999": "north-r1"}), "week 2: unknown customer 'north-9999'"),
        (lambda report: report.decision.model_copy(update={"price": 9.0}), "week 2: price"),
        (lambda report: report.decision.model_copy(update={"price": float("nan")}), "price"),
        (lambda report: report.decision.model_copy(update={"price": {1}}), "price"),
        (lambda report: None, "under a Decision, not None"),
        (lambda report: dict(report.decision), "under a Decision, not {'call_split'"),
    ],
)
def test_a_decision_that_makes_no_sense_is_not_written(game, make, message):
    go_on(game, PLAN, 2)
    before, digest = game.path.read_bytes(), game.simulation.digest()
    with pytest.raises(GameError) as caught:
        game.play(make(game.report))
    assert message in str(caught.value)
    assert str(game.path) in str(caught.value)
    assert (game.path.read_bytes(), game.week) == (before, 2)
    assert game.simulation.digest() == digest
    assert go_on(game, PLAN).simulation.digest() == Run.play(lively(), plays(PLAN), 5).digest


def test_the_check_before_the_write_is_the_one_of_the_step(game):
    """Else a decision could be on the disk that no week can be played under."""
    team = sorted(game.report.reps)
    for decision in (
        game.report.decision.but(dismissals=(team[0],), quota={team[1]: 5.0}),
        game.report.decision.but(quota={team[0]: 7.0}),  # gone by then, still a known name
    ):
        game.play(decision)
    assert team[0] not in game.report.reps
    game.play(game.report.decision.but(quota={team[0]: 8.0}))


def test_a_week_is_played_once(game):
    go_on(game, weeks=3)
    before = game.path.read_bytes()
    with pytest.raises(GameError, match=r"week 1 was already played; .* at week 3: undo first"):
        game.play(game.report.decision, week=1)
    with pytest.raises(GameError, match="week 5 cannot be played yet; the game is at week 3"):
        game.play(game.report.decision, week=5)
    with pytest.raises(GameError, match="week 4 cannot be played"):
        game.play(game.report.decision, week="4")
    go_on(game)
    with pytest.raises(GameError, match="all 8 weeks are played; undo"):
        game.play(game.report.decision)
    with pytest.raises(GameError, match="week 7 was already played"):
        game.play(game.report.decision, week=7)
    assert game.path.read_bytes().startswith(before)
    assert game.week == 8


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("", {}),
        (3, {}),
        ("note", [1]),
        ("note", {"a": float("inf")}),
        ("note", {"a": {1}}),
        ("note", {"a": "\ud800"}),
    ],
)
def test_only_plain_data_is_noted(game, kind, data):
    before = game.path.read_bytes()
    with pytest.raises(GameError, match="plain data"):
        game.note(kind, data)
    assert game.path.read_bytes() == before


def test_a_game_does_not_begin_over_a_file_or_in_several_regions(small, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(GameError, match="there is a file already: open it, or choose another"):
        Game.new(tmp_path / "mine.txt", small)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    with pytest.raises(GameError, match="a seed is a whole number from 0 on, not -1"):
        Game.new(tmp_path / "b", small, -1)
    with pytest.raises(GameError, match="simulate one of them"):
        Game.new(tmp_path / "b", load_scenario("national"))
    with pytest.raises(GameError, match="only plain data"):
        Game.new(tmp_path / "b", small, about={"when": object()})
    with pytest.raises(GameError, match="the game was not begun: "):
        Game.new(tmp_path / "mine.txt" / "b", small)
    assert [path.name for path in tmp_path.iterdir() if path.name[0] != "."] == ["mine.txt"]


def test_an_interrupted_week_is_played_again_from_the_file(game, monkeypatch):
    go_on(game, PLAN, 3)
    step = Simulation._play_week

    def stopped(region):
        if region.week == 3:
            monkeypatch.setattr(Simulation, "_play_week", step)
            region._start_week()  # in the middle of things
            raise KeyboardInterrupt
        step(region)

    monkeypatch.setattr(Simulation, "_play_week", stopped)
    with pytest.raises(KeyboardInterrupt):
        go_on(game, PLAN, 1)
    assert game.week == 4  # it was on the disk
    assert go_on(game, PLAN).simulation.digest() == Run.play(lively(), plays(PLAN), 5).digest


def test_an_interrupt_just_after_the_write_is_no_gap(game, monkeypatch):
    go_on(game, PLAN, 3)
    append = Journal.append

    def stopped(self, line, sync=True):
        append(self, line, sync)
        monkeypatch.setattr(Journal, "append", append)
        raise KeyboardInterrupt

    monkeypatch.setattr(Journal, "append", stopped)
    with pytest.raises(KeyboardInterrupt):
        go_on(game, PLAN, 1)
    assert game.week == game.report.week == 4
    assert go_on(game, PLAN).simulation.digest() == Run.play(lively(), plays(PLAN), 5).digest


def test_a_long_game_opens_in_well_under_a_second(tmp_path):
    game = go_on(Game.new(tmp_path / "a", load_scenario("workshop_region")), PLAN)
    game.close()
    begun = time.perf_counter()
    opened = Game.open(tmp_path / "a")
    assert time.perf_counter() - begun < 2.0  # a slow and busy machine included
    assert (opened.week, opened.done, opened.agrees) == (26, True, True)


# The command


def test_the_command_replays_a_game_of_fewer_weeks(game):
    go_on(game, PLAN, 4)
    game.undo()
    said = simkit("replay", game.path)
    assert (said.code, said.err) == (0, "")
    assert "agrees with the recorded game, 3 of 8 weeks" in said.out
    found = json.loads(simkit("replay", game.path, "--json").out)
    assert found == {"digest": game.simulation.digest(), "agrees": True}
    found = json.loads(simkit("replay", game.path, "--with-policy", "all_rounder", "--json").out)
    assert found == {"digest": Run.play(lively(), "all_rounder", 5).digest, "agrees": None}
    game.play(game.report.decision)  # looking at it has taken nothing from this window


def resealed(path, change):
    """Write the lines of a game again as if they had been played so: checksums and all."""
    from simkit.study.chain import sealed_lines

    found = lines(path)
    for line in found:
        del line["sum"]
    change(found)
    path.write_bytes(sealed_lines(path, found))


def test_a_week_that_comes_out_otherwise_is_told(game):
    go_on(game, PLAN, 3)
    game.close()
    resealed(game.path, lambda found: found[4].update(digest="0" * 64))
    opened = Game.open(game.path)
    assert not opened.agrees
    assert "week 1 comes out otherwise than when it was played with simkit" in opened.warnings[0]
    said = simkit("replay", game.path)
    assert (said.code, "DIFFERS from the recorded game" in said.out) == (1, True)
    assert "week 1 comes out otherwise" in said.err
    assert json.loads(simkit("replay", game.path, "--json").out)["agrees"] is False


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda found: found[0]["scenario"].update(weeks="x"),
            "its scenario was changed after the game",
        ),
        (lambda found: found[0].pop("scenario"), "does not fit this version: no 'scenario'"),
        (lambda found: found[0].update(seed=None), "does not fit this version"),
        (lambda found: found[1]["levers"].update(price=9), "does not fit this version: price"),
        (lambda found: found[1]["levers"].update(quota={"x": 1}), "unknown rep 'x'"),
        (lambda found: found[1]["levers"].update(magic=1), "does not fit this version: "),
        (lambda found: found[1].pop("levers"), "does not fit this version: no 'levers'"),
        (lambda found: found.pop(1), "its weeks do not follow each other"),
        (lambda found: found[1].update(kind="dance"), "line 2 was made with a newer simkit"),
        (lambda found: found[0].update(format="simkit-game-2"), "a newer simkit (simkit-game-2)"),
    ],
)
def test_what_this_version_cannot_play_is_refused_with_the_reason(game, change, message):
    go_on(game, PLAN, 3)
    game.close()
    resealed(game.path, change)
    before = game.path.read_bytes()
    with pytest.raises(GameError) as caught:
        Game.open(game.path)
    assert message in str(caught.value)
    said = simkit("replay", game.path)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert game.path.read_bytes() == before


def test_a_scenario_that_no_longer_validates_is_refused(game):
    from hashlib import sha256

    from simkit.study.run import canonical

    game.close()

    def age(found):
        found[0]["scenario"]["demand"]["orders_per_week"] = -1
        found[0]["scenario_sha256"] = sha256(canonical(found[0]["scenario"]).encode()).hexdigest()

    resealed(game.path, age)
    with pytest.raises(GameError, match=r"does not fit this version: demand\.orders_per_week"):
        Game.open(game.path)


def test_the_command_refuses_what_is_no_game(tmp_path):
    for text in (b"", b'{"kind":"game","format":"simkit-game-1"', b"\xff\xfe\x00", b"[]\n"):
        (tmp_path / "x").write_bytes(text)
        said = simkit("replay", tmp_path / "x")
        assert (said.code, said.out) == (2, "")
        assert str(tmp_path / "x") in said.err
    for path in (tmp_path, tmp_path / "none", Path("/dev/null"), tmp_path / "x" / "y"):
        assert simkit("replay", path).code == 2


def test_the_command_says_what_was_lost_of_a_torn_game(game):
    go_on(game, PLAN, 2)
    digest = game.simulation.digest()
    with game.path.open("ab") as file:
        file.write(b'{"kind":"play","week":2,"lev')
    said = simkit("replay", game.path, "--json")
    assert (said.code, json.loads(said.out)) == (0, {"digest": digest, "agrees": True})
    assert "the last line (6), the decision in week 2, was not written to its end" in said.err


def test_the_first_decision_of_a_game_is_kept_whole(game):
    go_on(game, {1: {"price": 0.9}}, 2)
    played = [line for line in lines(game.path) if line["kind"] == "play"]
    assert set(played[0]["levers"]) == set(Decision.model_fields)
    assert played[1]["levers"] == {"price": 0.9}
    assert changed(lively()) == game.scenario
