"""A drift drill played to its score: in a real JupyterLab, and in Voila in Chinese."""

import json
import re

import pytest
from browser import (
    CHROMIUM,
    enter,
    keep,
    keep_scrolling,
    must_be_sound,
    played,
    running_app,
    running_lab,
    screen,
    show,
)
from playwright.sync_api import expect

from simkit.screens.workspace import prepare_workspace

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WEEKS = 4
PAGES = {"en": "03_kpi_drift.ipynb", "zh": "zh/03_kpi_drift.ipynb"}
BEGIN = """app = DriftDrill(
    "surprise", number=7, record="saved/03_kpi_drift.jsonl", weeks={weeks}, worlds=2
)"""


def shorten(folder, page):
    """Let the notebook of a workspace play a few weeks only."""
    path = folder / page
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(c for c in notebook["cells"] if "app = DriftDrill(" in "".join(c["source"]))
    first = "".join(cell["source"]).split("app = ")[0]
    cell["source"] = first + BEGIN.format(weeks=WEEKS)
    path.write_text(json.dumps(notebook), "utf-8")


def begin(page, seen, name):
    """Begin the drill, and predict the first weeks."""
    page.locator("button.sk-begin").click()
    expect(page.locator(".sk-predicting")).to_be_visible()
    expect(page.locator(".sk-board .sk-chart img")).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-1-begin", 3)
    for field, value in {"low": 1900, "high": 2900}.items():
        enter(page, field, value)
    page.locator("button.sk-store-prediction").click()
    expect(page.locator("button.sk-play")).to_be_enabled()


def tab(page, place):
    page.locator(".sk-rounds .lm-TabBar-tab").nth(place).click()


def play(page, week):
    """Play a week and wait until the next one is there."""
    page.locator("button.sk-play").click()
    played(page, week)


def watch(page, seen, name):
    """Look at the lights, and at another figure."""
    lights = page.locator(".sk-lights .sk-light")
    expect(lights.first).to_be_visible()
    page.locator(".sk-figure select").select_option(index=5)
    words = re.compile("^(Visits|拜访次数)")
    expect(page.locator(".sk-board .sk-chart img")).to_have_attribute("alt", words)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-2-watch", 3)


def investigate(page, seen, name):
    """Look into the figures, and ask somebody."""
    tab(page, 1)
    page.locator("button.sk-look-up").click()
    expect(page.locator(".sk-looked table, .sk-looked img").first).to_be_visible()
    keep_scrolling(seen, f"{name}-3-look-up", 3)
    page.locator("button.sk-ask-reps").click()
    expect(page.locator(".sk-looked blockquote")).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-3-asked", 3)


def declare(page, seen, name):
    """Say that something drifts."""
    tab(page, 2)
    page.locator(".sk-declare-cause select").select_option(index=2)
    keep_scrolling(seen, f"{name}-4-declare", 2)
    page.locator("button.sk-declare").click()
    expect(page.locator("button.sk-take-back")).to_be_visible()


def act(page, seen, name):
    """Ask for an action with its small plan."""
    tab(page, 3)
    page.locator(".sk-action-private_talk input").check()
    card = page.locator(".sk-card", has=page.locator(".sk-action-private_talk"))
    card.locator(".sk-plan-owner input").fill("<b>Gao</b>")
    card.locator(".sk-plan-owner input").press("Tab")
    card.locator(".sk-plan-measure select").select_option(index=6)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-5-act", 4)


def check(page, seen, name):
    """Answer the check that is due."""
    tab(page, 3)
    expect(page.locator(".sk-act .sk-letter p")).to_have_count(3)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-6-check", 2)
    page.locator("button.sk-verdict-keep").click()
    expect(page.locator("button.sk-verdict-keep")).to_have_count(0)


def look_back(page, seen, name):
    """Conclude, make the debrief, and see the own drills."""
    page.locator(".sk-final-cause select").select_option(index=1)
    memo = page.locator(".sk-final-memo textarea")
    memo.fill("Once < twice")
    memo.press("Tab")
    keep(seen, f"{name}-7-conclusion")
    page.locator("button.sk-send").click()
    page.locator("button.sk-debrief").click()
    expect(page.locator(".sk-result h3").first).to_be_visible(timeout=120_000)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-8-debrief", 6)
    page.locator("button.sk-save").click()
    expect(page.locator(".sk-status")).to_contain_text("-debrief.html")
    page.locator("button.sk-my-drills").click()
    expect(page.locator(".sk-record h3").first).to_be_visible()
    show(page, ".sk-record")
    keep_scrolling(seen, f"{name}-9-drills", 2)


def play_to_its_score(page, seen, name):
    """All of the drill."""
    show(page, ".sk-app")
    keep(seen, f"{name}-0-start")
    begin(page, seen, name)
    play(page, 1)
    watch(page, seen, name)
    investigate(page, seen, name)
    declare(page, seen, name)
    act(page, seen, name)
    play(page, 2)
    play(page, 3)
    check(page, seen, name)
    must_be_sound(seen)
    play(page, WEEKS)
    look_back(page, seen, name)
    must_be_sound(seen)


def test_a_drift_drill_is_played_to_its_score(tmp_path):
    with running_lab(tmp_path / "home") as lab, screen(1280, 900) as seen:
        shorten(lab.folder, PAGES["en"])
        seen.open_and_run(lab, PAGES["en"])
        play_to_its_score(seen.page, seen, "drift-en")


def test_a_drift_drill_is_played_in_voila_in_a_narrow_window(tmp_path):
    folder = prepare_workspace(tmp_path / "home", "zh")
    shorten(folder, PAGES["zh"])
    with running_app(folder, PAGES["zh"], "zh") as app, screen(640, 900) as seen:
        seen.page.goto(f"http://127.0.0.1:{app.port}/?token={app.token}")
        expect(seen.page.locator("button.sk-begin")).to_be_visible()
        play_to_its_score(seen.page, seen, "drift-zh")
