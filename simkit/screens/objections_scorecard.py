"""The scorecard: behaviours first, with the words that show them; the total comes last."""

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from simkit.scenario.rubric import BEHAVIOURS, FULL, MOST, Rubric
from simkit.screens.texts import Translate, translator
from simkit.training.objections import Scored, Span
from simkit.training.practice import Attempt

QUOTES = {"en": ("“", "”"), "zh": ("“", "”")}
HARMLESS = "no_harm"
LONGEST_QUOTE = 300
"""Characters of one quotation in the table; all of it is marked in the answer above."""
MOST_QUOTES, MOST_MARKS = 4, 50
"""Stretches of one behaviour that are quoted in the table, and marked in the answer."""
POINTED = 0.8
"""Share of an answer from which on a stretch of it points at nothing any more."""


def scorecard_html(
    answer: str, scored: Scored, rubric: Rubric, lang: str, predicted: Mapping | None = None
) -> str:
    """Return what is to be seen in an answer: in its words, behaviour by behaviour, and harms.

    `predicted`: the person's guess, with `total` and `weakest`.
    """
    t = translator(lang)
    if scored.abstained:
        reason = html.escape(scored.abstained.in_(lang))
        title = html.escape(t("Nothing is scored."))
        return f'{typed_html(answer, lang)}<p class="sk-short"><b>{title}</b> {reason}</p>'
    return (
        f"{marked_html(answer, scored, lang)}{behaviours_html(answer, scored, rubric, lang)}"
        f"{harms_html(answer, scored, rubric, lang)}{_notes_html(scored, lang)}"
        f"{advice_html(scored, rubric, lang, predicted)}"
    )


def typed_html(answer: str, lang: str) -> str:
    """Return an answer as it was typed."""
    return _answer_box(html.escape(answer), lang)


def _answer_box(content: str, lang: str) -> str:
    t = translator(lang)
    title = html.escape(t("The answer"))
    box = f'<div class="sk-typed" tabindex="0" role="region" aria-label="{title}">{content}</div>'
    return f"<h4>{title}</h4>{box}"


def marked_html(answer: str, scored: Scored, lang: str) -> str:
    """Return the answer as typed, with the words marked that show a behaviour or do harm."""
    t = translator(lang)
    marks = [(s, str(n)) for n, seen in enumerate(scored.seen, 1) for s in seen.spans[:MOST_MARKS]]
    marks += [(s, "!") for f in scored.flags for s in _pointed(f.spans, answer)[:MOST_MARKS]]
    key = t("The small numbers are those of the behaviours below; ! marks what does harm.")
    told = f'<p class="sk-head">{html.escape(key)}</p>' if marks else ""
    return _answer_box(_with_marks(answer, marks), lang) + told


def _pointed(spans: Sequence[Span], answer: str) -> list[Span]:
    """Return the stretches that point at something: not those that are nearly all of it."""
    most = POINTED * len(answer.strip())
    return [span for span in spans if span.end - span.start < most]


def _with_marks(answer: str, marks: Iterable[tuple[Span, str]]) -> str:
    """Return the text with each marked stretch in <mark>; stretches may overlap."""
    found = [(span.start, span.end, sign) for span, sign in marks if span.start < span.end]
    edges = sorted({0, len(answer), *(e for start, end, _ in found for e in (start, end))})
    parts = []
    for start, end in pairwise(edges):
        signs = [sign for low, high, sign in found if low <= start and end <= high]
        text = html.escape(answer[start:end])
        ends = [sign for low, high, sign in found if high == end and low <= start]
        note = f"<sup>{' '.join(sorted({*ends}))}</sup>" if ends else ""
        harm = ' class="sk-harm"' if "!" in signs else ""
        parts.append(f"<mark{harm}>{text}{note}</mark>" if signs else text)
    return "".join(parts)


