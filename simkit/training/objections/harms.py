"""What does harm, and where: it caps the total whatever else was said.

Every limit in this file is an assumption, set with the answers that were open while rules were
written.
"""

from collections.abc import Iterator

from simkit.training.objections.figures import COUNTED, Figure
from simkit.training.objections.known import TIMES, follows
from simkit.training.objections.matching import Match
from simkit.training.objections.overlap import copied_share, repeated_share
from simkit.training.objections.scored import Span
from simkit.training.objections.sight import Sight
from simkit.training.objections.text import MARK

COPIED = 0.6
"""Share of an answer in runs taken from the card from which on it is copied (assumption)."""
LISTED, ROW = {"en": 0.6, "zh": 0.7}, {"en": 8, "zh": 12}
"""Share of an answer in rows of unjoined words from which on it is stuffed (assumption)."""
DENSE, ENOUGH = {"en": 0.13, "zh": 0.1}, 6
"""Different words of the card per word from which on an answer looks stuffed (assumption)."""
PERSONS, JOINS = {"en": 0.05, "zh": 0.04}, {"en": 0.42, "zh": 0.24}
"""Shares of words for persons and of joining words that speech has at least (assumption)."""
SPARSE = {"en": 0.33, "zh": 0.08}
"""Share of joining words below which nobody speaks, whatever is listed (assumption)."""
REPEATED = 0.3
SHOWN = 20
"""Figures of an answer of which two may give a third."""
SMALL, MANY = 10, 30
"""Numbers up to this one without a unit are how people count; in a next step they may be more."""
FEW, MORE, ROOM = 2, 3, {"en": 80, "zh": 400}
"""Words of the card that an answer on the matter has at least, and when it has room for more."""
ONTO = ("card.says", "card.topic", "card.need", "card.concern")
REFUSALS = 2
FACTS = {"en": 2, "zh": 1}
"""Words of the card's facts that count as one word of its matter (assumption)."""
TOLD = ("card.fact", "card.about", "card.benefit")
Spans = tuple[Span, ...]


def harms(sight: Sight) -> dict[str, Spans]:
    """Return each harm that is there, with the places that show it."""
    found: dict[str, Spans] = {}
    for harm in ("rude", "blame", "argues"):
        if spans := _phrased(sight, harm):
            found[harm] = spans
    beside = _off_topic(sight)
    if spans := (() if beside else tuple(_false_figures(sight))) + _promises(sight):
        found["false_claim"] = spans
    if spans := _given_away(sight):
        found["discount"] = spans
    whole = (Span(0, len(sight.reading.text)),)
    if copied_share(sight.reading, sight.known.texts) >= COPIED:
        found["copied"] = whole
    elif _is_stuffed(sight):
        found["stuffed"] = whole
    if beside:
        found["off_topic"] = whole
    return found


def _phrased(sight: Sight, harm: str) -> Spans:
    """Return harmful words that are not the buyer's own, taken up."""
    return sight.spans(m for m in sight.found.get(f"harms.{harm}", ()) if not _is_told(sight, m))


def _is_stuffed(sight: Sight) -> bool:
    """Return whether words are listed, or so dense and so little joined that nobody speaks so."""
    lang = sight.reading.lang
    places = [i for i, token in enumerate(sight.reading.tokens) if token.kind != MARK]
    unjoined, many = sight.unjoined(ROW[lang]), max(len(places), 1)
    own = len(_own_words(sight))
    dense = own >= ENOUGH and own >= DENSE[lang] * many
    few = (sight.share("persons") < PERSONS[lang], sight.share("joining") < JOINS[lang])
    loose = all(few) if lang == "zh" else any(few)  # Chinese leaves out persons more readily
    listed = sum(unjoined[i] for i in places) >= LISTED[lang] * many
    sparse = sight.share("joining") < SPARSE[lang] and own >= FEW
    return (dense and loose) or listed or sparse or repeated_share(sight.reading) >= REPEATED


def _own_words(sight: Sight) -> set[str]:
    """Return the different words of the card's matter in an answer."""
    return sight.words(m for group in ONTO for m in sight.found.get(group, ()))


def _off_topic(sight: Sight) -> bool:
    figures = {f.value for f in sight.reading.figures if f.value > 3 and sight.known.holds(f)}
    words = sum(token.kind != MARK for token in sight.reading.tokens)
    least = FEW if words < ROOM[sight.reading.lang] else MORE
    facts = len(sight.words(m for group in TOLD for m in sight.found.get(group, ())))
    facts //= FACTS[sight.reading.lang]
    return len(_own_words(sight)) + len(figures) + facts < least


def is_polite(sight: Sight) -> bool:
    """Return whether an answer speaks as to a customer, if only in phrases fit for all of them."""
    return sum(bool(sight.found.get(group)) for group in SELLING) > 1


SELLING = (
    "phrases.acknowledge.one",
    "phrases.acknowledge.two",
    "phrases.value.one",
    "phrases.evidence.one",
    "phrases.next_step.one",
)


