"""KPIs: declared, defined everywhere, and what plain counting in the event log gives."""

from collections import Counter, defaultdict
from math import isclose
from statistics import fmean, pstdev

import numpy as np
import pandas as pd
import pytest
from regions import changed, lively, plays, rows, shock

from simkit.kpi import KPIS, Measures, kpi, kpi_table
from simkit.region.events import event_table
from simkit.region.simulation import Simulation

GROUPINGS = [(), ("week",), ("territory",), ("rep",), ("week", "territory"), ("week", "rep")]
UNITS = {
    "money",
    "share",
    "share a year",
    "customers",
    "visits",
    "working hours",
    "weeks",
    "x quarter quota",
    "territory-days",
    "per 100 orders",
}
SHARES = (
    *("retention", "coverage", "key_reach", "untouched_leads", "win_rate", "on_time_share"),
    *("fill_rate", "satisfaction"),
)
ADDITIVE = {
    "territory": (
        *("revenue", "new_customers", "active_customers", "pipeline_value"),
        "stock_out_days",
    ),
    "rep": ("revenue", "new_customers", "active_customers", "pipeline_value"),
    "week": ("revenue", "new_customers", "stock_out_days"),
}
PLAN = {
    1: {"account_moves": {"north-0001": "east-r1", "north-0002": "north-r2"}, "price": 0.95},
    3: {"assignment": {"south-r2": "east"}, "expedite": True, "training_days": {"east-r1": 2}},
    5: {"account_moves": {"north-0001": "north-r1"}},
}


@pytest.fixture(scope="module")
def scenario():
    war = shock("war", ("demand", "north", 0.5), answers=[(500.0, ("demand", "north", 1.5))])
    deals = {"stages": {name: {"pass_share": 0.95} for name in ("qualify", "quote", "contract")}}
    return changed(lively(), shocks=[war], weeks=10, funnel=deals)


@pytest.fixture(scope="module")
def events(scenario):
    """A run in which reps and accounts move, deals are won and stock runs out."""
    found = Simulation(scenario, 3).run(plays(PLAN)).events()
    wanted = {
        "won",
        "lost",
        "no_decision",
        "account_lost",
        "account_moved",
        "lost_sale",
        "complaint",
    }
    assert wanted <= set(found.loc[found["week"] >= 0, "kind"])
    return found


def at_work(events, week=None):
    """Return the reps who had a quota, or began, in a week or at all."""
    found = [row for row in rows(events) if row.kind in ("quota", "rep_hired") and row.week >= 0]
    return {row.rep for row in found if week is None or row.week == week}


@pytest.fixture(scope="module")
def tables(events):
    return {by: kpi_table(events, by) for by in GROUPINGS}


# What a KPI says of itself


@pytest.mark.parametrize("name", KPIS)
def test_every_kpi_is_declared(name):
    found = KPIS[name]
    assert found.name == name == found.formula.__name__
    assert found.unit in UNITS
    assert found.better in ("higher", "lower", "in_band")
    assert found.source
    assert found.formula.__doc__
    assert found.title.en.isascii()
    assert any("\u4e00" <= char <= "\u9fff" for char in found.title.zh)


def test_no_two_kpis_have_the_same_title():
    assert len({found.title.en for found in KPIS.values()}) == len(KPIS) >= 20
    assert len({found.title.zh for found in KPIS.values()}) == len(KPIS)


# Every KPI, everywhere


@pytest.mark.parametrize("by", GROUPINGS)
def test_every_kpi_has_one_value_for_every_group(tables, events, scenario, by):
    sizes = {"week": scenario.weeks, "territory": 3, "rep": len(at_work(events))}
    table = tables[by]
    assert list(table.columns) == list(KPIS)
    assert len(table) == np.prod([sizes[name] for name in by])
    assert table.index.is_unique
    assert not np.isinf(table.to_numpy()).any()
    assert table.dtypes.eq(float).all()


def test_a_busy_region_has_a_value_of_every_kpi(tables):
    for by in [(), ("territory",), ("week",)]:
        known = tables[by].notna()
        assert known.all().all() if by == () else known.any().all()


def test_the_order_of_groups_does_not_matter(events, tables):
    pd.testing.assert_frame_equal(kpi_table(events, ["rep", "week"]), tables["week", "rep"])


