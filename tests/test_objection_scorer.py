"""Reading answers to objections, and what the scorer sees in them."""

import pytest

from simkit.training.objections.matching import Matcher, patterns_of, stems_of
from simkit.training.objections.overlap import copied_share, repeated_share
from simkit.training.objections.text import Reading, folded, language_of


def said(text, lang="en"):
    """Return value, unit and the words of each number."""
    return [(round(f.value, 4), f.unit, text[f.start : f.end]) for f in Reading(text, lang).figures]


@pytest.mark.parametrize(
    ("text", "value", "unit", "words"),
    [
        ("it costs €3,600 each", 3600, "money", "€3,600"),
        ("some 30k a year", 30_000, "", "30k"),
        ("20 % above", 20, "%", "20 %"),
        ("in twenty-four months", 24, "month", "twenty-four months"),
        ("$1.5 million.", 1.5e6, "money", "$1.5 million"),
        ("a two-week trial", 2, "week", "two-week"),
        ("on March 15", 0, "date", "March 15"),
        ("by Thursday", 0, "date", "Thursday"),
        ("１２，０００台", 12_000, "", "１２，０００"),
        ("2.4万一台", 24_000, "", "2.4万"),
        ("贵了两成", 20, "%", "两成"),
        ("百分之二十五", 25, "%", "百分之二十五"),
        ("三百二十台", 320, "", "三百二十"),
        ("一万五一年", 15_000, "", "一万五"),
        ("三个月内", 3, "month", "三个月"),
        ("打八五折", 0.85, "off", "八五折"),
        ("下周三见", 0, "date", "周三"),
        ("3月15日来", 0, "date", "3月15日"),
        ("三分之一的时间", 0.3333, "", "三分之一"),
        ("70 cents a bottle", 0.7, "money", "70 cents"),
        ("9块9一杯", 9.9, "money", "9块9"),
        ("一杯1块9毛6，", 1.96, "money", "1块9毛6"),
        ("省了四毛", 0.4, "money", "四毛"),
        ("大约一万二，", 12_000, "", "一万二"),
        ("约2万7。", 27_000, "", "2万7"),
        ("三千六", 3600, "", "三千六"),
        ("一百零五", 105, "", "一百零五"),
        ("大约一成半", 15, "%", "一成半"),
        ("等到三季度", 0, "date", "三季度"),
    ],
)
def test_a_number_is_read(text, value, unit, words):
    assert said(text)[0] == (value, unit, words)


@pytest.mark.parametrize(
    "text", ["万一停机", "我十分理解", "一起看看", "第一步", "none of it", "ISO9001认证"]
)
def test_what_is_no_number(text):
    assert said(text) == []


def test_places_are_those_of_the_text_as_typed():
    text = "“Ｈello”, İ don’t — know… 我们 下周三 见！😀 <b>x</b>"
    assert len(folded(text)) == len(text)
    reading = Reading(text, "en")
    assert [text[t.start : t.end].lower() for t in reading.tokens if t.kind == "word"][:2] == [
        "ｈello",
        "i̇",
    ]
    assert all(folded(text[t.start : t.end]) == t.text for t in reading.tokens)


def test_clauses_and_sentences_end_at_marks_of_both_languages():
    english = Reading("Well, I see. What - if I may - is next? 3.5 days", "en")
    assert [part.mark for part in english.sentences] == [".", "?", ""]
    assert len(english.clauses) == 6
    chinese = Reading("您说得对，不过贵、慢不是一回事；您看呢？好", "zh")
    assert [part.mark for part in chinese.sentences] == ["?", ""]
    assert len(chinese.clauses) == 4


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("We could look at the ROI of it", "en"),
        ("这个 ROI 我们可以一起算，CRM 也能接", "zh"),
        ("I think 我们可以 look at the 报价单 together 明天", "mixed"),
        ("Мы понимаем вашу озабоченность", "other"),
        ("12 + 3 = 😀", ""),
    ],
)
def test_the_language_is_seen(text, lang):
    assert language_of(text) == lang


def found(phrase, text, lang="en"):
    reading = Reading(text, lang)
    matches = Matcher({"x": [phrase]}, lang).find(reading).get("x", [])
    return [text[reading.tokens[m.first].start : reading.tokens[m.last - 1].end] for m in matches]


def test_a_phrase_takes_alternatives_endings_numbers_and_gaps():
    assert found("guarant*", "We GUARANTEE it.") == ["GUARANTEE"]
    assert found("in 0 weeks/days", "in 3 weeks or in ten days") == ["in 3 weeks", "in ten days"]
    assert found("i see ... point", "I see, the point") == []
    assert found("i see ... point", "Yes I see your main point.") == ["I see your main point"]
    assert found("i see ... point", "I see one two three four five six point") == []
    assert found("我/我们 理解...压力", "我们理解您的预算压力", "zh") == ["我们理解您的预算压力"]
    assert found("don't", "We don’t") == ["don’t"]


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("", "empty"),
        ("... x", "begin nor end"),
        ("a ... b ... c ... d", "2 times"),
        ("a/ b", "one side"),
        ("a/b a/b a/b a/b a/b a/b a/b a/b", "256"),
        ("* b", "end of a word"),
        ("a " * 30, "24 words"),
    ],
)
def test_a_phrase_that_cannot_be_used_is_refused(phrase, says):
    with pytest.raises(ValueError, match=says):
        patterns_of(phrase, "en")


def test_card_words_take_endings():
    stems = stems_of(["repair", "close a bed", "deliveries"], "en")
    text = "Repaired, closed beds, we were closing a bed; one delivery"
    reading = Reading(text, "en")
    matches = Matcher({"card": stems}, "en").find(reading)["card"]
    starts = [text[reading.tokens[m.first].start :].split()[0] for m in matches]
    assert starts == ["Repaired,", "closing", "delivery"]


def test_copied_runs_are_seen_and_short_ones_are_not():
    source = "Battery and sensor sockets are exchanged on the ward in 5 minutes"
    whole = Reading("battery and sensor sockets are exchanged on the ward!", "en")
    part = Reading("We know that the sockets are exchanged by nurses", "en")
    assert copied_share(whole, [source]) == 1
    assert copied_share(part, [source]) == 0
    assert repeated_share(Reading("buy it now " * 10, "en")) > 0.8
    assert repeated_share(whole) == 0


class Steps(tuple):
    """Tokens that count how often they are looked at."""

    looks = 0

    def __getitem__(self, at):
        Steps.looks += 1
        return super().__getitem__(at)


def test_looking_for_phrases_grows_with_the_text_only():
    matcher = Matcher({"x": ["a ... a ... b", "a* a ... c"]}, "en")
    looks = []
    for words in (400, 800):
        reading = Reading("a " * words, "en")
        reading.__dict__["tokens"] = Steps(reading.tokens)
        Steps.looks = 0
        assert matcher.find(reading) == {}
        looks.append(Steps.looks)
    assert looks[1] < 2.2 * looks[0]
