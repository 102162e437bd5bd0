"""The quarter without a browser: played by setting traits and pressing buttons."""

import math
import re

import pytest
from targets import a_plan, small_game, workshop

from simkit.screens.drill_levers import week_cost
from simkit.screens.drill_words import Room
from simkit.screens.target_quarter import CHANGE, Quarter
from simkit.training.recalibration import recalibrations
from simkit.training.target_plan import plan_of, season_shares
from simkit.training.tracking import alarms, totals_now, tracking_of

REPS = [rep.id for rep in workshop().reps]
HAN = re.compile("[\u4e00-\u9fff]")


class Screen:
    """Stands for the screen that the quarter belongs to."""

    def __init__(self, game, lang="en"):
        self.errors = []
        self.room = Room(game, lang, self.safely, lambda: None)
        self.quarter = Quarter(self.room, self.play, self.undo)
        self.quarter.show()

    def safely(self, function):
        def guarded(*args):
            try:
                return function(*args)
            except Exception as error:
                self.errors.append(error)

        return guarded

    def play(self):
        if self.quarter.play_week():
            self.quarter.show()

    def undo(self):
        self.quarter.take_back()

    def weeks(self, count):
        """Press Play so often, and predict when that is asked for."""
        quarter = self.quarter
        for _ in range(count):
            if quarter.play_button.disabled:
                quarter.predict.boxes["low"].value = 6000.0
                quarter.predict.boxes["high"].value = 9000.0
                quarter.predict.button.click()
            quarter.play_button.click()
        quarter.wait(30)
        assert self.errors == []
        return self


@pytest.fixture
def game(tmp_path):
    with small_game(tmp_path, weeks=0) as game:
        yield game


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_quarter_is_played_with_two_predictions(game, lang):
    screen = Screen(game, lang).weeks(13)
    assert game.done
    assert [note.data["weeks"] for note in game.notes("prediction")] == [[4, 12], [8, 12]]
    shown = screen.quarter.table.value + screen.quarter.chart.value
    assert "<img alt=" in shown
    assert "nan" not in re.sub("<[^>]*>", "", shown)
    assert bool(HAN.search(shown)) == (lang == "zh")
    assert screen.quarter.play_button.disabled


def test_the_first_week_is_played_under_the_plan(game):
    Screen(game).weeks(1)
    assert game.decisions[0].quota == {rep: float(v) for rep, v in a_plan().reps.items()}
    assert set(game.decisions[0].target_talks.values()) == {"announced"}


def test_rows_add_up_and_lights_follow_the_band(game):
    Screen(game).weeks(3)
    tracking = tracking_of(game.report, plan_of(game), totals_now(a_plan(), game))
    reps = [row for row in tracking.rows if row.kind == "rep"]
    places = [row for row in tracking.rows if row.kind == "territory"]
    for part in ("sold", "pace"):
        by_rep = math.fsum(getattr(row, part) for row in reps)
        assert math.fsum(getattr(row, part) for row in places) == pytest.approx(by_rep)
    assert tracking.region.sold == pytest.approx(math.fsum(tracking.weekly))
    assert tracking.region.sold == pytest.approx(math.fsum(row.sold for row in reps))
    for row in reps:
        ratio = row.sold / row.pace
        away = abs(ratio - 1.0) / 0.1  # the plan's band is 10 % wide either way
        assert row.light == ("green" if away <= 1 else "amber" if away <= 2 else "red")
        assert row.side == ("below" if ratio < 0.9 else "above" if ratio > 1.1 else "inside")


def test_the_forecast_is_what_was_sold_over_the_season_that_has_passed(game):
    Screen(game).weeks(2)
    found = tracking_of(game.report, a_plan(), a_plan().reps)
    expected = found.region.sold / math.fsum(season_shares(workshop())[:2])
    assert found.region.forecast == pytest.approx(expected)


def test_two_weeks_in_a_row_under_the_limit_are_told():
    plan, shares = a_plan(), season_shares(workshop())
    low = [plan.band["low"] * share for share in shares]
    weekly = [low[0] - 1, low[1] + 1, low[2] - 1, low[3] - 1, low[4] - 1, low[5] + 1]
    assert alarms(weekly, plan, shares) == [3, 4]


@pytest.mark.parametrize(("factor", "fires"), [(0.01, False), (100.0, True)])
def test_the_alarm_is_shown_when_the_rule_fires(tmp_path, factor, fires):
    plan = a_plan()
    band = {**plan.band, **{end: factor * plan.band[end] for end in ("low", "baseline", "high")}}
    with small_game(tmp_path, plan.__class__(**{**plan.__dict__, "band": band}), weeks=0) as game:
        screen = Screen(game).weeks(1)
        assert screen.quarter.alarm.value == ""
        screen.weeks(1)
        assert ("a review is due" in screen.quarter.alarm.value) == fires


