"""Notebook 01 without a browser: a target is set, committed and lived with by traits and clicks."""

import math
import re
import time
from datetime import date, timedelta

import pytest

from simkit.planning.cascade import calendar
from simkit.screens import drill_window, target_background, target_live
from simkit.screens.target_calendar import parse_holidays
from simkit.screens.target_words import COMMIT, GOAL, HISTORY, JUDGE, LOOK_BACK, QUARTER, TALKS
from simkit.screens.target_workshop import TargetWorkshop
from simkit.training.target_plan import PLAN, Plan
from simkit.training.target_sheet import spread_rest, year_plan

HAN = re.compile("[\u4e00-\u9fff]")
WORLDS = 4
GOAL_TEXT = (
    "Raise sales from 6.6 to 6.8 million CNY by the end of Q1 through more visits, so that the "
    "region can afford a second engineer."
)
EMPTY_PLACE = """
extends: target_workshop.yaml
territories:
  - {id: suzhou, name: {en: Suzhou, zh: 苏州}, customers: 97, potential: 0.75}
  - {id: wuxi, name: {en: Wuxi, zh: 无锡}, customers: 97, potential: 0.75}
  - {id: huzhou, name: {en: Huzhou, zh: 湖州}, customers: 97, potential: 0.75}
  - {id: jiaxing, name: {en: Jiaxing, zh: 嘉兴}, customers: 0}
customers:
  named: []
"""


