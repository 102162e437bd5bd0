"""A search finds the best lever values, and does not believe its own luck."""

import logging
import math
import sys

import numpy as np
import pytest
from regions import lively
from test_sensitivity import KEEPS, PRICE, STAFF

from simkit.region.policies import discount_happy
from simkit.scenario.record import ScenarioError, Text
from simkit.study.experiment.arms import Player
from simkit.study.experiment.stages import STAGE, run_race
from simkit.study.search import search as module
from simkit.study.search.explore import explore
from simkit.study.search.search import AS_IT_IS, search
from simkit.study.sensitivity.factors import Factor
from simkit.study.statistics.selection import KimNelson

UNIT = [Factor(name, 0.0, 1.0) for name in "abc"]
BEST = 0.6


def truth(point):
    """A quadratic with its top, 0, in the middle of somewhere; -108 in the farthest corner."""
    return -100.0 * sum((x - BEST) ** 2 for x in point)


def luck(world, sd=50.0):
    """The luck of a world, the same for every point."""
    return float(np.random.Generator(np.random.Philox(key=world)).normal(0, sd))


def with_luck(point, worlds=range(5)):
    return [truth(point) + luck(world) for world in worlds]


def test_the_top_of_a_noisy_quadratic_is_found():
    tried = explore(UNIT, with_luck, 60, "higher")
    best = max(tried, key=lambda point: sum(tried[point]))
    assert truth(best) >= -5.0  # a twentieth of what is at stake
    assert len(tried) == 60
    lowest = explore(UNIT, lambda p: [-v for v in with_luck(p)], 60, "lower")
    assert [*lowest] == [*tried]


def test_whole_numbers_are_tried_once_and_undefined_points_are_failures():
    played = []

    def score(point):
        played.append(point)
        return [math.nan if point[0] == 3 else point[0], 1.0]

    told = []
    factor = Factor("n", 1, 4, integer=True)
    tried = explore([factor], score, 25, "higher", tell=lambda *n: told.append(n))
    assert sorted(played) == sorted(tried) == [(1.0,), (2.0,), (3.0,), (4.0,)]
    assert told[-1] == (25, 25)


def test_a_search_is_repeatable_quiet_and_leaves_the_global_numbers_alone(caplog):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.INFO)
    optuna.logging.enable_propagation()
    np.random.seed(1)
    before = np.random.get_state()[1].tolist()
    with caplog.at_level(logging.INFO):
        first = explore(UNIT, with_luck, 15, "higher", 4)
    assert np.random.get_state()[1].tolist() == before and not caplog.records
    assert optuna.logging.get_verbosity() == optuna.logging.INFO
    optuna.logging.disable_propagation()
    np.random.seed(2)
    assert explore(UNIT, with_luck, 15, "higher", 4) == first
    assert explore(UNIT, with_luck, 15, "higher", 5) != first


def test_a_missing_optuna_is_told_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ValueError, match=r"needs Optuna: \.venv/bin/python -m pip install optuna"):
        explore(UNIT, with_luck, 3, "higher")


# --- selection ---


def test_a_selection_plays_fresh_worlds_only_for_those_in_the_race():
    means, played = {"a": 0.0, "b": 9.0, "c": 3.0}, []

    def play(names, worlds):
        played.append((tuple(names), [*worlds]))
        return {n: [means[n] + luck(w) + luck(hash_free(n, w), 2.0) for w in worlds] for n in names}

    selection = KimNelson([*means], 2.0)
    used = run_race(selection, play, 200, 20)
    assert selection.best == "b"
    worlds = [world for _, several in played for world in several]
    assert worlds == [*range(20, 20 + used)] and used >= 10
    assert len(played[0][1]) == 10 and all(len(several) <= STAGE for _, several in played[1:])


def hash_free(name, world):
    return 1000 * (1 + ord(name)) + world


def test_a_selection_ends_with_its_worlds():
    def play(names, worlds):
        return {name: [luck(hash_free(name, world)) for world in worlds] for name in names}

    selection = KimNelson(["a", "b"], 0.5)
    assert run_race(selection, play, 13) == 13
    assert selection.best is None and selection.leader in ("a", "b")


# --- the whole, played on paper and in a region ---


@pytest.fixture(scope="module")
def small():
    return lively(places=1, customers=6, reps=1, leads=2).but(weeks=2, warm_up_weeks=0)


