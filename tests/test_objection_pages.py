"""The pages of notebook 02 beside the cards: my practice, coach, renewal, the link to a region."""

import csv
import json
import re
from datetime import date, datetime, timedelta
from html import unescape

import pytest

from simkit.scenario.rubric import BEHAVIOURS
from simkit.screens import objections_progress, objections_region
from simkit.screens.objections import ObjectionPractice
from simkit.screens.objections_progress_view import cards_html
from simkit.screens.objections_region_view import link_html
from simkit.study.intervals import Difference
from simkit.study.practice_link import STAGES, ChangedDeal, LinkStudy, practised_effect
from simkit.training.coaching import score
from simkit.training.practice import Attempt, History, Practice

CARDS = ("price_monitor", "need_crm", "trust_bearings")
LANGUAGES = ("en", "zh")
EVIL = "<script>alert(1)</script>"
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _no_charts(monkeypatch):
    """No pictures, which take longer than all the rest."""
    monkeypatch.setattr(objections_progress, "chart_of", lambda *_: "<p>chart</p>")


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / "saved" / "o.jsonl"


def attempt(number, points=1, days_ago=3, **more):
    given = dict.fromkeys(BEHAVIOURS, points)
    day = (datetime.now() - timedelta(days=days_ago, minutes=-number)).isoformat()
    more = {"mode": "write", "answer": f"{EVIL} answer {number}", **more}
    if more["mode"] == "write":
        more |= {"points": given, "total": sum(given.values())}
    return Attempt(when=day, card=CARDS[number % 3], **more)


def fill(file, count=6, **more):
    practice = Practice(file)
    practice.add(*(attempt(number, number % 3, **more) for number in range(count)))
    return practice


def opened(file, page, lang="en"):
    app = ObjectionPractice(record=file, lang=lang)
    return app, fine(app).open(page)


def fine(app):
    app.wait()
    if app.error is not None:
        raise app.error
    return app


def press(app, button):
    assert not button.disabled
    button.click()
    return fine(app)


def words(html):
    """What can be read of HTML; nothing that somebody typed may be a tag."""
    assert "<script" not in html and "nan" not in html.lower().split()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# --- my practice ----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_my_practice_shows_best_beside_latest_and_what_comes_next(file, lang):
    practice = fill(file)
    practice.add(attempt(6, 2, days_ago=2), attempt(9, 0, days_ago=1))
    app, page = opened(file, "mine", lang)
    first = words(page.cards.value).partition("16 / 16" if lang == "zh" else "16 of 16")
    assert first[1]  # the card tried last: best 16, latest 0
    assert re.match(r" (Write|写一写) \S+ (0 of 16|0 / 16) ", first[2])
    assert page.card.value == CARDS[0]
    pair = words(page.pair.value)
    assert pair.count("●●") == len(BEHAVIOURS) and pair.count("○○") == len(BEHAVIOURS)
    page.redraw.wait()
    assert "chart" in page.chart.value and "meter" in page.behaviours.value
    assert bool(HAN.search(words(page.summary.value))) == (lang == "zh")
    press(app, page.start)
    assert app.page_id == "write" and app.card_id == app.practice.next_card(app.cards).card


def test_my_practice_is_empty_at_first_and_keeps_people_apart(file):
    app, page = opened(file, "mine")
    assert "Nothing has been practised" in page.summary.value
    assert page.rest.layout.display == "none"
    app.practice.add(attempt(0, who="Mei"), attempt(1, who=EVIL), attempt(2, mode="talk", won=True))
    page.show()
    assert page.rest.layout.display is None and "1 attempts at 1 cards" in words(page.summary.value)
    assert "reached" in words(page.cards.value)
    page.who.value = "Mei"
    assert "8 of 16" in words(page.cards.value)
    page.who.value = objections_progress.EVERYBODY
    assert "3 attempts at 3 cards" in words(page.summary.value)
    again, other = opened(file, "mine")
    assert other.who.value == objections_progress.EVERYBODY and fine(again)


