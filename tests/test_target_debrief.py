"""The debrief of a target workshop: laws that hold whatever was played, and what it tells."""

import json
import math
import re
from dataclasses import replace

import pytest
from commands import simkit
from targets import a_plan, small_game, workshop

from simkit.kpi.score_measures import TARGETS
from simkit.kpi.scorecard import load_scorecard
from simkit.region.simulation import Simulation
from simkit.scenario.record import ScenarioError
from simkit.screens.target_end import EndedTargets, target_debrief_html, write_page
from simkit.study.attainability import outlook
from simkit.study.game import Game
from simkit.study.outcome import outcome
from simkit.study.past import past_of
from simkit.training.debrief.conduct import Conduct, Note, conduct_of
from simkit.training.recalibration import recalibrate
from simkit.training.target_debrief import target_debrief
from simkit.training.target_debrief.realised import brier_score, realised_of
from simkit.training.target_debrief.reference import reference_plan
from simkit.training.target_debrief.worlds import ANNOUNCED, REFERENCE, UNCHANGED, Sold
from simkit.training.target_plan import PLAN, decision_of

WORLDS, OUTLOOK = 5, 6
HAN = re.compile("[\u4e00-\u9fff]")
REPS = [rep.id for rep in workshop().reps]


def look_back(game, worlds=WORLDS, **more):
    return target_debrief(game, worlds, workers=1, outlook_worlds=OUTLOOK, **more)


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def played(folder, plan, recalibrated=True):
    """A quarter with one recalibration, coaching from then on, and a prediction."""
    game = small_game(folder, plan, weeks=4)
    game.note("prediction", {"weeks": [4, 12], "revenue": [0.0, 1e9], "confidence": 0.8})
    decision = game.report.decision
    if recalibrated:
        new = {REPS[0]: 950_000, REPS[-1]: 700_000}
        decision = recalibrate(game, decision, new, "<b>a customer</b> has closed")
    while not game.done:
        game.play(decision)
        decision = game.report.decision.but(coaching_hours=1.0)
    return game


@pytest.fixture(scope="module")
def game(tmp_path_factory):
    plan = replace(a_plan("explained"), goal="<script>alert(1)</script> Sell more by week 13.")
    with played(tmp_path_factory.mktemp("game"), plan) as game:
        yield game


@pytest.fixture(scope="module")
def found(game, _cache):
    return look_back(game)


def the(found, name):
    return next(each for each in found.comparisons if each.id == name)


# Laws


@pytest.fixture(scope="module")
def reference(_cache):
    simulation = Simulation(workshop(), 1)
    likely = outlook(workshop(), OUTLOOK, workers=1)
    return reference_plan(workshop(), simulation.report(), past_of(workshop(), 1), likely)


def test_a_plan_equal_to_the_reference_plan_is_worth_exactly_nothing_against_it(reference):
    mine = replace(a_plan(), **{k: getattr(reference, k) for k in SHARED})
    start = Simulation(workshop(), 1).decision
    decisions = (decision_of(mine, start).but(coaching_hours=1.0),) * 13
    conduct = Conduct(workshop(), 1, decisions, (Note(PLAN, 0, mine.as_dict()),))
    against = the(look_back(conduct, worlds=2), REFERENCE)
    assert against.same
    assert against.contribution.value == 0 and against.revenue == 0
    assert (against.elsewhere.mean, against.elsewhere_revenue.mean) == (0, 0)


SHARED = ("region", "reserve", "territories", "reps", "talks")


def test_an_untouched_plan_replays_identically_and_recalibrating_it_is_worth_nothing(tmp_path):
    with played(tmp_path, a_plan(), recalibrated=False) as game:
        assert game.replayed().digest() == game.simulation.digest()
        conduct = conduct_of(game)
    seen = look_back(conduct, worlds=2)
    for name in (UNCHANGED, ANNOUNCED):  # it was announced anyway
        assert the(seen, name).same
        assert the(seen, name).contribution.value == 0
    assert not the(seen, REFERENCE).same


def test_differences_are_those_of_the_quarter_played_again(found, game):
    mine = outcome(game.simulation)
    assert found.contribution.value == pytest.approx(mine.contribution)
    plans = {
        REFERENCE: [decision_of(found.reference, d) for d in game.decisions],
        UNCHANGED: [decision_of(found.plan, d) for d in game.decisions],
        ANNOUNCED: [d.but(target_talks=dict.fromkeys(REPS, "announced")) for d in game.decisions],
    }
    for name, decisions in plans.items():
        other, row = outcome(game.replayed(decisions)), the(found, name)
        assert row.contribution.value == pytest.approx(mine.contribution - other.contribution)
        assert row.revenue == pytest.approx(mine.revenue - other.revenue)
        assert row.contribution.value != 0


