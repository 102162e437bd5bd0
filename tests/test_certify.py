"""The certificate of a scenario: skill, levers, luck and minutes, and its command."""

import json
import random
from typing import get_args

import pytest
from commands import simkit
from regions import lively, shock

from simkit.region.decision import Decision
from simkit.region.policies import find_policy
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Text
from simkit.scenario.shocks import Condition
from simkit.study.certify import PLAYERS, _luck, _skill, certify
from simkit.study.levers_alone import only, pulled
from simkit.study.outcome import outcome
from simkit.study.playing_time import playing_time
from simkit.study.ranking import rank
from simkit.study.workers import World, play_worlds

DRILL = """\
extends: region_40
name: {en: Slump, zh: 低谷}
weeks: 14
warm_up_weeks: 6
territories:
  - {id: north, name: {en: North, zh: 北区}, customers: 60, reps: 2}
  - {id: south, name: {en: South, zh: 南区}, customers: 60, reps: 2}
shocks:
  - id: slump
    name: {en: Slump, zh: 低谷}
    brief: {en: They buy less in the whole region, zh: 全区订单减少}
    start_week: 2
    weeks: 12
    effects: [{what: demand, multiply: 0.4}, {what: order_value, multiply: 0.6}]
    answers:
"""
ANSWERS = {
    "service": "[{what: demand, multiply: 2.2}]",
    "bundles": "[{what: order_value, multiply: 1.6}]",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Files of a drill by name: two answers that help, one that does, none."""
    folder = tmp_path_factory.mktemp("drills")
    for name, answers in {"two": ANSWERS, "one": {"service": ANSWERS["service"]}}.items():
        lines = [
            f"      - {{id: {a}, name: {{en: {a}, zh: 措施}}, cost_per_week: 300, effects: {e}}}\n"
            for a, e in answers.items()
        ]
        (folder / f"{name}.yaml").write_text(
            DRILL + "".join(lines) + "    source: made up\n", encoding="utf-8"
        )
    calm = DRILL[: DRILL.index("shocks:")]
    (folder / "calm.yaml").write_text(calm, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def two(files):
    return certify(load_scenario(files / "two.yaml"), worlds=12, workers=1)


def test_a_drill_with_two_levers_rewards_skill(two):
    assert two.skill.good == "seasoned" and two.skill.weak in ("keep_course", "hesitant")
    assert two.criteria == {
        "skill_is_rewarded": True,
        "acting_pays": True,
        "no_lever_dominates": True,
    }
    assert two.passed
    assert two.skill.wins.of == 6
    assert {lever.name for lever in two.levers} == {"slump:service", "slump:bundles"}
    assert all(0.1 < lever.share < 0.8 for lever in two.levers)
    assert [player.name for player in two.players] == list(two.ranking.means)
    assert 0 < two.luck.share_same_world < two.luck.share < 1


def test_a_drill_with_one_lever_is_dominated_by_it(files):
    found = certify(load_scenario(files / "one.yaml"), worlds=12, workers=1)
    (lever,) = found.levers
    assert (lever.name, lever.share, lever.certain) == ("slump:service", pytest.approx(1), True)
    assert found.criteria["no_lever_dominates"] is False and not found.passed


def test_where_there_is_nothing_to_do_nobody_is_better(files):
    found = certify(load_scenario(files / "calm.yaml"), worlds=10, workers=1)
    assert {pair.verdict for pair in found.ranking.pairs} == {"cannot tell"}
    assert found.ranking.order is None and found.levers is None
    assert found.criteria == {
        "skill_is_rewarded": False,
        "acting_pays": False,
        "no_lever_dominates": None,
    }
    assert found.luck.share == 1.0
    json.dumps(found.as_dict())


def test_two_processes_find_what_one_finds(files, two):
    told = []
    drill = load_scenario(files / "two.yaml")
    found = certify(drill, worlds=12, workers=2, tell=lambda *n: told.append(n))
    assert found == two
    assert told == sorted(told) and told[-1][0] == told[-1][1]
    assert {total for _, total in told} == {told[-1][1]}


def test_other_seeds_are_other_worlds(files, two):
    found = certify(load_scenario(files / "two.yaml"), worlds=12, workers=1, first_seed=13)
    assert found.ranking.means["seasoned"] != two.ranking.means["seasoned"]


def test_who_is_good_is_not_decided_where_it_is_counted():
    """A player who was only lucky in the first half does not win the second by that."""
    lucky = [9.0] * 5 + [0.0] * 5
    steady = [1.0] * 10
    found = _skill({"steady": steady, "lucky": lucky}, nothing_done=[0.0] * 10)
    assert (found.good, found.weak) == ("lucky", "steady")
    assert (found.wins.times, found.wins.of) == (0, 5)
    assert not found.rewarded and not found.acting_pays


def test_luck_is_the_share_of_variance_that_was_put_in():
    draw = random.Random(3)
    worlds = [draw.gauss(0, 30) for _ in range(4000)]
    skills = {"a": 0.0, "b": 20.0, "c": 40.0}  # variance 400
    money = {n: [s + w + draw.gauss(0, 10) for w in worlds] for n, s in skills.items()}
    found = _luck(money)
    assert found.share == pytest.approx(1000 / 1400, abs=0.03)
    assert found.share_same_world == pytest.approx(100 / 500, abs=0.02)


def test_a_lever_alone_is_the_decision_with_all_others_as_at_the_start():
    start = Decision(legal_staff=2)
    decision = start.but(
        answers=("a:x", "a:y"),
        priorities={"a:x": 1, "a:y": 2},
        release_reserve=9.0,
        price=0.9,
        local={"north": {"promotion": 500.0}},
    )
    assert pulled(start, decision) == {"a:x", "a:y", "price", "local"}
    assert pulled(start, start) == set()
    alone = only(start, decision, "a:x")
    assert alone == start.but(answers=("a:x",), priorities={"a:x": 1}, release_reserve=9.0)
    assert only(start, decision, "price") == start.but(price=0.9, release_reserve=9.0)
    assert only(start, start, "a:x") == start


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"players": ("seasoned", "hasty")}, "no policy 'hasty'"),
        ({"players": ("seasoned",)}, "at least two players"),
        ({"players": ("seasoned", "seasoned")}, "each once"),
        ({"worlds": 9}, "9 worlds are too few: take at least 10"),
    ],
)
def test_what_cannot_be_certified_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        certify(lively(), **changes)


# The law: right whenever an order is claimed


def test_blocks_of_worlds_never_claim_what_many_other_worlds_deny(files):
    """Twenty blocks of ten worlds against the order of a hundred others."""
    drill = load_scenario(files / "two.yaml").but(weeks=8)
    tasks = [World(drill, seed, name) for name in PLAYERS for seed in range(1, 301)]
    results = play_worlds(tasks, lambda simulation: outcome(simulation).contribution, 2)
    money = {name: results[i * 300 : (i + 1) * 300] for i, name in enumerate(PLAYERS)}
    truth = rank({name: values[200:] for name, values in money.items()})
    known = {frozenset((p.first, p.second)): p.better for p in truth.pairs}
    claims, open_pairs, orders = 0, 0, 0
    for first in range(0, 200, 10):
        block = rank({name: values[first : first + 10] for name, values in money.items()})
        for pair in block.pairs:
            sure = known[frozenset((pair.first, pair.second))]
            claims += pair.better is not None
            open_pairs += pair.better is None
            assert pair.better is None or sure is None or pair.better == sure
        orders += block.order is not None
        assert block.order in (None, truth.order)
    assert truth.order is not None
    assert claims > 60 and open_pairs > 0 and orders < 20


@pytest.mark.parametrize("name", PLAYERS)
@pytest.mark.parametrize("what", get_args(Condition))
def test_every_player_plays_every_kind_of_crisis(name, what):
    war = shock("war", (what, "all", 1.5), start=1, answers=[(100.0, (what, "all", 0.7))])
    scenario = lively(2, 4, 1).but(shocks=[war], weeks=6)
    assert Simulation(scenario, 1).run(find_policy(name)).done


# Minutes


def test_minutes_grow_with_weeks_texts_and_offers(files):
    calm, drill = (load_scenario(files / f"{name}.yaml") for name in ("calm", "two"))
    short, long = playing_time(calm.but(weeks=7)), playing_time(calm)
    assert (short.offers, short.weeks, long.weeks) == (0, 7, 14)
    assert long.minutes["en"] == pytest.approx(14 + long.words / 238)
    assert long.minutes["zh"] == pytest.approx(14 + long.characters / 260)
    crisis = playing_time(drill)
    assert crisis.offers == 2
    # Seven words of the brief, two names of answers; each answer is thought of ten weeks more.
    assert (
        crisis.words
        == long.words + len(["They", "buy", "less", "in", "the", "whole", "region"]) + 2
    )
    weighing = (2 * 40 + 10 * 2 * 5) / 60
    assert crisis.minutes["en"] == pytest.approx(14 + crisis.words / 238 + weighing)


def test_a_round_takes_no_longer_than_its_limit(files):
    drill = load_scenario(files / "two.yaml")
    brief = len(drill.brief.en.split()) / 238
    assert playing_time(drill, round_seconds=30).minutes["en"] == pytest.approx(7 + brief)


def test_reading_takes_time():
    wordy = shock("war", ("demand", "all", 0.5), start=2)
    wordy["brief"] = Text(en="word " * 238, zh="字" * 260)
    plain = shock("war", ("demand", "all", 0.5), start=2)
    found, base = (playing_time(lively().but(shocks=[s])) for s in (wordy, plain))
    for lang in ("en", "zh"):
        assert found.minutes[lang] - base.minutes[lang] == pytest.approx(1, abs=0.02)


def test_time_is_taken_from_the_game_as_it_is_played(files):
    drill = load_scenario(files / "two.yaml")
    simulation = Simulation(drill, 1)
    offers = set()
    while not simulation.done:
        report = simulation.report()
        offers |= {offer.name for offer in report.offers}
        simulation.step(report.decision)
    assert playing_time(drill).offers == len(offers)


# The command


def test_certify_prints_json(files):
    words = ("--worlds", 10, "--workers", 1, "--players", "seasoned, hesitant,panicky", "--json")
    said = simkit("certify", files / "two.yaml", *words)
    found = json.loads(said.out)
    assert said.code == 0
    asked = {"scenario", "level", "number", "seed"}
    shown = {"players", "ranking", "skill", "levers", "luck", "time", "criteria", "passed"}
    assert set(found) == asked | shown
    assert found["players"][0]["name"] == "seasoned"
    assert found["ranking"]["worlds"] == 10 and len(found["ranking"]["pairs"]) == 3
    assert {"low", "high", "verdict", "first_wins"} <= set(found["ranking"]["pairs"][0])
    assert {"good", "weak", "wins", "rewarded", "certain"} <= set(found["skill"])
    assert found["passed"] is True


@pytest.mark.parametrize(
    ("lang", "told"), [("en", ("cannot tell", "NOT MET")), ("zh", ("无法判定", "未达到"))]
)
def test_a_failed_certificate_ends_with_exit_code_1(files, lang, told):
    words = ("--worlds", 10, "--workers", 1, "--lang", lang)
    said = simkit("certify", files / "calm.yaml", *words)
    assert said.code == 1
    assert all(text in said.out for text in told)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_certify_prints_the_levers(files, lang):
    words = ("--worlds", 10, "--workers", 1, "--lang", lang)
    said = simkit("certify", files / "one.yaml", *words)
    assert said.code == 1
    assert "slump:service" in said.out and "100%" in said.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("calm.yaml", "--players", "seasoned,paniky"), "no policy 'paniky', did you mean"),
        (("calm.yaml", "--players", "seasoned"), "at least two players"),
        (("calm.yaml", "--worlds", "3"), "3 worlds are too few: take at least 10"),
        (("calm.yaml", "--worlds", "-3"), "too few"),
        (("calm.yaml", "--level", "hard"), "this is no drill"),
        (("calm.yaml", "--level", "harder"), "harder"),
        (("calm.yaml", "--number", "2"), "this is no drill"),
        (("calm.yaml", "--workers", "0"), "--workers"),
        (("none.yaml",), "none.yaml"),
    ],
)
def test_bad_input_ends_with_exit_code_2(files, words, message):
    said = simkit("certify", files / words[0], *words[1:], "--json")
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_a_national_file_has_no_certificate():
    said = simkit("certify", "national", "--worlds", 10, "--workers", 1)
    assert said.code == 2 and "independent regions" in said.err
