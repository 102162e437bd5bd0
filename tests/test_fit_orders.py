"""Reading order exports for a fit: columns, dates, amounts, returns, any size, every mistake."""

import csv
import random
from datetime import date, timedelta

import numpy as np
import pytest

from simkit.scenario.fit.columns import read_columns
from simkit.scenario.fit.orders.order_table import histories_of, orders_in
from simkit.scenario.fit.orders.stream import read_table
from simkit.scenario.history import fit_customers
from simkit.scenario.order_file import read_orders
from simkit.scenario.record import ScenarioError


def written(folder, text, name="orders.csv", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def table_of(folder, *rows, header="customer,date,amount", dates=None, columns=None):
    return read_table(written(folder, "\n".join([header, *rows]) + "\n"), columns, dates)


def days_of(table):
    return [date.fromordinal(day) for day in table.day.tolist()]


def refused(folder, *rows, **more):
    with pytest.raises(ScenarioError) as error:
        table_of(folder, *rows, **more)
    return error.value.problems


# The same as the reader of scenario files


def test_small_files_are_read_as_the_reader_of_scenarios_reads_them(tmp_path):
    chance = random.Random(4)
    rows = [
        (
            f"客户{chance.randrange(30)}",
            date(2024, 1, 1) + timedelta(days=chance.randrange(300)),
            f"{chance.uniform(1, 5000):,.2f}",
            chance.choice(["north", "south", ""]),
            chance.choice(["a", "b", ""]),
        )
        for _ in range(400)
    ]
    path = tmp_path / "orders.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([("客户", "日期", "金额", "区域", "销售代表"), *rows])
    old, table = read_orders(path).rows, read_table(path)
    assert [table.customers[i] for i in table.customer] == [order.customer for order in old]
    assert days_of(table) == [order.date for order in old]
    assert table.amount.tolist() == [order.amount for order in old]
    assert [table.territories[i] if i >= 0 else None for i in table.territory] == [
        order.territory for order in old
    ]
    known = fit_customers(read_orders(path)).customers
    histories = histories_of(table, orders_in(table))
    by_name = {table.customers[n]: i for i, n in enumerate(histories.number)}
    at = [by_name[customer.id] for customer in known]
    assert histories.days[at].tolist() == [customer.orders_seen for customer in known]
    np.testing.assert_allclose(histories.span[at], [c.last_order_weeks for c in known])
    np.testing.assert_allclose(histories.age[at], [c.age_weeks for c in known])
    places = [table.territories[n] if n >= 0 else None for n in histories.territory[at]]
    assert places == [customer.territory for customer in known]


# Columns


@pytest.mark.parametrize(
    "header",
    [
        "Account Name,Order Start Date,Order Amount,Order Owner,Order Number",  # Salesforce
        "Sales Order Owner,Customer No.,Order Date,Grand Total,SO Number",
        "负责人,客户名称,下单日期,销售订单金额(元),销售订单编号",
        "Owner;Company Name;Create Date;Amount (USD);Order ID",
    ],
)
def test_columns_of_common_systems_are_recognised(tmp_path, header):
    mark = ";" if ";" in header else ","
    names = header.split(mark)
    cells = ["2024-03-31" if "ate" in n or "日期" in n else "12" for n in names]
    table = table_of(tmp_path, mark.join(cells), header=header)
    assert {"customer", "date", "amount", "rep", "order"} == set(table.columns)
    assert days_of(table) == [date(2024, 3, 31)]


def test_a_mapping_names_other_columns(tmp_path):
    mapping = written(
        tmp_path, "columns: {customer: Kundennr, date: Tag, amount: Betrag, rep: null}", "m.yaml"
    )
    header = "Kundennr;Tag;Betrag;Owner"
    table = table_of(
        tmp_path, "K1;31.03.2024;1.234,50;A", header=header, columns=read_columns(mapping)
    )
    assert table.amount.tolist() == [1234.5]
    assert days_of(table) == [date(2024, 3, 31)]
    assert not table.reps
    with pytest.raises(ScenarioError, match=r"m\.yaml:1:21: no column 'Kundennr' .*did you mean"):
        table_of(tmp_path, header="Kundenr;date;amount", columns=read_columns(mapping))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {custmer: a}", r"m\.yaml:1:11: unknown column 'custmer', did you mean"),
        ("columns: {customer: 7}", r"m\.yaml:1:21: columns\.customer must be the name"),
        ("colums: {}", r"m\.yaml:1:1: unknown key 'colums', did you mean 'columns'"),
        ("columns: none", r"m\.yaml:1:10: columns must be a group"),
    ],
)
def test_mistakes_of_a_mapping_have_their_place(tmp_path, text, said):
    with pytest.raises(ScenarioError, match=said):
        read_columns(written(tmp_path, text, "m.yaml"))


def test_a_header_without_a_customer_says_what_to_do(tmp_path):
    problems = refused(tmp_path, header="who,date,amount")
    assert "no column for 'customer'" in problems[0].message
    assert "--columns" in problems[0].message


# Dates


def test_three_forms_in_one_file_are_read_when_one_date_decides(tmp_path):
    rows = ["a,2024-03-31,1", "a,03/04/2024,2", "a,25/12/2024,3", "a,5 Jan 2025,4"]
    table = table_of(tmp_path, *rows)
    expected = [date(2024, 3, 31), date(2024, 4, 3), date(2024, 12, 25), date(2025, 1, 5)]
    assert days_of(table) == expected
    assert table.date_form == "dmy"
    assert table.date_forms == {"year first": 1, "d/m/y or m/d/y": 2, "month in words": 1}


