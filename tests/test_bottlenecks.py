"""Bottlenecks: the line of a region, remedies in the same worlds, theory, and their screen."""

import math
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from pydantic import ValidationError
from regions import LAWS, games

from simkit.region.decision import starting_decision
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.screens import bottleneck_inputs, bottlenecks
from simkit.screens.bottleneck_find import found_html
from simkit.screens.bottlenecks import Bottlenecks
from simkit.study.bottlenecks import (
    AS_NOW,
    Tally,
    line_of,
    line_run,
    line_study,
    remedies,
    together,
)
from simkit.study.deal_line import DESKS, STATIONS
from simkit.study.desk_theory import forecast_desk
from simkit.study.evidence.bare import bare, funnel
from simkit.study.evidence.queues import QUOTED
from simkit.study.workers import World, play_world

REGION = load_scenario("legal_bottleneck")
NOTHING = {"id": "nothing", "name": {"en": "Nothing", "zh": "无"}}
NOTHING |= {"effects": [{"what": "legal_time", "multiply": 1}]}
SHORT = REGION.but(weeks=8, warm_up_weeks=13)
IDLE = SHORT.but(actions=[*(a.model_dump() for a in SHORT.actions), NOTHING])


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    """Let nothing that was kept before answer for the code of today."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIMKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@cache
def study():
    """Every remedy, and an action that does nothing, in two worlds."""
    plans = {name: remedy.changes for name, remedy in remedies(IDLE).items()}
    return line_study(IDLE, plans, worlds=2, workers=1)


# --- the line


@settings(LAWS, max_examples=10)
@given(games())
def test_littles_law_is_exact_at_every_station_of_every_run(game):
    simulation = game.play()
    end = float(DAYS_PER_WEEK * simulation.week)
    for start in (0.0, 7.5):
        for tally in line_of(simulation, start, end).values():
            rate, wait = tally.little
            product = rate * wait if tally.present else 0.0
            assert tally.queue == pytest.approx(product, rel=1e-9, abs=1e-9)


def test_the_line_counts_what_happened():
    simulation = Simulation(SHORT, 1)
    line, log = line_of(simulation, -65.0, 0.0), simulation.world.log
    for desk in DESKS:
        at = [e for e in log if e[7] == desk]
        kinds = {k: [e[6] for e in at if e[1] == k] for k in ("desk_start", "desk_out", "gave_up")}
        waits = kinds["desk_start"] + kinds["gave_up"]
        assert line[desk].arrivals == sum(e[1] == "desk_in" for e in at)
        assert line[desk].mean_wait == pytest.approx(math.fsum(waits) / len(waits))
        assert line[desk].mean_work == pytest.approx(math.fsum(kinds["desk_out"]) / line[desk].on)
        assert line[desk].gave_up == len(kinds["gave_up"])
    assert line["sign"].on == sum(e[1] == "won" for e in log)
    assert line["leads"].gave_up == sum(e[1] == "lead_expired" for e in log) > 0
    large = [e for e in log if e[1] == "opportunity" and e[6] > SHORT.desks.approval_limit]
    assert 0 < line["approval"].on <= len(large)
    assert line["approval"].mean_wait == pytest.approx(SHORT.desks.approval_days)


def test_what_leaves_one_station_comes_to_the_next():
    line = line_of(Simulation(SHORT, 2), -65.0, 0.0)
    pairs = [("qualify", "quote"), ("quote", "consider"), ("consider", "negotiate")]
    for before, after in [*pairs, ("legal", "sign"), ("sign", "delivery")]:
        assert line[before].on == line[after].arrivals
    assert line["leads"].on == line["qualify"].arrivals


def test_tallies_add_up():
    one, two = (run.line["legal"] for run in study().runs[AS_NOW])
    both = one + two
    assert both.arrivals == one.arrivals + two.arrivals
    assert both.queue == pytest.approx((one.queue + two.queue) / 2)
    assert replace(Tally(), days=5.0).rate == 0.0
    assert math.isnan(Tally().mean_wait)


# --- remedies


def test_a_remedy_without_effect_changes_exactly_nothing():
    assert study().runs["action:nothing"] == study().runs[AS_NOW]


def test_relieving_the_delivery_desk_wins_exactly_no_deal():
    gain = study().gain("delivery_staff", lambda run: run.won)
    assert gain.mean == gain.low == gain.high == 0.0
    assert study().wait("delivery_staff", "delivery").mean < study().wait(AS_NOW, "delivery").mean


@pytest.mark.parametrize("desk", DESKS)
def test_more_staff_never_lengthens_the_mean_wait_at_its_own_desk(desk):
    for now, then in zip(study().runs[AS_NOW], study().runs[f"{desk}_staff"], strict=True):
        assert then.line[desk].mean_wait < now.line[desk].mean_wait


def test_more_staff_lengthens_no_single_wait_where_nobody_gives_up():
    territory = {"id": "north", "leads_per_week": 40}
    waits = []
    for staff in (1, 2, 3):
        quote = {"staff": staff, "service_days": 0.4, "patience_per_week": 0}
        scenario = bare(
            "funnel",
            territories=[territory],
            weeks=6,
            warm_up_weeks=0,
            funnel=funnel(QUOTED),
            desks={"quote": quote},
        )
        log = play_world(World(scenario, 3), lambda simulation: simulation.world.log)
        waits.append({e[5]: e[6] for e in log if e[1] == "desk_start"})
    for few, more in pairwise(waits):
        assert set(few) <= set(more) and len(few) > 20
        assert all(more[job] <= few[job] + 1e-9 for job in few)


def test_each_remedy_acts_where_it_says_and_costs_what_it_says():
    known, runs = remedies(IDLE), study().runs
    for name, desk in {"action:quote_tool": "quote", "action:templates": "legal"}.items():
        for now, then in zip(runs[AS_NOW], runs[name], strict=True):
            assert then.line[desk].mean_work < now.line[desk].mean_work
            assert then.spent == known[name].cost_once + 8 * known[name].cost_week
    assert all(run.spent == 8 * known["legal_staff"].cost_week for run in runs["legal_staff"])
    assert {remedy.relieves for remedy in known.values()} >= {"leads", "approval", *DESKS}


def test_chosen_remedies_work_together():
    known = remedies(REGION)
    both = together([known["legal_staff"], known["action:templates"], known["action:quote_tool"]])
    assert both == {"legal_staff": 2, "answers": ("action:templates", "action:quote_tool")}


def test_the_name_of_todays_desks_is_taken():
    with pytest.raises(ValueError, match="as_now"):
        line_study(SHORT, {AS_NOW: {}}, worlds=1, workers=1)


def test_actions_of_a_scenario_are_checked():
    with pytest.raises(ValidationError, match="used twice"):
        SHORT.but(actions=[NOTHING, NOTHING])
    drills = load_scenario("drift_region")
    with pytest.raises(ValidationError, match="in 'watch' too"):
        drills.but(actions=[{**NOTHING, "id": drills.watch.actions[0].id}])
    lost = {**NOTHING, "effects": [{"what": "legal_time", "multiply": 1, "where": "nowhere"}]}
    with pytest.raises(ValidationError, match="nowhere"):
        SHORT.but(actions=[lost])
    unknown = starting_decision(SHORT).but(answers=("action:nothing",))
    with pytest.raises(ValueError, match="action:nothing"):
        Simulation(SHORT.but(warm_up_weeks=0), 1).step(unknown)


# --- theory: known values of the literature


@pytest.mark.parametrize(("cv2", "wait"), [(0, 2), (0.5, 3), (1, 4), (2, 6), (4, 10)])
def test_one_person_waits_as_pollaczek_and_khinchine_say(cv2, wait):
    found = forecast_desk(0.8, 1.0, cv2, 1)
    assert found.wait == pytest.approx(wait)
    assert found.utilisation == pytest.approx(0.8)


@pytest.mark.parametrize(("rate", "staff", "wait"), [(1.6, 2, 1.777778), (8, 10, 0.204590)])
def test_several_people_wait_as_erlang_says(rate, staff, wait):
    assert forecast_desk(rate, 1.0, 1.0, staff).wait == pytest.approx(wait, abs=1e-6)


def test_impatient_customers_wait_as_palm_says():
    found = forecast_desk(10, 1.0, 1.0, 10, patience=0.5)
    assert found.gave_up == pytest.approx(0.103913, abs=1e-6)
    assert found.wait == pytest.approx(0.2078264, abs=1e-7)
    assert found.utilisation == pytest.approx(1 - 0.103913, abs=1e-6)


def test_an_overloaded_desk_has_no_steady_state_and_no_desk_has_none_at_all():
    assert forecast_desk(2.0, 1.0, 1.0, 1).wait == math.inf
    for bad in [(0.0, 1.0, 1.0, 1), (1.0, math.nan, 1.0, 1), (1.0, 1.0, 1.0, 0)]:
        with pytest.raises(ValueError, match="desk needs"):
            forecast_desk(*bad)


# --- the screen


@pytest.fixture
def small(monkeypatch):
    """The screen on a short half year and few worlds, in this process."""
    monkeypatch.setattr(bottlenecks, "load_scenario", lambda name: IDLE)
    monkeypatch.setattr(bottleneck_inputs, "WORLDS", (2, 100))
    monkeypatch.setattr(bottlenecks.os, "cpu_count", lambda: 1)


GUESS = {"waits": "quote", "leaks": "leads", "best": "legal_staff", "more": 4}
FOREIGN = re.compile(r"Erlang [AC]|Pollaczek-Khinchine")


def shown(app):
    """Return all that the screen says, without pictures and tags."""
    pages = [app.found, app.theory, app.played, app.chart]
    whole = "".join(re.sub(r' src="[^"]*"', "", page.value) for page in pages)
    return re.sub(r"<[^>]*>", " ", re.sub(r"<img alt=\"([^\"]*)\"", r"\1 <img", whole))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_screen_finds_predicts_and_tries(small, tmp_path, lang):
    record = tmp_path / "saved.json"
    app = Bottlenecks(lang=lang, record=record)
    assert shown(app).strip() == ""
    assert app.run_button.disabled and app.simulate_button.disabled
    app.predict_button.click()
    assert "alert" in app.complaints["predict"].value
    app.enter(worlds=2.0).predict(**GUESS)
    app.wait()
    assert app.found.value.count("<img") == 1 and "</table>" in app.theory.value
    assert app.complaints["predict"].value == ""
    app.simulate(people=3.0).wait()
    assert app.played.value.count("<tr>") == 3
    app.run(try_pre_review=True, try_legal_staff=True).wait()
    assert app.error is None
    assert set(app.result.runs) == {AS_NOW, "mine", *remedies(IDLE)}
    assert app.chart.value.count("<img") == 2
    said = shown(app)
    assert not re.search(r"\bnan\b|\binf\b|None", said)
    if lang == "zh":
        assert not re.findall(r"[A-Za-z]{2,}", FOREIGN.sub("", said.replace("&#x27;", "")))
    again = Bottlenecks(lang=lang, record=record)
    again.wait()
    assert again.prediction == GUESS and again.found.value


BAD = {"worlds": [4.5, 0.0, math.nan, 101.0], "people": [0.0, 1.5, math.inf]}


def test_what_cannot_be_played_is_said_at_its_box(small):
    app = Bottlenecks(lang="zh").predict(**GUESS)
    app.wait()
    for box, value in [(box, value) for box, values in BAD.items() for value in values]:
        app.enter(**{box: value})
        assert set(app.mistakes) == {box}
        assert "整数" in app.complaints[box].value
        assert app.simulate_button.disabled
        assert app.run_button.disabled == (box == "worlds")
        app.enter(**{box: 5.0})
        assert not app.mistakes and not app.simulate_button.disabled


def test_only_one_order_of_work_can_be_chosen(small):
    app = Bottlenecks(lang="en").predict(**GUESS)
    app.enter(try_large_first=True, try_small_first=True)
    assert app.run_button.disabled and "one order" in " ".join(app.mistakes.values())


def test_stopping_changes_nothing(small):
    app = Bottlenecks(lang="en", seed=77).predict(**GUESS)
    app.wait()
    app.run(worlds=40.0)
    app.stop_button.click()
    app.wait()
    assert app.result is None and app.error is None and not app.chart.value


def test_a_line_without_deals_is_shown_with_dashes():
    empty = dict.fromkeys(STATIONS, Tally(days=65.0))
    for lang in ("en", "zh"):
        text = re.sub(r"<[^>]*>", " ", found_html(empty, SHORT, lang))
        assert "–" in text and not re.search(r"\bnan\b|\binf\b", text)


def test_a_run_names_its_figures():
    run = play_world(World(SHORT, 1), line_run)
    assert run == study().runs[AS_NOW][0]
    assert run.won == run.line["sign"].on and run.cycle > 0
