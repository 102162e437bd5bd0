"""Loading of YAML files: what is accepted, and one clear message with a place for what is not."""

# ruff: noqa: E501 - tables of cases stay one case a line; pydantic copies defaults

import json
import os
import re
import time
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import Field, ValidationError, model_validator

from simkit.scenario.loading import export_schema, load_record
from simkit.scenario.nodes import LINE_BREAK, MAX_BYTES, resolved
from simkit.scenario.record import (
    Mistakes,
    Problem,
    Record,
    ScenarioError,
    Text,
    did_you_mean,
)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Leg(Record):
    name: Text
    skill: float = Field(1.0, ge=0, lt=3)
    """How good it is"""
    home: str = "north"


class Fixed(Record):
    kind: Literal["fixed"]
    value: float


class Spread(Record):
    kind: Literal["spread"]
    mean: float
    shape: float


class Stock(Record):
    level: int = Field(5, ge=0)
    policy: Literal["base", "order_up"] = "base"
    owner: Text | None = None


class Table(Record):
    """A made-up kind of file."""

    weeks: int = Field(ge=1, le=520)
    places: list[str] = ["north", "south"]
    legs: tuple[Leg, ...] = ()
    stock: Stock = Stock()
    colour: Colour = Colour.RED
    price: float | Spread | None = None
    delay: Fixed | Spread | None = Field(None, discriminator="kind")
    shares: dict[str, float] = {}
    by_year: dict[int, str] = {}
    closed: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _homes_exist(self):
        found = [
            (
                ("legs", i, "home"),
                f"unknown place '{leg.home}'{did_you_mean(leg.home, self.places)}",
            )
            for i, leg in enumerate(self.legs)
            if leg.home not in self.places
        ]
        if found:
            raise Mistakes(found)
        return self


@pytest.fixture
def write(tmp_path):
    def write(text, name="a.yaml"):
        path = tmp_path / name
        raw = text if isinstance(text, bytes) else text.encode("utf-8")
        path.write_bytes(raw)
        return path

    return write


@pytest.fixture
def load(write):
    return lambda text, **more: load_record(write(text), Table, **more)


@pytest.fixture
def complaints(write):
    """Return the problems of a text as "line:col: message"."""

    def complaints(text, **more):
        with pytest.raises(ScenarioError) as caught:
            load_record(write(text), Table, **more)
        assert all(Path(p.path).name == "a.yaml" for p in caught.value.problems)
        return [f"{p.line}:{p.col}: {p.message}" for p in caught.value.problems]

    return complaints


# Records


def test_a_record_cannot_change_but_has_changed_copies():
    stock = Stock(level=3)
    with pytest.raises(ValidationError):
        stock.level = 4
    assert stock.but(level=4) == Stock(level=4)
    assert stock.level == 3


@pytest.mark.parametrize("change", [{"level": -1}, {"levle": 1}, {"policy": "none"}])
def test_a_changed_copy_is_checked(change):
    with pytest.raises(ValidationError):
        Stock().but(**change)


def test_a_changed_copy_is_checked_as_a_whole():
    table = Table(weeks=1, legs=[{"name": {"en": "A", "zh": "甲"}}])
    with pytest.raises(ValidationError, match="unknown place 'north'"):
        table.but(places=["east"])


def test_text_has_two_languages():
    text = Text(en=" North ", zh="北区")
    assert (text.in_("en"), text.in_("zh")) == ("North", "北区")
    with pytest.raises(ValueError, match="'fr'"):
        text.in_("fr")
    for incomplete in ({"en": "A"}, {"en": "A", "zh": " "}):
        with pytest.raises(ValidationError):
            Text(**incomplete)


@pytest.mark.parametrize(
    ("word", "choices", "end"),
    [
        ("skil", ["level", "skill"], ", did you mean 'skill'?"),
        ("SKILL", ["level", "skill"], ", did you mean 'skill'?"),
        ("skill", ["LEVEL", "SKILL"], ", did you mean 'SKILL'?"),
        ("x", ["a", "b", "c"], "; there is a, b, c"),
        ("x", [], ""),
        (7, [10, 20], "; there is 10, 20"),
        (
            "x",
            range(10, 40),
            "; there is 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 and 18 more",
        ),
    ],
)
def test_did_you_mean(word, choices, end):
    assert did_you_mean(word, choices) == end