@pytest.fixture(autouse=True)
def _one_process_and_no_double_clicks(monkeypatch, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp() / "cache"  # the worlds are played once for all tests
    monkeypatch.setenv("SIMKIT_CACHE", str(cache))
    monkeypatch.setattr(target_background, "WORKERS", 1)
    monkeypatch.setattr(drill_window, "DOUBLE_CLICK_SECONDS", 0.0)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved" / "target.jsonl"


@pytest.fixture
def short_debrief(monkeypatch):
    """A debrief that takes no time; the browser's tests see the real one."""

    def end_of(game, worlds, tell):
        tell(1, 1, "half")
        return Plan.from_dict(game.notes(PLAN)[-1].data), worlds

    def write_page(ended, file, lang):
        return file.with_suffix(".html").write_text(lang) and file.with_suffix(".html")

    monkeypatch.setattr(target_live, "end_of", end_of)
    monkeypatch.setattr(target_live, "write_page", write_page)
    text = "<h3>{} in {} worlds</h3>"
    monkeypatch.setattr(target_live, "end_html", lambda e, room: text.format(e[0].region, e[1]))


def fine(app):
    """What every press of a button must leave behind."""
    if app.error is not None:
        raise app.error
    return app


def workshop(file, **more):
    return TargetWorkshop(record=file, **{"worlds": WORLDS, "lang": "en", **more})


def begun(file, **more):
    app = workshop(file, **more)
    app.begin_button.click()
    return fine(app).wait()


def fill(page, **entered):
    page.fill(entered)


def guessed(file, **more):
    """A workshop with the first prediction and the proposal as target."""
    app = begun(file, **more)
    fill(app.planning.history, low=6000.0, high=8000.0)
    app.planning.history.store.click()
    app.planning.history.take.click()
    return fine(app)


def judged(file, **more):
    """A workshop with both predictions, and the chances there."""
    app = guessed(file, **more)
    app.steps.buttons[JUDGE].click()
    page = app.planning.judge
    fill(page, region_chance=60.0, hardest_rep="sun_haitao", easiest_rep="chen_min")
    page.store.click()
    app.background.wait(60)
    return fine(app).wait()


def committed(file, **more):
    app = judged(file, **more)
    fill(app.planning.goal, goal=GOAL_TEXT if app.lang == "en" else GOAL_ZH)
    app.steps.buttons[COMMIT].click()
    app.planning.commit.store.click()
    return fine(app)


GOAL_ZH = "一季度末之前，销售额从660万元提高到680万元，通过每周多拜访客户，为了保障服务团队扩编。"


# --- from the beginning to the end


def live(app, weeks):
    """Play weeks, with a prediction where one is asked for."""
    for _ in range(weeks):
        quarter = app.quarter
        if quarter.play_button.disabled:
            quarter.predict.boxes["low"].value = 6000.0
            quarter.predict.boxes["high"].value = 9000.0
            quarter.predict.button.click()
        quarter.play_button.click()
        fine(app).wait()


def test_a_target_is_set_committed_lived_with_and_looked_back_on(file, short_debrief):
    app = committed(file)
    assert app.step == QUARTER
    plan = Plan.from_dict(app.game.notes(PLAN)[-1].data)
    assert sum(plan.reps.values()) + plan.reserve == plan.region
    assert sum(plan.territories.values()) == sum(plan.reps.values())
    assert plan.predictions["region_sales"] == [6e6, 8e6]
    assert 0 <= plan.chances["region"] <= 1
    app._go(HISTORY)
    assert app.step == QUARTER  # nothing of the plan changes any more
    live(app, 2)
    app.quarter.undo_button.click()
    assert fine(app).game.week == 1
    live(app, 12)
    assert app.step == LOOK_BACK
    first = app.game.decisions[0]
    assert first.quota == {rep: float(amount) for rep, amount in plan.reps.items()}
    app.end_button.click()
    fine(app.wait(60))
    assert app.chart.value == f"<h3>{plan.region} in {WORLDS} worlds</h3>"
    app.save_button.click()
    assert list(file.parent.glob("*.html"))
    assert fine(app).alarm.value == ""


def test_in_chinese_every_step_speaks_chinese(file):
    app = judged(file, lang="zh")
    fill(app.planning.goal, goal=GOAL_ZH)
    for step, page in enumerate(app.planning.pages):
        app.steps.buttons[step].click()
        fine(app).wait()
        shown = [w.value for w in vars(page).values() if hasattr(w, "value") and w.value]
        texts = [text for text in shown if isinstance(text, str) and "<" in text]
        assert all(HAN.search(text) for text in texts), step
        assert all(HAN.search(box.description) for box in page.boxes.values()), step
    assert app.planning.goal.mistakes() == []
    assert not app.planning.commit.stops()


# --- predict first


def test_the_machine_answers_only_after_the_person(file):
    app = begun(file)
    history = app.planning.history
    assert history.after.layout.display == "none"
    history.store.click()  # nothing entered
    assert "both ends" in history.complaints["low"].value
    fill(history, low=8000.0, high=6000.0)
    history.store.click()
    assert "above" in history.complaints["low"].value
    fill(history, low=6000.0, high=8000.0)
    history.store.click()
    assert history.after.layout.display is None
    assert history.boxes["low"].disabled
    app.steps.buttons[JUDGE].click()
    assert app.planning.judge.answer.layout.display == "none"


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"region_chance": 120.0}, "0 to 100"),
        ({"region_chance": math.nan}, "0 to 100"),
        ({"hardest_rep": ""}, "choose"),
        ({"hardest_rep": "chen_min"}, "same person"),
    ],
)
def test_a_prediction_of_the_chances_is_checked(file, entered, said):
    app = guessed(file)
    app.steps.buttons[JUDGE].click()
    page = app.planning.judge
    right = {"region_chance": 60.0, "hardest_rep": "sun_haitao", "easiest_rep": "chen_min"}
    fill(page, **{**right, **entered})
    page.store.click()
    assert said in fine(app).planning.judge.complaints["region_chance"].value
    assert not page.store.disabled


# --- what follows from what


def test_the_chances_follow_a_quota_at_once(file):
    app = judged(file)
    table, box = app.planning.judge.table, app.planning.bench.quotas.boxes["lu_yifan"]
    before = app.planning.bench.judged().reps["lu_yifan"]
    shown = table.value
    box.value = round(box.value * 1.5)
    after = app.planning.bench.judged().reps["lu_yifan"]
    assert after.value < before.value
    assert table.value != shown
    assert "fair" in app.planning.judge.fair.value or "off" in app.planning.judge.fair.value
    assert "given too much" in app.planning.judge.sums.view.value


