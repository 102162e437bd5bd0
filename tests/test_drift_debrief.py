"""The debrief of a drift drill: laws of its score, exact worths, broken notes, the page."""

import json
import re
from dataclasses import replace

import pytest
from commands import simkit

from simkit.kpi.score_measures import DRIFT
from simkit.kpi.scorecard import load_scorecard
from simkit.screens.drift_end import EndedDrift, drift_debrief_html, record_html, write_page
from simkit.study.game import Game, replay_game
from simkit.study.outcome import outcome
from simkit.training.debrief.conduct import Conduct, Note, conduct_of
from simkit.training.debrief.score import scored
from simkit.training.drift import drift_drill, without_drift
from simkit.training.drift_debrief import drift_debrief
from simkit.training.drift_debrief.alarms import judge, truth_of
from simkit.training.drift_debrief.course import course_of
from simkit.training.drift_debrief.notes import written_in
from simkit.training.drift_debrief.score import Money, Scored, measures_of, money_of
from simkit.training.drift_record import curve, drills_of

HAN = re.compile("[\u4e00-\u9fff]")
START, WEEKS = 4, 16
BASE = drift_drill("rep_coasting")
CARD = load_scorecard("drift", "drift")


def short(name, start=1, weeks=4):
    """A drill with little history and few weeks, for speed."""
    scenario = drift_drill(name)
    drift = scenario.drift.but(start_week=start)
    return scenario.but(weeks=weeks, warm_up_weeks=16, drift=drift)


def say(week, cause="competitor", drift=True, place="all", sure=70):
    data = {"drift": drift, "cause": cause, "place": place, "confidence": sure}
    return Note("declaration", week, data)


def back(week):
    return say(week, "none", drift=False)


def judged(*notes, name="rep_coasting", weeks=WEEKS):
    """What is scored of notes alone, nobody having done anything."""
    scenario = drift_drill(name)
    if scenario.drift.cause == "rep_coasting":
        scenario = scenario.but(drift=scenario.drift.but(start_week=START))
    truth, written = truth_of(scenario), written_in(notes, scenario.watch)
    homes = {rep.id: rep.territory for rep in scenario.reps}
    found = judge(written, truth, weeks >= WEEKS, homes)
    hours = sum(each.hours for each in written.asked)
    money = Money(0.0, 100_000.0, 1e6)
    return Scored(truth, written, found, frozenset(), money, weeks, WEEKS, 8, hours, 10.0)


def points(*notes, **how):
    """The points of every line that can be measured, and the total."""
    score = scored(CARD, measures_of(judged(*notes, **how)), {})
    return {line.id: line.points for line in score.lines if line.points is not None}, score.total


# Laws of the score


def test_every_measure_of_the_scorecard_is_measured():
    assert set(measures_of(judged())) == set(DRIFT)
    assert {item.measure for item in CARD.scorecard} == set(DRIFT)


def test_the_delay_counts_from_the_true_start():
    for week in (START + 1, START + 5):
        assert judged(say(week)).judged.delay == week - START


def test_an_alarm_before_anything_could_be_seen_is_false():
    for week in range(START + 1):
        found = judged(say(week)).judged
        assert (found.false_alarms, found.delay) == (1, None)


def test_an_earlier_alarm_never_scores_lower():
    totals = [points(say(week))[1] for week in range(START + 1, WEEKS + 1)]
    assert totals == sorted(totals, reverse=True)
    assert totals[0] > totals[5] > points()[1]


def test_more_false_alarms_never_score_higher():
    true = say(START + 2, "rep_coasting", place="chen_min")
    cries = [note for week in range(0, 4, 2) for note in (say(week), back(week + 1))]
    totals = [points(*cries[:n], true)[1] for n in (0, 2, 4)]
    assert totals[0] > totals[1] > totals[2]


