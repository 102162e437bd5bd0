"""How others would answer: model answers with comments, three levels of answer, price talk."""

import html

from simkit.scenario.objections import Objection
from simkit.screens.objections_brief import quoted
from simkit.screens.objections_cards import style_names
from simkit.screens.texts import Translate, translator


def models_html(card: Objection, lang: str) -> str:
    """Return the model answers of a card with why they work, and more to choose from, folded."""
    t = translator(lang)
    names = style_names(t)
    title = html.escape(t("Model answers"))
    parts = [
        quoted(t("A good answer, {style}").format(style=names[each.style]), each.text.in_(lang))
        + f"<p>{html.escape(each.comment.in_(lang))}</p>"
        for each in card.answers
    ]
    return f"<h4>{title}</h4>{''.join(parts)}{ladder_html(card, lang)}"


def ladder_html(card: Objection, lang: str) -> str:
    """Return the three levels of answer and the talk about price, folded."""
    t = translator(lang)
    lines = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>"
        for name, text in _sentences(card, lang, t).items()
    )
    title = html.escape(t("More sentences: three levels of answer, and talking about price"))
    return f"<details><summary>{title}</summary><dl>{lines}</dl></details>"


def _sentences(card: Objection, lang: str, t: Translate) -> dict[str, str]:
    ladder, price = card.ladder, card.price_talk
    named = {
        t("Analogy"): ladder.analogy,
        t("A peer's result"): ladder.peer,
        t("Trial or guarantee"): ladder.trial,
        t("Price: affirm"): price.affirm,
        t("Price: add"): price.add,
        t("Price: guide"): price.guide,
    }
    return {name: text.in_(lang) for name, text in named.items()}
