"""The labelled answers are what the figures on the scorer take them for."""

from collections import Counter

import pytest
import yaml
from labelled import FOLDER, STRONG, answers

from simkit.kpi.agreement import icc_2_1, weighted_kappa
from simkit.scenario.objections import card_names
from simkit.scenario.rubric import BEHAVIOURS, MOST

CLASSES = {
    "strong": 20,
    **dict.fromkeys(("partial", "generic", "off_topic", "negated", "stuffed", "copied"), 7),
    **dict.fromkeys(("over_long", "rude", "false_claim", "discount_giver"), 7),
}
LANGS = pytest.mark.parametrize("lang", ["en", "zh"])


def kind_of(answer):
    return STRONG if answer.kind.startswith(STRONG) else answer.kind


@LANGS
@pytest.mark.parametrize("part", ["design", "aside", "more"])
def test_every_answer_is_labelled_whole_and_stands_once(part, lang):
    found = answers(part, lang)
    assert len({a.id for a in found}) == len({a.text for a in found}) == len(found)
    assert {a.card for a in found} <= {*card_names()}
    for answer in found:
        assert tuple(answer.labels) == BEHAVIOURS, answer.id
        assert set(answer.labels.values()) <= {*range(MOST + 1)}, answer.id
    assert min(sum(a.labels.values()) for a in found if kind_of(a) == STRONG) >= 11


@LANGS
def test_the_half_set_aside_is_like_the_other_and_on_other_cards(lang):
    halves = [answers(part, lang) for part in ("design", "aside")]
    assert all(Counter(map(kind_of, half)) == CLASSES for half in halves)
    assert sum(map(len, halves)) >= 150
    elsewhere = {a.card for part in ("design", "more") for a in answers(part, lang)}
    assert not elsewhere & {a.card for a in halves[1]}
    texts = {a.text for part in ("design", "more") for a in answers(part, lang)}
    assert not texts & {a.text for a in halves[1]}


@LANGS
def test_a_second_labelling_without_sight_of_the_first_agrees_with_it(lang):
    """Substantial agreement by Landis and Koch 1977: kappa above .60, at the interval's lower end.

    It says that the labels are no whim; the answers were written to design, with few in the middle,
    so that it says nothing of how well coaches agree on real answers.
    """
    second = yaml.safe_load((FOLDER / f"second_{lang}.yaml").read_text("utf-8"))
    first = {a.id: a for part in ("design", "aside") for a in answers(part, lang)}
    assert second.keys() == first.keys()
    rows = [([*first[name].labels.values()], points) for name, points in second.items()]
    for place, behaviour in enumerate(BEHAVIOURS):
        pair = [(mine[place], theirs[place]) for mine, theirs in rows]
        assert weighted_kappa(*zip(*pair, strict=True)).low > 0.60, behaviour
    assert icc_2_1([[sum(mine), sum(theirs)] for mine, theirs in rows]).low > 0.75
