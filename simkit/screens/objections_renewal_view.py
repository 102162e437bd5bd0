"""How a renewal talk is shown: what is known before it, its months, and the review."""

import html
from collections.abc import Sequence

from simkit.planning.renewal_terms import Best, Offer, money
from simkit.scenario.renewals import Renewal
from simkit.screens.drill_words import sentences
from simkit.screens.objections_cards import trade_names
from simkit.screens.objections_renewal_offer import offer_text
from simkit.screens.texts import Translate, translator
from simkit.training.renewal import RenewalTalk, RenewalTurn
from simkit.training.renewal_review import Review

BANDS = {"half": 0.5, "most": 0.8, "nearly": 0.95}
"""Where the ranges of the prediction end: shares of the best margin there is."""


def band_names(t: Translate) -> dict[str, str]:
    """Return the ranges of the prediction, in words."""
    return {
        "half": t("less than half of it"),
        "most": t("half to 80 % of it"),
        "nearly": t("80 to 95 % of it"),
        "all": t("95 % of it or more"),
    }


def band_of(share: float) -> str:
    """Return the range that a share is in."""
    return next((name for name, end in BANDS.items() if share < end), "all")


def renewal_html(renewal: Renewal, lang: str) -> str:
    """Return what a rep knows before the talk."""
    t, buyer, now = translator(lang), renewal.buyer, renewal.contract
    who = t("{name}, {role}").format(name=buyer.name.in_(lang), role=buyer.role.in_(lang))
    said = t(
        "{units} {unit} a year at {price} each, of which {cost} are our cost. The contract can "
        "be talked about from {months} months before its end."
    )
    told = said.format(
        units=f"{now.units:,.0f}",
        unit=now.unit.in_(lang),
        price=money(now.price).in_(lang),
        cost=money(now.cost).in_(lang),
        months=now.months_left,
    )
    return (
        f'<section class="sk-brief" aria-label="{html.escape(t("The situation"))}">'
        f'<p class="sk-head">{html.escape(trade_names(t)[renewal.trade])}</p>'
        f"<p><b>{html.escape(who)}</b><br>{html.escape(buyer.about.in_(lang))}</p>"
        f"<p>{html.escape(sentences([now.text.in_(lang), told], lang))}</p>"
        f"{_delivered_html(renewal, lang)}</section>"
    )


def _delivered_html(renewal: Renewal, lang: str) -> str:
    t = translator(lang)
    said = t("{what} Worth {money} a year to the customer.")
    told = [
        said.format(what=each.text.in_(lang), money=money(each.worth).in_(lang))
        for each in renewal.delivered
    ]
    lines = "".join(f"<li>{html.escape(text)}</li>" for text in told)
    title = html.escape(t("What the contract has brought the customer"))
    return f'<details open><summary>{title}</summary><ul class="sk-facts">{lines}</ul></details>'


# --- the talk


def turn_text(renewal: Renewal, turn: RenewalTurn, lang: str) -> str:
    """Return what the rep did in a month."""
    t = translator(lang)
    if isinstance(turn.what, Offer):
        return offer_text(renewal, turn.what, lang)
    if turn.move == "show":
        shown = {each.id: each.text.in_(lang) for each in renewal.delivered}
        return shown[turn.what]
    return t("We let the contract end.")


def turn_html(renewal: Renewal, turn: RenewalTurn, lang: str) -> str:
    """Return a month: what was done, what the buyer said, and why."""
    t, colon = translator(lang), "：" if lang == "zh" else ": "
    buyer = html.escape(renewal.buyer.name.in_(lang))
    you = f"<b>{html.escape(t('You'))}</b>{colon}{html.escape(turn_text(renewal, turn, lang))}"
    they = f"<b>{buyer}</b>{colon}{html.escape(turn.reply.in_(lang))}"
    left = t("Months left: {months}").format(months=turn.months_left)
    why = html.escape(sentences([turn.feedback.in_(lang), left], lang))
    head = f'<p class="sk-head">{why}</p>'
    return f'<p>{you}</p><p class="sk-buyer">{they}</p>{head}'