def test_what_is_due_is_said_so():
    history = History((attempt(0, 2, days_ago=1),))
    today = date.today()
    assert "(due)" in cards_html(history, str, "en", today)
    assert "(due)" not in cards_html(history, str, "en", today - timedelta(days=1))


# --- coach ----------------------------------------------------------------------------------


def coaching(file, coach="Gao", lang="en"):
    app, page = opened(file, "coach", lang)
    page.coach.value = coach
    return fine(app), page


def judge(page, points=1):
    desk = page.parts["score"]
    desk.judge.fill(dict.fromkeys(BEHAVIOURS, points))
    return desk


def test_a_coach_scores_blind_one_answer_at_a_time(file):
    fill(file, 4)
    Practice(file).add(attempt(5, mode="choose", won=True), attempt(6, mode="talk", won=False))
    app, page = opened(file, "coach")
    desk = page.parts["score"]
    assert desk.work.layout.display == "none" and "name or a sign" in desk.left.value
    page.coach.value = "Gao"
    assert "Left for you: 4" in words(desk.left.value)  # own words only
    first = desk.answer
    assert EVIL not in desk.shown.value and "answer" in words(desk.shown.value)
    press(app, desk.store)
    assert "missing: 8" in desk.judge.complaint.value and not page.desk.practice.scores
    press(app, desk.skip)
    assert desk.answer.id != first.id
    press(app, judge(page).store)
    assert desk.judge.points() is None  # the next answer begins without points
    for _ in range(3):
        press(app, judge(page, 2).store)
    assert "scored all" in desk.left.value
    given = Practice(file).scores
    assert len(given) == 4 and given[-1].answer_id == first.id
    assert {each.coach for each in given} == {"Gao"}


def test_half_a_judgement_is_there_again(file):
    fill(file, 3)
    _, page = coaching(file)
    desk = page.parts["score"]
    desk.judge.choices["value"].value = 2
    answer = desk.answer.id
    _, again = opened(file, "coach")
    assert again.coach.value == "Gao" and again.parts["score"].answer.id == answer
    assert again.parts["score"].judge.entered()["value"] == 2