def test_the_caret_stands_below_the_column_also_after_chinese():
    problem = Problem("a.yaml", 3, 9, "wrong", "北区: {x: 1}")
    assert str(problem).split("\n") == [
        "a.yaml:3:9: wrong",
        "    北区: {x: 1}",
        "    " + " " * 10 + "^",
    ]


def test_a_long_line_is_shown_around_the_column():
    _, shown, caret = str(Problem("a.yaml", 1, 501, "wrong", "x" * 500 + "!" + "x" * 500)).split(
        "\n"
    )
    assert shown[caret.index("^")] == "!"
    assert len(shown) < 100


# What is accepted


def test_a_good_file_becomes_a_record(load):
    text = "weeks: 4\nlegs:\n  - name: {en: A, zh: 甲}\n    skill: 2\nstock: {level: 1}\n"
    table = load(text)
    assert (table.weeks, table.legs[0].name.zh, table.legs[0].skill) == (4, "甲", 2.0)
    assert table.stock.level == 1


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(word, word) for word in ("no", "on", "yes", "off", "1:30", "2026-01-31", "1_000", "Null1")],
        ("010", 10), ("0o10", 8), ("0x1F", 31), ("-7", -7), ("+7", 7),
        ("1e3", 1000.0), ("1.", 1.0), (".5", 0.5), ("-1.5E-1", -0.15),
        ("true", True), ("False", False), ("~", None), ("NULL", None), ("", None),
        (".inf", float("inf")), ("-.INF", float("-inf")), ("tRUE", "tRUE"), ("0b1", "0b1"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(written, value):
    assert resolved(written) == value
    assert type(resolved(written)) is type(value)


def test_words_stay_text_and_keys_stay_as_they_are_written(load):
    table = load(
        "weeks: 010\nnote: no\nplaces: [on, 1:30, 2026-01-31]\nby_year: {2026: yes}\nshares: {no: 1, 010: 2, ~: 3}"
    )
    assert (table.weeks, table.note, table.places) == (10, "no", ["on", "1:30", "2026-01-31"])
    assert (table.by_year, table.shares) == ({2026: "yes"}, {"no": 1, "010": 2, "~": 3})


def test_a_quoted_number_is_text(load):
    assert load("weeks: 1\nnote: '5'").note == "5"


def test_utf8_with_and_without_byte_order_mark(load):
    text = "note: 北区\nweeks: 4\n"
    assert load(text) == load(b"\xef\xbb\xbf" + text.encode())
    with pytest.raises(ScenarioError) as caught:
        load("\ufeffnote: 1\nweeks: 4")
    (problem,) = caught.value.problems
    assert (problem.line, problem.col, problem.source) == (1, 7, "note: 1")


def test_a_few_aliases_are_fine(load):
    table = load("weeks: 1\nlegs:\n- name: &n {en: A, zh: 甲}\n- {name: *n, skill: 2}\n")
    assert table.legs[1].name.zh == "甲"


def test_windows_line_ends(load, complaints):
    assert load("weeks: 4\r\nnote: x\r\n").note == "x"
    assert complaints("note: x\r\nweeks: 0\r\n") == ["2:8: 'weeks' must be at least 1, is 0"]


def test_fifteen_thousand_lines_take_about_a_second(write):
    leg = "- name:\n    en: A\n    zh: 甲\n  skill: 0.5\n  home: south\n"
    path = write("weeks: 1\nlegs:\n" + leg * 3000)
    start = time.perf_counter()
    assert len(load_record(path, Table).legs) == 3000
    assert time.perf_counter() - start < 3


# Mistakes in values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("weeks: 4\nplces: [a]", "2:1: unknown key 'plces', did you mean 'places'?"),
        ("weeks: 4\nstock: {x: 1}", "2:9: unknown key 'x'; there is level, policy, owner"),
        ("weeks: 4\nstock: {owner: {en: a, zh: b, fr: c}}", "2:31: unknown key 'fr'; there is en, zh"),
        ("note: x", "1:1: the key 'weeks' is missing here"),
        ("weeks: 4\nlegs:\n- skill: 1", "3:3: the key 'name' is missing here"),
        ("weeks: many", "1:8: 'weeks' must be a whole number, not the text 'many'"),
        ("weeks: 1.5", "1:8: 'weeks' must be a whole number, not the number 1.5"),
        ("weeks:", "1:7: 'weeks' must be a whole number, not empty"),
        ("weeks: true", "1:8: 'weeks' must be a number, not true"),
        ("weeks: 1\nshares: {a: [1]}", "2:13: 'a' must be a number, not a list"),
        ("weeks: 1\nshares: {a: 0, b: true}", "2:19: 'b' must be a number, not true"),
        ("weeks: 1\nshares: {a: 12.5%}", "2:13: 'a' must be a number, not the text '12.5%'; write 0.125"),
        ("weeks: 1\nshares: {a: '1,200'}", "2:13: 'a' must be a number, not the text '1,200'; write 1200"),
        ("weeks: 1\nshares: {a: .nan}", "2:13: 'a' must be a finite number, is nan"),
        ("weeks: 1\nnote: 5", "2:7: 'note' must be text, not the number 5; put it in quotes"),
        ("weeks: 1\nnote: {a: 1}", "2:7: 'note' must be text, not a group of keys"),
        ("weeks: 1\nclosed: maybe", "2:9: 'closed' must be true or false, not the text 'maybe'"),
        ("weeks: 1\nplaces: north", "2:9: 'places' must be a list, not the text 'north'"),
        ("weeks: 1\nplaces: [a, 3]", "2:13: entry 2 must be text, not the number 3; put it in quotes"),
        ("weeks: 1\nstock: 3", "2:8: 'stock' must be a group of 'key: value' lines, not the number 3"),
        ("weeks: 1\nby_year: {next: a}", "2:11: the key must be a whole number, not the text 'next'"),
        ("weeks: 0", "1:8: 'weeks' must be at least 1, is 0"),
        ("weeks: 521", "1:8: 'weeks' must be at most 520, is 521"),
        ("weeks: 1\nlegs: [{name: {en: a, zh: ''}}]", "2:27: 'zh' must not be empty"),
        ("weeks: 1\nlegs: [{name: {en: a, zh: b}, skill: 3}]", "2:38: 'skill' must be less than 3, is 3"),
        ("weeks: 1\nstock: {policy: bas}", "2:17: 'policy' cannot be the text 'bas', did you mean 'base'?"),
        ("weeks: 1\nstock: {policy: 7}", "2:17: 'policy' cannot be the number 7; there is base, order_up"),
        ("weeks: 1\ncolour: grene", "2:9: 'colour' cannot be the text 'grene', did you mean 'green'?"),
        ("weeks: " + "9" * 5000, "1:8: 'weeks' must be a finite number, is inf"),
    ],
)  # fmt: skip
def test_one_mistake_gets_one_message_at_its_place(complaints, text, found):
    assert complaints(text) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("price: dear", "2:8: 'price' must be a number or a group of 'key: value' lines, not the text 'dear'"),
        ("price: {kind: spread, mean: 1}", "2:8: the key 'shape' is missing here"),
        ("price: {kind: spread, mean: 1, shape: 1, men: 2}", "2:42: unknown key 'men', did you mean 'mean'?"),
        ("delay: {kind: fxed, value: 1}", "2:15: 'kind' cannot be the text 'fxed', did you mean 'fixed'?"),
        ("delay: {value: 1}", "2:8: the key 'kind' is missing here"),
        ("delay: {kind: fixed, value: x}", "2:29: 'value' must be a number, not the text 'x'"),
        ("delay: {kind: fixed, value: 1, mean: 2}", "2:32: unknown key 'mean'; there is kind, value"),
    ],
)  # fmt: skip
def test_a_value_of_several_kinds_gets_the_message_of_the_nearest(complaints, text, found):
    assert complaints("weeks: 1\n" + text) == [found]