@pytest.fixture
def on_paper(monkeypatch):
    """Replace the playing by a quadratic in the price, best at 1.05; as it is means 1."""
    seen = []

    def evaluate(plan, design, tell=None):
        prices = np.where(np.isnan(design[:, 0]), 1.0, design[:, 0])
        seen.append(plan.worlds)
        own = [[luck(hash_free(f"{p:.6f}"[-1], w), 0.5) for w in plan.worlds] for p in prices]
        shared = np.array([luck(world) for world in plan.worlds])
        return 1000 - 4000 * (prices[:, None] - 1.05) ** 2 + shared + np.array(own)

    monkeypatch.setattr(module, "evaluate", evaluate)
    return seen


def test_what_is_found_is_judged_in_worlds_it_was_not_found_in(small, on_paper):
    found = search(small, KEEPS, [PRICE], "revenue", 25, 6, delta=1.0, most=60)
    assert abs(found.point[0] - 1.05) <= math.sqrt(1.0 / 4000) + 0.01  # within delta of the top
    assert found.decided and found.notes == () and found.best in found.leaders
    assert found.settings == (f"decision.price={found.point[0]!r}",)
    true_gain = 10.0 - 4000 * (found.point[0] - 1.05) ** 2
    assert found.gain.low <= true_gain <= found.gain.high and found.gain.verdict == "more"
    of_search, judged = set(range(6)), set(on_paper[-1])
    selected = {w for worlds in on_paper if not set(worlds) <= of_search for w in worlds} - judged
    assert not (of_search & selected) and not (selected & judged) and not (of_search & judged)
    assert found.worlds == (6, len(selected), 10) and len(found.trials) == 25


def test_staying_is_selected_where_nothing_is_better(small, on_paper):
    found = search(small, KEEPS, [Factor("decision.price", 0.7, 0.9)], "revenue", 6, 6, delta=1.0)
    assert (found.best, found.point, found.settings) == (AS_IT_IS, None, ())
    assert found.gain.mean == 0.0


def test_a_selection_without_an_end_says_so(small, on_paper):
    found = search(small, KEEPS, [PRICE], "revenue", 25, 6, delta=1e-6, most=12)
    assert not found.decided and found.worlds[1] <= 12
    assert "Not decided" in found.notes[0].en and "尚未分出胜负" in found.notes[0].zh


def test_a_region_is_searched_end_to_end_and_again_the_same(small):
    def again():
        return search(small, KEEPS, [PRICE, STAFF], "revenue", 3, 2, delta=1e4, most=10, workers=1)

    first = again()
    assert again() == first
    assert first.worlds == (2, first.worlds[1], 10) and len(first.trials) == 3
    names = {trial.name for trial in first.trials} | {AS_IT_IS}
    assert set(first.leaders) <= names and first.best in names
    assert [trial.point[1] for trial in first.trials if trial.point[1] not in (1, 2, 3)] == []


def test_levers_that_move_nothing_are_told(small):
    who = Player("discounts", Text(en="Discounts", zh="打折"), discount_happy, "discount_happy")
    found = search(small, who, [PRICE], "revenue", 2, 2, most=10, workers=1)
    assert found.best == AS_IT_IS and "none of these factors moves it" in found.notes[0].en


def test_a_search_ends_at_once_when_it_is_cancelled(small):
    calls = []

    def cancel(done, total):
        calls.append(done)
        if len(calls) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search(small, KEEPS, [PRICE], "revenue", 50, 4, workers=1, tell=cancel)
    assert calls == [0, 0, 0]


def test_what_cannot_be_searched_is_refused_before_anything_is_played(small, monkeypatch):
    monkeypatch.setattr(module, "evaluate", None)
    with pytest.raises(ValueError, match="neither high nor low: there is no best"):
        search(small, KEEPS, [PRICE], "pipeline_coverage", 3, 2)
    with pytest.raises(ValueError, match="reps: give 2 or more, not 1"):
        search(small, KEEPS, [PRICE], "revenue", 3, 1)
    with pytest.raises(ValueError, match="trials: give 1 or more, not 0"):
        search(small, KEEPS, [PRICE], "revenue", 0, 3)
    with pytest.raises(ScenarioError, match=r"factor decision\.price: is there twice"):
        search(small, KEEPS, [PRICE, PRICE], "revenue", 3, 2)


def test_a_figure_that_is_nowhere_defined_is_refused(small, monkeypatch):
    def nothing(plan, design, _tell):
        return np.full((len(design), len(plan.worlds)), math.nan)

    monkeypatch.setattr(module, "evaluate", nothing)
    with pytest.raises(ValueError, match="undefined at all of 3 points tried"):
        search(small, KEEPS, [PRICE], "revenue", 3, 2, delta=1.0)
    monkeypatch.setattr(module, "evaluate", lambda *given: np.zeros_like(nothing(*given)))
    with pytest.raises(ValueError, match="delta, the difference that matters, must be above 0"):
        search(small, KEEPS, [PRICE], "revenue", 3, 2)