@pytest.mark.parametrize("name", ["none", "season"])
def test_without_something_to_repair_every_alarm_is_false(name):
    right, _ = points(name=name)
    quick = points(say(2), back(4), name=name)[0]
    slow = points(say(2), back(5), name=name)[0]
    for_ever = points(say(2), name=name)[0]
    assert right["wolf"] == 1.0
    assert right["wolf"] > quick["wolf"] > slow["wolf"] == for_ever["wolf"]
    assert "delay" not in right
    assert "place" not in right


def test_to_call_the_season_by_its_name_is_no_alarm():
    found = judged(say(3, "season"), name="season").judged
    assert (found.false_alarms, found.cause_right) == (0, True)


def test_the_cause_changes_its_own_line_only():
    right, total = points(say(7, "rep_coasting", place="chen_min"))
    wrong, less = points(say(7, "rep_ramp_up", place="chen_min"))
    assert {k for k in right if right[k] != wrong[k]} == {"cause"}
    assert total > less


def test_who_cries_on_has_found_nothing_until_the_cause_is_another_one():
    assert judged(say(1), say(START + 1)).judged.delay is None
    assert judged(say(1), say(START + 2, "rep_coasting")).judged.delay == 2


@pytest.mark.parametrize(
    ("place", "value"), [("chen_min", 1.0), ("suzhou", 0.5), ("wuxi", 0.0), ("all", 0.0)]
)
def test_the_place_of_a_rep_is_the_rep(place, value):
    assert judged(say(7, place=place)).judged.place_right == value


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("rep_ramp_up", "suzhou-v1b", 1.0),
        ("rep_ramp_up", "wuxi-v1b", 0.0),
        ("rep_coasting", "suzhou-v1b", 0.0),
    ],
)
def test_who_took_over_the_post_that_was_struck_is_the_right_one_to_name(name, place, value):
    """The one who left can't be named any more: only who works here is offered."""
    assert judged(say(7, place=place), name=name).judged.place_right == value


def test_silence_says_that_nothing_drifts_once_the_weeks_are_over():
    assert judged(name="none").judged.cause_right is True
    assert judged().judged.cause_right is False
    assert judged(weeks=5).judged.cause_right is None


# Notes of whatever form


KINDS = ("investigation", "declaration", "plan", "check", "conclusion")
BROKEN = [
    {},
    {"what": 7, "drift": "yes", "action": None, "cause": ["a"]},
    {"what": "magic", "hours": "many", "drift": 1, "action": {}, "verdict": "keep", "cause": 0},
    {"what": "magic", "hours": float("nan"), "drift": None, "action": 3, "cause": None},
    {"action": "private_talk", "check_week": "soon", "verdict": "maybe", "drift": True},
]


@pytest.mark.parametrize("data", BROKEN)
def test_notes_of_another_form_are_counted_and_left_out(data):
    written = written_in([Note(kind, 1, data) for kind in KINDS], BASE.watch)
    assert written.unreadable == len(KINDS)
    assert not (written.asked or written.declarations or written.plans or written.cause)


def test_hours_are_those_of_the_drill_whatever_a_file_says():
    note = Note("investigation", 1, {"what": "team", "hours": 0.0})
    assert written_in([note], BASE.watch).asked[0].hours == BASE.watch.tools["team"]


def test_a_confidence_that_cannot_be_is_none():
    for sure in (20, 120, "80", True, float("inf"), None):
        assert written_in([say(1, sure=sure)], BASE.watch).declarations[0].sure is None


# A played game


def play(folder, name="rep_coasting", notes=(), acts=True, weeks=4, done=4):
    """A short game; something is done in its last weeks."""
    game = Game.new(folder / f"{name}.jsonl", short(name, weeks=weeks), about={"level": "easy"})
    for week in range(done):
        for note in notes:
            if note.week == week:
                game.note(note.kind, note.data)
        names = ("action:private_talk", "action:coach_newcomer")[: week - 1] if acts else ()
        game.play(game.report.decision.but(answers=names if week > 1 else ()))
    return game