def test_an_override_needs_a_reason_and_an_answer_scored_blind(file):
    practice = fill(file, 3)
    app, page = coaching(file)
    press(app, page.buttons["override"])
    desk = page.parts["override"]
    assert desk.work.layout.display == "none"
    scored = practice.attempts[1]
    score(page.desk.practice, scored.id, "Gao", dict.fromkeys(BEHAVIOURS, 2))
    page.show()
    assert desk.answer.value == scored.id
    press(app, desk.button)
    assert all("alert" in desk.complaints[name].value for name in ("points", "reason"))
    desk.points.value, desk.reason.value = 2, EVIL
    press(app, desk.button)
    assert "8 of 16 by the scorer, 9 with what coaches" in words(desk.table.value)
    assert f"{EVIL} (Gao)".replace("<", "&lt;").replace(">", "&gt;") in desk.table.value
    assert [each.points for each in Practice(file).overrides] == [2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scores_come_back_from_a_table_all_or_none(file, lang):
    fill(file, 3)
    app, page = coaching(file, lang=lang)
    press(app, page.buttons["tables"])
    desk = page.parts["tables"]
    press(app, desk.write)
    out = file.with_name("o_answers.csv")
    assert out.name in desk.written.value and desk.files.path.value.endswith(out.name)
    rows = list(csv.DictReader(out.read_text("utf-8-sig").splitlines()))
    for row in rows:
        row |= dict.fromkeys(BEHAVIOURS, "1")
    rows[1]["value"] = "7"
    upload(desk.files, rows)
    told = words(desk.files.complaint.value)
    assert "filled.csv:3" in told and "'7'" in told.replace("“", "'").replace("”", "'")
    assert bool(HAN.search(told)) == (lang == "zh") and not Practice(file).scores
    rows[1]["value"] = "2"
    upload(desk.files, rows)
    assert not desk.files.complaint.value and "3" in words(desk.taken.value)
    assert [each.points["value"] for each in Practice(file).scores].count(2) == 1
    press(app, desk.write)  # what a coach may have filled in stays
    assert out.with_stem("o_answers-2").exists()


def upload(files, rows):
    lines = [",".join(rows[0]), *(",".join(f'"{cell}"' for cell in r.values()) for r in rows)]
    send(files, "filled.csv", "\n".join(lines).encode())


def send(files, name, content):
    sent = {"name": name, "content": content, "type": "", "size": len(content)}
    files.upload.value = ({**sent, "last_modified": datetime.now()},)
    assert files.upload.value == ()


def test_another_file_of_attempts_is_opened_and_gets_the_scores(file):
    other = file.parent.parent / "theirs.jsonl"
    fill(other, 2)
    app, page = coaching(file)
    press(app, page.other)
    send(page.files, "notes.jsonl", b"just text\n")
    assert "notes.jsonl" in words(page.files.complaint.value)
    assert page.desk.practice is app.practice
    page.files.path.value = "nowhere.jsonl"
    press(app, page.files.button)
    assert "There is no file nowhere.jsonl" in words(page.files.complaint.value)
    send(page.files, "theirs.jsonl", other.read_bytes())
    press(app, judge(page).store)
    copy = file.with_name("theirs.jsonl")
    assert len(Practice(copy).scores) == 1 and not Practice(other).scores
    press(app, page.back)
    assert page.desk.practice is app.practice
    send(page.files, "theirs.jsonl", other.read_bytes())  # the same file goes on
    assert page.desk.practice.path == copy and len(page.desk.practice.scores) == 1
    assert opened(file, "coach")[1].desk.practice.path == copy


@pytest.mark.parametrize("lang", LANGUAGES)
def test_agreement_says_what_it_allows_to_claim(file, lang):
    practice = fill(file, 6, lang=lang)
    for coach in ("Gao", EVIL):
        for each in practice.attempts[:5]:
            score(practice, each.id, coach, each.points)
    app, page = coaching(file, lang=lang)
    press(app, page.buttons["agree"])
    desk = page.parts["agree"]
    desk.redraw.wait(20)
    told = words(desk.shown.value)
    assert told.count("n = 5") == 3 * (len(BEHAVIOURS) + 1)  # two coaches, and the scorer
    assert ("Nothing is claimed below 100" if lang == "en" else "不下任何结论") in told
    assert bool(HAN.search(told)) == (lang == "zh")
    desk.lang.value = "en" if lang == "zh" else "zh"
    desk.redraw.wait(20)
    assert "n = 5" not in fine(app).page.parts["agree"].shown.value


# --- renewal --------------------------------------------------------------------------------


def renewing(file, start=6, guess="half", lang="en"):
    app, page = opened(file, "renewal", lang)
    press(app, page.begin)
    assert "alert" in page.complaint.value and page.talk is None
    page.start.value, page.guess.value = start, guess
    press(app, page.begin)
    assert page.busy and page.card.disabled
    return app, page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_renewal_is_played_reviewed_and_kept(file, lang):
    app, page = renewing(file, lang=lang)
    best = page.talk.review().best
    for name in best.shown:
        press(app, page.shows[name])
    assert len(page.values.children) == len(page.shows) - len(best.shown)
    page.offer.fill(best.offer)
    assert page.offer.offer == best.offer
    press(app, page.propose)
    assert page.talk.over == "renewed" and not page.card.disabled
    told = words(page.review.value)
    assert "100%" in told and bool(HAN.search(told)) == (lang == "zh")
    (kept,) = Practice(file).attempts
    assert (kept.mode, kept.won, kept.card) == ("renewal", True, page.card.value)
    assert opened(file, "renewal", lang)[1].review.value == page.review.value
    mine = app.open("mine")
    name = page.cards[kept.card].name.in_(lang)
    assert name in words(mine.cards.value)
    press(app, mine.again)
    assert app.page_id == "renewal"
    press(app, page.again)
    assert page.talk is None and page.start.value == 0


def test_a_renewal_goes_on_where_it_was_left(file):
    app, page = renewing(file, start=3)
    press(app, page.shows[next(iter(page.shows))])
    page.offer.version.value = "C"
    again, other = opened(file, "renewal")
    assert other.talk.moves == page.talk.moves and other.offer.offer == page.offer.offer
    assert other.busy and other.guess.value == "half"
    press(again, other.leave)
    assert other.talk.over == "left" and "0%" in words(other.review.value)
    assert Practice(file).attempts[0].won is False


def test_a_turn_that_the_disk_does_not_take_is_not_made(file, monkeypatch):
    app, page = renewing(file)

    def full(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("simkit.screens.objections.save_record", full)
        page.propose.click()
    assert isinstance(app.error, OSError) and "No space" in app.alarm.value
    assert page.talk.moves == ()


# --- the link to a region -------------------------------------------------------------------


def test_the_link_is_off_labelled_and_predicted_first(file, monkeypatch):
    asked = []

    def study(scenario, rep, factors, worlds, workers, tell):
        asked.append((rep, factors, worlds))
        tell(1, 2)
        deal = ChangedDeal(1, "d1", rep, "quote", 1e5, "lost", "won", True)
        after = ChangedDeal(1, "d2", rep, "quote", 1e5, "lost", "open", False)
        some, none = Difference(0.5, 0.1, 0.9, worlds), Difference(0.0, -1.0, 1.0, worlds)
        return LinkStudy(rep, factors, 26, (deal, after), some, none, none)

    monkeypatch.setattr(objections_region, "link_study", study)
    app, page = opened(file, "region")
    label = page.view.children[0].value
    assert "no evidence links such scores to win rates" in label
    assert page.body.layout.display == "none" and not page.on.value
    page.on.value = True
    assert page.run.disabled and "no points yet" in page.factors.value
    page.whose.value = "full"
    for wrong in ("", "-1", "many", "10001", "²"):
        page.number.value = wrong
        press(app, page.run)
        assert "Predict a whole number" in page.complaint.value
    page.number.value = "3"
    press(app, page.run)
    assert "what the region will earn" in page.complaint.value and not asked
    page.direction.value = "more"
    press(app, page.run)
    assert asked == [(page.rep.value, practised_effect(dict.fromkeys(BEHAVIOURS, 1.0)), 16)]
    told = words(page.shown.value)
    assert "ended otherwise 3 1 " in told and "1 other deals" in told
    assert "+0.10 to +0.90 more with practice" in told
    assert opened(file, "region")[1].on.value is False


def test_own_points_go_into_the_link(file):
    fill(file, 3)
    _, page = opened(file, "region")
    page.on.value = True
    assert words(page.factors.value).count("50%") == len(STAGES) and not page.run.disabled


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_that_changes_nothing_says_so(lang):
    scenario = objections_region.load_scenario(objections_region.SCENARIO)
    nan = float("nan")
    nothing = Difference(0.0, nan, nan, 1)
    study = LinkStudy("chen_min", dict.fromkeys(STAGES, 1.0), 26, (), nothing, nothing, nothing)
    told = words(link_html(study, scenario, lang, 0, "less"))
    assert ("Not one deal" if lang == "en" else "没有一单结果不同") in told


def test_a_link_can_be_stopped(file, monkeypatch):
    def study(*_):
        for done in range(10_000):
            _[-1](done, 10_000)
            app.stop_button.click()

    monkeypatch.setattr(objections_region, "link_study", study)
    app, page = opened(file, "region")
    page.on.value, page.whose.value = True, "none"
    page.number.value, page.direction.value = "0", "less"
    press(app, page.run)
    assert app.job.state == "cancelled" and not page.shown.value
    assert json.loads(file.with_name("o.draft.json").read_text("utf-8"))["region"]["number"] == "0"
