"""The files of a comparison: one safe page in two languages, workbook, tables, manifest, replay."""

import functools
import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd
import pytest
from commands import SMALL, simkit
from lab_results import NASTY, results

from simkit.kpi.catalogue import KPIS, Kpi
from simkit.scenario.library import load_scenario
from simkit.scenario.record import ScenarioError, Text
from simkit.screens import lab_report
from simkit.screens.lab_report import report_html, write_comparison
from simkit.screens.lab_stress import Stress
from simkit.screens.lab_table import controls_responses
from simkit.screens.lab_words import LabWords
from simkit.study.experiment.arms import Arm
from simkit.study.experiment.compare import compare
from simkit.study.experiment.figures import find_figures
from simkit.study.experiment.manifest import (
    digest_of,
    load_comparison,
    manifest,
    policy_of,
    replay,
)
from simkit.study.experiment.policies import arms_of
from simkit.study.experiment.worlds import replicate
from simkit.study.game import Game
from simkit.study.output import write_json

FORMULA = "=HYPERLINK(1)"
ITEMS = "1.1 1.2 1.3 2.1 2.2 2.3 2.4 2.5 3.1 3.2 3.3 3.4 4.1 4.2 4.3 5.1 5.2 5.3 5.4 6.1"
"""The numbers of STRESS-DES (Monks et al. 2019, table of the checklist)."""
XLSX = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
in_each_language = pytest.mark.parametrize("lang", ["en", "zh"])


@functools.cache
def made_up():
    return results(["keep", NASTY, FORMULA], worlds=12, kpis=("revenue", "spending"))


@functools.cache
def page(lang):
    found = made_up()
    return report_html(found, compare(found), lang)


