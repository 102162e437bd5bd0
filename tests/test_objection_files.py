"""What a trainer writes: a broken file is named with its place, and the rest goes on."""

import shutil

import pytest
import yaml

from simkit.commands.check import check_files
from simkit.scenario.files import OWN_SCENARIOS, data_folder
from simkit.scenario.objections import find_card
from simkit.screens.objections import ObjectionPractice

CARD = "price_snack"
SHIPPED = find_card(CARD).read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """No import of what draws."""
    monkeypatch.setattr("simkit.screens.app.preload", lambda: None)


def broken(tmp_path, monkeypatch, name, text):
    """Use an own folder of scenarios in which one file holds this text."""
    own = tmp_path / "scenarios"
    (own / name).parent.mkdir(parents=True)
    (own / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv(OWN_SCENARIOS, str(own))


def shown(app):
    return "".join(str(getattr(widget, "value", "")) for widget in app.view.children)


def with_word(word):
    card = yaml.safe_load(SHIPPED)
    card["objection"]["concern_words"]["en"][1] = word
    return yaml.safe_dump(card, allow_unicode=True, sort_keys=False)


def mistakes_in(tmp_path, text):
    file = tmp_path / "my_card.yaml"
    file.write_text(text, encoding="utf-8")
    return [(problem.line, problem.message) for problem in check_files([file])[1]]


def test_a_word_that_cannot_be_looked_for_is_named(tmp_path):
    ((line, message),) = mistakes_in(tmp_path, with_word(" "))
    assert "' '" in with_word(" ").splitlines()[line - 1]
    assert "must not be empty" in message


def test_a_full_width_colon_is_named_on_its_own_line(tmp_path):
    text = SHIPPED.replace("  family: price", "  family：price")
    ((line, message),) = mistakes_in(tmp_path, text)
    assert text.splitlines()[line - 1] == "  family：price"
    assert message.count("：") == 1


def test_a_misspelt_group_is_no_region(tmp_path):
    text = SHIPPED.replace("\nobjection:", "\nobjections:")
    ((_, message),) = mistakes_in(tmp_path, text)
    assert message == "unknown key 'objections', did you mean 'objection'?"


def test_a_card_with_an_unusable_word_leaves_the_others(tmp_path, monkeypatch):
    broken(tmp_path, monkeypatch, "objections/my_card.yaml", with_word("..."))
    app = ObjectionPractice(record=tmp_path / "saved" / "a.jsonl", lang="en")
    assert "my_card.yaml" in shown(app)
    assert "my_card" not in app.cards and CARD in app.cards


def test_a_broken_rubric_gives_way_to_the_shipped_one(tmp_path, monkeypatch):
    broken(tmp_path, monkeypatch, "rubrics/objections.yaml", "rubric: 3\n")
    app = ObjectionPractice(record=tmp_path / "saved" / "a.jsonl", lang="zh")
    assert "objections.yaml" in shown(app)
    assert len(app.rubric.rubric) == 8


def test_a_talk_waits_until_the_buyers_rules_are_mended(tmp_path, monkeypatch):
    file = tmp_path / "saved" / "a.jsonl"
    app = ObjectionPractice(CARD, record=file, lang="en")
    app.open("talk").buttons["greet"].click()
    broken(tmp_path, monkeypatch, "buyer/rules.yaml", "buyer_rules: 3\n")
    app = ObjectionPractice(CARD, record=file, lang="en")
    assert app.page_id == "choose"
    assert "rules.yaml" in app.alarm.value
    app.buttons["write"].click()
    app.buttons["talk"].click()
    assert app.page_id == "write"
    assert "rules.yaml" in app.alarm.value
    shutil.copy(data_folder("scenarios") / "buyer" / "rules.yaml", tmp_path / "scenarios" / "buyer")
    app.buttons["talk"].click()
    assert len(app.page.talk.turns) == 1
