"""Notebook 05 without a browser: plans played in the same worlds, and the screen by traits."""

import json
import re
import time
from functools import cache

import pytest

from simkit.kpi import kpi_table
from simkit.region import payroll
from simkit.region.decision import starting_decision
from simkit.region.incentive import bonus_incentive
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.pay_plans import find_pay_plans
from simkit.scenario.people_blocks import PayPlan
from simkit.screens import pay_plans
from simkit.screens.parts import values
from simkit.screens.pay_inputs import PLAN, entered_of, programme_of
from simkit.screens.pay_plans import PayPlans
from simkit.study.intervals import paired_difference
from simkit.study.pay_plans import OWN, compare_plans, typical_rep
from simkit.study.pay_runs import Programme, play

SCENARIO = load_scenario("workshop_region")
SALARY = PayPlan(salary_per_year=130_000, commission_share=0)
LINEAR = PayPlan(salary_per_year=80_000, commission_share=0.015)
BONUS = LINEAR.but(quarter_bonus=10_000, over_share=0.03, commission_share=0.006)
HAN = re.compile("[\u4e00-\u9fff]")


@cache
def study():
    """Two quarters in four worlds."""
    offers = {OWN: BONUS, "linear": LINEAR, "salary": SALARY}
    return compare_plans(
        SCENARIO, {name: Programme(plan) for name, plan in offers.items()}, worlds=4, weeks=26
    )


# --- the study


def test_the_same_plan_twice_makes_no_difference_at_all():
    twins = {OWN: Programme(LINEAR), "twin": Programme(LINEAR)}
    found = compare_plans(SCENARIO, twins, worlds=2, weeks=4)
    for measure in ("revenue", "pay", "extras", "contribution", "left"):
        difference = found.against("twin", measure)
        assert (difference.mean, difference.low, difference.high) == (0, 0, 0)
        assert difference.verdict == "no detectable difference"


def test_totals_and_tables_are_those_of_the_events():
    programme = Programme(BONUS, recognition_hours=0.5)
    scenario, weeks = SCENARIO.but(weeks=26), []
    run = play(scenario, programme, 2, lambda: weeks.append(1))
    assert len(weeks) == 26
    again = Simulation(scenario, 2).run(programme.policy()).events()
    events = again[again["week"] >= 0]
    revenue = events.loc[events["kind"].isin(["order", "won"]), "amount"].sum()
    pay = events.loc[events["kind"] == "pay", "amount"].sum()
    cost = events.loc[events["kind"] == "cost", "amount"].sum()
    assert run.totals["revenue"] == pytest.approx(revenue)
    assert run.totals["pay"] == pytest.approx(pay) == pytest.approx(run.quarters["pay"].sum())
    assert run.totals["contribution"] == pytest.approx(revenue - pay - cost)
    assert run.totals["left"] == (events["detail"] == "quit").sum()
    assert run.quarters["calls"].sum() <= (events["kind"] == "visit").sum()
    kpis = kpi_table(again, ["rep"], ["attainment"], first=0, last=12)["attainment"]
    first = run.quarters[run.quarters["quarter"] == 0].set_index("rep")
    for rep in first.index[first["weeks"] == 13]:
        assert first["sales"][rep] / first["quota"][rep] == pytest.approx(kpis[rep])


def test_pay_moves_effort_and_shows_in_visits():
    calls = study().calls_by_week()
    assert list(calls.index) == list(range(1, 14)) and list(calls) == [OWN, "linear", "salary"]
    assert calls["salary"].max() < calls["linear"].min()
    assert calls[OWN].iloc[-4:].mean() > calls[OWN].iloc[:4].mean() + 1
    assert study().against("salary", "revenue").verdict == "more"
    assert study().slack(OWN, "behind").verdict == "less"
    assert abs(study().slack("linear", "behind").mean) < 1


def test_payouts_are_quantiles_of_whole_quarters():
    table = study().payouts()
    assert list(table.index) == [OWN, "linear", "salary"]
    assert table.loc["salary"].iloc[:6].tolist() == pytest.approx([32_500] * 6)
    assert (table[["p10", "p25", "p50", "p75", "p90"]].diff(axis=1).iloc[:, 1:] >= 0).all().all()
    assert 0 < table["number"].max() <= 4 * 2 * 8