def behaviours_html(answer: str, scored: Scored, rubric: Rubric, lang: str) -> str:
    """Return the table of behaviours: points, the anchor reached, the words that earned it."""
    t = translator(lang)
    heads = [(t("Behaviour"), ""), (t("Points"), ""), (t("What is to be seen"), "sk-words")]
    head = "".join(f'<th scope="col" class="{c}">{html.escape(text)}</th>' for text, c in heads)
    rows = []
    for number, seen in enumerate(scored.seen, 1):
        name = html.escape(rubric.item(seen.behaviour).name.in_(lang))
        why = html.escape(seen.why.in_(lang))
        quotes = _quotes(answer, seen.spans, lang)
        rows.append(
            f'<tr><th scope="row">{number} {name}</th><td>{points_text(seen.points, t)}</td>'
            f'<td class="sk-words">{why}{quotes}</td></tr>'
        )
    caption = html.escape(t("Behaviours, {most} points each").format(most=MOST))
    return (
        f'<div class="sk-table sk-behaviours" tabindex="0"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def points_text(points: int | None, t: Translate) -> str:
    """Return the points of a behaviour, also as filled dots."""
    if points is None:
        return "–"
    said = html.escape(t("{points} of {most}").format(points=points, most=MOST))
    dots = "●" * points + "○" * (MOST - points)
    return f'{said} <span aria-hidden="true" class="sk-dots">{dots}</span>'


def _quotes(answer: str, spans: Sequence[Span], lang: str, kind: str = "sk-seen") -> str:
    """Return what stands in some stretches of the answer, in quotation marks, each text once."""
    (left, right), parts = QUOTES[lang], []
    for words in list(dict.fromkeys(answer[s.start : s.end].strip() for s in spans))[:MOST_QUOTES]:
        text = words if len(words) <= LONGEST_QUOTE else words[:LONGEST_QUOTE] + "…"
        if text:
            parts.append(f'<mark class="{kind}">{left}{html.escape(text)}{right}</mark>')
    return "<br>" * bool(parts) + " ".join(parts)


def harms_html(answer: str, scored: Scored, rubric: Rubric, lang: str) -> str:
    """Return what does harm in an answer, and what that caps."""
    t, parts = translator(lang), []
    for flag in scored.flags:
        cap = rubric.cap(flag.harm)
        most = t("The total is then {most} at most.").format(most=cap.most)
        quotes = _quotes(answer, _pointed(flag.spans, answer), lang, "sk-harm")
        said = f"{flag.says.in_(lang)}{' ' * (lang == 'en')}{most}"
        name = html.escape(cap.name.in_(lang))
        parts.append(f'<p class="sk-short"><b>{name}</b><br>{html.escape(said)}{quotes}</p>')
    title = html.escape(t("What does harm"))
    return f"<h4>{title}</h4>{''.join(parts)}" if parts else ""


def _notes_html(scored: Scored, lang: str) -> str:
    return "".join(f"<p>{html.escape(note.in_(lang))}</p>" for note in scored.notes)


def advice_html(scored: Scored, rubric: Rubric, lang: str, predicted: Mapping | None = None) -> str:
    """Return what to do next time, and how it compares with what was expected."""
    t, parts = translator(lang), []
    points = min(scored.points.values())
    others = [seen for seen in scored.seen if seen.behaviour != HARMLESS]
    item = rubric.item(min(others, key=lambda seen: seen.points).behaviour)
    if scored.flags:
        harms = (rubric.cap(flag.harm).name.in_(lang) for flag in scored.flags)
        said = t("First leave out what does harm: {harms}.")
        parts.append(said.format(harms=("、" if lang == "zh" else ", ").join(harms)))
    if scored.points[item.id] < MOST:
        ask = t("Next time: {behaviour}. {asks} Aim at this: {anchor}")
        name, asks, anchor = (x.in_(lang) for x in (item.name, item.asks, item.anchors.two))
        parts.append(ask.format(behaviour=name, asks=asks, anchor=anchor))
    if not parts:
        parts.append(t("All eight behaviours are there in full. Try a card of another family."))
    if points < MOST and predicted and (weakest := predicted.get("weakest")) in BEHAVIOURS:
        hit = scored.points[weakest] == points
        said = t("You expected {behaviour} to be the weakest: so it was.")
        missed = t("You expected {behaviour} to be the weakest: it was not.")
        name = rubric.item(weakest).name.in_(lang)
        parts.append((said if hit else missed).format(behaviour=name))
    title = html.escape(t("What to do next"))
    told = "".join(f"<p>{html.escape(part)}</p>" for part in parts)
    return f"<h4>{title}</h4>{told}"


def total_html(scored: Scored, lang: str, predicted: Mapping | None = None) -> str:
    """Return the total: last, because the behaviours say more."""
    t = translator(lang)
    if scored.total is None:
        return ""
    said = t("Total {total} of {full}.").format(total=scored.total, full=FULL)
    if scored.cap is not None and (scored.uncapped or 0) > scored.total:
        capped = t("Without the harm it would have been {points}.").format(points=scored.uncapped)
        said += " " * (lang == "en") + capped
    if predicted and isinstance(guess := predicted.get("total"), int):
        said += " " * (lang == "en") + t("You expected {guess}.").format(guess=guess)
    warning = t(
        "Rules count what can be pointed at in the words. They do not know your voice, nor what "
        "this buyer would really do."
    )
    return f"<p><b>{html.escape(said)}</b></p><p class='sk-head'>{html.escape(warning)}</p>"


def beside_html(best: Attempt | None, latest: Attempt | None, rubric: Rubric, lang: str) -> str:
    """Return the best and the latest scored answer to a card beside each other."""
    t = translator(lang)
    if not (best and latest and best.points and latest.points):
        return ""
    heads = [t("Behaviour"), t("Best before"), t("This time")]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(rubric.item(name).name.in_(lang))}</th>'
        f"<td>{points_text(best.points.get(name), t)}</td>"
        f"<td>{points_text(latest.points.get(name), t)}</td></tr>"
        for name in BEHAVIOURS
    )
    total = html.escape(t("Total"))
    rows += f'<tr><th scope="row">{total}</th><td>{best.total}</td><td>{latest.total}</td></tr>'
    title = html.escape(t("Your answer now beside your best one before"))
    answers = "".join(
        f"<details><summary>{html.escape(name)}</summary>"
        f'<div class="sk-typed" tabindex="0">{html.escape(attempt.answer)}</div></details>'
        for name, attempt in ((t("Best answer before"), best), (t("Answer now"), latest))
    )
    return (
        f'<h4>{title}</h4><div class="sk-table" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{answers}"
    )
