"""How a talk with the simulated buyer is shown: turns, the buyer's state, and a review."""

import html
from collections.abc import Sequence

from simkit.scenario.objections import STEPS
from simkit.scenario.rubric import BEHAVIOURS, Rubric
from simkit.screens.texts import Translate, translator
from simkit.training.objections.buyer import Talk, Turn
from simkit.training.objections.mind import State
from simkit.training.objections.moves import BY_ID

FELL = 0.005
"""A change smaller than this does not show in whole points."""


def state_names(t: Translate) -> dict[str, str]:
    """Return what the four states of a buyer are called."""
    return {
        "trust": t("Trust in you"),
        "clarity": t("Clarity of the need"),
        "patience": t("Patience"),
        "urgency": t("Urgency"),
    }


def group_names(t: Translate) -> dict[str, str]:
    """Return what the groups of moves are called."""
    return {
        "open": t("Open"),
        "discover": t("Discover"),
        "acknowledge": t("Take up"),
        "answer": t("Answer"),
        "price": t("Price talk"),
        "fabe": t("FABE"),
        "close": t("Move on"),
        "harm": t("Risky"),
    }


def phase_names(t: Translate) -> dict[str, str]:
    """Return what the phases of a talk are called."""
    return {
        "opening": t("Opening"),
        "discovery": t("Needs discovery"),
        "objection": t("Objection"),
        "answer": t("Answer"),
        "closing": t("Closing"),
        "over": t("The talk is over"),
    }


def states_html(state: State, before: State, lang: str) -> str:
    """Return the four states as bars with numbers from 0 to 100, and how they moved."""
    t, items = translator(lang), []
    for name, title in state_names(t).items():
        value, change = _points(getattr(state, name)), _change(state, before, name)
        label = html.escape(title)
        moved = f" ({change:+d})" if change else ""
        items.append(
            f'<li><b>{label}</b> <meter min="0" max="100" value="{value}" '
            f'aria-label="{label}">{value}</meter> {value}{moved}</li>'
        )
    title = html.escape(t("The buyer, from 0 to 100"))
    return f'<ul class="sk-states" aria-label="{title}">{"".join(items)}</ul>'


def _points(share: float) -> int:
    return round(100 * share)


def _change(state: State, before: State, name: str) -> int:
    return _points(getattr(state, name)) - _points(getattr(before, name))


def latest_html(turn: Turn | None, lang: str, buyer: str) -> str:
    """Return the newest turn, which a screen reader reads out."""
    said = _turn_html(turn, lang, buyer) if turn else ""
    return f'<div class="sk-latest" role="status" aria-live="polite">{said}</div>' * bool(said)


def _turn_html(turn: Turn, lang: str, buyer: str, again: bool = False) -> str:
    """Return a turn; `again`: it is another move in what was typed for the turn before."""
    t = translator(lang)
    colon = "：" if lang == "zh" else ": "
    you = f"<b>{html.escape(t('You'))}</b>{colon}{html.escape(turn.said.in_(lang))}"
    they = f"<b>{html.escape(buyer)}</b>{colon}{html.escape(turn.reply.in_(lang))}"
    why = html.escape(turn.feedback.in_(lang))
    out = html.escape(t("The true concern has come out."))
    news = f'<p class="sk-outcome">{out}</p>' if turn.uncovered else ""
    head = f'<p class="sk-head">{why}</p>' if why else ""
    you = "" if again else f"<p>{you}</p>"
    return f'{you}<p class="sk-buyer">{they}</p>{head}{news}'


def transcript_html(talk: Talk, lang: str, buyer: str) -> str:
    """Return the whole talk, folded."""
    if not talk.turns:
        return ""
    t = translator(lang)
    typed = ["", *(turn.typed for turn in talk.turns)]
    lines = "".join(
        f"<li>{_turn_html(turn, lang, buyer, bool(turn.typed) and turn.typed == before)}</li>"
        for turn, before in zip(talk.turns, typed, strict=False)
    )
    title = html.escape(t("The talk so far, turns: {count}").format(count=len(talk.turns)))
    box = f'<ol class="sk-turns" tabindex="0" aria-label="{title}">{lines}</ol>'
    return f"<details><summary>{title}</summary>{box}</details>"


def review_html(talk: Talk, start: State, rubric: Rubric, lang: str) -> str:
    """Return what came of a talk: what was uncovered, which behaviours, where trust fell."""
    t, result = translator(lang), talk.result
    hidden = t("The true concern stayed hidden.")
    out = t("The true concern came out.") if result.uncovered else hidden
    return (
        f'<p class="sk-outcome"><b>{html.escape(result.summary.in_(lang))}</b></p>'
        f"<h4>{html.escape(t('What you found out'))}</h4><p>{html.escape(out)}</p>"
        f"{_asked(talk, lang)}{_behaviours(result.behaviours, rubric, lang)}"
        f"{_falls(talk, start, lang)}"
    )


def _asked(talk: Talk, lang: str) -> str:
    """Return which of the four kinds of questions the buyer has answered."""
    t, colon = translator(lang), "：" if lang == "zh" else ": "
    said = {True: t("answered"), False: t("not answered")}
    lines = "".join(
        f"<li>{html.escape(BY_ID[step].name.in_(lang))}{colon}{html.escape(said[known])}</li>"
        for step, known in ((step, step in talk.mind.known) for step in STEPS)
    )
    return f"<ul>{lines}</ul>"


def _behaviours(shown: Sequence[str], rubric: Rubric, lang: str) -> str:
    t = translator(lang)
    named = {name: rubric.item(name).name.in_(lang) for name in BEHAVIOURS}
    comma = "、" if lang == "zh" else ", "
    there = comma.join(named[name] for name in BEHAVIOURS if name in shown) or "–"
    missing = comma.join(named[name] for name in BEHAVIOURS if name not in shown) or "–"
    said = t("Shown: {behaviours}").format(behaviours=there)
    lacking = t("Not shown: {behaviours}").format(behaviours=missing)
    title = html.escape(t("Behaviours"))
    return f"<h4>{title}</h4><p>{html.escape(said)}<br>{html.escape(lacking)}</p>"


def _falls(talk: Talk, start: State, lang: str) -> str:
    """Return the turns in which trust fell, the deepest fall first."""
    t, before, found = translator(lang), start, []
    for number, turn in enumerate(talk.turns, 1):
        fall = turn.state.trust - before.trust
        if fall < -FELL:
            found.append((fall, number, turn))
        before = turn.state
    title = html.escape(t("Where trust fell"))
    if not found:
        return f"<h4>{title}</h4><p>{html.escape(t('It did not fall.'))}</p>"
    lines = []
    for fall, number, turn in sorted(found, key=lambda each: each[0]):
        said = t("Turn {number} ({change}): {words}")
        words = turn.said.in_(lang)
        head = said.format(number=number, change=f"{100 * fall:+.0f}", words=words)
        why = html.escape(turn.feedback.in_(lang))
        lines.append(f"<li>{html.escape(head)}<br><span class='sk-head'>{why}</span></li>")
    return f"<h4>{title}</h4><ul>{''.join(lines)}</ul>"
