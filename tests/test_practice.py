"""The file of a practice, and which card comes next."""

import json
import multiprocessing
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from simkit.scenario.rubric import BEHAVIOURS, load_rubric
from simkit.training.practice import Attempt, NotSaved, Override, Practice, PracticeError
from simkit.training.practice_next import BOX_DAYS, TRAINED_BY, box_of, next_card

START = date(2026, 3, 2)


def points(total=16, **given):
    """Points that sum to a total, the first behaviours first."""
    found = dict.fromkeys(BEHAVIOURS, 0)
    for name in BEHAVIOURS:
        found[name] = min(2, total)
        total -= found[name]
    return {**found, **given}


def attempt(card="a", total=16, day=0, **more):
    when = f"{START + timedelta(days=day)}T09:00:00"
    given = {
        "points": points(total or 0),
        "total": total,
        "answer": f"{card} {total} {day}",
        **more,
    }
    return Attempt(when, card, "write", **given)


def card(family="price", difficulty="easy"):
    return SimpleNamespace(objection=SimpleNamespace(family=family, difficulty=difficulty))


# --- the file -------------------------------------------------------------------------------


def test_attempts_come_back_as_they_were(tmp_path):
    odd = "= \x00 <script>\n“引号”\u2028 😀 \ud800"
    first = attempt(who="李", answer=odd, seconds=12.5, late=True, moves=("greet", "pain"))
    path = tmp_path / "new" / "practice.jsonl"
    Practice(path).add(first)
    Practice(path).add(attempt("b", 3, cap=4), Attempt("2026-03-02", "c", "talk", "zh", won=True))
    back = Practice(path)
    assert back.attempts[0] == first
    assert [each.card for each in back.attempts] == ["a", "b", "c"]
    assert back.warnings == []
    assert back.attempts[0].answer.endswith("?")  # half a character cannot be written


def test_best_and_latest_stand_beside_each_other(tmp_path):
    practice = Practice(tmp_path / "p.jsonl")
    tried = [
        attempt(total=t, day=i, who=w) for i, (t, w) in enumerate([(4, "x"), (12, "y"), (8, "x")])
    ]
    practice.add(*tried, attempt("b", None, points=None))
    assert (practice.best("a"), practice.latest("a")) == (tried[1], tried[2])
    practice.add(Attempt("2026-03-09", "a", "choose", won=True))
    assert practice.best("a") == tried[1]  # a choice is not better than an answer
    assert practice.best("b") is None and practice.latest("c") is None
    assert practice.history("x").best("a") == tried[2]
    assert [(row.card, row.times) for row in practice.history().cards()] == [("a", 4), ("b", 1)]


@pytest.mark.parametrize(
    "torn", [b'{"', b'{"v": 1, "kind": "atte', b'{"v": 1, "answer": "\xe4\xbd']
)
def test_a_torn_line_is_told_and_replaced(tmp_path, torn):
    path = tmp_path / "p.jsonl"
    Practice(path).add(attempt())
    path.write_bytes(path.read_bytes() + torn)
    practice = Practice(path)
    assert len(practice.attempts) == 1 and "not written to its end" in practice.warnings[0].en
    practice.add(attempt("b"))
    assert [each.card for each in Practice(path).attempts] == ["a", "b"]
    assert Practice(path).warnings == []


def test_lines_of_others_stay_and_are_counted(tmp_path):
    path = tmp_path / "p.jsonl"
    Practice(path).add(attempt())
    made = '{"v": 1, "kind": "attempt", "card": "a", "mode": "write"'
    others = [
        "a note of mine",
        '{"v": 9, "kind": "attempt"}',
        '{"v": 1, "kind": "attempt", "when": "never"}',
        made + ', "when": "2026-01-01", "total": 99}',
        "[" * 100_000,
        made + ', "when": "2026-01-01", "seconds": NaN}',
    ]
    path.write_text(path.read_text("utf-8") + "\n".join(others), "utf-8")
    practice = Practice(path)
    said = " ".join(each.en for each in practice.warnings)
    assert "5 lines of the file" in said and "1 line written by a newer simkit" in said
    practice.add(attempt("b"))
    assert [each.card for each in Practice(path).attempts] == ["a", "b"]
    assert path.read_text("utf-8").count("a note of mine") == 1


