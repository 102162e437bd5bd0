"""What is done about shocks: measures that take time and money, departments, happenings, inbox."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from regions import DEPARTMENTS, LAWS, changed, lively, only, shock, territory

from simkit.region.simulation import Simulation
from simkit.scenario.drill import Drill
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.evidence.worlds import happened
from simkit.training.drill import variant

HALF = ("demand", "all", 0.5)
BACK = ("demand", "all", 2.0)


def calm(**changes):
    """A region in which nothing but routine orders happens, and money is no question."""
    usual = {"weeks": 12, "warm_up_weeks": 0, "departments": DEPARTMENTS}
    return changed(only(lively(), "demand"), **{**usual, **changes})


def factors(scenario, decide, place="north", what="demand"):
    """The factor on demand in each week."""
    sim, found = Simulation(scenario, 1), []
    while not sim.done:
        sim.step(decide(sim.report()))
        found.append(sim.world.conditions.of(what, place))
    return found


def asking(*names, first=0, **priorities):
    """The policy that asks for measures from a week on."""

    def decide(report):
        chosen = names if report.week >= first else ()
        return report.decision.but(answers=chosen, **priorities)

    return decide


def test_effects_have_dates_of_their_own():
    effect = {"what": "demand", "multiply": 0.5, "after_weeks": 2, "weeks": 3}
    found = factors(calm(shocks=[shock("s", start=1, weeks=8, effects=[effect])]), asking())
    assert found == [1.0] * 3 + [0.5] * 3 + [1.0] * 6


@LAWS
@given(st.integers(0, 3), st.integers(0, 6), st.floats(0, 12), st.integers(1, 8))
def test_an_answer_acts_after_the_department_and_the_delay(delay, asked, days, length):
    more = {"delay_weeks": delay, "department": "legal", "work_days": days}
    start = 1
    struck = shock("s", HALF, start=start, weeks=length, answers=[(0, BACK, more)])
    found = factors(calm(shocks=[struck]), asking("s:a0", first=asked))
    begun = max(asked, start + 1)  # in week 1 it becomes known
    work = math.ceil(days / 2) if days else 0
    acts = begun + work + delay
    expected = [
        1.0 if not start <= week < start + length else 1.0 if week >= acts else 0.5
        for week in range(12)
    ]
    assert found == expected


def ready(scenario, decide):
    """The week from which each measure acts."""
    events = happened(Simulation(scenario, 1).run(decide), "answer_acts")
    return {event[7]: int(event[0] // 5) for event in events}


def three_requests():
    more = {"department": "legal", "work_days": 2}
    return calm(shocks=[shock("s", HALF, start=0, weeks=12, answers=[(0, BACK, more)] * 3)])


NAMES = ("s:a0", "s:a1", "s:a2")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_when_all_requests_have_one_priority_none_has(level):
    alike = dict.fromkeys(NAMES, level)
    assert ready(three_requests(), asking(*NAMES, priorities=alike)) == {
        "s:a0": 2,
        "s:a1": 3,
        "s:a2": 4,
    }


def test_the_urgent_request_comes_first_and_the_others_wait_for_it():
    urgent = ready(three_requests(), asking(*NAMES, priorities={"s:a2": 1, "s:a0": 3}))
    assert urgent == {"s:a2": 2, "s:a1": 3, "s:a0": 4}


@LAWS
@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0.5, 6)), min_size=1, max_size=4))
def test_a_department_is_never_idle_and_never_works_more_than_its_days(requests):
    answers = [(0, BACK, {"department": "legal", "work_days": days}) for _, days in requests]
    scenario = calm(shocks=[shock("s", HALF, start=0, weeks=12, answers=answers)])
    names = tuple(f"s:a{i}" for i in range(len(requests)))
    levels = {name: level for name, (level, _) in zip(names, requests, strict=True)}
    sim = Simulation(scenario, 1)
    total = sum(days for _, days in requests)
    for week in range(1, 13):
        sim.step(sim.decision.but(answers=names, priorities=levels))
        left = sum(request.days_left for request in sim.responses.requests.values())
        assert left == pytest.approx(max(0.0, total - 2.0 * (week - 1)) * (week > 1), abs=1e-9)


def test_what_is_paid_once_is_paid_once_and_the_rest_every_week():
    more = {"cost_once": 700.0}
    struck = shock("s", HALF, start=2, weeks=4, answers=[(50.0, BACK, more)])
    sim = Simulation(calm(shocks=[struck], costs={"budget_per_quarter": 1e6}), 1)
    sim.run(asking("s:a0"))
    paid = [e[6] for e in happened(sim, "cost") if e[7] == "s:a0"]
    assert paid == [750.0, 50.0, 50.0]


def test_what_cannot_be_paid_does_not_act_and_is_said():
    struck = shock("s", HALF, start=0, weeks=4, answers=[(0.0, BACK, {"cost_once": 700.0})])
    scenario = calm(shocks=[struck], costs={"budget_per_quarter": 0, "reserve": 0})
    assert set(factors(scenario, asking("s:a0"))[:4]) == {0.5}
    sim = Simulation(scenario, 1)
    sim.step(sim.decision)  # it becomes known
    report = sim.step(sim.decision.but(answers=("s:a0",)))
    assert "s:a0" in report.messages[-1].text.en


def prepared(delay):
    """A region with a preparation against the shock of week 6."""
    effect = {"what": "demand", "multiply": 2.0}
    ready_made = territory("kit", effects=[effect], against=["s"], delay_weeks=delay)
    return calm(shocks=[shock("s", HALF, start=6, weeks=4)], preparations=[ready_made])


@pytest.mark.parametrize(("asked", "acts"), [(0, 6), (4, 7), (7, 10), (9, 12)])
def test_a_preparation_acts_only_while_its_shock_goes_on_and_only_when_it_is_ready(asked, acts):
    found = factors(prepared(3), asking("prepared:kit", first=asked))
    assert found == [0.5 if 6 <= week < min(acts, 10) else 1.0 for week in range(12)]


def test_a_report_says_what_is_on_offer_and_how_far_it_is():
    struck = shock("s", HALF, start=1, weeks=4, answers=[(0, BACK, {"delay_weeks": 2})])
    sim = Simulation(prepared(0).but(shocks=[struck]), 1)
    seen = []
    while not sim.done:
        seen.append({offer.name: offer.state for offer in sim.report().offers})
        sim.step(sim.decision.but(answers=("s:a0",)))
    answers = [states.get("s:a0") for states in seen]
    # It begins on Monday of week 1; the manager hears of it in that week.
    assert answers == [None, None, "open", "waiting", "acts"] + [None] * 7
    assert {states["prepared:kit"] for states in seen} == {"open"}


# Happenings


def test_somebody_leaves_and_the_post_falls_vacant():
    gone = {"what": "rep_leaves", "who": "north-r1", "after_weeks": 2}
    sim = Simulation(calm(shocks=[shock("s", start=1, weeks=2, effects=[], happenings=[gone])]), 1)
    sim.run(asking())
    (left,) = happened(sim, "rep_left")
    assert (left[0] // 5, left[3]) == (3, "north-r1")
    assert "north-r1" not in sim.world.reps


def test_an_account_that_defaults_is_lost_with_what_it_owed():
    key = territory("key", territory="north", orders_per_week=3, order_value=9000)
    struck = {"what": "account_defaults", "who": "key", "amount": 4000.0}
    scenario = calm(
        customers={"named": [key], "source": "made up"},
        shocks=[shock("s", start=4, weeks=2, effects=[], happenings=[struck])],
    )
    sim = Simulation(scenario, 1).run(asking())
    assert [e[4] for e in happened(sim, "account_lost")] == ["key"]
    assert [(e[4], e[6]) for e in happened(sim, "cost") if e[7] == "bad_debt"] == [("key", 4000.0)]
    weeks = [int(e[0] // 5) for e in happened(sim, "order") if e[4] == "key"]
    assert weeks
    assert max(weeks) < 4


def test_a_large_deal_goes_to_the_lawyers_at_once():
    struck = {"what": "large_deal", "where": "east", "amount": 500_000.0}
    scenario = changed(
        only(lively(), "demand", "funnel", "desks"),
        weeks=8,
        shocks=[shock("s", start=2, weeks=2, effects=[], happenings=[struck])],
    )
    sim = Simulation(scenario, 1).run(asking())
    mine = [e for e in sim.world.log if e[5] == "s-deal1"]
    assert (mine[0][1], mine[0][2], mine[0][6]) == ("opportunity", "east", 500_000.0)
    assert next(e[7] for e in mine if e[1] == "desk_in") == "legal"
    assert not [e for e in mine if e[7] == "quote"]


def faults(share, factor):
    scenario = changed(
        only(lively(customers=60), "demand", "satisfaction"),
        weeks=12,
        satisfaction={"fault_share": share},
        desks={"dispatch": {"crews": 50, "late_after_days": 1000}},
        shocks=[shock("s", ("faults", "all", factor), start=0, weeks=12)],
    )
    sim = Simulation(scenario, 1).run(asking())
    return len(happened(sim, "complaint")) / len(happened(sim, "delivered"))


def test_faulty_goods_bring_complaints_in_proportion():
    # Everything is in stock and on time: only faults annoy.
    chance = lively().satisfaction.complaint_chance
    for share, factor in ((0.0, 50.0), (0.02, 1.0), (0.02, 20.0), (0.4, 0.0)):
        expected = min(0.999, share * factor) * chance
        error = math.sqrt(expected * (1 - expected) / 1500)
        assert faults(share, factor) == pytest.approx(expected, abs=4 * error + 1e-12)


# The inbox


def mail(name, week, **more):
    words = {
        "en": "{who} in {place}, {weeks} weeks, {amount}",
        "zh": "{place}{who}，{weeks}周{amount}",
    }
    said = {"sender": {"en": "A", "zh": "甲"}, "text": words, "channel": "phone", "role": "sign"}
    return {"id": name, "week": week, **said, **more}


def with_mail(*mails, **more):
    gone = {"what": "rep_leaves", "who": "kim", "amount": 1500}
    return calm(
        reps=[territory("kim", territory="north") | {"name": {"en": "Kim", "zh": "金"}}],
        shocks=[
            shock("s", ("demand", "north", 0.5), start=4, weeks=3, happenings=[gone])
            | {"inbox": mails, **more}
        ],
    )


def test_mail_comes_in_its_week_and_has_its_blanks_filled():
    sim = Simulation(with_mail(mail("early", -9), mail("m", -2), known_after_weeks=1), 1)
    seen = []
    while not sim.done:
        seen.append([m.id for m in sim.report().messages if m.id])
        sim.step(sim.decision)
    assert seen[:3] == [["s:early"]] * 3
    assert seen[3:6] == [["s:early", "s:m"]] * 3
    assert seen[6][-1] == "s"
    text = next(m.text for m in sim.report().messages if m.id == "s:m")
    assert text.en == "Kim in north, 3 weeks, 1,500"
    assert text.zh == "north金，3周1,500"


def test_a_blank_that_nothing_fills_is_refused():
    words = {"en": "{whom}", "zh": "{who}"}
    with pytest.raises(ValueError, match=r"nothing is known for {whom}, did you mean 'who'"):
        with_mail(mail("m", 0, text=words))


# Families and levels

TEXT = {"en": "a", "zh": "甲"}
DRILL = {
    **dict.fromkeys(("goal", "visible", "hidden", "teaching"), TEXT),
    "questions": [TEXT] * 5,
    "risks": [
        {"id": name, "name": TEXT, "likelihood": 3, "impact": 3, "why": TEXT} for name in "stu"
    ],
    "family": {
        "start_week": [2, 6],
        "weeks": [2, 5],
        "strength": [0.5, 1.5],
        "where": ["north", "east"],
        "who": ["north-r1", "east-r1", "south-r2"],
    },
    "source": "made up",
}


def drill(**more):
    gone = {"what": "rep_leaves", "who": "north-r1", "amount": 100.0}
    struck = shock("s", ("demand", "north", 0.5), start=4, weeks=3, happenings=[gone])
    struck |= {"inbox": [mail("all", -1), mail("hard", -1, levels=["hard"])]}
    return calm(shocks=[struck, shock("echo", HALF, start=8)], drill=Drill(**DRILL), **more)


def test_number_0_is_the_drill_as_written():
    scenario = drill()
    written = scenario.shocks[0].but(inbox=[scenario.shocks[0].inbox[0]])
    assert variant(scenario).but(shocks=()) == scenario.but(shocks=())
    assert variant(scenario).shocks == (written, scenario.shocks[1])


def test_a_family_keeps_to_its_ranges_and_uses_all_of_them():
    scenario = drill()
    found = [variant(scenario, number=n).shocks for n in range(1, 121)]
    mains = [shocks[0] for shocks in found]
    assert {s.start_week for s in mains} == set(range(2, 7))
    assert {s.weeks for s in mains} == set(range(2, 6))
    assert {s.effects[0].where for s in mains} == {"north", "east"}
    assert {s.happenings[0].who for s in mains} == {"north-r1", "east-r1", "south-r2"}
    strengths = [math.log(s.effects[0].multiply, 0.5) for s in mains]
    assert 0.5 <= min(strengths) < 0.6
    assert 1.4 < max(strengths) <= 1.5
    for main, echo in found:
        assert echo.start_week == 8 + main.start_week - 4
        assert main.happenings[0].amount / 100 == pytest.approx(
            math.log(main.effects[0].multiply, 0.5)
        )
    assert variant(scenario, number=7) == variant(scenario, number=7)


def test_levels_change_strength_money_and_mail():
    easy, normal, hard = (variant(drill(), level) for level in ("easy", "normal", "hard"))
    factor = [each.shocks[0].effects[0].multiply for each in (easy, normal, hard)]
    assert factor[0] > factor[1] > factor[2]
    money = [each.costs.budget_per_quarter for each in (easy, normal, hard)]
    assert money[0] > money[1] > money[2]
    assert [len(each.shocks[0].inbox) for each in (easy, normal, hard)] == [1, 1, 2]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"level": "herd"}, "no level 'herd', did you mean 'hard'"),
        ({"number": -1}, "the number of a drill is 0 or more, not -1"),
    ],
)
def test_a_drill_that_does_not_exist_is_refused(wanted, message):
    with pytest.raises(ScenarioError, match=message):
        variant(drill(), **wanted)


def test_a_region_without_a_drill_is_refused():
    with pytest.raises(ScenarioError, match="this is no drill"):
        variant(load_scenario("workshop_region"))
