"""Ranking of players: right whenever it claims an order, and "cannot tell" otherwise."""

import math

import numpy as np
import pytest

from simkit.study.ranking import CANNOT_TELL, rank, share

TRIES = 1000
ALPHA = 0.05


def worlds_of(means, worlds, random, spreads=None, luck=100.0):
    """Return results of players who meet the same worlds: one luck for all, a little own."""
    common = random.normal(0.0, luck, worlds)
    spreads = spreads or [10.0] * len(means)
    return {
        f"p{i}": (mean + common + random.normal(0.0, spread, worlds)).tolist()
        for i, (mean, spread) in enumerate(zip(means, spreads, strict=True))
    }


def rate_and_error(hits):
    rate = sum(hits) / len(hits)
    return rate, math.sqrt(max(rate * (1 - rate), ALPHA * (1 - ALPHA)) / len(hits))


@pytest.mark.parametrize("worlds", [10, 40])
@pytest.mark.parametrize("spreads", [[10.0] * 4, [2.0, 10.0, 10.0, 60.0]])
def test_equal_players_are_told_apart_in_at_most_alpha_of_the_tries(worlds, spreads):
    random = np.random.default_rng(7)
    wrong = [
        any(pair.better for pair in rank(worlds_of([0] * 4, worlds, random, spreads)).pairs)
        for _ in range(TRIES)
    ]
    rate, error = rate_and_error(wrong)
    assert rate <= ALPHA + 3 * error
    assert rate > 0  # a ranking that never claims anything would pass too


def test_all_intervals_hold_the_true_differences_at_once():
    random, means = np.random.default_rng(8), [0.0, 5.0, 5.0, 30.0]
    held = []
    for _ in range(TRIES):
        pairs = rank(worlds_of(means, 15, random)).pairs
        true = [means[int(p.first[1])] - means[int(p.second[1])] for p in pairs]
        held.append(all(p.low <= d <= p.high for p, d in zip(pairs, true, strict=True)))
    rate, error = rate_and_error(held)
    assert rate >= 1 - ALPHA - 3 * error


def test_the_true_place_is_among_the_places_given():
    random, held, narrow = np.random.default_rng(9), [], 0
    truth = {"p2": 1, "p1": 2, "p0": 3}
    for _ in range(400):
        places = rank(worlds_of([0.0, 8.0, 16.0], 20, random)).places
        held.append(all(low <= truth[name] <= high for name, (low, high) in places.items()))
        narrow += all(low == high for low, high in places.values())
    rate, error = rate_and_error(held)
    assert rate >= 1 - ALPHA - 3 * error
    assert narrow > 0


def test_common_worlds_tell_apart_what_own_worlds_cannot():
    random = np.random.default_rng(10)
    same = worlds_of([0.0, 20.0], 20, random)
    own = {"p0": same["p0"], "p1": worlds_of([0.0, 20.0], 20, random)["p1"]}
    assert rank(same).order == ("p1", "p0")
    assert rank(own).order is None


def test_players_who_play_alike_cannot_be_told_apart():
    values = [1.0, 2.0, 3.0, 4.0, 5.0]
    (pair,) = rank({"a": values, "b": values}).pairs
    assert (pair.difference, pair.low, pair.high, pair.verdict) == (0, 0, 0, CANNOT_TELL)
    assert pair.first_wins.times == 0


def test_an_order_is_claimed_only_when_every_step_of_it_is():
    base = [float(n) for n in range(10)]
    unsure = [x + (-1) ** n for n, x in enumerate(base)]
    better = [x + 5 + n % 3 for n, x in enumerate(base)]
    found = rank({"base": base, "unsure": unsure, "better": better})
    assert found.order is None
    assert next(iter(found.means)) == "better"
    assert found.places["better"] == (1, 1)
    assert found.places["base"] == found.places["unsure"] == (2, 3)
    verdicts = {frozenset((p.first, p.second)): p.verdict for p in found.pairs}
    assert verdicts[frozenset(("base", "unsure"))] == CANNOT_TELL
    assert verdicts[frozenset(("base", "better"))] == "better better"
    sure = rank({"base": base, "better": better})
    assert sure.order == ("better", "base")
    assert sure.as_dict()["order"] == ["better", "base"]
    assert sure.pairs[0].first_wins.times == 10


@pytest.mark.parametrize(
    "results",
    [{}, {"a": [1.0] * 9}, {"a": [1.0] * 9, "b": [1.0] * 8}, {"a": [1.0] * 4, "b": [2.0] * 4}],
)
def test_what_cannot_be_ranked_is_refused(results):
    with pytest.raises(ValueError, match=r"ranking takes|too few to rank: take at least"):
        rank(results)


@pytest.mark.parametrize(
    ("times", "of", "low", "high"),
    [(0, 10, 0.0, 1 - 0.025**0.1), (10, 10, 0.025**0.1, 1.0), (5, 10, 0.18709, 0.81291)],
)
def test_the_interval_of_a_share_is_exact(times, of, low, high):
    """Ends known in closed form; the middle from Clopper and Pearson's beta quantiles."""
    found = share(times, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)
    assert found.value == times / of