def test_a_quota_by_hand_stays_and_the_rest_is_spread(file):
    app = guessed(file)
    app.steps.buttons[1].click()
    bench, page = app.planning.bench, app.planning.break_down
    bench.quotas.boxes["wang_lei"].value = 700_000.0
    fill(page, potential=3.0)
    assert bench.quotas.boxes["wang_lei"].value == 700_000.0
    assert bench.left != 0
    page.spread()
    assert bench.left == 0
    assert bench.quotas.boxes["wang_lei"].value == 700_000.0
    fill(page, potential=1.0)
    assert bench.left == 0  # what was spread stays, whatever is proposed later
    bench.quotas.boxes["he_jing"].value = 1_000_000.0
    page.spread()
    assert (bench.left, bench.amounts["wang_lei"], bench.amounts["he_jing"]) == (0, 7e5, 1e6)
    page.again()
    assert bench.amounts == bench.proposal.reps
    fill(page, listen=100.0)
    claims = app.planning.bench.facts.claims
    ratios = [bench.amounts[rep] / claims[rep] for rep in claims]
    assert max(ratios) / min(ratios) == pytest.approx(1.0, abs=1e-4)


def test_giving_what_is_asked_and_explaining(file):
    app = guessed(file)
    app.steps.buttons[TALKS].click()
    bench, page = app.planning.bench, app.planning.talks
    bench.quotas.boxes["xu_tingting"].value = 900_000.0
    assert "objects" in page.beside["xu_tingting"].value
    page.boxes["way_xu_tingting"].value = "agreed"
    assert page.complaints["way_xu_tingting"].value
    assert any("Xu Tingting" in text for text in app.planning.commit.stops())
    page.give("xu_tingting")
    assert bench.amounts["xu_tingting"] == round(bench.facts.claims["xu_tingting"])
    assert page.complaints["way_xu_tingting"].value == ""
    page.boxes["way_wang_lei"].value = "explained"
    assert "1,200" in page.cost.value
    assert bench.plan().talks["wang_lei"]["way"] == "explained"
    assert bench.plan().talks["xu_tingting"]["asked"] != bench.amounts["xu_tingting"]


def test_the_very_plan_is_played_and_can_be_stopped(file):
    app = judged(file)
    app.planning.judge.play.click()
    app.stop_button.click()
    app.wait(60)
    assert fine(app).planning.judge.exact.value == ""
    app.planning.judge.play.click()
    app.wait(60)
    assert f"{WORLDS} worlds" in fine(app).planning.judge.exact.value


# --- kept on disk


def test_what_was_entered_is_there_again(file):
    app = judged(file)
    fill(app.planning.break_down, potential=2.0, reserve=5.0)
    app.planning.bench.quotas.boxes["he_jing"].value = 950_000.0
    fill(app.planning.talks, way_he_jing="explained")
    fill(app.planning.goal, goal="Win 40 customers", stage_suzhou="new")
    app.steps.buttons[GOAL].click()
    wanted = (app.planning.entered(), app.planning.bench.plan())
    app.game.close()
    again = fine(workshop(file).wait())
    again.background.wait(60)
    assert again.step == GOAL
    assert (again.planning.entered(), again.planning.bench.plan()) == wanted
    assert again.planning.history.boxes["low"].disabled  # the prediction is stored for good


def test_a_damaged_draft_is_no_obstacle(file):
    app = guessed(file)
    app.game.close()
    for text in ('{"pages": {"goal": {"goal": 5}}, "quotas": [], "at": "x"}', "no"):
        app._draft_file.write_text(text, encoding="utf-8")
        again = fine(workshop(file).wait())
        assert again.step == HISTORY
        again.game.close()


def test_the_quarter_goes_on_where_it_was(file):
    app = committed(file)
    live(app, 1)
    app.game.close()
    again = fine(workshop(file).wait())
    assert (again.step, again.game.week) == (QUARTER, 1)
    assert not again.background.running  # nothing is left to be judged


