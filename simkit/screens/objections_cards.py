"""The cards of the practice: read once, named on the screen, in an order that chance decides."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from simkit.region.draws import Draws, entity_number
from simkit.scenario.files import data_folder
from simkit.scenario.loading import load_record
from simkit.scenario.objections import ObjectionCard, card_names, find_card
from simkit.scenario.record import ScenarioError
from simkit.scenario.rubric import FILE as RUBRIC
from simkit.scenario.rubric import Rubric, load_rubric
from simkit.screens.texts import Translate
from simkit.training.objections.score import word_mistakes

Item = TypeVar("Item")


@dataclass
class Deck:
    """The cards by id, and what is wrong with the files that hold none."""

    cards: dict[str, ObjectionCard] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)

    def named(self, card: str, lang: str) -> str:
        """Return what a card is called; a card that is no longer there by its id."""
        return self.cards[card].name.in_(lang) if card in self.cards else card


def read_deck(names: Iterable[str] | None = None) -> Deck:
    """Return the cards of these names, without names all there are; a broken file is noted."""
    deck = Deck()
    for name in card_names() if names is None else names:
        try:
            file = find_card(name)
            deck.cards[name] = _read(file, file.stat().st_mtime_ns)
        except ScenarioError as error:
            deck.mistakes[name] = str(error)
    return deck


def read_rubric(deck: Deck) -> Rubric:
    """Return the rubric; where the person's own is broken, that is noted, and the shipped one."""
    try:
        return load_rubric()
    except ScenarioError as error:
        deck.mistakes[str(RUBRIC)] = str(error)
    return load_rubric(data_folder("scenarios") / RUBRIC)


def broken_html(mistakes: Mapping[str, str], t: Translate) -> str:
    """Return what is wrong with files that are not used, or nothing."""
    if not mistakes:
        return ""
    told = html.escape("\n".join(mistakes.values()))
    title = html.escape(t("These files cannot be read; the practice goes on without them:"))
    return f'<div role="alert">{title}<pre tabindex="0">{told}</pre></div>'


@lru_cache(maxsize=500)
def _read(file: Path, _changed: int) -> ObjectionCard:
    return load_record(file, ObjectionCard, check=word_mistakes)


def shuffled(items: Sequence[Item], *key: object) -> list[Item]:
    """Return the items in an order that belongs to `key`: the same on every machine."""
    table = Draws(0).table("objections/order")
    row = table.row(entity_number("/".join(map(str, key))), 0, max(4, len(items)))
    return [items[n] for n in sorted(range(len(items)), key=lambda n: row[n])]


def family_names(t: Translate) -> dict[str, str]:
    """Return what the families of objections are called."""
    return {
        "price": t("Price"),
        "need": t("Need"),
        "timing": t("Timing"),
        "trust": t("Trust"),
        "competitor": t("Competitor"),
        "authority": t("Authority and process"),
    }


def trade_names(t: Translate) -> dict[str, str]:
    """Return what the trades are called."""
    return {
        "medical": t("Medical devices"),
        "industrial": t("Industrial equipment"),
        "consumer": t("Consumer goods"),
        "software": t("Software"),
    }


def fact_names(t: Translate) -> dict[str, str]:
    """Return what the kinds of facts are called, in the order of FABE."""
    return {
        "feature": t("Feature"),
        "advantage": t("Advantage"),
        "benefit": t("Benefit"),
        "evidence": t("Evidence"),
    }


def style_names(t: Translate) -> dict[str, str]:
    """Return what the styles of model answers are called."""
    return {
        "consultative": t("consultative"),
        "analytical": t("analytical"),
        "story": t("with a story"),
        "direct": t("direct"),
    }


def mistake_names(t: Translate) -> dict[str, str]:
    """Return what the typical mistakes are called."""
    return {
        "argues": t("argues"),
        "discounts": t("gives a discount away"),
        "lectures": t("lectures"),
        "vague": t("stays vague"),
        "pushes": t("pushes"),
        "ignores": t("passes over the concern"),
        "overclaims": t("claims too much"),
        "blames": t("blames"),
    }
