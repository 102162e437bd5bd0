"""Notebook 02: objections are answered, in several ways, and looked back on."""

import html
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it
from traitlets import TraitError

from simkit.scenario.buyer_rules import load_lines, load_rules
from simkit.scenario.objections import ObjectionCard
from simkit.scenario.record import ScenarioError
from simkit.screens.app import App
from simkit.screens.job import Job
from simkit.screens.objections_cards import broken_html, read_deck, read_rubric
from simkit.screens.objections_choose import ChoosePage
from simkit.screens.objections_coach import CoachPage
from simkit.screens.objections_page import CardPage, Page, open_practice
from simkit.screens.objections_picker import Picker
from simkit.screens.objections_progress import ProgressPage
from simkit.screens.objections_red import RedTeamPage
from simkit.screens.objections_region import RegionPage
from simkit.screens.objections_renewal import RenewalPage
from simkit.screens.objections_talk import TalkPage
from simkit.screens.objections_write import WritePage
from simkit.screens.record import load_record, save_record
from simkit.screens.texts import Translate, default_language, translator
from simkit.training.practice import Attempt, PracticeError, now
from simkit.training.practice_records import Mode


@dataclass(frozen=True)
class PageOf:
    """A page of the practice: its button, its heading, and what makes it."""

    id: str
    title: str
    about: str
    make: Callable[..., Page]


def pages(t: Translate) -> list[PageOf]:
    """Return the pages in the order of their buttons; each is made when it is first opened."""
    return [
        PageOf("choose", t("Choose"), t("Which answer would you give?"), ChoosePage),
        PageOf("write", t("Write"), t("Answer in your own words"), WritePage),
        PageOf("talk", t("Talk"), t("Talk to the buyer"), TalkPage),
        PageOf("red", t("Red team"), t("Set each other a hard one"), RedTeamPage),
        PageOf("renewal", t("Renewal"), t("Renew a contract in time"), RenewalPage),
        PageOf("mine", t("My practice"), t("What you have practised so far"), ProgressPage),
        PageOf("coach", t("Coach"), t("Score answers, and see how far people agree"), CoachPage),
        PageOf("region", t("Region"), t("From practice to deals, by assumption"), RegionPage),
    ]


