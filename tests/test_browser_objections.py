"""Objections practised to the end: in a real JupyterLab in both languages, and in Voila."""

import json

import pytest
from browser import (
    CHROMIUM,
    keep_scrolling,
    must_be_sound,
    running_app,
    running_lab,
    screen,
    show,
)
from playwright.sync_api import expect

from simkit.scenario.objections import load_card
from simkit.screens.workspace import prepare_workspace
from simkit.training.practice import Practice

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PAGES = {"en": "02_objections.ipynb", "zh": "zh/02_objections.ipynb"}
SCRIPT = "<script>document.title = 'taken over'</script>"
TALKS = {
    "en": ["Open: Greet", "Discover: Ask about the situation", "Risky: Blame", "Hm, well."],
    "zh": ["开场：问候", "探询：问现状", "有风险：指责", "嗯。"],
}
AT = "e => !!document.activeElement.closest(e)"


def open_page(page, name):
    page.locator(f"button.sk-page-{name}").click()
    expect(page.locator(f"button.sk-page-{name}.mod-primary")).to_be_visible()


def choose(page, seen, name):
    """Choose an answer and read the comments."""
    keep_scrolling(seen, f"{name}-1-choose", 2)
    page.locator("button.sk-pick-B").click()
    expect(page.locator(".sk-comment")).to_have_count(3)
    expect(page.locator(".sk-landing.sk-outcome")).to_be_focused()
    expect(page.locator(".sk-concern").first).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-2-chosen", 3)


def predict(page):
    page.locator(".sk-guess-total select").select_option(index=11)
    page.locator(".sk-guess-weakest select").select_option(index=2)
    page.locator("button.sk-begin-answer").click()


def own_words(page, text):
    box = page.locator(".sk-own-words:visible textarea")
    expect(box).to_be_focused()
    box.fill(text)


def write(page, seen, name, answer):
    """Predict, write against the clock, and read the scorecard."""
    open_page(page, "write")
    predict(page)
    clock = page.locator("[role=timer]:visible")
    expect(clock).to_be_visible()
    before = clock.text_content()
    own_words(page, f"{answer} {SCRIPT}")
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-3-write", 2)
    expect(clock).not_to_have_text(before)
    page.locator("button.sk-finish:visible").click()
    expect(page.locator(".sk-scorecard mark").first).to_be_visible()
    expect(page.locator(".sk-scorecard .sk-typed").first).to_contain_text(SCRIPT)
    assert page.title() != "taken over"
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-4-scorecard", 4)


def talk(page, seen, name, moves, words):
    """Talk by moves and in one's own words."""
    open_page(page, "talk")
    for number, move in enumerate(moves, 1):
        page.locator(".sk-any-move select").select_option(label=move)
        page.locator("button.sk-do-move").click()
        expect(page.locator(".sk-turns > li")).to_have_count(number)
        page.wait_for_timeout(700)  # a person, too, needs longer than for a double click
    page.locator(".sk-own-turn textarea").fill(words)
    page.locator("button.sk-say").click()
    expect(page.locator(".sk-own-turn textarea")).to_have_value("")
    page.wait_for_timeout(700)
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-5-talk", 2)


def quarrel(page, seen, name, move):
    """Break every rule until the buyer leaves, and read the review."""
    for _ in range(12):
        if page.locator("button.sk-again:visible").count():
            break
        count = page.locator(".sk-turns > li").count()
        page.locator(".sk-any-move select").select_option(label=move)
        page.locator("button.sk-do-move").click()
        later = f".sk-turns > li:nth-child({count + 1}), button.sk-again:visible"
        expect(page.locator(later).first).to_be_attached()
        page.wait_for_timeout(700)
    expect(page.locator("button.sk-again:visible")).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-6-review", 2)


