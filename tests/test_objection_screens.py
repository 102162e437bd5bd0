"""Notebook 02 without a browser: objections are practised by setting traits."""

import html
import json
import re
import time

import pytest

from simkit.scenario.files import OWN_SCENARIOS
from simkit.scenario.objections import find_card
from simkit.screens.objections import ObjectionPractice
from simkit.screens.objections_cards import read_deck, shuffled
from simkit.screens.objections_challenge import MOST_PRESSURES
from simkit.screens.objections_scorecard import marked_html
from simkit.training.objections import score
from simkit.training.objections.scored import Scored, Seen, Span
from simkit.training.practice import Practice

CARD = "price_snack"
HAN = re.compile("[\u4e00-\u9fff]")
SCRIPT = "<script>alert('x')</script>"
LANGS = pytest.mark.parametrize("lang", ["en", "zh"])


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """No double clicks, and no import of what draws."""
    monkeypatch.setattr("simkit.screens.objections_talk.DOUBLE_CLICK_SECONDS", 0.0)
    monkeypatch.setattr("simkit.screens.app.preload", lambda: None)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved" / "practice.jsonl"


@pytest.fixture
def seconds():
    """The time of a clock that only the test moves."""
    return [0.0]


def practice(file, seconds=None, lang="en", card=CARD):
    clock = time.monotonic if seconds is None else lambda: seconds[0]
    return fine(ObjectionPractice(card, record=file, lang=lang, clock=clock))


def fine(app):
    """What every press of a button must leave behind."""
    app.wait()
    if app.error is not None:
        raise app.error
    return app


def press(app, button):
    """Press a button as a person would."""
    button.click()
    fine(app)


def texts(widget):
    """Return every text that a widget and all within it show; what is hidden is left out."""
    if widget.layout.display == "none":
        return []
    found = [widget.description] if isinstance(getattr(widget, "description", None), str) else []
    if isinstance(getattr(widget, "value", None), str):
        found.append(widget.value)
    return found + [text for child in getattr(widget, "children", ()) for text in texts(child)]


def shown(app):
    """Return what is to be read."""
    return html.unescape(markup(app))


def markup(app):
    return "\n".join(texts(app.view))


def concern(app):
    return app.page.objection.concern.in_(app.lang)


def model_answer(app):
    return app.page.objection.answers[0].text.in_(app.lang)


# --- the frame


@LANGS
def test_somebody_new_sees_a_card_to_begin_with_and_why(file, lang):
    app = practice(file, lang=lang, card=None)
    reason = {"en": "A card to start with", "zh": "先从这张卡开始"}[lang]
    assert app.picker.recommended == app.card_id == app.page.card_id
    assert reason in shown(app) and app.deck.named(app.card_id, lang) in shown(app)
    assert app.page_id == "choose" and concern(app) not in shown(app)
    assert not app.practice.attempts and not app.deck.mistakes


@LANGS
def test_every_page_opens_in_both_languages(file, lang):
    app = practice(file, lang=lang)
    for name, button in app.buttons.items():
        button.click()
        fine(app)
        assert app.page_id == name and button.button_style == "primary"
        told = re.sub(r"<style>.*?</style>", "", shown(app), flags=re.S)
        assert bool(HAN.search(told)) == (lang == "zh")


def test_the_page_and_the_card_are_there_again(file):
    app = practice(file)
    app.open("red")
    other = next(card for card in app.cards if card != CARD)
    app.take(other)
    app.picker.who.value = "Li"
    again = practice(file, card=None)
    assert (again.page_id, again.card_id, again.who) == ("red", other, "Li")
    assert again.page.card_id == other


def test_cards_are_filtered_and_taken(file):
    app = practice(file)
    family = app.cards[CARD].objection.family
    app.picker.family.value = family
    listed = [value for _, value in app.picker.cards.options]
    assert set(listed) == {c for c, card in app.cards.items() if card.objection.family == family}
    other = next(c for c, card in app.cards.items() if card.objection.family != family)
    app.take(other)
    assert app.picker.family.value == "" and app.page.card_id == other
    recommended = app.picker.recommended
    app.next_card()
    assert app.page.card_id == recommended
    assert app.picker.next_button.layout.display == "none"
    app.page.buttons[0].click()
    app.picker.recommended = recommended
    app.next_card()  # the same one, anew
    assert not app.page.chosen


