"""Bad region files and order histories: a clear message, exit code 2, nothing written."""

import json
import re
from pathlib import Path

import pytest
from commands import SMALL, simkit

STOCK = "stock:\n  stock_out: {lost: 0.5, substitute: 0.3, backorder: 0.3}\n"
BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def but(old, new):
    """Return the small region with one thing changed."""
    assert SMALL.count(old) >= 1
    return SMALL.replace(old, new, 1)


BAD = {
    "unknown key": (SMALL + "foo: 1\n", "26:1", "unknown key 'foo'; there is name, brief"),
    "misspelt key": (
        but("customers: 8", "custommers: 8"),
        "6:44",
        "unknown key 'custommers', did you mean 'customers'?",
    ),
    "misspelt group": (
        SMALL + "demnd: {on: true}\n",
        "26:1",
        "unknown key 'demnd', did you mean 'demand'?",
    ),
    "wrong type": (
        but("weeks: 3", "weeks: three"),
        "3:8",
        "'weeks' must be a whole number, not the text 'three'",
    ),
    "list for a number": (
        but("weeks: 3", "weeks: [3]"),
        "3:8",
        "'weeks' must be a whole number, not a list",
    ),
    "text for two languages": (
        but("{en: Small, zh: 小区}", "Small"),
        "2:7",
        "'name' must be a group of 'key: value' lines, not the text 'Small'",
    ),
    "out of range": (but("weeks: 3", "weeks: 0"), "3:8", "'weeks' must be at least 1, is 0"),
    "more than a lever allows": (
        SMALL + "selling: {prospecting_share: 0.8}\n",
        "26:30",
        "'prospecting_share' must be at most 0.5, is 0.8",
    ),
    "visits without time": (
        but("demand, where: north, multiply: 0.5", "visit_time, multiply: 0"),
        "21:44",
        "a visit takes time: give at least 0.01",
    ),
    "per cent": (
        but("order_value: 9000", "order_value: 12%"),
        "13:41",
        "'order_value' must be a number, not the text '12%'; write 0.12",
    ),
    "duplicate key": (SMALL + "weeks: 5\n", "26:1", "duplicate key 'weeks', first on line 3"),
    "duplicate id": (
        but(
            "id: kim, name", "id: kim, territory: south, name: {en: K, zh: 金}}\n  - {id: kim, name"
        ),
        "10:10",
        "the id 'kim' is used twice",
    ),
    "unknown territory": (
        but("territory: south}", "territory: suoth}"),
        "9:50",
        "unknown territory 'suoth', did you mean 'south'?",
    ),
    "unknown territory of a shock": (
        but("where: north", "where: norht"),
        "21:37",
        "unknown territory 'norht', did you mean 'north'?",
    ),
    "unknown rep": (but("rep: kim", "rep: kin"), "12:75", "unknown rep 'kin', did you mean 'kim'?"),
    "unknown condition": (
        but("what: demand", "what: demnd"),
        "21:22",
        "'what' cannot be the text 'demnd', did you mean 'demand'?",
    ),
    "id with a space": (
        but("id: war", "id: a war"),
        "16:9",
        "'id' must be written with the letters A to Z, digits and the signs _ - only, is 'a war'",
    ),
    "negative leads": (
        but("customers: 8,", "leads_per_week: -3,"),
        "6:60",
        "'leads_per_week' must be at least 0, is -3",
    ),
    "shares": (
        SMALL + STOCK,
        "27:21",
        "lost + substitute + backorder must add up to 1, they add up to 1.1",
    ),
    "shares of classes": (
        SMALL + "selling: {key_share: 0.8, regular_share: 0.5}\n",
        "26:42",
        "key_share + regular_share must be at most 1, they add up to 1.3",
    ),
    "no source": (
        but("  source: made up\n", ""),
        "11:3",
        "the customers need a 'source': where they come from",
    ),
    "missing base": (
        but("region_40", "regoin_40"),
        "1:10",
        "'regoin_40' cannot be read: there is no such file in * did you mean 'region_40.yaml'?",
    ),
    "circle": (but("region_40", "bad.yaml"), "1:10", "extends in a circle: * > *"),
    "missing history": (
        but("  source: made", "  orders: orders.csv\n  source: made"),
        "14:11",
        "the order history * does not exist",
    ),
    "empty": ("", "1:1", "the file is empty; it needs at least one line 'key: value'"),
    "only a remark": ("# later\n", "1:1", "the file is empty; it needs at least one line*"),
    "a list": (
        "- a\n- b\n",
        "1:1",
        "the file must be a group of 'key: value' lines, not a list",
    ),
    "binary": (
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        "1:1",
        "the file is binary, not text; a scenario is a text file saved as UTF-8",
    ),
    "UTF-16": (SMALL.encode("utf-16"), "1:1", "the file is saved as UTF-16; save it as UTF-8"),
    "GB18030": (
        SMALL.replace("小区", "地区").encode("gb18030"),
        "2:23",
        "the file is saved as GB18030 (GBK) from here on; save it as UTF-8",
    ),
    "mixed encodings": (
        SMALL.encode() + "foo: 北京\n".encode("gb18030"),
        "26:6",
        "the file is saved as GB18030 (GBK) from here on; save it as UTF-8",
    ),
    "tab": (
        but("  - {id: kim", "\t- {id: kim"),
        "9:1",
        "a tab is used for indentation; use spaces",
    ),
    "aliases": (BOMB, "6:8", "the file is too large from here on; an alias counts each time*"),
}


