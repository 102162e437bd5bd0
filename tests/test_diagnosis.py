"""Diagnosis: what adds up, what waits, what the figures say, and nothing that cannot be said."""

import math
import re
import shutil
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simkit.commands.check import check_files
from simkit.kpi.diagnosis.ab_check import check_of, relative
from simkit.kpi.diagnosis.deals import NATURE, STEPS, last_ended, longest_open, ways_of
from simkit.kpi.diagnosis.entry import entries_of
from simkit.kpi.diagnosis.facts import Facts, NoFigureError, Span
from simkit.kpi.diagnosis.fishbone import BONE_OF, BONES, fishbone_of, usual_sizes
from simkit.kpi.diagnosis.flows import CLASSES, DEALS, ROUTINE, Flows
from simkit.kpi.diagnosis.gap import gap_between, gap_of
from simkit.kpi.diagnosis.pareto import first_fifth, pareto_of
from simkit.kpi.diagnosis.periods import figure_periods, periods_of
from simkit.kpi.diagnosis.split import split_chain
from simkit.kpi.diagnosis.team import own_of, team_of
from simkit.kpi.diagnosis.waiting import step_times, waiting_of
from simkit.kpi.diagnosis.whys import answers_of, find_whys, load_whys
from simkit.kpi.weekly import FIGURES, REGION
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError, Text
from simkit.screens import charts, diagnosis_whys
from simkit.screens.diagnosis import TOOL_TITLES, facts_of, tool_html, tool_options
from simkit.screens.drill_words import Room
from simkit.study.game import Game

WEEKS = 8
WAVE = 1000 + 200 * np.cos(2 * np.pi * (np.arange(112) + 8) / 52)
"""Weeks -104 to 7 of a figure that is highest eight weeks before week 0, and every year."""


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    """A drill in which a territory enters its orders late: on the first day, and after 8 weeks."""
    game = Game.new(tmp_path_factory.mktemp("drill") / "g.jsonl", load_scenario("late_entry"), 3)
    first = Room(game, "en", lambda each: each, lambda: None)
    for _ in range(WEEKS):
        game.play(game.simulation.decision)
    later = {lang: Room(game, lang, lambda each: each, lambda: None) for lang in ("en", "zh")}
    later["zh"].report = later["en"].report
    return {"first": first, **later}


@pytest.fixture(scope="module")
def late(rooms):
    return rooms["en"].game.simulation


@pytest.fixture(scope="module")
def facts(rooms):
    return facts_of(rooms["en"].report)


# --- splitting a gap

counts = st.integers(0, 400).map(float)
totals = st.lists(st.tuples(counts, counts), min_size=1, max_size=9)


@given(totals)
@settings(max_examples=200, deadline=None)
def test_the_parts_of_a_chain_add_up_to_its_change_and_turn_with_it(pairs):
    before, now = ([pair[i] for pair in pairs] for i in (0, 1))
    parts, back = split_chain(before, now), split_chain(now, before)
    scale = max(before[-1], now[-1], 1.0)
    assert math.isclose(
        sum(part.amount for part in parts), now[-1] - before[-1], abs_tol=1e-9 * scale
    )
    for part, turned in zip(parts, back, strict=True):
        assert part.amount == pytest.approx(-turned.amount, abs=1e-9 * scale)
        if part.before is not None and part.before == part.now and before[-1] and now[-1]:
            assert part.amount == pytest.approx(0.0, abs=1e-9 * scale)


