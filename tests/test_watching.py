"""Lights, the panel of charts, and the reference players of drift drills."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.kpi.charts import Cusum, Ewma, Shewhart, TwoInARow
from simkit.kpi.forecast import TooShortError, forecast_of
from simkit.kpi.lights import board, light, raw_scores, two_weeks
from simkit.kpi.panel import PANEL, Panel, first_alarm, nearest_cause
from simkit.kpi.weekly import FIGURES, WeeklyFigures, figures_of
from simkit.region.simulation import Simulation
from simkit.scenario.drift import Cause, Drift, Watching
from simkit.scenario.library import load_scenario
from simkit.study import watching
from simkit.study.outcome import outcome
from simkit.study.watch_rows import Play, first_above, is_found, kind_of, roc_of, row_of, start_of
from simkit.study.watch_worlds import Watched, watch_world, watched_worlds
from simkit.training.drift_debrief.alarms import truth_of

TEXT = {"en": "a", "zh": "甲"}
WATCHING = Watching()
CHARTS = [Shewhart(2), Cusum(0.5, 3), Ewma(0.2, 2.2), TwoInARow(1)]


@pytest.fixture(scope="module")
def region():
    """The region of the drills, with a short history, five weeks to play and quick red lights."""
    scenario = load_scenario("drift_region")
    watch = scenario.watch.but(watching=Watching(red=1.6, cusum_k=0.5, cusum_h=4))
    return scenario.but(warm_up_weeks=20, weeks=5, watch=watch)


@pytest.fixture(scope="module")
def played(region):
    """The region after its five weeks."""
    simulation = Simulation(region, 3)
    while not simulation.done:
        simulation.step(simulation.decision)
    return simulation


def drift(**fields):
    """A hidden cause."""
    usual = {"cause": "competitor", "name": TEXT, "story": TEXT, "lesson": TEXT, "start_week": 1}
    effects = [{"what": "demand", "multiply": 0.4}]
    return Drift.model_validate({**usual, "effects": effects, "source": "a test", **fields})


def orders(counts, first=0, rep="li"):
    """Events of so many orders of 100 a week."""
    return [
        (5.0 * (first + week) + 0.1, "order", "north", rep, "c", "", 100.0, "in_stock")
        for week, count in enumerate(counts)
        for _ in range(count)
    ]


# Lights


@pytest.mark.parametrize(
    ("score", "better", "found"),
    [
        (-1.6, "higher", "amber"),
        (-2.5, "higher", "red"),
        (9.0, "higher", "green"),
        (1.6, "lower", "amber"),
        (-9.0, "lower", "green"),
        (-2.6, "in_band", "red"),
        (2.6, "in_band", "red"),
        (1.4, "in_band", "green"),
        (None, "higher", ""),
        (math.nan, "lower", ""),
    ],
)
def test_a_light_turns_only_for_the_worse(score, better, found):
    assert light(score, better, WATCHING) == found


def test_two_low_weeks_in_a_row_are_low_against_the_raw_level():
    past = np.array([9.0, 11.0] * 26)  # mean 10, standard deviation 1.0098
    assert two_weeks(past, np.array([8.9, 8.9, 9.1, 8.9, 8.9]), WATCHING).tolist() == [
        False, True, False, False, True,
    ]  # fmt: skip
    assert raw_scores(past, np.array([10.0, 11.0])) == pytest.approx([0, 1 / np.std(past, ddof=1)])


def test_the_board_shows_last_week_against_its_forecast(played, region):
    figures = figures_of(played.report())
    places = ["region", *figures.of_kind("territory"), *figures.of_kind("rep")]
    standings = board(figures, 5, WATCHING, places)
    of_reps = sum(figure.of_reps for figure in FIGURES.values())
    assert len(standings) == len(FIGURES) * 5 + of_reps * 8
    sales = standings[0]
    series = figures.series("sales")
    forecast = forecast_of(series[:20])
    assert (sales.figure, sales.place, sales.value) == ("sales", "region", series[24])
    assert sales.expected == pytest.approx(forecast.expected(series[20:])[-1])
    assert sales.score == pytest.approx(forecast.scores(series[20:])[-1])
    assert sales.light == light(sales.score, "higher", WATCHING)
    with pytest.raises(ValueError, match="week 99"):
        board(figures, 99, WATCHING, places)
    with pytest.raises(ValueError, match="nort"):
        board(figures, 5, WATCHING, ["nort"])


def test_weeks_in_a_row_without_green_are_counted():
    counts = [20, 21, 19, 20, 22, 18] * 10
    figures = WeeklyFigures(["north"], -60, 64).add(orders([*counts, 20, 5, 4, 3], -60))
    bad = {week: board(figures, week, WATCHING, ["north"])[1].weeks_bad for week in range(5)}
    assert bad == {0: 0, 1: 0, 2: 1, 3: 2, 4: 3}


# The panel


def test_weekly_figures_are_the_sums_of_the_log(played, region):
    figures, log = figures_of(played.report()), played.world.log
    for week, place in ((-20, "suzhou"), (2, "suzhou")):
        mine = [e for e in log if 5 * week <= e[0] < 5 * week + 5 and e[2] == place]
        found = {name: figures.series(name, place)[week - figures.first] for name in FIGURES}
        assert found["sales"] == pytest.approx(sum(e[6] for e in mine if e[1] in ("order", "won")))
        assert found["visits"] == sum(e[1] == "visit" for e in mine)
        desk = [e[1] for e in log if e[7] == "legal" and e[2] == place and e[0] < 5 * week + 5]
        gone = desk.count("desk_out") + desk.count("gave_up")
        assert found["legal_open"] == desk.count("desk_in") - gone
    whole = sum(figures.series("sales", place) for place in figures.of_kind("territory"))
    assert figures.series("sales") == pytest.approx(whole)


def test_the_panel_alarms_when_one_of_its_charts_does_and_says_which_way():
    rng = np.random.default_rng(1)
    counts = [*rng.poisson(40, 104), *rng.poisson(24, 8)]
    figures = WeeklyFigures(["north"], -104, 112, ["li"]).add(orders(counts, -104))
    panel = Panel.of(figures, WATCHING)
    assert set(panel.forecasts) <= {(f, p) for f, _ in PANEL for p in figures.rows}
    alarms = [panel.step(figures) for _ in range(8)]
    chart = panel.scores()[list(panel.forecasts).index(("orders", "region"))]
    expected = forecast_of(figures.series("orders")[:104]).scores(figures.series("orders")[104:])
    assert chart == pytest.approx(expected)
    assert alarms.index(True) + 1 == panel.first_alarm
    assert panel.first_alarm == first_above(panel.peaks(), WATCHING.cusum_h)
    assert ("orders", "region", "down") in {(m.figure, m.place, m.direction) for m in panel.moved()}
    assert panel.evidence()["orders"] < -1.0
    assert panel.evidence()["complaints"] == 0.0
    assert first_alarm(np.zeros((3, 5), dtype=bool)) is None


def test_the_cause_is_the_one_whose_figures_moved():
    def cause(name, **figures):
        return Cause(id=name, name=TEXT, group="market", sign=TEXT, figures=figures)

    causes = [
        cause("none"),
        cause("rival", orders="down", won="down"),
        cause("price", margin="up", orders="down"),
        cause("lazy", visits="down", orders="down"),
    ]
    assert nearest_cause({"orders": -1.0, "won": -0.5}, causes) == "rival"
    assert nearest_cause({"orders": -1.0, "margin": 1.0}, causes) == "price"
    assert nearest_cause({"orders": -0.3, "visits": -0.9}, causes) == "lazy"
    assert nearest_cause({"orders": 1.0}, causes) is None
    assert nearest_cause({}, causes) is None


# Bad input

NUMBERS = st.one_of(
    st.just(math.nan), st.just(0.0), st.floats(-1e6, 1e6), st.floats(), st.integers(-3, 3)
)
SERIES = st.one_of(
    st.lists(NUMBERS, max_size=130),
    st.tuples(NUMBERS, st.integers(0, 130)).map(lambda pair: [pair[0]] * pair[1]),
)


@given(past=SERIES, seen=st.lists(NUMBERS, min_size=1, max_size=16))
@settings(max_examples=120, deadline=None)
def test_any_series_gets_finite_scores_or_a_plain_word(past, seen):
    past, seen = np.array(past, dtype=float), np.array(seen, dtype=float)
    for make in (lambda: forecast_of(past).scores(seen), lambda: raw_scores(past, seen)):
        try:
            scores = make()
        except TooShortError as error:
            assert (np.abs(past) <= 1e12).sum() < 8
            assert "8 are needed" in str(error)
        else:
            assert np.isfinite(scores).all()
            assert (scores[~(np.abs(seen) <= 1e12)] == 0).all()
    for chart in CHARTS:
        assert chart.alarms(seen).shape == seen.shape


@pytest.mark.parametrize(
    "weeks", [[], [3, 2, 3], [0] * 40, [5] * 40, [5, 0] * 20, [0] * 39 + [5]], ids=str
)
def test_the_board_of_a_poor_history_says_what_cannot_be_said(weeks):
    counts = [*weeks, 4]
    figures = WeeklyFigures(["north"], -len(weeks), len(counts), ["li"])
    figures.add(orders(counts, -len(weeks)))
    panel = Panel.of(figures, WATCHING)
    assert panel.first_alarm is None
    if not weeks:
        assert not panel.step(figures)
    assert not two_weeks(np.array(weeks[:7]), np.array([0.0, 0.0]), WATCHING).any()
    for standing in board(figures, 1, WATCHING, figures.rows):
        known = standing.score is not None
        assert known == bool(standing.light)
        if not known:
            assert standing.note is not None or standing.value is None
        numbers = (standing.value, standing.expected, standing.score)
        assert all(number is None or math.isfinite(number) for number in numbers)


def test_a_figure_that_never_changed_is_far_off_when_it_does():
    past = np.full(40, 7.0)
    for score in (forecast_of(past, 0, False).scores, lambda seen: raw_scores(past, seen)):
        low, same, high = score(np.array([6.9, 7.0, 7.1]))
        assert low < -2 and abs(same) < 1e-9 and high > 2


def test_a_level_that_wanders_is_followed_and_a_fixed_one_is_not():
    rng = np.random.default_rng(2)
    walks = 100 + np.cumsum(rng.normal(0, 1, (30, 120)), axis=1) + rng.normal(0, 2, (30, 120))
    misses = {}
    for wanders in (True, False):
        forecasts = [forecast_of(walk[:104], 0, wanders) for walk in walks]
        assert all((each.weight >= 0.1) == wanders for each in forecasts)
        pairs = zip(forecasts, walks[:, 104:], strict=True)
        misses[wanders] = np.mean([(seen - each.expected(seen)) ** 2 for each, seen in pairs])
    assert misses[True] < 0.8 * misses[False]
    still = rng.normal(50, 3, 400)
    scores = forecast_of(still[:104], 0, False).scores(still[104:])
    assert abs(scores.mean()) < 0.3 and 0.8 < scores.std() < 1.2


def test_a_season_is_found_in_two_years_and_expected_again():
    weeks = np.arange(-104, 52)
    rng = np.random.default_rng(3)
    wave = 200 + 40 * np.cos(2 * np.pi * weeks / 52) + rng.normal(0, 5, len(weeks))
    forecast = forecast_of(wave[:104])
    assert len(forecast.coefficients) == 3
    assert np.abs(forecast.expected(wave[104:]) - wave[104:]).mean() < 8
    assert forecast_of(wave[:60]).coefficients.shape == (1,)  # a year and a bit: not to be told
    assert np.ptp(forecast.usual(np.arange(52))) == pytest.approx(80, abs=10)


def test_one_odd_week_in_two_years_does_not_make_usual_weeks_odd():
    past = np.ones(104)
    past[60] = 0.9
    scores = forecast_of(past, 0, False).scores(np.array([1.0, 1.0, 0.9]))
    assert np.abs(scores[:2]).max() < 0.5 and scores[2] < -2


# Reference players


def test_what_is_found_and_what_is_to_be_found():
    assert [is_found(week, 3, 8) for week in (None, 3, 4, 11, 12)] == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert kind_of(None) == kind_of(drift(cause="none", effects=[])) == "none"
    assert kind_of(drift()) == "drift"
    assert kind_of(drift(cause="season", every_year=True)) == "season"


def test_players_and_persons_count_from_the_same_week(region):
    for begins, start in ((-6, 0), (0, 0), (3, 3), (40, 40)):
        drill = region.but(drift=drift(start_week=begins))
        assert start_of(drill) == truth_of(drill).start == start


def test_a_row_counts_worlds():
    play = Play("cusum", 1, 5, None, "competitor", 10.0, 100.0)
    plays = [
        play,
        replace(play, seed=2, alarm=7, cause="season", gain=-50.0),
        replace(play, seed=3, alarm=2, calm_alarm=2),
        replace(play, seed=4, alarm=None, hours=0.0, gain=0.0),
    ]
    row = row_of(plays, "drift", 3, 8, "competitor")
    shares = [share.value for share in (row.sensitivity, row.false_alarms, row.cause_right)]
    assert shares == [0.5, 0.25, 0.5]
    assert (row.delay.mean, row.gain.mean, row.hours) == (3.0, 37.5, 7.5)
    season = row_of(plays, "season", 3, 8, "season")
    assert season.sensitivity is season.delay is season.cause_right is None
    assert season.false_alarms.value == 0.5  # who called it the season did not cry wolf


def test_a_higher_limit_finds_less_and_cries_less():
    points = roc_of([(1, 3, 9), (1, 8, 8)], [(1, 2, 2), (5, 5, 5)], 0, 2)
    by_limit = {limit: found for limit, *found in points}
    assert by_limit[1.5] == [1.0, 1.0] and by_limit[4] == [0.5, 0.5]
    assert by_limit[8] == [0.0, 0.0]
    assert all(np.diff([found for _, found, _ in points]) <= 0)
    assert all(np.diff([false for *_, false in points]) <= 0)


def test_the_limit_lets_as_many_quiet_worlds_alarm_as_designed(monkeypatch, region):
    def worlds(_scenario, seeds, _workers, _tell):
        return [Watched(seed, 0.0, (1.0, float(seed)), {}) for seed in seeds]

    monkeypatch.setattr(watching, "watched_worlds", worlds)
    limit = watching.calibrate(region, worlds=50, first_seed=1)
    assert sum(seed > limit for seed in range(1, 51)) == 5  # 10 % of 50


@pytest.fixture(scope="module")
def references(region, tmp_path_factory):
    """The reference players of a drill that nobody can miss, with what was told on the way."""
    folder, told = tmp_path_factory.mktemp("cache"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMKIT_CACHE", str(folder))
        scenario = region.but(drift=drift())
        found = watching.play_references(
            scenario, 2, first_seed=5, tell=lambda done, total: told.append((done, total))
        )
        patch.setattr(watching, "_played", None)  # what is kept is not played again
        assert watching.play_references(scenario, 2, first_seed=5) == found
    return found, told


def test_the_reference_players_play_the_same_worlds(references):
    found, told = references
    assert (found.kind, found.worlds, found.start_week) == ("drift", 2, 1)
    assert [row.player for row in found.rows] == [player.id for player in watching.DETECTORS]
    rows = {row.player: row for row in found.rows}
    assert rows["cusum"].sensitivity.value == 1.0
    assert rows["never"].sensitivity.value == rows["never"].false_alarms.value == 0.0
    assert rows["never"].gain.mean == rows["never"].hours == 0.0
    assert rows["everything"].gain.mean != 0.0 and rows["everything"].hours >= 10.0
    assert told[0] == (0, 8) and told[-1] == (8, 8) and told == sorted(told)
    scored = found.scored(lambda play: 1.0 if play.alarm else 0.0)
    assert {row.player: row.score for row in scored.rows}["never"] == 0.0


def test_what_is_gained_is_the_difference_to_the_same_world_left_alone(references, region):
    found, _ = references
    scenario = region.but(drift=drift())
    play = next(p for p in found.plays if p.player == "cusum")
    left = watch_world(scenario, play.seed)
    assert left.alarms["cusum"].week == play.alarm == first_above(left.peaks, 4)
    remedies = {cause.id: cause.remedy for cause in region.watch.causes}
    action = f"action:{remedies[play.cause]}"
    simulation = Simulation(scenario, play.seed)
    while not simulation.done:
        answers = (action,) if simulation.week >= play.alarm else ()
        simulation.step(simulation.decision.but(answers=answers))
    gain = outcome(simulation).contribution - left.contribution
    assert play.gain == pytest.approx(gain)


def test_the_players_can_be_stopped_and_ask_for_two_worlds(region, tmp_path, monkeypatch):
    monkeypatch.setenv("SIMKIT_CACHE", str(tmp_path))

    def stop(done, _total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watching.play_references(region, 5, tell=stop)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="two worlds"):
        watching.play_references(region, 1)
    with pytest.raises(ValueError, match="watch"):
        watched_worlds(load_scenario("region_40").but(weeks=1, warm_up_weeks=0), range(2))