NOTHING_TO_SHOW = {"empty", "binary", "UTF-16"}
"""No line of these can be shown, so no caret either."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in; nothing but `bad.yaml` and what a test puts there may be in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(folder, path):
    """Return the problems that `check` finds; `run` must refuse the file in the same words."""
    before = sorted(folder.rglob("*"))
    said = simkit("check", path)
    assert said.code == 2
    listed = simkit("check", path, "--json")
    assert listed.code == 2
    assert listed.err == ""
    run = simkit("run", path, "--out", folder / "results")
    assert (run.code, run.out) == (2, "")
    assert run.err == said.err
    assert sorted(folder.rglob("*")) == before
    return json.loads(listed.out)["problems"], said.err


def matches(message, pattern):
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), message)


@pytest.mark.parametrize("name", BAD)
def test_one_mistake_in_a_region_file_gets_one_message_with_its_place(folder, name):
    text, place, wanted = BAD[name]
    path = folder / "bad.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (problem,), said = refused(folder, path)
    assert f"{problem['line']}:{problem['col']}" == place
    assert problem["path"] == str(path)
    wanted += "*" if name == "unknown key" else ""
    assert matches(problem["message"], wanted), problem["message"]
    head, *below = said.splitlines()
    assert head == f"{path}:{place}: {problem['message']}"
    if name in NOTHING_TO_SHOW:
        assert below == []
    else:
        _shown, caret = below
        assert caret.strip() == "^"


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_the_lines(folder):
    text = but("weeks: 3", "weeks: 0").replace("territory: south}", "territory: suoth}")
    text = text.replace("multiply: 1.5", "multiply: -1").replace("rep: kim", "rep: kin")
    path = folder / "bad.yaml"
    path.write_text(text + "demnd: 1\nweeks: 4\n", encoding="utf-8")
    problems, _ = refused(folder, path)
    assert [(p["line"], p["message"].split(",")[0]) for p in problems] == [
        (3, "'weeks' must be at least 1"),
        (9, "unknown territory 'suoth'"),
        (12, "unknown rep 'kin'"),
        (24, "'multiply' must be at least 0"),
        (26, "unknown key 'demnd'"),
        (27, "duplicate key 'weeks'"),
    ]


def test_a_file_of_100_megabytes_is_refused_at_once(folder):
    path = folder / "bad.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    (problem,), _ = refused(folder, path)
    assert "it has 100.0 MB, a file may have at most 5 MB" in problem["message"]


def test_a_mistake_in_a_base_is_told_with_the_name_of_the_base(folder):
    (folder / "base.yaml").write_text(but("weeks: 3", "weeks: 0"), encoding="utf-8")
    (folder / "bad.yaml").write_text("extends: base.yaml\nfoo: 1\n", encoding="utf-8")
    problems, _ = refused(folder, folder / "bad.yaml")
    assert [(Path(p["path"]).name, p["line"]) for p in problems] == [
        ("bad.yaml", 2),
        ("base.yaml", 3),
    ]


# Order histories

ORDERS = "customer,date,amount\n" + "".join(
    f"c{i},2024-0{1 + i % 6}-{1 + i % 27:02d},{100 + 7 * i}\nc{i},2024-07-{1 + i % 27:02d},80\n"
    for i in range(40)
)
SHOP = """\
extends: region_40
weeks: 2
warm_up_weeks: 1
territories:
  - {id: north, name: {en: North, zh: 北区}, reps: 1}
