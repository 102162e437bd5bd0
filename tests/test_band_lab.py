"""The band lab: false alarms where nothing happens, delay after a drop, what an alarm costs."""

import html
import math
import re
import time
from functools import cache
from statistics import NormalDist

import pytest
from regions import lively

from simkit.planning.band_rule import YEAR, expected_alarms
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.targets import BandRule
from simkit.screens.band_inputs import BOUNDS, RULE, mistakes_in
from simkit.screens.band_lab import BandLab
from simkit.screens.band_result import result_html
from simkit.screens.band_view import Played, View
from simkit.screens.parts import values
from simkit.study.band_lab import BandStudy, band_study, textbook
from simkit.study.band_results import LONGEST, WITHIN
from simkit.study.band_world import BandWorld
from simkit.study.band_worlds import (
    DROP_WEEK,
    PAST_YEARS,
    SIZES,
    drop,
    long_scenario,
    play_band_worlds,
    quarter_end,
    recalibrating,
)
from simkit.study.intervals import paired_difference, ratio_of, share_of

SCENARIO = load_scenario("target_workshop")
TIGHT = BandRule(width_factor=0.25, weeks_under=1)
"""A rule that fires all the time."""
LOOSE = BandRule(width_factor=5.0)


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    """Let nothing that was kept before answer for the code of today."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@cache
def study():
    """Four worlds of the workshop's region, the fewest that the screen takes."""
    return band_study(SCENARIO, 4, workers=1)


def made_up(seed=0, season=1.0, drop_to=0.5, sales=None):
    """Return a world of two territories whose weeks are known."""
    quiet = sales or tuple(100.0 + (10.0 if week % 2 else -10.0) for week in range(YEAR))
    past = quiet * PAST_YEARS
    fallen = tuple(v * (drop_to if week >= DROP_WEEK else 1.0) for week, v in enumerate(quiet))
    places = ("a", "b")
    return BandWorld(
        seed,
        past=dict.fromkeys(places, past),
        quiet=dict.fromkeys(places, quiet),
        changed={0.5: dict.fromkeys(places, fallen)},
        quotas={"x": (1.0,) * YEAR, "y": (2.0,) * YEAR},
        teams={"a": ("x",), "b": ("y",)},
        contribution=dict.fromkeys(places, (10.0,) * YEAR),
        rival={"a": (1.0, 0.9, 0.9, 1.0) * 13, "b": (1.0,) * YEAR},
    )


def made_up_study():
    return BandStudy(SCENARIO, (made_up(1), made_up(2)))


def test_known_weeks_give_known_figures():
    rule = BandRule(width_factor=2.0)
    quiet, found = made_up_study().quiet(rule), made_up_study().found(rule, 0.5)
    assert quiet.a_year.mean == 0 and quiet.some.value == 0 and quiet.under.mean == 0
    assert quiet.width == pytest.approx(2 * 0.1, rel=0.01)
    assert quiet.autocorrelation.mean == pytest.approx(-1.0, abs=0.02)
    assert found.weeks.mean == 2
    assert all(found.within[k].value == 1 and found.anyway[k].value == 0 for k in WITHIN)
    assert all(found.gain[k].mean == 1 for k in WITHIN)


def test_no_alarm_in_few_years_is_no_proof_that_there_is_none():
    quiet = made_up_study().quiet(BandRule(width_factor=2.0))
    assert quiet.a_year.high == pytest.approx(-math.log(0.025) / 2)
    assert quiet.some.high > 0.5
    assert math.isnan(quiet.after.mean)


def test_every_second_week_under_fires_every_second_week():
    rule = BandRule(width_factor=0.5, weeks_under=1, factor=1.0)
    assert made_up_study().quiet(rule).a_year.mean == 26
    assert made_up_study().quiet(rule).after.mean == pytest.approx(0.0, abs=1e-12)
    lowered = rule.model_copy(update={"factor": 0.5})
    quiet = made_up_study().quiet(lowered)
    assert (quiet.a_year.mean, quiet.unchanged.mean) == (1, 26)


