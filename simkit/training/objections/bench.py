"""How long the scorer takes: for the shipped model answers, and for the longest text it reads."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median

from simkit.scenario.objections import card_names, load_card
from simkit.training.objections.score import LONGEST, score

BOUNDS = {"answer_ms": 50.0, "longest_answer_ms": 50.0}
"""What the figures must not exceed, in milliseconds of one answer."""
CARDS = 6


def measure_answers(rounds: int) -> dict[str, float]:
    """Return milliseconds of one answer: median over model answers, and of a very long text."""
    cards = [load_card(name) for name in card_names(own=False)[:CARDS]]
    answers = [
        (answer.text.in_(lang), card, lang)
        for card in cards
        for answer in card.objection.answers
        for lang in ("en", "zh")
    ]
    score(*answers[0])  # the tables are read once
    _, card, lang = answers[0]
    long = " ".join(text for text, _, spoken in answers * 9 if spoken == lang)[: LONGEST[lang]]
    return {
        "answer_ms": median(_ms(partial(score, *answer)) for answer in answers * rounds),
        "longest_answer_ms": median(_ms(partial(score, long, card, lang)) for _ in range(rounds)),
    }


def _ms(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)
