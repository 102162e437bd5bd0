"""Morris, Sobol and boxes on functions whose answer is known; nothing here is simulated."""

import math
import random
import sys

import numpy as np
import pytest
from regions import lively
from test_sensitivity import KEEPS, PRICE

from simkit.kpi.catalogue import KPIS
from simkit.study.sensitivity.designs import keyed, no_global_chance, salib, unit_problem
from simkit.study.sensitivity.factors import Factor
from simkit.study.sensitivity.morris import morris, morris_design, morris_of
from simkit.study.sensitivity.prim import prim
from simkit.study.sensitivity.sobol import noise_share, sobol, sobol_design, sobol_of

REVENUE = KPIS["revenue"]
ANGLES = [Factor(name, -math.pi, math.pi) for name in ("x1", "x2", "x3")]
FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0, "dummy": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437, "dummy": 0.0}
"""Ishigami's function with a 7, b 0.1: analytic."""


def ishigami(x):
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


# --- Sobol ---


def test_shares_of_ishigami_are_the_analytic_ones():
    values = ishigami(sobol_design(ANGLES, 1024, second=True))[:, None]
    found = sobol_of(REVENUE, ANGLES, values, second=True)
    for row in found.shares:
        name = row.factor.name
        # The interval reaches 1.96 standard errors; three are allowed.
        for index, exact in ((row.first, FIRST[name]), (row.total, TOTAL[name])):
            assert abs(index.value - exact) <= 3 / 1.96 * (index.high - index.value)
    # As sharp as that many points can be: a tenth of the variance would tell nothing apart.
    assert max(row.total.high - row.total.low for row in found.shares) < 0.25
    assert [row.factor.name for row in found.shares] == ["x1", "x2", "x3", "dummy"]
    pair = found.pairs["x1", "x3"]
    assert abs(pair.value - 0.2437) <= 3 / 1.96 * (pair.high - pair.value)
    assert set(found.pairs) == {("x1", "x2"), ("x1", "x3"), ("x2", "x3")}
    assert found.shares[-1].total.value == 0.0 and math.isnan(found.noise)
    assert "One world only" in found.notes[0].en and "只运行了一次" in found.notes[0].zh


def test_luck_of_single_points_inflates_the_shares_and_is_told():
    design = sobol_design(ANGLES, 256)
    luck = np.random.Generator(np.random.Philox(key=7)).normal(0, 3, (len(design), 4))
    quiet = sobol_of(REVENUE, ANGLES, np.repeat(ishigami(design)[:, None], 4, axis=1))
    noisy = sobol_of(REVENUE, ANGLES, ishigami(design)[:, None] + luck)
    total = {row.factor.name: row.total.value for row in noisy.shares}
    calm = {row.factor.name: row.total.value for row in quiet.shares}
    assert quiet.notes == () and quiet.noise < 1e-12
    assert all(total[name] > calm[name] for name in ("x2", "x3", "dummy"))
    # Luck adds 9 / 4 to the variance of 13.84 between points: a share of 14 %.
    assert noisy.noise == pytest.approx(2.25 / (2.25 + 13.84), rel=0.25)
    assert [note.en.split()[0] for note in noisy.notes] == ["Luck", "The"]
    assert "随机波动" in noisy.notes[0].zh and "虚拟因素" in noisy.notes[1].zh


def test_luck_common_to_all_points_does_no_harm():
    design = sobol_design(ANGLES, 64)
    worlds = np.array([0.0, 50.0, -30.0, 400.0])
    shared = sobol_of(REVENUE, ANGLES, ishigami(design)[:, None] + worlds)
    alone = sobol_of(REVENUE, ANGLES, np.repeat(ishigami(design)[:, None], 4, axis=1))
    for one, other in zip(shared.shares, alone.shares, strict=True):
        assert one.total.value == pytest.approx(other.total.value, abs=1e-9)
    assert shared.noise < 1e-9 and shared.notes == ()


def test_luck_is_estimated_without_bias():
    chance = np.random.Generator(np.random.Philox(key=11))
    shares = []
    for _ in range(60):
        points = chance.normal(0, 2, (40, 1)) + chance.normal(0, 10, (1, 5))
        shares.append(noise_share(points + chance.normal(0, 2, (40, 5))))
    # 4 / 5 of luck in a mean of five worlds, beside 4 between points: one sixth.
    error = np.std(shares, ddof=1) / math.sqrt(len(shares))
    ratio_bias = 2 / 39 / 6  # E[1/F] of the mean square between 40 points
    assert abs(np.mean(shares) - 1 / 6 - ratio_bias) <= 3 * error


