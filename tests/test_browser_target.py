"""The target workshop played to its debrief in a real JupyterLab."""

import json

import pytest
from browser import (
    CHROMIUM,
    enter,
    keep,
    keep_scrolling,
    must_be_sound,
    played,
    running_lab,
    screen,
    show,
)
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PAGE = "01_target_setting.ipynb"
BEGIN = 'app = TargetWorkshop(record="saved/01_target_setting.jsonl", worlds=12)'
GOALS = {
    "en": "Raise sales from 6.6 to 6.8 million CNY by the end of Q1 through more visits, so that "
    "the region can afford a second engineer.",
    "zh": "一季度末之前，销售额从660万元提高到680万元，通过每周多拜访客户，为了保障服务团队扩编。",
}


def shorten(folder, page):
    """Let the notebook of a workspace judge the plan in a few worlds only."""
    path = folder / page
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(c for c in notebook["cells"] if "app = TargetWorkshop(" in "".join(c["source"]))
    cell["source"] = "".join(cell["source"]).split("app = ")[0] + BEGIN
    path.write_text(json.dumps(notebook), "utf-8")


def on(page):
    """Go one step on."""
    page.locator("button.sk-forward").click()


def choose_target(page, seen, name):
    """Step 1: guess the quarter, and take the proposal as the target."""
    page.locator("button.sk-begin").click()
    expect(page.locator(".sk-page-history img")).to_be_visible(timeout=60_000)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-1-past", 2)
    for field, value in {"low": 600, "high": 750}.items():
        enter(page, field, value * (10 if "en" in name else 1))
    page.locator("button.sk-store-guess").click()
    expect(page.locator(".sk-formula").first).to_be_visible()
    page.locator("button.sk-take").click()
    expect(page.locator(".sk-page-history table").nth(1)).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-1-target", 4)


def break_down(page, seen, name):
    """Step 2: all weights zero, a quota of 10^12, then a quota by hand and the rest spread."""
    on(page)
    expect(page.locator(".sk-sums:visible .sk-outcome")).to_be_visible()
    proposed = page.locator(".sk-quota-wang_lei input").input_value()
    for criterion in ("potential", "history"):
        enter(page, f"page-break-down .sk-{criterion}", 0)
    expect(page.locator(".sk-page-break-down [role=alert]").first).to_be_visible()
    keep(seen, f"{name}-2-zero")
    # Nobody types a quota faster than the proposal comes back.
    enter(page, "page-break-down .sk-potential", 1)
    expect(page.locator(".sk-quota-wang_lei input")).not_to_have_value(proposed)
    enter(page, "page-break-down .sk-history", 1)
    expect(page.locator(".sk-quota-wang_lei input")).to_have_value(proposed)
    enter(page, "quota-wang_lei", 10**12)
    expect(page.locator(".sk-entry:visible [role=alert]").first).to_be_visible()
    enter(page, "quota-wang_lei", 850_000)
    expect(page.locator(".sk-sums:visible .sk-short")).to_be_visible()
    page.locator("button.sk-spread").click()
    expect(page.locator(".sk-sums:visible .sk-outcome")).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-2-quotas", 3)


def judge(page, seen, name):
    """Step 3: predict, see the chances, and see them change with a quota."""
    on(page)
    enter(page, "region_chance", 55)
    for who, place in (("hardest_rep", 5), ("easiest_rep", 1)):
        page.locator(f".sk-{who} select").select_option(index=place)
    keep(seen, f"{name}-3-predict")
    page.locator("button.sk-store-chances").click()
    expect(page.locator(".sk-page-judge img")).to_be_visible(timeout=90_000)
    expect(page.locator(".sk-background progress")).to_have_count(0, timeout=90_000)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-3-chances", 4)


def talk(page, seen, name):
    """Step 4: explain to one rep, give another one what it asks for, and spread the rest."""
    on(page)
    page.locator(".sk-way_wang_lei select").select_option(index=1)
    expect(page.locator(".sk-page-talks")).to_contain_text("1,200")
    page.locator("button.sk-give-lu_yifan").click()
    expect(page.locator(".sk-sums:visible .sk-short")).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-4-talks", 3)
    page.locator("button.sk-step-1").click()
    page.locator("button.sk-spread").click()
    expect(page.locator(".sk-sums:visible .sk-outcome")).to_be_visible()


def commit(page, seen, name, lang):
    """Steps 5 and 6: write the goal, and commit."""
    page.locator("button.sk-step-4").click()
    goal = page.locator(".sk-goal-text textarea")
    goal.fill(GOALS[lang])
    goal.press("Tab")
    expect(page.locator(".sk-page-goal table").first).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-5-goal", 3)
    on(page)
    expect(page.locator(".sk-page-commit table").nth(1)).to_be_visible()
    expect(page.locator("button.sk-commit")).to_be_enabled()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-6-commit", 2)
    page.locator("button.sk-commit").click()
    expect(page.locator("button.sk-play")).to_be_visible()


def live(page, seen, name):
    """Step 7: play the weeks; a prediction where one is asked for."""
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-7-begin", 2)
    for week in range(1, 14):
        store = page.locator("button.sk-store-prediction")
        if store.is_visible():
            enter(page, "quarter-low", 0)
            enter(page, "quarter-high", 9900)
            store.click()
        play = page.locator("button.sk-play")
        expect(play).to_be_enabled()
        play.click()
        played(page, week)
        if week == 6:
            show(page, ".sk-app")
            keep_scrolling(seen, f"{name}-7-week", 3)


def look_back(page, seen, name):
    """Step 8: the debrief, and its page."""
    page.locator("button.sk-debrief").click()
    expect(page.locator(".sk-result").first.locator("h3").first).to_be_visible(timeout=120_000)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-8-debrief", 3)
    page.locator("button.sk-save").first.click()
    expect(page.locator(".sk-status").first).to_contain_text(".html")


@pytest.mark.parametrize(("lang", "width"), [("zh", 640)])
def test_a_target_is_set_and_lived_with(tmp_path, lang, width):
    page_of = {"en": PAGE, "zh": f"zh/{PAGE}"}
    name = f"target-{lang}"
    with running_lab(tmp_path / "home", lang) as lab, screen(width, 900) as seen:
        page = seen.page
        shorten(lab.folder, page_of[lang])
        seen.open_and_run(lab, page_of[lang])
        show(page, ".sk-app")
        keep(seen, f"{name}-0-start")
        for do in (choose_target, break_down, judge, talk):
            do(page, seen, name)
            must_be_sound(seen)
        commit(page, seen, name, lang)
        live(page, seen, name)
        look_back(page, seen, name)
        must_be_sound(seen)
