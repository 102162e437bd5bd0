"""The app of notebook 00, without a browser."""

import html
import json
import re
import time

import pytest

from simkit.region.policies import BY_POTENTIAL
from simkit.screens import first_decision
from simkit.screens.first_decision import LEVERS, NUMBERS, FirstDecision, worth_of
from simkit.screens.levers import amount_text, lever_value, money_text, unit_text

HAN = re.compile(r"[\u4e00-\u9fff]")


def new_app(**options):
    return FirstDecision(**{"others": 1, "lang": "en", **options})


def text_of(markup):
    without_styles = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without_styles))


def box(app, name):
    return app._settings[name]


@pytest.fixture(scope="module", params=["en", "zh"])
def played(request):
    app = new_app(lang=request.param, others=2)
    app.decide("price", 97.0).predict(revenue=3.0, pays=True).run().wait()
    assert app.error is None
    return app


# --- deciding and predicting


def test_only_the_chosen_lever_is_shown_with_words_on_it():
    app = new_app()
    for lever in LEVERS:
        box(app, "lever").value = lever
        assert [name for name in LEVERS if box(app, name).layout.display != "none"] == [lever]
        assert len(text_of(app.hint.value)) > 20


def test_the_boxes_have_the_bounds_of_the_levers_and_begin_as_things_are():
    app = new_app()
    price, leads = box(app, "price"), box(app, "prospecting_share")
    assert (price.min, price.value, price.max) == (70.0, 100.0, 130.0)
    assert (leads.min, leads.value, leads.max) == (0.0, 6.5, 50.0)
    assert "%" in leads.description and "Calls spent on new leads" in leads.description


@pytest.mark.parametrize("lever", LEVERS)
def test_an_untouched_lever_changes_nothing(lever):
    app = new_app()
    box(app, "lever").value = lever
    assert app._changes({name: widget.value for name, widget in app._settings.items()}) == {}


def test_what_is_entered_reaches_the_region_in_its_own_unit():
    app = new_app()
    entered = {name: widget.value for name, widget in app._settings.items()}
    changes = app._changes({**entered, "lever": "discount_limit_share", "discount_limit_share": 12})
    assert changes == {"discount_limit_share": 0.12}
    changes = app._changes({**entered, "lever": "call_split", "call_split": "key", "price": 97.0})
    assert changes == {"call_split": BY_POTENTIAL}


def test_the_quarter_waits_for_the_prediction_which_locks_the_decision():
    app = new_app()
    assert app.run_button.disabled and app.chart.value == ""
    app.decide("price", 97.0).predict(revenue=3.0, pays=True)
    assert app.prediction == {"revenue": 3.0, "pays": True}
    assert all(widget.disabled for widget in app._settings.values())
    assert not app.run_button.disabled and app.chart.value == ""
    with pytest.raises(RuntimeError):
        app.decide("price", 96.0)
    app.again_button.click()
    app.decide("price", 96.0)


# --- playing


def test_the_result_stands_beside_the_prediction(played):
    share, gain = played.result.main.effect()
    shown = text_of(played.chart.value)
    assert "+3.0" in shown and amount_text(share, "share", played.lang, signed=True) in shown
    assert money_text(abs(gain), played.lang, "CNY") in shown
    assert played.chart.value.count("<img alt=") == 2
    assert played.run_button.disabled and not played.again_button.disabled


def test_everything_is_in_one_language(played):
    parts = [played.hint.value, played.chart.value, played.tried.value, played.status.value]
    parts += [widget.value for widget in played.region().children]
    words = " ".join(text_of(part) for part in parts)
    if played.lang == "en":
        assert not HAN.search(words)
    else:
        left = re.sub(r"SMART|KPI", "", words)
        assert not re.search(r"[A-Za-z]{2,}", left), re.findall(r"[A-Za-z]{2,}", left)


def test_a_try_is_kept_and_the_next_one_added():
    app = new_app(others=0)
    app.decide("price", 97.0).predict(revenue=3.0, pays=True).run().wait()
    app.again_button.click()
    assert app.result is None and app.chart.value == "" and "97 % of" in text_of(app.tried.value)
    app.decide("call_split", "key").predict(revenue=-1.0, pays=False).run().wait()
    assert app.error is None
    assert [one["lever"] for one in app.tries] == ["price", "call_split"]
    assert "more calls on key accounts" in text_of(app.tried.value)
    assert app.tried.value.count('<th scope="row">') == 2


