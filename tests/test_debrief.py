"""Laws of the debrief: what is left untouched is worth nothing, and every number adds up."""

import functools
import json
import math
from itertools import pairwise

import numpy as np
import pytest
from debriefs import NOTES, PLAN, conduct, region
from hypothesis import given
from regions import LAWS, games, mean_and_error

from simkit.kpi.scorecard import load_scorecard
from simkit.kpi.table import kpi_table
from simkit.region.decision import Decision
from simkit.region.simulation import Simulation
from simkit.study.changes import changes_between, decision_of, entries_of, with_changes
from simkit.study.counterfactual import Counterfactual
from simkit.training.debrief import Conduct, Note, conduct_of, debrief
from simkit.training.debrief.calibration import calibration_of, interval_score
from simkit.training.debrief.luck import luck_of, percentile
from simkit.training.debrief.replays import contribution_of
from simkit.training.debrief.response import PLAYER, offered, search
from simkit.training.debrief.timeline import Watched


def play(decisions, seed=1, scenario=None):
    simulation = Simulation(scenario or region(), seed)
    for decision in decisions:
        simulation.step(decision)
    return simulation


@functools.cache
def looked_back():
    return debrief(conduct(notes=NOTES), worlds=6, workers=1)


def worth(found, name):
    return next(each for each in found.worth if each.id == name)


# Changes


@LAWS
@given(games())
def test_a_decision_is_its_entries_and_another_one_its_changes(game):
    decisions = game.play().decisions
    for before, after in pairwise(decisions):
        # A territory that is named and deviates in nothing is no entry.
        named = {place: levers for place, levers in after.local.items() if levers}
        assert decision_of(entries_of(after), after) == after.but(local=named)
        again = with_changes(before, changes_between(before, after))
        assert entries_of(again) == entries_of(after)
        assert changes_between(after, after) == ()


@LAWS
@given(games())
def test_a_game_in_which_nothing_is_left_out_is_the_same_event_for_event(game):
    played = game.play()
    made = Conduct(game.scenario, game.seed, tuple(played.decisions))
    silent = {week for week, changes in enumerate(made.changes) if not changes}
    for same in (made.without_weeks(()), made.without_weeks(silent), made.without(lambda _: False)):
        assert play(same, game.seed, game.scenario).digest() == played.digest()


def test_without_a_week_the_later_changes_stay():
    made = conduct()
    without = made.without_weeks({0})
    assert without[0] == made.start
    assert without[7].safety_factor == made.start.safety_factor
    assert without[7].answers == ("strike:ads",)  # the preparation was asked for in week 0
    assert (without[7].price, without[7].local["north"].get("price")) == (1.05, 0.95)
    assert without[2].release_reserve == 5000.0


def test_without_every_week_nothing_was_done():
    made = conduct()
    assert made.without_weeks(range(made.weeks)) == made.no_action
    assert made.without(lambda _: True) == made.no_action


def test_what_is_undone_later_by_itself_is_no_later_change():
    made = conduct({1: {"training_days": {"north-r1": 2}}, 2: {"training_days": {}}})
    assert made.without_weeks({1}) == made.no_action


# Worth


def test_a_week_without_a_change_has_no_worth_of_its_own():
    found = looked_back()
    assert [each.week for each in found.worth if each.kind == "week"] == list(PLAN)
    assert worth(found, "no_action") == found.no_action


def test_doing_nothing_is_worth_exactly_nothing():
    found = debrief(conduct({}), worlds=5, workers=1)
    assert [each.id for each in found.worth] == ["no_action"]
    assert found.no_action.contribution.value == 0.0
    assert (found.no_action.moved, found.no_action.differing) == ((), ())
    luck = found.luck
    assert (luck.gain, luck.decision.mean, luck.luck.value) == (0.0, 0.0, 0.0)
    assert (luck.decision.low, luck.decision.high, luck.decision_share) == (0.0, 0.0, None)


def test_a_change_that_makes_no_difference_is_worth_exactly_nothing():
    found = debrief(conduct({2: {"priorities": {"strike:ads": 1}}}), worlds=2, workers=1)
    assert worth(found, "week:2").contribution.value == 0.0
    assert worth(found, "week:2").differing == ()