def _false_figures(sight: Sight) -> Iterator[Span]:
    shown = [f for figures in sight.figures for f in figures if sight.gives(f)][:SHOWN]
    for s, figures in enumerate(sight.figures):
        for figure in figures:
            if sight.gives(figure) or not _claims(sight, figure, s):
                continue
            if follows(figure, shown):
                shown.append(figure)
            else:
                yield Span(figure.start, figure.end)


def _claims(sight: Sight, figure: Figure, s: int) -> bool:
    """Return whether a number states something about the matter."""
    i = sight.token_at(figure.digits[0])
    if sight.denied[i] or sight.asks[s] or figure.unit == "off":
        return False
    if sight.hits(s, "harms.discount", denied=True):
        return False
    if sight.is_long and figure.unit not in ("money", "%"):
        return False  # a monologue is full of numbers that claim nothing
    if not figure.unit:
        return figure.value > (MANY if sight.hits(s, "phrases.next_step.two") else SMALL)
    if figure.unit in TIMES and figure.value in ROUND_THE_CLOCK:
        return False
    if figure.unit in (*TIMES, "times") and figure.value <= FEW:
        return False
    if figure.unit in SHORT_TIMES or (figure.unit == "month" and figure.value <= SOON):
        return not (sight.hits(s, "phrases.next_step.two") or _is_dated(sight, s))
    return True


def _is_dated(sight: Sight, s: int) -> bool:
    """Return whether a sentence names a day: then minutes and weeks are those of a next step."""
    days = {f.digits[0] for f in sight.reading.figures if f.unit == "date"}
    return any(sight.reading.tokens[sight.token_at(at)].sentence == s for at in days)


STEM = 6
"""Letters by which the word of a promise is known again in a card: guarantee, guaranteed."""
ROUND_THE_CLOCK = (24,)
"""Hours that people say without counting them."""
SOON = 3
"""Months until which somebody may come back to a thing."""
SHORT_TIMES = ("minute", "hour", "day", "week")
"""How long a meeting or a step takes; what takes months is a claim."""


def _promises(sight: Sight) -> Spans:
    """Return promises that the card does not make."""
    promised = sight.found.get("harms.false_claim", ())
    return sight.spans(
        m
        for m in promised
        if not _is_told(sight, m)
        and not any(sight.denied[i] for i in range(m.first, m.last))
        and not sight.asks[sight.reading.tokens[m.first].sentence]
    )


def _is_told(sight: Sight, match: Match) -> bool:
    """Return whether the card says the same in these words, or in its longest word."""
    tokens = sight.reading.tokens
    text = sight.reading.folded[tokens[match.first].start : tokens[match.last - 1].end]
    stem = max((t.text for t in tokens[match.first : match.last]), key=len)[:STEM]
    told = " ".join(sight.known.texts).lower()
    return text in told or (match.group == PROMISE and len(stem) == STEM and stem in told)


PROMISE = "harms.false_claim"


def _given_away(sight: Sight) -> Spans:
    """Return discounts for which nothing is asked in the same or the next sentence."""
    found = []
    for s in range(len(sight.asks)):
        given = [m for m in sight.hits(s, "harms.discount") if not _is_told(sight, m)]
        given += [m for m in sight.hits(s, "words.price_named") if _is_own_price(sight, m)]
        near = range(max(s - 1, 0), min(s + 2, len(sight.asks)))
        earned = any(sight.hits(n, "words.in_return") for n in near)
        freely = sight.hits(s, "words.for_nothing", denied=True)
        if given and (freely or not earned):
            found += given
    return sight.spans(found)


def _is_own_price(sight: Sight, match: Match) -> bool:
    """Return whether a phrase names a price, or a part of one, that is not on the card."""
    token = sight.reading.tokens[match.last - 1]
    figures = [f for f in sight.reading.figures if f.digits[1] == token.end]
    figures += [f for f in sight.reading.figures if f.end == token.end]
    return any(_is_price(sight, f) and not sight.known.holds(f) for f in figures)


def _is_price(sight: Sight, figure: Figure) -> bool:
    """Return whether a figure is money or a share, or stands alone and counts no things."""
    if figure.unit:
        return figure.unit in ("money", "off", "%")
    after = sight.reading.folded[figure.end : figure.end + 2].strip()
    counts = after[:1] in COUNTED if sight.reading.lang == "zh" else after[:1].isalpha()
    return figure.value > SMALL and not (after and counts)


def no_harm(sight: Sight, found: dict[str, Spans]) -> tuple[int, Spans]:
    """Return the points for doing no harm, and the places that cost some."""
    for harm in ("rude", "blame", "argues", "false_claim", "discount"):
        if harm in found:
            return 0, tuple(s for name in found for s in found[name] if name not in WHOLE)
    pressed = sight.spans(sight.found.get("phrases.no_harm.one", ()))
    refused = sight.spans(sight.found.get("words.refusals", ()))
    if pressed or sight.refuses or len(refused) >= REFUSALS:
        return 1, pressed or refused or (Span(0, len(sight.reading.text)),)
    if sight.is_long:
        return 1, (Span(0, len(sight.reading.text)),)
    return 2, ()


WHOLE = ("stuffed", "copied", "off_topic")
"""Harms of the answer as a whole, which have no place of their own."""
