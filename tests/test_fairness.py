"""Fairness of quotas: ratios to potential, Gini, spread of chances, and what is said about it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.fairness import fairness, gini, relative_ratios, share_under, spread
from simkit.scenario.record import Text

MONEY = st.floats(1.0, 1e9)
HOMES = {"ann": "north", "bo": "north", "cy": "south"}


@LAWS
@given(MONEY, st.integers(1, 40))
def test_equal_values_have_a_gini_of_0(value, number):
    assert gini([value] * number) == pytest.approx(0, abs=1e-12)


@LAWS
@given(st.lists(MONEY, min_size=1, max_size=30), st.floats(1e-3, 1e3), st.randoms())
def test_gini_knows_neither_scale_nor_order_and_lies_below_1(values, scale, random):
    shuffled = [scale * value for value in values]
    random.shuffle(shuffled)
    assert gini(shuffled) == pytest.approx(gini(values), abs=1e-9)
    assert 0 <= gini(values) <= 1 - 1 / len(values) + 1e-9


@LAWS
@given(st.lists(MONEY, min_size=1, max_size=12))
def test_gini_is_half_the_mean_difference_of_all_pairs(values):
    pairs = math.fsum(abs(a - b) for a in values for b in values) / len(values) ** 2
    mean = math.fsum(values) / len(values)
    assert gini(values) == pytest.approx(pairs / (2 * mean), abs=1e-9)


def test_gini_at_the_ends():
    assert gini([]) == gini([0, 0]) == 0
    assert gini([0, 0, 0, 5]) == pytest.approx(3 / 4)
    assert gini([1, 3]) == pytest.approx(1 / 4)
    for bad in ([-1, 2], [math.nan], [math.inf]):
        with pytest.raises(ValueError, match="0 or more"):
            gini(bad)


@LAWS
@given(st.dictionaries(st.text(min_size=1), st.tuples(MONEY, MONEY), min_size=1, max_size=9))
def test_ratios_average_to_1_by_potential(money):
    quotas = {name: quota for name, (quota, _) in money.items()}
    potentials = {name: potential for name, (_, potential) in money.items()}
    ratios = relative_ratios(quotas, potentials)
    whole = math.fsum(potentials.values())
    mean = math.fsum(ratios[name] * potentials[name] / whole for name in money)
    assert mean == pytest.approx(1)


@LAWS
@given(st.floats(1e-3, 1e3), st.lists(MONEY, min_size=3, max_size=3))
def test_quotas_in_proportion_to_potential_are_fair(factor, potentials):
    potential = dict(zip(HOMES, potentials, strict=True))
    found = fairness({rep: factor * p for rep, p in potential.items()}, potential, HOMES)
    assert found.fair and found.gini == pytest.approx(0, abs=1e-9)
    assert list(found.ratios.values()) == pytest.approx([1, 1, 1])
    assert list(found.territories.values()) == pytest.approx([1, 1])


def test_who_carries_more_is_named_first_in_both_languages():
    names = {"cy": Text(en="Cy", zh="赛")}
    quotas, potential = {"ann": 90, "bo": 90, "cy": 120}, dict.fromkeys(HOMES, 100)
    found = fairness(quotas, potential, HOMES, names=names)
    assert found.unfair == ("cy",) and not found.fair
    assert found.ratios == {"ann": 0.9, "bo": 0.9, "cy": pytest.approx(1.2)}
    assert found.territories["south"] == pytest.approx(1.2)
    assert "1 of 3" in found.verdict.en and "Cy: 1.20 times" in found.verdict.en
    assert "赛" in found.verdict.zh and "1.20" in found.verdict.zh
    assert fairness(quotas, potential, HOMES, fair_share=0.25).fair


def test_a_quota_without_potential_is_unfair_and_a_territory_without_both_is_none():
    found = fairness({"ann": 10, "bo": 10, "cy": 5}, {"ann": 1, "bo": 1, "cy": 0}, HOMES)
    assert found.ratios["cy"] is None and found.territories["south"] is None
    assert found.unfair[0] == "cy" and "without any potential" in found.verdict.en
    assert fairness({"ann": 1, "bo": 1, "cy": 0}, {"ann": 1, "bo": 1, "cy": 0}, HOMES).fair


def test_no_quotas_at_all_and_nobody_at_all_are_no_problem():
    assert fairness(dict.fromkeys(HOMES, 0), dict.fromkeys(HOMES, 1), HOMES).fair
    assert fairness({}, {}, {}).gini == 0


def test_the_spread_of_chances_and_the_unlikely_ones():
    chances = {"ann": 0.9, "bo": 0.3, "cy": 0.5}
    one = dict.fromkeys(HOMES, 1.0)
    found = fairness(one, one, HOMES, chances, least_chance=0.4)
    assert found.spread == pytest.approx(0.6) and found.unlikely == pytest.approx(1 / 3)
    assert "60 points" in found.verdict.en and "60 个百分点" in found.verdict.zh
    assert spread({}) == share_under({}, 0.5) == 0
    assert "too far" not in fairness(one, one, HOMES, dict.fromkeys(HOMES, 0.5)).verdict.en


@pytest.mark.parametrize(
    ("quotas", "potentials", "message"),
    [
        ({"ann": math.nan}, {"ann": 1}, "quota of ann"),
        ({"ann": -1}, {"ann": 1}, "quota of ann"),
        ({"ann": 1}, {"ann": math.inf}, "potential of ann"),
        ({"ann": 1}, {"bo": 1}, "no potential for ann"),
    ],
)
def test_bad_numbers_are_named(quotas, potentials, message):
    with pytest.raises(ValueError, match=message):
        fairness(quotas, potentials, HOMES)


def test_a_chance_above_1_is_named():
    with pytest.raises(ValueError, match="chance of ann"):
        fairness({"ann": 1}, {"ann": 1}, HOMES, {"ann": 1.2})
