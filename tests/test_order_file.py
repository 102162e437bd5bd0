"""Reading an order history: forms, encodings, and one clear message for every mistake."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simkit.scenario import text_file
from simkit.scenario.history import read_orders
from simkit.scenario.record import ScenarioError

HEADER = "customer,date,amount\n"


def write(tmp_path, text, encoding="utf-8", name="orders.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


FORMS = ["2024-03-05", "2024/3/5", "20240305", "2024年3月5日", "2024-03-05 14:30:00"]


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_dates(tmp_path, form):
    assert read_orders(write(tmp_path, f"{HEADER}a,{form},1\n")).rows[0].date == date(2024, 3, 5)


@pytest.mark.parametrize(
    "text, amount",
    [
        ("12.5", 12.5),
        ('"1,234,567.89"', 1234567.89),
        ("0", 0),
        ("-0", 0),
        (" 7 ", 7),
        ("1e3", 1000),
    ],
)
def test_forms_of_amounts(tmp_path, text, amount):
    rows = read_orders(write(tmp_path, f"{HEADER}a,2024-03-05,{text}\n")).rows
    assert rows[0].amount == amount


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(tmp_path, encoding, delimiter, end):
    rows = [
        ["客户", "日期", "金额", "区域"],
        ["华东医疗", "2024年3月5日", "12.5", "联通"],
        ["", "", "", ""],
    ]
    text = end.join(delimiter.join(row) for row in rows)
    order = read_orders(write(tmp_path, text, encoding)).rows
    assert order == (("华东医疗", date(2024, 3, 5), 12.5, "联通", None),)


def test_quoted_text_may_hold_separators_and_line_breaks(tmp_path):
    text = HEADER + '"Smith, ""Al"" & Co",2024-03-05,1\n"two\nlines",2024-03-06,x\n'
    with pytest.raises(ScenarioError) as caught:
        read_orders(write(tmp_path, text))
    assert [(p.line, p.message[:10]) for p in caught.value.problems] == [(3, "amount 'x'")]


BAD_ROWS = {
    "a,03/04/2024,1": (3, "ambiguous"),
    "a,2024-02-30,1": (3, "there is no day '2024-02-30'"),
    "a,soon,1": (3, "'soon' is not a date; write it like 2024-03-31"),
    "a,,1": (3, "'' is not a date"),
    "a,0024-02-03,1": (3, "between 1900 and 2100"),
    "a,2024-02-03,-5": (14, "amount -5 is negative; set returns off"),
    "a,2024-02-03,nan": (14, "amount 'nan' is not a number"),
    "a,2024-02-03,inf": (14, "amount 'inf' is not a number"),
    "a,2024-02-03,1e999": (14, "larger than 1e+12"),
    "a,2024-02-03,": (14, "amount '' is not a number"),
    'a,2024-02-03,"12,50"': (14, "write it like 1234.50"),
    "a,2024-02-03,¥12": (14, "without currency"),
    " ,2024-02-03,1": (1, "the customer is empty"),
    "a,2024-02-03": (1, "2 columns, the header has 3"),
    "a,2024-02-03,1,2": (1, "4 columns, the header has 3"),
    '"a,2024-02-03,1': (1, "cannot be read (unexpected end of data)"),
    '"Müller, A",2024-02-03,-1': (24, "negative"),
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_bad_row_gives_one_message_with_its_place(tmp_path, row):
    path = write(tmp_path, f"{HEADER}good,2024-01-01,5\n{row}\n")
    with pytest.raises(ScenarioError) as caught:
        read_orders(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.col) == (str(path), 3, BAD_ROWS[row][0])
    assert BAD_ROWS[row][1] in problem.message


BAD_FILES = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n", "the file is empty"),
    "header only": (HEADER.encode(), "no order below the header"),
    "binary": (b"customer\0\x01\xff", "binary, not text"),
    "excel": (b"PK\x03\x04rest", "Excel workbook"),
    "utf-16": ("客户".encode("utf-16"), "UTF-16"),
    "typo": (b"custmer,date,amount\na,2024-01-01,1\n", "is it 'custmer'?"),
    "no header": (b"a,2024-01-01,1\n", "no column 'customer'"),
    "twice": (b"date,customer,Date,amount\n", "column 'date' is there 2 times"),
    "latin-1": (HEADER.encode() + "Café,2024-01-01,1\n".encode("latin-1"), "neither UTF-8 nor"),
    "mixed": (
        HEADER.encode() + "医疗,2024-01-01,1\n".encode() + "华东,2024-01-01,1\n".encode("gb18030"),
        "mixed encodings: line 2 is UTF-8, this line is not",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gives_a_clear_message(tmp_path, case):
    content, message = BAD_FILES[case]
    path = write(tmp_path, content)
    with pytest.raises(ScenarioError) as caught:
        read_orders(path)
    assert message in caught.value.problems[0].message
    assert all(problem.path == str(path) for problem in caught.value.problems)


def test_a_missing_file_a_folder_and_a_large_file(tmp_path, monkeypatch):
    with pytest.raises(ScenarioError, match="cannot be read: No such file"):
        read_orders(tmp_path / "none.csv")
    with pytest.raises(ScenarioError, match="not a file"):
        read_orders(tmp_path)
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)  # 100 MB that take no room on the disk
    with pytest.raises(ScenarioError, match=r"has 100 MB, the limit is 64 MB"):
        read_orders(path)
    monkeypatch.setattr(text_file, "MAX_BYTES", 10)
    with pytest.raises(ScenarioError, match="keep only the years you need"):
        read_orders(write(tmp_path, HEADER))


def test_many_mistakes_are_counted_not_listed(tmp_path):
    path = write(tmp_path, HEADER + "a,2024-01-01,x\n" * 832)
    with pytest.raises(ScenarioError) as caught:
        read_orders(path)
    assert len(caught.value.problems) == 21
    assert [p.line for p in caught.value.problems[:3]] == [2, 3, 4]
    assert caught.value.problems[-1].message.startswith("and 812 more mistakes")


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)
ROUGH_ROW = st.tuples(
    st.sampled_from(["a", "b", "客", ""]) | CELL,
    st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(str) | CELL,
    st.floats().map(str) | CELL,
)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(QUIET, max_examples=150)
@given(rows=st.lists(ROUGH_ROW, max_size=12), raw=st.none() | st.binary(max_size=60))
def test_no_file_raises_anything_but_scenario_errors(tmp_path, rows, raw):
    text = "".join(",".join(row) + "\n" for row in rows)
    body = HEADER.encode() + (text.encode() if raw is None else raw)
    try:
        read_orders(write(tmp_path, body))
    except ScenarioError as error:
        assert error.problems
