import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import warnings

import pandas as pd
import pytest

from simkit.scenario.files import PACKAGE, data_folder
from simkit.screens import charts, texts, workspace
from simkit.screens.app import App
from simkit.screens.charts import bar_chart, chart_html, line_chart, short_number, table_html
from simkit.screens.job import Job
from simkit.screens.parts import choice, number_box
from simkit.screens.server import TEMPLATES, free_port
from simkit.screens.workspace import open_workspace, prepare_workspace

WEEKS = pd.DataFrame(
    {"with": [1e4, 2e4, 3e4], "without": [1e4, 1.5e4, 1.2e4]},
    index=pd.Index([1, 2, 3], name="week"),
)


def count(job, settings=None):
    for done in range(1, 1001):
        job.tell(done, 1000, f"week {done}")
        time.sleep(0.001)
    return "counted"


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert condition()


# --- Job


def test_a_job_reports_at_most_ten_times_a_second_and_always_the_end():
    reports = []
    start = time.monotonic()
    job = Job(count, lambda *report: reports.append(report)).start().join(30)
    allowed = 10 * (time.monotonic() - start) + 2
    assert (job.state, job.result, job.error) == ("done", "counted", None)
    assert 2 <= len(reports) <= allowed
    assert reports[-1] == (1000, 1000, "week 1000")


def test_a_cancelled_job_stops_soon_and_is_no_error():
    ended = []
    job = Job(count, on_end=ended.append).start()
    job.cancel()
    start = time.monotonic()
    job.join(5)
    assert time.monotonic() - start < 0.5
    assert (job.state, job.result, job.error, ended) == ("cancelled", None, None, [job])


@pytest.mark.parametrize("place", ["work", "on_progress", "on_end"])
def test_a_job_keeps_what_was_raised(place):
    def fail(*_):
        raise ValueError(place)

    parts = {"work": lambda job: job.tell(1, 1), place: fail}
    job = Job(**parts).start().join(5)
    assert job.state == "failed" and str(job.error) == place


def test_joining_a_long_job_can_time_out():
    job = Job(count).start()
    with pytest.raises(TimeoutError):
        job.join(0.01)
    job.cancel()
    job.join(5)


# --- App


def small_app(work=count, show=lambda result, prediction: f"<p>{result} {prediction}</p>", **more):
    predict = {"gain": number_box("Gain", 0, -50, 50, unit="%")}
    settings = {
        "discount": number_box("Discount", 0.1, 0.0, 0.3),
        "focus": choice("Focus on", {"key accounts": "key", "<b>others": "others"}, buttons=True),
    }
    return App("Try", predict=predict, settings=settings, work=work, show=show, **more)


def test_running_waits_for_the_prediction():
    app = small_app()
    assert app.run_button.disabled and not app.predict_button.disabled
    with pytest.raises(RuntimeError):
        app.run()
    app.predict(gain=12)
    assert app.prediction == {"gain": 12}
    assert app.predict_button.disabled and not app.run_button.disabled


def test_a_run_shows_its_result_beside_the_prediction():
    app = small_app(work=lambda job, settings: settings).predict(gain=12).run(focus="others").wait()
    assert app.error is None
    assert app.result == {"discount": 0.1, "focus": "others"}
    assert "'gain': 12" in app.chart.value
    assert "Done." in app.status.value
    assert not app.run_button.disabled and app.stop_button.disabled


def test_predicting_again_hides_the_result():
    app = small_app(work=lambda job, settings: 1).predict().run().wait()
    app.again_button.click()
    assert (app.prediction, app.result, app.chart.value) == (None, None, "")
    assert app.run_button.disabled and not app.predict_button.disabled


def test_stop_ends_a_run_and_keeps_the_screen_usable():
    app = small_app().predict().run()
    assert app.run_button.disabled and not app.stop_button.disabled
    wait_for(lambda: "<progress" in app.progress.value)
    app.stop_button.click()
    app.wait(5)
    assert app.error is None and app.result is None
    assert "Stopped" in app.status.value and app.progress.value == ""
    assert app.run().wait().result == "counted"


def test_a_second_launch_during_a_run_is_ignored():
    app = small_app().predict().run()
    first = app.job
    app.launch(lambda job: "second", lambda result: None)
    assert app.job is first
    assert app.wait().result == "counted"


@pytest.mark.parametrize("place", ["work", "show"])
def test_an_error_is_told_kept_and_escaped(place):
    def fail(*_):
        raise ValueError("no <script>")

    parts = {"work": lambda job, settings: 1, place: fail}
    app = small_app(**parts).predict().run().wait()
    assert isinstance(app.error, ValueError)
    assert 'role="alert"' in app.alarm.value and "no &lt;script&gt;" in app.alarm.value
    assert "<script" not in app.alarm.value
    assert app.result is None and not app.run_button.disabled