def test_levers_are_played_and_cost_what_the_budget_takes(game):
    screen = Screen(game).weeks(1)
    actions = screen.quarter.actions
    actions.levers.boxes["coaching_hours"].value = 2.0
    actions.levers.boxes["recognition_hours"].value = 1.0
    actions.training.value = 1.0
    actions.promotion["jiaxing"].value = 2000.0
    decision, before = screen.quarter.decision(), game.report.budget_left
    cost = week_cost(game.report, decision)
    screen.weeks(1)
    assert game.decisions[1].but_at("jiaxing", promotion=2000.0) == game.decisions[1]
    assert before - game.report.budget_left == pytest.approx(cost)
    assert actions.training.value == 0.0
    assert actions.levers.boxes["coaching_hours"].value == 2.0


def test_what_explaining_costs_is_told_beforehand(tmp_path):
    with small_game(tmp_path, a_plan("explained"), weeks=0) as game:
        screen = Screen(game)
        cost, money = week_cost(game.report, screen.quarter.decision()), 120_000
        assert cost > 0
        screen.weeks(1)
        assert money - game.report.budget_left == pytest.approx(cost)
        assert week_cost(game.report, screen.quarter.decision()) == 0


def test_targets_are_recalibrated_twice_and_no_more(game):
    screen = Screen(game)
    assert screen.quarter.change.boxes[REPS[0]].disabled
    screen.weeks(1)
    for times in (1, 2):
        screen.quarter.change.boxes[REPS[0]].value = 850_000.0 - 20_000 * times
        screen.quarter.change.reason.value = "a large customer has closed"
        screen.weeks(1)
    assert [c.reps for c in recalibrations(game)] == [{REPS[0]: 830_000}, {REPS[0]: 810_000}]
    assert "0 of 2" in screen.quarter.change.left.value
    assert screen.quarter.change.boxes[REPS[0]].disabled
    assert totals_now(a_plan(), game)[REPS[0]] == 810_000


@pytest.mark.parametrize(
    ("amount", "reason", "place"),
    [(5.0, "because", "rep"), (math.inf, "because", "rep"), (8e5, "", "foot")],
)
def test_a_mistake_in_a_recalibration_is_told_at_its_field(game, amount, reason, place):
    screen = Screen(game).weeks(2)
    change = screen.quarter.change
    change.boxes[REPS[1]].value, change.reason.value = amount, reason
    screen.quarter.play_button.click()
    assert game.week == 2
    assert screen.quarter.tabs.selected_index == CHANGE
    told = change.alarms[REPS[1]] if place == "rep" else change.alarm
    assert 'role="alert"' in told.value
    assert change.boxes[REPS[1]].value == amount
    assert screen.errors == []


def test_a_week_is_taken_back_with_what_was_decided_in_it(game):
    screen = Screen(game).weeks(2)
    screen.quarter.actions.levers.boxes["coaching_hours"].value = 3.0
    screen.quarter.change.boxes[REPS[0]].value = 900_000.0
    screen.quarter.change.reason.value = "a new customer"
    screen.weeks(1)
    screen.quarter.undo_button.click()
    assert (game.week, recalibrations(game)) == (2, [])
    assert screen.quarter.actions.levers.boxes["coaching_hours"].value == 3.0
    assert screen.quarter.recalibration()["reps"] == {REPS[0]: 900_000}
    assert screen.quarter.recalibration()["reason"] == "a new customer"


def test_what_is_entered_can_be_kept_and_entered_again(game):
    screen = Screen(game).weeks(1)
    screen.quarter.actions.promotion["jiaxing"].value = 1500.0
    screen.quarter.change.boxes[REPS[2]].value = 800_000.0
    kept, decision = screen.quarter.entered(), screen.quarter._without_change()
    again = Screen(game)
    again.quarter.fill(kept)
    assert again.quarter.entered() == kept
    assert again.quarter._without_change() == decision


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (9000.0, 8000.0), (0.0, 1.0), (1.0, 1e400)])
def test_a_prediction_that_makes_no_sense_is_not_stored(game, low, high):
    screen = Screen(game).weeks(4)
    boxes = screen.quarter.predict.boxes
    boxes["low"].value, boxes["high"].value = low, high
    screen.quarter.predict.button.click()
    assert game.notes("prediction") == []
    assert "alert" in screen.quarter.predict.complaint.value
    assert screen.quarter.play_button.disabled


def test_who_only_looks_can_press_nothing(game):
    screen = Screen(game).weeks(1)
    screen.quarter.enable(False)
    assert screen.quarter.play_button.disabled
    assert screen.quarter.undo_button.disabled
    assert all(box.disabled for box in screen.quarter.change.boxes.values())