def test_groups_are_those_of_the_past_and_the_same_under_every_plan():
    rows = study().quarters
    first = rows[rows["quarter"] == 0].pivot(index=["world", "rep"], columns="plan", values="group")
    assert (first.nunique(axis=1) == 1).all()
    new = set(rows.loc[rows["group"] == "new", "rep"])
    assert "qian_xiaoyu" in new and "chen_min" not in new
    own, other, difference = study().group_against("high", "salary", "calls")
    assert own - other == pytest.approx(difference.mean) and difference.mean > 0
    nobody = study().group_against("nobody", "salary", "calls")[2]
    assert nobody.verdict == "too few worlds"


def test_intervals_are_those_of_student():
    found = paired_difference([1.0, 2.0, 3.0, float("nan")])
    assert (found.mean, found.pairs) == (2.0, 3)
    assert found.high - found.mean == pytest.approx(4.302653 / 3**0.5, rel=1e-6)
    assert found.verdict == "no detectable difference"
    assert paired_difference([1.0, 1.1, 0.9]).verdict == "more"
    assert paired_difference([-1.0, -1.1, -0.9]).verdict == "less"
    assert paired_difference([1.0]).verdict == "too few worlds"


def test_training_days_are_given_at_the_start_of_each_quarter():
    programme = Programme(LINEAR, development_days=7)
    assert [programme.training_days(week) for week in (0, 1, 2, 12, 13, 14)] == [5, 2, 0, 0, 5, 2]
    run = play(SCENARIO.but(weeks=2), programme, 1, lambda: None)
    assert run.weeks["calls"].dropna().between(1, 60).all()


def test_extras_cost_and_what_is_not_paid_for_is_told():
    rich = Programme(LINEAR, recognition_hours=8, development_days=20, career_budget=50_000)
    offers = {OWN: rich, "plain": Programme(LINEAR)}
    found = compare_plans(SCENARIO, offers, worlds=2, weeks=3)
    assert found.against("plain", "extras").mean > 0
    assert set(found.not_done()) <= {"recognition_hours", "training_days", "career_budget"}
    assert found.not_done()


def test_progress_is_told_and_stops_the_study():
    heard = []

    def tell(done, total):
        heard.append((done, total))
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        compare_plans(SCENARIO, {OWN: Programme(LINEAR)}, worlds=2, weeks=5, tell=tell)
    assert heard == [(1, 10), (2, 10), (3, 10)]


def test_the_typical_rep_is_that_of_the_last_quarters():
    rep = typical_rep(SCENARIO)
    events = Simulation(SCENARIO).events()
    past = kpi_table(events, ["rep"], ["revenue", "attainment"], first=-13, last=-1)
    assert rep.expected / rep.quota == pytest.approx(past["attainment"].mean(), rel=0.1)
    assert rep.team == 8 and 0 < rep.week_spread < rep.spread < rep.quota
    assert typical_rep(SCENARIO.but(warm_up_weeks=0)) == rep  # a region without a past gets one


def test_a_newcomer_works_for_the_part_of_a_bonus_that_will_be_paid(monkeypatch):
    worked_for = []

    def noted(bonus, period, present_bias):
        worked_for.append(bonus)
        return bonus_incentive(bonus, period, present_bias)

    monkeypatch.setattr(payroll, "bonus_incentive", noted)
    plan = PayPlan(salary_per_year=80_000, commission_share=0, quarter_bonus=50_000)
    scenario = SCENARIO.but(weeks=13, turnover=SCENARIO.turnover.but(on=False))
    decision = starting_decision(scenario).but(pay_plan=plan, dismissals=("chen_min",))
    events = Simulation(scenario).run(lambda report: decision).events()
    (week,) = events.loc[events["kind"] == "rep_hired", "week"]
    paid = events[(events["detail"] == "quarter_bonus") & (events["week"] == 12)]
    part = 50_000 * (13 - week) / 13
    assert 0 < week < 12
    assert set(worked_for[-len(scenario.reps) :]) == {50_000, part}
    assert set(paid["amount"]) <= {50_000, part}


# --- the screen


