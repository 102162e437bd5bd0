"""What a rep knows before answering: the buyer, the spoken objection, and the facts to use."""

import html

from simkit.scenario.objections import FACT_KINDS, Objection
from simkit.screens.objections_cards import fact_names, family_names, trade_names
from simkit.screens.texts import translator


def brief_html(card: Objection, lang: str, says: str | None = None, folded: bool = False) -> str:
    """Return a card as far as a rep knows it; `says`: instead of the objection, "" for none.

    `folded`: need and facts are to be unfolded first.
    """
    t = translator(lang)
    buyer = card.buyer
    kind = f"{family_names(t)[card.family]} · {trade_names(t)[card.trade]}"
    who = t("{name}, {role}").format(name=buyer.name.in_(lang), role=buyer.role.in_(lang))
    return (
        f'<section class="sk-brief" aria-label="{html.escape(t("The situation"))}">'
        f'<p class="sk-head">{html.escape(kind)}</p>'
        f"<p><b>{html.escape(who)}</b><br>{html.escape(buyer.about.in_(lang))}</p>"
        f"{_says(card.says.in_(lang) if says is None else says)}"
        f"{_folded(t('What you know of the need'), _paragraph(card.need.in_(lang)), folded)}"
        f"{_folded(t('Facts you may use'), _facts(card, lang), folded)}</section>"
    )


def _says(text: str) -> str:
    return f'<blockquote class="sk-says">{html.escape(text)}</blockquote>' if text else ""


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"


def _folded(title: str, content: str, folded: bool) -> str:
    opened = "" if folded else " open"
    return f"<details{opened}><summary>{html.escape(title)}</summary>{content}</details>"


def _facts(card: Objection, lang: str) -> str:
    t = translator(lang)
    names = fact_names(t)
    ordered = sorted(card.facts, key=lambda fact: FACT_KINDS.index(fact.kind))
    rows = "".join(
        f"<li><b>{html.escape(names[fact.kind])}</b> {html.escape(fact.text.in_(lang))}</li>"
        for fact in ordered
    )
    warning = t("A figure or promise that is not on this card is a false claim.")
    return f'<ul class="sk-facts">{rows}</ul><p class="sk-head">{html.escape(warning)}</p>'


def concern_html(card: Objection, lang: str, concern: str = "") -> str:
    """Return what was behind the words: shown only when the answer is given."""
    t = translator(lang)
    takes = html.escape(card.takes.in_(lang))
    return (
        f'<div class="sk-concern"><p><b>{html.escape(t("Behind the words"))}</b><br>'
        f"{html.escape(concern or card.concern.in_(lang))}</p>"
        f"<p><b>{html.escape(t('What it would take'))}</b><br>{takes}</p></div>"
    )


def quoted(title: str, text: str) -> str:
    """Return words that somebody could say, under a title."""
    return f"<p><b>{html.escape(title)}</b></p><blockquote>{html.escape(text)}</blockquote>"
