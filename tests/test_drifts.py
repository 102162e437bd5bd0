"""The drift drills that ship: one hidden cause each, and nothing else that differs."""

from functools import cache

import numpy as np
import pytest

from simkit.kpi.weekly import FIGURES, WeeklyFigures
from simkit.region.events import DAYS_PER_WEEK
from simkit.region.simulation import Simulation
from simkit.scenario.drift import Drift
from simkit.scenario.files import data_folder
from simkit.scenario.library import DRIFTS, drift_names, load_scenario
from simkit.scenario.record import Record, ScenarioError, Text
from simkit.training.drift import LEVELS, drift_variant, without_drift

PROMISED = {
    "none",
    "rep_ramp_up",
    "rep_coasting",
    "competitor",
    "price_change",
    "lead_quality",
    "slow_legal",
    "stock_outs",
    "satisfaction_decay",
    "season",
    "late_entry",
    "mix_shift",
}
drills = pytest.mark.parametrize("name", sorted(PROMISED))
load = cache(load_scenario)
SEED, START = 7, 2


@cache
def played(name, paired=False):
    """A short game on a short warm-up, with its drift from week 2 on or, paired, without."""
    scenario = load(name)
    drift = None if paired else scenario.drift.but(start_week=START)
    simulation = Simulation(scenario.but(warm_up_weeks=8, weeks=8, drift=drift), SEED)
    while not simulation.done:
        simulation.step(simulation.decision)
    return simulation


def before(simulation, week):
    return [event for event in simulation.world.log if event[0] < DAYS_PER_WEEK * week]


def texts_in(value):
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Record):
        for _, inner in value:
            yield from texts_in(inner)
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def test_all_drills_are_there_and_found_by_name():
    assert set(drift_names()) == PROMISED
    assert {p.stem for p in (data_folder("scenarios") / DRIFTS).glob("*.yaml")} == PROMISED
    assert {cause.id for cause in load("drift_region").watch.causes} == PROMISED


HARDNESS = [*((level, 0) for level in LEVELS), *(("normal", number) for number in range(1, 5))]


@drills
def test_only_the_hidden_cause_differs(name):
    """Nothing a trainee can read tells one drill from another."""
    region = dict(load("drift_region"))
    for level, number in HARDNESS:
        drill = drift_variant(load(name), level, number)
        assert drill.drift.cause == name
        assert {key for key, value in drill if value != region[key]} <= {"drift", "source"}


@drills
def test_texts_are_whole_in_both_languages_and_voices_do_not_name_the_cause(name):
    scenario = load(name)
    cause = next(c for c in scenario.watch.causes if c.id == name)
    assert all(text.en.strip() and text.zh.strip() for text in texts_in(scenario.drift))
    assert len(scenario.drift.voices) >= 3
    for text in scenario.drift.voices.values():
        assert cause.name.en.lower() not in text.en.lower()
        assert cause.name.zh not in text.zh


def test_somebody_in_every_drill_says_something_unusual_so_that_it_tells_nothing():
    told = {name: len(load(name).drift.voices) for name in PROMISED}
    assert set(told.values()) == {4}


def test_causes_name_figures_that_exist_and_no_two_are_alike():
    causes = load("drift_region").watch.causes
    assert all(figure in FIGURES for cause in causes for figure in cause.figures)
    signatures = [tuple(cause.figures.items()) for cause in causes if cause.figures]
    assert len(set(signatures)) == len(signatures) == len(PROMISED) - 2


@drills
def test_the_remedy_has_a_cure_where_there_is_something_to_cure(name):
    scenario = load(name)
    remedy = next(c.remedy for c in scenario.watch.causes if c.id == name)
    assert set(scenario.drift.cures) == ({remedy} if remedy else set())
    assert (remedy is None) == (name in ("none", "season"))


def test_targets_are_moved_without_touching_the_region():
    actions = {action.id: action for action in load("drift_region").watch.actions}
    for name in ("longer_period", "recalibrate_target"):
        assert [effect.what for effect in actions[name].effects] == ["quota"]
    assert all(action.trade_off for action in actions.values())
    assert len(actions) == 14


def test_levels_are_stronger_and_weaker():
    def factor(level):
        drift = drift_variant(load("competitor"), level).drift
        return next(e.multiply for e in drift.effects)

    assert factor("easy") < factor("normal") < factor("hard") < 1


def test_variants_strike_others_and_their_cures_go_along():
    struck = set()
    for number in range(1, 20):
        drift = drift_variant(load("rep_coasting"), number=number).drift
        (effect,), (cure,) = drift.effects, drift.cures["private_talk"]
        assert effect.where == cure.where
        assert 2 <= drift.start_week <= 6
        struck.add(effect.where)
    assert struck == set(load("rep_coasting").drift.family.who)


@pytest.mark.parametrize("name", ["competitor", "rep_ramp_up", "stock_outs"])
def test_a_pair_is_the_same_until_the_drift_begins(name):
    drifting, calm = played(name), played(name, paired=True)
    assert before(drifting, START) == before(calm, START)
    assert drifting.world.log != calm.world.log


def test_nothing_is_healed_before_it_drifts():
    drift = load("rep_coasting").drift.but(start_week=3, weeks=4)
    healed = [bool([*drift.cured("private_talk", week, 1)]) for week in range(9)]
    assert healed == [False] * 3 + [True] * 4 + [False] * 2
    assert not [*drift.cured("price_back", 4, 1)]


def test_no_drift_is_the_region_as_it_is():
    assert played("none").world.log == played("none", paired=True).world.log
    assert without_drift(load("none")).drift is None