class Seen(HTMLParser):
    """The tags of a page, what they ask for, and the text between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.fields = [], [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        self.links += [found[name] for name in ("src", "href", "action", "data") if name in found]
        self.fields += found.get("contenteditable") == "true"

    def handle_data(self, data):
        self.text.append(data.strip())


@in_each_language
def test_the_page_asks_for_nothing_and_runs_nothing(lang):
    seen = Seen(page(lang))
    assert not {"script", "link", "iframe", "object", "form"} & set(seen.tags)
    assert all(link.startswith(("data:image/png", "#")) for link in seen.links)
    assert "url(" not in page(lang) and "@import" not in page(lang)
    assert any(NASTY in text for text in seen.text)  # as words
    assert not re.search(r"\b(nan|inf)\b", " ".join(seen.text))


@in_each_language
def test_the_page_is_read_from_the_question_to_the_checklist(lang):
    places = [page(lang).index(f'<h2 id="{name}"') for name in
              ("question", "answer", "table", "charts", "sure", "repeat", "stress")]  # fmt: skip
    assert places == sorted(places)
    found = made_up()
    text = " ".join(Seen(page(lang)).text)
    assert all(row.says.in_(lang) in text for row in compare(found).rows)
    assert found.digest in text
    assert page(lang).count("<img alt=") == 7  # two figures twice, frontier, two pairs


@in_each_language
def test_the_checklist_has_its_twenty_items(lang):
    found = made_up()
    comparison = compare(found)
    words = LabWords(found.arms, lang, found.kpis)
    groups = Stress(found, comparison, manifest(found, comparison), words).groups()
    items = [item for group in groups for item in group.items]
    assert [item.number for item in items] == ITEMS.split()
    assert [len(group.items) for group in groups] == [3, 5, 4, 3, 4, 1]
    assert all(item.lines for item in items)
    seen = Seen(page(lang))
    assert seen.fields == sum(bool(item.ask) for item in items) == 7
    told = {item.number: " ".join(item.lines) for item in items}
    assert "26" in told["4.1"] and "6" in told["4.2"] and "12" in told["4.3"]
    assert "Ehrenberg 1959" in told["3.1"] and "selling" in told["3.4"]
    assert "demand" not in told["3.4"].split()  # it has a publication


def test_the_chinese_page_speaks_chinese():
    text = " ".join(Seen(page("zh").split('<h2 id="stress"')[0].split("<body>")[1]).text)
    for english in ("mean", "policy", "interval", "better", "worlds", "week"):
        assert not re.search(rf"\b{english}\b", text.replace(NASTY, "")), english


# Files


@pytest.fixture
def undrawn(monkeypatch):
    """Writing without the pictures, which take most of the time."""
    monkeypatch.setattr(lab_report, "report_html", lambda *_: "page")


@pytest.mark.usefixtures("undrawn")
def test_all_files_are_there_and_say_the_same(tmp_path):
    found = made_up()
    steps = []
    write_comparison(tmp_path, found, compare(found), "zh", lambda *step: steps.append(step))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "report.html", "comparison.xlsx", "results.csv", "results.parquet", "manifest.json",
    }  # fmt: skip
    assert steps[-1] == (4, 4)
    assert (tmp_path / "report.html").read_text() == "page"
    assert (tmp_path / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(tmp_path / "results.csv")
    assert table["revenue"].tolist() == pytest.approx(found.table()["revenue"].tolist())
    assert f"'{FORMULA}" in set(table["arm"])
    import duckdb

    note = f"SELECT value FROM parquet_kv_metadata('{tmp_path}/results.parquet')"
    with duckdb.connect() as connection:
        assert found.digest in connection.execute(note).fetchall()[0][0].decode()


@pytest.mark.usefixtures("undrawn")
def test_the_workbook_has_five_sheets_numbers_and_no_formula(tmp_path):
    found = made_up()
    write_comparison(tmp_path, found, compare(found), "en")
    with zipfile.ZipFile(tmp_path / "comparison.xlsx") as book:
        sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{XLSX}sheet")
        assert [sheet.get("name") for sheet in sheets] == [
            "answer", "by world", "weekly", "decisions", "manifest",
        ]  # fmt: skip
        pages = [book.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, 6)]
        texts = [
            text.text for text in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter()
        ]
    assert not any("<f>" in page or "<hyperlink" in page for page in pages)
    assert f"'{FORMULA}" in texts and FORMULA not in texts
    rows = [page.count("<row ") - 1 for page in pages]
    assert rows[:3] == [4, 36, 18]
    assert str(found.values("keep", "revenue")[0])[:10] in pages[1]


def test_what_fails_halfway_leaves_nothing(tmp_path, monkeypatch):
    found = made_up()

    def full(*_):
        raise OSError(28, "full")

    monkeypatch.setattr(lab_report, "write_workbook", full)
    with pytest.raises(ScenarioError, match="the disk is full"):
        write_comparison(tmp_path / "out", found, compare(found), "en")
    assert not (tmp_path / "out").exists()


# Manifest and replay


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    file = tmp_path_factory.mktemp("region") / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return load_scenario(file)


def mine(report):
    """A policy of a notebook: it looks at its world before it decides."""
    return report.decision.but(price=0.9 if len(report.events) % 2 else 0.97)


@pytest.fixture(scope="module")
def played(region, tmp_path_factory):
    """A comparison of everything that may decide."""
    folder = tmp_path_factory.mktemp("played")
    with Game.new(folder / "game.game", region, 1) as game:
        for price in (1.0, 0.95, 0.9):
            game.play(game.report.decision.but(price=price))
    (folder / "push.yaml").write_text(
        "name: {en: Push, zh: 猛推}\nbrief: {en: Push, zh: 猛推}\nsource: made up\npolicy:\n"
        "  base: call_by_potential\n  weeks:\n"
        "    - {week: 2, change: {price: 0.96, local: {north: {promotion: 500}}}}\n",
        encoding="utf-8",
    )
    specs = ["keep_course", "keep_course+price=0.95+call_split={key: 0.6, regular: 0.4, tail: 0}",
             folder / "game.game", folder / "push.yaml", mine]  # fmt: skip
    arms = arms_of(region, specs, ["decision.coaching_hours=1"])
    arms.append(Arm("half", arms[0].title, region.but(weeks=2), arms[0].player))
    found = replicate(arms, [0, 3], find_figures(["revenue", "spending"]), workers=1)
    (folder / "out").mkdir()
    write_json(manifest(found, compare(found)), folder / "out" / "manifest.json")
    return folder / "out"


def test_a_replay_agrees_whoever_decided(played):
    data = load_comparison(played)
    found = replay(data, 1)
    assert found.agrees and found.repeated == ("mine",)
    assert [("decided" in each) for each in data["policies"]] == [False] * 4 + [True, False]
    assert len(data["scenarios"]) == 2


def test_the_command_says_whether_it_agrees(played, tmp_path):
    said = simkit("replay", played)
    assert said.code == 0 and "agrees with the recorded comparison" in said.out
    assert "'mine' was a function" in said.err
    data = json.loads((played / "manifest.json").read_text(encoding="utf-8"))
    data["digest"] = "0" * 64
    other = tmp_path / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8")
    said = simkit("replay", other, "--json")
    assert said.code == 1
    assert json.loads(said.out) == {"digest": load_comparison(played)["digest"], "agrees": False}


def by_region(report):
    """A policy of a notebook that decides otherwise in one region of a country."""
    return report.decision.but(price=0.9 if report.scenario.key == "east" else 1.0)


def test_a_country_is_replayed_region_by_region(region):
    regions = [{"id": name, "name": {"en": name, "zh": name}} for name in ("east", "west")]
    country = region.but(weeks=2, regions=regions)
    arms = arms_of(country, ["keep_course", by_region])
    found = replicate(arms, [0], find_figures(["revenue", "spending"]), workers=1)
    assert found.values("by_region", "revenue") != found.values("keep_course", "revenue")
    data = json.loads(json.dumps(manifest(found, compare(found))))
    assert replay(data, 1) == (found.digest, found.digest, ("by_region",))
    table, _ = controls_responses(found, "en")
    assert any("Price level (east)" in head for head in table.columns)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: next(iter(d["scenarios"].values())).update(weeks=2), "a scenario in the"),
        (lambda d: d["policies"][0].update(key="all_rounder"), "the policies, the seed"),
        (lambda d: d["policies"][4]["decided"].pop(), "the policies, the seed"),
        (lambda d: d.update(seed=2), "the policies, the seed"),
        (lambda d: d.update(worlds=[0]), "the worlds or the KPIs"),
        (lambda d: d.pop("digest"), "lacks digest"),
        (lambda d: d.update(scenarios=[]), "a scenario in the"),
    ],
)
def test_an_edited_manifest_is_refused(played, tmp_path, change, message):
    data = json.loads((played / "manifest.json").read_text(encoding="utf-8"))
    change(data)
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    said = simkit("replay", file)
    assert said.code == 2 and message in said.err and not said.out


def sealed(data, **changes):
    """Return a manifest as another version might have written it: changed, and sealed anew."""
    data = {**data, **changes}
    seal = digest_of([data[name] for name in ("policies", "seed", "worlds", "kpis")])
    return {**data, "inputs_sha256": seal}


def test_what_this_version_does_not_know_is_said(played, tmp_path):
    data = load_comparison(played)
    policy = {**data["policies"][0], "key": "gone", "player": "gone"}
    for changed, message in (
        (sealed(data, policies=[policy]), "there is no policy 'gone'"),
        (sealed(data, policies=[3]), "does not fit this version"),
        (sealed(data, kpis=["revenu"]), "run its cell"),
    ):
        file = tmp_path / "strange.json"
        file.write_text(json.dumps(changed), encoding="utf-8")
        said = simkit("replay", file)
        assert said.code == 2 and message in said.err


def test_another_policy_and_other_files_are_refused(played, tmp_path):
    said = simkit("replay", played, "--with-policy", "all_rounder")
    assert said.code == 2 and "simkit compare SCENARIO --policy all_rounder" in said.err
    file = tmp_path / "text.json"
    file.write_text("[1", encoding="utf-8")
    assert simkit("replay", file).code == 2
    with pytest.raises(ScenarioError, match="is not the manifest of a comparison"):
        load_comparison(file)


def test_a_kpi_of_a_notebook_is_replayed_where_it_is_known(region, monkeypatch):
    title = Text(en="Wins", zh="赢单数")
    wins = Kpi("wins", title, "visits", "higher", "made up", lambda m: m.count("won"))
    found = replicate(arms_of(region, ["keep_course"]), [0], (wins,), workers=1)
    data = manifest(found)
    with pytest.raises(ScenarioError, match="run its cell"):
        replay(data, 1)
    monkeypatch.setitem(KPIS, "wins", wins)
    assert replay(data, 1).agrees


def test_only_keys_that_tell_the_policy_become_one():
    assert policy_of("keep_course") is not None
    for key in ("function:12", "gone", "{}", "[]", '{"policy": "gone", "weeks": []}', "recorded:x",
                '{"policy": "keep_course", "weeks": [[0, {"prise": 1}]]}'):  # fmt: skip
        assert policy_of(key) is None
