"""From an order history to a region: the numbers come back, the file loads, the report explains."""

import json
import socket
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from commands import simkit
from scipy.integrate import dblquad, quad
from scipy.special import gammaln

from simkit.region.simulation import Simulation
from simkit.scenario.fit.found import Derived, Estimated, Kept
from simkit.scenario.fit.numbers import Z90
from simkit.scenario.fit.orders.population import Population, Seen, active_chances, log_likelihoods
from simkit.scenario.fit.report import is_known
from simkit.scenario.library import load_scenario
from simkit.scenario.record import Text
from simkit.study.evidence import fitted_deals
from simkit.study.evidence.cdnow_shop import write_orders
from simkit.study.evidence.data_fit import fitted_journey
from simkit.study.evidence.fit_recovery import (
    MONDAY,
    fitted_again,
    hits,
    narrowed,
    small_region,
)
from simkit.study.evidence.worlds import play
from simkit.study.exports import COLUMNS, deals_of, orders_of, write_export

FIT = Path(__file__).parents[1] / "simkit" / "scenario" / "fit"


@pytest.fixture(scope="module")
def firm():
    """A small region at the end of its weeks."""
    return Simulation(small_region(9, 60, 60), seed=9).run(lambda report: report.decision)


@pytest.fixture(scope="module")
def orders(tmp_path_factory, firm):
    """Its orders, as a firm would export them."""
    path = tmp_path_factory.mktemp("firm") / "orders.csv"
    orders_of(firm.events(), MONDAY).to_csv(path, index=False)
    return path


# The model


@pytest.mark.parametrize("n, first, last", [(1, 50, 50), (3, 5, 90), (40, 1, 103), (2, 0.5, 1.5)])
def test_the_likelihood_of_a_customer_equals_its_integral(n, first, last):
    """Oracle: the defining integrals over arrival and leaving, adaptive."""
    model, weeks = Population(0.8, 0.25, 0.004, 0.002), 104.0
    seen = Seen(*(np.array([float(v)]) for v in (n, first, last, 1)), weeks)
    a, h = model.shape / model.rate, model.hazard

    def density(w, orders=n):
        power = model.shape + orders
        logs = gammaln(power) - gammaln(model.shape) - orders * np.log(a)
        return np.exp(logs - power * np.log1p(w / a) - h * w)

    def integral(function, low, high):
        return quad(function, low, high, epsabs=0)[0]

    def seen_chance(length):
        return 1 - density(length, 0) - h * integral(lambda w: density(w, 0), 0, length)

    still = density(weeks) + model.arrivals * integral(lambda x: density(weeks - x), 0, first)
    left = integral(density, last, weeks)
    left += (
        model.arrivals
        * dblquad(lambda y, x: density(y - x), 0, first, last, weeks, epsabs=1e-14)[0]
    )
    everybody = seen_chance(weeks)
    everybody += model.arrivals * integral(lambda x: seen_chance(weeks - x), 0, weeks)
    expected = np.log(still + h * left) - np.log(everybody)
    assert log_likelihoods(model, seen)[0] == pytest.approx(expected, abs=1e-6)
    assert active_chances(model, seen)[0] == pytest.approx(still / (still + h * left), rel=1e-6)


def test_a_region_of_the_engine_comes_back_within_the_intervals():
    """All numbers of three regions pooled; fixed beforehand: 90 % less 3 binomial standard errors.

    The numbers of one fit hang together, so that they count for half as many.
    """
    fits = [fitted_again(small_region(number, 52, 80), number) for number in range(1, 4)]
    held = [hit for fit, truth in fits for hit in hits(fit, truth).values()]
    least = 0.9 - 3 * (0.9 * 0.1 / (len(held) / 2)) ** 0.5
    assert len(held) == 33
    assert sum(held) / len(held) >= least
    short = [hit for fit, truth in fits for hit in hits(narrowed(fit, 0.3), truth).values()]
    assert sum(short) / len(short) < least  # the check sees intervals that are too short


def test_season_and_growth_need_two_years():
    fit, truth = fitted_again(small_region(3, 106, 60), 3)
    found = {f.path: f for f in fit.findings if isinstance(f, Estimated)}
    for path in ("market.drift_per_year", "market.season_share", "market.season_peak_week"):
        error = (found[path].high - found[path].low) / 2 / Z90
        assert abs(found[path].value - truth[path]) < 3 * error
    assert found["market.season_share"].low > 0


# The command


