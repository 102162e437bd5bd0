"""The bottleneck is found and opened in a real JupyterLab and browser."""

import re
import time

import pytest
from browser import CHROMIUM, enter, keep_scrolling, must_be_sound, running_lab, screen, show
from playwright.sync_api import expect

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
WORDS = {
    "en": {
        "page": "07_bottlenecks.ipynb",
        "brought": "What each remedy brought",
        "whole": "whole number",
        "legal": "Contract review",
    },
    "zh": {
        "page": "zh/07_bottlenecks.ipynb",
        "brought": "各项措施带来了什么",
        "whole": "整数",
        "legal": "合同评审",
    },
}


def predict(page):
    for name, place in {"waits": 1, "leaks": 1, "best": 2}.items():
        page.locator(f".sk-{name} select").select_option(index=place)
    enter(page, "more", 5)
    page.locator("button.sk-predict").click()


@pytest.mark.parametrize(("lang", "width"), [("en", 1280), ("zh", 640)])
def test_the_bottleneck_is_found_and_opened(tmp_path, lang, width):
    words, name = WORDS[lang], f"bottlenecks-{lang}-{width}"
    with running_lab(tmp_path / "home", lang) as lab, screen(width, 900) as seen:
        page, opened = seen.page, time.monotonic()
        seen.open_and_run(lab, words["page"])
        app = page.locator(".sk-app").first
        expect(app.locator("button.sk-run")).to_be_disabled()
        expect(app.locator(".sk-found img")).to_have_count(0)
        print(f"{lang}: first screen {time.monotonic() - opened:.1f} s")
        show(page, ".sk-app")
        keep_scrolling(seen, f"{name}-start", 1)

        predict(page)
        expect(app.locator(".sk-found img")).to_have_count(1)
        enter(page, "people", 2.5)
        expect(app.locator(".sk-complaint [role=alert]")).to_contain_text(words["whole"])
        expect(page.locator("button.sk-simulate")).to_be_disabled()
        enter(page, "people", 3)
        expect(app.locator(".sk-complaint [role=alert]")).to_have_count(0)
        expect(app.locator(".sk-theory caption")).to_contain_text(words["legal"])
        show(page, ".sk-found")
        keep_scrolling(seen, f"{name}-found", 4)

        enter(page, "worlds", 2)
        page.locator("button.sk-simulate").click()
        expect(app.locator(".sk-played tbody tr")).to_have_count(2, timeout=60_000)
        started = time.monotonic()
        page.locator("button.sk-run").click()
        expect(app.locator(".sk-result .sk-chart img")).to_have_count(2, timeout=120_000)
        print(f"{lang}: played {time.monotonic() - started:.1f} s")
        expect(app.locator(".sk-result h3").first).to_have_text(re.compile(words["brought"]))
        show(page, ".sk-played")
        keep_scrolling(seen, f"{name}-result", 6)
        must_be_sound(seen)
