"""Territories redrawn and played in a real JupyterLab and browser."""

import re
import time
from pathlib import Path

import pytest
from browser import CHROMIUM, enter, keep_scrolling, must_be_sound, running_lab, screen, show
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WORDS = {
    "en": {"page": "06_territories.ipynb", "brought": "What your plan brought", "sum": "100 %"},
    "zh": {"page": "zh/06_territories.ipynb", "brought": "您的方案带来了什么", "sum": "100 %"},
}


def redraw(page, app, seen, name):
    """Let the machine look, move a customer and a rep to nowhere, and undo."""
    page.locator("button.sk-best").click()
    expect(app.locator(".sk-after .sk-map img")).to_have_count(2)
    page.locator("button.sk-move-rep").click()
    expect(app.locator(".sk-complaint [role=alert]")).to_have_count(1)
    page.locator(".sk-account select").select_option(index=1)
    page.locator(".sk-account_to select").select_option(index=4)
    page.locator("button.sk-move-account").click()
    expect(app.locator(".sk-changes ol li")).to_have_count(2)
    show(page, ".sk-balance")
    keep_scrolling(seen, f"{name}-moved", 3)
    page.locator("button.sk-undo").click()
    expect(app.locator(".sk-changes ol li")).to_have_count(1)


@pytest.mark.parametrize("lang", ["en"])
def test_territories_are_redrawn_and_played(tmp_path, lang):
    words, name = WORDS[lang], f"territories-{lang}"
    with running_lab(tmp_path / "home", lang) as lab, screen(1280, 900) as seen:
        page, opened = seen.page, time.monotonic()
        seen.open_and_run(lab, words["page"])
        app = page.locator(".sk-app").first
        expect(app.locator(".sk-map img")).to_have_count(1)
        print(f"{lang}: first screen {time.monotonic() - opened:.1f} s")
        show(page, ".sk-app")
        keep_scrolling(seen, f"{name}-start", 3)

        enter(page, "split_key", 45)
        expect(app.locator(".sk-complaint [role=alert]")).to_contain_text(words["sum"])
        expect(page.locator("button.sk-best")).to_be_disabled()
        enter(page, "split_tail", 23)
        expect(app.locator(".sk-complaint [role=alert]")).to_have_count(0)
        redraw(page, app, seen, name)
        page.locator("button.sk-share-out").click()
        expect(app.locator(".sk-money")).to_contain_text("96,000")
        show(page, ".sk-reserve")
        keep_scrolling(seen, f"{name}-money", 2)

        enter(page, "worlds", 8)
        page.locator(".sk-first_quarter button").nth(1).click()
        enter(page, "gain_high", 5)
        page.locator("button.sk-predict").click()
        run = page.locator("button.sk-run")
        expect(run).to_be_enabled()
        saved = Path(words["page"]).parent / "saved" / "06_territories.json"
        assert (lab.folder / saved).is_file()
        started = time.monotonic()
        run.click()
        expect(app.locator(".sk-result .sk-chart img")).to_have_count(1, timeout=180_000)
        print(f"{lang}: played {time.monotonic() - started:.1f} s")
        expect(app.locator(".sk-result h3").first).to_have_text(re.compile(words["brought"]))
        show(page, ".sk-result")
        keep_scrolling(seen, f"{name}-result", 3)
        must_be_sound(seen)
