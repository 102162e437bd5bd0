"""Regions looked at together: KPIs from sums of regions are those of all their events at once."""

import io

import pandas as pd
import pytest
from regions import lively

from simkit.kpi.catalogue import KPIS, Kpi
from simkit.kpi.pooled import part_of, pooled
from simkit.kpi.table import kpi_table
from simkit.scenario.record import Text
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.policies import arms_of
from simkit.study.experiment.regions import arms_by_region, decisions_of_all
from simkit.study.experiment.store import Store
from simkit.study.experiment.worlds import replicate
from simkit.study.national import ALL_GROUPS, play_regions, regions_of
from simkit.study.run import Run, joined_digest

WEEKS = 4
FIGURES = find_figures(["revenue", "contribution", "win_rate", "attainment_spread"])


def nothing(done, total):
    pass


@pytest.fixture(scope="module")
def country():
    regions = [
        {"id": name, "name": {"en": name, "zh": name}, "potential": potential}
        for name, potential in (("east", 1.0), ("west", 1.3), ("far", 0.6))
    ]
    return lively().but(weeks=WEEKS, warm_up_weeks=3, regions=regions)


@pytest.fixture(scope="module")
def runs(country):
    return [Run.play(region, "all_rounder", 3) for region in regions_of(country)]


@pytest.fixture(scope="module")
def together(runs):
    """All events in one table, which is how a small country can be looked at."""
    table = pd.concat([run.events for run in runs], ignore_index=True)
    names = ["kind", "territory", "rep", "customer", "opportunity", "detail"]
    table[names] = table[names].astype("category")
    return table.sort_values("day", kind="stable", ignore_index=True)


@pytest.fixture(scope="module")
def played(country):
    return play_regions(
        regions_of(country), "all_rounder", 3, nothing, 2, ALL_GROUPS, keep_events=True
    )


@pytest.mark.parametrize("by", ALL_GROUPS)
def test_kpis_of_a_country_are_those_of_all_its_events(played, together, by):
    wanted = kpi_table(together, by, last=WEEKS - 1)
    if by == ("rep",):  # the distance from the mean of one's own region
        wanted = wanted.drop(columns="attainment_spread")
    found = played.table(by)[list(wanted)]
    pd.testing.assert_frame_equal(found, wanted, check_names=False, check_index_type=False)
    assert found["revenue"].gt(0).any()


def test_a_country_is_the_same_on_one_process_and_on_two(country, runs, played):
    alone = play_regions(regions_of(country), "all_rounder", 3, nothing, 1)
    assert alone.digest == played.digest == joined_digest([run.digest for run in runs])
    pd.testing.assert_frame_equal(alone.table(), played.table())
    assert (
        alone.visits == played.visits == sum(run.events["kind"].eq("visit").sum() for run in runs)
    )


def test_the_events_of_each_region_are_kept_where_asked_for(played, runs, tmp_path):
    import duckdb

    assert list(played.packed) == ["east", "west", "far"]
    file = tmp_path / "events.parquet"
    file.write_bytes(played.packed["west"])
    with duckdb.connect() as connection:  # its own: others may be at work with the shared one
        found = connection.execute(f"SELECT * FROM '{file}'").df()
    wanted = runs[1].events
    assert found["amount"].tolist() == wanted["amount"].tolist()
    assert found["customer"].tolist() == wanted["customer"].astype(str).tolist()
    assert io.BytesIO(played.packed["west"]).read(4) == b"PAR1"


def own(name, formula):
    return Kpi(name, Text(en=name, zh=name), "money", "higher", "a test", formula)


def test_a_figure_that_is_no_sum_is_not_made_up(runs):
    median = own("median_order", lambda m: pd.Series([m.of("order")["amount"].median()], m.index))
    largest = own(
        "largest", lambda m: m.total(m.of("order")["amount"], m.of("order")).clip(upper=5)
    )
    parts = [part_of(run.events, [median, largest, KPIS["revenue"]]) for run in runs]
    found = pooled(parts, [median, largest, KPIS["revenue"]]).iloc[0]
    assert pd.isna(found["median_order"])
    assert found["largest"] == 5.0
    assert found["revenue"] == pytest.approx(sum(p.values["revenue"].iloc[0] for p in parts))
    assert pooled(parts[:1], [median]).iloc[0]["median_order"] > 0


def test_a_single_region_keeps_its_events(runs, country):
    region = regions_of(country, "west")
    alone = play_regions(region, "all_rounder", 3, nothing, 2)
    assert alone.digest == runs[1].digest
    pd.testing.assert_frame_equal(alone.table(), kpi_table(runs[1].events))


def arms_of_the_country(country):
    names = ("keep_course", "call_by_habit")
    return arms_of(country, names)


@pytest.fixture(scope="module")
def compared(country):
    return replicate(arms_of_the_country(country), [0, 1], FIGURES, seed=3, workers=2)


def test_a_country_is_compared_by_the_sums_of_its_regions(country, compared):
    for name in ("keep_course", "call_by_habit"):
        parts = [
            replicate(arms_of(region, [name]), [1], FIGURES, seed=3, workers=1)
            for region in regions_of(country)
        ]
        summed = sum(part.values(name, "revenue")[0] for part in parts)
        assert compared.values(name, "revenue")[1] == pytest.approx(summed, rel=1e-12)
        shares = [part.values(name, "win_rate")[0] for part in parts]
        shares = [share for share in shares if share == share]  # where no deal ended there is none
        assert min(shares) <= compared.values(name, "win_rate")[1] <= max(shares)
        weekly = [part.summaries[name, 1].weekly["contribution"] for part in parts]
        found = compared.summaries[name, 1].weekly["contribution"]
        assert found == pytest.approx([sum(week) for week in zip(*weekly, strict=True)])
    assert compared.values("keep_course", "revenue") != compared.values("call_by_habit", "revenue")


def test_a_country_is_resumed_region_by_region(country, compared, tmp_path):
    arms, about = arms_of_the_country(country), {"what": "a test"}
    store = Store(tmp_path / "results", about)

    def enough(done, total):
        assert total == 12  # two arms, two worlds, three regions
        if done == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replicate(arms, [0, 1], FIGURES, seed=3, workers=1, tell=enough, store=store)
    again, told = Store(tmp_path / "results", about), []
    found = replicate(
        arms, [0, 1], FIGURES, seed=3, workers=1, tell=lambda *n: told.append(n), store=again
    )
    assert told[0] == (7, 12)
    assert found.digest == compared.digest


def test_levers_are_told_by_region_only_where_the_regions_differ(country):
    arms = arms_by_region(arms_of(country, ["keep_course"])[0])
    same = [[{"week": 0, "levers": {"price": 0.9}}]] * 3
    assert decisions_of_all(arms, same) == same[0]
    other = [*same[:2], [{"week": 1, "levers": {"price": 0.9}}]]
    assert decisions_of_all(arms, other) == [
        {"week": 0, "levers": {"east.price": 0.9, "west.price": 0.9}},
        {"week": 1, "levers": {"far.price": 0.9}},
    ]