def test_the_next_run_clears_an_error():
    outcomes = iter([ValueError("once"), None])

    def work(job, settings):
        if error := next(outcomes):
            raise error
        return "fine"

    app = small_app(work=work).predict().run().wait()
    assert app.error
    app.run().wait()
    assert app.error is None and app.alarm.value == "" and app.result == "fine"


def test_a_callback_error_is_kept_too(tmp_path):
    (tmp_path / "file").write_text("in the way")
    app = small_app(record=tmp_path / "file" / "answers.json").predict()
    assert isinstance(app.error, OSError)
    assert app.prediction is None and app.run_button.disabled  # not stored, so not said to be


def test_a_prediction_is_on_disk_and_comes_back(tmp_path):
    record = tmp_path / "answers" / "00.json"
    small_app(record=record).predict(gain=7)
    assert json.loads(record.read_text())["prediction"] == {"gain": 7}
    app = small_app(record=record)
    assert app.prediction == {"gain": 7} and not app.run_button.disabled
    assert list(record.parent.iterdir()) == [record]


@pytest.mark.parametrize(
    "kept",
    ["", "[]", "{}", *map('{{"prediction": {}}}'.format, ["3", "{}", '{"x": 1}', '{"gain": "x"}'])],
)
def test_a_record_of_another_kind_is_ignored(tmp_path, kept):
    record = tmp_path / "answers.json"
    record.write_text(kept)
    app = small_app(record=record)
    assert app.prediction is None and app.error is None


def test_an_app_can_be_built_from_parts_of_its_own():
    app = App("Parts")
    seen = []
    app.launch(lambda job: threading.current_thread().name, seen.append)
    app.wait()
    assert seen == ["simkit job"] and app.error is None


def test_an_app_speaks_chinese():
    app = small_app(lang="zh").predict()
    assert app.run_button.description == "运行"
    assert "预测已保存" in app.status.value


def test_what_people_wrote_is_escaped():
    app = App("<script>title", intro="<script>intro")
    app.say("<script>")
    assert "<script" not in app.view.children[0].value + app.status.value


# --- inputs and charts


def test_a_number_box_names_and_keeps_its_bounds():
    box = number_box("Discount", 5, 0, 30, unit="%")
    assert box.description == "Discount (0 … 30 %)"
    box.value = 99
    assert box.value == 30


def test_a_choice_starts_with_the_first_option_or_the_one_named():
    assert choice("Who", ["a", "b"]).value == "a"
    assert choice("Who", {"A": 1, "B": 2}, value=2).value == 2


def test_a_chart_has_an_alternative_text_and_its_numbers():
    figure = line_chart(WEEKS, title="Sales", x_label="week", y_label="EUR")
    shown = chart_html(figure, 'With "<b>" more', WEEKS)
    assert 'alt="With &quot;&lt;b&gt;&quot; more"' in shown
    assert 'src="data:image/png;base64,' in shown
    assert "<details>" in shown and ">30,000<" in shown


def test_lines_can_be_told_apart_without_colour():
    axes = line_chart(WEEKS, title="Sales", x_label="week", y_label="EUR").axes[0]
    dashes = {line.get_linestyle() for line in axes.lines if len(line.get_xdata())}
    assert dashes == {"-", "--"}


def test_bars_carry_their_numbers():
    axes = bar_chart(WEEKS, title="Sales", y_label="EUR").axes[0]
    assert {"10k", "20k", "12k"} <= {text.get_text() for text in axes.texts}


def test_a_table_is_escaped_and_has_header_cells():
    table = pd.DataFrame({"<i>": ["<b>", 1234, 0.5, float("nan")]})
    shown = table_html(table, "<u>")
    assert not re.search("<[ibu]>", shown)
    assert all(f"<td>{text}</td>" in shown for text in ["&lt;b&gt;", "1,234", "0.5", "–"])
    assert 'scope="col"' in shown and 'scope="row"' in shown


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [(0, "0", "0"), (0.25, "0.25", "0.25"), (9500, "9,500", "9,500"), (-12500, "-12.5k", "-1.25万"),
     (3.2e6, "3.2M", "320万"), (1.2e9, "1.2bn", "12亿")],
)  # fmt: skip
def test_short_numbers(value, english, chinese):
    assert (short_number(value), short_number(value, "zh")) == (english, chinese)