def test_a_broken_card_is_told_and_the_others_are_practised(file, tmp_path, monkeypatch):
    own = tmp_path / "scenarios"
    (own / "objections").mkdir(parents=True)
    text = find_card(CARD).read_text("utf-8")
    broken = re.sub(r"\n  concern:.*?\n  need:", "\n  need:", text, flags=re.S)
    (own / "objections" / "mine.yaml").write_text(broken, "utf-8")
    monkeypatch.setenv(OWN_SCENARIOS, str(own))
    app = practice(file)
    assert set(app.deck.mistakes) == {"mine"} and CARD in app.cards
    assert "concern" in shown(app) and "mine.yaml" in shown(app)


def test_a_file_that_is_no_practice_stays_as_it_is(file):
    file.parent.mkdir()
    file.write_text("my shopping list\n", "utf-8")
    app = practice(file)
    assert "practice-1.jsonl" in app.alarm.value and file.read_text() == "my shopping list\n"
    app.page.buttons[0].click()
    assert len(Practice(file.with_name("practice-1.jsonl")).attempts) == 1


def test_a_full_disk_is_told_and_the_answer_counts(file, monkeypatch):
    app = practice(file)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    app.page.buttons[0].click()
    assert "No space" in app.alarm.value and "stored" not in app.status.value
    assert app.page.chosen == "A" and len(app.practice.attempts) == 1


def test_the_order_of_answers_is_chance_that_repeats():
    orders = {"".join(shuffled("abc", "card", n)) for n in range(40)}
    assert len(orders) == 6
    assert shuffled("abc", "card", 3) == shuffled("abc", "card", 3)


# --- choose


@LANGS
def test_a_choice_is_stored_and_every_answer_commented_on(file, lang):
    app = practice(file, lang=lang)
    page = app.page
    options = page.options
    assert len(options) == 3 and options[0].comment.in_(lang) not in shown(app)
    press(app, page.buttons[1])
    page.buttons[2].click()  # half a double click, or too late
    (tried,) = Practice(file).attempts
    assert (tried.mode, tried.card, tried.answer) == ("choose", CARD, options[1].text.in_(lang))
    assert tried.won == hasattr(options[1], "style")
    told = shown(app)
    for option in options:
        assert option.comment.in_(lang) in told
    assert concern(app)[:20] in told


def test_another_round_has_other_answers_and_comes_back(file):
    app = practice(file)
    page, first = app.page, app.page.options
    page.buttons[0].click()
    press(app, page.again)
    assert not page.chosen and page.options != first and concern(app) not in shown(app)
    page.buttons[2].click()
    again = practice(file)
    assert (again.page.chosen, again.page.options) == ("C", page.options)
    assert len(again.practice.attempts) == 2


# --- write


def writing(file, seconds=None, lang="en", **more):
    app = practice(file, seconds, lang, **more)
    page = app.open("write")
    page.total.value, page.weakest.value = 9, "explore"
    press(app, page.begin_button)
    return app


def finish(app, text):
    app.page.answering.text.value = text
    press(app, app.page.answering.button)


def complaint(app):
    return app.page.answering.complaint.value


def test_one_predicts_first(file):
    app = practice(file)
    page = app.open("write")
    page.total.value = 3
    press(app, page.begin_button)
    assert "Predict both first" in shown(app) and page.stage == "predict"
    page.weakest.value = "explore"
    press(app, page.begin_button)
    assert page.stage == "write" and app.picker.view.layout.display == "none"


@LANGS
def test_an_answer_is_scored_behaviours_first_total_last(file, lang):
    app = writing(file, lang=lang)
    assert concern(app) not in shown(app)
    answer = model_answer(app)
    finish(app, answer)
    (tried,) = Practice(file).attempts
    expected = score(answer, app.cards[CARD], lang)
    assert (tried.points, tried.total, tried.answer) == (expected.points, expected.total, answer)
    card = app.page.shown.value
    total = card.index({"en": "Total ", "zh": "总分 "}[lang] + str(tried.total))
    places = [card.index("<mark>"), card.index("sk-behaviours"), card.index("sk-concern"), total]
    assert places == sorted(places)
    assert {"en": "You expected 9", "zh": "您预测的是 9"}[lang] in card
    assert app.page.stage == "scored"


