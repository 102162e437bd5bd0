"""The what-if lab in a real JupyterLab and browser: started, stopped, started again, read."""

import re
import time

import nbformat
import pytest
from browser import (
    CHROMIUM,
    enter,
    keep,
    keep_scrolling,
    must_be_sound,
    running_app,
    running_lab,
    screen,
    show,
)
from playwright.sync_api import expect

from simkit.screens.app_cells import screens_only
from simkit.screens.workspace import prepare_workspace

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
NOTEBOOK = "10_what_if_lab.ipynb"


def only_the_screen(path):
    """Leave out the cells for programmers, which run in the tests of the notebooks."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.write(screens_only(None, notebook, ""), path)


def ask(page, worlds):
    """A short question: six weeks, the policies that are ticked at the beginning."""
    enter(page, "weeks", 6)
    enter(page, "worlds", worlds)


def own_policy(page):
    """Open the form for a policy of one's own and set the price."""
    page.locator(".sk-more [class*=Collapse-header]").first.click()
    enter(page, "own-value", 95)
    page.locator("button.sk-own").click()
    expect(page.locator(".sk-policy-own")).to_have_count(1)


def predict(page):
    page.locator(".sk-winner select").select_option(index=1)
    enter(page, "ahead", 2)
    page.locator("button.sk-predict").click()
    expect(page.locator("button.sk-run")).to_be_enabled()


def test_an_analyst_starts_stops_starts_again_and_reads_the_verdict(tmp_path):
    with running_lab(tmp_path / "home") as lab, screen(1280, 900) as seen:
        page, opened = seen.page, time.monotonic()
        only_the_screen(lab.folder / NOTEBOOK)
        seen.open_and_run(lab, NOTEBOOK)
        app = page.locator(".sk-app").first
        expect(page.locator("button.sk-run")).to_be_disabled()
        expect(app.locator(".sk-estimate")).to_contain_text("about")
        print(f"first screen {time.monotonic() - opened:.1f} s")
        ask(page, 1.5)
        expect(app.locator(".sk-complaint [role=alert]")).to_contain_text("whole number")
        ask(page, 60)
        own_policy(page)
        keep_scrolling(seen, "lab-en-question", 2)
        predict(page)
        page.locator("button.sk-run").click()
        expect(app.locator(".sk-live table")).to_have_count(1, timeout=60_000)
        show(page, ".sk-winner")
        keep(seen, "lab-en-live")
        page.locator("button.sk-stop").click()
        expect(app.locator(".sk-status")).to_contain_text("is kept")
        expect(page.locator("button.sk-run")).to_be_enabled()

        enter(page, "worlds", 10)
        page.locator("button.sk-run").click()
        expect(app.locator(".sk-apart img")).to_have_count(1, timeout=90_000)
        verdict = app.locator(".sk-result")
        expect(verdict.locator("h3").first).to_have_text("The verdict")
        expect(verdict).to_contain_text(re.compile(r"better|no detectable difference"))
        expect(verdict).to_contain_text("You predicted: Sensible all-rounder")
        show(page, ".sk-status")
        keep_scrolling(seen, "lab-en-answer", 6)
        page.locator("button.sk-save").click()
        expect(app.locator(".sk-saved")).to_contain_text("report.html")
        must_be_sound(seen)


def test_the_chinese_screen_is_served_as_an_app_and_shows_a_verdict(tmp_path):
    home = prepare_workspace(tmp_path / "home", "zh")
    with running_app(home, f"zh/{NOTEBOOK}", "zh") as lab, screen(640, 900) as seen:
        page = seen.page
        page.goto(f"http://127.0.0.1:{lab.port}/?token={lab.token}")
        app = page.locator(".sk-app")
        expect(app.locator(".sk-estimate")).to_contain_text("约需")
        expect(page.locator("body")).not_to_contain_text("用几行")
        keep_scrolling(seen, "lab-zh-question", 3)
        ask(page, 4)
        predict(page)
        page.locator("button.sk-run").click()
        expect(app.locator(".sk-apart img")).to_have_count(1, timeout=90_000)
        expect(app.locator(".sk-result h3").first).to_have_text("结论")
        show(page, ".sk-status")
        keep_scrolling(seen, "lab-zh-answer", 7)
        must_be_sound(seen)