def test_parts_add_up_to_the_region(found):
    region, *others = found.realised
    for kind in ("territory", "rep"):
        rows = [row for row in others if row.kind == kind]
        for part in ("sold", "expected", "target"):
            whole = (
                region.target - found.plan.reserve if part == "target" else getattr(region, part)
            )
            assert math.fsum(getattr(row, part) for row in rows) == pytest.approx(whole)
        assert sum(row.final - row.target for row in rows) == 100_000 - 150_000


def test_the_place_among_the_worlds_is_the_share_that_sold_less(found):
    sales = [sold for _, sold in found.worlds]
    region = found.realised[0]
    below = sum(sold < region.sold for sold in sales)
    assert len(sales) == WORLDS
    assert region.percentile == pytest.approx(100 * below / WORLDS)
    assert region.expected == pytest.approx(math.fsum(sales) / WORLDS)
    assert region.low <= region.expected <= region.high


def test_the_reference_plan_adds_up_and_follows_its_rule(reference):
    assert sum(reference.reps.values()) == reference.region == sum(reference.territories.values())
    low, high = workshop().targets.likely
    assert low <= reference.chances["region"] <= high
    for talk in reference.talks.values():
        assert (talk["way"] == "agreed") == (talk["asked"] <= 1.005 * talk["claim"])


# What it tells


def test_fair_and_stretching_follow_the_bounds_of_the_exercise(found):
    assert found.quality[0].kind == "region"
    usual = found.quality[0].ratio
    for row in found.quality[1:]:
        apart = row.target / row.potential / usual - 1
        assert row.fair == (abs(apart) <= workshop().targets.fair_share)
    assert {row.verdict for row in found.quality if row.kind == "rep"} == {"stretching"}


def test_chances_are_scored_by_what_happened():
    plan = replace(a_plan(), chances={"reps": {rep: 0.1 * i for i, rep in enumerate(REPS)}})
    reps = {rep: 850_000 + (1 if i % 2 else -1) for i, rep in enumerate(REPS)}
    mine = Sold(dict(reps), {}, 1.0, 0.0)
    found = realised_of(plan, workshop(), plan.reps, mine, [mine, mine])
    scores = [(0.1 * i - i % 2) ** 2 for i in range(len(REPS))]
    assert [row.brier for row in found if row.kind == "rep"] == pytest.approx(scores)
    assert brier_score(found) == pytest.approx(math.fsum(scores) / len(scores))


@pytest.mark.parametrize(("chance", "verdict"), [(0.39, "too hard"), (0.71, "too easy")])
def test_a_chance_outside_the_bounds_is_too_hard_or_too_easy(chance, verdict):
    from simkit.training.target_debrief.quality import quality_of

    plan = replace(a_plan(), chances={"region": chance, "reps": dict.fromkeys(REPS, chance)})
    found = quality_of(plan, workshop())
    assert {row.verdict for row in found if row.kind != "territory"} == {verdict}


def test_what_reps_hold_back_is_revealed(found):
    people = {person.id: person for person in found.people}
    shading = workshop().talks.shading
    honest = [p.held_back for name, p in people.items() if name not in shading]
    assert people["sun_haitao"].held_back >= shading["sun_haitao"]
    assert all(held < people["wang_lei"].held_back for held in honest)
    for person in people.values():
        assert person.held_back == pytest.approx(1 - person.claim / person.belief)
        gap = max(0.0, person.target / person.belief - 1)
        assert person.trust_start - person.trust_told == pytest.approx(0.4 * 0.8 * gap)


def test_recalibrations_come_with_their_reason_and_what_preceded_them(found):
    (change,) = found.changed
    assert (change.week, change.reps) == (4, {REPS[0]: 950_000, REPS[-1]: 700_000})
    assert change.cause == ("alarm" if {2, 3} & set(found.alarms) else "")


def test_predictions_of_plan_and_quarter_are_judged(found):
    first, second = found.calibration.forecasts
    assert (first.first, first.last, second.first) == (0, 12, 4)
    assert first.came.value == pytest.approx(found.realised[0].sold)
    assert second.hit and found.calibration.judged == 2


def test_appraisal_weighs_by_the_stage_of_the_market(found):
    stages = {stage.id: stage for stage in workshop().targets.stages}
    for each in found.appraised:
        assert each.weights == stages[each.stage].weights
        mean = math.fsum(w * min(1.5, each.results[k]) for k, w in each.weights.items())
        assert each.result == pytest.approx(mean / sum(each.weights.values()) / 1.5)
        assert 0 < each.behaviour <= 1
    assert {each.stage for each in found.appraised} == {"mature", "new"}


def test_the_score_uses_every_measure_of_targets(found):
    lines = {line.measure: line for line in found.score.lines}
    assert set(TARGETS) <= set(lines)
    assert lines["predictions_made"].value.value == pytest.approx(2 / 3)
    assert lines["told_with_reasons"].points == 1
    usual = the(found, REFERENCE)
    gain = usual.elsewhere.mean / usual.usual
    assert lines["gain_over_reference"].value.value == pytest.approx(gain)
    assert 0 <= found.score.total <= 100