def test_ambiguous_dates_are_never_guessed(tmp_path):
    rows = ["a,2024-03-31,1", "a,03/04/2024,2", "a,05/06/2024,3"]
    (problem,) = refused(tmp_path, *rows)
    assert problem.line == 3
    assert "2 dates are ambiguous (line 3: '03/04/2024'; line 4" in problem.message
    assert "--dates dmy" in problem.message
    assert days_of(table_of(tmp_path, *rows, dates="mdy"))[1:] == [
        date(2024, 3, 4),
        date(2024, 5, 6),
    ]


def test_forms_that_contradict_each_other_are_shown(tmp_path):
    rows = ["a,25/12/2024,1", "a,12/25/2024,2", "a,03/04/2024,3"]
    (problem,) = refused(tmp_path, *rows)
    assert "line 2: '25/12/2024' can only be dmy" in problem.message
    assert "line 3: '12/25/2024' can only be mdy" in problem.message
    (problem,) = refused(tmp_path, *rows, dates="dmy")
    assert (problem.line, problem.col) == (3, 3)
    assert "no day '12/25/2024' in the form dmy" in problem.message


def test_years_of_two_digits_and_days_that_are_the_same_either_way(tmp_path):
    assert days_of(table_of(tmp_path, "a,03/03/2024,1")) == [date(2024, 3, 3)]
    assert "ambiguous" in refused(tmp_path, "a,03/03/24,1")[0].message
    assert days_of(table_of(tmp_path, "a,24/03/31,1", dates="ymd")) == [date(2024, 3, 31)]


def test_excel_serial_numbers_are_told(tmp_path):
    (problem,) = refused(tmp_path, "a,45382,1")
    assert "how Excel stores the date 2024-03-31" in problem.message


# Amounts and returns


def test_amounts_with_signs_thousands_and_decimal_commas(tmp_path):
    rows = ['a,2024-01-01,"¥1,234.50"', "a,2024-01-02,￥80元", "a,2024-01-03,12"]
    table = table_of(tmp_path, *rows)
    assert table.amount.tolist() == [1234.5, 80, 12]
    assert table.currency == "CNY"
    rows = ["a;2024-01-01;1.234", "a;2024-01-02;0,5", "a;2024-01-03;1 000,25 €"]
    table = table_of(tmp_path, *rows, header="customer;date;amount")
    assert table.amount.tolist() == [1234, 0.5, 1000.25]
    assert table.decimal == "comma"
    assert table.currency == "EUR"


def test_points_and_commas_in_one_file_are_refused(tmp_path):
    (problem,) = refused(tmp_path, "a,2024-01-01,1.50", 'a,2024-01-01,"1,5"')
    assert "(line 2: '1.50' and line 3: '1,5')" in problem.message
    (problem,) = refused(tmp_path, "a,2024-01-01,$5", "a,2024-01-01,5€")
    assert "USD (line 2), EUR (line 3)" in problem.message


def test_returns_are_set_off_against_the_latest_earlier_orders(tmp_path):
    rows = [
        "a,2024-01-01,100",
        "a,2024-02-01,50",
        "a,2024-03-01,-70",  # takes the 50 and 20 of the 100
        "a,2024-04-01,30",
        "b,2024-01-01,(20)",  # nothing to set off against
        "b,2024-02-01,40",
        "c,2024-01-05,9",
        "c,2024-01-05,-9",  # cancelled the same day
        "c,2024-01-06,0",  # without charge: an order
    ]
    table = table_of(tmp_path, *rows)
    orders = orders_in(table)
    assert orders.customer.tolist() == [0, 0, 1, 2]
    assert orders.money.tolist() == [80, 30, 40, 0]
    assert (orders.returns, orders.left_out) == (1, 1)


def test_lines_of_one_order_number_are_one_order(tmp_path):
    header = "customer,date,amount,order_no"
    rows = ["a,2024-01-01,10,7", "a,2024-01-03,5,7", "a,2024-01-01,1,8", "a,2024-01-01,2,"]
    orders = orders_in(table_of(tmp_path, *rows, header=header))
    assert sorted(orders.money.tolist()) == [1, 2, 15]
    assert set(orders.day.tolist()) == {date(2024, 1, 1).toordinal()}


# Mistakes


def test_bad_rows_are_listed_with_their_lines(tmp_path):
    rows = ["a,2024-01-01,10", ",2024-01-01,1", "a,2024-02-30,1", "a,2024-01-01,ten", "a,2024"]
    problems = refused(tmp_path, *rows, *["a,x,y"] * 20)
    assert [problem.line for problem in problems[:4]] == [3, 4, 5, 6]
    assert [problem.col for problem in problems[:3]] == [1, 3, 14]
    assert len(problems) == 21
    assert problems[-1].message.startswith("and 24 more mistakes")


def test_a_mistyped_year_is_told_as_one(tmp_path):
    problems = refused(tmp_path, "a,2024-01-01,10", "a,2924-01-08,1")
    assert "the year of '2924-01-08' is not between 1900 and 2100" in problems[0].message


def test_a_place_without_a_line_has_no_caret(tmp_path):
    (problem,) = refused(tmp_path)
    assert "^" not in str(problem)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04rest", "Excel workbook"),
        ("customer,date".encode("utf-16"), "UTF-16"),
        (b"customer,date,amount\na,2024-01-01,1\n\xff\xff\n", "neither UTF-8 nor GB18030"),
        (b"customer,date,amount\n", "no order below the header"),
        (b'customer,date,amount\n"a,2024-01-01,1\n', "quotation mark"),
    ],
)
def test_files_that_are_no_text_are_refused(tmp_path, content, said):
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=said):
        read_table(path)
    with pytest.raises(ScenarioError, match="no-file"):
        read_table(tmp_path / "no-file.csv")
