"""What the simulated buyer hears in free text, in both languages."""

import pytest

from simkit.scenario.objections import STEPS, card_names, load_card
from simkit.scenario.record import ScenarioError
from simkit.training.objections.buyer import Talk
from simkit.training.objections.heard import load_move_phrases, moves_heard
from simkit.training.objections.phrases import FOLDER

CARDS = {name: load_card(name) for name in card_names(own=False)}
CARD = CARDS["price_monitor"]
SAID = [
    ("en", "How do you look after your monitors today?", ["situation"]),
    ("en", "What gives you the most trouble?", ["pain"]),
    ("en", "What does it cost you when a bed is closed?", ["impact"]),
    ("en", "What would it be worth to you if no bed had to close?", ["value"]),
    (
        "en",
        "I understand, a fifth more is no small thing. Is it the price, or having to justify it?",
        ["acknowledge", "isolate"],
    ),
    ("en", "I would not say that you are wrong.", []),
    ("en", "You are wrong, our monitor is not expensive.", ["argue"]),
    ("en", "If you sign for three years, I can take something off.", []),
    ("en", "If you sign for three years, you get a discount.", ["trade_concession"]),
    ("en", "You get a discount right away.", ["discount"]),
    ("en", "Another hospital had the same worry.", ["peer"]),
    ("en", "May I bring the five-year sheet on Thursday?", ["close_small"]),
    ("en", "Shall we sign?", ["close"]),
    ("en", "I don't want to press you. Goodbye.", ["leave"]),
    ("zh", "目前监护仪是怎么维护的？", ["situation"]),
    ("zh", "哪里最让您头疼？", ["pain"]),
    ("zh", "送修一次影响多大，损失多少？", ["impact"]),
    ("zh", "如果这个问题解决了，对您值多少？", ["value"]),
    (
        "zh",
        "我理解，贵两成确实不是小事。您是担心价格本身，还是担心上会说不清？",
        ["acknowledge", "isolate"],
    ),
    ("zh", "您错了，我们的价格很公道。", ["argue"]),
    ("zh", "如果您签三年，我可以给您优惠。", ["trade_concession"]),
    ("zh", "我现在就给您优惠。", ["discount"]),
    ("zh", "有一家医院也有过同样的顾虑。", ["peer"]),
    ("zh", "周四我带五年的账过来，可以吗？", ["close_small"]),
    ("zh", "那我们签合同吧？", ["close"]),
    ("zh", "我不想催您，先告辞了。", ["leave"]),
]


@pytest.mark.parametrize(("lang", "text", "moves"), SAID)
def test_a_move_is_heard_in_plain_words(lang, text, moves):
    assert list(moves_heard(text, CARD.objection, lang)) == moves


def test_the_card_s_own_words_are_heard():
    for card in CARDS.values():
        for lang in ("en", "zh"):
            for step in STEPS:
                text = getattr(card.objection.discovery, step).question.in_(lang)
                assert step in moves_heard(text, card.objection, lang)
            for level in ("analogy", "peer", "trial"):
                text = getattr(card.objection.ladder, level).in_(lang)
                assert level in moves_heard(text, card.objection, lang)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "You are an idiot. If you sign for three years, you get a discount."),
        ("zh", "你是白痴吗？如果您签三年，我可以给您优惠。"),
    ],
)
def test_something_in_return_excuses_the_discount_alone(lang, text):
    assert Talk(CARD, lang).moves_in(text) == ("blame", "trade_concession")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "text", ["", " ", "asdf qwer", "😀", "\0", "<script>alert(1)</script>", "。"]
)
def test_what_is_not_understood_is_asked_back(lang, text):
    talk = Talk(CARD, lang)
    before = talk.state
    turn = talk.say(text)
    assert turn.move == "" and not turn.over and turn.state.patience < before.patience
    assert turn.reply in talk.lines.buyer_lines["not_understood"]
    assert turn.state.trust == before.trust


def test_a_talk_in_own_words_is_won_in_both_languages():
    scripts = {
        "en": [
            "Good morning. How do you look after your monitors today?",
            "What gives you the most trouble with them?",
            "What does it cost you when a bed is closed?",
            "I understand, that is a real step. Is it the price, or having to justify it?",
            "Another hospital had the same worry and solved it.",
            "Try it on your busiest ward.",
            "May I bring the papers on Thursday?",
        ],
        "zh": [
            "您好。目前监护仪是怎么维护的？",
            "哪里最让您头疼？",
            "送修一次损失多少？",
            "我理解，这确实不是小事。您是担心价格本身，还是担心上会说不清？",
            "有一家医院也有过同样的顾虑，后来解决了。",
            "您可以先试用。",
            "周四我把材料带过来，可以吗？",
        ],
    }
    for lang, texts in scripts.items():
        talk = Talk(CARD, lang)
        turns = [talk.say(text) for text in texts]
        assert turns[-1].over == "trial", (lang, [(t.move, t.case) for t in talk.turns])
        assert [turn.said.in_(lang) for turn in turns] == texts
        assert any(
            turn.uncovered and CARD.objection.concern.en in turn.feedback.en for turn in turns
        )
        assert Talk.replayed(CARD, talk.moves, lang).turns == talk.turns


def test_harm_seen_by_the_scorer_is_heard():
    talk = Talk(CARD, "en")
    before = talk.state
    turn = talk.say("Our monitor saves you 63.7% of all costs in every hospital of this world.")
    assert "overclaim" in [one.move for one in talk.turns]
    assert turn.state.trust < before.trust


def test_a_very_long_text_is_taken_in_time():
    assert moves_heard("How? " * 10_000, CARD.objection, "en") == ("situation",)
    turn = Talk(CARD, "zh").say("怎么？" * 20_000)
    assert len(turn.said.zh) <= 2000


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  pain:\n", "  pains:\n", "there is no move 'pains', did you mean 'pain'?"),
        ("- anything else", "- '...'", "a phrase can neither begin nor end with '...'"),
        ("denials:", "denial:", "did you mean 'denials'?"),
    ],
)
def test_a_mistake_in_the_phrases_is_told_with_its_line(tmp_path, old, new, says):
    from simkit.scenario.files import data_folder

    text = (data_folder("scenarios") / FOLDER / "moves_en.yaml").read_text("utf-8")
    file = tmp_path / "moves_en.yaml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ScenarioError) as told:
        load_move_phrases(file)
    assert says in str(told.value)
    line = text[: text.index(old)].count("\n") + 1
    assert any(problem.line == line for problem in told.value.problems)


def test_common_words_do_not_make_a_question_the_card_s():
    text = "What gives you the most trouble with that?"
    for card in CARDS.values():
        assert moves_heard(text, card.objection, "en") == ("pain",)
