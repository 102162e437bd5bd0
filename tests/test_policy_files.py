"""Who decides: names, YAML files, games, functions and lever values, found and checked."""

import pickle

import cloudpickle
import pytest
from commands import SMALL, simkit

from simkit.region.policies import POLICIES, call_by_habit
from simkit.region.simulation import Simulation
from simkit.scenario.files import data_folder
from simkit.scenario.library import load_scenario
from simkit.scenario.policy_file import policy_names
from simkit.scenario.record import ScenarioError
from simkit.study.experiment.policies import TITLES, arms_of, find_player, unique
from simkit.study.experiment.sweep import grid, latin
from simkit.study.game import Game

GOOD = """\
name: {en: Winter, zh: 冬季}
brief: {en: Cheap in the north, zh: 北区低价}
policy:
  base: %s
  weeks:
    - week: 1
      change: {price: 0.9, local: {north: {price: 0.8}}}
    - week: 3
      change: {backup_supplier: true, local: {south: {promotion: 500}}}
source: made up
"""
BAD = """\
name: {en: a, zh: b}
brief: {en: a, zh: b}
policy:
  base: keep_cours
  weeks:
    - week: 3
      change: {pric: 0.95, local: {north: {prise: 1}}}
    - week: 2
      change: {price: 3, call_split: {key: 0.5}}
    - week: 2
      change: {}
    - week: 0
      change: {quota: {a: -1}, call_split: {keyy: 1}}
"""
MISTAKES = [
    (1, 1, "the key 'source' is missing here"),
    (4, 9, "there is no policy 'keep_cours', did you mean 'keep_course'?"),
    (7, 16, "unknown key 'pric', did you mean 'price'?"),
    (7, 43, "no lever 'prise' for a territory, did you mean 'price'?"),
    (8, 13, "week 2 stands after week 3; put the weeks in order"),
    (9, 23, "'price' must be at most 1.3, is 3"),
    (9, 44, "key + regular + tail must add up to 1, they add up to 1.2"),
    (10, 13, "week 2 stands here twice; write all its changes under one entry"),
    (11, 15, "nothing is changed here; name a lever, such as 'price: 0.95'"),
    (12, 13, "'week' must be at least 1, is 0"),
    (12, 13, "week 0 stands after week 2; put the weeks in order"),
    (13, 27, "'a' must be at least 0, is -1"),
    (13, 45, "unknown key 'keyy', did you mean 'key'?"),
]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The path of a small region of three weeks."""
    path = tmp_path_factory.mktemp("region") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def scenario(small):
    return load_scenario(small)


def written(folder, text, name="own.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def decisions(scenario, player, seed=1):
    """The decisions of a player, week by week, from a pickled copy."""
    decide = pickle.loads(cloudpickle.dumps(player.decide))
    return Simulation(scenario, seed).run(decide).decisions


# Files


def test_a_policy_file_changes_what_it_says_in_the_weeks_it_says(tmp_path, scenario):
    one, two, three = decisions(
        scenario, find_player(written(tmp_path, GOOD % "keep_course"), scenario)
    )
    assert one == two
    assert (one.price, one.backup_supplier, one.local) == (0.9, False, {"north": {"price": 0.8}})
    assert three == one.but(
        backup_supplier=True, local={"north": {"price": 0.8}, "south": {"promotion": 500.0}}
    )


def test_what_a_file_sets_holds_whatever_its_base_decides(tmp_path, scenario):
    player = find_player(written(tmp_path, GOOD % "discount_happy"), scenario)
    for decision in decisions(scenario, player):
        assert decision.price == 0.9  # the base asks for 0.95 each week
        assert decision.discount_limit_share == 0.2


def test_all_mistakes_of_a_policy_file_are_told_at_once_with_their_places(tmp_path, scenario):
    path = written(tmp_path, BAD)
    with pytest.raises(ScenarioError) as error:
        find_player(path, scenario)
    assert [(p.line, p.col, p.message) for p in error.value.problems] == MISTAKES
    said = simkit("check", path)
    assert said.code == 2
    assert f"{path}:7:16: unknown key 'pric', did you mean 'price'?" in said.err


def test_names_that_the_region_lacks_are_told_before_anything_is_played(tmp_path, scenario):
    text = GOOD.replace("south:", "soth:") % "keep_course"
    with pytest.raises(ScenarioError) as error:
        find_player(written(tmp_path, text), scenario)
    (problem,) = error.value.problems
    assert problem.message == "unknown territory 'soth', did you mean 'south'? in this scenario"
    assert problem.line == 9
    for change in ("answers: ['war:adds']", "training_days: {kin: 1}", "account_moves: {x: kim}"):
        text = (GOOD % "keep_course").replace("backup_supplier: true", change)
        with pytest.raises(ScenarioError, match=r"unknown (answer|rep|customer) '"):
            find_player(written(tmp_path, text), scenario)


def test_weeks_that_are_never_reached_are_noted(tmp_path, scenario):
    text = (GOOD % "keep_course").replace("week: 3", "week: 9")
    (note,) = find_player(written(tmp_path, text), scenario).notes
    assert "Winter: 3 weeks are played, what is set from week 9 on never counts." in note.en
    assert "第 9 周" in note.zh
    assert find_player(written(tmp_path, GOOD % "keep_course"), scenario).notes == ()


def test_the_shipped_policy_files_are_in_order_and_fit_the_shipped_regions():
    names = policy_names(own=False)
    assert 3 <= len(names) <= 8
    for region in ("workshop_region", "region_40", "territory_region"):
        shipped = load_scenario(region)
        keys = {find_player(name, shipped).key for name in names}
        assert len(keys) == len(names)
    assert simkit("check", data_folder("scenarios") / "policies").code == 0


# Names and levers


def test_every_policy_of_the_catalogue_has_a_title_in_both_languages(scenario):
    assert TITLES.keys() == POLICIES.keys()
    player = find_player("call_by_habit", scenario)
    assert (player.decide, player.key, player.title.zh) == (
        call_by_habit,
        "call_by_habit",
        "平均拜访",
    )


def test_levers_after_a_plus_hold_in_every_week(scenario):
    player = find_player("discount_happy+price=0.9+local.north.promotion=1e+2", scenario)
    for decision in decisions(scenario, player):
        assert (decision.price, decision.local) == (0.9, {"north": {"promotion": 100.0}})
        assert decision.discount_limit_share == 0.2
    assert player.title.zh.startswith("以价换量，价格水平 = 0.9，")


def test_equal_behaviour_has_an_equal_key_and_other_behaviour_another(tmp_path, scenario):
    text = (GOOD % "keep_course").split("    - week: 3")[0] + "source: made up\n"
    text = text.replace(", local: {north: {price: 0.8}}", "")
    by_file = find_player(written(tmp_path, text), scenario)
    assert by_file.key == find_player("keep_course+price=0.9", scenario).key
    assert by_file.key != find_player("keep_course+price=0.91", scenario).key
    assert by_file.key != find_player("all_rounder+price=0.9", scenario).key


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("keep_cours", "keep_cours: there is no such policy, did you mean 'keep_course'?"),
        ("keep_course+price", "after the + write lever=value"),
        ("keep_course+pric=1", "decision.pric: unknown name 'pric', did you mean 'price'?"),
        ("keep_course+price=2", "decision.price: 'price' must be at most 1.3, is 2"),
        ("keep_course+price=low", "'price' must be a number, not the text 'low'"),
        ("keep_course+headcount.nort=3", "unknown territory 'nort', did you mean 'north'?"),
        ("nowhere.yaml", "there is no such file"),
    ],
)
def test_a_policy_that_does_not_exist_is_told(scenario, spec, message):
    with pytest.raises(ScenarioError) as error:
        find_player(spec, scenario)
    assert message in str(error.value)


def test_folders_and_other_files_are_no_policies(tmp_path, scenario):
    with pytest.raises(ScenarioError, match="is a folder"):
        find_player(tmp_path, scenario)
    with pytest.raises(ScenarioError, match=r"is neither a policy file \(.yaml\) nor a game"):
        find_player(written(tmp_path, "hello", "notes.txt"), scenario)


# Functions


def test_a_function_is_a_policy_and_what_it_holds_tells_it_from_others(scenario):
    def cheap(price):
        return lambda report: report.decision.but(price=price)

    one, same, other = (find_player(cheap(price), scenario) for price in (0.9, 0.9, 0.8))
    assert one.key == same.key != other.key
    assert {d.price for d in decisions(scenario, other)} == {0.8}
    assert find_player(call_by_habit, scenario).key == "call_by_habit"


# Games


@pytest.fixture
def game(tmp_path, scenario):
    """A game of two weeks of three, one lever changed in each."""
    with Game.new(tmp_path / "mei.game", scenario, seed=5) as game:
        decision = game.play(game.report.decision.but(price=0.9)).decision
        game.play(decision.but(answers=("war:ads",)))
        yield game


def test_a_game_is_the_policy_of_whoever_played_it(game, scenario):
    player = find_player(game.path, scenario)
    played = decisions(scenario, player, seed=5)
    assert played[:2] == game.decisions
    assert played[2] == game.decisions[1]
    assert [note.en for note in player.notes] == [
        "mei.game: 2 weeks were played; from week 3 on the last decision stays in force."
    ]


def test_a_game_that_is_longer_or_of_another_region_is_noted_or_refused(game, scenario):
    (short,) = find_player(game.path, scenario.but(weeks=1)).notes
    assert short.en == "mei.game: 2 weeks were played, the first 1 are used."
    calm = scenario.but(market=scenario.market.but(drift_per_year=0.5))
    notes = find_player(game.path, calm).notes
    assert "was played in another scenario or under other settings" in notes[-1].en
    with pytest.raises(ScenarioError, match=r"week 2: unknown answer 'war:ads'.*another region"):
        find_player(game.path, load_scenario("workshop_region"))


def test_a_game_without_a_week_decides_nothing(tmp_path, scenario):
    with Game.new(tmp_path / "new.game", scenario) as new:
        path = new.path
    with pytest.raises(ScenarioError, match="no week of this game has been played"):
        find_player(path, scenario)


# Arms


def test_names_that_stand_twice_get_numbers(scenario):
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]
    arms = arms_of(scenario, ["keep_course", "keep_course"])
    assert [arm.name for arm in arms] == ["keep_course", "keep_course (2)"]
    assert arms[1].title.zh == "维持现状 (2)"


def test_settings_change_the_region_and_where_all_start_from(scenario):
    settings = ["market.crises.on=false", "decision.price=0.9"]
    one, other = arms_of(scenario, ["keep_course", "discount_happy"], settings)
    assert one.scenario == other.scenario != scenario
    assert {d.price for d in decisions(one.scenario, one.player)} == {0.9}
    assert {d.price for d in decisions(one.scenario, other.player)} == {0.95}  # its own decision
    assert one.player.key != arms_of(scenario, ["keep_course"])[0].player.key
    with pytest.raises(ScenarioError, match="--set decision: unknown territory 'nort'"):
        arms_of(scenario, ["keep_course"], ["decision.headcount.nort=2"])


def test_a_grid_has_an_arm_for_every_combination(scenario):
    factors = {"decision.price": [0.9, 1.0], "market.drift_per_year": [0.0, 0.1, 0.2]}
    arms = grid(scenario, factors, "discount_happy")
    assert len(arms) == 6
    assert [arm.name for arm in arms][:2] == [
        "price=0.9, market.drift_per_year=0.0",
        "price=0.9, market.drift_per_year=0.1",
    ]
    assert [arm.scenario.market.drift_per_year for arm in arms[:3]] == [0.0, 0.1, 0.2]
    assert {d.price for d in decisions(arms[0].scenario, arms[0].player)} == {0.9}
    assert len({arm.player.key for arm in arms}) == 2


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({}, "there is nothing to vary"),
        ({"decision.price": []}, "decision.price: give a list of one value or more"),
        ({"decision.price": [0.9, 0.9]}, "the value 0.9 stands twice"),
        ({"decision.price": range(101), "decision.promotion": range(101)}, "10,201 combinations"),
        ({"decision.price": [3.0]}, "'price' must be at most 1.3"),
        ({"market.groth": [1.0]}, "unknown name 'groth'"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(scenario, factors, message):
    with pytest.raises(ValueError, match=message):
        grid(scenario, factors)


def test_a_latin_hypercube_has_each_tenth_of_each_range_once(scenario):
    ranges = {"decision.price": (0.9, 1.1), "decision.quote_staff": (1, 10)}
    arms = latin(scenario, ranges, n=10, key=3)
    levers = [arm.player.decide.weeks[0][1] for arm in arms]
    assert sorted(int((each["price"] - 0.9) / 0.02) for each in levers) == list(range(10))
    assert sorted(each["quote_staff"] for each in levers) == list(range(1, 11))
    again = latin(scenario, ranges, n=10, key=3)
    assert [arm.name for arm in again] == [arm.name for arm in arms]
    assert [arm.name for arm in latin(scenario, ranges, n=10, key=4)] != [a.name for a in arms]
    with pytest.raises(ValueError, match="give the least and the largest value"):
        latin(scenario, {"decision.price": (1.1, 0.9)})
