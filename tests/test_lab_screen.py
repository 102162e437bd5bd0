"""The what-if lab: its question, its prediction, its runs, its answer, and their screen."""

import math
import re
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from regions import lively

from simkit.region.decision import Decision
from simkit.scenario.record import Text
from simkit.screens import lab, lab_answer, lab_more, lab_question
from simkit.screens.app_cells import CODE_ONLY, screens_only
from simkit.screens.job import CancelledError
from simkit.screens.lab import WhatIfLab
from simkit.screens.lab_live import LiveView
from simkit.screens.lab_own import LEVERS, spec_of
from simkit.screens.lab_play import Play, about_of, expected_seconds, store_name
from simkit.screens.lab_policies import MOST
from simkit.screens.lab_predict import NOBODY, Judged, lead_in
from simkit.screens.lab_question import Choice, Question
from simkit.screens.server import ONLY_SCREENS
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.precise import Precision
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import Results, Summary
from simkit.study.game import Game
from simkit.study.statistics.confidence_sequence import sequence

NOTEBOOK = Path(__file__).resolve().parent.parent / "notebooks" / "10_what_if_lab.ipynb"
LATIN = re.compile(r"[A-Za-z]{3,}")
MAY_STAND = {"decision", "call", "split", "key", "regular", "tail", "keep", "course", "all"}
MAY_STAND |= {"rounder", "price", "html", "xlsx", "csv", "parquet", "json", "report", "lab"}
MAY_STAND |= {"results", "comparison", "manifest", "Bonferroni"}