customers: {orders: orders.csv, source: our own sales}
"""


@pytest.fixture
def shop(folder):
    """Write a region with an order history; return its path."""

    def shop(orders, region=SHOP):
        raw = orders if isinstance(orders, bytes) else orders.encode()
        (folder / "orders.csv").write_bytes(raw)
        (folder / "shop.yaml").write_text(region, encoding="utf-8")
        return folder / "shop.yaml"

    return shop


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_history_may_come_in_utf8_with_or_without_bom_or_in_gb18030(shop, encoding):
    path = shop(ORDERS.replace("c1,", "苏州医院,").encode(encoding))
    said = simkit("check", path)
    assert (said.code, said.err) == (0, "")
    assert "80 order rows of 40 customers" in said.out
    assert simkit("run", path).code == 0


ROW = "c1,2024-01-02,5\n"
BAD_ORDERS = {
    "wrong header": ("customer,day,amount\n" + ROW, "1:1", "no column 'date' in the header*"),
    "no header": (ROW, "1:1", None),
    "bad date": (
        ORDERS + "c1,2024-02-30,5\n",
        "82:4",
        "there is no day '2024-02-30'; the form is year-month-day, like 2024-03-31",
    ),
    "American date": (
        ORDERS + "c1,02/03/2024,5\n",
        "82:4",
        "date '02/03/2024' is ambiguous (which is the month?); write it like 2024-03-31",
    ),
    "negative amount": (ORDERS + "c1,2024-02-03,-5\n", "82:15", "amount -5 is negative; *"),
    "amount with currency": (
        ORDERS + "c1,2024-02-03,5元\n",
        "82:15",
        "amount '5元' is not a number; write it like 1234.50, without currency",
    ),
    "mixed encodings": (
        ORDERS.encode() + "苏州,2024-02-03,5\n".encode() + "杭州,2024-02-03,5\n".encode("gb18030"),
        "83:1",
        "mixed encodings: line 82 is UTF-8, this line is not; *",
    ),
    "empty": ("", None, "the file is empty; it needs a header and rows"),
    "workbook": (b"PK\x03\x04" + bytes(50), None, "this is an Excel workbook; *"),
}


@pytest.mark.parametrize("name", BAD_ORDERS)
def test_a_bad_order_history_gets_a_message_with_its_place(folder, shop, name):
    orders, place, wanted = BAD_ORDERS[name]
    problems, _ = refused(folder, shop(orders))
    assert all(p["path"].endswith("orders.csv") for p in problems)
    if wanted is None:
        assert [p["message"][:11] for p in problems] == ["no column '"] * 3
        return
    (problem,) = problems
    assert matches(problem["message"], wanted), problem["message"]
    assert place == (problem["line"] and f"{problem['line']}:{problem['col']}")


def test_all_bad_rows_of_a_history_are_told_at_once(folder, shop):
    problems, _ = refused(folder, shop(ORDERS + "c1,soon,5\nc1,2024-02-03,-5\n,2024-02-03,5\n"))
    assert [p["line"] for p in problems] == [82, 83, 84]


def test_a_history_of_places_the_region_does_not_have_is_refused(folder, shop):
    lines = ORDERS.splitlines()
    text = "\n".join([lines[0] + ",territory", *(f"{line},nort" for line in lines[1:])])
    (problem,), _ = refused(folder, shop(text))
    assert "unknown territory 'nort', did you mean 'north'?" in problem["message"]
