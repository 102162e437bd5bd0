"""The debrief on paper: one page in two languages, safe and complete; the command for it."""

import functools
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from commands import simkit
from debriefs import NOTES, PLAN, conduct, region

from simkit.kpi.score_measures import CRISIS
from simkit.kpi.scorecard import load_scorecard
from simkit.scenario.files import data_folder
from simkit.scenario.record import ScenarioError
from simkit.screens.debrief_report import debrief_html, debrief_page, tables_of
from simkit.screens.debrief_words import Words
from simkit.study.game import Game
from simkit.training.debrief import Conduct, debrief

NAME = "<script>alert('name')</script>"


@functools.cache
def looked_back():
    made = conduct(notes=NOTES)
    about = {"player": NAME, "crisis": "strike", "level": "hard", "number": 3}
    named = Conduct(made.scenario, made.seed, made.decisions, made.notes, about)
    return debrief(named, worlds=6, workers=1)


@functools.cache
def page(lang):
    return debrief_page(looked_back(), lang)


class Seen(HTMLParser):
    """The tags of a page, what they ask for, and the text between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.inside = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.inside:
            self.text.append(data)


in_each_language = pytest.mark.parametrize("lang", ["en", "zh"])


@in_each_language
def test_nothing_is_asked_of_another_machine(lang):
    seen = Seen(page(lang))
    assert seen.links and all(link.startswith(("data:image/png", "#")) for link in seen.links)
    assert not re.search(r"https?://|url\(|@import", page(lang))


@in_each_language
def test_what_a_person_typed_is_text_and_never_a_tag(lang):
    seen = Seen(page(lang))
    assert not {"script", "iframe", "object", "link"} & set(seen.tags)
    said = " ".join(seen.text)
    for typed in (NAME, "<script>owner</script>", "orders < half", "<b>pray</b>", "<script>well"):
        assert typed in said


def test_the_part_for_the_screen_is_in_the_page():
    part = debrief_html(looked_back(), "en")
    assert part in page("en") and "<html" not in part and "<style" not in part


def test_every_link_of_the_contents_leads_somewhere():
    places = set(re.findall(r'id="([^"]+)"', page("en")))
    links = [link[1:] for link in Seen(page("en")).links if link.startswith("#")]
    assert len(links) == 11 and set(links) <= places


@in_each_language
def test_all_that_was_noted_and_asked_is_on_the_page(lang):
    said = " ".join(Seen(page(lang)).text)
    found = looked_back()
    for text in (*found.lesson.questions, found.lesson.hidden, found.lesson.teaching):
        assert text.in_(lang) in said
    for week in found.timeline:
        assert all(heard.text.in_(lang) in said for heard in week.heard)
    for line in found.score.lines:
        assert line.name.in_(lang) in said


def test_the_chinese_page_is_chinese():
    """What both pages share is names: of places, people and events, and what people typed."""
    zh, en = (Seen(page(lang)).text for lang in ("zh", "en"))
    english = {text.strip() for text in en if re.search("[A-Za-z]{3}", text)}
    same = {text.strip() for text in zh} & english
    known = {"simkit:", NAME, "strike", "hard", "week", "gain"}
    names = r"^(order|cost|pay|won|north|east|south)\b"
    typed = rf"<script>|orders <|<b>pray|kind = |Message \w+|{names}"
    left = {text for text in same - known if not re.search(typed, text)}
    assert left == set()


@in_each_language
def test_every_number_is_explained(lang):
    words = Words(looked_back(), lang)
    seen = Seen(page(lang))
    count = sum(words.t("Explain this number") in text for text in seen.text)
    assert count > 20 + len(looked_back().timeline)
    for worth in looked_back().worth:
        formula = worth.contribution.formula.in_(lang)
        assert formula in " ".join(seen.text)
        assert words.money(worth.contribution.value, signed=True) in " ".join(seen.text)


def test_tables_have_a_caption_and_charts_a_text():
    seen = page("en")
    assert seen.count("<table>") == seen.count("<caption>")
    assert seen.count("<img") == seen.count("<img alt=") == 3


@in_each_language
def test_a_calm_and_unfinished_game_has_a_page_too(lang):
    calm = region(drill=False).but(shocks=[], preparations=[])
    short = debrief(conduct({}, scenario=calm, weeks=2), worlds=2, workers=1)
    assert "<h3>" in debrief_page(short, lang)


def test_the_tables_say_the_same_as_the_debrief():
    tables, found = tables_of(looked_back(), "en"), looked_back()
    assert tables["worth"]["contribution"].tolist() == [
        each.contribution.value for each in found.worth
    ]
    assert tables["timeline"]["week"].unique().tolist() == list(range(1, 9))
    assert tables["worlds"]["your_decisions"].tolist() == list(found.luck.worlds)
    assert tables["scores"]["points"].notna().any()
    assert len(tables["predictions"]) == len(found.calibration.forecasts)


# The command


@pytest.fixture(scope="module")
def game(tmp_path_factory):
    file = tmp_path_factory.mktemp("games") / "mine.game"
    with Game.new(file, region(), 1, {"player": NAME}) as played:
        for decision in conduct(PLAN, weeks=4).decisions:
            played.play(decision)
    return file


def test_the_command_writes_page_data_and_tables(game, tmp_path):
    out = tmp_path / "复盘"
    said = simkit("debrief", game, "--out", out, "--lang", "zh", "--worlds", 2, "--workers", 1)
    assert said.code == 0 and str(out) in said.out
    html = (out / "debrief.html").read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in html and "<script" not in html
    data = json.loads((out / "debrief.json").read_text(encoding="utf-8"))
    assert data["weeks"] == 4 and data["about"] == {"player": NAME}
    table = pd.read_csv(out / "worth.csv")
    assert table["contribution"].sum() == pytest.approx(
        sum(each["contribution"]["value"] for each in data["worth"])
    )


def test_the_command_prints_one_json_object(game):
    said = simkit("debrief", game, "--json", "--worlds", 2, "--workers", 1)
    assert said.code == 0 and json.loads(said.out)["format"] == "simkit-debrief-1"


def test_what_cannot_be_looked_back_upon_ends_with_a_reason(game, tmp_path):
    text = tmp_path / "text.game"
    text.write_text("no game", encoding="utf-8")
    empty = tmp_path / "empty.game"
    Game.new(empty, region(), 1).close()
    out = tmp_path / "out"
    for words, reason in (
        ((tmp_path / "none.game", "--out", out), "none.game"),
        ((text, "--out", out), "text.game"),
        ((empty, "--out", out), "no week"),
        ((game,), "--out"),
        ((game, "--out", out, "--worlds", 1), ""),
        ((game, "--out", out, "--scorecard", "crisi"), "did you mean 'crisis'"),
    ):
        said = simkit("debrief", *words)
        assert said.code == 2 and reason in said.err and not out.exists()
        assert said.err.count(str(words[0])) <= 1


# Scorecards

GOOD = (data_folder("scenarios") / "scorecards" / "crisis.yaml").read_text(encoding="utf-8")


def test_the_shipped_card_weighs_process_and_result():
    card = load_scorecard("crisis")
    assert {item.kind for item in card.scorecard} == {"process", "result"}
    assert set(CRISIS) <= {item.measure for item in card.scorecard}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("measure: signs_noticed", "measure: sings_noticed", "did you mean 'signs_noticed'"),
        ("measure: on_time_share", "measure: on_time", "no measure 'on_time'"),
        ("id: noise", "id: signs", "used twice"),
        ("zero_at: 4, full_at: 0", "zero_at: 4, full_at: 4", "must differ"),
        ("weight: 5", "weight: -5", "weight"),
        ("kind: result, weight: 5", "kind: luck, weight: 5", "kind"),
        ("process_weight: 0.5", "process_weight: 2", "process_weight"),
        ("source:", "sauce:", "source"),
    ],
)
def test_a_mistake_in_a_card_is_told_with_its_place(tmp_path, old, new, message):
    assert old in GOOD
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match=re.escape(message)) as error:
        load_scorecard(file)
    assert all(problem.line and problem.col for problem in error.value.problems)
    said = simkit("check", file)
    assert said.code == 2 and message in said.err


def test_points_rise_evenly_from_nothing_to_all():
    items = {item.id: item for item in load_scorecard("crisis").scorecard}
    speed = items["speed"]
    assert [speed.points(weeks) for weeks in (-1, 0, 2, 4, 9)] == [1, 1, 0.5, 0, 0]


def test_check_misses_the_scorecard_of_a_drill(tmp_path):
    file = tmp_path / "mine.yaml"
    text = "extends: drill_region.yaml\ndrill:\n  scorecard: crisi\n"
    file.write_text(text, encoding="utf-8")
    said = simkit("check", file)
    assert said.code == 2 and "did you mean 'crisis'" in said.err