def test_a_file_of_orders_becomes_a_region_and_a_report(tmp_path, orders, firm):
    out = tmp_path / "own" / "region.yaml"
    said = simkit("fit", orders, "--out", out, "--base", "region_40")
    assert said.code == 0, said.err
    assert "| `demand.orders_per_week` |" in said.out
    text = out.read_text(encoding="utf-8")
    assert "rows of orders.csv, 90 % interval" in text
    assert "north-0001" not in text  # a customer
    scenario = load_scenario(out)
    assert [place.id for place in scenario.territories] == ["north", "south"]
    active = sum(customer.alive for customer in firm.world.customers)
    assert sum(place.customers for place in scenario.territories) == pytest.approx(active, rel=0.15)
    assert simkit("check", out).code == 0
    assert sorted(path.name for path in out.parent.iterdir()) == [
        "region.yaml",
        "region_fit_report.json",
        "region_fit_report.md",
        "region_fit_report.zh.md",
    ]
    report = json.loads((out.parent / "region_fit_report.json").read_text(encoding="utf-8"))
    paths = {row["path"] for row in report["estimated"]}
    assert {"demand.order_value", "loss.per_week", "territories.north.potential"} <= paths
    kept = {row["path"]: row["why"] for row in report["kept"]}
    assert "less than two years" in kept["market.season_share"]["en"]
    assert "两年" in kept["market.season_share"]["zh"]
    assert "## 估计值" in (out.parent / "region_fit_report.zh.md").read_text(encoding="utf-8")


def test_the_fitted_region_sells_what_the_file_sold(tmp_path, orders):
    """The region alone, everything else off, over a year: the orders a week within 25 %."""
    simkit("fit", orders, "--out", tmp_path / "region.yaml", "--base", "region_40", "--json")
    fitted, past = load_scenario(tmp_path / "region.yaml"), small_region(9, 60, 60)
    quiet = fitted.but(
        **{
            name: getattr(past, name) for name in ("response", "relationship", "effort", "turnover")
        },
        **{name: getattr(past, name) for name in ("funnel", "stock", "satisfaction", "market")},
        weeks=26,
        warm_up_weeks=0,
    )
    events = Simulation(quiet, seed=1).run(lambda report: report.decision).events()
    sold = (events["kind"] == "order").sum() / 26
    rows = len(orders.read_text(encoding="utf-8").splitlines()) - 1
    assert sold == pytest.approx(rows / 60, rel=0.25)


def test_the_customers_come_along_only_when_asked(tmp_path, orders):
    out = tmp_path / "region.yaml"
    said = simkit("fit", orders, "--out", out, "--base", "region_40", "--keep-customers", "--json")
    assert json.loads(said.out)["rows"] > 0
    assert 'orders: "region_orders.csv"' in out.read_text(encoding="utf-8")
    scenario = load_scenario(out)
    assert len(scenario.customers.known) > 100
    assert {customer.rep for customer in scenario.customers.known} == {"north-r1", "south-r1"}
    assert sum(place.customers for place in scenario.territories) == 0


def test_opportunities_are_fitted_along(tmp_path, orders):
    run = play(fitted_deals.base(), 3)
    deals, out = tmp_path / "deals.csv", tmp_path / "region.yaml"
    write_export(deals, deals_of(run.world.log, MONDAY), "salesforce")
    words = ("--base", "region_40", "--json")
    said = simkit("fit", orders, "--deals", deals, "--out", out, *words)
    assert said.code == 0, said.err
    report = json.loads(said.out)
    paths = [row["path"] for part in ("estimated", "derived", "kept") for row in report[part]]
    assert "funnel.deal_value" in paths
    assert len(paths) == len(set(paths))
    assert "rows of deals.csv, 90 % interval" in out.read_text(encoding="utf-8")
    value = next(r["value"] for r in report["estimated"] if r["path"] == "funnel.deal_value")
    assert load_scenario(out).funnel.deal_value == pytest.approx(value, rel=1e-5)