@pytest.mark.parametrize("name", ["week:0", "week:5", "answer:strike:ads", "lever:price"])
def test_worth_agrees_with_the_event_tables_of_both_runs(name):
    made, found = conduct(), looked_back()
    kind, _, what = name.partition(":")
    without = {
        "week": lambda: made.without_weeks({int(what)}),
        "answer": lambda: made.without(lambda path: path[1:] == (what,)),
        "lever": lambda: made.without(lambda path: what in (path[0], path[-1])),
    }[kind]()
    runs = [play(decisions).events() for decisions in (without, made.decisions)]
    twice = Counterfactual(made.decisions[-1], made.weeks, 1, *runs)
    table, each = twice.worth()["difference"], worth(found, name)
    assert each.contribution.value == pytest.approx(table["contribution"], abs=1e-6)
    assert each.contribution.value != 0.0
    assert each.revenue == pytest.approx(table["revenue"], abs=1e-6)
    assert each.goods == pytest.approx(table["goods"], abs=1e-6)
    assert each.other_costs == pytest.approx(table["other_costs"], abs=1e-6)
    kpis = kpi_table(runs[1]).iloc[0] - kpi_table(runs[0]).iloc[0]
    assert each.moved and all(m.difference == pytest.approx(kpis[m.kpi]) for m in each.moved)
    assert sum(e.amount_without - e.amount for e in each.differing) != 0.0


def test_every_sum_is_the_sum_of_the_rows_it_names():
    made, found = conduct(notes=NOTES), looked_back()
    tables = {"game": play(made.decisions).events()}
    tables["week:5"] = play(made.without_weeks({5})).events()
    tables["no_action"] = play(made.no_action).events()
    numbers = [found.contribution, found.no_action.contribution]
    numbers += [worth(found, "week:5").contribution]
    numbers += [week.contribution for week in found.timeline]
    numbers += [each.cost for each in found.plan.prepared]
    numbers += [f.came for f in found.calibration.forecasts if f.kpi == "revenue"]
    for number in numbers:
        total, count = 0.0, 0
        for run in dict.fromkeys(term.run for term in number.terms):
            rows = number.rows(tables[run], run)
            total += (rows["amount"] * rows["sign"]).sum()
            count += len(rows)
        assert number.terms and total == pytest.approx(number.value, abs=1e-6)
        assert count == sum(term.count for term in number.terms)


def test_the_weeks_add_up_to_the_game():
    found = looked_back()
    weekly = math.fsum(week.contribution.value for week in found.timeline)
    assert weekly == pytest.approx(found.contribution.value)
    assert found.contribution.value == pytest.approx(contribution_of(play(conduct().decisions)))


def test_the_same_whatever_the_number_of_processes():
    one = debrief(conduct(weeks=5), worlds=3, workers=1)
    two = debrief(conduct(weeks=5), worlds=3, workers=2)
    assert one.as_dict() == two.as_dict()


# Luck


def test_a_game_is_its_mean_and_its_luck():
    luck = looked_back().luck
    assert luck.gain == pytest.approx(luck.decision.mean + luck.luck.value)
    assert luck.realised == pytest.approx(luck.typical.mean + luck.fortune.value)
    assert luck.worlds == tuple(contribution_of(play(conduct().decisions, s)) for s in luck.seeds)
    assert luck.no_action == tuple(
        contribution_of(play(conduct({}).decisions, s)) for s in luck.seeds
    )
    assert 1 not in luck.seeds


def test_percentiles():
    assert percentile(5, [1, 2, 3, 9]) == 75.0
    assert percentile(2, [1, 2, 3, 9]) == 37.5
    assert math.isnan(percentile(2, []))


def test_where_a_game_stands_among_others_is_as_likely_everywhere():
    """Realised results of many seeds, each among the others, in the same decisions."""
    decisions = conduct().decisions
    results = [contribution_of(play(decisions, seed)) for seed in range(1, 61)]
    places = [percentile(results[i], results[:i] + results[i + 1 :]) for i in range(len(results))]
    assert np.mean(places) == pytest.approx(50.0)
    fresh = [contribution_of(play(decisions, seed)) for seed in range(101, 161)]
    mean, error = mean_and_error([percentile(result, fresh) for result in results])
    # Both are independent samples of one law: a difference of both has twice the variance.
    assert abs(mean - 50.0) < 4 * error * 2**0.5