def test_cards_are_for_one_kind_of_exercise(tmp_path, game):
    with pytest.raises(ScenarioError, match="is for 'crisis'"):
        look_back(game, scorecard="crisis")
    text = "name: {en: A, zh: 甲}\nexercise: targets\nsource: mine\nscorecard:\n"
    line = "  - {id: a, name: {en: A, zh: 甲}, kind: result, weight: 1, measure: signs_noticed}\n"
    file = tmp_path / "mine.yaml"
    file.write_text(text + line, encoding="utf-8")
    with pytest.raises(ScenarioError, match="no measure 'signs_noticed'"):
        load_scorecard(file)
    file.write_text(text + line.replace("signs_noticed", "fair_target"), encoding="utf-8")
    with pytest.raises(ScenarioError, match="did you mean 'fair_targets'"):
        load_scorecard(file)


@pytest.mark.parametrize(
    ("card", "message"), [("target", "did you mean 'targets'"), ("crisis", "is for 'crisis'")]
)
def test_check_misses_the_scorecard_of_a_workshop(tmp_path, card, message):
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"extends: target_workshop.yaml\ntargets:\n  scorecard: {card}\n", encoding="utf-8"
    )
    said = simkit("check", file)
    assert said.code == 2 and message in said.err
    assert re.search(r"mine.yaml:3:", said.err)


def test_check_misses_what_a_workshop_cannot_play(tmp_path):
    """The weeks of more than a quarter, and the weight of a KPI that is not there."""
    file = tmp_path / "mine.yaml"
    stage = "{id: new, name: {en: M, zh: 甲}, weights: {revenu: 1}}"
    lines = [
        "extends: target_workshop.yaml",
        "weeks: 26",
        "targets:",
        "  stages:",
    ]
    file.write_text("\n".join([*lines, f"    - {stage}", ""]), encoding="utf-8")
    said = simkit("check", file)
    assert said.code == 2
    assert re.search(r"mine.yaml:2:.*13 weeks at most", said.err)
    assert re.search(r"mine.yaml:5:.*unknown KPI 'revenu', did you mean 'revenue'", said.err)


def test_without_plan_or_weeks_there_is_nothing_to_look_back_upon(tmp_path):
    with Game.new(tmp_path / "a.jsonl", workshop()) as game:
        with pytest.raises(ValueError, match="no plan"):
            look_back(game)
        game.note(PLAN, a_plan().as_dict())
        with pytest.raises(ValueError, match="no week"):
            look_back(game)
        game.note(PLAN, {**a_plan().as_dict(), "region": 5})
        game.play(game.report.decision)
        with pytest.raises(ValueError, match="does not fit"):
            look_back(game)
    said = simkit("debrief", tmp_path / "a.jsonl", "--json")
    assert said.code == 2 and "does not fit" in said.err


# On the screen and on the disk


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_tells_all_of_it_and_nothing_typed_is_run(found, lang, tmp_path):
    page = write_page(EndedTargets(found), tmp_path / "game.jsonl", lang).read_text("utf-8")
    assert page.count("<section") == 11
    assert "<script>" not in page and "<b>a customer" not in page
    assert "&lt;script&gt;" in page and "a customer" in page
    text = re.sub("<style.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert not re.search(r"\bnan\b|None|Traceback|\{\w+\}", text)
    assert "http" not in re.sub('src="data:[^"]*"', "", page)
    assert bool(HAN.search(target_debrief_html(found, lang))) == (lang == "zh")


def test_every_number_that_can_be_explained_is(found):
    page = target_debrief_html(found, "en")
    assert page.count("Explain this number") >= 15


def test_the_debrief_is_plain_data(found):
    data = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert data["format"] == "simkit-target-debrief-1"
    assert data["realised"][0]["sold"] == found.realised[0].sold


def test_the_command_takes_a_target_game(game, found, tmp_path, monkeypatch):
    asked = []

    def look_back(conduct, worlds, workers, tell, scorecard):
        asked.append((conduct.seed, conduct.weeks, worlds, scorecard))
        return found

    monkeypatch.setattr("simkit.training.target_debrief.target_debrief", look_back)
    out = tmp_path / "out"
    said = simkit("debrief", game.path, "--worlds", 3, "--out", out, "--json", "--lang", "zh")
    assert said.code == 0, said.err
    assert asked == [(1, 13, 3, None)]
    assert json.loads(said.out)["format"] == "simkit-target-debrief-1"
    names = {"debrief.html", "debrief.json", "quality.csv", "realised.csv", "people.csv"}
    assert names <= {file.name for file in out.iterdir()}
    assert HAN.search((out / "debrief.html").read_text("utf-8"))
