"""Scoring an answer to an objection by behaviours that can be pointed at; the same every time."""

from collections.abc import Iterator

from simkit.scenario.catalogue import read_once
from simkit.scenario.objections import MODEL_SCORE, ObjectionCard
from simkit.scenario.record import Loc, Text
from simkit.scenario.rubric import BEHAVIOURS, MOST, Rubric, load_rubric, rubric_file
from simkit.training.objections.behaviours import RULES
from simkit.training.objections.harms import harms, is_polite, no_harm
from simkit.training.objections.known import known
from simkit.training.objections.matching import patterns_of
from simkit.training.objections.phrases import Phrases, phrases_in_force
from simkit.training.objections.rules import NOTHING
from simkit.training.objections.scored import Flag, Scored, Seen, Span
from simkit.training.objections.sight import Sight
from simkit.training.objections.text import Reading, language_of, length_of

LONGEST = {"en": 6_000, "zh": 2_000}
"""Characters from which on an answer is no longer judged."""
LANGUAGES = {"en": Text(en="English", zh="英文"), "zh": Text(en="Chinese", zh="中文")}
LONG_NOTE = Text(
    en="This is longer than a buyer will listen to; most of it fits into half a minute.",
    zh="话太长了，客户听不完；大部分内容半分钟就能讲清。",
)
NO_NOTE = Text(
    en="Most of this says what you will not do; a behaviour that is taken back does not count.",
    zh="通篇多在说“不”；说了又收回的，不算做到。",
)


def score(
    answer: str,
    card: ObjectionCard,
    lang: str,
    phrases: Phrases | None = None,
    rubric: Rubric | None = None,
) -> Scored:
    """Return what is seen in an answer to a card in "en" or "zh", with places in it as typed.

    Total: points 0 to 16 by the rubric, then at most the lowest cap of the harms. Nothing is judged
    when an answer is empty, too short, too long, or in another language.
    """
    phrases = phrases or phrases_in_force(lang)
    rubric = rubric or read_once(rubric_file(), load_rubric)
    if reason := _nothing_to_judge(answer, lang, rubric):
        return Scored(lang, abstained=reason)
    empty = phrases.words.get("empty", ())
    return _judged(Sight(Reading(answer, lang), known(card, lang, empty), phrases), rubric)


def _judged(sight: Sight, rubric: Rubric) -> Scored:
    found = harms(sight)
    beside = "stuffed" in found or ("off_topic" in found and not is_polite(sight)) or sight.refuses
    seen = []
    for behaviour in BEHAVIOURS[:-1]:
        points, spans = NOTHING if beside else RULES[behaviour](sight)
        points = min(points, _most(behaviour, sight.is_long, "copied" in found))
        seen.append(Seen(behaviour, points, spans, _why(rubric, behaviour, points)))
    points, spans = no_harm(sight, found)
    seen.append(Seen("no_harm", points, spans, _why(rubric, "no_harm", points)))
    total = sum(one.points for one in seen)
    caps = [rubric.cap(harm).most for harm in found]
    cap = min(caps, default=None)
    flags = tuple(Flag(harm, spans, rubric.cap(harm).says) for harm, spans in found.items())
    capped = total if cap is None else min(total, cap)
    notes = tuple(
        note for note, told in ((LONG_NOTE, sight.is_long), (NO_NOTE, sight.refuses)) if told
    )
    return Scored(sight.reading.lang, tuple(seen), flags, capped, total, cap, notes=notes)


OWN = ("acknowledge", "explore", "isolate", "value")
"""What takes words of one's own."""


def _most(behaviour: str, long: bool, copied: bool) -> int:
    """Return what a behaviour can earn at most in a monologue, or in words that are copied."""
    if copied:
        return 0 if behaviour in OWN else MOST if behaviour == "evidence" else 1
    return 1 if long and behaviour in ("acknowledge", "value") else MOST


def _why(rubric: Rubric, behaviour: str, points: int) -> Text:
    """Return the anchor that was reached, and the one above it that was not."""
    anchors = rubric.item(behaviour).anchors
    reached, more = anchors.of(points), anchors.of(min(points + 1, MOST))
    if points == MOST:
        return reached
    return Text(en=f"{reached.en} For more: {more.en}", zh=f"{reached.zh}再进一步：{more.zh}")


def _nothing_to_judge(answer: str, lang: str, rubric: Rubric) -> Text | None:
    if not answer.strip():
        return Text(en="There is no answer yet.", zh="还没有作答。")
    if len(answer) > (longest := LONGEST[lang]):
        return Text(
            en=f"More than {longest:,} characters are not judged; a buyer would not listen either.",
            zh=f"超过{longest}个字符不作评判，客户也听不下去。",
        )
    written = language_of(answer)
    if not written:
        return Text(
            en="There are only signs and numbers, no words.", zh="只有符号和数字，没有文字。"
        )
    if written == "mixed":
        return Text(
            en="The languages are mixed too much to be judged; please write in one.",
            zh="中英文混得太多，无法评判，请用一种语言作答。",
        )
    if written != lang:
        wanted = LANGUAGES[lang]
        return Text(en=f"This is not written in {wanted.en}.", zh=f"这不是用{wanted.zh}写的。")
    least = rubric.least_words * (2 if lang == "zh" else 1)
    if (have := length_of(answer, lang)) < least:
        return Text(
            en=f"{have} words are too few to judge; {least} are needed at least.",
            zh=f"只有{have}个字，太少了，至少要{least}个字才能评判。",
        )
    return None


def card_mistakes(card: ObjectionCard) -> Iterator[tuple[Loc, str]]:
    """Yield a message on each model answer that scores low, and each slip that scores well enough.

    The message says which answer, the language, the score, and the behaviours that are missing.
    """
    if unusable := [*word_mistakes(card)]:
        yield from unusable
        return
    for lang in ("en", "zh"):
        for at, model in enumerate(card.objection.answers):
            found = score(model.text.in_(lang), card, lang)
            if found.total is None or found.total < MODEL_SCORE:
                yield ("objection", "answers", at, "text", lang), _too_low(at, lang, found)
        for at, slip in enumerate(card.objection.slips):
            found = score(slip.text.in_(lang), card, lang)
            if (found.total or 0) >= MODEL_SCORE:
                loc: Loc = ("objection", "slips", at, "text", lang)
                says = f"{found.total} of 16, as a model answer: let it do what it warns of"
                yield loc, f"slip {at + 1} in {LANGUAGES[lang].en} scores {says}"


def word_mistakes(card: ObjectionCard) -> Iterator[tuple[Loc, str]]:
    """Yield a message on each word of a card's lists that cannot be looked for."""
    for name in ("concern_words", "need_words", "topic_words"):
        listed = getattr(card.objection, name)
        for lang in ("en", "zh"):
            for at, word in enumerate(listed.in_(lang)):
                try:
                    patterns_of(word, lang)
                except ValueError as error:
                    yield ("objection", name, lang, at), str(error)


def _too_low(at: int, lang: str, found: Scored) -> str:
    where = f"model answer {at + 1} in {LANGUAGES[lang].en}"
    if found.abstained:
        return f"{where} cannot be judged: {found.abstained.en}"
    short = [f"{seen.behaviour} {seen.points}" for seen in found.seen if seen.points < MOST]
    harm = f"; seen as {', '.join(flag.harm for flag in found.flags)}" if found.flags else ""
    needs = f"{MODEL_SCORE} are needed"
    return f"{where} scores {found.total} of 16, {needs}; missing: {', '.join(short)}{harm}"


__all__ = ["Flag", "Scored", "Seen", "Span", "card_mistakes", "score", "word_mistakes"]
