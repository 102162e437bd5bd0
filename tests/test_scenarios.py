"""The region files that ship: good, alive for four weeks, sourced, in two languages."""

import json
from collections import Counter
from functools import cache

import pytest
import yaml

from simkit.region.population import draw_customers, draw_reps
from simkit.region.simulation import Simulation
from simkit.scenario.block import Block
from simkit.scenario.files import data_folder
from simkit.scenario.library import DEFAULT, find_scenario, load_scenario, scenario_names
from simkit.scenario.loading import export_schema
from simkit.scenario.record import Record, Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Shock

NAMES = scenario_names()
SCHEMA = data_folder("scenarios") / "schema.json"
load = cache(load_scenario)


def one_region(scenario):
    """Return the scenario, or the first of its independent regions."""
    return scenario.region(scenario.regions[0].id) if scenario.regions else scenario


def inside(value):
    """Yield every record in a record."""
    if isinstance(value, Record):
        yield value
        for _, inner in value:
            yield from inside(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from inside(inner)


def test_the_files_promised_are_there():
    assert {"workshop_region", "region_40", "national", DEFAULT} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_alive_for_four_weeks(name):
    scenario = one_region(load(name)).but(weeks=4)
    events = Simulation(scenario, 1).run(lambda report: report.decision).events()
    kinds = Counter(events.loc[events["week"] >= 0, "kind"])
    for kind in ("visit", "order", "delivered", "lead", "lead_touched", "opportunity", "quota"):
        assert kinds[kind] > 0, kind
    assert set(events["week"]) == set(range(-scenario.warm_up_weeks, 4))


@pytest.mark.parametrize("name", NAMES)
def test_every_block_of_numbers_has_a_source(name):
    scenario = load(name)
    blocks = [record for record in inside(scenario) if isinstance(record, (Block, Shock, Scenario))]
    assert len(blocks) >= 13
    for block in blocks:
        assert len(block.source) >= len("assumption"), type(block).__name__


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_states_other_numbers_states_their_source(name):
    written = yaml.safe_load(find_scenario(name).read_text("utf-8"))
    groups = {key for key, value in written.items() if isinstance(value, dict)}
    blocks = groups & {name for name, value in load(name) if isinstance(value, Block)}
    assert not [block for block in blocks if "source" not in written[block]]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_both_languages(name):
    texts = [record for record in inside(load(name)) if isinstance(record, Text)]
    assert len(texts) >= 2
    for text in texts:
        assert text.en.isascii() or "–" in text.en, text.en
        assert any("\u4e00" <= char <= "\u9fff" for char in text.zh), text.zh


@pytest.mark.parametrize("name", NAMES)
def test_no_name_stands_for_two_things(name):
    scenario = load(name)
    for items in (scenario.territories, scenario.reps, scenario.regions, scenario.customers.named):
        assert len({item.id for item in items}) == len(items)
        assert len({item.name.en for item in items}) == len(items)
        assert len({item.name.zh for item in items}) == len(items)
    people = draw_reps(one_region(scenario))
    assert len({rep.id for rep in people}) == len(people)


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_names_the_schema_for_editors(name):
    path = find_scenario(name)
    first = path.read_text(encoding="utf-8").splitlines()[0]
    above = "../" * (len(path.parents) - len(SCHEMA.parents))
    assert first == f"# yaml-language-server: $schema={above}{SCHEMA.name}"


def test_the_schema_that_ships_is_that_of_the_code():
    """Write it again with: simkit schema > scenarios/schema.json."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == export_schema(Scenario)


def size(scenario):
    """Return territories, reps and customers of a region."""
    reps = draw_reps(scenario)
    return len(scenario.territories), len(reps), len(draw_customers(scenario, reps)[0])


def test_the_workshop_region_has_the_size_of_a_workshop():
    scenario = load("workshop_region")
    assert size(scenario) == (4, 8, 400)
    assert len(scenario.reps) == 8  # each with a name
    assert len(scenario.customers.named) == 12
    assert scenario.weeks == 26
    customers, _ = draw_customers(scenario, draw_reps(scenario))
    named = {customer.id for customer in scenario.customers.named}
    assert {customer.klass for customer in customers if customer.id in named} == {"key"}


def test_region_40_has_ten_territories_forty_reps_and_two_thousand_customers():
    assert size(load("region_40")) == (10, 40, 2000)


def test_the_country_has_300_territories_2000_reps_and_200_000_customers():
    scenario = load("national")
    territories, reps, customers = size(one_region(scenario))
    regions = len(scenario.regions)
    assert (territories * regions, reps * regions, customers * regions) == (300, 2000, 200_000)


def test_the_regions_of_the_country_share_nothing():
    scenario = load("national")
    parts = [scenario.region(region.id) for region in scenario.regions[:3]]
    names = [
        {item.id for item in (*part.territories, *draw_reps(part))} | {part.key} for part in parts
    ]
    assert not set.intersection(names[0], names[1])
    digests = [
        Simulation(part.but(weeks=1, warm_up_weeks=0), 1)
        .run(lambda report: report.decision)
        .digest()
        for part in parts[:2]
    ]
    assert digests[0] != digests[1]


def test_listed_people_may_not_have_the_ids_of_drawn_ones_and_may_be_served_by_drawn_reps():
    scenario = load("region_40")
    text = {"en": "A", "zh": "甲"}
    customer = {
        "id": "shanghai-0001",
        "name": text,
        "territory": "shanghai",
        "rep": "shanghai-r4",
        "orders_per_week": 1,
        "order_value": 100,
    }
    with pytest.raises(ValueError, match=r"shanghai-0001.*choose another id"):
        scenario.but(customers={"named": [customer], "source": "assumption"})
    good = {**customer, "id": "clinic"}
    served = scenario.but(customers={"named": [good], "source": "assumption"})
    customers, _ = draw_customers(served, draw_reps(served))
    assert next(c for c in customers if c.id == "clinic").rep.id == "shanghai-r4"
    with pytest.raises(ValueError, match="unknown rep 'shanghai-r5'"):
        scenario.but(customers={"named": [{**good, "rep": "shanghai-r5"}], "source": "assumption"})


def test_a_persons_own_copy_of_a_region_comes_before_the_shipped_one(tmp_path, monkeypatch):
    shipped = load_scenario(DEFAULT)
    own = tmp_path / f"{DEFAULT}.yaml"
    own.write_text("extends: region_40.yaml\nweeks: 7\n", encoding="utf-8")
    assert load_scenario(DEFAULT) == shipped
    monkeypatch.setenv("SIMKIT_SCENARIOS", str(tmp_path))
    assert load_scenario(DEFAULT).weeks == 7
    assert load_scenario("region_40").weeks == 52