def latest_turn_html(renewal: Renewal, turns: Sequence[RenewalTurn], lang: str) -> str:
    """Return the newest month, which a screen reader reads out."""
    if not turns:
        return ""
    told = turn_html(renewal, turns[-1], lang)
    return f'<div class="sk-latest" role="status" aria-live="polite">{told}</div>'


def turns_html(renewal: Renewal, turns: Sequence[RenewalTurn], lang: str) -> str:
    """Return the talk so far, to be unfolded."""
    if len(turns) < 2:
        return ""
    items = "".join(f"<li>{turn_html(renewal, turn, lang)}</li>" for turn in turns)
    t = translator(lang)
    title = html.escape(t("The talk so far"))
    return (
        f"<details><summary>{title}</summary>"
        f'<ol class="sk-turns" tabindex="0">{items}</ol></details>'
    )


# --- the review


def review_html(talk: RenewalTalk, guess: str, lang: str) -> str:
    """Return what was reached beside what could have been, and what the buyer did not tell."""
    t, review = translator(lang), talk.review()
    says = "".join(f"<li>{html.escape(each.in_(lang))}</li>" for each in review.says)
    told = _predicted(review, guess, t)
    return (
        f'<p class="sk-outcome">{html.escape(told)}</p>{_reached_html(talk, review, lang)}'
        f"<ul>{says}</ul>{_hidden_html(talk.renewal, lang)}"
    )


def _predicted(review: Review, guess: str, t: Translate) -> str:
    most = review.best_early.margin if review.best_early else 0.0
    share = review.margin / most if most > 0 else 0.0
    names, came = band_names(t), band_of(share)
    right = t("You expected {guess}, and so it came: {share}.")
    wrong = t("You expected {guess}; it came to {share}.")
    said = right if guess == came else wrong
    return said.format(guess=names.get(guess, "–"), share=f"{share:.0%}")


def _reached_html(talk: RenewalTalk, review: Review, lang: str) -> str:
    t, renewal = translator(lang), talk.renewal
    heads = [t("Renewal"), t("Begun"), t("Margin over the term"), t("Package")]
    head = "".join(f'<th scope="col" class="sk-words">{html.escape(text)}</th>' for text in heads)
    package = offer_text(renewal, talk.agreed, lang) if talk.agreed else t("no agreement")
    rows = _talk_row(t("Yours"), talk.start, review.margin, package, lang)
    title = t("The best from your start")
    rows += _best_row(title, talk.start, review.best, renewal, lang)
    if review.lost_by_late_start > 0:
        title = t("The best there was")
        rows += _best_row(title, review.best_start, review.best_early, renewal, lang)
    return (
        f'<div class="sk-table sk-behaviours" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _best_row(title: str, start: int, best: Best | None, renewal: Renewal, lang: str) -> str:
    t = translator(lang)
    package = offer_text(renewal, best.offer, lang) if best else t("none that the buyer accepts")
    return _talk_row(title, start, best.margin if best else 0.0, package, lang)


def _talk_row(title: str, start: int, margin: float, package: str, lang: str) -> str:
    t = translator(lang)
    begun = t("{months} months ahead").format(months=start)
    cells = (begun, money(margin).in_(lang))
    told = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
    return (
        f'<tr><th scope="row">{html.escape(title)}</th>{told}'
        f'<td class="sk-words">{html.escape(package)}</td></tr>'
    )


def _hidden_html(renewal: Renewal, lang: str) -> str:
    """Return what each part of a package was worth to either side."""
    t = translator(lang)
    heads = [t("Part of a package"), t("For us, a year"), t("For the buyer, a year")]
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    parts = [(each.name.in_(lang), -each.cost, each.worth) for each in renewal.versions]
    parts += [(each.text.in_(lang), -each.cost, each.worth) for each in renewal.concessions]
    parts += [(each.text.in_(lang), each.gain, -each.burden) for each in renewal.returns]
    rows = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th><td>{money(us).in_(lang)}</td>'
        f"<td>{money(them).in_(lang)}</td></tr>"
        for name, us, them in parts
    )
    title = html.escape(t("What the buyer did not tell"))
    return (
        f'<details><summary>{title}</summary><div class="sk-table" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )
