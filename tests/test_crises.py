"""The crises that ship: complete in both languages, with signs, noise, and answers with a price."""

import re
from functools import cache

import pytest

from simkit.commands.check import check_files
from simkit.region.news import announcements
from simkit.region.simulation import Simulation
from simkit.scenario.files import data_folder
from simkit.scenario.library import CRISES, crisis_names, load_scenario
from simkit.scenario.record import Record, Text
from simkit.scenario.shocks import BLANKS
from simkit.training.drill import variant

NAMES = crisis_names()
PROMISED = {
    "supplier_break",
    "logistics_outage",
    "price_war",
    "new_entrant",
    "favourable_policy",
    "adverse_policy",
    "key_account_default",
    "quality_complaints",
    "best_reps_leave",
    "demand_drop",
    "urgent_large_order",
}
LEVELS = ("easy", "normal", "hard")
load = cache(load_scenario)
crises = pytest.mark.parametrize("name", NAMES)


def texts_in(value):
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Record):
        for _, inner in value:
            yield from texts_in(inner)
    elif isinstance(value, dict | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def blanks_in(text):
    return sorted(re.findall(r"\{(\w+)\}", text))


def mails(name, role=None, level="normal"):
    inbox = [mail for shock in load(name).shocks for mail in shock.inbox]
    return [m for m in inbox if level in m.levels and role in (None, m.role)]


def test_all_crises_are_there_and_found_by_name():
    assert set(NAMES) == PROMISED
    files = {path.stem for path in (data_folder("scenarios") / CRISES).glob("*.yaml")}
    assert files == PROMISED


def test_check_covers_them():
    files, problems, _ = check_files([])
    assert not problems
    assert {file.stem for file in files} >= {*PROMISED, "drill_region"}


@crises
def test_texts_are_written_in_both_languages_with_the_same_blanks(name):
    texts = list(texts_in(load(name)))
    assert len(texts) > 100
    for text in texts:
        assert text.en != text.zh
        assert not re.search("[\u4e00-\u9fff]", text.en), text.en
        assert re.search("[\u4e00-\u9fff]", text.zh), text.zh
        assert blanks_in(text.en) == blanks_in(text.zh), text.en


@crises
def test_only_the_brief_and_the_inbox_have_blanks(name):
    """Nothing else is filled in, so a blank anywhere else would be shown as it is."""
    scenario = load(name)
    filled = [shock.brief for shock in scenario.shocks]
    filled += [mail.text for shock in scenario.shocks for mail in shock.inbox]
    for text in texts_in(scenario):
        if text not in filled:
            assert not set(blanks_in(text.en)) & set(BLANKS), text.en


@crises
def test_what_the_manager_reads_has_no_blank_left(name):
    scenario = load(name)
    found = list(announcements(scenario, scenario.weeks))
    assert {"phone", "chat", "email", "report"} == {m.channel for m in found}
    assert not [m for m in found if re.search(r"[{}]", m.text.en + m.text.zh)]


@crises
def test_the_inbox_has_signs_noise_and_contradictions_at_every_level(name):
    main = load(name).shocks[0]
    for level in LEVELS:
        for role in ("sign", "noise", "contradiction", "news"):
            assert mails(name, role, level), (level, role)
        signs = [m.week for m in mails(name, "sign", level)]
        assert min(signs) <= -2
        assert {"phone", "chat", "email", "report"} == {m.channel for m in mails(name, None, level)}
    assert 8 <= len(main.inbox) <= 14
    assert all(m.week <= 0 for m in main.inbox if m.role == "sign")
    assert any(m.week > 0 for m in main.inbox)
    assert main.start_week + min(m.week for m in main.inbox) >= 0


@crises
def test_harder_means_fewer_signs_not_sooner_and_more_noise(name):
    signs = [mails(name, "sign", level) for level in LEVELS]
    noise = [mails(name, "noise", level) for level in LEVELS]
    assert len(signs[0]) > len(signs[2])
    firsts = [min(m.week for m in each) for each in signs]
    assert firsts == sorted(firsts)
    assert len(noise[0]) < len(noise[2])
    assert [len(each) for each in noise] == sorted(len(each) for each in noise)


@crises
def test_answers_have_a_trade_off_and_some_need_a_department(name):
    answers = load(name).shocks[0].answers
    assert 4 <= len(answers) <= 6
    assert all(answer.trade_off for answer in answers)
    assert any(answer.department for answer in answers)
    assert sum(bool(answer.department) for answer in answers) <= 3


@crises
def test_the_main_shock_is_the_one_of_the_name_and_leaves_time_for_answers(name):
    scenario = load(name)
    main = scenario.shocks[0]
    assert main.id == name
    assert 5 <= main.start_week <= 10 and main.known_after_weeks <= 2
    assert main.start_week + main.weeks < scenario.weeks
    family = scenario.drill.family
    assert family.start_week[0] <= main.start_week <= family.start_week[1]
    assert family.weeks[0] <= main.weeks <= family.weeks[1]
    assert family.start_week[1] + family.weeks[1] <= scenario.weeks
    assert family.strength[0] < 1 < family.strength[1]


@crises
def test_it_says_where_it_comes_from_and_what_to_ask(name):
    scenario = load(name)
    assert "assumption" in scenario.drill.source
    assert all("assumption" in shock.source for shock in scenario.shocks)
    assert len({question.en for question in scenario.drill.questions}) == 5
    assert set(scenario.drill.levels) == set(LEVELS)


@crises
def test_the_risk_register_lists_all_crises(name):
    scenario = load(name)
    assert {risk.id for risk in scenario.drill.risks} == PROMISED
    assert all(each.trade_off for each in scenario.preparations)
    helpful = [each for each in scenario.preparations if name in each.against]
    assert len(helpful) >= 2


# What the engine does for them


def played(scenario, weeks=26, **levers):
    simulation = Simulation(scenario.but(weeks=weeks), 3)
    simulation.run(lambda report: report.decision.but(**levers))
    return simulation.events()


@cache
def default_cost(preparations=()):
    events = played(load("key_account_default"), answers=preparations)
    return events.loc[events["detail"] == "bad_debt", "amount"].sum()


def test_a_default_costs_what_the_account_owed_and_insurance_carries_part_of_it():
    scenario = load("key_account_default")
    owed = sum(each.amount for shock in scenario.shocks for each in shock.happenings)
    assert default_cost() == pytest.approx(owed)
    first = scenario.shocks[0].happenings[0].amount
    insured = default_cost(("prepared:credit_insurance",))
    assert insured == pytest.approx(owed - 0.7 * first) or insured == pytest.approx(0.3 * owed)


def test_a_backup_supplier_delivers_while_a_shock_slows_the_usual_one_down():
    scenario = load("supplier_break")
    shock = scenario.shocks[0]
    events = played(scenario, backup_supplier=True)
    from_backup = events[(events["kind"] == "stock_ordered") & (events["detail"] == "backup")]
    weeks = set(from_backup["week"])
    assert weeks >= set(range(shock.start_week, shock.start_week + 5))
    failed = played(scenario.but(shocks=()), backup_supplier=True)
    assert len(from_backup) > (failed["detail"] == "backup").sum()


@crises
@pytest.mark.parametrize("level", LEVELS)
def test_every_drill_of_the_family_ends_within_the_game_and_leaves_no_blank(name, level):
    for number in (1, 2, 3, 4):
        drill = variant(load(name), level, number)
        main = drill.shocks[0]
        assert main.start_week + main.weeks <= drill.weeks
        told = list(announcements(drill, drill.weeks))
        assert not [m for m in told if re.search(r"[{}]", m.text.en + m.text.zh)]
        whom = [each.who for each in main.happenings if each.who]
        assert len(set(whom)) == len(whom)
        assert all(effect.multiply < 50 for effect in main.effects)


# Slips in a file of one's own


def checked(tmp_path, **drill):
    """What is wrong with a crisis of one's own that extends a shipped one."""
    shipped = data_folder("scenarios") / "crises" / "price_war.yaml"
    text = shipped.read_text(encoding="utf-8")
    for old, new in drill.items():
        found = {"start": "start_week: 6\n", "family": "start_week: [6, 10]", "blank": "{weeks}"}
        assert found[old] in text
        text = text.replace(found[old], new, 1)
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return [problem.message for problem in check_files([file])[1]]


def test_a_copy_of_a_shipped_crisis_is_fine(tmp_path):
    assert checked(tmp_path) == []


@pytest.mark.parametrize(
    ("slip", "message"),
    [
        ({"start": "start_week: 60\n"}, "the shock becomes known in week 60 of 26"),
        ({"family": "start_week: [6, 40]"}, "the shock becomes known in week 40 of 26"),
        ({"blank": "{weeks"}, "one brace is left over or wide"),
        ({"blank": "｛weeks｝"}, "one brace is left over or wide"),
        ({"blank": "{weaks}"}, "nothing is known for {weaks}, did you mean 'weeks'?"),
    ],
)
def test_a_slip_is_named(tmp_path, slip, message):
    assert any(message in said for said in checked(tmp_path, **slip))