def test_a_window_that_only_looks_changes_nothing(file):
    app = guessed(file)
    app.game.close()
    other = workshop(file)
    other.look_button.click()
    fine(other).wait()
    assert all(box.disabled for box in other.planning.bench.quotas.boxes.values())
    assert other.planning.commit.store.disabled


# --- bad input: a message at the field, and the rest kept

WRONG = {
    "history": [
        ("width_factor", -1.0), ("width_factor", math.nan), ("outside_threshold", 200.0),
        ("factor", 0.0), ("year", 0.0), ("year", -5.0), ("year", 1e14), ("year", 1.5),
        ("year", math.inf), ("quarter", 1e12), ("holidays", "Monday"), ("holidays", "53.1"),
    ],
    "break_down": [
        ("potential", -1.0), ("history", math.nan), ("reserve", 90.0), ("listen", 101.0),
    ],
    "goal": [
        ("goal", ""), ("goal", "x" * 10_000), ("goal", "销售额提高到680万元"),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def open_workshop(tmp_path_factory):
    """One workshop for all wrong entries: each is put right again."""
    return tmp_path_factory.mktemp("wrong") / "target.jsonl", {}


@pytest.mark.parametrize(
    ("page", "name", "value"), [(p, n, v) for p, wrong in WRONG.items() for n, v in wrong]
)
def test_a_wrong_entry_is_told_at_its_field(open_workshop, page, name, value):
    file, kept = open_workshop
    if "app" not in kept:
        kept["app"] = guessed(file)
        fill(kept["app"].planning.goal, goal=GOAL_TEXT)
    app = kept["app"]
    screen = getattr(app.planning, page)
    right, others = screen.boxes[name].value, app.planning.entered()
    assert screen.complaints[name].value == ""
    screen.boxes[name].value = value
    assert 'role="alert"' in fine(app).planning.__dict__[page].complaints[name].value
    assert "nan" not in screen.complaints[name].value
    now = app.planning.entered()
    del now["pages"][page][name], others["pages"][page][name]
    assert now == others
    assert app.planning.commit.stops()
    screen.boxes[name].value = right
    assert screen.complaints[name].value == ""


def test_weights_that_are_all_zero_are_told(file):
    app = guessed(file)
    app.steps.buttons[1].click()
    fill(app.planning.break_down, potential=0.0, ability=0.0)
    before = app.planning.bench.amounts
    fill(app.planning.break_down, history=0.0)
    assert "all zero" in fine(app).planning.break_down.complaints["potential"].value
    assert app.planning.bench.amounts == before
    fill(app.planning.break_down, ability=1.0)
    assert app.planning.break_down.mistakes() == []


def test_an_example_of_an_appraisal_that_is_none_is_told(file):
    app = begun(file)
    app.steps.buttons[GOAL].click()
    page = app.planning.goal
    assert "0.67" in page.example.value
    fill(page, behaviour=200.0)
    assert 'role="alert"' in fine(app).planning.goal.complaints["behaviour"].value
    assert page.example.value == ""


def test_a_negative_history_is_told(file):
    app = guessed(file)
    history = app.planning.history
    fill(history, own=True, year_2=-1000.0)
    assert "negative" in fine(app).planning.history.complaints["year_2"].value
    assert app.planning.bench.foundation is None
    fill(history, year_2=20_000_000.0)
    assert history.mistakes() == []
    assert app.planning.bench.foundation.baseline.value > 0


def test_years_are_read_from_an_order_file_and_a_bad_one_is_told_at_its_box(file, tmp_path):
    app = guessed(file)
    history, orders = app.planning.history, tmp_path / "orders.csv"
    fill(history, own=True, orders=str(tmp_path / "none.csv"))
    history.own.read.click()
    assert "none.csv" in fine(app.wait()).planning.history.complaints["orders"].value
    weeks = [date(2023, 1, 2) + timedelta(days=7 * week) for week in range(157)]
    rows = [f"c{i % 7},{day},{500_000 + 1000 * i}" for i, day in enumerate(weeks)]
    orders.write_text("customer,date,amount\n" + "\n".join([*rows, ""]), encoding="utf-8")
    fill(history, orders=str(orders))
    history.own.read.click()
    assert fine(app.wait()).planning.history.mistakes() == []
    # Counted back from the last order: 52 weeks each, and nothing is known of the fourth year.
    entered = [history.boxes[f"year_{n}"].value for n in (4, 3, 2, 1)]
    assert entered[0] == 0
    assert sum(entered) == pytest.approx(sum(500_000 + 1000 * i for i in range(1, 157)), rel=1e-6)
    assert app.planning.bench.foundation.baseline.inputs["years"] == 2


@pytest.mark.parametrize("value", [0.0, -1.0, 0.5, 1e12, math.nan, math.inf])
def test_a_quota_that_is_none_is_told(file, value):
    app = guessed(file)
    quotas, box = app.planning.bench.quotas, app.planning.bench.quotas.boxes["lu_yifan"]
    others = {rep: b.value for rep, b in quotas.boxes.items() if rep != "lu_yifan"}
    app.steps.buttons[1].click()
    box.value = value
    assert 'role="alert"' in fine(app).planning.bench.quotas.complaints["lu_yifan"].value
    assert {rep: b.value for rep, b in quotas.boxes.items() if rep != "lu_yifan"} == others
    assert any("step 2" in text for text in app.planning.commit.stops())
    app.planning.break_down.spread()
    assert app.planning.bench.left == 0


def test_a_territory_without_customers_is_told(file, tmp_path):
    scenario = tmp_path / "empty.yaml"
    scenario.write_text(EMPTY_PLACE, encoding="utf-8")
    app = guessed(file, scenario=scenario)
    app.steps.buttons[1].click()
    assert "Jiaxing has no customers" in fine(app).planning.break_down.notes.value


def test_worlds_that_cannot_be_played_are_told(file, monkeypatch):
    def broken(*args, **more):
        raise RuntimeError("no memory")

    monkeypatch.setattr("simkit.study.attainability.outlook", broken)
    app = guessed(file)
    app.background.wait(30)
    app.steps.buttons[JUDGE].click()
    assert "could not be played" in app.planning.judge.progress.value


def test_waiting_for_the_app_is_not_waiting_for_the_worlds(file, monkeypatch):
    def slow(scenario, worlds, workers, tell, show):
        while True:  # until it is stopped
            tell(1, worlds)
            time.sleep(0.01)

    monkeypatch.setattr("simkit.study.attainability.outlook", slow)
    app = begun(file).wait(60)
    assert app.background.running
    app.background.stop()
    app.background.wait(10)
    assert not app.background.running


# --- the sheet


def test_a_year_with_its_own_first_quarter_adds_up():
    season = [1.0 + week / 100 for week in range(52)]
    for quarter in (None, 0, 123_457):
        year = year_plan(1_000_003, season, quarter, parse_holidays("1.1 5.1-6.2"))
        for _, part in year.walk():
            assert not part.parts or sum(p.amount for p in part.parts) == part.amount
        assert quarter is None or year.parts[0].amount == quarter
        assert sum(day.amount for day in year.level(4)) == 1_000_003
    with pytest.raises(ValueError, match="more than the year"):
        year_plan(100, season, 101)


def test_holidays_are_read():
    days = parse_holidays("1.1， 5.4-6.1;52.5")
    assert days == {(1, 1), (5, 4), (5, 5), (6, 1), (52, 5)}
    assert len(calendar(52, None, days)) == 52 * 5 - 5
    assert parse_holidays(" ") == frozenset()


def test_the_rest_goes_to_those_who_are_not_fixed():
    quotas = {"a": 100, "b": 200, "c": 50}
    assert spread_rest(500, quotas, frozenset({"c"})) == {"a": 150, "b": 300, "c": 50}
    for fixed in (frozenset("abc"), frozenset("ab")):  # nobody free, or too much given
        assert sum(spread_rest(7, quotas, fixed).values()) == 7
    assert sum(spread_rest(10, dict.fromkeys("abc", 0)).values()) == 10