@pytest.mark.parametrize("content", ["my diary", "my diary\nsecond", '{"kind": "game"}\n'])
def test_a_file_of_something_else_is_not_touched(tmp_path, content):
    path = tmp_path / "p.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(PracticeError, match="no file of practice"):
        Practice(path)
    assert path.read_text("utf-8") == content


def test_a_disk_that_takes_nothing_loses_nothing(tmp_path, monkeypatch):
    path = tmp_path / "p.jsonl"
    practice = Practice(path)
    practice.add(attempt())
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(NotSaved, match="space on the disk") as told:
            practice.add(attempt("b"))
    assert "文件夹" in told.value.in_("zh") and path.read_bytes() == before
    assert [each.card for each in practice.attempts] == ["a", "b"]
    assert "lost when the window is closed: 1" in practice.warnings[0].en
    practice.add(attempt("c"))
    assert [each.card for each in Practice(path).attempts] == ["a", "b", "c"]
    assert practice.warnings == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    practice = Practice(tmp_path / "file" / "p.jsonl")
    with pytest.raises(NotSaved, match="may write"):
        practice.add(attempt())
    assert len(practice.attempts) == 1
    with pytest.raises(PracticeError, match="not a file"):
        Practice(tmp_path)


def _add_many(path, card):
    for day in range(25):
        Practice(path).add(attempt(card, day=day))


def test_two_windows_write_at_once(tmp_path):
    path = tmp_path / "p.jsonl"
    fork = multiprocessing.get_context("fork")
    windows = [fork.Process(target=_add_many, args=(path, name)) for name in "ab"]
    for window in windows:
        window.start()
    for window in windows:
        window.join(30)
    cards = [each.card for each in Practice(path).attempts]
    assert (cards.count("a"), cards.count("b")) == (25, 25)


def test_a_window_sees_what_the_other_wrote(tmp_path):
    one, other = (Practice(tmp_path / "p.jsonl") for _ in range(2))
    one.add(attempt("a"))
    other.add(attempt("b"))
    one.refresh()
    assert (
        [each.card for each in one.attempts] == [each.card for each in other.attempts] == ["a", "b"]
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "shout"},
        {"lang": "fr"},
        {"total": 17},
        {"total": True},
        {"points": {"charm": 2}},
        {"points": {"value": 1}},
        {"points": points(value=3)},
        {"seconds": float("nan")},
        {"seconds": -1},
        {"when": "yesterday"},
        {"card": ""},
        {"won": "yes"},
    ],
)
def test_an_attempt_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError):
        Attempt(**{"when": "2026-03-02T09:00", "card": "a", "mode": "write", **wrong})