@pytest.mark.parametrize("by", [["territory", "rep"], ["country"]])
def test_other_groups_are_refused(events, by):
    with pytest.raises(ValueError, match="group"):
        kpi_table(events, by)


def test_an_unknown_kpi_is_refused_with_the_nearest(events):
    with pytest.raises(KeyError, match="did you mean 'revenue'"):
        kpi_table(events, kpis=["revenu"])


@pytest.mark.parametrize("by", [(), ("week", "territory"), ("week", "rep")])
def test_no_kpi_needs_events_of_any_kind(events, by):
    for kinds in [[kind] for kind in events["kind"].unique()] + [["visit", "order", "won"]]:
        left = events[~events["kind"].isin(kinds)]
        assert not np.isinf(kpi_table(left, by).to_numpy()).any(), kinds


@pytest.mark.parametrize("by", GROUPINGS)
def test_kpis_of_nothing_are_empty_not_errors(events, by):
    nothing, past = kpi_table(event_table([]), by), kpi_table(events, by, first=0, last=-1)
    assert len(nothing) == (by == ())
    for table in (nothing, past):
        assert list(table.columns) == list(KPIS)
        assert not table["revenue"].any()
        assert table["win_rate"].isna().all()


@pytest.mark.parametrize(
    "small",
    [
        {"territories": [{"id": "n", "name": {"en": "n", "zh": "n"}, "customers": 3, "reps": 1}]},
        {"funnel": {"on": False}, "stock": {"on": False}},
        {"demand": {"on": False}, "warm_up_weeks": 0},
        {"loss": {"on": False}, "funnel": {"needs_rep": False}},
        {"quotas": {"factor": 1e-9}, "satisfaction": {"on": False}},
    ],
    ids=["one rep", "no deals", "no orders", "no losses", "no quota"],
)
def test_kpis_of_small_and_switched_regions(small):
    found = Simulation(changed(lively(), weeks=3, **small), 1).run(plays({})).events()
    for by in GROUPINGS:
        table = kpi_table(found, by)
        assert not np.isinf(table.to_numpy()).any()
        assert (table["active_customers"] > 0).any()


# How groups and periods hang together


@pytest.mark.parametrize("group", ADDITIVE)
def test_groups_add_up_to_the_total(events, tables, group):
    grouped = kpi_table(with_nobody(events), ["rep"]) if group == "rep" else tables[group,]
    for name in ADDITIVE[group]:
        total = tables[()][name].iloc[0]
        assert total > 0
        assert isclose(grouped[name].sum(), total, rel_tol=1e-9), name


def with_nobody(events):
    """Return the events with what belongs to no rep, as posts are vacant, under "nobody"."""
    named = events.assign(rep=events["rep"].astype(str).replace("", "nobody"))
    was = named["detail"].astype(str)
    moved = named["kind"].isin(["account_moved", "deal_moved"]) & (was == "")
    named = named.assign(detail=was.mask(moved, "nobody"))
    nobody = named[(named["kind"] == "quota") & (named["week"] == 0)].iloc[:1]
    return pd.concat([named, nobody.assign(rep="nobody", amount=0.0)])


def test_only_what_belongs_to_nobody_is_in_no_rep_s_row(events, tables):
    grouped = kpi_table(with_nobody(events), ["rep"])
    assert grouped["revenue"]["nobody"] > 0, "no post was vacant"
    reps = tables["rep",]
    pd.testing.assert_frame_equal(grouped.loc[reps.index, ["revenue"]], reps[["revenue"]])


@pytest.mark.parametrize("by", [(), ("territory",), ("rep",)])
def test_a_week_of_the_table_is_the_table_of_that_week(events, tables, by):
    weekly = tables[("week", *by)]
    for week in (0, 1, 3, 7):
        alone = kpi_table(events, by, first=week, last=week)
        found = weekly.loc[[week]]
        if by == ("rep",):  # the table of one week knows only who worked in it
            assert set(alone.index) == at_work(events, week)
            found = found.loc[week].loc[alone.index]
        pd.testing.assert_frame_equal(found.reset_index(drop=True), alone.reset_index(drop=True))


