"""Notebook 03 without a browser: a drift drill is played by setting traits and pressing buttons."""

import json
import math
import re
from types import SimpleNamespace

import pytest

from simkit.scenario.files import scenario_folders
from simkit.scenario.library import drift_names, load_scenario
from simkit.screens import drift_board, drift_drill, drill_window
from simkit.screens.drift_drill import DriftDrill
from simkit.screens.drift_predict import Predict
from simkit.screens.drift_words import LOOK_BACK
from simkit.screens.record import load_record
from simkit.study.game import Game
from simkit.training.drift import drift_drill as drill_of
from simkit.training.drift import struck

WEEKS = 6
CAUSE = "rep_coasting"
HAN = re.compile("[\u4e00-\u9fff]")
SMALL = """
extends: {base}
warm_up_weeks: 40
territories:
  - {{id: suzhou, name: {{en: Suzhou, zh: 苏州}}, customers: 9, leads_per_week: 5}}
  - {{id: wuxi, name: {{en: Wuxi, zh: 无锡}}, customers: 9, leads_per_week: 5}}
  - {{id: huzhou, name: {{en: Huzhou, zh: 湖州}}, customers: 9, leads_per_week: 5}}
  - {{id: jiaxing, name: {{en: Jiaxing, zh: 嘉兴}}, customers: 9, leads_per_week: 5}}
drift: {{start_week: 1}}
source: A small region, for speed (assumption).
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """No double clicks, and nobody who plays in the background."""
    monkeypatch.setattr(drill_window, "DOUBLE_CLICK_SECONDS", 0.0)
    monkeypatch.setattr(drift_drill, "References", Nobody)


@pytest.fixture
def _no_charts(monkeypatch):
    """No pictures, which take longer than all the rest."""
    monkeypatch.setattr(drift_board, "course_html", lambda *_: "<p>chart</p>")


no_charts = pytest.mark.usefixtures("_no_charts")


class Nobody:
    """Stands for the players in the background."""

    running, done, total, begun = False, 0, 0, 0

    def __init__(self, *_):
        pass

    def start(self):
        Nobody.begun += 1

    def stop(self):
        pass


@pytest.fixture
def small(tmp_path):
    """A drill in a region of few customers."""
    base = next(f for f in scenario_folders() if (f / "drifts").is_dir()) / "drifts"
    path = tmp_path / "small.yaml"
    path.write_text(SMALL.format(base=base / f"{CAUSE}.yaml"), "utf-8")
    return str(path)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved" / "drill.jsonl"


def fine(app):
    """What every press of a button must leave behind."""
    app.wait()
    if app.error is not None:
        raise app.error
    return app


def drill(small, file, **more):
    return fine(DriftDrill(small, record=file, **{"weeks": WEEKS, "number": 0, **more}))


def begun(small, file, **more):
    app = drill(small, file, **more)
    app.start.button.click()
    return predict(fine(app))


def predict(app, low=100.0, high=900.0):
    app.rounds.predict.low.value, app.rounds.predict.high.value = low, high
    app.rounds.predict.button.click()
    return fine(app)


def play(app, weeks=1):
    for _ in range(weeks):
        app.rounds.play_button.click()
        fine(app)
    return app


def tick(app, name="private_talk", owner="Gao"):
    card = app.rounds.act.cards[name]
    card.wanted.value = True
    card.boxes["owner"].value, card.boxes["measure"].value = owner, "visits"
    return card


def declare(app, cause="rep_coasting"):
    app.rounds.declare.cause.value = cause
    app.rounds.declare.button.click()
    return fine(app)


def data(app, kind):
    return [note.data for note in app.game.notes(kind)]


def texts(widget):
    """Return every text that a widget and all within it show."""
    found = [widget.description] if isinstance(getattr(widget, "description", None), str) else []
    found += [str(each) for each in getattr(widget, "options", ()) or ()]
    if isinstance(getattr(widget, "value", None), str):
        found.append(widget.value)
    return found + [text for child in getattr(widget, "children", ()) for text in texts(child)]


def all_text(app):
    return "\n".join(re.sub(r'src="data:[^"]*"', "", text) for text in texts(app.view))


# --- from the beginning to the score


@no_charts
def test_a_drill_from_the_first_week_to_the_score(small, file, monkeypatch):
    monkeypatch.setattr(drift_drill, "end_of", lambda game, worlds, tell: (game.seed, worlds))
    monkeypatch.setattr(drift_drill, "end_html", lambda ended, room: f"<h3>{ended}</h3>")
    page = file.with_name("page.html")
    monkeypatch.setattr(drift_drill, "write_page", lambda ended, file, lang: page)
    app = drill(small, file, worlds=5)
    assert app.step is None and not file.exists()
    app.start.button.click()
    assert fine(app).step == 0 and file.is_file()
    assert app.rounds.play_button.disabled
    predict(app)
    assert data(app, "prediction")[0] == {
        "weeks": [0, 3],
        "revenue": [1e5, 9e5],
        "confidence": 0.8,
    }
    before = Nobody.begun
    play(app, 2)
    assert app.game.week == 2 and Nobody.begun > before
    assert app.status.value.endswith(">Week 2 is played.</div>")

    app.rounds.investigate.tool.value = "team"
    app.rounds.investigate.look_button.click()
    fine(app)
    app.rounds.investigate.voices["reps"].click()
    fine(app)
    hours = [1.5, 2]
    assert [(each["what"], each["hours"]) for each in data(app, "investigation")] == [
        ("team", hours[0]),
        ("voice:reps", hours[1]),
    ]
    assert "6.5 of 10" in app.rounds.investigate.hours.value
    told = load_scenario(CAUSE).drift.voices["reps"].en
    assert told.split('"')[1][:30] in app.rounds.investigate.shown.value

    declare(app)
    said = data(app, "declaration")[0]
    place = {"drift": True, "cause": "rep_coasting", "place": "all", "confidence": 70}
    assert said == {"week": 2, **place}
    tick(app)
    play(app)
    assert app.game.decisions[-1].answers == ("action:private_talk",)
    plan = {"owner": "Gao", "measure": "visits", "expect": "up", "check_week": 4}
    assert data(app, "plan") == [{"week": 2, "action": "private_talk", **plan}]
    play(app, WEEKS - 3)

    assert app.step == 1
    app.conclusion.button.click()
    assert app.step == 1 and "choose" in app.conclusion.complaint.value
    app.conclusion.cause.value = "rep_coasting"
    app.conclusion.memo.value = "Visits <fell> first."
    app.conclusion.button.click()
    assert fine(app).step == LOOK_BACK
    memo = {"cause": "rep_coasting", "memo": "Visits <fell> first."}
    assert data(app, "conclusion") == [memo]
    app.debrief_button.click()
    fine(app)
    assert app.chart.value == "<h3>(1, 5)</h3>" and app.result == (1, 5)
    app.save_button.click()
    assert "page.html" in fine(app).status.value
    app.record_button.click()
    assert "<table" in fine(app).record_view.value


def test_a_screen_in_chinese_shows_no_gap_and_no_cause(small, file):
    app = begun(small, file, lang="zh", weeks=3)
    declare(app, "competitor")
    tick(app)
    play(app)
    shown = all_text(app)
    assert HAN.search(app.rounds.head.value) and "第 2 周" in app.rounds.head.value
    assert not re.search(r"\bnan\b|\binf\b|None", shown)
    english = re.findall(r"[A-Za-z]{4,}", re.sub(r"<[^>]*>", "", app.rounds.board.lights.value))
    assert english == []


@no_charts
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_hidden_is_nowhere_on_the_screen(small, file, lang):
    app = begun(small, file, lang=lang, weeks=4)
    play(app, 3)
    drift = drill_of(small, number=0).drift
    shown = all_text(app)
    for hidden in (drift.name, drift.story, drift.lesson):
        assert hidden.in_(lang) not in shown
    assert small not in shown and "small" not in shown.replace("sk-small", "")
    assert struck(drift) == ["chen_min"]
    assert app.rounds.declare.place.value == "all" and app.rounds.declare.cause.value == ""


def test_a_surprise_is_chosen_by_its_number_and_a_cause_by_trainers(file):
    app = DriftDrill(number=7, record=file, lang="en")
    scenario, about = app.start.chosen()
    assert about == {"drill": "surprise", "level": "normal", "number": 7, "surprise": True}
    assert scenario.drift == drill_of("surprise", "normal", 7).drift
    assert app.start.drill.layout.display == "none"
    app.start.trainer.value = True
    assert app.start.drill.layout.display is None
    assert {value for _, value in app.start.drill.options} == set(drift_names())
    app.start.drill.value, app.start.level.value = "stock_outs", "hard"
    scenario, about = app.start.chosen()
    assert scenario.drift.cause == "stock_outs" and about["surprise"] is False


# --- hours, declarations, actions, checks


@no_charts
def test_hours_run_out_and_what_was_looked_up_is_read_again(small, file):
    app = begun(small, file, weeks=3)
    part = app.rounds.investigate
    for tool in ("fishbone", "gantt", "ab_check", "waiting"):
        part.tool.value = tool
        part.look_button.click()
        fine(app)
    assert "1.5 of 10" in part.hours.value
    part.voices["customers"].click()
    assert "you have 1.5 h left" in part.complaint.value
    part.tool.value = "gantt"
    part.look_button.click()  # once more in the same week: nothing to pay
    fine(app)
    assert len(data(app, "investigation")) == 4 and part.shown.value.startswith("<h4>Week 1: Sin")
    play(app)
    assert "10 of 10" in part.hours.value
    page = part.shown.value
    again = drill(small, file).rounds.investigate
    assert again.again.options[0][0].startswith("Week 1: Waiting")
    again.again.value = part.again.value
    assert again.shown.value == page
    for kept in again.looked.folder.iterdir():
        kept.unlink()
    again.again.value = 0
    assert "not kept any more" in again.shown.value


@no_charts
def test_a_declaration_is_complete_and_can_be_taken_back(small, file):
    app = begun(small, file, weeks=3)
    part = app.rounds.declare
    part.button.click()
    assert "choose" in part.complaint.value and not data(app, "declaration")
    assert part.back.layout.display == "none"
    part.place.value, part.confidence.value = "wuxi", 90
    declare(app, "competitor")
    assert "Wuxi; 90 % sure" in part.now.value and part.back.layout.display is None
    part.back.click()
    assert fine(app).game.notes("declaration")[-1].data["drift"] is False
    assert "nothing drifts" in app.rounds.head.value


@no_charts
def test_an_action_needs_a_plan_and_a_plan_its_check(small, file):
    app = begun(small, file)
    card = app.rounds.act.cards["private_talk"]
    assert card.plan.layout.display == "none"
    card.wanted.value = True
    app.rounds.play_button.click()
    assert fine(app).game.week == 0 and "who sees to it" in card.complaint.value
    card.boxes["owner"].value = "  Gao "
    app.rounds.play_button.click()
    assert fine(app).game.week == 0 and "figure" in card.complaint.value
    card.boxes["measure"].value = "visits"
    play(app)
    assert data(app, "plan")[0]["owner"] == "Gao" and card.plan.layout.display == "none"
    assert not app.rounds.act.waiting
    play(app)
    (check,) = app.rounds.act.waiting
    assert "Visits" in check.moved.value and "1 to check" in app.rounds.tabs.get_title(3)
    check.buttons["change"].click()
    assert fine(app).game.notes("check")[0].data["verdict"] == "change"
    assert card.plan.layout.display is None and not app.rounds.act.waiting
    card.boxes["measure"].value = "sales"
    play(app)
    assert [plan["measure"] for plan in data(app, "plan")] == ["visits", "sales"]
    predict(play(app) and app) if app.rounds.play_button.disabled else play(app)
    app.rounds.act.waiting[0].buttons["stop"].click()
    assert card.wanted.value is False
    play(app)
    assert app.game.decisions[-1].answers == ()


# --- undo, resume, elsewhere, aside


def test_a_game_of_another_kind_is_told_and_kept(small, file):
    scenario = load_scenario(small).but(drift=None, watch=None)
    Game.new(file, scenario, 1, {}).close()
    app = DriftDrill(small, record=file, lang="en")
    assert app.step is None and "another game" in app.alarm.value
    app.start.button.click()
    assert fine(app).step == 0 and file.with_name("drill-1.jsonl").is_file()


@no_charts
def test_a_week_is_taken_back_with_its_actions_ticked_again(small, file):
    app = begun(small, file)
    play(app)
    card = tick(app)
    play(app)
    app.rounds.undo_button.click()
    assert fine(app).game.week == 1 and "taken back: 1" in app.rounds.head.value
    assert card.wanted.value is True and card.boxes["owner"].value == "Gao"
    assert card.plan.layout.display is None


@no_charts
def test_what_is_entered_and_not_played_comes_back(small, file):
    app = begun(small, file)
    tick(app, owner="<b>Gao</b>")
    app.rounds.declare.cause.value = "stock_outs"
    again = drill(small, file)
    assert again.game.week == 0 and again.rounds.declare.cause.value == "stock_outs"
    card = again.rounds.act.cards["private_talk"]
    assert card.wanted.value is True and card.boxes["owner"].value == "<b>Gao</b>"
    play(again)
    assert "<b>Gao" not in again.rounds.act.plans.value and "Gao" in again.rounds.act.plans.value
    app.rounds.play_button.click()  # of the window that was left open
    assert app.error is None and app.in_use.layout.display is None and app.game.week == 0


DRAFTS = (
    "[]",
    "no json",
    '{"week": {"week": 0, "actions": 3, "declaration": [1]}}',
    '{"week": {"week": 0, "actions": {"private_talk": {"wanted": true, "owner": 7, '
    '"measure": "x", "expect": []}}, "declaration": {"cause": {}, "place": "nowhere"}}}',
    '{"week": {"week": 0, "actions": {"private_talk": 1}}, "conclusion": 7}',
)


@no_charts
def test_a_draft_that_fits_nothing_is_left_out(small, file):
    app = begun(small, file, weeks=3)
    for draft in DRAFTS:
        file.with_name("drill.draft.json").write_text(draft, "utf-8")
        app._quiet = True
        app.rounds.fill({"declaration": {"cause": "season"}})
        app._take_draft(load_record(app._draft_file))
        assert app.rounds.declare.cause.value == "season"
        assert app.rounds.act.cards["private_talk"].boxes["owner"].value == ""
    assert fine(drill(small, file)).rounds.declare.cause.value == ""


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.0, 0.0, "range first"),
        (-5.0, 9.0, "range first"),
        (9.0, 5.0, "above the highest"),
        (math.nan, 5.0, "two numbers"),
        (1.0, math.inf, "two numbers"),
        (1.0, 1e12, "too large"),
    ],
)
def test_a_prediction_is_two_numbers_in_order(low, high, said):
    part = object.__new__(Predict)
    part.room = SimpleNamespace(t=str)
    part.low, part.high = SimpleNamespace(value=low), SimpleNamespace(value=high)
    assert said in part.missing()


@no_charts
def test_a_drill_is_put_aside_with_its_notebook(small, file):
    app = begun(small, file, weeks=3)
    app.rounds.investigate.voices["legal"].click()
    fine(app)
    app.aside_button.click()
    assert fine(app).game is None and app.step is None and not file.exists()
    kept = file.with_name("drill-1.jsonl")
    assert kept.is_file() and [*file.with_name("drill-1.looked").iterdir()]
    assert app.start.number.value == 1
    assert json.loads(kept.read_text("utf-8").splitlines()[0])["kind"] == "game"