def test_nothing_leaves_the_machine(tmp_path, orders, monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("the fit opened a connection")

    for name in ("socket", "create_connection", "getaddrinfo", "socketpair"):
        monkeypatch.setattr(socket, name, forbidden)
    said = simkit("fit", orders, "--out", tmp_path / "region.yaml", "--json")
    assert said.code == 0, said.err
    code = "".join(path.read_text(encoding="utf-8") for path in FIT.glob("*.py"))
    assert not any(word in code for word in ("import socket", "urllib", "http", "requests"))


def test_two_customers_are_too_few_and_nothing_is_written(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer,date,amount\na,2024-01-01,5\nb,2024-02-01,7\nb,2024-06-01,9\n")
    said = simkit("fit", path, "--out", tmp_path / "new" / "region.yaml")
    assert said.code == 2
    assert "2 customers with 1 repeat orders are too few" in said.err
    assert "at least 10 customers and 10 repeat orders" in said.err
    assert "customers.named" in said.err
    assert "b: orders_per_week 0.092, order_value 8" in said.err
    assert [file.name for file in tmp_path.iterdir()] == ["orders.csv"]


def test_the_report_tells_what_became_of_territories(tmp_path):
    path, rows = tmp_path / "orders.csv", []
    for day in range(360):
        customer = day % 20
        place = "East" if customer < 10 else "West"
        place = "" if day == 5 else "West" if day == 6 else place
        when = date(2024, 1, 1).toordinal() + day
        rows.append(f"c{customer},{date.fromordinal(when)},{100 + day % 7},{place}")
    path.write_text("\n".join(["customer,date,amount,territory", *rows]), encoding="utf-8")
    said = simkit("fit", path, "--out", tmp_path / "region.yaml")
    assert said.code == 0, said.err
    assert "1 rows name no territory" in said.out
    assert "1 customers have rows in several territories" in said.out
    chinese = (tmp_path / "region_fit_report.zh.md").read_text(encoding="utf-8")
    assert chinese.startswith("# 订单拟合报告：orders.csv")
    assert "| `stock` | 环太湖大区" in chinese
    assert "2024-01-01 至 2024-12-25" in (tmp_path / "region.yaml").read_text(encoding="utf-8")
    report = json.loads((tmp_path / "region_fit_report.json").read_text(encoding="utf-8"))
    for row in report["estimated"] + report["figures"]:
        assert row["low"] is None or row["low"] == 0 or row["high"] <= 1e6 * row["low"], row


@pytest.mark.parametrize(
    ("low", "value", "high", "known"),
    [(1, 2, 3, True), (0, 0, 0.05, True), (1e-24, 0.03, 1e20, False), (1e-9, 0.5, 1e3, False)],
)
def test_an_interval_over_many_powers_of_ten_says_nothing(low, value, high, known):
    assert is_known(Estimated("loss.per_week", value, low, high, 5, Text(en="a", zh="b"))) == known


def test_bad_options_say_what_to_do_and_leave_files_alone(tmp_path, orders):
    out = tmp_path / "region.yaml"
    out.write_text("mine")
    for words, message in [
        (("--out", tmp_path), "--out: name a file that ends in .yaml"),
        (("--out", out, "--base", "crowd"), "no such file or scenario"),
        (("--out", out, "--base", "target_workshop"), "names territories, reps or customers"),
        (("--out", out, "--since", "2031-01-01"), "no order lies between 2031-01-01"),
        (("--out", out, "--columns", tmp_path / "no.yaml"), "no such file"),
    ]:
        said = simkit("fit", orders, *words)
        assert said.code == 2
        assert message in said.err
    assert out.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["region.yaml"]


# Real histories


def test_cdnow_gives_the_published_fit(tmp_path):
    """Fader, Hardie & Lee 2005, Marketing Science 24(2) 275-284, table 2, from the real file."""
    pytest.importorskip("lifetimes", reason="the CDNOW sample ships in 'lifetimes'")
    path, out = write_orders(tmp_path), tmp_path / "cdnow.yaml"
    said = simkit("fit", path, "--out", out, "--until", "1997-09-30", "--json")
    assert said.code == 0, said.err
    report = json.loads(said.out)
    assert (report["customers"], report["rows"]) == (2357, 4960)
    found = {row["path"]: row for row in report["figures"]}
    for name, value in {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}.items():
        row = found[f"pareto_nbd.{name}"]
        assert row["value"] == pytest.approx(value, rel=2e-3)
        assert row["low"] < value < row["high"]
    assert load_scenario(out).demand.order_value == pytest.approx(35, rel=0.15)
    kept = {row["path"]: row["why"]["en"] for row in report["kept"]}
    assert "began early" in kept["demand.walk_ins_per_year"]


def test_a_history_in_the_form_of_the_complete_journey_goes_through(tmp_path):
    """The real one has 1,469,307 rows: see 'simkit validate --slow'."""
    import duckdb

    path = tmp_path / "transactions.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT i % 40 AS household_id, i // 3 AS basket_id, 5 AS product_id, "
            "TIMESTAMP '2017-01-01 11:00:00' + INTERVAL (i // 3 * 7) HOUR AS "
            "transaction_timestamp, 1.5 + i % 7 AS sales_value FROM range(3000) t(i)) "
            f"TO '{path}' (FORMAT parquet)"
        )
    fit = fitted_journey(path)
    assert fit.table.columns["order"] == "basket_id"
    assert len(fit.histories) == 40
    assert {type(found) for found in fit.findings} == {Estimated, Kept, Derived}


def test_orders_of_a_region_are_a_table_that_a_fit_reads():
    events = Simulation(small_region(2, 3, 40), seed=2).run(lambda report: report.decision).events()
    table = orders_of(events, MONDAY)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == (events["kind"] == "order").sum() > 20
    assert all(day.weekday() < 5 for day in table["date"])
    assert table["date"].between(MONDAY, date(2023, 1, 20)).all()
    with pytest.raises(ValueError, match="no Monday"):
        orders_of(events, date(2023, 1, 3))
