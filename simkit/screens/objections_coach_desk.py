"""What the parts of the page of coaches share: the answers, who coaches, and who to tell."""

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simkit.scenario.objections import ObjectionCard
from simkit.scenario.rubric import Rubric
from simkit.screens.objections_brief import brief_html, concern_html
from simkit.screens.objections_scorecard import typed_html
from simkit.screens.texts import Translate, translator
from simkit.training.coaching import CoachingRefused
from simkit.training.practice import Attempt, Practice

if TYPE_CHECKING:
    from simkit.screens.objections import ObjectionPractice

OWN_WORDS = ("write", "red_team")
"""Ways to practise of which the answers are a person's own words, and can be scored."""
SAYS = "says: "
"""How a red team notes an objection of its own."""


@dataclass
class Desk:
    """A coach at work on a practice."""

    app: "ObjectionPractice"
    practice: Practice
    """The file that is open; not always that of the screen."""
    coach: Callable[[], str]
    """Returns who coaches, "" before somebody says."""

    @property
    def lang(self) -> str:
        """The language of the screen."""
        return self.app.lang

    @property
    def t(self) -> Translate:
        """Translates the texts of the screen."""
        return translator(self.lang)

    @property
    def rubric(self) -> Rubric:
        """The behaviours and their anchors."""
        return self.app.rubric

    def answers(self) -> list[Attempt]:
        """Return the answers that can be scored: own words, each once."""
        return own_words(self.practice.attempts)

    def card(self, attempt: Attempt) -> ObjectionCard | None:
        """Return the card of an answer, None when it is no longer there."""
        return self.app.cards.get(attempt.card)

    def shown(self, attempt: Attempt) -> str:
        """Return the card and the answer, in the language of the answer, and nothing else."""
        card, lang = self.card(attempt), attempt.lang
        if card is None:
            said = self.t("The card {card} is no longer there; judge by the words alone.")
            told = f"<p>{html.escape(said.format(card=attempt.card))}</p>"
        else:
            own = [each.removeprefix(SAYS) for each in attempt.moves if each.startswith(SAYS)]
            says = own[0] if own else None
            told = brief_html(card.objection, lang, says) + concern_html(card.objection, lang)
        return told + typed_html(attempt.answer, self.lang)

    def needs_coach(self) -> str:
        """Return what to tell while nobody has said who coaches, as HTML."""
        if self.coach():
            return ""
        said = self.t("Enter a name or a sign above first: coaches are compared with each other.")
        return f'<p class="sk-short">{html.escape(said)}</p>'

    def refused(self, error: CoachingRefused) -> dict[str, str]:
        """Return what is wrong by field ("points" for all of them), as HTML to show there."""
        found: dict[str, list[str]] = {}
        for where, what in error.mistakes:
            found.setdefault(where.partition(".")[0], []).append(what.in_(self.lang))
        return {name: alert_html(sentence("; ".join(texts))) for name, texts in found.items()}


def own_words(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Return the attempts whose answers can be scored, each once."""
    found = {each.id: each for each in attempts if each.mode in OWN_WORDS}
    return [each for each in found.values() if each.answer.strip()]


def sentence(text: str) -> str:
    """Return a message as a sentence that begins with a capital."""
    return text[:1].upper() + text[1:]


def alert_html(text: str) -> str:
    """Return what is wrong, which a screen reader reads out; "" for nothing."""
    return f'<div role="alert">{html.escape(text)}</div>' if text else ""
