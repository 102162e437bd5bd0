"""The commands: what they print, write and refuse, and how they end."""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from commands import SMALL, simkit

from simkit.kpi import KPIS, kpi_table
from simkit.scenario.library import load_scenario
from simkit.screens import run_report
from simkit.study.run import Run

CHARTS = ("revenue", "attainment", "fill_rate", "win_rate", "satisfaction", "pipeline_value")
TABLES = ("events", "kpis", "kpis_by_week", "kpis_by_territory", "kpis_by_rep")
FILES = {"manifest.json", "report.html", *(f"{name}.png" for name in CHARTS)} | {
    f"{name}.{ending}" for name in TABLES for ending in ("csv", "parquet")
}
OUTSIDE = re.compile(r"(?:https?:)?//[\w.-]+\.\w|@import|<link|<script|\burl\(", re.I)


def process(*words, **settings):
    """Run the command as a person does, in its own process."""
    command = [sys.executable, "-m", "simkit", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", **settings)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with a small region, in which the commands run."""
    (tmp_path / "small.yaml").write_text(SMALL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_json(*words):
    said = simkit("run", *words, "--json")
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def value(found, name):
    return next(kpi["value"] for kpi in found["kpis"] if kpi["name"] == name)


def refused(*words):
    """Return the message of a command that is refused: one line, exit code 2, no output."""
    said = simkit(*words)
    assert (said.code, said.out) == (2, "")
    (message,) = said.err.splitlines()
    return message


# In its own process


def test_run_prints_a_table_of_kpis_and_nothing_on_standard_error():
    done = process("run", "small.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    for kpi in KPIS.values():
        assert kpi.title.en in done.stdout
    assert re.search(r"Revenue +│ +[\d,]+ │ CNY", done.stdout)
    assert re.search(r"digest [0-9a-f]{64}$", done.stdout.strip())


def test_a_run_as_json_is_one_object_the_same_in_every_process():
    both = [
        process("run", "small.yaml", "--json", env={**os.environ, "PYTHONHASHSEED": str(seed)})
        for seed in (1, 2)
    ]
    assert both[0].stdout == both[1].stdout
    assert both[0].stderr == ""
    assert both[0].stdout.count("\n") == 1
    found = json.loads(both[0].stdout)
    assert list(found) == ["scenario", "policy", "seed", "weeks", "digest", "kpis"]
    assert {kpi["name"]: kpi["unit"] for kpi in found["kpis"]} == {
        name: kpi.unit for name, kpi in KPIS.items()
    }
    assert all(set(kpi) == {"name", "unit", "value"} for kpi in found["kpis"])


def test_bad_input_ends_with_exit_code_2_and_a_message_on_standard_error():
    done = process("run", "smal.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'smal.yaml' cannot be read: there is no such file" in done.stderr
    assert "did you mean 'small.yaml'?" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("words", ["run small.yaml --by rep", "schema"])
def test_a_reader_that_has_seen_enough_is_no_error(words):
    shell = f"'{sys.executable}' -m simkit {words} | head -c 1"
    done = subprocess.run(shell, shell=True, capture_output=True, text=True)
    assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_printed_is_told():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "simkit", "schema"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_terminal_without_chinese_is_no_reason_to_fail():
    done = process(
        "run", "small.yaml", "--lang", "zh", env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, "")


# run


def test_the_json_of_a_run_says_what_the_run_says():
    found = run_json("small.yaml", "--policy", "all_rounder", "--seed", "5")
    run = Run.play(load_scenario("small.yaml"), "all_rounder", 5)
    assert (found["scenario"], found["policy"], found["seed"], found["weeks"]) == (
        *("small.yaml", "all_rounder"),
        *(5, 3),
    )
    assert found["digest"] == run.digest
    total = kpi_table(run.events).iloc[0]
    for kpi in found["kpis"]:
        known = total[kpi["name"]]
        assert kpi["value"] == known or (kpi["value"] is None and math.isnan(known))


def test_the_same_run_has_the_same_digest_another_seed_or_policy_another():
    words = [[], [], ["--seed", "2"], ["--policy", "discount_happy"], ["--weeks", "2"]]
    digests = [run_json("small.yaml", *more)["digest"] for more in words]
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(words) - 1


def test_without_a_name_the_workshop_region_is_played():
    found = run_json("--weeks", "1")
    assert (found["scenario"], found["weeks"]) == ("workshop_region", 1)


def test_a_value_that_cannot_be_said_is_null():
    assert value(run_json("small.yaml", "--set", "funnel.on=false"), "win_rate") is None


@pytest.mark.parametrize(
    "setting",
    [
        "demand.order_value=100",
        "territories.north.customers=80",
        "territories.0.customers=80",
        "customers.named.hospital.orders_per_week=9",
        "shocks.war.effects.0.multiply=100",
        "market.crises.per_year=50",
        "demand.rate_shape=null",
        "shocks=[]",
        "selling.call_split={key: 1, regular: 0, tail: 0}",
        "decision.price=0.9",
        "decision.safety_factor=4",
        "decision.call_split={key: 1, regular: 0, tail: 0}",
        "decision.local.north.price=0.8",
        "decision.quota.kim=5000000",
        "decision.assignment.kim=north",
        "decision.account_moves.hospital=north-r1",
        "decision.training_days={kim: 5}",
        "decision.answers=['war:ads']",
    ],
)
def test_a_setting_changes_the_run(setting, results):
    changed = run_json("small.yaml", "--seed", "4", "--set", setting)
    assert changed["digest"] != results[1].digest


def test_a_setting_is_the_same_as_the_line_in_the_file(folder):
    text = SMALL.replace("customers: 8, reps: 1", "customers: 12, reps: 1", 1)
    (folder / "other.yaml").write_text(text + "demand: {order_value: 100}\n", encoding="utf-8")
    settings = ["--set", "territories.north.customers=12", "--set", "demand.order_value=100"]
    assert run_json("small.yaml", *settings)["digest"] == run_json("other.yaml")["digest"]


def test_two_settings_of_one_group_are_checked_together():
    words = ["--set", "decision.call_split.key=0.5", "--set", "decision.call_split.tail=0.18"]
    assert run_json("small.yaml", *words)["digest"] != run_json("small.yaml")["digest"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("weeks", "--set weeks: write key=value, for example market.crises.on=false"),
        ("=1", "--set =1: write key=value, for example market.crises.on=false"),
        ("demnd.on=false", "--set demnd.on: unknown name 'demnd', did you mean 'demand'?"),
        ("demand.onn=1", "--set demand.onn: unknown name 'onn', did you mean 'on'?"),
        ("demand=1", "--set demand: is a group; name one value in it"),
        ("weeks.x=1", "--set weeks.x: there is nothing inside the value before 'x'"),
        ("weeks=ten", "--set weeks: 'weeks' must be a whole number, not the text 'ten'"),
        ("weeks=true", "--set weeks: must be a number, not true"),
        ("weeks=[1", "--set weeks: '[1' cannot be read: the bracket opened on line 1 is not *"),
        (
            "territories.nort.customers=1",
            "--set territories.nort.customers: unknown name 'nort', did you mean 'north'?",
        ),
        (
            "territories.north.customers=-1",
            "--set territories.north.customers: 'customers' must be at least 0, is -1",
        ),
        (
            "reps.kim.territory=sout",
            "--set reps.kim.territory: unknown territory 'sout', did you mean 'south'?",
        ),
        ("stock.stock_out.lost=0.5", "--set stock.stock_out.lost: lost + substitute + backorder *"),
        ("customers.orders=a.csv", "--set customers.orders: an order history is read with *"),
        ("regions.0.potential=2", "--set regions.0.potential: unknown name '0'; it is empty"),
        ("decision.pric=1", "--set decision.pric: unknown name 'pric', did you mean 'price'?"),
        ("decision.price=2", "--set decision.price: 'price' must be at most 1.3, is 2"),
        ("decision.local.north.pric=1", "--set decision.local.north: no lever 'pric' for a *"),
        ("decision.quota.kin=5", "--set decision: unknown rep 'kin', did you mean 'kim'?"),
        ("decision.local.nort.price=1", "--set decision: unknown territory 'nort', did you mean *"),
        ("decision.answers=[war:add]", "--set decision: unknown answer 'war:add', did you mean *"),
        ("decision.account_moves.x=kim", "--set decision: unknown customer 'x'*"),
        ("decision.quote_staff=", "--set decision: quote_staff: give a number of people"),
    ],
)
def test_a_bad_setting_is_refused_with_the_remedy(setting, message):
    said = refused("run", "small.yaml", "--set", setting)
    assert re.fullmatch(re.escape(message).replace(r"\*", ".*"), said), said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--policy", "keep_cours"],
            "--policy: no policy 'keep_cours', did you mean 'keep_course'?",
        ),
        (
            ["--region", "hubei"],
            "--region: no region 'hubei' in this scenario; it has no regions, ",
        ),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(words, message):
    assert refused("run", "small.yaml", *words).startswith(message)


@pytest.mark.parametrize("words", [["--weeks", "0"], ["--seed", "-1"], ["--by", "x"], ["--nope"]])
def test_an_option_that_cannot_be_ends_with_exit_code_2(words):
    said = simkit("run", "small.yaml", *words)
    assert (said.code, said.out) == (2, "")


def test_one_region_of_a_national_file_is_played_alone():
    hubei, hunan = (run_json("national", "--weeks", "1", "--region", r) for r in ("hubei", "hunan"))
    assert value(hubei, "active_customers") == pytest.approx(4000, rel=0.05)
    assert hubei["digest"] != hunan["digest"]
    assert refused("run", "national", "--region", "hubie").endswith("did you mean 'hubei'?")


def test_all_regions_of_a_file_are_played_each_as_if_alone(folder):
    text = (
        SMALL
        + "regions:\n"
        + "".join(f"  - {{id: {name}, name: {{en: {name}, zh: 区}}}}\n" for name in ("r1", "r2"))
    )
    (folder / "both.yaml").write_text(text.replace("warm_up_weeks: 2", "warm_up_weeks: 1"), "utf-8")
    parts = [run_json("both.yaml", "--region", name) for name in ("r1", "r2")]
    both = run_json("both.yaml", "--out", "results")
    for name in ("revenue", "active_customers", "pipeline_value", "stock_out_days"):
        assert value(both, name) == pytest.approx(sum(value(part, name) for part in parts))
    assert simkit("replay", "results").code == 0


@pytest.mark.parametrize(
    ("by", "heads"),
    [("territory", "North South"), ("rep", "Kim north-r1 south-r1"), ("week", "0 1 2")],
)
def test_kpis_by_group_have_a_column_for_each_group(by, heads):
    said = simkit("run", "small.yaml", "--by", by)
    first = next(line for line in said.out.splitlines() if "KPI" in line)
    assert first.replace("┃", " ").split() == ["KPI", *heads.split()]


def test_nothing_is_cut_off_a_wide_table():
    said = simkit("run", "small.yaml", "--by", "week", "--weeks", "60")
    first = next(line for line in said.out.splitlines() if "KPI" in line)
    assert first.replace("┃", " ").split() == ["KPI", *map(str, range(60))]
    assert "…" not in said.out


def test_the_table_speaks_chinese():
    said = simkit("run", "small.yaml", "--by", "territory", "--lang", "zh")
    assert "小区" in said.out
    assert "北区" in said.out
    for kpi in KPIS.values():
        assert kpi.title.zh in said.out
    table = "".join(line for line in said.out.splitlines() if "│" in line)
    words = set(re.findall(r"[A-Za-z]{2,}", table))
    assert not words, words


# run --out


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The files of one run, and the run itself."""
    folder = tmp_path_factory.mktemp("out")
    (folder / "small.yaml").write_text(SMALL, encoding="utf-8")
    said = simkit("run", folder / "small.yaml", "--out", folder / "a" / "b", "--seed", "4")
    assert (said.code, said.err) == (0, "")
    assert f"Written to {folder / 'a' / 'b'}" in said.out
    return folder / "a" / "b", Run.play(load_scenario(folder / "small.yaml"), seed=4)


def test_all_results_are_written_and_nothing_else(results):
    assert {file.name for file in results[0].iterdir()} == FILES
    assert not [file for file in results[0].iterdir() if file.stat().st_size < 100]


@pytest.mark.parametrize("name", TABLES)
def test_parquet_and_csv_hold_the_table(results, name):
    folder, run = results
    groups = {"kpis_by_week": "week", "kpis_by_territory": "territory", "kpis_by_rep": "rep"}
    if name in groups:
        table = kpi_table(run.events, [groups[name]]).reset_index()
    elif name == "kpis":
        table = kpi_table(run.events).T.reset_index(names="name")
        table.insert(1, "unit", [kpi.unit for kpi in KPIS.values()])
        table = table.rename(columns={"region": "value"})
    else:
        table = run.events
    text = [column for column in table if not pd.api.types.is_numeric_dtype(table[column])]
    table = table.astype(dict.fromkeys(text, object))
    with duckdb.connect() as connection:
        parquet = connection.read_parquet(str(folder / f"{name}.parquet")).df()
    csv = pd.read_csv(
        folder / f"{name}.csv",
        keep_default_na=False,
        na_values={column: [""] for column in table if column not in text},
        dtype=dict.fromkeys(text, str),
    )
    for found in (parquet, csv):
        pd.testing.assert_frame_equal(
            found.astype(dict.fromkeys(text, object)), table, check_dtype=False, check_names=False
        )


def test_parquet_says_of_which_run_it_is(results):
    folder, run = results
    query = f"SELECT value FROM parquet_kv_metadata('{folder / 'kpis.parquet'}')"
    (note,) = duckdb.execute(query).fetchone()
    assert json.loads(bytes(note)) == {
        "policy": "keep_course",
        "seed": 4,
        "weeks": 3,
        "digest": run.digest,
    }


def test_excel_reads_chinese_in_the_csv(folder):
    run_json("small.yaml", "--weeks", "1", "--out", "o")
    assert Path("o/events.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_report_is_one_page_that_needs_nothing_else(results):
    page = (results[0] / "report.html").read_text(encoding="utf-8")
    assert not OUTSIDE.search(re.sub(r"base64,[\w+/=]+", "", page))
    assert page.count("data:image/png;base64,") == len(CHARTS)
    assert len(re.findall(r'<img [^>]*alt="[^"]+', page)) == len(CHARTS)
    for kpi in KPIS.values():
        assert kpi.title.en in page
    assert all(source in page for source in ("made up", "JMR 47(5)"))


def test_the_report_speaks_chinese_and_escapes_what_people_write(folder):
    text = SMALL.replace("zh: 小区", "zh: '<b>小</b>区 & <script>'")
    (folder / "odd.yaml").write_text(text, encoding="utf-8")
    assert simkit("run", "odd.yaml", "--lang", "zh", "--out", "o", "--weeks", "1").code == 0
    page = Path("o/report.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN">' in page
    assert "&lt;b&gt;小&lt;/b&gt;区 &amp; &lt;script&gt;" in page
    assert "<script>" not in page
    shown = page[page.index("<caption>") : page.index("</table>")]
    assert not re.findall(r">[^<%]*[A-Za-z]{2,}[^<]*<", shown)


def test_results_replace_earlier_results_and_leave_other_files_alone(folder):
    out = folder / "o"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    digests = [run_json("small.yaml", "--out", out, "--seed", seed)["digest"] for seed in (1, 2)]
    assert json.loads((out / "manifest.json").read_text("utf-8"))["runs"][0]["digest"] == digests[1]
    assert {file.name for file in out.iterdir()} == FILES | {"notes.txt"}
    assert (out / "notes.txt").read_text() == "mine"


# What cannot be written


def test_a_file_in_the_place_of_the_folder_is_refused_before_the_run(folder, monkeypatch):
    monkeypatch.setattr(Run, "play", None)
    (folder / "taken").write_text("mine")
    for place in ("taken", "taken/inside"):
        said = refused("run", "small.yaml", "--out", place)
        assert said.startswith(
            f"{Path(place)}: the results cannot be written: there is a file where"
        )
    assert (folder / "taken").read_text() == "mine"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_permission_is_refused(folder):
    (folder / "closed").mkdir(mode=0o500)
    assert "you may not write there" in refused("run", "small.yaml", "--out", "closed/o")


def fail_at(monkeypatch, name, error):
    """Let the writing of one file fail."""
    write = Path.write_bytes

    def failing(path, data):
        if path.name == name:
            raise error
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", failing)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "the disk is full; free some space or choose"),
        (PermissionError(13, "Permission denied"), "you may not write there, or one of the files"),
        (OSError(5, "Input/output error"), "Input/output error; choose another folder for --out"),
    ],
)
def test_a_failure_half_way_leaves_no_half_results(folder, monkeypatch, error, words):
    out, new = folder / "o", folder / "new" / "deep"
    out.mkdir()
    for name in FILES:
        (out / name).write_text("earlier")
    fail_at(monkeypatch, "win_rate.png", error)
    for place in (out, new) if "disk" in words else (new,):
        said = refused("run", "small.yaml", "--out", place)
        assert said.startswith(f"{place}: the results cannot be written: {words}")
        assert said.endswith("nothing was kept")
    assert {file.name: file.read_text() for file in out.iterdir()} == dict.fromkeys(
        FILES, "earlier"
    )
    assert {file.name for file in folder.iterdir()} == {"small.yaml", "o"}


def test_a_parquet_file_that_does_not_fit_is_a_full_disk(folder, monkeypatch):
    class Full:
        """A connection to duckdb on a full disk."""

        def register(self, *_):
            return self

        def __exit__(self, *_):
            return None

        __enter__ = register

        def execute(self, query):
            raise duckdb.IOException('Could not write file "x": No space left on device\nat y')

    monkeypatch.setattr(duckdb, "connect", Full)
    assert "the disk is full" in refused("run", "small.yaml", "--out", "o")
    assert not (folder / "o").exists()


def test_a_full_disk_is_told_and_nothing_is_left():
    """On a real file system of 256 KB, where one can be made."""
    script = (
        'mount -t tmpfs -o size=256k none "$PWD" && cd "$PWD" && '
        f"{sys.executable} -m simkit run ../small.yaml --out o; echo $?; ls -A"
    )
    Path("disk").mkdir()
    done = (
        subprocess.run(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script],
            cwd="disk",
            capture_output=True,
            text=True,
        )
        if os.name == "posix" and Path("/usr/bin/unshare").exists()
        else None
    )
    if done is None or done.stdout == "" or "mount" in done.stderr or "unshare" in done.stderr:
        pytest.skip("no small file system can be mounted here")
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines() == ["2"]


# replay


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """The manifest of a run with a lever set, as text."""
    place = tmp_path_factory.mktemp("recorded")
    (place / "small.yaml").write_text(SMALL, encoding="utf-8")
    words = ["--set", "decision.price=0.9", "--policy", "all_rounder", "--out", place / "o"]
    assert simkit("run", place / "small.yaml", *words).code == 0
    return (place / "o" / "manifest.json").read_text(encoding="utf-8")


@pytest.fixture
def manifest(folder, recorded):
    """A recorded run, to be tampered with, and how to write it back."""
    path = folder / "o" / "manifest.json"
    path.parent.mkdir()
    path.write_text(recorded, encoding="utf-8")
    data = json.loads(recorded)

    def write():
        path.write_text(json.dumps(data), encoding="utf-8")

    return data["runs"][0], write


def test_a_recorded_run_agrees_with_itself_from_its_folder_or_its_file(manifest):
    for place in ("o", "o/manifest.json"):
        said = simkit("replay", place)
        assert (said.code, said.err) == (0, "")
        assert "agrees with the recorded run" in said.out
    found = json.loads(simkit("replay", "o", "--json").out)
    assert found == {"digest": manifest[0]["digest"], "agrees": True}


def test_a_tampered_digest_differs(manifest):
    run, write = manifest
    run["digest"] = "0" * 64
    write()
    said = simkit("replay", "o")
    assert (said.code, said.err) == (1, "")
    assert "DIFFERS from the recorded run" in said.out
    assert json.loads(simkit("replay", "o", "--json").out)["agrees"] is False


def test_another_seed_or_decision_differs(manifest):
    run, write = manifest
    run["decisions"][0]["levers"]["price"] = 1.1
    write()
    assert simkit("replay", "o").code == 1


def test_an_edited_scenario_is_refused_with_the_reason(manifest):
    run, write = manifest
    run["scenario"]["demand"]["order_value"] = 1
    write()
    assert refused("replay", "o").endswith("the scenario in the manifest was changed after the run")


@pytest.mark.parametrize(
    ("key", "damage"),
    [
        ("scenario", None),
        ("scenario", {"weeks": "x"}),
        ("scenario", {}),
        ("decisions", None),
        ("decisions", [{"week": 0}]),
        ("decisions", [{"week": 0, "levers": {"price": 9}}]),
        ("decisions", [{"week": 0, "levers": {"quota": {"nobody": 1}}}]),
        ("seed", "x"),
        ("seed", None),
    ],
)
def test_a_damaged_manifest_is_refused(manifest, key, damage):
    from hashlib import sha256

    from simkit.study.run import canonical

    run, write = manifest
    run[key] = damage
    run["scenario_sha256"] = sha256(canonical(run["scenario"]).encode()).hexdigest()
    write()
    said = simkit("replay", "o")
    assert (said.code, said.out) == (2, "")
    assert "does not fit this version of simkit" in said.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a manifest, nor a game: it is not JSON text"),
        ("{", "is not a manifest, nor a game: it is not JSON text"),
        ("[" * 100_000, "is not a manifest, nor a game: it is not JSON text"),
        ("[]", "is not a manifest of simkit, nor a game: make one with"),
        ('{"format": "simkit-manifest-1", "runs": []}', "is not a manifest of simkit"),
        ('{"format": "simkit-manifest-1", "runs": [3]}', "the manifest lacks decisions, digest"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_manifest_is_refused(text, message):
    if text is not None:
        Path("m.json").write_text(text, encoding="utf-8")
    assert message in refused("replay", "m.json")


def test_a_recorded_run_can_be_given_to_another_manager(manifest):
    found = json.loads(simkit("replay", "o", "--with-policy", "keep_course", "--json").out)
    assert found == {"digest": run_json("small.yaml")["digest"], "agrees": None}
    assert "did you mean 'keep_course'" in refused("replay", "o", "--with-policy", "keep_curse")


# check, schema


def test_the_files_that_ship_are_good():
    said = simkit("check")
    assert (said.code, said.err) == (0, "")
    assert re.search(r"\d+ files checked, 0 mistakes in 0 files\.$", said.out.strip())
    assert simkit("check", "price_war", "small.yaml").code == 0  # a crisis is found by name too


def test_check_tells_the_mistakes_of_all_files_of_a_folder(folder):
    (folder / "b.yaml").write_text(SMALL.replace("weeks: 3", "weeks: 0"), encoding="utf-8")
    (folder / "c.yml").write_text("foo: 1\nextends: region_40\n", encoding="utf-8")
    said = simkit("check", folder)
    assert said.code == 2
    assert said.out == "3 files checked, 2 mistakes in 2 files.\n"
    found = json.loads(simkit("check", folder, "--json").out)
    assert list(found) == ["files", "problems"]
    assert found["files"] == [str(folder / name) for name in ("b.yaml", "c.yml", "small.yaml")]
    assert [list(problem) for problem in found["problems"]] == [
        ["path", "line", "col", "message"]
    ] * 2
    assert [(p["path"], p["line"], p["col"]) for p in found["problems"]] == [
        (str(folder / "b.yaml"), 3, 8),
        (str(folder / "c.yml"), 1, 1),
    ]


def test_what_is_not_there_cannot_be_checked(folder):
    (folder / "empty").mkdir()
    for place, message in [
        ("empty", "there is no .yaml file in this folder"),
        ("nowhere", "no such file or scenario"),
        ("nowhere.yaml", "'nowhere.yaml' cannot be read: there is no such file"),
    ]:
        said = simkit("check", place)
        assert said.code == 2
        assert message in said.err


def test_the_schema_is_json():
    assert json.loads(simkit("schema").out)["properties"]["territories"]


# Progress


def test_progress_goes_to_a_person_on_standard_error_only(monkeypatch):
    seen = []
    monkeypatch.setattr(run_report, "write_results", lambda *_: seen.append(_[-1](1, 2)))
    said = simkit("run", "small.yaml", "--json", "--out", "o")
    assert seen == [None]
    assert json.loads(said.out)
    assert said.err == ""