def test_the_interval_of_the_decision_holds_its_mean_in_many_worlds():
    made, nothing = conduct(), conduct({})
    gains = [
        contribution_of(play(made.decisions, s)) - contribution_of(play(nothing.decisions, s))
        for s in range(2, 42)
    ]
    mine = [contribution_of(play(made.decisions, s)) for s in range(2, 42)]
    luck = luck_of(0.0, 0.0, range(2, 42), mine, [m - g for m, g in zip(mine, gains, strict=True)])
    mean, error = mean_and_error(gains)
    assert luck.decision.mean == pytest.approx(mean)
    assert luck.decision.high - luck.decision.low == pytest.approx(2 * 2.0227 * error, rel=1e-3)


# The best response


def test_the_search_takes_the_best_alone_and_then_what_adds():
    worths = {"a": 5.0, "b": 3.0, "c": -1.0}
    asked = []

    def gains_of(combinations):
        asked.extend(combinations)
        return [sum(worths[name] for name in each) for each in combinations]

    found = search(list("abc"), gains_of)
    assert asked == [("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("a", "b", "c")]
    assert max(found, key=found.get) == ("a", "b")


def test_options_are_offered_while_they_can_be_asked_for():
    options = {option.id: option for option in offered(region(), 8)}
    assert set(options) == {
        "prepared:leaflets",
        "strike:ads",
        "strike:waste",
        "release_reserve",
        "backup_supplier",
        "safety_factor",
    }
    assert (options["strike:ads"].first, options["strike:ads"].last) == (5, 6)
    assert (options["prepared:leaflets"].first, options["prepared:leaflets"].last) == (0, 6)
    assert offered(region(), 5) == []  # the brief comes after week 4


def test_the_best_response_is_played_like_any_other_game():
    found = looked_back().response
    gains = dict(found.tried)
    assert list(gains.values()) == sorted(gains.values(), reverse=True)
    best = found.candidates[1]
    assert best.options == found.tried[0][0] and best.hindsight.value == found.tried[0][1]
    answers = tuple(name for name in best.options if ":" in name)
    assert gains["strike:ads",] > gains["strike:waste",]
    assert found.curse == pytest.approx(best.hindsight.value - best.elsewhere.mean)
    mine = next(each for each in found.candidates if each.id == PLAYER)
    assert (
        mine.player_less_this.mean == 0.0
        and mine.elsewhere.mean == looked_back().luck.decision.mean
    )
    assert answers


def test_a_region_without_shocks_has_no_options_and_no_lesson():
    calm = region(drill=False).but(shocks=[], preparations=[])
    found = debrief(conduct({1: {"price": 0.9}}, scenario=calm), worlds=3, workers=1)
    assert found.response.options == () and found.response.in_hindsight == ""
    assert found.lesson.questions == () and found.plan.risks == ()
    assert worth(found, "week:1").contribution.value != 0.0
    assert found.score.result is not None


# Predictions


def judged(interval, confidence=0.8, weeks=8, first=0, last=3, written=0):
    data = {"weeks": [first, last], "revenue": interval, "confidence": confidence}
    game = Watched(conduct())
    events = game.simulation.events()
    return calibration_of([Note("prediction", written, data)], game.log, events, weeks)


def test_known_intervals_are_judged_as_they_deserve():
    wide, narrow = judged([0, 1e12]), judged([0, 1])
    assert (wide.hits, narrow.hits, wide.judged) == (1, 0, 1)
    came = wide.forecasts[0].came.value
    assert came == pytest.approx(
        kpi_table(play(conduct().decisions).events(), last=3)["revenue"].iloc[0]
    )
    assert wide.forecasts[0].score == 1e12
    assert narrow.forecasts[0].score == pytest.approx(1 + 2 / 0.2 * (came - 1))


@pytest.mark.parametrize(
    ("low", "high", "value", "score"), [(1, 3, 2, 2), (1, 3, 1, 2), (1, 3, 4, 12), (1, 3, 0.5, 7)]
)
def test_the_interval_score(low, high, value, score):
    assert interval_score(low, high, value, 0.8) == pytest.approx(score)


def test_the_honest_interval_scores_best_on_average():
    """The score is proper: central 80 % of what comes beats wider and narrower intervals."""
    came = np.linspace(0.0005, 0.9995, 1000)
    mean = {
        half: np.mean([interval_score(0.5 - half, 0.5 + half, v, 0.8) for v in came])
        for half in (0.3, 0.35, 0.4, 0.45, 0.5)
    }
    assert min(mean, key=mean.get) == 0.4


def test_open_and_late_predictions_are_not_counted():
    still_open = judged([0, 1e12], weeks=2)
    assert (still_open.judged, still_open.forecasts[0].hit, still_open.hit_rate) == (0, None, None)
    late = judged([0, 1e12], written=1)
    assert (late.late, late.forecasts) == (1, ())


# Plan, signs, scores


def test_the_plan_is_laid_beside_what_was_done():
    plan = looked_back().plan
    assert plan.in_time and plan.written == 0
    risks = {each.id: each for each in plan.risks}
    assert (risks["strike"].my_rank, risks["strike"].trainer_rank, risks["strike"].came) == (
        2,
        2,
        3,
    )
    assert (risks["flood"].my_rank, risks["fraud"].my_rank, risks["flood"].came) == (1, None, None)
    prepared = {each.id: each for each in plan.prepared}
    assert prepared["prepared:leaflets"].asked == tuple(range(8))
    assert prepared["prepared:leaflets"].cost.value == 8 * 50.0
    assert prepared["safety_factor"].planned
    (line,) = plan.lines
    assert dict(zip(line.mentions, line.done, strict=True)) == {
        "strike:ads": 5,
        "strike:waste": None,
    }
    assert plan.reserve.by_week == ((2, 5000.0),)


def test_signs_count_when_they_are_marked_before_the_brief():
    signs = looked_back().signs
    assert (signs.signs, signs.noticed) == (("strike:rumour",), ("strike:rumour",))
    assert set(signs.noise) == {"strike:weather", "strike:football"}
    assert signs.misled == ("strike:football",)
    assert (signs.first_sign, signs.brief, signs.first_answer) == (2, 5, 5)
    late = conduct(notes=[Note("mark", 5, {"message": "strike:rumour", "as": "sign"})])
    assert debrief(late, worlds=2, workers=1).signs.noticed == ()


def test_an_answer_that_found_no_money_is_no_answer():
    broke = region().but(costs=region().costs.but(budget_per_quarter=550.0, reserve=0.0))
    asked = {5: {"answers": ("strike:waste",)}, 6: {"answers": ("strike:ads",)}}
    plan = {"plan": [{"risk": "strike", "actions": "Waste money"}]}
    # The quarter's 550 pay neither for waste (3,000 a week) nor, in week 6, for ads (600).
    poor = debrief(conduct(asked, notes=[Note("plan", 0, plan)], scenario=broke), 2, 1)
    assert poor.signs.first_answer is None
    assert poor.plan.lines[0].done == (None,)
    rich = debrief(conduct(asked, notes=[Note("plan", 0, plan)]), 2, 1)
    assert rich.signs.first_answer == 5
    assert rich.plan.lines[0].done == (5,)


def test_the_score_follows_the_card():
    found = looked_back().score
    lines = {line.id: line for line in found.lines}
    card = load_scorecard("crisis")
    assert [line.id for line in found.lines] == [item.id for item in card.scorecard]
    assert lines["signs"].points == 1.0 and lines["noise"].points == 0.5
    assert lines["speed"].points == 1.0 and lines["plan"].points == 1.0
    assert lines["carried_out"].value.value == 0.5
    assert lines["calibration"].value.value == pytest.approx(abs(2 / 3 - 0.8))
    known = [line for line in found.lines if line.points is not None]
    for kind, score in (("process", found.process), ("result", found.result)):
        mine = [line for line in known if line.kind == kind]
        mean = sum(x.weight * x.points for x in mine) / sum(x.weight for x in mine)
        assert score == pytest.approx(100 * mean)
    assert found.total == pytest.approx((found.process + found.result) / 2)


def test_a_trainers_weights_decide(tmp_path):
    item = "{{id: {0}, name: {{en: a, zh: 甲}}, kind: process, weight: 1, measure: {0}}}"
    card = tmp_path / "mine.yaml"
    card.write_text(
        "name: {en: Mine, zh: 我的}\nprocess_weight: 1\nsource: assumption\nscorecard:\n"
        f"  - {item.format('signs_noticed')}\n",
        encoding="utf-8",
    )
    found = debrief(conduct(notes=NOTES), worlds=2, workers=1, scorecard=card)
    assert (found.score.process, found.score.result, found.score.total) == (100.0, None, 100.0)


# Any game


def test_an_unfinished_game_is_looked_back_upon_as_far_as_it_went():
    half = debrief(conduct(weeks=4, notes=NOTES[:2]), worlds=3, workers=1)
    assert (half.weeks, half.finished, len(half.timeline)) == (4, False, 4)
    full = play(conduct().decisions[:4])
    assert half.contribution.value == pytest.approx(contribution_of(full))
    assert [each.week for each in half.worth if each.kind == "week"] == [0, 2]


def test_a_game_of_no_weeks_and_too_few_worlds_are_refused():
    with pytest.raises(ValueError, match="no week"):
        debrief(Conduct(region(), 1, ()))
    with pytest.raises(ValueError, match="2 other worlds"):
        debrief(conduct(), worlds=1)


def test_a_game_and_its_file_are_looked_back_upon_alike(tmp_path):
    from simkit.study.game import Game

    made = conduct(weeks=3, notes=NOTES[:1])
    with Game.new(tmp_path / "a.game", region(), 1, {"player": "Mei"}) as game:
        game.note("plan", dict(NOTES[0].data))
        for decision in made.decisions:
            game.play(decision)
        found = debrief(game, worlds=2, workers=1)
        assert conduct_of(game).decisions == made.decisions
    again = debrief(tmp_path / "a.game", worlds=2, workers=1)
    assert again.as_dict() == found.as_dict()
    assert found.about == {"player": "Mei"}
    assert found.as_dict() == {**debrief(made, worlds=2, workers=1).as_dict(), "about": found.about}


def test_a_debrief_is_plain_data_and_progress_goes_up_to_the_end():
    told = []
    found = debrief(
        conduct(weeks=3), worlds=2, workers=1, tell=lambda done, total: told.append(done / total)
    )
    assert json.loads(json.dumps(found.as_dict(), allow_nan=False))["format"] == "simkit-debrief-1"
    assert told[-1] == 1.0 and sorted(told)[-1] == 1.0


def test_what_tell_raises_ends_the_work():
    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        debrief(conduct(weeks=3), worlds=2, workers=1, tell=stop)


def test_decisions_can_be_played_in_any_world():
    """Also when they name people and customers who came on the way in the recorded world only."""
    moves = {"north-new1": "north-v1a", "north-new9": "south-r1"}
    made = conduct(
        {4: {"account_moves": moves, "dismissals": ("east-v1b",), "hires": ("east-v1b",)}}
    )
    assert debrief(made, worlds=4, workers=1).luck.worlds


def test_every_lever_can_be_taken_apart():
    start = conduct({}).start
    assert {path[0] for path in entries_of(start)} <= set(Decision.model_fields)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("prediction", {}),
        ("prediction", {"weeks": ["a", "b"], "revenue": [1, 2]}),
        ("prediction", {"weeks": [3, 0], "revenue": [0, 1]}),
        ("prediction", {"weeks": [0, 3], "revenue": ["x", "y"]}),
        ("prediction", {"weeks": [0, 3], "revenue": [1]}),
        ("prediction", {"weeks": [0, 3], "revenue": [0, 1], "confidence": "high"}),
        ("plan", {"risks": {"strike": None}}),
        ("plan", {"risks": [1, 2]}),
        ("plan", {"plan": "do something"}),
        ("plan", {"plan": [{"risk": "strike", "actions": 3}]}),
        ("plan", {"preparations": "leaflets"}),
    ],
)
def test_a_note_without_its_form_is_shown_and_not_judged(kind, data):
    made = conduct(notes=[Note(kind, 0, data)], weeks=4)
    found = debrief(made, worlds=2, workers=1)
    assert (found.plan.written, found.calibration.forecasts) == (None, ())
    assert found.timeline[0].notes == ((kind, data),)
