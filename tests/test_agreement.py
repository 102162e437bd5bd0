"""Agreement of raters, against published examples and against what follows from definitions."""

import math

import numpy as np
import pytest

from simkit.kpi.agreement import auc, icc_2_1, icc_words, kappa_words, weighted_kappa
from simkit.region.draws import Draws, entity_number

SHROUT_FLEISS = [
    (9, 2, 5, 8),
    (6, 1, 3, 2),
    (8, 4, 6, 8),
    (7, 1, 2, 6),
    (10, 5, 6, 9),
    (6, 2, 4, 7),
]
"""Ratings of six targets by four judges (Shrout & Fleiss 1979, table 2)."""
TABLE = [[11, 3, 1], [4, 9, 3], [0, 2, 12]]
"""Our own table of two raters' grades."""


def ratings(table):
    """Return the two raters' lists behind a table of counts."""
    pairs = [
        (i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_icc_of_the_published_example():
    found = icc_2_1(SHROUT_FLEISS)
    assert round(found.value, 2) == 0.29  # Shrout & Fleiss 1979, table 4
    assert (round(found.low, 2), round(found.high, 2)) == (0.02, 0.76)  # McGraw & Wong's formula
    assert found.n == 6


def test_icc_punishes_a_rater_who_is_always_milder():
    rows = [(x, x) for x in range(6)]
    milder = [(x, x + 3) for x in range(6)]
    assert icc_2_1(rows)[:3] == (1, 1, 1)
    assert icc_2_1(milder).value == pytest.approx(3.5 / (3.5 + 4.5))  # variances 3.5 and 9 / 2


def test_quadratic_kappa_by_hand():
    a, b = [0, 0, 1, 2], [0, 1, 1, 2]
    # Disagreement seen 1/4 of a quarter; by chance sum p q w = (4/16 + 3/16) / 4 + (2 + 1) / 16.
    chance = ((2 * 2 + 1 * 1 + 1 * 1 + 1 * 2) / 16) / 4 + (2 * 1 + 1 * 1) / 16
    assert weighted_kappa(a, b).value == pytest.approx(1 - (1 / 16) / chance)


def test_linear_kappa_by_hand():
    a, b = [0, 0, 1, 2], [0, 1, 1, 2]
    chance = ((2 * 2 + 1 * 1 + 1 * 1 + 1 * 2) / 16) / 2 + (2 * 1 + 1 * 1) / 16
    assert weighted_kappa(a, b, weights="linear").value == pytest.approx(1 - (1 / 8) / chance)


def test_quadratic_kappa_is_the_concordance_of_two_raters():
    """Krippendorff 1970, Lin 1989: 2 cov / (var + var + difference of means squared)."""
    a, b = map(np.array, ratings(TABLE))
    cov = np.mean((a - a.mean()) * (b - b.mean()))
    concordance = 2 * cov / (a.var() + b.var() + (a.mean() - b.mean()) ** 2)
    assert weighted_kappa(a.tolist(), b.tolist()).value == pytest.approx(concordance)


def test_interval_of_kappa_is_that_of_resampled_ratings():
    a, b = map(np.array, ratings(TABLE * 1))
    u = Draws(7).table("bootstrap").row(entity_number("kappa"), 0, 600 * len(a))
    picks = (u * len(a)).astype(int).reshape(600, len(a))
    values = [weighted_kappa(a[pick].tolist(), b[pick].tolist()).value for pick in picks]
    found = weighted_kappa(a.tolist(), b.tolist())
    sd = (found.high - found.value) / 1.96
    # The sd of 600 resampled values has a standard error of 1 / sqrt(1200) of itself: 4 of them,
    # and the 1 / n by which a large-sample formula may be off.
    assert np.std(values) == pytest.approx(sd, rel=4 / math.sqrt(1200) + 1 / len(a))


def test_kappa_without_a_disagreement_is_not_certain():
    few, many = ([0, 1, 2] * times for times in (1, 40))
    assert weighted_kappa(few, few).value == weighted_kappa(many, many).value == 1
    assert weighted_kappa(few, few).low < weighted_kappa(many, many).low < 1


def test_what_cannot_be_said_is_unknown():
    for found in (
        weighted_kappa([2, 2, 2], [2, 2, 2]),
        weighted_kappa([], []),
        icc_2_1([(1, 2)]),
        icc_2_1([]),
        icc_2_1([(3, 3), (3, 3)]),
        auc([], [1]),
    ):
        assert not found.known
    assert kappa_words(math.nan) == icc_words(math.nan, 1) != kappa_words(0)


def test_lists_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="2 and 1"):
        weighted_kappa([0, 1], [0])
    with pytest.raises(ValueError, match="0 to 2"):
        weighted_kappa([3], [0])
    with pytest.raises(ValueError, match="every rater"):
        icc_2_1([(1, 2), (1,)])


def test_auc_is_the_share_of_pairs():
    higher, lower = [3, 5, 5, 8], [1, 3, 5]
    wins = sum((h > x) + (h == x) / 2 for h in higher for x in lower)
    assert auc(higher, lower).value == wins / 12
    assert auc(lower, higher).value == pytest.approx(1 - wins / 12)


def test_auc_that_is_perfect_has_an_interval():
    few, many = auc([1] * 5, [0] * 5), auc([1] * 50, [0] * 50)
    assert few.value == many.value == few.high == 1
    assert few.low < many.low < 1
    mirrored = auc([0] * 5, [1] * 5)
    assert mirrored.high == pytest.approx(1 - few.low)


def test_interval_of_auc_holds_the_truth_as_often_as_it_says():
    """Groups of 20 and 30 with normal scores one sd apart: the area is Phi(1 / sqrt 2)."""
    table = Draws(11).table("auc")
    truth, held = 0.5 * (1 + math.erf(0.5)), 0
    for i in range(400):
        u = table.row(i, 0, 100)
        z = np.sqrt(-2 * np.log(u[:50])) * np.cos(2 * np.pi * u[50:])
        found = auc(z[:20] + 1, z[20:])
        held += found.low <= truth <= found.high
    assert abs(held / 400 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 400)


@pytest.mark.parametrize(
    ("one", "other"), [([1], [2]), ([0, 2], [2, 0]), ([1, 1, 1, 1], [1, 1, 1, 2])]
)
def test_raters_by_whom_nothing_can_be_judged_have_no_interval(one, other):
    found = weighted_kappa(one, other)
    assert found.value <= 0 and not found.known and math.isnan(found.low)


@pytest.mark.parametrize(
    "table", [[[1, 2], [2, 1]], [[1, 2], [1, 2]], [[10, 12], [12, 10], [10, 12]], [[3, 4, 5]] * 4]
)
def test_totals_without_any_order_have_no_interval(table):
    assert not icc_2_1(table).known


def test_an_icc_lies_in_its_interval_however_low_it_is():
    found = icc_2_1([[10, 12], [12, 10], [11, 12], [12, 9]])
    assert found.low < found.value < -1 < found.high


def test_words():
    said = [kappa_words(x).en for x in (-0.1, 0.1, 0.4, 0.41, 0.7, 1)]
    assert said == ["poor", "slight", "fair", "moderate", "substantial", "almost perfect"]
    assert icc_words(0.4, 0.8).en == "poor to good"
    assert icc_words(0.91, 0.95).zh == "优秀"
    assert icc_words(0.75, 0.89).en == "good"


@pytest.mark.parametrize(
    ("weights", "figures"),
    [("quadratic", (0.678571, 0.501840, 0.855303)), ("linear", (0.597484, 0.416035, 0.778933))],
)
def test_weighted_kappa_and_its_interval_are_those_of_statsmodels(weights, figures):
    table = [[11, 3, 1], [4, 13, 5], [0, 2, 9]]
    pairs = [(i, j) for i in range(3) for j in range(3) for _ in range(table[i][j])]
    found = weighted_kappa(*zip(*pairs, strict=True), weights=weights)
    assert found[:3] == pytest.approx(figures, abs=1e-6)
