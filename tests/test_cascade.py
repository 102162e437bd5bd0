"""Targets broken down: whole amounts that add up exactly, at every level, whatever is given."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS

from simkit.planning.cascade import (
    Team,
    calendar,
    combined_shares,
    over_people,
    over_time,
    reconciled,
    split,
)

AMOUNTS = st.integers(0, 10**15)
WEIGHTS = st.floats(0, 1e300, allow_nan=False)
SOME_WEIGHT = st.lists(WEIGHTS, min_size=1, max_size=30).filter(any)
SHARES = st.floats(0, 1)


def adds_up(part):
    """Whether every part is the sum of its parts."""
    return all(
        each.amount == sum(inner.amount for inner in each.parts)
        for _, each in part.walk()
        if each.parts
    )


@LAWS
@given(AMOUNTS, SOME_WEIGHT)
def test_parts_add_up_and_each_is_its_share_rounded(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    whole = sum(map(Fraction, weights))
    for part, weight in zip(parts, weights, strict=True):
        exact = total * Fraction(weight) / whole
        assert math.floor(exact) <= part <= math.ceil(exact)


@LAWS
@given(AMOUNTS, SOME_WEIGHT, st.randoms(use_true_random=False))
def test_a_larger_weight_never_gets_less(total, weights, random):
    parts = split(total, weights)
    pairs = sorted(zip(weights, parts, strict=True))
    by_weight = {}
    for weight, part in pairs:
        by_weight.setdefault(weight, []).append(part)
    lists = list(by_weight.values())
    assert all(max(a) <= min(b) for a, b in pairwise(lists))
    assert all(max(same) - min(same) <= 1 for same in lists)


@pytest.mark.parametrize(
    ("total", "weights", "message"),
    [
        (10, [0.0, 0.0], "the weights are all zero"),
        (10, [], "nothing to split"),
        (10, [1.0, -1.0], "0 or more"),
        (10, [math.nan], "finite"),
        (-1, [1.0], "must be from 0"),
        (10**16, [1.0], r"must be from 0 to 1e\+15, is 10,000,000,000,000,000"),
        (1.5, [1.0], "a whole number"),
    ],
)
def test_what_cannot_be_split_is_refused(total, weights, message):
    with pytest.raises(ValueError, match=message):
        split(total, weights)


@st.composite
def years(draw):
    """A calendar with a season that may have dead weeks, and holidays."""
    weeks = draw(st.sampled_from([52, 53]))
    season = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0]), min_size=weeks, max_size=weeks))
    days = st.tuples(st.integers(1, weeks), st.integers(1, 5))
    return calendar(weeks, [*season[:-1], 1.0], draw(st.sets(days, max_size=40)) - {(weeks, 1)})


@LAWS
@given(AMOUNTS, years())
def test_a_year_adds_up_from_its_days(target, days):
    year = over_time(target, days)
    assert year.amount == target
    assert adds_up(year)
    assert len(year.level(1)) == 4
    assert len(year.level(2)) == 12
    assert len(year.level(4)) == len(days)


@LAWS
@given(AMOUNTS, years())
def test_nothing_is_expected_of_days_that_bring_nothing(target, days):
    for (*_, _name), part in over_time(target, days).walk():
        assert part.weight > 0 or part.amount == 0


def test_a_holiday_lowers_its_week_and_the_season_shapes_the_quarters():
    even = over_time(260_000, calendar())
    assert {day.amount for day in even.level(4)} == {1000}
    season = [2.0 if week < 13 else 1.0 for week in range(52)]
    first, *others = (q.amount for q in over_time(260_000, calendar(season=season)).parts)
    assert (first, others) == (104_000, [52_000] * 3)
    free = over_time(259_000, calendar(holidays=[(1, 1)]))
    assert [week.amount for week in free.level(3)[:2]] == [4000, 5000]


def test_the_last_month_of_a_long_year_has_the_53rd_week():
    lengths = [len(month.parts) for month in over_time(10**6, calendar(53)).level(2)]
    assert lengths == [4, 4, 5] * 3 + [4, 4, 6]


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"weeks": 51}, "52 or 53 weeks"),
        ({"season": [1.0] * 12}, "the season has 12 weeks, the year 52"),
        ({"holidays": [(53, 1)]}, "day 1 of week 53"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(given_, message):
    with pytest.raises(ValueError, match=message):
        calendar(**given_)


# People

CRITERIA = ("potential", "history", "ability")


@st.composite
def regions(draw):
    """Territories with reps, some without potential, history, or anybody."""
    values = st.sampled_from([0.0, 1.0, 2.5, 1e6])
    row = st.fixed_dictionaries(dict.fromkeys(CRITERIA, values))
    places = draw(st.integers(1, 12))
    return {
        f"t{i}": Team(draw(row), {f"t{i}-r{j}": draw(row) for j in range(draw(st.integers(0, 4)))})
        for i in range(places)
    }


MIXES = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.sampled_from([0.0, 0.3, 2.0]))).filter(
    lambda mix: any(mix.values())
)


@LAWS
@given(AMOUNTS, regions(), MIXES, st.sampled_from([0.0, 0.05, 0.9]))
def test_a_region_adds_up_from_its_reps_and_its_reserve(target, teams, mix, reserve):
    region = over_people(target, teams, mix, reserve)
    assert region.amount == target
    assert adds_up(region)
    kept = [part.amount for part in region.parts if part.name == "reserve"]
    assert sum(kept) == pytest.approx(target * reserve, abs=1 + 1e-9 * target)
    names = [path[-1] for path, part in region.walk() if len(path) == 3]
    assert names == [rep for team in teams.values() for rep in team.reps]


def test_three_hundred_territories_add_up():
    row = {"potential": 1.0, "history": 0.0, "ability": 1.0}
    teams = {
        f"t{i}": Team({**row, "potential": float(i)}, {f"t{i}-r{j}": row for j in range(7)})
        for i in range(300)
    }
    region = over_people(987_654_321, teams, {"potential": 2, "history": 1, "ability": 1}, 0.03)
    assert adds_up(region)
    assert len(region.parts) == 301


def test_criteria_count_by_weight_and_not_by_unit():
    money = {"a": 3e6, "b": 1e6}
    heads = {"a": 1.0, "b": 1.0}
    even = combined_shares({"money": money, "heads": heads}, {"money": 1, "heads": 1})
    assert even == pytest.approx({"a": 0.625, "b": 0.375})
    thousands = {name: value / 1e3 for name, value in money.items()}
    again = combined_shares({"money": thousands, "heads": heads}, {"money": 5, "heads": 5})
    assert again == pytest.approx(even)


def test_a_criterion_that_says_nothing_leaves_its_weight_to_the_others():
    nothing = {"a": 0.0, "b": 0.0}
    some = {"a": 3.0, "b": 1.0}
    both = combined_shares({"x": nothing, "y": some}, {"x": 9, "y": 1})
    assert both == {"a": 0.75, "b": 0.25}
    assert combined_shares({"x": nothing}, {"x": 1}) == {"a": 0.5, "b": 0.5}


@pytest.mark.parametrize(
    ("criteria", "weights", "message"),
    [
        ({"x": {"a": 1.0}}, {"x": 0.0}, "the weights are all zero"),
        ({"x": {"a": 1.0}}, {"x": -1.0}, "0 or more"),
        ({"x": {"a": -1.0}}, {"x": 1.0}, "x of a: must be 0 or more, is -1.0"),
        ({"x": {"a": 1.0}, "y": {"b": 1.0}}, {"x": 1.0}, "y: must be known for all alike; see a"),
        ({"x": {}}, {"x": 1.0}, "nobody to give the target to"),
    ],
)
def test_criteria_that_make_no_sense_are_refused(criteria, weights, message):
    with pytest.raises(ValueError, match=message):
        combined_shares(criteria, weights)


@LAWS
@given(st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 1e9)), min_size=1), SHARES)
def test_listening_moves_targets_and_not_their_total(pairs, listen):
    top = {f"r{i}": amount for i, (amount, _) in enumerate(pairs)}
    bottom = {f"r{i}": guess for i, (_, guess) in enumerate(pairs)}
    targets = reconciled(top, bottom, listen)
    assert sum(targets.values()) == sum(top.values())
    if listen == 0:
        assert targets == top


def test_listening_to_all_takes_their_proportions():
    assert reconciled({"a": 50, "b": 50}, {"a": 30.0, "b": 10.0}, 1.0) == {"a": 75, "b": 25}
    assert reconciled({"a": 50, "b": 50}, {"a": 30.0, "b": 10.0}, 0.5) == {"a": 63, "b": 37}
