"""What rep and buyer say in a talk: the card's own words where it has them, else the lines."""

from collections.abc import Sequence

from simkit.scenario.buyer_rules import Case, Lines
from simkit.scenario.objections import STEPS, Objection
from simkit.scenario.record import Text

SLIP_OF = {
    "argue": "argues",
    "blame": "blames",
    "overclaim": "overclaims",
    "push": "pushes",
    "discount": "discounts",
}
"""The slip of a card that is an example of a harmful move."""
NOW_KNOWN = Text(en="Now you know what is behind it:", zh="现在您知道背后的原因了：")


NOT_UNDERSTOOD = Text(
    en="The buyer could not tell what you wanted; being asked back costs a little patience.",
    zh="客户没听出您想做什么，只好反问，耐心少了一点。",
)


def joined(*texts: Text | None) -> Text:
    """Return texts one after another; there must be one at least."""
    there = [text for text in texts if text]
    return Text(en=" ".join(text.en for text in there), zh="".join(text.zh for text in there))


def typed(text: str) -> Text:
    """Return what somebody typed, the same in both languages; silence shows as dots."""
    return Text(en=text or "...", zh=text or "……")


def rep_says(lines: Lines, card: Objection, move: str, times: int, uncovered: bool) -> Text:
    """Return an example of a move for its use number `times` (from 0).

    Before the concern is uncovered, words of the card that hint at it give way to a general line.
    """
    general = lines.rep_lines[move]
    own = _of_the_card(card, move, general)
    if own and not (move in STEPS and times):
        text = own[times % len(own)]
        if uncovered or not hints(card, text):
            return text
    return general[times % len(general)]


def _of_the_card(card: Objection, move: str, general: Sequence[Text]) -> Sequence[Text]:
    if move in STEPS:
        return [getattr(card.discovery, move).question]
    if move in ("feature", "advantage", "benefit", "evidence"):
        return _facts(card, move)
    if move == "function_value_evidence":
        return [joined(*(_facts(card, kind)[0] for kind in ("feature", "benefit", "evidence")))]
    if move in ("analogy", "peer", "trial"):
        return [getattr(card.ladder, move)]
    if move.startswith("price_"):
        return [getattr(card.price_talk, move.removeprefix("price_"))]
    slips = [slip.text for slip in card.slips if slip.mistake == SLIP_OF.get(move)]
    return [*slips, *general] if slips else ()


def _facts(card: Objection, kind: str) -> list[Text]:
    return [fact.text for fact in card.facts if fact.kind == kind]


def hints(card: Objection, text: Text) -> bool:
    """Return whether a text, in either language, has words by which the concern is known."""
    return any(
        word.lower() in text.in_(lang).lower()
        for lang in ("en", "zh")
        for word in card.concern_words.in_(lang)
    )


def line(lines: Lines, group: str, turn: int, last: Text | None) -> Text:
    """Return a line of the buyer by the number of the turn, never the last one again."""
    found = lines.buyer_lines[group]
    chosen = found[turn % len(found)]
    return found[(turn + 1) % len(found)] if chosen == last else chosen


def buyer_answers(
    lines: Lines, card: Objection, move: str, case: str, rule: Case, turn: int, last: Text | None
) -> Text:
    """Return what the buyer says to a move, without an objection that may follow."""
    if rule.reply == "card":
        found: Text = getattr(card.discovery, move).reply
        return found
    said = line(lines, rule.reply, turn, last)
    return joined(said, card.discovery.value.reply) if case == "opens" else said


def why(card: Objection, rule: Case, uncovered_now: bool) -> Text:
    """Return why the state moved, with the concern when it has just come out."""
    return joined(rule.because, *((NOW_KNOWN, card.concern) if uncovered_now else ()))