def text_of(shown):
    shown = re.sub(r"<style>.*?</style>|<img[^>]*>", " ", shown, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


def new_app(**options):
    return PayPlans(**{"lang": "en", **options})


SHORT = {"worlds": 4, "weeks": 26}
GUESS = {"most_revenue": OWN, "most_left": "linear", "left_low": 0, "left_high": 2}


@pytest.fixture(scope="module", params=["en", "zh"])
def played(request, tmp_path_factory):
    """A plan of one's own for new reps, played once in each language."""
    record = tmp_path_factory.mktemp("saved") / "05.json"
    app = new_app(lang=request.param, record=record)
    app.design(**SHORT, quarter_bonus=10_000.0, own_new=True, new_quota_share=70.0)
    app.design(recognition_hours=0.5, development_days=2.0, career_budget=2000.0)
    return app.predict(**GUESS).run().wait()


def test_the_plan_in_force_is_what_is_entered_at_first():
    app = new_app()
    assert programme_of(values(app._settings)).plan == SCENARIO.pay.plan
    assert app.mistakes == {} and app.error is None


def test_opening_alone_writes_nothing(tmp_path):
    new_app(record=tmp_path / "saved" / "05.json").wait()
    assert list(tmp_path.iterdir()) == []


def test_a_reference_plan_can_be_copied_and_is_the_same_plan():
    app = new_app()
    for button, plan in zip(app.templates[1:], app.desk.references.values(), strict=True):
        button.click()
        assert programme_of(values(app._settings)).plan == plan
    app.templates[0].click()
    assert values(app._settings)["salary_per_year"] == SCENARIO.pay.plan.salary_per_year


def test_what_is_entered_reaches_the_region_in_its_own_unit():
    app = new_app().design(commission_share=1.5, cap=150.0, own_new=True, new_quota_share=70.0)
    programme = programme_of(values(app._settings))
    assert (programme.plan.commission_share, programme.plan.cap) == (0.015, 1.5)
    assert programme.new_plan.quota_share == 0.7 and programme.new_plan.cap == 1.5
    again = entered_of(programme.plan)
    assert all(again[name] == app._settings[name].value for name in PLAN)


@pytest.mark.parametrize(
    ("entered", "box", "en", "zh"),
    [
        ({"cap": 80.0}, "cap", "under the quota", "封顶低于指标"),
        ({"cap": -5.0}, "cap", "under the quota", "封顶低于指标"),
        ({"salary_per_year": -1.0}, "salary_per_year", "negative", "不能为负"),
        ({"contest_prize": -1.0}, "contest_prize", "negative", "不能为负"),
        ({"over_share": -2.0}, "over_share", "less for selling more", "多卖反而少拿"),
        ({"commission_share": 150.0}, "commission_share", "0 and 100", "0 到 100"),
        ({"commission_from": 300.0}, "commission_from", "0 and 200", "0 到 200"),
        (
            {"own_new": True, "new_commission_share": 0.0, "over_share": -0.5},
            "new_commission_share",
            "less for selling more",
            "多卖反而少拿",
        ),
        ({"own_new": True, "new_quota_share": 0.0}, "new_quota_share", "above 0", "大于 0"),
    ],
)
def test_a_mistake_is_told_at_its_box_and_nothing_is_lost(tmp_path, entered, box, en, zh):
    for lang, words in (("en", en), ("zh", zh)):
        record = tmp_path / f"{lang}.json"
        app = new_app(lang=lang, record=record).design(**entered)
        assert list(app.mistakes) == [box] and words in text_of(app.complaints[box].value)
        assert all(not w.value for name, w in app.complaints.items() if name != box)
        assert app.predict_button.disabled and app.run_button.disabled
        assert {name: app._settings[name].value for name in entered} == entered
        again = new_app(lang=lang, record=record)
        assert {name: again._settings[name].value for name in entered} == entered
        assert list(again.mistakes) == [box]


def test_a_mended_mistake_is_forgotten():
    app = new_app().design(cap=80.0)
    app.design(cap=120.0).wait()
    assert app.mistakes == {} and not app.predict_button.disabled
    assert "Weak spots" in text_of(app.preview.value)


def test_the_screen_answers_at_once_while_it_draws():
    app = new_app()
    app.wait()
    times = []
    for bonus in (1000.0, 2000.0, 3000.0, 4000.0, 5000.0):
        started = time.perf_counter()
        app.design(quarter_bonus=bonus)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.2
    app.wait()
    assert app.error is None and app.curves.value.count("<img alt=") == 2


def test_the_prediction_comes_first_and_must_be_whole():
    app = new_app().design(**SHORT)
    assert app.run_button.disabled
    app.predict(most_revenue=OWN)
    assert app.prediction is None and "answer" in app.status.value
    app.predict(most_left=OWN, left_low=3, left_high=1)
    assert app.prediction is None and "above the highest" in app.status.value
    app.predict(left_low=1, left_high=3)
    assert app.prediction and not app.run_button.disabled
    with pytest.raises(RuntimeError):
        app.design(cap=150.0)
    app.again_button.click()
    app.design(cap=150.0)


def test_the_result_stands_beside_the_prediction(played):
    assert played.error is None
    shown = text_of(played.chart.value)
    assert played.chart.value.count("<img alt=") == 4
    left = played.result.totals["left"].xs(OWN)
    assert f"{left.mean():.1f}" in shown
    for name in played.result.references:
        found = played.result.against(name, "contribution")
        assert found.verdict in ("more", "less", "no detectable difference")
    assert played.run_button.disabled and not played.again_button.disabled


def test_everything_is_in_one_language(played):
    parts = [played.chart, played.tried, played.status, played.preview, played.curves]
    parts += [played.complaints["cap"]]
    words = " ".join(text_of(part.value) for part in parts)
    if played.lang == "en":
        assert not HAN.search(words)
        return
    found = re.findall(r"[A-Za-z]{2,}", words)
    assert found == []
    sources = set(re.findall(r"[A-Za-z]{2,}", text_of(played.assumptions().value)))
    assert sources == {"Sandvik", "QJE"}


def test_the_effects_without_pay_are_called_assumptions():
    shown = text_of(new_app().assumptions().value)
    assert shown.count("Assumption") == 2 and "size and fading: assumption" in shown.lower()
    gain = f"{100 * SCENARIO.turnover.career_stay:g} %"
    assert gain in shown and "400 CNY an hour" in shown


def test_plan_prediction_and_tries_come_back(played, tmp_path):
    kept = json.loads(played.record.read_text(encoding="utf-8"))
    assert kept["prediction"] == GUESS and len(kept["tries"]) == 1
    again = new_app(record=played.record)
    assert again.prediction == GUESS and again.tries == played.tries
    assert again._settings["new_quota_share"].value == 70.0
    assert "1." in text_of(again.tried.value) and again.run_button.disabled is False


@pytest.mark.parametrize("tries", [3, [3], [{}], [{"entered": {}, "came": {}}], None])
def test_tries_of_another_kind_are_ignored(tmp_path, tries):
    record = tmp_path / "05.json"
    record.write_text(json.dumps({"tries": tries}))
    app = new_app(record=record)
    assert app.tries == [] and app.error is None and app.tried.value == ""


def test_stop_leaves_everything_as_it_was():
    app = new_app().design(worlds=24, weeks=52).predict(**GUESS).run()
    deadline = time.monotonic() + 30
    while "<progress" not in app.progress.value and time.monotonic() < deadline:
        time.sleep(0.01)
    app.stop_button.click()
    app.wait(30)
    assert app.error is None and app.result is None and app.tries == []
    assert "Stopped" in app.status.value and not app.run_button.disabled


def test_an_error_is_shown_and_kept(monkeypatch):
    def fail(*args, **options):
        raise ValueError("no such <plan>")

    monkeypatch.setattr(pay_plans, "compare_plans", fail)
    app = new_app().predict(**GUESS).run().wait()
    assert isinstance(app.error, ValueError) and app.tries == []
    assert "no such &lt;plan&gt;" in app.alarm.value


def test_money_for_extras_that_does_not_reach_is_said_beforehand():
    app = new_app().design(development_days=20.0)
    app.wait()
    assert "will not be carried out" in text_of(app.preview.value)


def test_a_trainers_own_plans_are_compared(tmp_path):
    text = find_pay_plans().read_text(encoding="utf-8")
    text = text.replace("en: Linear commission", "en: Straight <line>")
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    app = new_app(plans=path)
    app.wait()
    assert "Straight &lt;line&gt;" in app.preview.value
    assert any(button.description == "Straight <line>" for button in app.templates)