def test_a_gap_stands_at_the_factor_that_changed():
    more_orders = [part.amount for part in split_chain([10, 20, 200], [10, 30, 300])]
    assert more_orders == pytest.approx([0.0, 100.0, 0.0])
    # Half as many customers, each ordering twice as much: two steps that cancel.
    swapped = [part.amount for part in split_chain([10, 20], [5, 20])]
    assert swapped == pytest.approx([-20 * math.log(2), 20 * math.log(2)])
    # Nobody answered the leads: that is where all is lost, though there were fewer of them.
    stopped = split_chain([10, 8, 4, 80], [5, 0, 0, 0])
    assert [part.amount for part in stopped] == [0.0, -80.0, 0.0, 0.0]
    assert [part.now for part in stopped] == [5.0, 0.0, None, None]
    # Deals won of leads of an earlier period: no lead, and still a sale.
    early = split_chain([4, 2, 80], [0, 3, 120])
    assert [part.joined for part in early] == [True, False, False]
    assert sum(part.amount for part in early) == pytest.approx(40.0)


@pytest.mark.parametrize(
    ("before", "now"), [([], []), ([1], [1, 2]), ([-1.0], [1.0]), ([1.0], [math.nan])]
)
def test_a_chain_that_is_none_is_refused(before, now):
    with pytest.raises(ValueError, match="chain"):
        split_chain(before, now)


PEOPLE = st.sampled_from([("north", "ann"), ("north", "bo"), ("south", "cy")])
MONEY = st.floats(0.01, 1e6)
DAYS = st.floats(0, 19.99)
THINGS = st.one_of(
    st.tuples(st.just("account"), st.sampled_from(CLASSES)),
    st.tuples(st.sampled_from(["order", "lost_sale", "account_lost"]), st.just("")),
    st.tuples(st.sampled_from(["lead", "lead_touched", "opportunity", "won"]), st.just("")),
    st.tuples(st.just("stage"), st.sampled_from(["quote", "negotiate", "contract"])),
    st.tuples(st.just("discount"), st.just("")),
)


@st.composite
def logs(draw):
    people = draw(st.lists(PEOPLE, min_size=1, max_size=3))
    found: dict[str, list] = {}
    for (kind, detail), day in draw(st.lists(st.tuples(THINGS, DAYS), max_size=40)):
        territory, rep = draw(st.sampled_from(people))
        number = draw(st.integers(0, 5))
        amount = draw(MONEY)
        event = (day, kind, territory, rep, f"c{number}", f"d{number}", amount, detail)
        if kind == "discount":
            event = (*event[:4], "", "", *event[6:])
        found.setdefault(kind, []).append(event)
    return found