def test_all_mistakes_come_at_once_in_the_order_of_the_lines(complaints):
    text = "note: 1\nweeks: 0\nnote: 2\nstock:\n  levl: 3\n  policy: x\n"
    assert [c.split(":")[0] for c in complaints(text)] == ["1", "2", "3", "5", "6"]


def test_every_missing_key_is_reported(complaints):
    assert complaints("legs: [{name: {}}]") == [
        "1:1: the key 'weeks' is missing here",
        "1:15: the key 'en' is missing here",
        "1:15: the key 'zh' is missing here",
    ]


def test_of_two_groups_the_nearer_one_counts(write):
    class Outer(Record):
        first: Fixed | Spread
        last: Spread | Fixed

    text = "first: {kind: fixed}\nlast: {kind: fixed}\n"
    with pytest.raises(ScenarioError) as caught:
        load_record(write(text), Outer)
    assert [(p.line, p.message) for p in caught.value.problems] == [
        (1, "the key 'value' is missing here"),
        (2, "the key 'value' is missing here"),
    ]


def test_mistakes_of_a_validator_are_reported_at_their_places(complaints):
    text = "weeks: 1\nlegs:\n- {name: &n {en: a, zh: b}, home: nort}\n- {name: *n}\n- {name: *n, home: x}\n"
    assert complaints(text) == [
        "3:35: unknown place 'nort', did you mean 'north'?",
        "5:20: unknown place 'x'; there is north, south",
    ]