def test_drawing_leaves_the_style_of_others_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    draw = lambda _: charts.png(line_chart(WEEKS, title="t", x_label="x", y_label="y"))  # noqa: E731
    jobs = [Job(draw).start() for _ in range(3)]
    assert [job.join(60).error for job in jobs] == [None] * 3
    assert dict(mpl.rcParams) == before


# --- texts and fonts


def chinese_texts():
    return [str(message.string) for message in texts.read_catalogue() if message.id]


def test_every_text_is_translated_and_none_is_left_over():
    catalogue = texts.read_catalogue()
    written = {message.id: message.string for message in catalogue if message.id}
    assert set(written) == set(texts.texts_in_code())
    assert [text for text, chinese in written.items() if not chinese] == []
    assert not catalogue.obsolete


def test_the_compiled_catalogue_is_the_written_one(tmp_path):
    for path in (texts.CATALOGUE, texts.CATALOGUE.with_suffix(".mo")):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    texts.update_catalogue(tmp_path / "simkit.po")
    for path in (texts.CATALOGUE, texts.CATALOGUE.with_suffix(".mo")):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), "run simkit.screens.texts"


def test_translations_keep_the_names_in_braces():
    for message in texts.read_catalogue():
        names = [sorted(re.findall(r"{.*?}", str(text))) for text in (message.id, message.string)]
        assert not message.id or names[0] == names[1]


def test_the_language_is_chosen_by_environment_then_by_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("SIMKIT_LANG", raising=False)
    assert texts.default_language() == "en"
    (tmp_path / "zh").mkdir()
    monkeypatch.chdir(tmp_path / "zh")
    assert texts.default_language() == "zh"
    monkeypatch.setenv("SIMKIT_LANG", "en")
    assert texts.default_language() == "en"
    with pytest.raises(ValueError, match="'fr' is not one of en, zh"):
        texts.translator("fr")


def test_no_chinese_text_turns_into_boxes():
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        with charts.new_figure("zh") as (figure, axes):
            axes.set_ylim(0, len(chinese_texts()))
            for line, text in enumerate(chinese_texts()):
                axes.text(0, line, text)
        charts.png(figure)
        charts.png(bar_chart(WEEKS * 1e4, title="每周销售额", y_label="元", lang="zh"))


def test_the_font_is_small_and_holds_every_character_we_ship():
    from fontTools.ttLib import TTFont

    held = set(TTFont(charts.FONT_FILE).getBestCmap())
    shipped = list(PACKAGE.rglob("*.po"))
    for folder in map(data_folder, ("notebooks", "scenarios")):
        shipped += [*folder.rglob("*.yaml"), *folder.rglob("*.ipynb")]
    used = {c for path in shipped for c in path.read_text("utf-8") if "\u3000" <= c <= "\uffef"}
    assert sorted(c for c in used if ord(c) not in held) == []
    assert charts.FONT_FILE.stat().st_size < 1.6e6
    assert "SIL OPEN FONT LICENSE" in charts.FONT_FILE.with_name("OFL.txt").read_text("utf-8")


def test_importing_the_screens_does_not_import_what_draws():
    code = "import sys, simkit.screens.app; print({'seaborn', 'scipy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# --- the workspace