def test_a_drop_that_is_not_noticed_counts_as_the_longest_delay():
    found = made_up_study().found(LOOSE, 0.5)
    assert found.weeks.mean == LONGEST
    assert found.within[13].value == 0
    with pytest.raises(KeyError):
        made_up_study().found(LOOSE, 0.2)


def test_outside_changes_beyond_the_threshold_are_counted_once_each():
    assert made_up_study().outside(0.05).fires.mean == 13 / 2
    assert made_up_study().outside(0.10).fires.mean == 0  # a cut of 10 % is not beyond 10 %
    assert made_up_study().outside(0.10).cuts.mean == 13 / 2


# --- worlds of the engine


def test_worlds_hold_the_sales_of_the_very_runs():
    world, seed = study().worlds[0], study().worlds[0].seed
    plain = Simulation(long_scenario(SCENARIO), seed)
    while not plain.done:
        plain.step(plain.decision)
    events = plain.events().astype({"kind": str, "territory": str})
    sales = events[events["kind"].isin(["order", "won"])]
    by_week = sales.groupby(["territory", "week"])["amount"].sum()
    for place, weeks in world.quiet.items():
        assert len(weeks) == YEAR and len(world.past[place]) == PAST_YEARS * YEAR
        assert math.fsum(weeks) == pytest.approx(by_week[place].loc[0 : YEAR - 1].sum())
        last = by_week[place].loc[-PAST_YEARS * YEAR : -1]
        assert math.fsum(world.past[place]) == pytest.approx(last.sum())
    pay = events[events["kind"].isin(["pay", "cost"]) & (events["territory"] != "")]
    result = sales[sales["week"] >= 0]["amount"].sum() - pay[pay["day"] >= 0]["amount"].sum()
    kept = math.fsum(math.fsum(weeks) for weeks in world.contribution.values())
    assert kept == pytest.approx(result)


def test_a_drop_changes_nothing_before_it_and_lowers_sales_after_it():
    for world in study().worlds:
        for place in study().territories:
            quiet, changed = world.quiet[place], world.changed[0.5][place]
            assert quiet[:DROP_WEEK] == changed[:DROP_WEEK]
            assert math.fsum(changed[DROP_WEEK:]) < math.fsum(quiet[DROP_WEEK:])


def test_a_wider_band_never_fires_more_and_a_drop_is_found_sooner_than_none():
    widths = (0.25, 0.5, 1.0, 2.0)
    rows = study().trade_off(BandRule(factor=1.0), 0.5, widths)
    rates = [quiet.a_year.mean for _, quiet, _ in rows]
    assert [width for width, _, _ in rows] == [*widths]
    assert rates == sorted(rates, reverse=True) and rates[0] > rates[-1]
    found = rows[1][2]
    assert found.within[13].value > found.anyway[13].value
    assert found.within[4].value <= found.within[8].value <= found.within[13].value
    assert all(share.low <= share.value <= share.high for share in found.within.values())


def test_drawn_independent_weeks_agree_with_the_closed_form():
    """The tolerance is 4 standard errors; the 95 % interval of Student is 1.96 of them here."""
    for rule in (BandRule(width_factor=0.5), BandRule(width_factor=0.25, weeks_under=3), TIGHT):
        closed, counted = study().drawn(rule)
        error = (counted.high - counted.low) / 2 / 1.961
        assert counted.mean == pytest.approx(closed, abs=4 * error)


def test_the_textbook_is_that_of_normal_weeks():
    chance = NormalDist().cdf(-1.0)
    assert textbook(BandRule()) == expected_alarms(chance, 2)


def test_the_region_has_a_narrower_band_than_its_territories():
    rule = BandRule()
    assert study().quiet(rule, region=True).width < study().quiet(rule).width


def test_a_false_alarm_lowers_the_quotas_of_its_territory_to_the_end_of_its_quarter():
    world, fired = study().worlds[0], 15
    simulation = Simulation(SCENARIO.but(weeks=30), 1)
    decide = recalibrating(world, {"wuxi": fired}, 0.9)
    told = {}
    while not simulation.done:
        decision = decide(simulation.report())
        told[simulation.week] = decision.quota
        simulation.step(decision)
    assert quarter_end(fired) == 26
    assert {week for week, quota in told.items() if quota} == set(range(16, 26))
    quarter = {rep: math.fsum(world.quotas[rep][13:26]) for rep in world.teams["wuxi"]}
    assert told[16] == pytest.approx({rep: 0.9 * money for rep, money in quarter.items()})
    talks = [e for e in simulation.world.log if e[1] == "talk"]
    assert {e[7] for e in talks} == {"explained"} and len(talks) == 2


