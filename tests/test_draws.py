"""Keyed chance: rows that nobody else can shift, uniform and independent, the same next year."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS
from scipy import stats

from simkit.region.draws import (
    Clock,
    Draws,
    Stream,
    duration,
    entity_number,
    exponential,
    gamma,
    lognormal,
    sigma_of,
    spread,
)

SURPRISE = 1e-4
"""A test of chance fails when what it sees had less than this probability. Seeds are fixed."""


def table(purpose="orders", seed=1, replication=0):
    return Draws(seed, replication).table(purpose)


def rows_of(count, columns=8, **key):
    """Rows of entities with names as in a region."""
    drawn = table(**key)
    return np.array([drawn.row(entity_number(f"north-{i:04d}"), 0, columns) for i in range(count)])


# The same next year


def test_the_bits_are_pinned():
    """Computed once, when the engine was new: a change here breaks every saved game."""
    entity = entity_number("north-0001")
    assert entity == 2075070236955077750
    row = table().row(entity, 0, 3)
    assert [x.hex() for x in row] == [
        "0x1.a6e563814341bp-1",
        "0x1.1e8dfea1737b3p-1",
        "0x1.034837c15999bp-1",
    ]
    assert table().row(entity, 1, 2).tolist() == [0.566007477105598, 0.2753008785081975]
    assert table(replication=1).one(7) == 0.20832153220188399
    assert table("leads", seed=2).one(7) == 0.5059633278865504
    stream = Stream(table("lead gaps"), "north")
    assert [stream.next(), stream.next()] == [0.6056143519674227, 0.634529728096601]


# Rows


@LAWS
@given(
    st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 1000)), min_size=1, unique=True),
    st.randoms(use_true_random=False),
)
def test_a_row_does_not_depend_on_what_was_asked_before(asked, random):
    first, second = table(), table()
    rows = {key: first.row(*key, 12).tolist() for key in asked}
    random.shuffle(asked)
    assert all(second.row(*key, 12).tolist() == rows[key] for key in asked)


@LAWS
@given(st.integers(0, 2**64 - 1), st.integers(0, 1000), st.integers(1, 100))
def test_a_shorter_row_is_the_beginning_of_a_longer_one(entity, block, count):
    assert (
        table().row(entity, block, count).tolist()
        == table().row(entity, block, 100)[:count].tolist()
    )
    assert table().one(entity, block) == table().row(entity, block, 1)[0]


def test_every_part_of_the_key_counts():
    keys = [
        ("orders", 1, 0),
        ("orders", 1, 1),
        ("orders", 2, 0),
        ("leads", 1, 0),
        ("orders", 11, 0),
    ]
    rows = [
        table(*key).row(entity, block, 4) for key in keys for entity in (5, 6) for block in (0, 1)
    ]
    assert len({tuple(row) for row in rows}) == len(rows)
    assert np.unique(rows).size == 4 * len(rows)


def test_a_stream_is_the_row_of_its_entity():
    stream = Stream(table(), "kim")
    drawn = [stream.next() for _ in range(2 * Stream.SIZE + 5)]
    blocks = [table().row(entity_number("kim"), block, Stream.SIZE) for block in range(3)]
    assert drawn == np.concatenate(blocks)[: len(drawn)].tolist()


def test_streams_of_one_table_do_not_disturb_each_other():
    shared = table()
    one, other = Stream(shared, "kim"), Stream(shared, "lee")
    mixed = [(one.next(), other.next()) for _ in range(200)]
    alone = Stream(table(), "kim"), Stream(table(), "lee")
    assert mixed == [(alone[0].next(), alone[1].next()) for _ in range(200)]


# Uniform and independent


@pytest.mark.parametrize("axis", ["entities", "columns", "blocks", "seeds", "replications"])
def test_draws_are_uniform_in_every_direction(axis):
    entity = entity_number("north-0001")
    drawn = {
        "entities": lambda: rows_of(4000, 1).ravel(),
        "columns": lambda: table().row(entity, 0, 4000),
        "blocks": lambda: np.array([table().one(entity, block) for block in range(4000)]),
        "seeds": lambda: np.array([table(seed=seed).one(entity) for seed in range(4000)]),
        "replications": lambda: np.array([table(replication=r).one(entity) for r in range(4000)]),
    }[axis]()
    assert 0 < drawn.min() < drawn.max() < 1
    assert stats.kstest(drawn, "uniform").pvalue > SURPRISE
    assert stats.chisquare(np.bincount((drawn * 50).astype(int), minlength=50)).pvalue > SURPRISE
    pairs = np.histogram2d(drawn[:-1], drawn[1:], bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > SURPRISE


def test_neighbours_are_not_correlated():
    """Neither neighbouring entities nor columns, blocks, seeds, replications or purposes."""
    drawn = rows_of(5000)
    others = {
        "entity": np.roll(drawn, 1, axis=0),
        "column": np.roll(drawn, 1, axis=1),
        "seed": rows_of(5000, seed=2),
        "replication": rows_of(5000, replication=1),
        "purpose": rows_of(5000, purpose="leads"),
    }
    limit = stats.norm.isf(SURPRISE / 2) / math.sqrt(drawn.size)
    for name, other in others.items():
        assert abs(np.corrcoef(drawn.ravel(), other.ravel())[0, 1]) < limit, name


def test_numbers_of_entities_do_not_collide():
    names = [f"{place}-{kind}{i}" for place in "ab" for kind in ("", "r", "L") for i in range(9999)]
    assert len({entity_number(name) for name in names}) == len(names)


# Values


@pytest.mark.parametrize(
    ("value", "law"),
    [
        (exponential, stats.expon()),
        (lambda u: lognormal(u, 0.6), stats.lognorm(0.6, scale=math.exp(-0.18))),
        (lambda u: gamma(u, 0.5), stats.gamma(0.5, scale=2)),
        (lambda u: gamma(u, 1.0), stats.expon()),
        (lambda u: duration(u, "exponential", 0), stats.expon()),
        (lambda u: duration(u, "lognormal", 1), stats.lognorm(sigma_of(1), scale=0.5**0.5)),
    ],
)
def test_values_are_the_quantiles_of_their_law_and_have_mean_one(value, law):
    assert law.mean() == pytest.approx(1)
    for u in (1e-12, 0.01, 0.5, 0.99, 1 - 1e-12):
        assert value(u) == pytest.approx(law.ppf(u), rel=1e-6)


def test_a_duration_without_spread_is_constant():
    assert {duration(u, "constant", 0.7) for u in (0.1, 0.9)} == {1.0}
    assert {duration(u, "lognormal", 0.0) for u in (0.1, 0.9)} == {1.0}


# Clock


def happenings(intensities):
    """The total intensity that had passed at each happening."""
    clock, passed, found = Clock(Stream(table("gaps"), "north")), 0.0, []
    for intensity in intensities:
        shares = clock.run(intensity)
        assert all(0 < share <= 1 for share in shares)
        found += [passed + share * intensity for share in shares]
        passed += intensity
    return found


@LAWS
@given(st.lists(st.sampled_from([0.0, 0.001, 0.2, 1.0, 7.0]), max_size=60))
def test_a_changed_rate_moves_dates_but_never_luck(intensities):
    """Measured in intensity, happenings come at the same places however fast it passes."""
    steady = happenings([1.0] * math.ceil(sum(intensities) + 1))
    changing = happenings(intensities)
    assert changing == pytest.approx(steady[: len(changing)], rel=1e-9)
    assert len(changing) in {
        sum(place <= sum(intensities) + d for place in steady) for d in (-1e-9, 1e-9)
    }


def test_a_clock_is_a_poisson_stream():
    found = np.array(happenings([0.37] * 10_000))
    assert stats.kstest(np.diff(found), "expon").pvalue > SURPRISE
    counts = np.bincount(found.astype(int), minlength=3700)
    seen = np.bincount(np.minimum(counts, 5), minlength=6)
    chances = [*stats.poisson.pmf(range(5), 1), stats.poisson.sf(4, 1)]
    assert stats.chisquare(seen, np.array(chances) * counts.size).pvalue > SURPRISE


def test_nothing_happens_without_intensity():
    clock = Clock(Stream(table("gaps"), "north"))
    assert [clock.run(0.0) for _ in range(100)] == [[]] * 100


# Even spread


@LAWS
@given(st.floats(0, 1, exclude_max=True), st.integers(0, 2), st.integers(1, 300))
def test_a_spread_lies_inside_and_extends_without_moving(shift, axis, count):
    points = [spread(shift, i, axis) for i in range(count)]
    assert all(0 < point < 1 for point in points)
    assert points == [spread(shift, i, axis) for i in range(count + 50)][:count]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("count", "share"), [(20, 0.7), (200, 0.4), (2000, 0.2)])
def test_a_spread_is_much_more_even_than_chance(axis, count, share):
    """Largest distance from the uniform distribution; chance reaches about 0.87 / sqrt(n)."""
    for shift in (0.0, 0.123, 0.35, 0.5, 0.77):
        points = [spread(shift, i, axis) for i in range(count)]
        distance = stats.kstest(points, "uniform").statistic
        assert distance < share * 0.87 / math.sqrt(count)


def test_spreads_fill_the_square_evenly():
    """Rate and value of customers: pairs of the first two axes, more even than chance."""
    points = np.array([[spread(0.3, i, 0), spread(0.6, i, 1)] for i in range(1000)])
    chance = table().row(1, 0, 2000).reshape(1000, 2)
    even, random = (stats.qmc.discrepancy(p) for p in (points, chance))
    assert even < 0.2 * random