def notebook(*sources, output=None):
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    cells = [{"cell_type": "code", "source": source, "outputs": outputs} for source in sources]
    return json.dumps({"cells": cells, "metadata": {"saved": output}})


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Two folders to be shipped, in the place of the real ones."""
    for name in ("notebooks/zh", "scenarios", "notebooks/.ipynb_checkpoints"):
        (tmp_path / "shipped" / name).mkdir(parents=True)
    (tmp_path / "shipped/notebooks/page.ipynb").write_text(notebook("1"))
    (tmp_path / "shipped/notebooks/.ipynb_checkpoints/page.ipynb").write_text(notebook("1"))
    (tmp_path / "shipped/notebooks/zh/00_start_here.ipynb").write_text(notebook("1"))
    (tmp_path / "shipped/scenarios/region.yaml").write_text("name: old\n")
    monkeypatch.setattr(workspace, "data_folder", lambda name: tmp_path / "shipped" / name)
    return tmp_path / "shipped"


def files(folder):
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.startswith(".simkit"))


def test_a_workspace_holds_notebooks_and_scenarios(shipped, tmp_path):
    folder = prepare_workspace(tmp_path / "own")
    assert files(folder) == ["page.ipynb", "scenarios/region.yaml", "zh/00_start_here.ipynb"]
    assert workspace.start_page(folder, "zh") == "zh/00_start_here.ipynb"


def test_an_untouched_file_is_updated(shipped, tmp_path):
    folder = prepare_workspace(tmp_path / "own")
    (shipped / "scenarios/region.yaml").write_text("name: new\n")
    prepare_workspace(folder)
    assert (folder / "scenarios/region.yaml").read_text() == "name: new\n"
    assert len(files(folder)) == 3


def test_a_changed_file_stays_and_the_new_version_goes_beside_it_once(shipped, tmp_path):
    folder = prepare_workspace(tmp_path / "own")
    (folder / "scenarios/region.yaml").write_text("name: mine\n")
    prepare_workspace(folder)
    assert len(files(folder)) == 3  # nothing new to offer
    for version in ("new", "newer"):
        (shipped / "scenarios/region.yaml").write_text(f"name: {version}\n")
        prepare_workspace(folder)
        prepare_workspace(folder)
    texts_now = {path.name: path.read_text() for path in (folder / "scenarios").iterdir()}
    assert texts_now == {
        "region.yaml": "name: mine\n",
        "region.new.yaml": "name: new\n",
        "region.new2.yaml": "name: newer\n",
    }


def test_running_a_notebook_is_no_change_but_writing_in_it_is(shipped, tmp_path):
    folder = prepare_workspace(tmp_path / "own")
    (folder / "page.ipynb").write_text(notebook("1", output="ran"))
    prepare_workspace(folder)
    assert "ran" in (folder / "page.ipynb").read_text()  # as long as there is no newer one
    (shipped / "page.ipynb").write_text(notebook("2"))
    (shipped / "notebooks/page.ipynb").write_text(notebook("2"))
    prepare_workspace(folder)
    assert (folder / "page.ipynb").read_text() == notebook("2")
    (folder / "page.ipynb").write_text(notebook("3"))
    (shipped / "notebooks/page.ipynb").write_text(notebook("4"))
    prepare_workspace(folder)
    assert (folder / "page.ipynb").read_text() == notebook("3")
    assert (folder / "page.new.ipynb").read_text() == notebook("4")


def test_a_file_that_was_there_before_stays(shipped, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/page.ipynb").write_text("mine")
    folder = prepare_workspace(tmp_path / "own")
    assert (folder / "page.ipynb").read_text() == "mine"


def test_the_settings_speak_the_language(shipped, tmp_path):
    for lang, locale in {"zh": "zh_CN", "en": "default"}.items():
        folder = prepare_workspace(tmp_path / "own", lang)
        path = folder / ".simkit/config/labconfig/default_setting_overrides.json"
        settings = json.loads(path.read_text())
        assert settings["@jupyterlab/translation-extension:plugin"]["locale"] == locale
        # Over a second channel clicks would overtake what was entered just before them.
        kernels = settings["@jupyterlab/apputils-extension:kernels-settings"]
        assert kernels == {"commsOverSubshells": "disabled"}


def test_an_unusable_folder_is_told_with_exit_code_2(shipped, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    assert open_workspace(browser=False, folder=tmp_path / "file" / "own") == 2
    told = capsys.readouterr().err
    assert str(tmp_path / "file") in told and "Choose another one" in told


def test_a_busy_port_is_told_with_exit_code_2(shipped, tmp_path, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert open_workspace(browser=False, port=port, folder=tmp_path / "own") == 2
        assert free_port(port) is None and free_port() not in (None, port)
    assert f"Port {port} is in use" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C as POSIX does")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_open_serves_the_start_page_until_it_is_stopped(tmp_path, ending):
    code = "from simkit.screens.workspace import open_workspace as o; from pathlib import Path; "
    code += f"raise SystemExit(o('zh', False, None, Path({str(tmp_path / 'own')!r})))"
    command = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        lines = [command.stdout.readline() for _ in range(3)]
        address = re.search(r"http://127\.0\.0\.1:\d+/lab\S*", lines[1]).group()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert "JupyterLab" in opener.open(address, timeout=30).read().decode()
    finally:
        command.send_signal(ending)
    assert command.wait(30) == 0
    with pytest.raises(OSError, match="refused"):
        opener.open(address, timeout=5)


# --- simkit app


def test_a_notebook_that_does_not_exist_is_refused_with_those_that_do(tmp_path, capsys):
    assert open_workspace(browser=False, folder=tmp_path / "home", app="04_crisis") == 2
    assert "04_crisis_drill" in capsys.readouterr().err


def test_the_page_of_voila_names_no_other_machine():
    found = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    assert {path.name for path in found} == {"conf.json", "index.html.j2"}
    assert not any("http" in path.read_text("utf-8") for path in found)