NOTES = [
    Note("investigation", 1, {"what": "team", "hours": 1.5}),
    Note("investigation", 2, {"what": "voice:reps", "hours": 2}),
    say(1),
    back(2),
    say(3, "rep_coasting", place="chen_min"),
    Note("plan", 2, {"action": "private_talk", "owner": "<script>alert(1)</script>"}),
    Note("declaration", 3, {"drift": "perhaps"}),
]


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def game(tmp_path_factory):
    with play(tmp_path_factory.mktemp("game"), notes=NOTES) as game:
        game.note("conclusion", {"cause": "rep_coasting", "memo": "<i>He</i> slackened."})
        yield game


@pytest.fixture(scope="module")
def found(game, _cache):
    return drift_debrief(game, 2, workers=1, reference_worlds=2)


def test_the_worth_of_an_action_is_the_game_less_the_game_without_it(game, found):
    without = [
        decision.but(answers=tuple(n for n in decision.answers if "talk" not in n))
        for decision in game.decisions
    ]
    other = outcome(replay_game(game.scenario, game.seed, without)).contribution
    talk = next(each for each in found.actions if each.id == "private_talk")
    mine = outcome(game.simulation).contribution
    assert talk.worth.contribution.value == pytest.approx(mine - other, abs=0.01)
    assert talk.worth.contribution.value != 0.0
    assert talk.weeks == (2, 3)
    assert talk.cost == 1000 + 2 * 400


def test_other_worlds_have_the_same_drift_and_the_same_decisions(game, found):
    seed, gain = found.worths.seeds[1], found.worths.gains[1]
    idle = conduct_of(game).no_action
    runs = [replay_game(game.scenario, seed, each) for each in (game.decisions, idle)]
    with_it, without = (outcome(run).contribution for run in runs)
    assert gain == pytest.approx(with_it - without, abs=0.01)
    assert found.worth_all.elsewhere.pairs == 2


def test_who_does_nothing_is_worth_exactly_nothing_and_without_drift_nothing_is_lost(tmp_path):
    with play(tmp_path, "none", acts=False) as game:
        idle = drift_debrief(game, 2, workers=1, reference_worlds=0)
    assert idle.worth_all.worth.contribution.value == 0.0
    assert idle.worths.harm == 0.0
    assert idle.actions == []
    assert idle.score.total == 100.0


def test_late_entries_are_lost_in_the_reports_only(tmp_path):
    with play(tmp_path, "late_entry", acts=False) as game:
        late = drift_debrief(game, 2, workers=1, reference_worlds=0)
    seen, true = ([float(x) for x in each] for each in (late.course.reported, late.course.happened))
    assert sum(seen[1:]) < sum(true[1:])
    assert late.course.happened == late.course.undisturbed
    assert late.worths.harm == 0.0
    assert "lagged behind" in drift_debrief_html(late, "en")


def test_newcomers_have_a_name_in_the_debrief(tmp_path):
    with play(tmp_path, "rep_ramp_up", acts=False) as game:
        course = course_of(conduct_of(game), truth_of(game.scenario))
        (newcomer,) = set(game.report.reps) - {rep.id for rep in game.scenario.reps}
    assert course.newcomers[newcomer].zh


def test_the_reference_players_are_scored_on_the_same_card(found):
    assert all(0.0 <= row.score <= 100.0 for row in found.references.rows)
    never = next(row for row in found.references.rows if row.player == "never")
    lazy = judged()
    money = replace(money_of(found.worths), gain=0.0)
    lazy = replace(lazy, money=money, judged=replace(lazy.judged, place_right=None))
    assert never.score == pytest.approx(scored(CARD, measures_of(lazy), {}).total)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_tells_all_in_one_language(found, lang):
    page = drift_debrief_html(found, lang)
    plain = re.sub("<[^>]+>", " ", page)
    assert bool(HAN.search(plain)) == (lang == "zh")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", plain)
    for section in ("verdict", "truth", "course", "references", "score", "actions", "plans"):
        assert f'id="debrief-{section}"' in page
    assert page.count("<li>") >= 10 + 5 + 5
    assert 'alt="' in page