@pytest.fixture(autouse=True)
def own_regions(tmp_path, monkeypatch):
    """A small region of one's own, and two processes' worth of work in this one."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    data = lively(places=2, customers=8).model_dump(mode="json")
    data |= {"name": {"en": "Small", "zh": "小区"}}
    (folder / "small.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    monkeypatch.setenv("SIMKIT_SCENARIOS", str(folder))
    names = ["small", "national", "workshop_region"]
    monkeypatch.setattr(lab_question, "region_names", lambda: names)
    monkeypatch.setattr(lab, "seconds_per_world", lambda scenario: 0.01)
    monkeypatch.setattr(lab_more, "TORNADO_WORLDS", 2)


@pytest.fixture
def plain(monkeypatch):
    """Without the pictures, which are tested elsewhere."""
    monkeypatch.setattr(lab_answer.Answer, "_pictures", lambda answer: "")
    monkeypatch.setattr(lab_more, "weeks_html", lambda answer, one, other: "")
    monkeypatch.setattr(LiveView, "_chart", lambda view, looks, words: "")


def opened(tmp_path, lang="en", **entered):
    """The screen on the small region, four weeks and six worlds, in this process."""
    app = WhatIfLab(lang=lang, record=tmp_path / "saved" / "lab.json")
    app.enter(scenario="small")
    return app.enter(**{"weeks": 4.0, "worlds": 6.0, "workers": 1, **entered})


def said(*pages):
    """All that pages say, without pictures, styles and tags."""
    whole = "".join(page.value for page in pages)
    whole = re.sub(r"<style>.*?</style>", "", re.sub(r' src="[^"]*"', "", whole), flags=re.S)
    return re.sub(r"<[^>]*>", " ", re.sub(r'<img alt="([^"]*)"', r"\1 <img", whole))


# --- the whole play


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_question_is_asked_predicted_played_and_answered(tmp_path, lang):
    app = opened(tmp_path, lang)
    assert app.run_button.disabled and not app.mistakes
    app.policies.form.enter("A", "keep_course", "price", 0.9)
    app.predict(winner="keep_course+price=0.9", ahead=5.0).run().wait()
    assert app.error is None
    text = said(app.chart, app.live, app.more.apart)
    assert [arm.name for arm in app.result.results.arms] == [c.spec for c in app.question.policies]
    assert len(app.result.results.worlds) == 6
    for row in app.result.comparison.rows:
        assert row.says.in_(lang) in text.replace("&#x27;", "'")
    assert app.chart.value.count("<img") == 3 and app.more.apart.value.count("<img") == 1
    assert not re.search(r"\bnan\b|\binf\b|None", text)
    if lang == "zh":
        assert {*LATIN.findall(text)} <= MAY_STAND, {*LATIN.findall(text)} - MAY_STAND
    again = WhatIfLab(lang=lang, record=tmp_path / "saved" / "lab.json")
    assert again.prediction == {"winner": "keep_course+price=0.9", "ahead": 5.0}
    assert again.question == app.question and not again.run_button.disabled
    if lang == "zh":
        return
    app.more.save_button.click()
    app.wait()
    report = tmp_path / "saved" / "lab" / "report"
    assert app.error is None and str(report) in said(app.more.saved)
    assert {"report.html", "manifest.json"} <= {path.name for path in report.iterdir()}


def test_the_tornado_ranks_what_is_varied(tmp_path, plain):
    app = opened(tmp_path, worlds=2.0).predict(winner=NOBODY)
    app.run().wait()
    app.more.factors.value = ()
    app.more.tornado_button.click()
    assert "at least one" in said(app.more.complaint)
    app.more.factors.value = ("decision.price", "demand.orders_per_week")
    app.more.tornado_button.click()
    app.wait()
    assert app.error is None and app.more.tornado.value.count("<img") == 1
    assert "Price level" in said(app.more.tornado)


def test_two_policies_that_never_differ_are_said_to_be_one(tmp_path, plain):
    app = opened(tmp_path)
    app.policies.form.enter("Same", "keep_course", "price", 1.0)
    app.choose("keep_course", "Same").predict(winner=NOBODY).run().wait()
    text = said(app.chart)
    assert "no difference at all" in text and "never decided differently" in text
    assert "You were right" in text


def test_one_world_shows_nothing_and_that_is_said(tmp_path, plain):
    app = opened(tmp_path, worlds=1.0)
    assert "One world proves nothing" in app.notes.value
    app.predict(winner="all_rounder", ahead=1.0).run().wait()
    assert app.error is None and "too few worlds" in said(app.chart)


def test_a_kpi_that_is_undefined_in_some_worlds_is_counted_as_such(tmp_path, plain):
    app = opened(tmp_path, weeks=2.0, main="win_rate", others=())
    app.predict(winner=NOBODY).run().wait()
    values = app.result.results.values("keep_course", "win_rate")
    assert any(map(math.isnan, values)) and not all(map(math.isnan, values))
    assert app.error is None and "undefined in" in said(app.chart)
    assert not re.search(r"\bnan\b", said(app.chart, app.live))


def test_it_ends_when_the_precision_is_reached_or_says_that_it_was_not(tmp_path, plain):
    app = opened(tmp_path, mode="percent", percent=50.0, most=30.0).predict(winner=NOBODY)
    app.run().wait()
    assert 10 <= len(app.result.results.worlds) < 30
    assert "was reached after" in said(app.chart)
    app.enter(mode="amount", amount=1.0, most=10.0).run().wait()
    assert len(app.result.results.worlds) == 10
    assert "was not reached in 10 worlds" in said(app.chart)
    note = app.result.comparison.notes[0]  # a saved report tells it as well
    assert "was not reached" in note.en and "10" in note.zh


# --- stopping and going on


def test_what_is_finished_when_it_is_stopped_is_not_played_again(tmp_path, monkeypatch):
    app = opened(tmp_path, worlds=300.0).predict(winner="all_rounder", ahead=1.0)
    app.run()
    while app._playing is None or app._playing.done < 8:
        assert app.job.running
        time.sleep(0.005)
    app.stop_button.click()
    app.wait()
    assert app.error is None and "kept" in app.status.value and app.result is None
    scenario = app.question.region()
    store = Store(app.folder / "worlds" / store_name(scenario), about_of(scenario))
    kept = len(store)
    assert kept >= 8

    monkeypatch.setattr("simkit.study.experiment.worlds.summarise", None)  # plays no world
    job = SimpleNamespace(tell=lambda done, total, note: None)
    few = opened(tmp_path, worlds=4.0)
    found = Play(few.question, app.folder / "worlds", lambda results: None, "en").run(job)
    assert found.worlds == (0, 1, 2, 3)


def test_a_run_is_stopped_in_its_next_word(tmp_path):
    def tell(done, total, note):
        raise CancelledError

    app = opened(tmp_path)
    play = Play(app.question, tmp_path / "worlds", lambda results: None, "en")
    with pytest.raises(CancelledError):
        play.run(SimpleNamespace(tell=tell))


def test_a_cluster_that_is_not_there_is_said_at_its_box(tmp_path, monkeypatch):
    monkeypatch.setattr("simkit.study.crews.CONNECT_SECONDS", 0.3)
    app = opened(tmp_path, cluster="tcp://127.0.0.1:9").predict(winner=NOBODY)
    app.run().wait()
    assert "127.0.0.1:9" in said(app.complaints["cluster"])
    assert app._settings["cluster"].value and app.prediction and app.result is None


# --- what is entered

BAD = {
    "weeks": [0.0, 2.5, math.nan],
    "worlds": [0.0, 1.5, math.inf, 10_001.0],
    "seed": [0.0, -1.0],
    "cluster": ["localhost", "tcp://x"],
    "scenario": ["national"],
}


def test_what_cannot_be_played_is_said_at_its_box(tmp_path):
    app = opened(tmp_path, "zh")
    for box, value in [(box, value) for box, values in BAD.items() for value in values]:
        before = app._settings[box].value
        app.enter(**{box: value})
        assert set(app.mistakes) == {box} and app.question is None
        assert re.search("[\u4e00-\u9fff]", said(app.complaints[box]))
        assert app.predict_button.disabled
        app.enter(**{box: before})
        app.enter(weeks=4.0)
        assert not app.mistakes and not app.predict_button.disabled


def test_a_precision_is_checked_only_where_it_counts(tmp_path):
    app = opened(tmp_path, percent=0.0, amount=-1.0, most=0.0)
    assert not app.mistakes
    app.enter(mode="percent")
    assert set(app.mistakes) == {"percent", "most"}
    app.enter(mode="amount")
    assert set(app.mistakes) == {"amount", "most"}


def test_policies_are_two_at_least_and_not_too_many(tmp_path):
    app = opened(tmp_path)
    for names in (["keep_course"], [], list(app.policies._ticks)):
        app.choose(*names)
        assert set(app.mistakes) == {"policies"} and said(app.policies.complaint)
    assert len(app.policies._ticks) > MOST
    app.predict_button.click()
    assert app.prediction is None


def test_a_prediction_is_about_one_question(tmp_path):
    app = opened(tmp_path).predict(winner="all_rounder", ahead=1.0)
    app.enter(worlds=3.0, seed=9.0)
    assert app.prediction, "more worlds are no other question"
    app.enter(main="contribution")
    assert app.prediction is None and "predict again" in app.status.value
    app.enter(main="revenue").predict(winner="all_rounder", ahead=1.0)
    app.choose("keep_course", "call_by_habit")
    assert app.prediction is None and app._predict["winner"].value is None


def test_a_prediction_needs_a_winner(tmp_path):
    app = opened(tmp_path)
    app.predict_button.click()
    assert app.prediction is None and said(app.complaints["predict"])


def test_each_lever_of_ones_own_is_one_that_can_be_played(tmp_path):
    app = opened(tmp_path)
    form = app.policies.form
    for lever in LEVERS:
        form.lever.value = lever
        form.button.click()
        own = app.policies.own["A"]
        Decision.model_validate(own["levers"])
        assert lever in own["levers"] and not app.mistakes, spec_of(own)


def test_levers_come_together_under_one_name_and_can_be_removed(tmp_path):
    app = opened(tmp_path)
    form = app.policies.form
    form.enter("A", "all_rounder", "price", 0.95)
    form.enter("A", "all_rounder", "backup_supplier", True)
    spec = "all_rounder+backup_supplier=true+price=0.95"
    assert [c.spec for c in app.policies.chosen()][-1] == spec and not app.mistakes
    form.enter("", "all_rounder", "price", 0.95)
    assert said(form.complaint)
    form.enter("keep_course", "all_rounder", "price", 0.95)
    assert "already" in said(form.complaint)
    app.policies._mine.children[0].children[1].click()
    assert app.policies.own == {} and len(app.policies.chosen()) == 2


def test_a_game_is_a_policy_and_another_file_is_not(tmp_path):
    app = opened(tmp_path)
    game = tmp_path / "mine.jsonl"
    with Game.new(game, app.question.region()) as playing:
        playing.play(playing.report.decision.but(price=0.9))
    for wrong in ("nowhere.jsonl", "scenarios/small.yaml"):
        app.policies.file.path.value = str(tmp_path / wrong)
        app.policies.file.button.click()
        assert said(app.policies.file.complaint)
    app.policies.file.path.value = str(game)
    app.policies.file.button.click()
    assert app.policies.chosen()[-1] == Choice(str(game), "Game mine.jsonl")
    assert not app.mistakes and "1 weeks were played" in app.notes.value


# --- statistics on the screen


def results_of(values, kpi="revenue"):
    """Results with given values of one KPI by arm."""
    worlds = tuple(range(len(next(iter(values.values())))))
    arms = tuple(
        Arm(n, Text(en=n, zh=n), lively(), Player(n, Text(en=n, zh=n), None, n)) for n in values
    )
    found = {
        (name, world): Summary({kpi: column[world]}, {}, [])
        for name, column in values.items()
        for world in worlds
    }
    return Results(arms, find_figures([kpi]), 1, worlds, found)


def question_about(results, kpi="revenue", precision=None):
    policies = tuple(Choice(arm.name, arm.name) for arm in results.arms)
    return Question("small", 4, policies, (kpi,), len(results.worlds), precision, 1, 0.95, 1)


LUCK = [3.0, -1.0, 4.0, 1.0, -5.0, 9.0, 2.0, -6.0, 5.0, 3.0, -5.0, 8.0]
BASE = [100.0 + 20.0 * luck for luck in LUCK]
AHEAD = [b + 30.0 + luck for b, luck in zip(BASE, LUCK, strict=True)]


def test_the_best_is_ahead_of_the_next_best_with_an_interval_for_all_pairs():
    results = results_of({"a": BASE, "b": AHEAD, "c": [b + 2.0 for b in BASE]})
    lead = lead_in(results, "revenue", 0.95)
    assert lead.arm == "b" and lead.mean == pytest.approx(29.5)
    one = lead_in(results_of({"a": BASE, "b": AHEAD}), "revenue", 0.95)
    assert lead.low < lead.mean < lead.high and lead.high - lead.low > one.high - one.low
    assert lead_in(results_of({"a": AHEAD, "b": AHEAD}), "revenue", 0.95) is None
    nearly = results_of({"a": BASE, "b": [b + luck for b, luck in zip(BASE, LUCK, strict=True)]})
    assert lead_in(nearly, "revenue", 0.95) is None
    costs = results_of({"a": BASE, "b": AHEAD}, "spending")
    assert lead_in(costs, "spending", 0.95).arm == "a"


@pytest.mark.parametrize(
    ("winner", "ahead", "words"),
    [
        ("b", 10.0, "it is more"),
        ("b", 22.0, "that fits"),
        ("b", 90.0, "it is less"),
        ("a", 5.0, "another one"),
        (NOBODY, 0.0, "another one"),
    ],
)
def test_a_prediction_is_judged_by_the_interval(winner, ahead, words):
    results = results_of({"a": BASE, "b": AHEAD})
    judged = Judged(results, question_about(results), "en")
    assert words in " ".join(judged.sentences({"winner": winner, "ahead": ahead}))


def test_the_live_view_shares_its_error_among_all_policies():
    results = results_of({"a": BASE, "b": AHEAD, "c": BASE})
    looks = LiveView(question_about(results), "en").looks(results)
    differences = [b - a for a, b in zip(BASE, AHEAD, strict=True)]
    assert repr(looks["b"]) == repr(sequence(differences, 0.975))
    assert "higher" in LiveView(question_about(results), "en").html(results)


def test_the_estimate_goes_with_worlds_policies_and_workers():
    results = results_of({"a": BASE, "b": AHEAD})
    asked = question_about(results, precision=Precision(0.02, True, "revenue"))
    assert expected_seconds(asked, 0.5) == pytest.approx(0.5 * 2 * 12)


# --- served as an app


def test_cells_for_programmers_are_not_served(tmp_path):
    assert "screens_only" in ONLY_SCREENS
    whole = nbformat.read(NOTEBOOK, as_version=4)
    cells = len(whole.cells)
    code = [c for c in whole.cells if CODE_ONLY in c.metadata.get("tags", [])]
    served = screens_only(None, nbformat.from_dict(whole), "")
    assert code and len(served.cells) == cells - len(code)
    assert any("WhatIfLab" in cell.source for cell in served.cells)