def red_team(page, seen, name, answer):
    """Pick, hand over, answer, hand back, judge, compare."""
    open_page(page, "red")
    page.locator("button.sk-hand-over").click()
    expect(page.locator(".sk-says:visible")).to_have_count(0)
    page.locator("button.sk-ready").click()
    own_words(page, answer)
    page.locator("button.sk-finish:visible").click()
    page.locator("button.sk-to-judge").click()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-7-judge", 3)
    for radios in page.locator(".sk-anchors").all():
        radios.locator("input").nth(1).check()
    page.locator("button.sk-compare").click()
    expect(page.locator(".sk-differs").first).to_be_visible()
    show(page, ".sk-app")
    keep_scrolling(seen, f"{name}-8-compare", 3)


def tab_to(page, selector):
    """Go to an element by the Tab key only."""
    for _ in range(80):
        if page.evaluate(AT, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by keyboard")


def write_by_keyboard(page, answer):
    """Write an answer and take the next card without the mouse."""
    page.locator("button.sk-page-choose").focus()
    tab_to(page, ".sk-page-write")
    page.keyboard.press("Enter")
    expect(page.locator("button.sk-begin-answer")).to_be_visible()
    tab_to(page, ".sk-guess-total")
    page.keyboard.type("12")
    tab_to(page, ".sk-guess-weakest")
    page.keyboard.press("ArrowDown")
    tab_to(page, ".sk-begin-answer")
    page.keyboard.press("Enter")
    expect(page.locator(".sk-own-words:visible textarea")).to_be_focused()
    page.keyboard.insert_text(answer)
    tab_to(page, ".sk-finish")
    page.keyboard.press("Enter")
    expect(page.locator(".sk-scorecard table").first).to_be_visible()
    expect(page.locator(".sk-scorecard .sk-landing")).to_be_focused()
    tab_to(page, ".sk-next-card")
    page.keyboard.press("Enter")
    expect(page.locator("button.sk-begin-answer")).to_be_visible()
    expect(page.locator(".sk-pick-card select")).to_be_focused()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_objections_are_practised_in_jupyterlab(tmp_path, lang):
    with running_lab(tmp_path / "home") as lab, screen(1280, 900) as seen:
        seen.open_and_run(lab, PAGES[lang])
        page, name = seen.page, f"objections-{lang}"
        folder = lab.folder / "zh" if lang == "zh" else lab.folder
        card = card_of(page, folder)
        choose(page, seen, name)
        must_be_sound(seen)
        write_by_keyboard(page, card.objection.answers[0].text.in_(lang))
        must_be_sound(seen)
        *moves, blame, words = TALKS[lang]
        talk(page, seen, name, moves, words)
        must_be_sound(seen)
        quarrel(page, seen, name, blame)
        must_be_sound(seen)
        card = card_of(page, folder)
        red_team(page, seen, name, card.objection.answers[1].text.in_(lang))
        must_be_sound(seen)
        kept = Practice(folder / "saved" / "02_objections.jsonl").attempts
        assert [each.mode for each in kept] == ["choose", "write", "talk", "red_team"]


def test_objections_are_practised_in_voila_in_a_narrow_window(tmp_path):
    folder = prepare_workspace(tmp_path / "home", "zh")
    with running_app(folder, PAGES["zh"], "zh") as app, screen(640, 900) as seen:
        page, name = seen.page, "objections-voila"
        page.goto(f"http://127.0.0.1:{app.port}/?token={app.token}")
        expect(page.locator("button.sk-pick-A")).to_be_visible()
        card = card_of(page, folder / "zh")
        choose(page, seen, name)
        write(page, seen, name, card.objection.answers[0].text.zh)
        must_be_sound(seen)
        talk(page, seen, name, TALKS["zh"][:2], TALKS["zh"][-1])
        must_be_sound(seen)
        for name in ("renewal", "mine", "coach", "region"):
            open_page(page, name)
            expect(page.locator(".sk-objection-page:visible")).to_be_visible()
            must_be_sound(seen)
        open_page(page, "talk")
        page.reload()
        expect(page.locator(".sk-turns > li")).to_have_count(3)


def card_of(page, folder):
    """Return the card that is on the screen."""
    kept = json.loads((folder / "saved" / "02_objections.draft.json").read_text("utf-8"))
    return load_card(kept["card"])