def test_a_territory_of_the_table_is_the_table_of_its_own_events(events, tables):
    homes = {row.customer: row.territory for row in rows(events) if row.kind == "account"}
    for place, found in tables["territory",].iterrows():
        own = events[events["territory"] == place]
        foreign = [
            c for c in own.loc[own["kind"] == "visit", "customer"] if homes.get(c, place) != place
        ]
        own = own[~own["customer"].isin(foreign) | (own["kind"] != "visit")]
        alone = kpi_table(own, last=9).iloc[0]
        unlike = {"coverage", "key_reach", "calls_per_day", "attainment_spread"}
        for name in set(KPIS) - unlike:
            assert found[name] == pytest.approx(alone[name], nan_ok=True), (place, name)


@pytest.mark.parametrize("by", GROUPINGS)
def test_shares_lie_between_0_and_1(tables, by):
    found = tables[by][list(SHARES)].stack().dropna()
    assert len(found)
    assert found.between(0, 1).all()


def test_the_kpis_of_a_report_are_those_of_the_run_up_to_its_week(scenario, events):
    simulation = Simulation(scenario, 3)
    while not simulation.done:
        report = simulation.report()
        if report.week in (0, 1, 4, 7):
            for by in [(), ("week", "rep")]:
                so_far = kpi_table(report.events, by)
                pd.testing.assert_frame_equal(so_far, kpi_table(events, by, last=report.week - 1))
        simulation.step(report.decision.but(**PLAN.get(report.week, {})))


def test_a_kpi_of_a_notebook_works_on_a_run_already_made(events):
    @kpi("Small orders", "小额订单数", "orders", "lower", "own idea")
    def small_orders(m: Measures) -> pd.Series:
        """Orders served from stock for less than 3,000."""
        orders = m.of("order", "in_stock")
        small = orders[(orders["amount"] < 3000) & (orders["week"] >= m.first)]
        return m.total(small["amount"] * 0.0 + 1.0, small)

    mine = KPIS.pop("small_orders")
    orders = [row for row in rows(events) if row.kind == "order" and row.detail == "in_stock"]
    expected = sum(row.amount < 3000 and row.week >= 0 for row in orders)
    for by in GROUPINGS:
        known = with_nobody(events) if "rep" in by else events
        assert kpi_table(known, by, [mine, "revenue"])["small_orders"].sum() == expected > 0


# What plain counting gives


def plain(events, weeks):
    """Return every KPI of the region from the rows of the log, without pandas."""
    log = rows(events)
    now = [row for row in log if row.week >= 0]
    of = defaultdict(list)
    for row in now:
        of[row.kind].append(row)
    quotas, money = defaultdict(float), defaultdict(float)
    for row in of["quota"]:
        quotas[row.rep] += row.amount
    sold = [*of["order"], *of["won"]]
    for row in sold:
        money[row.rep] += row.amount
    revenue, quota = sum(row.amount for row in sold), sum(quotas.values())
    goods = sum(row.amount for row in of["cost"] if row.detail == "goods")
    costs = sum(row.amount for row in [*of["cost"], *of["pay"]])

    start = {row.customer for row in log if row.kind == "account" and row.week < 0}
    start -= {row.customer for row in log if row.kind == "account_lost" and row.week < 0}
    had = start | {row.customer for row in of["account"]}
    keys = {row.customer for row in log if row.kind == "account" and row.detail == "key"} & had
    seen = {row.customer for row in of["visit"] if row.detail != "lead"}

    opened = {row.opportunity: row for row in log if row.kind == "opportunity"}
    ended = [row for row in log if row.kind in ("won", "lost", "no_decision")]
    still = set(opened) - {row.opportunity for row in ended}
    pipeline = sum(opened[name].amount for name in still)
    closed = [row for row in ended if row.week >= 0]
    discount = sum(row.amount for row in of["discount"])
    dry = [*of["lost_sale"], *(row for row in of["order"] if row.detail != "in_stock")]

    weekly = Counter()
    for row in log:
        if row.kind in ("order", "won"):
            weekly[row.week] += row.amount
    first = min(row.week for row in log)
    errors = []
    for week in range(weeks):
        usual = fmean(weekly[w] for w in range(max(first, week - 8), week))
        errors.append(abs(weekly[week] - usual) / usual)
    return {
        "revenue": revenue,
        "attainment": revenue / quota,
        "gross_margin": 1 - goods / revenue,
        "selling_cost_ratio": (costs - goods) / revenue,
        "new_customers": len(of["account"]),
        "active_customers": len(had) - len(of["account_lost"]),
        "retention": (1 - len(of["account_lost"]) / len(start)) ** (52 / weeks),
        "coverage": len(seen & had) / len(had),
        "calls_per_day": len(of["visit"]) / (5 * len(of["quota"])),
        "key_reach": len(seen & keys) / len(keys),
        "lead_response_hours": fmean(row.amount for row in of["lead_touched"]),
        "untouched_leads": len(of["lead_expired"])
        / (len(of["lead_expired"]) + len(of["lead_touched"])),
        "lead_conversion": len(of["opportunity"]) / len(of["lead"]),
        "stage_conversion": sum(row.detail == "negotiate" for row in of["stage"])
        / sum(row.detail == "qualify" for row in of["stage"]),
        "win_rate": len(of["won"]) / len(closed),
        "cycle_weeks": fmean((row.day - opened[row.opportunity].day) / 5 for row in of["won"]),
        "pipeline_value": pipeline,
        "pipeline_coverage": pipeline / (quota / weeks * 13),
        "order_size": fmean(row.amount for row in of["order"]),
        "discount_share": discount / (discount + revenue),
        "on_time_share": fmean(row.detail == "on_time" for row in of["delivered"]),
        "fill_rate": sum(row.detail == "in_stock" for row in of["order"])
        / (len(of["order"]) + len(of["lost_sale"])),
        "stock_out_days": len({(row.territory, int(row.day)) for row in dry}),
        "complaints": 100 * len(of["complaint"]) / len(of["order"]),
        "satisfaction": fmean(row.amount for row in of["satisfaction"]),
        "attainment_spread": pstdev(money[rep] / quotas[rep] for rep in quotas),
        "turnover": 52 * len(of["rep_left"]) / len(of["quota"]),
        "forecast_error": fmean(errors),
    }