class ObjectionPractice(App):
    """A screen on which people practise answers to objections.

    Every attempt is on disk before the screen says so; what is unfinished is there again when the
    screen is opened again.

    Parameters
    ----------
    card : str, optional
        The card to begin with; without it, the one that was open, or the recommended one.
    record : path
        The file of attempts.
    lang : {"en", "zh"}, optional
        Without it, `default_language`.
    clock : callable
        Returns seconds; answers are timed by it.

    Attributes
    ----------
    practice : simkit.training.practice.Practice
        The attempts.
    deck : simkit.screens.objections_cards.Deck
        The cards.
    card_id : str
        The card that is chosen, "" without any.
    page : Page
        The page that is shown.
    """

    page_id = ""

    def __init__(
        self,
        card: str | None = None,
        *,
        record: str | Path = "saved/02_objections.jsonl",
        lang: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        lang = lang or default_language()
        self.lang, self.file, self.clock = lang, Path(record), clock
        self.card_id, self._first = "", card
        self.practice, self._unread = open_practice(self.file, lang)
        self.file = self.practice.path
        self.deck = read_deck()
        self.rubric = read_rubric(self.deck)
        self._made: dict[str, Page] = {}
        self._draft: dict[str, Any] = {}
        t = translator(lang)
        self.pages = {page.id: page for page in pages(t)}
        super().__init__(
            t("Objections"),
            intro=t(
                "A buyer objects. What is said is seldom all of it: take it up, find what is "
                "behind it, answer that. Nothing here is a mark; the scorecard shows what is to "
                "be seen in your words."
            ),
            lang=lang,
        )
        Job(lambda _: (load_rules(), load_lines())).start()  # read while the person still reads

    # --- what a notebook or a test uses

    def open(self, page_id: str) -> Page:
        """Show a page, as its button does.

        Raises ScenarioError, and shows the page of before, where a file that it needs is broken.
        """
        self._leave_text()
        before = self.page_id
        try:
            if page_id not in self._made:
                self._make(page_id)
            self.page_id = page_id
            self._display()
        except ScenarioError:
            self._made.pop(page_id, None)  # what was kept of it waits until the file is mended
            self.page_id = before
            if before:
                self._display()
            raise
        self.keep()
        return self.page

    @property
    def page(self) -> Page:
        """The page that is shown."""
        return self._made[self.page_id]

    # --- what the pages use

    @property
    def cards(self) -> dict[str, ObjectionCard]:
        """The cards by id."""
        return self.deck.cards

    @property
    def who(self) -> str:
        """Who practises, as the person wrote it."""
        return str(self.picker.who.value).strip()

    def take(self, card_id: str) -> None:
        """Choose a card for all pages; one with an attempt under way keeps its own."""
        if card_id not in self.deck.cards:
            return
        self.card_id = card_id
        self.picker.show(card_id)
        if self.page_id in self._made:
            self.page.show()
            self.keep()

    def attempt(self, mode: Mode, card: str, **more: Any) -> Attempt:
        """Return an attempt of the person who practises, made now."""
        about = {"who": self.who, "lang": self.lang, **more}
        return Attempt(when=now(), mode=mode, card=card, **about)

    def store(self, attempt: Attempt, said: str) -> None:
        """Write an attempt to the disk, then say so; see what is recommended next.

        Where the disk takes nothing, that is told instead, and the attempt counts all the same.
        """
        try:
            self.practice.add(attempt)
            self.alarm.value = ""
            self.say(said)
        except PracticeError as error:
            self.fail(Exception(error.in_(self.lang)))
        self.advise()
        self.keep()

    def advise(self) -> None:
        """Show which card is recommended next, and why."""
        found = self.practice.next_card(self.cards, rubric=self.rubric)
        if found:
            self.picker.advise(found.card, found.reason.in_(self.lang))

    def next_card(self) -> None:
        """Take the recommended card."""
        self.take(self.picker.recommended)
        if isinstance(page := self.page, CardPage) and page.card_id and not page.busy:
            page.take(self.card_id)  # anew, where it is the same card
            self.keep()
        self.picker.cards.focus()

    def keep(self) -> None:
        """Write to the disk what is chosen and entered and not finished."""
        if not self.page_id:  # nothing is shown yet
            return
        entered = {page_id: page.kept() for page_id, page in self._made.items()}
        self._draft |= {"page": self.page_id, "card": self.card_id, "who": self.who, **entered}
        save_record(self._draft_file, self._draft)

    def settle(self) -> None:
        """Show the choice of a card, or hide it while an attempt is under way."""
        page = self.page
        busy = isinstance(page, CardPage) and page.busy
        self.picker.view.layout.display = None if page.needs_card and not busy else "none"

    # --- parts

    @property
    def _draft_file(self) -> Path:
        return self.file.with_name(f"{self.file.stem}.draft.json")

    def _make_parts(self) -> None:
        super()._make_parts()
        self.picker = Picker(self.deck, self.lang, self.safely, self.take)
        self.picker.who.observe(self.safely(lambda _: self.keep()), "value")
        self.place, self.about = W.VBox(), W.HTML()
        self.buttons = {each.id: self._page_button(each) for each in self.pages.values()}
        for each in (self.stop_button, self.run_button):
            each.layout.display = "none"

    def _page_button(self, each: PageOf) -> W.Button:
        button = self._button(each.title, lambda: self.open(each.id) and None, f"page-{each.id}")
        return button.remove_class("sk-button").add_class("sk-step")

    def _lay_out(self, title: str, intro: str) -> list[W.Widget]:
        self.menu = W.HBox(list(self.buttons.values())).add_class("sk-row").add_class("sk-step-row")
        running = [self.stop_button, self.progress, self.status, self.alarm]
        broken = W.HTML(broken_html(self.deck.mistakes, self.t))
        return [self._top(title, intro), broken, self.menu, *running, self.about, self.place]

    def _refresh(self) -> None:
        super()._refresh()
        self.stop_button.layout.display = None if self._busy else "none"

    def _make(self, page_id: str) -> None:
        """Make a page as it was left; where that makes no sense (any more), as it is at first."""
        page = self.pages[page_id].make(self.practice, self.lang, self)
        if isinstance(kept := self._draft.get(page_id), dict):
            try:
                page.restore(kept)
            except ScenarioError:
                raise  # what was kept is sound
            except (AttributeError, KeyError, TypeError, ValueError, TraitError):
                page = self.pages[page_id].make(self.practice, self.lang, self)
        self._made[page_id] = page

    def _display(self) -> None:
        for page_id, button in self.buttons.items():
            here = page_id == self.page_id
            button.button_style = "primary" if here else ""
            button.tooltip = self.t("You are here") if here else ""
        self.about.value = f"<h3>{html.escape(self.pages[self.page_id].about)}</h3>"
        self.page.show()
        self.place.children = [self.picker.view, self.page.view]
        self.settle()

    def _leave_text(self) -> None:
        """Take away what was said of another page."""
        self.say("")
        self.alarm.value = ""

    # --- on disk

    def _restore(self) -> None:
        self._draft = load_record(self._draft_file)
        if isinstance(who := self._draft.get("who"), str):
            self.picker.who.value = who
        self.advise()
        wanted = (self._first, self._draft.get("card"), self.picker.recommended)
        first = next((card for card in wanted if card in self.deck.cards), "")
        self.take(first or next(iter(self.deck.cards), ""))
        page_id = self._draft.get("page")
        start = next(iter(self.pages))
        try:
            self.open(page_id if page_id in self.pages else start)
            self._tell_of_file()
        except ScenarioError as error:
            self.open(start)
            self.fail(error)

    def _tell_of_file(self) -> None:
        """Say what is wrong with the file of attempts, and with the one that is not used."""
        told = [each.in_(self.lang) for each in self.practice.warnings]
        if self._unread:
            use = self.t("Your attempts go to {file} now.").format(file=self.file.name)
            told += [self._unread, use]
        text = "<br>".join(map(html.escape, told))
        self.alarm.value = f'<div role="alert">{text}</div>' if told else ""
