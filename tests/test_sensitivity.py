"""What is varied, and one factor at a time: designs, checks, exact answers, the same worlds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import LAWS, lively

from simkit.kpi.catalogue import KPIS
from simkit.region.policies import discount_happy, keep_course
from simkit.scenario.record import ScenarioError, Text
from simkit.study.experiment import worlds
from simkit.study.experiment.arms import Player
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import replicate
from simkit.study.sensitivity import evaluate as playing_module
from simkit.study.sensitivity.evaluate import evaluate, playing
from simkit.study.sensitivity.factors import Factor, as_it_is, check_factors, settled, spread_out
from simkit.study.sensitivity.tornado import tornado, tornado_design, tornado_of

KEEPS = Player("keep_course", Text(en="Keeps course", zh="维持现状"), keep_course, "keep_course")
PRICE = Factor("decision.price", 0.9, 1.1)
ELASTIC = Factor("market.price_elasticity", 1.0, 4.0)
STAFF = Factor("decision.quote_staff", 1, 3, integer=True)


@pytest.fixture(scope="module")
def small():
    return lively(places=1, customers=6, reps=1, leads=2).but(weeks=2, warm_up_weeks=0)


# --- factors ---


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ([], "factors: name one at least"),
        ([PRICE, PRICE], "factor decision.price: is there twice"),
        ([Factor("decision.price", 1.1, 0.9)], "factor decision.price: low must be below high"),
        ([Factor("decision.price", 1.0, 1.0)], "low must be below high, is 1 and high 1"),
        ([Factor("decision.price", 0.9, math.inf)], "bounds must be finite"),
        ([Factor("decision.price", 0.9, 2.0)], "factor decision.price: .* at most 1.3, is 2"),
        ([Factor("decision.prise", 0.9, 1.1)], "unknown name 'prise', did you mean 'price'"),
        ([Factor("price", 0.9, 1.1)], "it is a lever: write decision.price"),
        ([Factor("market.growth", 0, 1)], "factor market.growth: unknown name 'growth'"),
        ([Factor("market", 0, 1)], "is a group; name one value in it"),
        ([Factor("customers.orders", 0, 1)], "factor customers.orders: .* read with its file"),
        ([Factor("decision.quote_staff", 1, 2.5)], "must be a whole number.*say integer=True"),
        ([Factor("decision.quote_staff", 1, 2.5, integer=True)], "so must its bounds be"),
        ([Factor("dummy", 0, 1)], "the factor that does nothing"),
        ([PRICE, Factor("a.b", 1, 0), Factor("b", 0, 1)], "(?s)factor a.b.*factor b: unknown"),
        (
            [Factor(f"selling.{k}_share", 0.1, 0.6) for k in ("key", "regular")],
            "factors: do not fit together at selling.key_share=0.6, selling.regular_share=0.6: ",
        ),
    ],
)
def test_bad_factors_are_named_before_anything_is_played(small, factors, message, monkeypatch):
    monkeypatch.setattr(playing_module, "replicate", None)
    with pytest.raises(ScenarioError, match=message):
        playing(small, KEEPS, factors, "revenue", 2)


def test_bad_worlds_and_figures_are_refused(small):
    with pytest.raises(ValueError, match="no worlds to play in"):
        playing(small, KEEPS, [PRICE], "revenue", 0)
    with pytest.raises(ValueError, match="a world is there twice"):
        playing(small, KEEPS, [PRICE], "revenue", [1, 2, 1])
    with pytest.raises(ValueError, match="no KPI 'revenues', did you mean 'revenue'"):
        playing(small, KEEPS, [PRICE], "revenues", 2)


@given(low=st.integers(-3, 3), size=st.integers(1, 6))
@LAWS
def test_whole_numbers_get_equal_shares(low, size):
    factor = Factor("x", low, low + size, integer=True)
    shares = (np.arange(60 * (size + 1)) + 0.5) / (60 * (size + 1))
    values, counts = np.unique(spread_out([factor], shares[:, None]), return_counts=True)
    assert values.tolist() == [*range(low, low + size + 1)] and set(counts) == {60}
    assert (factor.at(0.0), factor.at(1.0)) == (low, low + size)


def test_a_factor_has_the_words_of_its_lever():
    assert (PRICE.words.en, PRICE.words.zh) == ("Price level", "价格水平")
    assert ELASTIC.words.en == "market.price_elasticity"
    assert Factor("x", 0, 1, Text(en="Mood", zh="心情")).words.zh == "心情"


def test_settings_reach_the_scenario_and_the_levers(small):
    changed, levers = settled(small, [PRICE, ELASTIC, STAFF], [0.95, 3.0, 2.0])
    assert changed.market.price_elasticity == 3.0
    assert levers == {"price": 0.95, "quote_staff": 2}
    same, levers = settled(small, [PRICE, ELASTIC], [1.05, math.nan])
    assert same is small and levers == {"price": 1.05}
    assert as_it_is(small, ELASTIC) == small.market.price_elasticity
    assert as_it_is(small, PRICE) == 1.0
    assert as_it_is(small, Factor("decision.local.north.price", 0.9, 1.1)) is None
    check_factors(small, [PRICE, ELASTIC, STAFF])


# --- played ---


def test_every_point_is_played_in_the_same_worlds_and_equal_points_once(small, monkeypatch):
    played = []

    def counted(arms, worlds, kpis, **options):
        played.append(([arm.name for arm in arms], tuple(worlds)))
        return replicate(arms, worlds, kpis, **options)

    monkeypatch.setattr(playing_module, "replicate", counted)
    monkeypatch.setattr(playing_module, "BATCH_POINTS", 2)
    told = []
    plan = playing(small, KEEPS, [PRICE, ELASTIC], "revenue", [3, 5], seed=4, workers=1)
    nan = math.nan
    design = np.array([[nan, nan, 0], [0.9, nan, 0], [nan, nan, 1], [0.9, 2, 0], [0.9, nan, 1]])
    found = evaluate(plan, design, lambda done, total: told.append((done, total)))
    assert played == [(["point 0", "point 1"], (3, 5)), (["point 3"], (3, 5))]
    assert found.shape == (5, 2)
    assert found[0].tolist() == found[2].tolist() != found[1].tolist() == found[4].tolist()
    assert told[-1] == (6, 6) and told == sorted(told)
    alone = evaluate(playing(small, KEEPS, [PRICE], "revenue", [5], seed=4, workers=1), design[1:2])
    assert alone[0, 0] == found[1, 1]


def test_a_tornado_of_a_region_is_paired_with_the_region_as_it_is(small):
    found = tornado(small, KEEPS, [PRICE, STAFF], "revenue", 3, workers=1)
    assert {row.factor.name for row in found.rows} == {"decision.price", "decision.quote_staff"}
    row = next(row for row in found.rows if row.factor is PRICE)
    arms = playing(small, KEEPS, [PRICE], "revenue", 3, workers=1)
    values = evaluate(arms, np.array([[math.nan], [0.9]]))
    assert row.at_low.mean == pytest.approx(np.mean(values[1] - values[0]), rel=1e-12)
    assert row.base == 1.0 and found.worlds == 3
    again = tornado(small, KEEPS, [PRICE, STAFF], "revenue", 3, workers=1)
    assert again.as_dict() == found.as_dict()


def test_a_lever_that_the_policy_itself_sets_is_told_to_change_nothing(small):
    who = Player("discounts", Text(en="Discounts", zh="打折"), discount_happy, "discount_happy")
    found = tornado(small, who, [PRICE, ELASTIC], "revenue", 2, workers=1)
    (note,) = found.notes
    assert note.en.startswith("Price level: changes nothing under this policy")
    assert "不起任何作用" in note.zh
    assert {r.factor.name: r.idle for r in found.rows} == {PRICE.name: True, ELASTIC.name: False}


# --- tornado of values ---


def test_a_tornado_of_a_linear_toy_is_exact():
    factors = [Factor("a", 0, 2), Factor("b", -1, 4), Factor("c", 0, 1)]
    slopes, base = np.array([3.0, -2.0, 0.0]), np.array([1.0, 0.0, 0.5])
    design = tornado_design(factors)
    assert np.isnan(design[0]).all() and np.isfinite(design).sum() == 6
    luck = np.array([10.0, -20.0, 35.0, 0.5, 7.0, -3.0, 1.0, 2.0])
    values = (np.where(np.isnan(design), base, design) @ slopes)[:, None] + luck
    found = tornado_of(KPIS["revenue"], factors, values, base.tolist())
    assert [(r.factor.name, r.swing) for r in found.rows] == [("b", 10.0), ("a", 6.0), ("c", 0.0)]
    b, a, c = found.rows
    assert (b.at_low.mean, b.at_high.mean) == (2.0, -8.0)
    assert (a.at_low.low, a.at_low.high, a.at_high.mean) == (-3.0, -3.0, 3.0)
    assert (a.detected, b.detected, c.detected) == (True, True, False)
    assert found.middle.mean == pytest.approx(3.0 + luck.mean())
    assert [note.en.split(";")[0] for note in found.notes] == [
        "c: changes nothing under this policy"
    ]


def test_intervals_of_a_tornado_hold_together_and_undefined_worlds_are_told():
    factors = [Factor("a", 0, 2), Factor("b", -1, 4)]
    values = np.array([[1.0, 2, 3, 4], [2, 2, 5, 3], [1, 1, 1, math.nan], [0, 1, 2, 3], [9] * 4])
    found = tornado_of(KPIS["revenue"], factors, values, [1.0, 7.0])
    from scipy.stats import ttest_1samp

    row = next(row for row in found.rows if row.factor.name == "a")
    expected = ttest_1samp(values[1] - values[0], 0).confidence_interval(1 - 0.05 / 4)
    assert (row.at_low.low, row.at_low.high) == pytest.approx(tuple(expected))
    assert row.at_high.pairs == 3
    assert "undefined in 1 of 20" in found.notes[0].en and "1 次算不出" in found.notes[0].zh
    assert found.notes[1].en == "b: the scenario has 7, outside -1 to 4."
    nothing = tornado_of(KPIS["revenue"], factors, np.full((5, 1), math.nan), [None, None])
    assert nothing.rows[0].swing == 0 and nothing.as_dict()["middle"]["mean"] is None


def test_what_a_store_keeps_is_not_played_again(small, tmp_path, monkeypatch):
    store = Store(tmp_path / "kept", {"scenario": "small"})
    first = tornado(small, KEEPS, [PRICE], "revenue", 2, workers=1, store=store)
    monkeypatch.setattr(worlds, "summarise", None)
    again = Store.open(tmp_path / "kept", {"scenario": "small"})
    assert tornado(small, KEEPS, [PRICE], "revenue", 2, workers=1, store=again) == first
    with pytest.raises(TypeError):
        tornado(small, KEEPS, [PRICE, STAFF], "revenue", 2, workers=1, store=again)