@given(logs())
@settings(max_examples=60, deadline=None)
def test_the_steps_add_up_to_the_gap_whatever_happened(kinds):
    flows = Flows(kinds, 0, 4)
    for place in (REGION, "south", "ann"):
        gap = gap_between(flows, Span(2, 2), Span(0, 2), place)
        paid = [0.0, 0.0]
        for event in kinds.get("order", []) + kinds.get("won", []):
            if place in (REGION, event[2], event[3]):
                paid[int(event[0] // 10)] += event[6]
        assert [gap.before, gap.now] == pytest.approx(paid)
        scale = max(gap.before, gap.now, 1.0)
        assert math.isclose(gap.amount(), gap.gap, abs_tol=1e-9 * scale)
        assert len(gap.steps) == len(CLASSES) * len(ROUTINE) + len(DEALS)


def test_flows_are_what_happened_in_the_region(facts, late):
    sales = facts.figures.series("sales")
    flows = facts.flows
    assert flows.weekly("paid") + flows.weekly("won_paid") == pytest.approx(sales)
    assert flows.weekly("customers")[-1] == late.accounts.alive.sum()
    by_rep = sum(flows.weekly("customers", rep) for rep in facts.reps)
    assert by_rep == pytest.approx(flows.weekly("customers"))
    assert facts.events == list(late.report()._log)


def test_a_gap_is_that_of_the_weekly_figures(facts):
    for against, back in (("year", 52), ("before", 4)):
        sales = facts.figures.series("sales", "wuxi")
        wanted = sales[-4:].sum() - sales[-4 - back : len(sales) - back].sum()
        gap = gap_of(facts, 4, against, "wuxi")
        assert gap.gap == pytest.approx(wanted)
        assert gap.amount() == pytest.approx(wanted)


# --- the fishbone, entries


def test_every_step_has_a_bone_and_the_bones_add_up(facts):
    ways = {(step.way, step.link) for step in gap_of(facts, 4).steps}
    assert ways - set(BONE_OF) == {(klass, "orders") for klass in CLASSES}
    found = fishbone_of(facts, 4, "before")
    assert sum(found.amount(bone) for bone in (*BONES, "")) == pytest.approx(found.gap.gap)
    assert fishbone_of(facts, 4, "year").amount("calendar") == 0.0
    assert set(usual_sizes(facts, 4)) == {*BONES, ""}


def test_what_is_not_entered_shows_where_it_is_and_nowhere_else(facts, late):
    drift = late.scenario.drift
    place, reported = drift.late_entry.where, set(late.report()._log)
    hidden = [e for e in late.world.log if e not in reported]
    assert {event[1] for event in hidden} <= {"order", "won"}
    delivered = {(e[4], round(e[0] - e[6], 6)) for e in late.world.log if e[1] == "delivered"}
    missing = [e for e in hidden if e[1] == "order" and (e[4], round(e[0], 6)) in delivered]
    assert missing
    entries = {entry.territory: entry for entry in entries_of(facts, WEEKS)}
    assert entries[place].unentered.sum() == len(missing)
    assert entries[place].late and entries[place].delay_weeks == drift.late_entry.weeks
    others = [entry for name, entry in entries.items() if name != place]
    assert not any(entry.late or entry.unentered.any() for entry in others)
    found = fishbone_of(facts, 4)
    assert found.amount("data") < 0.0
    assert fishbone_of(facts, 4, place=others[0].territory).amount("data") == 0.0


# --- periods


def test_a_fall_that_comes_every_year_is_season():
    found = periods_of(WAVE, -104, 8)
    assert found.before.change == pytest.approx(found.before.season, abs=1e-6)
    assert found.before.change < -50
    assert found.year.change == pytest.approx(0.0, abs=1e-9) and found.year.season == 0.0
    fallen = np.where(np.arange(112) >= 104, WAVE - 300, WAVE)
    shifted = periods_of(fallen, -104, 8)
    assert shifted.year.change == pytest.approx(-300)
    assert shifted.before.change - shifted.before.season == pytest.approx(-300)
    assert (shifted.year.alike, shifted.before.alike) == (0, 0)


@pytest.mark.parametrize(
    "values",
    [
        np.where(np.arange(112) % 3 == 0, np.nan, WAVE),
        np.full(112, 7.0),
        np.zeros(112),
        -WAVE,
        np.array([5.0, 6.0, 7.0]),
    ],
    ids=["gaps", "constant", "zero", "negative", "short"],
)
def test_periods_of_awkward_series_hold_no_nan(values):
    found = periods_of(values, -len(values), 2)
    numbers = [found.now]
    for change in filter(None, (found.before, found.year)):
        numbers += [change.before, change.change, change.season or 0.0]
        assert 0 <= change.alike <= change.compared
    assert all(map(math.isfinite, numbers))
    own = own_of(values, -len(values), 2)
    assert math.isfinite(own.now) and (own.score is None or math.isfinite(own.score))


def test_weeks_without_a_figure_are_said_so():
    for values, reason in ((np.full(30, np.nan), "empty"), (np.ones(1), "short")):
        with pytest.raises(NoFigureError) as refused:
            periods_of(values, -30, 4)
        assert refused.value.reason == reason


def test_a_period_is_the_mean_of_its_weeks(facts):
    found = figure_periods(facts, "orders", "huzhou", 4)
    series = facts.figures.series("orders", "huzhou")
    assert found.now == series[-4:].mean()
    assert found.before.before == pytest.approx(series[-8:-4].mean())
    assert (found.weeks[-1], found.values[-1]) == (WEEKS - 1, series[-1])


# --- deals, waiting, people, Pareto


def test_bars_of_deals_follow_each_other_and_end_as_reported(facts, late):
    ways = ways_of(facts)
    still = {way.id for way in ways if not way.how}
    assert still == {deal.id for deal in late.report().pipeline}
    ends = Counter(way.how for way in ways if way.how)
    assert ends["lost"] == len(facts.of("lost"))
    for way in ways:
        for bar, after in zip(way.bars, way.bars[1:], strict=False):
            assert bar.end == after.start and STEPS.index(bar.step) < STEPS.index(after.step)
        assert sum(map(way.days_of, set(NATURE.values()))) == pytest.approx(way.days)
    longest = longest_open(ways, "wuxi")
    assert [w.days for w in longest] == sorted((w.days for w in longest), reverse=True)
    assert {way.territory for way in longest} == {"wuxi"}
    assert all(way.how in ("lost", "no_decision") for way in last_ended(ways))


def test_times_of_desks_are_those_of_the_log(facts, late):
    now, before = waiting_of(facts, 8)
    done = [e for e in late.world.log if e[1] == "desk_out" and e[7] == "legal" and e[0] >= 0]
    legal = next(desk for desk in now.desks if desk.desk == "legal")
    assert legal.done == len(done)
    assert legal.work_days == pytest.approx(sum(e[6] for e in done) / len(done))
    assert legal.busy == pytest.approx(sum(e[6] for e in done) / (40 * late.decision.legal_staff))
    work = next(step for step in now.steps if step.step == "legal_work")
    assert work.days == pytest.approx(legal.work_days, abs=0.5)
    assert now.span == Span(0, 8) and before.span == Span(-8, 8)
    empty = step_times([], Span(0, 8))
    assert all(step.days is None and step.count == 0 for step in empty)


def test_a_newcomer_has_no_usual_yet_and_others_have(facts):
    team = team_of(facts, 4)
    assert {member.rep for member in team} == set(facts.report.reps)
    assert all(member.visits.usual > 0 and member.tenure_weeks >= WEEKS for member in team)
    halved = np.where(np.arange(112) >= 104, 10.0, 20.0 + np.arange(112) % 2)
    assert own_of(halved, -104, 8).score < -4 and own_of(halved, -104, 8).change < -0.5
    assert own_of(halved, -104, 4, joined=-6).usual is None


def test_who_left_has_no_now(facts):
    left = (35.0, "rep_left", "wuxi", "wang_lei", "", "", 100.0, "quit")
    hired = (35.0, "rep_hired", "wuxi", "li_na", "", "", 0.0, "v")
    staff = {**facts.report.reps, "li_na": "wuxi"}
    del staff["wang_lei"]
    changed = Facts(replace(facts.report, reps=staff))
    changed.kinds = {**facts.kinds, "rep_left": [left], "rep_hired": [hired]}
    team = {member.rep: member for member in team_of(changed, 4)}
    gone, came = team["wang_lei"], team["li_na"]
    assert (gone.left_week, gone.visits.now, gone.visits.score) == (7, None, None)
    assert 15 < gone.visits.usual < 30
    assert (came.joined_week, came.tenure_weeks, came.visits.usual) == (7, 1.0, None)


def test_pareto_makes_up_the_whole(facts):
    reps = pareto_of(facts, "reps", 4)
    assert sum(reps.now) == pytest.approx(gap_of(facts, 4).now)
    assert sum(change for _, change in reps.gaps()) == pytest.approx(gap_of(facts, 4).gap)
    customers, classes = (pareto_of(facts, what, 4) for what in ("customers", "classes"))
    assert sum(customers.now) == pytest.approx(sum(classes.now))
    assert list(customers.now) == sorted(customers.now, reverse=True)
    work = pareto_of(facts, "work", 4, place="chen_min")
    assert 15 < sum(work.now) < 25  # days of work in four weeks of five
    assert first_fifth((80.0, 5.0, 5.0, 5.0, 5.0)) == 0.8
    assert (first_fifth(()), first_fifth((0.0, 0.0))) == (None, None)


# --- the 5 whys


def test_the_tree_names_figures_and_says_what_they_say(facts):
    tree = load_whys()
    answers = answers_of(tree, facts, 4)
    assert {answer.why.figure for answer in answers} <= set(FIGURES)
    assert answers[0].depth == 0 and max(answer.depth for answer in answers) >= 2
    top = answers[0]
    series = facts.figures.series(top.why.figure)
    assert top.now == pytest.approx(series[-4:].mean())
    signs = {"up": 1, "down": -1}
    for answer in answers:
        assert answer.speaks == "" or (answer.speaks == "for") == (
            signs[answer.why.sign] * answer.score > facts.limit
        )
    alone = answers_of(tree, facts, 4, "chen_min")
    assert any(answer.speaks == "" for answer in alone)  # a rep has no stock


def test_a_wrong_tree_is_refused_with_its_lines(tmp_path):
    why = "  - {ask: {en: a, zh: 甲}, figure: %s, sign: %s, tool: %s}\n"
    file = tmp_path / "whys.yaml"
    begin = "name: {en: a, zh: 甲}\nsource: assumption\nfive_whys:\n"
    file.write_text(begin + why % ("slaes", "down", "funnel"), encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_whys(file)
    assert "whys.yaml:4:" in str(refused.value) and "did you mean 'sales'" in str(refused.value)
    file.write_text(begin + why % ("slaes", "sideways", "x_ray"), encoding="utf-8")
    files, problems, _ = check_files([file])
    assert files == [file] and [problem.line for problem in problems] == [4, 4, 4]
    (tmp_path / "diagnosis").mkdir()
    shutil.copy(find_whys(), tmp_path / "diagnosis")
    file.unlink()
    files, problems, _ = check_files([tmp_path])
    assert ([path.name for path in files], problems) == (["five_whys.yaml"], [])
    tree = load_whys().model_dump()
    tree["five_whys"] = [tree["five_whys"][0] | {"behind": []}]
    for _ in range(5):
        tree["five_whys"] = [tree["five_whys"][0] | {"behind": tree["five_whys"]}]
    file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    with pytest.raises(ScenarioError, match="no more than 5 questions"):
        load_whys(file)


# --- did it change anything


def _groups(seed, weeks, changed, effect=0.0, rho=0.4):
    draws = np.random.default_rng(seed)
    noise = draws.normal(size=(weeks, 2))
    for week in range(1, weeks):
        noise[week] = rho * noise[week - 1] + math.sqrt(1 - rho**2) * noise[week]
    shared = 100 + 10 * np.sin(np.arange(weeks) / 8)
    with_, without = (shared + noise[:, i] for i in (0, 1))
    return np.where(np.arange(weeks) >= changed, with_ + effect, with_), without


def test_nine_to_ten_in_ten_intervals_hold_the_truth():
    """The nominal 95 % within 92 to 98 %: the band was set before the first run."""
    for rho, after in ((0.0, 4), (0.5, 8)):
        checks = [check_of(*_groups(i, 52 + after, 52, 1.0, rho), 52) for i in range(400)]
        inside = [check.low <= 1.0 <= check.high for check in checks]
        assert 0.92 <= np.mean(inside) <= 0.98


def test_a_large_change_is_seen_and_none_is_not_made_up():
    large = check_of(*_groups(1, 60, 52, 6.0), 52)
    assert large.verdict == "more" and large.low <= 6.0 <= large.high
    assert check_of(*_groups(1, 60, 52, -6.0), 52).verdict == "less"
    nothing = check_of(*_groups(1, 60, 52), 52)
    assert nothing.verdict == "none" and nothing.low < 0 < nothing.high
    assert (nothing.weeks_before, nothing.weeks_after) == (52, 8)


def test_what_cannot_be_checked_is_said_so():
    flat, wave = np.ones(60), WAVE[:60]
    for args, reason in (
        ((wave[:3], flat[:3], 1), "short"),
        ((flat, flat, 50), "constant"),
        ((np.full(60, np.nan), flat, 50), "short"),
    ):
        with pytest.raises(NoFigureError) as refused:
            check_of(*args)
        assert refused.value.reason == reason
    with pytest.raises(NoFigureError):
        relative(np.zeros(60), 50)
    with pytest.raises(NoFigureError):
        relative(-wave, 50)


# --- the views

WRONG = re.compile(r"\b(nan|inf|None|NaT)\b|Traceback|\{\w+\}")


def read(page):
    """Return the words of a view, checked for what must not be on any."""
    words = re.sub(r'base64,[^"]*', "", page)
    assert not WRONG.search(words), words
    assert words.count("<img") == words.count("<img alt=")
    return words


def views_of(tool, room):
    """Return a tool's view as it is at first, and one for each other choice of one thing."""
    options = tool_options(tool, room)
    assert all(each.value in each.choices.values() for each in options)
    yield {}
    for each in options:
        for value in list(each.choices.values())[1:2]:
            yield {each.name: value}


@pytest.mark.parametrize("tool", TOOL_TITLES)
def test_every_tool_shows_chart_table_and_words_in_chinese(tool, rooms):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        words = read(tool_html(tool, rooms["zh"], {}))
    assert "<img alt=" in words and "<table>" in words and words.startswith("<p><strong>")


@pytest.mark.parametrize("tool", TOOL_TITLES)
def test_every_choice_of_every_tool_says_something(tool, rooms, monkeypatch):
    monkeypatch.setattr(charts, "png", lambda figure: b"")  # what takes the time
    for options in views_of(tool, rooms["en"]):
        assert len(read(tool_html(tool, rooms["en"], options))) > 40
    standard = read(tool_html(tool, rooms["en"], {}))
    odd = {"place": "<atlantis>", "weeks": -1, "figure": None, "since": 99, "what": 3}
    assert read(tool_html(tool, rooms["en"], odd)) == standard


def test_the_entry_tool_names_the_place_and_the_questions_are_escaped(rooms, monkeypatch):
    monkeypatch.setattr(charts, "png", lambda figure: b"")
    words = read(tool_html("entry", rooms["en"], {}))
    assert re.search(r"Most in Suzhou: \d+ orders delivered and not entered yet", words)
    tree = load_whys()
    hostile = tree.five_whys[0].but(ask=Text(en="<script>x</script>", zh="甲"))
    monkeypatch.setattr(diagnosis_whys, "load_whys", lambda: tree.but(five_whys=(hostile,)))
    words = tool_html("five_whys", rooms["en"], {})
    assert "<script>" not in words and "&lt;script&gt;" in words


def test_every_tool_shows_something_on_the_first_day(rooms, monkeypatch):
    monkeypatch.setattr(charts, "png", lambda figure: b"")
    for tool in TOOL_TITLES:
        assert "<img" in read(tool_html(tool, rooms["first"], {}))


def test_what_cannot_be_said_is_said_in_words(rooms):
    views = {
        "periods": {"figure": "satisfaction", "place": "chen_min"},
        "ab_check": {"figure": "satisfaction", "group": "chen_min"},
    }
    for tool, options in views.items():
        assert "There is no figure for this" in read(tool_html(tool, rooms["en"], options))
    young = Room(rooms["en"].game, "zh", lambda each: each, lambda: None)
    scenario = young.scenario.but(warm_up_weeks=4)
    young.report = replace(young.report, scenario=scenario)
    for tool in ("funnel", "fishbone", "pareto"):
        assert "有数据的周数太少" in read(tool_html(tool, young, {}))
    assert "<img" in tool_html("five_whys", young, {})
