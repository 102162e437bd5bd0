"""The screens of notebook 90: checking, stopping, reading what came, theory beside the engine."""

import time
from html import unescape

import numpy as np
import pytest

from simkit.screens import evidence_view
from simkit.screens.evidence_charts import EDGE, band_chart, band_places, labels
from simkit.screens.evidence_pictures import PictureScreen, captions
from simkit.screens.evidence_view import EvidenceScreen, quick, scope_tasks
from simkit.screens.evidence_words import question, remark, words
from simkit.screens.texts import translator
from simkit.study.evidence.pictures import PICTURES, buyers
from simkit.study.evidence.row import Row, band_row, exact_row, missing_row
from simkit.study.evidence.sources import BAYESM, EXTRA
from simkit.study.evidence.validate import PARTS, left_for_later, measure, tasks_of

SOURCE = "made up"
ROWS = [
    exact_row("mmc(arrival=4): chance", "what", SOURCE, 0.5, [0.49, 0.51, 0.5]),
    exact_row("mmc(arrival=4): wait", "what", SOURCE, 0.5, [0.9, 0.91, 0.92]),
    band_row("fact 2: pooled", "what", SOURCE, (0.2, 0.4), 0.3, 0.01),
    band_row(
        "fact 2: within", "what", SOURCE, (0.2, 0.4), 0.9, 0.01, note="outside the band: <why>"
    ),
    band_row("fact 16", "what", SOURCE, (0.2, 0.4), 0.39, 0.05),
    missing_row("prices: cheese, own", "data", "what", SOURCE, BAYESM.format("cheese")),
    missing_row("cdnow: BG/NBD r", "data", "what", SOURCE, EXTRA, low=1.0, high=2.0),
]
en = translator("en")


def wrong(seconds=0.0):
    time.sleep(seconds)
    return ROWS


def sleepy():
    time.sleep(60)
    return ROWS


# --- words


def test_every_question_of_the_table_has_words_in_both_languages():
    known = words(en)
    asked = set()
    for name, function, _, _, _ in tasks_of(["exact"]):
        asked.add(question(Row(name, "exact", "", "")))
        assert function
    for name, *_ in tasks_of(["fact"], slow=True):
        numbers = [int(word.strip(",")) for word in name.split() if word.strip(",").isdigit()]
        asked |= {f"fact {number}" for number in numbers}
    assert len(asked) > 30
    assert asked <= set(known), asked - set(known)
    chinese = words(translator("zh"))
    for key, pair in known.items():
        assert all(chinese[key])
        assert chinese[key] != pair


def test_what_is_left_for_later_is_named_in_words_and_not_part_of_a_quick_look():
    known, rows = words(en), []
    for task in tasks_of():
        if task[1] is left_for_later:
            rows += measure(task)
    assert rows
    assert {question(row) for row in rows} <= set(known)
    assert {remark(en, row) for row in rows} == {
        "takes too long for this look: 'simkit validate --slow' measures it"
    }
    assert all(task[1] is not left_for_later for task in scope_tasks("quick"))


@pytest.mark.parametrize(
    ("row_id", "part", "key"),
    [
        ("fact 2 as shipped: pooled", "fact", "fact 2"),
        ("fact-12-no-bias", "fact", "fact 12"),
        ("facts 11 and 14", "fact", "fact 11"),
        ("erlang_a(arrival=10,patience=0.5): gave up", "exact", "erlang_a"),
        ("cdnow: best fifth of the engine, spend", "data", "cdnow: best fifth"),
        ("something new", "data", "something new"),
    ],
)
def test_rows_belong_to_questions(row_id, part, key):
    assert question(Row(row_id, part, "", "")) == key


def test_remarks_are_reasons_not_verdicts():
    said = [remark(en, row) for row in ROWS]
    assert said[3] == "<why>"
    assert said[4] == "near the edge: its interval sticks out of the band"
    assert "SIMKIT_BAYESM" in said[5]
    assert "cheese.rda" in said[5]
    assert "regional-simkit[validation]" in said[6]
    assert "未安装" in remark(translator("zh"), ROWS[5])


