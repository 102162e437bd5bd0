"""SMART goals: what is missing is named, what is said is quoted from the goal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.smart import LONGEST, smart

GOOD = {
    "en": "Raise revenue in Wuxi from 2.0 to 2.3 million CNY by the end of Q3 by visiting every "
    "key account twice a month, so that the region can afford a fifth rep.",
    "zh": "为了支撑增编，通过每周拜访重点客户，"
    "把无锡片区销售额从 200 万元提高到 230 万元，9月30日前完成。",
}
LEFT_OUT = {
    # Without this, exactly these letters are missing.
    ("en", " by the end of Q3"): "T",
    ("en", " by visiting every key account twice a month"): "A",
    ("en", ", so that the region can afford a fifth rep"): "R",
    ("en", "from 2.0 to 2.3 million CNY "): "MA",
    ("zh", "为了支撑增编，"): "R",
    ("zh", "通过每周拜访重点客户，"): "A",
    ("zh", "，9月30日前完成"): "T",
    ("zh", "从 200 万元提高到 230 万元"): "MA",
}


def missing(goal, lang):
    return "".join(c.letter for c in smart(goal, lang) if not c.met)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_goal_that_says_everything_lacks_nothing(lang):
    assert missing(GOOD[lang], lang) == ""


@pytest.mark.parametrize(
    ("lang", "words", "letters"),
    [(lang, words, letters) for (lang, words), letters in LEFT_OUT.items()],
)
def test_what_is_left_out_is_missed_and_nothing_else(lang, words, letters):
    assert words in GOOD[lang]
    assert missing(GOOD[lang].replace(words, ""), lang) == letters


@pytest.mark.parametrize(
    ("goal", "lang", "letters"),
    [
        ("Do better.", "en", "SMART"),
        ("Sell more.", "en", "SMART"),
        ("Increase coverage to 80 % within 13 weeks.", "en", "AR"),
        ("加油！", "zh", "SMART"),
        ("全力以赴，再创佳绩。", "zh", "SMART"),
        ("本季度新增客户 12 家。", "zh", "AR"),
    ],
)
def test_slogans_are_not_goals(goal, lang, letters):
    assert missing(goal, lang) == letters


def test_deadlines_are_found_however_they_are_written():
    for words in (
        "by 30 June",
        "by June 30",
        "within 6 weeks",
        "by the end of the year",
        "in 2027",
    ):
        assert "T" not in missing(f"Win 10 customers {words}", "en"), words
    for words in ("年底前", "6 月底", "三个月内", "第二季度末", "2027 年", "12 周内"):
        assert "T" not in missing(f"{words}新增客户 10 家", "zh"), words


@LAWS
@given(st.text(min_size=1, max_size=400), st.sampled_from(["en", "zh"]))
def test_every_quote_is_in_the_goal(text, lang):
    goal = f"{text} 客户 customers"
    try:
        criteria = smart(goal, lang)
    except ValueError:
        return
    line = " ".join(goal.split())
    assert [c.letter for c in criteria] == list("SMART")
    assert all(quote in line for c in criteria for quote in c.said)
    assert all(c.met != bool(c.missing) for c in criteria)


@pytest.mark.parametrize(
    ("goal", "lang", "message"),
    [
        ("", "en", "there is no goal yet"),
        ("  \n", "zh", "there is no goal yet"),
        ("a" * (LONGEST + 1), "en", "at most 2,000 characters, this one has 2,001"),
        (GOOD["zh"], "en", "written in Chinese"),
        (GOOD["en"], "zh", "not written in Chinese"),
    ],
)
def test_what_cannot_be_read_is_refused(goal, lang, message):
    with pytest.raises(ValueError, match=message):
        smart(goal, lang)


def test_long_goals_are_judged_quickly():
    # A rule that backtracks would take minutes.
    for lang, pieces in (("en", ("1,", "by the ", "9 a b ")), ("zh", ("1,", "从 1", "20 年"))):
        for piece in pieces:
            criteria = smart((piece * LONGEST)[: LONGEST - 20] + " 客户 customers", lang)
            specific = next(each for each in criteria if each.letter == "S")
            assert any(quote in ("客户", "customers") for quote in specific.said)
