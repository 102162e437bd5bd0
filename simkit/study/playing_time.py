"""How long a person takes to play a scenario: what there is to read and to decide."""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from simkit.region.policies import keep_course
from simkit.region.report import Offer
from simkit.region.simulation import Simulation
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario

WORDS_PER_MINUTE = 238.0
"""English non-fiction, read silently. Source: Brysbaert 2019, "How many words do we read per
minute?", Journal of Memory and Language 109."""
CHARACTERS_PER_MINUTE = 260.0
"""Chinese; assumption."""
WEEK_SECONDS = 60.0
"""Looking at the dashboard and the usual levers, every week; assumption."""
NEW_OFFER_SECONDS = 40.0
"""Weighing an offer when it is new, besides reading it; assumption."""
KNOWN_OFFER_SECONDS = 5.0
"""Thinking of an offer again in every later week; assumption."""


@dataclass(frozen=True, slots=True)
class PlayingTime:
    """What there is to read and to decide in one play, planning and debrief not counted."""

    weeks: int
    words: int
    """Of the English texts."""
    characters: int
    """Of the Chinese texts."""
    offers: int
    """Different offers in all weeks."""
    minutes: dict[str, float]
    """By language."""

    def as_dict(self) -> dict[str, Any]:
        """Return all figures by name, with the speeds they rest on."""
        return {
            **asdict(self),
            "words_per_minute": WORDS_PER_MINUTE,
            "characters_per_minute": CHARACTERS_PER_MINUTE,
            "week_seconds": WEEK_SECONDS,
            "new_offer_seconds": NEW_OFFER_SECONDS,
            "known_offer_seconds": KNOWN_OFFER_SECONDS,
        }


@dataclass(frozen=True, slots=True)
class _Round:
    """One week: the texts that are new, and the seconds its decision takes."""

    texts: list[Text]
    new_offers: int
    seconds: float


def playing_time(scenario: Scenario, seed: int = 1, round_seconds: float = 0) -> PlayingTime:
    """Return how long one play takes; `round_seconds` is the most a week may take, 0 is no limit.

    What there is to read is taken from a play in which nothing is done.
    """
    rounds = list(_rounds(scenario, seed))
    most = round_seconds or math.inf
    before = [scenario.brief, *([scenario.drill.goal] if scenario.drill else [])]
    minutes = {}
    for lang in ("en", "zh"):
        weeks = (min(most, r.seconds + _reading(r.texts, lang)) for r in rounds)
        minutes[lang] = (_reading(before, lang) + math.fsum(weeks)) / 60.0
    texts = [*before, *(text for r in rounds for text in r.texts)]
    return PlayingTime(
        scenario.weeks,
        words=sum(_size(text, "en") for text in texts),
        characters=sum(_size(text, "zh") for text in texts),
        offers=sum(r.new_offers for r in rounds),
        minutes=minutes,
    )


def _rounds(scenario: Scenario, seed: int) -> Iterator[_Round]:
    simulation, told, offered = Simulation(scenario, seed), set[str](), set[str]()
    while not simulation.done:
        report = simulation.report()
        news = [m for m in report.messages if m.id not in told or not m.id]
        offers = [o for o in report.offers if o.name not in offered]
        known = len(report.offers) - len(offers)
        told |= {message.id for message in news}
        offered |= {offer.name for offer in offers}
        seconds = WEEK_SECONDS + NEW_OFFER_SECONDS * len(offers) + KNOWN_OFFER_SECONDS * known
        texts = [message.text for message in news] + list(_offer_texts(offers))
        yield _Round(texts, len(offers), seconds)
        simulation.step(keep_course(report))


def _offer_texts(offers: list[Offer]) -> Iterator[Text]:
    for offer in offers:
        yield offer.measure.name
        if offer.measure.trade_off:
            yield offer.measure.trade_off


def _reading(texts: list[Text], lang: str) -> float:
    """Seconds to read some texts."""
    speed = WORDS_PER_MINUTE if lang == "en" else CHARACTERS_PER_MINUTE
    return 60.0 * sum(_size(text, lang) for text in texts) / speed


def _size(text: Text, lang: str) -> int:
    """English words, or Chinese characters."""
    words = text.in_(lang).split()
    return len(words) if lang == "en" else len("".join(words))
