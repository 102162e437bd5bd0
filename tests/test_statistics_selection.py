"""Comparing and selecting: published constants, laws, chances of being right, known slips."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simkit.study.intervals import paired_difference
from simkit.study.statistics.constants import dunnett_constant, h1, largest_t, rinott
from simkit.study.statistics.multiple import dunnett, mcb, residual_variance
from simkit.study.statistics.screening import screen
from simkit.study.statistics.selection import KimNelson, clean_up, eta, ocba, two_stage

QUICK = settings(max_examples=30, deadline=None)
NUMBERS = st.integers(-1000, 1000).map(float)
TABLES = st.integers(2, 5).flatmap(
    lambda arms: st.lists(st.lists(NUMBERS, min_size=arms, max_size=arms), min_size=3, max_size=12)
)


def chance(*key):
    return np.random.Generator(np.random.Philox(key=[42, *key][:2]))


def named(table):
    return {
        f"p{i}": [float(v) for v in column] for i, column in enumerate(zip(*table, strict=True))
    }


def near(x):
    return pytest.approx(x, rel=1e-9, abs=1e-6)


def select(selection, sample):
    """Play a selection to its end; `sample(world)` gives the results by name."""
    for world in range(50_000):
        if not selection.wants():
            return selection
        selection.take(sample(world))
    raise AssertionError("the selection does not end")


# Constants


@pytest.mark.parametrize(
    ("others", "printed"), [(2, 1.916), (3, 2.062), (4, 2.160), (5, 2.234), (9, 2.417)]
)
def test_dunnett_constants_are_the_printed_ones(others, printed):
    assert round(dunnett_constant(others), 3) == printed


@pytest.mark.parametrize(
    ("arms", "printed"), [(2, 1.896), (3, 2.342), (4, 2.583), (5, 2.747), (10, 3.182)]
)
def test_two_stage_constants_are_the_printed_ones(arms, printed):
    assert round(h1(0.90, 20, arms), 3) == printed


@pytest.mark.parametrize("freedom", [1, 2, 9, 200])
def test_the_largest_of_one_is_student(freedom):
    assert dunnett_constant(1, freedom) == pytest.approx(stats.t.ppf(0.95, freedom), rel=1e-8)
    twice = dunnett_constant(1, freedom, sides=2)
    assert twice == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-8)


def test_correlations_are_products_of_loadings():
    assert largest_t((0.0,) * 4, math.inf) == near(stats.norm.ppf(0.95**0.25))
    for loading in (0.5, 0.9, 0.999):
        constant = largest_t((loading,) * 2, math.inf)
        both = stats.multivariate_normal([0, 0], [[1, loading**2], [loading**2, 1]])
        assert both.cdf([constant, constant]) == pytest.approx(0.95, abs=1e-6)


@pytest.mark.parametrize("first", [3, 10, 20])
def test_the_constant_of_rinott_is_that_of_dudewicz_and_dalal_for_two(first):
    assert rinott(0.95, first, 2) == pytest.approx(h1(0.95, first, 2), rel=1e-8)
    assert rinott(0.95, first, 5) > h1(0.95, first, 5)


def test_the_constant_of_rinott_tends_to_that_of_bechhofer_for_many_worlds():
    known = [rinott(0.95, first, 10) for first in (200, 2000, 20000)]
    limit = math.sqrt(2) * stats.norm.ppf(0.95 ** (1 / 9))
    assert known[0] > known[1] > known[2] > limit
    assert known[2] == pytest.approx(limit, rel=1e-4)


def test_kim_and_nelson_eta():
    """By hand for alpha .05, 10 arms, 10 worlds: ln 90 = 4.49981, e^(4.49981 * 2 / 9) = 2.71817."""
    assert eta(0.05, 10, 10) == near(0.5 * (math.exp(-2 / 9 * math.log(0.1 / 9)) - 1))
    assert eta(0.05, 10, 10) == pytest.approx(0.859085, abs=5e-6)
    assert eta(0.05, 2, 3) == near(0.5 * (10 - 1))


# Multiple comparisons


@QUICK
@given(TABLES, st.booleans())
def test_best_intervals_follow_shift_and_mirror(table, pooled):
    results = named(table)
    moved = {name: [7.0 + 3.0 * v for v in values] for name, values in results.items()}
    mirrored = {name: [-v for v in values] for name, values in results.items()}
    up, more = mcb(results, pooled=pooled), mcb(moved, pooled=pooled)
    down = mcb(mirrored, "lower", pooled=pooled)
    for name, (low, high) in up.items():
        assert low <= 0.0 <= high
        assert more[name] == (near(3 * low), near(3 * high))
        assert down[name] == (near(-high), near(-low))


def test_two_are_compared_by_the_paired_interval_of_student():
    results = named(chance(1).normal([0.0, 0.4], 1.0, (12, 2)))
    found = paired_difference(
        [a - b for a, b in zip(results["p0"], results["p1"], strict=True)], 0.90
    )
    for pooled in (True, False):
        low, high = mcb(results, pooled=pooled)["p0"]
        assert (low, high) == (near(min(0, found.low)), near(max(0, found.high)))


def test_the_common_variance_is_half_that_of_differences():
    results = named(chance(2).normal(size=(9, 2)))
    d = [a - b for a, b in zip(*results.values(), strict=True)]
    assert 2 * residual_variance(results) == near(np.var(d, ddof=1))


def covered(means, sds, pooled, runs=500, worlds=15):
    arms, hits = len(means), 0
    true = [mean - max(means[:i] + means[i + 1 :]) for i, mean in enumerate(means)]
    for run in range(runs):
        random = chance(run)
        table = random.normal(size=(worlds, arms)) * sds + means + random.normal(size=(worlds, 1))
        found = [*mcb(named(table), pooled=pooled).values()]
        hits += all(low <= d <= high for (low, high), d in zip(found, true, strict=True))
    return hits / runs, math.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize("pooled", [True, False])
def test_best_intervals_hold_together_when_all_are_alike(pooled):
    share, error = covered([0.5, 0.0, 0.0, 0.0], [1.0] * 4, pooled, runs=300)
    assert share >= 0.95 - 3 * error


def test_best_intervals_hold_when_differences_are_unlike_and_one_variance_would_not():
    alike, wild = [0.01] * 4 + [3.0], [0.0] * 4 + [2.0]
    share, error = covered(wild, alike, pooled=False)
    assert share >= 0.95 - 3 * error
    assert covered(wild, alike, pooled=True)[0] < 0.95 - 3 * error


def test_undefined_worlds_are_left_out_for_all():
    results = {"a": [1.0, math.nan, 3.0, 5.0], "b": [2.0, 2.0, 2.0, math.nan]}
    assert mcb(results) == mcb({"a": [1.0, 3.0], "b": [2.0, 2.0]})
    with pytest.raises(ValueError, match="fewer than 2 worlds"):
        mcb({"a": [1.0, math.nan], "b": [2.0, 2.0]})


@pytest.mark.parametrize(
    ("results", "message"),
    [
        ({"a": [1.0, 2.0]}, "2 or more"),
        ({"a": [1.0, 2.0], "b": [1.0]}, "same worlds"),
        ({}, "2 or more"),
    ],
)
def test_what_cannot_be_compared_is_refused(results, message):
    with pytest.raises(ValueError, match=message):
        mcb(results)
    with pytest.raises(ValueError, match="no best"):
        mcb({"a": [1.0, 2.0], "b": [1.0, 3.0]}, "in_band")


def test_dunnett_intervals_are_those_of_scipy():
    random = chance(3)
    samples = {"old": 9, "a": 12, "b": 7, "c": 9}
    results = {name: random.normal(i, 2, n).tolist() for i, (name, n) in enumerate(samples.items())}
    found = dunnett(results, "old")
    known = stats.dunnett(
        results["a"], results["b"], results["c"], control=results["old"], random_state=1
    ).confidence_interval()
    for i, name in enumerate("abc"):
        assert found[name].low == pytest.approx(known.low[i], abs=5e-3)
        assert found[name].high == pytest.approx(known.high[i], abs=5e-3)
    with pytest.raises(ValueError, match="no control 'new'"):
        dunnett(results, "new")
    with pytest.raises(ValueError, match="too few"):
        dunnett({"a": [1.0], "b": [2.0]}, "a")


# Screening


@QUICK
@given(TABLES)
def test_screening_keeps_the_best_mean_and_more_when_it_must_be_surer(table):
    results = named(table)
    kept = screen(results, alpha=0.2)
    assert max(results, key=lambda name: sum(results[name])) in kept
    assert set(kept) <= set(screen(results, alpha=0.01))
    assert kept == screen({n: [5 - 2 * v for v in vs] for n, vs in results.items()}, "lower", 0.2)


def test_screening_drops_who_is_surely_worse_and_nobody_by_undefined_worlds():
    results = {"a": [10.0, 11.0, 12.0], "b": [1.0, 2.1, 3.0], "c": [math.nan, 11.0, math.nan]}
    assert screen(results) == ("a", "c")
    assert screen(results, "lower") == ("b", "c")
    assert screen({"a": [1.0, 1.0], "b": [1.0, 1.0]}) == ("a", "b")
    assert screen({"only": [1.0]}) == ("only",)


def test_the_best_is_kept():
    runs, kept = 400, 0
    for run in range(runs):
        table = chance(run).normal([0.3, 0, 0, 0, 0], 1.0, (10, 5))
        kept += "p0" in screen(named(table))
    assert kept / runs >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / runs)


# Selection


def slippage(run, sds, delta=1.0, common=0.0):
    """Return a sampler: the first is best by `delta`."""
    random = chance(run)
    arms = len(sds)

    def sample(world):
        table = random.normal(size=arms) * sds + common * random.normal()
        return {f"p{i}": v + delta * (i == 0) for i, v in enumerate(table.tolist())}

    return sample


@pytest.mark.parametrize(
    ("sds", "first"), [((0.5, 8, 0.5, 8, 0.5), 10), ((2, 2, 2), 3), ((1.0,) * 8, 10)]
)
def test_the_best_is_selected_as_often_as_promised(sds, first):
    """The first has pairs of very unlike variances: taking one pair's for another's fails there."""
    runs = 60
    names = [f"p{i}" for i in range(len(sds))]
    right = [
        select(KimNelson(names, 1.0, 0.05, first), slippage(run, sds)).best == "p0"
        for run in range(runs)
    ]
    assert sum(right) / runs >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / runs)


def by_the_paper(table, delta, alpha, first):
    """Kim and Nelson 2001, steps as printed, on all results at once: the best and the worlds."""
    arms = table.shape[1]
    spread = np.array([[np.var(a - b, ddof=1) for a in table[:first].T] for b in table[:first].T])
    h2 = 2 * eta(alpha, arms, first) * (first - 1)
    last = int(np.floor(h2 * spread / delta**2).max())
    left, r = list(range(arms)), first
    while True:
        means = table[:r].mean(axis=0)
        if r > last:
            return max(left, key=lambda i: means[i]), r
        reach = np.maximum(0, delta / (2 * r) * (h2 * spread / delta**2 - r))
        left = [i for i in left if all(means[i] >= means[j] - reach[i, j] for j in left)]
        if len(left) == 1:
            return left[0], r
        r += 1


@pytest.mark.parametrize(
    ("means", "sds", "delta"),
    [
        ([1, 0, 0, 0, 0], [0.5, 8, 0.5, 8, 0.5], 2.0),
        ([0, 0, 0], [0.1, 3, 3], 1.0),
        ([0, 0.2], [1, 1], 1.5),
    ],
)
@pytest.mark.parametrize("first", [4, 10])
def test_selection_follows_the_paper_step_by_step(means, sds, delta, first):
    for run in range(6):
        table = chance(run).normal(means, sds, (4000, len(means)))
        names = [f"p{i}" for i in range(len(means))]
        worlds = named(table)
        found = select(
            KimNelson(names, delta, first=first), lambda r, w=worlds: {n: w[n][r] for n in w}
        )
        best, r = by_the_paper(table, delta, 0.05, first)
        assert (found.best, found.worlds) == (names[best], r)


def test_selection_uses_the_variance_of_each_pair():
    """Two clones that differ by a constant are told apart at once, though both swing wildly."""
    swing = chance(5).normal(0, 100, 200).tolist()
    found = select(KimNelson(["a", "b"], 1.0), lambda r: {"a": swing[r], "b": swing[r] + 2})
    assert (found.best, found.worlds, found.played) == ("b", 10, 20)


def test_selection_ends_when_both_that_are_left_would_drop():
    """Equal in every world: neither is behind, and the first name is as good as the second."""
    found = select(KimNelson(["a", "b"], 1.0), lambda r: {"a": 5.0, "b": 5.0})
    assert (found.best, found.worlds) == ("a", 10)
    # The two take turns with the same luck: their totals are equal after each even world.
    swing = lambda r: {"a": (-1.0) ** r, "b": -((-1.0) ** r)}  # noqa: E731
    turned = select(KimNelson(["a", "b"], 0.5), swing)
    last = math.floor(2 * eta(0.05, 2, 10) * 9 * (4 * 10 / 9) / 0.5**2)
    assert turned.worlds <= last + 1
    for run in range(20):
        assert select(KimNelson(["p0", "p1"], 1.0, first=3), slippage(run, (2, 2), 0.0)).best


def test_less_is_better_too_and_mirrors():
    for run in range(5):
        up = select(KimNelson(["p0", "p1", "p2"], 0.5), slippage(run, (1, 1, 1)))
        sample = slippage(run, (1, 1, 1))
        down = select(
            KimNelson(["p0", "p1", "p2"], 0.5, better="lower"),
            lambda world, sample=sample: {n: 1e9 - v for n, v in sample(world).items()},
        )
        assert (up.best, up.worlds) == (down.best, down.worlds)


def test_worlds_played_ahead_change_nothing_and_the_dropped_are_not_wanted():
    names = ["p0", "p1", "p2", "p3"]
    sample = slippage(9, (1, 1, 1, 1), 0.6)
    worlds = [sample(r) for r in range(400)]
    one = select(KimNelson(names, 0.5), lambda r: worlds[r])
    seen, other = [], KimNelson(names, 0.5)
    while names := other.wants():
        seen.append(len(names))
        other.take({name: worlds[other.worlds][name] for name in names})
    assert (one.best, one.worlds, one.played) == (other.best, other.worlds, sum(seen))
    assert seen == sorted(seen, reverse=True) and seen[0] == 4 and seen[-1] < 4
    one.take({})
    assert one.worlds == other.worlds and one.soon == 0


def test_undefined_worlds_are_left_out_until_there_are_too_many():
    luck = chance(8).normal(size=1000).tolist()
    undefined = lambda r: {"a": math.nan if r % 3 == 0 else luck[r], "b": 3.0}  # noqa: E731
    found = select(KimNelson(["a", "b"], 1.0), undefined)
    assert found.best == "b" and found.undefined > 0
    with pytest.raises(ValueError, match="undefined in most worlds"):
        select(KimNelson(["a", "b"], 1.0), lambda r: {"a": math.nan, "b": 1.0})
    with pytest.raises(ValueError, match="no result for b in world 1"):
        KimNelson(["a", "b"], 1.0).take({"a": 1.0})


@pytest.mark.parametrize(
    "given",
    [
        {"names": []},
        {"names": ["a", "a"]},
        {"delta": 0.0},
        {"delta": math.nan},
        {"alpha": 0.6},
        {"alpha": 0.0},
        {"first": 1},
        {"better": "in_band"},
    ],
)
def test_a_selection_that_cannot_be_meant_is_refused(given):
    with pytest.raises(ValueError):
        KimNelson(**{"names": ["a", "b"], "delta": 1.0, **given})


def test_one_name_needs_no_selection():
    assert (KimNelson(["a"], 1.0).best, KimNelson(["a"], 1.0).wants()) == ("a", ())


def test_the_clean_up_starts_with_the_leaders_of_the_search():
    results = {"a": [10.0, 11.0, 12.0, 11.0], "b": [1.0, 2.1, 3.0, 2.0], "c": [9.0, 11.5, 13, 10]}
    found = clean_up(results, 0.5)
    assert found.wants() == ("a", "c") and found.worlds == 0
    luck = chance(11).normal(size=(1000, 2)).tolist()
    assert select(found, lambda r: {"a": luck[r][0], "c": 2 + luck[r][1]}).best == "c"


# Budgets


def test_budgets_by_hand():
    """d = 2 and 1: 1/4 : 1 : sqrt(1/16 + 1)."""
    found = ocba({"a": 1.0, "b": 2.0, "c": 3.0}, dict.fromkeys("abc", 1.0), 228)
    assert found == {"a": 25, "b": 100, "c": 103}


@QUICK
@given(
    st.lists(st.tuples(NUMBERS, st.integers(0, 50).map(float)), min_size=2, max_size=6),
    st.integers(0, 500),
)
def test_budgets_are_spent_and_know_neither_place_nor_unit(arms, total):
    means = {f"p{i}": m for i, (m, _) in enumerate(arms)}
    sds = {f"p{i}": s for i, (_, s) in enumerate(arms)}
    found = ocba(means, sds, total)
    assert sum(found.values()) == total and min(found.values()) >= 0
    moved = ocba(
        {n: 64 - 4 * m for n, m in means.items()},
        {n: 4 * s for n, s in sds.items()},
        total,
        "lower",
    )
    assert moved == found


def test_two_stages():
    constant = rinott(0.95, 20, 2)
    found = two_stage({"a": 1.0, "b": 20.0}, 2.0)
    assert found == {"a": 20, "b": math.ceil((10 * constant) ** 2)}