def test_changing_nothing_is_said_plainly():
    app = new_app().predict(revenue=0.0, pays=True).run().wait()
    shown = text_of(app.chart.value)
    assert "You changed nothing" in shown and "No figure moved" in shown
    assert app.result.main.effect() == (0.0, 0.0)


def test_money_that_ran_out_is_said():
    app = new_app(others=0).decide("coaching_hours", 8.0).predict(pays=True).run().wait()
    assert "ran out" in text_of(app.chart.value)


def test_stop_leaves_everything_as_it_was():
    app = new_app(others=200).decide("price", 97.0).predict(revenue=3.0, pays=True).run()
    deadline = time.monotonic() + 20
    while "<progress" not in app.progress.value and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "<progress" in app.progress.value
    app.stop_button.click()
    app.wait(10)
    assert app.error is None and app.result is None and app.tries == []
    assert "Stopped" in app.status.value and not app.run_button.disabled


def test_an_error_is_shown_and_kept(monkeypatch):
    def fail(*args, **options):
        raise ValueError("no such <region>")

    monkeypatch.setattr(first_decision, "try_out", fail)
    app = new_app().decide("price", 97.0).predict(pays=True).run().wait()
    assert isinstance(app.error, ValueError) and app.tries == []
    assert "no such &lt;region&gt;" in app.alarm.value


# --- on disk


def test_decision_prediction_and_tries_come_back(tmp_path):
    record = tmp_path / "saved" / "00.json"
    new_app(record=record, others=0).decide("price", 97.0).predict(
        revenue=3.0, pays=True
    ).run().wait()
    app = new_app(record=record, lang="zh")
    assert (box(app, "lever").value, box(app, "price").value) == ("price", 97.0)
    assert app.prediction == {"revenue": 3.0, "pays": True}
    assert len(app.tries) == 1 and "价格水平 97%" in text_of(app.tried.value)
    app.run().wait()  # the same again is no new try
    assert len(app.tries) == 1


def test_opening_alone_writes_nothing(tmp_path):
    new_app(record=tmp_path / "saved" / "00.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tries", [3, "x", [3], [{}], [{"lever": "price"}], None])
def test_tries_of_another_kind_are_ignored(tmp_path, tries):
    record = tmp_path / "00.json"
    record.write_text(json.dumps({"tries": tries}))
    app = new_app(record=record)
    assert app.tries == [] and app.error is None and app.tried.value == ""


def test_tries_with_wrong_numbers_are_ignored(tmp_path):
    record = tmp_path / "00.json"
    wrong = dict.fromkeys(first_decision.TRIED, "<b>")
    tries = [wrong | {"lever": "price"}, wrong | {"lever": "call_split"}]
    record.write_text(json.dumps({"tries": tries}))
    assert new_app(record=record).tries == []


# --- the region, and words


def test_the_region_is_seen_before_anything_is_decided():
    shown = text_of(new_app().region().children[0].value)
    for word in ("Suzhou", "Chen Min", "Suzhou Jinghu Hospital", "Target attainment"):
        assert word in shown


def test_worth_of_is_a_table_to_read():
    table = worth_of(price=0.97, weeks=4, lang="zh")
    assert table.index[0] == "销售额" and table.shape == (4, 3)
    assert (worth_of(weeks=2, lang="en")["Difference"] == "0").all()


def test_amounts_in_words():
    assert amount_text(0.0612, "share", "en", signed=True) == "+6.1"
    assert amount_text(-0.00001, "share", "en", signed=True) == "0.0"
    assert amount_text(-123456, "money", "zh", signed=True) == "−12.3万"
    assert amount_text(float("nan"), "share", "en") == "–"
    assert money_text(138000, "en", "EUR") == "138k EUR"
    assert money_text(138000, "zh", "CNY") == "13.8万元"
    assert unit_text("money a week", "zh", "CNY") == "元/周"


@pytest.mark.parametrize("name", NUMBERS)
def test_every_lever_box_gives_a_valid_lever(name):
    app = new_app()
    for entered in (box(app, name).min, box(app, name).max):
        value = lever_value(name, entered)
        decision = first_decision.starting_decision(app.scenario).but(**{name: value})
        assert getattr(decision, name) == pytest.approx(value)


def test_every_try_is_predicted_anew():
    app = new_app(others=0)
    app.decide("price", 97.0).predict(revenue=3.0)
    assert app.prediction is None  # whether it pays off is not answered yet
    assert "answer" in app.status.value
    app.predict(pays=True).run().wait()
    assert app.tries[0]["predicted"] == 3.0
    app.again_button.click()
    assert app._predict["revenue"].value == 0.0
    assert app._predict["pays"].value is None
