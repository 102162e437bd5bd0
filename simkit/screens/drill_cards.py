"""Measures to choose from: what each costs, brings and waits for, and how urgent it is."""

import html
from collections.abc import Iterable, Sequence

import ipywidgets as W  # noqa: N812 - as its own documentation abbreviates it

from simkit.region.report import Offer
from simkit.region.responses import PREPARED, USUAL_PRIORITY
from simkit.screens.drill_words import Room, price_text
from simkit.screens.parts import choice, tick


class Card:
    """One measure on offer, with a tick for whether it is wanted."""

    def __init__(self, offer: Offer, room: Room) -> None:
        self.name, self.offer, self.room = offer.name, offer, room
        t, measure = room.t, offer.measure
        title = measure.name.in_(room.lang)
        self.wanted = tick(title).add_class(f"sk-offer-{offer.name.replace(':', '-')}")
        levels = {t("P1 urgent"): 1, t("P2 usual"): 2, t("P3 can wait"): 3}
        label = t("Priority of: {request}").format(request=title)
        self.priority = choice(label, levels, USUAL_PRIORITY)
        self.facts = W.HTML()
        parts = [self.wanted, self.facts] + ([self.priority] if measure.department else [])
        self.view = W.VBox(parts).add_class("sk-card")
        for widget in (self.wanted, self.priority):
            widget.observe(room.safely(lambda _: self._changed()), "value")
        self.show(offer)

    def show(self, offer: Offer) -> None:
        """Show how far the measure is."""
        self.offer = offer
        measure, lang = offer.measure, self.room.lang
        said = [f"<p>{html.escape(price_text(measure, self.room))}</p>"]
        if measure.trade_off:
            said.append(f"<p>{html.escape(measure.trade_off.in_(lang))}</p>")
        if state := self._state(offer):
            said.append(f"<p><strong>{html.escape(state)}</strong></p>")
        self.facts.value = "".join(said)
        self._show_priority()

    def enable(self, enabled: bool) -> None:
        """Let a person change it, or not."""
        self.wanted.disabled = self.priority.disabled = not enabled

    def _state(self, offer: Offer) -> str:
        t = self.room.t
        if offer.state == "acts":
            return t("It acts. Without the tick it ends.")
        if offer.state == "waiting" and offer.ready_week is not None:
            return t("Under way: acts from week {week} on.").format(week=offer.ready_week + 1)
        if offer.state == "waiting":
            name = self.room.department(offer.measure.department)
            return t("Waiting for {department}.").format(department=name)
        return ""

    def _changed(self) -> None:
        self._show_priority()
        self.room.changed()

    def _show_priority(self) -> None:
        """Ask how urgent it is only while there is work left to do."""
        waiting = self.offer.state == "open" or self.offer.ready_week is None
        self.priority.layout.display = None if self.wanted.value and waiting else "none"


class Cards:
    """The measures on offer now; those that were there keep what was entered."""

    def __init__(self, room: Room, empty: str) -> None:
        self.room, self.cards = room, dict[str, Card]()
        self.empty = W.HTML(f"<p>{html.escape(empty)}</p>")
        self.view = W.VBox([self.empty]).add_class("sk-cards")

    def show(self, offers: Iterable[Offer], chosen: Sequence[str], priorities: dict) -> None:
        """Show these offers, ticked where the decision in force asks for them."""
        cards = dict[str, Card]()
        for offer in offers:
            card = self.cards.get(offer.name) or Card(offer, self.room)
            card.wanted.value = offer.name in chosen
            card.priority.value = priorities.get(offer.name, USUAL_PRIORITY)
            card.show(offer)
            cards[offer.name] = card
        if list(cards) != list(self.cards) or not cards:
            self.view.children = [card.view for card in cards.values()] or [self.empty]
        self.cards = cards

    def enable(self, enabled: bool) -> None:
        """Let a person change them, or not."""
        for card in self.cards.values():
            card.enable(enabled)

    def chosen(self) -> tuple[str, ...]:
        """Return the names of what is ticked."""
        return tuple(name for name, card in self.cards.items() if card.wanted.value)

    def priorities(self) -> dict[str, int]:
        """Return the priority of every ticked request to a department, where it is not P2."""
        asked = {name: self.cards[name] for name in self.chosen()}
        return {
            name: card.priority.value
            for name, card in asked.items()
            if card.offer.measure.department and card.priority.value != USUAL_PRIORITY
        }


def is_preparation(offer: Offer) -> bool:
    """Whether a measure can be asked for before anything has happened."""
    return offer.name.startswith(f"{PREPARED}:")


def departments_html(room: Room) -> str:
    """Return how many days a week each department has for the manager's requests."""
    t = room.t
    if not room.scenario.departments:
        return ""
    text = t("{department}: {days} days a week")
    days = t("; ").join(
        text.format(department=each.name.in_(room.lang), days=f"{each.days_per_week:g}")
        for each in room.scenario.departments
    )
    note = t("They work on P1 first, then P2, then P3. When everything is P1, nothing is.")
    lead = t("What other departments have time for:")
    return f"<p>{html.escape(lead)} {html.escape(days)}.</p><p>{html.escape(note)}</p>"