@LANGS
def test_what_to_do_next_names_harm_first_then_the_weakest_behaviour(file, lang):
    app = writing(file, lang=lang)
    gift = {
        "en": "All right, I give you 30 % off, just like that, today.",
        "zh": "行，我直接给您打七折。",
    }
    finish(app, f"{model_answer(app)} {gift[lang]}")
    scored = score(app.practice.attempts[0].answer, app.cards[CARD], lang)
    assert {"discount"} <= {flag.harm for flag in scored.flags}
    advice = app.page.shown.value.split({"en": "What to do next", "zh": "接下来练什么"}[lang])[1]
    name = app.rubric.cap("discount").name.in_(lang)
    assert name in advice.split("</p>")[0] and "sk-harm" in app.page.shown.value
    total = {"en": f"Total {scored.total} of 16", "zh": f"总分 {scored.total} / 16"}[lang]
    assert total in app.page.shown.value and scored.total <= 6


def test_now_and_before_are_beside_each_other(file):
    app = writing(file)
    finish(app, model_answer(app))
    assert "Best before" not in app.page.shown.value
    press(app, app.page.again)
    app.page.total.value, app.page.weakest.value = 2, "value"
    press(app, app.page.begin_button)
    finish(app, app.page.objection.slips[0].text.en)
    assert "Best before" in app.page.shown.value
    before, now = app.page._best_before()
    assert before.answer == model_answer(app) and now.answer == app.page.objection.slips[0].text.en


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Write an answer first"),
        (" \n\t ", "Write an answer first"),
        ("No", ""),
        ("😀" * 30, ""),
    ],
)
def test_too_little_is_told_at_the_box_and_the_text_stays(file, text, said):
    app = writing(file)
    finish(app, text)
    assert 'role="alert"' in complaint(app) and said in complaint(app)
    assert app.page.answering.text.value == text and app.page.stage == "write"
    assert not app.practice.attempts


def test_what_is_too_long_is_told_in_chinese_and_stays(file):
    app = writing(file, lang="zh")
    text = "好" * 50_001
    finish(app, text)
    assert "50,001" in complaint(app) and HAN.search(complaint(app))
    assert app.page.answering.text.value == text