def test_a_long_torn_line_leaves_nothing_behind(tmp_path):
    path = tmp_path / "p.jsonl"
    Practice(path).add(attempt("a"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"v": 1, "kind": "attempt", "answer": "' + "torn " * 400)
    Practice(path).add(attempt("b"))
    back = Practice(path)
    assert [each.card for each in back.attempts] == ["a", "b"] and back.warnings == []
    assert "torn" not in path.read_text("utf-8")


def test_another_file_in_its_place_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "p.jsonl"
    practice = Practice(path)
    practice.add(attempt("a", answer="long " * 400))
    path.unlink()
    Practice(path).add(attempt("b"), attempt("c"))
    practice.refresh()
    assert [each.card for each in practice.attempts] == ["b", "c"]


def test_the_id_of_an_answer_does_not_depend_on_its_score():
    assert attempt(total=3, answer="x").id == attempt(total=9, answer="x").id
    assert attempt(answer="x").id != attempt(answer="y").id


# --- what comes next ------------------------------------------------------------------------


def test_boxes_follow_leitner():
    days, tried = 0, [attempt(day=0)]
    for number, gap in enumerate(BOX_DAYS):
        box = box_of(tried)
        assert (box.number, box.due - box.last) == (number, timedelta(days=gap))
        days += gap
        tried.append(attempt(day=days))
    assert box_of(tried).number == len(BOX_DAYS) - 1
    assert box_of([*tried, attempt(day=days)]) == box_of(tried)  # too early: no step
    assert box_of([*tried, attempt(total=9, day=days)]).number == 0
    assert box_of([attempt(total=None, points=None)]) is None
    chosen = [
        Attempt(f"{START + timedelta(days=30 * n)}", "a", "choose", won=True) for n in range(9)
    ]
    assert box_of(chosen).number == 1
    assert box_of([*tried, replace(chosen[-1], when="2027-01-01")]).number == box_of(tried).number


def test_a_clock_that_was_ahead_keeps_no_card_away():
    wrong = attempt(day=4000)
    cards = {"a": card(), "b": card()}
    found = next_card([wrong], cards, attempt(day=3).day)
    assert found.card == "a" and "clock was ahead" in found.reason.en and "晚" in found.reason.zh
    assert next_card([wrong, attempt(day=3)], cards, attempt(day=3).day).card == "b"
    assert box_of([wrong, attempt(day=3)]) == box_of([attempt(day=3)])


def test_what_is_due_comes_before_what_is_new(tmp_path):
    practice = Practice(tmp_path / "p.jsonl")
    practice.add(attempt("a", 16), attempt("b", 4, day=1))
    cards = {name: card() for name in "abc"}
    day = START + timedelta(days=3)
    assert practice.next_card(cards, day).card == "a"
    assert "3 days ago" in practice.next_card(cards, day).reason.en
    assert practice.next_card({"c": card()}, day).card == "c"
    assert practice.next_card({}, day) is None
    assert practice.next_card({"a": card(), "b": card()}, START).card == "b"  # nothing due: worst


@pytest.mark.parametrize("weak", BEHAVIOURS)
def test_the_weakest_behaviour_chooses_the_new_card(tmp_path, weak):
    practice = Practice(tmp_path / "p.jsonl")
    practice.add(attempt("done", 14, points=points(16, **{weak: 0})))
    families = ("need", "timing", "price", "trust", "competitor", "authority")
    cards = {
        f"{family}_{level}": card(family, level)
        for family in families
        for level in ("easy", "hard")
    }
    found = practice.next_card(cards, START)
    assert practice.weakest() == weak
    assert practice.history().shares() == {name: float(name != weak) for name in BEHAVIOURS}
    assert found.card == f"{TRAINED_BY[weak][0]}_hard"  # 14 of 16 so far: the hard one
    rubric = load_rubric()
    assert rubric.item(weak).name.en in found.reason.en
    assert rubric.item(weak).name.zh in found.reason.zh


def test_a_beginner_starts_with_an_easy_card(tmp_path):
    cards = {"a": card("price", "hard"), "b": card("trust", "easy"), "c": card("need", "easy")}
    assert Practice(tmp_path / "p.jsonl").next_card(cards, START).card == "b"


# --- overrides ------------------------------------------------------------------------------


def test_an_override_shows_both_and_counts(tmp_path):
    practice = Practice(tmp_path / "p.jsonl")
    capped = attempt(total=4, cap=4, points=points(16, no_harm=0))
    practice.add(capped)
    first = Override(capped.id, "value", 0, "no need is named", "coach A", "2026-03-03T10:00")
    practice.add(first)
    counted = Practice(practice.path).counted()[0]
    assert (counted.attempt.points["value"], counted.points["value"]) == (2, 0)
    assert (counted.attempt.total, counted.total) == (4, 4)  # the cap still holds
    practice.add(
        Override(capped.id, "no_harm", 2, "the number is on the card", "coach A", first.when)
    )
    counted = practice.counted()[0]
    assert (counted.total, counted.cap, len(practice.overrides)) == (14, None, 2)
    assert practice.best("a").total == 14 and practice.attempts[0].total == 4


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_an_override_needs_a_reason(reason):
    with pytest.raises(ValueError, match="reason"):
        Override("a1", "value", 0, reason, "coach A", "2026-03-03T10:00")


def test_the_file_is_read_line_by_line_by_other_tools(tmp_path):
    practice = Practice(tmp_path / "p.jsonl")
    practice.add(attempt(answer="两行\n字"))
    lines = practice.path.read_text("utf-8").splitlines()
    assert [json.loads(line)["answer"] for line in lines] == ["两行\n字"]