def test_undefined_points_leave_with_their_base_point_and_are_told():
    design = sobol_design(ANGLES, 64)
    values = ishigami(design)[:, None].copy()
    values[7] = math.nan
    found = sobol_of(REVENUE, ANGLES, values)
    expected = sobol_of(REVENUE, ANGLES, np.delete(values, range(6, 12), axis=0))
    assert found.shares == expected.shares
    assert "undefined at 1 of 384 points" in found.notes[0].en
    values[: 6 * 60] = math.nan
    with pytest.raises(ValueError, match="undefined at 360 of 384 points; too few are left"):
        sobol_of(REVENUE, ANGLES, values)


def test_nothing_varies_is_said_instead_of_a_share_of_nothing():
    found = sobol_of(REVENUE, ANGLES, np.full((6 * 8, 2), 5e9))
    assert {row.total.value for row in found.shares} == {0.0}
    assert "none of these factors moves it" in found.notes[0].en
    ways = morris_of(REVENUE, ANGLES, morris_design(ANGLES, 2), np.full((10, 2), 3.0))
    assert ways.notes == found.notes and {e.mu_star for e in ways.effects} == {0.0}


def test_a_factor_that_moves_nothing_is_named():
    design = sobol_design(ANGLES, 16)
    moved = np.column_stack([design[:, 0] + design[:, 1], design[:, 0]])
    found = sobol_of(REVENUE, ANGLES, moved)
    still = f"{ANGLES[2].words.en}: changes nothing under this policy"
    assert [note.en[: len(still)] for note in found.notes][-1] == still
    design = morris_design(ANGLES, 3)
    ways = morris_of(REVENUE, ANGLES, design, design[:, [0, 1]])
    assert [note.en[: len(still)] for note in ways.notes] == [still]


# --- Morris ---


def test_a_linear_function_has_exact_effects():
    factors = [Factor("a", 0, 2), Factor("b", -1, 4), Factor("n", 1, 3, integer=True)]
    slopes = np.array([3.0, -2.0, 0.5, 0.0])
    design = morris_design(factors, 12)
    assert design.shape == (12 * 5, 4) and set(design[:, 2]) == {1.0, 2.0, 3.0}
    values = (design @ slopes)[:, None] + np.array([100.0, -40.0, 7.0])
    found = morris_of(REVENUE, factors, design, values)
    assert [e.factor.name for e in found.effects] == ["b", "a", "n", "dummy"]
    for effect, mu in zip(found.effects, (-10.0, 6.0, 1.0, 0.0), strict=True):
        assert effect.mu == pytest.approx(mu, abs=1e-9)
        assert effect.mu_star == pytest.approx(abs(mu), abs=1e-9)
        assert effect.sigma == pytest.approx(0, abs=1e-9) and effect.luck < 1e-9
        assert not effect.bends and effect.ways == 12
    assert found.notes == ()


def test_effects_are_those_of_salib_where_salib_can_say_them():
    factors = [Factor(name, 0, 1) for name in "abc"]
    design = morris_design(factors, 8)
    values = np.exp(design[:, 0]) * (1 + design[:, 1]) + design[:, 2]
    found = {e.factor.name: e for e in morris_of(REVENUE, factors, design, values[:, None]).effects}
    problem = unit_problem([*factors, Factor("dummy", 0, 1)])
    theirs = salib("analyze.morris").analyze(problem, design, values, num_levels=4, seed=1)
    for k, name in enumerate(theirs["names"]):
        ours = (found[name].mu, found[name].mu_star, found[name].sigma)
        assert ours == pytest.approx([theirs[n][k] for n in ("mu", "mu_star", "sigma")], abs=1e-12)
    assert found["a"].bends and not found["c"].bends
    assert found["a"].low < found["a"].mu_star < found["a"].high


def test_an_undefined_point_costs_only_its_own_effects():
    design = morris_design(ANGLES, 4)
    values = np.repeat(design.sum(axis=1)[:, None], 2, axis=1)
    values[0, 1] = math.nan
    found = morris_of(REVENUE, ANGLES, design, values)
    assert sum(effect.ways for effect in found.effects) == 4 * 4 - 1
    assert "undefined at 1 of 20 points" in found.notes[0].en
    none = morris_of(REVENUE, ANGLES, design, np.full((20, 2), math.nan))
    assert {effect.ways for effect in none.effects} == {0}


def test_sigma_that_luck_can_make_is_no_bend():
    design = morris_design(ANGLES, 10)
    luck = np.random.Generator(np.random.Philox(key=5)).normal(0, 1, (len(design), 6))
    found = morris_of(REVENUE, ANGLES, design, design[:, :1] + luck)
    assert not any(effect.bends for effect in found.effects)
    assert all(effect.luck > 0.3 for effect in found.effects)


# --- chance, and what is missing ---


def test_the_global_random_numbers_are_neither_used_nor_moved():
    def everything():
        values = ishigami(sobol_design(ANGLES, 16, True, design_seed=0))[:, None]
        return sobol_of(REVENUE, ANGLES, values, True, 0).shares, morris_design(ANGLES, 3).tolist()

    np.random.seed(1)
    random.seed(1)
    before = np.random.get_state()[1].tolist(), random.getstate()
    first = everything()
    assert (np.random.get_state()[1].tolist(), random.getstate()) == before
    np.random.seed(2)
    assert everything() == first
    assert morris_design(ANGLES, 3, 2).tolist() != first[1]
    assert keyed("a", 1).random() == keyed("a", 1).random() != keyed("a", 2).random()