def test_every_kpi_is_what_plain_counting_gives(events, scenario, tables):
    expected = plain(events, scenario.weeks)
    assert set(expected) == set(KPIS), "a new KPI needs a line in plain()"
    found = tables[()].iloc[0].to_dict()
    assert found == pytest.approx(expected, rel=1e-9)


# Small logs, counted by hand


def log(*lines):
    """Return an event table from (day, kind, territory, rep, customer, amount, detail)."""
    return event_table([(d, k, t, r, c, "", float(a), x) for d, k, t, r, c, a, x in lines])


TEAM = [(0.0, "quota", "n", "ann", "", 100, ""), (0.0, "quota", "s", "bob", "", 100, "")]
TEAM += [(5.0, *line[1:]) for line in TEAM]
THERE = [
    (-5.0, "account", place, rep, name, 1, klass)
    for place, rep, name, klass in [
        ("n", "ann", "a", "key"),
        ("n", "ann", "b", "tail"),
        ("s", "bob", "c", "tail"),
    ]
]


def test_who_was_there_when_the_table_begins_is_no_new_customer():
    began_today = [(0.0, *line[1:]) for line in THERE]
    late = (1.5, "account", "n", "ann", "d", 1, "tail")
    table = kpi_table(log(*TEAM, *began_today, late))
    assert table["new_customers"].tolist() == [1]
    assert table["retention"].tolist() == [1]


def test_an_account_counts_for_both_reps_who_had_it():
    moved = (1.0, "account_moved", "n", "bob", "a", 0, "ann")
    calls = [
        (0.5, "visit", "n", "ann", "a", 0.2, "key"),
        (6.0, "visit", "s", "bob", "a", 0.2, "key"),
    ]
    events = log(*TEAM, *THERE, moved, *calls)
    by_rep = kpi_table(events, ["rep"])
    assert by_rep["coverage"].to_dict() == {"ann": 1 / 2, "bob": 1 / 2}
    assert by_rep["key_reach"].to_dict() == {"ann": 1, "bob": 1}
    assert by_rep["active_customers"].to_dict() == {"ann": 1, "bob": 2}
    by_week = kpi_table(events, ["week", "rep"])["key_reach"]
    assert by_week[1, "bob"] == 1
    assert pd.isna(by_week[1, "ann"])


def test_a_visit_counts_for_the_territory_of_the_customer():
    moved = (1.0, "account_moved", "n", "bob", "a", 0, "ann")
    call = (2.0, "visit", "s", "bob", "a", 0.2, "key")
    table = kpi_table(log(*TEAM, *THERE, moved, call), ["territory"])
    assert table["coverage"].to_dict() == {"n": 1 / 2, "s": 0}