def test_mistakes_of_an_inner_record_are_relative_to_it(write):
    class Inner(Record):
        low: float
        high: float

        @model_validator(mode="after")
        def _in_order(self):
            if self.low > self.high:
                raise Mistakes(
                    [(("high",), "must not be below low"), (("low", "[key]"), "too high")]
                )
            if self.low == self.high:
                raise ValueError("low and high are equal")
            return self

    class Outer(Record):
        ranges: list[Inner]

    with pytest.raises(ScenarioError) as caught:
        load_record(write("ranges:\n- {low: 2, high: 1}\n- {low: 2, high: 2}\n"), Outer)
    places = [(p.line, p.col, p.message) for p in caught.value.problems]
    assert places == [
        (2, 4, "too high"),
        (2, 18, "must not be below low"),
        (3, 3, "low and high are equal"),
    ]


def test_the_check_is_asked_about_a_valid_record_only(complaints, load):
    def check(table):
        yield ("legs", 0, "skill"), f"{table.weeks} weeks are too many"
        yield ("stock", "level"), "not in the file: reported at the nearest group"

    text = "weeks: 9\nlegs: [{name: {en: a, zh: b}, skill: 1}]\nnote: x\n"
    assert complaints(text, check=check) == [
        "1:1: not in the file: reported at the nearest group",
        "2:38: 9 weeks are too many",
    ]
    assert complaints("weeks: 0", check=check) == ["1:8: 'weeks' must be at least 1, is 0"]
    assert load(text, check=lambda table: []).weeks == 9


def test_hundreds_of_duplicates_end_the_reading(complaints):
    found = complaints("weeks: 1\n" * 1000)
    assert len(found) == 101
    assert found[-1] == "102:1: too many mistakes; the rest of the file was not read"


def test_hundreds_of_mistakes_are_counted_not_all_listed(complaints):
    found = complaints("weeks: 1\n" + "".join(f"a{i}: 1\n" for i in range(1000)))
    assert len(found) == 101
    assert found[-1] == "None:None: 900 more mistakes, shown when some of these are mended"


# Mistakes in YAML


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("- a\n- b\n", "1:1: the file must be a group of 'key: value' lines, not a list"),
        ("hello", "1:1: the file must be a group of 'key: value' lines, not plain text"),
        ("weeks: 1\nstock:\n\tlevel: 1\n", "3:1: a tab is used for indentation; use spaces"),
        ("weeks: 1\nnote: @x\n", "2:7: a value cannot begin with '@'; put it in quotes"),
        ("weeks: 1\nnote: a: b\n", "2:8: ':' is not expected here"),
        ("weeks: 1\nplaces: [a, b\n", "2:14: the bracket opened on line 2 is not closed"),
        ("weeks: 1\nnote: 'abc\n", "2:11: the quote opened on line 2 is not closed"),
        ("weeks: 1\nnote\nclosed: true\n", "2:1: this line has no ':' after its key"),
        ("weeks: 1\nstock:\n  level: 1\n note: x\n", "4:2: this does not fit the lines above"),
        ("weeks: 1\nplaces: - a\n", "2:9: '- ' is not expected here"),
        ('weeks: 1\nnote: "C:\\new\\q"\n', "2:14: unknown escape"),
        ("weeks: 1\n---\nweeks: 2\n", "2:1: a second document starts here"),
        ("weeks: 1\nnote: !!python/object:os.system x\n", "2:7: the tag 'tag:yaml.org,2002:python/obj"),
        ("weeks: 1\nnote: !secret x\n", "2:7: the tag '!secret' is not used here"),
        ("weeks: 1\nweeks: 2\n", "2:1: duplicate key 'weeks', first on line 1"),
        ("weeks: 1\nstock: {level: 1, level: 2}", "2:19: duplicate key 'level', first on line 2"),
        ("weeks: 1\nstock: {<<: {level: 1}}", "2:9: '<<' is not used here"),
        ("weeks: 1\n? [a]\n: 1\n", "2:3: a key must be plain text"),
        ("weeks: 1\nnote: *x\n", "2:7: '*x' has no '&x' that is complete before it"),
        ("weeks: 1\nplaces: &x [*x]\n", "2:13: '*x' has no '&x' that is complete before it"),
        ("weeks: 1\nnote: a\x07b\n", "2:8: the character U+0007 cannot be used"),
        ("weeks: 1\nplaces: " + "[" * 10_000, "2:59: lists and groups are inside each other more"),
    ],
)  # fmt: skip
def test_what_is_no_good_yaml_gets_a_message_at_its_place(complaints, text, found):
    assert complaints(text)[0].startswith(found)


