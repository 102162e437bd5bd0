"""Notebooks played by a person who cannot program, in a real JupyterLab and browser."""

import time
from pathlib import Path

import pytest
from browser import CHROMIUM, enter, keep, keep_scrolling, must_be_sound, running_lab, screen, show
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WORDS = {
    "en": {"page": "00_start_here.ipynb", "price": "Price level", "worth": "What your decision"},
    "zh": {"page": "zh/00_start_here.ipynb", "price": "价格水平", "worth": "您的决策值多少"},
}


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 640)])
def test_a_first_decision_is_played(tmp_path, lang, width):
    words = WORDS[lang]
    with running_lab(tmp_path / "home", lang) as lab, screen(width, 900) as seen:
        page, opened = seen.page, time.monotonic()
        seen.open_and_run(lab, words["page"])
        region, app = page.locator(".sk-region"), page.locator(".sk-app").nth(1)
        expect(region.locator("img")).to_be_visible()
        expect(app).to_be_visible()
        waited = time.monotonic() - opened
        keep(seen, f"{lang}-{width}-1-region")

        run, predict = page.locator("button.sk-run"), page.locator("button.sk-predict")
        expect(run).to_be_disabled()
        page.locator(".sk-lever select").select_option(words["price"])
        price = page.locator(".sk-price input")
        price.fill("97")
        price.press("Enter")
        gain = page.locator(".sk-gain input")
        gain.fill("3")
        gain.press("Enter")
        page.locator(".sk-pays button").first.click()
        show(page, ".sk-app:nth-child(n) >> nth=1")
        keep(seen, f"{lang}-{width}-2-decided")
        predict.click()
        expect(price).to_be_disabled()
        assert (lab.folder / Path(words["page"]).parent / "saved" / "00_start_here.json").is_file()

        started = time.monotonic()
        run.click()
        chart = app.locator(".sk-chart img")
        expect(chart).to_have_count(2)
        played = time.monotonic() - started
        print(f"{lang} {width}: first screen {waited:.1f} s, quarter {played:.1f} s")
        expect(app.locator(".sk-result h3").first).to_contain_text(words["worth"])
        expect(app.locator(".sk-result table").nth(0)).to_contain_text("+3.0")
        assert chart.first.get_attribute("alt")
        expect(app.locator(".sk-tries tbody tr")).to_have_count(1)
        keep_scrolling(seen, f"{lang}-{width}-result", 4)
        must_be_sound(seen)


PAY = {
    "en": {"page": "05_pay_plans.ipynb", "brought": "What your plan brought", "cap": "100 or more"},
    "zh": {"page": "zh/05_pay_plans.ipynb", "brought": "您的方案带来了什么", "cap": "100 或以上"},
}


@pytest.mark.parametrize(("lang", "width"), [("zh", 640)])
def test_a_pay_plan_is_designed_and_played(tmp_path, lang, width):
    words = PAY[lang]
    with running_lab(tmp_path / "home", lang) as lab, screen(width, 900) as seen:
        page, opened = seen.page, time.monotonic()
        seen.open_and_run(lab, words["page"])
        app = page.locator(".sk-app").first
        expect(app.locator(".sk-curves img")).to_have_count(2)
        waited = time.monotonic() - opened
        show(page, ".sk-app")
        keep_scrolling(seen, f"pay-{lang}-{width}-design", 3)

        predict, run = page.locator("button.sk-predict"), page.locator("button.sk-run")
        enter(page, "cap", 80)
        complaint = app.locator(".sk-complaint [role=alert]")
        expect(complaint).to_contain_text(words["cap"])
        expect(predict).to_be_disabled()
        show(page, ".sk-cap")
        keep(seen, f"pay-{lang}-{width}-4-mistake")
        started = time.monotonic()
        enter(page, "cap", 0)
        expect(complaint).to_have_count(0)
        answered = time.monotonic() - started
        page.locator(".sk-own_new button").nth(1).click()
        enter(page, "new_quota_share", 70)
        enter(page, "recognition_hours", 0.5)
        page.locator(".sk-weeks button").nth(1).click()
        enter(page, "worlds", 4)
        page.locator(".sk-most_revenue button").first.click()
        page.locator(".sk-most_left button").nth(2).click()
        enter(page, "left_high", 2)
        predict.click()
        expect(run).to_be_enabled()
        show(page, ".sk-most_revenue")
        keep(seen, f"pay-{lang}-{width}-5-predicted")
        assert (lab.folder / Path(words["page"]).parent / "saved" / "05_pay_plans.json").is_file()

        started = time.monotonic()
        run.click()
        expect(app.locator(".sk-result .sk-chart img")).to_have_count(4, timeout=120_000)
        played = time.monotonic() - started
        print(f"{lang} {width}: first {waited:.1f} s, answer {answered:.2f} s, play {played:.1f} s")
        expect(app.locator(".sk-result h3").first).to_contain_text(words["brought"])
        expect(app.locator(".sk-tries tbody tr")).to_have_count(1)
        show(page, ".sk-result")
        keep_scrolling(seen, f"pay-{lang}-{width}-result", 6)
        must_be_sound(seen)


EVIDENCE = {
    "en": {"page": "90_is_the_model_true.ipynb", "checked": "figures checked"},
    "zh": {"page": "zh/90_is_the_model_true.ipynb", "checked": "共检验"},
}


@pytest.mark.parametrize("lang", ["en"])
def test_the_model_is_checked(tmp_path, lang):
    words = EVIDENCE[lang]
    with running_lab(tmp_path / "home", lang) as lab, screen(1280, 900) as seen:
        page = seen.page
        seen.open_and_run(lab, words["page"])
        check, pictures = page.locator(".sk-app").nth(0), page.locator(".sk-app").nth(1)
        check.locator("button.sk-run").click()
        stop = check.locator("button.sk-stop")
        expect(stop).to_be_enabled()
        stop.click()
        expect(stop).to_be_disabled()
        expect(check.locator("button.sk-run")).to_be_enabled()
        expect(check.locator(".sk-result h3")).to_have_count(0)

        pictures.locator("button.sk-run").click()
        expect(pictures.locator(".sk-chart img")).to_have_count(1)
        show(page, ".sk-app >> nth=1")
        keep(seen, f"{lang}-90-picture")
        started = time.monotonic()
        check.locator("button.sk-run").click()
        headline = check.locator(".sk-headline")
        expect(headline).to_contain_text(words["checked"], timeout=240_000)
        print(f"{lang}: quick look {time.monotonic() - started:.1f} s")
        assert check.locator(".sk-chart img").first.get_attribute("alt")
        show(page, ".sk-app >> nth=0")
        keep_scrolling(seen, f"{lang}-90-check", 4)
        must_be_sound(seen)
