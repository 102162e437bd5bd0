"""Luck against not knowing: laws of parameters, known variances recovered, and a region played."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS, lively
from test_sensitivity import KEEPS

from simkit.kpi.catalogue import KPIS
from simkit.region.policies import discount_happy
from simkit.scenario.record import ScenarioError, Text
from simkit.study.experiment.arms import Player
from simkit.study.sensitivity.spreads import Spread, draw, spreads_of
from simkit.study.sensitivity.uncertainty import parts_of, uncertainty, uncertainty_of

HAPPY = Player("discounts", Text(en="Discounts", zh="降价"), discount_happy, "discounts")
KNOWN = (2.0, 5.0, 3.0)
"""Standard deviations: parameters, luck shared by all draws, luck of a draw."""


def crossed(chance, draws, worlds, sds=KNOWN):
    """Values of draws by worlds with known variances, and what was drawn."""
    of_draws = chance.normal(0, sds[0], (draws, 1))
    luck = chance.normal(0, sds[1], (1, worlds)) + chance.normal(0, sds[2], (draws, worlds))
    return of_draws + luck, of_draws[:, 0]


@pytest.fixture(scope="module")
def small():
    return lively(places=1, customers=6, reps=1, leads=2).but(weeks=2, warm_up_weeks=0)


def test_known_variances_are_recovered_without_bias():
    chance = np.random.Generator(np.random.Philox(key=21))
    found = [parts_of(crossed(chance, 8, 6)[0]) for _ in range(600)]
    for name, sd in zip(("parameters", "shared", "own"), KNOWN, strict=True):
        values = [getattr(parts, name) for parts in found]
        assert abs(np.mean(values) - sd**2) <= 3 * np.std(values, ddof=1) / math.sqrt(600)
    assert min(parts.parameters for parts in found) < 0  # the price of having no bias


def test_the_interval_of_both_holds_the_truth_and_that_of_luck_does_not():
    chance = np.random.Generator(np.random.Philox(key=22))
    held = {"both": 0, "luck": 0}
    for _ in range(400):
        values, of_draws = crossed(chance, 13, 12, (4.0, 2.0, 2.0))
        truth = 7.0 + of_draws[-1]  # the true parameters are one more draw
        design = np.arange(12.0)[:, None]
        answer = uncertainty_of(
            KPIS["revenue"], [KEEPS], [Spread("x", 0, 1)], design, values[:12] + 7
        )
        for name in held:
            interval = getattr(answer, name)
            held[name] += interval.low <= truth <= interval.high
    error = math.sqrt(0.95 * 0.05 / 400)
    assert held["both"] / 400 >= 0.95 - 3 * error
    assert held["luck"] / 400 < 0.5


def test_it_says_which_part_is_luck():
    chance = np.random.Generator(np.random.Philox(key=23))
    spreads = [Spread("a", 0, 1), Spread("b", 0, 1)]
    design = chance.random((30, 2))
    luck = chance.normal(0, 1, (1, 8))
    answer = uncertainty_of(KPIS["revenue"], [KEEPS], spreads, design, 10 * design[:, :1] + luck)
    assert answer.unknown_share > 0.9 and [*answer.by_parameter] == ["a", "b"]
    assert answer.by_parameter["a"] == pytest.approx(1) and answer.by_parameter["b"] < 0.3
    assert answer.unknown.low > answer.both.low and answer.luck.low > answer.both.low
    assert f"{answer.unknown_share:.0%} of the doubt" in answer.says.en
    assert "参数未知" in answer.says.zh
    no_spread = uncertainty_of(
        KPIS["revenue"], [KEEPS], spreads, design, np.repeat(luck, 30, axis=0)
    )
    assert no_spread.unknown_share == 0 and "All doubt that shows is luck" in no_spread.says.en
    assert no_spread.both.mean == pytest.approx(luck.mean())


def test_undefined_draws_are_left_out_and_told():
    values = np.arange(40.0).reshape(10, 4) ** 1.5
    values[3, 1] = math.nan
    design = np.arange(10.0)[:, None]
    answer = uncertainty_of(KPIS["revenue"], [KEEPS], [Spread("x", 0, 9)], design, values)
    assert answer.draws == 9 and "undefined at 1 of 10 points" in answer.notes[0].en
    values[:6] = math.nan
    with pytest.raises(ValueError, match="undefined in 6 of 10 draws; too few are left"):
        uncertainty_of(KPIS["revenue"], [KEEPS], [Spread("x", 0, 9)], design, values)


# --- spreads ---


@given(
    law=st.sampled_from(["uniform", "triangular", "normal"]),
    low=st.integers(-5, 5),
    width=st.integers(1, 9),
    middle=st.sampled_from([None, 0.0, 0.3, 1.0]),
    share=st.floats(0, 1),
)
@LAWS
def test_laws_stay_in_bounds_and_rise(law, low, width, middle, share):
    at = None if middle is None else low + middle * width
    spread = Spread("x", low, low + width, law, at)
    first, last = spread.ends
    assert first <= spread.at(share) <= last
    assert spread.at(share / 2) <= spread.at(share) + 1e-9
    whole = Spread("x", low, low + width, law, at, integer=True).at(share)
    assert whole == round(whole) and first <= whole <= last


def test_laws_have_their_quantiles():
    from scipy.stats import triang

    normal = Spread("x", 2.0, 4.0)
    assert (normal.at(0.05), normal.at(0.95)) == pytest.approx((2.0, 4.0), abs=0.01)
    shares = [0.01, 0.2, 0.5, 0.9]
    triangular = Spread("x", 1.0, 5.0, "triangular", 2.0)
    assert [triangular.at(u) for u in shares] == pytest.approx(triang.ppf(shares, 0.25, 1, 4))
    assert Spread("x", 0.0, 1.0, least=0.2).at(0.0) == pytest.approx(0.2)


def test_a_draw_belongs_to_its_parameter_and_seed():
    both = draw([Spread("a", 0, 1), Spread("b", 0, 1)], 6, 3)
    assert draw([Spread("b", 0, 1)], 6, 3)[:, 0].tolist() == both[:, 1].tolist()
    assert draw([Spread("b", 0, 1)], 6, 4).tolist() != both[:, 1:].tolist()


def test_tails_end_where_the_scenario_allows_no_more(small):
    path = "funnel.stages.quote.pass_share"
    spread = spreads_of(small, {path: (0.80, 0.99)})[0]
    assert spread.ends[1] == pytest.approx(1.0, abs=1e-6) and spread.ends[1] <= 1.0
    assert spread.ends[0] == pytest.approx(spread.normal.inv_cdf(0.0005))
    with pytest.raises(ScenarioError, match=f"factor {path}: .* at most 1"):
        uncertainty(small, KEEPS, {path: (0.9, 1.4)}, "revenue", 2, draws=5)
    with pytest.raises(ScenarioError, match=f"factor {path}: low must be below high"):
        uncertainty(small, KEEPS, {path: (0.9, 0.8)}, "revenue", 2, draws=5)
    with pytest.raises(ScenarioError, match="spread x: its middle 3 must be from 0 to 1"):
        spreads_of(small, [Spread("x", 0, 1, "triangular", 3.0)])


def test_a_difference_is_played_under_draws_of_the_parameters(small):
    told = []
    spreads = {"market.price_elasticity": (1.0, 3.0), "demand.orders_per_week": (0.5, 0.9)}
    options = {"draws": 5, "workers": 1, "tell": lambda *n: told.append(n)}
    found = uncertainty(small, (KEEPS, HAPPY), spreads, "revenue", 2, **options)
    assert (found.draws, found.worlds, found.both.pairs) == (5, 2, 10)
    assert {*found.by_parameter} == {*spreads}
    assert told[-1] == (20, 20) and told == sorted(told)
    assert found.parts.own > 0 and found.both.low < found.both.mean < found.both.high


def test_too_little_is_refused(small):
    with pytest.raises(ValueError, match="draws: give 5 or more, not 2"):
        uncertainty(small, KEEPS, {"market.noise_sd": (0.01, 0.02)}, "revenue", 2, draws=2)
    with pytest.raises(ValueError, match="worlds: give 2 or more, not 1"):
        uncertainty(small, KEEPS, {"market.noise_sd": (0.01, 0.02)}, "revenue", 1)
    with pytest.raises(ValueError, match="one player, or two to compare, not 3"):
        uncertainty(small, [KEEPS] * 3, {"market.noise_sd": (0.01, 0.02)}, "revenue", 2)
    with pytest.raises(ScenarioError, match="factors: name one at least"):
        uncertainty(small, KEEPS, {}, "revenue", 2)