def test_a_rep_who_loses_a_customer_keeps_the_others_at_that_rate():
    lost = (2.0, "account_lost", "n", "ann", "b", 0, "")
    handed_over = (1.0, "account_moved", "n", "bob", "a", 0, "ann")
    table = kpi_table(log(*TEAM, *THERE, lost, handed_over), ["rep"], ["retention"])
    assert table["retention"].to_dict() == pytest.approx({"ann": 0.5**26, "bob": 1})


def test_every_order_that_stock_could_not_serve_makes_a_stock_out_day():
    orders = [
        (day, kind, "n", "ann", "a", 9, how)
        for day, kind, how in [
            (0.1, "order", "in_stock"),
            (1.1, "order", "substitute"),
            (1.9, "lost_sale", ""),
            (2.5, "order", "backorder"),
        ]
    ]
    table = kpi_table(log(*TEAM, *THERE, *orders), ["territory"])
    assert table["stock_out_days"].to_dict() == {"n": 2, "s": 0}


def test_a_deal_counts_for_the_rep_who_has_it(events):
    assert (events["kind"] == "deal_moved").any(), "nobody left with a deal in hand"
    found = kpi_table(with_nobody(events), ["week", "rep"], ["pipeline_value"])
    assert (found["pipeline_value"] >= 0).all()


def test_turnover_counts_who_left_against_a_year_of_work():
    left = (3.0, "rep_left", "n", "ann", "", 90, "quit")
    dismissed = (8.0, "rep_left", "s", "bob", "", 9, "dismissed")
    table = kpi_table(log(*TEAM, left, dismissed), ["week"], ["turnover"])
    assert table["turnover"].tolist() == [52 / 2, 52 / 2]
    assert kpi_table(log(*TEAM, left))["turnover"].tolist() == [52 / 4]


def test_pay_is_a_selling_cost():
    sold = [(1.0, "order", "n", "ann", "a", 1000, "in_stock")]
    costs = [(1.0, "cost", "n", "", "a", 600, "goods"), (1.0, "cost", "n", "ann", "", 50, "rep")]
    pay = [
        (4.0, "pay", "n", "ann", "", amount, what) for amount, what in [(70, "salary"), (5, "x")]
    ]
    table = kpi_table(log(*TEAM, *sold, *costs, *pay))
    assert table["selling_cost_ratio"].tolist() == [0.125]
    assert table["gross_margin"].tolist() == [0.4]


def test_satisfaction_of_a_rep_follows_the_rep():
    moods = [
        (5.0 * week, "satisfaction", place, "", "", mood, "")
        for week, place, mood in [(0, "n", 0.9), (0, "s", 0.5), (1, "n", 0.7), (1, "s", 0.3)]
    ]
    bob_moves = (5.0, "quota", "n", "bob", "", 100, "")
    events = log(*TEAM[:3], bob_moves, *THERE, *moods)
    assert kpi_table(events, ["rep"])["satisfaction"].to_dict() == pytest.approx(
        {"ann": 0.8, "bob": 0.6}
    )
    assert kpi_table(events, ["week", "rep"])["satisfaction"][1, "bob"] == pytest.approx(0.7)


def test_a_rep_without_quota_has_no_attainment_and_spoils_nobodys():
    no_quota = [(*line[:5], 0.0 if line[3] == "bob" else 100.0, "") for line in TEAM]
    orders = [
        (1.0, "order", "n", "ann", "a", 150, "in_stock"),
        (1.0, "order", "s", "bob", "c", 50, ""),
    ]
    events = log(*no_quota, *THERE, *orders)
    by_rep = kpi_table(events, ["rep"])
    assert by_rep["attainment"]["ann"] == 0.75
    assert pd.isna(by_rep["attainment"]["bob"])
    assert kpi_table(events)["attainment_spread"].tolist() == [0]


def test_a_pipeline_that_is_closed_is_worth_nothing_not_dust():
    deals = [("x", 0.1), ("y", 0.2)]
    opened = [(1.0, "opportunity", "n", "ann", "", name, worth, "") for name, worth in deals]
    lost = [
        (6.0 + 5 * i, "lost", "n", "ann", "", name, worth, "")
        for i, (name, worth) in enumerate(deals)
    ]
    weekly = kpi_table(event_table([*opened, *lost]), ["week"])["pipeline_value"]
    assert weekly.tolist() == [0.3, 0.2, 0.0]
