"""How likely a plan is: laws, exact where it was played, and as often true as it says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS, changed, lively

from simkit.region.decision import starting_decision
from simkit.scenario.library import load_scenario
from simkit.study.attainability import LEVELS, Outlook, outlook, play_plan
from simkit.study.attainment_curve import curve, interval, met
from simkit.study.cache import FOLDER
from simkit.study.evidence import attainment
from simkit.study.ranking import share

WORLDS = 12
SHARES = st.floats(0.0, 2.5)


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def region():
    """A small region with four reps of whom nobody leaves."""
    return changed(lively(2), turnover={"on": False})


@pytest.fixture(scope="module")
def seen(region):
    return outlook(region, WORLDS, 1)


def plan(seen, *shares):
    """Quotas as shares of the neutral ones; the last share is for all that follow."""
    places = zip(seen.neutral.items(), [*shares, *[shares[-1]] * 9], strict=False)
    return {rep: share * neutral for (rep, neutral), share in places}


# Against what is played


@pytest.mark.parametrize("level", LEVELS)
def test_a_plan_on_a_level_is_what_playing_it_gives(region, seen, level):
    quotas = plan(seen, level)
    played = play_plan(region, starting_decision(region).but(quota=quotas), WORLDS, 1)
    judged = seen.judge(quotas)
    for mine, true in zip(
        [judged.region, *judged.reps.values(), *judged.territories.values()],
        [played.region, *played.reps.values(), *played.territories.values()],
        strict=True,
    ):
        assert (mine.value, mine.low, mine.high) == (true.value, true.low, true.high)
        assert mine.expected == pytest.approx(true.expected, rel=1e-12)
        assert mine.pay == pytest.approx(true.pay, rel=1e-12)


def test_two_processes_give_the_same_outlook_and_every_world_is_its_own(region, seen):
    grown = []
    again = outlook(region.but(name=region.name), 3, 2, 10_004, show=grown.append)
    assert (again.played == outlook(region, 3, 1, 10_004).played).all()
    assert len({world.tobytes() for world in seen.played}) == WORLDS
    assert sorted({one.worlds for one in grown}) == [1, 2, 3]
    assert grown[0].judge(grown[0].neutral).worlds == 1


def test_talks_are_left_out_of_the_outlook_and_played_in_a_plan():
    scenario = load_scenario("target_workshop").but(warm_up_weeks=13)
    start = starting_decision(scenario)
    reps = [rep.id for rep in scenario.reps]
    hard = start.but(quota=dict.fromkeys(reps, 2e6), target_talks=dict.fromkeys(reps, "announced"))
    told = play_plan(scenario, hard, 5, 1)
    silent = play_plan(scenario.but(talks=None), hard, 5, 1)
    assert told.region.expected < silent.region.expected
    assert told.region.effort is None and told.worlds == 5


def test_a_rep_without_a_quota_of_its_own_has_the_engines(region):
    found = play_plan(region, starting_decision(region), 4, 1)
    assert all(chance.expected > 0 for chance in found.reps.values())
    assert 0 < found.region.pay < found.region.expected


# Laws


@LAWS
@given(SHARES, SHARES, st.floats(0.5, 2))
def test_more_quota_never_raises_the_chance(seen, one, other, colleagues):
    low, high = sorted((one, other))
    easy, hard = (seen.judge(plan(seen, quota, colleagues)) for quota in (low, high))
    rep = next(iter(seen.neutral))
    assert easy.reps[rep].value >= hard.reps[rep].value


@LAWS
@given(SHARES, st.floats(0, 3), st.floats(0, 3))
def test_a_higher_target_of_the_region_or_a_territory_is_less_likely(seen, quota, one, other):
    quotas, whole = plan(seen, quota), math.fsum(seen.neutral.values())
    low, high = (
        seen.judge(quotas, share * whole, {"north": share * whole / 2})
        for share in sorted((one, other))
    )
    assert low.region.value >= high.region.value
    assert low.territories["north"].value >= high.territories["north"].value
    assert low.territories["east"] == high.territories["east"]


@LAWS
@given(st.lists(SHARES, min_size=4, max_size=4))
def test_parts_add_up_and_intervals_hold_their_chance(seen, shares):
    found = seen.judge(plan(seen, *shares))
    sums = [
        math.fsum(c.expected for c in part.values()) for part in (found.reps, found.territories)
    ]
    assert sums == pytest.approx([found.region.expected] * 2)
    for chance in [found.region, *found.reps.values(), *found.territories.values()]:
        assert 0 <= chance.low <= chance.value <= chance.high <= 1
        assert chance.worlds == found.worlds == WORLDS


@LAWS
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_quota_for_a_chance_has_that_chance_and_a_surer_one_is_lower(seen, one, other):
    for rep in seen.neutral:
        quotas = [seen.quota_for(rep, chance) for chance in sorted((one, other))]
        assert quotas[0] >= quotas[1] >= 0
        said = seen.judge({**seen.neutral, rep: seen.quota_for(rep, one)}).reps[rep].value
        assert abs(said - one) <= 1 / WORLDS


def test_neutral_quotas_are_the_measure_of_effort(seen):
    usual = seen.judge(seen.neutral)
    assert {chance.effort for chance in usual.reps.values()} == {1.0}
    assert seen.judge(plan(seen, 9.0)).region.effort < 1


def test_no_quota_is_always_reached_and_a_fantastic_one_never(seen):
    for quota, chance in ((0.0, 1.0), (1e12, 0.0)):
        found = seen.judge(dict.fromkeys(seen.neutral, quota))
        assert {one.value for one in found.reps.values()} == {chance}
        assert found.region.value == chance


BAD = {
    "not a number": (math.nan, "quota of north-r1: give a number from 0"),
    "negative": (-1.0, "quota of north-r1: give a number from 0"),
    "infinite": (math.inf, "quota of north-r1: give a number from 0"),
    "text": ("much", "quota of north-r1: give a number from 0"),
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_quota_is_named(seen, why):
    value, message = BAD[why]
    with pytest.raises(ValueError, match=message):
        seen.judge({**seen.neutral, "north-r1": value})


def test_what_is_missing_or_unknown_is_named(seen, region):
    with pytest.raises(ValueError, match="quota: none for north-r1, north-r2, east-r1, east-r2"):
        seen.judge({})
    with pytest.raises(ValueError, match="quota: no 'north-r11', did you mean 'north-r1"):
        seen.judge({**seen.neutral, "north-r11": 1})
    with pytest.raises(ValueError, match="target of region"):
        seen.judge(seen.neutral, -1)
    with pytest.raises(ValueError, match="target: no 'nort'"):
        seen.judge(seen.neutral, None, {"nort": 1})
    with pytest.raises(ValueError, match="no rep 'x'"):
        seen.quota_for("x", 0.5)
    for chance in (0, 1, math.nan):
        with pytest.raises(ValueError, match="chance: give a share"):
            seen.quota_for("north-r1", chance)
    with pytest.raises(ValueError, match="worlds: give 1 or more"):
        outlook(region, 0)
    with pytest.raises(ValueError, match="independent regions"):
        outlook(load_scenario("national"), 1, 1)


def test_a_territory_without_customers_or_reps_is_judged_too(region):
    places = [region.territories[0], region.territories[1].but(customers=0, reps=0)]
    empty = region.but(territories=[place.but(leads_per_week=0) for place in places])
    found = outlook(empty, 2, 1).judge({"north-r1": 1e3, "north-r2": 1e3})
    assert found.territories["east"].expected == 0 and found.territories["east"].value == 1
    idle = region.but(
        territories=[p.but(customers=0, leads_per_week=0) for p in region.territories]
    )
    nobody_buys = outlook(idle, 2, 1)
    assert nobody_buys.judge(dict.fromkeys(nobody_buys.neutral, 1e3)).region.value == 0


# Growing, stopping, keeping


def test_the_outlook_is_kept_and_a_damaged_file_is_computed_anew(region, monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path))
    told = []
    one = outlook(region, 2, 1, tell=lambda *step: told.append(step))
    assert told[0] == (0, 2) and told[-1] == (2, 2) and told == sorted(told)
    (file,) = tmp_path.iterdir()
    shown = []
    kept = outlook(region, 2, 1, show=shown.append)
    assert len(shown) == 1 and (kept.played == one.played).all() and kept.team == one.team
    assert kept.judge(kept.neutral) == one.judge(one.neutral)
    file.write_text(file.read_text("utf-8").replace("1", "2"), "utf-8")
    assert (outlook(region, 2, 1).played == one.played).all()


def test_who_stops_it_leaves_nothing_half_done(region, monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path))

    def stop(grown):
        if grown.worlds == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        outlook(region, 9, 1, show=stop)
    assert not list(tmp_path.iterdir())


def test_an_outlook_of_another_form_is_not_taken(seen):
    packed = seen.pack()
    with pytest.raises(ValueError, match="not an outlook"):
        Outlook.unpack({**packed, "played": [[[[1.0]]]]})


# The curve


@LAWS
@given(st.integers(0, 2**31), st.integers(1, 60))
def test_a_curve_never_rises_and_is_exact_at_its_levels(seed, worlds):
    levels = [60.0, 90.0, 110.0, 140.0]
    sales = 100 + 30 * np.random.default_rng(seed).standard_normal((worlds, 4))
    found = curve(levels, sales)
    counts = [found.count(quota) for quota in np.linspace(0, 250, 501)]
    assert counts == sorted(counts, reverse=True)
    assert [found.count(quota) for quota in levels] == found.counts
    alone = (sales >= np.array(levels)).sum(axis=0)
    assert found.counts == [min(alone[: i + 1]) for i in range(4)]


def test_a_curve_of_normal_sales_is_the_normal_curve():
    from scipy.stats import norm

    sales = np.repeat(norm.ppf((np.arange(4000) + 0.5) / 4000, 100, 20)[:, None], 3, axis=1)
    found = curve([70.0, 100.0, 140.0], sales)
    for chance in (0.03, 0.2, 0.5, 0.8, 0.97):
        assert found.quota(chance) == pytest.approx(norm.isf(chance, 100, 20), abs=0.1)


@LAWS
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30, unique=True), st.floats(1, 1e6), st.data()
)
def test_as_many_as_said_meet_a_quota_and_the_order_stays(sales, quota, data):
    times = data.draw(st.integers(0, len(sales)))
    moved = met(np.array(sales), quota, times)
    assert (moved >= quota).sum() == times
    ranked = np.argsort(sales, kind="stable")
    assert (np.diff(moved[ranked]) >= 0).all()


def test_intervals_are_those_of_clopper_and_pearson():
    for times, worlds in ((0, 1), (1, 1), (0, 40), (13, 40), (40, 40), (101, 200)):
        exact = share(times, worlds)
        assert interval(times, worlds) == pytest.approx((exact.low, exact.high), abs=1e-9)


# As often true as it says; 400 fresh worlds are a case of `simkit validate --slow`


def test_between_the_levels_the_chance_is_that_of_playing_the_very_plan():
    scenario = load_scenario("target_workshop").but(warm_up_weeks=1, talks=None)
    seen, start = outlook(scenario, 40, 2), starting_decision(scenario)
    for chance in (0.3, 0.7):
        quotas = {rep: seen.quota_for(rep, chance) for rep in seen.neutral}
        played = play_plan(scenario, start.but(quota=quotas), 40, 2)
        often = np.mean([one.value for one in played.reps.values()])
        assert abs(often - chance) <= 0.05, (chance, often)


def test_the_case_of_fresh_worlds_measures_every_chance_and_sees_one_that_is_wrong(monkeypatch):
    small = load_scenario("target_workshop").but(warm_up_weeks=1)
    monkeypatch.setattr(attainment, "load_scenario", lambda _: small)
    rows = attainment.attainment(worlds=12, fresh=12)
    assert [row.expected for row in rows] == [0.3, 0.3, 0.5, 0.5, 0.7, 0.7]
    assert all(isinstance(row.passed, bool) for row in rows)
    honest = Outlook.quota_for
    monkeypatch.setattr(Outlook, "quota_for", lambda seen, rep, p: 1.5 * honest(seen, rep, p))
    wrong = [row for row in attainment.attainment(worlds=12, fresh=12) if "reps" in row.id]
    assert not any(row.passed for row in wrong)