@pytest.mark.parametrize("draw", [lambda: np.random.rand(), lambda: random.random()])
def test_a_library_that_draws_from_them_is_caught_and_undone(draw):
    np.random.seed(3)
    random.seed(3)
    before = np.random.get_state()[2], random.getstate()
    with pytest.raises(RuntimeError, match="not repeatable"), no_global_chance():
        draw()
    assert (np.random.get_state()[2], random.getstate()) == before


def test_a_missing_salib_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "SALib", None)
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(ValueError, match=r"needs SALib: \.venv/bin/python -m pip install salib"):
        morris_design(ANGLES, 3)


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="ways: give 2 or more, not 1"):
        morris_design(ANGLES, 1)
    for wrong in (0, 4, 48):
        with pytest.raises(ValueError, match=f"a power of two from 8 on .*, not {wrong}"):
            sobol_design(ANGLES, wrong)


def test_a_region_is_screened_end_to_end_and_again_the_same():
    small = lively(places=1, customers=6, reps=1, leads=2).but(weeks=2, warm_up_weeks=0)
    told = []
    one = morris(
        small, KEEPS, [PRICE], "revenue", 2, ways=2, workers=1, tell=lambda *n: told.append(n)
    )
    assert {e.factor.name for e in one.effects} == {"decision.price", "dummy"}
    assert one.effects[-1].mu_star == 0.0 and one.worlds == 2 and told[-1][0] == told[-1][1]
    first, again = (
        sobol(small, KEEPS, [PRICE], "revenue", 1, base_points=8, workers=1) for _ in range(2)
    )
    assert first.shares == again.shares and first.shares[-1].total.value == 0.0
    assert first.shares[0].total.value > 0.9


# --- boxes ---


def planted(points, noise=True):
    chance = np.random.Generator(np.random.Philox(key=3))
    design = chance.random((points, 4))
    inside = (design[:, 0] > 0.7) & (design[:, 2] < 0.4)
    share = np.where(inside, 0.95, 0.02) if noise else inside
    return design, np.where(chance.random(points) < share, -1.0, 1.0)


def test_a_planted_box_is_found():
    design, response = planted(1500)
    box = prim(["a", "b", "c", "d"], design, response, 0.0)
    assert abs(box.limits["a"].low - 0.7) <= 0.03 and abs(box.limits["c"].high - 0.4) <= 0.03
    assert box.density >= 0.85 and box.coverage >= 0.75
    assert max(box.limits["a"].p_value, box.limits["c"].p_value) < 1e-6
    for name in {"b", "d"} & set(box.limits):  # a limit that is not there trims an edge only
        low, high = box.limits[name].low, box.limits[name].high
        assert (low is None or low < 0.1) and (high is None or high > 0.9)
        assert box.limits[name].p_value > 1e-3
    assert box.steps[0].coverage == 1.0 and box.points == 1500
    sizes = [step.points for step in box.steps]
    assert sizes == sorted(sizes, reverse=True)


def test_the_other_side_and_undefined_points():
    design, response = planted(800)
    below = prim(["a", "b", "c", "d"], design, response, 0.0)
    assert prim(["a", "b", "c", "d"], design, -response, 0.0, above=True) == below
    with_gaps = np.concatenate([response, [math.nan] * 5])
    more = np.vstack([design, np.full((5, 4), 0.9)])
    found = prim(["a", "b", "c", "d"], more, with_gaps, 0.0)
    assert (found.limits, found.points) == (below.limits, 800)
    assert "undefined at 5 of 805 points" in found.notes[0].en


def test_whole_numbers_are_peeled_value_by_value():
    design = np.array([[n % 4, m] for n in range(40) for m in range(5)], dtype=float)
    box = prim(["n", "m"], design, (design[:, 0] >= 2).astype(float), 0.5, above=True)
    assert box.limits.keys() == {"n"} and (box.limits["n"].low, box.limits["n"].high) == (2, None)
    assert (box.density, box.coverage, box.cases) == (1.0, 1.0, 100)


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ([1.0] * 30, "no point is below 0.5: there is nothing to tell apart"),
        ([0.0] * 30, "every point is below 0.5"),
        ([0.0] * 5 + [1.0] * 5, "too few points for a box: 10; play 20"),
        ([0.0] * 15 + [math.nan] * 15, r"too few points for a box: 15 \(15 are undefined\)"),
    ],
)
def test_a_box_that_cannot_be_is_refused(response, message):
    with pytest.raises(ValueError, match=message):
        prim(["x"], np.linspace(0, 1, len(response))[:, None], response, 0.5)