# --- charts


def test_a_place_in_the_band_is_scaled_to_it():
    place, reach = band_places(ROWS)[2]
    assert place == pytest.approx(0.0)
    assert reach == pytest.approx(1.645 * 0.01 / 0.1, rel=1e-3)
    assert band_places(ROWS)[5] is None
    assert band_places([band_row("a", "", "", (0.0, 1.0), 1.0, 0.0)]) == [(1.0, 0.0)]


def test_far_points_stay_on_the_chart():
    figure = band_chart(ROWS, en, "en")
    axes = figure.axes[0]
    low, high = axes.get_xlim()
    places = [x for line in axes.get_lines() for x in np.atleast_1d(line.get_xdata())]
    assert all(low <= x <= high for x in places)
    assert EDGE in places
    assert [label.get_text() for label in axes.get_yticklabels()] == labels(ROWS, en)[:5]
    assert labels(ROWS, en)[2].endswith("(1)")


# --- the screen


@pytest.fixture
def made_up(monkeypatch):
    """A table of made-up rows."""
    monkeypatch.setattr(evidence_view, "scope_tasks", lambda scope: [("a", wrong, {}, False, 1.0)])


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_check_shows_what_agrees_and_what_does_not(lang):
    app = EvidenceScreen(lang).run(what="all").wait()
    assert app.error is None
    t, shown = translator(lang), app.chart.value
    text = unescape(shown)
    assert t("What does not agree, and why we think so") in text
    assert t("What could not be measured here") in text
    assert t("Between customers and within one") in text
    assert "<why>" not in shown
    assert "&lt;why&gt;" in shown
    assert shown.count("<img alt=") == 2  # nothing of the data was measured: a table, no chart
    assert "cheese.rda" in text
    assert "mmc(arrival=4): wait" in text


def test_a_check_can_be_stopped(monkeypatch):
    tasks = [(name, sleepy, {}, False, 1.0) for name in "abc"]
    monkeypatch.setattr(evidence_view, "scope_tasks", lambda scope: tasks)
    app = EvidenceScreen("en").run(what="all")
    time.sleep(1.0)
    app.stop_button.click()
    app.wait(30)
    assert app.error is None
    assert app.result is None
    assert "Stopped" in app.status.value


def test_a_quick_look_takes_something_of_every_part_and_stays_short():
    tasks = scope_tasks("quick")
    for part in PARTS:
        assert [task for task in quick(tasks_of([part])) if task in tasks]
    assert sum(task[4] for task in tasks) <= 3 * evidence_view.QUICK_SECONDS
    assert not any(task[3] for task in tasks)
    assert len(scope_tasks("all")) > len(scope_tasks("data")) > 3


def test_choices_say_how_long_they_take():
    choices = [text for text, _ in EvidenceScreen("en")._settings["what"].options]
    assert len(choices) == 5
    assert all("about" in text for text in choices)


# --- pictures


def test_every_picture_has_words():
    for lang in ("en", "zh"):
        assert set(captions(translator(lang))) == set(PICTURES)


def test_buyers_of_the_engine_lie_on_the_curve_of_theory():
    told = []
    picture = buyers(lambda done, total: told.append((done, total)))
    theory = picture.curves.set_index("x")["y"]
    for point in picture.points.itertuples():
        assert abs(point.y - theory[point.x]) < 5 * point.error + 0.01
    assert told[-1] == (2, 2)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["buyers", "ramp"])
def test_a_picture_is_drawn_with_its_numbers(lang, name):
    app = PictureScreen(lang).run(name=name).wait()
    assert app.error is None
    shown = unescape(app.chart.value)
    words = captions(translator(lang))[name]
    assert f'<img alt="{words.title}' in shown
    assert words.says in shown
    assert "<table>" in shown
