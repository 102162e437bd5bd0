"""What the scorer sees in answers: single rules, what never happens, and the labelled answers."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import agreement, answers, card, scores

from simkit.commands.check import check_files
from simkit.scenario.objections import card_names, find_card
from simkit.scenario.rubric import BEHAVIOURS
from simkit.training.objections import card_mistakes, score
from simkit.training.objections.known import follows
from simkit.training.objections.score import LONGEST
from simkit.training.objections.text import Reading

CARD = "price_monitor"
EN = "Twenty percent above a fixed budget is a real step. "
RUDE = {"en": " You must be an idiot.", "zh": "您真是愚蠢。"}
LISTS = {
    "en": " monitor, warranty, trial, committee, audit, repair, bed, benefit, €4,700, Thursday",
    "zh": " 监护仪 质保 试用 采购委员会 审计 送修 停床 价值 证据 3.2万 3.7万 周四",
}
STRONG = 10


def seen(text, lang="en", name=CARD):
    return score(text, card(name), lang)


def harms(text, lang="en"):
    return {flag.harm for flag in seen(text, lang).flags}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no answer"),
        ("  \n\t", "no answer"),
        ("ok", "too few"),
        ("123 +++ 456 %%% 😀😀😀", "no words"),
        ("我们的监护仪五年总费用更低，您看可以吗，周四我带资料过来。", "not written in English"),
        (
            "We could 我们可以 look at 看看 the five years 五年 of the monitor 监护仪 on 周四",
            "mixed",
        ),
        ("word " * (LONGEST["en"] // 4), "More than 6,000"),
    ],
)
def test_where_there_is_too_little_to_judge_nothing_is(text, says):
    found = seen(text)
    assert says in found.abstained.en
    assert found.total is None and found.seen == () and found.weakest == ""


@pytest.mark.parametrize(
    ("text", "behaviour", "points"),
    [
        ("How do your wards cope when a monitor is away for repair?", "explore", 2),
        ("Do your wards have trouble when a monitor is away for repair?", "explore", 1),
        ("Shall we sign the order for all the monitors this week, please?", "explore", 0),
        ("Is it the sum, or that you must justify it before the committee?", "isolate", 2),
        (
            "So tell me please, is it only the price of a monitor that stands against it?",
            "isolate",
            1,
        ),
        ("Over five years that is €4,700 a bed against €5,200 with them.", "quantified", 2),
        ("We do not offer you any trial for 14 days on a ward, and no warranty.", "evidence", 0),
        ("A county hospital with 300 beds had 4 repairs in three years.", "evidence", 2),
        ("I'll bring two units to your ward on Thursday at nine.", "next_step", 2),
        ("I'll not bring two units to your ward on Thursday at nine.", "next_step", 0),
        ("Maybe I could bring two monitors to your ward some day on a Thursday.", "next_step", 1),
        ("Let's just stay in touch about the monitors and the wards.", "next_step", 1),
    ],
)
def test_an_english_behaviour(text, behaviour, points):
    assert seen(text).points[behaviour] == points


@pytest.mark.parametrize(
    ("text", "behaviour", "points"),
    [
        ("现在病区里的监护仪坏了，你们一般是怎么处理的？", "explore", 2),
        ("您是担心上会的时候采购委员会问您为什么不买便宜的吗？", "isolate", 2),
        ("我们五年每台3.2万，便宜的那种要3.7万，一床少5000元。", "quantified", 2),
        ("周四上午我把五年的总账送到您科里，您看看监护仪怎么选。", "next_step", 2),
        ("周四我不过去了，五年的总账我们不给您算，监护仪您自己看。", "next_step", 0),
        ("我不理解您的顾虑，贵两成也不算什么，监护仪就是这个价。", "acknowledge", 0),
    ],
)
def test_a_chinese_behaviour(text, behaviour, points):
    assert seen(text, "zh").points[behaviour] == points


@pytest.mark.parametrize(
    ("text", "harm"),
    [
        (EN + "You would be an idiot to buy theirs.", "rude"),
        (EN + "It was your own fault to buy the cheap monitors.", "blame"),
        (EN + "You are wrong, the price of the monitor is low.", "argues"),
        (EN + "Our monitor saves you 61 % of the repairs on the ward.", "false_claim"),
        (EN + "We guarantee that a monitor never fails on a ward.", "false_claim"),
        (EN + "I can give you 10 % off the price of the monitors.", "discount"),
        (EN + "What if I gave you the units at €2,750 each?", "discount"),
        (EN + "With us, 99 % of the monitors never leave the ward.", "false_claim"),
        ("Last Saturday the match was wonderful, and the weather in the hills too.", "off_topic"),
        ("monitor price budget committee audit warranty repair bed trial value", "stuffed"),
    ],
)
def test_a_harm_is_seen(text, harm):
    found = seen(text)
    assert harm in {flag.harm for flag in found.flags}
    assert found.total <= found.cap


def test_a_discount_in_return_for_something_is_a_trade():
    cut = "I can give you 10 % off the price of the monitors"
    assert "discount" in harms(f"{EN}{cut}.")
    assert "discount" not in harms(f"{EN}{cut} if you order both wards at once.")


def test_what_the_card_gives_by_a_sum_is_no_false_claim():
    assert harms(EN + "That is €500 a bed, so €12,000 for the wards.") == set()
    assert harms(EN + "I'll need 20 minutes on March 15, for two questions.") == set()


def test_what_stands_beside_it_in_the_answer_gives_a_sum():
    def figures(text):
        return Reading(text, "en").figures

    shown = figures("22 shops at €1,450 each, and 30 % of it")
    assert follows(*figures("€31,900"), shown) and follows(*figures("€435"), shown)
    assert not follows(*figures("€33,000"), shown)
    assert not follows(*figures("52 %"), shown) and not follows(*figures("7 months"), shown)


def test_an_answer_that_mostly_refuses_shows_nothing():
    told = (
        "We won't lend you a monitor, there is no warranty, I'm not going to ask what the wards do,"
        " and nobody will come on Thursday; 4 repairs in three years is all I have to say."
    )
    found = seen(told)
    assert set(found.points.values()) <= {0, 1} and found.points["no_harm"] == 1
    assert any("will not do" in note.en for note in found.notes)


def test_a_question_with_a_negation_denies_nothing():
    asked = "Is it the sum, or that there isn't anybody who justifies it to the committee?"
    assert seen(asked).points["isolate"] == 2


def test_what_is_buried_in_a_monologue_counts_less():
    good = card(CARD).objection.answers[0].text.en
    others = (card(name).objection.answers[0].text.en for name in ("price_coffee", "need_lift"))
    before, after = seen(good), seen(" ".join((good, *others)))
    assert before.points["value"] == 2 and after.points["value"] == 1
    assert after.points["no_harm"] <= 1 and after.total < before.total
    assert any("longer" in note.en for note in after.notes)


def test_the_buyers_own_words_are_a_copy():
    assert "copied" in harms(card(CARD).objection.says.en)


# --- what never happens -----------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=300) | st.text("a 1%?.我不您，€\n<b>0", max_size=300),
    st.sampled_from(["en", "zh"]),
)
def test_any_text_gets_an_answer_with_places_in_it(text, lang):
    found = seen(text, lang)
    assert (found.total is None) == (found.abstained is not None)
    if found.abstained is None:
        assert [one.behaviour for one in found.seen] == list(BEHAVIOURS)
        assert 0 <= found.total <= found.uncapped <= 16
    for place in [s for one in (*found.seen, *found.flags) for s in one.spans]:
        assert 0 <= place.start < place.end <= len(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_rude_sentence_never_raises_a_total(lang):
    for answer, before in scores("design", lang):
        if before.total is not None:
            after = score(answer.text + RUDE[lang], card(answer.card), lang)
            assert after.total <= min(before.total, 2)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_list_of_keywords_does_not_make_a_poor_answer_strong(lang):
    poor = [a for a, found in scores("design", lang) if a.card == CARD and (found.total or 0) < 8]
    assert len(poor) > 10
    for answer in poor:
        assert (score(answer.text + LISTS[lang], card(CARD), lang).total or 0) < STRONG


@pytest.mark.parametrize(
    ("denial", "lang"),
    [("It is not true that ", "en"), ("I don't think that ", "en"), ("我不认为", "zh")],
)
def test_a_sentence_that_is_denied_never_has_more_points(denial, lang):
    for name in card_names(own=False)[:8]:
        it = card(name).objection
        for text in (*(f.text for f in it.facts), it.ladder.peer, it.price_talk.add):
            said = f"{text.in_(lang)} {text.in_(lang)}"
            before, after = (score(t, card(name), lang) for t in (said, denial + said))
            if before.seen and after.seen:
                for one in BEHAVIOURS[3:7]:
                    assert after.points[one] <= before.points[one]


def test_the_same_answer_gets_the_same_score_in_every_process():
    code = (
        "import sys; sys.path.insert(0, 'tests'); from labelled import scores\n"
        "print([repr(f) for lang in ('en', 'zh') for _, f in scores('design', lang)])"
    )
    root = Path(__file__).parent.parent
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env={"PYTHONHASHSEED": "1", "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    ).stdout
    here = [repr(found) for lang in ("en", "zh") for _, found in scores("design", lang)]
    assert said.strip() == str(here) and len(here) >= 150


# --- cards, tables, and the labelled answers --------------------------------------------------


def test_a_poor_model_answer_is_a_mistake_of_the_card(tmp_path):
    good = find_card(CARD).read_text("utf-8")
    text = card(CARD).objection.answers[0].text.en
    bad = card(CARD)
    poor = bad.objection.answers[0].model_copy(
        update={"text": bad.objection.answers[0].text.but(en="We have the best monitor. " * 4)}
    )
    it = bad.objection.model_copy(update={"answers": (poor, *bad.objection.answers[1:])})
    found = list(card_mistakes(bad.model_copy(update={"objection": it})))
    assert found[0][0] == ("objection", "answers", 0, "text", "en")
    assert "model answer 1 in English" in found[0][1] and "missing: acknowledge" in found[0][1]
    assert text and good
    assert list(card_mistakes(card(CARD))) == []


def test_a_mistake_in_a_table_has_its_line(tmp_path):
    shipped = Path(__file__).parent.parent / "scenarios" / "phrases" / "en.yaml"
    file = tmp_path / "en.yaml"
    text = shipped.read_text("utf-8").replace("      - i understand\n", "      - i ... \n", 1)
    file.write_text(text, "utf-8")
    _, problems, _ = check_files([file])
    assert [problem.line for problem in problems] == [text.splitlines().index("      - i ... ") + 1]
    assert "neither begin nor end" in problems[0].message


@pytest.mark.parametrize(
    ("lang", "against", "least"),
    [
        ("en", "negated", 0.90),
        ("en", "stuffed", 0.90),
        ("en", "overall", 0.85),
        ("zh", "negated", 0.90),
        ("zh", "stuffed", 0.90),
        ("zh", "overall", 0.85),
    ],
)
def test_the_answers_set_aside_are_told_apart(lang, against, least):
    """The bounds of the task; the answers were not looked at for any rule."""
    found = agreement("aside", lang)
    assert found.answers >= 75 and len(answers("design", lang)) >= 75
    assert found.auc["overall"].value > found.auc_of_length["overall"].value
    assert found.auc[against].value >= least