def test_a_game_with_broken_notes_that_is_not_finished_is_looked_back_upon(tmp_path):
    notes = [Note(kind, 1, data) for kind in KINDS for data in BROKEN if "nan" not in str(data)]
    with play(tmp_path, notes=notes, acts=False, weeks=6, done=2) as game:
        page = drift_debrief_html(drift_debrief(game, 2, workers=1, reference_worlds=0), "en")
    assert f"left out: {len(notes)}" in page
    assert "2 of 6 weeks" in page


def test_what_is_no_drift_drill_is_refused():
    conduct = Conduct(BASE.but(drift=None, watch=None), 1, (), ())
    with pytest.raises(ValueError, match="no drift drill"):
        drift_debrief(conduct)
    with pytest.raises(ValueError, match="no week"):
        drift_debrief(Conduct(without_drift(BASE), 1, (), ()))


def test_the_page_is_written_beside_the_game(found, tmp_path):
    page = write_page(EndedDrift(found), tmp_path / "a.jsonl", "zh")
    assert page.name == "a-debrief.html"
    assert "</html>" in page.read_text("utf-8")


def test_the_commands_take_the_game(tmp_path):
    with play(tmp_path, "none", acts=False) as game:
        done = simkit(
            "debrief", game.path, "--out", tmp_path / "out", "--worlds", 2, "--workers", 1, "--json"
        )
        assert done.code == 0
        assert json.loads(done.out)["score"]["total"] == 100.0
        assert simkit("replay", game.path).code == 0
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"debrief.html", "debrief.json", "course.csv", "scores.csv"} <= names


# Several drills


@pytest.fixture(scope="module")
def drills(tmp_path_factory, game):
    folder = tmp_path_factory.mktemp("drills")
    (folder / "d-2.jsonl").write_bytes(game.path.read_bytes())
    with play(folder, "none", notes=[say(1, "competitor", sure=90)], acts=False) as calm:
        calm.undo()
        calm.play(calm.report.decision)
        calm.note("conclusion", {"cause": "none"})
    play(folder, "stock_outs", acts=False).close()  # without conclusion
    (folder / "d-3.jsonl").write_bytes(game.path.read_bytes()[:-40].replace(b"note", b"nope"))
    (folder / "other.jsonl").write_text("{}\n")
    return drills_of(folder)


def test_a_folder_of_drills(drills):
    assert [each.file for each in drills.results] == ["d-2.jsonl", "none.jsonl"]
    assert (drills.open, drills.unreadable) == (1, 1)
    first, calm = drills.results
    assert (first.drift, first.found, first.delay, first.false_alarms) == (True, True, 2, 1)
    assert (calm.drift, calm.found, calm.false_alarms, calm.right) == (False, False, 1, False)
    assert (first.taken_back, calm.taken_back) == (0, 1)


def test_the_curve_counts_drills_with_intervals(drills):
    found = curve(drills.results)
    assert (found.sensitivity.value, found.false_alarms.value) == (1.0, 1.0)
    assert found.sensitivity.low < 0.5
    assert found.brier.mean == pytest.approx((0.3**2 + 0.9**2) / 2)
    assert found.few
    assert curve([]).sensitivity is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_my_drills_tell_nothing_of_a_drill_that_is_open(drills, found, lang):
    page = record_html(drills, lang, [found.references])
    plain = re.sub("<[^>]+>", " ", page)
    assert bool(HAN.search(plain)) == (lang == "zh")
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", plain)
    assert "Goods run out" not in page
    assert "缺货" not in page
    assert "<img" in page
