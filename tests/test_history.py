"""An order history becomes customers: reading, fit, posterior draws, report, bad input."""

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simkit.scenario.history import fit_customers, read_orders
from simkit.scenario.record import ScenarioError

HEADER = "customer,date,amount\n"


# From a file to customers


def write(tmp_path, text, encoding="utf-8", name="orders.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def some_orders(customers=15, seed=11):
    """Rows of an invented history as (customer, date, amount, territory, rep)."""
    rng, first = np.random.default_rng(seed), date(2024, 1, 1)
    rows = []
    for i in range(customers):
        for day in rng.integers(0, 300, rng.integers(1, 12)):
            money = f"{rng.gamma(4, 50):.2f}"
            when = (first + timedelta(days=int(day))).isoformat()
            rows.append((f"c{i:02}", when, money, "north", "ann"))
    return rows


def as_csv(rows, header="customer,date,amount,territory,rep"):
    return "\n".join([header, *(",".join(row) for row in rows)]) + "\n"


def test_the_order_of_rows_and_columns_does_not_matter(tmp_path):
    rows = some_orders()
    rows += [(*rows[0][:3], "south", "bob")]  # the same day in another territory
    plain = fit_customers(read_orders(write(tmp_path, as_csv(rows))))
    np.random.default_rng(4).shuffle(rows)
    turned = as_csv([(r[4], "x", *r[2::-1], r[3]) for r in rows], "Rep,note,AMOUNT,Date,Customer,t")
    turned = turned.replace(",t\n", ",Territory\n")
    assert fit_customers(read_orders(write(tmp_path, turned))).customers == plain.customers


def test_one_day_is_one_order_with_the_sum_and_the_latest_place(tmp_path):
    rows = some_orders()
    rows += [
        ("z", "2024-02-01", "10", "north", "ann"),
        ("z", "2024-02-15", "30", "south", "bob"),
        ("z", "2024-02-15", "40.5", "south", "bob"),
        ("z", "2024-02-22", "0", "", ""),
    ]
    history = fit_customers(read_orders(write(tmp_path, as_csv(rows))), end=date(2024, 12, 31))
    z = history.customers[-1]
    assert (z.id, z.territory, z.rep) == ("z", "south", "bob")
    assert (z.orders_seen, z.last_order_weeks, z.age_weeks) == (3, 3.0, pytest.approx(334 / 7))
    assert z.order_value == pytest.approx(float(history.values.order_value(2, 80.5)))
    assert z.orders_per_week == pytest.approx((history.rates.r + 2) / z.rate_scale_weeks)
    assert z.dropout_per_week == pytest.approx(history.rates.s / z.dropout_scale_weeks)
    assert history.report.paid_days == history.report.order_days - 1


def test_start_and_end_select_the_period(tmp_path):
    orders = read_orders(write(tmp_path, as_csv(some_orders(40))))
    start, end = date(2024, 3, 1), date(2024, 9, 1)
    within = [o for o in orders.rows if start <= o.date <= end]
    report = fit_customers(orders, start, end).report
    assert (report.rows, report.last_day) == (len(within), end)
    assert report.first_day == min(o.date for o in within)
    with pytest.raises(ScenarioError, match="no order lies between 2025-01-01 and the end"):
        fit_customers(orders, start=date(2025, 1, 1))


def test_a_short_history_comes_with_a_caution(tmp_path):
    few = fit_customers(read_orders(write(tmp_path, as_csv(some_orders(12)))))
    assert "Caution" in few.report.text.en
    assert "注意" in few.report.text.zh


def test_with_hardly_any_repeaters_the_variation_is_assumed(tmp_path):
    rows = [(f"c{i}", "2024-01-01", "100") for i in range(10)]
    rows += [("c0", f"2024-02-{d:02}", "50") for d in range(1, 12)]
    history = fit_customers(read_orders(write(tmp_path, as_csv(rows, HEADER.strip()))))
    assert not history.values.cv_estimated
    assert history.customers[0].order_value_cv == 0.6
    assert "(assumed)" in history.report.text.en


@pytest.mark.parametrize(
    "rows, message",
    [
        ([(f"c{i}", "2024-01-01", "1") for i in range(9)], "only 9 customers"),
        ([(f"c{i}", "2024-01-01", "1") for i in range(99)], "only 0 orders by customers who"),
        (
            [(f"c{i}", f"2024-01-{d}", "0") for i in range(10) for d in (11, 20)],
            "every amount is 0",
        ),
    ],
)
def test_too_little_for_a_fit(tmp_path, rows, message):
    path = write(tmp_path, as_csv(rows, HEADER.strip()))
    with pytest.raises(ScenarioError, match=message) as caught:
        fit_customers(read_orders(path))
    assert str(caught.value).startswith(str(path))


FAIR_ROW = st.tuples(
    st.integers(0, 20).map("k{}".format),
    st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(str),
    st.floats(0, 1e12).map(str) | st.sampled_from(["0", "5", "1e-300"]),
)
QUIET = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@settings(QUIET, max_examples=25)
@given(rows=st.lists(FAIR_ROW, min_size=25, max_size=120))
def test_every_fit_gives_usable_customers_or_a_clear_message(tmp_path, rows):
    try:
        history = fit_customers(read_orders(write(tmp_path, as_csv(rows, HEADER.strip()))))
    except ScenarioError as error:
        assert len(error.problems) == 1
        return
    u = np.random.default_rng(0).random((len(history.customers), 3))
    draws = history.draw(u)
    assert np.isfinite(draws.orders_per_week).all()
    assert np.isfinite(draws.dropout_per_week).all()
    for customer in history.customers:
        assert 0 <= customer.active_chance <= 1
        assert 0 < customer.order_value < np.inf
    assert history.report.text.zh


def test_reading_orders_does_not_import_scipy():
    code = "import sys, simkit.scenario.history; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
