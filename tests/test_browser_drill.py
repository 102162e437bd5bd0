"""A crisis drill played to its debrief in a real JupyterLab, and in Voila without the network."""

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
WEEKS = 11
"""Enough for the crisis of the test to become known and to be answered."""
PAGES = {"en": "04_crisis_drill.ipynb", "zh": "zh/04_crisis_drill.ipynb"}
BEGIN = """app = CrisisDrill(
    "supplier_break", record="saved/04_crisis_drill.jsonl", weeks={weeks}, worlds=4
)"""


def shorten(folder, page):
    """Let the notebook of a workspace play a certain drill, and a few weeks only."""
    path = folder / page
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(
        cell for cell in notebook["cells"] if "app = CrisisDrill(" in "".join(cell["source"])
    )
    first = "".join(cell["source"]).split("app = ")[0]
    cell["source"] = first + BEGIN.format(weeks=WEEKS)
    path.write_text(json.dumps(notebook), "utf-8")


def plan(page, seen, name):
    """Begin the drill, and enter and store a plan."""
    page.locator("button.sk-begin").click()
    grades = page.locator(".sk-grade select")
    expect(grades.first).to_be_enabled()
    for place in range(6):
        grades.nth(place).select_option("45"[place % 2])
    page.locator(".sk-offer-prepared-second_source input").check()
    page.locator(".sk-line-risk select").select_option(index=1)
    for field, text in {"owner": "Gao", "trigger": "<script>late</script>"}.items():
        enter(page, f"line-{field}", text)
    page.locator(".sk-line-actions textarea").fill("Call the second source")
    page.locator(".sk-line-trigger input").press("Tab")
    expect(page.locator(".sk-cost").first).to_contain_text(re.compile(r"11\.5k|1\.15万"))
    show(page, ".sk-plan")
    keep_scrolling(seen, f"{name}-plan", 4)
    page.locator("button.sk-store-plan").click()
    expect(page.locator(".sk-predicting")).to_be_visible()


def predict(page):
    """Store a prediction."""
    for field, value in {"revenue_low": 2000, "revenue_high": 3000}.items():
        enter(page, field, value)
    for field, value in {"value_low": 90, "value_high": 98}.items():
        enter(page, field, value)
    page.locator("button.sk-store-prediction").click()
    expect(page.locator("button.sk-play")).to_be_enabled()


def tab(page, place):
    page.locator(".sk-rounds .lm-TabBar-tab").nth(place).click()


def play(page, week):
    """Play a week and wait until the next one is there."""
    page.locator("button.sk-play").click()
    played(page, week)


def answer(page, seen, name):
    """Ask for what is on offer against the crisis."""
    tab(page, 2)
    cards = page.locator(".sk-decide .sk-cards").first.locator("input[type=checkbox]")
    expect(cards.first).to_be_visible()
    cards.first.check()
    keep_scrolling(seen, f"{name}-decide", 3)


def play_to_the_end(page, seen, name):
    """Play all weeks, with a mark, a prediction a month, and an answer to the crisis."""
    for week in range(1, WEEKS + 1):
        if week % 4 == 1:
            keep(seen, f"{name}-week-{week}")
            predict(page)
        if week == 5:
            page.locator(".sk-mark:visible button").nth(1).click()
            expect(page.locator(".sk-mark:visible button").nth(1)).to_have_class(
                re.compile("mod-active")
            )
            keep(seen, f"{name}-inbox")
            tab(page, 1)
            expect(page.locator(".sk-tiles img")).to_have_count(6)
            show(page, ".sk-rounds")
            keep_scrolling(seen, f"{name}-board", 2)
            tab(page, 3)
            keep_scrolling(seen, f"{name}-plan-again", 2)
        if week == 11:
            answer(page, seen, name)
        play(page, week)


def look_back(page, seen, name):
    """Send the memo, and make the debrief."""
    memo = page.locator(".sk-memo-text textarea")
    memo.fill("We were late.")
    memo.press("Tab")
    keep(seen, f"{name}-memo")
    page.locator("button.sk-send").click()
    page.locator("button.sk-debrief").click()
    expect(page.locator(".sk-result table").first).to_be_visible(timeout=120_000)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-debrief", 3)
    page.locator('.sk-result a[href^="#debrief-"]').last.click()
    expect(page.locator('.sk-result [id^="debrief-"]').last).to_be_in_viewport()
    page.locator("button.sk-save").click()
    expect(page.locator(".sk-status")).to_contain_text("-debrief.html")


@pytest.mark.parametrize(("lang", "width"), [("zh", 640)])
def test_a_drill_is_played_to_its_debrief(tmp_path, lang, width):
    name = f"drill-{lang}-{width}"
    with running_lab(tmp_path / "home", lang) as lab, screen(width, 900) as seen:
        page = seen.page
        shorten(lab.folder, PAGES[lang])
        seen.open_and_run(lab, PAGES[lang])
        show(page, ".sk-app")
        keep(seen, f"{name}-start")
        plan(page, seen, name)
        play_to_the_end(page, seen, name)
        look_back(page, seen, name)
        must_be_sound(seen)


def test_a_drill_is_played_in_voila_with_nothing_asked_of_other_machines(tmp_path):
    lang = "en"
    folder, name = prepare_workspace(tmp_path / "home", lang), f"voila-{lang}"
    shorten(folder, PAGES[lang])
    with running_app(folder, PAGES[lang], lang) as app, screen(1280, 900) as seen:
        page, address = seen.page, f"http://127.0.0.1:{app.port}/"
        page.goto(address)
        expect(page.locator(".sk-app")).to_have_count(0)  # not without the token
        page.goto(f"{address}?token={app.token}")
        expect(page.locator("button.sk-begin")).to_be_visible()
        keep(seen, f"{name}-start")
        plan(page, seen, name)
        predict(page)
        play(page, 1)
        page.reload()  # another kernel; the game is where it was
        expect(page.locator(".sk-rounds h3").first).to_contain_text("2")
        for week in range(2, WEEKS + 1):
            if week % 4 == 1:
                predict(page)
            play(page, week)
        look_back(page, seen, name)
        must_be_sound(seen)