def test_late_entry_changes_what_is_reported_and_nothing_that_happens():
    late, calm = played("late_entry"), played("late_entry", paired=True)
    assert late.world.log == calm.world.log
    reported, drift = late.reporting.log, load("late_entry").drift
    entered = [e for e in late.world.log if e[1] == "order" and e[2] == drift.late_entry.where]
    missing = set(entered) - set(reported)
    last = late.world.week - drift.late_entry.weeks
    assert missing
    assert all(event[0] >= DAYS_PER_WEEK * last for event in missing)
    waited = [e for e in late.reporting.log[late.reporting.marks[-1] :] if e in set(entered)]
    assert min(e[0] for e in waited) < DAYS_PER_WEEK * (late.world.week - 1)


def test_the_season_comes_in_the_history_too():
    drift = load("season").drift
    for week in (0, 5, 17, 30):
        assert [*drift.effects_in(week)] == [*drift.effects_in(week - 52)]
    assert [*drift.effects_in(-52 + 5)]
    assert not [*load("competitor").drift.effects_in(-52 + 5)]


def test_a_newcomer_takes_over_the_accounts_and_nobody_else_moves():
    before_, after = played("rep_ramp_up", paired=True).world, played("rep_ramp_up").world
    gone = load("rep_ramp_up").drift.happenings[0].who
    (newcomer,) = set(after.reps) - set(before_.reps)
    assert set(before_.reps) - set(after.reps) == {gone}
    assert after.reps[newcomer].instead_of == gone
    assert after.reps[newcomer].tenure_weeks == 8 - START
    owners = {c.id: c.rep.id for c in before_.customers if c.rep}
    for customer in after.customers:
        if customer.rep and customer.id in owners:
            was = owners[customer.id]
            assert customer.rep.id == (newcomer if was == gone else was)


def test_figures_of_a_post_go_on_under_the_name_of_who_held_it():
    world, gone = played("rep_ramp_up").world, "chen_min"
    figures = WeeklyFigures(["suzhou"], 0, 8, [gone]).add(world.log)
    assert np.all(figures.series("visits", gone)[START:] > 0)
    newcomer = next(rep.id for rep in world.reps.values() if rep.instead_of)
    both = WeeklyFigures(["suzhou"], 0, 8, [gone, newcomer]).add(world.log)
    for name in (gone, newcomer):
        assert np.array_equal(both.series("visits", name), figures.series("visits", gone))


def test_a_post_that_was_given_up_is_not_filled_again():
    scenario = load("rep_ramp_up")
    short = scenario.but(warm_up_weeks=0, weeks=4, drift=scenario.drift.but(start_week=1))
    simulation = Simulation(short, SEED)
    posts = {"suzhou": sum(rep.territory == "suzhou" for rep in scenario.reps) - 1}
    while not simulation.done:
        simulation.step(simulation.decision.but(headcount=posts))
    assert len(simulation.world.reps_in("suzhou")) == posts["suzhou"]
    assert all(c.rep for c in simulation.world.customers if c.alive)


def test_coaching_a_newcomer_reaches_who_took_over_the_post():
    world = played("rep_ramp_up").world
    newcomer = next(rep for rep in world.reps.values() if rep.instead_of)
    (effect,) = load("rep_ramp_up").drift.effects
    assert world.conditions.of_rep("skill", newcomer) == effect.multiply < 1
    others = [rep for rep in world.reps.values() if not rep.instead_of]
    assert {world.conditions.of_rep("skill", rep) for rep in others} == {1.0}


MISTAKES = {
    "cause": ("cause: competitor", "cause: competitr", "unknown cause 'competitr'", "competitor"),
    "action": ("defend_customers: [", "defend_customer: [", "unknown action", "defend_customers"),
    "voice": ("    warehouse:", "    warehose:", "unknown voice", "warehouse"),
    "territory": (
        "{what: demand, multiply: 0.88}",
        "{what: demand, where: suzhu, multiply: 0.88}",
        "unknown territory 'suzhu'",
        "suzhou",
    ),
}


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_wrong_name_in_a_drill_is_told_with_its_line_and_the_right_one(kind, tmp_path):
    right, wrong, message, meant = MISTAKES[kind]
    shipped = data_folder("scenarios") / DRIFTS / "competitor.yaml"
    text = shipped.read_text(encoding="utf-8")
    assert text.count(right) == 1
    lines = text.replace("../drift_region.yaml", "drift_region").replace(right, wrong)
    file = tmp_path / "mine.yaml"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load_scenario(file)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert f"did you mean '{meant}'" in problem.message
    # The place of a key is that of what stands below it.
    assert wrong.strip() in "".join(lines.splitlines()[problem.line - 2 : problem.line])


def test_a_drift_needs_a_region_that_is_watched():
    drift = load("competitor").drift
    with pytest.raises(ValueError, match="needs the group 'watch'"):
        load("workshop_region").but(drift=drift)
    with pytest.raises(ScenarioError, match="no drift drill"):
        drift_variant(load("drift_region"))


def test_a_drift_changes_something_and_no_drift_nothing():
    plain = load("none").drift.model_dump(exclude_unset=True)
    with pytest.raises(ValueError, match="say what it changes"):
        Drift.model_validate(plain | {"cause": "competitor"})
    with pytest.raises(ValueError, match="without drift nothing may change"):
        effects = [{"what": "demand", "multiply": 0.9}]
        Drift.model_validate(plain | {"effects": effects})
