"""What practised talks do to deals: off by default, and never to the harm of a deal won."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from regions import LAWS, changed, lively

from simkit.region.simulation import Simulation
from simkit.scenario.loading import ScenarioError
from simkit.scenario.rubric import BEHAVIOURS
from simkit.study.deal_fates import ENDS, fates
from simkit.study.practice_link import (
    MOST,
    STAGES,
    TRAINS,
    link_study,
    practised_effect,
    with_practice,
)
from simkit.study.workers import World, play_world

REP = "north-r1"
FUNNEL = {"needs_rep": False, "stages": {"contract": {"pass_share": 0.5}}}
TWICE = (2.0, 2.0, 2.0, 2.0)
FACTORS = st.sampled_from([0.5, 0.95, 1.0, 1.05, 2.0])
BEHIND = {"qualify": "quote", "quote": "negotiate", "negotiate": "contract", "contract": "won"}
"""By stage: what a deal reaches that passed it and was not tired of waiting for a desk."""


@cache
def region():
    busy = lively(places=1, customers=6, reps=2, leads=15)
    return changed(busy, turnover={"on": False}, funnel=FUNNEL)


@cache
def played(seed, *factors):
    """The log of a region in which a rep has practised."""
    given = dict(zip(STAGES, factors, strict=True)) if factors else None
    scenario = with_practice(region(), REP, given)
    return play_world(World(scenario, seed), lambda simulation: list(simulation.world.log))


def reached(log):
    """By deal: the stages it has passed for certain, and where it was turned down, if anywhere."""
    passed, lost, tired = {}, {}, set()
    for _, kind, _, _, _, deal, _, detail in log:
        ahead = "won" if kind == "won" else detail if kind == "stage" else None
        for stage, behind in BEHIND.items():
            if ahead is not None and ahead == behind:
                passed.setdefault(deal, set()).add(stage)
        if kind == "gave_up":
            tired.add(deal)
        if kind == "lost" and deal not in tired:
            lost[deal] = detail
    return passed, lost


@LAWS
@given(st.integers(1, 3), st.sampled_from(STAGES), FACTORS, FACTORS)
def test_a_higher_factor_never_loses_a_deal_won_at_that_stage(seed, stage, one, other):
    low, high = sorted((one, other))
    logs = [
        played(seed, *(factor if name == stage else 1.0 for name in STAGES))
        for factor in (low, high)
    ]
    (passed, _), (_, lost) = map(reached, logs)
    for deal, where in lost.items():
        assert where != stage or stage not in passed.get(deal, ())


def test_a_factor_changes_deals_of_its_rep_and_only_from_the_first_week_on():
    usual, lucky = played(1), played(1, *TWICE)
    assert usual != lucky
    assert [e for e in usual if e[0] < 0] == [e for e in lucky if e[0] < 0]
    assert turned_down(usual, "quote") and not turned_down(lucky, "quote")


def turned_down(log, stage):
    """The deals of the rep that were lost at a stage since the first week."""
    _, lost = reached([event for event in log if event[0] >= 0])
    own = {event[5] for event in log if event[1] == "lost" and event[3] == REP}
    return {deal for deal, where in lost.items() if where == stage and deal in own}


@pytest.mark.parametrize("stage", ["qualify", "quote", "contract"])
def test_a_factor_acts_at_its_stage_alone(stage):
    usual, lucky = played(1), played(1, *(2.0 if name == stage else 1.0 for name in STAGES))
    assert turned_down(usual, stage) and not turned_down(lucky, stage)  # 2 x 0.6 is over 1
    for other in STAGES[: STAGES.index(stage)]:
        assert turned_down(usual, other) == turned_down(lucky, other)


def test_without_practice_a_run_is_what_it_was():
    assert region().practice is None
    assert played(1, 1.0, 1.0, 1.0, 1.0) == played(1)
    nobody = region().but(practice={"source": "assumption"})
    runs = [play_world(World(each, 1), Simulation.digest) for each in (nobody, region())]
    assert runs[0] == runs[1]


def test_a_file_names_reps_that_exist_and_factors_in_bounds():
    with pytest.raises((ValidationError, ScenarioError), match="unknown rep 'north-r9'"):
        region().but(practice={"source": "assumption", "reps": {"north-r9": {}}})
    with pytest.raises(ValidationError, match="less than or equal to 2"):
        with_practice(region(), REP, {"quote": 3.0})
    with pytest.raises(ValueError, match="no rep 'nort-r1', did you mean 'north-r1'"):
        with_practice(region(), "nort-r1", {})
    assert with_practice(with_practice(region(), REP, {"quote": 1.1}), REP, None).practice is None


def test_a_region_of_several_keeps_who_practised():
    two = region().but(
        regions=[{"id": "r1", "name": {"en": "one", "zh": "一"}}],
        practice={"source": "assumption", "reps": {REP: {"quote": 1.1}}},
    )
    assert two.region("r1").practice.reps[f"r1-{REP}"].quote == 1.1


# --- the effect -----------------------------------------------------------------------------


def test_the_effect_is_small_and_even():
    for share, factor in ((0.0, 1 - MOST), (0.5, 1.0), (1.0, 1 + MOST)):
        found = practised_effect(dict.fromkeys(BEHAVIOURS, share))
        assert found == pytest.approx(dict.fromkeys(STAGES, factor))
    assert practised_effect({}) == dict.fromkeys(STAGES, 1.0)
    assert practised_effect({"next_step": 1.0}) == {**dict.fromkeys(STAGES, 1.0), "contract": 1.05}
    assert sorted(b for trained in TRAINS.values() for b in trained) == sorted(BEHAVIOURS)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"charm": 1.0}, "there is no behaviour 'charm'"),
        ({"value": 1.1}, "give a share of points from 0 to 1"),
        ({"value": float("nan")}, "give a share of points from 0 to 1"),
    ],
)
def test_what_is_no_share_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        practised_effect(wrong)


@cache
def study():
    told = []
    found = link_study(
        region(), REP, dict(zip(STAGES, TWICE, strict=True)), worlds=4, workers=1,
        tell=lambda done, total: told.append((done, total)),
    )  # fmt: skip
    return found, told


def test_a_study_tells_which_deals_changed_on_the_same_customers():
    found, told = study()
    assert told[0] == (0, 8) and told[-1] == (8, 8)
    direct = []
    for seed in range(1, 5):
        (without, before), (with_it, after) = map(reached, (played(seed), played(seed, *TWICE)))
        for deal in found.of_world(seed):
            assert deal.rep == REP and deal.value > 0 and deal.without == "lost"
            assert before[deal.id] == deal.stage != after.get(deal.id)
        turned = {deal.id: deal for deal in found.deals if deal.seed == seed}
        for passed, how in ((without, "without"), (with_it, "with_it")):
            won = {name for name, stages in passed.items() if "contract" in stages}
            assert {n for n, d in turned.items() if getattr(d, how) == "won"} == won & {*turned}
        direct += found.of_world(seed)
    assert {deal.stage for deal in direct} == {*STAGES}
    more = [(deal.with_it == "won") - (deal.without == "won") for deal in found.deals]
    assert sum(more) > 0 and found.won.mean == sum(more) / 4


def test_practice_decides_only_at_the_stages_that_it_changes():
    for factor, worse in ((1.6, "without"), (0.6, "with_it")):
        found = link_study(region(), REP, {"qualify": factor}, worlds=3, workers=1)
        direct = [deal for deal in found.deals if deal.direct]
        assert direct and {deal.stage for deal in direct} == {"qualify"}
        assert {getattr(deal, worse) for deal in direct} == {"lost"}


def test_deals_that_were_over_before_the_first_week_are_left_out():
    log, found = play_world(World(region(), 1), lambda one: (list(one.world.log), fates(one)))
    before = {event[5] for event in log if event[0] < 0 and event[1] in ENDS}
    since = {event[5] for event in log if event[0] >= 0 and event[1] in ENDS}
    assert before and not before & {*found.deals} and since <= {*found.deals}


def test_the_verdict_says_when_nothing_can_be_seen():
    same = link_study(region(), REP, dict.fromkeys(STAGES, 1.0), worlds=2, workers=1)
    assert same.deals == () and same.won.mean == 0.0
    assert "no detectable difference" in same.verdict.en and "看不出差别" in same.verdict.zh
    one = link_study(region(), REP, {"quote": 1.05}, worlds=1, workers=1, weeks=1)
    assert "wo worlds or more" in one.verdict.en and "nan" not in one.own_verdict.zh
    found, _ = study()
    assert "the rep wins more deals (difference +" in found.own_verdict.en
    better = replace(found, contribution=replace(found.contribution, low=1.0, high=2.0))
    assert "the region earns more (difference +1 to +2, 4 worlds)" in better.verdict.en
    with pytest.raises(ValueError, match="one world"):
        link_study(region(), REP, {}, worlds=0)