def test_the_cost_of_an_alarm_is_that_of_its_recalibration():
    rule, heard = TIGHT.model_copy(update={"factor": 0.5}), []
    cost = study().cost(rule, workers=1, tell=lambda *done: heard.append(done))
    assert cost.rule is rule and heard[-1] == (4, 4)
    assert cost.number == sum(map(len, study().first_alarms(rule))) == 16  # it fires everywhere
    assert cost.quarter.pairs == 4 and cost.quarter.mean != 0
    assert cost.talks == 2 * 3 * 400 and cost.review == 4 * 400


def test_without_alarms_there_is_no_cost_to_tell():
    assert study().first_alarms(LOOSE) == [{}] * 4
    none = study().cost(LOOSE, workers=1)
    assert none.number == 0 and none.quarter.verdict == "too few worlds"


def test_worlds_come_back_from_the_disk_as_they_were(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMKIT_CACHE", str(tmp_path))
    small = lively().but(talks=None)
    played = play_band_worlds(small, 2, sizes=(0.3,), workers=1)
    heard = []
    again = play_band_worlds(
        small, 2, sizes=(0.3,), workers=1, tell=lambda *done: heard.append(done)
    )
    assert played == again and not heard


def test_one_world_has_no_interval():
    with pytest.raises(ValueError, match="two worlds or more"):
        play_band_worlds(SCENARIO, 1)


def test_a_drop_is_a_shock_of_demand_to_the_end_of_the_year():
    shock = drop(0.15)
    assert shock.start_week == DROP_WEEK and shock.end_week == YEAR
    assert shock.effects[0].multiply == pytest.approx(0.85)


# --- intervals


def test_a_share_has_wilsons_interval_and_values_that_are_alike_count_less():
    """Wilson (1927): 8 of 10 gives 0.4902 to 0.9433, 0 of 10 gives 0 to 0.2775."""
    alone = share_of([[i < 8] for i in range(10)])
    assert (alone.low, alone.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    never = share_of([[False] * 4] * 10)
    assert (never.low, never.high) == pytest.approx((0, 0.2775), abs=5e-5)
    alike = share_of([[i < 8] * 4 for i in range(10)])
    apart = share_of([[i < 8 for i in range(10)]] * 4)
    assert alike.high - alike.low > alone.high - alone.low > apart.high - apart.low


def test_a_ratio_has_a_jackknife_interval():
    exact = ratio_of([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    assert (exact.mean, exact.low, exact.high) == pytest.approx((2.0, 2.0, 2.0))
    same = ratio_of([1.0, 2.0, 6.0], [1.0, 1.0, 1.0])
    plain = paired_difference([1.0, 2.0, 6.0])
    assert (same.mean, same.low, same.high) == pytest.approx((plain.mean, plain.low, plain.high))
    assert ratio_of([0.0, 0.0], [0.0, 0.0]).verdict == "too few worlds"
    assert ratio_of([1.0, 0.0], [1.0, 0.0]).verdict == "too few worlds"


# --- the screen


@cache
def lab(lang):
    """A lab in which the worlds of `study` were played."""
    study()
    opened = BandLab(lang=lang, workers=1)
    opened.predict(cry=4, late=6).run(worlds=4).wait()
    assert opened.error is None
    return opened


def text_of(shown):
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<img[^>]*>", " ", shown)))


def test_nothing_can_be_played_or_changed_before_the_prediction():
    opened = BandLab(lang="en")
    assert opened.run_button.disabled and opened.cost_button.disabled
    assert all(opened._settings[name].disabled for name in RULE)
    with pytest.raises(RuntimeError):
        opened.run()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_lab_shows_what_the_study_says(lang):
    played, shown = lab(lang).result, text_of(lab(lang).chart.value)
    quiet = played.study.quiet(SCENARIO.targets.band)
    view = View(played, SCENARIO.targets.band, SIZES[0], lang)
    assert view.number(quiet.a_year, 4) in shown
    assert view.per_cent(played.study.found(BandRule(), SIZES[0]).within[8]) in shown
    assert {"en": "You predicted", "zh": "您的预测"}[lang] in shown
    assert "nan" not in shown
    assert lab(lang).chart.value.count("<img alt=") == 2
    assert not re.search(r"[{}]", shown)


def test_a_changed_rule_is_shown_at_once_and_its_cost_on_request():
    opened = lab("en")
    before = opened.chart.value
    began = time.perf_counter()
    opened.edit(width_factor=0.5, weeks_under=3, size=0.3)
    assert time.perf_counter() - began < 0.2
    opened.wait()
    assert opened.chart.value != before
    assert "of another rule" in opened.chart.value
    opened.cost_button.click()
    opened.wait()
    assert opened.error is None and opened.result.cost.rule.weeks_under == 3
    assert "of another rule" not in opened.chart.value
    opened.edit(outside_threshold=5)
    opened.wait()
    assert "of another rule" not in opened.chart.value  # it has nothing to do with the alarms
    assert "95" in opened.chart.value.partition("A target of 100")[2][:80]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("width_factor", 0.0, "from 0.1 to 5"),
        ("width_factor", float("nan"), "from 0.1 to 5"),
        ("width_factor", float("inf"), "from 0.1 to 5"),
        ("weeks_under", 1.5, "a whole number from 1 to 13"),
        ("growth_years", 4, "a whole number from 1 to 3"),
        ("factor", -1, "from 0.1 to 2"),
        ("outside_threshold", 101, "from 0 to 100"),
        ("worlds", 1, "a whole number from 4 to 100"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_box(name, value, message):
    opened = BandLab(lang="en")
    opened.edit(**{name: value})
    assert message in opened.complaints[name].value
    assert [*opened.mistakes] == [name]
    opened.predict(cry=1, late=1)
    assert opened.run_button.disabled and opened.prediction
    opened.edit(**{name: BOUNDS[name][0]})
    assert not opened.mistakes and not opened.run_button.disabled
    assert opened.complaints[name].value == ""
    assert "请填" in mistakes_in({**values(opened._settings), name: value}, "zh")[name]


def test_a_mistake_leaves_the_last_result_on_the_screen():
    opened = lab("zh")
    before = opened.chart.value
    opened.edit(factor=9)
    opened.wait()
    assert opened.chart.value == before and opened.mistakes
    opened.edit(factor=0.95)
    opened.wait()
    assert opened.error is None


def test_extreme_rules_show_no_nan():
    for rule in (TIGHT, LOOSE, BandRule(width_factor=5.0, weeks_under=13, factor=2.0)):
        view = View(lab("en").result, rule, SIZES[-1], "en")
        shown = text_of(result_html(view, {"cry": 0.0, "late": 0}))
        assert "nan" not in shown and "inf" not in shown
    played = Played(lab("en").result.study, lab("en").result.study.cost(LOOSE, workers=1))
    assert "too few false alarms" in result_html(View(played, LOOSE, SIZES[0], "en"), {})


def test_prediction_and_rule_are_on_disk_and_a_spoilt_file_does_no_harm(tmp_path):
    record = tmp_path / "band.json"
    first = BandLab(record=record, lang="en")
    first.edit(width_factor=1.5)
    first.predict(cry=2, late=9)
    again = BandLab(record=record, lang="en")
    assert again.prediction == {"cry": 2, "late": 9}
    assert again._settings["width_factor"].value == 1.5
    record.write_text(record.read_text().replace("1.5", "-7"))
    spoilt = BandLab(record=record, lang="en")
    assert spoilt.error is None and not spoilt.mistakes
    assert spoilt._settings["width_factor"].value == SCENARIO.targets.band.width_factor


def test_a_run_that_is_stopped_changes_nothing():
    opened = BandLab(lang="en", workers=1)
    opened.predict(cry=1, late=1)
    opened.run(worlds=5)
    opened.stop_button.click()
    opened.wait()
    assert "Stopped" in opened.status.value
    assert opened.result is None and not opened.run_button.disabled