def test_exploding_aliases_are_refused_at_once(complaints):
    laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n"
    for i in range(1, 30):
        laughs += f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n"
    start = time.perf_counter()
    (found,) = complaints(laughs)
    assert "too large" in found
    assert "alias" in found
    assert time.perf_counter() - start < 1


def test_aliases_of_one_long_text_are_refused(complaints):
    text = f"note: &n {'x' * 100_000}\nplaces: [{', '.join(['*n'] * 200)}]"
    assert "too large" in complaints(text)[0]


def test_aliases_cannot_nest_without_end(complaints):
    text = "x0: &x0 []\n" + "".join(f"x{i}: &x{i} [[[[*x{i - 1}]]]]\n" for i in range(1, 2000))
    assert "inside each other" in complaints(text)[0]


# Mistakes with the file itself


def test_missing_file_folder_and_special_file(tmp_path, write):
    write("weeks: 1", "region.yaml")
    for path, words in [
        (tmp_path / "regoin.yaml", "no such file in .*, did you mean 'region.yaml'"),
        (tmp_path, "it is a folder"),
        (tmp_path / "a\0b", "cannot be read"),
        (tmp_path / ("x" * 3000), "cannot be read"),
        (tmp_path / "region.yaml" / "x", "cannot be read"),
    ]:
        with pytest.raises(ScenarioError, match=words) as caught:
            load_record(path, Table)
        assert [(p.path, p.line) for p in caught.value.problems] == [(str(path), None)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ScenarioError, match="not an ordinary file"):
        load_record(tmp_path / "pipe.yaml", Table)


def test_a_file_without_permission(write, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    path = write("weeks: 1")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError, match="you have no permission to read it"):
        load_record(path, Table)


def test_a_hundred_megabytes_are_refused_without_reading_them(tmp_path, monkeypatch):
    path = tmp_path / "big.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    monkeypatch.setattr(Path, "open", lambda *args, **kwargs: pytest.fail("it was opened"))
    with pytest.raises(ScenarioError, match=r"it has 100\.0 MB, a file may have at most 5 MB"):
        load_record(path, Table)


def test_the_largest_file_is_still_read(load):
    text = "weeks: 7\n#"
    assert load(text + "x" * (MAX_BYTES - len(text))).weeks == 7


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("weeks: 4\nnote: 北区\n".encode("gb18030"), "2:7: the file is saved as GB18030 (GBK) from here on; save it as UTF-8"),
        ("note: 北区\n".encode() + "places: [南区]\n".encode("gb18030"), "2:10: the file is saved as GB18030 (GBK) from here on; save it as UTF-8"),
        ("note: café\n".encode("latin-1"), "1:10: the file is not saved as UTF-8 from here on; save it as UTF-8"),
        ("weeks: 4".encode("utf-16"), "1:1: the file is saved as UTF-16; save it as UTF-8"),
        (b"PK\x03\x04\x00\x00\xff", "1:1: the file is binary, not text; a scenario is a text file saved as UTF-8"),
        (bytes(range(256)), "1:1: the file is binary, not text; a scenario is a text file saved as UTF-8"),
    ],
)  # fmt: skip
def test_other_encodings_are_named_with_the_remedy(complaints, raw, found):
    assert complaints(raw) == [found]


def test_a_file_in_gb18030_is_shown_in_readable_chinese(write):
    with pytest.raises(ScenarioError, match="note: 北区"):
        load_record(write("note: 北区\n".encode("gb18030")), Table)


# Files that extend another


