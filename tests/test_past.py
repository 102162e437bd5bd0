"""The years before week 0: the game's own last weeks, sums, claims, and real order files."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest
from regions import changed, lively

from simkit.region.population import draw_customers, draw_reps
from simkit.region.simulation import Simulation
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError
from simkit.study.cache import FOLDER
from simkit.study.past import past_of, past_of_orders, potentials
from simkit.study.past_books import as_it_was


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def workshop():
    return load_scenario("target_workshop")


@pytest.fixture(scope="module")
def past(workshop):
    return past_of(workshop, seed=5, years=1)


def sums(simulation, first, last, *kinds):
    """Sums of the events of some weeks by territory and week."""
    events = simulation.events().astype({"kind": str, "territory": str, "rep": str})
    rows = events[events["kind"].isin(kinds) & events["week"].between(first, last)]
    return rows.groupby(["territory", "week"])["amount"].sum()


def same(one, other):
    return one.weeks.equals(other.weeks) and one.quarters.equals(other.quarters)


# Of a scenario


def test_two_calls_are_equal_from_the_disk_and_computed_anew(workshop, past, monkeypatch, tmp_path):
    assert same(past, past_of(workshop, 5, 1))
    monkeypatch.setenv(FOLDER, str(tmp_path))
    assert same(past, past_of(workshop, 5, 1)) and list(tmp_path.iterdir())
    assert not same(past, past_of(workshop, 6, 1))


def test_the_last_half_year_is_that_of_the_world_that_is_played(workshop, past):
    played = sums(Simulation(workshop, 5), -26, -1, "order", "won")
    rows = past.weeks[past.weeks["week"] >= -26]
    told = rows.groupby(["territory", "week"])["sales"].sum()
    assert played.to_dict() == pytest.approx(told[played.index].to_dict())
    assert told.sum() == pytest.approx(played.sum())


def test_the_years_before_are_other_luck_of_the_same_region(workshop, past):
    other = Simulation(as_it_was(workshop, 78), 5, replication=1)
    played = sums(other, -52, -27, "order", "won")
    rows = past.weeks[past.weeks["week"] < -26]
    assert rows["sales"].sum() == pytest.approx(played.sum())
    assert min(past.weeks["week"]) == -52


def test_parts_add_up_to_the_region_in_every_week(workshop, past):
    whole = past.sales_by_week()
    assert len(whole) == 52 and all(sales >= 0 for sales in whole)
    places = [past.sales_by_week(territory.id) for territory in workshop.territories]
    assert whole == pytest.approx([math.fsum(week) for week in zip(*places, strict=True)])
    by_rep = past.weeks.groupby(["week", "rep"])["sales"].sum().groupby("week").sum()
    assert whole == pytest.approx(by_rep.tolist())
    assert past.sales_by_year() == pytest.approx([math.fsum(whole)])


def test_weeks_before_a_rep_began_are_a_predecessors(past):
    newcomer = past.sales_by_week(rep="qian_xiaoyu")
    assert len(newcomer) == 28 and past.sales_by_year(rep="qian_xiaoyu") == []
    early = past.weeks[(past.weeks["week"] < -28) & (past.weeks["territory"] == "jiaxing")]
    assert set(early["rep"]) == {"", "lu_yifan"} and early[early["rep"] == ""]["sales"].sum() > 0
    quarters = past.quarters[past.quarters["rep"] == "qian_xiaoyu"]
    assert quarters["week"].tolist() == [-26, -13]


def test_a_claim_stands_beside_the_quarter_it_is_about(workshop, past):
    events = Simulation(workshop, 5).events().astype({"kind": str, "rep": str})
    claims = events[(events["kind"] == "claim") & (events["day"].round() == -65)]
    said = dict(zip(claims["rep"], claims["amount"], strict=True))
    rows = past.quarters[past.quarters["week"] == -13].set_index("rep")
    assert rows["claim"].to_dict() == said and len(said) == 8
    assert rows["sales"]["chen_min"] == pytest.approx(
        math.fsum(past.sales_by_week(rep="chen_min")[-13:])
    )
    at_the_seam = past.quarters[past.quarters["week"] == -26]
    before = past.quarters[past.quarters["week"] == -39]
    assert at_the_seam["claim"].isna().all() and len(at_the_seam) == 8
    assert before["claim"].notna().all() and len(before) == 7
    assert (past.quarters["quota"] > 0).all()


def test_a_quarter_across_the_seam_has_sales_and_no_claim(workshop):
    odd = past_of(workshop.but(warm_up_weeks=20), 5, 1)
    known = odd.quarters.groupby("week")["claim"].agg(lambda claims: claims.notna().all())
    assert known.to_dict() == {-52: True, -39: True, -26: False, -13: True}
    assert (odd.quarters["sales"] > 0).all()


@pytest.mark.parametrize("warm_up", [0, 1, 60, 260])
def test_any_warm_up_has_whole_years_behind_it(warm_up):
    scenario = lively(2, customers=3, leads=1).but(warm_up_weeks=warm_up)
    found = past_of(scenario, 1, 9 if warm_up == 260 else 1)
    years = 4 if warm_up == 260 else 1
    assert len(found.sales_by_year()) == years and len(found.sales_by_week()) == 52 * years
    assert len(found.weeks.groupby(["territory", "week"])) == 2 * 52 * years


def test_earlier_everybody_is_younger_and_the_customers_are_the_same():
    scenario = lively(2)
    before = as_it_was(scenario, 60)
    reps, young = draw_reps(scenario), draw_reps(before)
    for rep, then in zip(reps, young, strict=True):
        assert (rep.id, rep.territory, rep.ability) == (then.id, then.territory, then.ability)
        assert then.tenure_weeks == max(0, rep.tenure_weeks - 56)
    owners = [
        [(c.id, c.order_value, c.rep and c.rep.id) for c in draw_customers(one, team)[0]]
        for one, team in ((scenario, reps), (before, young))
    ]
    assert owners[0] == owners[1] and len(owners[0]) == 24
    assert not before.turnover.on


def test_a_territory_without_customers_or_reps_has_weeks_and_no_potential():
    scenario = lively(2)
    places = [scenario.territories[0], scenario.territories[1].but(customers=0, reps=0)]
    empty = scenario.but(territories=[place.but(leads_per_week=0) for place in places])
    assert past_of(empty, 1, 1).sales_by_week("east") == [0.0] * 52
    by_rep, by_place = potentials(empty)
    assert (
        by_place["east"] == 0
        and by_place["north"] > 0
        and set(by_rep)
        == {
            "north-r1",
            "north-r2",
        }
    )


def test_potential_is_the_expected_routine_sales(workshop):
    by_rep, by_place = potentials(workshop)
    assert sum(by_rep.values()) == pytest.approx(sum(by_place.values()))
    simple = changed(lively(1), demand={"orders_per_week": 0.5, "rate_shape": None})
    one = simple.but(territories=[simple.territories[0].but(customers=1, potential=2.0)])
    (customer,) = draw_customers(one, draw_reps(one))[0]
    assert potentials(one)[1]["north"] == pytest.approx(13 * 1.0 * customer.order_value)


def test_what_cannot_be_is_said(workshop, past):
    with pytest.raises(ValueError, match="years: give 1 or more"):
        past_of(workshop, years=0)
    with pytest.raises(ValueError, match="independent regions"):
        past_of(load_scenario("national"), years=1)
    with pytest.raises(
        ValueError, match="no rep 'chen_mn' in the history, did you mean 'chen_min'"
    ):
        past.sales_by_week(rep="chen_mn")
    with pytest.raises(ValueError, match="no territory 'x'"):
        past.sales_by_week("x")


def test_progress_is_told_and_can_stop_it(workshop):
    told = []
    past_of(workshop, 5, 1, lambda *step: told.append(step))
    assert told[0] == (0, 2) and told[-1] == (2, 2)

    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        past_of(workshop, 5, 1, stop)


# Of real orders

END = date(2024, 12, 29)


def orders(tmp_path, rows, header="customer,date,amount,territory,rep"):
    file = tmp_path / "orders.csv"
    file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return file


def weekly(weeks, amount=lambda week: 100 + week % 5, more="north,ann", skip=()):
    """One order at the end of each week, the last one at END."""
    return [
        f"c{week % 9},{END - timedelta(weeks=week)},{amount(week)},{more}"
        for week in range(weeks)
        if week not in skip
    ]


def test_orders_become_weeks_counted_back_from_the_last(tmp_path):
    rows = [*weekly(105), f"x,{END - timedelta(days=6)},1000,south,", f"y,{END},500,north,bo"]
    found = past_of_orders(orders(tmp_path, rows))
    whole = found.sales_by_week()
    assert len(whole) == 104 and whole[-1] == 100 + 1000 + 500 and whole[-2] == 101
    assert found.sales_by_week("south")[-2:] == [0, 1000]
    assert found.sales_by_week(rep="bo") == [500]
    assert len(found.sales_by_year()) == 2
    assert found.sales_by_year() == pytest.approx([math.fsum(whole[:52]), math.fsum(whole[52:])])
    assert found.weeks["visits"].isna().all()
    quarters = found.quarters
    assert set(quarters["rep"]) == {"ann"} and len(quarters) == 8
    assert quarters["sales"].sum() == pytest.approx(sum(found.sales_by_week(rep="ann")))
    assert quarters[["quota", "claim"]].isna().all(axis=None)
    assert "orders.csv" in found.source.en and "orders.csv" in found.source.zh


def test_orders_without_territory_and_rep_are_the_regions(tmp_path):
    rows = [row.rsplit(",", 2)[0] for row in weekly(110)]
    found = past_of_orders(orders(tmp_path, rows, "customer,date,amount"))
    assert found.quarters.empty and set(found.weeks["rep"]) == {""}
    assert found.sales_by_week("") == found.sales_by_week()


def test_a_rep_who_stopped_long_ago_has_no_quarters_after(tmp_path):
    rows = [*weekly(110), f"z,{END - timedelta(weeks=60)},70,north,old"]
    found = past_of_orders(orders(tmp_path, rows))
    assert found.weeks[found.weeks["rep"] == "old"]["week"].tolist() == [-61]


REFUSED = {
    "too short": (weekly(60), "59 whole weeks .* export the older orders"),
    "a gap": (
        weekly(120, skip=range(50, 58)),
        r"no order from 2023-11-20 to 2024-01-14 \(8 weeks\): add",
    ),
    "constant": (weekly(120, lambda week: 70), "every week has the same sales .70."),
    "no money": (weekly(120, lambda week: 0), "column 'amount' is 0 in every row"),
    "negative": ([*weekly(120), f"c,{END},-5,north,ann"], r"orders.csv:122:.*is negative; set"),
    "a slip in a date": (
        [*weekly(120), "c,1924-05-05,5,north,ann"],
        "no order from 1924-05-12 to 2022-09-11",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_history_that_teaches_nothing_is_refused_with_a_remedy(tmp_path, why):
    rows, message = REFUSED[why]
    with pytest.raises(ScenarioError, match=message) as caught:
        past_of_orders(orders(tmp_path, rows))
    assert "orders.csv" in str(caught.value)


def test_a_few_weeks_without_orders_are_believed(tmp_path):
    found = past_of_orders(orders(tmp_path, weekly(120, skip=range(50, 54))))
    assert found.sales_by_week().count(0) == 4 and isinstance(found.weeks, pd.DataFrame)
