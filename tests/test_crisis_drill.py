"""Notebook 04 without a browser: a drill is played by setting traits and pressing buttons."""

import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from simkit.scenario.library import load_scenario
from simkit.screens import crisis_drill, debrief_report, drill_clock, drill_end, drill_window
from simkit.screens.crisis_drill import CrisisDrill
from simkit.screens.drill_levers import WEEKLY, money_at_hand, week_cost
from simkit.screens.drill_risks import GRADES, grid_html
from simkit.study.game import Game
from simkit.training.drill import variant

CRISIS = "supplier_break"
WEEKS = 11
HAN = re.compile("[\u4e00-\u9fff]")
OTHER_WINDOW = """
import sys
from simkit.study.game import Game
game = Game.open(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def _no_double_clicks(monkeypatch):
    monkeypatch.setattr(drill_window, "DOUBLE_CLICK_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved" / "drill.jsonl"


@dataclass(frozen=True)
class Stub:
    """Stands for a debrief."""

    worlds: int


@pytest.fixture
def stub(monkeypatch):
    """A debrief that takes no time."""

    def end_of(game, worlds, tell):
        tell(1, 2, "half")
        return drill_end.Ended(drill_end.compare(game, tell), Stub(worlds))

    monkeypatch.setattr(crisis_drill, "end_of", end_of)
    text = "<h3>What it was worth</h3>"
    monkeypatch.setattr(
        crisis_drill, "debrief_view", lambda e, room: drill_end.players_html(e.players, room) + text
    )


def drill(file, **more):
    return CrisisDrill(CRISIS, record=file, **{"weeks": WEEKS, **more})


def fine(app):
    """What every press of a button must leave behind."""
    if app.error is not None:
        raise app.error
    return app


def begun(file, **more):
    app = drill(file, **more)
    app.start.button.click()
    return fine(app)


def fill_plan(app, trigger="three short deliveries", risk=CRISIS):
    for likelihood, impact in app.plan.register.boxes.values():
        likelihood.value, impact.value = 4, 5
    app.plan.cards.cards["prepared:second_source"].wanted.value = True
    app.plan.levers.boxes["safety_factor"].value = 2.0
    line = app.plan.lines[0]
    line.fill({"risk": risk, "owner": "Gao", "trigger": trigger, "actions": "call the other plant"})


def planned(file, **more):
    app = begun(file, **more)
    fill_plan(app)
    app.plan.store.click()
    return fine(app)


def predict(app, low=2000.0, high=3000.0):
    boxes = app.rounds.predict.boxes
    boxes["revenue_low"].value, boxes["revenue_high"].value = low, high
    boxes["value_low"].value, boxes["value_high"].value = 90.0, 98.0
    app.rounds.predict.button.click()
    fine(app)


def play(app, weeks=1):
    for _ in range(weeks):
        if app.rounds.play_button.disabled:
            predict(app)
        app.rounds.play_button.click()
        fine(app).wait()
        assert fine(app).alarm.value == ""


def ended(file, **more):
    app = planned(file, **{"weeks": 5, **more})
    play(app, 5)
    return app


# --- from the beginning to the end


def test_a_drill_from_the_plan_to_the_debrief(file, stub, monkeypatch):
    app = drill(file)
    assert app.step is None and not file.exists()
    app.start.button.click()
    assert fine(app).step == crisis_drill.PLAN and file.is_file()
    fill_plan(app)
    app.plan.store.click()
    assert fine(app).step == crisis_drill.ROUNDS
    note = app.game.notes("plan")[0].data
    assert note["risks"][CRISIS] == [4, 5]
    assert note["preparations"] == ["prepared:second_source"]
    assert note["plan"][0]["owner"] == "Gao"

    play(app, 10)
    first = app.game.decisions[0]
    assert first.answers == ("prepared:second_source",) and first.safety_factor == 2.0
    answer = app.rounds.answers.cards["supplier_break:air_freight"]
    assert "P1" in str(answer.priority.options)
    answer.wanted.value, answer.priority.value = True, 1
    play(app)
    last = app.game.decisions[-1]
    assert set(last.answers) == {"prepared:second_source", "supplier_break:air_freight"}
    assert last.priorities["supplier_break:air_freight"] == 1

    assert app.step == crisis_drill.MEMO
    app.memo.button.click()
    assert app.step == crisis_drill.MEMO and "sentence" in app.memo.complaint.value
    app.memo.box.value = "We were late."
    app.memo.button.click()
    assert fine(app).step == crisis_drill.DEBRIEF
    assert app.game.notes("memo")[0].data == {"text": "We were late."}
    app.debrief_button.click()
    fine(app.wait())
    assert app.result.debrief == Stub(100)
    assert "What it was worth" in app.chart.value
    assert app.chart.value.count("<tr>") == 6  # a head, the person, four players

    monkeypatch.setattr(debrief_report, "debrief_page", lambda found, lang: f"{lang} {found}")
    app.save_button.click()
    page = fine(app).file.with_name("drill-debrief.html").read_text("utf-8")
    assert page == "en Stub(worlds=100)"


def test_the_crisis_is_not_named_before_it_is_there(file):
    app = CrisisDrill("surprise", record=file, weeks=3)
    words = [title for title, _ in app.start.crisis.options]
    assert not any("upplier" in title for title in words)
    app.start.button.click()
    shown = app.plan.view.children[0].value
    assert fine(app).game.about["surprise"] is True
    goal = load_scenario(app.game.about["crisis"]).drill.goal.en
    assert goal not in shown


def test_a_plan_lacks_something_until_it_is_one(file):
    app = begun(file)
    app.plan.store.click()
    assert app.step == crisis_drill.PLAN and "three risks" in app.plan.complaint.value
    for likelihood, impact in app.plan.register.boxes.values():
        likelihood.value, impact.value = 1, 2
    app.plan.store.click()
    assert app.step == crisis_drill.PLAN and "one line" in app.plan.complaint.value
    fill_plan(app)
    app.plan.store.click()
    assert fine(app).step == crisis_drill.ROUNDS


def test_what_is_too_dear_is_said_before_it_is_not_done(file):
    app = begun(file)
    assert "More" not in app.plan.cost.value
    for card in app.plan.cards.cards.values():
        card.wanted.value = True
    app.plan.levers.boxes["backup_supplier"].value = True
    cost = week_cost(app.room.report, app.plan.decision())
    spoken = app.room.money(cost)
    assert spoken in app.plan.cost.value


def test_the_cost_that_is_said_is_what_is_paid(file):
    app = planned(file)
    predict(app)
    boxes = app.rounds.levers.boxes
    boxes["coaching_hours"].value, boxes["promotion"].value = 1.0, 500.0
    boxes["vip_hours"].value, boxes["backup_supplier"].value = 10.0, True
    said = week_cost(app.room.report, app.rounds.decision())
    assert app.room.money(said) in app.rounds.cost.value
    before = money_at_hand(app.room.report, app.rounds.decision())
    app.rounds.play_button.click()
    report = fine(app).game.report
    assert not (report.events["kind"] == "not_done").any()
    assert before - report.budget_left == pytest.approx(said)


def test_every_lever_of_the_screen_reaches_the_week(file):
    app = planned(file)
    predict(app)
    other = {
        "price": 97.0,
        "discount_limit_share": 8.0,
        "promotion": 500.0,
        "safety_factor": 1.5,
        "backup_supplier": True,
        "priority_rule": "large_first",
        "complaint_hours": 20.0,
        "vip_hours": 5.0,
        "coaching_hours": 0.5,
        "release_reserve": 10_000.0,
    }
    assert {*other} == {*WEEKLY}
    for name, value in other.items():
        app.rounds.levers.boxes[name].value = value
    app.rounds.play_button.click()
    decision = fine(app).game.decisions[0]
    shares = {"price": 0.97, "discount_limit_share": 0.08}
    assert {name: getattr(decision, name) for name in other} == {**other, **shares}


# --- predictions, marks, undo


def test_a_prediction_comes_before_the_month_and_the_result_after_it(file):
    app = planned(file)
    assert app.rounds.play_button.disabled
    app.rounds.play_button.click()
    assert app.game.week == 0
    app.rounds.predict.button.click()
    assert "both ranges" in app.rounds.predict.complaint.value
    boxes = app.rounds.predict.boxes
    boxes["revenue_low"].value, boxes["revenue_high"].value = 5.0, 4.0
    boxes["value_high"].value = 98.0
    app.rounds.predict.button.click()
    assert "above" in app.rounds.predict.complaint.value and not app.game.notes("prediction")
    predict(app)
    note = app.game.notes("prediction")[0].data
    assert note["weeks"] == [0, 3] and note["revenue"] == [2e6, 3e6]
    assert note["kpi"] == "on_time_share" and note["value"] == [0.9, 0.98]
    assert note["confidence"] == 0.8
    play(app, 3)
    assert app.rounds.outcome.value == ""
    play(app)
    events = app.game.report.events
    rows = events[(events["week"] >= 0) & events["kind"].isin(["order", "won"])]
    assert app.room.money(rows["amount"].sum()) in app.rounds.outcome.value
    assert app.rounds.play_button.disabled
    predict(app, 0.001, 0.002)
    play(app)
    assert app.rounds.outcome.value == ""
    assert "Weeks 1 to 4" in app.rounds.look_up.value


def test_messages_are_marked_and_the_mark_can_be_changed(file):
    app = planned(file)
    while not app.rounds.inbox.letters:
        play(app)
    name, letter = next(iter(app.rounds.inbox.letters.items()))
    for mark in ("sign", "noise"):
        letter.mark.value = mark
    data = [note.data for note in fine(app).game.notes("mark")]
    assert data == [{"message": name, "as": mark} for mark in ("sign", "noise")]
    again = drill(file)
    assert again.rounds.inbox.letters[name].mark.value == "noise"
    assert len(again.game.notes("mark")) == 2  # showing a mark is not marking


def test_a_week_is_taken_back_and_counted(file):
    app = planned(file)
    assert app.rounds.undo_button.disabled
    play(app, 2)
    before = app.game.report.budget_left
    app.rounds.levers.boxes["coaching_hours"].value = 2.0
    play(app)
    app.rounds.undo_button.click()
    assert fine(app).game.week == 2 and app.game.report.budget_left == before
    assert "taken back: 1" in app.rounds.head.value
    assert app.rounds.levers.boxes["coaching_hours"].value == 2.0  # to be changed, or not
    again = drill(file)
    assert "taken back: 1" in again.rounds.head.value


def test_two_clicks_on_play_are_one_week(file, monkeypatch):
    app = planned(file)
    predict(app)
    monkeypatch.setattr(drill_window, "DOUBLE_CLICK_SECONDS", 5.0)
    app.rounds.play_button.click()
    app.rounds.play_button.click()
    assert fine(app).game.week == 1


# --- the clock


def timed(file, seconds=30):
    app = begun(file, level="hard")
    assert app.game.about["round_seconds"] > 0
    app.rounds.clock.seconds = seconds
    fill_plan(app)
    app.plan.store.click()
    return fine(app)


def test_when_the_time_is_up_the_week_is_played_as_it_is_set(file):
    app = timed(file, 3)
    assert not app.rounds.clock.running  # first the prediction
    predict(app)
    assert app.rounds.clock.running
    app.rounds.levers.boxes["coaching_hours"].value = 1.0
    for _ in range(3):
        app.rounds.clock.tick()
    assert fine(app).game.week == 1 and app.game.decisions[0].coaching_hours == 1.0
    assert "time was up" in app.game.notes("note")[0].data["text"]
    assert app.rounds.clock.running and app.rounds.clock.left == 3
    app.rounds.clock.stop()


def test_the_clock_can_be_switched_off(file):
    app = timed(file)
    predict(app)
    app.rounds.clock_button.click()
    assert not fine(app).rounds.clock.running
    left = app.rounds.clock.left
    app.rounds.clock.tick()
    assert app.rounds.clock.left == left
    play(app)
    assert not app.rounds.clock.running
    app.rounds.clock_button.click()
    assert app.rounds.clock.running
    app.rounds.clock.stop()
    easy = begun(file.with_name("other.jsonl"))
    assert easy.rounds.clock.seconds == 0 and easy.rounds.clock.view.value == ""


def test_the_clock_runs_by_itself(monkeypatch):
    monkeypatch.setattr(drill_clock, "SECOND", 0.01)
    over = []
    clock = drill_clock.Clock(3, lambda: over.append(1), str)
    clock.start()
    deadline = time.monotonic() + 10
    while not over and time.monotonic() < deadline:
        time.sleep(0.01)
    assert over == [1] and clock.left == 0 and not clock.running


# --- coming back, other windows


def test_a_reopened_drill_is_where_it_was_with_what_was_typed(file):
    app = begun(file)
    app.plan.lines[0].boxes["owner"].value = "Gao"
    app.plan.add_line()
    app.plan.lines[1].boxes["trigger"].value = "second"
    app = drill(file)
    assert fine(app).step == crisis_drill.PLAN and app.plan.lines[0].entered()["owner"] == "Gao"
    assert app.plan.lines[1].entered()["trigger"] == "second"
    fill_plan(app)
    app.plan.store.click()
    app = drill(file)
    assert fine(app).rounds.decision().answers == ("prepared:second_source",)
    play(app, 2)
    app.rounds.levers.boxes["coaching_hours"].value = 1.5
    report = app.game.report
    app = drill(file)
    assert fine(app).step == crisis_drill.ROUNDS and app.game.week == 2
    assert app.rounds.levers.boxes["coaching_hours"].value == 1.5
    assert app.game.report.stock == report.stock
    play(app)
    assert app.game.decisions[-1].coaching_hours == 1.5
    play(app, WEEKS - 3)
    app.memo.box.value = "half a"
    app = drill(file)
    assert fine(app).step == crisis_drill.MEMO and app.memo.box.value == "half a"
    app.memo.button.click()
    assert fine(drill(file)).step == crisis_drill.DEBRIEF


def test_another_window_is_told_and_can_look_on_or_continue(file):
    planned(file).game.close()
    command = [sys.executable, "-c", OTHER_WINDOW, str(file)]
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "open\n"
        app = drill(file)
        assert fine(app).step is None and app.in_use.layout.display is None
        assert "another window" in app.notice.value and app.start.button.disabled
        app.look_button.click()
        assert fine(app).step == crisis_drill.ROUNDS and app.game.look_only
        assert app.rounds.play_button.disabled and app.rounds.predict.button.disabled
        app.here_button.click()
        assert not fine(app).game.look_only and app.in_use.layout.display == "none"
        play(app)
        assert app.game.week == 1
    finally:
        other.communicate("\n", timeout=30)


def test_a_window_whose_game_was_continued_elsewhere_says_so_and_loses_nothing(file):
    app = planned(file)
    play(app)
    with Game.open(file) as elsewhere:
        elsewhere.play(elsewhere.report.decision)
        app.rounds.play_button.click()
        assert fine(app).in_use.layout.display is None
        assert elsewhere.week == 2 and app.rounds.play_button.disabled
    app.here_button.click()
    assert fine(app).game.week == 2
    play(app)
    assert app.game.week == 3


def test_a_broken_file_is_told_in_words_and_put_aside_for_a_new_drill(file):
    file.parent.mkdir()
    file.write_text('{"format": "something else"}\n')
    app = drill(file)
    assert app.error is not None and "role" in app.alarm.value and app.step is None
    app.start.button.click()
    assert fine(app).step == crisis_drill.PLAN
    assert "something else" in file.with_stem("drill-1").read_text()


def test_a_drill_put_aside_is_kept(file):
    app = planned(file)
    app.aside_button.click()
    assert fine(app).step is None and not file.exists()
    assert Game.open(file.with_stem("drill-1"), look_only=True).notes("plan")
    app.start.number.value = 3
    app.start.button.click()
    assert fine(app).step == crisis_drill.PLAN and app.game.about["number"] == 3
    expected = variant(load_scenario(CRISIS), "normal", 3).shocks[0]
    assert app.game.scenario.shocks[0].start_week == expected.start_week


def test_a_failing_disk_is_told_and_the_week_is_not_played(file, monkeypatch):
    app = planned(file)
    predict(app)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("simkit.study.journal.os.write", full)
        app.rounds.play_button.click()
    assert app.error is not None and "disk is full" in app.alarm.value
    assert app.game.week == 0
    app.rounds.play_button.click()
    assert fine(app).game.week == 1 and app.alarm.value == ""


def test_what_is_not_a_drill_is_refused_in_words(tmp_path):
    app = CrisisDrill("workshop_region", record=tmp_path / "a.jsonl")
    app.start.button.click()
    assert app.error is not None and "no drill" in app.alarm.value


# --- safe, quick, in both languages


def everything_shown(app):
    """All texts of a screen, as sent to the browser."""
    found, open_ = [], [app.view]
    while open_:
        widget = open_.pop()
        open_ += list(getattr(widget, "children", ()))
        found.append((widget, str(getattr(widget, "value", ""))))
    return found


def test_what_is_typed_is_shown_and_never_run(file, stub):
    evil = "<script>alert(1)</script>"
    app = begun(file, weeks=1)
    fill_plan(app, trigger=evil)
    app.plan.store.click()
    fine(app.wait())
    assert "&lt;script&gt;" in app.rounds.look_up.value
    play(app)
    app.memo.box.value = evil
    app.memo.button.click()
    app.debrief_button.click()
    fine(app.wait())
    pages = [text for widget, text in everything_shown(app) if type(widget).__name__ == "HTML"]
    assert not any("<script" in text for text in [*pages, app.rounds.look_up.value])


def test_the_real_debrief_is_shown_and_saved_with_what_was_typed_escaped(file):
    evil = "<script>alert(1)</script>"
    app = begun(file, weeks=10, worlds=2)
    fill_plan(app, trigger=evil)
    app.plan.store.click()
    play(app, 10)
    app.memo.box.value = evil
    app.memo.button.click()
    app.debrief_button.click()
    fine(app.wait(300))
    app.save_button.click()
    page = fine(app).file.with_name("drill-debrief.html").read_text("utf-8")
    for shown in (app.chart.value, page):
        assert "&lt;script&gt;" in shown and "<script" not in shown and "http" not in shown


def test_names_in_a_grid_are_numbers():
    grid = grid_html({"a": [4, 5], "gone": [1, 1]}, {"a": "<b>x"}, str)
    assert ">1</td>" in grid and "<b>" not in grid
    assert grid.count("<td class") == len(GRADES) ** 2


def test_the_screen_speaks_chinese(file, stub):
    app = ended(file, lang="zh")
    app.memo.box.value = "我们晚了。"
    app.memo.button.click()
    app.debrief_button.click()
    fine(app.wait())
    latin = re.compile(r"[A-Za-z]{4,}")
    for widget, text in [*everything_shown(app), (None, app.rounds.head.value)]:
        words = re.sub(r"<style>.*?</style>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
        words = words.replace("What it was worth", "")
        if type(widget).__name__ == "HTML":
            assert not latin.search(words), words
        label = getattr(widget, "description", "")
        assert not latin.search(label), label
    assert HAN.search(app.steps.value)


def test_the_answer_to_a_press_does_not_wait_for_the_charts(file):
    app = planned(file)
    predict(app)
    app.wait()
    slow = []
    for _ in range(3):
        started = time.perf_counter()
        app.rounds.play_button.click()
        slow.append(time.perf_counter() - started)
        app.wait()
    assert min(slow) < 0.2, slow
    assert fine(app).rounds.board.charts.value.count("<img") == 6


def test_the_game_file_says_what_was_played(file):
    app = planned(file)
    play(app)
    first = json.loads(file.read_text("utf-8").splitlines()[0])
    about = {"crisis": CRISIS, "level": "normal", "number": 0, "surprise": False}
    assert first["about"] == {**about, "round_seconds": 0}


def test_others_play_the_same_weeks(file):
    app = ended(file)
    table = drill_end.compare(app.game)
    assert list(table.index) == ["you", *drill_end.PLAYERS]
    events = app.game.report.events
    played = events[events["week"] >= 0]
    revenue = played.loc[played["kind"].isin(["order", "won"]), "amount"].sum()
    costs = played.loc[played["kind"].isin(["cost", "pay"]), "amount"].sum()
    assert table.at["you", "revenue"] == pytest.approx(revenue)
    assert table.at["you", "contribution"] == pytest.approx(revenue - costs)
    assert table["contribution"].nunique() > 1