def test_groups_merge_and_lists_replace(write):
    write("weeks: 4\nplaces: [a, b, c]\nstock: {level: 1, policy: order_up}\n", "base.yaml")
    table = load_record(write("extends: base.yaml\nplaces: [d]\nstock: {level: 2}\n"), Table)
    assert (table.weeks, table.places) == (4, ["d"])
    assert table.stock == Stock(level=2, policy="order_up")


def test_a_base_is_looked_for_beside_the_file_that_names_it(write, tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    write("weeks: 4\n", "far.yaml")
    write("extends: ../far.yaml\nnote: x\n", "sub/near.yml")
    monkeypatch.chdir(tmp_path.parent)
    table = load_record(write("extends: near\nclosed: true\n", "sub/top.yaml"), Table)
    assert (table.weeks, table.note, table.closed) == (4, "x", True)


def test_a_mistake_in_a_base_is_reported_in_the_base(write):
    base = write("note: x\nstock:\n  level: -1\n  policy: base\n", "base.yaml")
    top = write("extends: base\nweeks: 0\nstock: {policy: no}\n")
    with pytest.raises(ScenarioError) as caught:
        load_record(top, Table)
    assert [(p.path, p.line, p.col) for p in caught.value.problems] == [
        (str(top), 2, 8),
        (str(top), 3, 17),
        (str(base), 3, 10),
    ]
    assert (
        f"{base}:3:10: 'level' must be at least 0, is -1\n      level: -1\n             ^"
        in str(caught.value)
    )


def test_a_replaced_mistake_in_a_base_does_not_count(write):
    write("weeks: 0\nplaces: 7\n", "base.yaml")
    assert load_record(write("extends: base\nweeks: 1\nplaces: [a]\n"), Table).weeks == 1


def test_a_duplicate_key_in_a_base_is_reported_with_the_rest(write):
    write("weeks: 1\nweeks: 2\n", "base.yaml")
    with pytest.raises(ScenarioError) as caught:
        load_record(write("extends: base\nnote: 1\n"), Table)
    assert [(Path(p.path).name, p.line) for p in caught.value.problems] == [
        ("a.yaml", 2),
        ("base.yaml", 2),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("weeks: 1\nextends: bsae", "2:10: 'bsae' cannot be read: there is no such file in"),
        ("extends: [x, y]", "1:10: extends must be the name of one file"),
        ("extends:", "1:9: extends must be the name of one file"),
        ("extends: .", "1:10: "),
        ('extends: "a\\0b"', "1:10: "),
        ("extends: " + "x" * 3000, "1:10: "),
        ("extends: a.yaml", "1:10: extends in a circle: "),
        ("stock: {extends: base}", "1:1: the key 'weeks' is missing here"),
    ],
)
def test_a_base_that_cannot_be_used_is_reported_where_it_is_named(complaints, text, found):
    assert complaints(text)[0].startswith(found)


def test_a_missing_base_suggests_the_files_of_the_folder(write, complaints):
    write("weeks: 1", "base.yaml")
    assert complaints("extends: bsae.yaml")[0].endswith(", did you mean 'base.yaml'?")