def test_fifty_thousand_characters_are_dealt_with(file):
    app = writing(file)
    began = time.thread_time()
    finish(app, (model_answer(app) + " ") * (49_000 // len(model_answer(app))))
    assert app.page.stage == "scored" or complaint(app)
    assert time.thread_time() - began < 1


def test_markup_is_shown_as_text(file):
    app = writing(file)
    finish(app, f"{model_answer(app)} {SCRIPT} <b>")
    assert app.practice.attempts[0].answer.endswith(f"{SCRIPT} <b>")
    assert "<script" not in markup(app) and "&lt;script&gt;" in app.page.shown.value


def test_marks_may_overlap_and_every_character_is_kept():
    spans = [(Span(0, 6),), (Span(3, 9), Span(20, 20)), ()]
    names = ("acknowledge", "explore", "isolate")
    seen = tuple(Seen(name, 1, span, None) for name, span in zip(names, spans, strict=True))
    scored = Scored("en", seen, (), 3, 3, None, None, ())
    box = marked_html("abc<ef>hijk", scored, "en").split('aria-label="The answer">')[1]
    assert box.startswith(
        "<mark>abc</mark><mark>&lt;ef<sup>1</sup></mark><mark>&gt;hi<sup>2</sup></mark>jk"
    )


def test_late_is_allowed_and_marked(file, seconds):
    app = writing(file, seconds)
    limit = app.page.objection.seconds
    seconds[0] = limit + 3.0
    finish(app, model_answer(app))
    (tried,) = app.practice.attempts
    assert tried.late and tried.seconds == limit + 3 and "late" in app.status.value


def test_the_clock_counts_down_says_so_once_and_can_be_off(file, seconds):
    app = writing(file, seconds)
    clock = app.page.answering._countdown
    limit = app.page.objection.seconds
    assert clock.running and 'role="timer"' in clock.view.value
    assert "aria-live" not in clock.view.value
    for _ in range(limit):
        clock.tick()
    assert "time is up" in app.page.answering.up.value and app.page.stage == "write"
    press(app, app.page.answering.stop)
    assert app.page.stage == "predict" and not app.practice.attempts
    app.page.no_clock.value = True
    press(app, app.page.begin_button)
    seconds[0] += 10_000
    assert not app.page.answering._countdown.running
    finish(app, model_answer(app))
    assert not app.practice.attempts[0].late


def test_an_answer_that_was_begun_is_there_again(file, seconds):
    app = writing(file, seconds)
    app.page.answering.text.value = "I hear <you>"
    seconds[0] = 20.0
    app.keep()
    app.page.answering.end()
    again = practice(file, seconds, card=None)
    assert again.page_id == "write" and again.page.stage == "predict"
    assert again.page.begin_button.description == "Go on with my answer"
    assert again.page.predicted() == {"total": 9, "weakest": "explore"}
    press(again, again.page.begin_button)
    assert again.page.answering.text.value == "I hear <you>"
    assert again.page.answering.spent == pytest.approx(20)
    left = again.page.objection.seconds - 20
    assert again.page.answering._countdown.left in (left, left - 1)
    again.page.answering.end()


def test_a_draft_that_makes_no_sense_is_left_out(file):
    writing(file).page.answering.end()
    draft = file.with_name("practice.draft.json")
    kept = json.loads(draft.read_text("utf-8"))
    for wrong in ({"stage": 3}, {"card": "gone"}, {"spent": "long", "stage": "write"}, []):
        content = kept | {"write": kept["write"] | wrong if wrong else wrong, "page": "write"}
        draft.write_text(json.dumps(content), "utf-8")
        again = practice(file)
        assert again.page.stage == "predict" and again.page.card_id
        assert again.page.objection.says.en in html.unescape(again.page.brief.value)


# --- talk


def talking(file, lang="en", moves=("greet", "situation", "pain")):
    app = practice(file, lang=lang)
    app.open("talk")
    for move in moves:
        do(app, move)
    return app


def do(app, move):
    app.page.other.value = move
    press(app, app.page.do_other)


@LANGS
def test_a_talk_is_on_the_disk_turn_by_turn(file, lang):
    app = talking(file, lang)
    talk = app.page.talk
    assert [move for move, _ in talk.moves] == ["greet", "situation", "pain"]
    kept = json.loads(file.with_name("practice.draft.json").read_text("utf-8"))
    assert kept["talk"]["moves"] == [list(move) for move in talk.moves]
    again = practice(file, lang=lang, card=None)
    assert again.page_id == "talk" and again.page.talk.state == talk.state
    assert again.page.busy and again.page.turns.value == app.page.turns.value
    assert app.page.states.value.count("<meter") == 4
    assert talk.turns[-1].feedback.in_(lang)[:10] in app.page.latest.value


def test_a_talk_with_a_move_that_is_no_more_begins_anew(file):
    talking(file)
    draft = file.with_name("practice.draft.json")
    kept = json.loads(draft.read_text("utf-8"))
    kept["talk"]["moves"].append(["hypnotise", ""])
    draft.write_text(json.dumps(kept), "utf-8")
    again = practice(file)
    assert again.page_id == "talk" and not again.page.talk.turns and again.page.moves.children


def test_the_objection_is_not_known_before_the_buyer_says_it(file):
    app = practice(file)
    app.open("talk")
    assert app.page.objection.says.en not in shown(app)


def test_a_talk_can_be_lost_reviewed_and_played_again(file):
    app = talking(file)
    start = app.page.start
    for _ in range(12):
        if not app.page.talk.over:
            do(app, "blame")
    assert app.page.talk.over == "lost"
    (tried,) = Practice(file).attempts
    assert (tried.mode, tried.won, tried.moves[:2]) == ("talk", False, ("greet", "situation"))
    assert "Where trust fell" in shown(app) and "blam" in app.page.review.value
    assert "pain: answered" in shown(app) and "impact: not answered" in shown(app)
    press(app, app.page.again)
    assert app.page.talk.state == start and not app.page.talk.turns and not app.page.busy


def test_the_second_half_of_a_double_click_is_no_move(file, seconds, monkeypatch):
    monkeypatch.setattr("simkit.screens.objections_talk.DOUBLE_CLICK_SECONDS", 0.4)
    app = practice(file, seconds)
    app.open("talk")
    for seconds[0], turns in ((1.0, 1), (1.2, 1), (1.5, 2)):
        do(app, "situation")
        assert len(app.page.talk.turns) == turns


def test_own_words_are_escaped_and_too_many_are_refused(file):
    app = talking(file, moves=())
    press(app, app.page.say)
    assert "Write what you say" in app.page.complaint.value
    app.page.words.value = "x" * 2001
    press(app, app.page.say)
    assert "2,001" in app.page.complaint.value and len(app.page.words.value) == 2001
    app.page.words.value = f"How do you do it today, and what is hard about it? {SCRIPT}"
    press(app, app.page.say)
    assert app.page.talk.turns and app.page.words.value == ""
    assert "<script" not in markup(app) and "&lt;script&gt;" in app.page.latest.value


def test_a_turn_that_is_not_on_the_disk_is_not_made(file, monkeypatch):
    app = talking(file, moves=("greet",))

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("simkit.screens.objections.save_record", full)
    app.page.other.value = "situation"
    app.page.do_other.click()
    assert "No space" in app.alarm.value
    assert [move for move, _ in app.page.talk.moves] == ["greet"]


# --- red team


def challenged(file, says="", ticked=()):
    app = practice(file)
    page = app.open("red")
    page.challenge.says.value, page.challenge.answerer.value = says, "Wang"
    for name in ticked:
        page.challenge.ticks[name].value = True
    press(app, page.hand_over)
    return app


def test_the_one_who_answers_sees_neither_concern_nor_rules_before_judging(file):
    app = challenged(file, f"Too dear. {SCRIPT}", ("rival", "hurry"))
    page = app.page
    assert page.stage == "ready" and concern(app) not in shown(app)
    assert page.objection.says.en not in shown(app) and "Wang" in shown(app)
    press(app, page.ready)
    assert "&lt;script&gt;" in page.brief.value and "<script" not in markup(app)
    assert concern(app) not in shown(app) and "competitor sat here" in shown(app)
    assert page.answering._limit == page.objection.seconds // 2
    finish(app, model_answer(app))
    (tried,) = Practice(file).attempts
    assert (tried.mode, tried.who, tried.moves[1:]) == ("red_team", "Wang", ("hurry", "rival"))
    assert model_answer(app) not in shown(app) and page.stage == "back"
    press(app, page.to_judge)
    assert "Total" not in shown(app) and "What the rules saw" not in shown(app)


def test_a_judgement_needs_all_anchors_and_is_kept_and_compared(file):
    app = challenged(file)
    page = app.page
    press(app, page.ready)
    finish(app, model_answer(app))
    press(app, page.to_judge)
    page.judge.choices["acknowledge"].value = 0
    press(app, page.compare)
    assert "missing: 7" in page.judge.complaint.value and page.stage == "judge"
    again = practice(file, card=None)
    assert again.page.stage == "judge"
    assert again.page.judge.entered()["acknowledge"] == 0
    for radio in page.judge.choices.values():
        radio.value = 2
    press(app, page.compare)
    (given,) = Practice(file).scores
    assert set(given.points.values()) == {2} and given.answer_id == app.practice.attempts[0].id
    assert "What the rules saw" in shown(app) and concern(app)[:20] in shown(app)
    press(app, page.again)
    assert page.stage == "pick" and not page.answering.text.value


def test_the_red_team_may_do_without_a_clock(file):
    app = practice(file)
    page = app.open("red")
    page.challenge.no_clock.value = True
    press(app, page.hand_over)
    assert "there is no clock" in shown(app)
    press(app, page.ready)
    assert not page.answering._countdown.running and page.answering._limit == 0


def test_four_pressures_are_one_too_many(file):
    app = challenged(file, ticked=("rival", "boss", "doubt", "short"))
    assert app.page.stage == "pick" and "you ticked 4" in shown(app)
    app.page.challenge.ticks["boss"].value = False
    press(app, app.page.hand_over)
    assert app.page.stage == "ready" and len(app.page.challenge.chosen()) == MOST_PRESSURES


def test_the_deck_is_read_fast_and_whole():
    began = time.thread_time()
    deck = read_deck()
    assert time.thread_time() - began < 2
    assert deck.cards and not deck.mistakes