def test_a_longer_circle_names_its_files(write):
    write("extends: c\n", "b.yaml")
    last = write("weeks: 1\nextends: a\n", "c.yaml")
    with pytest.raises(
        ScenarioError, match=r"a\.yaml > .*b\.yaml > .*c\.yaml > .*a\.yaml"
    ) as caught:
        load_record(write("extends: b\n"), Table)
    assert [(p.path, p.line, p.col) for p in caught.value.problems] == [(str(last), 2, 10)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX links")
def test_a_link_to_itself_is_no_base(write, tmp_path, complaints):
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert complaints("extends: loop")[0].startswith("1:10: 'loop' cannot be read: ")


def test_a_base_with_bad_yaml_is_reported_in_the_base(write):
    write("weeks: [\n", "base.yaml")
    with pytest.raises(ScenarioError) as caught:
        load_record(write("extends: base\n"), Table)
    assert Path(caught.value.problems[0].path).name == "base.yaml"


def test_a_long_chain_of_bases_is_no_trouble(write):
    write("weeks: 3\n", "b0.yaml")
    for i in range(1, 1500):
        write(f"extends: b{i - 1}\n", f"b{i}.yaml")
    assert load_record(write("extends: b1499\n"), Table).weeks == 3


# The schema for editors


def test_the_schema_allows_extends_and_files_that_leave_out_what_a_base_says():
    schema = export_schema(Table)
    json.dumps(schema)
    assert schema["properties"]["extends"]["type"] == "string"
    assert schema["anyOf"] == [{"required": ["extends"]}, {"required": ["weeks"]}]
    assert "required" not in schema
    assert "required" not in schema["$defs"]["Text"]  # reached through stock.owner
    assert schema["$defs"]["Leg"]["required"] == ["name"]  # an entry of a list
    assert schema["$defs"]["Leg"]["properties"]["skill"]["description"] == "How good it is"
    assert schema["additionalProperties"] is False


# Anything at all


WORDS = st.sampled_from(
    ["weeks", "legs", "note", "stock", "name", "en", "extends", "price", "delay", "kind", "shares",
     ": ", ":", "\n", "\n  ", "\n- ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a", "!x ", "<<", "'",
     '"', "\\", "|\n ", ">", "\t", "# ", "---\n", "...\n", "%YAML 9\n", "? ", "no", "1", "-3", "1e999",
     ".nan", "true", "~", "北区", "😀", "\u2028", "\x85", "\r", "\ufeff", "a.yaml", ".", "/", "\0"]
)  # fmt: skip
YAMLISH = st.lists(WORDS, max_size=30).map("".join).map(str.encode)
HEAD = re.compile(r"(.*):(\d+):(\d+): .+")


@settings(max_examples=400, deadline=None)
@given(raw=st.one_of(YAMLISH, YAMLISH.map(lambda raw: b"weeks: 1\n" + raw), st.binary()))
@example(raw=b'weeks: 1\nnote: "\\ud800"')
@example(raw=b"weeks: 1\n" + b"a: " * 100)
@example(raw="weeks: 1\nnote: \u2028\x85x: @\n".encode())
def test_any_bytes_give_a_record_or_problems_inside_the_file(raw, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    path = folder / "a.yaml"
    path.write_bytes(raw)
    try:
        assert isinstance(load_record(path, Table), Table)
    except ScenarioError as error:
        assert error.problems
        lines = LINE_BREAK.split(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"))
        for problem in error.problems:
            assert problem.path == str(path)
            assert 1 <= problem.line <= len(lines)
            assert 1 <= problem.col <= len(lines[problem.line - 1]) + 1
            assert HEAD.fullmatch(str(problem).split("\n")[0])
            shown = 3 if problem.source.strip() else 1  # a caret below nothing points at nothing
            assert len(str(problem).split("\n")) == shown
    assert [inner.name for inner in folder.iterdir()] == ["a.yaml"]


@settings(max_examples=200, deadline=None)
@given(
    data=st.dictionaries(
        st.sampled_from([*Table.model_fields, "x"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["kind", "en"]), inner),
            max_leaves=5,
        ),
        min_size=1,
    )
)
def test_any_values_give_a_record_or_located_problems(data, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "values.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    try:
        load_record(path, Table)
    except ScenarioError as error:
        assert all(problem.line == 1 for problem in error.problems)


def test_a_text_is_replaced_whole_so_that_no_language_stays_behind(tmp_path):
    class Named(Record):
        name: Text

    (tmp_path / "base.yaml").write_text("name: {en: Old, zh: 旧}\n", encoding="utf-8")
    file = tmp_path / "new.yaml"
    file.write_text("extends: base.yaml\nname: {en: New}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"new\.yaml:2:7: .*zh"):
        load_record(file, Named)
    file.write_text("extends: base.yaml\nname: {en: New, zh: 新}\n", encoding="utf-8")
    assert load_record(file, Named).name.zh == "新"


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("name：", "the full-width '：'"),
        ("name：{en: A, zh: 甲}", "the full-width '：'"),
        ("name: {en: A， zh: 甲}", "the full-width '，'"),
        ("stock: {target_weeks: 3， source: x}", "the full-width '，'"),
        ("name:{en: A, zh: 甲}", "put a space after the ':'"),
    ],
)
def test_a_slip_of_punctuation_is_named(tmp_path, line, hint):
    class Named(Record):
        name: Text

    file = tmp_path / "slip.yaml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_record(file, Named)
    assert hint in caught.value.problems[0].message
    good = "name: {en: 'A: b', zh: '甲：乙，丙'}\nmore: 1\n"
    file.write_text(good, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_record(file, Named)
    assert "full-width" not in str(caught.value)
